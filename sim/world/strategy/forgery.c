/* See forgery.h. */
#include "sim/world/strategy/forgery.h"

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/chain/retarget.h"
#include "core/chain/rules.h"

#include <string.h>

typedef struct {
    KetteStore *store;
    const KetteParams *params;
    const KetteEntry *parent;
    KetteBlockSpec spec; /* borrows from the block */
    uint64_t n;
} Forgery;

/* --- one thing wrong: before the header commits to the body -------------------------------------
 */

static void
nothing(Forgery *forgery)
{
    (void)forgery;
}

static void
no_version(Forgery *forgery)
{
    forgery->spec.header.version = 0;
}

static void
other_bits(Forgery *forgery)
{
    forgery->spec.header.bits--;
}

static void
too_old(Forgery *forgery)
{
    forgery->spec.header.time = forgery->parent->median_time;
}

static void
too_new(Forgery *forgery)
{
    forgery->spec.header.time += (uint32_t)forgery->params->max_future_s + 86400;
}

static void
other_height(Forgery *forgery)
{
    forgery->spec.height++;
}

static void
more_reward(Forgery *forgery)
{
    forgery->spec.reward++;
}

static void
other_root(Forgery *forgery)
{
    forgery->spec.state_root.b[0] ^= 1;
}

/* --- and after it: the header that it had, or one that commits to something else ----------------
 */

static void
other_commitment(Forgery *forgery)
{
    forgery->spec.header.commitment.b[0] ^= 1;
}

static const struct {
    void (*body)(Forgery *forgery);
    void (*header)(Forgery *forgery);
    bool has_no_work;
} rules[] = {
    {nothing, nothing, false},     {no_version, nothing, false}, {other_bits, nothing, false},
    {too_old, nothing, false},     {too_new, nothing, false},    {other_height, nothing, false},
    {more_reward, nothing, false}, {other_root, nothing, false}, {nothing, other_commitment, false},
    {nothing, nothing, true},
};

#define PAYMENTS 4 /* forgeries of payments that follow those of blocks */

/* Writes the header that commits to the body, and its proof of work. */
static void
commit(Forgery *forgery)
{
    KetteHasher *hasher = kette_store_hasher(forgery->store);
    bool mutated;

    forgery->spec.header.commitment = kette_block_commitment(hasher, &mutated, &forgery->spec);
}

static void
seal(Forgery *forgery)
{
    if (forgery->params->pow == KETTE_POW_SIMULATED)
        forgery->spec.header.nonce = kette_header_seal(
            kette_store_hasher(forgery->store), &forgery->spec.header, &forgery->params->seal_key);
}

/* A block whose last payment stands twice. Behind an even number of payments the copy leaves the
 * root of the Merkle tree as it is (CVE-2012-2459), so the header is that of the block; else a new
 * header commits to it. */
static KetteMessage *
twice(Forgery *forgery)
{
    const uint32_t count = forgery->spec.tx_count;
    g_autofree KetteTx **txs = g_new(KetteTx *, count + 1);
    g_autoptr(KetteBlock) forged = NULL;

    for (uint32_t i = 0; i < count; i++)
        txs[i] = forgery->spec.txs[i];
    txs[count] = txs[count - 1];
    forgery->spec.txs = txs;
    forgery->spec.tx_count++;
    if (count % 2 == 1) {
        commit(forgery);
        seal(forgery);
    }
    forged = kette_block_new(kette_store_hasher(forgery->store), &forgery->spec);
    return kette_message_block(forged);
}

/* Makes the spec that of an empty child of the block. Returns false if no such block can hold: a
 * sum is out of range. */
static bool
become_child(Forgery *forgery, const KetteEntry *of)
{
    g_autoptr(KetteState) state = NULL;
    const KetteExecution execution =
        kette_store_execution(forgery->store, of, &forgery->spec.miner, NULL, 0);
    uint32_t bad_tx;

    forgery->parent = of;
    forgery->params = kette_store_params_above(forgery->store, of);
    forgery->spec.header =
        (KetteHeader){.version = kette_store_version_above(forgery->store, of),
                      .previous = of->id,
                      .time = (uint32_t)kette_rules_earliest_time(forgery->params, of)};
    forgery->spec.header.bits = kette_retarget_next(forgery->params, of, forgery->spec.header.time);
    forgery->spec.height = of->height + 1;
    forgery->spec.tx_count = 0;
    if (kette_rules_execute(forgery->params, &state, &forgery->spec.reward, &bad_tx, &execution,
                            kette_store_state(forgery->store, of)) != KETTE_OK)
        return false;
    forgery->spec.state_root = kette_state_root(kette_store_hasher(forgery->store), state);
    return true;
}

static KetteMessage *
forged_block(Forgery *forgery, const KetteEntry *of, unsigned rule, bool is_child)
{
    g_autoptr(KetteBlock) forged = NULL;

    kette_put_le64(forgery->spec.miner.b, forgery->n);
    if (is_child && !become_child(forgery, of))
        return NULL;
    rules[rule].body(forgery);
    commit(forgery);
    rules[rule].header(forgery);
    seal(forgery);
    forgery->spec.header.nonce += rules[rule].has_no_work;
    forged = kette_block_new(kette_store_hasher(forgery->store), &forgery->spec);
    return kette_message_block(forged);
}

/* A payment of a stranger: of nothing, of more than there can be, with a wrong signature, or of
 * money that it does not have. */
static KetteMessage *
forged_payment(const Forgery *forgery, unsigned which)
{
    static const uint64_t amounts[PAYMENTS] = {0, KETTE_AMOUNT_MAX + 1, 1, 1};
    KetteHasher *hasher = kette_store_hasher(forgery->store);
    uint8_t secret[32] = {0}, bytes[KETTE_TX_BYTES];
    g_autoptr(KetteKey) key = NULL;
    g_autoptr(KetteTx) tx = NULL;
    KetteReader reader;

    kette_put_le64(secret, forgery->n);
    key = kette_key_new(secret);
    tx = kette_tx_new(hasher, key, &forgery->spec.miner, amounts[which], forgery->params->min_fee,
                      0, &kette_store_genesis(forgery->store)->id);
    kette_tx_serialize(tx, bytes);
    bytes[sizeof bytes - 1] ^= which == 2;
    kette_reader_init(&reader, bytes, sizeof bytes);
    kette_tx_unref(tx);
    tx = kette_tx_parse(hasher, &reader);
    return kette_message_transaction(tx);
}

KetteMessage *
sim_forgery_new(KetteStore *store, const KetteEntry *of, uint64_t n)
{
    Forgery forgery = {
        .store = store,
        .params = kette_store_params_above(store, of->parent),
        .parent = of->parent,
        .spec = kette_block_spec(of->block),
        .n = n,
    };
    const unsigned siblings = G_N_ELEMENTS(rules), children = siblings - 1;
    unsigned which = (unsigned)(n % (siblings + children + PAYMENTS + 1));

    if (which < siblings)
        return forged_block(&forgery, of, which, false);
    which -= siblings;
    if (which < children) /* not the first rule, which breaks nothing: no block for nothing */
        return forged_block(&forgery, of, which + 1, true);
    which -= children;
    if (which < PAYMENTS)
        return forged_payment(&forgery, which);
    return of->block->tx_count > 0 ? twice(&forgery) : kette_message_block(of->block);
}

/* --- payments ----------------------------------------------------------------------------------
 *
 * Signed by somebody who may have funds, so that one rule can be broken and the others hold. */

#define PAID_AT_A_TIME 600 /* payments of a block at most: larger blocks are not overfilled */

typedef struct {
    Forgery forgery;
    const KetteKey *payer;
    KetteAccount account; /* of the payer, below the block */
    GPtrArray *txs;       /* owns a reference on each */
} Payments;

static void
pay(Payments *payments, uint64_t amount, uint64_t fee, uint64_t nonce)
{
    KetteStore *store = payments->forgery.store;

    g_ptr_array_add(payments->txs, kette_tx_new(kette_store_hasher(store), payments->payer,
                                                &payments->forgery.spec.miner, amount, fee, nonce,
                                                &kette_store_genesis(store)->id));
}

/* Pays one unit, with the nonce so much after the next one. */
static void
pay_next(Payments *payments, uint64_t after)
{
    pay(payments, 1, payments->forgery.params->min_fee, payments->account.nonce + after);
}

/* Adds one payment that would hold if it had not another byte there. */
static void
pay_spoilt(Payments *payments, size_t at)
{
    uint8_t bytes[KETTE_TX_BYTES];
    g_autoptr(KetteTx) tx = NULL;
    KetteReader reader;

    pay_next(payments, 0);
    tx = g_ptr_array_steal_index(payments->txs, 0);
    kette_tx_serialize(tx, bytes);
    bytes[at] ^= 2;
    kette_reader_init(&reader, bytes, sizeof bytes);
    g_ptr_array_add(payments->txs,
                    kette_tx_parse(kette_store_hasher(payments->forgery.store), &reader));
}

static void
other_version(Payments *payments)
{
    pay_spoilt(payments, 0);
}

static void
other_signature(Payments *payments)
{
    pay_spoilt(payments, KETTE_TX_BYTES - 1);
}

static void
out_of_turn(Payments *payments)
{
    pay_next(payments, 1);
}

static void
in_wrong_order(Payments *payments)
{
    pay_next(payments, 1);
    pay_next(payments, 0);
}

static void
nonce_again(Payments *payments)
{
    if (payments->account.nonce > 0)
        pay(payments, 1, payments->forgery.params->min_fee, payments->account.nonce - 1);
}

static void
two_of_one_nonce(Payments *payments)
{
    pay_next(payments, 0);
    pay(payments, 2, payments->forgery.params->min_fee, payments->account.nonce);
}

static void
same_again(Payments *payments)
{
    pay_next(payments, 0);
    pay_next(payments, 1);
    pay_next(payments, 0);
}

static void
more_than_funds(Payments *payments)
{
    pay(payments, payments->account.balance + 1, payments->forgery.params->min_fee,
        payments->account.nonce);
}

static void
fee_beyond_funds(Payments *payments)
{
    if (payments->account.balance > 0)
        pay(payments, payments->account.balance, payments->forgery.params->min_fee + 1,
            payments->account.nonce);
}

static void
of_nothing(Payments *payments)
{
    pay(payments, 0, payments->forgery.params->min_fee, payments->account.nonce);
}

/* Adds as many as make the block larger than it may be. */
static void
too_many(Payments *payments)
{
    const uint64_t most = payments->forgery.params->max_block_bytes / KETTE_TX_BYTES + 1;

    for (uint64_t i = 0; i < most && most <= PAID_AT_A_TIME; i++)
        pay_next(payments, i);
}

static void (*const payment_rules[])(Payments *payments) = {
    other_version, other_signature, out_of_turn,      in_wrong_order, nonce_again, two_of_one_nonce,
    same_again,    more_than_funds, fee_beyond_funds, of_nothing,     too_many,
};

KetteMessage *
sim_forgery_of_payments_new(KetteStore *store, const KetteEntry *of, const KetteKey *payer,
                            uint64_t n)
{
    g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    KetteHasher *hasher = kette_store_hasher(store);
    const KetteAddress address = kette_address_of(hasher, kette_key_public(payer));
    Payments payments = {
        .forgery = {.store = store, .n = n},
        .payer = payer,
        .account = kette_state_get(kette_store_state(store, of), &address),
        .txs = txs,
    };
    Forgery *forgery = &payments.forgery;
    g_autoptr(KetteBlock) forged = NULL;

    kette_put_le64(forgery->spec.miner.b, n);
    if (!become_child(forgery, of))
        return NULL;
    payment_rules[n / 2 % G_N_ELEMENTS(payment_rules)](&payments);
    if (txs->len == 0)
        return NULL;
    if (n % 2 == 1)
        return kette_message_transaction(g_ptr_array_index(txs, 0));
    forgery->spec.txs = (KetteTx *const *)txs->pdata;
    forgery->spec.tx_count = txs->len;
    commit(forgery);
    seal(forgery);
    forged = kette_block_new(hasher, &forgery->spec);
    return kette_message_block(forged);
}
