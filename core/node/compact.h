/* Compact blocks: a block's head and its transactions as short ids (after BIP 152).
 *
 * A short id is the low 48 bits of SipHash-2-4 of a transaction's id, keyed by the first 16 bytes
 * of SHA-256(header | salt): by block and by sender, so that nobody can grind transactions that
 * collide for everybody. The receiver fills in what its mempool has, asks for the rest in a second
 * round trip, and takes the whole block where the result is not what the header commits to.
 */
#ifndef CORE_NODE_COMPACT_H
#define CORE_NODE_COMPACT_H

#include "core/chain/mempool.h"
#include "core/node/message.h"

/* Makes the compact form of a block. Returns one reference. */
KetteMessage *kette_compact_message(KetteHasher *hasher, const KetteBlock *block, uint64_t salt);

/* A block that is being put together. */
typedef struct {
    KetteHash id;
    KetteBlockSpec head;
    KetteTx **txs; /* head.tx_count of them, NULL where missing; owned */
    uint32_t missing;
    uint32_t peer; /* who is asked */
} KettePartial;

/* Begins to rebuild a block and fills in what the pool has; two transactions of the pool with one
 * short id count as missing. */
KettePartial *kette_partial_new(KetteHasher *hasher, const KetteCompactBlock *compact,
                                const KetteMempool *pool, uint32_t peer);
void kette_partial_free(KettePartial *partial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KettePartial, kette_partial_free)

/* Returns the indices of what is missing, at most UINT16_MAX; else NULL: ask for the whole block.
 * Free with g_free. */
uint32_t *kette_partial_missing(const KettePartial *partial);
/* Fills the gaps in order; false when the count is not that of the gaps. */
bool kette_partial_fill(KettePartial *partial, KetteTx *const *txs, uint16_t count);
/* Returns the block when nothing is missing and the header commits to the result; else NULL. */
KetteBlock *kette_partial_finish(KetteHasher *hasher, const KettePartial *partial);

#endif
