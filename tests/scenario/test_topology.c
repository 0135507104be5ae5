/* Topologies, rates by region and matrices: what the model holds, and what is refused and how. */
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

static const ScnTopology *
topology_at(const ScnScenario *scenario, guint i)
{
    CU_ASSERT_FATAL(i < scenario->topologies->len);
    return &g_array_index(scenario->topologies, ScnTopology, i);
}

static void
test_kinds(void)
{
    g_autoptr(ScnScenario) s =
        scn_test_model("param k = 4\ntopology tree k=2\ntopology regular k=$k\n"
                       "topology random p=12.5%\ntopology smallworld p=0.1 k=6\n"
                       "topology scalefree m=3\ntopology outbound k=8\n"
                       "topology outbound k=2\ntopology degrees k=3 of={a1, a2}\n");

    CU_ASSERT_EQUAL(s->topologies->len, 8);
    CU_ASSERT_EQUAL(topology_at(s, 0)->kind, SCN_TOPOLOGY_TREE);
    CU_ASSERT_EQUAL(topology_at(s, 0)->k, 2);
    CU_ASSERT_EQUAL(topology_at(s, 1)->kind, SCN_TOPOLOGY_REGULAR);
    CU_ASSERT_EQUAL(topology_at(s, 1)->k, 4);
    CU_ASSERT_EQUAL(topology_at(s, 2)->kind, SCN_TOPOLOGY_RANDOM);
    CU_ASSERT(topology_at(s, 2)->p == SCN_ONE / 8);
    CU_ASSERT_EQUAL(topology_at(s, 3)->kind, SCN_TOPOLOGY_SMALLWORLD);
    CU_ASSERT_EQUAL(topology_at(s, 3)->k, 6);
    CU_ASSERT(topology_at(s, 3)->p == SCN_ONE / 10);
    CU_ASSERT_EQUAL(topology_at(s, 4)->kind, SCN_TOPOLOGY_SCALEFREE);
    CU_ASSERT_EQUAL(topology_at(s, 4)->k, 3);
    CU_ASSERT_EQUAL(topology_at(s, 5)->kind, SCN_TOPOLOGY_OUTBOUND);
    CU_ASSERT_EQUAL(topology_at(s, 5)->number, 0);
    CU_ASSERT_EQUAL(topology_at(s, 6)->number, 1);
    CU_ASSERT_EQUAL(topology_at(s, 7)->kind, SCN_TOPOLOGY_DEGREES);
    CU_ASSERT_EQUAL(topology_at(s, 7)->of->len, 2);
}

static void
test_impossible(void)
{
    scn_test_check_bad("topology regular k=10\n",
                       "t.scn:7:20: error: 'k' must be below the number of nodes, 10");
    scn_test_check_bad(
        "node c\ntopology regular k=3\n",
        "t.scn:8:20: error: 11 nodes cannot have 3 links each: that is an odd number of ends");
    scn_test_check_bad("topology smallworld k=5 p=0.1\n", "t.scn:7:23: error: 'k' must be even");
    scn_test_check_bad("topology smallworld k=10 p=0.1\n", "'k' must be below");
    scn_test_check_bad("topology scalefree m=10\n", "'m' must be below");
    scn_test_check_bad("topology outbound k=10\n", "'k' must be below");
    scn_test_check_bad("topology outbound k=0\n", "'k' must be in 1..1000000");
    scn_test_check_bad("topology outbound of=a[*]\n", "'outbound' needs k=\n");
    scn_test_check_bad("topology degrees k=10\n", "'k' must be below");
    scn_test_check_bad("topology degrees of=a1\n", "'degrees' needs k=\n");
    scn_test_check_bad("topology degrees k=2 to=a1\n", "unknown option 'to'");
    scn_test_check_bad("topology outbound k=3 to={a1, a2}\n",
                       "'k' must be at most the number of nodes in to=, 2");
    scn_test_check_bad("topology outbound k=1 of=a1\ntopology outbound k=1 to=nobody\n",
                       "'nobody'");
    scn_test_check_bad("topology regular k=2 of=a1\n", "unknown option 'of'");
    scn_test_check_bad("topology random p=1.5\n", "'p' must be in 0%..100%");
    scn_test_check_bad("topology random p=5ms\n", "'p' needs a plain number");
    scn_test_check_bad("topology regular\n", "help: write regular k=8");
    scn_test_check_bad("topology random k=3\n", "unknown option 'k'");
    scn_test_check_bad("topology smallworld k=6\n", "'smallworld' needs k= and p=");
    scn_test_check_bad("topology scalefree k=4\n", "help: write m");
    scn_test_check_bad("topology mesh k=4\n", "it takes no options");
    scn_test_check_bad("topology outbund k=8\n", "help: write outbound");
    scn_test_check_bad("topology regions\n", "a1 has no region");
    scn_test_check_bad("topology\n", "a kind or a file is due here");
    scn_test_check_bad("topology k=8\n", "a kind or a file is due here");
    scn_test_check_bad("topology file=\"net.txt\"\n", "does not tell its format");
    scn_test_check_bad("topology file=net.csv\n", "'file' needs the name of a file");
    scn_test_check_bad("topology file=\"no.csv\"\n", "cannot read no.csv");
    scn_test_check_bad("nodes n[1..10000]\ntopology random p=50%\n",
                       "this graph of 10010 nodes has 25047522");
    scn_test_check_bad("nodes n[1..4000]\ntopology regular k=3999\ntopology regular k=3999\n"
                       "topology regular k=3999\n",
                       "this graph and those before it have");
    scn_test_check_bad(
        "nodes n[1..10000]\n",
        "t.scn:1:1: error: a mesh of 10010 nodes has 50095045 links, more than 16000000");
}

static void
test_regions(void)
{
    static const char text[] =
        "scn 1 \"t\"\nduration 1m\nnodes a[1..5] region=eu\nnode b region=us\n"
        "topology regions\ntopology regions k=2\n";
    g_autoptr(ScnScenario) s = scn_test_parse(text, NULL, NULL);

    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(topology_at(s, 0)->kind, SCN_TOPOLOGY_REGIONS);
    CU_ASSERT_EQUAL(topology_at(s, 0)->k, 4);
    CU_ASSERT_EQUAL(topology_at(s, 1)->k, 2);
}

/* How many nodes of the last line are in each region, as "2 5 3", in the order of the regions. */
static char *
counts_of(const ScnScenario *s, guint first)
{
    GString *out = g_string_new(NULL);

    for (guint region = 0; region < s->regions->len; region++) {
        guint count = 0;

        for (guint i = first; i < s->nodes->len; i++)
            count += g_array_index(s->nodes, ScnNode, i).region == region;
        g_string_append_printf(out, "%s%u", region ? " " : "", count);
    }
    return g_string_free(out, FALSE);
}

/* The header of scn_test_model() declares ten nodes. */
static void
check_quota(const char *line, const char *want)
{
    for (guint seed = 1; seed <= 5; seed++) {
        g_autofree char *text = g_strdup_printf("%sseed %u\n", line, seed);
        g_autoptr(ScnScenario) s = scn_test_model(text);
        g_autofree char *got = counts_of(s, 10);

        TEST_STR_EQUAL(got, want);
    }
}

static void
test_exact_quotas(void)
{
    check_quota("nodes n[1..600] region=na:40%,eu:60% quota=exact\n", "240 360");
    check_quota("nodes n[1..10] quota=exact region=na:33%,eu:50%,ap:17%\n", "3 5 2");
    check_quota("nodes n[1..3] region=na:50%,eu:50% quota=exact\n", "2 1"); /* a tie: the first */
    check_quota("nodes n[1..100] region=a:33.3333333333%,b:33.3333333333%,c:33.3333333333% "
                "quota=exact\n",
                "34 33 33");
    check_quota("nodes n[1..2] region=a:0%,b:0%,c:100% quota=exact\n", "0 0 2");
    check_quota("nodes n[1..1000] region=na:33.16%,eu:49.98%,sa:0.90%,ap:11.77%,jp:2.24%,au:1.95% "
                "quota=exact\n",
                "332 500 9 118 22 19");
}

/* Which node is where depends on the seed, and differs from the draw for few nodes. */
static void
test_quota_shuffles(void)
{
    static const char line[] = "nodes n[1..400] region=na:30%,eu:30%,ap:40%";
    g_autofree char *drawn_text = g_strdup_printf("%s quota=drawn\n", line);
    g_autofree char *plain_text = g_strdup_printf("%s\n", line);
    g_autofree char *exact_text = g_strdup_printf("%s quota=exact\n", line);
    g_autofree char *other_text = g_strdup_printf("%s quota=exact\nseed 2\n", line);
    g_autoptr(ScnScenario) drawn = scn_test_model(drawn_text);
    g_autoptr(ScnScenario) plain = scn_test_model(plain_text);
    g_autoptr(ScnScenario) exact = scn_test_model(exact_text);
    g_autoptr(ScnScenario) other = scn_test_model(other_text);
    guint moved = 0, reseeded = 0, runs = 0;

    for (guint i = 10; i < exact->nodes->len; i++) {
        guint32 region = g_array_index(exact->nodes, ScnNode, i).region;

        CU_ASSERT_EQUAL(g_array_index(plain->nodes, ScnNode, i).region,
                        g_array_index(drawn->nodes, ScnNode, i).region);
        moved += g_array_index(drawn->nodes, ScnNode, i).region != region;
        reseeded += g_array_index(other->nodes, ScnNode, i).region != region;
        runs += i > 10 && g_array_index(exact->nodes, ScnNode, i - 1).region != region;
    }
    CU_ASSERT(moved > 0 && moved < 60);
    CU_ASSERT(reseeded > 200);
    CU_ASSERT(runs > 200);
}

static void
test_bad_quotas(void)
{
    scn_test_check_bad("nodes c[1..5] quota=exact\n",
                       "t.scn:7:15: error: a quota goes with shares of regions");
    scn_test_check_bad("nodes c[1..5] region=eu quota=drawn\n",
                       "t.scn:7:25: error: a quota goes with shares of regions");
    scn_test_check_bad("nodes c[1..5] quota=exact region=na:40%,eu:50%\n",
                       "t.scn:7:27: error: the shares of the regions add to 90%, not 100%");
    scn_test_check_bad("nodes c[1..5] region=na:40%,eu:60% quota=exat\n", "help: write exact");
    scn_test_check_bad("nodes c[1..5] region=na:40%,eu:40%,na:20% quota=exact\n",
                       "t.scn:7:36: error: 'na' is given twice");
    g_autoptr(ScnScenario) drawn = scn_test_model("nodes c[1..5] region=na:40%,eu:40%,na:20%\n");
    CU_ASSERT_EQUAL(drawn->regions->len, 2);
}

/* Returns the constant that a node draws. */
static gint64
value_of(const ScnScenario *s, guint node, ScnDrawn what)
{
    guint32 draw = g_array_index(s->nodes, ScnNode, node).drawn[what];

    return g_array_index(s->draws, ScnDist, draw).a;
}

static void
test_rates_by_region(void)
{
    g_autoptr(ScnScenario) s =
        scn_test_model("node d region=us\nnode c region=eu uplink=us:1Mbps,eu:2Mbps downlink=none\n"
                       "nodes n[1..40] downlink=eu:none,us:3Mbps region=eu:50%,us:50%\n");
    guint eu = 0;

    CU_ASSERT_EQUAL(value_of(s, 11, SCN_DRAWN_UPLINK), 2000000);
    CU_ASSERT_EQUAL(value_of(s, 11, SCN_DRAWN_DOWNLINK), 0);
    for (guint i = 12; i < s->nodes->len; i++) {
        const ScnNode *node = &g_array_index(s->nodes, ScnNode, i);

        eu += node->region == 1;
        CU_ASSERT_EQUAL(value_of(s, i, SCN_DRAWN_DOWNLINK), node->region == 1 ? 0 : 3000000);
        CU_ASSERT_EQUAL(value_of(s, i, SCN_DRAWN_UPLINK), 0);
    }
    CU_ASSERT(eu > 5 && eu < 35);
}

static void
test_bad_rates(void)
{
    scn_test_check_bad("node c region=eu uplink=us:1Mbps\n",
                       "t.scn:7:25: error: unknown region 'us'");
    scn_test_check_bad("node d region=us\nnode c region=eu uplink=us:1Mbps\n",
                       "there is no uplink here for c");
    scn_test_check_bad("node d region=us\nnode c uplink=us:1Mbps\n",
                       "there is no uplink here for c");
    scn_test_check_bad("node c region=eu uplink=eu:1Mbps,2Mbps\n",
                       "a region and its rate are due here");
    scn_test_check_bad("node c region=eu uplink=eu:1Mbps,eu:2Mbps\n", "'eu' is given twice");
    scn_test_check_bad("node c region=eu uplink=eu:5\n", "help: write 5Mbps");
    scn_test_check_bad("node c uplink=0\n", "'uplink' must be at least 1bps");
    scn_test_check_bad("node c downlink=10\n", "help: write 10Mbps");
    scn_test_check_bad("node c downlink=1Mbps downlink=2Mbps\n", "'downlink' is given twice");
}

/* -- matrices ------------------------------------------------------------------------------- */

#define REGIONS_HEAD "scn 1 \"t\"\nduration 1m\nnodes a[1..2] region=eu\nnodes b[1..2] region=us\n"

/* What is said of a scenario whose %s is the path of a file with these bytes. */
static char *
errors_with_file(const char *format, const char *bytes, ScnScenario **ret_scenario)
{
    g_autofree char *folder = g_dir_make_tmp("kette-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "m.csv", NULL);
    g_auto(GStrv) parts = g_strsplit(format, "%s", -1);
    g_autofree char *text = g_strjoinv(path, parts);
    char *errors = NULL;
    ScnScenario *scenario;

    CU_ASSERT_FATAL(g_file_set_contents(path, bytes, -1, NULL));
    scenario = scn_test_parse(text, NULL, &errors);
    g_unlink(path);
    g_rmdir(folder);
    if (ret_scenario != NULL)
        *ret_scenario = scenario;
    else
        scn_scenario_free(scenario);
    return errors;
}

static const char all_links[] =
    REGIONS_HEAD "link all latency=matrix(\"%s\", pareto) small=+10ms\n";

static void
test_matrix(void)
{
    g_autoptr(ScnScenario) s = NULL;
    g_autofree char *errors = errors_with_file(
        all_links, "ms, us,ap ,eu\r\n\"eu\",  119,1,12\nus,36.5,310,120ms\nap,310,99,242\n", &s);
    const ScnLinkRule *rule;
    const ScnMatrix *matrix;

    scn_test_check_message(errors, "pareto needs a mean above 5ms and up to 5s");
    g_free(g_steal_pointer(&errors));
    errors = errors_with_file(
        all_links, "ms, us,ap ,eu\r\n\"eu\",  119,242,12\nus,36.5,310,120ms\nap,310,99,242\n", &s);
    TEST_STR_EQUAL(errors, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    rule = s->links->pdata[0];
    CU_ASSERT_EQUAL(rule->link.set, scn_test_link_bit("latency") | scn_test_link_bit("small"));
    CU_ASSERT_EQUAL(rule->link.latency.kind, SCN_DIST_MATRIX);
    matrix = s->matrices->pdata[rule->link.latency.table];
    CU_ASSERT(matrix->spread);
    CU_ASSERT_EQUAL(matrix->count, 2); /* eu and us */
    CU_ASSERT_EQUAL(matrix->means_ns[0], 12000000);
    CU_ASSERT_EQUAL(matrix->means_ns[1], 119000000); /* from eu to us */
    CU_ASSERT_EQUAL(matrix->means_ns[2], 120000000);
    CU_ASSERT_EQUAL(matrix->means_ns[3], 36500000);
}

static void
test_bad_matrix(void)
{
    static const struct {
        const char *bytes, *message;
    } rows[] = {
        {"", "there is no matrix in this file"},
        {"ms\n", "m.csv:1:1: error: the names of 1 to 1000 regions are due here"},
        {"ms,eu,us\neu,12,119\n", "m.csv:1:7: error: this region has no line"},
        {"ms,eu,us\neu,12,119\nus,1O,36\n", "m.csv:3:4: error: a time is due here"},
        {"ms,eu,us\neu,12,119\nus,119\n", "m.csv:3:1: error: 2 times are due here, there are 1"},
        {"ms,eu,us\neu,12,119\nus,119,36,1\n", "2 times are due here, there are 3"},
        {"ms,eu,us\neu,12,119\nuk,119,36\n", "m.csv:3:1: error: the first line does not name"},
        {"ms,eu,us\neu,12,119\neu,119,36\n", "m.csv:3:1: error: this region has two lines"},
        {"ms,eu,eu\neu,12,119\n", "m.csv:1:7: error: this region stands here twice"},
        {"ms,eu,\neu,12,119\n", "a region has no name"},
        {"ms,eu\neu,12\n", "t.scn:5:18: error: the matrix has no region 'us'"},
        {"ms,eu,us\neu,12,-3\nus,1,1\n", "a time is due here"},
        {"ms,eu,us\neu,12,9999\nus,10,10\n", "up to 5s"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *errors = errors_with_file(all_links, rows[i].bytes, NULL);

        scn_test_check_message(errors, rows[i].message);
    }
}

static void
test_matrix_of_whom(void)
{
    static const char good[] = "ms,eu,us\neu,12,119\nus,119,36\n";
    static const struct {
        const char *text, *message;
    } rows[] = {
        {REGIONS_HEAD "node c\nlink all latency=matrix(\"%s\", pareto)\n",
         "t.scn:6:18: error: a matrix goes by region, and c has none"},
        {REGIONS_HEAD "node c\nlink a1 -> {a2, c} latency=matrix(\"%s\", pareto)\n",
         "and c has none"},
        {REGIONS_HEAD "node c\nlink {a1, a2} latency=matrix(\"%s\", pareto)\n", ""},
        {REGIONS_HEAD "node c region=ap\nlink {a1, a2} latency=matrix(\"%s\", pareto)\n", ""},
        {REGIONS_HEAD "node c region=ap\nedge c a1 latency=matrix(\"%s\", constant)\n",
         "the matrix has no region 'ap'"},
        {REGIONS_HEAD "link all latency=matrix(\"%s\")\n",
         "help: write matrix(\"file.csv\", pareto)"},
        {REGIONS_HEAD "link all latency=matrix(\"%s\", normal)\n", "unknown distribution 'normal'"},
        {REGIONS_HEAD "link all latency=matrix(pareto, \"%s\")\n",
         "'matrix' takes the name of a file"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *errors = errors_with_file(rows[i].text, good, NULL);

        scn_test_check_message(errors, rows[i].message);
        if (*rows[i].message == '\0')
            TEST_STR_EQUAL(errors, "");
    }
}

TEST_SUITE(topology_lines, {"kinds", test_kinds}, {"impossible", test_impossible},
           {"regions", test_regions}, {"exact quotas", test_exact_quotas},
           {"quota shuffles", test_quota_shuffles}, {"bad quotas", test_bad_quotas},
           {"rates-by-region", test_rates_by_region}, {"bad-rates", test_bad_rates},
           {"matrix", test_matrix}, {"bad-matrix", test_bad_matrix},
           {"matrix-of-whom", test_matrix_of_whom})
