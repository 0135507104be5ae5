/* Answers to what peers ask for: headers, ranges of bodies, things by id, transactions of a block,
 * payments. */
#ifndef CORE_NODE_SERVE_H
#define CORE_NODE_SERVE_H

#include "core/node/message.h"
#include "core/node/node.h"

void kette_serve_headers(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_serve_bodies(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_serve_data(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_serve_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_serve_payments(KetteNode *node, uint32_t peer, const KetteMessage *message);

#endif
