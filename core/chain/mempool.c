/* Unconfirmed transactions by sender and nonce; see mempool.h. */
#include "core/chain/mempool.h"

#include "core/base/assert.h"
#include "core/base/id_table.h"
#include "core/base/limits.h"

typedef struct {
    KetteAddress address;
    GPtrArray *txs;  /* KetteTx, owned, in order of nonce, without gaps */
    uint64_t spends; /* amounts and fees of all of them */
} Sender;

struct KetteMempool {
    size_t limit_bytes;
    uint64_t min_fee;
    uint64_t departures;
    GPtrArray *senders; /* in order of address: what is iterated must not depend on a hash table */
    KetteIdTable by_id; /* KetteTx, borrowed from the senders */
};

static void
sender_free(gpointer data)
{
    Sender *sender = data;

    g_ptr_array_unref(sender->txs);
    g_free(sender);
}

KetteMempool *
kette_mempool_new(size_t limit_bytes, uint64_t min_fee)
{
    KetteMempool *pool = g_new0(KetteMempool, 1);

    pool->limit_bytes = limit_bytes;
    pool->min_fee = min_fee;
    return pool;
}

void
kette_mempool_free(KetteMempool *pool)
{
    if (pool == NULL)
        return;
    kette_id_table_clear(&pool->by_id);
    g_clear_pointer(&pool->senders, g_ptr_array_unref);
    g_free(pool);
}

/* Makes the list with the first transaction: an idle pool costs a few words. */
static void
ensure_senders(KetteMempool *pool)
{
    if (pool->senders == NULL)
        pool->senders = g_ptr_array_new_with_free_func(sender_free);
}

size_t
kette_mempool_count(const KetteMempool *pool)
{
    return pool->by_id.count;
}

uint64_t
kette_mempool_departures(const KetteMempool *pool)
{
    return pool->departures;
}

KetteTx *
kette_mempool_find(const KetteMempool *pool, const KetteHash *id)
{
    return kette_id_table_find(&pool->by_id, id);
}

void
kette_mempool_prefetch(const KetteMempool *pool, const KetteHash *id)
{
    kette_id_table_prefetch(&pool->by_id, id);
}

static Sender *
sender_at(const KetteMempool *pool, guint i)
{
    return g_ptr_array_index(pool->senders, i);
}

static bool
sender_search(const KetteMempool *pool, guint *ret_at, const KetteAddress *address)
{
    guint low = 0, high = pool->senders->len;

    while (low < high) {
        guint middle = (low + high) / 2;
        int order = kette_address_compare(&sender_at(pool, middle)->address, address);

        if (order == 0) {
            *ret_at = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_at = low;
    return false;
}

size_t
kette_mempool_pending(const KetteMempool *pool, const KetteAddress *address)
{
    guint at;

    if (pool->senders == NULL || !sender_search(pool, &at, address))
        return 0;
    return sender_at(pool, at)->txs->len;
}

KetteTx *
kette_mempool_at(const KetteMempool *pool, const KetteAddress *sender, uint64_t nonce)
{
    const GPtrArray *txs;
    uint64_t first;
    guint at;

    if (pool->senders == NULL || !sender_search(pool, &at, sender))
        return NULL;
    txs = sender_at(pool, at)->txs;
    first = ((const KetteTx *)g_ptr_array_index(txs, 0))->nonce;
    return nonce >= first && nonce - first < txs->len ? g_ptr_array_index(txs, nonce - first)
                                                      : NULL;
}

static Sender *
sender_get(KetteMempool *pool, const KetteAddress *address)
{
    Sender *sender;
    guint at;

    if (sender_search(pool, &at, address))
        return sender_at(pool, at);
    sender = g_new0(Sender, 1);
    sender->address = *address;
    sender->txs = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    g_ptr_array_insert(pool->senders, (gint)at, sender);
    return sender;
}

static void
drop_if_empty(KetteMempool *pool, const KetteAddress *address)
{
    guint at;
    bool found = sender_search(pool, &at, address);

    kette_assert(found);
    if (sender_at(pool, at)->txs->len == 0)
        g_ptr_array_remove_index(pool->senders, at);
}

static KetteTx *
tx_at(const Sender *sender, guint i)
{
    return g_ptr_array_index(sender->txs, i);
}

static uint64_t
raised(uint64_t fee)
{
    return fee + MAX(fee / 10, 1);
}

/* --- adding ------------------------------------------------------------------------------ */

static uint64_t
spend_of(const KetteTx *tx)
{
    return tx->amount + tx->fee;
}

/* Returns whether the balance pays for all transactions of the sender, with `extra` in the place of
 * the one at `replace` or, beyond the end, behind them. */
static bool
affordable(const Sender *sender, const KetteAccount *account, guint replace, const KetteTx *extra)
{
    uint64_t others =
        sender->spends - (replace < sender->txs->len ? spend_of(tx_at(sender, replace)) : 0);

    return account->balance >= others && account->balance - others >= spend_of(extra);
}

/* Returns the sender whose last transaction pays least; ties go to the lowest address. */
static Sender *
cheapest(const KetteMempool *pool)
{
    Sender *found = NULL;

    for (guint i = 0; i < pool->senders->len; i++) {
        Sender *sender = sender_at(pool, i);

        if (sender->txs->len == 0)
            continue;
        if (found == NULL ||
            tx_at(sender, sender->txs->len - 1)->fee < tx_at(found, found->txs->len - 1)->fee)
            found = sender;
    }
    return found;
}

static void
remove_at(KetteMempool *pool, Sender *sender, guint i)
{
    pool->departures++;
    sender->spends -= spend_of(tx_at(sender, i));
    kette_id_table_remove(&pool->by_id, &tx_at(sender, i)->id);
    g_ptr_array_remove_index(sender->txs, i);
}

static void
drop_at(KetteMempool *pool, Sender *sender, guint i, GPtrArray *dropped)
{
    if (dropped != NULL)
        g_ptr_array_add(dropped, kette_tx_ref(tx_at(sender, i)));
    remove_at(pool, sender, i);
}

static bool
is_over(const KetteMempool *pool, size_t more)
{
    return (kette_mempool_count(pool) + more) * KETTE_TX_BYTES > pool->limit_bytes;
}

static bool
make_room(KetteMempool *pool, const KetteTx *tx, GPtrArray *dropped)
{
    while (is_over(pool, 1)) {
        Sender *victim = kette_mempool_count(pool) > 0 ? cheapest(pool) : NULL;
        KetteAddress address;

        if (victim == NULL || tx_at(victim, victim->txs->len - 1)->fee >= tx->fee ||
            kette_address_compare(&victim->address, &tx->from) == 0)
            return false;
        address = victim->address;
        drop_at(pool, victim, victim->txs->len - 1, dropped);
        drop_if_empty(pool, &address);
    }
    return true;
}

static void
insert(KetteMempool *pool, Sender *sender, guint at, KetteTx *tx)
{
    g_ptr_array_insert(sender->txs, (gint)at, kette_tx_ref(tx));
    sender->spends += spend_of(tx);
    kette_id_table_add(&pool->by_id, tx);
}

static KetteVerdict
add_to_sender(KetteMempool *pool, GPtrArray *dropped, const KetteAccount *account, KetteTx *tx)
{
    Sender *sender = sender_get(pool, &tx->from);
    uint64_t place = tx->nonce - account->nonce;
    bool replaces = place < sender->txs->len;

    if (place > sender->txs->len)
        return KETTE_NONCE_GAP;
    if (place >= KETTE_MEMPOOL_PER_SENDER)
        return KETTE_MEMPOOL_FULL;
    if (replaces && tx->fee < raised(tx_at(sender, (guint)place)->fee))
        return KETTE_FEE_TOO_LOW;
    if (!affordable(sender, account, (guint)place, tx))
        return KETTE_INSUFFICIENT_FUNDS;
    if (replaces) {
        drop_at(pool, sender, (guint)place, dropped);
    } else if (is_over(pool, 1)) {
        if (!make_room(pool, tx, dropped))
            return KETTE_MEMPOOL_FULL;
        sender = sender_get(pool, &tx->from); /* making room may have removed it */
    }
    insert(pool, sender, (guint)place, tx);
    return KETTE_OK;
}

KetteVerdict
kette_mempool_add(KetteMempool *pool, GPtrArray *dropped, const KetteState *state, KetteTx *tx)
{
    KetteAccount account = kette_state_get(state, &tx->from);
    KetteVerdict verdict;

    if (kette_mempool_find(pool, &tx->id) != NULL)
        return KETTE_ALREADY_KNOWN;
    if (tx->nonce < account.nonce)
        return KETTE_NONCE_TOO_LOW;
    if (tx->fee < pool->min_fee)
        return KETTE_FEE_TOO_LOW;
    ensure_senders(pool);
    verdict = add_to_sender(pool, dropped, &account, tx);
    if (verdict != KETTE_OK)
        drop_if_empty(pool, &tx->from);
    return verdict;
}

/* --- following the tip ------------------------------------------------------------------- */

/* Returns the transactions of the blocks above `fork` up to `tip`, oldest first, borrowed. */
static GPtrArray *
branch_txs(const KetteEntry *fork, const KetteEntry *tip)
{
    GPtrArray *blocks = g_ptr_array_new(), *txs = g_ptr_array_new();

    for (; tip != fork; tip = tip->parent) {
        if (tip->block->tx_count > 0)
            g_ptr_array_add(blocks, tip->block);
    }
    for (guint i = blocks->len; i-- > 0;) {
        const KetteBlock *block = g_ptr_array_index(blocks, i);

        for (uint32_t k = 0; k < block->tx_count; k++)
            g_ptr_array_add(txs, block->txs[k]);
    }
    g_ptr_array_unref(blocks);
    return txs;
}

static void
add_all(KetteIdTable *table, const GPtrArray *txs)
{
    for (guint i = 0; i < txs->len; i++)
        kette_id_table_add(table, g_ptr_array_index(txs, i));
}

static void
put_back(KetteMempool *pool, KetteTx *tx)
{
    Sender *sender;
    guint at = 0;

    if (kette_mempool_find(pool, &tx->id) != NULL)
        return;
    sender = sender_get(pool, &tx->from);
    while (at < sender->txs->len && tx_at(sender, at)->nonce < tx->nonce)
        at++;
    /* Where the pool has another with this nonce, the one that was confirmed before comes first:
     * whoever saw it confirmed will look for it. */
    insert(pool, sender, at, tx);
}

/* Keeps of one sender what `state` still allows and drops the rest. */
static void
revalidate(KetteMempool *pool, Sender *sender, const KetteState *state,
           const KetteIdTable *confirmed, GPtrArray *dropped)
{
    KetteAccount account = kette_state_get(state, &sender->address);

    for (guint i = 0; i < sender->txs->len;) {
        KetteTx *tx = tx_at(sender, i);

        if (tx->nonce == account.nonce && account.balance >= tx->amount + tx->fee) {
            account.nonce++;
            account.balance -= tx->amount + tx->fee;
            i++;
            continue;
        }
        if (dropped != NULL && kette_id_table_find(confirmed, &tx->id) == NULL)
            g_ptr_array_add(dropped, kette_tx_ref(tx));
        remove_at(pool, sender, i);
    }
}

static void
revalidate_all(KetteMempool *pool, const KetteState *state, const KetteIdTable *confirmed,
               GPtrArray *dropped)
{
    for (guint i = 0; i < pool->senders->len;) {
        Sender *sender = sender_at(pool, i);

        revalidate(pool, sender, state, confirmed, dropped);
        if (sender->txs->len == 0)
            g_ptr_array_remove_index(pool->senders, i);
        else
            i++;
    }
}

/* Drops the cheapest ends of senders when more came back than the pool holds. */
static void
shrink(KetteMempool *pool, GPtrArray *dropped)
{
    while (is_over(pool, 0)) {
        Sender *sender = cheapest(pool);
        KetteAddress address = sender->address;

        drop_at(pool, sender, sender->txs->len - 1, dropped);
        drop_if_empty(pool, &address);
    }
}

void
kette_mempool_follow(KetteMempool *pool, GPtrArray *returned, GPtrArray *dropped,
                     const KetteEntry *old_tip, const KetteEntry *fork, const KetteEntry *new_tip)
{
    g_autoptr(GPtrArray) out = NULL, in = NULL;
    KetteIdTable confirmed = {0};

    if (kette_mempool_count(pool) == 0 && old_tip == fork)
        return;
    out = branch_txs(fork, old_tip);
    if (kette_mempool_count(pool) == 0 && out->len == 0)
        return;
    ensure_senders(pool);
    in = branch_txs(fork, new_tip);
    add_all(&confirmed, in);
    for (guint i = 0; i < out->len; i++) {
        KetteTx *tx = g_ptr_array_index(out, i);

        if (kette_id_table_find(&confirmed, &tx->id) == NULL)
            put_back(pool, tx);
    }
    revalidate_all(pool, new_tip->state, &confirmed, dropped);
    kette_id_table_clear(&confirmed);
    shrink(pool, dropped);
    for (guint i = 0; i < out->len && returned != NULL; i++) {
        KetteTx *tx = g_ptr_array_index(out, i);

        if (kette_mempool_find(pool, &tx->id) == tx)
            g_ptr_array_add(returned, kette_tx_ref(tx));
    }
}

/* --- block templates --------------------------------------------------------------------- */

/* A sender's next transaction, in a binary heap by fee, then by address. */
typedef struct {
    const Sender *sender;
    guint next;
} Head;

static bool
pays_more(const Head *a, const Head *b)
{
    uint64_t fee_a = tx_at(a->sender, a->next)->fee, fee_b = tx_at(b->sender, b->next)->fee;

    if (fee_a != fee_b)
        return fee_a > fee_b;
    return kette_address_compare(&a->sender->address, &b->sender->address) < 0;
}

static void
sift_down(Head *heap, size_t count, size_t at)
{
    for (;;) {
        size_t best = at, left = 2 * at + 1;
        Head swap;

        for (size_t child = left; child < MIN(left + 2, count); child++) {
            if (pays_more(&heap[child], &heap[best]))
                best = child;
        }
        if (best == at)
            return;
        swap = heap[at];
        heap[at] = heap[best];
        heap[best] = swap;
        at = best;
    }
}

GPtrArray *
kette_mempool_select(const KetteMempool *pool, size_t max_count)
{
    GPtrArray *chosen = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    size_t count = pool->senders ? pool->senders->len : 0;
    g_autofree Head *heap = g_new(Head, count + 1);

    for (size_t i = 0; i < count; i++)
        heap[i] = (Head){sender_at(pool, i), 0};
    for (size_t i = count / 2; i-- > 0;)
        sift_down(heap, count, i);
    while (count > 0 && chosen->len < max_count) {
        g_ptr_array_add(chosen, kette_tx_ref(tx_at(heap[0].sender, heap[0].next)));
        if (++heap[0].next == heap[0].sender->txs->len)
            heap[0] = heap[--count];
        sift_down(heap, count, 0);
    }
    return chosen;
}

void
kette_mempool_each(const KetteMempool *pool, void (*func)(void *user, KetteTx *tx), void *user)
{
    for (guint i = 0; pool->senders != NULL && i < pool->senders->len; i++) {
        const Sender *sender = sender_at(pool, i);

        for (guint k = 0; k < sender->txs->len; k++)
            func(user, tx_at(sender, k));
    }
}

/* --- audit ------------------------------------------------------------------------------- */

const char *
kette_mempool_audit(const KetteMempool *pool, const KetteState *state)
{
    size_t count = 0;

    for (guint i = 0; pool->senders != NULL && i < pool->senders->len; i++) {
        const Sender *sender = sender_at(pool, i);
        KetteAccount account = kette_state_get(state, &sender->address);
        uint64_t spends = 0;

        for (guint k = 0; k < sender->txs->len; k++, count++) {
            const KetteTx *tx = tx_at(sender, k);

            if (tx->nonce != account.nonce + k)
                return "a sender's nonces do not continue its account's";
            if (account.balance < tx->amount + tx->fee)
                return "a balance does not pay for what waits";
            account.balance -= tx->amount + tx->fee;
            spends += spend_of(tx);
            if (kette_mempool_find(pool, &tx->id) != tx)
                return "a transaction is not found by its id";
        }
        if (spends != sender->spends)
            return "a sender's payments do not add up";
    }
    if (count != kette_mempool_count(pool))
        return "the index and the senders do not agree";
    if (count * KETTE_TX_BYTES > pool->limit_bytes)
        return "the pool is over its limit";
    return NULL;
}

size_t
kette_mempool_memory(const KetteMempool *pool)
{
    size_t bytes = sizeof *pool;

    if (pool->senders != NULL)
        bytes += pool->senders->len * (sizeof(Sender) + sizeof(gpointer));
    /* a place in the sender's array, which has some two a payment */
    return bytes + kette_mempool_count(pool) * 2 * sizeof(gpointer) +
           kette_id_table_memory(&pool->by_id);
}
