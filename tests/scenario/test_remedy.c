/* What the messages propose for words and marks from elsewhere: one error, and this help. */
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include "sim/scenario/remedy.h"

#include <string.h>

typedef struct {
    const char *line, *help;
} Case;

static void
check(const Case *cases, guint count)
{
    for (guint i = 0; i < count; i++) {
        g_autofree char *got = scn_test_errors(cases[i].line);
        g_autofree char *want = g_strdup_printf("\n  help: %s\n", cases[i].help);
        const char *first = strstr(got, ": error: ");

        scn_test_check_message(got, want);
        CU_ASSERT_PTR_NOT_NULL_FATAL(first);
        if (strstr(first + 1, ": error: ") != NULL) /* no follow-up */
            TEST_STR_EQUAL(got, "one error");
    }
}

static void
test_units(void)
{
    static const Case cases[] = {
        {"chain spacing=10min\n", "write 10m"},
        {"wallet a funds=9\nwallet b\nload rate=2/sec from=a to=b amount=1\n", "write 2/s"},
        {"wallet a funds=9\nwallet b\nload rate=3/minutes from=a to=b amount=1\n", "write 3/m"},
        {"wallet a funds=9\nwallet b\nload rate=24/day from=a to=b amount=1\n",
         "write it an hour: 24 a day are 1/h"},
        {"chain spacing=10Sec\n", "write 10s"},
        {"link all latency=5MS\n", "write 5ms"},
        {"link all latency=10µs\n", "write us for microseconds"},
        {"link all latency=80 ms\n", "write 80ms"},
        {"link all latency=80 msec\n", "write 80ms"},
        {"link all latency=1e3ms\n", "write the number out, without an exponent"},
        {"link all rate=20mbps\n", "write 20Mbps"},
        {"link all rate=20Mbit\n", "write 20Mbps"},
        {"link all rate=20Mbit/s\n", "write 20Mbps"},
        {"link all rate=2MB/s\n", "write 16Mbps"},
        {"link all rate=2MB\n", "write 16Mbps"},
        {"link all rate=20M\n", "m is for minutes, MB for bytes, Mbps for bits a second"},
        {"link all queue=20KB\n", "write 20kB"},
        {"link all loss=5pct\n", "write 5%"},
        {"chain spacing=6/m\n", "write 10s"},
        {"link all latency=80 milliseconds\n", "write 80ms"},
        {"link all latency=80microseconds\n", "write 80us"},
        {"link all rate=10Mibit\n", "write Mbps: 1 Mibit is 1.048576 Mbit"},
        {"wallet x funds=5BTC\n", "an amount has no unit: write 5, or 0.00000001 for the least"},
        {"link all latency=80 milliseconds\n", "write 80ms"},
        {"link all latency=80microseconds\n", "write 80us"},
        {"link all rate=10Mibit\n", "write Mbps: 1 Mibit is 1.048576 Mbit"},
        {"wallet x funds=5BTC\n", "an amount has no unit: write 5, or 0.00000001 for the least"},
        {"let x = 5tps\n", "a frequency is written /s, /m or /h, as in 2/s"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define SWEPT "param p = 1\nsweep p = 1, 2\nmeasure h = max_reorg(all)\ntable h by p stat="

static void
test_words(void)
{
    static const Case cases[] = {
        {"link all latency=gauss(80ms, 5ms)\n", "write normal"},
        {"link all latency=constant(80ms)\n", "write the value alone, without a name before it"},
        {SWEPT "median\n", "write p50"},
        {SWEPT "stddev\n", "write sd"},
        {SWEPT "ci95\n", "write ci"},
        {"topology full\n", "write mesh"},
        {"protocol discovery=true\n", "write on"},
        {"link all transport=tcp\n", "write stream"},
        {"link all bandwidth=20Mbps\n", "write rate"},
        {"nodes c hashrate=10%\n", "write share"},
        {"at 1m kill a1\n", "write crash"},
        {"connect a1 b1\n", "write edge"},
        {"assert same_tip(all)\n", "write finally P, or always P, or at T expect P"},
        {"finally synced(all)\n", "write same_tip"},
        {"finally median(height(all)) > 3\n",
         "over nodes write quantile(E, p50), over runs p50(E)"},
        {"finally confirmations(all, pya) > 1\n", "write pay"},
        {"finally balance(all, v) > 1\n", "write w"},
        {"at 1m submit pya at a1\n", "write pay"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

#define CONDITION "write finally P, always P, or at T expect P"
#define TIMED "time passes by itself: write at T before what happens then"

/* Words of ns-3, SimBlock, Bitcoin Core's tests, Shadow, SimGrid and Python. */
static void
test_words_of_others(void)
{
    static const Case cases[] = {
        {"link all latency=UniformRandomVariable(1ms, 2ms)\n", "write uniform"},
        {"link all latency=weibull(1ms, 2)\n",
         "write lognormal(MEDIAN, SIGMA), or empirical(\"FILE.csv\") with measured times"},
        {"link all data_rate=5Mbps\n", "write rate"},
        {"link all mtu=1500\n", "messages are not cut into packets: rate and queue bound them"},
        {"hosts c\n", "write nodes"},
        {"nodes c count=5\n", "write c[1..5] for five nodes"},
        {"nodes c mining=no\n", "write role=full for a node that does not mine"},
        {"nodes c role=attacker\n", "write role=miner, and strategy=selfish or another beside it"},
        {"nodes c behavior=selfish\n", "write strategy"},
        {"nodes c type=miner\n", "write role"},
        {"chain algorithm=daa\n", "write cw-144 for Bitcoin Cash of 2017, asert for that of 2020"},
        {"chain difficulty_adjustment=asert\n", "write algorithm"},
        {"chain fork-choice=nakamoto\n", "write most-work"},
        {"topology erdos_renyi p=0.1\n", "write random"},
        {"topology grid\n", "write the edges, or topology file=\"grid.graphml\""},
        {"protocol relay=bip152\n", "write compact"},
        {"protocol gossip=flood\n", "write relay"},
        {"stop_time 10m\n", "write duration"},
        {"sleep 10s\n", TIMED},
        {"at 1m wait 10s\n", TIMED},
        {"while height(a1) < 3 mine 1 at a1\n", "write every T from T until T, or when P each"},
        {"when height(a1) >= 3 then mine 1 at a1\n", "leave it out"},
        {"every 10s for 5m mine 1 at a1\n", "write until T: every 10s from 1m until 5m"},
        {"require height(a1) > 3\n", CONDITION},
        {"assert_equal(height(a1), 3)\n", CONDITION},
        {"eventually same_tip(all)\n", "write at T expect within T P, or sometimes P"},
        {"invariant supply_ok(all)\n", "write always"},
        {"print(\"x\")\n", "write measure NAME = E: the run prints it at the end"},
        {"at 1m generatetoaddress 5 at a1\n", "write mine"},
        {"at 1m sendrawtransaction pay at a1\n", "write submit"},
        {"at 1m disconnect_nodes a1 b1\n", "write cut"},
        {"at 1m connect_nodes a1 b1\n", "write join-edge"},
        {"at 1m sync_all\n", "write expect within T same_tip(all)"},
        {"at 1m shutdown a1\n", "write crash"},
        {"at 1m reboot a1\n", "write restart"},
        {"nodes c hash_power=10%\n", "write share"},
        {"finally height(a1) == None\n",
         "nothing compares with null: nulls(E) over seeds counts it, a measure shows it"},
        {"finally getblockcount(a1) == 5\n", "write height"},
        {"finally in_sync(all)\n", "write same_tip"},
        {"finally stale_rate(all) < 5%\n", "write stale(all) / mined(all)"},
        {"finally confirmed(pay)\n", "write confirmations(S, TX) >= 1"},
        {"finally double_spent(pay)\n", "write undone(S, TX, k=1) >= 1"},
        {"finally abs(height(a1) - height(a2)) < 2\n", "write max(A - B, B - A)"},
        {"finally all(height(a[*]) == 5)\n",
         "a check of a list holds if it is true for every node"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

/* A word that is near to no other gets no proposal, and the name of an option is no unit. */
static void
test_far_words(void)
{
    static const char *const lines[] = {
        "must-not height(a1) > 3\n",           "finally tps(all) > 3\n",    "finally log(3) > 1\n",
        "finally height(a1) > 3 eventually\n", "param x = 1 min=0 max=5\n",
    };

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *got = scn_test_errors(lines[i]);

        CU_ASSERT_PTR_NOT_NULL(strstr(got, ": error: "));
        if (strstr(got, "help: write ") != NULL)
            TEST_STR_EQUAL(got, "no proposal");
    }
}

static void
test_marks(void)
{
    static const Case cases[] = {
        {"finally same_tip(all) && height(a1) > 0\n", "write and"},
        {"finally same_tip(all) || height(a1) > 0\n", "write or"},
        {"finally !same_tip(all)\n", "write not"},
        {"finally height(a1) => 3\n", "write >="},
        {"finally height(a1) ≥ 3\n", "write >="},
        {"finally height(a1) <> 3\n", "write !="},
        {"finally height(a1) ** 2 > 3\n", "write ^"},
        {"finally same_tip(all) AND height(a1) > 0\n", "write and"},
        {"finally NOT same_tip(all)\n", "write not"},
        {"// a comment\n", "a comment begins with # and ends with the line"},
        {"seed 4 // a comment\n", "a comment begins with # and ends with the line"},
        {"seed 4; duration 5m\n", "write each statement on a line of its own, without ;"},
        {"include 'other.scn'\n", "write \" around a text"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

static void
test_lines(void)
{
    static const Case cases[] = {
        {"let a = 5m\nduration $a + 20m\n", "write ($a + 20m)"},
        {"let a = 5m\nchain spacing=$a / 5 algorithm=fixed\n", "write ($a / 5)"},
        {"let a = 5m\nat $a + 1m mine 1 at a1\n", "write ($a + 1m)"},
        {"let a = 5m\nat ($a) + 1m mine 1 at a1\n", "write (($a) + 1m)"},
        {"at 5m: mine 1 at a1\n", "leave it out"},
        {"seeds 20\n", "write seeds 1..20"},
        {"wallet w2[1..8]\n", "only nodes have ranges: write a line for each wallet"},
        {"tx t2[1..8] from=w to=v amount=1\n", "only nodes have ranges: write a line for each tx"},
        {"seeds 1-20\n", "write 1..20"},
        {"param p = 5m in 1m-10m\n", "write 1m..10m"},
        {"seed = 5\n", "leave the = out"},
        {"chain spacing=10s, algorithm=fixed\n", "options stand without commas between them"},
        {"link all latency: 80ms\n", "write latency=80ms"},
        {"nodes c share==10%\n", "write share=10%"},
        {"finally height(a[1-3]) > 1\n", "write a[1..5] for a range, a - b for a difference"},
        {"finally height(a[1:3]) > 1\n", "write a[1..5], or {a1, a5}"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

/* A known word beats a row; a word that has nothing in common is not proposed. */
static void
test_nearest(void)
{
    static const char *const words[] = {"alpha", "beta", NULL};
    static const char *const modes[] = {"off", "none", NULL};
    g_autofree char *near = scn_remedy_text_of("mode", "betta", words);
    g_autofree char *far = scn_remedy_text_of("mode", "xyz", words);
    g_autofree char *same = scn_remedy_text_of("mode", "ALPHA", words);
    g_autofree char *row = scn_remedy_text_of("mode", "false", modes);

    TEST_STR_EQUAL(near, "write beta");
    TEST_STR_EQUAL(far, "write alpha or beta");
    TEST_STR_EQUAL(same, "write alpha");
    TEST_STR_EQUAL(row, "write off");
}

/* Every row says something, and the mark that it proposes is none of the wrong ones. */
static void
test_table(void)
{
    const ScnRemedyMark *mark = scn_remedy_mark("&& x");

    CU_ASSERT_PTR_NOT_NULL_FATAL(mark);
    TEST_STR_EQUAL(mark->right, "and");
    TEST_STR_EQUAL(scn_remedy_mark("&x")->wrong, "&");
    CU_ASSERT_PTR_NULL(scn_remedy_mark("x && y"));
    CU_ASSERT(scn_remedy_has("operator", "And"));
    CU_ASSERT(!scn_remedy_has("operator", "min"));
}

TEST_SUITE(remedy, {"units", test_units}, {"words", test_words},
           {"words of others", test_words_of_others}, {"far words", test_far_words},
           {"marks", test_marks}, {"lines", test_lines}, {"nearest", test_nearest},
           {"table", test_table})
