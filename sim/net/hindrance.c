/* Hindrances: cuts and impairments, which act for a time between senders and receivers. A cut stops
 * or slows messages; an impairment changes the odds of single messages.
 *
 * A hindrance stores for each node that existed when it began a bit set of the node's groups. A
 * node added later is in no group. A message costs two look-ups for each active hindrance.
 */
#include "sim/net/net_private.h"

#include "sim/engine/assert.h"

#define BITS 64
#define FROM UINT64_C(1) /* the groups of a one-way hindrance */
#define TO UINT64_C(2)

/* Which pairs of nodes a hindrance affects. */
typedef enum {
    BETWEEN_GROUPS, /* nodes that share no group */
    BETWEEN_ONEWAY, /* messages from FROM to TO */
    BETWEEN_RING, /* nodes that are not neighbours; the bit set is the place in the ring, from 1 */
    BETWEEN_ANYBODY, /* all nodes, later ones too */
} Between;

typedef struct {
    SimTime start;
    SimTime end; /* SIM_TIME_NEVER while active */
    Between between;
    uint32_t node_count; /* nodes in `members` */
    uint32_t words;      /* in a node's bit set */
    uint32_t ring_size;
    uint64_t *members; /* node_count * words */
    bool touched;      /* a message has met it */
    uint32_t met;      /* of an impairment with `first`: how many it has affected */
    SimCutSpec cut;
    SimImpairSpec impair; /* without its sets of nodes */
} Hindrance;

static void
free_hindrance(gpointer data)
{
    Hindrance *hindrance = data;

    g_free(hindrance->members);
    g_free(hindrance);
}

static void
init_list(SimHindrances *list)
{
    list->all = g_ptr_array_new_with_free_func(free_hindrance);
    list->active = g_ptr_array_new();
}

static void
clear_list(SimHindrances *list)
{
    g_ptr_array_unref(list->active);
    g_ptr_array_unref(list->all);
}

void
sim_net_hindrances_init(SimNet *net)
{
    init_list(&net->cuts);
    init_list(&net->impairs);
}

void
sim_net_hindrances_clear(SimNet *net)
{
    clear_list(&net->cuts);
    clear_list(&net->impairs);
}

/* -- beginning ------------------------------------------------------------------------------ */

static Hindrance *
begin_hindrance(SimNet *net, SimHindrances *list, Between between, uint32_t words)
{
    Hindrance *hindrance = g_new0(Hindrance, 1);

    hindrance->start = sim_engine_now(net->engine);
    hindrance->end = SIM_TIME_NEVER;
    hindrance->between = between;
    if (between != BETWEEN_ANYBODY) {
        hindrance->node_count = net->node_count;
        hindrance->words = words;
        hindrance->members = g_new0(uint64_t, (size_t)net->node_count * words + 1);
    }
    g_ptr_array_add(list->all, hindrance);
    g_ptr_array_add(list->active, hindrance);
    return hindrance;
}

static void
add_members(Hindrance *hindrance, uint32_t group, const uint32_t *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sim_assert(nodes[i] < hindrance->node_count);
        hindrance->members[(size_t)nodes[i] * hindrance->words + group / BITS] |= UINT64_C(1)
                                                                                  << group % BITS;
    }
}

static Hindrance *
begin_cut(SimNet *net, const SimCutSpec *spec, Between between, uint32_t words)
{
    Hindrance *cut = begin_hindrance(net, &net->cuts, between, words);

    sim_assert(spec->style <= SIM_CUT_SLOW);
    sim_assert(spec->by >= 0);
    cut->cut.style = spec->style;
    cut->cut.by = spec->style == SIM_CUT_SLOW ? spec->by : 0;
    return cut;
}

uint32_t
sim_net_partition(SimNet *net, const SimCutSpec *spec, uint32_t group_count,
                  const uint32_t *const *groups, const size_t *sizes)
{
    uint32_t words = MAX(1, (group_count + BITS - 1) / BITS);
    Hindrance *cut = begin_cut(net, spec, BETWEEN_GROUPS, words);

    for (uint32_t g = 0; g < group_count; g++)
        add_members(cut, g, groups[g], sizes[g]);
    return net->cuts.all->len - 1;
}

uint32_t
sim_net_oneway(SimNet *net, const SimCutSpec *spec, const uint32_t *from, size_t from_count,
               const uint32_t *to, size_t to_count)
{
    Hindrance *cut = begin_cut(net, spec, BETWEEN_ONEWAY, 1);

    add_members(cut, 0, from, from_count);
    add_members(cut, 1, to, to_count);
    return net->cuts.all->len - 1;
}

uint32_t
sim_net_partition_ring(SimNet *net, const SimCutSpec *spec, const uint32_t *nodes, size_t count)
{
    Hindrance *cut = begin_cut(net, spec, BETWEEN_RING, 1);

    cut->ring_size = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        sim_assert(nodes[i] < cut->node_count);
        sim_assert(cut->members[nodes[i]] == 0);
        cut->members[nodes[i]] = i + 1;
    }
    return net->cuts.all->len - 1;
}

uint32_t
sim_net_impair(SimNet *net, const SimImpairSpec *spec)
{
    Hindrance *impair =
        begin_hindrance(net, &net->impairs, spec->everywhere ? BETWEEN_ANYBODY : BETWEEN_ONEWAY, 1);

    sim_assert(spec->kind <= SIM_IMPAIR_CORRUPT);
    sim_assert(spec->ppb <= SIM_PPB);
    sim_assert(spec->delay >= 0);
    impair->impair = (SimImpairSpec){.kind = spec->kind,
                                     .ppb = spec->ppb,
                                     .delay = spec->delay,
                                     .kinds = spec->kinds,
                                     .first = spec->first};
    if (!spec->everywhere) {
        add_members(impair, 0, spec->from, spec->from_count);
        add_members(impair, 1, spec->to, spec->to_count);
    }
    return net->impairs.all->len - 1;
}

/* -- asking --------------------------------------------------------------------------------- */

static bool
share_no_group(const Hindrance *hindrance, const uint64_t *a, const uint64_t *b)
{
    uint64_t any_a = 0, any_b = 0, both = 0;

    for (uint32_t i = 0; i < hindrance->words; i++) {
        any_a |= a[i];
        any_b |= b[i];
        both |= a[i] & b[i];
    }
    return any_a != 0 && any_b != 0 && both == 0;
}

static bool
are_apart_in_ring(const Hindrance *hindrance, uint64_t a, uint64_t b)
{
    uint64_t apart;

    if (a == 0 || b == 0 || a == b)
        return false;
    apart = a > b ? a - b : b - a;
    return apart != 1 && apart != hindrance->ring_size - 1;
}

/* Returns whether the hindrance affects messages from `a` to `b`. */
static bool
stands_between(const Hindrance *hindrance, uint32_t a, uint32_t b)
{
    const uint64_t *of_a, *of_b;

    if (hindrance->between == BETWEEN_ANYBODY)
        return true;
    if (a >= hindrance->node_count || b >= hindrance->node_count)
        return false;
    of_a = hindrance->members + (size_t)a * hindrance->words;
    of_b = hindrance->members + (size_t)b * hindrance->words;
    switch (hindrance->between) {
    case BETWEEN_GROUPS:
        return share_no_group(hindrance, of_a, of_b);
    case BETWEEN_ONEWAY:
        return (*of_a & FROM) != 0 && (*of_b & TO) != 0;
    case BETWEEN_RING:
        return are_apart_in_ring(hindrance, *of_a, *of_b);
    case BETWEEN_ANYBODY:
        break;
    }
    return true;
}

SimCutEffect
sim_net_cut_effect(const SimNet *net, uint32_t a, uint32_t b)
{
    SimCutEffect effect = {false, false, 0};

    sim_assert(a < net->node_count);
    sim_assert(b < net->node_count);
    for (guint i = 0; i < net->cuts.active->len; i++) {
        Hindrance *cut = g_ptr_array_index(net->cuts.active, i);

        if (!stands_between(cut, a, b))
            continue;
        cut->touched = true;
        effect.drops |= cut->cut.style == SIM_CUT_DROP;
        effect.holds |= cut->cut.style == SIM_CUT_HOLD;
        effect.by = sim_time_add(effect.by, cut->cut.by);
    }
    return effect;
}

bool
sim_net_separated(const SimNet *net, uint32_t a, uint32_t b)
{
    SimCutEffect effect = sim_net_cut_effect(net, a, b);

    return effect.drops || effect.holds;
}

static bool
affects_kind(const SimImpairSpec *impair, uint8_t kind)
{
    return kind < BITS ? impair->kinds >> kind & 1 : impair->kinds == SIM_KINDS_ALL;
}

uint32_t
sim_ppb_either(uint32_t p, uint32_t q)
{
    return (uint32_t)((uint64_t)p + q - (uint64_t)p * q / SIM_PPB);
}

static void
add_impair(SimOdds *odds, const SimImpairSpec *impair)
{
    switch (impair->kind) {
    case SIM_IMPAIR_LOSS:
        odds->loss_ppb = sim_ppb_either(odds->loss_ppb, impair->ppb);
        odds->bad_loss_ppb = sim_ppb_either(odds->bad_loss_ppb, impair->ppb);
        return;
    case SIM_IMPAIR_DELAY:
        odds->delay = sim_time_add(odds->delay, impair->delay);
        return;
    case SIM_IMPAIR_DUPLICATE:
        odds->duplicate_ppb = sim_ppb_either(odds->duplicate_ppb, impair->ppb);
        return;
    case SIM_IMPAIR_REORDER:
        odds->reorder_ppb = sim_ppb_either(odds->reorder_ppb, impair->ppb);
        return;
    case SIM_IMPAIR_CORRUPT:
        odds->corrupt_ppb = sim_ppb_either(odds->corrupt_ppb, impair->ppb);
        return;
    }
    sim_assert(!"a kind of impairment");
}

void
sim_net_add_impairs(const SimNet *net, SimOdds *odds, const SimPacket *packet)
{
    for (guint i = 0; i < net->impairs.active->len; i++) {
        Hindrance *impair = g_ptr_array_index(net->impairs.active, i);

        if (!affects_kind(&impair->impair, packet->kind) ||
            !stands_between(impair, packet->src, packet->dst))
            continue;
        if (impair->impair.first > 0 && impair->met == impair->impair.first)
            continue;
        impair->met += impair->impair.first > 0;
        impair->touched = true;
        add_impair(odds, &impair->impair);
    }
}

/* -- ending --------------------------------------------------------------------------------- */

static Hindrance *
get_hindrance(const SimHindrances *list, uint32_t id)
{
    sim_assert(id < list->all->len);
    return g_ptr_array_index(list->all, id);
}

/* Returns false if the hindrance has already ended. */
static bool
end_hindrance(const SimNet *net, SimHindrances *list, Hindrance *hindrance)
{
    if (hindrance->end != SIM_TIME_NEVER)
        return false;
    hindrance->end = sim_engine_now(net->engine);
    g_clear_pointer(&hindrance->members, g_free);
    g_ptr_array_remove(list->active, hindrance);
    return true;
}

bool
sim_net_impair_end(SimNet *net, uint32_t id)
{
    return end_hindrance(net, &net->impairs, get_hindrance(&net->impairs, id));
}

bool
sim_net_heal(SimNet *net, uint32_t cut)
{
    if (!end_hindrance(net, &net->cuts, get_hindrance(&net->cuts, cut)))
        return false;
    sim_net_release_held(net);
    return true;
}

uint32_t
sim_net_heal_all(SimNet *net)
{
    uint32_t count = net->cuts.active->len;

    while (net->cuts.active->len > 0)
        end_hindrance(net, &net->cuts, g_ptr_array_index(net->cuts.active, 0));
    sim_net_release_held(net);
    return count;
}

bool
sim_net_cut_active(const SimNet *net, uint32_t cut)
{
    return get_hindrance(&net->cuts, cut)->end == SIM_TIME_NEVER;
}

SimTime
sim_net_cut_start(const SimNet *net, uint32_t cut)
{
    return get_hindrance(&net->cuts, cut)->start;
}

bool
sim_net_cut_touched(const SimNet *net, uint32_t cut)
{
    return get_hindrance(&net->cuts, cut)->touched;
}

bool
sim_net_impair_touched(const SimNet *net, uint32_t id)
{
    return get_hindrance(&net->impairs, id)->touched;
}

SimTime
sim_net_cut_end(const SimNet *net, uint32_t cut)
{
    return get_hindrance(&net->cuts, cut)->end;
}
