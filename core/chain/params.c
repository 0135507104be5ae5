/* Defaults, plausibility and the subsidy of a chain's parameters; see params.h. */
#include "core/chain/params.h"

#include "core/base/limits.h"
#include "core/chain/block.h"

#define NS_PER_S INT64_C(1000000000)

void
kette_params_init(KetteParams *params)
{
    *params = (KetteParams){
        .spacing_ns = 10 * NS_PER_S,
        .retarget = KETTE_RETARGET_FIXED,
        .genesis_bits = 0x1e0ffff0,
        .window = 144,
        .clamp = 4,
        .half_life_s = 3600,
        .max_reorg = KETTE_NO_LIMIT,
        .pow = KETTE_POW_SIMULATED,
        .fork_choice = KETTE_FORK_MOST_WORK,
        .maturity = 10,
        .reward = 50 * KETTE_AMOUNT_UNIT,
        .max_block_bytes = 1000000,
        .min_version = 1,
        .mtp_window = 11,
        .max_future_s = 7200,
        .genesis_time = 1700000000,
    };
}

/* Follows Bitcoin Core, kernel/chainparams.cpp CMainParams. Its limit is 2^224 - 1, whose compact
 * form is 0x1d00ffff; no compact target lies between that form and the limit itself. */
void
kette_params_init_bitcoin(KetteParams *params)
{
    kette_params_init(params);
    params->spacing_ns = 600 * NS_PER_S;
    params->retarget = KETTE_RETARGET_EPOCH;
    params->genesis_bits = 0x1d00ffff;
    params->window = 2016;
    params->clamp = 4;
    params->pow = KETTE_POW_REAL;
    params->halving = 210000;
    params->mtp_window = 11;
    params->genesis_time = 1231006505;
}

uint32_t
kette_params_limit_bits(const KetteParams *params)
{
    return params->limit_bits != 0 ? params->limit_bits : params->genesis_bits;
}

const char *
kette_params_check(const KetteParams *params)
{
    KetteU256 target, limit;

    if (params->spacing_ns <= 0)
        return "spacing must be above 0";
    if (params->retarget != KETTE_RETARGET_FIXED && params->spacing_ns % NS_PER_S != 0)
        return "spacing must be whole seconds unless algorithm=fixed: block times are seconds";
    if (kette_compact_decode(&target, params->genesis_bits) != KETTE_COMPACT_OK)
        return "bits is not a canonical, positive compact target";
    if (kette_compact_decode(&limit, kette_params_limit_bits(params)) != KETTE_COMPACT_OK)
        return "limit-bits is not a canonical, positive compact target";
    if (kette_u256_compare(&limit, &target) < 0)
        return "limit-bits is harder than bits";
    if (params->window < 2)
        return "window must be at least 2 blocks";
    if (params->half_life_s <= 0)
        return "half-life must be at least 1 s";
    if ((params->retarget == KETTE_RETARGET_LWMA || params->retarget == KETTE_RETARGET_LWMA_1) &&
        params->window > 10000)
        return "window must be at most 10000 blocks with algorithm=lwma";
    if (params->anchor.height > 0 && params->retarget != KETTE_RETARGET_ASERT)
        return "anchor goes with algorithm=asert";
    if ((params->min_difficulty_after_s != 0 || params->retarget_from_first ||
         params->timewarp_guard_s != 0 || params->window_order) &&
        params->retarget != KETTE_RETARGET_EPOCH)
        return "min-difficulty-after, retarget-from, timewarp-guard and window-order go with "
               "algorithm=epoch";
    if (params->min_difficulty_after_s < 0 || params->timewarp_guard_s < 0)
        return "min-difficulty-after and timewarp-guard must not be negative";
    if (params->clamp < 1)
        return "clamp must be at least 1";
    if ((__int128)params->window * params->clamp * (params->spacing_ns / NS_PER_S) > INT64_MAX)
        return "window, spacing and clamp together are beyond the range of times";
    if (params->reward > KETTE_AMOUNT_MAX)
        return "reward is beyond the range of amounts";
    if (params->max_block_bytes < KETTE_BLOCK_FIXED_BYTES)
        return "max-block is below 152 bytes, which an empty block has";
    if (params->max_block_bytes > KETTE_BLOCK_MAX_BYTES)
        return "max-block is above 8 MiB, the most a message can carry";
    if (params->unpark != 0 && (params->unpark < 1000 || params->unpark > 1000000))
        return "unpark must be from 1x to 1000x";
    if ((params->unpark != 0 || params->parks_when_synced) && params->max_reorg == KETTE_NO_LIMIT)
        return "unpark and in-first-sync go with max-reorg";
    if (params->mtp_window < 1 || params->mtp_window > 31 || params->mtp_window % 2 == 0)
        return "mtp must be an odd number of blocks from 1 to 31";
    if (params->max_future_s < 0)
        return "max-future must not be negative";
    if (params->genesis_time < 0 || params->genesis_time > INT64_C(4000000000))
        return "genesis-time must be unix seconds before the year 2096";
    return NULL;
}

uint64_t
kette_params_subsidy(const KetteParams *params, uint64_t height)
{
    uint64_t halvings;

    if (height == 0)
        return 0;
    if (params->halving == 0)
        return params->reward;
    halvings = height / params->halving;
    return halvings >= 64 ? 0 : params->reward >> halvings;
}

int64_t
kette_params_clock_s(const KetteParams *params, int64_t ns)
{
    const int64_t second = INT64_C(1000000000);

    return params->genesis_time + ns / second - (ns % second < 0);
}
