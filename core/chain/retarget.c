/* The difficulty rules; see retarget.h for formulas and sources. */
#include "core/chain/retarget.h"

#include "core/base/assert.h"

/* Decodes bits that have passed the rules, or were encoded here. */
static KetteU256
target_of(uint32_t bits)
{
    KetteU256 target;
    KetteCompact status = kette_compact_decode(&target, bits);

    kette_assert(status == KETTE_COMPACT_OK);
    return target;
}

uint32_t
kette_retarget_epoch(const KetteParams *params, uint32_t bits, int64_t first_time,
                     int64_t last_time)
{
    int64_t span = (int64_t)params->window * (params->spacing_ns / INT64_C(1000000000));
    int64_t actual =
        CLAMP(last_time - first_time, MAX(span / params->clamp, 1), span * (int64_t)params->clamp);
    KetteU256 target = target_of(bits), limit = target_of(kette_params_limit_bits(params));
    bool overflow;

    kette_assert(span > 0);
    overflow = kette_u256_mul_div(&target, &target, (uint64_t)actual, (uint64_t)span);
    if (overflow || kette_u256_compare(&target, &limit) > 0)
        target = limit;
    if (kette_u256_is_zero(&target))
        target = kette_u256_from_u64(1);
    return kette_compact_encode(&target);
}

bool
kette_retarget_epoch_permits(const KetteParams *params, uint32_t from, uint32_t to)
{
    KetteU256 low = target_of(kette_retarget_epoch(params, from, 0, 0));
    KetteU256 high = target_of(kette_retarget_epoch(params, from, 0, INT64_MAX));
    KetteU256 target;

    return kette_compact_decode(&target, to) == KETTE_COMPACT_OK &&
           kette_u256_compare(&low, &target) <= 0 && kette_u256_compare(&target, &high) <= 0;
}

static int64_t
spacing_s(const KetteParams *params)
{
    return params->spacing_ns / INT64_C(1000000000);
}

/* Returns 65536 * 2^(fraction / 65536) - 65536, to the bit as the specification's cubic has it. */
static uint64_t
asert_factor(uint16_t fraction)
{
    uint64_t f = fraction;

    return 65536 + ((UINT64_C(195766423245049) * f + UINT64_C(971821376) * f * f +
                     UINT64_C(5127) * f * f * f + (UINT64_C(1) << 47)) >>
                    48);
}

bool
kette_retarget_asert(uint32_t *ret_bits, const KetteParams *params, uint32_t anchor_bits,
                     int64_t time_diff, uint64_t height_diff)
{
    KetteU256 target = target_of(anchor_bits), limit = target_of(kette_params_limit_bits(params));
    __int128 schedule = (__int128)spacing_s(params) * ((__int128)height_diff + 1);
    __int128 exponent;
    int64_t shifts;

    if (schedule > INT64_MAX)
        return false;
    exponent = ((__int128)time_diff - schedule) * 65536 / params->half_life_s;
    /* Beyond 2^±512 every target is at its end. */
    exponent = CLAMP(exponent, -(__int128)512 * 65536, (__int128)512 * 65536);
    shifts = (int64_t)(exponent >> 16);
    if (kette_u256_mul_shift(&target, &target, asert_factor((uint16_t)(exponent & 0xffff)),
                             shifts - 16) ||
        kette_u256_compare(&target, &limit) > 0)
        target = limit;
    if (kette_u256_is_zero(&target))
        target = kette_u256_from_u64(1);
    *ret_bits = kette_compact_encode(&target);
    return true;
}

static uint32_t
asert_next(const KetteParams *params, const KetteEntry *parent)
{
    int64_t since = (int64_t)parent->header.time - (params->genesis_time - spacing_s(params));
    uint32_t bits;
    bool in_range =
        kette_retarget_asert(&bits, params, params->genesis_bits, since, parent->height);

    kette_assert(in_range); /* nobody builds 2^63 / spacing blocks */
    return bits;
}

static uint32_t
lwma_next(const KetteParams *params, const KetteEntry *parent)
{
    const uint64_t n = params->window, t = (uint64_t)spacing_s(params);
    g_autofree const KetteEntry **blocks = NULL;
    KetteU256 mean = {{0}}, target, limit = target_of(kette_params_limit_bits(params));
    const KetteEntry *at = parent;
    uint64_t weighted = 0, previous;

    if (parent->height < n)
        return params->genesis_bits;
    blocks = g_new(const KetteEntry *, n);
    for (uint64_t i = n; i-- > 0; at = at->parent)
        blocks[i] = at;
    previous = at->header.time;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t time = MAX(blocks[i]->header.time, previous + 1);

        weighted += (i + 1) * MIN(6 * t, time - previous);
        previous = time;
        target = target_of(blocks[i]->header.bits);
        kette_u256_div_u64(&target, &target, n);
        kette_u256_add(&mean, &mean, &target); /* a mean of what fits fits */
    }
    if (kette_u256_mul_div(&target, &mean, weighted, n * (n + 1) * t / 2) ||
        kette_u256_compare(&target, &limit) > 0)
        target = limit;
    if (kette_u256_is_zero(&target))
        target = kette_u256_from_u64(1);
    return kette_compact_encode(&target);
}

static uint32_t
epoch_next(const KetteParams *params, const KetteEntry *parent)
{
    const KetteEntry *first;

    if ((parent->height + 1) % params->window != 0)
        return parent->header.bits;
    first = kette_entry_ancestor(parent, parent->height + 1 - params->window);
    kette_assert(first != NULL);
    return kette_retarget_epoch(params, parent->header.bits, first->header.time,
                                parent->header.time);
}

uint32_t
kette_retarget_next(const KetteParams *params, const KetteEntry *parent)
{
    switch (params->retarget) {
    case KETTE_RETARGET_EPOCH:
        return epoch_next(params, parent);
    case KETTE_RETARGET_ASERT:
        return asert_next(params, parent);
    case KETTE_RETARGET_LWMA:
        return lwma_next(params, parent);
    case KETTE_RETARGET_FIXED:
        break;
    }
    return params->genesis_bits;
}
