/* What parameters are refused, and the two sets that stand in core. */
#include "core/chain/params.h"
#include "core/base/limits.h"
#include "tests/harness/harness.h"

typedef struct {
    const char *why; /* the refusal's first word */
    void (*spoil)(KetteParams *params);
} Case;

static void
spoil_spacing(KetteParams *p)
{
    p->spacing_ns = 0;
}

static void
spoil_part_of_a_second(KetteParams *p)
{
    p->retarget = KETTE_RETARGET_ASERT;
    p->spacing_ns = INT64_C(1500000000);
}

static void
spoil_bits(KetteParams *p)
{
    p->genesis_bits = 0x1d80ffff;
}

static void
spoil_limit_form(KetteParams *p)
{
    p->limit_bits = 0x1e8ffff0;
}

static void
spoil_limit_harder(KetteParams *p)
{
    p->limit_bits = p->genesis_bits - 1;
}

static void
spoil_window(KetteParams *p)
{
    p->window = 1;
}

static void
spoil_half_life(KetteParams *p)
{
    p->half_life_s = 0;
}

static void
spoil_lwma_window(KetteParams *p)
{
    p->retarget = KETTE_RETARGET_LWMA;
    p->window = 10001;
}

static void
spoil_clamp(KetteParams *p)
{
    p->clamp = 0;
}

/* An epoch's span times its clamp would leave int64. */
static void
spoil_span(KetteParams *p)
{
    p->window = 1000000;
    p->clamp = UINT32_MAX;
    p->spacing_ns = INT64_C(1000000000) * 86400;
}

static void
spoil_reward(KetteParams *p)
{
    p->reward = KETTE_AMOUNT_MAX + 1;
}

static void
spoil_block_bytes(KetteParams *p)
{
    p->max_block_bytes = KETTE_BLOCK_MAX_BYTES + 1;
}

static void
spoil_mtp(KetteParams *p)
{
    p->mtp_window = 10;
}

static void
spoil_future(KetteParams *p)
{
    p->max_future_s = -1;
}

static void
spoil_genesis_time(KetteParams *p)
{
    p->genesis_time = -1;
}

static const Case cases[] = {
    {"spacing must be above 0", spoil_spacing},
    {"spacing must be whole", spoil_part_of_a_second},
    {"bits", spoil_bits},
    {"limit-bits is not", spoil_limit_form},
    {"limit-bits is harder", spoil_limit_harder},
    {"window must be at least", spoil_window},
    {"half-life", spoil_half_life},
    {"window must be at most", spoil_lwma_window},
    {"clamp", spoil_clamp},
    {"window, spacing and clamp", spoil_span},
    {"reward", spoil_reward},
    {"max-block", spoil_block_bytes},
    {"mtp", spoil_mtp},
    {"max-future", spoil_future},
    {"genesis-time", spoil_genesis_time},
};

static void
test_refused(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        KetteParams params;
        const char *why;

        kette_params_init(&params);
        cases[i].spoil(&params);
        why = kette_params_check(&params);
        if (why == NULL || !g_str_has_prefix(why, cases[i].why))
            TEST_STR_EQUAL(why, cases[i].why);
    }
}

static void
test_sets(void)
{
    KetteParams params;

    kette_params_init(&params);
    CU_ASSERT_PTR_NULL(kette_params_check(&params));
    kette_params_init_bitcoin(&params);
    CU_ASSERT_PTR_NULL(kette_params_check(&params));
    CU_ASSERT_EQUAL(kette_params_subsidy(&params, 209999), 50 * KETTE_AMOUNT_UNIT);
    CU_ASSERT_EQUAL(kette_params_subsidy(&params, 210000), 25 * KETTE_AMOUNT_UNIT);
}

static void
test_limit(void)
{
    KetteParams params;

    kette_params_init(&params);
    CU_ASSERT_EQUAL(kette_params_limit_bits(&params), params.genesis_bits);
    params.limit_bits = params.genesis_bits;
    CU_ASSERT_PTR_NULL(kette_params_check(&params));
    params.limit_bits = 0x207fffff;
    CU_ASSERT_PTR_NULL(kette_params_check(&params));
    CU_ASSERT_EQUAL(kette_params_limit_bits(&params), 0x207fffff);
}

TEST_SUITE(params, {"the easiest target", test_limit}, {"what is refused", test_refused},
           {"the sets of core", test_sets})
