/* Handshakes; see handshake.h. */
#include "core/node/handshake.h"

#include "core/base/limits.h"
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

    kette_door_send(node, peer, kette_mint_handshake(node->host.mint, &handshake));
}

/* --- time ---------------------------------------------------------------------------------- */

/* Returns by when the peer must have shaken hands, or INT64_MAX for a standing one: a connection
 * that stays silent holds a slot for nothing. */
static int64_t
deadline_of(const KetteNode *node, uint32_t peer)
{
    const KetteRemote *remote = kette_peers_remote(node, peer);

    return remote != NULL && kette_peers_at(node, peer)->state == KETTE_PEER_CONNECTING
               ? remote->since_ns + KETTE_HANDSHAKE_TIMEOUT_NS
               : INT64_MAX;
}

static bool
is_greeting(const KettePeer *peer)
{
    return peer->state == KETTE_PEER_CONNECTING && peer->outbound;
}

static void
arm_for(KetteNode *node, int64_t first)
{
    if (first == node->handshake.due_ns && first > node->now_ns)
        return; /* one that is due now and has not rung is set again, a nanosecond on */
    node->handshake.due_ns = first;
    kette_door_set_timer(node, KETTE_TIMER_HANDSHAKE, first);
}

void
kette_handshake_arm(KetteNode *node)
{
    bool has_remotes = kette_peers_has_remotes(node);
    int64_t first = INT64_MAX;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KettePeer *peer = kette_peers_at(node, i);

        if (is_greeting(peer))
            first = MIN(first, peer->retry_ns);
        if (has_remotes)
            first = MIN(first, deadline_of(node, i));
    }
    arm_for(node, first);
}

/* Returns whether the timer may be set for this peer's sake. If not, no other peer need be looked
 * at. */
static bool
may_be_first(const KetteNode *node, const KettePeer *peer)
{
    return kette_peers_has_remotes(node) || peer->retry_ns == node->handshake.due_ns ||
           node->handshake.due_ns <= node->now_ns;
}

/* Greets, and sets when to greet again: the back-off begins at the minimum and doubles, with up to
 * a quarter of random extra so that neighbours do not march in step. */
void
kette_handshake_greet(KetteNode *node, uint32_t peer)
{
    KettePeer *p = kette_peers_at(node, peer);
    int64_t wait = node->config.backoff_min_ns;
    bool was_first = may_be_first(node, p);

    for (uint8_t i = 0; i < p->attempts && wait < node->config.backoff_max_ns; i++)
        wait *= 2;
    wait = MIN(wait, node->config.backoff_max_ns);
    wait += (int64_t)(kette_door_random(node) % (uint64_t)(wait / 4 + 1));
    p->retry_ns = node->now_ns + wait;
    if (p->attempts < UINT8_MAX)
        p->attempts++;
    send_handshake(node, peer, false);
    if (was_first || !is_greeting(p))
        kette_handshake_arm(node);
    else
        arm_for(node, MIN(node->handshake.due_ns, p->retry_ns));
}

void
kette_handshake_on_timer(KetteNode *node)
{
    node->handshake.due_ns = INT64_MAX; /* the timer is not set any more */
    for (uint32_t i = 0; kette_peers_has_remotes(node) && i < node->peer_count; i++) {
        if (deadline_of(node, i) <= node->now_ns)
            kette_event_peer_useless(node, i);
    }
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (is_greeting(kette_peers_at(node, i)) &&
            kette_peers_at(node, i)->retry_ns <= node->now_ns)
            kette_handshake_greet(node, i);
    }
    kette_handshake_arm(node);
}

/* --- answers ------------------------------------------------------------------------------- */

bool
kette_handshake_receive(KetteNode *node, uint32_t peer, const KetteHandshake *handshake)
{
    KettePeer *p = kette_peers_at(node, peer);
    const KetteHash *genesis = &kette_store_genesis(kette_chain_store(node->chain))->id;

    if (handshake->version != KETTE_PROTOCOL_VERSION ||
        !kette_hash_equal(&handshake->genesis, genesis)) {
        kette_event_peer_shut_out(node, peer, KETTE_PEER_REFUSED);
        return false;
    }
    if (!handshake->reply)
        send_handshake(node, peer, true);
    if (p->state != KETTE_PEER_READY) {
        kette_peers_set_state(node, peer, KETTE_PEER_READY);
        p->attempts = 0;
        if (may_be_first(node, p))
            kette_handshake_arm(node);
        kette_event_peer_ready(node, peer, handshake->port);
    }
    return true;
}
