/* Unsigned 256-bit numbers for targets and work, and Bitcoin's compact form of them.
 *
 * Four 64-bit limbs, least significant first. Arithmetic wraps nowhere: what can overflow says so.
 *
 * Compact bits (Bitcoin Core, arith_uint256.cpp): byte 3 is the size in bytes, bytes 0-2 the
 * mantissa, bit 23 a sign. Core's SetCompact tolerates what cannot be a target; here decoding is
 * strict, so that one target has one encoding.
 *
 * Work of a target (Bitcoin Core, chain.cpp GetBlockProof): 2^256 / (target + 1), computed as
 * ~target / (target + 1) + 1 within 256 bits.
 */
#ifndef CORE_BASE_U256_H
#define CORE_BASE_U256_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/hash.h"

typedef struct {
    uint64_t limb[4];
} KetteU256;

typedef enum {
    KETTE_COMPACT_OK,
    KETTE_COMPACT_ZERO,          /* mantissa 0, or shifted away */
    KETTE_COMPACT_NEGATIVE,      /* sign bit set */
    KETTE_COMPACT_OVERFLOW,      /* beyond 256 bits */
    KETTE_COMPACT_NOT_CANONICAL, /* another encoding is the one of this number */
} KetteCompact;

KetteU256 kette_u256_from_u64(uint64_t v);
KetteU256 kette_u256_from_hash(const KetteHash *hash); /* as a little-endian number */
/* Write and read 64 hex digits, most significant first. */
void kette_u256_to_hex(char ret_text[65], const KetteU256 *a);
bool kette_u256_from_hex(KetteU256 *ret, const char *text);

bool kette_u256_is_zero(const KetteU256 *a);
int kette_u256_compare(const KetteU256 *a, const KetteU256 *b);
unsigned kette_u256_bits(const KetteU256 *a); /* index of the highest set bit + 1, 0 for 0 */

/* Return true when the result did not fit; *ret is then the low 256 bits. `ret` may be a or b. */
bool kette_u256_add(KetteU256 *ret, const KetteU256 *a, const KetteU256 *b);
bool kette_u256_sub(KetteU256 *ret, const KetteU256 *a, const KetteU256 *b);
bool kette_u256_mul_u64(KetteU256 *ret, const KetteU256 *a, uint64_t b);

/* Divide, rounding down; the divisor is not 0. */
void kette_u256_div(KetteU256 *ret, const KetteU256 *a, const KetteU256 *b);
void kette_u256_div_u64(KetteU256 *ret, const KetteU256 *a, uint64_t b);

/* Computes a * mul / div, exact with a 320-bit product. Returns true when the quotient does not
 * fit. */
bool kette_u256_mul_div(KetteU256 *ret, const KetteU256 *a, uint64_t mul, uint64_t div);

/* Computes a * num / den, rounded down, exact with a 320-bit product; den is not 0. Returns true
 * when the quotient does not fit. */
bool kette_u256_mul_ratio(KetteU256 *ret, uint64_t a, const KetteU256 *num, const KetteU256 *den);

/* Computes a * mul * 2^shift, rounded down, exact with a 320-bit product. Returns true when it does
 * not fit. */
bool kette_u256_mul_shift(KetteU256 *ret, const KetteU256 *a, uint64_t mul, int64_t shift);

void kette_u256_shift_left(KetteU256 *ret, const KetteU256 *a, unsigned by);
void kette_u256_shift_right(KetteU256 *ret, const KetteU256 *a, unsigned by);

/* Decodes compact bits; *ret_target is written only with KETTE_COMPACT_OK. */
KetteCompact kette_compact_decode(KetteU256 *ret_target, uint32_t bits);
/* Returns the canonical encoding, the mantissa rounded down. */
uint32_t kette_compact_encode(const KetteU256 *target);

/* Returns the expected number of hashes for a target, which is not 0. */
KetteU256 kette_work_of_target(const KetteU256 *target);
/* Returns the same for compact bits; 0 if they are no target. */
KetteU256 kette_work_of_bits(uint32_t bits);
/* Returns the easiest target whose work is at least `work` >= 1: floor(2^256 / work) - 1. */
KetteU256 kette_target_of_work(const KetteU256 *work);

#endif
