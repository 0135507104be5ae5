/* Block templates: the next block that a miner would make on a tip.
 *
 * A template takes from the mempool what fits (highest fee first), executes it, and sets reward,
 * state root, commitment, bits and time. The time is the larger of the clock in whole seconds and
 * the parent's median time + 1, so that it is always acceptable. With simulated proof of work the
 * nonce is the seal; with proof of work off it is 0; with real proof of work nonces are tried from
 * 0 on, as many as the work of the bits on average.
 */
#ifndef CORE_NODE_TEMPLATE_H
#define CORE_NODE_TEMPLATE_H

#include "core/chain/mempool.h"
#include "core/chain/store.h"

/* Who mines, and by which clock. */
typedef struct {
    KetteAddress address;
    int64_t now_ns;            /* since the genesis time */
    bool (*go_on)(void *user); /* asked while nonces are ground; NULL: always */
    void *user;
} KetteMiner;

/* Makes the next block. Returns NULL, with the verdict in *ret_verdict, when no block can be made
 * now: time-too-new (blocks came so quickly that the median time runs ahead of the clock by more
 * than max_future), bad-amount (a balance would pass the range of amounts), work-overflow (as
 * rules.h has it), or too-hard (nonces are ground, and that would take more than 2^KETTE_GRIND_BITS
 * tries, or go_on said no). `tip` is connected and `pool` (NULL for none) agrees with its state.
 * *ret_tries: hashes tried, 1 where none is ground. One reference. */
KetteBlock *kette_template_build(KetteStore *store, KetteVerdict *ret_verdict, uint64_t *ret_tries,
                                 const KetteEntry *tip, const KetteMempool *pool,
                                 const KetteMiner *miner);

#endif
