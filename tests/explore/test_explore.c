/* The parts of a search: the base as text, plans, trials, and shrinking. */
#include "sim/explore/shrink.h"
#include "sim/explore/trial.h"
#include "sim/explore/words.h"
#include "tests/harness/harness.h"

#include <glib/gstdio.h>
#include <string.h>

static const char text[] =
    "scn 1 \"A base\"\n"
    "param n = 4\n"
    "duration 10m\n"
    "seed 7\n"
    "chain spacing=10s   # a comment\n"
    "nodes a[1..$n]\n"
    "node watch role=full\n"
    "measure m = height(a1)\n"
    "always supply_ok(all)\n"
    "at 1m expect height(a1) >= 0\n"
    "at 90s mine 1 at a1\n"
    "at 2m\n"
    "  mark h = height(a1)\n"
    "  expect h >= 0\n"
    "  mine 1 at a2\n"
    "end\n"
    "at 9m mine 1 at a3\n"
    "finally near(m, 1) over seeds\n"
    "explore partition, crash, loss from 1m until 5m settle 4m faults=2..5\n";

static ScnScenario *
parse(const char *of)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const ScnOptions options = {.keeps_syntax = true};
    ScnScenario *scenario = scn_parse_text("base.scn", of, strlen(of), &options, errors);

    if (scenario == NULL)
        scn_errors_print(errors, stderr, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    return scenario;
}

static ExploreBase *
base_of(const ScnScenario *scenario)
{
    g_autofree char *why = NULL;
    ExploreBase *base = explore_base_new(scenario, &why);

    CU_ASSERT_PTR_NOT_NULL_FATAL(base);
    return base;
}

/* What expects a run without faults, and what comes after them, is left out. */
static void
test_base(void)
{
    g_autoptr(ScnScenario) scenario = parse(text);
    g_autoptr(ExploreBase) base = base_of(scenario);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *got = explore_plan_text(base, none, "# head\n");

    TEST_STR_EQUAL(got,
                   "scn 1 \"A base\"\n# head\nseed 7\nduration 9m\nparam n = 4\n"
                   "chain spacing=10s\nnodes a[1..$n]\nnode watch role=full\n"
                   "always supply_ok(all)\nat 90s mine 1 at a1 maybe\n"
                   "at 2m\n  mark h = height(a1)\n  mine 1 at a2 maybe\nend\n"
                   "never blamed(all) > 0 maybe\n"
                   "at 5m mining off all\nat 7m expect waiting(all) == 0 if same_tip(all) maybe\n"
                   "finally waiting(all) == 0\n"
                   "at 7m0.1s mine 1 at a1\nfinally same_tip(all)\n");
}

/* Who misbehaves in the file is honest, and gives out what it withheld, when the rest settles. */
static void
test_rogues(void)
{
    g_autoptr(ScnScenario) scenario = parse("scn 1 \"t\"\nduration 10m\nnodes a[1..2]\n"
                                            "node r strategy=silent\nexplore from 1m until 5m\n");
    g_autoptr(ExploreBase) base = base_of(scenario);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *got = explore_plan_text(base, none, NULL);

    CU_ASSERT_PTR_NOT_NULL(
        strstr(got, "at 5m\n  strategy r honest maybe\n  release all at r maybe\nend\n"));
}

static void
check_whole(const char *of, const char *want)
{
    g_autoptr(ScnScenario) scenario = parse(of);
    g_autoptr(ExploreBase) base = explore_base_new_whole(scenario);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *got = explore_plan_text(base, none, NULL);

    TEST_STR_EQUAL(got, want);
}

/* Trees and scripts have lines of their own; a block without any is left out. */
static void
test_blocks(void)
{
    static const char script[] =
        "scn 1 \"s\"\nchain pow=off\nnode p role=script\nnode n\ntree\n  g - b1\nend\n"
        "script deliver from=p to=n\n  b1 -> tip\n  expect height(n) == 1\nend\n";

    check_whole(script, script);
    check_whole("scn 1 \"t\"\nduration 5m\nnodes a[1..2]\nat 1m\nend\n",
                "scn 1 \"t\"\nduration 5m\nnodes a[1..2]\n");
}

/* A title with quotes, and files beside the base, one called as the other ends: the text stands
 * alone. */
static void
test_names(void)
{
    g_autofree char *folder = g_dir_make_tmp("kette-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "b.scn", NULL);
    g_autofree char *data = g_build_filename(folder, "times.csv", NULL);
    g_autofree char *more = g_build_filename(folder, "more times.csv", NULL);
    g_autofree char *of = NULL, *got = NULL, *name = g_strdup_printf("\"%s\"", data);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const ScnOptions options = {.keeps_syntax = true};
    g_autoptr(ScnScenario) scenario = NULL, made = NULL;
    g_autoptr(ExploreBase) base = NULL;

    g_file_set_contents(data, "80ms\n90ms\n", -1, NULL);
    of = g_strdup("scn 1 \"say \\\"hi\\\"\"\nduration 10m\nnodes a[1..3]\n"
                  "link a1 -> a2 latency=empirical(\"more times.csv\")\n"
                  "link a2 -> a3 latency=empirical(\"times.csv\")\n");
    g_file_set_contents(more, "80ms\n90ms\n", -1, NULL);
    g_file_set_contents(path, of, -1, NULL);
    scenario = scn_parse_file(path, &options, errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    base = base_of(scenario);
    got = explore_plan_text(base, none, NULL);
    CU_ASSERT_TRUE(g_str_has_prefix(got, "scn 1 \"say \\\"hi\\\"\"\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got, name));
    CU_ASSERT_PTR_NOT_NULL(strstr(got, more));
    made = parse(got);
    g_unlink(data);
    g_unlink(more);
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_scripts_are_refused(void)
{
    g_autoptr(ScnScenario) scenario =
        parse("scn 1 \"s\"\nchain pow=off\nnode p role=script\nnode n\ntree\n  g - b1\nend\n"
              "script deliver from=p to=n\n  b1 -> tip\nend\n");
    g_autofree char *why = NULL;

    CU_ASSERT_PTR_NULL(explore_base_new(scenario, &why));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "scripts"));
}

static GPtrArray *
draw(const ExploreBase *base, guint64 number)
{
    SimRandom random;

    sim_random_init_key(&random, 1, 2, number);
    return explore_plan_draw(base, &random);
}

/* A plan depends on its number alone, keeps the bounds, and is a scenario. */
static void
test_plans(void)
{
    g_autoptr(ScnScenario) scenario = parse(text);
    g_autoptr(ExploreBase) base = base_of(scenario);
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint kinds = 0;

    for (guint64 i = 0; i < 400; i++) {
        g_autoptr(GPtrArray) plan = draw(base, i), again = draw(base, i);
        char *drawn = explore_plan_text(base, plan, NULL);
        g_autofree char *same = explore_plan_text(base, again, NULL);
        g_autoptr(ScnScenario) made = parse(drawn);

        TEST_STR_EQUAL(same, drawn);
        CU_ASSERT_TRUE(plan->len >= 2 && plan->len <= 5);
        for (guint k = 0; k < plan->len; k++) {
            const ExploreFault *fault = g_ptr_array_index(plan, k);

            CU_ASSERT_TRUE(fault->at_ns >= 60 * SCN_SECOND_NS);
            CU_ASSERT_TRUE(fault->at_ns + fault->for_ns <= 300 * SCN_SECOND_NS);
            kinds |= g_str_has_prefix(fault->action, "partition") ? 1
                     : g_str_has_prefix(fault->action, "crash")   ? 2
                     : g_str_has_prefix(fault->action, "loss")    ? 4
                                                                  : 8;
        }
        g_hash_table_add(all, drawn);
    }
    CU_ASSERT_EQUAL(kinds, 7);
    CU_ASSERT_EQUAL(g_hash_table_size(all), 400);
}

/* All kinds, where the file says nothing; what a mutation makes is a scenario too. The checksum is
 * of everything drawn: it is the same with every compiler, and moves when the draws change. */
static void
test_all_kinds(void)
{
    g_autoptr(ScnScenario) scenario = parse("scn 1 \"t\"\nduration 40m\nnodes a[1..3]\n");
    g_autoptr(ExploreBase) base = base_of(scenario);
    g_autoptr(GChecksum) all = g_checksum_new(G_CHECKSUM_SHA256);
    bool seen[SCN_EXPLORE_COUNT] = {false};

    for (guint64 i = 0; i < 300; i++) {
        g_autoptr(GPtrArray) plan = draw(base, i), other = NULL;
        g_autofree char *drawn = NULL, *before = explore_plan_text(base, plan, NULL);
        SimRandom random;

        sim_random_init_key(&random, 1, 3, i);
        other = explore_plan_mutate(base, plan, &random);
        drawn = explore_plan_text(base, other, NULL);
        {
            g_autoptr(ScnScenario) made = parse(drawn);
        }
        g_checksum_update(all, (const guchar *)before, (gssize)strlen(before));
        g_checksum_update(all, (const guchar *)drawn, (gssize)strlen(drawn));
        for (guint k = 0; k < plan->len; k++) {
            const char *action = ((ExploreFault *)g_ptr_array_index(plan, k))->action;

            for (guint w = 0; scn_explore_kinds[w] != NULL; w++)
                seen[w] |= g_str_has_prefix(action, scn_explore_kinds[w]) ||
                           (strcmp(scn_explore_kinds[w], "byzantine") == 0 &&
                            g_str_has_prefix(action, "strategy")) ||
                           (strcmp(scn_explore_kinds[w], "operator") == 0 &&
                            strstr(action, " tip at ") != NULL);
        }
    }
    for (guint w = 0; scn_explore_kinds[w] != NULL; w++)
        CU_ASSERT_TRUE(seen[w]);
    TEST_STR_EQUAL(g_checksum_get_string(all),
                   "47d2237b18f234ef70c2109fd782fb5ea43811abdee9c0fa71e948cd1de1d4e3");
}

static void
check_trial(const char *of, ExploreClass class, const char *what)
{
    ExploreVerdict verdict, copy;
    g_autoptr(GBytes) packed = NULL;

    explore_trial(&verdict, "t.scn", of, &(ExploreTrial){true, true, true});
    CU_ASSERT_EQUAL(verdict.class, class);
    TEST_STR_EQUAL(verdict.what != NULL ? verdict.what : "", what);
    packed = explore_verdict_pack(&verdict);
    CU_ASSERT_TRUE(explore_verdict_unpack(&copy, packed));
    CU_ASSERT_EQUAL(copy.states != NULL ? copy.states->len : 0,
                    verdict.states != NULL ? verdict.states->len : 0);
    for (guint i = 0; verdict.states != NULL && i < verdict.states->len; i++)
        CU_ASSERT_EQUAL(g_array_index(copy.states, ExploreState, i).key,
                        g_array_index(verdict.states, ExploreState, i).key);
    CU_ASSERT_TRUE(copy.class == class && copy.events == verdict.events);
    explore_verdict_clear(&verdict);
    explore_verdict_clear(&copy);
}

static void
test_trials(void)
{
    char a[] = "a", same[] = "a", b[] = "b";

    check_trial("scn 1 \"t\"\nduration 5m\nnodes a[1..3]\nfinally height(a1) >= 0\n", EXPLORE_HELD,
                "");
    check_trial("scn 1 \"t\"\nduration 5m\nnodes a[1..3]\nfinally height(a1) < 0\n", EXPLORE_CHECK,
                "finally height(a1) < 0");
    check_trial("scn 1 \"t\"\nduration 5m\nnodes a[1..3]\nat 1m heal\n", EXPLORE_CHECK,
                "an action");
    check_trial("scn 1 \"t\"\nduration 5m\nnodes a[1..3]\nlimit events=10\n", EXPLORE_LIMIT,
                "limit");
    check_trial("scn 1 \"t\"\nduration 5m\n", EXPLORE_BAD, "bad");
    CU_ASSERT_TRUE(explore_verdict_is_same(&(ExploreVerdict){EXPLORE_CHECK, .what = a},
                                           &(ExploreVerdict){EXPLORE_CHECK, .what = same}));
    CU_ASSERT_FALSE(explore_verdict_is_same(&(ExploreVerdict){EXPLORE_CHECK, .what = a},
                                            &(ExploreVerdict){EXPLORE_CHECK, .what = b}));
    CU_ASSERT_FALSE(explore_verdict_is_same(&(ExploreVerdict){EXPLORE_CHECK, .what = a},
                                            &(ExploreVerdict){EXPLORE_AUDIT, .what = a}));
}

/* Returns the states that a run was in. */
static GArray *
states_of(const char *of)
{
    ExploreVerdict verdict;

    explore_trial(&verdict, "t.scn", of, &(ExploreTrial){.states = true});
    CU_ASSERT_EQUAL(verdict.class, EXPLORE_HELD);
    g_free(verdict.what);
    g_free(verdict.detail);
    return verdict.states;
}

static bool
is_in(const GArray *states, guint64 key)
{
    for (guint i = 0; i < states->len; i++) {
        if (g_array_index(states, ExploreState, i).key == key)
            return true;
    }
    return false;
}

/* A block more at another place is nothing new, nor one after a cut that is over; a cut, a fork and
 * a reorganisation are, each from the moment at which it happens. */
static void
test_novelty(void)
{
    static const char calm[] = "scn 1 \"t\"\nduration 10m\nchain pow=off\nnodes a[1..3]\n"
                               "at 1m mine 2 at a1\nat 2m mine 2 at a1\n%s";
    g_autofree char *of = g_strdup_printf(calm, "");
    g_autofree char *more = g_strdup_printf(calm, "at 4m mine 1 at a1\n");
    g_autofree char *cut = g_strdup_printf(calm, "at 3m partition a1 | {a2, a3} for 1m\n"
                                                 "at 200s mine 1 at a1\nat 201s mine 2 at a2\n");
    g_autofree char *over = g_strdup_printf(calm, "at 3m partition a1 | {a2, a3} for 10s\n"
                                                  "at 4m mine 1 at a1\n");
    g_autoptr(GArray) a = states_of(of), b = states_of(more), c = states_of(cut);
    g_autoptr(GArray) d = states_of(over);
    guint fresh = 0;

    CU_ASSERT_TRUE(a->len > 0);
    for (guint i = 0; i < b->len; i++)
        CU_ASSERT_TRUE(is_in(a, g_array_index(b, ExploreState, i).key));
    for (guint i = 0; i < d->len; i++)
        CU_ASSERT_TRUE(is_in(a, g_array_index(d, ExploreState, i).key));
    for (guint i = 0; i < c->len; i++) {
        const ExploreState *state = &g_array_index(c, ExploreState, i);

        CU_ASSERT_TRUE(state->first >= 200 * SIM_S || is_in(a, state->key));
        fresh += !is_in(a, state->key);
    }
    CU_ASSERT_TRUE(fresh >= 3);
}

/* A branch keeps what had begun at its moment, and draws the rest from it on. */
static void
test_branch(void)
{
    g_autoptr(ScnScenario) scenario = parse(text);
    g_autoptr(ExploreBase) base = base_of(scenario);
    guint kept = 0, drawn = 0;

    for (guint64 i = 0; i < 100; i++) {
        g_autoptr(GPtrArray) plan = draw(base, i), branch = NULL;
        const ExploreFault *middle = g_ptr_array_index(plan, plan->len / 2);
        SimRandom random;

        sim_random_init_key(&random, 1, 3, i);
        branch = explore_plan_branch(base, plan, middle->at_ns, &random);
        CU_ASSERT_TRUE(branch->len <= base->bounds.faults_high);
        for (guint k = 0; k < plan->len; k++) {
            const ExploreFault *fault = g_ptr_array_index(plan, k);
            const ExploreFault *same = k < branch->len ? g_ptr_array_index(branch, k) : NULL;

            if (fault->at_ns > middle->at_ns)
                break;
            CU_ASSERT_TRUE(same != NULL && strcmp(same->action, fault->action) == 0);
            kept++;
        }
        drawn += branch->len > plan->len / 2 + 1;
        g_ptr_array_unref(branch);
        branch = explore_plan_branch(base, plan, 0, &random); /* before all of them */
        CU_ASSERT_TRUE(branch->len >= base->bounds.faults_low);
    }
    CU_ASSERT_TRUE(kept > 50 && drawn > 30);
}

/* --- words -------------------------------------------------------------------------------- */

static void
check_words(char *got, const char *want)
{
    TEST_STR_EQUAL(got != NULL ? got : "none", want);
    g_free(got);
}

static void
test_words(void)
{
    static const char cut[] = "partition {a1, a2} | {b1}  style=slow by=3s";
    static const char block[] = "at 2m\n  mark h = 1\n  mine 1 at a2\nend";
    static const char link[] = "link all latency=lognormal(80ms, 0.5) loss=0.1%";

    check_words(explore_words_without_member(cut, 0), "partition {a2} | {b1}  style=slow by=3s");
    check_words(explore_words_without_member(cut, 1), "partition {a1} | {b1}  style=slow by=3s");
    check_words(explore_words_without_member(cut, 2), "none");
    check_words(explore_words_without_item(block, 0), "at 2m\n  mine 1 at a2\nend");
    check_words(explore_words_without_item(block, 1), "at 2m\n  mark h = 1\nend");
    check_words(explore_words_without_item(block, 2), "none");
    check_words(explore_words_without_option(link, 0), "link all loss=0.1%");
    check_words(explore_words_without_option(link, 1), "link all latency=lognormal(80ms, 0.5)");
    check_words(explore_words_without_option(link, 2), "none");
    check_words(explore_words_without_option("expect height(a1) == 2", 0), "none");
    check_words(explore_words_with_fewer("nodes a[1..9] share=1%", true), "nodes a[1..4] share=1%");
    check_words(explore_words_with_fewer("nodes a[1..9]", false), "nodes a[1..8]");
    check_words(explore_words_with_fewer("nodes a[1..3]", true), "none");
    check_words(explore_words_with_fewer("nodes a[1..$n]", false), "none");
    check_words(explore_words_with_half_time("at 5m heal"), "at 2m30s heal");
    check_words(explore_words_with_half_time("duration 1s"), "none");
    check_words(explore_words_with_half_time("duration ($a + 1m)"), "none");
}

/* Shrinks for a failure that one fault and one line of the base make together. */
static void
test_shrink(void)
{
    g_autoptr(ScnScenario) scenario = parse(text);
    g_autoptr(ExploreBase) base = base_of(scenario);
    g_autoptr(ExploreShrink) shrink = NULL;
    g_autoptr(GPtrArray) plan = NULL;
    g_autofree char *least = NULL;
    GPtrArray *round;
    guint rounds = 0;

    for (guint64 i = 0; plan == NULL; i++) {
        g_autoptr(GPtrArray) drawn = draw(base, i);
        g_autofree char *of = explore_plan_text(base, drawn, NULL);

        if (drawn->len >= 4 && strstr(of, "crash") != NULL)
            plan = explore_plan_copy(drawn);
    }
    shrink = explore_shrink_new(base, plan);
    while ((round = explore_shrink_propose(shrink)) != NULL && rounds++ < 500) {
        guint first = 0;

        while (first < round->len &&
               (strstr(g_ptr_array_index(round, first), "crash") == NULL ||
                strstr(g_ptr_array_index(round, first), "\nat 90s mine 1 at a1 maybe\n") == NULL ||
                strstr(g_ptr_array_index(round, first), "\n  mine 1 at a2 maybe\n") == NULL))
            first++;
        explore_shrink_accept(shrink, first < round->len ? first : G_MAXUINT);
        g_ptr_array_unref(round);
    }
    CU_ASSERT_PTR_NULL(round);
    CU_ASSERT_EQUAL(explore_shrink_faults(shrink), 1);
    least = explore_shrink_text(shrink, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(least, "\nat 90s mine 1 at a1 maybe\n"));
    CU_ASSERT_PTR_NULL(strstr(least, "nodes"));
    CU_ASSERT_PTR_NULL(strstr(least, "supply_ok"));
    CU_ASSERT_PTR_NOT_NULL(strstr(least, "\n  mine 1 at a2 maybe\n"));
    CU_ASSERT_PTR_NULL(strstr(least, "mark h"));
    CU_ASSERT_PTR_NULL(strstr(least, "partition"));
}

TEST_SUITE(explore, {"the base", test_base}, {"rogues", test_rogues}, {"blocks", test_blocks},
           {"names", test_names}, {"scripts are refused", test_scripts_are_refused},
           {"plans", test_plans}, {"all kinds of faults", test_all_kinds}, {"trials", test_trials},
           {"novelty", test_novelty}, {"branches", test_branch}, {"words", test_words},
           {"shrinking", test_shrink})
