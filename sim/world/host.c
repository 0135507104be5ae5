/* The door between a node of core/ and the engine and network: KetteHost on one side, SimNetOps on
 * the other.
 *
 * A node's peers are the edges that leave it, numbered in the order in which they were added; an
 * edge's number is kept in `slots`, and a message that comes in over edge e is from the peer whose
 * edge is e ^ 1. With `wire` a message travels as its bytes and is parsed by whoever receives it.
 */
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

static uint32_t
slot_of(const SimWorld *world, uint32_t edge)
{
    return g_array_index(world->slots, uint32_t, edge);
}

/* --- node to world ----------------------------------------------------------------------- */

static void
host_send(void *user, uint32_t peer, KetteMessage *message)
{
    SimHost *host = user;
    SimWorld *world = host->world;
    const KetteHash *genesis = &kette_store_genesis(host->store)->id;
    size_t count;
    const uint32_t *edges = sim_net_out_edges(world->net, &count, host->index);
    uint8_t kind = (uint8_t)message->kind;
    uint32_t bytes = message->bytes;
    void *payload = message;

    sim_assert(peer < count);
    if (world->config.wire) {
        GByteArray *raw =
            kette_message_serialize(kette_store_hasher(host->store), message, genesis);

        sim_assert(raw->len == bytes);
        payload = g_byte_array_free_to_bytes(raw);
        kette_message_unref(message);
    }
    sim_net_send(world->net, edges[peer], kind, bytes, payload);
}

static void
host_set_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    SimHost *host = user;
    SimWorld *world = host->world;
    SimTime at = sim_engine_now(world->engine) + MAX(delay_ns, 1);

    if (sim_engine_due(world->engine, host->timers[timer]) == at)
        return;
    sim_engine_cancel(world->engine, host->timers[timer], NULL);
    host->timers[timer] = sim_engine_schedule(world->engine, at, SIM_CLASS_RUN, host->key,
                                              host->counter++, world->timer_handler, host, timer);
}

static void
host_cancel_timer(void *user, KetteTimer timer)
{
    SimHost *host = user;

    sim_engine_cancel(host->world->engine, host->timers[timer], NULL);
    host->timers[timer] = (SimHandle){0};
}

static uint64_t
host_random(void *user)
{
    return sim_random_next(&((SimHost *)user)->random);
}

static uint32_t
node_of_peer(const SimHost *host, uint32_t peer)
{
    size_t count;
    const uint32_t *edges;

    if (peer == KETTE_PEER_SELF)
        return SIM_NODE_NONE;
    edges = sim_net_out_edges(host->world->net, &count, host->index);
    sim_assert(peer < count);
    return sim_net_edge_dst(host->world->net, edges[peer]);
}

static void
on_body(SimHost *host, SimFact *fact, const KetteEntry *entry)
{
    SimWorld *world = host->world;
    bool is_own = fact->from == SIM_NODE_NONE, is_new;
    SimArrival *arrival;

    fact->block = sim_ledger_intern(&world->ledger, &is_new, entry,
                                    is_own ? host->index : SIM_NODE_NONE, fact->time);
    if (is_new) {
        SimFact found = *fact;

        found.kind = SIM_FACT_BLOCK;
        sim_world_tell(world, &found);
    }
    host->mined += is_own;
    arrival = sim_ledger_arrival(&world->ledger, fact->block, host->index);
    arrival->body_ns = fact->time;
    if (arrival->header_ns < 0)
        arrival->header_ns = fact->time;
}

static void
on_tip(SimHost *host, SimFact *fact, const KetteNote *note)
{
    SimWorld *world = host->world;

    fact->block = sim_ledger_find(&world->ledger, &note->entry->id);
    fact->old_block = sim_ledger_find(&world->ledger, &note->old_tip->id);
    fact->depth = (uint32_t)(note->old_tip->height - note->fork->height);
    fact->hash = note->entry->id.b;
    host->reorgs += fact->depth > 0;
    host->max_reorg = MAX(host->max_reorg, fact->depth);
    sim_ledger_move_tip(&world->ledger, fact->time, host->index, fact->block);
    sim_engine_touch(world->engine);
}

static void
host_note(void *user, const KetteNote *note)
{
    static const SimFactKind kinds[] = {
        [KETTE_NOTE_HEADER] = SIM_FACT_HEADER,
        [KETTE_NOTE_BODY] = SIM_FACT_BODY,
        [KETTE_NOTE_ORPHAN] = SIM_FACT_ORPHAN,
        [KETTE_NOTE_REFUSED] = SIM_FACT_VERDICT,
        [KETTE_NOTE_TIP] = SIM_FACT_TIP,
        [KETTE_NOTE_TX_ACCEPTED] = SIM_FACT_TX_ACCEPTED,
        [KETTE_NOTE_TX_RETURNED] = SIM_FACT_TX_RETURNED,
        [KETTE_NOTE_TX_DROPPED] = SIM_FACT_TX_DROPPED,
        [KETTE_NOTE_READY] = SIM_FACT_READY,
        [KETTE_NOTE_BANNED] = SIM_FACT_BANNED,
    };
    SimHost *host = user;
    SimWorld *world = host->world;
    const KetteHash *id = note->id      ? note->id
                          : note->tx    ? &note->tx->id
                          : note->entry ? &note->entry->id
                                        : NULL;
    SimFact fact = {
        .kind = kinds[note->kind],
        .time = sim_engine_now(world->engine),
        .node = host->index,
        .from = node_of_peer(host, note->peer),
        .block = SIM_BLOCK_NONE,
        .old_block = SIM_BLOCK_NONE,
        .hash = id ? id->b : NULL,
        .is_tx = note->tx != NULL,
    };

    if (note->kind == KETTE_NOTE_BODY)
        on_body(host, &fact, note->entry);
    else if (note->kind == KETTE_NOTE_TIP)
        on_tip(host, &fact, note);
    else if (note->kind == KETTE_NOTE_REFUSED)
        fact.name = kette_verdict_name(note->verdict);
    else if (note->kind == KETTE_NOTE_BANNED)
        fact.name = note->reason;
    if (note->kind == KETTE_NOTE_HEADER) {
        fact.block = sim_ledger_find(&world->ledger, id);
        if (fact.block != SIM_BLOCK_NONE) {
            SimArrival *arrival = sim_ledger_arrival(&world->ledger, fact.block, host->index);

            if (arrival->header_ns < 0)
                arrival->header_ns = fact.time;
        }
    }
    sim_world_tell(world, &fact);
    sim_engine_touch(world->engine);
    /* The race goes on at the new tip's difficulty. */
    if (note->kind == KETTE_NOTE_TIP)
        sim_mining_arm(host);
}

KetteHost
sim_host_door(SimHost *host)
{
    return (KetteHost){
        .user = host,
        .send = host_send,
        .set_timer = host_set_timer,
        .cancel_timer = host_cancel_timer,
        .random = host_random,
        .note = host_note,
    };
}

/* --- world to node ----------------------------------------------------------------------- */

void
sim_host_on_timer(void *user, const SimEvent *event)
{
    SimHost *host = event->data;
    SimWorld *world = user;

    host->timers[event->arg] = (SimHandle){0};
    kette_node_timer(host->node, (KetteTimer)event->arg, sim_engine_now(world->engine));
}

static void
deliver(void *user, const SimPacket *packet)
{
    SimWorld *world = user;
    SimHost *host = sim_world_host(world, packet->dst);
    uint32_t peer = slot_of(world, packet->edge ^ 1);
    SimTime now = sim_engine_now(world->engine);
    gsize size;
    const uint8_t *raw;

    if (world->config.wire) {
        g_autoptr(KetteMessage) message = NULL;

        raw = g_bytes_get_data(packet->payload, &size);
        message = kette_message_parse(kette_store_hasher(host->store), raw, size,
                                      &kette_store_genesis(host->store)->id);
        sim_assert(message != NULL); /* what we serialise must parse */
        kette_node_receive(host->node, peer, message, now);
    } else {
        kette_node_receive(host->node, peer, packet->payload, now);
    }
}

static void
on_fate(void *user, const SimPacket *packet, SimFate fate)
{
    SimWorld *world = user;

    for (guint i = 0; i < world->watchers->len; i++) {
        const SimWatcher *watcher = &g_array_index(world->watchers, SimWatcher, i);

        if (watcher->message != NULL)
            watcher->message(watcher->user, packet, fate);
    }
}

static void
unref_message(void *payload)
{
    kette_message_unref(payload);
}

static void
unref_bytes(void *payload)
{
    g_bytes_unref(payload);
}

SimNetOps
sim_host_net_ops(SimWorld *world)
{
    return (SimNetOps){
        .user = world,
        .deliver = deliver,
        .fate = on_fate,
        .payload_unref = world->config.wire ? unref_bytes : unref_message,
    };
}
