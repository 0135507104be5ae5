/* States that the store lets go: few are held, a branch from far below finds what it needs, and a
 * view that stayed behind stands where it stood. */
#include "tests/core/view.h"
#include "tests/harness/harness.h"

#define LENGTH 1500
#define FORK 700 /* far from both ends, and between two states that stay */

static KetteBlock *
grow(Fixture *f, View *v, const KetteBlock *parent, unsigned label, unsigned count)
{
    KetteBlock *block = NULL;

    for (unsigned i = 0; i < count; i++) {
        block = fixture_block(f, parent, label, NULL, 0);
        CU_ASSERT_EQUAL(kette_chain_add_block(v->chain, &v->result, block, 0, 0), KETTE_OK);
        parent = block;
    }
    return block;
}

static unsigned
count_held(const KetteStore *store)
{
    unsigned held = 0;

    for (uint32_t i = 0; i < kette_store_count(store); i++)
        held += kette_store_entry(store, i)->state != NULL;
    return held;
}

static KetteHash
root_of(const View *v)
{
    return kette_state_root(kette_store_hasher(v->store), kette_chain_tip(v->chain)->state);
}

static void
test_few_are_held(void)
{
    Fixture f;
    View v;

    fixture_init(&f);
    view_init(&v, &f, 10);
    grow(&f, &v, fixture_genesis(&f), 1, LENGTH);
    CU_ASSERT(count_held(v.store) < 150);
    CU_ASSERT_PTR_NULL(kette_chain_audit(v.chain));
    view_clear(&v);
    fixture_clear(&f);
}

static void
test_branch_from_below(void)
{
    Fixture f;
    View v;
    const KetteEntry *fork;
    const KetteBlock *tip;
    KetteHash root;

    fixture_init(&f);
    view_init(&v, &f, 10);
    grow(&f, &v, fixture_genesis(&f), 1, LENGTH);
    fork = kette_entry_ancestor(kette_chain_tip(v.chain), FORK);
    CU_ASSERT_TRUE(fork->state_gone);
    tip = grow(&f, &v, fork->block, 2, LENGTH - FORK + 1);
    CU_ASSERT_TRUE(view_tip_is(&v, tip));
    CU_ASSERT_PTR_NULL(kette_chain_audit(v.chain));
    /* The header says what the state must be. */
    root = root_of(&v);
    CU_ASSERT_TRUE(kette_hash_equal(&root, &tip->state_root));
    CU_ASSERT(count_held(v.store) < 300);
    view_clear(&v);
    fixture_clear(&f);
}

/* Another view on the same store goes on without it. */
static void
test_left_behind(void)
{
    Fixture f;
    View v, behind;
    const KetteBlock *parent, *block;
    KetteHash root;

    fixture_init(&f);
    view_init(&v, &f, 10);
    behind = (View){.store = v.store, .chain = kette_chain_new(v.store, 10)};
    behind.result = (KetteChainResult){0};
    parent = grow(&f, &v, fixture_genesis(&f), 1, 1);
    CU_ASSERT_EQUAL(kette_chain_add_block(behind.chain, &behind.result, (KetteBlock *)parent, 0, 0),
                    KETTE_OK);
    block = grow(&f, &v, parent, 1, LENGTH);
    root = root_of(&behind);
    CU_ASSERT_TRUE(kette_hash_equal(&root, &parent->state_root));
    CU_ASSERT_PTR_NULL(kette_chain_audit(behind.chain));
    /* Then it hears of a branch from where it stands. */
    block = fixture_block(&f, parent, 3, NULL, 0);
    CU_ASSERT_EQUAL(kette_chain_add_block(behind.chain, &behind.result, (KetteBlock *)block, 0, 0),
                    KETTE_OK);
    CU_ASSERT_TRUE(view_tip_is(&behind, block));
    CU_ASSERT_PTR_NULL(kette_chain_audit(behind.chain));
    kette_chain_result_clear(&behind.result);
    kette_chain_free(behind.chain);
    view_clear(&v);
    fixture_clear(&f);
}

TEST_SUITE(store, {"few states are held", test_few_are_held},
           {"a branch from where states are gone", test_branch_from_below},
           {"a view that stays behind", test_left_behind})
