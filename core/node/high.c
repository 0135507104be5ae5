/* High-bandwidth peers; see high.h. */
#include "core/node/high.h"

#include "core/node/node_impl.h"

void
kette_high_clear(KetteNode *node)
{
    g_clear_pointer(&node->high.peers, g_free);
}

static uint32_t
place_of(const KetteHigh *high, uint32_t peer)
{
    uint32_t place = 0;

    while (place < high->count && high->peers[place] != peer)
        place++;
    return place;
}

bool
kette_high_has(const KetteNode *node, uint32_t peer)
{
    return place_of(&node->high, peer) < node->high.count;
}

static void
take_out(KetteHigh *high, uint32_t place)
{
    high->count--;
    memmove(&high->peers[place], &high->peers[place + 1],
            (high->count - place) * sizeof high->peers[0]);
}

void
kette_high_on_tip(KetteNode *node, uint32_t peer)
{
    KetteHigh *high = &node->high;
    uint32_t limit = MIN(node->config.compact_high, KETTE_COMPACT_HIGH_MAX);

    if (limit == 0 || node->config.relay != KETTE_RELAY_COMPACT)
        return;
    if (high->peers == NULL)
        high->peers = g_new(uint32_t, KETTE_COMPACT_HIGH_MAX);
    if (kette_high_has(node, peer)) {
        take_out(high, place_of(high, peer));
    } else {
        if (high->count == limit) {
            kette_door_send(node, high->peers[0], kette_message_send_compact(false));
            take_out(high, 0);
        }
        kette_door_send(node, peer, kette_message_send_compact(true));
    }
    high->peers[high->count++] = peer;
}

void
kette_high_on_message(KetteNode *node, uint32_t peer, const KetteMessage *message)
{
    kette_peers_at(node, peer)->wants_compact = message->unasked;
}

void
kette_high_forget_peer(KetteNode *node, uint32_t peer)
{
    uint32_t place = place_of(&node->high, peer);

    if (place < node->high.count)
        take_out(&node->high, place);
    kette_peers_at(node, peer)->wants_compact = false;
}

const char *
kette_high_audit(const KetteNode *node)
{
    for (uint32_t i = 0; i < node->high.count; i++) {
        if (!kette_peers_is_ready(node, node->high.peers[i]))
            return "a peer that is not ready is to send compact blocks unasked";
    }
    for (uint32_t i = 0; i < node->peer_count; i++) {
        if (kette_peers_at(node, i)->wants_compact && !kette_peers_is_ready(node, i))
            return "a peer that is not ready is sent compact blocks unasked";
    }
    return NULL;
}
