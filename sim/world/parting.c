/* Connections that stay closed until they are opened again; see fault.h. A connection closed by a
 * cut opens when the cut ends or the edge is joined; one closed for good, when the edge is joined.
 */
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

/* Keeps a pair of edges closed. `by` is the cut, or SIM_FAULT_NONE if closed for good. */
typedef struct {
    uint32_t pair;
    SimFaultId by;
} Parting;

static void
close_pair(SimWorld *world, uint32_t edge, SimFaultId by)
{
    const Parting parting = {edge / 2, by};

    g_array_append_val(world->partings, parting);
    g_array_index(world->parted, bool, edge / 2) = true;
    sim_connection_close(world, edge);
}

static bool
is_parted_by(const SimWorld *world, uint32_t pair, SimFaultId by)
{
    for (guint i = 0; i < world->partings->len; i++) {
        const Parting *parting = &g_array_index(world->partings, Parting, i);

        if (parting->pair == pair && parting->by == by)
            return true;
    }
    return false;
}

static bool
parts_anything(const SimWorld *world, SimFaultId cut)
{
    for (guint i = 0; i < world->partings->len; i++) {
        if (g_array_index(world->partings, Parting, i).by == cut)
            return true;
    }
    return false;
}

/* --- cuts --------------------------------------------------------------------------------- */

SimFaultId
sim_world_cut(SimWorld *world, const uint32_t *edges, size_t count)
{
    SimFaultId id = sim_fault_begin(world, SIM_FAULT_CUT, SIM_NODE_NONE);

    sim_assert(count > 0);
    for (size_t i = 0; i < count; i++) {
        close_pair(world, edges[i], id);
        sim_fault_note_node(world, sim_net_edge_src(world->net, edges[i]));
        sim_fault_note_node(world, sim_net_edge_dst(world->net, edges[i]));
    }
    sim_engine_touch(world->engine);
    return id;
}

/* Opens a pair unless another cut keeps it closed; connections of discovery are dialled again. */
static void
review_pair(SimWorld *world, uint32_t pair)
{
    uint32_t edge = 2 * pair;
    bool parted = false;

    for (guint i = 0; i < world->partings->len; i++)
        parted |= g_array_index(world->partings, Parting, i).pair == pair;
    g_array_index(world->parted, bool, pair) = parted;
    sim_connection_review_edge(world, edge);
}

void
sim_parting_end(SimWorld *world, SimFaultId cut)
{
    sim_fault_end(world, cut);
    for (guint i = 0; i < world->partings->len;) {
        const Parting parting = g_array_index(world->partings, Parting, i);

        if (parting.by == cut) {
            g_array_remove_index(world->partings, i);
            review_pair(world, parting.pair);
        } else {
            i++;
        }
    }
}

/* Forgets everything that keeps an edge closed. A cut ends when all its edges have been joined. */
void
sim_parting_forget(SimWorld *world, uint32_t edge)
{
    uint32_t pair = edge / 2;

    if (!g_array_index(world->parted, bool, pair))
        return;
    for (guint i = world->partings->len; i-- > 0;) {
        const Parting parting = g_array_index(world->partings, Parting, i);

        if (parting.pair != pair)
            continue;
        g_array_remove_index(world->partings, i);
        if (parting.by != SIM_FAULT_NONE && !parts_anything(world, parting.by))
            sim_fault_end(world, parting.by);
    }
    g_array_index(world->parted, bool, pair) = false;
}

/* --- for good, and joinings --------------------------------------------------------------- */

bool
sim_world_disconnect(SimWorld *world, uint32_t edge)
{
    if (!sim_connection_is_open(world, edge))
        return false;
    close_pair(world, edge, SIM_FAULT_NONE);
    sim_engine_touch(world->engine);
    return true;
}

SimFaultId
sim_world_joined(SimWorld *world, uint32_t edge, bool for_a_time)
{
    sim_fault_note_node(world, sim_net_edge_src(world->net, edge));
    sim_fault_note_node(world, sim_net_edge_dst(world->net, edge));
    for (guint i = 0; i < world->faults->len; i++) {
        const SimFault *fault = &g_array_index(world->faults, SimFault, i);

        if (fault->kind == SIM_FAULT_JOINED && fault->subject / 2 == edge / 2 &&
            fault->end == SIM_TIME_NEVER)
            sim_fault_end(world, i + 1);
    }
    return for_a_time ? sim_fault_begin(world, SIM_FAULT_JOINED, edge) : SIM_FAULT_NONE;
}

/* Ends a joining for a time: the connection closes for good, so the end of a cut does not open it.
 */
void
sim_parting_end_join(SimWorld *world, SimFaultId id, uint32_t edge)
{
    sim_fault_end(world, id);
    if (!is_parted_by(world, edge / 2, SIM_FAULT_NONE))
        close_pair(world, edge, SIM_FAULT_NONE);
}
