/* What the language's options do: each is seen to change a run, and the run without it differs. */
#include "core/node/message.h"
#include "sim/run/action.h"
#include "sim/run/facts_world.h"
#include "sim/run/run.h"
#include "sim/scenario/action.h"
#include "sim/scenario/strategy.h"
#include "sim/world/observe.h"
#include "tests/harness/harness.h"

#include <string.h>

/* A world of its own, with the chain's options in the place of %s. */
static SimRun *
execute(const char *format, const char *chain, guint64 seed)
{
    g_auto(GStrv) halves = g_strsplit(format, "%s", 2);
    g_autofree char *text = g_strjoinv(chain, halves);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const ScnOptions words = {.seed_given = true, .seed = seed};
    const SimRunOptions options = {.scenario_name = "test.scn"};
    ScnScenario *scenario = scn_parse_text("test.scn", text, strlen(text), &words, errors);
    SimRun *run;

    if (scenario == NULL)
        scn_errors_print(errors, stderr, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    run = sim_run_new(scenario, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(run);
    CU_ASSERT_TRUE(sim_run_execute(run, NULL));
    return run;
}

static void
done(SimRun *run)
{
    ScnScenario *scenario = (ScnScenario *)sim_run_scenario(run);

    sim_run_free(run);
    scn_scenario_free(scenario);
}

static const char *
status_of(const char *format, const char *chain)
{
    SimRun *run = execute(format, chain, 1);
    const char *status = sim_run_status_name(sim_run_status(run));

    done(run);
    return status;
}

static void
check_only(const char *format, const char *with, const char *without)
{
    TEST_STR_EQUAL(status_of(format, with), "held");
    TEST_STR_EQUAL(status_of(format, without), "failed");
}

/* --- difficulty ---------------------------------------------------------------------------- */

/* Sixty blocks in a few seconds: at the genesis difficulty their work is 61 * 0x100010. */
static const char fast[] = "scn 1 \"t\"\nduration 2m\nnodes n[1..2]\nchain pow=off %s\n"
                           "at 1m mine 60 at n1\nfinally work(n1) > 100000000\n"
                           "finally same_tip(all) and height(all) == 60\n";

static void
test_algorithm(void)
{
    check_only(fast, "algorithm=asert half-life=1m", "algorithm=fixed");
    check_only(fast, "algorithm=asert half-life=1m", "algorithm=asert half-life=1d");
    check_only(fast, "algorithm=lwma window=5", "algorithm=lwma window=100");
}

/* A block every 40 s where 10 s are meant. */
static const char slow[] = "scn 1 \"t\"\nduration 31m\nnodes n[1..2]\nchain pow=off %s\n"
                           "every 40s mine 1 at n1\nfinally difficulty(all) < 0.5\n"
                           "finally same_tip(all) and height(all) > 40\n";

static void
test_limit_bits(void)
{
    check_only(slow, "algorithm=epoch window=10 limit-bits=0x207fffff",
               "algorithm=epoch window=10");
    check_only(slow, "algorithm=asert half-life=5m limit-bits=0x207fffff",
               "algorithm=asert half-life=5m");
    check_only(slow, "algorithm=lwma window=10 limit-bits=0x207fffff", "algorithm=lwma window=10");
}

/* --- fork choice --------------------------------------------------------------------------- */

/* Three siblings on one block weigh more than a chain of three. */
static const char subtree[] =
    "scn 1 \"t\"\nduration 10m\nnodes x[1..3]\nnode y\nchain pow=off %s\n"
    "at 1m partition {x[*]} | {y} for 3m\n"
    "at 2m\n  mine 1 at x1\n  mine 3 at y\nend\n"
    "at 3m\n  mine 1 at x1\n  mine 1 at x2\n  mine 1 at x3\n  mark b = tip(y)\nend\n"
    "at 5m expect height(x[*]) == 2 and status(x[*], b) == side\n"
    "at 6m\n  mine 2 at x1\n  expect within 1m same_tip(all) and height(all) == 4\nend\n";

static void
test_ghost(void)
{
    check_only(subtree, "fork-choice=ghost", "fork-choice=most-work");
    TEST_STR_EQUAL(status_of(subtree, "fork-choice=longest"), "failed");
}

/* Two blocks at once, each node on its own. */
static const char tie[] = "scn 1 \"t\"\nduration 5m\nnodes n[1..2]\nchain pow=off %s\n"
                          "at 1m\n  mine 1 at n1\n  mine 1 at n2\n  mark w = best_tip(all)\nend\n"
                          "at 2m expect tip(all) == w and reorgs(all) == 1\n";

static void
test_tie_lowest_hash(void)
{
    check_only(tie, "tie=lowest-hash", "tie=first-seen");
}

/* A draw a block and node: over some seeds nobody, one or both change over. */
static void
test_tie_random(void)
{
    guint seen[3] = {0};

    for (guint64 seed = 1; seed <= 32; seed++) {
        SimRun *run = execute(tie, "tie=random", seed);
        SimWorld *world = sim_run_world(run);
        guint64 reorgs = sim_world_reorgs(world, 0) + sim_world_reorgs(world, 1);

        CU_ASSERT_FATAL(reorgs < G_N_ELEMENTS(seen));
        seen[reorgs]++;
        done(run);
    }
    CU_ASSERT(seen[0] > 0 && seen[1] > 0 && seen[2] > 0);
}

/* --- limits of reorganisation --------------------------------------------------------------- */

/* n1 would have to take out two blocks. */
static const char deep[] = "scn 1 \"t\"\nduration 10m\nnodes n[1..2]\nchain pow=off %s\n"
                           "at 1m partition {n1} | {n2} for 3m\n"
                           "at 2m\n  mine 2 at n1\n  mine 3 at n2\n  mark b = tip(n2)\nend\n";

static void
test_max_reorg(void)
{
    g_autofree char *parked = g_strconcat(deep, "at 9m expect status(n1, b) == parked\n", NULL);
    g_autofree char *apart = g_strconcat(deep, "finally not same_tip(all)\n", NULL);

    check_only(parked, "max-reorg=1", "max-reorg=2");
    check_only(parked, "max-reorg=0", "max-reorg=none");
    check_only(apart, "max-reorg=1", "max-reorg=2");
}

/* The first of two blocks has two confirmations. */
static void
test_finality(void)
{
    g_autofree char *apart =
        g_strconcat(deep, "at 9m expect status(n1, b) == unknown and max_reorg(all) == 0\n", NULL);

    check_only(apart, "finality=2", "finality=3");
    check_only(apart, "finality=1", "finality=none");
}

/* --- nodes --------------------------------------------------------------------------------- */

/* Room for one transaction: the one that pays more stays. */
static void
test_mempool(void)
{
    static const char text[] =
        "scn 1 \"t\"\nduration 5m\nchain pow=off\nnode big\nnode small %s\n"
        "wallet u funds=5\nwallet v funds=5\n"
        "tx cheap from=u to=v amount=1 fee=0.01\ntx dear from=v to=u amount=1 fee=0.5\n"
        "at 1m submit cheap at big\n"
        "at 2m\n  expect in_mempool(all, cheap)\n  submit dear at big\nend\n"
        "at 3m expect in_mempool(all, dear) and in_mempool(big, cheap)\n"
        "at 3m expect not in_mempool(small, cheap)\n";

    check_only(text, "mempool=200B", "mempool=5MB");
    check_only(text, "mempool=0.2kB", "");
}

/* sim/scenario knows no core, so it has lists of its own of what core names. */
static void
test_names_of_core(void)
{
    guint count = 0;

    for (; scn_message_names[count] != NULL && count < KETTE_MSG_COUNT; count++)
        TEST_STR_EQUAL(scn_message_names[count], kette_message_kind_name((KetteMessageKind)count));
    CU_ASSERT_EQUAL(count, KETTE_MSG_COUNT);
    for (count = 0; scn_verdict_names[count] != NULL && count < KETTE_VERDICT_COUNT; count++)
        TEST_STR_EQUAL(scn_verdict_names[count], kette_verdict_name((KetteVerdict)count));
    CU_ASSERT_EQUAL(count, KETTE_VERDICT_COUNT);
}

static void
test_words_are_whole(void)
{
    guint strategies = 0;

    for (guint i = 0; scn_action_get(i) != NULL; i++) {
        const ScnAction *action = scn_action_get(i);

        TEST_STR_EQUAL(scn_action_find(action->word)->word, action->word);
        CU_ASSERT_PTR_EQUAL(scn_action_find(action->word), action);
        CU_ASSERT_TRUE_FATAL(action->usage != NULL && action->text != NULL);
        CU_ASSERT_TRUE(g_str_has_prefix(action->usage, action->word));
        CU_ASSERT_TRUE(sim_actions_know(action->kind));
    }
    for (guint i = 0; scn_function_get(i) != NULL; i++) {
        const ScnFunction *function = scn_function_get(i);
        g_autofree char *call = g_strconcat(function->name, "(", NULL);

        CU_ASSERT_PTR_EQUAL(scn_function_find(function->name), function);
        CU_ASSERT_TRUE(g_str_has_prefix(function->usage, call) && *function->text != '\0');
        CU_ASSERT_TRUE(function->shape == SCN_SHAPE_REDUCE || function->shape == SCN_SHAPE_SET ||
                       sim_facts_know(function->id));
    }
    for (guint i = 0; scn_strategy_row(i) != NULL; i++) {
        const ScnStrategyRow *row = scn_strategy_row(i);

        CU_ASSERT_EQUAL(sim_strategy_find(row->word) == NULL, i == 0); /* honest: none */
        CU_ASSERT_TRUE(g_str_has_prefix(row->usage, row->word) && *row->text != '\0');
        for (guint k = 0; k < SCN_STRATEGY_TAKES && row->takes[k] != NULL; k++)
            CU_ASSERT_PTR_NOT_NULL(scn_option_find(&scn_strategy_options, row->takes[k]));
        strategies += i > 0;
    }
    CU_ASSERT_PTR_NULL(sim_strategy_get(strategies));
    for (guint i = 0; scn_partition_word_get(i) != NULL; i++) {
        const ScnPartitionWord *word = scn_partition_word_get(i);

        CU_ASSERT_PTR_EQUAL(scn_partition_word_find(word->word), word);
        CU_ASSERT_TRUE_FATAL(word->usage != NULL && word->text != NULL);
    }
}

TEST_SUITE(language, {"names of core", test_names_of_core},
           {"words are whole", test_words_are_whole}, {"algorithm and half-life", test_algorithm},
           {"limit-bits", test_limit_bits}, {"fork-choice=ghost", test_ghost},
           {"tie=lowest-hash", test_tie_lowest_hash}, {"tie=random", test_tie_random},
           {"max-reorg", test_max_reorg}, {"finality", test_finality}, {"mempool", test_mempool})
