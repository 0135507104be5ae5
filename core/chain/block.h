/* Blocks: a header and the body that its commitment binds.
 *
 *    0  header      80 bytes
 *   80  height      uint64
 *   88  miner       address, 20 bytes
 *  108  state root  of the accounts after this block
 *  140  reward      uint64: what the miner takes, subsidy and fees
 *  148  count       uint32, transactions
 *  152  transactions, 144 bytes each
 *
 * tx root = merkle root of SHA-256d(reward as 8 bytes) and the transactions' ids, so that the
 * reward is committed to as Bitcoin's coinbase is. A KetteBlock is immutable and refcounted; what
 * rules say of it is not kept here but in the store.
 */
#ifndef CORE_CHAIN_BLOCK_H
#define CORE_CHAIN_BLOCK_H

#include "core/chain/header.h"
#include "core/chain/tx.h"

#define KETTE_BLOCK_FIXED_BYTES 152

typedef struct {
    KetteHeader header;
    KetteHash id;       /* of the header */
    KetteHash body_key; /* SHA-256d of all bytes: a mutated body has another */
    uint64_t height;
    KetteAddress miner;
    KetteHash state_root;
    uint64_t reward;
    uint32_t tx_count;
    uint32_t refs;
    KetteTx *txs[];
} KetteBlock;

/* What a builder decides; kette_block_new() copies it and takes a reference on each transaction. */
typedef struct {
    KetteHeader header;
    uint64_t height;
    KetteAddress miner;
    KetteHash state_root;
    uint64_t reward;
    KetteTx *const *txs;
    uint32_t tx_count;
} KetteBlockSpec;

/* Returns the commitment that a header over this body must carry. *ret_mutated as merkle.h says. */
KetteHash kette_block_commitment(KetteHasher *hasher, bool *ret_mutated,
                                 const KetteBlockSpec *spec);

KetteBlock *kette_block_new(KetteHasher *hasher, const KetteBlockSpec *spec);
/* Returns the block's fields as a spec, which borrows from the block. */
KetteBlockSpec kette_block_spec(const KetteBlock *block);

/* Parses exactly one block. Returns NULL when the bytes are short or the count does not fit them.
 */
KetteBlock *kette_block_parse(KetteHasher *hasher, KetteReader *reader);
void kette_block_serialize(const KetteBlock *block, GByteArray *out);
size_t kette_block_bytes(const KetteBlock *block);

KetteBlock *kette_block_ref(KetteBlock *block);
void kette_block_unref(KetteBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteBlock, kette_block_unref)

#endif
