/* 256-bit arithmetic, strict compact bits (Bitcoin Core's bignum_SetCompact cases), work. */
#include "core/base/u256.h"
#include "tests/harness/harness.h"

static KetteU256
number(const char *hex)
{
    KetteU256 a;
    char padded[65];

    snprintf(padded, sizeof padded, "%064d", 0);
    memcpy(padded + 64 - strlen(hex), hex, strlen(hex));
    CU_ASSERT_TRUE_FATAL(kette_u256_from_hex(&a, padded));
    return a;
}

static void
check_equal(const KetteU256 *got, const char *want)
{
    KetteU256 w = number(want);
    char a[65], b[65];

    kette_u256_to_hex(a, got);
    kette_u256_to_hex(b, &w);
    TEST_STR_EQUAL(a, b);
}

#define ALL_ONES "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static void
test_carries(void)
{
    KetteU256 ones = number(ALL_ONES), one = kette_u256_from_u64(1), r;

    CU_ASSERT_TRUE(kette_u256_add(&r, &ones, &one));
    CU_ASSERT_TRUE(kette_u256_is_zero(&r));
    CU_ASSERT_TRUE(kette_u256_sub(&r, &r, &one));
    check_equal(&r, ALL_ONES);
    CU_ASSERT_TRUE(kette_u256_mul_u64(&r, &ones, 2));
    CU_ASSERT_FALSE(kette_u256_mul_u64(&r, &one, UINT64_MAX));
    check_equal(&r, "ffffffffffffffff");
}

static void
test_shifts(void)
{
    KetteU256 a = number("8000000000000001"), r;

    kette_u256_shift_left(&r, &a, 65);
    check_equal(&r, "100000000000000020000000000000000");
    kette_u256_shift_right(&r, &r, 65);
    check_equal(&r, "8000000000000001");
    kette_u256_shift_left(&r, &a, 255);
    check_equal(&r, "8000000000000000000000000000000000000000000000000000000000000000");
    CU_ASSERT_EQUAL(kette_u256_bits(&r), 256);
}

/* Quotients from Bitcoin Core's arith_uint256 tests. */
static void
test_division(void)
{
    KetteU256 a = number("7d1de5eaf9b156d53208f033b5aa8122d2d2355d5e12292b121156cfdb4a529c");
    KetteU256 b = number("ad7133ac1977fa2b7"), c = number("ecd751716"), r;

    kette_u256_div(&r, &a, &b);
    check_equal(&r, "b8ac01106981635d9ed112290f8895545a7654dde28fb3a");
    kette_u256_div(&r, &a, &c);
    check_equal(&r, "873ce8efec5b67150bad3aa8c5fcb70e947586153bf2cec7c37c57a");
    kette_u256_div_u64(&r, &a, UINT64_C(0xecd751716));
    check_equal(&r, "873ce8efec5b67150bad3aa8c5fcb70e947586153bf2cec7c37c57a");
}

static void
test_mul_div_is_exact(void)
{
    KetteU256 ones = number(ALL_ONES), r;

    CU_ASSERT_FALSE(kette_u256_mul_div(&r, &ones, 1000, 1000));
    check_equal(&r, ALL_ONES);
    CU_ASSERT_TRUE(kette_u256_mul_div(&r, &ones, 3, 2));
    CU_ASSERT_FALSE(kette_u256_mul_div(&r, &ones, 1, 2));
    check_equal(&r, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
}

static void
test_mul_shift(void)
{
    KetteU256 ones = number(ALL_ONES), three = number("3"), zero = {{0}}, r;

    CU_ASSERT_FALSE(kette_u256_mul_shift(&r, &three, 5, 4));
    check_equal(&r, "f0");
    CU_ASSERT_FALSE(kette_u256_mul_shift(&r, &three, 5, -2));
    check_equal(&r, "3");
    CU_ASSERT_TRUE(kette_u256_mul_shift(&r, &three, 1, 255));
    CU_ASSERT_TRUE(kette_u256_mul_shift(&r, &ones, 2, 1)); /* a fifth limb before the shift */
    CU_ASSERT_FALSE(kette_u256_mul_shift(&r, &ones, 65536, -16)); /* 272 bits in between */
    check_equal(&r, ALL_ONES);
    CU_ASSERT_TRUE(kette_u256_mul_shift(&r, &ones, 65536, -15));
    CU_ASSERT_FALSE(kette_u256_mul_shift(&r, &ones, UINT64_MAX, -319));
    check_equal(&r, "1");
    CU_ASSERT_FALSE(kette_u256_mul_shift(&r, &ones, UINT64_MAX, -1000));
    CU_ASSERT_TRUE(kette_u256_is_zero(&r));
    CU_ASSERT_FALSE(kette_u256_mul_shift(&r, &zero, 9, 1000));
    CU_ASSERT_TRUE(kette_u256_is_zero(&r));
}

static void
test_hex(void)
{
    KetteU256 a = kette_u256_from_u64(42), zero = {{0}};

    CU_ASSERT_FALSE(kette_u256_from_hex(&a, "2a"));
    CU_ASSERT_FALSE(kette_u256_from_hex(
        &a, "g000000000000000000000000000000000000000000000000000000000000000"));
    check_equal(&a, "2a"); /* untouched */
    CU_ASSERT_EQUAL(kette_u256_bits(&zero), 0);
    CU_ASSERT_EQUAL(kette_u256_bits(&a), 6);
}

typedef struct {
    uint32_t bits;
    KetteCompact status;
    const char *target;
} CompactCase;

static const CompactCase compact_cases[] = {
    {0x00000000, KETTE_COMPACT_ZERO, NULL},
    {0x00123456, KETTE_COMPACT_ZERO, NULL},
    {0x01003456, KETTE_COMPACT_ZERO, NULL},
    {0x02000056, KETTE_COMPACT_ZERO, NULL},
    {0x04000000, KETTE_COMPACT_ZERO, NULL},
    {0x00923456, KETTE_COMPACT_ZERO, NULL},
    {0x01803456, KETTE_COMPACT_ZERO, NULL},
    {0x04800000, KETTE_COMPACT_ZERO, NULL},
    {0x01123456, KETTE_COMPACT_NOT_CANONICAL, NULL},
    {0x01120000, KETTE_COMPACT_OK, "12"},
    {0x01fedcba, KETTE_COMPACT_NEGATIVE, NULL},
    {0x02123400, KETTE_COMPACT_OK, "1234"},
    {0x03123456, KETTE_COMPACT_OK, "123456"},
    {0x04123456, KETTE_COMPACT_OK, "12345600"},
    {0x04923456, KETTE_COMPACT_NEGATIVE, NULL},
    {0x05009234, KETTE_COMPACT_OK, "92340000"},
    {0xff123456, KETTE_COMPACT_OVERFLOW, NULL},
    {0x1e001234, KETTE_COMPACT_NOT_CANONICAL, NULL},
    {0x20123456, KETTE_COMPACT_OK,
     "1234560000000000000000000000000000000000000000000000000000000000"},
    {0x1d00ffff, KETTE_COMPACT_OK, "ffff0000000000000000000000000000000000000000000000000000"},
    {0x2100ffff, KETTE_COMPACT_OK,
     "ffff000000000000000000000000000000000000000000000000000000000000"},
    {0x22010000, KETTE_COMPACT_OVERFLOW, NULL},
    {0x220000ff, KETTE_COMPACT_NOT_CANONICAL, NULL},
    {0x21010000, KETTE_COMPACT_OVERFLOW, NULL},
    {0x23000001, KETTE_COMPACT_OVERFLOW, NULL},
};

static void
test_compact_is_strict(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(compact_cases); i++) {
        const CompactCase *c = &compact_cases[i];
        KetteU256 target = kette_u256_from_u64(42);

        CU_ASSERT_EQUAL(kette_compact_decode(&target, c->bits), c->status);
        if (c->status == KETTE_COMPACT_OK) {
            check_equal(&target, c->target);
            CU_ASSERT_EQUAL(kette_compact_encode(&target), c->bits);
        } else {
            check_equal(&target, "2a"); /* untouched */
        }
    }
}

static void
test_compact_rounds_down(void)
{
    KetteU256 a = number(ALL_ONES);

    CU_ASSERT_EQUAL(kette_compact_encode(&a), 0x2100ffff);
    a = number("80");
    CU_ASSERT_EQUAL(kette_compact_encode(&a), 0x02008000);
    a = number("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    CU_ASSERT_EQUAL(kette_compact_encode(&a), 0x207fffff);
}

static void
check_work(uint32_t bits, const char *want)
{
    KetteU256 target, work;

    CU_ASSERT_EQUAL_FATAL(kette_compact_decode(&target, bits), KETTE_COMPACT_OK);
    work = kette_work_of_target(&target);
    check_equal(&work, want);
    work = kette_work_of_bits(bits);
    check_equal(&work, want);
}

static void
test_work(void)
{
    const KetteU256 none = kette_work_of_bits(0x1d80ffff); /* negative */

    CU_ASSERT_TRUE(kette_u256_is_zero(&none));
    KetteU256 ones = number(ALL_ONES), work;

    check_work(0x207fffff, "2");
    check_work(0x200fffff, "10");
    check_work(0x1d00ffff, "100010001");
    check_work(0x1731d97c, "522ad080216baa0e1d9");
    work = kette_work_of_target(&ones);
    check_equal(&work, "1");
}

static void
test_target_of_work(void)
{
    const uint64_t works[] = {1, 2, 3, 17, UINT64_C(0x100010001)};

    for (size_t i = 0; i < G_N_ELEMENTS(works); i++) {
        KetteU256 want = kette_u256_from_u64(works[i]);
        KetteU256 target = kette_target_of_work(&want), got = kette_work_of_target(&target);

        CU_ASSERT_TRUE(kette_u256_compare(&got, &want) >= 0);
        /* and it is the largest such target */
        if (works[i] > 1) {
            KetteU256 one = kette_u256_from_u64(1);

            kette_u256_add(&target, &target, &one);
            got = kette_work_of_target(&target);
            CU_ASSERT_TRUE(kette_u256_compare(&got, &want) < 0);
        }
    }
}

/* a * num / den with products beyond 256 bits: the quotient is exact, and one that does not fit is
 * said. */
static void
test_mul_ratio(void)
{
    KetteU256 ones = number(ALL_ONES), top, got;
    KetteU256 three = kette_u256_from_u64(3), seven = kette_u256_from_u64(7);

    CU_ASSERT_FALSE(kette_u256_mul_ratio(&got, 5, &seven, &three));
    check_equal(&got, "b");
    CU_ASSERT_FALSE(kette_u256_mul_ratio(&got, UINT64_MAX, &ones, &ones));
    check_equal(&got, "ffffffffffffffff");
    CU_ASSERT_FALSE(kette_u256_mul_ratio(&got, 3, &ones, &three));
    CU_ASSERT_EQUAL(kette_u256_compare(&got, &ones), 0);
    kette_u256_shift_right(&top, &ones, 1); /* 2^255 - 1 */
    CU_ASSERT_FALSE(kette_u256_mul_ratio(&got, 1000000, &ones, &top));
    check_equal(&got, "1e8480"); /* 2 000 000, and 10^6 / (2^255 - 1) more */
    CU_ASSERT_FALSE(kette_u256_mul_ratio(&got, 1000000, &top, &ones));
    check_equal(&got, "7a11f"); /* 499 999: less than a half */
    CU_ASSERT_TRUE(kette_u256_mul_ratio(&got, 4, &ones, &three));
}

TEST_SUITE(u256, {"mul_ratio is exact", test_mul_ratio}, {"hex", test_hex},
           {"carries", test_carries}, {"shifts", test_shifts}, {"division", test_division},
           {"mul_div is exact", test_mul_div_is_exact}, {"mul_shift is exact", test_mul_shift},
           {"compact bits are strict", test_compact_is_strict},
           {"compact bits round down", test_compact_rounds_down}, {"work", test_work},
           {"target of work", test_target_of_work})
