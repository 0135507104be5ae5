/* Making the next block; see template.h. */
#include "core/node/template.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/chain/retarget.h"
#include "core/chain/rules.h"

/* Returns the time of the block. Times are 32 bits: after 2106 the last second there is. */
static uint32_t
block_time(const KetteParams *params, const KetteEntry *tip, int64_t now_ns)
{
    int64_t time =
        MAX(kette_params_clock_s(params, now_ns), kette_rules_earliest_time(params, tip));

    return (uint32_t)MIN(time, (int64_t)UINT32_MAX);
}

static GPtrArray *
choose(const KetteParams *params, const KetteMempool *pool)
{
    size_t room = params->max_block_bytes > KETTE_BLOCK_FIXED_BYTES
                      ? (params->max_block_bytes - KETTE_BLOCK_FIXED_BYTES) / KETTE_TX_BYTES
                      : 0;

    return pool ? kette_mempool_select(pool, room) : g_ptr_array_new();
}

/* Tries nonces until the id is at most the target; a second later when all have failed. Returns
 * how many it took; 0 when that would be too many, or the miner has been told to stop. */
static uint64_t
grind(KetteHasher *hasher, KetteHeader *header, const KetteMiner *miner)
{
    KetteU256 target, number;
    KetteCompact status = kette_compact_decode(&target, header->bits);

    kette_assert(status == KETTE_COMPACT_OK);
    if (kette_u256_bits(&target) < 256 - KETTE_GRIND_BITS)
        return 0;
    for (uint64_t tries = 1;; tries++) {
        if (tries % KETTE_GRIND_SLICE == 0 && miner->go_on != NULL && !miner->go_on(miner->user))
            return 0;
        KetteHash id = kette_header_id(hasher, header);

        number = kette_u256_from_hash(&id);
        if (kette_u256_compare(&number, &target) <= 0)
            return tries;
        if (++header->nonce == 0)
            header->time++;
    }
}

KetteBlock *
kette_template_build(KetteStore *store, KetteVerdict *ret_verdict, uint64_t *ret_tries,
                     const KetteEntry *tip, const KetteMempool *pool, const KetteMiner *miner)
{
    const KetteParams *params = kette_store_params_above(store, tip);
    KetteHasher *hasher = kette_store_hasher(store);
    g_autoptr(GPtrArray) txs = choose(params, pool);
    g_autoptr(KetteState) state = NULL;
    KetteBlockSpec spec = {
        .header = {.version = kette_store_version_above(store, tip), .previous = tip->id},
        .height = tip->height + 1,
        .miner = miner->address,
        .txs = (KetteTx *const *)txs->pdata,
        .tx_count = txs->len,
    };
    const KetteExecution execution =
        kette_store_execution(store, tip, &spec.miner, spec.txs, spec.tx_count);
    uint32_t bad_tx;
    bool mutated;

    *ret_tries = 1;
    *ret_verdict =
        kette_rules_execute(params, &state, &spec.reward, &bad_tx, &execution, tip->state);
    if (*ret_verdict != KETTE_OK)
        return NULL;
    spec.state_root = kette_state_root(hasher, state);
    spec.header.time = block_time(params, tip, miner->now_ns);
    spec.header.bits = kette_retarget_next(params, tip, spec.header.time);
    *ret_verdict = kette_rules_header_work(&spec.header, tip);
    if (*ret_verdict == KETTE_OK)
        *ret_verdict = kette_rules_header_clock(params, &spec.header,
                                                kette_params_clock_s(params, miner->now_ns));
    if (*ret_verdict == KETTE_OK) /* fails at the end of 32-bit time */
        *ret_verdict = kette_rules_header_time(params, &spec.header, tip);
    if (*ret_verdict != KETTE_OK)
        return NULL;
    spec.header.commitment = kette_block_commitment(hasher, &mutated, &spec);
    kette_assert(!mutated);
    if (params->pow == KETTE_POW_SIMULATED)
        spec.header.nonce = kette_header_seal(hasher, &spec.header, &params->seal_key);
    if (params->pow == KETTE_POW_REAL)
        *ret_tries = grind(hasher, &spec.header, miner);
    if (*ret_tries == 0) {
        *ret_verdict = KETTE_TOO_HARD;
        return NULL;
    }
    return kette_block_new(hasher, &spec);
}
