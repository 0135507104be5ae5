/* Quantities: every unit, exactness, arithmetic, and text that reads back. */
#include "sim/scenario/quantity.h"
#include "tests/harness/harness.h"

#include <string.h>

static bool
parse(const char *text, ScnQuantity *ret)
{
    gsize used;
    g_autofree char *problem = NULL;
    g_autofree char *help = NULL;
    return scn_quantity_parse(text, strlen(text), ret, &used, &problem, &help) &&
           used == strlen(text);
}

static void
test_units(void)
{
    static const struct {
        const char *text;
        ScnDim dim;
        gint64 value;
    } cases[] = {
        {"1ns", SCN_DIM_TIME, 1},
        {"1us", SCN_DIM_TIME, 1000},
        {"80ms", SCN_DIM_TIME, 80000000},
        {"0.5ms", SCN_DIM_TIME, 500000},
        {"29m30s", SCN_DIM_TIME, 1770000000000},
        {"1d2h3m4s5ms", SCN_DIM_TIME, 93784005000000},
        {"2h", SCN_DIM_TIME, 7200000000000},
        {"7B", SCN_DIM_SIZE, 7},
        {"1.5kB", SCN_DIM_SIZE, 1500},
        {"5MB", SCN_DIM_SIZE, 5000000},
        {"1GB", SCN_DIM_SIZE, 1000000000},
        {"1KiB", SCN_DIM_SIZE, 1024},
        {"2MiB", SCN_DIM_SIZE, 2097152},
        {"1GiB", SCN_DIM_SIZE, 1073741824},
        {"8bps", SCN_DIM_RATE, 8},
        {"20Mbps", SCN_DIM_RATE, 20000000},
        {"1kbps", SCN_DIM_RATE, 1000},
        {"1Gbps", SCN_DIM_RATE, 1000000000},
        {"2/s", SCN_DIM_FREQUENCY, 7200000000000000},
        {"1/m", SCN_DIM_FREQUENCY, 60000000000000},
        {"1/h", SCN_DIM_FREQUENCY, 1000000000000},
        {"60%", SCN_DIM_NUMBER, 600000000000},
        {"50ppm", SCN_DIM_NUMBER, 50000000},
        {"1.5x", SCN_DIM_NUMBER, 1500000000000},
        {"0.1", SCN_DIM_NUMBER, 100000000000},
        {"3", SCN_DIM_NUMBER, 3000000000000},
        {"1.50000000000000000000", SCN_DIM_NUMBER, 1500000000000},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScnQuantity quantity = {0};
        CU_ASSERT(parse(cases[i].text, &quantity));
        CU_ASSERT_EQUAL(quantity.dim, cases[i].dim);
        CU_ASSERT(quantity.value == cases[i].value);
    }
}

static void
test_refused(void)
{
    static const char *const cases[] = {
        "1sec",
        "0.5ns",
        "1kb",
        "30s29m",
        "1h30",
        "999999999999999999999d",
        "0.0000000000001",
        "100000000000000000000000000000000000000000000000",
        "1_s",
        "300000d",
    };
    ScnQuantity quantity;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        CU_ASSERT_FALSE(parse(cases[i], &quantity));
}

static ScnQuantity
q(const char *text)
{
    ScnQuantity quantity = {0};
    CU_ASSERT(parse(text, &quantity));
    return quantity;
}

static void
check_apply(const char *a, ScnOp op, const char *b, const char *want)
{
    ScnQuantity result = {0};
    CU_ASSERT_EQUAL(scn_quantity_apply(op, q(a), q(b), &result), SCN_MATH_OK);
    g_autofree char *text = scn_quantity_text(result);
    TEST_STR_EQUAL(text, want);
}

static void
test_arithmetic(void)
{
    ScnQuantity result;
    check_apply("10m", SCN_OP_ADD, "30s", "10m30s");
    check_apply("10m", SCN_OP_SUB, "1ms", "9m59.999s");
    check_apply("10m", SCN_OP_DIV, "20", "30s");
    check_apply("1h", SCN_OP_DIV, "1m", "60");
    check_apply("2", SCN_OP_MUL, "80ms", "160ms");
    check_apply("100%", SCN_OP_SUB, "60%", "0.4");
    check_apply("2", SCN_OP_POW, "10", "1024");
    check_apply("2", SCN_OP_DIV, "3", "0.666666666667");
    check_apply("7", SCN_OP_REM, "3", "1");
    check_apply("6", SCN_OP_REM, "3", "0");
    check_apply("5.5", SCN_OP_REM, "2", "1.5");
    check_apply("50%", SCN_OP_REM, "20%", "0.1");
    check_apply("10m30s", SCN_OP_REM, "1m", "30s");
    check_apply("0", SCN_OP_REM, "1m", "0s");
    check_apply("1MB", SCN_OP_REM, "300kB", "100kB");
    check_apply("0", SCN_OP_ADD, "5s", "5s");
    check_apply("1MB", SCN_OP_SUB, "0", "1MB");
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_MUL, q("1s"), q("1s"), &result), SCN_MATH_DIMENSION);
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_ADD, q("1s"), q("1"), &result), SCN_MATH_DIMENSION);
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_DIV, q("1"), q("1s"), &result), SCN_MATH_DIMENSION);
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_DIV, q("1s"), q("0"), &result), SCN_MATH_ZERO_DIVIDE);
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_REM, q("1s"), q("2"), &result), SCN_MATH_DIMENSION);
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_REM, q("1s"), q("0"), &result), SCN_MATH_ZERO_DIVIDE);
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_REM, q("1"), q("0"), &result), SCN_MATH_ZERO_DIVIDE);
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_POW, q("10"), q("60"), &result), SCN_MATH_OVERFLOW);
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_POW, q("2"), q("0.5"), &result), SCN_MATH_EXPONENT);
    CU_ASSERT_EQUAL(scn_quantity_apply(SCN_OP_MUL, q("100000d"), q("100"), &result),
                    SCN_MATH_OVERFLOW);
}

static void
test_text(void)
{
    static const char *const cases[] = {"0s",     "1ns",   "999ns", "1.5us",  "80ms", "1s",
                                        "1m1.5s", "1d",    "7B",    "1.5kB",  "3GB",  "20Mbps",
                                        "2/s",    "0.5/s", "1/h",   "0.0005", "12"};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = scn_quantity_text(q(cases[i]));
        TEST_STR_EQUAL(text, cases[i]);
    }
    g_autofree char *negative = scn_time_text(-90 * SCN_SECOND_NS);
    TEST_STR_EQUAL(negative, "-1m30s");
}

static void
test_muldiv_is_exact(void)
{
    ScnNumber big = (ScnNumber)1 << 120, result = 0;
    CU_ASSERT(scn_number_muldiv(&result, big, big, big));
    CU_ASSERT(result == big);
    CU_ASSERT(scn_number_muldiv(&result, -big, 3, big));
    CU_ASSERT(result == -3);
    CU_ASSERT_FALSE(scn_number_muldiv(&result, big, big, 1));
    CU_ASSERT_FALSE(scn_number_muldiv(&result, 1, 1, 0));
    CU_ASSERT(scn_number_muldiv(&result, 5, 1, 2));
    CU_ASSERT(result == 3);
    CU_ASSERT(scn_number_muldiv(&result, -5, 1, 2));
    CU_ASSERT(result == -3);
}

TEST_SUITE(quantity, {"units", test_units}, {"refused", test_refused},
           {"arithmetic", test_arithmetic}, {"text", test_text},
           {"muldiv is exact", test_muldiv_is_exact})
