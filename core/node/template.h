/* Block templates: the next block that a miner would make on a tip.
 *
 * Takes from the mempool what fits (highest fee first), executes it, and sets reward, state root,
 * commitment, bits and time; the time is the larger of the clock in whole seconds and the parent's
 * median time + 1, so that it is always acceptable. With simulated proof of work the nonce is the
 * seal; with proof of work off it is 0; with real proof of work nonces are ground from 0 on until
 * one will do, which takes as many tries as the work of the bits on average.
 */
#ifndef CORE_NODE_TEMPLATE_H
#define CORE_NODE_TEMPLATE_H

#include "core/chain/mempool.h"
#include "core/chain/store.h"

/* `tip` is connected and `pool` (NULL for none) agrees with its state. now_ns is the miner's clock
 * since the genesis time. *ret_tries (may be NULL): hashes tried, 1 where none is ground. One
 * reference. */
KetteBlock *kette_template_build(KetteStore *store, uint64_t *ret_tries, const KetteEntry *tip,
                                 const KetteMempool *pool, const KetteAddress *miner,
                                 int64_t now_ns);

#endif
