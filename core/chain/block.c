/* Blocks: bytes, commitment, references; see block.h for the layout. */
#include "core/chain/block.h"

#include "core/base/assert.h"
#include "core/chain/merkle.h"

KetteHash
kette_block_commitment(KetteHasher *hasher, bool *ret_mutated, const KetteBlockSpec *spec)
{
    g_autofree KetteHash *leaves = g_new(KetteHash, spec->tx_count + 1);
    uint8_t raw[32 + 32 + 8 + 20];
    KetteHash tx_root;

    kette_put_le64(raw, spec->reward);
    leaves[0] = kette_sha256d(hasher, raw, 8);
    for (uint32_t i = 0; i < spec->tx_count; i++)
        leaves[i + 1] = spec->txs[i]->id;
    tx_root = kette_merkle_root(hasher, ret_mutated, leaves, spec->tx_count + 1);

    memcpy(raw, tx_root.b, 32);
    memcpy(raw + 32, spec->state_root.b, 32);
    kette_put_le64(raw + 64, spec->height);
    memcpy(raw + 72, spec->miner.b, 20);
    return kette_sha256d(hasher, raw, sizeof raw);
}

KetteBlockSpec
kette_block_spec(const KetteBlock *block)
{
    return (KetteBlockSpec){
        .header = block->header,
        .height = block->height,
        .miner = block->miner,
        .state_root = block->state_root,
        .reward = block->reward,
        .txs = block->txs,
        .tx_count = block->tx_count,
    };
}

static KetteBlock *
alloc(uint32_t tx_count)
{
    KetteBlock *block = g_malloc0(sizeof(KetteBlock) + tx_count * sizeof(KetteTx *));

    block->refs = 1;
    return block;
}

static void
derive(KetteBlock *block, KetteHasher *hasher)
{
    g_autoptr(GByteArray) bytes = g_byte_array_sized_new((guint)kette_block_bytes(block));

    kette_block_serialize(block, bytes);
    block->id = kette_sha256d(hasher, bytes->data, KETTE_HEADER_BYTES);
    block->body_key = kette_sha256d(hasher, bytes->data, bytes->len);
}

KetteBlock *
kette_block_new(KetteHasher *hasher, const KetteBlockSpec *spec)
{
    KetteBlock *block = alloc(spec->tx_count);

    block->header = spec->header;
    block->height = spec->height;
    block->miner = spec->miner;
    block->state_root = spec->state_root;
    block->reward = spec->reward;
    block->tx_count = spec->tx_count;
    for (uint32_t i = 0; i < spec->tx_count; i++)
        block->txs[i] = kette_tx_ref(spec->txs[i]);
    derive(block, hasher);
    return block;
}

KetteBlock *
kette_block_parse(KetteHasher *hasher, KetteReader *reader)
{
    uint8_t header[KETTE_HEADER_BYTES], fixed[KETTE_BLOCK_FIXED_BYTES - KETTE_HEADER_BYTES];
    KetteReader body;
    KetteBlock *block;
    uint32_t tx_count;

    kette_read_bytes(reader, header, sizeof header);
    kette_read_bytes(reader, fixed, sizeof fixed);
    tx_count = kette_get_le32(fixed + sizeof fixed - 4);
    if (reader->failed || tx_count > kette_reader_left(reader) / KETTE_TX_BYTES) {
        reader->failed = true;
        return NULL;
    }
    block = alloc(tx_count);
    kette_header_parse(&block->header, header);
    kette_reader_init(&body, fixed, sizeof fixed);
    block->height = kette_read_u64(&body);
    kette_read_bytes(&body, block->miner.b, sizeof block->miner.b);
    kette_read_bytes(&body, block->state_root.b, sizeof block->state_root.b);
    block->reward = kette_read_u64(&body);
    for (uint32_t i = 0; i < tx_count; i++)
        block->txs[block->tx_count++] = kette_tx_parse(hasher, reader);
    kette_assert(!reader->failed); /* the count was held against the bytes above */
    derive(block, hasher);
    return block;
}

void
kette_block_serialize(const KetteBlock *block, GByteArray *out)
{
    uint8_t raw[KETTE_TX_BYTES];

    kette_header_serialize(&block->header, raw);
    kette_write_bytes(out, raw, KETTE_HEADER_BYTES);
    kette_write_u64(out, block->height);
    kette_write_bytes(out, block->miner.b, sizeof block->miner.b);
    kette_write_bytes(out, block->state_root.b, sizeof block->state_root.b);
    kette_write_u64(out, block->reward);
    kette_write_u32(out, block->tx_count);
    for (uint32_t i = 0; i < block->tx_count; i++) {
        kette_tx_serialize(block->txs[i], raw);
        kette_write_bytes(out, raw, KETTE_TX_BYTES);
    }
}

size_t
kette_block_bytes(const KetteBlock *block)
{
    return KETTE_BLOCK_FIXED_BYTES + (size_t)block->tx_count * KETTE_TX_BYTES;
}

KetteBlock *
kette_block_ref(KetteBlock *block)
{
    kette_assert(block->refs > 0);
    block->refs++;
    return block;
}

void
kette_block_unref(KetteBlock *block)
{
    if (block == NULL)
        return;
    kette_assert(block->refs > 0);
    if (--block->refs > 0)
        return;
    for (uint32_t i = 0; i < block->tx_count; i++)
        kette_tx_unref(block->txs[i]);
    g_free(block);
}
