/* Strategies: what the model holds, and what is refused and how. */
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include "sim/scenario/strategy.h"

#include <glib/gstdio.h>
#include <string.h>

static void
check_bad(const char *text, const char *const *parts)
{
    g_autofree char *errors = scn_test_errors(text);

    for (size_t i = 0; parts[i] != NULL; i++)
        scn_test_check_message(errors, parts[i]);
}

#define BAD(text, ...) check_bad(text, (const char *const[]){__VA_ARGS__, NULL})

static const ScnStrategy *
strategy_at(const ScnScenario *scenario, guint i)
{
    CU_ASSERT_FATAL(i < scenario->strategies->len);
    return &g_array_index(scenario->strategies, ScnStrategy, i);
}

static void
test_values(void)
{
    g_autoptr(ScnScenario) s =
        scn_test_model("tx back from=w to=w amount=2 nonce=0\nparam how = stubborn\n"
                       "nodes c[1..3] strategy=$how lead=yes trail=2 equal-fork=no\n"
                       "nodes d strategy=double-spend pay=pay back=back confirmations=3 from=5m\n"
                       "nodes e[1..2] strategy=hop leave=1.5 pool=no\n"
                       "nodes f strategy=spam rate=30/m send=headers\n"
                       "nodes g strategy=lag by=2s\nnodes h strategy=honest\n"
                       "at 1m strategy c1 selfish\n");
    const ScnStrategy *stubborn = strategy_at(s, 0), *spend = strategy_at(s, 1),
                      *hop = strategy_at(s, 2), *spam = strategy_at(s, 3);

    CU_ASSERT_EQUAL(s->strategies->len, 6);
    TEST_STR_EQUAL(stubborn->word, "stubborn");
    CU_ASSERT(stubborn->lead && !stubborn->equal_fork && stubborn->trail == 2);
    CU_ASSERT(!stubborn->is_alone);
    CU_ASSERT_EQUAL(g_array_index(s->nodes, ScnNode, 0).strategy, SCN_NONE);
    for (guint i = 10; i < 13; i++)
        CU_ASSERT_EQUAL(g_array_index(s->nodes, ScnNode, i).strategy, 0);
    CU_ASSERT_EQUAL(g_array_index(s->nodes, ScnNode, 13).strategy, 1);
    CU_ASSERT(spend->pay == 0 && spend->back == 1);
    CU_ASSERT(spend->confirmations == 3 && spend->give_up == 20);
    CU_ASSERT(spend->from_ns == 300 * SCN_SECOND_NS);
    CU_ASSERT(hop->leave == SCN_ONE * 3 / 2 && hop->come_back == SCN_ONE && hop->is_alone);
    CU_ASSERT(spam->gap_ns == 2 * SCN_SECOND_NS && spam->send == 1);
    CU_ASSERT(strategy_at(s, 4)->by_ns == 2 * SCN_SECOND_NS);
    TEST_STR_EQUAL(strategy_at(s, 5)->word, "selfish");
    CU_ASSERT_EQUAL(g_array_index(s->nodes, ScnNode, 18).strategy, SCN_NONE);
}

static void
test_bad_words(void)
{
    BAD("nodes c strategy=selfsh\n", "t.scn:7:18: error: unknown strategy 'selfsh'",
        "help: write selfish");
    BAD("nodes c strategy=stubborn leed=yes\n", "unknown option 'leed'", "help: write lead");
    BAD("nodes c strategy=selfish lead=yes\n", "t.scn:7:26: error: selfish takes no 'lead'",
        "help: it goes with strategy=stubborn");
    BAD("nodes c lead=yes\n", "t.scn:7:9: error: 'lead' is an option of a strategy",
        "help: write strategy= too");
    BAD("nodes c strategy=lag\n", "strategy=lag needs by=", "help: write by=");
    BAD("nodes c strategy=lag by=0\n", "'by' must be at least 1ns");
    BAD("nodes c strategy=spam rate=0/s send=junk\n", "'rate' must be above 0");
    BAD("nodes c strategy=spam rate=1/s send=jnk\n", "unknown send 'jnk'", "help: write junk");
    BAD("nodes c strategy=spam rate=1/s\n", "strategy=spam needs send=");
    BAD("nodes c strategy=hop leave=1 return=1.5\n", "'return' is above 'leave'");
    BAD("nodes c strategy=hop leave=0\n", "'leave' must be above 0");
    BAD("nodes c strategy=selfish strategy=honest\n", "'strategy' is given twice");
    BAD("nodes c strategy=stubborn trail=1 trail=2\n", "'trail' is given twice");
    BAD("nodes c role=script strategy=silent\n", "a node with role=script has no strategy");
    BAD("at 1m strategy a1 selfsh\n", "unknown strategy 'selfsh'");
    BAD("at 1m strategy a1 lag\n", "strategy=lag needs by=");
    BAD("at 1m strategy a1 selfish uplink=1Mbps\n", "unknown option 'uplink'");
    BAD("at 1m release 0 at a1\n", "'release' must be in 1..100000");
    BAD("at 1m withhold perhaps a1\n", "t.scn:7:16: error:");
}

static void
test_what_does_not_fit(void)
{
    BAD("nodes c strategy=timewarp\n", "timewarp works on the windows of algorithm=epoch alone",
        "help: write chain algorithm=epoch");
    BAD("tx later from=w to=w amount=1\nnodes c strategy=double-spend pay=pay back=later\n",
        "t.scn:8:1: error: 'pay' and 'back' do not conflict",
        "help: write tx later with the from= of pay and nonce=0");
    BAD("nodes c strategy=double-spend pay=pay back=pay\n", "'pay' and 'back' do not conflict");
    BAD("tx back from=w to=w amount=11 nonce=0\nnodes c strategy=double-spend pay=pay back=back\n",
        "wallet w cannot pay");
    BAD("nodes c strategy=double-spend pay=pay back=bck\n", "unknown transaction 'bck'");
    BAD("nodes c strategy=double-spend pay=pay\n", "strategy=double-spend needs back=");
    BAD("nodes c strategy=policy\n", "'policy' needs the file of its table",
        "help: write policy(\"optimal.csv\")");
    BAD("nodes c strategy=policy(\"none.csv\")\n", "none.csv");
    BAD("nodes c strategy=selfish(\"x.csv\")\n", "selfish takes no file");
}

/* The line of the table's file is the place of the error. */
static void
test_bad_table(void)
{
    g_autofree char *folder = g_dir_make_tmp("kette-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "p.csv", NULL);
    g_autofree char *text =
        g_strdup_printf(SCN_TEST_HEADER "nodes c strategy=policy(\"%s\")\n", path);
    g_autofree char *errors = NULL, *where = g_strdup_printf("%s:3:1: error:", path);
    ScnScenario *scenario;

    CU_ASSERT_FATAL(g_file_set_contents(path,
                                        "a,h,fork,action\n1,0,irrelevant,wait\n"
                                        "0,1,irrelevant,override\n",
                                        -1, NULL));
    scenario = scn_test_parse(text, NULL, &errors);
    CU_ASSERT_PTR_NULL(scenario);
    CU_ASSERT_PTR_NOT_NULL(strstr(errors, where));
    g_unlink(path);
    g_rmdir(folder);
}

/* A param that names a strategy may come with the options of another: a sweep has both. */
static void
test_swept(void)
{
    g_autoptr(ScnScenario) s = scn_test_model("param how = selfish\nsweep how = selfish, stubborn\n"
                                              "nodes c strategy=$how lead=yes\n");

    TEST_STR_EQUAL(strategy_at(s, 0)->word, "selfish");
}

/* A line of nodes is read for its own options and for those of the strategy; each error counts
 * once. */
static void
test_told_once(void)
{
    g_autofree char *errors = scn_test_errors("nodes c strategy=lag by=1s by=2s fro=1s role=miner");
    const char *first = strstr(errors, "unknown option 'fro'");

    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NULL(strstr(first + 1, "unknown option 'fro'"));
    first = strstr(errors, "'by' is given twice");
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NULL(strstr(first + 1, "'by' is given twice"));
}

TEST_SUITE(strategy, {"values", test_values}, {"bad words", test_bad_words},
           {"what does not fit", test_what_does_not_fit}, {"a bad table", test_bad_table},
           {"swept", test_swept}, {"an error is told once", test_told_once})
