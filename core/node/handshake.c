/* Handshakes: who greets whom, what makes two nodes ready for each other, and repeating what got no
 * answer. */
#include "core/node/node_impl.h"

static void
send_handshake(KetteNode *node, uint32_t peer, bool reply)
{
    const KetteEntry *tip = kette_chain_tip(node->chain);
    const KetteHandshake handshake = {
        .version = KETTE_PROTOCOL_VERSION,
        .genesis = kette_store_genesis(kette_chain_store(node->chain))->id,
        .tip = tip->id,
        .height = tip->height,
        .port = node->config.port,
        .reply = reply,
    };

    kette_node_send(node, peer, kette_mint_handshake(node->host.mint, &handshake));
}

static void
arm_for(KetteNode *node, int64_t first)
{
    if (first == node->handshake_due_ns && first > node->now_ns)
        return; /* one that is due now and has not rung is set again, a nanosecond on */
    node->handshake_due_ns = first;
    if (first == INT64_MAX)
        node->host.cancel_timer(node->host.user, KETTE_TIMER_HANDSHAKE);
    else
        node->host.set_timer(node->host.user, KETTE_TIMER_HANDSHAKE, MAX(first - node->now_ns, 1));
}

void
kette_handshake_arm(KetteNode *node)
{
    int64_t first = kette_gossip_deadline(node);

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KettePeer *peer = &node->peers[i];

        if (peer->state == KETTE_PEER_CONNECTING && peer->outbound)
            first = MIN(first, peer->retry_ns);
    }
    arm_for(node, first);
}

/* Whether the timer may be set for this peer's sake. Others need not be looked at when it is not.
 */
static bool
may_be_first(const KetteNode *node, const KettePeer *peer)
{
    return node->remotes != NULL || peer->retry_ns == node->handshake_due_ns ||
           node->handshake_due_ns <= node->now_ns;
}

/* Greets, and sets when to greet again: back-off from the minimum, doubling, with up to a quarter
 * of random extra so that neighbours do not march in step. */
void
kette_handshake_greet(KetteNode *node, uint32_t peer)
{
    KettePeer *p = &node->peers[peer];
    int64_t wait = node->config.backoff_min_ns;
    bool was_first = may_be_first(node, p);

    for (uint8_t i = 0; i < p->attempts && wait < node->config.backoff_max_ns; i++)
        wait *= 2;
    wait = MIN(wait, node->config.backoff_max_ns);
    wait += (int64_t)(node->host.random(node->host.user) % (uint64_t)(wait / 4 + 1));
    p->retry_ns = node->now_ns + wait;
    if (p->attempts < UINT8_MAX)
        p->attempts++;
    send_handshake(node, peer, false);
    if (was_first || p->state != KETTE_PEER_CONNECTING || !p->outbound)
        kette_handshake_arm(node);
    else
        arm_for(node, MIN(node->handshake_due_ns, p->retry_ns));
}

void
kette_handshake_timer(KetteNode *node)
{
    kette_gossip_close_silent(node);
    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KettePeer *peer = &node->peers[i];

        if (peer->state == KETTE_PEER_CONNECTING && peer->outbound &&
            peer->retry_ns <= node->now_ns)
            kette_handshake_greet(node, i);
    }
    kette_handshake_arm(node);
}

void
kette_handshake_receive(KetteNode *node, uint32_t peer, const KetteHandshake *handshake)
{
    KettePeer *p = &node->peers[peer];
    const KetteHash *genesis = &kette_store_genesis(kette_chain_store(node->chain))->id;
    bool was_ready = p->state == KETTE_PEER_READY;
    const KetteEntry *tip;

    if (handshake->version != KETTE_PROTOCOL_VERSION ||
        !kette_hash_equal(&handshake->genesis, genesis)) {
        kette_node_shut_out(node, peer, KETTE_PEER_REFUSED);
        kette_gossip_close_shut_out(node, peer);
        return;
    }
    if (!handshake->reply)
        send_handshake(node, peer, true);
    if (!was_ready) {
        kette_node_set_state(node, peer, KETTE_PEER_READY);
        p->attempts = 0;
        p->behind = kette_mempool_count(node->mempool) > 0;
        if (may_be_first(node, p))
            kette_handshake_arm(node);
        kette_node_note(node, &(KetteNote){.kind = KETTE_NOTE_READY, .peer = peer});
        kette_gossip_ready(node, peer, handshake->port);
    }
    kette_known_learn(&node->known, peer, &handshake->tip, node->now_ns);
    tip = kette_chain_find(node->chain, &handshake->tip);
    if (tip == NULL)
        kette_headers_ask(node, peer);
    else if (!kette_chain_is_failed(node->chain, tip))
        kette_headers_raise_best(node, peer, tip);
    node->unsettled |= KETTE_UNSETTLED_BODIES;
}
