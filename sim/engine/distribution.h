/* Distributions of times, with the same bits on every platform.
 *
 * All arithmetic is on integers of 64 and 128 bits, without floating point or libm. Times are int64
 * ns; numbers without a dimension (sigma, shape) are in units of 10^-9. Normal and exponential
 * variates come from 256-layer ziggurats (Marsaglia & Tsang, "The ziggurat method for generating
 * random variables", J. Stat. Software 5(8), 2000) with the tables of ziggurat_tables.h, as fixed
 * point with 56 fraction bits; their tails need no logarithm (see distribution.c).
 *
 * A sample below 0 becomes 0; a sample beyond int64 becomes SIM_TIME_NEVER.
 *
 * An empirical distribution draws one of the measured values with equal probability and never
 * interpolates: mean, variance and quantiles are those of the measurement.
 */
#ifndef SIM_ENGINE_DISTRIBUTION_H
#define SIM_ENGINE_DISTRIBUTION_H

#include "sim/engine/random.h"
#include "sim/engine/time.h"

#include <stdbool.h>
#include <stddef.h>

#define SIM_PPB INT64_C(1000000000) /* one, in units of 10^-9 */

typedef enum {
    SIM_DISTRIBUTION_CONSTANT,
    SIM_DISTRIBUTION_UNIFORM,
    SIM_DISTRIBUTION_NORMAL,
    SIM_DISTRIBUTION_LOGNORMAL,
    SIM_DISTRIBUTION_EXPONENTIAL,
    SIM_DISTRIBUTION_PARETO,
    SIM_DISTRIBUTION_EMPIRICAL,
} SimDistributionKind;

/* Measured times, ascending, at least one; equal times count separately. */
typedef struct {
    size_t count;
    SimTime values[];
} SimTimes;

/* Returns a sorted copy; free with g_free. count > 0. */
SimTimes *sim_times_new(const SimTime *values, size_t count);

/*              a        b     parameter (10^-9)
 * constant     value
 * uniform      lo       hi                        lo <= x <= hi, both ends possible
 * normal       mean     sd
 * lognormal    median         sigma               median * e^(sigma z)
 * exponential  mean
 * pareto       scale          shape               scale * u^(-1/shape), never below scale
 * empirical                                       one of `times`, which outlive the distribution
 * Fields that a kind does not use are 0 or NULL.
 */
typedef struct {
    SimDistributionKind kind;
    SimTime a;
    SimTime b;
    int64_t parameter;
    const SimTimes *times;
} SimDistribution;

SimDistribution sim_distribution_constant(SimTime value);
SimDistribution sim_distribution_uniform(SimTime lo, SimTime hi);
SimDistribution sim_distribution_normal(SimTime mean, SimTime sd);
SimDistribution sim_distribution_lognormal(SimTime median, int64_t sigma_ppb);
SimDistribution sim_distribution_exponential(SimTime mean);
SimDistribution sim_distribution_pareto(SimTime scale, int64_t shape_ppb);
SimDistribution sim_distribution_empirical(const SimTimes *times);

/* Returns false, and a reason for a user, if the parameters are invalid: a negative time, hi < lo,
 * sigma above 10, a shape not above 0 or over 1000, no measured times. */
bool sim_distribution_check(const SimDistribution *d, const char **ret_why);

/* Draws a sample of a distribution that passes the check. */
SimTime sim_distribution_sample(const SimDistribution *d, SimCounter *c);

/* Draws from the exponential distribution with mean >= 0, exact to the last bit of the tail. Uses
 * exactly one word of the stream, so that runs with other means stay aligned. */
SimTime sim_random_exponential(SimRandom *r, SimTime mean);

/* Draw the standard variates, in units of 2^-56. */
#define SIM_VARIATE_BITS 56
int64_t sim_variate_normal(SimCounter *c);
uint64_t sim_variate_exponential(SimCounter *c);

/* Computes 2^x for x in units of 2^-56: the mantissa, in [2^63, 2^64), is returned; value =
 * mantissa * 2^(*ret_exponent - 63). Relative error below 2^-58. */
uint64_t sim_exp2(int64_t *ret_exponent, int64_t x);

#endif
