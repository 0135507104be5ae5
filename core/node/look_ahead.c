/* Prefetching what a message will read; see look_ahead.h. */
#include "core/node/look_ahead.h"

#include "core/chain/look_ahead.h"
#include "core/node/node_impl.h"

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

/* What a further source of a thing that is asked for reads: the node up to its first request. */
#define FOR_A_SOURCE (offsetof(KetteNode, request.slot) + sizeof(KetteRequest))

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
            __builtin_prefetch(kette_peers_at(node, peer), 1);
        __builtin_prefetch(node->mempool);
        kette_chain_prefetch(node->chain, KETTE_CHAIN_WHOLE);
        return true;
    default:
        kette_chain_prefetch(node->chain, KETTE_CHAIN_MARKS);
        return false;
    }
}
