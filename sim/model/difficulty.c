/* Targets, work, and the bits due: core/chain/retarget.h names the sources. */
#include "sim/model/facts.h"

/* bits = size (8) | sign (1) | mantissa (23); target = mantissa * 256^(size - 3). */
static guint32
bits_of_target(const BIGNUM *target)
{
    int size = BN_num_bytes(target);
    BIGNUM *top = BN_new();
    guint32 mantissa;

    if (size > 3)
        BN_rshift(top, target, 8 * (size - 3));
    else
        BN_lshift(top, target, 8 * (3 - size));
    mantissa = (guint32)BN_get_word(top);
    BN_free(top);
    if (mantissa >= 0x800000) { /* it would look negative */
        mantissa >>= 8;
        size++;
    }
    return (guint32)size << 24 | mantissa;
}

bool
model_target_of_bits(BIGNUM *target, guint32 bits)
{
    int size = (int)(bits >> 24);

    if ((bits & 0x800000) != 0)
        return false;
    BN_set_word(target, bits & 0x7fffff);
    if (size > 3)
        BN_lshift(target, target, 8 * (size - 3));
    else
        BN_rshift(target, target, 8 * (3 - size));
    return !BN_is_zero(target) && BN_num_bits(target) <= 256 && bits_of_target(target) == bits;
}

/* The bits of a target that is kept between 1 and the limit. */
static guint32
bounded_bits(const Model *model, BIGNUM *target)
{
    BIGNUM *limit = BN_new();
    guint32 bits;

    model_target_of_bits(limit, model->params.limit_bits);
    if (BN_cmp(target, limit) > 0)
        BN_copy(target, limit);
    if (BN_is_zero(target))
        BN_one(target);
    bits = bits_of_target(target);
    BN_free(limit);
    return bits;
}

/* At each height that the window divides: target * time of the last window / the time it should
 * have taken. The time is that of window - 1 gaps: Bitcoin's off-by-one. */
static guint32
end_of_window(Model *model, const ModelBlock *parent)
{
    const ModelParams *params = model_rules_above(model, parent);
    gint64 due = (gint64)params->window * params->spacing_s, taken;
    ModelBlock *first;
    BIGNUM *target;
    guint32 bits;

    first = model_block_ancestor((ModelBlock *)parent, parent->height + 1 - params->window);
    taken = (gint64)parent->header.time - (gint64)first->header.time;
    taken = MAX(taken, MAX(due / params->clamp, 1));
    taken = MIN(taken, due * params->clamp);
    target = BN_new();
    model_target_of_bits(target,
                         params->retarget_from_first ? first->header.bits : parent->header.bits);
    BN_mul_word(target, (BN_ULONG)taken);
    BN_div_word(target, (BN_ULONG)due);
    bits = bounded_bits(model, target);
    BN_free(target);
    return bits;
}

static bool
ends_window(const Model *model, const ModelBlock *parent)
{
    return (parent->height + 1) % model_rules_above(model, parent)->window == 0;
}

/* Within a window the bits stay. On a test network a block that comes late has the easiest target,
 * and the blocks after it go on with what was there before the late ones. */
static guint32
epoch(Model *model, const ModelBlock *parent, gint64 time)
{
    const ModelParams *params = model_rules_above(model, parent);
    const ModelBlock *real = parent;

    if (ends_window(model, parent))
        return end_of_window(model, parent);
    if (params->min_difficulty_after_s == 0)
        return parent->header.bits;
    if (time - (gint64)parent->header.time > params->min_difficulty_after_s)
        return params->limit_bits;
    while (real->header.bits == params->limit_bits && real->height % params->window != 0)
        real = real->parent;
    return real->header.bits;
}

/* Bitcoin Cash in 2017: a window as Bitcoin's, but a quarter easier whenever six blocks took 72
 * spacings or more by their median times. */
static guint32
emergency(Model *model, const ModelBlock *parent)
{
    const ModelParams *params = model_rules_above(model, parent);
    const ModelBlock *sixth = parent;
    BIGNUM *target, *quarter;
    guint32 bits = parent->header.bits;

    if (ends_window(model, parent))
        return end_of_window(model, parent);
    if (parent->height < 6)
        return bits;
    for (int i = 0; i < 6; i++)
        sixth = sixth->parent;
    if ((gint64)parent->median_time < (gint64)sixth->median_time + 72 * params->spacing_s)
        return bits;
    target = BN_new();
    quarter = BN_new();
    model_target_of_bits(target, bits);
    BN_rshift(quarter, target, 2);
    BN_add(target, target, quarter);
    bits = bounded_bits(model, target);
    BN_free(quarter);
    BN_free(target);
    return bits;
}

/* aserti3-2d: target = that of the anchor * 2^((time - due) / half-life), by a cubic in fixed point
 * of 16 bits. Time and due are counted from the parent of the anchor; that of genesis is taken to
 * be one spacing before it. */
static guint32
asert(Model *model, const ModelBlock *parent)
{
    const ModelParams *params = model_rules_above(model, parent);
    const ModelBlock *anchor;
    gint64 since, power, shift;
    __int128 ahead, exponent;
    guint64 f, factor;
    BIGNUM *target;
    guint32 bits;

    if (parent->height < params->anchor)
        return params->genesis_bits;
    anchor = model_block_ancestor((ModelBlock *)parent, params->anchor);
    since = (gint64)parent->header.time - (anchor->parent != NULL
                                               ? (gint64)anchor->parent->header.time
                                               : params->genesis_time - params->spacing_s);
    ahead = (__int128)since -
            (__int128)params->spacing_s * (gint64)(parent->height - anchor->height + 1);
    exponent = ahead * 65536 / params->half_life_s;
    target = BN_new();
    power = (gint64)CLAMP(exponent, -512 * 65536, 512 * 65536); /* no target is further away */
    f = (guint64)power & 0xffff;
    factor =
        65536 + ((G_GUINT64_CONSTANT(195766423245049) * f + G_GUINT64_CONSTANT(971821376) * f * f +
                  5127 * f * f * f + (G_GUINT64_CONSTANT(1) << 47)) >>
                 48);
    model_target_of_bits(target, anchor->header.bits);
    BN_mul_word(target, factor);
    shift = (power - (gint64)f) / 65536 - 16;
    if (shift >= 0)
        BN_lshift(target, target, (int)shift);
    else
        BN_rshift(target, target, (int)-shift);
    bits = bounded_bits(model, target);
    BN_free(target);
    return bits;
}

/* LWMA-1: the mean target of the last N blocks * the weighted mean of their solve times / spacing.
 * A solve time is at least 1 s, because times are made to rise, and counts as at most 6 spacings.
 * MODEL_LWMA_1 divides first and multiplies last, and begins at the easiest target: zawy12's code.
 */
static guint32
lwma(Model *model, const ModelBlock *parent)
{
    const guint64 n = model_rules_above(model, parent)->window,
                  t = (guint64)model_rules_above(model, parent)->spacing_s;
    const guint64 weight_due = n * (n + 1) * t / 2;
    const bool published = model_rules_above(model, parent)->retarget == MODEL_LWMA_1;
    g_autofree const ModelBlock **last = g_new(const ModelBlock *, n + 1);
    BIGNUM *sum, *target;
    guint64 weighted = 0, before;
    guint32 bits;

    if (parent->height < n)
        return published ? model_rules_above(model, parent)->limit_bits
                         : model_rules_above(model, parent)->genesis_bits;
    for (guint64 i = n + 1; i-- > 0; parent = parent->parent)
        last[i] = parent;
    sum = BN_new();
    target = BN_new();
    BN_zero(sum);
    before = last[0]->header.time;
    for (guint64 i = 1; i <= n; i++) {
        const ModelBlock *block = last[i];
        guint64 time = MAX(block->header.time, before + 1);

        weighted += i * MIN(time - before, 6 * t);
        before = time;
        model_target_of_bits(target, block->header.bits);
        BN_div_word(target, published ? n * weight_due : n);
        BN_add(sum, sum, target);
    }
    BN_mul_word(sum, weighted);
    if (!published)
        BN_div_word(sum, weight_due);
    bits = bounded_bits(model, sum);
    BN_free(sum);
    BN_free(target);
    return bits;
}

/* --- work --------------------------------------------------------------------------------- */

static BIGNUM *
number_of(const ModelWork *work)
{
    return BN_bin2bn(work->b, sizeof work->b, NULL);
}

/* Stores the number and frees it; false if it takes more than 256 bits. */
static bool
store(ModelWork *work, BIGNUM *number)
{
    bool fits = BN_num_bits(number) <= 256;

    BN_bn2binpad(number, work->b, sizeof work->b);
    BN_free(number);
    return fits;
}

/* The work of a block is 2^256 / (target + 1), rounded down: the mean number of hashes. */
bool
model_work_add(Model *model, ModelWork *work, guint32 bits)
{
    BIGNUM *target = BN_new(), *hashes = BN_new(), *sum = number_of(work);
    bool fits;

    model_target_of_bits(target, bits);
    BN_add_word(target, 1);
    BN_one(hashes);
    BN_lshift(hashes, hashes, 256);
    BN_div(hashes, NULL, hashes, target, model->bn);
    BN_add(sum, sum, hashes);
    fits = store(work, sum);
    BN_free(hashes);
    BN_free(target);
    return fits;
}

void
model_work_sum(ModelWork *work, const ModelWork *more)
{
    BIGNUM *sum = number_of(work), *other = number_of(more);

    BN_add(sum, sum, other);
    store(work, sum);
    BN_free(other);
}

void
model_work_difference(ModelWork *ret_work, const ModelWork *more, const ModelWork *less)
{
    BIGNUM *sum = number_of(more), *other = number_of(less);

    BN_sub(sum, sum, other);
    store(ret_work, sum);
    BN_free(other);
}

void
model_work_of_number(ModelWork *ret_work, guint64 number)
{
    *ret_work = (ModelWork){{0}};
    for (guint i = 1; i <= sizeof number; i++, number >>= 8)
        ret_work->b[sizeof ret_work->b - i] = (guint8)number;
}

int
model_work_compare_times(const ModelWork *work, guint64 times, const ModelWork *other,
                         guint64 other_times)
{
    BIGNUM *a = number_of(work), *b = number_of(other);
    int order;

    BN_mul_word(a, times);
    BN_mul_word(b, other_times);
    order = BN_cmp(a, b);
    BN_free(a);
    BN_free(b);
    return order;
}

/* --- bits by work ------------------------------------------------------------------------- */

/* The block of three in a row whose time is the middle one; with equal times the choice is that of
 * Bitcoin ABC's three comparisons, spelt out. */
static const ModelBlock *
typical(const ModelBlock *youngest)
{
    const ModelBlock *row[3] = {youngest->parent->parent, youngest->parent, youngest};
    static const int pairs[3][2] = {{0, 2}, {0, 1}, {1, 2}};

    for (int i = 0; i < 3; i++) {
        const ModelBlock **a = &row[pairs[i][0]], **b = &row[pairs[i][1]], *swap = *a;

        if ((*a)->header.time > (*b)->header.time) {
            *a = *b;
            *b = swap;
        }
    }
    return row[1];
}

/* Bitcoin Cash from November 2017 on: the work of a window, per time that it took, says how much
 * work a spacing should cost. The time counts as at least half and at most twice what is due. */
static guint32
work_over_time(Model *model, const ModelBlock *parent)
{
    const ModelParams *params = model_rules_above(model, parent);
    gint64 due = (gint64)params->window * params->spacing_s, taken;
    const ModelBlock *from, *to;
    ModelWork done;
    BIGNUM *work, *target;
    guint32 bits = params->limit_bits;

    if (parent->height < (guint64)params->window + 2)
        return params->genesis_bits;
    to = typical(parent);
    from = typical(model_block_ancestor((ModelBlock *)parent, parent->height - params->window));
    taken = CLAMP((gint64)to->header.time - (gint64)from->header.time, due / 2, due * 2);
    model_work_difference(&done, &to->work, &from->work);
    work = number_of(&done);
    BN_mul_word(work, (BN_ULONG)params->spacing_s);
    BN_div_word(work, (BN_ULONG)taken);
    if (!BN_is_zero(work)) {
        target = BN_new();
        BN_one(target);
        BN_lshift(target, target, 256);
        BN_div(target, NULL, target, work, model->bn);
        BN_sub_word(target, 1);
        bits = bounded_bits(model, target);
        BN_free(target);
    }
    BN_free(work);
    return bits;
}

guint32
model_next_bits(Model *model, const ModelBlock *parent, gint64 time)
{
    switch (model_rules_above(model, parent)->retarget) {
    case MODEL_EPOCH:
        return epoch(model, parent, time);
    case MODEL_ASERT:
        return asert(model, parent);
    case MODEL_LWMA:
    case MODEL_LWMA_1:
        return lwma(model, parent);
    case MODEL_EDA:
        return emergency(model, parent);
    case MODEL_CW_144:
        return work_over_time(model, parent);
    default:
        return model_rules_above(model, parent)->genesis_bits;
    }
}
