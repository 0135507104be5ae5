/* Bitcoin's four published retarget cases (pow_tests.cpp), the n-1 gaps, the limit. */
#include "core/chain/retarget.h"
#include "tests/harness/harness.h"

static KetteParams
bitcoin(void)
{
    KetteParams params;

    kette_params_init_bitcoin(&params);
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
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[2]), 0x1e080000);
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[3]), 0x1e030000);
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[4]),
                    0x1e080000); /* its parent's own */
    params.retarget = KETTE_RETARGET_FIXED;
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[3]), 0x1e080000);
}

static KetteParams
bitcoin_cash(void)
{
    KetteParams params = bitcoin();

    params.retarget = KETTE_RETARGET_ASERT;
    params.half_life_s = 172800;
    return params;
}

static uint32_t
asert(const KetteParams *params, uint32_t anchor, int64_t time, uint64_t height)
{
    uint32_t bits = 0;

    CU_ASSERT_TRUE(kette_retarget_asert(&bits, params, anchor, time, height));
    return bits;
}

/* On schedule nothing moves; a half-life late doubles, early halves; the ends hold. */
static void
test_asert_schedule(void)
{
    KetteParams params = bitcoin_cash();

    CU_ASSERT_EQUAL(asert(&params, 0x1a2b3c4d, 6600, 10), 0x1a2b3c4d);
    CU_ASSERT_EQUAL(asert(&params, 0x1a2b3c4d, 6600 + 172800, 10), 0x1a56789a);
    CU_ASSERT_EQUAL(asert(&params, 0x1a2b3c4c, 6600 - 172800, 10), 0x1a159e26);
    CU_ASSERT_EQUAL(asert(&params, 0x1d00ffff, 6600 + 172800, 10), 0x1d00ffff);
    CU_ASSERT_EQUAL(asert(&params, 0x01010000, 6600 - 172800, 10), 0x01010000);
    CU_ASSERT_EQUAL(asert(&params, 0x1d00ffff, INT64_MIN, 10), 0x01010000);
    CU_ASSERT_EQUAL(asert(&params, 0x01010000, INT64_MAX, 10), 0x1d00ffff);
}

static void
test_asert_refuses_heights_beyond_int64(void)
{
    KetteParams params = bitcoin_cash();
    uint32_t bits = 7;

    CU_ASSERT_TRUE(kette_retarget_asert(&bits, &params, 0x1d00ffff, 0, INT64_MAX / 600 - 1));
    bits = 7;
    CU_ASSERT_FALSE(kette_retarget_asert(&bits, &params, 0x1d00ffff, 0, INT64_MAX / 600));
    CU_ASSERT_FALSE(kette_retarget_asert(&bits, &params, 0x1d00ffff, 0, UINT64_MAX));
    CU_ASSERT_EQUAL(bits, 7);
}

/* The bits after five blocks of these times: a window of 4, a spacing of 10 s, so that weighted
 * solve times count over 4 * 5 * 10 / 2 = 100. */
static uint32_t
lwma_at(const uint32_t times[5])
{
    KetteParams params;
    KetteEntry chain[5];

    kette_params_init(&params);
    params.retarget = KETTE_RETARGET_LWMA;
    params.window = 4;
    params.genesis_bits = 0x1e7fffff;
    memset(chain, 0, sizeof chain);
    for (int i = 0; i < 5; i++) {
        chain[i].height = (uint64_t)i;
        chain[i].parent = i ? &chain[i - 1] : NULL;
        chain[i].header.time = times[i];
        chain[i].header.bits = 0x1c100000;
    }
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[3]), 0x1e7fffff); /* too few yet */
    return kette_retarget_next_in_time(&params, &chain[4]);
}

/* Solve times 10, 10, 10 and `last_s`: weights 1 + 2 + 3 = 6 times 10 and 4 times the last. */
static uint32_t
lwma(uint32_t last_s)
{
    const uint32_t times[5] = {1000, 1010, 1020, 1030, 1030 + last_s};

    return lwma_at(times);
}

static void
test_lwma_by_hand(void)
{
    CU_ASSERT_EQUAL(lwma(10), 0x1c100000);
    CU_ASSERT_EQUAL(lwma(35), 0x1c200000);            /* (60 + 140) / 100 */
    CU_ASSERT_EQUAL(lwma(60), lwma(600));             /* 6 T at most */
    CU_ASSERT_EQUAL(lwma(60), 0x1c300000);            /* (60 + 240) / 100 */
    CU_ASSERT_EQUAL(lwma(0), 0x1c0a3d70);             /* raised to 1 s: 64 / 100 */
    CU_ASSERT_EQUAL(lwma((uint32_t)-30), 0x1c0a3d70); /* backwards too */
}

/* LWMA-1 counts from the time it has raised, not from the one in the header (zawy12, "LWMA
 * difficulty algorithm": this = previous + 1 when time falls): after a fall the next solve time is
 * shorter. Sums of weighted solve times over 100, worked out apart. */
static void
test_lwma_falling_times(void)
{
    static const struct {
        uint32_t times[5];
        uint32_t bits;
    } rows[] = {{{1000, 1010, 1005, 1020, 1030}, 0x1c0ca3d7}, /* 79 */
                {{1000, 1030, 1010, 1005, 1040}, 0x1c0ab851}, /* 67 */
                {{1000, 1010, 900, 1020, 1012}, 0x1c06e147}}; /* 43 */

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        CU_ASSERT_EQUAL(lwma_at(rows[i].times), rows[i].bits);
}

/* The hardest target is 1, and a quarter of it is not 0. */
static void
test_targets_do_not_vanish(void)
{
    KetteParams params = bitcoin();

    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x01010000, 0, 0), 0x01010000);
    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x01040000, 0, 0), 0x01010000);
}

/* From 0x1c100000 a factor of four either way, and no further. */
static void
test_epoch_permits_the_clamp(void)
{
    KetteParams params = bitcoin();

    CU_ASSERT_TRUE(kette_retarget_epoch_permits(&params, 0x1c100000, 0x1c100000));
    CU_ASSERT_TRUE(kette_retarget_epoch_permits(&params, 0x1c100000, 0x1c040000));
    CU_ASSERT_TRUE(kette_retarget_epoch_permits(&params, 0x1c100000, 0x1c400000));
    CU_ASSERT_FALSE(kette_retarget_epoch_permits(&params, 0x1c100000, 0x1c03ffff));
    CU_ASSERT_FALSE(kette_retarget_epoch_permits(&params, 0x1c100000, 0x1c400001));
    CU_ASSERT_FALSE(kette_retarget_epoch_permits(&params, 0x1c100000, 0x1c900000)); /* negative */
    CU_ASSERT_FALSE(kette_retarget_epoch_permits(&params, 0x1d00ffff, 0x1d010000)); /* the limit */
}

/* Four blocks of these bits, `gap_s` apart on a spacing of 10 s. */
static uint32_t
lwma_of(uint32_t bits, uint32_t limit, uint32_t gap_s)
{
    KetteParams params;
    KetteEntry chain[5];

    kette_params_init(&params);
    params.retarget = KETTE_RETARGET_LWMA;
    params.window = 4;
    params.genesis_bits = limit;
    memset(chain, 0, sizeof chain);
    for (int i = 0; i < 5; i++) {
        chain[i].height = (uint64_t)i;
        chain[i].parent = i ? &chain[i - 1] : NULL;
        chain[i].header.time = 1000 + gap_s * (uint32_t)i;
        chain[i].header.bits = bits;
    }
    return kette_retarget_next_in_time(&params, &chain[4]);
}

static void
test_lwma_ends(void)
{
    CU_ASSERT_EQUAL(lwma_of(0x1e7fffff, 0x1e7fffff, 20), 0x1e7fffff); /* twice the limit */
    CU_ASSERT_EQUAL(lwma_of(0x207fffff, 0x207fffff, 60), 0x207fffff); /* beyond 256 bits */
    CU_ASSERT_EQUAL(lwma_of(0x01010000, 0x1e7fffff, 1), 0x01010000);  /* never 0 */
}

/* The second window is measured from its own first block (height 4), not from the first's last:
 * times 1 s apart but for a gap of 100 s between heights 3 and 4, which is in neither window. */
static void
test_second_window(void)
{
    KetteParams params = bitcoin();
    KetteEntry chain[8];

    params.window = 4;
    params.spacing_ns = INT64_C(2000000000);
    params.genesis_bits = 0x1e080000;
    memset(chain, 0, sizeof chain);
    for (int i = 0; i < 8; i++) {
        chain[i].height = (uint64_t)i;
        chain[i].parent = i ? &chain[i - 1] : NULL;
        chain[i].header.time = 1000 + (uint32_t)i + (i >= 4 ? 100 : 0);
        chain[i].header.bits = i < 4 ? 0x1e080000 : 0x1e030000;
    }
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[3]), 0x1e030000);
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[7]), 0x1e012000); /* 3/8 again */
}

/* With a limit of its own, a target may be easier than that of genesis, and no easier than the
 * limit: epoch by its clamp of 4, asert a half-life late, lwma with solve times of twice the
 * spacing. */
static void
test_easier_than_genesis(void)
{
    KetteParams params = bitcoin_cash();
    KetteEntry chain[5];

    params.genesis_bits = 0x1c100000;
    params.limit_bits = 0x1c300000;
    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x1c100000, 0, 2 * 1209600), 0x1c200000);
    CU_ASSERT_EQUAL(kette_retarget_epoch(&params, 0x1c100000, 0, 8 * 1209600), 0x1c300000);
    CU_ASSERT_TRUE(kette_retarget_epoch_permits(&params, 0x1c100000, 0x1c300000));
    CU_ASSERT_FALSE(kette_retarget_epoch_permits(&params, 0x1c100000, 0x1c300001));
    CU_ASSERT_EQUAL(asert(&params, 0x1c100000, 6600 + 172800, 10), 0x1c200000);
    CU_ASSERT_EQUAL(asert(&params, 0x1c100000, 6600 + 2 * 172800, 10), 0x1c300000);
    params.retarget = KETTE_RETARGET_LWMA;
    params.window = 4;
    memset(chain, 0, sizeof chain);
    for (int i = 0; i < 5; i++) {
        chain[i].height = (uint64_t)i;
        chain[i].parent = i ? &chain[i - 1] : NULL;
        chain[i].header.time = 1000 + 1200 * (uint32_t)i;
        chain[i].header.bits = 0x1c100000;
    }
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[4]), 0x1c200000);
    for (int i = 0; i < 5; i++)
        chain[i].header.time = 1000 + 3600 * (uint32_t)i;
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[4]), 0x1c300000);
    CU_ASSERT_EQUAL(kette_retarget_next_in_time(&params, &chain[3]),
                    0x1c100000); /* too few: genesis */
}

TEST_SUITE(retarget, {"easier than genesis", test_easier_than_genesis},
           {"the second window", test_second_window},
           {"targets do not vanish", test_targets_do_not_vanish},
           {"epoch permits what the clamp allows", test_epoch_permits_the_clamp},
           {"lwma: ends", test_lwma_ends}, {"asert: schedule and ends", test_asert_schedule},
           {"asert: heights beyond int64", test_asert_refuses_heights_beyond_int64},
           {"lwma by hand", test_lwma_by_hand},
           {"lwma with falling times", test_lwma_falling_times},
           {"published cases", test_published_cases},
           {"time backwards is clamped", test_time_backwards_is_clamped},
           {"high limits do not wrap", test_high_limits_do_not_wrap},
           {"gaps are one less", test_gaps_are_one_less})
