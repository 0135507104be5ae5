/* Graphs that are drawn: degrees, clustering, connectedness against what theory says of them. */
#include "sim/engine/random.h"
#include "sim/net/shape.h"
#include "sim/net/topology.h"
#include "tests/harness/harness.h"

#include <stdio.h>
#include <string.h>

#define PERCENT (SIM_PPT / 100)

typedef struct {
    GArray *pairs;
    uint32_t n;
    uint32_t *degrees;
    uint64_t *keys;
} Graph;

static uint64_t *
make_keys(uint32_t n)
{
    uint64_t *keys = g_new(uint64_t, n + 1);

    for (uint32_t i = 0; i < n; i++) {
        char name[16];

        snprintf(name, sizeof name, "n%u", i + 1);
        keys[i] = sim_key(name);
    }
    return keys;
}

/* No loop, no pair twice. */
static bool
is_simple(const GArray *pairs, uint32_t n)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    bool simple = true;

    for (guint i = 0; i < pairs->len; i++) {
        SimPair pair = g_array_index(pairs, SimPair, i);
        gint64 key = (gint64)MIN(pair.a, pair.b) * n + MAX(pair.a, pair.b);

        simple &= pair.a != pair.b && g_hash_table_add(seen, g_memdup2(&key, sizeof key));
    }
    return simple;
}

static bool
try_init(Graph *g, const SimTopologySpec *given)
{
    SimTopologySpec spec = *given;
    bool ok;

    *g = (Graph){.n = spec.n};
    g->pairs = g_array_new(FALSE, FALSE, sizeof(SimPair));
    g->degrees = g_new0(uint32_t, spec.n + 1);
    g->keys = make_keys(spec.n);
    spec.keys = g->keys;
    spec.seed = spec.seed ? spec.seed : 7;
    spec.name = spec.name ? spec.name : "test";
    spec.inbound = spec.inbound ? spec.inbound : 125;
    ok = sim_topology_build(g->pairs, &spec);
    for (guint i = 0; i < g->pairs->len; i++) {
        g->degrees[g_array_index(g->pairs, SimPair, i).a]++;
        g->degrees[g_array_index(g->pairs, SimPair, i).b]++;
    }
    return ok;
}

static void
graph_init(Graph *g, const SimTopologySpec *spec)
{
    CU_ASSERT_FATAL(try_init(g, spec));
    CU_ASSERT(is_simple(g->pairs, g->n));
    CU_ASSERT_EQUAL(sim_topology_components(g->pairs, g->n), 1);
}

static void
graph_clear(Graph *g)
{
    g_array_unref(g->pairs);
    g_free(g->degrees);
    g_free(g->keys);
}

static double
degree_variance(const Graph *g)
{
    double mean = 2.0 * g->pairs->len / g->n, sum = 0;

    for (uint32_t i = 0; i < g->n; i++)
        sum += (g->degrees[i] - mean) * (g->degrees[i] - mean);
    return sum / g->n;
}

static bool
row_has(const uint32_t *row, uint32_t count, uint32_t node)
{
    while (count > 0 && row[count - 1] != node)
        count--;
    return count > 0;
}

/* The mean over the nodes of how many pairs of their neighbours are linked, of all such pairs. */
static double
clustering(const Graph *g)
{
    g_autofree size_t *starts = g_new0(size_t, g->n + 2);
    g_autofree uint32_t *ends = g_new(uint32_t, 2 * g->pairs->len + 1);
    g_autofree uint32_t *counts = g_new0(uint32_t, g->n + 1);
    double sum = 0;

    for (uint32_t i = 0; i < g->n; i++)
        starts[i + 1] = starts[i] + g->degrees[i];
    for (guint i = 0; i < g->pairs->len; i++) {
        SimPair pair = g_array_index(g->pairs, SimPair, i);

        ends[starts[pair.a] + counts[pair.a]++] = pair.b;
        ends[starts[pair.b] + counts[pair.b]++] = pair.a;
    }
    for (uint32_t i = 0; i < g->n; i++) {
        const uint32_t *row = ends + starts[i];
        uint32_t linked = 0, d = g->degrees[i];

        for (uint32_t x = 0; x < d; x++)
            for (uint32_t y = x + 1; y < d; y++)
                linked += row_has(ends + starts[row[x]], g->degrees[row[x]], row[y]);
        sum += d > 1 ? 2.0 * linked / d / (d - 1) : 0;
    }
    return sum / g->n;
}

static void
check_within(double value, double low, double high)
{
    bool ok = value >= low && value <= high;

    CU_ASSERT(ok);
    if (!ok)
        printf("     %g is not in %g..%g\n", value, low, high);
}

static uint64_t
hash_of(const GArray *pairs)
{
    uint64_t hash = 0;

    for (guint i = 0; i < pairs->len; i++) {
        SimPair pair = g_array_index(pairs, SimPair, i);

        hash = sim_key_combine(hash, (uint64_t)pair.a << 32 | pair.b);
    }
    return hash;
}

/* -- kinds ---------------------------------------------------------------------------------- */

static void
test_regular(void)
{
    static const uint32_t rows[][2] = {{2, 1},    {3, 2},   {10, 3},   {10, 5},  {10, 6},  {10, 8},
                                       {10, 9},   {20, 10}, {21, 10},  {21, 12}, {50, 24}, {50, 48},
                                       {1000, 8}, {999, 4}, {200, 99}, {200, 3}, {1, 0}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const SimTopologySpec spec = {SIM_TOPOLOGY_REGULAR, .n = rows[i][0], .k = rows[i][1]};
        Graph g;

        graph_init(&g, &spec);
        for (uint32_t node = 0; node < g.n; node++)
            CU_ASSERT_EQUAL(g.degrees[node], spec.k);
        graph_clear(&g);
    }
}

/* Of 1000 graphs of 4 nodes with 2 links each, each of the three rings comes a third of the time:
 * 333 with a standard deviation of 15. */
static void
test_regular_is_even(void)
{
    uint32_t without[4] = {0}; /* by the node that 0 is not linked to */

    for (uint64_t seed = 1; seed <= 1000; seed++) {
        const SimTopologySpec spec = {SIM_TOPOLOGY_REGULAR, .n = 4, .k = 2, .seed = seed};
        uint32_t other = 6;
        Graph g;

        graph_init(&g, &spec);
        for (guint i = 0; i < g.pairs->len; i++) {
            SimPair pair = g_array_index(g.pairs, SimPair, i);

            if (pair.a == 0 || pair.b == 0)
                other -= pair.a + pair.b;
        }
        CU_ASSERT_FATAL(other < 4);
        without[other]++;
        graph_clear(&g);
    }
    for (int i = 1; i < 4; i++)
        check_within(without[i], 333 - 60, 333 + 60);
}

/* Links: binomial of n (n - 1) / 2 and p; degrees: of n - 1 and p. Within 4 standard deviations. */
static void
check_random(uint32_t n, uint64_t percent, double sd_links)
{
    const SimTopologySpec spec = {SIM_TOPOLOGY_RANDOM, .n = n, .p_ppt = percent * PERCENT};
    double p = (double)percent / 100, links = n * (n - 1.0) / 2 * p,
           variance = (n - 1) * p * (1 - p);
    Graph g;

    graph_init(&g, &spec);
    check_within(g.pairs->len, links - 4 * sd_links, links + 4 * sd_links);
    check_within(degree_variance(&g), variance * 0.85, variance * 1.15);
    check_within(clustering(&g), p * 0.95, p * 1.05);
    graph_clear(&g);
}

static void
test_random(void)
{
    const SimTopologySpec all = {SIM_TOPOLOGY_RANDOM, .n = 50, .p_ppt = SIM_PPT};
    Graph g;

    check_random(2000, 2, 198); /* by skips */
    check_random(800, 25, 245);
    check_random(800, 26, 248); /* pair by pair */
    check_random(300, 90, 64);
    graph_init(&g, &all);
    CU_ASSERT_EQUAL(g.pairs->len, 50 * 49 / 2);
    graph_clear(&g);
}

/* Of graphs of 5 nodes that are connected: each pair is there equally often, the first and the last
 * too, and more often than p. */
static void
test_random_pairs(void)
{
    for (uint64_t percent = 25; percent <= 50; percent += 25) {
        uint32_t seen[25] = {0}, graphs = 0;
        double expected = (double)percent / 100;

        for (uint64_t seed = 1; seed <= 4000; seed++) {
            SimTopologySpec spec = {SIM_TOPOLOGY_RANDOM, .n = 5, .p_ppt = percent * PERCENT};
            Graph g;

            spec.seed = seed;
            if (!try_init(&g, &spec))
                CU_FAIL("a graph of 5 nodes");
            graphs++;
            for (guint i = 0; i < g.pairs->len; i++) {
                SimPair pair = g_array_index(g.pairs, SimPair, i);

                seen[MIN(pair.a, pair.b) * 5 + MAX(pair.a, pair.b)]++;
            }
            graph_clear(&g);
        }
        for (int a = 0; a < 5; a++) {
            for (int b = a + 1; b < 5; b++) {
                CU_ASSERT((double)seen[a * 5 + b] / graphs > expected);
                check_within((double)seen[a * 5 + b] / seen[1], 0.92, 1.08);
            }
        }
    }
}

/* With 0 a lattice: clustering 3 (k - 2) / (4 (k - 1)), which falls by (1 - p)^3. With 1 nearly a
 * random graph, and short ways. */
static void
test_smallworld(void)
{
    SimTopologySpec spec = {SIM_TOPOLOGY_SMALLWORLD, .n = 1000, .k = 10};
    SimShape lattice, small;
    Graph g;

    graph_init(&g, &spec);
    lattice = sim_shape_measure(g.pairs, g.n);
    CU_ASSERT_EQUAL(lattice.degree_min, 10);
    CU_ASSERT_EQUAL(lattice.degree_max, 10);
    CU_ASSERT_EQUAL(lattice.diameter, 100);
    check_within(clustering(&g), 0.66666, 0.66667);
    graph_clear(&g);

    spec.p_ppt = 10 * PERCENT;
    graph_init(&g, &spec);
    small = sim_shape_measure(g.pairs, g.n);
    CU_ASSERT_EQUAL(g.pairs->len, 5000);
    CU_ASSERT(small.diameter < 10);
    check_within(clustering(&g), 0.66667 * 0.729 - 0.03, 0.66667 * 0.729 + 0.03);
    for (uint32_t i = 0; i < g.n; i++)
        CU_ASSERT(g.degrees[i] >= 5); /* its own links stay with a node */
    graph_clear(&g);

    spec.p_ppt = SIM_PPT;
    graph_init(&g, &spec);
    check_within(clustering(&g), 0.005, 0.02);
    graph_clear(&g);

    spec = (SimTopologySpec){SIM_TOPOLOGY_SMALLWORLD, .n = 7, .k = 6, .p_ppt = SIM_PPT};
    graph_init(&g, &spec); /* nowhere to move to */
    CU_ASSERT_EQUAL(g.pairs->len, 21);
    graph_clear(&g);
}

/* In the limit the share of nodes with d links is 2 m (m + 1) / (d (d + 1) (d + 2)). */
static void
test_scalefree(void)
{
    SimTopologySpec spec = {SIM_TOPOLOGY_SCALEFREE, .n = 10000, .k = 4};
    uint32_t with[9] = {0}, large = 0, first_is_large = 0;
    Graph g;

    graph_init(&g, &spec);
    CU_ASSERT_EQUAL(g.pairs->len, 4 * (10000 - 4));
    for (uint32_t i = 0; i < g.n; i++) {
        if (g.degrees[i] < 9)
            with[g.degrees[i]]++;
        large += g.degrees[i] >= 100;
    }
    check_within(with[4], 3333 - 200, 3333 + 200);
    check_within(with[5], 1905 - 180, 1905 + 180);
    check_within(with[8], 556 - 100, 556 + 100);
    check_within(large, 5, 40); /* 20 by that formula; no node where links fall evenly */
    CU_ASSERT_EQUAL(with[3], 0);
    graph_clear(&g);

    for (spec.seed = 1; spec.seed <= 20; spec.seed++) {
        spec.n = 200;
        graph_init(&g, &spec);
        first_is_large += g.degrees[0] > 20;
        graph_clear(&g);
    }
    CU_ASSERT(first_is_large < 5);
}

/* -- outbound ------------------------------------------------------------------------------- */

/* Each node opens k; what it gets from others is nearly Poisson with mean k. */
static void
test_outbound(void)
{
    const SimTopologySpec spec = {SIM_TOPOLOGY_OUTBOUND, .n = 10000, .k = 8};
    g_autofree uint32_t *opened = g_new0(uint32_t, 10000);
    SimShape shape;
    Graph g;

    graph_init(&g, &spec);
    CU_ASSERT_EQUAL(g.pairs->len, 80000);
    for (guint i = 0; i < g.pairs->len; i++)
        opened[g_array_index(g.pairs, SimPair, i).a]++;
    for (uint32_t i = 0; i < g.n; i++)
        CU_ASSERT_EQUAL(opened[i], 8);
    check_within(degree_variance(&g), 7.6, 8.4);
    shape = sim_shape_measure(g.pairs, g.n);
    check_within(shape.degree_min, 8, 9);
    check_within(shape.degree_max, 25, 35);
    CU_ASSERT(!shape.diameter_exact);
    check_within(shape.diameter, 4, 6);
    graph_clear(&g);
}

static void
test_outbound_limits(void)
{
    bool no_listen[100] = {false};
    SimTopologySpec spec = {SIM_TOPOLOGY_OUTBOUND, .n = 100, .k = 5, .no_listen = no_listen};
    Graph g;

    for (int i = 0; i < 100; i++)
        no_listen[i] = i % 5 != 0;
    graph_init(&g, &spec);
    CU_ASSERT_EQUAL(g.pairs->len, 500);
    for (guint i = 0; i < g.pairs->len; i++)
        CU_ASSERT(!no_listen[g_array_index(g.pairs, SimPair, i).b]);
    graph_clear(&g);

    spec.inbound = 24; /* 20 nodes take 480 links of the 500 wanted */
    graph_init(&g, &spec);
    CU_ASSERT_EQUAL(g.pairs->len, 480);
    for (int i = 0; i < 100; i += 5)
        CU_ASSERT(g.degrees[i] <= 24 + 5);
    graph_clear(&g);
}

/* More than there are: everybody is linked to everybody. */
static void
test_outbound_small(void)
{
    static const uint32_t sizes[] = {2, 3, 4, 5, 8, 12, 120};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        uint32_t n = sizes[i];
        const SimTopologySpec spec = {SIM_TOPOLOGY_OUTBOUND, .n = n, .k = n - 1};
        Graph g;

        graph_init(&g, &spec);
        CU_ASSERT_EQUAL(g.pairs->len, n * (n - 1) / 2);
        graph_clear(&g);
    }
}

/* What a node opens with k = 2 it opens first with k = 4, where nobody got in its way. */
static void
test_outbound_is_shared(void)
{
    SimTopologySpec spec = {SIM_TOPOLOGY_OUTBOUND, .n = 5000, .k = 2};
    uint32_t same = 0;
    Graph two, four;

    graph_init(&two, &spec);
    spec.k = 4;
    graph_init(&four, &spec);
    for (uint32_t i = 0; i < 5000; i++) {
        const SimPair *a = &g_array_index(two.pairs, SimPair, 2 * i);
        const SimPair *b = &g_array_index(four.pairs, SimPair, 4 * i);

        CU_ASSERT_FATAL(a[0].a == i && b[0].a == i);
        same += a[0].b == b[0].b && a[1].b == b[1].b;
    }
    CU_ASSERT(same > 4950);
    graph_clear(&two);
    graph_clear(&four);
}

/* Each node has its number of links, but for the last ones, which may find too few partners. */
static void
test_degrees(void)
{
    uint32_t ks[3000], short_of = 0;
    SimTopologySpec spec = {SIM_TOPOLOGY_DEGREES, .n = 3000, .ks = ks};
    Graph g;

    for (uint32_t i = 0; i < 3000; i++)
        ks[i] = i < 5 ? 700 : 2 + i % 17;
    graph_init(&g, &spec);
    for (uint32_t i = 0; i < 3000; i++) {
        CU_ASSERT(g.degrees[i] <= ks[i]);
        short_of += ks[i] - g.degrees[i];
    }
    CU_ASSERT(short_of < 20);
    graph_clear(&g);
}

static void
test_degrees_limits(void)
{
    uint32_t ks[60];
    bool no_listen[60] = {false}, opens[60] = {false};
    SimTopologySpec spec = {SIM_TOPOLOGY_DEGREES, .n = 60, .ks = ks, .no_listen = no_listen};
    Graph g;

    for (uint32_t i = 0; i < 60; i++) {
        ks[i] = i < 40 ? 6 : 0;
        no_listen[i] = i < 10;
        opens[i] = i < 40;
    }
    spec.opens = opens; /* the last 20 take no part: not connected */
    CU_ASSERT_FATAL(try_init(&g, &spec));
    CU_ASSERT(is_simple(g.pairs, g.n));
    for (uint32_t i = 0; i < 60; i++)
        CU_ASSERT(g.degrees[i] <= ks[i] && (i >= 10 || g.degrees[i] == 6));
    for (guint i = 0; i < g.pairs->len; i++)
        CU_ASSERT(!no_listen[g_array_index(g.pairs, SimPair, i).b]);
    graph_clear(&g);

    spec = (SimTopologySpec){SIM_TOPOLOGY_DEGREES, .n = 60, .k = 59}; /* everybody to everybody */
    graph_init(&g, &spec);
    CU_ASSERT_EQUAL(g.pairs->len, 60 * 59 / 2);
    graph_clear(&g);
}

static void
test_regions(void)
{
    uint32_t regions[300];
    bool no_listen[300] = {false};
    SimTopologySpec spec = {SIM_TOPOLOGY_REGIONS, .n = 300, .k = 4, .regions = regions};
    uint32_t across = 0;
    Graph g;

    spec.region_count = 5; /* 4 is of nobody, 3 of one node, 2 of three */
    spec.no_listen = no_listen;
    for (uint32_t i = 0; i < 300; i++)
        regions[i] = i < 1 ? 3 : i < 4 ? 2 : i % 2;
    no_listen[4] = true;
    graph_init(&g, &spec);
    CU_ASSERT_EQUAL(g.pairs->len, 296 * 4 + 3 + 6); /* three in a mesh, four hubs in a mesh */
    for (guint i = 0; i < g.pairs->len; i++) {
        SimPair pair = g_array_index(g.pairs, SimPair, i);

        if (regions[pair.a] == regions[pair.b])
            continue;
        across++;
        CU_ASSERT(pair.a == 0 || pair.a == 1 || pair.a == 5 || pair.a == 6);
        CU_ASSERT(pair.b == 0 || pair.b == 1 || pair.b == 5 || pair.b == 6);
    }
    CU_ASSERT_EQUAL(across, 6);
    graph_clear(&g);
}

/* -- all ------------------------------------------------------------------------------------ */

/* At p = ln n / n one drawing in e is connected: not many tries are in vain, but some. */
static void
test_until_connected(void)
{
    SimTopologySpec spec = {SIM_TOPOLOGY_RANDOM, .n = 1000, .p_ppt = SIM_PPT / 10000 * 69};
    Graph g;

    for (spec.seed = 1; spec.seed <= 20; spec.seed++) {
        graph_init(&g, &spec);
        graph_clear(&g);
    }
    spec.p_ppt = SIM_PPT / 1000;
    CU_ASSERT(!try_init(&g, &spec));
    CU_ASSERT_EQUAL(g.pairs->len, 0);
    graph_clear(&g);
    spec.p_ppt = 0;
    CU_ASSERT(!try_init(&g, &spec));
    graph_clear(&g);
    spec = (SimTopologySpec){SIM_TOPOLOGY_REGULAR, .n = 10, .k = 1};
    CU_ASSERT(!try_init(&g, &spec));
    graph_clear(&g);
}

/* The same on every platform; another name or seed is another graph. */
static void
test_golden(void)
{
    static const struct {
        SimTopologySpec spec;
        uint64_t hash;
    } rows[] = {
        {{SIM_TOPOLOGY_REGULAR, .n = 300, .k = 5 + 1}, UINT64_C(920690709111685831)},
        {{SIM_TOPOLOGY_RANDOM, .n = 300, .p_ppt = 5 * PERCENT}, UINT64_C(10319266587302474024)},
        {{SIM_TOPOLOGY_RANDOM, .n = 300, .p_ppt = 30 * PERCENT}, UINT64_C(13861703590063526237)},
        {{SIM_TOPOLOGY_SMALLWORLD, .n = 300, .k = 6, .p_ppt = 10 * PERCENT},
         UINT64_C(8151847672980880805)},
        {{SIM_TOPOLOGY_SCALEFREE, .n = 300, .k = 3}, UINT64_C(6808115929476237695)},
        {{SIM_TOPOLOGY_OUTBOUND, .n = 300, .k = 8}, UINT64_C(13525817040064631468)},
        {{SIM_TOPOLOGY_DEGREES, .n = 300, .k = 8}, UINT64_C(601109909911286429)},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        SimTopologySpec spec = rows[i].spec;
        uint64_t hashes[3];

        for (int k = 0; k < 3; k++) {
            Graph g;

            spec.seed = k == 1 ? 8 : 7;
            spec.name = k == 2 ? "other" : "test";
            graph_init(&g, &spec);
            hashes[k] = hash_of(g.pairs);
            graph_clear(&g);
        }
        CU_ASSERT_EQUAL(hashes[0], rows[i].hash);
        if (hashes[0] != rows[i].hash)
            printf("     row %zu: UINT64_C(%llu)\n", i, (unsigned long long)hashes[0]);
        CU_ASSERT_NOT_EQUAL(hashes[1], hashes[0]);
        CU_ASSERT_NOT_EQUAL(hashes[2], hashes[0]);
    }
}

static void
test_shape(void)
{
    static const SimPair pairs[] = {{0, 1}, {1, 2}, {2, 3}, {5, 6}};
    g_autoptr(GArray) array = g_array_new(FALSE, FALSE, sizeof(SimPair));
    SimShape shape;

    g_array_append_vals(array, pairs, G_N_ELEMENTS(pairs));
    shape = sim_shape_measure(array, 8);
    CU_ASSERT_EQUAL(shape.links, 4);
    CU_ASSERT_EQUAL(shape.parts, 4); /* 0 1 2 3, 4, 5 6, 7 */
    CU_ASSERT_EQUAL(shape.alone, 2);
    CU_ASSERT_EQUAL(shape.degree_min, 0);
    CU_ASSERT_EQUAL(shape.degree_max, 2);
    CU_ASSERT_EQUAL(shape.diameter, 3);
    CU_ASSERT(shape.diameter_exact);
}

TEST_SUITE(random_graphs, {"regular", test_regular}, {"regular-is-even", test_regular_is_even},
           {"random", test_random}, {"random-pairs", test_random_pairs},
           {"smallworld", test_smallworld}, {"scalefree", test_scalefree},
           {"outbound", test_outbound}, {"outbound-limits", test_outbound_limits},
           {"outbound-small", test_outbound_small}, {"outbound-is-shared", test_outbound_is_shared},
           {"degrees", test_degrees}, {"degrees-limits", test_degrees_limits},
           {"regions", test_regions}, {"until-connected", test_until_connected},
           {"golden", test_golden}, {"shape", test_shape})
