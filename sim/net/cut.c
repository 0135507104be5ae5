/* Partitions: which messages an active cut stops, and how.
 *
 * A cut of groups holds a bit set of groups for each node that existed when it began (a later node
 * is in none); a one-way cut has the groups `from` and `to`; a ring holds places. Asking
 * costs one look at two nodes per active cut, and nothing when there is none.
 */
#include "sim/net/net_private.h"

#include "sim/engine/assert.h"

#define BITS 64
#define FROM UINT64_C(1) /* the groups of a one-way cut */
#define TO UINT64_C(2)

typedef enum { CUT_GROUPS, CUT_ONEWAY, CUT_RING } CutKind;

struct SimCut {
    SimCutStyle style;
    SimTime by;
    SimTime start;
    SimTime end; /* SIM_TIME_NEVER while active */
    CutKind kind;
    uint32_t node_count; /* that members tells of */
    uint32_t words;      /* of a node's bit set; a ring's place is one word, from 1 */
    uint32_t ring_size;
    uint64_t *members; /* node_count * words */
};

static void
free_cut(gpointer data)
{
    SimCut *cut = data;

    g_free(cut->members);
    g_free(cut);
}

void
sim_net_cuts_init(SimNet *net)
{
    net->cuts = g_ptr_array_new_with_free_func(free_cut);
    net->active = g_ptr_array_new();
}

void
sim_net_cuts_clear(SimNet *net)
{
    g_ptr_array_unref(net->active);
    g_ptr_array_unref(net->cuts);
}

/* -- beginning ------------------------------------------------------------------------------ */

static SimCut *
begin_cut(SimNet *net, uint32_t *ret_id, const SimCutSpec *spec, CutKind kind, uint32_t words)
{
    SimCut *cut = g_new0(SimCut, 1);

    sim_assert(spec->style <= SIM_CUT_SLOW);
    sim_assert(spec->by >= 0);
    cut->style = spec->style;
    cut->by = spec->style == SIM_CUT_SLOW ? spec->by : 0;
    cut->start = sim_engine_now(net->engine);
    cut->end = SIM_TIME_NEVER;
    cut->kind = kind;
    cut->node_count = net->node_count;
    cut->words = words;
    cut->members = g_new0(uint64_t, (size_t)net->node_count * words + 1);
    *ret_id = net->cuts->len;
    g_ptr_array_add(net->cuts, cut);
    g_ptr_array_add(net->active, cut);
    return cut;
}

static void
add_members(SimCut *cut, uint32_t group, const uint32_t *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sim_assert(nodes[i] < cut->node_count);
        cut->members[(size_t)nodes[i] * cut->words + group / BITS] |= UINT64_C(1) << group % BITS;
    }
}

uint32_t
sim_net_partition(SimNet *net, const SimCutSpec *spec, uint32_t group_count,
                  const uint32_t *const *groups, const size_t *sizes)
{
    uint32_t id, words = MAX(1, (group_count + BITS - 1) / BITS);
    SimCut *cut = begin_cut(net, &id, spec, CUT_GROUPS, words);

    for (uint32_t g = 0; g < group_count; g++)
        add_members(cut, g, groups[g], sizes[g]);
    return id;
}

uint32_t
sim_net_oneway(SimNet *net, const SimCutSpec *spec, const uint32_t *from, size_t from_count,
               const uint32_t *to, size_t to_count)
{
    uint32_t id;
    SimCut *cut = begin_cut(net, &id, spec, CUT_ONEWAY, 1);

    add_members(cut, 0, from, from_count);
    add_members(cut, 1, to, to_count);
    return id;
}

uint32_t
sim_net_partition_ring(SimNet *net, const SimCutSpec *spec, const uint32_t *nodes, size_t count)
{
    uint32_t id;
    SimCut *cut = begin_cut(net, &id, spec, CUT_RING, 1);

    cut->ring_size = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        sim_assert(nodes[i] < cut->node_count);
        sim_assert(cut->members[nodes[i]] == 0);
        cut->members[nodes[i]] = i + 1;
    }
    return id;
}

/* -- asking --------------------------------------------------------------------------------- */

static bool
groups_stop(const SimCut *cut, const uint64_t *a, const uint64_t *b)
{
    uint64_t any_a = 0, any_b = 0, both = 0;

    for (uint32_t i = 0; i < cut->words; i++) {
        any_a |= a[i];
        any_b |= b[i];
        both |= a[i] & b[i];
    }
    return any_a != 0 && any_b != 0 && both == 0;
}

static bool
ring_stops(const SimCut *cut, uint64_t a, uint64_t b)
{
    uint64_t apart;

    if (a == 0 || b == 0 || a == b)
        return false;
    apart = a > b ? a - b : b - a;
    return apart != 1 && apart != cut->ring_size - 1;
}

static bool
cut_stops(const SimCut *cut, uint32_t a, uint32_t b)
{
    const uint64_t *of_a, *of_b;

    if (a >= cut->node_count || b >= cut->node_count)
        return false;
    of_a = cut->members + (size_t)a * cut->words;
    of_b = cut->members + (size_t)b * cut->words;
    switch (cut->kind) {
    case CUT_GROUPS:
        return groups_stop(cut, of_a, of_b);
    case CUT_ONEWAY:
        return (*of_a & FROM) != 0 && (*of_b & TO) != 0;
    case CUT_RING:
        return ring_stops(cut, *of_a, *of_b);
    }
    sim_assert(!"a kind of cut");
    return false;
}

SimCutEffect
sim_net_cut_effect(const SimNet *net, uint32_t a, uint32_t b)
{
    SimCutEffect effect = {false, false, 0};

    sim_assert(a < net->node_count);
    sim_assert(b < net->node_count);
    for (guint i = 0; i < net->active->len; i++) {
        const SimCut *cut = g_ptr_array_index(net->active, i);

        if (!cut_stops(cut, a, b))
            continue;
        effect.drops |= cut->style == SIM_CUT_DROP;
        effect.holds |= cut->style == SIM_CUT_HOLD;
        effect.by = sim_time_add(effect.by, cut->by);
    }
    return effect;
}

bool
sim_net_separated(const SimNet *net, uint32_t a, uint32_t b)
{
    SimCutEffect effect = sim_net_cut_effect(net, a, b);

    return effect.drops || effect.holds;
}

/* -- ending --------------------------------------------------------------------------------- */

static SimCut *
get_cut(const SimNet *net, uint32_t id)
{
    sim_assert(id < net->cuts->len);
    return g_ptr_array_index(net->cuts, id);
}

static void
end_cut(const SimNet *net, SimCut *cut)
{
    cut->end = sim_engine_now(net->engine);
    g_clear_pointer(&cut->members, g_free);
}

bool
sim_net_heal(SimNet *net, uint32_t cut)
{
    SimCut *c = get_cut(net, cut);

    if (c->end != SIM_TIME_NEVER)
        return false;
    end_cut(net, c);
    g_ptr_array_remove(net->active, c);
    sim_net_release_held(net);
    return true;
}

uint32_t
sim_net_heal_all(SimNet *net)
{
    uint32_t count = net->active->len;

    for (uint32_t i = 0; i < count; i++)
        end_cut(net, g_ptr_array_index(net->active, i));
    g_ptr_array_set_size(net->active, 0);
    sim_net_release_held(net);
    return count;
}

bool
sim_net_cut_active(const SimNet *net, uint32_t cut)
{
    return get_cut(net, cut)->end == SIM_TIME_NEVER;
}

SimTime
sim_net_cut_start(const SimNet *net, uint32_t cut)
{
    return get_cut(net, cut)->start;
}

SimTime
sim_net_cut_end(const SimNet *net, uint32_t cut)
{
    return get_cut(net, cut)->end;
}
