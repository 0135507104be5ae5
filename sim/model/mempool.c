/* The mempool. The payments of a sender continue the nonce of its account without a gap, and its
 * balance pays for all of them. */
#include "sim/model/facts.h"

#define PER_SENDER 1024

void
model_mempool_init(ModelMempool *pool, guint64 limit_bytes, guint64 min_fee)
{
    *pool = (ModelMempool){limit_bytes, min_fee, g_ptr_array_new_with_free_func(g_free)};
}

void
model_mempool_clear(ModelMempool *pool)
{
    g_ptr_array_unref(pool->txs);
}

static ModelTx *
tx_at(const ModelMempool *pool, guint i)
{
    return pool->txs->pdata[i];
}

static int
compare_senders(const ModelTx *a, const ModelTx *b)
{
    return memcmp(a->from.b, b->from.b, sizeof a->from.b);
}

/* Returns where the sender's payments begin; *ret_count of them wait. */
static guint
first_of(const ModelMempool *pool, guint *ret_count, const ModelTx *tx)
{
    guint at = 0, end;

    while (at < pool->txs->len && compare_senders(tx_at(pool, at), tx) < 0)
        at++;
    for (end = at; end < pool->txs->len && compare_senders(tx_at(pool, end), tx) == 0; end++)
        ;
    *ret_count = end - at;
    return at;
}

static bool
holds(const ModelMempool *pool, const ModelHash *id)
{
    for (guint i = 0; i < pool->txs->len; i++) {
        if (model_hash_is_equal(&tx_at(pool, i)->id, id))
            return true;
    }
    return false;
}

static bool
is_over(const ModelMempool *pool, guint more)
{
    return (guint64)(pool->txs->len + more) * TX_BYTES > pool->limit_bytes;
}

/* Returns the last payment of the sender whose last one pays least, of equals the lowest address:
 * what gives way first. */
static guint
cheapest(const ModelMempool *pool)
{
    guint found = G_MAXUINT;

    for (guint i = 0; i < pool->txs->len; i++) {
        bool is_last =
            i + 1 == pool->txs->len || compare_senders(tx_at(pool, i), tx_at(pool, i + 1)) != 0;

        if (is_last && (found == G_MAXUINT || tx_at(pool, i)->fee < tx_at(pool, found)->fee))
            found = i;
    }
    return found;
}

/* Returns ok once there is room for the payment: what pays less gives way, but none of its own
 * sender. */
static const char *
make_room(ModelMempool *pool, const ModelTx *tx)
{
    while (is_over(pool, 1)) {
        guint at = cheapest(pool);

        if (at == G_MAXUINT || tx_at(pool, at)->fee >= tx->fee ||
            compare_senders(tx_at(pool, at), tx) == 0)
            return "mempool-full";
        g_ptr_array_remove_index(pool->txs, at);
    }
    return OK;
}

/* The verdict on a payment in its sender's queue; *ret_replaced is the one whose place it takes,
 * G_MAXUINT: none. */
static const char *
verdict_in_queue(const ModelMempool *pool, guint *ret_replaced, const ModelAccount *account,
                 const ModelTx *tx)
{
    guint count, first = first_of(pool, &count, tx);
    guint64 place = tx->nonce - account->nonce, spent = tx->amount + tx->fee;

    *ret_replaced = place < count ? first + (guint)place : G_MAXUINT;
    if (place > count)
        return "nonce-gap";
    if (place >= PER_SENDER)
        return "mempool-full";
    if (*ret_replaced != G_MAXUINT) {
        guint64 fee = tx_at(pool, *ret_replaced)->fee;

        if (tx->fee < fee + MAX(fee / 10, 1))
            return "fee-too-low";
    }
    if (spent > account->balance)
        return "insufficient-funds";
    for (guint i = first; i < first + count; i++) {
        if (i != *ret_replaced)
            spent += tx_at(pool, i)->amount + tx_at(pool, i)->fee;
    }
    return spent > account->balance ? "insufficient-funds" : OK;
}

const char *
model_mempool_add(ModelMempool *pool, const GArray *accounts, ModelTx *mine)
{
    g_autofree ModelTx *tx = mine;
    ModelAccount account = model_account(accounts, &tx->from);
    const char *verdict;
    guint replaced, count, at;

    if (holds(pool, &tx->id))
        return "already-known";
    if (tx->nonce < account.nonce)
        return "nonce-too-low";
    if (tx->fee < pool->min_fee)
        return "fee-too-low";
    verdict = verdict_in_queue(pool, &replaced, &account, tx);
    if (!is_ok(verdict))
        return verdict;
    if (replaced != G_MAXUINT)
        g_ptr_array_remove_index(pool->txs, replaced);
    else if (!is_ok(verdict = make_room(pool, tx)))
        return verdict;
    at = first_of(pool, &count, tx) + (guint)(tx->nonce - account.nonce);
    g_ptr_array_insert(pool->txs, (gint)at, g_steal_pointer(&tx));
    return OK;
}

/* --- following the tip -------------------------------------------------------------------- */

/* Puts a payment of the branch that lost before those of its sender with the same or a later nonce.
 */
static void
put_back(ModelMempool *pool, const ModelTx *tx)
{
    guint count, at = first_of(pool, &count, tx), end = at + count;

    if (holds(pool, &tx->id))
        return;
    while (at < end && tx_at(pool, at)->nonce < tx->nonce)
        at++;
    g_ptr_array_insert(pool->txs, (gint)at, g_memdup2(tx, sizeof *tx));
}

/* Keeps what the accounts still allow, each sender's in turn. */
static void
keep_valid(ModelMempool *pool, const GArray *accounts)
{
    ModelAccount account = {.nonce = 0};
    const ModelTx *before = NULL;
    GPtrArray *kept = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < pool->txs->len; i++) {
        ModelTx *tx = tx_at(pool, i);

        if (before == NULL || compare_senders(before, tx) != 0)
            account = model_account(accounts, &tx->from);
        before = tx;
        if (tx->nonce != account.nonce || tx->amount + tx->fee > account.balance)
            continue;
        account.nonce++;
        account.balance -= tx->amount + tx->fee;
        g_ptr_array_add(kept, g_memdup2(tx, sizeof *tx));
    }
    g_ptr_array_unref(pool->txs);
    pool->txs = kept;
}

/* Puts back what the old branch confirmed, oldest first, then drops what the new tip's accounts do
 * not allow. What the new branch confirmed goes too: its nonce is used. */
void
model_mempool_follow(ModelMempool *pool, ModelBlock *old_tip, const ModelBlock *fork,
                     const ModelBlock *new_tip)
{
    for (guint64 height = fork->height + 1; height <= old_tip->height; height++) {
        const GPtrArray *txs = model_block_ancestor(old_tip, height)->body->txs;

        for (guint i = 0; i < txs->len; i++)
            put_back(pool, txs->pdata[i]);
    }
    keep_valid(pool, new_tip->accounts);
    while (is_over(pool, 0))
        g_ptr_array_remove_index(pool->txs, cheapest(pool));
}
