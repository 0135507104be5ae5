/* Blocks at a node: what becomes of a block that comes or is mined, and the tip's announcement. How
 * blocks are asked for stands in request.h. */
#ifndef CORE_NODE_BLOCKS_H
#define CORE_NODE_BLOCKS_H

#include "core/node/message.h"
#include "core/node/node.h"

/* Offers a block to the chain and does what follows from its verdict, but for announcing the tip.
 */
KetteVerdict kette_blocks_accept(KetteNode *node, KetteBlock *block, uint32_t peer);
/* Takes a block that came as an announcement or as the answer to a question by id, and settles that
 * question. A block whose chain is far behind ours is dropped: see KETTE_UNASKED_DEPTH. */
void kette_blocks_take(KetteNode *node, uint32_t peer, KetteBlock *block);
void kette_blocks_on_message(KetteNode *node, uint32_t peer, const KetteMessage *message);

/* Does to a block of the chain what an operator may, and what follows from it. False if that
 * changes nothing. */
bool kette_blocks_act_by_hand(KetteNode *node, KetteHand hand, const KetteEntry *entry);

/* Counts the present tip as announced. */
void kette_blocks_start(KetteNode *node);
/* Announces the tip if it is not the one announced last. */
void kette_blocks_show_tip(KetteNode *node);

#endif
