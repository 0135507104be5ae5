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
