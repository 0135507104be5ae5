/* From link lines to the links of the network. */
#include "sim/net/net.h"
#include "sim/run/build.h"
#include "sim/scenario/option.h"
#include "tests/harness/harness.h"

#include <glib/gstdio.h>
#include <string.h>

static SimWorld *
build(const char *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autofree char *whole = g_strdup_printf("scn 1 \"t\"\nduration 1m\nnodes a[1..4]\n%s", text);
    g_autoptr(ScnScenario) scenario = scn_parse_text("t.scn", whole, strlen(whole), NULL, errors);
    const SimBuildOptions options = {0};

    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    return sim_build_world(scenario, &options, NULL);
}

static void
test_options(void)
{
    g_autoptr(SimWorld) world =
        build("topology line\n"
              "link all duplicate=1% reorder=2% corrupt=3% small=10ms transport=stream\n"
              "link all loss=gilbert(good=1%, bad=2%, to-bad=3%, to-good=4%)\n"
              "link a1 -> a2 loss=5% transport=datagram small=0\n");
    const SimNet *net = sim_world_net(world);
    const SimLinkSpec *first = sim_net_link(net, sim_net_find_edge(net, 0, 1));
    const SimLinkSpec *back = sim_net_link(net, sim_net_find_edge(net, 1, 0));

    CU_ASSERT_EQUAL(back->duplicate_ppb, 10000000);
    CU_ASSERT_EQUAL(back->reorder_ppb, 20000000);
    CU_ASSERT_EQUAL(back->corrupt_ppb, 30000000);
    CU_ASSERT_EQUAL(back->small_extra, 10 * SIM_MS);
    CU_ASSERT_EQUAL(back->transport, SIM_TRANSPORT_STREAM);
    CU_ASSERT_EQUAL(back->loss_ppb, 10000000);
    CU_ASSERT_EQUAL(back->bad_loss_ppb, 20000000);
    CU_ASSERT_EQUAL(back->to_bad_ppb, 30000000);
    CU_ASSERT_EQUAL(back->to_good_ppb, 40000000);
    CU_ASSERT_EQUAL(first->loss_ppb, 50000000);
    CU_ASSERT_EQUAL(first->to_bad_ppb, 0);
    CU_ASSERT_EQUAL(first->small_extra, 0);
    CU_ASSERT_EQUAL(first->transport, SIM_TRANSPORT_DATAGRAM);
    CU_ASSERT_EQUAL(first->duplicate_ppb, 10000000);
}

/* Each field of a link is set by an option of the language. */
static void
test_fields(void)
{
    for (const SimLinkField *field = sim_link_fields; field->option != NULL; field++)
        CU_ASSERT_PTR_NOT_NULL(scn_option_find(&scn_link_options, field->option));
}

/* One table for all the edges that name it, and so one class. */
static void
test_empirical(void)
{
    g_autofree char *folder = g_dir_make_tmp("kette-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "times.csv", NULL);
    g_autofree char *text = g_strdup_printf("link all latency=empirical(\"%s\")\n", path);

    CU_ASSERT_FATAL(g_file_set_contents(path, "ms\n30\n10\n20\n", -1, NULL));
    g_autoptr(SimWorld) world = build(text);
    const SimNet *net = sim_world_net(world);
    const SimLinkSpec *link = sim_net_link(net, 0);

    CU_ASSERT_EQUAL(link->latency.kind, SIM_DISTRIBUTION_EMPIRICAL);
    CU_ASSERT_EQUAL_FATAL(link->latency.times->count, 3);
    CU_ASSERT_EQUAL(link->latency.times->values[0], 10 * SIM_MS);
    CU_ASSERT_EQUAL(sim_net_class_count(net), 2);
    CU_ASSERT(sim_net_link(net, 5) == link);
    g_unlink(path);
    g_rmdir(folder);
}

static bool
carries(SimWorld *world, uint32_t from, uint32_t to)
{
    SimNet *net = sim_world_net(world);
    uint32_t edge = sim_net_find_edge(net, from, to);

    sim_net_set_edge_open(net, edge, true);
    return sim_net_edge_open(net, edge);
}

static void
test_one_way(void)
{
    g_autoptr(SimWorld) world = build("topology none\nedge a1 -> a2\nedge a2 -> a3\nedge a3 -> a2\n"
                                      "edge a4 -> a3\nedge a3 a4\n");
    g_autoptr(SimWorld) mesh = build("topology mesh\nedge a2 -> a1\n");

    CU_ASSERT(carries(world, 0, 1));
    CU_ASSERT(!carries(world, 1, 0));
    CU_ASSERT(carries(world, 1, 2) && carries(world, 2, 1)); /* each way once: both */
    CU_ASSERT(carries(world, 2, 3) && carries(world, 3, 2));
    CU_ASSERT(carries(mesh, 0, 1)); /* it adds to the mesh, and takes nothing away */
}

/* Announcements are acknowledged but where every link is a stream. */
static bool
are_acked(const char *text)
{
    g_autoptr(SimWorld) world = build(text);
    uint64_t sent;

    sim_world_start(world);
    sim_engine_run(sim_world_engine(world), SIM_S, 0);
    CU_ASSERT_EQUAL(sim_world_mine(world, 0, 1), KETTE_OK);
    sent = sim_net_sent(sim_world_net(world));
    sim_engine_run(sim_world_engine(world), SIM_S + 90 * SIM_MS, 0);
    return sim_net_sent(sim_world_net(world)) > sent; /* the block has come, once */
}

static void
test_ack_auto(void)
{
    static const char flood[] = "topology none\nedge a1 a2\nchain pow=off\nprotocol sync=off "
                                "keepalive=off ";
    static const struct {
        const char *text;
        bool acked;
    } rows[] = {
        {"ack=auto\n", true},
        {"ack=auto\nlink all transport=stream\n", false},
        {"ack=on\nlink all transport=stream\n", true},
        {"ack=off\n", false},
        {"ack=auto\nlink all transport=stream\nlink a1 -> a2 transport=datagram\n", true},
        {"ack=auto\nlink a1 -> a2 transport=stream\n", true},
        {"ack=auto\nlink all transport=datagram\nlink all transport=stream\n", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(flood, rows[i].text, NULL);

        CU_ASSERT_EQUAL(are_acked(text), rows[i].acked);
    }
}

TEST_SUITE(run_links, {"options", test_options}, {"fields", test_fields},
           {"empirical", test_empirical}, {"one-way", test_one_way}, {"ack-auto", test_ack_auto})
