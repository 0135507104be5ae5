/* Faults and strategies that do nothing in all their time: the run fails, unless they are `maybe`.
 */
#include "sim/run/run.h"
#include "tests/harness/harness.h"

#include <string.h>

/* Two networks of two nodes; they poll each other every 5 s. */
static const char head[] = "scn 1 \"t\"\nduration 10m\nchain pow=off\nnodes a[1..2]\n"
                           "nodes b[1..2]\ntopology none\nedge a1 a2\nedge b1 b2\n";

/* Runs head and lines; gives the trouble, for the caller to free: "" where it held. */
static char *
trouble_of(const char *lines)
{
    g_autofree char *text = g_strconcat(head, lines, "\n", NULL);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const SimRunOptions options = {.scenario_name = "t.scn"};
    g_autoptr(ScnScenario) scenario = scn_parse_text("t.scn", text, strlen(text), NULL, errors);
    g_autoptr(SimRun) run = NULL;
    char *trouble;

    if (scenario == NULL)
        scn_errors_print(errors, stderr, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    run = sim_run_new(scenario, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(run);
    CU_ASSERT_TRUE(sim_run_execute(run, NULL));
    trouble = g_strdup(sim_run_trouble(run));
    CU_ASSERT_EQUAL(sim_run_status(run) == SIM_STATUS_HELD, *trouble == '\0');
    return trouble;
}

static void
check_fails(const char *lines, const char *why)
{
    g_autofree char *trouble = trouble_of(lines);
    bool found = strstr(trouble, why) != NULL;

    CU_ASSERT_TRUE(found);
    if (!found)
        printf("     want \"%s\" for \"%s\", got: %s\n", why, lines, trouble);
}

static void
check_holds(const char *lines)
{
    g_autofree char *trouble = trouble_of(lines);

    TEST_STR_EQUAL(trouble, "");
}

static void
test_cuts(void)
{
    check_fails("at 1m partition a[*] | b[*] for 5m",
                "FAIL t.scn:9:7  partition a[*] | b[*] for 5m\n  at 10m: the cut stopped nothing");
    check_fails("at 1m partition a[*] | b[*]", "the cut stopped nothing");
    check_fails("at 1m oneway a1 -> b1 for 5m", "the cut stopped nothing");
    check_fails("at 1m partition a[*] | b[*] style=hold for 5m", "the cut stopped nothing");
    check_holds("at 1m partition a[*] | b[*] for 5m maybe");
    check_holds("at 1m partition a1 | a2 for 5m");
    check_holds("at 1m oneway a1 -> a2 for 5m");
    check_holds("at 1m partition a1 | a2 style=slow by=1s for 5m");
}

static void
test_impairments(void)
{
    check_fails("at 1m loss a1 -> b1 100% for 1m", "no message passed where it stands");
    check_fails("at 1m delay a1 -> a2 +1s for 1m msg=new-block", "no message passed");
    check_holds("at 1m delay a1 -> a2 +1s for 1m");
    check_holds("at 1m loss a1 -> a2 1% for 1m");
    check_holds("at 1m loss a1 -> b1 100% for 1m maybe");
}

static void
test_eclipses(void)
{
    check_fails("at 1m eclipse a1 by a2 for 1m", "it kept nothing from its victim");
    check_holds("at 1m eclipse a1 by b1 for 1m");
    check_holds("at 1m eclipse a1 by a2 for 1m\nat 90s mine 1 at a1\nedge a1 b1\n");
    check_holds("at 1m eclipse a1 by a2 for 1m maybe");
    /* only a block that a2 must not pass on: the connection to it stays */
    check_holds("edge a2 b1\nat 1m eclipse a1 by a2 for 3m\nat 2m mine 1 at b2");
}

/* One firing of a statement that hits something is enough. */
static void
test_repeated(void)
{
    check_holds("every 1m from 1m until 9m loss a1 -> a2 100% for 10s msg=new-block\n"
                "at 5m1s mine 1 at a1");
    check_fails("every 1m from 1m until 9m loss a1 -> a2 100% for 10s msg=new-block\n"
                "at 5m30s mine 1 at a1",
                "no message passed");
}

static void
test_never_begun(void)
{
    check_fails("when height(a1) > 3 crash b1", "FAIL t.scn:9:21  crash b1\n"
                                                "  at 10m: it never began: its time did not come");
    check_fails("at 5m pause a1 for 1m\nstop when height(a1) >= 1\nat 1m mine 1 at a1",
                "it never began");
    check_holds("when height(a1) > 3 crash b1 maybe");
    check_holds("when height(a1) > 3 mine 1 at a1"); /* no fault */
}

static void
test_strategies(void)
{
    check_fails("node c strategy=selfish", "strategy=selfish of c\n  at 10m: it changed nothing: "
                                           "its nodes found no block");
    check_fails("node c strategy=silent", "it changed nothing in all its time");
    check_fails("at 1m strategy a1 withhold", "its nodes found no block");
    check_fails("at 1m strategy a1 withhold\nat 2m strategy a1 honest\nat 3m mine 1 at a1",
                "its nodes found no block");
    check_holds("at 1m strategy a1 withhold maybe");
    check_holds("at 1m strategy a1 withhold\nat 2m mine 1 at a1");
    check_fails("at 1m withhold on a1", "its nodes found no block");
    check_fails("at 1m withhold off a1", "they are honest already");
    check_fails("at 1m strategy a1 honest", "they are honest already");
    check_holds("at 1m withhold off a1 maybe");
    check_holds("at 1m withhold on a1\nat 2m mine 1 at a1\nat 3m withhold off a[1..2]");
    check_fails("node s role=script\nat 1m strategy s selfish",
                "s has role=script and follows its script");
    check_holds("node s role=script\nat 1m strategy {s, a1} silent maybe\nat 2m mine 1 at a1");
    /* of one statement, one firing that does something is enough */
    check_holds("every 1m withhold on a1\nat 90s mine 1 at a1");
    check_fails("every 1m withhold on a1\nevery 1m withhold on b1\nat 90s mine 1 at a1",
                "strategy=withhold of b1");
}

TEST_SUITE(inert, {"cuts", test_cuts}, {"impairments", test_impairments},
           {"eclipses", test_eclipses}, {"one firing is enough", test_repeated},
           {"never begun", test_never_begun}, {"strategies", test_strategies})
