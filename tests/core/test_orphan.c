/* The orphan pool by itself: its limit in bytes. */
#include "core/chain/orphan.h"
#include "core/base/limits.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"

#define BIG (KETTE_ORPHAN_MAX_BYTES / 4 + 1000)

/* A block of at least `bytes`; its one payment, many times over, is no concern of the pool's. */
static KetteBlock *
block_of(Fixture *f, uint32_t time, size_t bytes)
{
    KetteTx *tx = fixture_pay(f, f->alice, &f->bob_address, 1, 0, 0);
    uint32_t count = (uint32_t)(bytes / KETTE_TX_BYTES + 1);
    g_autofree KetteTx **txs = g_new(KetteTx *, count);
    KetteBlockSpec spec = {.header = {.version = 1, .time = time}, .txs = txs, .tx_count = count};
    KetteBlock *block;

    for (uint32_t i = 0; i < count; i++)
        txs[i] = tx;
    block = kette_block_new(kette_store_hasher(f->builder), &spec);
    g_ptr_array_add(f->blocks, block);
    kette_tx_unref(tx);
    return block;
}

/* Four big ones are a little too many: the oldest gives way, however many blocks may be held. One
 * that alone is too big would be held, as no message carries such. */
static void
test_bytes_are_bounded(void)
{
    Fixture f;
    KetteOrphanPool pool;
    KetteBlock *blocks[5];

    fixture_init(&f);
    kette_orphans_init(&pool, 100);
    for (uint32_t i = 0; i < 5; i++) {
        blocks[i] = block_of(&f, i, BIG);
        CU_ASSERT_TRUE(kette_orphans_add(&pool, blocks[i], i, 0));
        CU_ASSERT_TRUE(pool.bytes <= KETTE_ORPHAN_MAX_BYTES);
    }
    CU_ASSERT_EQUAL(pool.count, 3);
    CU_ASSERT_FALSE(kette_orphans_has(&pool, &blocks[1]->id));
    CU_ASSERT_TRUE(kette_orphans_has(&pool, &blocks[2]->id));
    kette_orphans_clear(&pool);
    fixture_clear(&f);
}

/* A source that has its share pushes out its own alone, and has its share of its own alone: others'
 * orphans do not count as its. */
static void
test_share_is_ones_own(void)
{
    Fixture f;
    KetteOrphanPool pool;
    KetteBlock *blocks[8];

    fixture_init(&f);
    kette_orphans_init(&pool, 8); /* a share is 4 */
    for (uint32_t i = 0; i < 8; i++)
        blocks[i] = block_of(&f, i, 100);
    for (uint32_t i = 0; i < 3; i++)
        CU_ASSERT_TRUE(kette_orphans_add(&pool, blocks[i], 1, 0));
    CU_ASSERT_TRUE(kette_orphans_add(&pool, blocks[3], 2, 0));
    CU_ASSERT_TRUE(kette_orphans_add(&pool, blocks[4], 1, 0));
    CU_ASSERT_TRUE(kette_orphans_has(&pool, &blocks[0]->id)); /* the fourth of source 1 */
    CU_ASSERT_TRUE(kette_orphans_add(&pool, blocks[5], 1, 0));
    CU_ASSERT_FALSE(kette_orphans_has(&pool, &blocks[0]->id));
    CU_ASSERT_TRUE(kette_orphans_has(&pool, &blocks[1]->id));
    kette_orphans_forget_source(&pool, 1); /* another peer has its number now */
    CU_ASSERT_TRUE(kette_orphans_add(&pool, blocks[6], 1, 0));
    CU_ASSERT_TRUE(kette_orphans_has(&pool, &blocks[1]->id));
    kette_orphans_clear(&pool);
    fixture_clear(&f);
}

TEST_SUITE(orphan, {"a share is one's own", test_share_is_ones_own},
           {"bytes are bounded", test_bytes_are_bounded})
