/* The node: connections, dispatch, and what each call ends with; see node.h for what it does and
 * docs/architecture.md for which file has what. */
#include "core/node/node_impl.h"

#include "core/base/assert.h"
#include "core/base/limits.h"

#define NS_PER_S INT64_C(1000000000)

void
kette_node_config_init(KetteNodeConfig *config)
{
    *config = (KetteNodeConfig){
        .sync_ns = 5 * NS_PER_S,
        .request_timeout_ns = 5 * NS_PER_S,
        .backoff_min_ns = 1 * NS_PER_S,
        .backoff_max_ns = 20 * NS_PER_S,
        .orphan_expiry_ns = 1200 * NS_PER_S,
        .keepalive_ns = 30 * NS_PER_S,
        .ban_ns = 24 * 3600 * NS_PER_S,
        .orphan_limit = 100,
        .mempool_bytes = 5000000,
        .port = 8001,
        .outbound = 8,
        .inbound = 125,
        .ack = true,
    };
}

size_t
kette_node_size(void)
{
    return sizeof(KetteNode);
}

KetteNode *
kette_node_new(KetteStore *store, const KetteNodeConfig *config, const KetteHost *host)
{
    return kette_node_init(g_aligned_alloc(1, sizeof(KetteNode), KETTE_CACHE_LINE), store, config,
                           host);
}

KetteNode *
kette_node_init(void *memory, KetteStore *store, const KetteNodeConfig *config,
                const KetteHost *host)
{
    KetteNode *node = memory;

    kette_assert(config->request_timeout_ns > 0);
    *node = (KetteNode){0};
    node->config = *config;
    node->ack = config->ack;
    node->host = *host;
    node->chain = kette_chain_new(store, config->orphan_limit);
    kette_chain_set_random(node->chain, node->host.random, node->host.user);
    node->mempool = kette_mempool_new(config->mempool_bytes, kette_store_params(store)->min_fee);
    node->shown_tip = kette_chain_tip(node->chain);
    node->handshake_due_ns = node->expiry_due_ns = INT64_MAX;
    node->catch_up.peer = KETTE_PEER_SELF;
    kette_request_init(node);
    return node;
}

void
kette_node_free(KetteNode *node)
{
    if (node == NULL)
        return;
    kette_node_clear(node);
    g_aligned_free(node);
}

void
kette_node_clear(KetteNode *node)
{
    g_free(node->peers);
    kette_known_clear(&node->known);
    kette_relay_clear(node);
    kette_request_clear(node);
    kette_bodies_clear(node);
    kette_rebuild_clear(node);
    kette_serve_clear(node);
    kette_gossip_clear(node);
    g_clear_pointer(&node->conduct, g_array_unref);
    kette_chain_result_clear(&node->result);
    kette_mempool_free(node->mempool);
    kette_early_clear(&node->early);
    kette_chain_free(node->chain);
}

/* --- shared with the other files ------------------------------------------------------ */

KettePeer *
kette_node_peer(KetteNode *node, uint32_t peer)
{
    return peer < node->peer_count && node->peers[peer].state != KETTE_PEER_NONE
               ? &node->peers[peer]
               : NULL;
}

void
kette_node_set_state(KetteNode *node, uint32_t peer, KettePeerState state)
{
    KettePeer *p = &node->peers[peer];
    uint64_t bit = peer < 64 ? UINT64_C(1) << peer : 0;

    node->ready_count -= p->state == KETTE_PEER_READY;
    node->ready_count += state == KETTE_PEER_READY;
    node->ready = state == KETTE_PEER_READY ? node->ready | bit : node->ready & ~bit;
    p->state = (uint8_t)state;
}

void
kette_node_send(KetteNode *node, uint32_t peer, KetteMessage *message)
{
    if (node->config.keepalive_ns > 0)
        node->peers[peer].sent_ns = node->now_ns;
    node->host.send(node->host.user, peer, message);
}

void
kette_node_note(KetteNode *node, const KetteNote *note)
{
    if (node->host.note != NULL)
        node->host.note(node->host.user, note);
}

void
kette_node_set_now(KetteNode *node, int64_t now_ns)
{
    kette_assert(now_ns >= node->now_ns);
    node->now_ns = now_ns;
}

/* --- what a call ends with --------------------------------------------------------------- */

/* Sets the timer to the first thing that expires: an orphan or a ban. */
static void
arm_expiry(KetteNode *node)
{
    int64_t orphan = kette_chain_oldest_orphan_ns(node->chain);
    int64_t first = kette_conduct_first_end(node);

    if (orphan < INT64_MAX - node->config.orphan_expiry_ns)
        first = MIN(first, orphan + node->config.orphan_expiry_ns);
    if (first == node->expiry_due_ns)
        return;
    node->expiry_due_ns = first;
    if (first == INT64_MAX)
        node->host.cancel_timer(node->host.user, KETTE_TIMER_EXPIRE);
    else
        node->host.set_timer(node->host.user, KETTE_TIMER_EXPIRE, MAX(first - node->now_ns, 1));
}

void
kette_node_settle(KetteNode *node)
{
    /* Bans come first, for they ask others for what the peer was asked for. */
    if (node->unsettled & KETTE_UNSETTLED_CONDUCT)
        kette_conduct_act(node);
    kette_node_show_tip(node);
    if (node->unsettled == 0)
        return;
    if (node->unsettled & KETTE_UNSETTLED_BODIES)
        kette_bodies_schedule(node);
    if (node->unsettled & KETTE_UNSETTLED_TIMER)
        kette_request_arm(node);
    if (node->unsettled & KETTE_UNSETTLED_EXPIRY)
        arm_expiry(node);
    node->unsettled = 0;
}

KetteMessage *
kette_node_inventory_of(KetteNode *node, KetteMessageKind kind, const KetteHash *id)
{
    return kette_mint_inventory(node->host.mint, KETTE_MSG_INVENTORY, kind, id);
}

void
kette_node_set_clock_offset(KetteNode *node, int64_t offset_ns)
{
    node->clock_offset_ns = offset_ns;
    kette_chain_set_clock_offset(node->chain, offset_ns);
}

void
kette_node_set_miner(KetteNode *node, const KetteAddress *miner)
{
    node->config.miner = *miner;
}

/* --- messages ---------------------------------------------------------------------------- */

bool
kette_node_acknowledge(KetteNode *node, uint32_t peer, KetteMessageKind kind, const KetteHash *id)
{
    bool held = kette_known_learn_held(&node->known, peer, id, node->now_ns);

    if (!node->ack)
        return held;
    /* Where the two have announced it to each other, the announcements acknowledge one another. One
     * that is lost is repeated, and finds nothing open here. */
    if (!kette_relay_acknowledged(node, peer, id))
        kette_node_send(node, peer, kette_mint_ack(node->host.mint, kind, id));
    return held;
}

static void
dispatch(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    if (node->peers[peer].behind)
        kette_relay_catch_up(node, peer); /* it can be heard again */
    switch (message->kind) {
    case KETTE_MSG_NEW_TRANSACTION:
        kette_node_on_transaction(node, peer, message->tx);
        break;
    case KETTE_MSG_NEW_BLOCK:
        kette_node_take_block(node, peer, message->block);
        break;
    case KETTE_MSG_REQUEST_CHAIN:
        kette_serve_headers(node, peer, message);
        break;
    case KETTE_MSG_RESPONSE_CHAIN:
        kette_headers_on_response(node, peer, message);
        break;
    case KETTE_MSG_SYNC_REQUEST:
        kette_serve_bodies(node, peer, message);
        break;
    case KETTE_MSG_SYNC_RESPONSE:
        kette_bodies_on_response(node, peer, message);
        break;
    case KETTE_MSG_ACK:
        kette_relay_acknowledged(node, peer, &message->ack.id);
        break;
    case KETTE_MSG_INVENTORY:
        kette_fetch_on_inventory(node, peer, message);
        break;
    case KETTE_MSG_GET_DATA:
        kette_serve_data(node, peer, message);
        break;
    case KETTE_MSG_NOT_FOUND:
        kette_fetch_on_not_found(node, peer, message);
        break;
    case KETTE_MSG_COMPACT_BLOCK:
        kette_rebuild_on_compact(node, peer, message);
        break;
    case KETTE_MSG_GET_BLOCK_TXS:
        kette_serve_block_txs(node, peer, message);
        break;
    case KETTE_MSG_BLOCK_TXS:
        kette_rebuild_on_block_txs(node, peer, message);
        break;
    case KETTE_MSG_GET_PAYMENTS:
        kette_serve_payments(node, peer, message);
        break;
    case KETTE_MSG_KEEP_ALIVE: /* having come is all it says */
        break;
    case KETTE_MSG_PEER_LIST:
        kette_gossip_on_peer_list(node, peer, message);
        break;
    case KETTE_MSG_GET_PEERS:
        kette_gossip_on_get_peers(node, peer);
        break;
    case KETTE_MSG_HANDSHAKE:
    case KETTE_MSG_COUNT:
        break;
    }
}

/* An announcement of one thing that is here already, or asked for: a bit is set, or a source more,
 * and nothing follows. In a large network most messages are that; of a block that is here they read
 * the node's first cache line alone, of one that is asked for its first four and the view's first.
 */
static bool
is_old_news(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteInventory *inventory = &message->inventory;

    return message->kind == KETTE_MSG_INVENTORY && inventory->count == 1 && !node->ack &&
           peer < node->peer_count && kette_node_is_ready(node, peer) &&
           (kette_known_learn_if_held(&node->known, peer, &inventory->one) ||
            kette_fetch_is_old_news(node, peer, inventory));
}

static const KetteHash *
id_in(const KetteMessage *message)
{
    if (message == NULL)
        return NULL;
    if (message->kind == KETTE_MSG_NEW_BLOCK)
        return &message->block->id;
    if (message->kind == KETTE_MSG_NEW_TRANSACTION)
        return &message->tx->id;
    if (message->kind == KETTE_MSG_INVENTORY || message->kind == KETTE_MSG_GET_DATA)
        return message->inventory.ids;
    return NULL;
}

#define FOR_A_SOURCE (offsetof(KetteNode, first_request) + sizeof(KetteRequest))

bool
kette_node_prefetch(const KetteNode *node, uint32_t peer, const KetteMessage *message,
                    unsigned stage)
{
    const KetteHash *id = stage <= 1 ? id_in(message) : NULL;
    KetteKnownHint hint = id != NULL && message->kind == KETTE_MSG_INVENTORY
                              ? kette_known_hint(&node->known, id)
                              : KETTE_KNOWN_LITTLE;

    switch (stage) {
    case 0:
        if (hint == KETTE_KNOWN_HELD)
            return false;
        if (id != NULL && hint == KETTE_KNOWN_LITTLE)
            kette_known_prefetch(&node->known, id);
        for (size_t at = KETTE_CACHE_LINE;
             at < (hint == KETTE_KNOWN_EXPECTED ? FOR_A_SOURCE : sizeof *node);
             at += KETTE_CACHE_LINE)
            __builtin_prefetch((const char *)node + at, 1);
        return true;
    case 1:
        if (hint == KETTE_KNOWN_EXPECTED) {
            kette_chain_prefetch(node->chain, KETTE_CHAIN_HEAD);
            return false;
        }
        if (peer < node->peer_count)
            __builtin_prefetch(&node->peers[peer], 1);
        __builtin_prefetch(node->mempool);
        kette_chain_prefetch(node->chain, KETTE_CHAIN_WHOLE);
        return true;
    default:
        kette_chain_prefetch(node->chain, KETTE_CHAIN_MARKS);
        return false;
    }
}

void
kette_node_receive(KetteNode *node, uint32_t peer, const KetteMessage *message, int64_t now_ns)
{
    KettePeer *p;

    kette_node_set_now(node, now_ns);
    if (is_old_news(node, peer, message))
        return;
    p = kette_node_peer(node, peer);
    if (p == NULL || p->state == KETTE_PEER_REFUSED || p->state == KETTE_PEER_BANNED)
        return;
    if (message->kind == KETTE_MSG_HANDSHAKE)
        kette_handshake_receive(node, peer, &message->handshake);
    else if (p->state == KETTE_PEER_READY)
        dispatch(node, peer, message);
    else if (node->now_ns >= p->retry_ns)
        kette_handshake_greet(
            node, peer); /* it takes us for ready: our word was lost, or a ban is over */
    kette_node_settle(node);
}

/* --- connections and time ---------------------------------------------------------------- */

/* A random phase, so that nodes started together do not act together. */
static void
start_period(KetteNode *node, KetteTimer timer, int64_t period_ns)
{
    if (period_ns > 0)
        node->host.set_timer(
            node->host.user, timer,
            1 + (int64_t)(node->host.random(node->host.user) % (uint64_t)period_ns));
}

void
kette_node_start(KetteNode *node, int64_t now_ns)
{
    kette_node_set_now(node, now_ns);
    start_period(node, KETTE_TIMER_SYNC, node->config.sync_ns);
    start_period(node, KETTE_TIMER_KEEPALIVE, node->config.keepalive_ns);
    if (node->config.discovery)
        start_period(node, KETTE_TIMER_PEERS, node->config.backoff_min_ns);
}

void
kette_node_expect_peers(KetteNode *node, uint32_t count)
{
    if (count <= node->peer_room)
        return;
    node->peers = g_renew(KettePeer, node->peers, count);
    node->peer_room = count;
}

void
kette_node_add_peer(KetteNode *node, uint32_t peer, bool outbound, int64_t now_ns)
{
    kette_node_set_now(node, now_ns);
    if (peer >= node->peer_count) {
        if (peer >= node->peer_room)
            kette_node_expect_peers(node, peer + 1);
        memset(node->peers + node->peer_count, 0,
               (peer + 1 - node->peer_count) * sizeof *node->peers);
        node->peer_count = peer + 1;
    }
    kette_assert(node->peers[peer].state == KETTE_PEER_NONE);
    kette_node_set_state(node, peer, KETTE_PEER_CONNECTING);
    node->peers[peer].outbound = outbound;
    node->peers[peer].standing = true;
    if (outbound) {
        kette_handshake_greet(node, peer);
    }
    kette_node_settle(node);
}

void
kette_node_shut_out(KetteNode *node, uint32_t peer, KettePeerState state)
{
    kette_node_set_state(node, peer, state);
    node->peers[peer].best = NULL;
    kette_relay_forget_peer(node, peer);
    kette_request_forget_peer(node, peer);
    kette_handshake_arm(node);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
}

void
kette_node_remove_peer(KetteNode *node, uint32_t peer, int64_t now_ns)
{
    kette_node_set_now(node, now_ns);
    if (kette_node_peer(node, peer) != NULL)
        kette_node_forget_peer(node, peer);
    kette_node_settle(node);
}

void
kette_node_forget_peer(KetteNode *node, uint32_t peer)
{
    kette_relay_forget_peer(node, peer);
    kette_node_set_state(node, peer, KETTE_PEER_NONE); /* so that nothing is asked of it again */
    node->peers[peer].best = NULL;
    kette_request_forget_peer(node, peer);
    kette_known_forget_peer(&node->known, peer);
    kette_conduct_forget(node, peer);
    kette_chain_forget_source(node->chain, peer);
    kette_early_forget_source(&node->early, peer);
    node->peers[peer] = (KettePeer){0};
    kette_handshake_arm(node);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
}

void
kette_node_request_chain_sync(KetteNode *node, uint32_t peer, int64_t now_ns)
{
    kette_node_set_now(node, now_ns);
    kette_headers_ask(node, peer);
    kette_node_settle(node);
}

/* Orphans and bans whose time is over go. What was an orphan may be asked for again. */
static void
expire(KetteNode *node)
{
    node->expiry_due_ns = INT64_MAX; /* the timer is not set any more */
    kette_chain_expire_orphans(node->chain, node->now_ns - node->config.orphan_expiry_ns + 1);
    kette_node_lift_bans(node);
    node->unsettled |= KETTE_UNSETTLED_EXPIRY | KETTE_UNSETTLED_BODIES;
}

/* Peers that have heard nothing for a period hear this. Whether silence ends a connection is the
 * transport's to say: a datagram peer is never dropped for it. */
static void
keep_alive(KetteNode *node)
{
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_node_is_ready(node, i) &&
            node->now_ns - node->peers[i].sent_ns >= node->config.keepalive_ns)
            kette_node_send(node, i, kette_message_keep_alive());
    }
    node->host.set_timer(node->host.user, KETTE_TIMER_KEEPALIVE, node->config.keepalive_ns);
}

void
kette_node_timer(KetteNode *node, KetteTimer timer, int64_t now_ns)
{
    kette_node_set_now(node, now_ns);
    switch (timer) {
    case KETTE_TIMER_SYNC:
        kette_headers_poll(node);
        node->host.set_timer(node->host.user, KETTE_TIMER_SYNC, node->config.sync_ns);
        break;
    case KETTE_TIMER_HANDSHAKE:
        node->handshake_due_ns = INT64_MAX; /* nor this */
        kette_handshake_timer(node);
        break;
    case KETTE_TIMER_ANNOUNCE:
        kette_relay_timer(node);
        break;
    case KETTE_TIMER_REQUEST:
        kette_request_timer(node);
        break;
    case KETTE_TIMER_KEEPALIVE:
        keep_alive(node);
        break;
    case KETTE_TIMER_PEERS:
        kette_gossip_timer(node);
        break;
    case KETTE_TIMER_EXPIRE:
        expire(node);
        break;
    case KETTE_TIMER_COUNT:
        kette_assert(!"a timer");
    }
    kette_node_settle(node);
}

/* --- queries ----------------------------------------------------------------------------- */

const KetteChain *
kette_node_chain(const KetteNode *node)
{
    return node->chain;
}

const KetteMempool *
kette_node_mempool(const KetteNode *node)
{
    return node->mempool;
}

const KetteNodeConfig *
kette_node_config(const KetteNode *node)
{
    return &node->config;
}

uint32_t
kette_node_ready_peers(const KetteNode *node)
{
    return node->ready_count;
}

bool
kette_node_is_banned(const KetteNode *node, uint32_t peer)
{
    return peer < node->peer_count && node->peers[peer].state == KETTE_PEER_BANNED;
}

uint32_t
kette_node_outstanding(const KetteNode *node)
{
    return (node->announced ? node->announced->len : 0) + node->request_count;
}

static bool
any_counts(const GArray *peers, bool (*counts)(void *user, uint32_t peer), void *user)
{
    for (guint i = 0; i < peers->len; i++) {
        if (counts(user, g_array_index(peers, uint32_t, i)))
            return true;
    }
    return false;
}

uint32_t
kette_node_outstanding_of(const KetteNode *node, bool (*counts)(void *user, uint32_t peer),
                          void *user)
{
    uint32_t count = 0;

    for (guint i = 0; node->announced && i < node->announced->len; i++)
        count += any_counts(((KetteAnnouncement *)g_ptr_array_index(node->announced, i))->waiting,
                            counts, user);
    count += kette_request_open_to(node, counts, user);
    return count;
}

bool
kette_node_peer_is_ready(const KetteNode *node, uint32_t peer)
{
    return peer < node->peer_count && kette_node_is_ready(node, peer);
}

const char *
kette_node_audit(const KetteNode *node)
{
    const char *wrong = kette_chain_audit(node->chain);
    uint32_t ready = 0, bits = 0;

    if (wrong == NULL)
        wrong = kette_mempool_audit(node->mempool, kette_chain_tip(node->chain)->state);
    if (wrong == NULL)
        wrong = kette_early_audit(&node->early, node->mempool, kette_chain_tip(node->chain)->state);
    for (uint32_t i = 0; i < node->peer_count; i++) {
        ready += node->peers[i].state == KETTE_PEER_READY;
        bits += kette_node_is_ready(node, i);
    }
    if (wrong == NULL && (ready != node->ready_count || ready != bits))
        wrong = "the count of ready peers is off";
    if (wrong == NULL && node->unsettled != 0)
        wrong = "something is left to do";
    return wrong != NULL ? wrong : kette_request_audit(node);
}
