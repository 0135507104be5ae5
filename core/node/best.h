/* A peer's best header: the heaviest header it has shown that is of use. Questions for headers go
 * on from there, and bodies below it are asked for.
 */
#ifndef CORE_NODE_BEST_H
#define CORE_NODE_BEST_H

#include "core/chain/entry.h"
#include "core/node/node.h"

/* Returns whether the bodies up to `entry` could lead to a new tip; false for NULL. */
bool kette_best_is_useful(const KetteNode *node, const KetteEntry *entry);
/* Notes that the peer has shown `entry`. */
void kette_best_raise(KetteNode *node, uint32_t peer, const KetteEntry *entry);
/* Notes that the peer does not have `entry`: its best is cut back to below it. */
void kette_best_lower(KetteNode *node, uint32_t peer, const KetteEntry *entry);
/* Returns the heaviest header shown by a ready peer that descends from `from`, or `from`. */
const KetteEntry *kette_best_above(const KetteNode *node, const KetteEntry *from);

#endif
