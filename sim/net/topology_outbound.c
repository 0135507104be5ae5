/* Links that nodes open to others, over all nodes or within regions, so many each or up to so many
 * in all: see topology.h. */
#include "sim/net/topology_private.h"

#include "sim/engine/assert.h"

#define MISSES_MAX 32 /* in a row; then who is left is looked up instead of met by chance */
#define NOWHERE UINT32_MAX

typedef struct {
    const SimTopologySpec *spec;
    GArray *pairs;
    GArray *next_in; /* uint32_t: of each pair, the pair before it that leads to the same node */
    uint32_t *in;    /* of each node, the last pair that leads to it, or NOWHERE */
    uint32_t *count; /* of pairs that lead to each node; with degrees of all its pairs */
    uint32_t *mark;  /* of each node, the last one + 1 that may not choose it (again) */
    uint32_t *open;  /* nodes that may be chosen */
    uint32_t *place; /* of each node in `open`, or NOWHERE */
    uint32_t open_count;
    uint64_t purpose, attempt;
} Opening;

static void
opening_init(Opening *o, GArray *pairs, const SimTopologySpec *spec, uint32_t attempt)
{
    size_t size = (size_t)spec->n + 1;

    *o = (Opening){
        .spec = spec,
        .pairs = pairs,
        .next_in = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
        .in = g_new(uint32_t, size),
        .count = g_new0(uint32_t, size),
        .mark = g_new0(uint32_t, size),
        .open = g_new(uint32_t, size),
        .place = g_new(uint32_t, size),
        .purpose = sim_key_combine(sim_key("topology"), sim_key(spec->name)),
        .attempt = attempt,
    };
    for (size_t i = 0; i < size; i++)
        o->in[i] = NOWHERE;
}

static void
opening_clear(Opening *o)
{
    g_array_unref(o->next_in);
    g_free(o->in);
    g_free(o->count);
    g_free(o->mark);
    g_free(o->open);
    g_free(o->place);
}

/* Returns the k of a node. */
static uint32_t
links_of(const SimTopologySpec *spec, uint32_t node)
{
    return spec->ks != NULL ? spec->ks[node] : spec->k;
}

/* Returns how many links a node may have in `count`. */
static uint32_t
most_links(const SimTopologySpec *spec, uint32_t node)
{
    return spec->kind == SIM_TOPOLOGY_DEGREES ? links_of(spec, node) : spec->inbound;
}

static void
set_open(Opening *o, const uint32_t *members, uint32_t count)
{
    o->open_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool listens = o->spec->no_listen == NULL || !o->spec->no_listen[members[i]];

        o->place[members[i]] = NOWHERE;
        if (!listens || most_links(o->spec, members[i]) == 0)
            continue;
        o->place[members[i]] = o->open_count;
        o->open[o->open_count++] = members[i];
    }
}

static void
close_node(Opening *o, uint32_t node)
{
    uint32_t last = o->open[--o->open_count];

    o->open[o->place[node]] = last;
    o->place[last] = o->place[node];
    o->place[node] = NOWHERE;
}

/* Counts a link at a node. One that has as many as it may is chosen no more. */
static void
count_link(Opening *o, uint32_t node)
{
    if (++o->count[node] == most_links(o->spec, node) && o->place[node] != NOWHERE)
        close_node(o, node);
}

static void
open_link(Opening *o, uint32_t from, uint32_t to)
{
    g_array_append_val(o->next_in, o->in[to]);
    o->in[to] = o->pairs->len;
    sim_topology_add(o->pairs, from, to);
    sim_assert(o->next_in->len == o->pairs->len);
    o->mark[to] = from + 1;
    count_link(o, to);
    if (o->spec->kind == SIM_TOPOLOGY_DEGREES)
        count_link(o, from);
}

/* Itself and those that have opened a link to it. */
static void
mark_linked(Opening *o, uint32_t node)
{
    o->mark[node] = node + 1;
    for (uint32_t i = o->in[node]; i != NOWHERE; i = g_array_index(o->next_in, uint32_t, i))
        o->mark[g_array_index(o->pairs, SimPair, i).a] = node + 1;
}

/* When chance finds nobody: most who may be chosen are linked to it, so there are not many. */
static void
open_rest(Opening *o, uint32_t node, uint32_t wanted, SimRandom *r)
{
    g_autofree uint32_t *left = g_new(uint32_t, (size_t)o->open_count + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < o->open_count; i++) {
        if (o->mark[o->open[i]] != node + 1)
            left[count++] = o->open[i];
    }
    sim_topology_shuffle(left, count, r);
    for (uint32_t i = 0; i < MIN(count, wanted); i++)
        open_link(o, node, left[i]);
}

static void
open_links(Opening *o, uint32_t node, uint32_t wanted)
{
    uint32_t misses = 0;
    SimRandom r;

    sim_random_init_key(&r, o->spec->seed, o->purpose,
                        sim_key_combine(o->spec->keys[node], o->attempt));
    mark_linked(o, node);
    while (wanted > 0 && o->open_count > 0 && misses < MISSES_MAX) {
        uint32_t to = o->open[sim_random_below(&r, o->open_count)];

        if (o->mark[to] == node + 1) {
            misses++;
            continue;
        }
        open_link(o, node, to);
        wanted--;
        misses = 0;
    }
    if (wanted > 0)
        open_rest(o, node, wanted, &r);
}

static void
open_among(Opening *o, const uint32_t *members, uint32_t count)
{
    set_open(o, members, count);
    for (uint32_t i = 0; i < count; i++)
        open_links(o, members[i], o->spec->k);
}

void
sim_topology_outbound(GArray *pairs, const SimTopologySpec *spec, uint32_t attempt)
{
    g_autofree uint32_t *takers = g_new(uint32_t, (size_t)spec->n + 1);
    uint32_t count = 0;
    Opening o;

    for (uint32_t i = 0; i < spec->n; i++) {
        if (spec->takes == NULL || spec->takes[i])
            takers[count++] = i;
    }
    opening_init(&o, pairs, spec, attempt);
    set_open(&o, takers, count);
    for (uint32_t i = 0; i < spec->n; i++) {
        if (spec->opens == NULL || spec->opens[i])
            open_links(&o, i, links_of(spec, i));
    }
    opening_clear(&o);
}

void
sim_topology_degrees(GArray *pairs, const SimTopologySpec *spec, uint32_t attempt)
{
    g_autofree uint32_t *all = g_new(uint32_t, (size_t)spec->n + 1);
    Opening o;

    for (uint32_t i = 0; i < spec->n; i++)
        all[i] = i;
    opening_init(&o, pairs, spec, attempt);
    set_open(&o, all, spec->n);
    for (uint32_t i = 0; i < spec->n; i++)
        open_links(&o, i, links_of(spec, i) - o.count[i]);
    opening_clear(&o);
}

/* -- regions -------------------------------------------------------------------------------- */

/* The nodes sorted by region (those of one in order of declaration); starts[r] is where region r
 * begins. */
static uint32_t *
sort_by_region(const SimTopologySpec *spec, uint32_t *starts)
{
    uint32_t *members = g_new(uint32_t, (size_t)spec->n + 1);

    for (uint32_t i = 0; i < spec->n; i++) {
        sim_assert(spec->regions[i] < spec->region_count);
        starts[spec->regions[i] + 1]++;
    }
    for (uint32_t r = 0; r < spec->region_count; r++)
        starts[r + 1] += starts[r];
    for (uint32_t i = 0; i < spec->n; i++)
        members[starts[spec->regions[i]]++] = i;
    for (uint32_t r = spec->region_count; r > 0; r--)
        starts[r] = starts[r - 1];
    starts[0] = 0;
    return members;
}

static uint32_t
hub_of(const SimTopologySpec *spec, const uint32_t *members, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (spec->no_listen == NULL || !spec->no_listen[members[i]])
            return members[i];
    }
    return members[0];
}

void
sim_topology_regions(GArray *pairs, const SimTopologySpec *spec, uint32_t attempt)
{
    g_autofree uint32_t *starts = g_new0(uint32_t, (size_t)spec->region_count + 2);
    g_autofree uint32_t *members = sort_by_region(spec, starts);
    g_autofree uint32_t *hubs = g_new(uint32_t, (size_t)spec->region_count + 1);
    uint32_t hub_count = 0;
    Opening o;

    opening_init(&o, pairs, spec, attempt);
    for (uint32_t r = 0; r < spec->region_count; r++) {
        uint32_t count = starts[r + 1] - starts[r];

        if (count == 0)
            continue;
        open_among(&o, members + starts[r], count);
        hubs[hub_count++] = hub_of(spec, members + starts[r], count);
    }
    opening_clear(&o);
    for (uint32_t i = 0; i < hub_count; i++) {
        for (uint32_t j = i + 1; j < hub_count; j++)
            sim_topology_add(pairs, hubs[i], hubs[j]);
    }
}
