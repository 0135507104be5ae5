/* Connections as nodes see them: decides which edges carry one and notifies both ends of changes.
 *
 * An edge carries a connection while both its nodes have started, neither has left, and no eclipse
 * forbids it. A paused node is notified when it resumes. After a stream breaks, the side that
 * opened it opens it again, after a back-off that doubles while the other end cannot be reached.
 */
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

static SimHost *
source_of(const SimWorld *world, uint32_t edge)
{
    return sim_world_host(world, sim_net_edge_src(world->net, edge));
}

bool
sim_connection_allowed(const SimWorld *world, uint32_t edge)
{
    const SimHost *a = source_of(world, edge), *b = source_of(world, edge ^ 1);

    return a->has_started && b->has_started && !sim_host_is_away(a) && !sim_host_is_away(b) &&
           !g_array_index(world->parted, bool, edge / 2) &&
           (a->eclipse == NULL || sim_eclipse_admits(a, b->index)) &&
           (b->eclipse == NULL || sim_eclipse_admits(b, a->index));
}

bool
sim_connection_is_dynamic(const SimWorld *world, uint32_t edge)
{
    return g_array_index(world->dynamic, bool, edge / 2);
}

/* --- telling one end ---------------------------------------------------------------------- */

static void
tell_node(SimHost *host, const SimPeerChange *change)
{
    SimTime now = sim_host_now(host);
    uint32_t peer = sim_net_edge_place(host->world->net, change->edge);

    if (host->is_script) {
        if (change->connected)
            sim_script_connected(host, change->edge, change->outbound);
        return;
    }
    kette_node_remove_peer(host->node, peer, now);
    if (host->world->opinion != NULL)
        sim_opinion_audit(host->world->opinion, host);
    if (!change->connected)
        return;
    if (change->dynamic) {
        KettePeerAddress address = sim_discovery_address(source_of(host->world, change->edge ^ 1));

        kette_node_add_peer_at(host->node, peer, change->outbound, &address, now);
    } else {
        kette_node_add_peer(host->node, peer, change->outbound, now);
    }
}

static void
change_peer(SimHost *host, const SimPeerChange *change)
{
    if (!host->running)
        return; /* it opens its connections when it comes up */
    if (!host->paused) {
        tell_node(host, change);
        return;
    }
    if (host->late_changes == NULL)
        host->late_changes = g_array_new(FALSE, FALSE, sizeof(SimPeerChange));
    g_array_append_vals(host->late_changes, change, 1);
}

/* Notifies the source of the edge that the other end has closed the connection. */
void
sim_connection_tell_gone(SimWorld *world, uint32_t edge)
{
    SimPeerChange change = {.edge = edge};

    change_peer(source_of(world, edge), &change);
}

void
sim_connection_tell_late(SimHost *host)
{
    g_autoptr(GArray) changes = g_steal_pointer(&host->late_changes);

    for (guint i = 0; changes != NULL && i < changes->len; i++)
        tell_node(host, &g_array_index(changes, SimPeerChange, i));
}

/* --- both ends ---------------------------------------------------------------------------- */

void
sim_connection_tell(SimWorld *world, uint32_t edge, bool open)
{
    SimTime now = sim_engine_now(world->engine);

    for (guint i = 0; i < world->watchers->len; i++) {
        const SimWatcher *watcher = &g_array_index(world->watchers, SimWatcher, i);

        if (watcher->connection != NULL)
            watcher->connection(watcher->user, now, edge & ~1u, open);
    }
}

/* Opens or closes both directions; the missing direction of a one-way edge stays shut. */
static void
set_open(SimWorld *world, uint32_t edge, bool open)
{
    bool was_open = sim_connection_is_open(world, edge);

    sim_net_set_edge_open(world->net, edge, open);
    sim_net_set_edge_open(world->net, edge ^ 1, open);
    sim_late_close(source_of(world, edge), edge);
    sim_late_close(source_of(world, edge ^ 1), edge ^ 1);
    if (was_open != open)
        sim_connection_tell(world, edge, open);
}

static void
change_both(SimWorld *world, uint32_t edge, bool connected)
{
    bool dynamic = sim_connection_is_dynamic(world, edge);
    SimPeerChange change = {
        .edge = edge, .connected = connected, .outbound = true, .dynamic = dynamic};

    change_peer(source_of(world, edge), &change);
    change = (SimPeerChange){.edge = edge ^ 1, .connected = connected, .dynamic = dynamic};
    change_peer(source_of(world, edge ^ 1), &change);
}

/* Lets the source of `edge` open the connection anew; messages in flight on it are lost. */
void
sim_connection_open(SimWorld *world, uint32_t edge)
{
    set_open(world, edge, false);
    if (!sim_connection_allowed(world, edge))
        return;
    set_open(world, edge, true);
    change_both(world, edge, true);
}

bool
sim_connection_is_open(const SimWorld *world, uint32_t edge)
{
    return sim_net_edge_open(world->net, edge) || sim_net_edge_open(world->net, edge ^ 1);
}

void
sim_connection_close(SimWorld *world, uint32_t edge)
{
    if (!sim_connection_is_open(world, edge))
        return;
    set_open(world, edge, false);
    change_both(world, edge, false);
}

bool
sim_world_connected(const SimWorld *world, uint32_t a, uint32_t b)
{
    uint32_t edge = sim_net_find_edge(world->net, a, b);

    return edge != SIM_EDGE_NONE && sim_connection_is_open(world, edge);
}

/* --- a node's ----------------------------------------------------------------------------- */

void
sim_connection_open_all(SimHost *host)
{
    SimWorld *world = host->world;
    size_t count;

    sim_net_out_edges(world->net, &count, host->index);
    for (size_t i = 0; i < count; i++) {
        uint32_t edge = sim_net_out_edges(world->net, &count, host->index)[i];

        if (sim_connection_is_dynamic(world, edge))
            sim_connection_close(world, edge); /* a node that wants it dials again */
        else
            sim_connection_open(world, edge);
    }
}

void
sim_connection_close_all(SimHost *host)
{
    SimWorld *world = host->world;
    size_t count;

    sim_net_out_edges(world->net, &count, host->index);
    for (size_t i = 0; i < count; i++)
        sim_connection_close(world, sim_net_out_edges(world->net, &count, host->index)[i]);
}

/* Closes an open connection that is no longer allowed, or opens a closed one that now is. */
void
sim_connection_review_edge(SimWorld *world, uint32_t edge)
{
    if (!sim_connection_allowed(world, edge))
        sim_connection_close(world, edge);
    else if (!sim_connection_is_open(world, edge) && !sim_connection_is_dynamic(world, edge))
        sim_connection_open(world, edge & ~1u);
}

void
sim_connection_review(SimHost *host)
{
    SimWorld *world = host->world;
    size_t count;

    sim_net_out_edges(world->net, &count, host->index);
    for (size_t i = 0; i < count; i++)
        sim_connection_review_edge(world, sim_net_out_edges(world->net, &count, host->index)[i]);
}

/* --- streams that broke ------------------------------------------------------------------- */

static void
retry_later(SimWorld *world, uint32_t edge, uint32_t tries)
{
    const KetteNodeConfig *config = &world->config.node;
    SimHost *opener = source_of(world, edge & ~1u);
    SimTime wait = MAX(config->backoff_min_ns, 1);

    for (uint32_t i = 0; i < tries && wait < config->backoff_max_ns; i++)
        wait = sim_time_add(wait, wait);
    wait = MIN(wait, MAX(config->backoff_max_ns, 1));
    sim_engine_schedule(world->engine, sim_time_add(sim_engine_now(world->engine), wait),
                        SIM_CLASS_RUN, opener->key, opener->counter++, world->reconnect_handler,
                        NULL, (uint64_t)tries << 32 | (edge & ~1u));
}

/* Called for each direction; the first call closes both ends and schedules the retry. */
void
sim_connection_on_broken(void *user, uint32_t edge)
{
    SimWorld *world = user;
    SimPeerChange change = {.edge = edge};

    change_peer(source_of(world, edge), &change);
    if (edge % 2 == 0)
        sim_connection_tell(world, edge, false);
    if (edge % 2 == 0 && !sim_connection_is_dynamic(world, edge))
        retry_later(world, edge, 0);
}

void
sim_connection_on_retry(void *user, const SimEvent *event)
{
    SimWorld *world = user;
    uint32_t edge = (uint32_t)event->arg, tries = (uint32_t)(event->arg >> 32);
    const SimHost *a = source_of(world, edge), *b = source_of(world, edge ^ 1);

    if (sim_connection_is_open(world, edge) || !sim_connection_allowed(world, edge))
        return; /* open again, or forbidden: whatever forbids it opens it at its end */
    if (!a->running)
        return; /* the restart opens it */
    if (!b->running || a->paused || b->paused ||
        sim_net_separated(world->net, a->index, b->index) ||
        sim_net_separated(world->net, b->index, a->index))
        retry_later(world, edge, tries + 1);
    else
        sim_connection_open(world, edge);
}
