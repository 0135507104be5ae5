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

/* Returns the bits of a target that is kept between 1 and the limit. */
static uint32_t
bounded_bits(const KetteParams *params, KetteU256 target, bool overflow)
{
    KetteU256 limit = target_of(kette_params_limit_bits(params));

    if (overflow || kette_u256_compare(&target, &limit) > 0)
        target = limit;
    if (kette_u256_is_zero(&target))
        target = kette_u256_from_u64(1);
    return kette_compact_encode(&target);
}

uint32_t
kette_retarget_epoch(const KetteParams *params, uint32_t bits, int64_t first_time,
                     int64_t last_time)
{
    int64_t span = (int64_t)params->window * (params->spacing_ns / INT64_C(1000000000));
    int64_t actual =
        CLAMP(last_time - first_time, MAX(span / params->clamp, 1), span * (int64_t)params->clamp);
    KetteU256 target = target_of(bits);
    bool overflow;

    kette_assert(span > 0);
    overflow = kette_u256_mul_div(&target, &target, (uint64_t)actual, (uint64_t)span);
    return bounded_bits(params, target, overflow);
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
    KetteU256 target = target_of(anchor_bits);
    __int128 schedule = (__int128)spacing_s(params) * ((__int128)height_diff + 1);
    __int128 exponent;
    int64_t shifts;
    bool overflow;

    if (schedule > INT64_MAX)
        return false;
    exponent = ((__int128)time_diff - schedule) * 65536 / params->half_life_s;
    /* Beyond 2^±512 every target is at its end. */
    exponent = CLAMP(exponent, -(__int128)512 * 65536, (__int128)512 * 65536);
    shifts = (int64_t)(exponent >> 16);
    overflow = kette_u256_mul_shift(&target, &target, asert_factor((uint16_t)(exponent & 0xffff)),
                                    shifts - 16);
    *ret_bits = bounded_bits(params, target, overflow);
    return true;
}

static uint32_t
asert_next(const KetteParams *params, const KetteEntry *parent)
{
    KetteAnchor anchor = params->anchor;
    const KetteEntry *block;
    uint32_t bits;
    bool in_range;

    if (parent->height < anchor.height)
        return params->genesis_bits;
    if (anchor.height == 0) {
        anchor.bits = params->genesis_bits;
        anchor.parent_time = params->genesis_time - spacing_s(params);
    } else if (anchor.bits == 0) {
        block = kette_entry_ancestor(parent, anchor.height);
        if (block == NULL || block->parent == NULL)
            return 0;
        anchor.bits = block->header.bits;
        anchor.parent_time = block->parent->header.time;
    }
    in_range = kette_retarget_asert(&bits, params, anchor.bits,
                                    (int64_t)parent->header.time - anchor.parent_time,
                                    parent->height - anchor.height);
    kette_assert(in_range); /* nobody builds 2^63 / spacing blocks */
    return bits;
}

/* --- lwma --------------------------------------------------------------------------------- */

/* Returns the sum of i * s_i over the last `n` blocks, and writes that of target / divisor. */
static uint64_t
lwma_sums(KetteU256 *ret_targets, const KetteParams *params, const KetteEntry **blocks,
          uint64_t previous, uint64_t divisor)
{
    const uint64_t n = params->window, t = (uint64_t)spacing_s(params);
    KetteU256 sum = {{0}}, target;
    uint64_t weighted = 0;

    for (uint64_t i = 0; i < n; i++) {
        uint64_t time = MAX(blocks[i]->header.time, previous + 1);

        weighted += (i + 1) * MIN(6 * t, time - previous);
        previous = time;
        target = target_of(blocks[i]->header.bits);
        kette_u256_div_u64(&target, &target, divisor);
        kette_u256_add(&sum, &sum, &target); /* a mean of what fits fits */
    }
    *ret_targets = sum;
    return weighted;
}

static uint32_t
lwma_next(const KetteParams *params, const KetteEntry *parent)
{
    const bool as_published = params->retarget == KETTE_RETARGET_LWMA_1;
    const uint64_t n = params->window, k = n * (n + 1) * (uint64_t)spacing_s(params) / 2;
    g_autofree const KetteEntry **blocks = NULL;
    const KetteEntry *at = parent;
    KetteU256 target;
    uint64_t weighted;
    bool overflow;

    if (parent->height < n)
        return as_published ? kette_params_limit_bits(params) : params->genesis_bits;
    if (kette_entry_ancestor(parent, parent->height - n) == NULL)
        return 0;
    blocks = g_new(const KetteEntry *, n);
    for (uint64_t i = n; i-- > 0; at = at->parent)
        blocks[i] = at;
    weighted = lwma_sums(&target, params, blocks, at->header.time, as_published ? n * k : n);
    overflow = as_published ? kette_u256_mul_u64(&target, &target, weighted)
                            : kette_u256_mul_div(&target, &target, weighted, k);
    return bounded_bits(params, target, overflow);
}

/* --- epoch -------------------------------------------------------------------------------- */

static bool
is_retarget(const KetteParams *params, const KetteEntry *parent)
{
    return (parent->height + 1) % params->window == 0;
}

/* Returns the bits between two retargets with min_difficulty_after. */
static uint32_t
min_difficulty_bits(const KetteParams *params, const KetteEntry *parent, int64_t time)
{
    const uint32_t limit = kette_params_limit_bits(params);
    const KetteEntry *at = parent;

    if (time > (int64_t)parent->header.time + params->min_difficulty_after_s)
        return limit;
    while (at != NULL && at->height % params->window != 0 && at->header.bits == limit)
        at = at->parent;
    return at != NULL ? at->header.bits : 0;
}

static uint32_t
epoch_next(const KetteParams *params, const KetteEntry *parent, int64_t time)
{
    const KetteEntry *first;

    if (!is_retarget(params, parent))
        return params->min_difficulty_after_s > 0 ? min_difficulty_bits(params, parent, time)
                                                  : parent->header.bits;
    first = kette_entry_ancestor(parent, parent->height + 1 - params->window);
    if (first == NULL)
        return 0;
    return kette_retarget_epoch(
        params, params->retarget_from_first ? first->header.bits : parent->header.bits,
        first->header.time, parent->header.time);
}

/* --- Bitcoin Cash before asert ------------------------------------------------------------ */

#define EDA_BLOCKS 6
#define EDA_SPACINGS 72 /* 12 h of 10 minutes */

static uint32_t
eda_next(const KetteParams *params, const KetteEntry *parent)
{
    const KetteEntry *before;
    uint64_t looks_back = EDA_BLOCKS + params->mtp_window - 1;
    KetteU256 target, quarter;
    bool overflow;

    if (is_retarget(params, parent))
        return epoch_next(params, parent, 0);
    if (parent->header.bits == kette_params_limit_bits(params) || parent->height < EDA_BLOCKS)
        return parent->header.bits;
    if (kette_entry_ancestor(parent, parent->height - MIN(looks_back, parent->height)) == NULL)
        return 0;
    before = kette_entry_ancestor(parent, parent->height - EDA_BLOCKS);
    if ((int64_t)parent->median_time - before->median_time < EDA_SPACINGS * spacing_s(params))
        return parent->header.bits;
    target = target_of(parent->header.bits);
    kette_u256_shift_right(&quarter, &target, 2);
    overflow = kette_u256_add(&target, &target, &quarter);
    return bounded_bits(params, target, overflow);
}

/* Returns the one of three blocks in a row, the last of them `last`, whose time is in the middle.
 * The order of comparing decides between equal times, and is that of Bitcoin ABC. */
static const KetteEntry *
middle_of_three(const KetteEntry *last)
{
    const KetteEntry *low = last->parent->parent, *middle = last->parent, *high = last, *other;

    if (low->header.time > high->header.time) {
        other = low;
        low = high;
        high = other;
    }
    if (low->header.time > middle->header.time)
        return low;
    return middle->header.time > high->header.time ? high : middle;
}

static uint32_t
cw_144_next(const KetteParams *params, const KetteEntry *parent)
{
    const uint64_t t = (uint64_t)spacing_s(params), span = params->window * t;
    const KetteEntry *first, *last;
    KetteU256 work;
    int64_t took;

    if (parent->height < params->window + 2)
        return params->genesis_bits;
    if (kette_entry_ancestor(parent, parent->height - params->window - 2) == NULL)
        return 0;
    first = middle_of_three(kette_entry_ancestor(parent, parent->height - params->window));
    last = middle_of_three(parent);
    took = (int64_t)last->header.time - (int64_t)first->header.time;
    took = CLAMP(took, (int64_t)(span / 2), (int64_t)(span * 2));
    kette_u256_sub(&work, &last->work, &first->work);
    kette_u256_mul_div(&work, &work, t, (uint64_t)took); /* less than it was, or not much more */
    if (kette_u256_is_zero(&work))
        return kette_params_limit_bits(params);
    work = kette_target_of_work(&work);
    return bounded_bits(params, work, false);
}

/* --- all ---------------------------------------------------------------------------------- */

uint32_t
kette_retarget_next(const KetteParams *params, const KetteEntry *parent, int64_t time)
{
    switch (params->retarget) {
    case KETTE_RETARGET_EPOCH:
        return epoch_next(params, parent, time);
    case KETTE_RETARGET_ASERT:
        return asert_next(params, parent);
    case KETTE_RETARGET_LWMA:
    case KETTE_RETARGET_LWMA_1:
        return lwma_next(params, parent);
    case KETTE_RETARGET_EDA:
        return eda_next(params, parent);
    case KETTE_RETARGET_CW_144:
        return cw_144_next(params, parent);
    case KETTE_RETARGET_FIXED:
        break;
    }
    return params->genesis_bits;
}

uint32_t
kette_retarget_next_in_time(const KetteParams *params, const KetteEntry *parent)
{
    return kette_retarget_next(params, parent, parent->header.time);
}
