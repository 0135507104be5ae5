/* Compact blocks on their way in: rebuilt from the mempool, completed in a second round trip, and
 * asked for whole when that fails; see compact.h. */
#ifndef CORE_NODE_REBUILD_H
#define CORE_NODE_REBUILD_H

#include "core/node/message.h"
#include "core/node/node.h"

typedef struct {
    GPtrArray *partials; /* KettePartial, oldest first; NULL until the first */
} KetteRebuild;

void kette_rebuild_clear(KetteNode *node);
void kette_rebuild_on_compact(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_rebuild_on_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Drops what was begun of a block. */
void kette_rebuild_drop(KetteNode *node, const KetteHash *id);

#endif
