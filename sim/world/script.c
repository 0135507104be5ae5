/* Script nodes and messages made by hand.
 *
 * A script node has connections but no chain. It takes part in handshakes, so that others listen to
 * it; apart from that it sends only what the script tells it to.
 */
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

static uint32_t
peer_between(const SimWorld *world, uint32_t from, uint32_t to)
{
    return sim_net_edge_place(world->net, sim_net_find_edge(world->net, from, to));
}

/* --- the script node ---------------------------------------------------------------------- */

static void
greet(SimHost *host, uint32_t edge, bool reply)
{
    const KetteEntry *genesis = kette_store_genesis(host->store);
    const KetteHandshake handshake = {
        .version = KETTE_PROTOCOL_VERSION,
        .genesis = genesis->id,
        .tip = genesis->id,
        .reply = reply,
    };

    sim_host_send(host, sim_net_edge_place(host->world->net, edge),
                  kette_message_handshake(&handshake));
}

void
sim_script_connected(SimHost *host, uint32_t edge, bool outbound)
{
    if (outbound)
        greet(host, edge, false);
}

void
sim_script_receive(SimHost *host, uint32_t edge, const KetteMessage *message)
{
    if (message->kind == KETTE_MSG_HANDSHAKE && !message->handshake.reply)
        greet(host, edge ^ 1, true);
}

/* --- messages ----------------------------------------------------------------------------- */

static const KetteBlock *
block_of(const SimWorld *world, uint32_t named)
{
    return ((const SimNamed *)g_ptr_array_index(world->named, named))->block;
}

static bool
send_by_hand(SimWorld *world, uint32_t from, uint32_t to, KetteMessage *message)
{
    if (!sim_world_connected(world, from, to) || !sim_world_node_up(world, from)) {
        kette_message_unref(message);
        return false;
    }
    sim_host_send(sim_world_host(world, from), peer_between(world, from, to), message);
    sim_engine_touch(world->engine);
    return true;
}

bool
sim_world_deliver(SimWorld *world, uint32_t named, uint32_t from, uint32_t to)
{
    const KetteBlock *block = block_of(world, named);

    return block != NULL && send_by_hand(world, from, to, kette_message_block((KetteBlock *)block));
}

bool
sim_world_announce(SimWorld *world, uint32_t named, uint32_t from, uint32_t to)
{
    const KetteBlock *block = block_of(world, named);
    KetteMessage *message;

    if (block == NULL)
        return false;
    message =
        kette_node_config(sim_world_host(world, to)->node)->relay == KETTE_RELAY_FLOOD
            ? kette_message_response_chain(&block->header, 1)
            : kette_message_inventory(KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK, &block->id, 1);
    return send_by_hand(world, from, to, message);
}

const char *
sim_world_act_by_hand(SimWorld *world, uint32_t node, KetteHand hand, uint32_t named)
{
    SimHost *host = sim_world_host(world, node);
    const KetteBlock *block;
    KetteHash id;

    if (host->is_script)
        return "has no chain";
    if (named == SIM_NAMED_TIP) {
        id = kette_chain_tip(kette_node_chain(host->node))->id;
    } else if (named == SIM_NAMED_GENESIS) {
        id = kette_store_genesis(host->store)->id;
    } else {
        block = block_of(world, named);
        if (block == NULL)
            return "is told of a block that is not found yet";
        id = block->id;
    }
    if (kette_chain_find(kette_node_chain(host->node), &id) == NULL)
        return "does not know that block";
    if (hand == KETTE_HAND_INVALIDATE &&
        kette_hash_equal(&id, &kette_store_genesis(host->store)->id))
        return "cannot do without genesis";
    if (!kette_node_act_by_hand(host->node, hand, &id, sim_host_now(host)))
        return "has done that already, or has nothing to take back";
    sim_engine_touch(world->engine);
    return NULL;
}

static void
lift_ban(SimWorld *world, uint32_t at, uint32_t of)
{
    SimHost *host = sim_world_host(world, at);

    if (!host->is_script && host->running)
        kette_node_lift_ban(host->node, peer_between(world, at, of));
}

void
sim_world_reconnect(SimWorld *world, uint32_t from, uint32_t to)
{
    uint32_t edge = sim_world_connect(world, from, to);

    lift_ban(world, from, to);
    lift_ban(world, to, from);
    sim_connection_open(world, edge);
    sim_engine_touch(world->engine);
}

bool
sim_world_ready(const SimWorld *world, uint32_t from, uint32_t to)
{
    const SimHost *host = sim_world_host(world, to);

    if (!sim_world_connected(world, from, to))
        return false;
    return host->is_script || kette_node_peer_is_ready(host->node, peer_between(world, to, from));
}

/* --- rest --------------------------------------------------------------------------------- */

/* Returns whether a peer answers requests; script nodes do not. */
static bool
will_answer(void *user, uint32_t peer)
{
    const SimHost *host = user;
    size_t count;
    const uint32_t *edges = sim_net_out_edges(host->world->net, &count, host->index);

    return !sim_world_host(host->world, sim_net_edge_dst(host->world->net, edges[peer]))->is_script;
}

bool
sim_world_idle(const SimWorld *world)
{
    uint64_t settled = 0;

    for (int fate = 0; fate < SIM_FATE_COUNT; fate++)
        settled += sim_net_fate_count(world->net, (SimFate)fate);
    if (settled < sim_net_sent(world->net) || world->validating > 0)
        return false;
    for (guint i = 0; i < world->host_count; i++) {
        SimHost *host = sim_world_host(world, i);

        if (host->running && !host->is_script &&
            kette_node_outstanding_of(host->node, will_answer, host) > 0)
            return false;
    }
    return true;
}
