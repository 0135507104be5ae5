/* Bitcoin's four published retarget cases (pow_tests.cpp), the n-1 gaps, the limit. */
#include "core/chain/retarget.h"
#include "tests/harness/harness.h"

static KetteParams
bitcoin(void)
{
    KetteParams params;

    kette_params_init(&params);
    params.retarget = KETTE_RETARGET_EPOCH;
    params.spacing_ns = INT64_C(600000000000);
    params.window = 2016;
    params.clamp = 4;
    params.genesis_bits = 0x1d00ffff;
    return params;
}

static void
test_published_cases(void)
{
    KetteParams params = bitcoin();

    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x1d00ffff, 1261130161, 1262152739), 0x1d00d86a);
    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x1d00ffff, 1231006505, 1233061996), 0x1d00ffff);
    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x1c05a3f4, 1279008237, 1279297671), 0x1c0168fd);
    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x1c387f6f, 1263163443, 1269211443), 0x1d00e1fd);
}

static void
test_time_backwards_is_clamped(void)
{
    KetteParams params = bitcoin();

    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x1c05a3f4, 1279008237, 1000000000), 0x1c0168fd);
}

static void
test_high_limits_do_not_wrap(void)
{
    KetteParams params = bitcoin();

    params.genesis_bits = 0x207fffff;
    /* 4 times this target would pass 2^256. */
    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x207fffff, 0, 1209600 * 8), 0x207fffff);
    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x207fffff, 0, 1209600), 0x207fffff);
    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x207fffff, 0, 1209600 / 2), 0x203fffff);
}

/* A window of 4 with one block a second on a spacing of 2 s: 3 gaps are measured against a span of
 * 8 s, so the target falls to 3/8. */
static void
test_gaps_are_one_less(void)
{
    KetteParams params = bitcoin();
    KetteEntry chain[5];

    params.window = 4;
    params.spacing_ns = INT64_C(2000000000);
    params.genesis_bits = 0x1e080000;
    memset(chain, 0, sizeof chain);
    for (int i = 0; i < 5; i++) {
        chain[i].height = (uint64_t)i;
        chain[i].parent = i ? &chain[i - 1] : NULL;
        chain[i].header.time = 1000 + (uint32_t)i;
        chain[i].header.bits = 0x1e080000;
    }
    CU_ASSERT_EQUAL(kette_retarget_next(&params, &chain[2]), 0x1e080000);
    CU_ASSERT_EQUAL(kette_retarget_next(&params, &chain[3]), 0x1e030000);
    CU_ASSERT_EQUAL(kette_retarget_next(&params, &chain[4]), 0x1e080000); /* its parent's own */
    params.retarget = KETTE_RETARGET_FIXED;
    CU_ASSERT_EQUAL(kette_retarget_next(&params, &chain[3]), 0x1e080000);
}

TEST_SUITE(retarget, {"published cases", test_published_cases},
           {"time backwards is clamped", test_time_backwards_is_clamped},
           {"high limits do not wrap", test_high_limits_do_not_wrap},
           {"gaps are one less", test_gaps_are_one_less})
