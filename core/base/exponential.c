/* Exponential times; see exponential.h. */
#include "core/base/exponential.h"

typedef unsigned __int128 u128;

#define LN2_Q64 UINT64_C(0xb17217f7d1cf79ab) /* ln 2 * 2^64 */

/* The binary logarithm of x times 2^32, rounded down, for x > 0: squaring the mantissa doubles its
 * logarithm, whose whole part is the next binary place (Knuth, The Art of Computer Programming
 * 1, 1.2.2, exercise 28). */
static uint64_t
log2_q32(uint64_t x)
{
    unsigned zeros = (unsigned)__builtin_clzll(x);
    uint64_t mantissa = x << zeros, log = 63 - zeros; /* mantissa / 2^63 is in [1, 2) */

    for (unsigned i = 0; i < 32; i++) {
        u128 square = (u128)mantissa * mantissa >> 63;
        unsigned carry = (unsigned)(square >> 64);

        mantissa = (uint64_t)(square >> carry);
        log = log << 1 | carry;
    }
    return log;
}

int64_t
kette_exponential(int64_t mean_ns, uint64_t bits)
{
    uint64_t halvings = (UINT64_C(64) << 32) - log2_q32(bits == 0 ? 1 : bits);

    return (int64_t)((u128)(uint64_t)mean_ns * (uint64_t)((u128)halvings * LN2_Q64 >> 64) >> 32);
}
