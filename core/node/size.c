/* What a node takes on the heap. */
#include "core/node/node_impl.h"

static size_t
array_bytes(const GArray *array, size_t item)
{
    return array != NULL ? sizeof *array + array->len * item : 0;
}

void
kette_node_memory(const KetteNode *node, KetteNodeMemory *sum)
{
    sum->peers += sizeof *node + node->peer_count * sizeof(KettePeer) +
                  array_bytes(node->remotes, sizeof(KetteRemote)) +
                  array_bytes(node->bans, sizeof(KetteBan)) +
                  array_bytes(node->conduct, sizeof(KetteConduct));
    sum->known += kette_known_memory(&node->known);
    sum->views += kette_chain_memory(node->chain);
    sum->mempool += kette_mempool_memory(node->mempool) + node->early.room * sizeof(KetteEarly);
    sum->waiting +=
        (node->requests != &node->first_request ? node->request_room * sizeof(KetteRequest) : 0) +
        array_bytes(node->beside, sizeof(KetteWanted)) +
        (node->announced != NULL ? node->announced->len * sizeof(KetteAnnouncement) : 0);
}
