/* Fork choice: ties, reorganisations, orphans, failed branches, and two properties over all orders
 * of delivery. */
#include "core/base/limits.h"
#include "tests/core/view.h"
#include "tests/harness/harness.h"

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[0] ^= 1;
}

static void
test_tie_keeps_first_seen(void)
{
    Fixture f;
    View v;
    KetteBlock *one, *two, *three;

    fixture_init(&f);
    view_init(&v, &f, 20);
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    two = fixture_block(&f, one, 2, NULL, 0);
    three = fixture_block(&f, one, 3, NULL, 0);
    CU_ASSERT_EQUAL(view_give(&v, one), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&v, three), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&v, two), KETTE_OK);
    CU_ASSERT_TRUE(view_tip_is(&v, three));
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &two->id), KETTE_STATUS_SIDE);
    CU_ASSERT_PTR_EQUAL(v.result.new_tip, v.result.old_tip);
    view_clear(&v);
    fixture_clear(&f);
}

/* The header of `two` is known first, the body of `three` comes first: three wins. */
static void
test_tie_goes_by_data(void)
{
    Fixture f;
    View v;
    KetteBlock *two, *three;
    const KetteEntry *entry;

    fixture_init(&f);
    view_init(&v, &f, 20);
    two = fixture_block(&f, fixture_genesis(&f), 2, NULL, 0);
    three = fixture_block(&f, fixture_genesis(&f), 3, NULL, 0);
    CU_ASSERT_EQUAL(kette_chain_add_header(v.chain, &entry, &two->header, &two->id, 0), KETTE_OK);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &two->id), KETTE_STATUS_UNKNOWN);
    view_give(&v, three);
    view_give(&v, two);
    CU_ASSERT_TRUE(view_tip_is(&v, three));
    view_clear(&v);
    fixture_clear(&f);
}

static void
test_more_work_reorganises(void)
{
    Fixture f;
    View v;
    KetteBlock *a1, *a2, *b1, *b2, *b3;

    fixture_init(&f);
    view_init(&v, &f, 20);
    a1 = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    a2 = fixture_block(&f, a1, 2, NULL, 0);
    b1 = fixture_block(&f, fixture_genesis(&f), 3, NULL, 0);
    b2 = fixture_block(&f, b1, 4, NULL, 0);
    b3 = fixture_block(&f, b2, 5, NULL, 0);
    view_give(&v, a1);
    view_give(&v, a2);
    view_give(&v, b1);
    view_give(&v, b2);
    CU_ASSERT_TRUE(view_tip_is(&v, a2));
    view_give(&v, b3);
    CU_ASSERT_TRUE(view_tip_is(&v, b3));
    CU_ASSERT_EQUAL(v.result.old_tip->height - v.result.fork->height, 2);
    CU_ASSERT_EQUAL(v.result.new_tip->height - v.result.fork->height, 3);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &a1->id), KETTE_STATUS_SIDE);
    CU_ASSERT_EQUAL(view_give(&v, b3), KETTE_ALREADY_KNOWN);
    view_clear(&v);
    fixture_clear(&f);
}

static void
test_orphans_wait(void)
{
    Fixture f;
    View v;
    KetteBlock *chain[5];
    const KetteBlock *parent;

    fixture_init(&f);
    view_init(&v, &f, 20);
    parent = fixture_genesis(&f);
    for (int i = 0; i < 5; i++)
        parent = chain[i] = fixture_block(&f, parent, (unsigned)i, NULL, 0);
    for (int i = 4; i > 0; i--) {
        CU_ASSERT_EQUAL(view_give(&v, chain[i]), KETTE_UNKNOWN_PARENT);
        CU_ASSERT_EQUAL(kette_chain_status(v.chain, &chain[i]->id), KETTE_STATUS_ORPHAN);
        CU_ASSERT_EQUAL(view_give(&v, chain[i]), KETTE_ALREADY_KNOWN);
    }
    CU_ASSERT_EQUAL(kette_chain_orphan_count(v.chain), 4);
    CU_ASSERT_EQUAL(view_give(&v, chain[0]), KETTE_OK);
    CU_ASSERT_TRUE(view_tip_is(&v, chain[4]));
    CU_ASSERT_EQUAL(v.result.joined.count, 5);
    CU_ASSERT_EQUAL(kette_chain_orphan_count(v.chain), 0);
    view_clear(&v);
    fixture_clear(&f);
}

static void
test_orphan_pool_is_bounded(void)
{
    Fixture f;
    View v;
    const KetteBlock *parent;
    KetteBlock *first = NULL, *last = NULL;

    fixture_init(&f);
    view_init(&v, &f, 20);
    parent = fixture_block(&f, fixture_genesis(&f), 0, NULL, 0);
    for (unsigned i = 0; i < 25; i++) {
        last = fixture_block(&f, parent, i + 1, NULL, 0);
        first = first ? first : last;
        view_give_from(&v, last, i % 3);
    }
    CU_ASSERT_EQUAL(kette_chain_orphan_count(v.chain), 20);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &first->id), KETTE_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &last->id), KETTE_STATUS_ORPHAN);
    kette_chain_expire_orphans(v.chain, 1);
    CU_ASSERT_EQUAL(kette_chain_orphan_count(v.chain), 0);
    view_clear(&v);
    fixture_clear(&f);
}

/* A peer that floods orphans pushes out its own. */
static void
test_orphans_of_one_peer_are_bounded(void)
{
    Fixture f;
    View v;
    const KetteBlock *parent;
    KetteBlock *quiet;

    fixture_init(&f);
    view_init(&v, &f, 20);
    parent = fixture_block(&f, fixture_genesis(&f), 0, NULL, 0);
    quiet = fixture_block(&f, parent, 200, NULL, 0);
    view_give_from(&v, quiet, 1);
    for (unsigned i = 0; i < 40; i++)
        view_give_from(&v, fixture_block(&f, parent, i + 1, NULL, 0), 2);
    CU_ASSERT_EQUAL(kette_chain_orphan_count(v.chain), 11);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &quiet->id), KETTE_STATUS_ORPHAN);
    view_clear(&v);
    fixture_clear(&f);
}

/* The header of `block` over another body: nobody can make this connect, everybody can send it. */
static KetteBlock *
with_wrong_body(Fixture *f, const KetteBlock *block)
{
    KetteBlockSpec spec = kette_block_spec(block);
    KetteBlock *wrong;

    spec.reward++;
    wrong = kette_block_new(kette_store_hasher(f->builder), &spec);
    g_ptr_array_add(f->blocks, wrong);
    return wrong;
}

/* A wrong body does not keep the right one out, and its children do not go round for ever. */
static void
test_wrong_body_among_orphans(void)
{
    Fixture f;
    View v;
    KetteBlock *one, *two, *three;

    fixture_init(&f);
    view_init(&v, &f, 20);
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    two = fixture_block(&f, one, 2, NULL, 0);
    three = fixture_block(&f, two, 3, NULL, 0);
    CU_ASSERT_EQUAL(view_give(&v, three), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(view_give(&v, with_wrong_body(&f, two)), KETTE_BAD_COMMITMENT);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &two->id), KETTE_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(view_give(&v, one), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&v, with_wrong_body(&f, two)), KETTE_BAD_COMMITMENT);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &three->id), KETTE_STATUS_ORPHAN);
    CU_ASSERT_EQUAL(view_give(&v, two), KETTE_OK);
    CU_ASSERT_TRUE(view_tip_is(&v, three));
    view_clear(&v);
    fixture_clear(&f);
}

/* What has no work or no signature behind it takes no memory. */
static void
test_worthless_bytes_leave_nothing(void)
{
    Fixture f;
    View v;
    const KetteEntry *entry = NULL;
    g_autoptr(KetteTx) tx = NULL;
    uint32_t before;

    fixture_init(&f);
    f.params.pow = KETTE_POW_REAL;
    view_init(&v, &f, 20);
    before = kette_store_count(v.store);
    for (uint32_t nonce = 0; nonce < 100; nonce++) {
        KetteHeader header = {.version = 1,
                              .previous = kette_store_genesis(v.store)->id,
                              .time = 1700000001,
                              .bits = f.params.genesis_bits,
                              .nonce = nonce};
        KetteHash id = kette_header_id(kette_store_hasher(v.store), &header);

        CU_ASSERT_EQUAL(kette_chain_add_header(v.chain, &entry, &header, &id, 0), KETTE_HIGH_HASH);
        CU_ASSERT_PTR_NULL(entry);
    }
    CU_ASSERT_EQUAL(kette_store_count(v.store), before);
    tx = fixture_pay(&f, f.alice, &f.bob_address, 1, 0, 0);
    tx->signature[3] ^= 1;
    CU_ASSERT_EQUAL(kette_store_check_tx(v.store, tx), KETTE_BAD_SIGNATURE);
    CU_ASSERT_EQUAL(tx->refs, 1);
    view_clear(&v);
    fixture_clear(&f);
}

/* g - a1 - a2 stands; g - b1 - x - c - d would win, x does not connect: all as if never seen. */
static void
test_fault_in_the_middle(void)
{
    Fixture f;
    View v;
    KetteBlock *a1, *a2, *b1, *x, *c, *d;
    KetteHash root, again;
    const KetteJudged *judged;

    fixture_init(&f);
    view_init(&v, &f, 20);
    a1 = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    a2 = fixture_block(&f, a1, 2, NULL, 0);
    b1 = fixture_block(&f, fixture_genesis(&f), 3, NULL, 0);
    x = fixture_bad_block(&f, b1, 4, spoil_root);
    c = fixture_child_of_bad(&f, x, 5);
    d = fixture_child_of_bad(&f, c, 6);
    view_give(&v, a1);
    view_give(&v, a2);
    root = kette_state_root(kette_store_hasher(v.store), kette_chain_tip(v.chain)->state);
    CU_ASSERT_EQUAL(view_give(&v, b1), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&v, x), KETTE_OK); /* a side block is not executed */
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &x->id), KETTE_STATUS_SIDE);
    CU_ASSERT_EQUAL(view_give(&v, c), KETTE_INVALID_ANCESTOR);
    judged = kette_chain_result_failed(&v.result, 0);
    CU_ASSERT_TRUE(kette_hash_equal(&judged->entry->id, &x->id));
    CU_ASSERT_EQUAL(judged->verdict, KETTE_BAD_STATE_ROOT);
    CU_ASSERT_EQUAL(view_give(&v, d), KETTE_INVALID_ANCESTOR);
    CU_ASSERT_TRUE(view_tip_is(&v, a2));
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &b1->id), KETTE_STATUS_SIDE);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &x->id), KETTE_STATUS_INVALID);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &c->id), KETTE_STATUS_INVALID_ANCESTOR);
    CU_ASSERT_EQUAL(view_give(&v, x), KETTE_BAD_STATE_ROOT); /* known to be bad */
    again = kette_state_root(kette_store_hasher(v.store), kette_chain_tip(v.chain)->state);
    CU_ASSERT_TRUE(kette_hash_equal(&root, &again));
    view_clear(&v);
    fixture_clear(&f);
}

/* The fault is in the last block: the ones before it win all the same. */
static void
test_fault_at_the_end(void)
{
    Fixture f;
    View v;
    KetteBlock *a1, *b1, *b2, *x;

    fixture_init(&f);
    view_init(&v, &f, 20);
    a1 = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    b1 = fixture_block(&f, fixture_genesis(&f), 3, NULL, 0);
    b2 = fixture_block(&f, b1, 4, NULL, 0);
    x = fixture_bad_block(&f, b2, 5, spoil_root);
    view_give(&v, a1);
    CU_ASSERT_EQUAL(view_give(&v, x), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(view_give(&v, b2), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(view_give(&v, b1), KETTE_OK); /* lets all three in at once */
    CU_ASSERT_TRUE(view_tip_is(&v, b2));
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &x->id), KETTE_STATUS_INVALID);
    view_clear(&v);
    fixture_clear(&f);
}

/* With a window of 2, a second block after one second is four times as hard (the clamp), and one
 * after 100 s is not: two quick blocks weigh 5, three slow ones 3. */
static void
test_longest_counts_blocks(void)
{
    Fixture f;
    View by_work, by_length;
    const KetteBlock *heavy, *light;

    fixture_init(&f);
    f.params.retarget = KETTE_RETARGET_EPOCH;
    f.params.window = 2;
    kette_store_free(f.builder);
    f.builder = fixture_store(&f);
    view_init(&by_work, &f, 20);
    f.params.fork_choice = KETTE_FORK_LONGEST;
    view_init(&by_length, &f, 20);
    heavy = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    heavy = fixture_block(&f, heavy, 2, NULL, 0);
    f.step_s = 100;
    light = fixture_block(&f, fixture_genesis(&f), 3, NULL, 0);
    light = fixture_block(&f, light, 4, NULL, 0);
    light = fixture_block(&f, light, 5, NULL, 0);
    for (guint i = 0; i < f.blocks->len; i++) {
        CU_ASSERT_EQUAL(view_give(&by_work, g_ptr_array_index(f.blocks, i)), KETTE_OK);
        CU_ASSERT_EQUAL(view_give(&by_length, g_ptr_array_index(f.blocks, i)), KETTE_OK);
    }
    CU_ASSERT_TRUE(view_tip_is(&by_work, heavy));
    CU_ASSERT_TRUE(view_tip_is(&by_length, light));
    view_clear(&by_work);
    view_clear(&by_length);
    fixture_clear(&f);
}

static void
test_tie_by_lowest_hash(void)
{
    Fixture f;
    KetteBlock *pair[2];

    fixture_init(&f);
    f.params.tie = KETTE_TIE_LOWEST_HASH;
    pair[0] = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    pair[1] = fixture_block(&f, fixture_genesis(&f), 2, NULL, 0);
    for (int first = 0; first < 2; first++) {
        int lower = kette_hash_compare(&pair[0]->id, &pair[1]->id) < 0 ? 0 : 1;
        View v;

        view_init(&v, &f, 20);
        view_give(&v, pair[first]);
        view_give(&v, pair[1 - first]);
        CU_ASSERT_TRUE(view_tip_is(&v, pair[lower]));
        view_clear(&v);
    }
    fixture_clear(&f);
}

static uint64_t
scripted_draw(void *user)
{
    uint64_t **next = user;

    return *(*next)++;
}

static void
test_tie_by_draw(void)
{
    const uint64_t high = UINT64_C(9) << 32, low = UINT64_C(3) << 32;
    uint64_t draws[2][2] = {{high, low}, {low, high}};
    Fixture f;
    KetteBlock *a, *b;

    fixture_init(&f);
    f.params.tie = KETTE_TIE_RANDOM;
    a = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    b = fixture_block(&f, fixture_genesis(&f), 2, NULL, 0);
    for (int i = 0; i < 2; i++) {
        uint64_t *next = draws[i];
        View v;

        view_init(&v, &f, 20);
        kette_chain_set_random(v.chain, scripted_draw, &next);
        view_give(&v, a);
        view_give(&v, b);
        CU_ASSERT_TRUE(view_tip_is(&v, i == 0 ? b : a)); /* the lower draw */
        view_clear(&v);
    }
    fixture_clear(&f);
}

/* A line of `count` blocks above `parent`, given to the view as they come if there is one. */
static KetteBlock *
line(Fixture *f, View *v, const KetteBlock *parent, unsigned label, unsigned count)
{
    KetteBlock *block = NULL;

    for (unsigned i = 0; i < count; i++) {
        block = fixture_block(f, parent, label + i, NULL, 0);
        if (v != NULL)
            view_give(v, block);
        parent = block;
    }
    return block;
}

/* Depth equal to max-reorg is accepted; one more is parked, what follows it too, for ever. */
static void
test_max_reorg_parks(void)
{
    Fixture f;
    View v;
    KetteBlock *a, *b, *c;

    fixture_init(&f);
    f.params.max_reorg = 3;
    view_init(&v, &f, 20);
    line(&f, &v, fixture_genesis(&f), 10, 3);
    b = line(&f, &v, fixture_genesis(&f), 20, 4);
    CU_ASSERT_TRUE(view_tip_is(&v, b));
    CU_ASSERT_EQUAL(v.result.old_tip->height, 3);
    a = line(&f, &v, fixture_genesis(&f), 30, 4);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &a->id), KETTE_STATUS_SIDE);
    c = fixture_block(&f, a, 40, NULL, 0);
    CU_ASSERT_EQUAL(view_give(&v, c), KETTE_REORG_TOO_DEEP);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &c->id), KETTE_STATUS_PARKED);
    CU_ASSERT_EQUAL(v.result.failed.count, 1);
    CU_ASSERT_EQUAL(view_give(&v, c), KETTE_ALREADY_KNOWN);
    a = fixture_block(&f, c, 41, NULL, 0);
    CU_ASSERT_EQUAL(view_give(&v, a), KETTE_REORG_TOO_DEEP);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &a->id), KETTE_STATUS_PARKED);
    CU_ASSERT_TRUE(view_tip_is(&v, b));
    view_clear(&v);
    fixture_clear(&f);
}

static void
test_final_blocks_stand(void)
{
    Fixture f;
    View v;
    KetteBlock *a1, *tip, *rival, *high;
    const KetteEntry *entry;

    fixture_init(&f);
    f.params.finality = 3;
    view_init(&v, &f, 20);
    a1 = line(&f, &v, fixture_genesis(&f), 10, 1);
    tip = line(&f, &v, a1, 11, 2); /* height 3: block 1 has three confirmations */
    rival = fixture_block(&f, fixture_genesis(&f), 20, NULL, 0);
    CU_ASSERT_EQUAL(view_give(&v, rival), KETTE_AFTER_FINAL);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &rival->id), KETTE_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(kette_chain_add_header(v.chain, &entry, &rival->header, &rival->id, 0),
                    KETTE_AFTER_FINAL);
    /* A fork above the final block is free to win. */
    high = line(&f, &v, a1, 30, 3);
    CU_ASSERT_TRUE(view_tip_is(&v, high));
    CU_ASSERT_FALSE(view_tip_is(&v, tip));
    view_clear(&v);
    fixture_clear(&f);
}

/* g - a1 - a2 - a3 against g - b1 with the leaves b2, b3, b4: most work follows a, ghost follows b,
 * whose subtree weighs four, and there the leaf seen first. */
static void
test_ghost_follows_the_subtree(void)
{
    Fixture f;
    View work, ghost;
    KetteBlock *a, *b1, *b2;

    fixture_init(&f);
    view_init(&work, &f, 20);
    f.params.fork_choice = KETTE_FORK_GHOST;
    view_init(&ghost, &f, 20);
    a = line(&f, NULL, fixture_genesis(&f), 10, 3);
    b1 = fixture_block(&f, fixture_genesis(&f), 20, NULL, 0);
    b2 = fixture_block(&f, b1, 21, NULL, 0);
    fixture_block(&f, b1, 22, NULL, 0);
    fixture_block(&f, b1, 23, NULL, 0);
    for (guint i = 0; i < f.blocks->len; i++) {
        view_give(&work, g_ptr_array_index(f.blocks, i));
        view_give(&ghost, g_ptr_array_index(f.blocks, i));
        if (i == 5) { /* three against three */
            CU_ASSERT_TRUE(view_tip_is(&ghost, a));
        }
    }
    CU_ASSERT_TRUE(view_tip_is(&work, a));
    CU_ASSERT_TRUE(view_tip_is(&ghost, b2));
    CU_ASSERT_EQUAL(ghost.result.old_tip->height, 3);
    view_clear(&work);
    view_clear(&ghost);
    fixture_clear(&f);
}

/* An invalid block is found on arrival and weighs nothing. */
static void
test_ghost_executes_on_arrival(void)
{
    Fixture f;
    View v;
    KetteBlock *a, *b, *x;

    fixture_init(&f);
    f.params.fork_choice = KETTE_FORK_GHOST;
    view_init(&v, &f, 20);
    a = line(&f, &v, fixture_genesis(&f), 10, 2);
    b = fixture_block(&f, fixture_genesis(&f), 20, NULL, 0);
    x = fixture_bad_block(&f, b, 21, spoil_root);
    view_give(&v, b);
    CU_ASSERT_EQUAL(view_give(&v, x), KETTE_BAD_STATE_ROOT);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &x->id), KETTE_STATUS_INVALID);
    view_give(&v, fixture_block(&f, b, 22, NULL, 0));
    CU_ASSERT_TRUE(view_tip_is(&v, a)); /* two against two */
    view_clear(&v);
    fixture_clear(&f);
}

/* --- properties over all orders ----------------------------------------------------------- */

#define TREE 6

static void
permute(KetteBlock **blocks, int n, void (*visit)(void *user, KetteBlock **order), void *user)
{
    if (n == 1) {
        visit(user, blocks);
        return;
    }
    for (int i = 0; i < n; i++) {
        KetteBlock *swap;

        permute(blocks, n - 1, visit, user);
        swap = blocks[n % 2 ? 0 : i];
        blocks[n % 2 ? 0 : i] = blocks[n - 1];
        blocks[n - 1] = swap;
    }
}

typedef struct {
    Fixture *f;
    const KetteBlock *tip;
    KetteHash root;
    unsigned orders;
} Expected;

static void
deliver_in_order(void *user, KetteBlock **order)
{
    Expected *want = user;
    KetteHash root;
    View v;

    view_init(&v, want->f, 20);
    for (int i = 0; i < TREE; i++)
        view_give(&v, order[i]);
    root = kette_state_root(kette_store_hasher(v.store), kette_chain_tip(v.chain)->state);
    CU_ASSERT_TRUE(view_tip_is(&v, want->tip));
    CU_ASSERT_TRUE(kette_hash_equal(&root, &want->root));
    CU_ASSERT_EQUAL(kette_chain_orphan_count(v.chain), 0);
    want->orders++;
    view_clear(&v);
}

/* g - a1 - a2 and g - b1 - b2 - b3, with a stub b1 - c2: b3 in each of the 720 orders. */
static void
test_any_order_gives_one_tip(void)
{
    Fixture f;
    KetteBlock *tree[TREE];
    Expected want = {.f = &f};

    fixture_init(&f);
    tree[0] = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    tree[1] = fixture_block(&f, tree[0], 2, NULL, 0);
    tree[2] = fixture_block(&f, fixture_genesis(&f), 3, NULL, 0);
    tree[3] = fixture_block(&f, tree[2], 4, NULL, 0);
    tree[4] = fixture_block(&f, tree[3], 5, NULL, 0);
    tree[5] = fixture_block(&f, tree[2], 6, NULL, 0);
    want.tip = tree[4];
    want.root = tree[4]->state_root;
    permute(tree, TREE, deliver_in_order, &want);
    CU_ASSERT_EQUAL(want.orders, 720);
    fixture_clear(&f);
}

/* The same with the long branch bad at its second block: the short one stands in every order. */
static void
test_any_order_with_a_fault(void)
{
    Fixture f;
    KetteBlock *tree[TREE];
    Expected want = {.f = &f};

    fixture_init(&f);
    tree[0] = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    tree[1] = fixture_block(&f, tree[0], 2, NULL, 0);
    tree[2] = fixture_block(&f, fixture_genesis(&f), 3, NULL, 0);
    tree[3] = fixture_bad_block(&f, tree[2], 4, spoil_root);
    tree[4] = fixture_child_of_bad(&f, tree[3], 5);
    tree[5] = fixture_child_of_bad(&f, tree[4], 6);
    want.tip = tree[1];
    want.root = tree[1]->state_root;
    permute(tree, TREE, deliver_in_order, &want);
    CU_ASSERT_EQUAL(want.orders, 720);
    fixture_clear(&f);
}

/* --- the tree itself ---------------------------------------------------------------------- */

static void
test_ancestors_and_locators(void)
{
    Fixture f;
    View v;
    const KetteBlock *parent;
    const KetteEntry *tip;
    KetteHash locator[KETTE_LOCATOR_MAX];
    size_t count;

    fixture_init(&f);
    view_init(&v, &f, 20);
    parent = fixture_genesis(&f);
    for (unsigned i = 0; i < 300; i++) {
        KetteBlock *block = fixture_block(&f, parent, i % 250, NULL, 0);

        CU_ASSERT_EQUAL(kette_chain_add_block(v.chain, &v.result, block, 0, 0), KETTE_OK);
        parent = block;
    }
    tip = kette_chain_tip(v.chain);
    for (uint64_t height = 0; height <= 300; height++) {
        const KetteEntry *slow = tip;

        while (slow->height > height)
            slow = slow->parent;
        CU_ASSERT_PTR_EQUAL(kette_entry_ancestor(tip, height), slow);
    }
    CU_ASSERT_PTR_NULL(kette_entry_ancestor(tip, 301));
    count = kette_chain_locator(tip, tip, locator);
    /* 300 … 291, then 290, 288, 284, 276, …, 0 */
    CU_ASSERT_EQUAL(count, 19);
    CU_ASSERT_TRUE(kette_hash_equal(&locator[0], &tip->id));
    CU_ASSERT_TRUE(kette_hash_equal(&locator[9], &kette_entry_ancestor(tip, 291)->id));
    CU_ASSERT_TRUE(kette_hash_equal(&locator[count - 1], &fixture_genesis(&f)->id));
    CU_ASSERT_PTR_EQUAL(kette_chain_find_fork(v.chain, locator + 9, 5),
                        kette_entry_ancestor(tip, 291));
    CU_ASSERT_PTR_EQUAL(kette_chain_find_fork(v.chain, NULL, 0), kette_store_genesis(v.store));
    view_clear(&v);
    fixture_clear(&f);
}

/* Two views on one store: what one was given the other does not know. */
static void
test_shared_store_keeps_views_apart(void)
{
    Fixture f;
    g_autoptr(KetteStore) store = NULL;
    g_autoptr(KetteChain) a = NULL, b = NULL;
    KetteChainResult result;
    KetteBlock *one, *two;

    fixture_init(&f);
    store = fixture_store(&f);
    a = kette_chain_new(store, 10);
    b = kette_chain_new(store, 10);
    result = (KetteChainResult){0};
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    two = fixture_block(&f, one, 2, NULL, 0);
    CU_ASSERT_EQUAL(kette_chain_add_block(a, &result, one, 0, 0), KETTE_OK);
    CU_ASSERT_EQUAL(kette_chain_add_block(a, &result, two, 0, 0), KETTE_OK);
    CU_ASSERT_PTR_NULL(kette_chain_find(b, &one->id));
    CU_ASSERT_EQUAL(kette_chain_add_block(b, &result, two, 0, 0), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(kette_chain_add_block(b, &result, one, 0, 0), KETTE_OK);
    CU_ASSERT_PTR_EQUAL(kette_chain_tip(a), kette_chain_tip(b));
    kette_chain_result_clear(&result);
    fixture_clear(&f);
}

TEST_SUITE(chain, {"a tie keeps the first seen", test_tie_keeps_first_seen},
           {"a tie goes by data, not header", test_tie_goes_by_data},
           {"more work reorganises", test_more_work_reorganises},
           {"orphans wait for their parent", test_orphans_wait},
           {"a wrong body among orphans", test_wrong_body_among_orphans},
           {"worthless bytes leave nothing", test_worthless_bytes_leave_nothing},
           {"the orphan pool is bounded", test_orphan_pool_is_bounded},
           {"orphans of one peer are bounded", test_orphans_of_one_peer_are_bounded},
           {"a fault in the middle rolls back", test_fault_in_the_middle},
           {"a fault at the end leaves the rest", test_fault_at_the_end},
           {"longest counts blocks, not work", test_longest_counts_blocks},
           {"ties by the lowest hash", test_tie_by_lowest_hash},
           {"ties by a draw", test_tie_by_draw}, {"max-reorg parks", test_max_reorg_parks},
           {"final blocks stand", test_final_blocks_stand},
           {"ghost follows the subtree", test_ghost_follows_the_subtree},
           {"ghost executes on arrival", test_ghost_executes_on_arrival},
           {"any order gives one tip", test_any_order_gives_one_tip},
           {"any order with a fault", test_any_order_with_a_fault},
           {"ancestors and locators", test_ancestors_and_locators},
           {"a shared store keeps views apart", test_shared_store_keeps_views_apart})
