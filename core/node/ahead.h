/* Blocks that are passed on ahead of their check.
 *
 * With config.relay_before_check a node that needs time to check a block passes it on first, after
 * what is cheap: the block stands right above the tip, its header holds (proof of work, bits, time)
 * and commits to this body. Bitcoin Core does so with compact blocks (validation.cpp,
 * NewPoWValidBlock; BIP 152, "high-bandwidth relaying"), relay networks with all. The proof of work
 * is what an invalid block costs its maker. It reaches all nodes that stand on its parent, each
 * refuses it after its own check, and passing it on is no misconduct (BIP 152 says the same).
 *
 * A block stands here from then until its check is over, so that peers who ask for it get it.
 */
#ifndef CORE_NODE_AHEAD_H
#define CORE_NODE_AHEAD_H

#include "core/node/node.h"

typedef struct {
    GPtrArray *blocks; /* KetteBlock, oldest first; NULL until the first */
} KetteAhead;

void kette_ahead_clear(KetteNode *node);
/* Passes on a block that the peer has brought and that is to be checked. Does nothing without
 * config.relay_before_check, or if the block does not pass what is cheap. */
void kette_ahead_pass_on(KetteNode *node, uint32_t peer, KetteBlock *block);
/* Returns a block that was passed on and is not checked yet, or NULL. */
KetteBlock *kette_ahead_find(const KetteNode *node, const KetteHash *id);
/* Forgets the block: its check is over. */
void kette_ahead_drop(KetteNode *node, const KetteHash *id);

#endif
