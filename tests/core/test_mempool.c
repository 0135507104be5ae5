/* The mempool: order of nonce, replacement, eviction, and what a reorganisation returns. */
#include "core/chain/mempool.h"
#include "core/base/limits.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"

static const KetteState *
genesis_state(const Fixture *f)
{
    return kette_store_genesis(f->builder)->state;
}

static KetteVerdict
add(KetteMempool *pool, Fixture *f, const KetteKey *from, uint64_t amount, uint64_t fee,
    uint64_t nonce)
{
    g_autoptr(KetteTx) tx = fixture_pay(f, from, &f->bob_address, amount, fee, nonce);

    return kette_mempool_add(pool, NULL, genesis_state(f), tx);
}

static void
check_audit(const KetteMempool *pool, const KetteState *state)
{
    const char *wrong = kette_mempool_audit(pool, state);

    TEST_STR_EQUAL(wrong ? wrong : "ok", "ok");
}

static void
test_nonces_in_order(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(5000000, 0);

    fixture_init(&f);
    CU_ASSERT_EQUAL(kette_mempool_pending(pool, &f.alice_address), 0);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 0, 1), KETTE_NONCE_GAP);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 0, 0), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 0, 0), KETTE_ALREADY_KNOWN);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 0, 1), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 0, 3), KETTE_NONCE_GAP);
    CU_ASSERT_EQUAL(add(pool, &f, f.bob, 1, 0, 0), KETTE_INSUFFICIENT_FUNDS);
    CU_ASSERT_EQUAL(kette_mempool_count(pool), 2);
    CU_ASSERT_EQUAL(kette_mempool_pending(pool, &f.alice_address), 2);
    CU_ASSERT_EQUAL(kette_mempool_pending(pool, &f.bob_address), 0);
    check_audit(pool, genesis_state(&f));
    fixture_clear(&f);
}

static void
test_funds_cover_all(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(5000000, 0);

    fixture_init(&f);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 600 * KETTE_AMOUNT_UNIT, 0, 0), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 400 * KETTE_AMOUNT_UNIT, 1, 1),
                    KETTE_INSUFFICIENT_FUNDS);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 400 * KETTE_AMOUNT_UNIT, 0, 1), KETTE_OK);
    check_audit(pool, genesis_state(&f));
    fixture_clear(&f);
}

static void
test_replacement_pays_more(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(5000000, 5);

    fixture_init(&f);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 4, 0), KETTE_FEE_TOO_LOW);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 100, 0), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 2, 109, 0), KETTE_FEE_TOO_LOW);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 2, 110, 0), KETTE_OK);
    CU_ASSERT_EQUAL(kette_mempool_count(pool), 1);
    check_audit(pool, genesis_state(&f));
    fixture_clear(&f);
}

/* A tenth of a fee below 10 is nothing; a replacement pays one more even so. */
static void
test_replacement_of_small_fees(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(5000000, 0);

    fixture_init(&f);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 0, 0), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 2, 0, 0), KETTE_FEE_TOO_LOW);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 2, 1, 0), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 3, 9, 0), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 4, 9, 0), KETTE_FEE_TOO_LOW);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 4, 10, 0), KETTE_OK);
    CU_ASSERT_EQUAL(kette_mempool_count(pool), 1);
    fixture_clear(&f);
}

/* Room for two: a third pays more and the cheapest gives way, one that pays less does not. */
static void
test_full_pool_evicts_the_cheapest(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(2 * KETTE_TX_BYTES, 0);
    g_autoptr(KetteState) state = NULL;
    g_autoptr(KetteTx) rich = NULL, poor = NULL, other = NULL;
    KetteAccount account = {1000, 0};

    fixture_init(&f);
    state = kette_state_set((KetteState *)genesis_state(&f), &f.bob_address, &account);
    rich = fixture_pay(&f, f.alice, &f.bob_address, 1, 10, 0);
    other = fixture_pay(&f, f.alice, &f.bob_address, 1, 5, 1);
    poor = fixture_pay(&f, f.bob, &f.alice_address, 1, 5, 0);
    CU_ASSERT_EQUAL(kette_mempool_add(pool, NULL, state, rich), KETTE_OK);
    CU_ASSERT_EQUAL(kette_mempool_add(pool, NULL, state, other), KETTE_OK);
    CU_ASSERT_EQUAL(kette_mempool_add(pool, NULL, state, poor), KETTE_MEMPOOL_FULL);
    kette_tx_unref(poor);
    poor = fixture_pay(&f, f.bob, &f.alice_address, 1, 6, 0);
    CU_ASSERT_EQUAL(kette_mempool_add(pool, NULL, state, poor), KETTE_OK);
    CU_ASSERT_PTR_NULL(kette_mempool_find(pool, &other->id));
    CU_ASSERT_PTR_NOT_NULL(kette_mempool_find(pool, &rich->id));
    check_audit(pool, state);
    fixture_clear(&f);
}

static void
test_selection_by_fee_and_nonce(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(5000000, 0);
    g_autoptr(KetteState) state = NULL;
    g_autoptr(GPtrArray) chosen = NULL;
    KetteAccount account = {1000, 0};
    const uint64_t fees[] = {1, 50, 7};
    uint64_t got[4];

    fixture_init(&f);
    state = kette_state_set((KetteState *)genesis_state(&f), &f.bob_address, &account);
    for (uint64_t i = 0; i < 3; i++) {
        g_autoptr(KetteTx) tx = fixture_pay(&f, f.alice, &f.bob_address, 1, fees[i], i);

        CU_ASSERT_EQUAL(kette_mempool_add(pool, NULL, state, tx), KETTE_OK);
    }
    {
        g_autoptr(KetteTx) tx = fixture_pay(&f, f.bob, &f.alice_address, 1, 6, 0);

        CU_ASSERT_EQUAL(kette_mempool_add(pool, NULL, state, tx), KETTE_OK);
    }
    chosen = kette_mempool_select(pool, 4);
    CU_ASSERT_EQUAL_FATAL(chosen->len, 4);
    for (guint i = 0; i < 4; i++)
        got[i] = ((KetteTx *)g_ptr_array_index(chosen, i))->fee;
    /* bob's 6 first; alice's 50 waits behind her 1. */
    CU_ASSERT_EQUAL(got[0], 6);
    CU_ASSERT_EQUAL(got[1], 1);
    CU_ASSERT_EQUAL(got[2], 50);
    CU_ASSERT_EQUAL(got[3], 7);
    fixture_clear(&f);
}

/* What a test of reorganisations needs: branch a with payments, branch b without or with others. */
typedef struct {
    Fixture f;
    KetteMempool *pool;
    GPtrArray *returned, *dropped;
} Reorg;

static void
reorg_init(Reorg *r)
{
    fixture_init(&r->f);
    r->pool = kette_mempool_new(5000000, 0);
    r->returned = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    r->dropped = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
}

static void
reorg_clear(Reorg *r)
{
    g_ptr_array_unref(r->returned);
    g_ptr_array_unref(r->dropped);
    kette_mempool_free(r->pool);
    fixture_clear(&r->f);
}

static const KetteEntry *
entry_of(Reorg *r, const KetteBlock *block)
{
    return kette_store_find(r->f.builder, &block->id);
}

static void
follow(Reorg *r, const KetteBlock *from, const KetteBlock *to)
{
    const KetteEntry *old_tip = entry_of(r, from), *new_tip = entry_of(r, to);

    kette_mempool_follow(r->pool, r->returned, r->dropped, old_tip,
                         kette_entry_common(old_tip, new_tip), new_tip);
    check_audit(r->pool, new_tip->state);
}

static void
test_reorg_returns(void)
{
    Reorg r;
    KetteTx *txs[3];
    const KetteBlock *a, *b;

    reorg_init(&r);
    for (uint64_t i = 0; i < 3; i++)
        txs[i] = fixture_pay(&r.f, r.f.alice, &r.f.bob_address, 1, 0, i);
    a = fixture_genesis(&r.f);
    for (unsigned i = 0; i < 3; i++)
        a = fixture_block(&r.f, a, 10 + i, &txs[i], 1);
    b = fixture_block(&r.f, fixture_genesis(&r.f), 20, NULL, 0);
    follow(&r, fixture_genesis(&r.f), a);
    CU_ASSERT_EQUAL(kette_mempool_count(r.pool), 0);
    follow(&r, a, b);
    CU_ASSERT_EQUAL(kette_mempool_count(r.pool), 3);
    CU_ASSERT_EQUAL_FATAL(r.returned->len, 3);
    for (guint i = 0; i < 3; i++)
        CU_ASSERT_PTR_EQUAL(g_ptr_array_index(r.returned, i), txs[i]);
    /* and confirmed again they leave */
    follow(&r, b, a);
    CU_ASSERT_EQUAL(kette_mempool_count(r.pool), 0);
    CU_ASSERT_EQUAL(r.dropped->len, 0);
    for (int i = 0; i < 3; i++)
        kette_tx_unref(txs[i]);
    reorg_clear(&r);
}

static void
test_reorg_drops_the_loser(void)
{
    Reorg r;
    KetteTx *loser, *dependant, *winner;
    const KetteBlock *a, *b;

    reorg_init(&r);
    loser = fixture_pay(&r.f, r.f.alice, &r.f.bob_address, 999 * KETTE_AMOUNT_UNIT, 0, 0);
    dependant = fixture_pay(&r.f, r.f.bob, &r.f.alice_address, 500 * KETTE_AMOUNT_UNIT, 0, 0);
    winner = fixture_pay(&r.f, r.f.alice, &r.f.alice_address, 1, 0, 0);
    a = fixture_block(&r.f, fixture_genesis(&r.f), 1, &loser, 1);
    b = fixture_block(&r.f, fixture_genesis(&r.f), 2, &winner, 1);
    CU_ASSERT_EQUAL(kette_mempool_add(r.pool, NULL, entry_of(&r, a)->state, dependant), KETTE_OK);
    follow(&r, a, b);
    CU_ASSERT_EQUAL(kette_mempool_count(r.pool), 0);
    CU_ASSERT_EQUAL(r.returned->len, 0);
    CU_ASSERT_EQUAL(r.dropped->len, 2);
    kette_tx_unref(loser);
    kette_tx_unref(dependant);
    kette_tx_unref(winner);
    reorg_clear(&r);
}

/* Bob has 10 on one branch and 9 on the other, and two payments of 4 with a fee of 1 wait: the
 * second goes, because the first takes its fee as well. */
static void
test_reorg_counts_fees(void)
{
    Reorg r;
    KetteTx *ten, *nine, *waiting[2];
    const KetteBlock *a, *b;

    reorg_init(&r);
    ten = fixture_pay(&r.f, r.f.alice, &r.f.bob_address, 10, 0, 0);
    nine = fixture_pay(&r.f, r.f.alice, &r.f.bob_address, 9, 0, 0);
    a = fixture_block(&r.f, fixture_genesis(&r.f), 1, &ten, 1);
    b = fixture_block(&r.f, fixture_genesis(&r.f), 2, &nine, 1);
    for (uint64_t i = 0; i < 2; i++) {
        waiting[i] = fixture_pay(&r.f, r.f.bob, &r.f.alice_address, 4, 1, i);
        CU_ASSERT_EQUAL(kette_mempool_add(r.pool, NULL, entry_of(&r, a)->state, waiting[i]),
                        KETTE_OK);
    }
    follow(&r, a, b);
    CU_ASSERT_PTR_EQUAL(kette_mempool_find(r.pool, &waiting[0]->id), waiting[0]);
    CU_ASSERT_PTR_NULL(kette_mempool_find(r.pool, &waiting[1]->id));
    for (int i = 0; i < 2; i++)
        kette_tx_unref(waiting[i]);
    kette_tx_unref(ten);
    kette_tx_unref(nine);
    reorg_clear(&r);
}

static void
test_in_both_branches_never_returns(void)
{
    Reorg r;
    KetteTx *tx;
    const KetteBlock *a, *b;

    reorg_init(&r);
    tx = fixture_pay(&r.f, r.f.alice, &r.f.bob_address, 1, 0, 0);
    a = fixture_block(&r.f, fixture_genesis(&r.f), 1, &tx, 1);
    b = fixture_block(&r.f, fixture_genesis(&r.f), 2, &tx, 1);
    follow(&r, a, b);
    CU_ASSERT_EQUAL(kette_mempool_count(r.pool), 0);
    CU_ASSERT_EQUAL(r.returned->len + r.dropped->len, 0);
    kette_tx_unref(tx);
    reorg_clear(&r);
}

static void
test_one_sender_has_a_limit(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(5000000, 0);

    fixture_init(&f);
    for (uint64_t i = 0; i < KETTE_MEMPOOL_PER_SENDER; i++)
        CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 0, i), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 0, KETTE_MEMPOOL_PER_SENDER), KETTE_MEMPOOL_FULL);
    fixture_clear(&f);
}

/* Room for two; a reorganisation returns three: the last goes, and is told of. */
static void
test_reorg_keeps_the_limit(void)
{
    Reorg r;
    KetteTx *txs[3];
    const KetteBlock *a, *b;

    reorg_init(&r);
    kette_mempool_free(r.pool);
    r.pool = kette_mempool_new(2 * KETTE_TX_BYTES, 0);
    for (uint64_t i = 0; i < 3; i++)
        txs[i] = fixture_pay(&r.f, r.f.alice, &r.f.bob_address, 1, 0, i);
    a = fixture_block(&r.f, fixture_genesis(&r.f), 1, txs, 3);
    b = fixture_block(&r.f, fixture_genesis(&r.f), 2, NULL, 0);
    follow(&r, a, b);
    CU_ASSERT_EQUAL(kette_mempool_count(r.pool), 2);
    CU_ASSERT_EQUAL(r.returned->len, 2);
    CU_ASSERT_EQUAL_FATAL(r.dropped->len, 1);
    CU_ASSERT_PTR_EQUAL(g_ptr_array_index(r.dropped, 0), txs[2]);
    for (int i = 0; i < 3; i++)
        kette_tx_unref(txs[i]);
    reorg_clear(&r);
}

static void
test_replaced_is_told(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(5000000, 0);
    g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    g_autoptr(KetteTx) first = NULL, second = NULL;

    fixture_init(&f);
    first = fixture_pay(&f, f.alice, &f.bob_address, 1, 1, 0);
    second = fixture_pay(&f, f.alice, &f.bob_address, 1, 9, 0);
    CU_ASSERT_EQUAL(kette_mempool_add(pool, dropped, genesis_state(&f), first), KETTE_OK);
    CU_ASSERT_EQUAL(kette_mempool_add(pool, dropped, genesis_state(&f), second), KETTE_OK);
    CU_ASSERT_EQUAL_FATAL(dropped->len, 1);
    CU_ASSERT_PTR_EQUAL(g_ptr_array_index(dropped, 0), first);
    fixture_clear(&f);
}

/* A replacement is paid for together with what comes after it. */
static void
test_replacement_leaves_enough(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(5000000, 0);

    fixture_init(&f); /* alice has 1000 */
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 100 * KETTE_AMOUNT_UNIT, 10, 0), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 800 * KETTE_AMOUNT_UNIT, 10, 1), KETTE_OK);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 300 * KETTE_AMOUNT_UNIT, 20, 0),
                    KETTE_INSUFFICIENT_FUNDS);
    check_audit(pool, genesis_state(&f));
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 150 * KETTE_AMOUNT_UNIT, 20, 0), KETTE_OK);
    CU_ASSERT_EQUAL(kette_mempool_count(pool), 2);
    check_audit(pool, genesis_state(&f));
    fixture_clear(&f);
}

/* --- many senders -------------------------------------------------------------------------- */

#define SENDERS 8

typedef struct {
    Fixture f;
    KetteKey *keys[SENDERS];
    KetteAddress addresses[SENDERS];
    KetteState *state; /* each of them has 1000 */
} Crowd;

static void
crowd_init(Crowd *c)
{
    const KetteAccount account = {1000, 0};

    fixture_init(&c->f);
    c->state = kette_state_ref((KetteState *)genesis_state(&c->f));
    for (uint8_t i = 0; i < SENDERS; i++) {
        const uint8_t secret[32] = {100, i};
        KetteState *after;

        c->keys[i] = kette_key_new(secret);
        c->addresses[i] =
            kette_address_of(kette_store_hasher(c->f.builder), kette_key_public(c->keys[i]));
        after = kette_state_set(c->state, &c->addresses[i], &account);
        kette_state_unref(c->state);
        c->state = after;
    }
}

static void
crowd_clear(Crowd *c)
{
    for (unsigned i = 0; i < SENDERS; i++)
        kette_key_free(c->keys[i]);
    kette_state_unref(c->state);
    fixture_clear(&c->f);
}

static KetteVerdict
crowd_add(Crowd *c, KetteMempool *pool, GPtrArray *dropped, unsigned sender, uint64_t fee,
          uint64_t nonce)
{
    g_autoptr(KetteTx) tx = fixture_pay(&c->f, c->keys[sender], &c->f.bob_address, 1, fee, nonce);

    return kette_mempool_add(pool, dropped, c->state, tx);
}

/* The best of the senders' next payments: the highest fee, of equals the lowest address. */
static unsigned
best_of(const Crowd *c, const uint64_t fees[SENDERS][2], const unsigned next[SENDERS])
{
    unsigned best = SENDERS;

    for (unsigned i = 0; i < SENDERS; i++) {
        if (next[i] == 2)
            continue;
        if (best == SENDERS || fees[i][next[i]] > fees[best][next[best]] ||
            (fees[i][next[i]] == fees[best][next[best]] &&
             kette_address_compare(&c->addresses[i], &c->addresses[best]) < 0))
            best = i;
    }
    return best;
}

/* A template of all, with ties: the order is what a plain search gives, and stops where it must. */
static void
test_selection_among_many(void)
{
    static const uint64_t fees[SENDERS][2] = {{5, 9}, {5, 5}, {9, 1}, {2, 9},
                                              {5, 0}, {1, 7}, {9, 9}, {0, 3}};
    Crowd c;
    g_autoptr(KetteMempool) pool = kette_mempool_new(5000000, 0);
    g_autoptr(GPtrArray) all = NULL, some = NULL, none = NULL;
    unsigned next[SENDERS] = {0};

    crowd_init(&c);
    none = kette_mempool_select(pool, 5);
    CU_ASSERT_EQUAL(none->len, 0);
    for (unsigned i = 0; i < SENDERS; i++) {
        for (unsigned k = 0; k < 2; k++)
            CU_ASSERT_EQUAL(crowd_add(&c, pool, NULL, i, fees[i][k], k), KETTE_OK);
    }
    check_audit(pool, c.state);
    all = kette_mempool_select(pool, 100);
    some = kette_mempool_select(pool, 5);
    CU_ASSERT_EQUAL_FATAL(all->len, 2 * SENDERS);
    CU_ASSERT_EQUAL_FATAL(some->len, 5);
    for (guint i = 0; i < all->len; i++) {
        const KetteTx *tx = g_ptr_array_index(all, i);
        unsigned best = best_of(&c, fees, next);

        CU_ASSERT_EQUAL(kette_address_compare(&tx->from, &c.addresses[best]), 0);
        CU_ASSERT_EQUAL(tx->nonce, next[best]);
        CU_ASSERT_TRUE(i >= some->len || g_ptr_array_index(some, i) == tx);
        next[best]++;
    }
    crowd_clear(&c);
}

/* A full pool of many: the last of whoever pays least goes, of equals the lowest address; nobody
 * pushes out his own, nor what pays as much. */
static void
test_eviction_among_many(void)
{
    Crowd c;
    g_autoptr(KetteMempool) pool = kette_mempool_new(SENDERS * KETTE_TX_BYTES, 0);
    g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    unsigned low, high;

    crowd_init(&c);
    /* Senders 0 and 1 pay 3 and then 1, 2 to 5 pay 4 and more. */
    for (unsigned i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(crowd_add(&c, pool, dropped, i, 3, 0), KETTE_OK);
        CU_ASSERT_EQUAL(crowd_add(&c, pool, dropped, i, 1, 1), KETTE_OK);
    }
    for (unsigned i = 2; i < 6; i++)
        CU_ASSERT_EQUAL(crowd_add(&c, pool, dropped, i, 2 + i, 0), KETTE_OK);
    CU_ASSERT_EQUAL(crowd_add(&c, pool, dropped, 6, 1, 0), KETTE_MEMPOOL_FULL);
    low = kette_address_compare(&c.addresses[0], &c.addresses[1]) < 0 ? 0 : 1;
    high = 1 - low;
    CU_ASSERT_EQUAL(crowd_add(&c, pool, dropped, low, 9, 2), KETTE_MEMPOOL_FULL);
    CU_ASSERT_EQUAL(dropped->len, 0);
    CU_ASSERT_EQUAL(crowd_add(&c, pool, dropped, 6, 2, 0), KETTE_OK);
    CU_ASSERT_EQUAL_FATAL(dropped->len, 1);
    CU_ASSERT_EQUAL(
        kette_address_compare(&((KetteTx *)g_ptr_array_index(dropped, 0))->from, &c.addresses[low]),
        0);
    CU_ASSERT_EQUAL(crowd_add(&c, pool, dropped, 7, 2, 0), KETTE_OK);
    CU_ASSERT_EQUAL_FATAL(dropped->len, 2);
    CU_ASSERT_EQUAL(kette_address_compare(&((KetteTx *)g_ptr_array_index(dropped, 1))->from,
                                          &c.addresses[high]),
                    0);
    /* A sender whose only payment goes is gone. */
    CU_ASSERT_EQUAL(crowd_add(&c, pool, dropped, 2, 8, 1), KETTE_OK);
    CU_ASSERT_EQUAL(dropped->len, 3);
    CU_ASSERT_EQUAL(kette_mempool_count(pool), SENDERS);
    check_audit(pool, c.state);
    crowd_clear(&c);
}

/* A pool that holds nothing takes nothing. */
static void
test_no_room_at_all(void)
{
    Fixture f;
    g_autoptr(KetteMempool) pool = kette_mempool_new(KETTE_TX_BYTES - 1, 0);

    fixture_init(&f);
    CU_ASSERT_EQUAL(add(pool, &f, f.alice, 1, 100, 0), KETTE_MEMPOOL_FULL);
    CU_ASSERT_EQUAL(kette_mempool_count(pool), 0);
    check_audit(pool, genesis_state(&f));
    fixture_clear(&f);
    kette_mempool_free(NULL);
}

TEST_SUITE(mempool, {"a reorg keeps the limit", test_reorg_keeps_the_limit},
           {"what is replaced is told", test_replaced_is_told},
           {"one sender has a limit", test_one_sender_has_a_limit},
           {"nonces in order", test_nonces_in_order},
           {"funds cover all that waits", test_funds_cover_all},
           {"a replacement pays more", test_replacement_pays_more},
           {"a replacement of small fees pays more", test_replacement_of_small_fees},
           {"a full pool evicts the cheapest", test_full_pool_evicts_the_cheapest},
           {"selection by fee and nonce", test_selection_by_fee_and_nonce},
           {"a reorg returns what is valid", test_reorg_returns},
           {"a reorg drops the loser and its dependants", test_reorg_drops_the_loser},
           {"a reorg counts fees", test_reorg_counts_fees},
           {"in both branches: never back", test_in_both_branches_never_returns},
           {"selection among many", test_selection_among_many},
           {"eviction among many", test_eviction_among_many},
           {"a replacement leaves enough", test_replacement_leaves_enough},
           {"no room at all", test_no_room_at_all})
