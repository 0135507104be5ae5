/* What a scenario says of many runs: values of sweeps, seeds, tables, checks over them. */
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <string.h>

static ScnScenario *
read_text(const char *text, const char *const *overrides)
{
    g_autofree char *errors = NULL;
    g_autofree char *whole = g_strconcat(SCN_TEST_HEADER, text, NULL);
    ScnScenario *scenario = scn_test_parse(whole, overrides, &errors);

    TEST_STR_EQUAL(errors, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    return scenario;
}

static void
check_values(const char *text, const char *want)
{
    g_autoptr(ScnScenario) scenario = read_text(text, NULL);
    const ScnSweep *sweep = &g_array_index(scenario->sweeps, ScnSweep, 0);
    GString *got = g_string_new(NULL);

    for (guint i = 0; i < sweep->values->len; i++)
        g_string_append_printf(got, "%s ", (const char *)sweep->values->pdata[i]);
    TEST_STR_EQUAL(got->str, want);
    g_string_free(got, TRUE);
}

static void
test_values(void)
{
    check_values("param p = 5ms\nsweep p = 20ms, 500ms, 1s\n", "20ms 500ms 1s ");
    check_values("param p = 60%\nsweep p = 55%, 60%\n", "55% 60% ");
    check_values("param p = most\nsweep p = most, least\n", "most least ");
    check_values("param p = 5ms\nsweep p = 20ms..80ms lin 4\n", "20ms 40ms 60ms 80ms ");
    check_values("param p = 5\nsweep p = 10..2 lin 3\n", "10 6 2 ");
    check_values("param p = 5\nsweep p = 2..64 log 6\n", "2 4 8 16 32 64 ");
    check_values("param p = 5m\nsweep p = 1m..1h log 6\n", "1m 2m16.1s 5m8.6s 11m39.9s 26m27s 1h ");
    check_values("param p = 1\nlet q = 3\nsweep p = $q, (2 * 4)\n", "3 8 ");
}

/* The first values stand in a single run; -P takes a param out of the sweep. */
static void
test_first_and_fixed(void)
{
    static const char text[] = "param p = 5ms\nparam q = 1\nsweep p = 20ms, 80ms\n"
                               "sweep q = 7, 8\nzip p, q\nseed 3\nseeds 5..9\n";
    static const char *const given[] = {"q=4", NULL};
    g_autoptr(ScnScenario) plain = read_text(text, NULL);
    g_autoptr(ScnScenario) fixed = read_text(text, given);

    TEST_STR_EQUAL(g_array_index(plain->params, ScnParam, 0).value, "20ms");
    TEST_STR_EQUAL(g_array_index(plain->params, ScnParam, 1).value, "7");
    CU_ASSERT_EQUAL(plain->seed, 5);
    CU_ASSERT_EQUAL(plain->last_seed, 9);
    CU_ASSERT_EQUAL(plain->sweeps->len, 2);
    CU_ASSERT_EQUAL(g_array_index(plain->sweeps, ScnSweep, 1).zip, 0);
    CU_ASSERT_EQUAL(fixed->sweeps->len, 1);
    TEST_STR_EQUAL(g_array_index(fixed->params, ScnParam, 1).value, "4");
}

static void
test_refused(void)
{
    scn_test_check_bad("sweep p = 1, 2\n", "unknown param 'p'");
    scn_test_check_bad("param p = 1\nsweep p = 1, 2\nsweep p = 3\n", "'p' is swept already");
    scn_test_check_bad("param p = 1 in 1..5\nsweep p = 1, 9\n", "'p' must be in 1..5");
    scn_test_check_bad("param p = 1 in 1..5\nsweep p = 1..9 lin 3\n", "'p' must be in 1..5");
    scn_test_check_bad("param p = 1ms\nsweep p = 1ms, 2\n", "'p' needs a time with a unit");
    scn_test_check_bad("param p = 1\nsweep p = 1, 1\n", "the value 1 comes twice");
    scn_test_check_bad("param p = 1\nsweep p = 0..9 log 3\n",
                       "the ends of a log range are above 0");
    scn_test_check_bad("param p = 1\nsweep p = 1..9 lin 1\n", "'lin' must be in 2..");
    scn_test_check_bad("param p = 1\nparam q = 1\nsweep p = 1, 2\nzip p, q\n", "'q' is not swept");
    scn_test_check_bad("param p = 1\nparam q = 1\nsweep p = 1, 2\nsweep q = 1, 2, 3\nzip p, q\n",
                       "'q' has 3 values, 'p' has 2");
    scn_test_check_bad("param p = 1\nsweep p = 1, 2\nzip p, p\n", "'p' is zipped already");
    scn_test_check_bad("seeds 9..1\n", "these are no seeds");
    scn_test_check_bad("param p = 1\nmeasure m = height(a1)\ntable n by p\n",
                       "unknown measure 'n'");
    scn_test_check_bad("measure m = height(a1)\ntable m by p\n", "unknown param 'p'");
    scn_test_check_bad("param p = 1\nmeasure m = height(a1)\ntable m by p stat=mode\n",
                       "unknown statistic 'mode'");
    scn_test_check_bad("always height(a1) > 0 over seeds\n",
                       "'over' goes with finally and sometimes");
    scn_test_check_bad("at 5m sometimes height(a1) > 0 over sweep\n", "stands alone");
    scn_test_check_bad("finally height(a1) > 0 over seeds\n", "this is of one run");
    scn_test_check_bad("finally mean(height(a1)) over seeds\n", "a condition on statistics is due");
    scn_test_check_bad("finally 1 < 2 over seeds\n", "a condition on statistics is due");
    scn_test_check_bad("finally mean(arrived(a1, g)) < 5 over seeds\ntree\n g - x\nend\n",
                       "a bare number where a time is due");
    scn_test_check_bad("finally mean(tip(a1)) < 5 over seeds\n",
                       "'mean' takes numbers and quantities");
    scn_test_check_bad("finally share(height(a1)) < 5 over seeds\n", "'share' takes a condition");
    scn_test_check_bad("finally near(height(a1)) over seeds\n", "'near' takes a value, what it is");
    scn_test_check_bad("finally near(height(a1), 5, ci=100%) over seeds\n", "between 0% and 100%");
    scn_test_check_bad("finally near(height(a1), 5, ci=0%) over seeds\n", "between 0% and 100%");
    scn_test_check_bad("finally mean(height(a1)) < 5 if 1 < 2 over seeds\n",
                       "takes no if or unless");
    scn_test_check_bad("finally mean(height(a1)) < 5\n", "'mean' is of many runs");
    scn_test_check_bad("finally mean(height(a1)) > 0s over seeds\n",
                       "a number and a time do not go");
    scn_test_check_bad("finally near(height(a1), 0s) over seeds\n",
                       "a number and a time do not go");
    scn_test_check_bad(
        "measure t = time_to_agree(all)\nfinally mean(t) * mean(t) < 5m over seeds\n",
        "a time cannot be multiplied by a time");
    scn_test_check_bad("param p = 1\nsweep p = 1, 2\nlet q = (2 * $p)\n"
                       "finally near(height(a1) / $q, $q) over sweep\n",
                       "'p' has another value at each point of the sweep");
}

static void
test_refused_functions(void)
{
    scn_test_check_bad("let x = min(foo=1, 2)\n", "'min' knows no 'foo'");
    scn_test_check_bad("measure m = propagation(p50, of=avg)\n", "median or mean is due here");
    scn_test_check_bad("measure m = propagation(p50, of=1)\n", "median or mean is due here");
    scn_test_check_bad("measure m = propagation(p50, as=mean)\n", "'propagation' knows no 'as'");
    scn_test_check_bad("measure m = propagation(5)\n", "a share as p50 is due here");
    scn_test_check_bad("measure m = quantile(height(all))\n", "'quantile' needs a share as p50");
    scn_test_check_bad("measure m = quantile()\n", "'quantile' needs a value");
    scn_test_check_bad("measure m = quantile(height(all), p101)\n", "a share as p50 is due here");
    scn_test_check_bad("measure m = quantile(tip(all), p50)\n", "'quantile' cannot take a block");
    scn_test_check_bad("measure m = quantile(height(all), p50, p90)\n", "'quantile' takes");
    scn_test_check_bad("measure m = propagation(of=mean)\n", "'propagation' needs a share");
    scn_test_check_bad("measure m = arrival_delay(of=mean)\n", "'arrival_delay' needs a node");
    scn_test_check_bad("let x = (1 < 2)\n", "a number, a quantity or a word is due here");
    scn_test_check_bad("let x = height(a1)\n", "'height' is known in the run alone");
    scn_test_check_bad("let x = (1 / 0)\n", "a division by 0");
    scn_test_check_bad("let x = min()\n", "'min' needs a value");
    scn_test_check_bad("finally mean(height(a1)) > a1 over seeds\n", "this is of one run");
    scn_test_check_bad("finally mean(height(a1)) and share(same_tip(all)) over seeds\n",
                       "a condition is due here, not a number");
    scn_test_check_bad("at 1m mark late = other\nat 2m mark other = time_to_agree(all)\n"
                       "finally late > 5\n",
                       "a bare number where a time is due");
    scn_test_check_bad("at 1m mark m = a1\n", "a set of nodes cannot be kept in a mark");
    scn_test_check_bad("always max(0, time_to_agree(all), 3) < 5m\n",
                       "a time and a number do not go");
}

/* Takes a minute and a half where each value is compared with all before it. */
static void
test_many_values(void)
{
    g_autoptr(ScnScenario) scenario =
        scn_test_parse("scn 1 \"t\"\nnodes n\nduration 1m\nparam p = 1ms\n"
                       "sweep p = 1ms..100s lin 100000\n",
                       NULL, NULL);

    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    CU_ASSERT_EQUAL(g_array_index(scenario->sweeps, ScnSweep, 0).values->len, 100000);
}

TEST_SUITE(sweep, {"values", test_values}, {"many values", test_many_values},
           {"first and fixed", test_first_and_fixed}, {"refused", test_refused},
           {"refused functions", test_refused_functions})
