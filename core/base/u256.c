/* 256-bit arithmetic on four 64-bit limbs, and compact bits; see u256.h. */
#include "core/base/u256.h"

#include "core/base/assert.h"
#include "core/base/bytes.h"

typedef unsigned __int128 Wide;

KetteU256
kette_u256_from_u64(uint64_t v)
{
    return (KetteU256){{v, 0, 0, 0}};
}

KetteU256
kette_u256_from_hash(const KetteHash *hash)
{
    KetteU256 a;

    for (int i = 0; i < 4; i++)
        a.limb[i] = kette_get_le64(hash->b + 8 * i);
    return a;
}

void
kette_u256_to_hex(char ret_text[65], const KetteU256 *a)
{
    uint8_t raw[32];

    for (int i = 0; i < 32; i++)
        raw[i] = (uint8_t)(a->limb[3 - i / 8] >> (56 - 8 * (i % 8)));
    kette_hex_encode(ret_text, raw, sizeof raw);
}

bool
kette_u256_from_hex(KetteU256 *ret, const char *text)
{
    KetteHash number;

    if (!kette_hash_from_hex(&number, text))
        return false;
    *ret = kette_u256_from_hash(&number);
    return true;
}

bool
kette_u256_is_zero(const KetteU256 *a)
{
    return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

int
kette_u256_compare(const KetteU256 *a, const KetteU256 *b)
{
    for (int i = 3; i >= 0; i--) {
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    }
    return 0;
}

unsigned
kette_u256_bits(const KetteU256 *a)
{
    for (int i = 3; i >= 0; i--) {
        if (a->limb[i] != 0)
            return (unsigned)(64 * i + 64 - __builtin_clzll(a->limb[i]));
    }
    return 0;
}

bool
kette_u256_add(KetteU256 *ret, const KetteU256 *a, const KetteU256 *b)
{
    Wide carry = 0;

    for (int i = 0; i < 4; i++) {
        carry += (Wide)a->limb[i] + b->limb[i];
        ret->limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return carry != 0;
}

bool
kette_u256_sub(KetteU256 *ret, const KetteU256 *a, const KetteU256 *b)
{
    bool borrow = false;

    for (int i = 0; i < 4; i++) {
        Wide take = (Wide)b->limb[i] + borrow;
        uint64_t from = a->limb[i];

        borrow = from < take;
        ret->limb[i] = (uint64_t)(from - take);
    }
    return borrow;
}

/* Sets the five limbs of the product, the lowest first. */
static void
multiply(uint64_t ret_limb[5], const KetteU256 *a, uint64_t b)
{
    Wide carry = 0;

    for (int i = 0; i < 4; i++) {
        carry += (Wide)a->limb[i] * b;
        ret_limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
    ret_limb[4] = (uint64_t)carry;
}

bool
kette_u256_mul_u64(KetteU256 *ret, const KetteU256 *a, uint64_t b)
{
    uint64_t product[5];

    multiply(product, a, b);
    memcpy(ret->limb, product, sizeof ret->limb);
    return product[4] != 0;
}

void
kette_u256_shift_left(KetteU256 *ret, const KetteU256 *a, unsigned by)
{
    KetteU256 out = {{0}};
    unsigned limbs = by / 64, bits = by % 64;

    for (unsigned i = limbs; i < 4; i++) { /* nothing is left of a shift by 256 */
        out.limb[i] = a->limb[i - limbs] << bits;
        if (bits != 0 && i > limbs)
            out.limb[i] |= a->limb[i - limbs - 1] >> (64 - bits);
    }
    *ret = out;
}

void
kette_u256_shift_right(KetteU256 *ret, const KetteU256 *a, unsigned by)
{
    KetteU256 out = {{0}};
    unsigned limbs = by / 64, bits = by % 64;

    for (unsigned i = 0; i + limbs < 4; i++) {
        out.limb[i] = a->limb[i + limbs] >> bits;
        if (bits != 0 && i + limbs + 1 < 4)
            out.limb[i] |= a->limb[i + limbs + 1] << (64 - bits);
    }
    *ret = out;
}

void
kette_u256_div_u64(KetteU256 *ret, const KetteU256 *a, uint64_t b)
{
    Wide rest = 0;
    KetteU256 out;

    kette_assert(b != 0);
    for (int i = 3; i >= 0; i--) {
        rest = rest << 64 | a->limb[i];
        out.limb[i] = (uint64_t)(rest / b);
        rest %= b;
    }
    *ret = out;
}

bool
kette_u256_mul_div(KetteU256 *ret, const KetteU256 *a, uint64_t mul, uint64_t div)
{
    uint64_t product[5];
    Wide rest = 0;

    kette_assert(div != 0);
    multiply(product, a, mul);
    for (int i = 4; i >= 0; i--) {
        rest = rest << 64 | product[i];
        product[i] = (uint64_t)(rest / div);
        rest %= div;
    }
    memcpy(ret->limb, product, sizeof ret->limb);
    return product[4] != 0;
}

bool
kette_u256_mul_shift(KetteU256 *ret, const KetteU256 *a, uint64_t mul, int64_t shift)
{
    uint64_t product[6] = {0};
    unsigned by;

    multiply(product, a, mul);
    if (shift > 0) {
        KetteU256 low;

        memcpy(low.limb, product, sizeof low.limb);
        if (product[4] != 0 ||
            (!kette_u256_is_zero(&low) && (int64_t)kette_u256_bits(&low) + shift > 256))
            return true;
        kette_u256_shift_left(ret, &low, (unsigned)MIN(shift, 256));
        return false;
    }
    by = (unsigned)MIN(-shift, 320);
    for (unsigned i = 0; i < 5; i++) {
        unsigned from = i + by / 64;
        Wide both = from < 5 ? (Wide)product[from + 1] << 64 | product[from] : 0;

        product[i] = (uint64_t)(both >> (by % 64));
    }
    memcpy(ret->limb, product, sizeof ret->limb);
    return product[4] != 0;
}

/* Shifts and subtracts: at most 256 rounds, and only once for a retarget or a header with new bits.
 */
void
kette_u256_div(KetteU256 *ret, const KetteU256 *a, const KetteU256 *b)
{
    KetteU256 rest = *a, quotient = {{0}}, part;
    unsigned a_bits = kette_u256_bits(a), b_bits = kette_u256_bits(b);

    kette_assert(b_bits != 0);
    if (a_bits >= b_bits) {
        for (int shift = (int)(a_bits - b_bits); shift >= 0; shift--) {
            kette_u256_shift_left(&part, b, (unsigned)shift);
            if (kette_u256_compare(&rest, &part) >= 0) {
                kette_u256_sub(&rest, &rest, &part);
                quotient.limb[shift / 64] |= UINT64_C(1) << (shift % 64);
            }
        }
    }
    *ret = quotient;
}

bool
kette_u256_mul_ratio(KetteU256 *ret, uint64_t a, const KetteU256 *num, const KetteU256 *den)
{
    KetteU256 product, rest = {{0}}, quotient = {{0}};
    uint64_t limb[5];
    bool overflow = false;

    if (!kette_u256_mul_u64(&product, num, a)) {
        kette_u256_div(ret, &product, den);
        return false;
    }
    kette_assert(!kette_u256_is_zero(den));
    multiply(limb, num, a);
    for (int bit = 319; bit >= 0; bit--) {
        /* A rest that leaves 256 bits is above den, and the difference fits again. */
        bool above = kette_u256_add(&rest, &rest, &rest);

        rest.limb[0] |= limb[bit / 64] >> (bit % 64) & 1;
        if (!above && kette_u256_compare(&rest, den) < 0)
            continue;
        kette_u256_sub(&rest, &rest, den);
        overflow |= bit >= 256;
        if (bit < 256)
            quotient.limb[bit / 64] |= UINT64_C(1) << (bit % 64);
    }
    *ret = quotient;
    return overflow;
}

KetteCompact
kette_compact_decode(KetteU256 *ret_target, uint32_t bits)
{
    unsigned size = bits >> 24;
    uint32_t mantissa = bits & 0x007fffff;
    KetteU256 target = kette_u256_from_u64(mantissa);

    if (size <= 3)
        kette_u256_shift_right(&target, &target, 8 * (3 - size));
    if (size <= 3 ? kette_u256_is_zero(&target) : mantissa == 0)
        return KETTE_COMPACT_ZERO;
    if ((bits & 0x00800000) != 0)
        return KETTE_COMPACT_NEGATIVE;
    if (size > 34 || (mantissa > 0xff && size > 33) || (mantissa > 0xffff && size > 32))
        return KETTE_COMPACT_OVERFLOW;
    if (size > 3)
        kette_u256_shift_left(&target, &target, 8 * (size - 3));
    if (kette_compact_encode(&target) != bits)
        return KETTE_COMPACT_NOT_CANONICAL;
    *ret_target = target;
    return KETTE_COMPACT_OK;
}

uint32_t
kette_compact_encode(const KetteU256 *target)
{
    unsigned size = (kette_u256_bits(target) + 7) / 8;
    KetteU256 shifted;
    uint32_t mantissa;

    if (size <= 3) {
        mantissa = (uint32_t)(target->limb[0] << 8 * (3 - size));
    } else {
        kette_u256_shift_right(&shifted, target, 8 * (size - 3));
        mantissa = (uint32_t)shifted.limb[0];
    }
    /* Bit 23 is the sign: a mantissa that reaches it moves down a byte. */
    if ((mantissa & 0x00800000) != 0) {
        mantissa >>= 8;
        size++;
    }
    return mantissa | size << 24;
}

KetteU256
kette_work_of_target(const KetteU256 *target)
{
    KetteU256 one = kette_u256_from_u64(1), inverse, next;

    kette_assert(!kette_u256_is_zero(target));
    for (int i = 0; i < 4; i++)
        inverse.limb[i] = ~target->limb[i];
    if (kette_u256_add(&next, target, &one)) /* target is 2^256 - 1 */
        return one;
    kette_u256_div(&inverse, &inverse, &next);
    kette_u256_add(&inverse, &inverse, &one);
    return inverse;
}

KetteU256
kette_work_of_bits(uint32_t bits)
{
    KetteU256 target;

    return kette_compact_decode(&target, bits) == KETTE_COMPACT_OK ? kette_work_of_target(&target)
                                                                   : kette_u256_from_u64(0);
}

KetteU256
kette_target_of_work(const KetteU256 *work)
{
    KetteU256 one = kette_u256_from_u64(1), negated, quotient;

    kette_assert(!kette_u256_is_zero(work));
    if (kette_u256_compare(work, &one) == 0)
        return (KetteU256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    /* floor(2^256 / w) = floor((2^256 - w) / w) + 1, and the one is taken off again. */
    kette_u256_sub(&negated, &(KetteU256){{0}}, work);
    kette_u256_div(&quotient, &negated, work);
    return quotient;
}
