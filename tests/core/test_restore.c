/* Coming back, chain by chain: joined blocks, marks and the saved tip, under every fork choice. */
#include "tests/core/view.h"
#include "tests/harness/harness.h"

static void
audit(const View *v)
{
    const char *wrong = kette_chain_audit(v->chain);

    TEST_STR_EQUAL(wrong ? wrong : "ok", "ok");
}

static void
back(View *v, KetteBlock *block, uint32_t preference)
{
    CU_ASSERT_EQUAL(kette_chain_restore_block(v->chain, &v->result, block, preference, 0),
                    KETTE_OK);
}

static void
finish(View *v, const KetteBlock *saved_tip)
{
    kette_chain_restore_tip(v->chain, &v->result, &saved_tip->id);
    audit(v);
}

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[0] ^= 1;
}

/* Two lines a1 - a2 and b1 - b2 of equal weight and a bad sibling of b2, all joined. */
typedef struct {
    Fixture f;
    View v;
    KetteBlock *a1, *a2, *b1, *b2, *bad;
} Lines;

static void
lines_init(Lines *l, KetteForkChoice choice, KetteTie tie)
{
    fixture_init(&l->f);
    l->f.params.fork_choice = choice;
    l->f.params.tie = tie;
    view_init(&l->v, &l->f, 100);
    l->a1 = fixture_block(&l->f, fixture_genesis(&l->f), 1, NULL, 0);
    l->a2 = fixture_block(&l->f, l->a1, 2, NULL, 0);
    l->b1 = fixture_block(&l->f, fixture_genesis(&l->f), 3, NULL, 0);
    l->b2 = fixture_block(&l->f, l->b1, 4, NULL, 0);
    l->bad = fixture_bad_block(&l->f, l->b1, 5, spoil_root);
    back(&l->v, l->a1, 2);
    back(&l->v, l->a2, 3);
    back(&l->v, l->b1, 4);
    back(&l->v, l->b2, 5);
}

static void
lines_clear(Lines *l)
{
    view_clear(&l->v);
    fixture_clear(&l->f);
}

/* The saved tip stays, first seen or not; a lighter one gives way to what its blocks gave. */
static void
test_saved_tip(void)
{
    Lines l;
    KetteBlock unknown = {.id = {{1}}};

    lines_init(&l, KETTE_FORK_MOST_WORK, KETTE_TIE_FIRST_SEEN);
    CU_ASSERT_EQUAL(kette_chain_tip(l.v.chain)->height, 0); /* no tip before the end */
    finish(&l.v, l.b2);
    CU_ASSERT_TRUE(view_tip_is(&l.v, l.b2));
    CU_ASSERT_EQUAL(kette_chain_preference(l.v.chain, kette_chain_tip(l.v.chain)), 5);
    lines_clear(&l);
    lines_init(&l, KETTE_FORK_MOST_WORK, KETTE_TIE_FIRST_SEEN);
    finish(&l.v, l.b1);
    CU_ASSERT_TRUE(view_tip_is(&l.v, l.a2));
    lines_clear(&l);
    lines_init(&l, KETTE_FORK_MOST_WORK, KETTE_TIE_FIRST_SEEN);
    finish(&l.v, &unknown);
    CU_ASSERT_TRUE(view_tip_is(&l.v, l.a2));
    lines_clear(&l);
}

/* On a store that others have filled beyond what this view knows. */
static void
test_shared_store(void)
{
    Lines l;
    KetteChainResult result;
    g_autoptr(KetteChain) other = NULL;

    lines_init(&l, KETTE_FORK_MOST_WORK, KETTE_TIE_FIRST_SEEN);
    other = kette_chain_new(l.v.store, 100);
    result = (KetteChainResult){0};
    for (unsigned i = 0; i < 60; i++) {
        KetteBlock *block = fixture_block(&l.f, fixture_genesis(&l.f), 100 + i, NULL, 0);

        CU_ASSERT_EQUAL(kette_chain_add_block(other, &result, block, 0, 0), KETTE_OK);
    }
    kette_chain_result_clear(&result);
    finish(&l.v, l.b2);
    CU_ASSERT_TRUE(view_tip_is(&l.v, l.b2));
    g_clear_pointer(&other, kette_chain_free);
    lines_clear(&l);
}

/* A saved tip that does not connect is marked, and the best of the rest is the tip. */
static void
test_saved_tip_is_bad(void)
{
    Lines l;

    lines_init(&l, KETTE_FORK_MOST_WORK, KETTE_TIE_FIRST_SEEN);
    back(&l.v, l.bad, 6);
    finish(&l.v, l.bad);
    CU_ASSERT_EQUAL(kette_chain_status(l.v.chain, &l.bad->id), KETTE_STATUS_INVALID);
    CU_ASSERT_TRUE(view_tip_is(&l.v, l.a2));
    lines_clear(&l);
}

/* The lowest hash decides again, whatever the log says was the tip: with this rule there is one
 * answer. */
static void
test_lowest_hash(void)
{
    for (int saved = 0; saved < 2; saved++) {
        Lines l;
        const KetteBlock *lowest;

        lines_init(&l, KETTE_FORK_MOST_WORK, KETTE_TIE_LOWEST_HASH);
        lowest = kette_hash_compare(&l.a2->id, &l.b2->id) < 0 ? l.a2 : l.b2;
        finish(&l.v, saved == 0 ? l.a2 : l.b2);
        CU_ASSERT_TRUE(view_tip_is(&l.v, lowest));
        lines_clear(&l);
    }
}

/* Under ghost the saved tip's side wins a tie of subtrees, and only a tie. */
static void
test_ghost(void)
{
    Lines l;
    KetteBlock *b3;

    lines_init(&l, KETTE_FORK_GHOST, KETTE_TIE_FIRST_SEEN);
    finish(&l.v, l.b2);
    CU_ASSERT_TRUE(view_tip_is(&l.v, l.b2));
    lines_clear(&l);
    lines_init(&l, KETTE_FORK_GHOST, KETTE_TIE_FIRST_SEEN);
    b3 = fixture_block(&l.f, l.b1, 6, NULL, 0); /* two leaves on b1: b weighs 3 */
    back(&l.v, b3, 6);
    finish(&l.v, l.a2);
    CU_ASSERT_TRUE(view_tip_is(&l.v, l.b2));
    lines_clear(&l);
    lines_init(&l, KETTE_FORK_GHOST, KETTE_TIE_FIRST_SEEN);
    finish(&l.v, l.a1); /* the log ended before the tip record of a2 */
    CU_ASSERT_TRUE(view_tip_is(&l.v, l.a2));
    view_clear(&l.v);
    for (int saved = 0; saved < 2; saved++) { /* without a saved tip the preference alone decides */
        view_init(&l.v, &l.f, 100);
        back(&l.v, l.b1, 5);
        back(&l.v, l.a1, 2);
        finish(&l.v, saved ? l.b1 : fixture_genesis(&l.f));
        CU_ASSERT_TRUE(view_tip_is(&l.v, saved ? l.b1 : l.a1));
        if (!saved)
            view_clear(&l.v);
    }
    lines_clear(&l);
}

/* Under ghost what has joined was executed: a mark that says otherwise is not believed. */
static void
test_ghost_marks(void)
{
    Lines l;

    lines_init(&l, KETTE_FORK_GHOST, KETTE_TIE_FIRST_SEEN);
    kette_chain_restore_mark(l.v.chain, &l.v.result, &l.a1->header, KETTE_BAD_STATE_ROOT, 0);
    kette_chain_restore_mark(l.v.chain, &l.v.result, &l.bad->header, KETTE_BAD_STATE_ROOT, 0);
    finish(&l.v, l.a2);
    CU_ASSERT_TRUE(view_tip_is(&l.v, l.a2));
    CU_ASSERT_EQUAL(kette_chain_status(l.v.chain, &l.bad->id), KETTE_STATUS_INVALID);
    lines_clear(&l);
}

/* Which branches were too deep depends on what joined in one go: the log says which were parked,
 * and restoring block by block parks no other. Here a1 joins last and lets a2, a3 and a4 in at once
 * when the tip is at 2, so that the reorganisation takes out two; the tip never was at 3. */
static void
test_parked(void)
{
    Fixture f;
    View v;
    KetteBlock *t[3], *y[5], *deep[4];
    const KetteBlock *parent;

    fixture_init(&f);
    f.params.max_reorg = 2;
    view_init(&v, &f, 100);
    parent = fixture_genesis(&f);
    for (unsigned i = 0; i < 3; i++)
        parent = t[i] = fixture_block(&f, parent, 10 + i, NULL, 0);
    parent = fixture_genesis(&f);
    for (unsigned i = 0; i < 5; i++)
        parent = y[i] = fixture_block(&f, parent, 20 + i, NULL, 0);
    parent = fixture_genesis(&f);
    for (unsigned i = 0; i < 4; i++)
        parent = deep[i] = fixture_block(&f, parent, 30 + i, NULL, 0);
    /* Before: t1 and t2, then y whole; t3 and the branch `deep` come later, the latter parked. */
    for (unsigned i = 0; i < 5; i++)
        back(&v, y[i], 5 + i);
    for (unsigned i = 0; i < 3; i++)
        back(&v, t[i], 2 + i);
    for (unsigned i = 0; i < 4; i++)
        back(&v, deep[i], 20 + i);
    kette_chain_restore_mark(v.chain, &v.result, &deep[2]->header, KETTE_REORG_TOO_DEEP, 0);
    finish(&v, y[4]);
    CU_ASSERT_TRUE(view_tip_is(&v, y[4]));
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &t[2]->id), KETTE_STATUS_SIDE);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &deep[1]->id), KETTE_STATUS_SIDE);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &deep[2]->id), KETTE_STATUS_PARKED);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &deep[3]->id), KETTE_STATUS_PARKED);
    view_clear(&v);
    fixture_clear(&f);
}

static uint64_t
never_drawn(void *user)
{
    (*(unsigned *)user)++;
    return 0;
}

/* What was drawn before the restart is what counts after it. */
static void
test_draw(void)
{
    Lines l;
    unsigned drawn = 0;
    KetteBlock *a3, *b3;

    lines_init(&l, KETTE_FORK_MOST_WORK, KETTE_TIE_RANDOM);
    kette_chain_set_random(l.v.chain, never_drawn, &drawn);
    a3 = fixture_block(&l.f, l.a2, 6, NULL, 0);
    b3 = fixture_block(&l.f, l.b2, 7, NULL, 0);
    back(&l.v, a3, 99);
    back(&l.v, b3, 98);
    finish(&l.v, b3);
    CU_ASSERT_TRUE(view_tip_is(&l.v, b3));
    CU_ASSERT_EQUAL(kette_chain_preference(l.v.chain, kette_chain_tip(l.v.chain)), 98);
    CU_ASSERT_EQUAL(drawn, 0);
    lines_clear(&l);
}

/* A block whose parent is not in the log waits for nothing. */
static void
test_no_orphans(void)
{
    Fixture f;
    View v;
    KetteBlock *one, *two;

    fixture_init(&f);
    view_init(&v, &f, 100);
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    two = fixture_block(&f, one, 2, NULL, 0);
    CU_ASSERT_EQUAL(kette_chain_restore_block(v.chain, &v.result, two, 3, 0), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(kette_chain_orphan_count(v.chain), 0);
    kette_chain_restore_mark(v.chain, &v.result, &one->header, KETTE_OK, 0);
    CU_ASSERT_EQUAL(kette_chain_restore_block(v.chain, &v.result, two, 3, 0), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(kette_chain_orphan_count(v.chain), 0);
    view_clear(&v);
    fixture_clear(&f);
}

/* A node believes the signatures of its log, and those of nobody else. */
static void
test_signatures(void)
{
    Fixture f;
    View v;
    KetteTx *pay;
    KetteBlock *logged, *sent;

    fixture_init(&f);
    view_init(&v, &f, 100);
    pay = fixture_pay(&f, f.alice, &f.bob_address, 5, 1, 0);
    /* The builder knows the payment as good, and builds on. */
    CU_ASSERT_EQUAL(kette_store_check_tx(f.builder, pay), KETTE_OK);
    pay->signature[0] ^= 1;
    logged = fixture_block(&f, fixture_genesis(&f), 1, &pay, 1);
    sent = fixture_block(&f, fixture_genesis(&f), 2, &pay, 1);
    back(&v, logged, 2);
    CU_ASSERT_EQUAL(kette_chain_add_block(v.chain, &v.result, sent, 1, 0), KETTE_BAD_SIGNATURE);
    CU_ASSERT_EQUAL(kette_store_check_tx(v.store, pay), KETTE_BAD_SIGNATURE);
    finish(&v, logged);
    CU_ASSERT_PTR_EQUAL(kette_chain_tip(v.chain)->block, logged);
    kette_tx_unref(pay);
    view_clear(&v);
    fixture_clear(&f);
}

TEST_SUITE(restore, {"the saved tip", test_saved_tip},
           {"a saved tip that is bad", test_saved_tip_is_bad},
           {"a shared store", test_shared_store}, {"the lowest hash", test_lowest_hash},
           {"ghost", test_ghost}, {"ghost and marks", test_ghost_marks}, {"parked", test_parked},
           {"a draw", test_draw}, {"no orphans", test_no_orphans}, {"signatures", test_signatures})
