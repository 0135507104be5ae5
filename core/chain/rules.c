/* The rules of consensus; see rules.h for what each may answer. */
#include "core/chain/rules.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/chain/retarget.h"

KetteVerdict
kette_rules_header(const KetteParams *params, KetteHasher *hasher, const KetteHeader *header,
                   const KetteHash *id)
{
    return header->version < params->min_version
               ? KETTE_BAD_VERSION
               : kette_rules_header_pow(params, hasher, header, id);
}

KetteVerdict
kette_rules_header_pow(const KetteParams *params, KetteHasher *hasher, const KetteHeader *header,
                       const KetteHash *id)
{
    KetteU256 target, limit, number;

    if (kette_compact_decode(&target, header->bits) != KETTE_COMPACT_OK)
        return KETTE_BAD_BITS;
    if (!params->free_bits &&
        (kette_compact_decode(&limit, kette_params_limit_bits(params)) != KETTE_COMPACT_OK ||
         kette_u256_compare(&target, &limit) > 0))
        return KETTE_BAD_BITS;
    switch (params->pow) {
    case KETTE_POW_REAL:
        number = kette_u256_from_hash(id);
        return kette_u256_compare(&number, &target) > 0 ? KETTE_HIGH_HASH : KETTE_OK;
    case KETTE_POW_SIMULATED:
        return header->nonce != kette_header_seal(hasher, header, &params->seal_key)
                   ? KETTE_HIGH_HASH
                   : KETTE_OK;
    case KETTE_POW_OFF:
        break;
    }
    return KETTE_OK;
}

KetteVerdict
kette_rules_header_bits(const KetteParams *params, const KetteHeader *header,
                        const KetteEntry *parent)
{
    return !params->free_bits && header->bits != kette_retarget_next(params, parent, header->time)
               ? KETTE_BAD_BITS
               : KETTE_OK;
}

KetteVerdict
kette_rules_header_work(const KetteHeader *header, const KetteEntry *parent)
{
    KetteU256 work;

    if (kette_compact_decode(&work, header->bits) != KETTE_COMPACT_OK)
        return KETTE_BAD_BITS;
    /* Targets above 1 have a work below 2^255. */
    if (kette_u256_bits(&work) > 1 && kette_u256_bits(&parent->work) < 256)
        return KETTE_OK;
    work = kette_work_of_target(&work);
    return kette_u256_add(&work, &work, &parent->work) ? KETTE_WORK_OVERFLOW : KETTE_OK;
}

/* Returns the earliest time that the ends of windows allow for a child of `parent`. */
static int64_t
earliest_of_window(const KetteParams *params, const KetteEntry *parent)
{
    const uint64_t height = parent->height + 1, place = height % params->window;
    const KetteEntry *first;

    if (place == 0 && params->timewarp_guard_s > 0)
        return (int64_t)parent->header.time - params->timewarp_guard_s;
    if (place == params->window - 1 && params->window_order) {
        first = kette_entry_ancestor(parent, height - place);
        return first != NULL ? (int64_t)first->header.time : 0;
    }
    return 0;
}

KetteVerdict
kette_rules_header_time(const KetteParams *params, const KetteHeader *header,
                        const KetteEntry *parent)
{
    if (header->time <= parent->median_time)
        return KETTE_TIME_TOO_OLD;
    return (int64_t)header->time < earliest_of_window(params, parent) ? KETTE_TIME_WARP : KETTE_OK;
}

int64_t
kette_rules_earliest_time(const KetteParams *params, const KetteEntry *parent)
{
    return MAX((int64_t)parent->median_time + 1, earliest_of_window(params, parent));
}

KetteVerdict
kette_rules_header_place(const KetteParams *params, const KetteHeader *header,
                         const KetteEntry *parent)
{
    KetteVerdict verdict = kette_rules_header_bits(params, header, parent);

    if (verdict == KETTE_OK)
        verdict = kette_rules_header_work(header, parent);
    return verdict == KETTE_OK ? kette_rules_header_time(params, header, parent) : verdict;
}

KetteVerdict
kette_rules_header_clock(const KetteParams *params, const KetteHeader *header, int64_t now_s)
{
    return (int64_t)header->time > now_s + params->max_future_s ? KETTE_TIME_TOO_NEW : KETTE_OK;
}

KetteVerdict
kette_rules_body_match(KetteHasher *hasher, const KetteBlock *block)
{
    KetteBlockSpec spec = kette_block_spec(block);
    bool mutated;
    KetteHash due = kette_block_commitment(hasher, &mutated, &spec);

    if (!kette_hash_equal(&due, &block->header.commitment))
        return KETTE_BAD_COMMITMENT;
    return mutated ? KETTE_MUTATED_BODY : KETTE_OK;
}

/* Returns whether a transaction stands twice: small bodies are compared pair by pair, large ones
 * through a set. */
static bool
has_duplicates(const KetteBlock *block)
{
    g_autoptr(GHashTable) seen = NULL;

    if (block->tx_count < 2)
        return false;
    seen = g_hash_table_new(kette_hash_table_hash, kette_hash_table_equal);
    for (uint32_t i = 0; i < block->tx_count; i++) {
        if (!g_hash_table_add(seen, &block->txs[i]->id))
            return true;
    }
    return false;
}

KetteVerdict
kette_rules_body(const KetteParams *params, const KetteBlock *block, uint64_t height)
{
    if (kette_block_bytes(block) > params->max_block_bytes)
        return KETTE_BLOCK_TOO_BIG;
    if (block->height != height)
        return KETTE_BAD_HEIGHT;
    if (has_duplicates(block))
        return KETTE_DUPLICATE_TX;
    return KETTE_OK;
}

KetteVerdict
kette_rules_tx_unsigned(const KetteTx *tx)
{
    if (tx->version != 1)
        return KETTE_BAD_ENCODING;
    if (tx->amount == 0 || tx->amount > KETTE_AMOUNT_MAX || tx->fee > KETTE_AMOUNT_MAX)
        return KETTE_BAD_AMOUNT;
    return KETTE_OK;
}

KetteVerdict
kette_rules_tx(const KetteTx *tx, const KetteHash *genesis)
{
    KetteVerdict verdict = kette_rules_tx_unsigned(tx);

    if (verdict == KETTE_OK && !kette_tx_verify(tx, genesis))
        verdict = KETTE_BAD_SIGNATURE;
    return verdict;
}

/* Takes over the reference on *state and leaves a new one. */
static KetteVerdict
credit(KetteState **state, const KetteAddress *address, uint64_t amount)
{
    KetteAccount account = kette_state_get(*state, address);
    KetteState *after;

    if (amount == 0)
        return KETTE_OK;
    if (account.balance > KETTE_AMOUNT_MAX - amount)
        return KETTE_BAD_AMOUNT;
    account.balance += amount;
    after = kette_state_set(*state, address, &account);
    kette_state_unref(*state);
    *state = after;
    return KETTE_OK;
}

static KetteVerdict
pay(KetteState **state, const KetteTx *tx)
{
    KetteAccount account = kette_state_get(*state, &tx->from);
    KetteState *after;

    if (tx->nonce != account.nonce)
        return KETTE_BAD_NONCE;
    if (account.balance < tx->amount + tx->fee)
        return KETTE_INSUFFICIENT_FUNDS;
    account.balance -= tx->amount + tx->fee;
    account.nonce++;
    after = kette_state_set(*state, &tx->from, &account);
    kette_state_unref(*state);
    *state = after;
    return credit(state, &tx->recipient, tx->amount);
}

/* Pays out the rewards that fall due with this block: of the blocks as far below as their own
 * maturity says, which an upgrade may have changed since. */
static KetteVerdict
mature(const KetteParams *params, KetteState **state, const KetteExecution *execution)
{
    const bool is_one = execution->maturities == NULL;
    const uint32_t *maturities = is_one ? &params->maturity : execution->maturities;
    KetteVerdict verdict = KETTE_OK;

    for (unsigned i = 0; i < (is_one ? 1 : execution->maturity_count) && verdict == KETTE_OK; i++) {
        const KetteEntry *due;

        if (maturities[i] == 0 || execution->height <= maturities[i])
            continue;
        due = kette_entry_ancestor(execution->parent, execution->height - maturities[i]);
        kette_assert(due->block != NULL);
        if (is_one || due->maturity == maturities[i])
            verdict = credit(state, &due->block->miner, due->block->reward);
    }
    return verdict;
}

KetteVerdict
kette_rules_execute(const KetteParams *params, KetteState **ret_state, uint64_t *ret_reward,
                    uint32_t *ret_bad_tx, const KetteExecution *execution, KetteState *before)
{
    g_autoptr(KetteState) state = kette_state_ref(before);
    uint64_t reward = kette_params_subsidy(params, execution->height);
    KetteVerdict verdict = mature(params, &state, execution);

    if (verdict != KETTE_OK)
        return verdict;
    for (uint32_t i = 0; i < execution->tx_count; i++) {
        const KetteTx *tx = execution->txs[i];

        verdict = pay(&state, tx);
        if (verdict == KETTE_OK && tx->fee > KETTE_AMOUNT_MAX - reward)
            verdict = KETTE_BAD_AMOUNT;
        if (verdict != KETTE_OK) {
            *ret_bad_tx = i;
            return verdict;
        }
        reward += tx->fee;
    }
    if (params->maturity == 0)
        verdict = credit(&state, &execution->miner, reward);
    if (verdict != KETTE_OK)
        return verdict;
    *ret_reward = reward;
    *ret_state = g_steal_pointer(&state);
    return KETTE_OK;
}

KetteVerdict
kette_rules_connect(const KetteParams *params, KetteHasher *hasher, KetteState **ret_state,
                    const KetteExecution *execution, const KetteBlock *block, KetteState *before)
{
    g_autoptr(KetteState) state = NULL;
    uint64_t reward = 0;
    uint32_t bad_tx;
    KetteHash root;
    KetteVerdict verdict = kette_rules_execute(params, &state, &reward, &bad_tx, execution, before);

    if (verdict != KETTE_OK)
        return verdict;
    /* Exactly, not at most: supply is then a function of height alone. */
    if (block->reward != reward)
        return KETTE_BAD_REWARD;
    root = kette_state_root(hasher, state);
    if (!kette_hash_equal(&root, &block->state_root))
        return KETTE_BAD_STATE_ROOT;
    *ret_state = g_steal_pointer(&state);
    return KETTE_OK;
}
