/* Exponential times: exact points of the quantile function, and the mean over even bits. */
#include "core/base/exponential.h"
#include "tests/harness/harness.h"

#include <glib.h>
#include <math.h>

#define MEAN INT64_C(2000000000)

/* -ln(u) for u = bits / 2^64 */
static void
test_points(void)
{
    static const uint64_t points[] = {0,
                                      1,
                                      2,
                                      UINT64_C(1) << 63,
                                      UINT64_C(3) << 62,
                                      UINT64_C(0x0123456789abcdef),
                                      UINT64_C(0x5e2d58d8b3bcdf1b), /* about 1 / e */
                                      UINT64_MAX};

    for (gsize i = 0; i < G_N_ELEMENTS(points); i++) {
        double u = (double)MAX(points[i], 1) / 18446744073709551616.0;
        double got = (double)kette_exponential(MEAN, points[i]);

        CU_ASSERT_DOUBLE_EQUAL(got, -log(u) * (double)MEAN, 4);
    }
    CU_ASSERT_EQUAL(kette_exponential(0, 12345), 0);
}

static void
test_mean(void)
{
    enum { COUNT = 1 << 16 };
    double sum = 0;

    for (uint64_t i = 0; i < COUNT; i++)
        sum += (double)kette_exponential(MEAN, i << 48 | UINT64_C(1) << 47);
    CU_ASSERT_DOUBLE_EQUAL(sum / COUNT / (double)MEAN, 1, 1e-4);
}

TEST_SUITE(exponential, {"points", test_points}, {"mean", test_mean})
