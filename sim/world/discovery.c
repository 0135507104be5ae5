/* Connections that nodes make by themselves: addresses, dialling, and hanging up.
 *
 * A node's address is derived from its name. Dialling takes twice the link's latency and fails if
 * the other end is down, paused, behind NAT, or unreachable. Hanging up closes at once; the other
 * end learns of it after one latency. At first a node's address book has its neighbours in the
 * topology that listen.
 */
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

typedef enum { DIALLED, HUNG_UP } What;

KettePeerAddress
sim_discovery_address(const SimHost *host)
{
    KettePeerAddress address = {.host = {0xfd}, .port = host->port};

    kette_put_le64(address.host + 8, host->key);
    return address;
}

static SimHost *
host_at(const SimWorld *world, const KettePeerAddress *address)
{
    uint64_t key = kette_get_le64(address->host + 8);
    uint32_t found = GPOINTER_TO_UINT(g_hash_table_lookup(world->by_address, &key));
    SimHost *host = found == 0 ? NULL : sim_world_host(world, found - 1);

    return host != NULL && host->port == address->port ? host : NULL;
}

static SimTime
latency_of(const SimWorld *world, uint32_t edge)
{
    SimCounter draws;
    SimTime latency;

    sim_counter_init_at(&draws, sim_key_combine(world->config.seed, sim_key("dial")),
                        sim_net_edge_key(world->net, edge),
                        (uint64_t)sim_engine_now(world->engine));
    latency = sim_net_draw_latency(world->net, edge, draws);
    return MAX(latency, 1);
}

static void
schedule(SimHost *host, SimTime wait, uint32_t edge, What what)
{
    SimWorld *world = host->world;

    sim_engine_schedule(world->engine, sim_time_add(sim_engine_now(world->engine), wait),
                        SIM_CLASS_RUN, host->key, host->counter++, world->discovery_handler, host,
                        (uint64_t)what << 32 | edge);
}

/* Returns the closed edge to dial over; NONE if a connection is open or being made. */
static uint32_t
edge_to(SimHost *host, const SimHost *to)
{
    SimWorld *world = host->world;
    uint32_t edge = sim_net_find_edge(world->net, host->index, to->index);
    bool yes = true;

    if (edge != SIM_EDGE_NONE)
        return sim_connection_is_open(world, edge) || !sim_connection_is_dynamic(world, edge)
                   ? SIM_EDGE_NONE
                   : edge;
    edge = sim_world_add_edge(world, host->index, to->index);
    g_array_index(world->dynamic, bool, edge / 2) = yes;
    sim_net_set_edge_open(world->net, edge, false);
    sim_net_set_edge_open(world->net, edge ^ 1, false);
    if (world->config.set_link != NULL) {
        world->config.set_link(world->config.set_link_user, world->net, edge);
        world->config.set_link(world->config.set_link_user, world->net, edge ^ 1);
    }
    return edge;
}

void
sim_discovery_connect(void *user, const KettePeerAddress *address)
{
    SimHost *host = user;
    SimHost *to = host_at(host->world, address);
    uint32_t edge;

    if (to == NULL || to == host || kette_node_config(to->node)->port == 0 || to->is_script)
        return;
    edge = edge_to(host, to);
    if (edge != SIM_EDGE_NONE)
        schedule(host, latency_of(host->world, edge) + latency_of(host->world, edge ^ 1), edge,
                 DIALLED);
}

/* Closes the connection to a peer that the node has already forgotten. */
void
sim_discovery_disconnect(void *user, uint32_t peer)
{
    SimHost *host = user;
    SimWorld *world = host->world;
    size_t count;
    const uint32_t *edges = sim_net_out_edges(world->net, &count, host->index);
    uint32_t edge;

    sim_assert(peer < count);
    edge = edges[peer];
    if (sim_connection_is_open(world, edge))
        sim_connection_tell(world, edge, false);
    sim_net_set_edge_open(world->net, edge, false);
    sim_net_set_edge_open(world->net, edge ^ 1, false);
    schedule(host, latency_of(world, edge), edge, HUNG_UP);
}

static void
on_dialled(SimWorld *world, SimHost *host, uint32_t edge)
{
    const SimHost *to = sim_world_host(world, sim_net_edge_dst(world->net, edge));

    if (!host->running || !to->running || host->paused || to->paused ||
        sim_connection_is_open(world, edge) || !sim_connection_allowed(world, edge) ||
        sim_net_separated(world->net, host->index, to->index) ||
        sim_net_separated(world->net, to->index, host->index))
        return;
    sim_connection_open(world, edge);
}

void
sim_discovery_on_event(void *user, const SimEvent *event)
{
    SimWorld *world = user;
    uint32_t edge = (uint32_t)event->arg;

    if (event->arg >> 32 == DIALLED)
        on_dialled(world, event->data, edge);
    else if (!sim_connection_is_open(world, edge))
        sim_connection_tell_gone(world, edge ^ 1);
}

void
sim_discovery_start(SimWorld *world)
{
    if (!world->config.node.discovery)
        return;
    world->by_address = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; i < world->host_count; i++) {
        SimHost *host = sim_world_host(world, i);

        g_hash_table_insert(world->by_address, &host->key, GUINT_TO_POINTER(i + 1));
    }
    for (uint32_t edge = 0; edge < sim_net_edge_count(world->net); edge++) {
        SimHost *from = sim_world_host(world, sim_net_edge_src(world->net, edge));
        const SimHost *to = sim_world_host(world, sim_net_edge_dst(world->net, edge));
        KettePeerAddress address = sim_discovery_address(to);

        if (kette_node_config(to->node)->port != 0 && !from->is_script && !to->is_script)
            kette_node_add_address(from->node, &address);
    }
}
