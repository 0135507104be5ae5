/* Forgeries: what a node has seen, with one thing wrong.
 *
 * A forged block is a sibling or a child of a block that holds, by a miner of its own, in which one
 * rule is broken and all others hold; where the header still can, it has proof of work, which the
 * simulator grants. Forgery number n breaks rule n modulo their number, so a forger that counts
 * goes through all of them.
 */
#ifndef SIM_WORLD_STRATEGY_FORGERY_H
#define SIM_WORLD_STRATEGY_FORGERY_H

#include "core/chain/store.h"
#include "core/node/message.h"

/* Returns forgery number n of the block of `of`, which is not genesis: a message for the caller to
 * unref; NULL where it cannot be made. */
KetteMessage *sim_forgery_new(KetteStore *store, const KetteEntry *of, uint64_t n);

/* Returns forgery number n of payments that `payer` signs: a child of `of` in which they break one
 * rule, or, every second number, the first of them alone. A message for the caller to unref; NULL
 * where it cannot be made. */
KetteMessage *sim_forgery_of_payments_new(KetteStore *store, const KetteEntry *of,
                                          const KetteKey *payer, uint64_t n);

#endif
