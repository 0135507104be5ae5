/* The orphan pool; see orphan.h. */
#include "core/chain/orphan.h"

#include "core/base/assert.h"
#include "core/base/limits.h"

void
kette_orphans_init(KetteOrphanPool *pool, uint32_t limit)
{
    *pool = (KetteOrphanPool){.limit = limit};
}

/* Removes orphan i and hands it to the caller; the others keep their order. */
static KetteOrphan
remove_orphan(KetteOrphanPool *pool, uint32_t i)
{
    KetteOrphan orphan = pool->items[i];

    kette_assert(i < pool->count);
    pool->bytes -= kette_block_bytes(orphan.block);
    pool->count--;
    memmove(pool->items + i, pool->items + i + 1, (pool->count - i) * sizeof *pool->items);
    return orphan;
}

static void
free_orphan(KetteOrphanPool *pool, uint32_t i)
{
    kette_block_unref(remove_orphan(pool, i).block);
}

void
kette_orphans_clear(KetteOrphanPool *pool)
{
    while (pool->count > 0)
        free_orphan(pool, pool->count - 1);
    g_free(pool->items);
    pool->items = NULL;
    pool->room = 0;
}

/* Returns the index of the source's oldest orphan if the source has used up its share of the pool;
 * otherwise pool->count. */
static uint32_t
oldest_over_share(const KetteOrphanPool *pool, uint32_t source)
{
    uint32_t held = 0, oldest = pool->count;

    for (uint32_t i = pool->count; i-- > 0;) {
        if (pool->items[i].source == source) {
            held++;
            oldest = i;
        }
    }
    return held >= MAX(pool->limit / KETTE_ORPHANS_PER_PEER_DIVISOR, 1) ? oldest : pool->count;
}

bool
kette_orphans_add(KetteOrphanPool *pool, KetteBlock *block, uint32_t source, int64_t now_ns)
{
    uint32_t over = oldest_over_share(pool, source);

    if (pool->limit == 0 || kette_orphans_has(pool, &block->id))
        return false;
    if (over < pool->count)
        free_orphan(pool, over);
    if (pool->count == pool->limit)
        free_orphan(pool, 0);
    if (pool->count == pool->room) {
        pool->room = pool->room ? 2 * pool->room : 4;
        pool->items = g_renew(KetteOrphan, pool->items, pool->room);
    }
    pool->items[pool->count++] = (KetteOrphan){kette_block_ref(block), source, now_ns};
    pool->bytes += kette_block_bytes(block);
    while (pool->bytes > KETTE_ORPHAN_MAX_BYTES && pool->count > 1)
        free_orphan(pool, 0);
    return true;
}

bool
kette_orphans_has(const KetteOrphanPool *pool, const KetteHash *id)
{
    for (uint32_t i = 0; i < pool->count; i++) {
        if (kette_hash_equal(&pool->items[i].block->id, id))
            return true;
    }
    return false;
}

bool
kette_orphans_take_child(KetteOrphanPool *pool, KetteOrphan *ret_orphan, const KetteHash *parent)
{
    for (uint32_t i = 0; i < pool->count; i++) {
        if (kette_hash_equal(&pool->items[i].block->header.previous, parent)) {
            *ret_orphan = remove_orphan(pool, i);
            return true;
        }
    }
    return false;
}

void
kette_orphans_expire(KetteOrphanPool *pool, int64_t before_ns)
{
    while (pool->count > 0 && pool->items[0].since_ns < before_ns)
        free_orphan(pool, 0);
}

void
kette_orphans_forget_source(KetteOrphanPool *pool, uint32_t source)
{
    for (uint32_t i = 0; i < pool->count; i++) {
        if (pool->items[i].source == source)
            pool->items[i].source = UINT32_MAX;
    }
}
