/* Whole runs: golden outcomes, one digest in every mode, statuses, and traces that appear only when
 * whole. The binary runs from the project's root. */
#include "sim/run/run.h"
#include "sim/world/observe.h"
#include "tests/harness/harness.h"

#include <glib/gstdio.h>
#include <string.h>

static ScnScenario *
parse(const char *path, const ScnOptions *options)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnScenario *scenario = scn_parse_file(path, options, errors);

    if (scenario == NULL)
        scn_errors_print(errors, stderr, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    return scenario;
}

static ScnScenario *
parse_text(const char *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnScenario *scenario = scn_parse_text("test.scn", text, strlen(text), NULL, errors);

    if (scenario == NULL)
        scn_errors_print(errors, stderr, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    return scenario;
}

static SimRun *
execute(const ScnScenario *scenario, bool isolate, bool wire)
{
    const SimRunOptions options = {.build = {isolate, wire}, .scenario_name = "test.scn"};
    SimRun *run = sim_run_new(scenario, &options, NULL);

    CU_ASSERT_PTR_NOT_NULL_FATAL(run);
    CU_ASSERT_TRUE(sim_run_execute(run, NULL));
    return run;
}

/* --- golden outcomes ---------------------------------------------------------------------- */

static void
check_golden(const char *name)
{
    g_autofree char *path = g_strdup_printf("scenarios/%s.scn", name);
    g_autofree char *golden = g_strdup_printf("scenarios/%s.outcome", name);
    g_autofree char *want = NULL;
    g_autoptr(ScnScenario) scenario = parse(path, NULL);
    g_autoptr(SimRun) run = execute(scenario, false, false);

    CU_ASSERT_EQUAL(sim_run_status(run), SIM_STATUS_HELD);
    /* KETTE_BLESS=1 writes what is: look at the difference before it is committed. */
    if (g_getenv("KETTE_BLESS") != NULL)
        g_file_set_contents(golden, sim_run_outcome_text(run), -1, NULL);
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(golden, &want, NULL, NULL));
    TEST_STR_EQUAL(sim_run_outcome_text(run), want);
}

static void
test_golden_partition_heal(void)
{
    check_golden("partition_heal");
}

static void
test_golden_three_nodes(void)
{
    check_golden("three_nodes");
}

static void
test_golden_single_node(void)
{
    check_golden("single_node");
}

/* --- partition_heal holds whatever the seed ------------------------------------------------ */

static void
check_seeds(const char *override)
{
    const char *overrides[] = {override, NULL};

    for (guint64 seed = 1; seed <= 10; seed++) {
        const ScnOptions options = {
            .overrides = override ? overrides : NULL, .seed_given = true, .seed = seed};
        g_autoptr(ScnScenario) scenario = parse("scenarios/partition_heal.scn", &options);
        g_autoptr(SimRun) run = execute(scenario, false, false);

        TEST_STR_EQUAL(sim_run_status_name(sim_run_status(run)), "held");
    }
}

static void
test_partition_heal_holds(void)
{
    check_seeds(NULL);
    check_seeds("major=50%");
    check_seeds("major=90%");
    check_seeds("split=1m");
    check_seeds("split=1h");
}

/* --- one digest ---------------------------------------------------------------------------- */

static void
test_modes_share_the_digest(void)
{
    const ScnOptions options = {.seed_given = true, .seed = 11},
                     other = {.seed_given = true, .seed = 12};
    g_autoptr(ScnScenario) scenario = parse("scenarios/partition_heal.scn", &options);
    g_autoptr(ScnScenario) another = parse("scenarios/partition_heal.scn", &other);
    g_autoptr(SimRun) plain = execute(scenario, false, false);
    g_autoptr(SimRun) elsewhere = execute(another, false, false);

    for (int mode = 0; mode < 4; mode++) {
        g_autoptr(SimRun) run = execute(scenario, mode & 1, mode & 2);

        TEST_STR_EQUAL(sim_run_digest(run), sim_run_digest(plain));
        TEST_STR_EQUAL(sim_run_outcome_text(run), sim_run_outcome_text(plain));
    }
    CU_ASSERT_STRING_NOT_EQUAL(sim_run_digest(plain), sim_run_digest(elsewhere));
}

/* What a pool knows is the same, whether its members share a store or each has its own. */
static void
test_adversaries_share_the_digest(void)
{
    g_autoptr(GDir) folder = g_dir_open("scenarios/adversaries", 0, NULL);
    const char *name;
    unsigned count = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename("scenarios/adversaries", name, NULL);

        if (!g_str_has_suffix(name, ".scn"))
            continue;
        {
            g_autoptr(ScnScenario) scenario = parse(path, NULL);
            g_autoptr(SimRun) plain = execute(scenario, false, false);
            g_autoptr(SimRun) apart = execute(scenario, true, true);

            TEST_STR_EQUAL(sim_run_digest(apart), sim_run_digest(plain));
        }
        count++;
    }
    CU_ASSERT_TRUE(count > 15);
}

/* One second of it on three nodes, so that the digest is the same on every compiler and flag: a
 * change here is a change of behaviour and needs its reason. */
static void
test_digest_is_golden(void)
{
    g_autoptr(ScnScenario) scenario = parse("scenarios/partition_heal.scn", NULL);
    g_autoptr(SimRun) run = execute(scenario, false, false);
    g_autofree char *want = NULL;

    if (g_getenv("KETTE_BLESS") != NULL)
        g_file_set_contents("tests/run/partition_heal.digest", sim_run_digest(run), -1, NULL);
    CU_ASSERT_TRUE_FATAL(g_file_get_contents("tests/run/partition_heal.digest", &want, NULL, NULL));
    TEST_STR_EQUAL(sim_run_digest(run), want);
}

/* The README shows a run, and promises the same one on every machine. */
static void
test_readme_shows_the_run(void)
{
    g_autofree char *golden = NULL, *readme = NULL;

    CU_ASSERT_TRUE_FATAL(
        g_file_get_contents("tests/run/partition_heal.digest", &golden, NULL, NULL));
    CU_ASSERT_TRUE_FATAL(g_file_get_contents("README.md", &readme, NULL, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(readme, golden));
}

static const char plain_world[] = "scn 1 \"t\"\nduration 10m\nnodes n[1..3]\n";

/* A check, and a node that nobody is connected to, change nothing of what the others do. */
static void
test_watching_changes_nothing(void)
{
    static const char base[] = "scn 1 \"t\"\nduration 10m\ntopology none\nedge a b\nedge b c\n"
                               "node a share=50%\nnode b share=30%\nnode c share=20%\n";
    g_autofree char *watched = g_strconcat(base, "always supply_ok(all)\n", NULL);
    g_autofree char *bigger = g_strconcat(base, "node d role=full\n", NULL);
    g_autoptr(ScnScenario) s1 = parse_text(base), s2 = parse_text(watched), s3 = parse_text(bigger);
    g_autoptr(SimRun) r1 = execute(s1, false, false), r2 = execute(s2, false, false);
    g_autoptr(SimRun) r3 = execute(s3, false, false);

    for (uint32_t i = 0; i < 3; i++) {
        const KetteHash *tip =
            sim_world_block_hash(sim_run_world(r1), sim_world_tip(sim_run_world(r1), i));
        const KetteHash *same =
            sim_world_block_hash(sim_run_world(r2), sim_world_tip(sim_run_world(r2), i));
        const KetteHash *also =
            sim_world_block_hash(sim_run_world(r3), sim_world_tip(sim_run_world(r3), i));

        CU_ASSERT_TRUE(kette_hash_equal(tip, same));
        CU_ASSERT_TRUE(kette_hash_equal(tip, also));
    }
    CU_ASSERT_EQUAL(sim_net_sent(sim_world_net(sim_run_world(r1))),
                    sim_net_sent(sim_world_net(sim_run_world(r2))));
}

/* --- statuses ------------------------------------------------------------------------------ */

static SimRunStatus
status_of(const char *rest)
{
    g_autofree char *text = g_strconcat(plain_world, rest, NULL);
    g_autoptr(ScnScenario) scenario = parse_text(text);
    g_autoptr(SimRun) run = execute(scenario, false, false);

    return sim_run_status(run);
}

static void
test_statuses(void)
{
    CU_ASSERT_EQUAL(status_of(""), SIM_STATUS_HELD);
    CU_ASSERT_EQUAL(status_of("finally height(all) >= 0\n"), SIM_STATUS_HELD);
    CU_ASSERT_EQUAL(status_of("finally height(all) < 0\n"), SIM_STATUS_FAILED);
    CU_ASSERT_EQUAL(status_of("sometimes height(all) > 100000\n"), SIM_STATUS_FAILED);
    CU_ASSERT_EQUAL(status_of("at 1m expect height(n1) >= 0 if height(n1) > 9999\n"),
                    SIM_STATUS_FAILED);
    CU_ASSERT_EQUAL(status_of("at 1m expect height(n1) >= 0 if height(n1) > 9999 maybe\n"),
                    SIM_STATUS_HELD);
    CU_ASSERT_EQUAL(status_of("limit events=100\n"), SIM_STATUS_LIMIT);
}

static void
test_actions_that_do_nothing(void)
{
    CU_ASSERT_EQUAL(status_of("at 1m reconnect all all\n"), SIM_STATUS_HELD);
    CU_ASSERT_EQUAL(status_of("finally common_prefix(all, -1)\n"),
                    status_of("finally common_prefix(all, 0)\n"));
    CU_ASSERT_EQUAL(status_of("at 1m reconnect n1 n1\n"), SIM_STATUS_FAILED);
    CU_ASSERT_EQUAL(status_of("at 1m heal\n"), SIM_STATUS_FAILED);
    CU_ASSERT_EQUAL(status_of("at 1m heal maybe\n"), SIM_STATUS_HELD);
    CU_ASSERT_EQUAL(status_of("at 1m partition {n1} | {n2} for 1m name=x\nat 3m heal x\n"),
                    SIM_STATUS_FAILED);
    CU_ASSERT_EQUAL(status_of("at 1m partition {n1} | {n2} name=x\nat 3m heal x\n"),
                    SIM_STATUS_HELD);
    CU_ASSERT_EQUAL(status_of("wallet w funds=1\nwallet v\ntx t from=w to=v amount=2\n"
                              "at 1m submit t at n1\n"),
                    SIM_STATUS_FAILED);
    CU_ASSERT_EQUAL(sim_run_exit_status(SIM_STATUS_FAILED), 1);
    CU_ASSERT_EQUAL(sim_run_exit_status(SIM_STATUS_LIMIT), 4);
    CU_ASSERT_EQUAL(sim_run_exit_status(SIM_STATUS_BROKEN), 5);
}

/* A mined block is judged in the instant it is made; a deadline ends a wait. */
static void
test_instants_and_deadlines(void)
{
    static const char off[] = "chain pow=off\nlink all latency=1s\n";
    g_autofree char *held = g_strconcat(off,
                                        "at 1m\nmine 1 at n1\nexpect height(n1) == 1\n"
                                        "expect height(n2) == 0\nend\n"
                                        "at 1m expect within 1s height(all) == 1\n",
                                        NULL);
    g_autofree char *late =
        g_strconcat(off, "at 1m\nmine 1 at n1\nexpect within 999ms height(all) == 1\nend\n", NULL);

    CU_ASSERT_EQUAL(status_of(held), SIM_STATUS_HELD);
    CU_ASSERT_EQUAL(status_of(late), SIM_STATUS_FAILED);
}

/* Blocks so quick that the median time leaves the clock behind: `mine` says so, the race waits. */
static void
test_mining_that_cannot_go_on(void)
{
    CU_ASSERT_EQUAL(status_of("chain max-future=10s\nat 1s mine 100 at n1\n"), SIM_STATUS_FAILED);
    CU_ASSERT_EQUAL(status_of("chain max-future=10s\nat 1s mine 100 at n1 maybe\n"),
                    SIM_STATUS_HELD);
    CU_ASSERT_EQUAL(status_of("chain spacing=100ms mtp=1 max-future=10s\n"
                              "finally height(all) > 100 and height(all) < 1000\n"),
                    SIM_STATUS_HELD);
}

/* b1's branch would win but is parked at a2; what a1 shows is lighter than it and yet fetched. */
static void
test_trouble_is_told_once(void)
{
    g_autofree char *text = g_strconcat(
        plain_world, "at 30s crash n[1..2]\nat 1m mine 1 at n1\nevery 1m until 9m mine 1 at n2\n",
        NULL);
    g_autoptr(ScnScenario) scenario = parse_text(text);
    g_autoptr(SimRun) run = execute(scenario, false, false);

    CU_ASSERT_PTR_NOT_NULL(strstr(sim_run_trouble(run), "FAIL test.scn:6:19  mine 1 at n2\n"
                                                        "  at 1m: n2 is down\n"
                                                        "  the same 8 times in all, last at 8m\n"));
    CU_ASSERT_PTR_NULL(strstr(sim_run_trouble(run), "2m: n2"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_run_trouble(run), "  at 1m: n1 is down\n"));
}

/* Two reasons of one statement are two lines, and what fails for all pairs is told once a turn. */
static void
test_trouble_has_reasons(void)
{
    g_autofree char *text =
        g_strconcat(plain_world,
                    "chain pow=off\nnode lone\nwallet w funds=9 at=n1\n"
                    "tx pay from=w to=w amount=1 nonce=0\ntx late from=w to=w amount=1 nonce=9\n"
                    "at 10s submit pay at n1\n"
                    "at 20s mine 1 at n1\n"
                    "every 1m until 3m submit pay at n1\nat 40s crash n2 for 50s\n"
                    "every 1m until 3m submit pay at n2\n",
                    NULL);
    g_autoptr(ScnScenario) scenario = parse_text(text);
    g_autoptr(SimRun) run = execute(scenario, false, false);
    const char *told = sim_run_trouble(run);

    CU_ASSERT_PTR_NOT_NULL(strstr(told, "n2 is down"));
    CU_ASSERT_PTR_NOT_NULL(strstr(told, "n2 refused pay: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(told, "n1 refused pay: "));
}

static void
test_parked_branch_does_not_stop_sync(void)
{
    static const char text[] =
        "scn 1 \"t\"\nduration 30m\nchain pow=off max-reorg=2\nnodes a1, a2, b1\n"
        "at 1m\n  partition {a1, a2} | {b1} name=c1\n  mine 5 at a1\n  mine 10 at b1\nend\n"
        "at 5m heal c1\n"
        "at 10m\n  partition {a1} | {a2} name=c2\n  mine 2 at a1\nend\n"
        "at 15m heal c2\nat 20m mine 1 at a1\n"
        "at 25m expect height({a1, a2}) == 8\nfinally tip(a1) == tip(a2)\n";
    g_autoptr(ScnScenario) scenario = parse_text(text);
    g_autoptr(SimRun) run = execute(scenario, false, false);

    CU_ASSERT_EQUAL(sim_run_status(run), SIM_STATUS_HELD);
}

/* Headers came before a block was final, bodies after: they are not asked for again and again. */
static void
test_finality_does_not_storm(void)
{
    static const char text[] =
        "scn 1 \"t\"\nduration 1h\nchain pow=off finality=3\nnodes a1, b1\n"
        "link all latency=500ms\n"
        "at 1m\n  partition {a1} | {b1} name=c\n  mine 2 at a1\n  mine 40 at b1\nend\n"
        "at 2m heal c\nat 124.5s mine 1 at a1\n";
    g_autoptr(ScnScenario) scenario = parse_text(text);
    g_autoptr(SimRun) run = execute(scenario, false, false);

    /* An hour of polls and answers from both is about 2900. */
    CU_ASSERT_TRUE(sim_net_sent(sim_world_net(sim_run_world(run))) < 4000);
}

/* Without first-seen this tie would end elsewhere: n2 has its own block and keeps it. */
static void
test_scripted_tie(void)
{
    CU_ASSERT_EQUAL(
        status_of("chain pow=off\nat 1m\nmine 1 at n1\nmine 1 at n2\nend\n"
                  "at 2m expect tip(n1) != tip(n2) and reorgs(all) == 0 and height(all) == 1\n"
                  "at 3m mine 1 at n2\n"
                  "at 4m expect same_tip(all) and reorgs(n1) == 1 and reorgs(n2) == 0\n"),
        SIM_STATUS_HELD);
}

TEST_SUITE(run, {"the README shows the run", test_readme_shows_the_run},
           {"trouble has reasons", test_trouble_has_reasons},
           {"trouble is told once", test_trouble_is_told_once},
           {"golden: partition_heal", test_golden_partition_heal},
           {"golden: three_nodes", test_golden_three_nodes},
           {"golden: single_node", test_golden_single_node},
           {"partition_heal holds for any seed", test_partition_heal_holds},
           {"isolate and wire share the digest", test_modes_share_the_digest},
           {"adversaries share the digest", test_adversaries_share_the_digest},
           {"the digest is golden", test_digest_is_golden},
           {"watching changes nothing", test_watching_changes_nothing}, {"statuses", test_statuses},
           {"actions that do nothing", test_actions_that_do_nothing},
           {"instants and deadlines", test_instants_and_deadlines},
           {"mining that cannot go on says so", test_mining_that_cannot_go_on},
           {"a parked branch does not stop sync", test_parked_branch_does_not_stop_sync},
           {"finality does not storm", test_finality_does_not_storm},
           {"a scripted tie keeps the first seen", test_scripted_tie})
