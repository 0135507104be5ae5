/* Faults as objects: each fault has an id, by which it is ended alone.
 *
 * A host stores the fault of each kind that is in force. Undoing its id, or an action such as
 * resume or restart, marks it as ended. Undoing a fault that has ended has no effect: the end of an
 * earlier `for` leaves a later fault of that kind in force.
 *
 * Notes report faults to the watchers. A fault that begins belongs to the next note. A note has
 * ended when all its faults have ended, and the next note reports that. So faults that begin and
 * end through this file are reported, whatever action causes them.
 */
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

static SimFault *
fault_of(const SimWorld *world, SimFaultId id)
{
    sim_assert(id > SIM_FAULT_NONE && id <= world->faults->len);
    return &g_array_index(world->faults, SimFault, id - 1);
}

SimFaultId
sim_fault_begin(SimWorld *world, SimFaultKind kind, uint32_t subject)
{
    const SimFault fault = {
        .kind = kind,
        .subject = subject,
        .start = sim_engine_now(world->engine),
        .end = SIM_TIME_NEVER,
    };

    g_array_append_val(world->faults, fault);
    return world->faults->len;
}

void
sim_fault_end(SimWorld *world, SimFaultId id)
{
    SimFault *fault = fault_of(world, id);
    uint32_t *standing;

    fault->end = sim_engine_now(world->engine);
    if (id > world->notes.told)
        return; /* no note has reported it */
    if (fault->kind < SIM_FAULT_HOST_KINDS) {
        SimFaultRelease release = {fault->note, fault->subject};

        g_array_append_val(world->notes.released, release);
    }
    standing = &g_array_index(world->notes.standing, uint32_t, fault->note - 1);
    sim_assert(*standing > 0);
    if (--*standing == 0)
        g_array_append_val(world->notes.ended, fault->note);
}

SimFaultId
sim_host_begin_fault(SimHost *host, SimFaultKind kind)
{
    sim_host_end_fault(host, kind);
    sim_fault_note_node(host->world, host->index);
    host->faults[kind] = sim_fault_begin(host->world, kind, host->index);
    return host->faults[kind];
}

void
sim_host_end_fault(SimHost *host, SimFaultKind kind)
{
    if (host->faults[kind] == SIM_FAULT_NONE)
        return;
    sim_fault_note_node(host->world, host->index);
    sim_fault_end(host->world, host->faults[kind]);
    host->faults[kind] = SIM_FAULT_NONE;
}

bool
sim_world_fault_stands(const SimWorld *world, SimFaultId id)
{
    return fault_of(world, id)->end == SIM_TIME_NEVER;
}

void
sim_fault_set_touched(SimWorld *world, SimFaultId id, bool touched)
{
    fault_of(world, id)->touched = touched;
}

bool
sim_world_fault_touched(const SimWorld *world, SimFaultId id)
{
    const SimFault *fault = fault_of(world, id);
    const SimHost *host;

    switch (fault->kind) {
    case SIM_FAULT_NET_CUT:
        return sim_net_cut_touched(world->net, fault->subject);
    case SIM_FAULT_IMPAIR:
        return sim_net_impair_touched(world->net, fault->subject);
    case SIM_FAULT_ECLIPSE:
        host = sim_world_host(world, fault->subject);
        return sim_world_fault_stands(world, id) ? host->eclipse->touched : fault->touched;
    default:
        return true;
    }
}

SimTime
sim_world_fault_start(const SimWorld *world, SimFaultId id)
{
    return fault_of(world, id)->start;
}

SimTime
sim_world_fault_end(const SimWorld *world, SimFaultId id)
{
    return fault_of(world, id)->end;
}

/* --- faults of the network ---------------------------------------------------------------- */

SimFaultId
sim_world_name_cut(SimWorld *world, uint32_t cut)
{
    SimFaultId id = sim_fault_begin(world, SIM_FAULT_NET_CUT, cut);

    g_array_append_val(world->net_cuts, id);
    return id;
}

SimFaultId
sim_world_name_impair(SimWorld *world, uint32_t impair)
{
    return sim_fault_begin(world, SIM_FAULT_IMPAIR, impair);
}

static void
end_net_cut(SimWorld *world, SimFaultId id)
{
    guint at = 0;

    while (g_array_index(world->net_cuts, SimFaultId, at) != id)
        at++;
    g_array_remove_index(world->net_cuts, at);
    (void)sim_net_heal(world->net, fault_of(world, id)->subject);
    sim_fault_end(world, id);
}

/* Ends all cuts together, so that the messages that they hold go on in one order. */
bool
sim_world_heal_net(SimWorld *world)
{
    bool any = sim_net_heal_all(world->net) > 0;

    for (guint i = 0; i < world->net_cuts->len; i++)
        sim_fault_end(world, g_array_index(world->net_cuts, SimFaultId, i));
    g_array_set_size(world->net_cuts, 0);
    return any;
}

/* --- by their names ----------------------------------------------------------------------- */

bool
sim_world_undo(SimWorld *world, SimFaultId id)
{
    const SimFault fault = *fault_of(world, id);

    if (!sim_world_fault_stands(world, id))
        return false;
    switch (fault.kind) {
    case SIM_FAULT_CRASH:
        sim_fault_end_crash(sim_world_host(world, fault.subject));
        break;
    case SIM_FAULT_PAUSE:
        (void)sim_world_resume(world, fault.subject);
        break;
    case SIM_FAULT_LEAVE:
        sim_fault_end_leave(sim_world_host(world, fault.subject));
        break;
    case SIM_FAULT_CHURN:
        sim_fault_end_churn(sim_world_host(world, fault.subject));
        break;
    case SIM_FAULT_ECLIPSE:
        sim_eclipse_end(sim_world_host(world, fault.subject));
        break;
    case SIM_FAULT_CUT:
        sim_parting_end(world, id);
        break;
    case SIM_FAULT_JOINED:
        sim_parting_end_join(world, id, fault.subject);
        break;
    case SIM_FAULT_NET_CUT:
        end_net_cut(world, id);
        break;
    case SIM_FAULT_IMPAIR:
        (void)sim_net_impair_end(world->net, fault.subject);
        sim_fault_end(world, id);
        break;
    case SIM_FAULT_MINING:
        sim_world_set_mining(world, fault.subject, true);
        break;
    case SIM_FAULT_AWAY: /* begun and ended by churn alone */
    case SIM_FAULT_HOST_KINDS:
        break;
    }
    sim_assert(!sim_world_fault_stands(world, id));
    sim_engine_touch(world->engine);
    return true;
}

/* --- notes -------------------------------------------------------------------------------- */

void
sim_world_note_side(SimWorld *world, uint32_t side, const uint32_t *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const SimFaultNode node = {nodes[i], side};

        g_array_append_val(world->notes.nodes, node);
    }
}

void
sim_world_note_nodes(SimWorld *world, const uint32_t *nodes, size_t count)
{
    sim_world_note_side(world, SIM_SIDE_NONE, nodes, count);
}

void
sim_fault_note_node(SimWorld *world, uint32_t node)
{
    sim_world_note_nodes(world, &node, 1);
}

/* Returns whether a fault has begun or ended since the last note; a fault that did both does not
 * count. */
static bool
has_changed(const SimWorld *world)
{
    for (SimFaultId id = world->notes.told + 1; id <= world->faults->len; id++) {
        if (sim_world_fault_stands(world, id))
            return true;
    }
    return world->notes.ended->len > 0 || world->notes.released->len > 0;
}

static gint
compare_nodes(gconstpointer a, gconstpointer b)
{
    uint32_t x = ((const SimFaultNode *)a)->node, y = ((const SimFaultNode *)b)->node;

    return (x > y) - (x < y);
}

/* Sorts the nodes and keeps each once. A node that was noted on two sides is on both. */
static void
sort_nodes(GArray *nodes)
{
    guint kept = 0;

    g_array_sort(nodes, compare_nodes);
    for (guint i = 0; i < nodes->len; i++) {
        const SimFaultNode node = g_array_index(nodes, SimFaultNode, i);
        SimFaultNode *last = kept > 0 ? &g_array_index(nodes, SimFaultNode, kept - 1) : NULL;

        if (last == NULL || last->node != node.node)
            g_array_index(nodes, SimFaultNode, kept++) = node;
        else if (last->side != node.side)
            last->side = SIM_SIDE_BOTH;
    }
    g_array_set_size(nodes, kept);
}

/* Assigns the faults that have begun since the last note to this note. Returns how many are in
 * force.
 */
static uint32_t
adopt_faults(SimWorld *world, uint32_t note)
{
    uint32_t standing = 0;

    while (world->notes.told < world->faults->len) {
        SimFault *fault = fault_of(world, ++world->notes.told);

        fault->note = note;
        standing += fault->end == SIM_TIME_NEVER;
    }
    return standing;
}

static void
tell_note(const SimWorld *world, const SimFaultNote *note)
{
    for (guint i = 0; i < world->watchers->len; i++) {
        const SimWatcher *watcher = &g_array_index(world->watchers, SimWatcher, i);

        if (watcher->fault != NULL)
            watcher->fault(watcher->user, note);
    }
}

static void
forget_told(SimFaultNotes *notes)
{
    g_array_set_size(notes->ended, 0);
    g_array_set_size(notes->released, 0);
    g_array_set_size(notes->nodes, 0);
}

static void
make_note(SimWorld *world, const char *kind, const char *text)
{
    SimFaultNotes *notes = &world->notes;
    uint32_t number = notes->standing->len + 1, standing = adopt_faults(world, number);
    SimFaultNote note = {
        .number = number,
        .time = sim_engine_now(world->engine),
        .kind = kind,
        .text = text,
        .begins = standing > 0,
    };

    g_array_append_val(notes->standing, standing);
    sort_nodes(notes->nodes);
    note.ended = (const uint32_t *)(const void *)notes->ended->data;
    note.ended_count = notes->ended->len;
    note.released = (const SimFaultRelease *)(const void *)notes->released->data;
    note.released_count = notes->released->len;
    note.nodes = (const SimFaultNode *)(const void *)notes->nodes->data;
    note.node_count = notes->nodes->len;
    tell_note(world, &note);
    forget_told(notes);
}

void
sim_world_note_change(SimWorld *world, const char *kind, const char *text)
{
    if (has_changed(world))
        make_note(world, kind, text);
    else
        forget_told(&world->notes);
}

void
sim_world_note_fault(SimWorld *world, const char *kind, const char *text)
{
    const SimFact fact = {
        .kind = SIM_FACT_FAULT,
        .time = sim_engine_now(world->engine),
        .node = SIM_NODE_NONE,
        .from = SIM_NODE_NONE,
        .block = SIM_BLOCK_NONE,
        .old_block = SIM_BLOCK_NONE,
        .name = text,
    };

    sim_world_tell(world, &fact);
    make_note(world, kind, text);
    sim_engine_touch(world->engine);
}

void
sim_fault_notes_init(SimFaultNotes *notes)
{
    notes->standing = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    notes->ended = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    notes->released = g_array_new(FALSE, FALSE, sizeof(SimFaultRelease));
    notes->nodes = g_array_new(FALSE, FALSE, sizeof(SimFaultNode));
}

void
sim_fault_notes_clear(SimFaultNotes *notes)
{
    g_array_unref(notes->standing);
    g_array_unref(notes->ended);
    g_array_unref(notes->released);
    g_array_unref(notes->nodes);
}
