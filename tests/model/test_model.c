/* The reference model by itself: what can be worked out by hand, or was published. That it agrees
 * with core/ is shown by every scenario that runs with --model. */
#include "sim/model/facts.h"
#include "tests/harness/harness.h"

static const ModelParams bitcoin = {
    .spacing_s = 600,
    .retarget = MODEL_EPOCH,
    .genesis_bits = 0x1d00ffff,
    .limit_bits = 0x1d00ffff,
    .window = 2016,
    .clamp = 4,
    .half_life_s = 172800,
    .pow = MODEL_POW_OFF,
    .max_reorg = G_MAXUINT64,
    .maturity = 2,
    .reward = 50,
    .max_block_bytes = 1000000,
    .mtp_window = 11,
    .max_future_s = 7200,
    .genesis_time = 1231006505,
};

/* Of Bitcoin Core's arith_uint256 tests: what is strict, and what is not. */
static void
test_bits(void)
{
    static const guint32 good[] = {0x1d00ffff, 0x01120000, 0x02008000, 0x05009234, 0x20123456};
    static const guint32 bad[] = {0,          0x00123456, 0x01003456, 0x01fedcba, 0x04923456,
                                  0x01fedcba, 0xff123456, 0x23000001, 0x04000012, 0x1d800000};
    BIGNUM *target = BN_new();

    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        CU_ASSERT_TRUE(model_target_of_bits(target, good[i]));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        CU_ASSERT_FALSE(model_target_of_bits(target, bad[i]));
    BN_free(target);
}

/* The first block of Bitcoin has a work of 0x100010001; one of target 1 one of 2^255. */
static void
test_work(void)
{
    g_autoptr(Model) model = model_new(&bitcoin, NULL, 0, NULL);
    const ModelBlock *genesis = model->blocks->pdata[0];
    ModelWork work = {{0}}, more;

    CU_ASSERT_EQUAL(genesis->work.b[35], 1);
    CU_ASSERT_EQUAL(genesis->work.b[37], 1);
    CU_ASSERT_EQUAL(genesis->work.b[39], 1);
    CU_ASSERT_TRUE(model_work_add(model, &work, 0x01010000));
    CU_ASSERT_EQUAL(work.b[8], 0x80);
    model_work_difference(&more, &work, &genesis->work);
    model_work_sum(&more, &genesis->work);
    CU_ASSERT_EQUAL(memcmp(more.b, work.b, sizeof work.b), 0);
    CU_ASSERT_FALSE(model_work_add(model, &work, 0x01010000)); /* 2^256 */
}

/* Makes a chain of `count` blocks above genesis; the last has that time. Borrowed from the model.
 */
static ModelBlock *
grow(Model *model, guint count, guint32 first_time, guint32 last_time, guint32 bits)
{
    ModelBlock *tip = model->blocks->pdata[0];

    for (guint i = 0; i < count; i++) {
        ModelHeader header = tip->header;

        header.time = i + 1 < count ? first_time : last_time;
        header.bits = bits;
        memcpy(header.bytes + 76, &model->blocks->len, 4); /* another id */
        header.id = model_hash(header.bytes, 80);
        tip = model_block_get(model, tip, &header);
    }
    return tip;
}

/* Block 32 256 of Bitcoin, the first one with other bits: the window before took from 1261130161
 * to 1262152739. */
static void
test_epoch(void)
{
    g_autoptr(Model) model = model_new(&bitcoin, NULL, 0, NULL);
    ModelBlock *genesis = model->blocks->pdata[0], *tip;

    genesis->header.time = 1261130161;
    tip = grow(model, 2014, 1262152739, 1262152739, 0x1d00ffff);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1d00ffff);
    tip = grow(model, 2015, 1262152739, 1262152739, 0x1d00ffff);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1d00d86a);
    tip = grow(model, 2015, 1261130162, 1261130163, 0x1d00ffff);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1c3fffc0); /* a quarter */
}

/* On schedule asert keeps the target; a half-life early it halves it. */
static void
test_asert(void)
{
    ModelParams params = bitcoin;
    g_autoptr(Model) model = NULL;
    ModelBlock *tip;
    const guint32 due = 1231006505 + 300 * 600;

    params.retarget = MODEL_ASERT;
    model = model_new(&params, NULL, 0, NULL);
    tip = grow(model, 300, due, due, 0x1d00ffff);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1d00ffff);
    tip = grow(model, 300, due, due - 172800, 0x1d00ffff);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1c7fff80);
}

/* Adds blocks that far apart, of these bits or of those due. Borrowed from the model. */
static ModelBlock *
extend(Model *model, ModelBlock *tip, guint count, gint64 after_s, guint32 bits)
{
    for (guint i = 0; i < count; i++) {
        ModelHeader header = tip->header;

        header.time = (guint32)(header.time + after_s);
        header.bits = bits != 0 ? bits : model_next_bits(model, tip, header.time);
        memcpy(header.bytes + 76, &model->blocks->len, 4); /* another id */
        header.id = model_hash(header.bytes, 80);
        tip = model_block_get(model, tip, &header);
    }
    return tip;
}

/* Bitcoin ABC's expected values (src/pow/test): eda_tests.cpp and daa_tests.cpp. */
static void
test_bitcoin_cash(void)
{
    ModelParams params = bitcoin;
    g_autoptr(Model) model = NULL;
    ModelBlock *tip;

    params.retarget = MODEL_EDA;
    params.genesis_bits = 0x1c7fffff;
    model = model_new(&params, NULL, 0, NULL);
    tip = extend(model, model->blocks->pdata[0], 99, 600, 0);
    tip = extend(model, tip, 10, 7200, 0);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1c7fffff);
    tip = extend(model, tip, 1, 7200, 0);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1d009fff);
    tip = extend(model, tip, 4, 7200, 0);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1d00ffff);
    g_clear_pointer(&model, model_free);
    params.retarget = MODEL_CW_144;
    params.window = 144;
    params.genesis_bits = 0x1c0fffff;
    model = model_new(&params, NULL, 0, NULL);
    tip = extend(model, model->blocks->pdata[0], 300, 600, 0x1c0fffff);
    tip = extend(model, tip, 1, 6000, 0);
    tip = extend(model, tip, 1, 1200 - 6000, 0);
    tip = extend(model, tip, 20, 600, 0);
    tip = extend(model, tip, 11, 550, 0);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1c0fe7b1);
    tip = extend(model, tip, 20, 10, 0);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1c0db19f);
    tip = extend(model, tip, 94, 6000, 0);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1c2f13b9);
}

/* Susucoin's (src/test/pow_tests.cpp), for a chain that takes LWMA-1 as published. */
static void
test_lwma_1(void)
{
    ModelParams params = bitcoin;
    g_autoptr(Model) model = NULL;
    ModelBlock *tip;

    params.retarget = MODEL_LWMA_1;
    params.window = 200;
    params.spacing_s = 15;
    params.genesis_bits = 0x1e7fffff;
    params.limit_bits = 0x1f07ffff;
    model = model_new(&params, NULL, 0, NULL);
    CU_ASSERT_EQUAL(model_next_bits(model, model->blocks->pdata[0], 0), 0x1f07ffff);
    tip = extend(model, model->blocks->pdata[0], 201, 600, 0x1e7fffff);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1f02ffff);
    tip = extend(model, tip, 1, 6000, 0);
    tip = extend(model, tip, 1, -4800, 0);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1f031f09);
    tip = extend(model, tip, 1, 600, 0);
    tip = extend(model, tip, 210, 0, 0);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1e2eaf51);
}

/* With solve times of the spacing lwma keeps the target; with none of them it is at its hardest. */
static void
test_lwma(void)
{
    ModelParams params = bitcoin;
    g_autoptr(Model) model = NULL;
    ModelBlock *tip;

    params.retarget = MODEL_LWMA;
    params.window = 2;
    params.genesis_bits = 0x1c100000;
    model = model_new(&params, NULL, 0, NULL);
    tip = grow(model, 2, 1231006505 + 600, 1231006505 + 1200, 0x1c100000);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1c100000);
    tip = grow(model, 1, 0, 1231006505 + 600, 0x1c100000);
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1c100000); /* fewer blocks than the window */
    tip = grow(model, 2, 1231006505 + 600, 1231006505 + 600, 0x1c100000);
    /* (600 + 2 * 1) / (2 * 3 / 2 * 600) of the target */
    CU_ASSERT_EQUAL(model_next_bits(model, tip, 0), 0x1c0559e2);
}

/* --- accounts ----------------------------------------------------------------------------- */

static ModelAccount
account(guint8 first, guint64 balance)
{
    return (ModelAccount){.address.b[0] = first, .balance = balance};
}

/* The root depends on the accounts alone, and on each part of them. */
static void
test_root(void)
{
    ModelAccount some[] = {account(1, 5), account(0x80, 7), account(0x81, 0)};
    ModelAccount turned[] = {some[2], some[0], some[1]};
    g_autoptr(GArray) a = model_accounts_new(some, 3), b = model_accounts_new(turned, 3);
    g_autoptr(GArray) none = model_accounts_new(NULL, 0);
    ModelHash root = model_state_root(a), other = model_state_root(b), zero = {{0}};

    CU_ASSERT_TRUE(model_hash_is_equal(&root, &other));
    g_array_index(b, ModelAccount, 2).nonce++;
    other = model_state_root(b);
    CU_ASSERT_FALSE(model_hash_is_equal(&root, &other));
    other = model_state_root(none);
    CU_ASSERT_TRUE(model_hash_is_equal(&zero, &other));
    CU_ASSERT_EQUAL(model_account(a, &some[1].address).balance, 7);
    CU_ASSERT_EQUAL(model_account(none, &some[1].address).balance, 0);
}

/* --- the mempool -------------------------------------------------------------------------- */

static ModelTx *
payment(guint8 from, guint64 nonce, guint64 amount, guint64 fee)
{
    ModelTx *tx = g_new0(ModelTx, 1);

    tx->from.b[0] = from;
    tx->nonce = nonce;
    tx->amount = amount;
    tx->fee = fee;
    tx->id = (ModelHash){.b = {from, (guint8)nonce, (guint8)amount, (guint8)fee}};
    return tx;
}

static void
test_mempool(void)
{
    ModelAccount some[] = {account(1, 100), account(2, 100)};
    g_autoptr(GArray) accounts = model_accounts_new(some, 2);
    ModelMempool pool;

    g_array_index(accounts, ModelAccount, 0).nonce = 3;
    model_mempool_init(&pool, 3 * 144, 2);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 2, 10, 2)), "nonce-too-low");
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 4, 10, 2)), "nonce-gap");
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 3, 10, 1)), "fee-too-low");
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 3, 99, 2)), "insufficient-funds");
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 3, 50, 20)), OK);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 3, 50, 20)), "already-known");
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 3, 51, 21)), "fee-too-low");
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 4, 28, 3)), "insufficient-funds");
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 3, 50, 22)), OK);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 4, 20, 3)), OK);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(2, 0, 1, 5)), OK);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(2, 1, 1, 3)), "mempool-full");
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(2, 1, 1, 4)), OK);
    CU_ASSERT_EQUAL(pool.txs->len, 3);
    CU_ASSERT_EQUAL(((ModelTx *)pool.txs->pdata[0])->fee, 22);
    CU_ASSERT_EQUAL(((ModelTx *)pool.txs->pdata[2])->fee, 4);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(2, 2, 1, 80)), "mempool-full");
    model_mempool_clear(&pool);
}

/* Of two that pay least the one of the lower address gives way; whoever replaces pays a tenth more.
 */
static void
test_mempool_ties(void)
{
    ModelAccount some[] = {account(1, 1000), account(2, 1000), account(3, 1000)};
    g_autoptr(GArray) accounts = model_accounts_new(some, 3);
    ModelMempool pool;

    model_mempool_init(&pool, 2 * 144, 1);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 0, 1, 90)), OK);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(2, 0, 1, 90)), OK);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(2, 0, 2, 98)), "fee-too-low");
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(1, 0, 2, 99)), OK);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(2, 0, 3, 99)), OK);
    TEST_STR_EQUAL(model_mempool_add(&pool, accounts, payment(3, 0, 1, 100)), OK);
    CU_ASSERT_EQUAL(((ModelTx *)pool.txs->pdata[0])->from.b[0], 2);
    model_mempool_clear(&pool);
}

/* --- a node ------------------------------------------------------------------------------- */

/* Returns an empty block at a height; it is bad if it tells another one. No reward is due so early,
 * so the state is that of genesis. */
static GBytes *
block_on(const ModelHash *parent, guint64 height, guint64 told)
{
    guint8 bytes[152] = {1}, raw[92] = {0};
    ModelHash hash;

    memcpy(bytes + 4, parent->b, 32);
    model_put64(bytes + 68, bitcoin.genesis_time + height); /* bits overwrite the upper half */
    model_put64(bytes + 72, bitcoin.genesis_bits);
    model_put64(bytes + 80, told);
    model_put64(bytes + 140, bitcoin.reward);
    hash = model_hash(bytes + 140, 8);
    memcpy(raw, hash.b, 32);
    memcpy(raw + 64, bytes + 80, 28);
    hash = model_hash(raw, sizeof raw);
    memcpy(bytes + 36, hash.b, 32);
    return g_bytes_new(bytes, sizeof bytes);
}

static ModelHash
id_of(GBytes *block)
{
    return model_hash(g_bytes_get_data(block, NULL), 80);
}

static const char *
give(ModelNode *node, GBytes *block, guint32 source, gint64 now_ns)
{
    return model_node_block(node, block, source, now_ns, bitcoin.genesis_time);
}

static const char *
status(ModelNode *node, GBytes *block)
{
    ModelHash id = id_of(block);

    return model_node_status(node, &id);
}

typedef struct {
    Model *model;
    ModelNode *node;
    GBytes *one, *two, *three, *bad, *on_bad, *last; /* 1-2-3, and bad-on_bad-last */
} Tree;

static void
tree_init(Tree *tree, ModelForkChoice choice, guint orphan_limit)
{
    const ModelNodeOptions options = {.orphan_limit = orphan_limit};
    ModelParams params = bitcoin;
    ModelHash id;

    params.maturity = 1000;
    params.fork_choice = choice;
    tree->model = model_new(&params, NULL, 0, NULL);
    tree->node = model_node_new(tree->model, &options);
    id = model_node_tip(tree->node);
    tree->one = block_on(&id, 1, 1);
    tree->bad = block_on(&id, 1, 7);
    id = id_of(tree->one);
    tree->two = block_on(&id, 2, 2);
    id = id_of(tree->two);
    tree->three = block_on(&id, 3, 3);
    id = id_of(tree->bad);
    tree->on_bad = block_on(&id, 2, 2);
    id = id_of(tree->on_bad);
    tree->last = block_on(&id, 3, 3);
}

static void
tree_clear(Tree *tree)
{
    model_node_free(tree->node);
    model_free(tree->model);
    g_bytes_unref(tree->one);
    g_bytes_unref(tree->two);
    g_bytes_unref(tree->three);
    g_bytes_unref(tree->bad);
    g_bytes_unref(tree->on_bad);
    g_bytes_unref(tree->last);
}

/* An orphan stays until its time is over, and while its sender has a share left. */
static void
test_orphans(void)
{
    Tree tree;

    tree_init(&tree, MODEL_MOST_WORK, 2);
    TEST_STR_EQUAL(give(tree.node, tree.three, 5, 10), "unknown-parent");
    model_node_expire_orphans(tree.node, 10);
    TEST_STR_EQUAL(status(tree.node, tree.three), "orphan");
    TEST_STR_EQUAL(give(tree.node, tree.last, 5, 11), "unknown-parent"); /* 5 may have one */
    TEST_STR_EQUAL(status(tree.node, tree.three), "unknown");
    model_node_forget_source(tree.node, 5);
    TEST_STR_EQUAL(give(tree.node, tree.three, 5, 12), "unknown-parent");
    TEST_STR_EQUAL(status(tree.node, tree.last), "orphan");
    model_node_expire_orphans(tree.node, 12);
    TEST_STR_EQUAL(status(tree.node, tree.last), "unknown");
    TEST_STR_EQUAL(give(tree.node, tree.one, 5, 13), OK);
    TEST_STR_EQUAL(give(tree.node, tree.two, 5, 13), OK);
    TEST_STR_EQUAL(status(tree.node, tree.three), "active");
    tree_clear(&tree);
}

/* What waits for a bad block has a bad ancestor, and so has what waits for that. */
static void
test_bad_ancestors(void)
{
    Tree tree;

    tree_init(&tree, MODEL_MOST_WORK, 9);
    TEST_STR_EQUAL(give(tree.node, tree.last, 5, 0), "unknown-parent");
    TEST_STR_EQUAL(give(tree.node, tree.on_bad, 5, 0), "unknown-parent");
    TEST_STR_EQUAL(give(tree.node, tree.bad, 5, 0), "bad-height");
    TEST_STR_EQUAL(status(tree.node, tree.bad), "invalid");
    TEST_STR_EQUAL(status(tree.node, tree.on_bad), "invalid-ancestor");
    TEST_STR_EQUAL(status(tree.node, tree.last), "invalid-ancestor");
    tree_clear(&tree);
}

/* A log's mark makes a block bad, but not one that ghost has executed. */
static void
test_marks(void)
{
    for (ModelForkChoice choice = MODEL_MOST_WORK; choice <= MODEL_GHOST; choice++) {
        Tree tree;
        ModelHash tip;

        tree_init(&tree, choice, 9);
        model_node_restore_block(tree.node, tree.one, 1);
        model_node_restore_mark(tree.node, g_bytes_get_data(tree.one, NULL), "bad-reward");
        tip = id_of(tree.one);
        model_node_restore_tip(tree.node, &tip);
        TEST_STR_EQUAL(status(tree.node, tree.one), choice == MODEL_GHOST ? "active" : "invalid");
        tree_clear(&tree);
    }
}

TEST_SUITE(model, {"bits", test_bits}, {"work", test_work}, {"epoch", test_epoch},
           {"asert", test_asert}, {"Bitcoin Cash before asert", test_bitcoin_cash},
           {"lwma-1", test_lwma_1}, {"lwma", test_lwma}, {"state root", test_root},
           {"mempool", test_mempool}, {"ties of the mempool", test_mempool_ties},
           {"orphans", test_orphans}, {"bad ancestors", test_bad_ancestors}, {"marks", test_marks})
