/* A reorganisation of 1088 blocks, as deep as any that btcd's suite has, with payments on both
 * sides: afterwards nothing tells the node from one that only ever saw the winning branch. */
#include "core/base/limits.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"

#define DEPTH 1088
#define PAYMENTS 200
#define IN_BOTH 70   /* the first payments, in both branches */
#define CONFLICTS 30 /* the next ones have a rival in the new branch */

typedef struct {
    KetteStore *store;
    KetteChain *chain;
    KetteMempool *pool;
    KetteChainResult result;
    GPtrArray *returned, *dropped;
} Node;

static void
node_init(Node *n, const Fixture *f)
{
    n->store = fixture_store(f);
    n->chain = kette_chain_new(n->store, 10);
    n->pool = kette_mempool_new(5000000, 0);
    n->result = (KetteChainResult){0};
    n->returned = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    n->dropped = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
}

static void
node_clear(Node *n)
{
    g_ptr_array_unref(n->returned);
    g_ptr_array_unref(n->dropped);
    kette_chain_result_clear(&n->result);
    kette_mempool_free(n->pool);
    kette_chain_free(n->chain);
    kette_store_free(n->store);
}

static void
give(Node *n, KetteBlock *block)
{
    CU_ASSERT_EQUAL(kette_chain_add_block(n->chain, &n->result, block, 0, 0), KETTE_OK);
    if (n->result.new_tip != n->result.old_tip)
        kette_mempool_follow(n->pool, n->returned, n->dropped, n->result.old_tip, n->result.fork,
                             n->result.new_tip);
}

/* A branch of `length` blocks from genesis; the first of them carry one payment each. */
static void
build(Fixture *f, KetteBlock **ret_branch, unsigned length, KetteTx **payments, unsigned count)
{
    const KetteBlock *parent = fixture_genesis(f);

    for (unsigned i = 0; i < length; i++) {
        KetteTx **tx = i < count ? &payments[i] : NULL;

        ret_branch[i] = fixture_block(f, parent, 1 + i % 200, tx, tx ? 1 : 0);
        parent = ret_branch[i];
    }
}

static void
check_same(const Node *a, const Node *b)
{
    KetteHash x = kette_state_root(kette_store_hasher(a->store), kette_chain_tip(a->chain)->state);
    KetteHash y = kette_state_root(kette_store_hasher(b->store), kette_chain_tip(b->chain)->state);

    CU_ASSERT_TRUE(
        kette_hash_equal(&kette_chain_tip(a->chain)->id, &kette_chain_tip(b->chain)->id));
    CU_ASSERT_TRUE(kette_hash_equal(&x, &y));
    CU_ASSERT_PTR_NULL(kette_chain_audit(a->chain));
    CU_ASSERT_PTR_NULL(kette_mempool_audit(a->pool, kette_chain_tip(a->chain)->state));
    CU_ASSERT_EQUAL(kette_mempool_count(a->pool), kette_mempool_count(b->pool));
}

/* The old branch confirms 200 payments. The new one confirms the first 70 too and thirty others in
 * place of the next thirty; the last 100 return. */
static void
test_reorg_deep(void)
{
    static KetteBlock *old_branch[DEPTH], *new_branch[DEPTH + 1];
    KetteTx *payments[PAYMENTS], *rivals[IN_BOTH + CONFLICTS];
    const KetteEntry *tip;
    Node node, fresh;
    Fixture f;

    fixture_init(&f);
    for (unsigned i = 0; i < PAYMENTS; i++)
        payments[i] = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, i);
    for (unsigned i = 0; i < IN_BOTH + CONFLICTS; i++)
        rivals[i] = i < IN_BOTH ? kette_tx_ref(payments[i])
                                : fixture_pay(&f, f.alice, &f.bob_address, 2, 0, i);
    build(&f, old_branch, DEPTH, payments, PAYMENTS);
    f.step_s = 2;
    build(&f, new_branch, DEPTH + 1, rivals, IN_BOTH + CONFLICTS);

    node_init(&node, &f);
    for (unsigned i = 0; i < DEPTH; i++)
        give(&node, old_branch[i]);
    tip = kette_chain_tip(node.chain);
    for (unsigned i = 0; i < DEPTH; i++)
        give(&node, new_branch[i]);
    CU_ASSERT_PTR_EQUAL(kette_chain_tip(node.chain), tip);
    give(&node, new_branch[DEPTH]);
    CU_ASSERT_EQUAL(node.result.old_tip->height - node.result.fork->height, DEPTH);
    CU_ASSERT_EQUAL(node.returned->len, PAYMENTS - IN_BOTH - CONFLICTS);
    CU_ASSERT_EQUAL(node.dropped->len, CONFLICTS);

    node_init(&fresh, &f);
    for (unsigned i = 0; i <= DEPTH; i++)
        give(&fresh, new_branch[i]);
    tip = kette_chain_tip(fresh.chain);
    for (unsigned i = 0; i < PAYMENTS; i++) {
        KetteVerdict verdict = kette_mempool_add(fresh.pool, NULL, tip->state, payments[i]);

        CU_ASSERT_EQUAL(verdict, i < IN_BOTH + CONFLICTS ? KETTE_NONCE_TOO_LOW : KETTE_OK);
        CU_ASSERT_PTR_EQUAL(kette_mempool_find(node.pool, &payments[i]->id),
                            kette_mempool_find(fresh.pool, &payments[i]->id));
    }
    check_same(&node, &fresh);

    node_clear(&fresh);
    node_clear(&node);
    for (unsigned i = 0; i < PAYMENTS; i++)
        kette_tx_unref(payments[i]);
    for (unsigned i = 0; i < IN_BOTH + CONFLICTS; i++)
        kette_tx_unref(rivals[i]);
    fixture_clear(&f);
}

TEST_SUITE(reorg_deep, {"1088 blocks", test_reorg_deep})
