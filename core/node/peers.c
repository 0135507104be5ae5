/* The table of peers; see peers.h. */
#include "core/node/node_impl.h"

#include "core/base/assert.h"

void
kette_peers_clear(KetteNode *node)
{
    g_free(node->peers.list);
    g_clear_pointer(&node->remotes, g_array_unref);
}

void
kette_peers_make_room(KetteNode *node, uint32_t count)
{
    if (count <= node->peers.room)
        return;
    node->peers.list = g_renew(KettePeer, node->peers.list, count);
    node->peers.room = count;
}

static void
set_remote(KetteNode *node, uint32_t peer, const KettePeerAddress *address)
{
    if (node->remotes == NULL)
        node->remotes = g_array_new(FALSE, TRUE, sizeof(KetteRemote));
    if (peer >= node->remotes->len)
        g_array_set_size(node->remotes, peer + 1);
    g_array_index(node->remotes, KetteRemote, peer) =
        (KetteRemote){.address = *address, .since_ns = node->now_ns};
}

void
kette_peers_add(KetteNode *node, uint32_t peer, bool outbound, const KettePeerAddress *address)
{
    if (peer >= node->peer_count) {
        kette_peers_make_room(node, peer + 1);
        memset(node->peers.list + node->peer_count, 0,
               (peer + 1 - node->peer_count) * sizeof *node->peers.list);
        node->peer_count = peer + 1;
    }
    kette_assert(kette_peers_at(node, peer)->state == KETTE_PEER_NONE);
    kette_peers_set_state(node, peer, KETTE_PEER_CONNECTING);
    kette_peers_at(node, peer)->outbound = outbound;
    kette_peers_at(node, peer)->standing = address == NULL;
    if (address != NULL)
        set_remote(node, peer, address);
}

void
kette_peers_end(KetteNode *node, uint32_t peer)
{
    kette_peers_set_state(node, peer, KETTE_PEER_NONE);
    *kette_peers_at(node, peer) = (KettePeer){0};
}

void
kette_peers_set_state(KetteNode *node, uint32_t peer, KettePeerState state)
{
    KettePeer *p = kette_peers_at(node, peer);
    uint64_t bit = peer < 64 ? UINT64_C(1) << peer : 0;

    node->peers.ready_count -= p->state == KETTE_PEER_READY;
    node->peers.ready_count += state == KETTE_PEER_READY;
    node->ready = state == KETTE_PEER_READY ? node->ready | bit : node->ready & ~bit;
    p->state = (uint8_t)state;
}

KettePeer *
kette_peers_find(KetteNode *node, uint32_t peer)
{
    return peer < node->peer_count && kette_peers_at(node, peer)->state != KETTE_PEER_NONE
               ? kette_peers_at(node, peer)
               : NULL;
}

const KetteRemote *
kette_peers_remote(const KetteNode *node, uint32_t peer)
{
    if (node->remotes == NULL || peer >= node->remotes->len || kette_peers_at(node, peer)->standing)
        return NULL;
    return &g_array_index(node->remotes, KetteRemote, peer);
}

/* Returns the other end, or NULL for a standing peer and for this node. */
static KetteRemote *
remote_of(KetteNode *node, uint32_t peer)
{
    return peer < node->peer_count ? (KetteRemote *)kette_peers_remote(node, peer) : NULL;
}

void
kette_peers_note_block(KetteNode *node, uint32_t peer)
{
    KetteRemote *remote = remote_of(node, peer);

    if (remote != NULL)
        remote->block_ns = node->now_ns;
}

void
kette_peers_note_payment(KetteNode *node, uint32_t peer)
{
    KetteRemote *remote = remote_of(node, peer);

    if (remote != NULL)
        remote->payment_ns = node->now_ns;
}

bool
kette_peers_has_remotes(const KetteNode *node)
{
    return node->remotes != NULL;
}

uint32_t
kette_peers_count(const KetteNode *node, bool outbound)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KettePeer *peer = kette_peers_at(node, i);

        found += peer->state != KETTE_PEER_NONE && !peer->standing && peer->outbound == outbound;
    }
    return found;
}

size_t
kette_peers_memory(const KetteNode *node)
{
    const GArray *remotes = node->remotes;

    return node->peer_count * sizeof(KettePeer) +
           (remotes != NULL ? sizeof *remotes + remotes->len * sizeof(KetteRemote) : 0);
}

const char *
kette_peers_audit(const KetteNode *node)
{
    uint32_t ready = 0, bits = 0;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        ready += kette_peers_at(node, i)->state == KETTE_PEER_READY;
        bits += kette_peers_is_ready(node, i);
    }
    return ready != node->peers.ready_count || ready != bits ? "the count of ready peers is off"
                                                             : NULL;
}
