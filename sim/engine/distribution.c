/* Ziggurats and the distributions made of them, in integers.
 *
 * Fixed point: variates have 56 fraction bits ("Q56"), densities 63, and 2^x comes as a mantissa
 * with 63 fraction bits and an exponent. No logarithm occurs anywhere, because an exponential
 * variate E already is -ln(uniform):
 *   - beyond r the exponential is r plus another exponential (it has no memory);
 *   - the normal's tail (Marsaglia, "Generating a variable from the tail of the normal
 *     distribution", Technometrics 6(1), 1964) takes E1 / r and E2 for -ln(u1) / r and -ln(u2);
 *   - a Pareto is scale * u^(-1/shape) = scale * e^(E/shape).
 */
#include "sim/engine/distribution.h"

#include "sim/engine/assert.h"
#include "sim/engine/ziggurat_tables.h"

#include <glib.h>
#include <stddef.h>

typedef __int128 i128;
typedef unsigned __int128 u128;

#define ONE_Q56 (INT64_C(1) << 56)
#define ONE_Q63 (UINT64_C(1) << 63)
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

/* Constants of the mathematics, rounded to the unit named. */
#define LN2_Q64 UINT64_C(0xb17217f7d1cf79ac)   /* ln 2 */
#define LOG2E_Q63 UINT64_C(0xb8aa3b295c17f0bc) /* 1 / ln 2 */
#define LOG2E_NANO_Q93 UINT64_C(0xc64851b276096134)
#define LOG2E_GIGA_Q33 UINT64_C(0xabfb8f01c7263634)
#define NORMAL_1_R_Q64 UINT64_C(0x460ea9b083a30394)

/* Limit of the exponent: 2^±96 turns any int64 time into never or 0. */
#define EXPONENT_MAX (96 * ONE_Q56)

static inline uint64_t
mul_high(uint64_t a, uint64_t b)
{
    return (uint64_t)((u128)a * b >> 64);
}

static inline int64_t
clamp_exponent(i128 x)
{
    if (x > EXPONENT_MAX)
        return EXPONENT_MAX;
    return x < -EXPONENT_MAX ? -EXPONENT_MAX : (int64_t)x;
}

/* Computes e^z - 1 by a Taylor series up to z^8/8! after a table of 2^(i/32). z < ln 2 / 32, so the
 * rest is below 2^-68. recip[n] is 2^64 / n. */
uint64_t
sim_exp2(int64_t *ret_exponent, int64_t x)
{
    static const uint64_t recip[9] = {
        0,
        0,
        0x8000000000000000,
        0x5555555555555555,
        0x4000000000000000,
        0x3333333333333333,
        0x2aaaaaaaaaaaaaab,
        0x2492492492492492,
        0x2000000000000000,
    };
    uint64_t fraction = (uint64_t)x & (ONE_Q56 - 1);
    uint64_t z = mul_high((fraction & ((UINT64_C(1) << 51) - 1)) << 8, LN2_Q64);
    uint64_t sum = ONE_Q63;

    for (int n = 8; n >= 2; n--)
        sum = ONE_Q63 + mul_high(mul_high(z, sum), recip[n]);
    sum = ONE_Q63 + mul_high(z, sum);
    *ret_exponent = x >> 56;
    return (uint64_t)((u128)sim_exp2_table[fraction >> 51] * sum >> 63);
}

/* Returns e^-x in Q63 for x in Q56, 0 <= x < 64: the densities at the wedges. */
static uint64_t
exp_negative(uint64_t x)
{
    int64_t exponent;
    uint64_t mantissa = sim_exp2(&exponent, -(int64_t)((u128)x * LOG2E_Q63 >> 63));

    return exponent < -63 ? 0 : mantissa >> -exponent;
}

/* Returns a uniform height between the floor and the ceiling of layer i. */
static inline uint64_t
layer_height(const uint64_t *y, unsigned i, uint64_t draw)
{
    return y[i] + mul_high(y[i + 1] - y[i], draw);
}

uint64_t
sim_variate_exponential(SimCounter *c)
{
    uint64_t beyond = 0;

    for (;;) {
        uint64_t draw = sim_counter_next(c);
        unsigned i = draw & 255;
        uint64_t x = (uint64_t)((u128)(draw >> 8) * sim_exponential_x[i] >> 56);

        if (x < sim_exponential_x[i + 1])
            return beyond + x;
        if (i == 0)
            beyond += sim_exponential_x[1];
        else if (layer_height(sim_exponential_y, i, sim_counter_next(c)) < exp_negative(x))
            return beyond + x;
    }
}

static uint64_t
normal_tail(SimCounter *c)
{
    for (;;) {
        uint64_t a = mul_high(sim_variate_exponential(c), NORMAL_1_R_Q64);
        uint64_t b = sim_variate_exponential(c);

        if (2 * (u128)b > (u128)a * a >> 56)
            return sim_normal_x[1] + a;
    }
}

static inline uint64_t
half_square(uint64_t x)
{
    return (uint64_t)((u128)x * x >> 57);
}

int64_t
sim_variate_normal(SimCounter *c)
{
    for (;;) {
        uint64_t draw = sim_counter_next(c);
        unsigned i = draw & 255;
        int64_t x = (int64_t)((u128)(draw >> 9) * sim_normal_x[i] >> 55);

        if ((uint64_t)x >= sim_normal_x[i + 1]) {
            if (i == 0)
                x = (int64_t)normal_tail(c);
            else if (layer_height(sim_normal_y, i, sim_counter_next(c)) >=
                     exp_negative(half_square((uint64_t)x)))
                continue;
        }
        return (draw & 256) != 0 ? -x : x;
    }
}

static inline SimTime
to_time(i128 x)
{
    if (x < 0)
        return 0;
    return x > SIM_TIME_NEVER ? SIM_TIME_NEVER : (SimTime)x;
}

/* Returns value * 2^x, rounded down. */
static SimTime
scale_exp2(SimTime value, int64_t x)
{
    int64_t exponent;
    uint64_t mantissa = sim_exp2(&exponent, x);
    u128 product = (u128)value * mantissa; /* < 2^127 */

    if (value == 0 || exponent < -64)
        return 0;
    if (exponent > 63)
        return SIM_TIME_NEVER;
    product >>= 63 - exponent;
    return product > (u128)SIM_TIME_NEVER ? SIM_TIME_NEVER : (SimTime)product;
}

static SimTime
sample_normal(const SimDistribution *d, SimCounter *c)
{
    return to_time((i128)d->a + ((i128)d->b * sim_variate_normal(c) >> 56));
}

static SimTime
sample_lognormal(const SimDistribution *d, SimCounter *c)
{
    int64_t factor = (int64_t)((u128)d->parameter * LOG2E_NANO_Q93 >> 41); /* Q52, < 2^56 */

    return scale_exp2(d->a, clamp_exponent((i128)sim_variate_normal(c) * factor >> 52));
}

static SimTime
sample_pareto(const SimDistribution *d, SimCounter *c)
{
    uint64_t factor = LOG2E_GIGA_Q33 / (uint64_t)d->parameter; /* Q33 */
    u128 x = (u128)sim_variate_exponential(c) * factor >> 33;

    return scale_exp2(d->a, x > EXPONENT_MAX ? EXPONENT_MAX : (int64_t)x);
}

static SimTime
scale_exponential(SimTime mean, uint64_t variate)
{
    return to_time((i128)((u128)mean * variate >> 56));
}

SimTime
sim_distribution_sample(const SimDistribution *d, SimCounter *c)
{
    switch (d->kind) {
    case SIM_DISTRIBUTION_CONSTANT:
        return d->a;
    case SIM_DISTRIBUTION_UNIFORM:
        return d->a + (SimTime)sim_counter_below(c, (uint64_t)(d->b - d->a) + 1);
    case SIM_DISTRIBUTION_NORMAL:
        return sample_normal(d, c);
    case SIM_DISTRIBUTION_LOGNORMAL:
        return sample_lognormal(d, c);
    case SIM_DISTRIBUTION_EXPONENTIAL:
        return scale_exponential(d->a, sim_variate_exponential(c));
    case SIM_DISTRIBUTION_PARETO:
        return sample_pareto(d, c);
    case SIM_DISTRIBUTION_EMPIRICAL:
        return d->times->values[sim_counter_below(c, d->times->count)];
    }
    sim_assert(!"a kind of distribution");
    return 0;
}

SimTime
sim_random_exponential(SimRandom *r, SimTime mean)
{
    SimCounter c = {sim_random_next(r), GOLDEN};

    sim_assert(mean >= 0);
    return scale_exponential(mean, sim_variate_exponential(&c));
}

static const char *
find_fault(const SimDistribution *d)
{
    if (d->a < 0)
        return "a time of a distribution must not be negative";
    switch (d->kind) {
    case SIM_DISTRIBUTION_CONSTANT:
    case SIM_DISTRIBUTION_EXPONENTIAL:
        return NULL;
    case SIM_DISTRIBUTION_UNIFORM:
        return d->b < d->a ? "uniform(lo, hi) needs lo <= hi" : NULL;
    case SIM_DISTRIBUTION_NORMAL:
        return d->b < 0 ? "a standard deviation must not be negative" : NULL;
    case SIM_DISTRIBUTION_LOGNORMAL:
        return d->parameter < 0 || d->parameter > 10 * SIM_PPB ? "sigma must be in 0..10" : NULL;
    case SIM_DISTRIBUTION_PARETO:
        return d->parameter <= 0 || d->parameter > 1000 * SIM_PPB
                   ? "a shape must be above 0 and at most 1000"
                   : NULL;
    case SIM_DISTRIBUTION_EMPIRICAL:
        if (d->times == NULL || d->times->count == 0)
            return "an empirical distribution needs at least one time";
        return d->times->values[0] < 0 ? "a measured time must not be negative" : NULL;
    }
    return "no such kind of distribution";
}

bool
sim_distribution_check(const SimDistribution *d, const char **ret_why)
{
    const char *why = find_fault(d);

    if (why != NULL && ret_why != NULL)
        *ret_why = why;
    return why == NULL;
}

SimDistribution
sim_distribution_constant(SimTime value)
{
    return (SimDistribution){SIM_DISTRIBUTION_CONSTANT, value, 0, 0, NULL};
}

SimDistribution
sim_distribution_uniform(SimTime lo, SimTime hi)
{
    return (SimDistribution){SIM_DISTRIBUTION_UNIFORM, lo, hi, 0, NULL};
}

SimDistribution
sim_distribution_normal(SimTime mean, SimTime sd)
{
    return (SimDistribution){SIM_DISTRIBUTION_NORMAL, mean, sd, 0, NULL};
}

SimDistribution
sim_distribution_lognormal(SimTime median, int64_t sigma_ppb)
{
    return (SimDistribution){SIM_DISTRIBUTION_LOGNORMAL, median, 0, sigma_ppb, NULL};
}

SimDistribution
sim_distribution_exponential(SimTime mean)
{
    return (SimDistribution){SIM_DISTRIBUTION_EXPONENTIAL, mean, 0, 0, NULL};
}

SimDistribution
sim_distribution_pareto(SimTime scale, int64_t shape_ppb)
{
    return (SimDistribution){SIM_DISTRIBUTION_PARETO, scale, 0, shape_ppb, NULL};
}

SimDistribution
sim_distribution_empirical(const SimTimes *times)
{
    return (SimDistribution){SIM_DISTRIBUTION_EMPIRICAL, 0, 0, 0, times};
}

static gint
compare_times(gconstpointer a, gconstpointer b, gpointer user)
{
    SimTime x = *(const SimTime *)a, y = *(const SimTime *)b;

    (void)user;
    return (x > y) - (x < y);
}

SimTimes *
sim_times_new(const SimTime *values, size_t count)
{
    SimTimes *times = g_malloc(sizeof *times + count * sizeof *values);

    sim_assert(count > 0);
    times->count = count;
    for (size_t i = 0; i < count; i++)
        times->values[i] = values[i];
    g_qsort_with_data(times->values, (gint)count, sizeof *values, compare_times, NULL);
    return times;
}
