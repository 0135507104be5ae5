/* Gaps in a sender's payments: what is missing is asked for.
 *
 * A payment whose nonce is not the next waits among the early ones (early.h), or is dropped where
 * there is no room; either way a row of requests remembers how far the sender is known to have
 * paid. First nothing is asked, for the one before it is mostly under way and late. When the time
 * of a question has passed and the gap is still there, the payments from the next one on are asked
 * for, KETTE_PAYMENTS_MAX at a time, of those who sent early ones and then of anybody; what has
 * come makes room for the next question. The row ends when the sender's turn has passed what was
 * wanted, or after KETTE_REQUEST_TRIES questions that brought nothing.
 */
#ifndef CORE_NODE_PAYMENTS_H
#define CORE_NODE_PAYMENTS_H

#include "core/node/request.h"

/* Notes that a payment came before its turn: those up to it are wanted. */
void kette_payments_want(KetteNode *node, const KetteTx *tx, uint32_t peer);
/* Looks again at the sender's gap: some of its payments have come, or its account has moved on. */
void kette_payments_check(KetteNode *node, const KetteAddress *sender);
void kette_payments_check_all(KetteNode *node);
/* Asks the next peer, or ends the row. */
void kette_payments_move_on(KetteNode *node, KetteRequest *request);

#endif
