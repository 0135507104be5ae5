/* The best header that each peer has shown; see best.h. */
#include "core/node/best.h"

#include "core/node/node_impl.h"

bool
kette_best_is_useful(const KetteNode *node, const KetteEntry *entry)
{
    return entry != NULL && !kette_chain_is_failed(node->chain, entry) &&
           kette_chain_wants(node->chain, entry);
}

void
kette_best_raise(KetteNode *node, uint32_t peer, const KetteEntry *entry)
{
    KettePeer *p = kette_peers_at(node, peer);

    /* A best header that turned out bad or useless must not hide a lighter one that is good, and a
     * useless one must not replace a good one of which something is still to be fetched. */
    if (p->best == NULL ||
        (kette_chain_outweighs(node->chain, entry, p->best) &&
         (kette_chain_has_joined(node->chain, p->best) || kette_best_is_useful(node, entry) ||
          !kette_best_is_useful(node, p->best))) ||
        (!kette_best_is_useful(node, p->best) && kette_best_is_useful(node, entry)))
        p->best = entry;
}

void
kette_best_lower(KetteNode *node, uint32_t peer, const KetteEntry *entry)
{
    KettePeer *p = kette_peers_at(node, peer);

    if (p->best != NULL && kette_entry_is_ancestor(entry, p->best))
        p->best = entry->parent;
}

const KetteEntry *
kette_best_above(const KetteNode *node, const KetteEntry *from)
{
    const KetteEntry *found = from;

    for (uint32_t i = 0; i < node->peer_count; i++) {
        const KetteEntry *best = kette_peers_at(node, i)->best;

        if (best != NULL && best != found && kette_peers_is_ready(node, i) &&
            kette_chain_outweighs(node->chain, best, found) &&
            kette_entry_is_ancestor(from, best) && !kette_chain_is_failed(node->chain, best))
            found = best;
    }
    return found;
}
