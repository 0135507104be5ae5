/* The end of the first sync; see first_sync.h. */
#include "core/node/first_sync.h"

#include "core/base/limits.h"
#include "core/node/node_impl.h"

void
kette_first_sync_start(KetteNode *node)
{
    node->first_sync.since_ns = node->now_ns;
}

void
kette_first_sync_on_shown(KetteNode *node, uint32_t peer, bool all)
{
    kette_peers_at(node, peer)->shown_all = all;
}

/* Returns whether the peer has shown all headers, and nothing heavier is missing below them. */
static bool
is_done(const KetteNode *node, const KettePeer *peer)
{
    return peer->shown_all &&
           (!kette_best_is_useful(node, peer->best) ||
            kette_chain_has_joined(node->chain, peer->best) ||
            !kette_chain_outweighs(node->chain, peer->best, kette_chain_tip(node->chain)));
}

/* Returns whether the tip has the work that the node wants of a chain: before that, peers that have
 * shown all may have shown nothing that it takes. */
static bool
has_enough(const KetteNode *node)
{
    return kette_u256_compare(&kette_chain_tip(node->chain)->work, &node->config.min_work) >= 0;
}

static bool
has_caught_up(const KetteNode *node)
{
    bool is_late = node->now_ns - node->first_sync.since_ns >= KETTE_HANDSHAKE_TIMEOUT_NS;
    bool found = false;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KettePeer *peer = kette_peers_at(node, i);
        bool is_ready = peer->state == KETTE_PEER_READY;

        if (!is_ready && peer->state != KETTE_PEER_CONNECTING)
            continue;
        if (!peer->standing && !peer->outbound)
            found |= is_late && is_ready && is_done(node, peer);
        else if (is_ready && is_done(node, peer))
            found = true;
        else if (!is_late || (is_ready ? !peer->mute : !peer->standing))
            return false;
    }
    return found;
}

void
kette_first_sync_judge(KetteNode *node)
{
    if (kette_chain_parks(node->chain) || !has_enough(node) || !has_caught_up(node))
        return;
    kette_chain_begin_parking(node->chain);
    kette_door_given(node, &(KetteGiven){.kind = KETTE_GIVEN_CAUGHT_UP});
    kette_log_caught_up(node);
}
