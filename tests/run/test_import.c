/* Graphs and matrices from files: the links that a world has of them, and what hostile files get.
 */
#include "sim/net/net.h"
#include "sim/run/build.h"
#include "sim/world/fault.h"
#include "tests/harness/harness.h"

#include <glib/gstdio.h>
#include <string.h>

#define HEAD "scn 1 \"t\"\nduration 1m\nnodes n[1..4]\n"

typedef struct {
    ScnScenario *scenario; /* NULL: it was refused */
    SimWorld *world;
    SimNet *net;
    char *errors;
} Built;

/* A scenario of `text`, where %s is the path of a file with this name and these bytes. */
static Built
build(const char *text, const char *name, const char *bytes, gssize length)
{
    g_autofree char *folder = g_dir_make_tmp("kette-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_auto(GStrv) parts = g_strsplit(text, "%s", -1);
    g_autofree char *whole = g_strjoinv(path, parts);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const SimBuildOptions options = {0};
    GString *out = g_string_new(NULL);
    Built built = {NULL, NULL, NULL, NULL};

    CU_ASSERT_FATAL(g_file_set_contents(path, bytes, length, NULL));
    built.scenario = scn_parse_text("t.scn", whole, strlen(whole), NULL, errors);
    scn_errors_format(errors, out, false);
    if (built.scenario != NULL) {
        g_autoptr(GError) error = NULL;

        built.world = sim_build_world(built.scenario, &options, &error);
        if (built.world == NULL)
            g_string_append(out, error->message);
        else
            built.net = sim_world_net(built.world);
    }
    built.errors = g_string_free(out, FALSE);
    g_unlink(path);
    g_rmdir(folder);
    return built;
}

static void
built_clear(Built *built)
{
    sim_world_free(built->world);
    scn_scenario_free(built->scenario);
    g_free(built->errors);
}

/* "0-1 1-2": pairs by index, in the order in which they were made. */
static char *
edges_of(const Built *built)
{
    GString *text = g_string_new(NULL);

    for (uint32_t edge = 0; built->net != NULL && edge < sim_net_edge_count(built->net); edge += 2)
        g_string_append_printf(text, "%s%u-%u", edge ? " " : "", sim_net_edge_src(built->net, edge),
                               sim_net_edge_dst(built->net, edge));
    return g_string_free(text, FALSE);
}

static void
check_edges(const char *text, const char *name, const char *bytes, const char *edges)
{
    Built built = build(text, name, bytes, -1);
    g_autofree char *got = edges_of(&built);

    TEST_STR_EQUAL(built.errors, "");
    TEST_STR_EQUAL(got, edges);
    built_clear(&built);
}

static void
check_bad_bytes(const char *name, const char *bytes, gssize length, const char *part)
{
    Built built = build(HEAD "topology file=\"%s\"\n", name, bytes, length);
    bool found = strstr(built.errors, part) != NULL && built.world == NULL;

    CU_ASSERT(found);
    if (!found)
        printf("     want \"%s\" in: %s\n", part, built.errors);
    built_clear(&built);
}

static void
check_bad(const char *name, const char *bytes, const char *part)
{
    check_bad_bytes(name, bytes, -1, part);
}

static const SimLinkSpec *
link_between(const Built *built, uint32_t a, uint32_t b)
{
    uint32_t edge = sim_net_find_edge(built->net, a, b);

    CU_ASSERT_FATAL(edge != SIM_EDGE_NONE);
    return sim_net_link(built->net, edge);
}

static bool
carries(const Built *built, uint32_t a, uint32_t b)
{
    uint32_t edge = sim_net_find_edge(built->net, a, b);

    CU_ASSERT_FATAL(edge != SIM_EDGE_NONE);
    sim_net_set_edge_open(built->net, edge, true);
    return sim_net_edge_open(built->net, edge);
}

static const char only_file[] = HEAD "topology file=\"%s\"\n";

/* -- CSV ------------------------------------------------------------------------------------ */

static void
test_csv(void)
{
    check_edges(only_file, "g.csv", "a,b\nn1,n2\nn4,n2\n", "0-1 3-1");
    check_edges(only_file, "g.csv", "\xEF\xBB\xBFsource , target\r\n n1 , \"n2\" \r\n\r\n", "0-1");
    check_edges(only_file, "g.csv", "from,to\n", "");
    check_edges(HEAD "topology ring\ntopology file=\"%s\"\n", "g.csv", "a,b\nn1,n2\nn1,n3\n",
                "0-1 1-2 2-3 3-0 0-2"); /* it adds to the others; a pair twice is one edge */
}

/* 0 to n - 1, 1 to n, or any numbers in ascending order. */
static void
test_numbers(void)
{
    check_edges(only_file, "g.csv", "a,b\n0,3\n3,1\n", "0-3 3-1");
    check_edges(only_file, "g.csv", "a,b\n1,4\n4,2\n", "0-3 3-1");
    check_edges(only_file, "g.csv", "a,b\n700,174\n174,3356\n", "1-0 0-2");
    check_bad("g.csv", "a,b\n0,1\n2,3\n3,4\n", "the file has 5 nodes, the scenario 4");
    check_bad("g.csv", "a,b\n1,01\n", "two nodes of this file are '01'");
}

static void
test_csv_links(void)
{
    static const char bytes[] = "a,b,latency,loss,rate,transport\n"
                                "n1,n2,20ms,1%,20Mbps,stream\n"
                                "n2,n3,\"lognormal(80ms, 0.5)\",,,\n"
                                "n3,n4,7.1234567891,0.5,none,\n"
                                "n4,n1,,,,\n";
    Built built = build(HEAD "link all latency=1ms jitter=3ms\ntopology file=\"%s\"\n"
                             "link n3 -> n4 loss=2%\n",
                        "g.csv", bytes, -1);
    const SimLinkSpec *one, *two;

    TEST_STR_EQUAL(built.errors, "");
    one = link_between(&built, 1, 0); /* both ways */
    CU_ASSERT_EQUAL(one->latency.kind, SIM_DISTRIBUTION_CONSTANT);
    CU_ASSERT_EQUAL(one->latency.a, 20 * SIM_MS);
    CU_ASSERT_EQUAL(one->loss_ppb, 10000000);
    CU_ASSERT_EQUAL(one->rate_bps, 20000000);
    CU_ASSERT_EQUAL(one->transport, SIM_TRANSPORT_STREAM);
    CU_ASSERT_EQUAL(one->jitter, 3 * SIM_MS);
    two = link_between(&built, 1, 2);
    CU_ASSERT_EQUAL(two->latency.kind, SIM_DISTRIBUTION_LOGNORMAL);
    CU_ASSERT_EQUAL(two->latency.a, 80 * SIM_MS);
    CU_ASSERT_EQUAL(two->transport, SIM_TRANSPORT_DATAGRAM);
    CU_ASSERT_EQUAL(link_between(&built, 3, 2)->latency.a, 7123456); /* milliseconds */
    CU_ASSERT_EQUAL(link_between(&built, 3, 2)->loss_ppb, 500000000);
    CU_ASSERT_EQUAL(link_between(&built, 2, 3)->loss_ppb, 20000000); /* a later line */
    CU_ASSERT_EQUAL(link_between(&built, 3, 0)->latency.a, 1 * SIM_MS);
    built_clear(&built);
}

static void
test_bad_csv(void)
{
    check_bad("g.csv", "", "g.csv:1:1: error: the first line names the columns");
    check_bad("g.csv", "n1,n2\n", "g.csv:1:1: error: the first line names the columns");
    check_bad("g.csv", "a,b,latencey\n", "help: write latency");
    check_bad("g.csv", "a,b,loss,loss\n", "'loss' has two columns");
    check_bad("g.csv", "a,b\nn1\n", "g.csv:2:1: error: 2 cells are due here, there are 1");
    check_bad("g.csv", "a,b\nn1,n2,n3\n", "2 cells are due here, there are 3");
    check_bad("g.csv", "a,b\nn1,\n", "g.csv:2:1: error: an edge joins two nodes");
    check_bad("g.csv", "a,b\nn1,n2\nn1,m2\n", "g.csv:3:4: error: unknown node 'm2'");
    check_bad("g.csv", "a,b\nn1,n1\n", "g.csv:2:1: error: this edge joins 'n1' to itself");
    check_bad("g.csv", "a,b\nn1,n2\nn3,n4\nn2,n1\n",
              "g.csv:4:1: error: 'n2' and 'n1' are joined twice");
    check_bad("g.csv", "a,b,latency\nn1,n2,5ms\nn2,n3,20parsec\n",
              "g.csv:3:1: error: latency=20parsec: unknown unit 'parsec'");
    check_bad("g.csv", "a,b,loss\nn1,n2,150%\n", "'loss' must be in 0%..100%");
    check_bad("g.csv", "a,b,rate\nn1,n2,20\n", "help: write 20Mbps");
    check_bad("g.csv", "a,b,latency\nn1,n2,$x\n", "is a quantity, a word or a distribution");
    check_bad("g.csv", "a,b,latency\nn1,n2,\"empirical(\"/etc/passwd\")\"\n",
              "is a quantity, a word");
    check_bad("g.csv", "a,b,latency\nn1,n2,matrix(1)\n", "g.csv:2:1: error: latency=");
    check_bad("g.csv", "a,b,latency\nn1,n2,5ms 6ms\n", "g.csv:2:1: error: latency=5ms 6ms");
    check_bad("g.csv", "a,b,latency\nn1,n2,((((\n", "g.csv:2:1: error: latency=((((");
    check_bad_bytes("g.csv", "a,b\nn1,n\xff\n", -1, "g.csv:2:5: error");
    check_bad_bytes("g.csv", "a,b\nn1,n2\0\n", 11, "g.csv:2:6: error");
}

/* -- GML ------------------------------------------------------------------------------------ */

/* As NetworkX 3 writes it. */
static const char gml[] =
    "Creator \"someone\"\ngraph [\n  name \"net\"\n"
    "  node [\n    id 0\n    label \"n2\"\n    graphics [ x 1.5 y -2E+3 deep [ z 1 ] ]\n  ]\n"
    "  node [\n    id 1\n    label \"n4\"\n  ]\n"
    "  # a comment ] [\n"
    "  edge [\n    source 0\n    target 1\n    weight 3\n    latency \"20ms\"\n    loss 0.25\n  ]\n"
    "]\n";

static void
test_gml(void)
{
    Built built = build(only_file, "g.gml", gml, -1);

    TEST_STR_EQUAL(built.errors, "");
    CU_ASSERT_EQUAL_FATAL(sim_net_edge_count(built.net), 2);
    CU_ASSERT_EQUAL(link_between(&built, 3, 1)->latency.a, 20 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 1, 3)->loss_ppb, 250000000);
    CU_ASSERT(carries(&built, 1, 3) && carries(&built, 3, 1));
    built_clear(&built);
    check_edges(only_file, "g.gml",
                "graph [ node [ id 7 ] node [ id 9 ] edge [ target 7 source 9 ] ]", "1-0");
    check_edges(only_file, "g.gml", "graph [ ]", "");
}

static void
test_directed(void)
{
    Built built =
        build(only_file, "g.gml",
              "graph [ directed 1 node [ id 1 ] node [ id 2 ] node [ id 3 ]\n"
              "edge [ source 1 target 2 latency 5 ] edge [ source 2 target 1 latency 9 ]\n"
              "edge [ source 2 target 3 latency 7 ] ]",
              -1);

    TEST_STR_EQUAL(built.errors, "");
    CU_ASSERT_EQUAL(link_between(&built, 0, 1)->latency.a, 5 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 1, 0)->latency.a, 9 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 2, 1)->latency.a, 50 * SIM_MS);
    CU_ASSERT(carries(&built, 0, 1) && carries(&built, 1, 0));
    CU_ASSERT(carries(&built, 1, 2) && !carries(&built, 2, 1));
    built_clear(&built);
}

#define GML_EDGE(text) "graph [ node [ id 1 ] node [ id 2 ] edge [ " text " ] ]\n"

static void
test_bad_gml(void)
{
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autofree char *nested = g_strconcat("graph [ x ", deep, NULL);

    check_bad("g.gml", "", "there is no graph in this file");
    check_bad("g.gml", "Creator \"x\"\n", "there is no graph in this file");
    check_bad("g.gml", "7\n", "g.gml:1:1: error: a key is due here");
    check_bad("g.gml", "graph 7\n", "g.gml:1:7: error: a list in [ ] is due here");
    check_bad("g.gml", "graph [ node 3 ]\n", "a list in [ ] is due here");
    check_bad("g.gml", "graph [ node [ label \"n1\" ] ]\n", "a node needs an id");
    check_bad("g.gml", "graph [\nnode [ id 1 ]\nnode [ id 1 ] ]\n",
              "g.gml:3:11: error: two nodes have this id");
    check_bad("g.gml", "graph [ node [ id 1 ] edge [ source 1 ] ]\n",
              "an edge needs a source and a target");
    check_bad("g.gml", "graph [ node [ id 1 ]\nedge [ source 1 target 5 ] ]\n",
              "g.gml:2:24: error: no node above has this id");
    check_bad("g.gml", "graph [ node [ id ] ]\n", "a value is due here");
    check_bad("g.gml", "graph [ node [ id 1 ] edge [ source 1 target 1 ] ]\n", "to itself");
    check_bad("g.gml",
              "graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 latencey 3 ] ]\n",
              "a link has no 'latencey', but 'latency'");
    check_bad("g.gml",
              "graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 latency [ x 1 ] ] ]\n",
              "a number or a text is due here");
    check_bad("g.gml", nested, "this is nested too deeply");
    check_bad("g.gml", "graph [ node [ id 1 label \"n1\" ] node [ id 2 label \"x\" ] ]\n",
              "unknown node 'x'");
    check_bad("g.gml", GML_EDGE("source 1 target 1"),
              "help: write topology file=… self-loops=drop");
    check_bad("g.gml", GML_EDGE("source 1 target 2 ] edge [ source 2 target 1"), "parallel=first");
    check_bad("g.gml", GML_EDGE("source 1 target 2 bandwidth_up \"1 Mbit\""),
              "'bandwidth_up' may mean an option of links");
    check_bad("g.gml", GML_EDGE("source 1 target 2 PacketLossRate 1"),
              "may mean an option of links");
    check_bad("g.gml", GML_EDGE("source 1 target 2 bandwidth 5"), "bandwidth=5: ");
    check_bad("g.gml", GML_EDGE("source 1 target 2 loss 0 packet_loss 0"), "is given twice");
    check_bad("g.gml", "graph [ ; ]\n", "a key is due here");
}

/* -- GraphML -------------------------------------------------------------------------------- */

#define XML                                                                                        \
    "<?xml version='1.0' encoding='utf-8'?>\n"                                                     \
    "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"

/* As NetworkX 3 writes it. */
static const char graphml[] =
    XML "<key id=\"d1\" for=\"edge\" attr.name=\"latency\" attr.type=\"string\"/>\n"
        "<key id=\"d0\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n"
        "<key id=\"d2\" for=\"edge\" attr.name=\"loss\" attr.type=\"double\"/>\n"
        "<graph edgedefault=\"undirected\">\n"
        "<node id=\"n1\"><data key=\"d0\">7</data></node>\n<node id=\"n2\"/>\n<node id=\"n3\"/>\n"
        "<edge source=\"n3\" target=\"n1\"><data key=\"d1\"> 20&#109;s\n</data>"
        "<data key=\"d0\">4.5</data><data key=\"d2\">0.01</data></edge>\n"
        "<edge source=\"n1\" target=\"n2\" directed=\"true\"/>\n"
        "</graph></graphml>\n";

/* As other tools write them: the rates of nodes, labels for people, edges of Gephi. */
static void
test_other_tools(void)
{
    static const char rates[] = XML
        "<key id=\"d0\" for=\"node\" attr.name=\"host_bandwidth_up\" attr.type=\"string\"/>\n"
        "<key id=\"d1\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n"
        "<key id=\"d2\" for=\"edge\" attr.name=\"packet_loss\" attr.type=\"double\"/>\n"
        "<graph edgedefault=\"undirected\">\n"
        "<node id=\"0\"><data key=\"d0\">20 Mbit</data><data key=\"d1\">New York</data></node>\n"
        "<node id=\"1\"><data key=\"d1\">Dallas</data></node>\n"
        "<edge source=\"0\" target=\"1\"><data key=\"d2\">0.5</data></edge>\n"
        "</graph></graphml>\n";
    Built built = build(only_file, "g.graphml", rates, -1);

    TEST_STR_EQUAL(built.errors, "");
    CU_ASSERT_EQUAL(sim_net_node_up_bps(sim_world_net(built.world), 0), 20000000);
    CU_ASSERT_EQUAL(link_between(&built, 0, 1)->loss_ppb, 500000000);
    built_clear(&built);
    built = build(only_file, "g.csv",
                  "Source,Target,Type,Id,Label,Weight,delay\nn1,n2,Undirected,0,,1.0,10 ms\n"
                  "n2,n3,Directed,1,,2.5,\n",
                  -1);
    TEST_STR_EQUAL(built.errors, "");
    CU_ASSERT_EQUAL(link_between(&built, 0, 1)->latency.a, 10 * SIM_MS);
    CU_ASSERT(carries(&built, 1, 2) && !carries(&built, 2, 1));
    built_clear(&built);
    check_bad("g.csv", "Source,Target,Type\nn1,n2,both\n", "unknown type of edge 'both'");
    check_bad("g.csv", "Source,Target,bandwidth_up\nn1,n2,5\n", "a link has no 'bandwidth_up'");
}

static void
test_graphml(void)
{
    Built built = build(only_file, "g.graphml", graphml, -1);

    TEST_STR_EQUAL(built.errors, "");
    CU_ASSERT_EQUAL_FATAL(sim_net_edge_count(built.net), 4);
    CU_ASSERT_EQUAL(link_between(&built, 0, 2)->latency.a, 20 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 2, 0)->loss_ppb, 10000000);
    CU_ASSERT(carries(&built, 0, 2) && carries(&built, 2, 0));
    CU_ASSERT(carries(&built, 0, 1) && !carries(&built, 1, 0));
    built_clear(&built);
    /* As igraph writes it: ids of its own, and names. */
    check_edges(only_file, "g.graphml",
                XML "<key id='v_name' for='node' attr.name='name' attr.type='string'/>\n"
                    "<graph id='G' edgedefault='undirected'>\n"
                    "<node id='n0'><data key='v_name'>n4</data></node>\n"
                    "<node id='n1'><data key='v_name'>n2</data></node>\n"
                    "<edge source='n0' target='n1'/></graph></graphml>",
                "3-1");
}

/* Measured times in the file itself. */
static void
test_graphml_times(void)
{
#define TIMES(text)                                                                                \
    XML "<key id='t' for='graph' attr.name='times1'/><key id='l' for='edge' attr.name='latency'/>" \
        "<graph><data key='t'>" text "</data><node id='n1'/><node id='n2'/>"                       \
        "<edge source='n1' target='n2'><data key='l'>empirical(times1)</data></edge>"              \
        "</graph></graphml>"
    Built built = build(only_file, "g.graphml", TIMES("ms\n30\n&#10;10ms\n"), -1);

    TEST_STR_EQUAL(built.errors, "");
    const SimLinkSpec *link = link_between(&built, 0, 1);
    CU_ASSERT_EQUAL(link->latency.kind, SIM_DISTRIBUTION_EMPIRICAL);
    CU_ASSERT_EQUAL_FATAL(link->latency.times->count, 2);
    CU_ASSERT_EQUAL(link->latency.times->values[0], 10 * SIM_MS);
    built_clear(&built);
    check_bad("g.graphml", TIMES("30\nten\n"), "a time of 0 or more is due here");
    check_bad("g.graphml", TIMES("ms"), "there is no time in this file");
    check_bad("g.graphml", TIMES(""), "'empirical' takes the name of a file");
#undef TIMES
}

static void
test_hostile_graphml(void)
{
    static const char laughs[] =
        "<?xml version='1.0'?>\n<!DOCTYPE graphml [\n<!ENTITY a 'aaaaaaaaaa'>\n"
        "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\n<!ENTITY c "
        "'&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>\n"
        "]>\n<graphml><graph><node id='&c;'/></graph></graphml>";
    static const char outside[] = "<!DOCTYPE g [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n"
                                  "<graphml><graph><node id='a'>&x;</node></graph></graphml>";
    GString *deep = g_string_new("<graphml>");

    for (int i = 0; i < 100000; i++)
        g_string_append(deep, "<a>");
    check_bad("g.graphml", laughs, "a graph has no document type");
    check_bad("g.graphml", outside, "a graph has no document type");
    check_bad("g.graphml", "<graphml><graph><node id='&x;'/></graph></graphml>", "this is no XML");
    check_bad("g.graphml", deep->str, "this is no XML");
    check_bad("g.graphml", "", "g.graphml:1:1: error: there is no graph in this file");
    check_bad("g.graphml", "a,b\nn1,n2\n", "this is no XML");
    check_bad("g.graphml", XML "</graphml>", "there is no graph in this file");
    check_bad("g.graphml", XML "<graph/><graph/></graphml>", "one graph in a file");
    check_bad("g.graphml", XML "<graph><node id='n1'><graph/></node></graph></graphml>",
              "one graph in a file");
    check_bad("g.graphml", XML "<graph><hyperedge/></graph></graphml>", "there are no hyperedges");
    check_bad("g.graphml", XML "<graph>\n<node id='n1'/>\n<node id='n1'/></graph></graphml>",
              "g.graphml:5:1: error: two nodes have the id 'n1'");
    check_bad("g.graphml", XML "<graph><node/></graph></graphml>", "a node needs an id");
    check_bad("g.graphml",
              XML "<graph><node id='n1'/><edge source='n1' target='n2'/></graph></graphml>",
              "no node above has the id 'n2'");
    check_bad("g.graphml", XML "<graph><node id='n1'/><edge source='n1'/></graph></graphml>",
              "an edge needs a source and a target");
    check_bad("g.graphml", XML "<key id='x' for='edge' attr.name='los'/><graph/></graphml>",
              "a link has no 'los', but 'loss'");
    check_bad("g.graphml", XML "<graph><node id='m1'/></graph></graphml>",
              "g.graphml:3:1: error: unknown node 'm1'");
    g_string_free(deep, TRUE);
}

#define NODE(id, label) "<node id='" id "'><data key='k'>" label "</data></node>"

static void
check_undeclared(const char *nodes, const char *part)
{
    g_autofree char *bytes = g_strconcat(XML "<key id='k' for='node' attr.name='name'/><graph>\n",
                                         nodes, "</graph></graphml>", NULL);

    check_bad("g.graphml", bytes, part);
}

/* The message has the label of the node unless the file was meant by its ids. */
static void
test_undeclared(void)
{
    check_undeclared(NODE("n0", "a1") NODE("n9", "a2"),
                     "g.graphml:4:1: error: unknown node 'a1' (id 'n0')\n");
    check_undeclared(NODE("n0", "x1"), "  help: declare it in a nodes line, or write n1\n");
    check_undeclared(NODE("n0", "New York"), "  help: declare it in a nodes line\n");
    check_undeclared(NODE("n0", "n0"), "error: unknown node 'n0'\n");
    check_undeclared(NODE("n2", "a1") NODE("n0", "a2"), "error: unknown node 'n0'\n");
    check_undeclared(NODE("n0", "New York") NODE("n1", "n2"), "error: unknown node 'New York'\n");
}

/* Cut off anywhere, a file is refused, or is a graph with fewer edges; nothing breaks. */
static void
check_cuts(const char *name, const char *bytes)
{
    for (size_t length = 0; length < strlen(bytes); length++) {
        Built built = build(only_file, name, bytes, (gssize)length);

        CU_ASSERT(built.world != NULL || *built.errors != '\0');
        built_clear(&built);
    }
}

static void
test_truncated(void)
{
    check_cuts("g.csv", "a,b,latency,loss\nn1,n2,20ms,1%\nn3,n4,\"uniform(1ms, 2ms)\",0\n");
    check_cuts("g.gml", gml);
    check_cuts("g.graphml", graphml);
}

static void
test_same_again(void)
{
    Built one = build(only_file, "g.graphml", graphml, -1);
    Built two = build(only_file, "g.graphml", graphml, -1);
    g_autofree char *a = edges_of(&one);
    g_autofree char *b = edges_of(&two);

    TEST_STR_EQUAL(a, b);
    TEST_STR_EQUAL(a, "2-0 0-1");
    built_clear(&one);
    built_clear(&two);
}

/* -- matrices ------------------------------------------------------------------------------- */

#define REGIONS                                                                                    \
    "scn 1 \"t\"\nduration 1m\nnodes a[1..2] region=eu\nnodes b[1..2] region=us\ntopology mesh\n"

/* The mean of many samples is the mean of the matrix: for shape = mean / 5 ms and scale = mean - 5
 * ms that is so. The spread of a long way is small; that of a short one (shape 2.4) is wide, so
 * its mean needs room. */
static void
check_mean(const SimDistribution *d, int64_t mean, int64_t slack)
{
    int64_t sum = 0, least = INT64_MAX, got;
    SimCounter c;

    sim_counter_init(&c, 3, 4);
    for (int i = 0; i < 200000; i++) {
        SimTime sample = sim_distribution_sample(d, &c);

        sum += sample / 1000;
        least = MIN(least, sample);
    }
    got = sum / 200;
    CU_ASSERT(got > mean - slack && got < mean + slack);
    if (got <= mean - slack || got >= mean + slack)
        printf("     mean %lld of %lld\n", (long long)got, (long long)mean);
    CU_ASSERT(least >= mean - 5 * SIM_MS && least < mean - 4 * SIM_MS);
}

static void
test_matrix(void)
{
    static const char bytes[] = "ms,us,eu\neu,119,12\nus,36,310\n";
    Built built =
        build(REGIONS "link all latency=matrix(\"%s\", pareto) small=+10ms\n", "m.csv", bytes, -1);
    const SimLinkSpec *near, *there, *back;

    TEST_STR_EQUAL(built.errors, "");
    near = link_between(&built, 0, 1);
    there = link_between(&built, 0, 2);
    back = link_between(&built, 2, 0);
    CU_ASSERT_EQUAL(near->latency.kind, SIM_DISTRIBUTION_PARETO);
    CU_ASSERT_EQUAL(near->latency.a, 7 * SIM_MS);
    CU_ASSERT_EQUAL(near->latency.parameter, 2400000000);
    CU_ASSERT_EQUAL(there->latency.a, 114 * SIM_MS);
    CU_ASSERT_EQUAL(there->latency.parameter, 23800000000);
    CU_ASSERT_EQUAL(back->latency.a, 305 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 3, 2)->latency.a, 31 * SIM_MS);
    CU_ASSERT_EQUAL(there->small_extra, 10 * SIM_MS);
    CU_ASSERT_EQUAL(sim_net_class_count(built.net), 1 + 4);
    check_mean(&near->latency, 12 * SIM_MS, SIM_MS / 5);
    check_mean(&there->latency, 119 * SIM_MS, SIM_MS / 10);
    built_clear(&built);

    built =
        build(REGIONS "link all latency=9ms\nlink region(us) latency=matrix(\"%s\", constant)\n",
              "m.csv", bytes, -1);
    TEST_STR_EQUAL(built.errors, "");
    CU_ASSERT_EQUAL(link_between(&built, 2, 3)->latency.a, 36 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 2, 3)->latency.kind, SIM_DISTRIBUTION_CONSTANT);
    CU_ASSERT_EQUAL(link_between(&built, 0, 3)->latency.a, 9 * SIM_MS);
    built_clear(&built);
}

/* -- many rules ----------------------------------------------------------------------------- */

/* All links at once are found another way than one alone: both must say the same. */
static void
test_rules_agree(void)
{
    static const char rules[] =
        REGIONS "link all latency=1ms\nlink {a1, b1} latency=2ms\nlink a1 -> b1 latency=3ms\n"
                "link region(eu) <-> region(us) jitter=1ms\nlink all loss=1%\nlink a2 <-> {b1, b2} "
                "loss=2%\n"
                "topology file=\"%s\"\nlink b[*] latency=4ms\nlink all queue=5kB\n"
                "link b2 -> {a1, a2} queue=6kB\n";
    Built built =
        build(rules, "g.csv", "a,b,latency,loss\nb1,b2,9ms,9%\na1,b2,8ms,\na2,b1,,7%\n", -1);

    TEST_STR_EQUAL(built.errors, "");
    for (uint32_t edge = 0; edge < sim_net_edge_count(built.net); edge += 2) {
        SimLinkSpec there = *sim_net_link(built.net, edge),
                    back = *sim_net_link(built.net, edge + 1);

        sim_build_edge(built.world, built.scenario, sim_net_edge_src(built.net, edge),
                       sim_net_edge_dst(built.net, edge));
        CU_ASSERT(sim_link_spec_equal(&there, sim_net_link(built.net, edge)));
        CU_ASSERT(sim_link_spec_equal(&back, sim_net_link(built.net, edge + 1)));
    }
    CU_ASSERT_EQUAL(link_between(&built, 0, 2)->latency.a, 3 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 2, 0)->latency.a, 2 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 2, 3)->latency.a, 4 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 2, 3)->loss_ppb, 90000000);
    CU_ASSERT_EQUAL(link_between(&built, 1, 3)->loss_ppb, 20000000);
    CU_ASSERT_EQUAL(link_between(&built, 1, 2)->loss_ppb, 70000000);
    CU_ASSERT_EQUAL(link_between(&built, 3, 0)->latency.a, 8 * SIM_MS);
    CU_ASSERT_EQUAL(link_between(&built, 3, 0)->queue_bytes, 6000);
    CU_ASSERT_EQUAL(link_between(&built, 0, 3)->queue_bytes, 5000);
    CU_ASSERT_EQUAL(link_between(&built, 0, 3)->jitter, 1 * SIM_MS);
    built_clear(&built);
}

static void
test_never_connected(void)
{
    Built built =
        build("scn 1 \"t\"\nduration 1m\nnodes n[1..1000]\ntopology random p=0.1%\n", "x", "", -1);

    CU_ASSERT_PTR_NULL(built.world);
    TEST_STR_EQUAL(built.errors,
                   "t.scn:4:1: none of the graphs drawn for 'topology random' was connected: write "
                   "p=0.9932% or more, or topology outbound k=8");
    built_clear(&built);
    built = build("scn 1 \"t\"\nduration 1m\nnodes n[1..1000]\ntopology random p=0.9932%\n", "x",
                  "", -1);
    TEST_STR_EQUAL(built.errors, "");
    built_clear(&built);
}

TEST_SUITE(import, {"csv", test_csv}, {"numbers", test_numbers}, {"csv-links", test_csv_links},
           {"bad-csv", test_bad_csv}, {"gml", test_gml}, {"directed", test_directed},
           {"bad-gml", test_bad_gml}, {"other tools", test_other_tools}, {"graphml", test_graphml},
           {"graphml-times", test_graphml_times}, {"hostile-graphml", test_hostile_graphml},
           {"undeclared", test_undeclared}, {"truncated", test_truncated},
           {"same-again", test_same_again}, {"matrix", test_matrix},
           {"rules-agree", test_rules_agree}, {"never-connected", test_never_connected})
