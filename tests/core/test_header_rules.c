/* The rules of real chains by name: which hold where, and the times at both ends of a window. */
#include "core/chain/header_rules.h"
#include "core/chain/retarget.h"
#include "core/chain/rules.h"
#include "tests/harness/harness.h"

static void
test_names(void)
{
    KetteHeaderRules rules;
    unsigned count = 0;

    for (; kette_header_rules_name(count) != NULL; count++) {
        CU_ASSERT_TRUE_FATAL(kette_header_rules_find(&rules, kette_header_rules_name(count)));
        TEST_STR_EQUAL(rules.name, kette_header_rules_name(count));
        for (unsigned i = 0; i < rules.count; i++)
            CU_ASSERT_PTR_NULL(kette_params_check(&rules.stages[i].params));
    }
    CU_ASSERT_EQUAL(count, 5);
    CU_ASSERT_FALSE(kette_header_rules_find(&rules, "dogecoin"));
}

/* Bitcoin Cash changes its rule at three heights, each the first block under the new one. */
static void
test_stages(void)
{
    static const struct {
        uint64_t height;
        KetteRetarget retarget;
    } rows[] = {
        {0, KETTE_RETARGET_EPOCH},       {478558, KETTE_RETARGET_EPOCH},
        {478559, KETTE_RETARGET_EDA},    {504031, KETTE_RETARGET_EDA},
        {504032, KETTE_RETARGET_CW_144}, {661647, KETTE_RETARGET_CW_144},
        {661648, KETTE_RETARGET_ASERT},  {900000, KETTE_RETARGET_ASERT},
    };
    KetteHeaderRules rules;
    KetteEntry block;

    CU_ASSERT_TRUE_FATAL(kette_header_rules_find(&rules, "bch"));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        CU_ASSERT_EQUAL(kette_header_rules_at(&rules, rows[i].height)->retarget, rows[i].retarget);
    /* A block at the anchor, on schedule, leaves the target as it is. */
    memset(&block, 0, sizeof block);
    block.height = 661647;
    block.header.time = 1605447844 + 600;
    CU_ASSERT_EQUAL(kette_retarget_next(kette_header_rules_at(&rules, 661648), &block, 0),
                    0x1804dafe);
}

/* Returns the verdict of a chain's rules on the time of a block at `height`, whose window begins at
 * `first` and whose parent has time `parent`. */
static KetteVerdict
verdict(const char *name, uint64_t height, uint32_t first, uint32_t parent, uint32_t time)
{
    KetteEntry blocks[2];
    KetteHeader header = {.time = time};
    KetteHeaderRules rules;

    memset(blocks, 0, sizeof blocks);
    CU_ASSERT_TRUE_FATAL(kette_header_rules_find(&rules, name));
    blocks[0].height = (height - 1) / 2016 * 2016;
    blocks[0].header.time = first;
    blocks[1].height = height - 1;
    blocks[1].parent = &blocks[0]; /* as far as the rule looks */
    blocks[1].header.time = parent;
    return kette_rules_header_time(kette_header_rules_at(&rules, height), &header, &blocks[1]);
}

/* testnet3's block 8064 began its window 56 days before its parent: the attack that BIP 54 cites.
 */
static void
test_timewarp_of_testnet3(void)
{
    CU_ASSERT_EQUAL(verdict("testnet3", 8064, 0, 1343019003, 1338180938), KETTE_OK);
    CU_ASSERT_EQUAL(verdict("bitcoin", 8064, 0, 1343019003, 1338180938), KETTE_OK);
    CU_ASSERT_EQUAL(verdict("bip54", 8064, 0, 1343019003, 1338180938), KETTE_TIME_WARP);
    CU_ASSERT_EQUAL(verdict("testnet4", 8064, 0, 1343019003, 1338180938), KETTE_TIME_WARP);
}

static void
test_ends_of_a_window(void)
{
    CU_ASSERT_EQUAL(verdict("bip54", 4032, 0, 100000, 100000 - 7200), KETTE_OK);
    CU_ASSERT_EQUAL(verdict("bip54", 4032, 0, 100000, 100000 - 7201), KETTE_TIME_WARP);
    CU_ASSERT_EQUAL(verdict("testnet4", 4032, 0, 100000, 100000 - 600), KETTE_OK);
    CU_ASSERT_EQUAL(verdict("testnet4", 4032, 0, 100000, 100000 - 601), KETTE_TIME_WARP);
    CU_ASSERT_EQUAL(verdict("bip54", 4033, 0, 100000, 1), KETTE_OK);
    CU_ASSERT_EQUAL(verdict("bip54", 4031, 90000, 100000, 90000), KETTE_OK);
    CU_ASSERT_EQUAL(verdict("bip54", 4031, 90000, 100000, 89999), KETTE_TIME_WARP);
    CU_ASSERT_EQUAL(verdict("bip54", 4030, 90000, 100000, 89999), KETTE_OK);
    CU_ASSERT_EQUAL(verdict("testnet4", 4031, 90000, 100000, 89999), KETTE_OK);
    CU_ASSERT_EQUAL(verdict("bip54", 4032, 0, 100000, 0),
                    KETTE_TIME_TOO_OLD); /* the median first */
}

TEST_SUITE(header_rules, {"names", test_names}, {"the stages of Bitcoin Cash", test_stages},
           {"the timewarp of testnet3", test_timewarp_of_testnet3},
           {"BIP 54 and 94 at both ends of a window", test_ends_of_a_window})
