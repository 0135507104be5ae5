/* Short ids and rebuilding; see compact.h. */
#include "core/node/compact.h"

#include "core/base/assert.h"
#include "core/base/siphash.h"
#include "core/chain/rules.h"

#define SHORT_ID_MASK UINT64_C(0xffffffffffff)

typedef struct {
    uint64_t k0, k1;
} Key;

static Key
key_of(KetteHasher *hasher, const KetteHeader *header, uint64_t salt)
{
    uint8_t raw[KETTE_HEADER_BYTES + 8];
    KetteHash hash;

    kette_header_serialize(header, raw);
    kette_put_le64(raw + KETTE_HEADER_BYTES, salt);
    hash = kette_sha256(hasher, raw, sizeof raw);
    return (Key){kette_get_le64(hash.b), kette_get_le64(hash.b + 8)};
}

static uint64_t
short_id(const Key *key, const KetteTx *tx)
{
    return kette_siphash(key->k0, key->k1, tx->id.b, sizeof tx->id.b) & SHORT_ID_MASK;
}

KetteMessage *
kette_compact_message(KetteHasher *hasher, const KetteBlock *block, uint64_t salt)
{
    g_autofree uint64_t *short_ids = g_new(uint64_t, block->tx_count);
    KetteCompactBlock compact = {kette_block_spec(block), salt, short_ids};
    Key key = key_of(hasher, &block->header, salt);

    for (uint32_t i = 0; i < block->tx_count; i++)
        short_ids[i] = short_id(&key, block->txs[i]);
    return kette_message_compact(&compact);
}

/* Where each short id of the block stands. Ids that the block itself has twice fit nobody. */
typedef struct {
    KettePartial *partial;
    GHashTable *places; /* &short id -> place + 1 */
    bool *spoilt;       /* places that two transactions of the pool fit */
    Key key;
} Filling;

static void
try_tx(void *user, KetteTx *tx)
{
    Filling *f = user;
    uint64_t id = short_id(&f->key, tx);
    unsigned place = GPOINTER_TO_UINT(g_hash_table_lookup(f->places, &id));
    KetteTx **slot;

    if (place == 0 || f->spoilt[place - 1])
        return;
    slot = &f->partial->txs[place - 1];
    if (*slot != NULL) {
        kette_tx_unref(*slot);
        *slot = NULL;
        f->spoilt[place - 1] = true;
        f->partial->missing++;
        return;
    }
    *slot = kette_tx_ref(tx);
    f->partial->missing--;
}

KettePartial *
kette_partial_new(KetteHasher *hasher, const KetteCompactBlock *compact, const KetteMempool *pool,
                  uint32_t peer)
{
    KettePartial *partial = g_new0(KettePartial, 1);
    g_autofree bool *spoilt = g_new0(bool, compact->head.tx_count);
    g_autoptr(GHashTable) places = g_hash_table_new(g_int64_hash, g_int64_equal);
    Filling filling = {partial, places, spoilt,
                       key_of(hasher, &compact->head.header, compact->salt)};

    partial->id = kette_header_id(hasher, &compact->head.header);
    partial->head = compact->head;
    partial->txs = g_new0(KetteTx *, compact->head.tx_count);
    partial->missing = compact->head.tx_count;
    partial->peer = peer;
    for (uint32_t i = 0; i < compact->head.tx_count; i++) {
        if (!g_hash_table_insert(places, &compact->short_ids[i], GUINT_TO_POINTER(i + 1)))
            spoilt[i] = true;
    }
    kette_mempool_each(pool, try_tx, &filling);
    return partial;
}

void
kette_partial_free(KettePartial *partial)
{
    if (partial == NULL)
        return;
    for (uint32_t i = 0; i < partial->head.tx_count; i++)
        kette_tx_unref(partial->txs[i]);
    g_free(partial->txs);
    g_free(partial);
}

uint32_t *
kette_partial_missing(const KettePartial *partial)
{
    uint32_t *indices, count = 0;

    if (partial->missing > UINT16_MAX)
        return NULL;
    indices = g_new(uint32_t, MAX(partial->missing, 1));
    for (uint32_t i = 0; i < partial->head.tx_count; i++) {
        if (partial->txs[i] == NULL)
            indices[count++] = i;
    }
    kette_assert(count == partial->missing);
    return indices;
}

bool
kette_partial_fill(KettePartial *partial, KetteTx *const *txs, uint16_t count)
{
    if (count != partial->missing)
        return false;
    for (uint32_t i = 0; i < partial->head.tx_count; i++) {
        if (partial->txs[i] == NULL)
            partial->txs[i] = kette_tx_ref(*txs++);
    }
    partial->missing = 0;
    return true;
}

KetteBlock *
kette_partial_finish(KetteHasher *hasher, const KettePartial *partial)
{
    KetteBlockSpec spec = partial->head;
    g_autoptr(KetteBlock) block = NULL;

    if (partial->missing > 0)
        return NULL;
    spec.txs = partial->txs;
    block = kette_block_new(hasher, &spec);
    return kette_rules_body_match(hasher, block) == KETTE_OK ? g_steal_pointer(&block) : NULL;
}
