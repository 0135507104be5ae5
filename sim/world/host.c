/* Connects a node of core/ to the engine and the network: implements KetteHost for the node and
 * SimNetOps for the network.
 *
 * A node's peers are the edges that leave it, numbered by sim_net_edge_place; a message that comes
 * in over edge e is from the peer whose edge is e ^ 1. With `wire` a message travels as its bytes
 * and the receiver parses it.
 */
#include "sim/engine/assert.h"
#include "sim/world/charge.h"
#include "sim/world/world_impl.h"

/* --- clocks ------------------------------------------------------------------------------- */

#define PPB INT64_C(1000000000)

/* Returns t + t * drift, rounded down. */
SimTime
sim_host_now(const SimHost *host)
{
    SimTime now = sim_engine_now(host->world->engine);
    __int128 gained;

    if (host->drift_ppb == 0)
        return now;
    gained = (__int128)now * host->drift_ppb;
    return now + (SimTime)(gained / PPB) - (gained % PPB < 0);
}

/* Returns how much virtual time passes while the node's clock advances by `delay`, rounded up. */
static SimTime
world_delay(const SimHost *host, SimTime delay)
{
    int64_t speed = PPB + host->drift_ppb;

    if (host->drift_ppb == 0)
        return MAX(delay, 1);
    return MAX((SimTime)(((__int128)delay * PPB + speed - 1) / speed), 1);
}

/* --- node to world ----------------------------------------------------------------------- */

/* Returns the message without what an eclipse of the receiver, or a sender that withholds, hides;
 * takes over the message. */
static KetteMessage *
remove_hidden(const SimHost *from, uint32_t edge, KetteMessage *message)
{
    const SimWorld *world = from->world;
    const SimHost *to = sim_world_host(world, sim_net_edge_dst(world->net, edge));
    g_autoptr(KetteMessage) whole = message;

    return to->eclipse != NULL || sim_agent_hides_any(from) ? sim_eclipse_sieve(from, to, whole)
                                                            : g_steal_pointer(&whole);
}

/* Returns the edge to a peer. Most sends are replies, so the reverse edge of the message being
 * handled is cached. */
static uint32_t
edge_to(const SimHost *host, uint32_t peer)
{
    const SimWorld *world = host->world;
    const uint32_t *edges;
    size_t count;

    if (host == world->reached && peer == world->reached_by)
        return world->way_back;
    edges = sim_net_out_edges(world->net, &count, host->index);
    sim_assert(peer < count);
    return edges[peer];
}

void
sim_host_send(SimHost *host, uint32_t peer, KetteMessage *message)
{
    SimWorld *world = host->world;
    uint32_t edge = edge_to(host, peer);

    if (host->is_dying) {
        kette_message_unref(message);
        return;
    }
    if (world->sieves > 0) {
        message = remove_hidden(host, edge, message);
        if (message != NULL && host->has_agent)
            message = sim_agent_let_out(host, edge, message);
        if (message == NULL)
            return;
    }
    sim_host_send_over(host, edge, message);
}

void
sim_host_send_over(SimHost *host, uint32_t edge, KetteMessage *message)
{
    SimWorld *world = host->world;
    uint8_t kind = (uint8_t)message->kind;
    uint32_t bytes = sim_world_charged_bytes(world, message);
    void *payload = message;

    world->sent_by_kind[kind]++;
    host->bytes_sent += bytes;
    if (world->config.wire) {
        GByteArray *raw = kette_message_serialize(kette_store_hasher(host->store), message,
                                                  &kette_store_genesis(host->store)->id);

        sim_assert(raw->len == message->bytes);
        payload = g_byte_array_free_to_bytes(raw);
        kette_message_unref(message);
    }
    sim_net_send(world->net, edge, kind, bytes, payload);
}

static void
host_send(void *user, uint32_t peer, KetteMessage *message)
{
    sim_host_send(user, peer, message);
}

void
sim_host_start_timer(SimHost *host, KetteTimer timer, SimTime at)
{
    const SimEvent event = {
        .time = at,
        .source = host->key,
        .data = host,
        .arg = timer,
        .arg2 = (uint64_t)at,
        .counter = host->counter++,
        .klass = SIM_CLASS_RUN,
        .handler = host->world->timer_handler,
    };

    host->timers[timer].at = at;
    host->timers[timer].handle = sim_engine_schedule_event(host->world->engine, &event);
}

void
sim_host_stop_timer(SimHost *host, KetteTimer timer)
{
    sim_engine_cancel(host->world->engine, host->timers[timer].handle, NULL);
    host->timers[timer].handle = (SimHandle){0};
}

static void
host_set_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    SimHost *host = user;
    SimWorld *world = host->world;
    SimTime at = sim_time_add(sim_engine_now(world->engine), world_delay(host, delay_ns));

    if (host->timers[timer].handle.id != 0 && host->timers[timer].at == at)
        return;
    sim_host_stop_timer(host, timer);
    sim_host_start_timer(host, timer, at);
}

static bool host_check(void *user, uint32_t peer, KetteBlock *block);

static void
host_cancel_timer(void *user, KetteTimer timer)
{
    sim_host_stop_timer(user, timer);
}

static void
host_save(void *user, const uint8_t *record, size_t len)
{
    sim_fault_save(user, record, len);
}

static uint64_t
host_random(void *user)
{
    return sim_random_next(&((SimHost *)user)->random);
}

static bool
host_go_on(void *user)
{
    return sim_engine_poll(((SimHost *)user)->world->engine);
}

static uint32_t
node_of_peer(const SimHost *host, uint32_t peer)
{
    if (peer == KETTE_PEER_SELF)
        return host->told_by != NULL ? host->told_by->index : SIM_NODE_NONE;
    return sim_net_edge_dst(host->world->net, edge_to(host, peer));
}

static void
on_body(SimHost *host, SimFact *fact, const KetteEntry *entry)
{
    SimWorld *world = host->world;
    bool is_own = fact->from == SIM_NODE_NONE, is_new;

    host->mined += is_own;
    fact->block = sim_ledger_intern(&world->ledger, &is_new, entry,
                                    is_own ? host->index : SIM_NODE_NONE, fact->time);
    if (is_own && host->has_agent)
        sim_agent_on_own_block(host, entry); /* before the watchers, because one may release it */
    if (is_new) {
        SimFact found = *fact;

        found.kind = SIM_FACT_BLOCK;
        found.body = entry->block;
        sim_world_tell(world, &found);
    }
    sim_ledger_set_joined(&world->ledger, fact->time, fact->block, host->index);
}

/* A block that no tree has yet, because a script brought it, is not in the ledger. */
static void
on_orphan(SimHost *host, const SimFact *fact, const KetteHash *id)
{
    SimLedger *ledger = &host->world->ledger;
    uint32_t block = sim_ledger_find(ledger, id);

    if (block != SIM_BLOCK_NONE)
        sim_ledger_set_body(ledger, fact->time, block, host->index);
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
    if (fact->depth > 0)
        sim_undoing_note(host, note->old_tip, note->fork, note->entry);
    sim_engine_touch(world->engine);
}

static void
on_refused(SimHost *host, SimFact *fact, const KetteNote *note, const KetteHash *id)
{
    fact->name = kette_verdict_name(note->verdict);
    sim_question_refused(host, id, note->verdict);
}

static void
tell_agent(SimHost *host, const SimFact *fact, const KetteNote *note)
{
    if (note->kind == KETTE_NOTE_BODY)
        sim_agent_on_body(host, note->entry, fact->block, fact->from == SIM_NODE_NONE);
    else if (note->kind == KETTE_NOTE_TIP)
        sim_agent_on_tip(host, note->entry);
}

/* Counts a ban of a node that has never had a strategy. */
static void
on_banned(SimHost *host, SimFact *fact, const KetteNote *note)
{
    SimHost *banned = fact->from != SIM_NODE_NONE ? sim_world_host(host->world, fact->from) : NULL;

    fact->name = note->reason;
    if (banned != NULL && !banned->is_script && banned->agent == NULL)
        banned->blamed++;
}

void
sim_host_note(void *user, const KetteNote *note)
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
        [KETTE_NOTE_UPGRADE_NEEDED] = SIM_FACT_UPGRADE_NEEDED,
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
    else if (note->kind == KETTE_NOTE_ORPHAN)
        on_orphan(host, &fact, id);
    else if (note->kind == KETTE_NOTE_REFUSED)
        on_refused(host, &fact, note, id);
    else if (note->kind == KETTE_NOTE_BANNED)
        on_banned(host, &fact, note);
    if (note->kind == KETTE_NOTE_HEADER) {
        fact.block = sim_ledger_find(&world->ledger, id);
        if (fact.block != SIM_BLOCK_NONE)
            sim_ledger_set_header(&world->ledger, fact.time, fact.block, host->index);
    }
    sim_world_tell(world, &fact);
    sim_engine_touch(world->engine);
    if (host->has_agent)
        tell_agent(host, &fact, note);
    /* The race continues at the new tip's difficulty */
    if (note->kind == KETTE_NOTE_TIP)
        sim_mining_arm(host);
}

static void
host_given(void *user, const KetteGiven *given)
{
    SimHost *host = user;

    sim_opinion_given(host->world->opinion, host, given);
}

KetteHost
sim_host_door(SimHost *host)
{
    return (KetteHost){
        .user = host,
        .mint = host->world->mint,
        .send = host_send,
        .set_timer = host_set_timer,
        .cancel_timer = host_cancel_timer,
        .random = host_random,
        .save = host->world->config.keep_records ? host_save : NULL,
        .note = sim_host_note,
        .given = host->world->opinion != NULL ? host_given : NULL,
        .connect = host->world->config.node.discovery ? sim_discovery_connect : NULL,
        .disconnect = sim_discovery_disconnect,
        .check = host_check,
        .go_on = host_go_on,
    };
}

void
sim_host_new_node(SimHost *host, const KetteNodeConfig *config)
{
    KetteHost door = sim_host_door(host);
    KetteNodeConfig own = *config;

    if (host->world->config.remote != NULL)
        door = sim_remote_door(host, door);
    own.upgrades = host->knows;
    own.foresees_upgrades = host->world->config.upgrade_count > 0;
    host->node = kette_node_init(sim_host_node_room(host), host->store, &own, &door);
    if (host->world->opinion != NULL)
        sim_opinion_begin(host->world->opinion, host);
}

/* --- world to node ----------------------------------------------------------------------- */

/* Lets an event of a host wait, and returns true, if the node is paused or earlier events still
 * wait.
 */
static bool
wait_in_turn(const SimWorld *world, const SimEvent *event)
{
    const SimHost *host = event->data;

    if (!sim_net_node_waits(world->net, host->index))
        return false;
    sim_net_wait_at_node(world->net, host->index, event);
    return true;
}

static void
fire_timer(const SimEvent *event)
{
    SimHost *host = event->data;
    SimHostTimer *timer = &host->timers[event->arg];

    if (timer->handle.id == 0 || timer->at != (SimTime)event->arg2)
        return; /* stopped or set again while it waited */
    timer->handle = (SimHandle){0};
    kette_node_timer(host->node, (KetteTimer)event->arg, sim_host_now(host));
}

void
sim_host_on_timer(void *user, const SimEvent *event)
{
    if (!wait_in_turn(user, event))
        fire_timer(event);
}

/* Hands a message to the node; caches the edge back to the peer. */
static void
hand_over(SimHost *host, uint32_t edge, uint32_t peer, const KetteMessage *message)
{
    if (host->is_script)
        sim_script_receive(host, edge, message);
    else
        kette_node_receive(host->node, peer, message, sim_host_now(host));
}

/* --- checking takes time ------------------------------------------------------------------ */

/* A message that the node handles after checking those before it. */
typedef struct {
    KetteMessage *message;
    uint32_t edge, peer;
} Waiting;

/* Returns whether the node must check a body: it is neither in the chain nor under check. */
static bool
is_to_check(const SimHost *host, const SimBody *body)
{
    return !kette_chain_knows_body(kette_node_chain(host->node), &body->id) &&
           (host->under_check == NULL || !g_hash_table_contains(host->under_check, &body->key));
}

/* Puts the message's new bodies under check; returns how long that takes. */
static SimTime
begin_checks(SimHost *host, Waiting *waiting)
{
    SimTime cost = 0;

    for (uint32_t i = 0; i < sim_message_body_count(waiting->message); i++) {
        SimBody body = sim_message_body(host, waiting->message, i);

        if (!is_to_check(host, &body))
            continue;
        g_hash_table_insert(host->under_check, g_memdup2(&body.key, sizeof body.key), waiting);
        cost = sim_time_add(cost, sim_host_check_time(host, &body));
    }
    return cost;
}

static void
end_checks(SimHost *host, const Waiting *waiting)
{
    for (uint32_t i = 0; i < sim_message_body_count(waiting->message); i++) {
        SimBody body = sim_message_body(host, waiting->message, i);

        if (g_hash_table_lookup(host->under_check, &body.key) == waiting)
            g_hash_table_remove(host->under_check, &body.key);
    }
}

static void
free_waiting(gpointer data)
{
    Waiting *waiting = data;

    kette_message_unref(waiting->message);
    g_free(waiting);
}

static void
end_check(const SimEvent *event)
{
    SimHost *host = event->data;
    Waiting *waiting;

    if (host->incarnation != event->arg)
        return; /* a crash has lost the message */
    waiting = g_queue_pop_head(host->backlog);
    host->world->validating--;
    end_checks(host, waiting);
    hand_over(host, waiting->edge, waiting->peer, waiting->message);
    free_waiting(waiting);
}

void
sim_host_on_validated(void *user, const SimEvent *event)
{
    if (!wait_in_turn(user, event))
        end_check(event);
}

static void
on_late(void *user, const SimEvent *event)
{
    const SimWorld *world = user;

    if (event->handler == world->timer_handler)
        fire_timer(event);
    else
        end_check(event);
}

void
sim_host_drop_backlog(SimHost *host)
{
    if (host->backlog == NULL)
        return;
    host->world->validating -= host->backlog->length;
    g_queue_free_full(g_steal_pointer(&host->backlog), free_waiting);
    g_clear_pointer(&host->under_check, g_hash_table_unref);
}

/* Delays a message by the virtual time that checking its bodies takes. A node checks one message
 * after the other; a body that is already under check costs nothing more. Returns false if the
 * message need not wait. */
static bool
let_wait(SimHost *host, uint32_t edge, uint32_t peer, KetteMessage *message)
{
    SimWorld *world = host->world;
    SimTime now = sim_engine_now(world->engine);
    Waiting *waiting = g_new(Waiting, 1);

    if (host->backlog == NULL) {
        host->backlog = g_queue_new();
        host->under_check =
            g_hash_table_new_full(kette_hash_table_hash, kette_hash_table_equal, g_free, NULL);
    }
    *waiting = (Waiting){kette_message_ref(message), edge, peer};
    host->busy_until = sim_time_add(MAX(host->busy_until, now), begin_checks(host, waiting));
    if (host->busy_until <= now) {
        free_waiting(waiting);
        return false;
    }
    g_queue_push_tail(host->backlog, waiting);
    world->validating++;
    sim_engine_schedule(world->engine, host->busy_until, SIM_CLASS_RUN, host->key, host->counter++,
                        world->validated_handler, host, host->incarnation);
    return true;
}

/* With relay_before_check only whole blocks wait, and are passed on before. Compact blocks wait
 * when they are put together: see host_check(). */
static void
check_beside(SimHost *host, const SimPacket *packet, KetteMessage *message)
{
    bool is_block = message->kind == KETTE_MSG_NEW_BLOCK;
    bool waits = (is_block || message->kind == KETTE_MSG_SYNC_RESPONSE) &&
                 let_wait(host, packet->edge, packet->back, message);

    if (!waits)
        hand_over(host, packet->edge, packet->back, message);
    else if (is_block && !host->is_script)
        kette_node_pass_on(host->node, packet->back, message->block, sim_host_now(host));
}

static bool
host_check(void *user, uint32_t peer, KetteBlock *block)
{
    SimHost *host = user;
    g_autoptr(KetteMessage) message = kette_mint_block(host->world->mint, block);

    return host->checks && let_wait(host, edge_to(host, peer) ^ 1, peer, message);
}

static void
take_message(SimHost *host, const SimPacket *packet, KetteMessage *message)
{
    bool beside = host->world->config.node.relay_before_check;

    if (host->checks && beside)
        check_beside(host, packet, message);
    else if (!host->checks || !let_wait(host, packet->edge, packet->back, message))
        hand_over(host, packet->edge, packet->back, message);
}

static KetteMessage *
parse(const SimHost *host, const uint8_t *raw, size_t size)
{
    return kette_message_parse(kette_store_hasher(host->store), raw, size,
                               &kette_store_genesis(host->store)->id);
}

static void
deliver(void *user, const SimPacket *packet)
{
    SimWorld *world = user;
    SimHost *host = sim_world_host(world, packet->dst);
    g_autoptr(KetteMessage) message = NULL;
    gsize size;
    const uint8_t *raw;

    world->reached = host;
    world->reached_by = packet->back;
    world->way_back = packet->edge ^ 1;
    if (!world->config.wire) {
        take_message(host, packet, packet->payload);
        return;
    }
    raw = g_bytes_get_data(packet->payload, &size);
    message = parse(host, raw, size);
    sim_assert(message != NULL); /* serialised bytes always parse */
    take_message(host, packet, message);
}

#define CORRUPT_BITS_MAX 8

/* Flips one to eight bits of the serialised message. Returns whether the receiver's parser still
 * accepts the bytes. */
static bool
intact(void *user, const SimPacket *packet)
{
    SimWorld *world = user;
    const SimHost *host = sim_world_host(world, packet->dst);
    KetteHasher *hasher = kette_store_hasher(host->store);
    g_autoptr(GByteArray) raw = NULL;
    g_autoptr(KetteMessage) message = NULL;
    uint64_t draw = packet->corrupt;

    if (world->config.wire) {
        gsize size;
        const uint8_t *bytes = g_bytes_get_data(packet->payload, &size);

        raw = g_byte_array_append(g_byte_array_sized_new((guint)size), bytes, (guint)size);
    } else {
        raw =
            kette_message_serialize(hasher, packet->payload, &kette_store_genesis(host->store)->id);
    }
    for (uint64_t flips = draw % CORRUPT_BITS_MAX + 1; flips > 0; flips--) {
        draw = sim_mix64(draw);
        raw->data[draw / 8 % raw->len] ^= (uint8_t)(1u << draw % 8);
    }
    message = parse(host, raw->data, raw->len);
    return message != NULL;
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

static void *
ref_message(void *payload)
{
    return kette_message_ref(payload);
}

static void *
ref_bytes(void *payload)
{
    return g_bytes_ref(payload);
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
        .intact = intact,
        .broken = sim_connection_on_broken,
        .late = on_late,
        .look_ahead = sim_world_look_ahead,
        .payload_ref = world->config.wire ? ref_bytes : ref_message,
        .payload_unref = world->config.wire ? unref_bytes : unref_message,
    };
}
