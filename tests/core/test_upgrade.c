/* Upgrades: when one holds, under which parameters, and who signals it. */
#include "core/chain/upgrade.h"
#include "tests/harness/harness.h"

#define LENGTH 24

typedef struct {
    KetteParams base;
    KetteUpgrades upgrades;
    KetteEntry chain[LENGTH];
} Line;

static void
line_init(Line *line, const KetteUpgrade *upgrades, unsigned count)
{
    *line = (Line){.upgrades = {.count = 0}};
    kette_params_init(&line->base);
    for (unsigned i = 0; i < count; i++)
        kette_upgrades_add(&line->upgrades, &line->base, &upgrades[i]);
}

/* Fills the chain; block h signals number 0 if the text has an s at h. */
static void
line_fill(Line *line, const char *text)
{
    for (uint64_t h = 0; h < LENGTH; h++) {
        KetteEntry *entry = &line->chain[h];

        entry->height = h;
        entry->parent = h > 0 ? entry - 1 : NULL;
        entry->header.version = h < strlen(text) && text[h] == 's' ? KETTE_SIGNAL_TOP | 1 : 1;
        kette_upgrades_derive(&line->upgrades, &line->base, entry);
    }
}

/* Returns the first height under the new rules, or LENGTH. */
static uint64_t
first_under(const Line *line)
{
    for (uint64_t h = 0; h + 1 < LENGTH; h++) {
        if ((line->chain[h].upgrades_active & 1) != 0)
            return h + 1;
    }
    return LENGTH;
}

static const KetteUpgrade by_signal = {
    .number = 0,
    .at_height = 3,
    .signals = 3,
    .window = 4,
    .changes = 1u << KETTE_CHANGE_REWARD | 1u << KETTE_CHANGE_MIN_VERSION,
    .params = {.reward = 7, .min_version = 4},
};

static void
test_windows(void)
{
    static const struct {
        const char *blocks;
        uint64_t first;
    } cases[] = {
        {"111ss1s11111", 11},          /* 3..6 has three, 7..10 passes */
        {"sss111111111", LENGTH},      /* before the first window */
        {"sssss111ss1s", LENGTH},      /* two, two and one */
        {"111ss111sss", 15},           /* 7..10 has three */
        {"111ss11ss11ss11ss", LENGTH}, /* two in each */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        Line line;

        line_init(&line, &by_signal, 1);
        line_fill(&line, cases[i].blocks);
        CU_ASSERT_EQUAL(first_under(&line), cases[i].first);
        kette_upgrades_clear(&line.upgrades);
    }
}

static void
test_versions(void)
{
    Line line;

    line_init(&line, &by_signal, 1);
    line_fill(&line, "111ss1s11111");
    for (uint64_t h = 0; h + 1 < LENGTH; h++) {
        int32_t version = kette_upgrades_version(&line.upgrades, &line.base, &line.chain[h]);

        CU_ASSERT_EQUAL(version, h + 1 < 11 ? KETTE_SIGNAL_TOP | 1 : 4);
    }
    kette_upgrades_clear(&line.upgrades);
}

static void
test_params(void)
{
    const KetteUpgrade upgrades[] = {
        {.number = 0,
         .at_height = 5,
         .changes = 1u << KETTE_CHANGE_REWARD | 1u << KETTE_CHANGE_MATURITY,
         .params = {.reward = 7, .maturity = 3}},
        {.number = 3,
         .at_height = 8,
         .changes = 1u << KETTE_CHANGE_REWARD,
         .params = {.reward = 9, .maturity = 1000}},
    };
    Line line;

    line_init(&line, upgrades, 2);
    line_fill(&line, "");
    for (uint64_t h = 0; h + 1 < LENGTH; h++) {
        const KetteParams *params =
            kette_upgrades_params(&line.upgrades, &line.base, &line.chain[h]);

        CU_ASSERT_EQUAL(params->reward, h + 1 >= 8 ? 9 : h + 1 >= 5 ? 7 : line.base.reward);
        CU_ASSERT_EQUAL(params->maturity, h + 1 >= 5 ? 3 : line.base.maturity);
    }
    CU_ASSERT_PTR_EQUAL(kette_upgrades_params(&line.upgrades, &line.base, NULL), &line.base);
    CU_ASSERT_EQUAL(line.upgrades.maturity_count, 2);
    kette_upgrades_clear(&line.upgrades);
}

/* Each is sound alone, and lwma has no window of 20 000. */
static void
test_together(void)
{
    KetteUpgrade upgrades[] = {
        {.number = 0, .at_height = 5, .changes = 1u << KETTE_CHANGE_WINDOW},
        {.number = 1,
         .at_height = 8,
         .changes = 1u << KETTE_CHANGE_RETARGET | 1u << KETTE_CHANGE_MIN_VERSION},
    };
    KetteParams base;
    Line line;

    kette_params_init(&base);
    upgrades[0].params.window = 20000;
    upgrades[1].params.retarget = KETTE_RETARGET_LWMA;
    upgrades[1].params.min_version = 3;
    base.min_version = 5;
    CU_ASSERT_PTR_NULL(kette_upgrades_check(&upgrades[0], 1, &base));
    CU_ASSERT_PTR_NULL(kette_upgrades_check(&upgrades[1], 1, &base));
    CU_ASSERT_PTR_NOT_NULL(kette_upgrades_check(upgrades, 2, &base));
    line_init(&line, upgrades, 2);
    CU_ASSERT_EQUAL(kette_upgrades_least_version(&line.upgrades, &base), 3);
    base.min_version = 2;
    CU_ASSERT_EQUAL(kette_upgrades_least_version(&line.upgrades, &base), 2);
    kette_upgrades_clear(&line.upgrades);
}

TEST_SUITE(upgrade, {"windows of signals", test_windows}, {"versions", test_versions},
           {"parameters", test_params}, {"together", test_together})
