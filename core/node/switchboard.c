/* The switchboard: passes messages, timers and events on to the parts of the node, and settles what
 * a call has left to do; see switchboard.h. */
#include "core/node/switchboard.h"

#include "core/base/assert.h"
#include "core/node/node_impl.h"

/* --- events ------------------------------------------------------------------------------ */

void
kette_event_peer_ready(KetteNode *node, uint32_t peer, uint16_t port)
{
    kette_trickle_on_ready(node, peer);
    kette_catch_up_on_ready(node, peer);
    kette_door_note(node, &(KetteNote){.kind = KETTE_NOTE_READY, .peer = peer});
    kette_gossip_on_ready(node, peer, port);
}

/* Takes the peer out of READY, so that nothing is asked of it again, and asks others for what it
 * was asked for. */
static void
stop_relying_on(KetteNode *node, uint32_t peer, KettePeerState state)
{
    kette_catch_up_forget_peer(node, peer);
    kette_relay_forget_peer(node, peer);
    kette_high_forget_peer(node, peer);
    kette_peers_set_state(node, peer, state);
    kette_peers_at(node, peer)->best = NULL;
    kette_presync_forget_peer(node, peer);
    kette_bodies_forget_peer(node, peer);
    kette_request_forget_peer(node, peer);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
}

void
kette_switchboard_forget_peer(KetteNode *node, uint32_t peer)
{
    stop_relying_on(node, peer, KETTE_PEER_NONE);
    kette_known_forget_peer(&node->known, peer);
    kette_conduct_forget_peer(node, peer);
    kette_chain_forget_source(node->chain, peer);
    kette_door_given(node, &(KetteGiven){.kind = KETTE_GIVEN_PARTING, .peer = peer});
    kette_early_forget_source(&node->early, peer);
    kette_peers_end(node, peer);
    kette_handshake_arm(node);
}

void
kette_event_peer_useless(KetteNode *node, uint32_t peer)
{
    node->host.disconnect(node->host.user, peer);
    kette_switchboard_forget_peer(node, peer);
}

void
kette_event_peer_shut_out(KetteNode *node, uint32_t peer, KettePeerState state)
{
    stop_relying_on(node, peer, state);
    kette_handshake_arm(node);
    if (kette_peers_remote(node, peer) != NULL)
        kette_event_peer_useless(node, peer);
}

void
kette_event_ban_over(KetteNode *node, uint32_t peer)
{
    if (kette_peers_at(node, peer)->outbound)
        kette_handshake_greet(node, peer);
}

void
kette_event_request_open(KetteNode *node, KetteRequest *request)
{
    switch ((KetteWant)request->want) {
    case KETTE_WANT_BLOCK:
    case KETTE_WANT_TX:
        if (request->form == KETTE_FORM_RANGE)
            kette_bodies_move_on(node, request);
        else
            kette_fetch_move_on(node, request);
        break;
    case KETTE_WANT_HEADERS:
        kette_headers_move_on(node, request);
        break;
    case KETTE_WANT_PAYMENTS:
        kette_payments_move_on(node, request);
        break;
    }
}

void
kette_event_compact_over(KetteNode *node, const KetteHash *id)
{
    kette_rebuild_drop(node, id);
}

void
kette_event_payment_untold(KetteNode *node, uint32_t peer)
{
    kette_catch_up_restart(node, peer);
}

void
kette_event_block_rebuilt(KetteNode *node, uint32_t peer, KetteBlock *block)
{
    if (node->config.relay_before_check && node->host.check != NULL) {
        kette_ahead_pass_on(node, peer, block);
        if (node->host.check(node->host.user, peer, block))
            return;
    }
    kette_blocks_take(node, peer, block);
}

void
kette_event_body_came(KetteNode *node, uint32_t peer, KetteBlock *block)
{
    kette_blocks_accept(node, block, peer);
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
    kette_door_set_timer(node, KETTE_TIMER_EXPIRE, first);
}

void
kette_switchboard_settle(KetteNode *node)
{
    /* Bans come first, for they ask others for what the peer was asked for. */
    if (node->unsettled & KETTE_UNSETTLED_CONDUCT)
        kette_conduct_act(node);
    kette_blocks_show_tip(node);
    if (node->unsettled == 0)
        return;
    if (node->unsettled & KETTE_UNSETTLED_BODIES)
        kette_bodies_schedule(node);
    kette_first_sync_judge(node);
    if (node->unsettled & KETTE_UNSETTLED_TIMER)
        kette_request_arm(node);
    if (node->unsettled & KETTE_UNSETTLED_EXPIRY)
        arm_expiry(node);
    if (node->unsettled & KETTE_UNSETTLED_GIVEN)
        kette_door_given(node, &(KetteGiven){.kind = KETTE_GIVEN_SETTLED});
    node->unsettled = 0;
}

/* --- messages ---------------------------------------------------------------------------- */

typedef void (*Handler)(KetteNode *node, uint32_t peer, const KetteMessage *message);

/* A handshake goes its own way. Having come is all that a KEEP_ALIVE says. */
static const Handler handlers[KETTE_MSG_COUNT] = {
    [KETTE_MSG_NEW_TRANSACTION] = kette_transaction_on_message,
    [KETTE_MSG_NEW_BLOCK] = kette_blocks_on_message,
    [KETTE_MSG_REQUEST_CHAIN] = kette_serve_headers,
    [KETTE_MSG_RESPONSE_CHAIN] = kette_headers_on_response,
    [KETTE_MSG_SYNC_REQUEST] = kette_serve_bodies,
    [KETTE_MSG_SYNC_RESPONSE] = kette_bodies_on_response,
    [KETTE_MSG_ACK] = kette_relay_on_ack,
    [KETTE_MSG_INVENTORY] = kette_fetch_on_inventory,
    [KETTE_MSG_GET_DATA] = kette_serve_data,
    [KETTE_MSG_NOT_FOUND] = kette_fetch_on_not_found,
    [KETTE_MSG_COMPACT_BLOCK] = kette_rebuild_on_compact,
    [KETTE_MSG_GET_BLOCK_TXS] = kette_serve_block_txs,
    [KETTE_MSG_BLOCK_TXS] = kette_rebuild_on_block_txs,
    [KETTE_MSG_GET_PAYMENTS] = kette_serve_payments,
    [KETTE_MSG_SEND_COMPACT] = kette_high_on_message,
    [KETTE_MSG_PEER_LIST] = kette_gossip_on_peer_list,
    [KETTE_MSG_GET_PEERS] = kette_gossip_on_get_peers,
};

static void
dispatch(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    if (kette_peers_at(node, peer)->behind)
        kette_catch_up_go_on(node, peer); /* it can be heard again */
    if (handlers[message->kind] != NULL)
        handlers[message->kind](node, peer, message);
}

/* Returns whether a message announces one thing that is here already, or asked for: then a bit is
 * set, or a source added, and nothing follows. In a large network most messages are that. For a
 * block that is here they read the node's first cache line alone; for one that is asked for, its
 * first four and the view's first. */
static bool
is_old_news(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    const KetteInventory *inventory = &message->inventory;

    return message->kind == KETTE_MSG_INVENTORY && inventory->count == 1 && !node->ack &&
           peer < node->peer_count && kette_peers_is_ready(node, peer) &&
           (kette_known_learn_if_held(&node->known, peer, &inventory->one) ||
            kette_fetch_is_old_news(node, peer, inventory));
}

void
kette_node_receive(KetteNode *node, uint32_t peer, const KetteMessage *message, int64_t now_ns)
{
    const KettePeer *p;

    kette_door_set_now(node, now_ns);
    if (is_old_news(node, peer, message))
        return;
    p = kette_peers_find(node, peer);
    if (p == NULL || p->state == KETTE_PEER_REFUSED || p->state == KETTE_PEER_BANNED)
        return;
    if (message->kind == KETTE_MSG_HANDSHAKE) {
        if (kette_handshake_receive(node, peer, &message->handshake))
            kette_headers_on_greeting(node, peer, &message->handshake.tip);
    } else if (p->state == KETTE_PEER_READY) {
        dispatch(node, peer, message);
    } else if (node->now_ns >= p->retry_ns) {
        /* It takes us for ready: our handshake was lost, or a ban is over. */
        kette_handshake_greet(node, peer);
    }
    kette_switchboard_settle(node);
}

/* --- time -------------------------------------------------------------------------------- */

/* Sets the timer to a random phase, so that nodes started together do not act together. */
static void
start_period(KetteNode *node, KetteTimer timer, int64_t period_ns)
{
    if (period_ns > 0)
        kette_door_set_timer_in(node, timer,
                                1 + (int64_t)(kette_door_random(node) % (uint64_t)period_ns));
}

void
kette_node_start(KetteNode *node, int64_t now_ns)
{
    kette_door_set_now(node, now_ns);
    kette_log_start(node);
    kette_first_sync_start(node);
    start_period(node, KETTE_TIMER_SYNC, node->config.sync_ns);
    start_period(node, KETTE_TIMER_KEEPALIVE, node->config.keepalive_ns);
    if (node->config.discovery)
        start_period(node, KETTE_TIMER_PEERS, node->config.backoff_min_ns);
}

static void
poll(KetteNode *node)
{
    kette_headers_poll(node);
    kette_door_set_timer_in(node, KETTE_TIMER_SYNC, node->config.sync_ns);
}

/* Ends the orphans and bans whose time is over. What was an orphan may be asked for again. */
static void
expire(KetteNode *node)
{
    const int64_t before_ns = node->now_ns - node->config.orphan_expiry_ns + 1;

    node->expiry_due_ns = INT64_MAX; /* the timer is not set any more */
    kette_chain_expire_orphans(node->chain, before_ns);
    kette_door_given(node, &(KetteGiven){.kind = KETTE_GIVEN_EXPIRY, .before_ns = before_ns});
    kette_conduct_lift_bans(node);
    node->unsettled |= KETTE_UNSETTLED_EXPIRY | KETTE_UNSETTLED_BODIES;
}

/* Writes to peers that have heard nothing for a period. Whether silence ends a connection is the
 * transport's to say: a datagram peer is never dropped for it. */
static void
keep_alive(KetteNode *node)
{
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_is_ready(node, i) &&
            node->now_ns - kette_peers_at(node, i)->sent_ns >= node->config.keepalive_ns)
            kette_door_send(node, i, kette_message_keep_alive());
    }
    kette_door_set_timer_in(node, KETTE_TIMER_KEEPALIVE, node->config.keepalive_ns);
}

static void (*const timers[KETTE_TIMER_COUNT])(KetteNode *node) = {
    [KETTE_TIMER_SYNC] = poll,
    [KETTE_TIMER_HANDSHAKE] = kette_handshake_on_timer,
    [KETTE_TIMER_ANNOUNCE] = kette_relay_on_timer,
    [KETTE_TIMER_REQUEST] = kette_request_on_timer,
    [KETTE_TIMER_KEEPALIVE] = keep_alive,
    [KETTE_TIMER_EXPIRE] = expire,
    [KETTE_TIMER_PEERS] = kette_gossip_on_timer,
    [KETTE_TIMER_TRICKLE] = kette_trickle_on_timer,
};

void
kette_node_timer(KetteNode *node, KetteTimer timer, int64_t now_ns)
{
    kette_assert(timer < KETTE_TIMER_COUNT);
    kette_door_set_now(node, now_ns);
    timers[timer](node);
    kette_switchboard_settle(node);
}
