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

    kette_chain_result_init(&result);
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
    kette_chain_result_init(&result);
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
    kette_chain_result_init(&result);
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
    const KetteExecution execution = {parent->height + 1, {{0}}, txs, count, entry};
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

TEST_SUITE(rules, {"spoilt blocks", test_spoilt_blocks},
           {"the future is not yet", test_future_is_not_yet},
           {"a mutated body does not condemn", test_mutated_body_does_not_condemn},
           {"transactions", test_transactions}, {"execution", test_execution},
           {"maturity", test_maturity}, {"halving", test_halving},
           {"verdict names", test_verdict_names})
