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

static bool
is_about_payments(const KetteMessage *message)
{
    return message != NULL &&
           (message->kind == KETTE_MSG_NEW_TRANSACTION ||
            ((message->kind == KETTE_MSG_INVENTORY || message->kind == KETTE_MSG_GET_DATA) &&
             message->inventory.kind == KETTE_MSG_NEW_TRANSACTION));
}

/* What a further source of a thing that is asked for reads: the node up to its first request. */
#define FOR_A_SOURCE (offsetof(KetteNode, request.slot) + sizeof(KetteRequest))

static void
prefetch_node(const KetteNode *node, size_t bytes)
{
    for (size_t at = KETTE_CACHE_LINE; at < bytes; at += KETTE_CACHE_LINE)
        __builtin_prefetch((const char *)node + at, 1);
}

/* Most announcements of a payment are of one that is here, and read one line of what peers have. */
static bool
prefetch_for_announced(const KetteNode *node, const KetteHash *id, unsigned stage)
{
    switch (stage) {
    case 0:
        kette_known_prefetch(&node->known, id);
        return true;
    case 1:
        if (kette_known_is_held(&node->known, id))
            return false;
        prefetch_node(node, FOR_A_SOURCE);
        return true;
    case 2:
        __builtin_prefetch(node->mempool);
        return true;
    default:
        kette_mempool_prefetch(node->mempool, id);
        return false;
    }
}

bool
kette_node_prefetch(const KetteNode *node, uint32_t peer, const KetteMessage *message,
                    unsigned stage)
{
    const KetteHash *id = id_in(message);
    bool announces = id != NULL && message->kind == KETTE_MSG_INVENTORY;
    KetteKnownHint hint =
        announces && stage <= 1 ? kette_known_hint(&node->known, id) : KETTE_KNOWN_LITTLE;

    if (announces && is_about_payments(message))
        return prefetch_for_announced(node, id, stage);
    switch (stage) {
    case 0:
        if (hint == KETTE_KNOWN_HELD)
            return false;
        if (id != NULL && hint == KETTE_KNOWN_LITTLE)
            kette_known_prefetch(&node->known, id);
        prefetch_node(node, hint == KETTE_KNOWN_EXPECTED ? FOR_A_SOURCE : sizeof *node);
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
        if (is_about_payments(message))
            kette_mempool_prefetch(node->mempool, id);
        return false;
    }
}
