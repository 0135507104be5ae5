/* Distributions: tables computed again, shapes by Kolmogorov-Smirnov, tails by counting, and sums
 * that any compiler must give.
 *
 * libm is used here, in long double, to check what the engine does without it.
 */
#include "sim/engine/distribution.h"
#include "sim/engine/ziggurat_tables.h"
#include "tests/harness/harness.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* -- tables --------------------------------------------------------------------------------- */

static long double
normal_density(long double x)
{
    return expl(-x * x / 2);
}

static long double
normal_inverse(long double y)
{
    return sqrtl(-2 * logl(y));
}

static long double
normal_beyond(long double r)
{
    return sqrtl(acosl(-1.0L) / 2) * erfcl(r / sqrtl(2));
}

static long double
exponential_density(long double x)
{
    return expl(-x);
}

static long double
exponential_inverse(long double y)
{
    return -logl(y);
}

typedef long double (*Function)(long double);

static void
check_near(uint64_t got, long double want, long double relative, const char *what, int at)
{
    char text[128];
    long double error = fabsl((long double)got - want);

    snprintf(text, sizeof text, "%s[%d]: %llu, want %.0Lf", what, at, (unsigned long long)got,
             want);
    CU_assertImplementation(error <= relative * want + 1, __LINE__, text, __FILE__, "", CU_FALSE);
}

/* The layers from r down, as Marsaglia & Tsang give them; r is the published one. */
static void
check_tables(const char *name, const uint64_t *x, const uint64_t *y, long double r,
             Function density, Function inverse, Function beyond)
{
    long double area = r * density(r) + beyond(r), edge = r, unit = ldexpl(1, 56);

    check_near(x[0], area / density(r) * unit, 1e-15L, name, 0);
    for (int i = 1; i < 256; i++) {
        check_near(x[i], edge * unit, 1e-13L, name, i);
        check_near(y[i], density((long double)x[i] / unit) * ldexpl(1, 63), 1e-15L, name, i);
        if (i < 255)
            edge = inverse(density(edge) + area / edge);
    }
    CU_ASSERT(fabsl(density(edge) + area / edge - 1) < 1e-13L); /* the top layer closes */
    CU_ASSERT_EQUAL(x[256], 0);
    CU_ASSERT_EQUAL(y[256], UINT64_C(1) << 63);
    CU_ASSERT_EQUAL(y[0], 0);
}

static void
test_tables(void)
{
    check_tables("normal", sim_normal_x, sim_normal_y, 3.6541528853610087963519L, normal_density,
                 normal_inverse, normal_beyond);
    check_tables("exponential", sim_exponential_x, sim_exponential_y, 7.69711747013104971404463L,
                 exponential_density, exponential_inverse, exponential_density);
    for (int i = 0; i < 32; i++)
        check_near(sim_exp2_table[i], ldexpl(exp2l(i / 32.0L), 63), 1e-18L, "exp2", i);
}

static void
test_exp2(void)
{
    SimCounter c = {1, 3};

    for (int i = 0; i < 20000; i++) {
        int64_t x = (int64_t)sim_counter_next(&c) >> (i % 60), exponent;
        uint64_t mantissa = sim_exp2(&exponent, x);
        long double want = exp2l(ldexpl((long double)x, -56));

        CU_ASSERT(mantissa >> 63 == 1);
        CU_ASSERT(fabsl(ldexpl((long double)mantissa, (int)exponent - 63) / want - 1) <
                  ldexpl(1, -58));
    }
}

/* -- shapes --------------------------------------------------------------------------------- */

#define UNIT ((double)SIM_S)
#define SAMPLES 200000

static double
cdf_uniform(double x)
{
    return (x - 1) / 3;
}

static double
cdf_normal(double x)
{
    return erfc(-(x - 20) / 2 / sqrt(2)) / 2;
}

static double
cdf_lognormal(double x)
{
    return erfc(-log(x / 3) / 0.7 / sqrt(2)) / 2;
}

static double
cdf_exponential(double x)
{
    return 1 - exp(-x / 5);
}

static double
cdf_pareto(double x)
{
    return 1 - pow(x / 2, -1.5);
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static const struct {
    const char *name;
    SimDistribution d;
    double (*cdf)(double x);
    uint64_t golden; /* the sum of 1000 samples, modulo 2^64 */
} laws[] = {
    {"constant", {SIM_DISTRIBUTION_CONSTANT, 50 * SIM_MS, 0, 0, NULL}, NULL, UINT64_C(50000000000)},
    {"uniform",
     {SIM_DISTRIBUTION_UNIFORM, SIM_S, 4 * SIM_S, 0, NULL},
     cdf_uniform,
     UINT64_C(2493937869874)},
    {"normal",
     {SIM_DISTRIBUTION_NORMAL, 20 * SIM_S, 2 * SIM_S, 0, NULL},
     cdf_normal,
     UINT64_C(20047855526693)},
    {"lognormal",
     {SIM_DISTRIBUTION_LOGNORMAL, 3 * SIM_S, 0, 700000000, NULL},
     cdf_lognormal,
     UINT64_C(3986173016084)},
    {"exponential",
     {SIM_DISTRIBUTION_EXPONENTIAL, 5 * SIM_S, 0, 0, NULL},
     cdf_exponential,
     UINT64_C(5040502610530)},
    {"pareto",
     {SIM_DISTRIBUTION_PARETO, 2 * SIM_S, 0, 1500000000, NULL},
     cdf_pareto,
     UINT64_C(5819037564844)},
};

#define LAWS (sizeof laws / sizeof laws[0])

/* sqrt(n) D below 2.23 holds for a right sampler with probability 1 - 10^-4 (Kolmogorov 1933); the
 * seed is fixed, so it holds for ever or never. */
static void
test_shapes(void)
{
    static double samples[SAMPLES];

    for (size_t law = 1; law < LAWS; law++) {
        double furthest = 0;
        char text[64];
        SimCounter c;

        sim_counter_init(&c, 1, law);
        for (int i = 0; i < SAMPLES; i++)
            samples[i] = (double)sim_distribution_sample(&laws[law].d, &c) / UNIT;
        qsort(samples, SAMPLES, sizeof samples[0], compare_doubles);
        for (int i = 0; i < SAMPLES; i++) {
            double p = laws[law].cdf(samples[i]);

            furthest = fmax(furthest, fmax(p - (double)i / SAMPLES, (i + 1.0) / SAMPLES - p));
        }
        snprintf(text, sizeof text, "%s: sqrt(n) D = %.3f", laws[law].name,
                 sqrt(SAMPLES) * furthest);
        CU_assertImplementation(sqrt(SAMPLES) * furthest < 2.23, __LINE__, text, __FILE__, "",
                                CU_FALSE);
    }
}

/* The first two moments, within 4.5 standard errors. */
static void
test_moments(void)
{
    double sums[4] = {0, 0, 0, 0};
    const int n = 1000000;
    SimCounter c;

    sim_counter_init(&c, 2, 1);
    for (int i = 0; i < n; i++) {
        double z = ldexp((double)sim_variate_normal(&c), -56);
        double e = ldexp((double)sim_variate_exponential(&c), -56);

        sums[0] += z;
        sums[1] += z * z;
        sums[2] += e;
        sums[3] += e * e;
    }
    CU_ASSERT(fabs(sums[0] / n) < 4.5 / sqrt(n));
    CU_ASSERT(fabs(sums[1] / n - 1) < 4.5 * sqrt(2.0 / n));
    CU_ASSERT(fabs(sums[2] / n - 1) < 4.5 / sqrt(n));
    CU_ASSERT(fabs(sums[3] / n - 2) < 4.5 * sqrt(20.0 / n));
}

/* Mean and variance of each law, as SAMPLES samples of it give them: within 4.5 standard errors, by
 * the law's own second and fourth central moments, in seconds. */
static void
test_law_moments(void)
{
    static const struct {
        SimDistribution d;
        double mean, variance, fourth;
    } rows[] = {
        {{SIM_DISTRIBUTION_UNIFORM, SIM_S, 4 * SIM_S, 0, NULL}, 2.5, 0.75, 81 / 80.0},
        {{SIM_DISTRIBUTION_NORMAL, 20 * SIM_S, 2 * SIM_S, 0, NULL}, 20, 4, 48},
        {{SIM_DISTRIBUTION_EXPONENTIAL, 5 * SIM_S, 0, 0, NULL}, 5, 25, 9 * 625},
        /* median 3, sigma 0.2: with w = e^0.04, mean 3 w^0.5, variance 9 w (w - 1), kurtosis
         * w^4 + 2 w^3 + 3 w^2 - 3 */
        {{SIM_DISTRIBUTION_LOGNORMAL, 3 * SIM_S, 0, 200000000, NULL},
         3.0606040,
         0.38228603,
         0.38228603 * 0.38228603 * 3.6783658},
        /* scale 2, shape 10: mean 20 / 9, variance 40 / (81 * 8), excess 6 (a^3 + a^2 - 6 a - 2)
         * / (a (a - 3) (a - 4)) = 14.83 */
        {{SIM_DISTRIBUTION_PARETO, 2 * SIM_S, 0, 10 * SIM_PPB, NULL},
         20 / 9.0,
         40 / 648.0,
         40 / 648.0 * 40 / 648.0 * 17.828571},
    };

    for (size_t law = 0; law < sizeof rows / sizeof rows[0]; law++) {
        double mean = rows[law].mean, variance = rows[law].variance, sum = 0, squares = 0;
        char text[96];
        SimCounter c;

        sim_counter_init(&c, 4, law);
        for (int i = 0; i < SAMPLES; i++) {
            double x = (double)sim_distribution_sample(&rows[law].d, &c) / UNIT - mean;

            sum += x;
            squares += x * x;
        }
        snprintf(text, sizeof text, "law %zu: off by %g, variance %g, want %g", law, sum / SAMPLES,
                 squares / SAMPLES, variance);
        CU_assertImplementation(
            fabs(sum / SAMPLES) < 4.5 * sqrt(variance / SAMPLES) &&
                fabs(squares / SAMPLES - variance) <
                    4.5 * sqrt((rows[law].fourth - variance * variance) / SAMPLES),
            __LINE__, text, __FILE__, "", CU_FALSE);
    }
}

/* A region matrix: mean m ms is scale m - 5 ms and shape 0.2 m, to a shape of 65; the spread
 * is that of Pareto's law, and nothing comes sooner than the scale. */
static void
test_matrix_pareto(void)
{
    for (int ms = 11; ms <= 325; ms += 157) {
        double shape = 0.2 * ms, scale = ms - 5, sum = 0, above = 0, sd;
        SimDistribution d = sim_distribution_pareto((ms - 5) * SIM_MS, (int64_t)ms * SIM_PPB / 5);
        char text[64];
        SimCounter c;

        CU_ASSERT(sim_distribution_check(&d, NULL));
        sim_counter_init(&c, 5, (uint64_t)ms);
        for (int i = 0; i < SAMPLES; i++) {
            double x = (double)sim_distribution_sample(&d, &c) / (double)SIM_MS;

            CU_ASSERT(x >= scale);
            sum += x;
            above += x > scale * pow(2, 1 / shape); /* the median */
        }
        sd = ms == 11 ? 25 : scale / (shape - 1) * sqrt(shape / (shape - 2));
        snprintf(text, sizeof text, "mean %d: %g", ms, sum / SAMPLES);
        CU_assertImplementation(fabs(sum / SAMPLES - ms) < 4.5 * sd / sqrt(SAMPLES), __LINE__, text,
                                __FILE__, "", CU_FALSE);
        CU_ASSERT(fabs(above - SAMPLES / 2.0) < 4.5 * sqrt(SAMPLES) / 2);
    }
}

/* Each value as often as it stands there (chi-squared, 4 degrees of freedom: below 26 with
 * probability 1 - 3 * 10^-5), and no other. */
static void
test_empirical(void)
{
    static const SimTime values[] = {7, 3, 500, 3, 0, 12};
    static const SimTime sorted[] = {0, 3, 7, 12, 500};
    g_autofree SimTimes *times = sim_times_new(values, 6);
    SimDistribution d = sim_distribution_empirical(times);
    int counts[5] = {0};
    double squared = 0;
    SimCounter c;

    CU_ASSERT(sim_distribution_check(&d, NULL));
    for (size_t i = 1; i < times->count; i++)
        CU_ASSERT(times->values[i - 1] <= times->values[i]);
    sim_counter_init(&c, 6, 1);
    for (int i = 0; i < 60000; i++) {
        SimTime x = sim_distribution_sample(&d, &c);
        int at = 0;

        while (at < 5 && sorted[at] != x)
            at++;
        CU_ASSERT_FATAL(at < 5);
        counts[at]++;
    }
    for (int i = 0; i < 5; i++) {
        double want = i == 1 ? 20000 : 10000;

        squared += (counts[i] - want) * (counts[i] - want) / want;
    }
    CU_ASSERT(squared < 26);
}

static void
check_count(int count, double expected, const char *what)
{
    char text[96];

    snprintf(text, sizeof text, "%s: %d, want %.1f", what, count, expected);
    CU_assertImplementation(fabs(count - expected) < 4.5 * sqrt(expected), __LINE__, text, __FILE__,
                            "", CU_FALSE);
}

/* Beyond r = 3.654 and 7.697, where the ziggurats end and other code takes over. */
static void
test_tails(void)
{
    static const double normal_from[] = {3.5, 3.7, 4.5}, exponential_from[] = {7.5, 8, 11};
    int normal[3] = {0}, exponential[3] = {0}, negative = 0;
    const int n = 12000000;
    SimCounter c;

    sim_counter_init(&c, 3, 1);
    for (int i = 0; i < n; i++) {
        double z = ldexp((double)sim_variate_normal(&c), -56);
        double e = ldexp((double)sim_variate_exponential(&c), -56);

        negative += z < -3.7;
        for (int k = 0; k < 3; k++) {
            normal[k] += fabs(z) > normal_from[k];
            exponential[k] += e > exponential_from[k];
        }
    }
    check_count(negative, n * erfc(3.7 / sqrt(2)) / 2, "negative normals");
    for (int k = 0; k < 3; k++) {
        check_count(normal[k], n * erfc(normal_from[k] / sqrt(2)), "normals");
        check_count(exponential[k], n * exp(-exponential_from[k]), "exponentials");
    }
}

/* -- the same everywhere -------------------------------------------------------------------- */

static void
test_golden(void)
{
    for (size_t law = 0; law < LAWS; law++) {
        uint64_t sum = 0;
        char text[96];
        SimCounter c;

        sim_counter_init(&c, 42, law);
        for (int i = 0; i < 1000; i++)
            sum += (uint64_t)sim_distribution_sample(&laws[law].d, &c);
        snprintf(text, sizeof text, "%s: %llu", laws[law].name, (unsigned long long)sum);
        CU_assertImplementation(sum == laws[law].golden, __LINE__, text, __FILE__, "", CU_FALSE);
    }
}

static void
test_mining_draws(void)
{
    SimRandom r, other;
    uint64_t sum = 0;

    sim_random_init(&r, 42, "mine", "a1");
    other = r;
    for (int i = 0; i < 1000; i++)
        sum += (uint64_t)sim_random_exponential(&r, 600 * SIM_S);
    CU_ASSERT_EQUAL(sum, UINT64_C(608834572490126));
    for (int i = 0; i < 1000; i++) /* one word a draw, whatever the mean */
        sim_random_exponential(&other, i);
    CU_ASSERT_EQUAL(sim_random_next(&r), sim_random_next(&other));
}

static void
test_extremes(void)
{
    SimDistribution huge = sim_distribution_lognormal(SIM_TIME_NEVER, 10 * SIM_PPB);
    SimDistribution wide = sim_distribution_normal(0, SIM_S);
    SimDistribution full = sim_distribution_uniform(0, SIM_TIME_NEVER);
    SimDistribution heavy = sim_distribution_pareto(SIM_S, 1);
    int zeros = 0, never = 0, heavy_never = 0;
    SimRandom r;
    SimCounter c;

    sim_random_init(&r, 1, "test", "extremes");
    sim_counter_init(&c, 1, 1);
    for (int i = 0; i < 2000; i++) {
        SimTime t = sim_random_exponential(&r, INT64_C(1000000000000000000));

        CU_ASSERT(t >= 0);
        never += t == SIM_TIME_NEVER; /* e^-9.22 of them */
        zeros += sim_distribution_sample(&wide, &c) == 0;
        CU_ASSERT(sim_distribution_sample(&huge, &c) >= 0);
        CU_ASSERT(sim_distribution_sample(&full, &c) >= 0);
        heavy_never += sim_distribution_sample(&heavy, &c) == SIM_TIME_NEVER;
    }
    CU_ASSERT(zeros > 880 && zeros < 1120); /* half, 4.5 standard deviations around */
    CU_ASSERT(never < 10);
    CU_ASSERT_EQUAL(heavy_never, 2000);
    CU_ASSERT_EQUAL(sim_random_exponential(&r, 0), 0);
}

static void
test_check(void)
{
    static const SimDistribution bad[] = {
        {SIM_DISTRIBUTION_CONSTANT, -1, 0, 0, NULL},
        {SIM_DISTRIBUTION_UNIFORM, 2, 1, 0, NULL},
        {SIM_DISTRIBUTION_NORMAL, 1, -1, 0, NULL},
        {SIM_DISTRIBUTION_LOGNORMAL, 1, 0, -1, NULL},
        {SIM_DISTRIBUTION_LOGNORMAL, 1, 0, 10 * SIM_PPB + 1, NULL},
        {SIM_DISTRIBUTION_PARETO, 1, 0, 0, NULL},
        {SIM_DISTRIBUTION_PARETO, 1, 0, 1000 * SIM_PPB + 1, NULL},
        {SIM_DISTRIBUTION_EMPIRICAL, 0, 0, 0, NULL},
        {(SimDistributionKind)99, 1, 0, 0, NULL},
    };
    static const SimTime early = -1;
    g_autofree SimTimes *times = sim_times_new(&early, 1);
    const SimDistribution measured = sim_distribution_empirical(times);
    const char *why = NULL;

    CU_ASSERT(!sim_distribution_check(&measured, &why));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++, why = NULL) {
        CU_ASSERT(!sim_distribution_check(&bad[i], &why));
        CU_ASSERT(why != NULL);
    }
    for (size_t i = 0; i < LAWS; i++)
        CU_ASSERT(sim_distribution_check(&laws[i].d, &why));
    CU_ASSERT(why == NULL);
}

TEST_SUITE(distribution, {"tables", test_tables}, {"exp2", test_exp2}, {"shapes", test_shapes},
           {"moments", test_moments}, {"law-moments", test_law_moments},
           {"matrix-pareto", test_matrix_pareto}, {"empirical", test_empirical},
           {"tails", test_tails}, {"golden", test_golden}, {"mining-draws", test_mining_draws},
           {"extremes", test_extremes}, {"check", test_check})
