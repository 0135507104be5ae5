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
epoch(Model *model, const ModelBlock *parent)
{
    const ModelParams *params = &model->params;
    gint64 due = (gint64)params->window * params->spacing_s, taken;
    ModelBlock *first;
    BIGNUM *target;
    guint32 bits;

    if ((parent->height + 1) % params->window != 0)
        return parent->header.bits;
    first = model_block_ancestor((ModelBlock *)parent, parent->height + 1 - params->window);
    taken = (gint64)parent->header.time - (gint64)first->header.time;
    taken = MAX(taken, MAX(due / params->clamp, 1));
    taken = MIN(taken, due * params->clamp);
    target = BN_new();
    model_target_of_bits(target, parent->header.bits);
    BN_mul_word(target, (BN_ULONG)taken);
    BN_div_word(target, (BN_ULONG)due);
    bits = bounded_bits(model, target);
    BN_free(target);
    return bits;
}

/* aserti3-2d: target = that of genesis * 2^((time - due) / half-life), by a cubic in fixed point of
 * 16 bits. Time and due are counted from one spacing before genesis. */
static guint32
asert(Model *model, const ModelBlock *parent)
{
    const ModelParams *params = &model->params;
    gint64 since = (gint64)parent->header.time - params->genesis_time + params->spacing_s;
    __int128 ahead = (__int128)since - (__int128)params->spacing_s * ((gint64)parent->height + 1);
    __int128 exponent = ahead * 65536 / params->half_life_s;
    gint64 power, shift;
    guint64 f, factor;
    BIGNUM *target = BN_new();
    guint32 bits;

    power = (gint64)CLAMP(exponent, -512 * 65536, 512 * 65536); /* no target is further away */
    f = (guint64)power & 0xffff;
    factor =
        65536 + ((G_GUINT64_CONSTANT(195766423245049) * f + G_GUINT64_CONSTANT(971821376) * f * f +
                  5127 * f * f * f + (G_GUINT64_CONSTANT(1) << 47)) >>
                 48);
    model_target_of_bits(target, params->genesis_bits);
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
 */
static guint32
lwma(Model *model, const ModelBlock *parent)
{
    const guint64 n = model->params.window, t = (guint64)model->params.spacing_s;
    g_autofree const ModelBlock **last = g_new(const ModelBlock *, n + 1);
    BIGNUM *sum, *target;
    guint64 weighted = 0, before;
    guint32 bits;

    if (parent->height < n)
        return model->params.genesis_bits;
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
        BN_div_word(target, n);
        BN_add(sum, sum, target);
    }
    BN_mul_word(sum, weighted);
    BN_div_word(sum, n * (n + 1) * t / 2);
    bits = bounded_bits(model, sum);
    BN_free(sum);
    BN_free(target);
    return bits;
}

guint32
model_next_bits(Model *model, const ModelBlock *parent)
{
    switch (model->params.retarget) {
    case MODEL_EPOCH:
        return epoch(model, parent);
    case MODEL_ASERT:
        return asert(model, parent);
    case MODEL_LWMA:
        return lwma(model, parent);
    default:
        return model->params.genesis_bits;
    }
}

/* --- work --------------------------------------------------------------------------------- */

static BIGNUM *
number_of(const ModelWork *work)
{
    return BN_bin2bn(work->b, sizeof work->b, NULL);
}

/* Stores the number and frees it; false, and all ones, if it takes more than 256 bits. */
static bool
store(ModelWork *work, BIGNUM *number)
{
    bool fits = BN_bn2binpad(number, work->b, sizeof work->b) == sizeof work->b;

    if (!fits)
        memset(work->b, 0xff, sizeof work->b);
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
