/* Announce, then ask: blocks and transactions that peers have announced and this node lacks.
 *
 * Each is asked of the first who announced it. Who else has announced it stands in the record of
 * what peers have; when the question runs out, or brings NOT_FOUND or a body that is not what the
 * header commits to, the next of them is asked. With compact relay a block is asked for in compact
 * form first: see rebuild.h.
 */
#ifndef CORE_NODE_FETCH_H
#define CORE_NODE_FETCH_H

#include "core/node/message.h"
#include "core/node/request.h"

void kette_fetch_on_inventory(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_fetch_on_not_found(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Notes an announcement of one thing that is here or asked for. Returns false, and does nothing,
 * when it is neither or that takes a closer look. */
bool kette_fetch_is_old_news(KetteNode *node, uint32_t peer, const KetteInventory *inventory);
/* Asks this peer for the thing in this form. */
void kette_fetch_ask(KetteNode *node, KetteRequest *request, uint32_t peer, KetteRequestForm form);
/* Counts the block as asked of the peer, who sends it in compact form unasked. Returns the row, or
 * NULL if sync asks for it. */
KetteRequest *kette_fetch_expect(KetteNode *node, uint32_t peer, const KetteHash *id);
/* Asks the next peer that has the thing, or ends the row. */
void kette_fetch_move_on(KetteNode *node, KetteRequest *request);
/* Notes that the peer does not have what the row asks for, and asks the next. */
void kette_fetch_lacks(KetteNode *node, uint32_t peer, KetteRequest *request);

#endif
