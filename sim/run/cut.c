/* The cuts of a scenario by number; see cut.h. */
#include "sim/run/cut.h"

#include "sim/scenario/value.h"
#include "sim/world/fault.h"
#include "sim/world/observe.h"

/* A cut that began; one of the scenario begins anew at each firing of its action. */
typedef struct {
    uint32_t cut; /* the scenario's number */
    SimFaultId fault;
} Firing;

struct SimCuts {
    SimWorld *world;
    SimNodeSets *sets;
    GArray *cuts;    /* SimFaultId of the last, by the scenario's number; NONE: it has not come */
    GArray *firings; /* Firing, in order: all that may stand */
};

SimCuts *
sim_cuts_new(SimWorld *world, SimNodeSets *sets)
{
    SimCuts *cuts = g_new(SimCuts, 1);

    *cuts = (SimCuts){world, sets, g_array_new(FALSE, TRUE, sizeof(SimFaultId)),
                      g_array_new(FALSE, FALSE, sizeof(Firing))};
    return cuts;
}

void
sim_cuts_free(SimCuts *cuts)
{
    g_array_unref(cuts->cuts);
    g_array_unref(cuts->firings);
    g_free(cuts);
}

void
sim_cuts_set_count(SimCuts *cuts, uint32_t count)
{
    g_array_set_size(cuts->cuts, count);
}

static SimNet *
net_of(const SimCuts *cuts)
{
    return sim_world_net(cuts->world);
}

static SimFaultId
fault_of(const SimCuts *cuts, uint32_t cut)
{
    return g_array_index(cuts->cuts, SimFaultId, cut);
}

/* What has ended stands no more. */
static void
forget_ended(SimCuts *cuts)
{
    guint kept = 0;

    for (guint i = 0; i < cuts->firings->len; i++) {
        const Firing firing = g_array_index(cuts->firings, Firing, i);

        if (sim_world_fault_stands(cuts->world, firing.fault))
            g_array_index(cuts->firings, Firing, kept++) = firing;
    }
    g_array_set_size(cuts->firings, kept);
}

static SimFaultId
keep(SimCuts *cuts, const ScnItem *item, SimFaultId fault)
{
    const Firing firing = {item->cut, fault};

    forget_ended(cuts);
    g_array_append_val(cuts->firings, firing);
    g_array_index(cuts->cuts, SimFaultId, item->cut) = fault;
    return fault;
}

/* --- partitions and one-way cuts ---------------------------------------------------------- */

static SimCutSpec
spec_of(const ScnItem *item)
{
    static const SimCutStyle styles[] = {
        [SCN_STYLE_DROP] = SIM_CUT_DROP,
        [SCN_STYLE_HOLD] = SIM_CUT_HOLD,
        [SCN_STYLE_SLOW] = SIM_CUT_SLOW,
    };

    return (SimCutSpec){
        .style = styles[item->style],
        .by = item->by_ns,
    };
}

/* Notes the nodes on a side of a cut; see SimFaultNode. */
static void
note_side(SimCuts *cuts, uint32_t side, const GArray *nodes)
{
    sim_world_note_side(cuts->world, side, sim_nodes_ids(nodes), nodes->len);
}

static SimFaultId
cut_into(SimCuts *cuts, const SimCutSpec *spec, const GPtrArray *parts)
{
    g_autofree const uint32_t **groups = g_new(const uint32_t *, parts->len);
    g_autofree size_t *sizes = g_new(size_t, parts->len);

    for (guint i = 0; i < parts->len; i++) {
        const GArray *part = g_ptr_array_index(parts, i);

        groups[i] = sim_nodes_ids(part);
        sizes[i] = part->len;
    }
    return sim_world_name_cut(cuts->world,
                              sim_net_partition(net_of(cuts), spec, parts->len, groups, sizes));
}

static SimFaultId
cut_apart(SimCuts *cuts, const SimCutSpec *spec, const GPtrArray *groups)
{
    for (guint i = 0; i < groups->len; i++)
        note_side(cuts, i + 1, g_ptr_array_index(groups, i));
    return cut_into(cuts, spec, groups);
}

static GPtrArray *
new_parts(guint count)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    for (guint i = 0; i < count; i++)
        g_ptr_array_add(parts, g_array_new(FALSE, FALSE, sizeof(uint32_t)));
    return parts;
}

static SimFaultId
cut_off(SimCuts *cuts, const SimCutSpec *spec, const GArray *apart)
{
    g_autoptr(GPtrArray) parts = new_parts(2);

    for (uint32_t node = 0; node < sim_world_node_count(cuts->world); node++)
        g_array_append_val((GArray *)g_ptr_array_index(parts, sim_nodes_hold(apart, node) ? 0 : 1),
                           node);
    note_side(cuts, 1, apart);
    return cut_into(cuts, spec, parts);
}

/* Deals the shuffled nodes out in turn: sizes of groups differ by one at most. */
static SimFaultId
cut_at_random(SimCuts *cuts, const SimCutSpec *spec, const ScnItem *item)
{
    g_autoptr(GArray) nodes = sim_node_sets_shuffle(cuts->sets, item);
    g_autoptr(GPtrArray) parts = new_parts(item->count);

    for (guint i = 0; i < nodes->len; i++)
        g_array_append_val((GArray *)g_ptr_array_index(parts, i % item->count),
                           g_array_index(nodes, uint32_t, i));
    for (guint i = 0; i < parts->len; i++)
        note_side(cuts, i + 1, g_ptr_array_index(parts, i));
    return cut_into(cuts, spec, parts);
}

static SimFaultId
cut_ring(SimCuts *cuts, const SimCutSpec *spec)
{
    g_autoptr(GArray) nodes = sim_node_sets_all(cuts->sets);

    note_side(cuts, SIM_SIDE_NONE, nodes);
    return sim_world_name_cut(
        cuts->world, sim_net_partition_ring(net_of(cuts), spec, sim_nodes_ids(nodes), nodes->len));
}

static SimFaultId
begin_partition(SimCuts *cuts, const SimCutSpec *spec, const ScnItem *item)
{
    g_autoptr(GArray) nodes = NULL;

    switch (item->form) {
    case SCN_PARTITION_GROUPS:
        return cut_apart(cuts, spec, item->groups);
    case SCN_PARTITION_ISOLATE:
        nodes = sim_node_sets_draw(cuts->sets, item, item->set);
        return cut_off(cuts, spec, nodes);
    case SCN_PARTITION_RING:
        return cut_ring(cuts, spec);
    case SCN_PARTITION_RANDOM:
        break;
    }
    return cut_at_random(cuts, spec, item);
}

static SimFaultId
begin_oneway(SimCuts *cuts, const SimCutSpec *spec, const ScnItem *item)
{
    g_autoptr(GArray) from = sim_node_sets_draw(cuts->sets, item, item->set);
    g_autoptr(GArray) to = sim_node_sets_draw(cuts->sets, item, item->other);

    note_side(cuts, 1, from);
    note_side(cuts, 2, to);
    return sim_world_name_cut(cuts->world, sim_net_oneway(net_of(cuts), spec, sim_nodes_ids(from),
                                                          from->len, sim_nodes_ids(to), to->len));
}

SimFaultId
sim_cuts_begin(SimCuts *cuts, const ScnItem *item)
{
    SimCutSpec spec = spec_of(item);

    return keep(cuts, item,
                item->kind == SCN_ITEM_PARTITION ? begin_partition(cuts, &spec, item)
                                                 : begin_oneway(cuts, &spec, item));
}

/* --- closed connections ------------------------------------------------------------------- */

SimFaultId
sim_cuts_close(SimCuts *cuts, const ScnItem *item)
{
    g_autoptr(GArray) from = sim_node_sets_draw(cuts->sets, item, item->set);
    g_autoptr(GArray) to = sim_node_sets_draw(cuts->sets, item, item->other);
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (guint i = 0; i < from->len; i++) {
        for (guint j = 0; j < to->len; j++) {
            uint32_t edge =
                sim_net_find_edge(net_of(cuts), sim_nodes_at(from, i), sim_nodes_at(to, j));

            if (edge != SIM_EDGE_NONE)
                g_array_append_val(edges, edge);
        }
    }
    if (edges->len == 0)
        return SIM_FAULT_NONE;
    return keep(cuts, item, sim_world_cut(cuts->world, sim_nodes_ids(edges), edges->len));
}

/* --- ends and times ----------------------------------------------------------------------- */

static bool
heal(SimCuts *cuts, uint32_t cut)
{
    bool healed = false;

    for (guint i = 0; i < cuts->firings->len; i++) {
        const Firing *firing = &g_array_index(cuts->firings, Firing, i);

        if (firing->cut == cut)
            healed |= sim_world_undo(cuts->world, firing->fault);
    }
    return healed;
}

bool
sim_cuts_heal(SimCuts *cuts, uint32_t cut)
{
    bool healed;

    if (cut != SCN_NONE)
        return heal(cuts, cut);
    healed = sim_world_heal_net(cuts->world);
    for (guint i = 0; i < cuts->cuts->len; i++)
        healed |= heal(cuts, i);
    return healed;
}

SimTime
sim_cuts_start(const SimCuts *cuts, uint32_t cut)
{
    SimFaultId fault = fault_of(cuts, cut);

    return fault != SIM_FAULT_NONE ? sim_world_fault_start(cuts->world, fault) : SCN_TIME_NULL;
}

SimTime
sim_cuts_end(const SimCuts *cuts, uint32_t cut)
{
    SimFaultId fault = fault_of(cuts, cut);

    if (fault == SIM_FAULT_NONE || sim_world_fault_stands(cuts->world, fault))
        return SCN_TIME_NULL;
    return sim_world_fault_end(cuts->world, fault);
}
