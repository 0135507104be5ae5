/* What waits for a nonce before it; see early.h. */
#include "core/node/early.h"

#include "core/base/assert.h"
#include "core/base/limits.h"

#include <string.h>

#define KETTE_EARLY_SOURCE_ALL (KETTE_EARLY_SOURCE_GONE - 1)

static KetteEarly
take(KetteEarlyPool *pool, uint32_t i)
{
    KetteEarly early = pool->items[i];

    kette_assert(i < pool->count);
    pool->count--;
    memmove(pool->items + i, pool->items + i + 1, (pool->count - i) * sizeof *pool->items);
    return early;
}

void
kette_early_clear(KetteEarlyPool *pool)
{
    while (pool->count > 0)
        kette_tx_unref(take(pool, pool->count - 1).tx);
    g_free(pool->items);
    *pool = (KetteEarlyPool){0};
}

static bool
is_same_sender(const KetteTx *a, const KetteTx *b)
{
    return kette_address_compare(&a->from, &b->from) == 0;
}

/* Returns the index of the payment that is furthest off, among those of `source` or, with
 * KETTE_EARLY_SOURCE_ALL, among all: the highest nonce of the sender with most of them; of equals
 * the newest. */
static uint32_t
furthest_off(const KetteEarlyPool *pool, uint32_t source)
{
    uint32_t found = pool->count, most = 0;

    for (uint32_t i = 0; i < pool->count; i++) {
        const KetteEarly *early = &pool->items[i];
        uint32_t of_sender = 0, furthest = i;

        if (source != KETTE_EARLY_SOURCE_ALL && early->source != source)
            continue;
        for (uint32_t k = 0; k < pool->count; k++) {
            const KetteEarly *other = &pool->items[k];

            if ((source != KETTE_EARLY_SOURCE_ALL && other->source != source) ||
                !is_same_sender(other->tx, early->tx))
                continue;
            of_sender++;
            if (other->tx->nonce >= pool->items[furthest].tx->nonce)
                furthest = k;
        }
        if (of_sender > most) {
            most = of_sender;
            found = furthest;
        }
    }
    return found;
}

static uint32_t
count_of(const KetteEarlyPool *pool, uint32_t source)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < pool->count; i++)
        count += pool->items[i].source == source;
    return count;
}

bool
kette_early_add(KetteEarlyPool *pool, KetteEarly *ret_pushed_out, KetteTx *tx, uint32_t source)
{
    *ret_pushed_out = (KetteEarly){NULL, 0};
    if (kette_early_has(pool, &tx->id))
        return false;
    if (pool->count == pool->room) {
        pool->room = pool->room > 0 ? 2 * pool->room : 4;
        pool->items = g_renew(KetteEarly, pool->items, pool->room);
    }
    pool->items[pool->count++] = (KetteEarly){kette_tx_ref(tx), source};
    if (count_of(pool, source) > KETTE_EARLY_PER_PEER)
        *ret_pushed_out = take(pool, furthest_off(pool, source));
    else if (pool->count > KETTE_EARLY_MAX)
        *ret_pushed_out = take(pool, furthest_off(pool, KETTE_EARLY_SOURCE_ALL));
    return true;
}

bool
kette_early_is_of(const KetteEarlyPool *pool, const KetteAddress *from, uint32_t source)
{
    for (uint32_t i = 0; i < pool->count; i++) {
        if (pool->items[i].source == source &&
            kette_address_compare(&pool->items[i].tx->from, from) == 0)
            return true;
    }
    return false;
}

bool
kette_early_has(const KetteEarlyPool *pool, const KetteHash *id)
{
    for (uint32_t i = 0; i < pool->count; i++) {
        if (kette_hash_equal(&pool->items[i].tx->id, id))
            return true;
    }
    return false;
}

bool
kette_early_take(KetteEarlyPool *pool, KetteEarly *ret_early, const KetteAddress *from,
                 uint64_t nonce)
{
    uint32_t lowest = pool->count;

    for (uint32_t i = 0; i < pool->count; i++) {
        const KetteTx *tx = pool->items[i].tx;

        if (tx->nonce <= nonce && memcmp(&tx->from, from, sizeof *from) == 0 &&
            (lowest == pool->count || tx->nonce < pool->items[lowest].tx->nonce))
            lowest = i;
    }
    if (lowest == pool->count)
        return false;
    *ret_early = take(pool, lowest);
    return true;
}

void
kette_early_forget_source(KetteEarlyPool *pool, uint32_t source)
{
    for (uint32_t i = 0; i < pool->count; i++) {
        if (pool->items[i].source == source)
            pool->items[i].source = KETTE_EARLY_SOURCE_GONE;
    }
}

/* --- audit ------------------------------------------------------------------------------- */

const char *
kette_early_audit(const KetteEarlyPool *pool, const KetteMempool *mempool, const KetteState *state)
{
    if (pool->count > KETTE_EARLY_MAX)
        return "more transactions wait for their turn than may";
    for (uint32_t i = 0; i < pool->count; i++) {
        const KetteEarly *early = &pool->items[i];
        const KetteAddress *from = &early->tx->from;
        uint32_t of_source = 1;

        if (early->tx->nonce <=
            kette_state_get(state, from).nonce + kette_mempool_pending(mempool, from))
            return "a transaction waits whose turn has come";
        for (uint32_t k = 0; k < i; k++) {
            if (kette_hash_equal(&pool->items[k].tx->id, &early->tx->id))
                return "a transaction waits twice";
            of_source += pool->items[k].source == early->source;
        }
        if (early->source != KETTE_EARLY_SOURCE_GONE && of_source > KETTE_EARLY_PER_PEER)
            return "more transactions of one peer wait than may";
    }
    return NULL;
}
