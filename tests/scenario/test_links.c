/* Link options and one-way edges: what the model holds, and what is refused and how. */
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

#define PERCENT (SCN_ONE / 100)

static const ScnLink *
link_at(const ScnScenario *scenario, guint i)
{
    CU_ASSERT_FATAL(i < scenario->links->len);
    return &((const ScnLinkRule *)scenario->links->pdata[i])->link;
}

static void
test_options(void)
{
    g_autoptr(ScnScenario) s =
        scn_test_model("link all duplicate=1% reorder=2% corrupt=0.5 transport=stream small=+10ms\n"
                       "link a[*] transport=datagram duplicate=0\n"
                       "link b[*] small=3ms\n");
    const ScnLink *all = link_at(s, 0);

    CU_ASSERT_EQUAL(all->set, scn_test_link_bit("duplicate") | scn_test_link_bit("reorder") |
                                  scn_test_link_bit("corrupt") | scn_test_link_bit("transport") |
                                  scn_test_link_bit("small"));
    CU_ASSERT(all->duplicate == PERCENT);
    CU_ASSERT(all->reorder == 2 * PERCENT);
    CU_ASSERT(all->corrupt == 50 * PERCENT);
    CU_ASSERT(all->stream);
    CU_ASSERT_EQUAL(all->small_ns, 10000000);
    CU_ASSERT_EQUAL(link_at(s, 1)->set,
                    scn_test_link_bit("transport") | scn_test_link_bit("duplicate"));
    CU_ASSERT(!link_at(s, 1)->stream);
    CU_ASSERT_EQUAL(link_at(s, 2)->set, scn_test_link_bit("small"));
    scn_test_check_bad("link all duplicate=5\n", "help: write 5%");
    scn_test_check_bad("link all reorder=101%\n", "'reorder' must be in 0%..100%");
    scn_test_check_bad("link all corrupt=5ms\n", "'corrupt' needs a plain number");
    scn_test_check_bad("link all small=10\n", "help: write 10ms");
    scn_test_check_bad("link all small=(0s - 5ms)\n", "'small' must be at least 0s");
    scn_test_check_bad("link all draw=once\n", "unknown draw 'once'");
    scn_test_check_bad("link all transport=tcp\n", "unknown transport 'tcp'");
}

static void
test_gilbert(void)
{
    g_autoptr(ScnScenario) s =
        scn_test_model("param p = 3%\n"
                       "link all loss=gilbert(good=1%, bad=90%, to-bad=$p, to-good=20%)\n"
                       "link all loss=gilbert(to-good=100%, to-bad=1%)\n"
                       "link all loss=2%\n");

    CU_ASSERT_EQUAL(link_at(s, 0)->set, scn_test_link_bit("loss"));
    CU_ASSERT(link_at(s, 0)->loss == PERCENT);
    CU_ASSERT(link_at(s, 0)->bad_loss == 90 * PERCENT);
    CU_ASSERT(link_at(s, 0)->to_bad == 3 * PERCENT);
    CU_ASSERT(link_at(s, 0)->to_good == 20 * PERCENT);
    CU_ASSERT(link_at(s, 1)->loss == 0);
    CU_ASSERT(link_at(s, 1)->bad_loss == SCN_ONE);
    CU_ASSERT(link_at(s, 2)->loss == 2 * PERCENT);
    CU_ASSERT(link_at(s, 2)->to_bad == 0);
    scn_test_check_bad("link all loss=gilbert(good=0, bad=1)\n",
                       "'gilbert' needs to-bad= and to-good=");
    scn_test_check_bad("link all loss=gilbert(0, 1, 0.1, 0.2)\n", "once each");
    scn_test_check_bad("link all loss=gilbert(to-bad=1%, to-good=1%, to-bad=1%)\n", "once each");
    scn_test_check_bad("link all loss=gilbert(to-bad=1%, to-good=2)\n",
                       "'to-good' must be in 0%..100%");
    scn_test_check_bad("link all loss=gilbert(to-bad=1%, to-worse=2%)\n", "once each");
    scn_test_check_bad("link all latency=gilbert(to-bad=1%, to-good=1%)\n",
                       "'gilbert' is for loss");
}

/* The scenario's table from a file of these bytes, or what is said of it. */
static char *
read_table(const char *text, gsize length, GArray **ret_times)
{
    g_autofree char *folder = g_dir_make_tmp("kette-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "times.csv", NULL);
    g_autofree char *whole =
        g_strdup_printf(SCN_TEST_HEADER "link all latency=empirical(\"%s\")\n"
                                        "link a[*] latency=empirical(\"%s\")\n",
                        path, path);
    char *errors = NULL;
    g_autoptr(ScnScenario) scenario = NULL;

    CU_ASSERT_FATAL(g_file_set_contents(path, text, (gssize)length, NULL));
    scenario = scn_test_parse(whole, NULL, &errors);
    *ret_times = NULL;
    if (scenario) {
        CU_ASSERT_EQUAL_FATAL(scenario->tables->len, 1); /* one for both lines */
        CU_ASSERT_EQUAL(link_at(scenario, 0)->latency.kind, SCN_DIST_EMPIRICAL);
        CU_ASSERT_EQUAL(link_at(scenario, 1)->latency.table, 0);
        *ret_times = g_array_ref(scenario->tables->pdata[0]);
    }
    g_unlink(path);
    g_rmdir(folder);
    return errors;
}

static void
check_table(const char *text, const gint64 *want, guint count)
{
    g_autoptr(GArray) times = NULL;
    g_autofree char *errors = read_table(text, strlen(text), &times);

    TEST_STR_EQUAL(errors, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(times);
    CU_ASSERT_EQUAL_FATAL(times->len, count);
    for (guint i = 0; i < count; i++)
        CU_ASSERT_EQUAL(g_array_index(times, gint64, i), want[i]);
}

static void
check_bad_table(const char *text, gsize length, const char *part)
{
    g_autoptr(GArray) times = NULL;
    g_autofree char *errors = read_table(text, length, &times);

    CU_ASSERT_PTR_NULL(times);
    CU_ASSERT(errors && strstr(errors, part) != NULL);
    if (errors && !strstr(errors, part))
        printf("     want \"%s\" in: %s\n", part, errors);
}

static void
test_empirical(void)
{
    static const gint64 want[] = {80500000, 12000000, 0, 1500, 12000000, 1000000000};
    static const gint64 one[] = {7000000};

    check_table("rtt\n80.5\n12ms\n\n0\n 1.5us\t\r\n12\n1s", want, 6);
    check_table("ms\n80.5\n12ms\n0\n1.5us\n12\n1s\n", want, 6); /* a heading, not 0ms */
    check_table("80.5\n12ms\n0\n1.5us\n12\n1s\n", want, 6);     /* no heading */
    check_table("\xEF\xBB\xBF"
                "7\n",
                one, 1);
    check_bad_table("", 0, "there is no time in this file");
    check_bad_table("latency\n\n", 9, "there is no time in this file");
    check_bad_table("latency\nanother\n5\n", 18,
                    "times.csv:2:1: error: a time of 0 or more is due");
    check_bad_table("5\n6,7\n", 6, "times.csv:2:1: error");
    check_bad_table("-5\n", 3, "times.csv:1:1: error");
    check_bad_table("5MB\n", 4, "times.csv:1:1: error");
    check_bad_table("5\n6 7\n", 6, "times.csv:2:1: error");
    check_bad_table("5\n9999999999999999\n", 19, "times.csv:2:1: error");
    check_bad_table("5\n\xff\xfe\n", 5, "times.csv:2:1: error: this is not UTF-8");
    check_bad_table("5\n\0\n", 4, "times.csv:2:1: error");
    scn_test_check_bad("link all latency=empirical(\"no-such.csv\")\n", "cannot read no-such.csv");
    scn_test_check_bad("link all latency=empirical(5ms)\n", "takes the name of a file");
    scn_test_check_bad("link all latency=empirical()\n", "takes the name of a file");
    scn_test_check_bad("link all latency=empirical(file=\"a.csv\")\n", "takes the name of a file");
    scn_test_check_bad("link all latency=empirical(\"t.scn\")\n", "includes itself");
    scn_test_check_bad("link all latency=emprical(\"a.csv\")\n", "help: write empirical");
}

/* Sizes and rates may be drawn too, but not as 0. */
static void
test_drawn(void)
{
    scn_test_check_bad("nodes x[1..2] uplink=normal(10Mbps, 5Mbps)\n",
                       "'normal' can be 0 or below, which 'uplink' cannot");
    scn_test_check_bad("nodes x[1..2] downlink=exponential(10Mbps)\n",
                       "help: write lognormal(MEDIAN, SIGMA) or uniform(LO, HI)");
    scn_test_check_bad("nodes x[1..2] uplink=uniform(0, 5Mbps)\n",
                       "'uniform' must be at least 1bps");
    scn_test_check_bad("nodes x[1..2] uplink=uniform(0bps, 5Mbps)\n",
                       "'uniform' must be at least 1bps");
    scn_test_check_bad("nodes x[1..2] uplink=uniform(6Mbps, 5Mbps)\n", "this range is empty");
    scn_test_check_bad("nodes x[1..2] uplink=pareto(5ms, 2)\n", "needs a rate");
    scn_test_check_bad("nodes x[1..2] region=eu uplink=eu:normal(1Mbps, 1Mbps)\n",
                       "which 'uplink' cannot");
    scn_test_check_bad("nodes x[1..2] uplink=0bps\n", "'uplink' must be at least 1bps");
    scn_test_check_bad("nodes x[1..2] validate-rate=0bps\n",
                       "'validate-rate' must be at least 1bps");
    scn_test_check_bad("nodes x[1..2] validate-rate=normal(1Mbps, 1Mbps)\n",
                       "which 'validate-rate' cannot");
    scn_test_check_bad("nodes x[1..2] validate=-2ms\n", "'validate' must be at least 0");
    scn_test_check_bad("nodes x[1..2] validate=none\n", "'validate' needs a time");
    scn_test_check_bad("nodes x[1..2] validate=uniform(1ms)\n", "'uniform' takes 2 values");
    scn_test_check_bad("protocol uploads=0\n", "'uploads' must be in 1..1000000");
    scn_test_check_bad("protocol uploads=2MB\n", "'uploads' needs");
    scn_test_check_bad("protocol uploads=all\n", "'uploads'");
    scn_test_check_bad("protocol block-size=exponential(1MB)\n", "which 'block-size' cannot");
    scn_test_check_bad("protocol block-size=0\n", "'block-size' must be at least 1B");
    scn_test_check_bad("protocol block-size=2GB\n", "'block-size' must be in 1B..1GB");
    scn_test_check_bad("protocol block-size=uniform(1MB, 2GB)\n",
                       "'block-size' must be in 1B..1GB");
    scn_test_check_bad("protocol block-size=matrix(\"a.csv\")\n",
                       "'matrix' is for the latency of links");
}

/* What measured sizes and rates may be. */
static void
test_measured(void)
{
    static const struct {
        const char *line, *bytes, *want;
    } cases[] = {
        {"protocol block-size=empirical(\"%s\")\n", "1\n0\n", "a size of 1B to 1GB is due here"},
        {"protocol block-size=empirical(\"%s\")\n", "1\n5ms\n", "a size of 1B to 1GB is due here"},
        {"protocol block-size=empirical(\"%s\")\n", "2GB\n", "a size of 1B to 1GB is due here"},
        {"protocol block-size=empirical(\"%s\")\n", "\n", "there is no size in this file"},
        {"nodes x[1..2] uplink=empirical(\"%s\")\n", "0\n", "a rate above 0 is due here"},
        {"nodes x[1..2] uplink=empirical(\"%s\")\n", "-1\n", "a rate above 0 is due here"},
        {"nodes x[1..2] uplink=empirical(\"%s\")\n", "\n", "there is no rate in this file"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folder = g_dir_make_tmp("kette-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(folder, "values.csv", NULL);
        g_auto(GStrv) parts = g_strsplit(cases[i].line, "%s", 2);
        g_autofree char *line = g_strjoinv(path, parts);

        CU_ASSERT_FATAL(g_file_set_contents(path, cases[i].bytes, -1, NULL));
        scn_test_check_bad(line, cases[i].want);
        g_unlink(path);
        g_rmdir(folder);
    }
}

static void
test_one_way(void)
{
    g_autoptr(ScnScenario) s =
        scn_test_model("topology none\nedge a1 -> {b1, b2} latency=5ms\nedge a1 b3\n");
    const ScnLinkRule *rule = s->links->pdata[0];

    CU_ASSERT_EQUAL_FATAL(s->edges->len, 3);
    CU_ASSERT(g_array_index(s->edges, ScnEdge, 0).one_way);
    CU_ASSERT(g_array_index(s->edges, ScnEdge, 1).one_way);
    CU_ASSERT(!g_array_index(s->edges, ScnEdge, 2).one_way);
    CU_ASSERT(!rule->both_ways);
    CU_ASSERT_EQUAL(s->links->len, 1);
}

TEST_SUITE(links, {"options", test_options}, {"gilbert", test_gilbert},
           {"empirical", test_empirical}, {"drawn", test_drawn}, {"measured", test_measured},
           {"one-way", test_one_way})
