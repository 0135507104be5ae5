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

TEST_SUITE(remedy, {"units", test_units}, {"words", test_words}, {"marks", test_marks},
           {"lines", test_lines}, {"nearest", test_nearest}, {"table", test_table})
