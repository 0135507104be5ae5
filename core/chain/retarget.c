/* The difficulty rules; see retarget.h for formulas and sources. */
#include "core/chain/retarget.h"

#include "core/base/assert.h"

static KetteU256
limit_of(const KetteParams *params)
{
    KetteU256 limit;
    KetteCompact status = kette_compact_decode(&limit, params->genesis_bits);

    kette_assert(status == KETTE_COMPACT_OK);
    return limit;
}

uint32_t
kette_retarget_epoch(const KetteParams *params, uint32_t bits, int64_t first_time,
                     int64_t last_time)
{
    int64_t span = (int64_t)params->window * (params->spacing_ns / INT64_C(1000000000));
    int64_t actual =
        CLAMP(last_time - first_time, MAX(span / params->clamp, 1), span * (int64_t)params->clamp);
    KetteU256 target, limit = limit_of(params);
    KetteCompact status = kette_compact_decode(&target, bits);
    bool overflow;

    kette_assert(status == KETTE_COMPACT_OK);
    kette_assert(span > 0);
    overflow = kette_u256_mul_div(&target, &target, (uint64_t)actual, (uint64_t)span);
    if (overflow || kette_u256_compare(&target, &limit) > 0)
        target = limit;
    if (kette_u256_is_zero(&target))
        target = kette_u256_from_u64(1);
    return kette_compact_encode(&target);
}

uint32_t
kette_retarget_next(const KetteParams *params, const KetteEntry *parent)
{
    const KetteEntry *first;

    if (params->retarget == KETTE_RETARGET_FIXED)
        return params->genesis_bits;
    if ((parent->height + 1) % params->window != 0)
        return parent->header.bits;
    first = kette_entry_ancestor(parent, parent->height + 1 - params->window);
    return kette_retarget_epoch(params, parent->header.bits, first->header.time,
                                parent->header.time);
}
