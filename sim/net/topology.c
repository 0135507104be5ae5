/* Generators of pairs: see topology.h for their order. */
#include "sim/net/topology.h"

#include "sim/engine/assert.h"

static void
add_pair(GArray *pairs, uint32_t a, uint32_t b)
{
    SimPair pair = {a, b};

    g_array_append_val(pairs, pair);
}

static void
build_mesh(GArray *pairs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = i + 1; j < n; j++)
            add_pair(pairs, i, j);
    }
}

static void
build_star(GArray *pairs, uint32_t n, uint32_t hub)
{
    sim_assert(n == 0 || hub < n);
    for (uint32_t i = 0; i < n; i++) {
        if (i != hub)
            add_pair(pairs, hub, i);
    }
}

static void
build_line(GArray *pairs, uint32_t n)
{
    for (uint32_t i = 0; i + 1 < n; i++)
        add_pair(pairs, i, i + 1);
}

void
sim_topology_build(GArray *ret_pairs, SimTopology kind, uint32_t n, uint32_t hub)
{
    switch (kind) {
    case SIM_TOPOLOGY_NONE:
        return;
    case SIM_TOPOLOGY_MESH:
        build_mesh(ret_pairs, n);
        return;
    case SIM_TOPOLOGY_STAR:
        build_star(ret_pairs, n, hub);
        return;
    case SIM_TOPOLOGY_LINE:
        build_line(ret_pairs, n);
        return;
    case SIM_TOPOLOGY_RING:
        build_line(ret_pairs, n);
        if (n > 2)
            add_pair(ret_pairs, n - 1, 0);
        return;
    }
    sim_assert(!"a kind of topology");
}

/* Union by the smaller index with path halving (Tarjan & van Leeuwen, JACM 31(2), 1984). */
static uint32_t
find_root(uint32_t *parent, uint32_t node)
{
    while (parent[node] != node) {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    return node;
}

uint32_t
sim_topology_components(const GArray *pairs, uint32_t n)
{
    g_autofree uint32_t *parent = g_new(uint32_t, (size_t)n + 1);
    uint32_t components = n;

    for (uint32_t i = 0; i < n; i++)
        parent[i] = i;
    for (guint i = 0; i < pairs->len; i++) {
        const SimPair *pair = &g_array_index(pairs, SimPair, i);
        uint32_t a, b;

        sim_assert(pair->a < n);
        sim_assert(pair->b < n);
        a = find_root(parent, pair->a);
        b = find_root(parent, pair->b);
        if (a == b)
            continue;
        parent[MAX(a, b)] = MIN(a, b);
        components--;
    }
    return components;
}
