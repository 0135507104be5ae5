/* Exponential times in integers: the same on every machine, without libm. The simulator has a
 * faster sampler (sim/engine/distribution.h), which core may not use. */
#ifndef CORE_BASE_EXPONENTIAL_H
#define CORE_BASE_EXPONENTIAL_H

#include <stdint.h>

/* Returns -ln(u) * mean_ns for u = (bits or 1) / 2^64, rounded down: exponentially distributed for
 * even random bits. 0 <= mean_ns < 2^53; exact to 2^-30 of the mean. */
int64_t kette_exponential(int64_t mean_ns, uint64_t bits);

#endif
