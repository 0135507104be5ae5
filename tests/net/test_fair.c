/* Max-min fair shares by themselves, at the edges that messages seldom reach; test_line.c has
 * messages, and tests/fluid/ a solver of its own.
 */
#include "sim/net/fair.h"
#include "tests/harness/harness.h"

#define MBPS UINT64_C(1000000)
#define MB UINT64_C(1000000)

static void
ignore_end(void *user, uint32_t owner)
{
    (void)user;
    (void)owner;
}

static uint32_t
take(SimFair *fair, SimTime now)
{
    uint32_t owner = UINT32_MAX;

    CU_ASSERT_TRUE(sim_fair_take_done(fair, now, &owner));
    return owner;
}

/* A downlink of 10 Mbps holds nothing back while an uplink of 20 is shared by ten. When nine of
 * them end the tenth could have all 20, and the downlink, which has lost and gained nobody, is what
 * holds it back. */
static void
test_idle_line_fills(void)
{
    g_autoptr(SimFair) fair = sim_fair_new(ignore_end, NULL);
    uint32_t lines[2] = {sim_fair_add_line(fair, 1, 20 * MBPS, 0),
                         sim_fair_add_line(fair, 2, 10 * MBPS, 1)};

    for (uint64_t i = 0; i < 9; i++)
        sim_fair_begin(fair, 10 + i, lines, 1, 1 * MB, 0);
    sim_fair_begin(fair, 30, lines, 2, 2 * MB, 1);
    sim_fair_settle(fair, 0);
    CU_ASSERT_EQUAL(sim_fair_next(fair), 4 * SIM_S); /* 8 Mbit at 2 Mbps */
    for (int i = 0; i < 9; i++)
        CU_ASSERT_EQUAL(take(fair, 4 * SIM_S), 0);
    sim_fair_settle(fair, 4 * SIM_S);
    CU_ASSERT_EQUAL(sim_fair_next(fair), 4 * SIM_S + 800 * SIM_MS); /* 8 Mbit more, at 10 Mbps */
    CU_ASSERT_EQUAL(take(fair, 5 * SIM_S), 1);
}

/* Rates beyond the limit count as the limit, and do not wrap. */
static void
test_largest_rate(void)
{
    g_autoptr(SimFair) fair = sim_fair_new(ignore_end, NULL);
    uint32_t line = sim_fair_add_line(fair, 1, SIM_FAIR_RATE_MAX << 4, 0);

    sim_fair_begin(fair, 1, &line, 1, SIM_FAIR_RATE_MAX / 8, 7);
    sim_fair_settle(fair, 0);
    CU_ASSERT_EQUAL(sim_fair_next(fair), SIM_S);
}

/* More transfers than a line has units of rate: each gets one all the same, and none divides by
 * 0. */
static void
test_smallest_share(void)
{
    enum { COUNT = (1 << SIM_FAIR_FRACTION_BITS) + 1 };
    g_autoptr(SimFair) fair = sim_fair_new(ignore_end, NULL);
    uint32_t line = sim_fair_add_line(fair, 1, 1, 0);

    for (uint64_t i = 0; i < COUNT; i++)
        sim_fair_begin(fair, i, &line, 1, 1, 0);
    sim_fair_settle(fair, 0);
    CU_ASSERT_EQUAL(sim_fair_next(fair), 8 * SIM_S << SIM_FAIR_FRACTION_BITS);
}

/* What is done at one instant is taken in the order of keys, of lines and on a line, whatever the
 * order in which they came. */
static void
test_order_of_keys(void)
{
    g_autoptr(SimFair) fair = sim_fair_new(ignore_end, NULL);
    uint32_t high = sim_fair_add_line(fair, 9, MBPS, 0), low = sim_fair_add_line(fair, 3, MBPS, 1);

    sim_fair_begin(fair, 20, &high, 1, MB, 4);
    sim_fair_begin(fair, 10, &high, 1, MB, 3);
    sim_fair_begin(fair, 40, &low, 1, MB, 2);
    sim_fair_begin(fair, 30, &low, 1, MB, 1);
    sim_fair_settle(fair, 0);
    for (uint32_t i = 1; i <= 4; i++)
        CU_ASSERT_EQUAL(take(fair, 16 * SIM_S), i);
    CU_ASSERT_EQUAL(sim_fair_next(fair), SIM_TIME_NEVER);
}

TEST_SUITE(fair, {"idle-line-fills", test_idle_line_fills}, {"largest-rate", test_largest_rate},
           {"smallest-share", test_smallest_share}, {"order-of-keys", test_order_of_keys})
