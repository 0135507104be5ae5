/* Difficulty rules of real chains against published figures.
 *
 *   eda, cw-144, asert   expected values of Bitcoin ABC's unit tests (src/pow/test: eda_tests.cpp,
 *                        daa_tests.cpp, aserti32d_tests.cpp), and a block of Bitcoin Cash
 *   lwma-1               expected values of Susucoin's unit tests (src/test/pow_tests.cpp)
 *   testnet3             blocks of Bitcoin's third test network, as Bitcoin Verde's unit tests have
 *                        them (TestNetDifficultyUnitTests.java); so have they those of Bitcoin Cash
 */
#include "core/chain/header_rules.h"
#include "core/chain/retarget.h"
#include "tests/harness/harness.h"

#define BLOCKS 4300

typedef struct {
    KetteParams params;
    KetteEntry *blocks;
    unsigned count;
} Line;

static void
line_init(Line *line, KetteRetarget retarget, uint32_t limit_bits, uint32_t bits, uint32_t time)
{
    kette_params_init_bitcoin(&line->params);
    line->params.retarget = retarget;
    line->params.genesis_bits = bits;
    line->params.limit_bits = limit_bits;
    line->blocks = g_new0(KetteEntry, BLOCKS);
    line->blocks[0].header = (KetteHeader){.time = time, .bits = bits};
    kette_entry_derive(&line->blocks[0], line->params.mtp_window);
    line->count = 1;
}

static uint32_t
next(const Line *line)
{
    return kette_retarget_next_in_time(&line->params, &line->blocks[line->count - 1]);
}

/* Adds blocks of these bits; with bits 0, of those due. */
static void
add(Line *line, unsigned count, int64_t after_s, uint32_t bits)
{
    for (unsigned i = 0; i < count; i++) {
        KetteEntry *parent = &line->blocks[line->count - 1], *block = parent + 1;

        CU_ASSERT_TRUE_FATAL(line->count < BLOCKS);
        block->parent = parent;
        block->header.time = (uint32_t)(parent->header.time + after_s);
        block->header.bits = bits != 0 ? bits : next(line);
        kette_entry_derive(block, line->params.mtp_window);
        line->count++;
    }
}

static void
line_clear(Line *line)
{
    g_free(line->blocks);
}

/* --- Bitcoin Cash ------------------------------------------------------------------------- */

/* From the eleventh block of 2 h on, six blocks take 12 h by their medians. */
static void
test_eda(void)
{
    static const uint32_t due[] = {0x1d009fff, 0x1d00c7fe, 0x1d00f9fd, 0x1d00ffff, 0x1d00ffff};
    Line line;

    line_init(&line, KETTE_RETARGET_EDA, 0x1d00ffff, 0x1c7fffff, 1269211443);
    add(&line, 99, 600, 0x1c7fffff);
    for (int i = 0; i < 10; i++) {
        add(&line, 1, 7200, 0x1c7fffff);
        CU_ASSERT_EQUAL(next(&line), 0x1c7fffff);
    }
    add(&line, 1, 7200, 0x1c7fffff);
    for (size_t i = 0; i < G_N_ELEMENTS(due); i++) {
        CU_ASSERT_EQUAL(next(&line), due[i]);
        add(&line, 1, 7200, due[i]);
    }
    line_clear(&line);
}

static void
test_cw_144(void)
{
    /* Blocks `after_s` apart, each of the bits due; the bits due after the last of them. */
    static const struct {
        unsigned count;
        int64_t after_s;
        uint32_t due;
    } steps[] = {
        {10, 600, 0x1c0fffff}, {1, 6000, 0x1c0fffff},   {1, 1200 - 6000, 0x1c0fffff},
        {20, 600, 0x1c0fffff}, {1, 550, 0x1c0fffff},    {10, 550, 0x1c0fe7b1},
        {20, 10, 0x1c0db19f},  {1, 6000, 0x1c0d9222},   {93, 6000, 0x1c2f13b9},
        {1, 6000, 0x1c2ee9bf}, {192, 6000, 0x1d00ffff}, {5, 6000, 0x1d00ffff},
        {200, 10, 0x1c4c068c},
    };
    Line line;

    line_init(&line, KETTE_RETARGET_CW_144, 0x1d00ffff, 0x1c0fffff, 1269211443);
    line.params.window = 144;
    add(&line, 2049, 600, 0x1c0fffff);
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        add(&line, steps[i].count, steps[i].after_s, 0);
        CU_ASSERT_EQUAL(next(&line), steps[i].due);
    }
    line_clear(&line);
}

/* Bitcoin Cash's block 587198: the bits of block 587198 follow from six blocks' times and the work
 * up to them. */
static void
test_cw_144_of_bitcoin_cash(void)
{
    static const struct {
        uint64_t height;
        uint32_t time;
        const char *work;
    } rows[] = {
        {587051, 0x5d040e35, "000000000000000000000000000000000000000000f029b70179fa4fac8588f7"},
        {587052, 0x5d040f03, "000000000000000000000000000000000000000000f02a0443d339e6b9a4ccd5"},
        {587053, 0x5d040f2f, "000000000000000000000000000000000000000000f02a5235add723b435ab4e"},
        {587195, 0x5d057023, "000000000000000000000000000000000000000000f057fc0614743ace1e0524"},
        {587196, 0x5d057018, "000000000000000000000000000000000000000000f0584a5fbe03cb7f1cf1ff"},
        {587197, 0x5d057023, "000000000000000000000000000000000000000000f0589957593e319806c814"},
    };
    KetteEntry blocks[6];
    KetteHeaderRules rules;

    memset(blocks, 0, sizeof blocks);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        KetteHash number;

        blocks[i].parent = i > 0 ? &blocks[i - 1] : NULL; /* of those that the rule looks at */
        blocks[i].height = rows[i].height;
        blocks[i].header.time = rows[i].time;
        CU_ASSERT_TRUE(kette_hash_from_hex(&number, rows[i].work));
        blocks[i].work = kette_u256_from_hash(&number);
    }
    CU_ASSERT_TRUE_FATAL(kette_header_rules_find(&rules, "bch"));
    CU_ASSERT_EQUAL(kette_retarget_next(kette_header_rules_at(&rules, 587198), &blocks[5], 0),
                    0x18034714);
}

/* Which of three blocks in a row is the middle one, by the specification of November 2017
 * (bitcoincash.org, nov-13-hardfork-spec.md): its four comparisons decide between equal times. */
static void
test_cw_144_middle(void)
{
    static const struct {
        int64_t times[3];
        unsigned middle;
    } rows[] = {
        {{0, 0, 0}, 1}, {{0, 0, 1}, 1}, {{0, 1, 0}, 2}, {{0, 1, 1}, 1},
        {{1, 0, 0}, 1}, {{1, 0, 1}, 0}, {{1, 1, 0}, 1}, {{1, 1, 1}, 1},
    };
    Line line;

    line_init(&line, KETTE_RETARGET_CW_144, 0x1d00ffff, 0x1c0fffff, 1269211443);
    line.params.window = 4;
    add(&line, 3, 600, 0x1c0fffff);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        KetteU256 work;

        line.count = 4;
        add(&line, 1, 600 + rows[i].times[0], 0x1c0fffff);
        add(&line, 1, rows[i].times[1] - rows[i].times[0], 0x1c03ffff);
        add(&line, 1, rows[i].times[2] - rows[i].times[1], 0x1c00ffff);
        /* From block 1, 1800 s and a little before: half of 4 * 600 s is less. */
        kette_u256_sub(&work, &line.blocks[4 + rows[i].middle].work, &line.blocks[1].work);
        kette_u256_mul_div(&work, &work, 600, 1800 + (uint64_t)rows[i].times[rows[i].middle]);
        work = kette_target_of_work(&work);
        CU_ASSERT_EQUAL(next(&line), kette_compact_encode(&work));
    }
    line_clear(&line);
}

/* ABC's names for these: indexActivation0 to 4. */
static void
test_asert_anchors(void)
{
    static const struct {
        int64_t after_s;
        uint32_t anchor, due;
    } rows[] = {
        {600, 0x180236e1, 0x180236e1},
        {0, 0x18023456, 0x180232fd},
        {600, 0x180210fe, 0x180210fe},
        {86400 * 90, 0x18034567, 0x1d00ffff},
    };
    Line line;

    line_init(&line, KETTE_RETARGET_ASERT, 0x1d00ffff, 0x1802a842, 1269211443);
    line.params.half_life_s = 172800;
    add(&line, 9, 600, 0x1802a842);
    line.params.anchor.height = 10;
    CU_ASSERT_EQUAL(next(&line), 0x1802a842); /* the anchor itself has the genesis bits */
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        line.count = 10;
        add(&line, 1, rows[i].after_s, rows[i].anchor);
        CU_ASSERT_EQUAL(next(&line), rows[i].due);
    }
    /* Back in time, to where the schedule has it. */
    add(&line, 1, -86400 * 90 + 1200, 0x18034567);
    CU_ASSERT_EQUAL(next(&line), 0x18034567);
    line_clear(&line);
}

/* Blocks 1416399 to 1416406 of Bitcoin Cash's third test network, which had switched with block
 * 1416397, on a half-life of an hour; those over 20 minutes late are left out. */
static void
test_asert_of_bitcoin_cash(void)
{
    static const struct {
        uint64_t parent;
        int64_t time; /* of the parent */
        uint32_t bits;
    } rows[] = {
        {1416398, 1603397486, 0x1b1cbeb5}, {1416400, 1603398960, 0x1b1e4d7d},
        {1416402, 1603400350, 0x1b1f6e35}, {1416403, 1603400460, 0x1b1c99e0},
        {1416404, 1603400540, 0x1b19e08b}, {1416405, 1603400795, 0x1b1836b3},
    };
    KetteParams params;

    kette_params_init_bitcoin(&params);
    params.half_life_s = 3600;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint32_t bits = 0;

        CU_ASSERT_TRUE(kette_retarget_asert(&bits, &params, 0x1b1ba6bd, rows[i].time - 1603396085,
                                            rows[i].parent - 1416397));
        CU_ASSERT_EQUAL(bits, rows[i].bits);
    }
}

/* ABC's switch from cw-144 to asert: a day of 500 s a block. */
static void
test_cw_144_before_asert(void)
{
    Line line;

    line_init(&line, KETTE_RETARGET_CW_144, 0x1d00ffff, 0x1802a842, 1269211443);
    line.params.window = 144;
    add(&line, 2000, 600, 0x1802a842);
    add(&line, 1, 336160156, 0x1802a842); /* to the year of the switch */
    add(&line, 145, 500, 0x1802a842);
    CU_ASSERT_EQUAL(next(&line), 0x180236e1);
    line_clear(&line);
}

/* --- lwma-1 ------------------------------------------------------------------------------- */

/* N = 200, T = 15. Blocks 600 s apart count as 6 T each: six times the first target. Later
 * comes a block far ahead, one that goes back, and a run of 200 blocks without time. */
static void
test_lwma_1(void)
{
    static const struct {
        unsigned count;
        int64_t after_s;
        uint32_t due;
    } steps[] = {
        {1, 6000, 0x1f031333}, {1, 1200 - 6000, 0x1f031f09}, {1, 600, 0x1f032ade},
        {210, 0, 0x1e2eaf51},  {1, 4 * 3600, 0x1e577959},    {1, 2 * 3600, 0x1e7f90f4},
    };
    Line line;

    line_init(&line, KETTE_RETARGET_LWMA_1, 0x1f07ffff, 0x1e7fffff, 1541009400);
    line.params.window = 200;
    line.params.spacing_ns = INT64_C(15000000000);
    CU_ASSERT_EQUAL(next(&line), 0x1f07ffff); /* too few blocks: the limit */
    add(&line, 201, 600, 0x1e7fffff);
    CU_ASSERT_EQUAL(next(&line), 0x1f02ffff);
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        add(&line, steps[i].count, steps[i].after_s, 0);
        CU_ASSERT_EQUAL(next(&line), steps[i].due);
    }
    line_clear(&line);
    /* On schedule the target loses one unit: each is rounded down by N * k. */
    line_init(&line, KETTE_RETARGET_LWMA_1, 0x1f07ffff, 0x1f07ffff, 1541009400);
    line.params.window = 200;
    line.params.spacing_ns = INT64_C(15000000000);
    add(&line, 804, 15, 0x1f07ffff);
    CU_ASSERT_EQUAL(next(&line), 0x1f07fffe);
    line.params.retarget = KETTE_RETARGET_LWMA; /* ours divides once, at the end */
    CU_ASSERT_EQUAL(next(&line), 0x1f07fffe);
    line_clear(&line);
}

/* --- testnet3 ----------------------------------------------------------------------------- */

/* Heights 4032 to 4209 of testnet3: a retarget to the fourth part after a window at the limit, 175
 * late blocks at the limit, and then a block in time, which goes on where the retarget had been. */
static void
test_testnet3(void)
{
    KetteHeaderRules rules;
    const KetteEntry *tip;
    Line line;

    CU_ASSERT_TRUE_FATAL(kette_header_rules_find(&rules, "testnet3"));
    line_init(&line, KETTE_RETARGET_EPOCH, 0, 0x1d00ffff, 1296688602);
    line.params = rules.stages[0].params;
    add(&line, 2015, 0, 0x1d00ffff);
    add(&line, 1, 0x4fbfbeea - 1296688602, 0x1d00ffff); /* 2016 */
    add(&line, 2014, 0, 0x1d00ffff);
    add(&line, 1, 0x4fbfc039 - 0x4fbfbeea, 0x1d00ffff); /* 4031 */
    CU_ASSERT_EQUAL(next(&line), 0x1c3fffc0);
    add(&line, 1, 1, 0x1c3fffc0); /* 4032 */
    for (int i = 4033; i <= 4208; i++) {
        tip = &line.blocks[line.count - 1];
        CU_ASSERT_EQUAL(kette_retarget_next(&line.params, tip, (int64_t)tip->header.time + 1200),
                        0x1c3fffc0);
        CU_ASSERT_EQUAL(kette_retarget_next(&line.params, tip, (int64_t)tip->header.time + 1201),
                        0x1d00ffff);
        add(&line, 1, 1201, 0x1d00ffff);
    }
    CU_ASSERT_EQUAL(next(&line), 0x1c3fffc0); /* 4209 */
    line_clear(&line);
}

/* Two stretches of testnet3 in which late blocks alternate with others; the first row is given. */
static void
test_late_blocks_of_testnet3(void)
{
    static const struct {
        uint64_t height;
        uint32_t time, bits;
    } rows[] = {
        {478560, 0x5580b994, 0x1b11ad70},  {478561, 0x5580be45, 0x1d00ffff},
        {478562, 0x5580b9a6, 0x1b11ad70},  {1155872, 0x59807af6, 0x1a067539},
        {1155873, 0x59807fa9, 0x1d00ffff}, {1155874, 0x5980845a, 0x1d00ffff},
        {1155875, 0x5980890b, 0x1d00ffff}, {1155876, 0x5980bd58, 0x1d00ffff},
        {1155877, 0x5980bd6c, 0x1a067539},
    };
    KetteEntry blocks[G_N_ELEMENTS(rows)];
    KetteHeaderRules rules;

    memset(blocks, 0, sizeof blocks);
    CU_ASSERT_TRUE_FATAL(kette_header_rules_find(&rules, "testnet3"));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        blocks[i].height = rows[i].height;
        blocks[i].header.time = rows[i].time;
        blocks[i].header.bits = rows[i].bits;
        if (i == 0 || rows[i - 1].height + 1 != rows[i].height)
            continue;
        blocks[i].parent = &blocks[i - 1];
        CU_ASSERT_EQUAL(kette_retarget_next(&rules.stages[0].params, &blocks[i - 1], rows[i].time),
                        rows[i].bits);
    }
}

TEST_SUITE(retarget_published, {"eda", test_eda}, {"cw-144", test_cw_144},
           {"cw-144: block 587198 of Bitcoin Cash", test_cw_144_of_bitcoin_cash},
           {"cw-144: the middle of three", test_cw_144_middle},
           {"cw-144 before asert", test_cw_144_before_asert},
           {"asert: blocks of Bitcoin Cash", test_asert_of_bitcoin_cash},
           {"asert: anchors", test_asert_anchors}, {"lwma-1", test_lwma_1},
           {"testnet3", test_testnet3}, {"late blocks of testnet3", test_late_blocks_of_testnet3})
