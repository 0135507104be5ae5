/* Transactions: a signed payment from one account to an address.
 *
 *   0  version    uint32, 1
 *   4  sender     Ed25519 public key
 *  36  recipient  address, 20 bytes
 *  56  amount     uint64, 10^-8 tokens
 *  64  fee        uint64, 10^-8 tokens
 *  72  nonce      uint64: payments of this account so far
 *  80  signature  over genesis id | bytes 0..79, so that it holds on one chain only
 *
 * The id is SHA-256d of all 144 bytes. A KetteTx is immutable and refcounted: a thousand mempools
 * share one. It is not shared between threads.
 */
#ifndef CORE_CHAIN_TX_H
#define CORE_CHAIN_TX_H

#include "core/base/bytes.h"
#include "core/base/key.h"

#define KETTE_TX_BYTES 144

typedef struct {
    KetteHash id;
    KetteAddress from; /* address of the sender's key */
    KettePublicKey sender;
    KetteAddress recipient;
    uint32_t version;
    uint64_t amount, fee, nonce;
    uint8_t signature[KETTE_SIGNATURE_BYTES];
    uint32_t refs;
} KetteTx;

/* Builds and signs a transaction; `genesis` names the chain. */
KetteTx *kette_tx_new(KetteHasher *hasher, const KetteKey *sender, const KetteAddress *recipient,
                      uint64_t amount, uint64_t fee, uint64_t nonce, const KetteHash *genesis);

/* Reads KETTE_TX_BYTES; NULL when they are not there. Any bytes parse: rules judge them. */
KetteTx *kette_tx_parse(KetteHasher *hasher, KetteReader *reader);
void kette_tx_serialize(const KetteTx *tx, uint8_t ret_bytes[KETTE_TX_BYTES]);

KetteTx *kette_tx_ref(KetteTx *tx);
void kette_tx_unref(KetteTx *tx);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteTx, kette_tx_unref)

/* Returns whether the signature is the sender's on the chain of `genesis`. About 100 us. */
bool kette_tx_verify(const KetteTx *tx, const KetteHash *genesis);

#endif
