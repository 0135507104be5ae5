/* Degrees, parts and diameter; see shape.h. */
#include "sim/net/shape.h"

#include "sim/engine/assert.h"

#include <string.h>

#define SWEEPS 10
#define FAR UINT32_MAX

/* The neighbours of node i are ends[starts[i]] … ends[starts[i + 1] - 1]. */
typedef struct {
    uint32_t n;
    size_t *starts;
    uint32_t *ends;
    uint32_t *distance, *queue; /* of a search */
} Graph;

static void
graph_init(Graph *g, const GArray *pairs, uint32_t n)
{
    g_autofree size_t *at = g_new(size_t, (size_t)n + 1);

    g->n = n;
    g->starts = g_new0(size_t, (size_t)n + 2);
    g->ends = g_new(uint32_t, 2 * (size_t)pairs->len + 1);
    g->distance = g_new(uint32_t, (size_t)n + 1);
    g->queue = g_new(uint32_t, (size_t)n + 1);
    for (guint i = 0; i < pairs->len; i++) {
        SimPair pair = g_array_index(pairs, SimPair, i);

        sim_assert(pair.a < n);
        sim_assert(pair.b < n);
        g->starts[pair.a + 1]++;
        g->starts[pair.b + 1]++;
    }
    for (uint32_t i = 0; i < n; i++)
        g->starts[i + 1] += g->starts[i];
    memcpy(at, g->starts, n * sizeof *at);
    for (guint i = 0; i < pairs->len; i++) {
        SimPair pair = g_array_index(pairs, SimPair, i);

        g->ends[at[pair.a]++] = pair.b;
        g->ends[at[pair.b]++] = pair.a;
    }
}

static void
graph_clear(Graph *g)
{
    g_free(g->starts);
    g_free(g->ends);
    g_free(g->distance);
    g_free(g->queue);
}

/* Searches breadth first. Returns the largest distance, and a node at that distance. */
static uint32_t
search(Graph *g, uint32_t *ret_last, uint32_t from)
{
    uint32_t head = 0, tail = 0;

    memset(g->distance, 0xff, g->n * sizeof *g->distance);
    g->distance[from] = 0;
    g->queue[tail++] = from;
    while (head < tail) {
        uint32_t node = g->queue[head++];

        for (size_t i = g->starts[node]; i < g->starts[node + 1]; i++) {
            uint32_t next = g->ends[i];

            if (g->distance[next] != FAR)
                continue;
            g->distance[next] = g->distance[node] + 1;
            g->queue[tail++] = next;
        }
    }
    *ret_last = g->queue[tail - 1];
    return g->distance[*ret_last];
}

static void
measure_degrees(SimShape *shape, const Graph *g)
{
    shape->degree_min = UINT32_MAX;
    for (uint32_t i = 0; i < g->n; i++) {
        uint32_t degree = (uint32_t)(g->starts[i + 1] - g->starts[i]);

        shape->degree_min = MIN(shape->degree_min, degree);
        shape->degree_max = MAX(shape->degree_max, degree);
        shape->alone += degree == 0;
    }
}

static void
measure_diameter(SimShape *shape, Graph *g)
{
    uint32_t last, at = 0;

    shape->diameter_exact = (uint64_t)g->n * ((uint64_t)g->n + shape->links) <= SIM_SHAPE_EXACT;
    for (uint32_t i = 0; i < (shape->diameter_exact ? g->n : SWEEPS); i++) {
        uint32_t width = search(g, &last, shape->diameter_exact ? i : at);

        shape->diameter = MAX(shape->diameter, width);
        at = last;
    }
}

SimShape
sim_shape_measure(const GArray *pairs, uint32_t n)
{
    SimShape shape = {.nodes = n, .links = pairs->len};
    Graph g;

    sim_assert(n > 0);
    graph_init(&g, pairs, n);
    measure_degrees(&shape, &g);
    shape.parts = sim_topology_components(pairs, n);
    measure_diameter(&shape, &g);
    graph_clear(&g);
    return shape;
}
