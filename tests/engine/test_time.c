/* Times as text, and sums that hold at the end. */
#include "sim/engine/time.h"
#include "tests/harness/harness.h"

static void
test_format(void)
{
    static const struct {
        SimTime t;
        const char *text;
    } rows[] = {
        {0, "0s"},
        {1, "1ns"},
        {999, "999ns"},
        {1000, "1us"},
        {1500, "1.5us"},
        {1500000, "1.5ms"},
        {1000001, "1.000001ms"},
        {250 * SIM_MS, "250ms"},
        {SIM_S, "1s"},
        {12500 * SIM_MS, "12.5s"},
        {59 * SIM_S + 1, "59.000000001s"},
        {SIM_MIN, "1m"},
        {20 * SIM_MIN + 30 * SIM_S, "20m30s"},
        {SIM_MIN + 250 * SIM_MS, "1m0.25s"},
        {SIM_HOUR, "1h"},
        {2 * SIM_HOUR + 5 * SIM_S, "2h5s"},
        {SIM_DAY + SIM_MIN, "24h1m"},
        {-1500 * SIM_MS, "-1.5s"},
        {SIM_TIME_NEVER, "never"},
        {SIM_TIME_NEVER - 1, "2562047h47m16.854775806s"},
        {INT64_MIN, "-2562047h47m16.854775808s"},
    };
    char buf[SIM_TIME_TEXT];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        TEST_STR_EQUAL(sim_time_format(buf, rows[i].t), rows[i].text);
}

static void
test_add(void)
{
    CU_ASSERT(sim_time_add(1, 2) == 3);
    CU_ASSERT(sim_time_add(SIM_TIME_NEVER - 5, 4) == SIM_TIME_NEVER - 1);
    CU_ASSERT(sim_time_add(SIM_TIME_NEVER - 5, 6) == SIM_TIME_NEVER);
    CU_ASSERT(sim_time_add(SIM_TIME_NEVER, SIM_TIME_NEVER) == SIM_TIME_NEVER);
}

TEST_SUITE(time, {"format", test_format}, {"add", test_add})
