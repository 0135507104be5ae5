/* SipHash-2-4 (Aumasson & Bernstein, "SipHash: a fast short-input PRF", 2012), 64-bit output.
 *
 * A keyed hash for short inputs where a peer must not be able to choose collisions.
 */
#ifndef CORE_BASE_SIPHASH_H
#define CORE_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t kette_siphash(uint64_t k0, uint64_t k1, const uint8_t *data, size_t len);

#endif
