/* The generators without randomness, and the repeated tries of the random ones: see topology.h. */
#include "sim/net/topology.h"

#include "sim/engine/assert.h"
#include "sim/net/topology_private.h"

#define DRAWN_MAX 20000000 /* links; when so many were drawn, the third try is the last */

static void
build_mesh(GArray *pairs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = i + 1; j < n; j++)
            sim_topology_add(pairs, i, j);
    }
}

static void
build_star(GArray *pairs, uint32_t n, uint32_t hub)
{
    sim_assert(n == 0 || hub < n);
    for (uint32_t i = 0; i < n; i++) {
        if (i != hub)
            sim_topology_add(pairs, hub, i);
    }
}

static void
build_line(GArray *pairs, uint32_t n)
{
    for (uint32_t i = 0; i + 1 < n; i++)
        sim_topology_add(pairs, i, i + 1);
}

static void
build_tree(GArray *pairs, uint32_t n, uint32_t k)
{
    sim_assert(k >= 1);
    for (uint32_t i = 1; i < n; i++)
        sim_topology_add(pairs, (i - 1) / k, i);
}

/* Returns false if the topology is random. */
static bool
build_fixed(GArray *pairs, const SimTopologySpec *spec)
{
    switch (spec->kind) {
    case SIM_TOPOLOGY_NONE:
        return true;
    case SIM_TOPOLOGY_MESH:
        build_mesh(pairs, spec->n);
        return true;
    case SIM_TOPOLOGY_STAR:
        build_star(pairs, spec->n, spec->hub);
        return true;
    case SIM_TOPOLOGY_LINE:
        build_line(pairs, spec->n);
        return true;
    case SIM_TOPOLOGY_RING:
        build_line(pairs, spec->n);
        if (spec->n > 2)
            sim_topology_add(pairs, spec->n - 1, 0);
        return true;
    case SIM_TOPOLOGY_TREE:
        build_tree(pairs, spec->n, spec->k);
        return true;
    default:
        return false;
    }
}

void
sim_topology_shuffle(uint32_t *values, uint32_t count, SimRandom *r)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = (uint32_t)sim_random_below(r, i), held = values[i - 1];

        values[i - 1] = values[j];
        values[j] = held;
    }
}

static bool
make_try(GArray *pairs, const SimTopologySpec *spec, SimRandom *r, uint32_t attempt)
{
    switch (spec->kind) {
    case SIM_TOPOLOGY_REGULAR:
        return sim_topology_regular(pairs, spec, r);
    case SIM_TOPOLOGY_RANDOM:
        sim_topology_random(pairs, spec, r);
        return true;
    case SIM_TOPOLOGY_SMALLWORLD:
        sim_topology_smallworld(pairs, spec, r);
        return true;
    case SIM_TOPOLOGY_SCALEFREE:
        sim_topology_scalefree(pairs, spec, r);
        return true;
    case SIM_TOPOLOGY_OUTBOUND:
        sim_topology_outbound(pairs, spec, attempt);
        return true;
    case SIM_TOPOLOGY_DEGREES:
        sim_topology_degrees(pairs, spec, attempt);
        return true;
    case SIM_TOPOLOGY_REGIONS:
        sim_topology_regions(pairs, spec, attempt);
        return true;
    default:
        break;
    }
    sim_assert(!"a kind of topology");
    return false;
}

static bool
is_partial(const SimTopologySpec *spec)
{
    return spec->opens != NULL || spec->takes != NULL;
}

bool
sim_topology_build(GArray *ret_pairs, const SimTopologySpec *spec)
{
    g_autoptr(GArray) pairs = NULL;
    uint64_t drawn = 0;
    SimRandom r;

    if (build_fixed(ret_pairs, spec))
        return true;
    sim_random_init(&r, spec->seed, "topology", spec->name);
    pairs = g_array_new(FALSE, FALSE, sizeof(SimPair));
    for (uint32_t i = 0; i < SIM_TOPOLOGY_TRIES && (i < 3 || drawn < DRAWN_MAX); i++) {
        g_array_set_size(pairs, 0);
        if (make_try(pairs, spec, &r, i) &&
            (is_partial(spec) || sim_topology_components(pairs, spec->n) <= 1)) {
            g_array_append_vals(ret_pairs, pairs->data, pairs->len);
            return true;
        }
        drawn += pairs->len;
    }
    return false;
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
