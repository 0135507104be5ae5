/* Payments at a node: into the mempool, to the peers, and along with the tip. */
#ifndef CORE_NODE_TRANSACTION_H
#define CORE_NODE_TRANSACTION_H

#include "core/node/message.h"
#include "core/node/node.h"

/* Offers a payment to the mempool and announces it if it is good. */
KETTE_MUST_USE KetteVerdict kette_transaction_accept(KetteNode *node, KetteTx *tx, uint32_t peer);
void kette_transaction_on_message(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Moves the mempool along with the change of tip in node->result. */
void kette_transaction_follow_tip(KetteNode *node);

#endif
