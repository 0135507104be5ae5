/* Transactions: building, signing, bytes; see tx.h for the layout. */
#include "core/chain/tx.h"

#include "core/base/assert.h"

#define UNSIGNED_BYTES 80

void
kette_tx_serialize(const KetteTx *tx, uint8_t ret_bytes[KETTE_TX_BYTES])
{
    kette_put_le32(ret_bytes, tx->version);
    memcpy(ret_bytes + 4, tx->sender.b, 32);
    memcpy(ret_bytes + 36, tx->recipient.b, 20);
    kette_put_le64(ret_bytes + 56, tx->amount);
    kette_put_le64(ret_bytes + 64, tx->fee);
    kette_put_le64(ret_bytes + 72, tx->nonce);
    memcpy(ret_bytes + UNSIGNED_BYTES, tx->signature, KETTE_SIGNATURE_BYTES);
}

/* Writes what is signed: the chain, then everything but the signature. */
static void
signed_bytes(const KetteTx *tx, const KetteHash *genesis, uint8_t ret_bytes[32 + KETTE_TX_BYTES])
{
    memcpy(ret_bytes, genesis->b, 32);
    kette_tx_serialize(tx, ret_bytes + 32);
}

static void
derive(KetteTx *tx, KetteHasher *hasher)
{
    uint8_t bytes[KETTE_TX_BYTES];

    kette_tx_serialize(tx, bytes);
    tx->id = kette_sha256d(hasher, bytes, sizeof bytes);
    tx->from = kette_address_of(hasher, &tx->sender);
}

KetteTx *
kette_tx_new(KetteHasher *hasher, const KetteKey *sender, const KetteAddress *recipient,
             uint64_t amount, uint64_t fee, uint64_t nonce, const KetteHash *genesis)
{
    KetteTx *tx = g_new0(KetteTx, 1);
    uint8_t bytes[32 + KETTE_TX_BYTES];

    tx->refs = 1;
    tx->version = 1;
    tx->sender = *kette_key_public(sender);
    tx->recipient = *recipient;
    tx->amount = amount;
    tx->fee = fee;
    tx->nonce = nonce;
    signed_bytes(tx, genesis, bytes);
    kette_key_sign(sender, tx->signature, bytes, 32 + UNSIGNED_BYTES);
    derive(tx, hasher);
    return tx;
}

KetteTx *
kette_tx_parse(KetteHasher *hasher, KetteReader *reader)
{
    KetteTx *tx;

    if (kette_reader_left(reader) < KETTE_TX_BYTES) {
        reader->failed = true;
        return NULL;
    }
    tx = g_new0(KetteTx, 1);
    tx->refs = 1;
    tx->version = kette_read_u32(reader);
    kette_read_bytes(reader, tx->sender.b, 32);
    kette_read_bytes(reader, tx->recipient.b, 20);
    tx->amount = kette_read_u64(reader);
    tx->fee = kette_read_u64(reader);
    tx->nonce = kette_read_u64(reader);
    kette_read_bytes(reader, tx->signature, KETTE_SIGNATURE_BYTES);
    derive(tx, hasher);
    return tx;
}

KetteTx *
kette_tx_ref(KetteTx *tx)
{
    kette_assert(tx->refs > 0);
    tx->refs++;
    return tx;
}

void
kette_tx_unref(KetteTx *tx)
{
    if (tx == NULL)
        return;
    kette_assert(tx->refs > 0);
    if (--tx->refs == 0)
        g_free(tx);
}

bool
kette_tx_verify(const KetteTx *tx, const KetteHash *genesis)
{
    uint8_t bytes[32 + KETTE_TX_BYTES];

    signed_bytes(tx, genesis, bytes);
    return kette_key_verify(&tx->sender, tx->signature, bytes, 32 + UNSIGNED_BYTES);
}
