/* Each rule refuses what it is for, by name; a view reports it and stands where it stood. */
#include "core/base/limits.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"

static void
spoil_version(KetteBlockSpec *spec)
{
    spec->header.version = 0;
}

static void
spoil_bits(KetteBlockSpec *spec)
{
    spec->header.bits = 0x1e07fff8;
}

static void
spoil_bits_negative(KetteBlockSpec *spec)
{
    spec->header.bits = 0x1e8ffff0;
}

static void
spoil_time(KetteBlockSpec *spec)
{
    spec->header.time = 1700000000; /* the genesis time, which is the median */
}

static void
spoil_height(KetteBlockSpec *spec)
{
    spec->height++;
}

static void
spoil_reward_up(KetteBlockSpec *spec)
{
    spec->reward++;
}

static void
spoil_reward_down(KetteBlockSpec *spec)
{
    spec->reward--;
}

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[7] ^= 1;
}

typedef struct {
    void (*spoil)(KetteBlockSpec *spec);
    KetteVerdict verdict;
} Case;

static const Case cases[] = {
    {spoil_version, KETTE_BAD_VERSION},    {spoil_bits, KETTE_BAD_BITS},
    {spoil_bits_negative, KETTE_BAD_BITS}, {spoil_time, KETTE_TIME_TOO_OLD},
    {spoil_height, KETTE_BAD_HEIGHT},      {spoil_reward_up, KETTE_BAD_REWARD},
    {spoil_reward_down, KETTE_BAD_REWARD}, {spoil_root, KETTE_BAD_STATE_ROOT},
};

/* Offers one block; the tip must not move. */
static KetteVerdict
offer(Fixture *f, KetteBlock *block, int64_t now_ns)
{
    g_autoptr(KetteStore) store = fixture_store(f);
    g_autoptr(KetteChain) chain = kette_chain_new(store, 10);
    KetteChainResult result;
    KetteVerdict verdict;

    result = (KetteChainResult){0};
    verdict = kette_chain_add_block(chain, &result, block, 0, now_ns);
    if (verdict != KETTE_OK) {
        CU_ASSERT_PTR_EQUAL(kette_chain_tip(chain), kette_store_genesis(store));
    }
    CU_ASSERT_PTR_NULL(kette_chain_audit(chain));
    kette_chain_result_clear(&result);
    return verdict;
}

static void
test_spoilt_blocks(void)
{
    Fixture f;

    fixture_init(&f);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        KetteBlock *bad = fixture_bad_block(&f, fixture_genesis(&f), 1, cases[i].spoil);

        TEST_STR_EQUAL(kette_verdict_name(offer(&f, bad, 0)), kette_verdict_name(cases[i].verdict));
    }
    CU_ASSERT_EQUAL(offer(&f, fixture_block(&f, fixture_genesis(&f), 1, NULL, 0), 0), KETTE_OK);
    fixture_clear(&f);
}

static void
spoil_future(KetteBlockSpec *spec)
{
    spec->header.time = 1700000000 + 7200 + 60;
}

/* Too new is a clock's opinion: refused now, taken a minute later, never marked. */
static void
test_future_is_not_yet(void)
{
    Fixture f;
    g_autoptr(KetteStore) store = NULL;
    g_autoptr(KetteChain) chain = NULL;
    KetteChainResult result;
    KetteBlock *block;

    fixture_init(&f);
    store = fixture_store(&f);
    chain = kette_chain_new(store, 10);
    result = (KetteChainResult){0};
    block = fixture_bad_block(&f, fixture_genesis(&f), 1, spoil_future);
    CU_ASSERT_EQUAL(kette_chain_add_block(chain, &result, block, 0, 0), KETTE_TIME_TOO_NEW);
    CU_ASSERT_EQUAL(kette_chain_status(chain, &block->id), KETTE_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(kette_chain_add_block(chain, &result, block, 0, INT64_C(59) * 1000000000),
                    KETTE_TIME_TOO_NEW);
    CU_ASSERT_EQUAL(kette_chain_add_block(chain, &result, block, 0, INT64_C(60) * 1000000000),
                    KETTE_OK);
    CU_ASSERT_EQUAL(kette_chain_status(chain, &block->id), KETTE_STATUS_ACTIVE);
    kette_chain_result_clear(&result);
    fixture_clear(&f);
}

/* A block with a changed body: another body_key under the same id. */
static KetteBlock *
with_txs(Fixture *f, const KetteBlock *block, KetteTx **txs, uint32_t count)
{
    KetteBlockSpec spec = kette_block_spec(block);

    spec.txs = txs;
    spec.tx_count = count;
    return kette_block_new(kette_store_hasher(f->builder), &spec);
}

static void
test_mutated_body_does_not_condemn(void)
{
    Fixture f;
    g_autoptr(KetteStore) store = NULL;
    g_autoptr(KetteChain) chain = NULL;
    g_autoptr(KetteBlock) mutated = NULL, stripped = NULL;
    KetteChainResult result;
    KetteTx *txs[4];
    KetteBlock *good;

    fixture_init(&f);
    store = fixture_store(&f);
    chain = kette_chain_new(store, 10);
    result = (KetteChainResult){0};
    for (uint32_t i = 0; i < 2; i++)
        txs[i] = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, i);
    /* Leaves: the reward and two; doubling the last keeps the root. */
    good = fixture_block(&f, fixture_genesis(&f), 1, txs, 2);
    txs[2] = txs[1];
    mutated = with_txs(&f, good, txs, 3);
    stripped = with_txs(&f, good, txs, 1);
    CU_ASSERT_TRUE(kette_hash_equal(&mutated->id, &good->id));
    CU_ASSERT_EQUAL(kette_chain_add_block(chain, &result, mutated, 0, 0), KETTE_MUTATED_BODY);
    CU_ASSERT_EQUAL(kette_chain_add_block(chain, &result, stripped, 0, 0), KETTE_BAD_COMMITMENT);
    CU_ASSERT_EQUAL(kette_chain_status(chain, &good->id), KETTE_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(kette_chain_add_block(chain, &result, good, 0, 0), KETTE_OK);
    CU_ASSERT_EQUAL(kette_chain_status(chain, &good->id), KETTE_STATUS_ACTIVE);
    kette_tx_unref(txs[0]);
    kette_tx_unref(txs[1]);
    kette_chain_result_clear(&result);
    fixture_clear(&f);
}

static KetteVerdict
check_pay(Fixture *f, uint64_t amount, uint64_t fee)
{
    g_autoptr(KetteTx) tx = fixture_pay(f, f->alice, &f->bob_address, amount, fee, 0);

    return kette_rules_tx(tx, &fixture_genesis(f)->id);
}

static void
test_transactions(void)
{
    Fixture f;
    g_autoptr(KetteTx) tx = NULL;
    KetteHash elsewhere = {{1}};

    fixture_init(&f);
    CU_ASSERT_EQUAL(check_pay(&f, 1, 0), KETTE_OK);
    CU_ASSERT_EQUAL(check_pay(&f, 0, 1), KETTE_BAD_AMOUNT);
    CU_ASSERT_EQUAL(check_pay(&f, KETTE_AMOUNT_MAX, KETTE_AMOUNT_MAX), KETTE_OK);
    CU_ASSERT_EQUAL(check_pay(&f, KETTE_AMOUNT_MAX + 1, 0), KETTE_BAD_AMOUNT);
    CU_ASSERT_EQUAL(check_pay(&f, 1, KETTE_AMOUNT_MAX + 1), KETTE_BAD_AMOUNT);
    tx = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, 0);
    CU_ASSERT_EQUAL(kette_rules_tx(tx, &elsewhere), KETTE_BAD_SIGNATURE); /* another chain */
    tx->amount++;
    CU_ASSERT_EQUAL(kette_rules_tx(tx, &fixture_genesis(&f)->id), KETTE_BAD_SIGNATURE);
    tx->version = 2;
    CU_ASSERT_EQUAL(kette_rules_tx(tx, &fixture_genesis(&f)->id), KETTE_BAD_ENCODING);
    fixture_clear(&f);
}

/* A block that carries `txs` with roots that nobody could have computed: what connect says. */
static KetteVerdict
connect_txs(Fixture *f, const KetteBlock *parent, KetteTx **txs, uint32_t count)
{
    const KetteEntry *entry = kette_store_find(f->builder, &parent->id);
    const KetteExecution execution = {
        .height = parent->height + 1, .txs = txs, .tx_count = count, .parent = entry};
    g_autoptr(KetteState) state = NULL;
    uint64_t reward;
    uint32_t bad_tx;

    return kette_rules_execute(&f->params, &state, &reward, &bad_tx, &execution, entry->state);
}

static void
test_execution(void)
{
    Fixture f;
    KetteTx *gap, *poor, *twice[2];

    fixture_init(&f);
    gap = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, 1);
    poor = fixture_pay(&f, f.alice, &f.bob_address, 1000 * KETTE_AMOUNT_UNIT, 1, 0);
    twice[0] = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, 0);
    twice[1] = fixture_pay(&f, f.alice, &f.bob_address, 2, 0, 0);
    CU_ASSERT_EQUAL(connect_txs(&f, fixture_genesis(&f), &gap, 1), KETTE_BAD_NONCE);
    CU_ASSERT_EQUAL(connect_txs(&f, fixture_genesis(&f), &poor, 1), KETTE_INSUFFICIENT_FUNDS);
    CU_ASSERT_EQUAL(connect_txs(&f, fixture_genesis(&f), twice, 2), KETTE_BAD_NONCE);
    CU_ASSERT_EQUAL(connect_txs(&f, fixture_genesis(&f), twice, 1), KETTE_OK);
    kette_tx_unref(gap);
    kette_tx_unref(poor);
    kette_tx_unref(twice[0]);
    kette_tx_unref(twice[1]);
    fixture_clear(&f);
}

/* With maturity 2 the reward of block 1 can be spent in block 3, and not in block 2. */
static void
test_maturity(void)
{
    Fixture f;
    KetteBlock *one, *two;
    const KetteEntry *entry;
    KetteAddress miner;
    KetteTx *spend = NULL;

    fixture_init(&f);
    one = fixture_block(&f, fixture_genesis(&f), 7, NULL, 0);
    two = fixture_block(&f, one, 8, NULL, 0);
    miner = one->miner;
    entry = kette_store_find(f.builder, &two->id);
    CU_ASSERT_EQUAL(kette_state_get(entry->state, &miner).balance, 0);
    CU_ASSERT_EQUAL(connect_txs(&f, two, &spend, 0), KETTE_OK);
    entry = kette_store_find(f.builder, &fixture_block(&f, two, 9, NULL, 0)->id);
    CU_ASSERT_EQUAL(kette_state_get(entry->state, &miner).balance, 50 * KETTE_AMOUNT_UNIT);
    CU_ASSERT_TRUE(kette_store_supply_holds(f.builder, entry));
    fixture_clear(&f);
}

/* --- bodies out of bounds ---------------------------------------------------------------- */

/* What a spoil puts into a block: it has no other argument. */
static KetteTx *spoil_with[3];
static uint32_t spoil_count;

static void
spoil_txs(KetteBlockSpec *spec)
{
    spec->txs = spoil_with;
    spec->tx_count = spoil_count;
}

static KetteVerdict
offer_txs(Fixture *f, uint32_t count)
{
    spoil_count = count;
    return offer(f, fixture_bad_block(f, fixture_genesis(f), 1, spoil_txs), 0);
}

/* reward, a, b, a: no two equal neighbours, so the root is not mutated. */
static void
test_duplicate_tx(void)
{
    Fixture f;
    g_autoptr(KetteTx) a = NULL, b = NULL;

    fixture_init(&f);
    a = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, 0);
    b = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, 1);
    spoil_with[0] = spoil_with[2] = a;
    spoil_with[1] = b;
    CU_ASSERT_EQUAL(offer_txs(&f, 3), KETTE_DUPLICATE_TX);
    fixture_clear(&f);
}

/* Through a whole block, not through execution alone: the block is found bad when it would win. */
static void
test_txs_in_a_block(void)
{
    Fixture f;
    g_autoptr(KetteTx) gap = NULL, poor = NULL, forged = NULL;

    fixture_init(&f);
    gap = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, 1);
    spoil_with[0] = gap;
    CU_ASSERT_EQUAL(offer_txs(&f, 1), KETTE_BAD_NONCE);
    poor = fixture_pay(&f, f.bob, &f.alice_address, 1, 0, 0);
    spoil_with[0] = poor;
    CU_ASSERT_EQUAL(offer_txs(&f, 1), KETTE_INSUFFICIENT_FUNDS);
    forged = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, 0);
    forged->amount = 2;
    spoil_with[0] = forged;
    CU_ASSERT_EQUAL(offer_txs(&f, 1), KETTE_BAD_SIGNATURE);
    fixture_clear(&f);
}

/* The limit counts the whole block: one byte less than this one needs. */
static void
test_block_too_big(void)
{
    Fixture f;
    g_autoptr(KetteTx) tx = NULL;

    fixture_init(&f);
    tx = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, 0);
    f.params.max_block_bytes = KETTE_BLOCK_FIXED_BYTES + KETTE_TX_BYTES;
    CU_ASSERT_EQUAL(offer(&f, fixture_block(&f, fixture_genesis(&f), 1, &tx, 1), 0), KETTE_OK);
    f.params.max_block_bytes--;
    CU_ASSERT_EQUAL(offer(&f, fixture_block(&f, fixture_genesis(&f), 1, &tx, 1), 0),
                    KETTE_BLOCK_TOO_BIG);
    fixture_clear(&f);
}

/* A target easier than the limit, by default that of genesis, is refused though it decodes; free
 * bits lift that. */
static void
test_easier_than_the_limit(void)
{
    Fixture f;
    KetteHeader header = {.version = 1, .bits = 0x1e100000};
    KetteHash id = {{0}};

    fixture_init(&f);
    CU_ASSERT_EQUAL(kette_rules_header(&f.params, NULL, &header, &id), KETTE_BAD_BITS);
    f.params.limit_bits = 0x1e100000;
    CU_ASSERT_EQUAL(kette_rules_header(&f.params, NULL, &header, &id), KETTE_OK);
    header.bits++;
    CU_ASSERT_EQUAL(kette_rules_header(&f.params, NULL, &header, &id), KETTE_BAD_BITS);
    f.params.free_bits = true;
    CU_ASSERT_EQUAL(kette_rules_header(&f.params, NULL, &header, &id), KETTE_OK);
    header.bits = 0x1e900000; /* a sign is no target, free or not */
    CU_ASSERT_EQUAL(kette_rules_header(&f.params, NULL, &header, &id), KETTE_BAD_BITS);
    fixture_clear(&f);
}

/* With maturity 0 a reward is paid in its own block. */
static void
test_rewards_at_once(void)
{
    Fixture f;
    const KetteEntry *entry;
    KetteBlock *one;

    fixture_init(&f);
    f.params.maturity = 0;
    kette_store_free(f.builder);
    f.builder = fixture_store(&f);
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    entry = kette_store_find(f.builder, &one->id);
    CU_ASSERT_EQUAL(kette_state_get(entry->state, &one->miner).balance, 50 * KETTE_AMOUNT_UNIT);
    CU_ASSERT_TRUE(kette_store_supply_holds(f.builder, entry));
    fixture_clear(&f);
}

/* No subsidy and no fees: a reward of nothing makes no account. */
static void
test_reward_of_nothing(void)
{
    Fixture f;
    KetteBlock *one;
    const KetteEntry *entry;

    fixture_init(&f);
    f.params.reward = 0;
    f.params.maturity = 0;
    kette_store_free(f.builder);
    f.builder = fixture_store(&f);
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    CU_ASSERT_EQUAL(one->reward, 0);
    entry = kette_store_find(f.builder, &one->id);
    CU_ASSERT_PTR_EQUAL(entry->state, kette_store_genesis(f.builder)->state);
    fixture_clear(&f);
}

/* Balances and rewards stop at the range of amounts: nothing wraps. */
static void
test_sums_out_of_range(void)
{
    Fixture f;
    const KetteEntry *genesis;
    KetteExecution execution = {.height = 1};
    g_autoptr(KetteState) state = NULL;
    g_autoptr(KetteTx) tx = NULL;
    uint64_t reward;
    uint32_t bad_tx = 7;

    fixture_init(&f);
    f.params.maturity = 0;
    f.allocation.balance = KETTE_AMOUNT_MAX;
    kette_store_free(f.builder);
    f.builder = fixture_store(&f);
    genesis = kette_store_genesis(f.builder);
    execution.parent = genesis;
    execution.miner = f.alice_address; /* who has all there may be */
    CU_ASSERT_EQUAL(
        kette_rules_execute(&f.params, &state, &reward, &bad_tx, &execution, genesis->state),
        KETTE_BAD_AMOUNT);
    CU_ASSERT_PTR_NULL(state);
    CU_ASSERT_EQUAL(bad_tx, 7);
    f.params.reward = KETTE_AMOUNT_MAX;
    tx = fixture_pay(&f, f.alice, &f.bob_address, 1, 1, 0);
    execution.txs = &tx;
    execution.tx_count = 1;
    CU_ASSERT_EQUAL(
        kette_rules_execute(&f.params, &state, &reward, &bad_tx, &execution, genesis->state),
        KETTE_BAD_AMOUNT);
    CU_ASSERT_EQUAL(bad_tx, 0);
    fixture_clear(&f);
}

/* The same where the reward falls due later: the block with which it does is at fault. */
static void
test_reward_due_out_of_range(void)
{
    Fixture f;
    KetteExecution execution = {.height = 2};
    g_autoptr(KetteState) state = NULL, full = NULL;
    KetteAccount account = {KETTE_AMOUNT_MAX, 0};
    KetteBlock *one;
    uint64_t reward;
    uint32_t bad_tx;

    fixture_init(&f);
    f.params.maturity = 1;
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    execution.parent = kette_store_find(f.builder, &one->id);
    full = kette_state_set(execution.parent->state, &one->miner, &account);
    CU_ASSERT_EQUAL(kette_rules_execute(&f.params, &state, &reward, &bad_tx, &execution, full),
                    KETTE_BAD_AMOUNT);
    fixture_clear(&f);
}

/* The hardest targets have work 2^255: two of them leave 256 bits. What just fits is good. */
static void
test_work_that_does_not_fit(void)
{
    static const struct {
        uint32_t first, second;
        KetteVerdict verdict;
    } rows[] = {
        {0x01010000, 0x01010000, KETTE_WORK_OVERFLOW}, /* targets of 1 and 1 */
        {0x01010000, 0x01020000, KETTE_OK},            /* and 2: a third of all */
        {0x01020000, 0x01010000, KETTE_OK},
        {0x01010000, 0x2000ffff, KETTE_OK},
        {0x2000ffff, 0x01010000, KETTE_OK},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        KetteEntry genesis = {.header.bits = rows[i].first};
        KetteHeader header = {.bits = rows[i].second};

        kette_entry_derive(&genesis, 11);
        CU_ASSERT_EQUAL(kette_rules_header_work(&header, &genesis), rows[i].verdict);
    }
}

/* A branch that leaves the range is refused in its place, and has no weight. */
static void
test_branch_of_too_much_work(void)
{
    Fixture f;
    const KetteBlock *last;
    const KetteEntry *entry;

    fixture_init(&f);
    f.params.genesis_bits = 0x01010000;
    kette_store_free(f.builder);
    f.builder = fixture_store(&f);
    last = fixture_child_of_bad(&f, fixture_genesis(&f), 1);
    CU_ASSERT_EQUAL(kette_store_add_header(f.builder, &entry, &last->header, &last->id),
                    KETTE_WORK_OVERFLOW);
    fixture_clear(&f);
}

static void
test_halving(void)
{
    KetteParams params;

    kette_params_init(&params);
    params.halving = 100;
    CU_ASSERT_EQUAL(kette_params_subsidy(&params, 0), 0);
    CU_ASSERT_EQUAL(kette_params_subsidy(&params, 99), 50 * KETTE_AMOUNT_UNIT);
    CU_ASSERT_EQUAL(kette_params_subsidy(&params, 100), 25 * KETTE_AMOUNT_UNIT);
    CU_ASSERT_EQUAL(kette_params_subsidy(&params, 6400), 0);
}

static void
test_verdict_names(void)
{
    for (unsigned v = 0; v < KETTE_VERDICT_COUNT; v++)
        CU_ASSERT_EQUAL(kette_verdict_find(kette_verdict_name(v)), v);
    CU_ASSERT_EQUAL(kette_verdict_find("bad-luck"), KETTE_VERDICT_COUNT);
    CU_ASSERT_EQUAL(kette_verdict_class(KETTE_TIME_TOO_NEW), KETTE_CLASS_NOT_YET);
    CU_ASSERT_EQUAL(kette_verdict_class(KETTE_UNKNOWN_PARENT), KETTE_CLASS_MISSING);
    CU_ASSERT_EQUAL(kette_verdict_class(KETTE_NONCE_GAP), KETTE_CLASS_REFUSED);
}

/* docs/consensus-rules.md has a row for every verdict; the binary runs from the project's root. */
static void
test_verdicts_are_documented(void)
{
    g_autofree char *text = NULL;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents("docs/consensus-rules.md", &text, NULL, NULL));
    for (unsigned v = KETTE_OK + 1; v < KETTE_VERDICT_COUNT; v++) {
        const char *name = kette_verdict_name(v);
        g_autofree char *row = g_strdup_printf("\n| `%s` | %s |", name,
                                               kette_verdict_class_name(kette_verdict_class(v)));

        if (strstr(text, row) == NULL)
            TEST_STR_EQUAL("no row with its class", name);
    }
}

TEST_SUITE(
    rules, {"spoilt blocks", test_spoilt_blocks}, {"the future is not yet", test_future_is_not_yet},
    {"a mutated body does not condemn", test_mutated_body_does_not_condemn},
    {"transactions", test_transactions}, {"execution", test_execution}, {"maturity", test_maturity},
    {"halving", test_halving}, {"a duplicate transaction", test_duplicate_tx},
    {"transactions in a block", test_txs_in_a_block}, {"a block too big", test_block_too_big},
    {"easier than the limit", test_easier_than_the_limit},
    {"rewards at once", test_rewards_at_once}, {"a reward of nothing", test_reward_of_nothing},
    {"sums out of range", test_sums_out_of_range},
    {"a reward due out of range", test_reward_due_out_of_range},
    {"work that does not fit", test_work_that_does_not_fit},
    {"a branch of too much work", test_branch_of_too_much_work},
    {"verdict names", test_verdict_names},
    {"every verdict is documented", test_verdicts_are_documented})
