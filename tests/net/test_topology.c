/* Generators that draw nothing, and a flood whose arrival times an independent shortest-path search
 * must give. */
#include "sim/net/topology.h"
#include "sim/engine/random.h"
#include "sim/net/net.h"
#include "tests/harness/harness.h"

#include <stdio.h>

static GArray *
draw(const SimTopologySpec *given)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(SimPair));
    SimTopologySpec spec = *given;

    spec.seed = spec.seed ? spec.seed : 7;
    spec.name = spec.name ? spec.name : "test";
    CU_ASSERT_FATAL(sim_topology_build(pairs, &spec));
    return pairs;
}

static char *
pairs_text(const SimTopologySpec *spec)
{
    g_autoptr(GArray) pairs = draw(spec);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < pairs->len; i++) {
        SimPair pair = g_array_index(pairs, SimPair, i);

        g_string_append_printf(text, "%u-%u ", pair.a, pair.b);
    }
    g_string_append_printf(text, "(%u)", sim_topology_components(pairs, spec->n));
    return g_string_free(text, FALSE);
}

static void
test_shapes(void)
{
    static const struct {
        SimTopology kind;
        uint32_t n, hub, k;
        const char *text;
    } rows[] = {
        {SIM_TOPOLOGY_MESH, 4, 0, 0, "0-1 0-2 0-3 1-2 1-3 2-3 (1)"},
        {SIM_TOPOLOGY_STAR, 4, 2, 0, "2-0 2-1 2-3 (1)"},
        {SIM_TOPOLOGY_LINE, 4, 0, 0, "0-1 1-2 2-3 (1)"},
        {SIM_TOPOLOGY_RING, 4, 0, 0, "0-1 1-2 2-3 3-0 (1)"},
        {SIM_TOPOLOGY_RING, 2, 0, 0, "0-1 (1)"},
        {SIM_TOPOLOGY_NONE, 3, 0, 0, "(3)"},
        {SIM_TOPOLOGY_MESH, 1, 0, 0, "(1)"},
        {SIM_TOPOLOGY_LINE, 0, 0, 0, "(0)"},
        {SIM_TOPOLOGY_TREE, 7, 0, 2, "0-1 0-2 1-3 1-4 2-5 2-6 (1)"},
        {SIM_TOPOLOGY_TREE, 6, 0, 3, "0-1 0-2 0-3 1-4 1-5 (1)"},
        {SIM_TOPOLOGY_TREE, 3, 0, 1, "0-1 1-2 (1)"},
        {SIM_TOPOLOGY_TREE, 3, 0, 9, "0-1 0-2 (1)"},
        {SIM_TOPOLOGY_TREE, 1, 0, 2, "(1)"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const SimTopologySpec spec = {
            .kind = rows[i].kind, .n = rows[i].n, .hub = rows[i].hub, .k = rows[i].k};
        g_autofree char *text = pairs_text(&spec);

        TEST_STR_EQUAL(text, rows[i].text);
    }
}

static void
test_components(void)
{
    static const SimPair pairs[] = {{5, 4}, {0, 1}, {4, 3}, {1, 0}, {3, 5}};
    g_autoptr(GArray) array = g_array_new(FALSE, FALSE, sizeof(SimPair));

    CU_ASSERT_EQUAL(sim_topology_components(array, 7), 7);
    g_array_append_vals(array, pairs, 5);
    CU_ASSERT_EQUAL(sim_topology_components(array, 7), 4); /* 0 1, 2, 3 4 5, 6 */
}

/* -- a flood -------------------------------------------------------------------------------- */

#define NODES 60

typedef struct {
    SimEngine *engine;
    SimNet *net;
    SimTime first[NODES + 2];
    GString *rows; /* every arrival */
} Flood;

static void
pass_on(Flood *f, uint32_t node)
{
    size_t count;
    const uint32_t *out = sim_net_out_edges(f->net, &count, node);

    f->first[node] = sim_engine_now(f->engine);
    for (size_t i = 0; i < count; i++)
        sim_net_send(f->net, out[i], 1, 100, NULL);
}

static void
on_deliver(void *user, const SimPacket *packet)
{
    Flood *f = user;

    g_string_append_printf(f->rows, "%s>%s@%" G_GINT64_FORMAT "\n",
                           sim_net_node_name(f->net, packet->src),
                           sim_net_node_name(f->net, packet->dst), packet->due);
    if (f->first[packet->dst] == SIM_TIME_NEVER)
        pass_on(f, packet->dst);
}

static void
set_any_latency(Flood *f, SimRandom *r, uint32_t edge, bool fixed)
{
    SimLinkSpec spec = sim_link_spec_default();
    SimTime latency = (SimTime)sim_random_below(r, 20) * 5 * SIM_MS;

    spec.latency =
        fixed ? sim_distribution_constant(latency) : sim_distribution_exponential(latency + SIM_MS);
    sim_net_set_link(f->net, edge, &spec);
}

static void
add_link(Flood *f, SimRandom *r, uint32_t a, uint32_t b, bool fixed)
{
    uint32_t edge = sim_net_add_edge(f->net, a, b);

    set_any_latency(f, r, edge, fixed);
    set_any_latency(f, r, edge ^ 1, fixed);
}

static void
add_extra(Flood *f)
{
    uint32_t x = sim_net_add_node(f->net, "x"), y = sim_net_add_node(f->net, "y");

    sim_net_add_edge(f->net, x, y);
}

/* A connected random graph, a flood from node 0; `extra`: two nodes more, connected to each other
 * alone, made before the others (so that all indices shift) or after. */
static void
flood_init(Flood *f, bool fixed, int extra)
{
    SimNetOps ops = {.user = f, .deliver = on_deliver};
    uint32_t base = extra < 0 ? 2 : 0;
    SimRandom r;

    f->engine = sim_engine_new(5);
    f->net = sim_net_new(f->engine, 5, &ops);
    f->rows = g_string_new(NULL);
    sim_random_init(&r, 5, "test", "flood");
    if (extra < 0)
        add_extra(f);
    for (uint32_t i = 0; i < NODES; i++) {
        char name[16];

        snprintf(name, sizeof name, "n%u", i);
        sim_net_add_node(f->net, name);
    }
    if (extra > 0)
        add_extra(f);
    for (uint32_t i = 1; i < NODES; i++)
        add_link(f, &r, base + (uint32_t)sim_random_below(&r, i), base + i, fixed);
    for (int i = 0; i < 80; i++) {
        uint32_t a = (uint32_t)sim_random_below(&r, NODES),
                 b = (uint32_t)sim_random_below(&r, NODES);

        if (a != b)
            add_link(f, &r, base + a, base + b, fixed);
    }
    for (uint32_t i = 0; i < NODES + 2; i++)
        f->first[i] = SIM_TIME_NEVER;
    pass_on(f, base);
    CU_ASSERT_EQUAL(sim_engine_run(f->engine, SIM_HOUR, 0), SIM_RUN_IDLE);
    CU_ASSERT(sim_net_books_balance(f->net, NULL));
}

static void
flood_clear(Flood *f)
{
    sim_net_free(f->net);
    sim_engine_free(f->engine);
    g_string_free(f->rows, TRUE);
}

/* Dijkstra (1959), the plain way over all nodes. A hop takes 1 ns at least. */
static void
shortest(const SimNet *net, SimTime dist[NODES])
{
    bool done[NODES] = {false};

    for (int i = 0; i < NODES; i++)
        dist[i] = i == 0 ? 0 : SIM_TIME_NEVER;
    for (int round = 0; round < NODES; round++) {
        int u = -1;

        for (int i = 0; i < NODES; i++)
            if (!done[i] && (u < 0 || dist[i] < dist[u]))
                u = i;
        done[u] = true;
        for (uint32_t e = 0; e < sim_net_edge_count(net); e++) {
            SimTime hop = MAX(1, sim_net_link(net, e)->latency.a);

            if (sim_net_edge_src(net, e) == (uint32_t)u)
                dist[sim_net_edge_dst(net, e)] = MIN(dist[sim_net_edge_dst(net, e)], dist[u] + hop);
        }
    }
}

static void
test_flood_is_dijkstra(void)
{
    SimTime dist[NODES];
    Flood f;

    flood_init(&f, true, 0);
    shortest(f.net, dist);
    for (uint32_t i = 0; i < NODES; i++)
        CU_ASSERT_EQUAL(f.first[i], dist[i]);
    CU_ASSERT_EQUAL(sim_net_fate_count(f.net, SIM_FATE_DELIVERED), sim_net_edge_count(f.net));
    flood_clear(&f);
}

/* Nothing of the others' course changes, collisions (all times are multiples of 5 ms) included. */
static void
test_nodes_more(void)
{
    for (int fixed = 0; fixed < 2; fixed++) {
        Flood f, before, after;

        flood_init(&f, fixed != 0, 0);
        flood_init(&before, fixed != 0, -1);
        flood_init(&after, fixed != 0, 1);
        CU_ASSERT(f.rows->len > 1000);
        CU_ASSERT(g_string_equal(f.rows, before.rows));
        CU_ASSERT(g_string_equal(f.rows, after.rows));
        flood_clear(&f);
        flood_clear(&before);
        flood_clear(&after);
    }
}

static void
test_golden_flood(void)
{
    uint64_t sum = 0;
    Flood f;

    flood_init(&f, false, 0);
    for (uint32_t i = 0; i < NODES; i++)
        sum += (uint64_t)f.first[i];
    if (sum != UINT64_C(3631792758) || sim_key(f.rows->str) != UINT64_C(18391693824204195242))
        printf("     flood: %llu %llu\n", (unsigned long long)sum,
               (unsigned long long)sim_key(f.rows->str));
    CU_ASSERT_EQUAL(sum, UINT64_C(3631792758));
    CU_ASSERT_EQUAL(sim_key(f.rows->str), UINT64_C(18391693824204195242));
    flood_clear(&f);
}

TEST_SUITE(topology, {"shapes", test_shapes}, {"components", test_components},
           {"flood-is-dijkstra", test_flood_is_dijkstra}, {"nodes-more", test_nodes_more},
           {"golden-flood", test_golden_flood})
