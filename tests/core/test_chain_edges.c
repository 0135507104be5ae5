/* Corners of fork choice that an ordinary run seldom meets: entries of a shared store that this
 * view was never given, headers without bodies, ties among what comes at once. */
#include "core/base/limits.h"
#include "tests/core/view.h"
#include "tests/harness/harness.h"

static KetteVerdict
give_header(View *v, const KetteBlock *block)
{
    const KetteEntry *entry;

    return kette_chain_add_header(v->chain, &entry, &block->header, &block->id, 0);
}

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

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[0] ^= 1;
}

static void
spoil_version(KetteBlockSpec *spec)
{
    spec->header.version = 0;
}

static void
spoil_time(KetteBlockSpec *spec)
{
    spec->header.time = 1700000000; /* of genesis: not above the median */
}

static void
spoil_future(KetteBlockSpec *spec)
{
    spec->header.time += 100000;
}

/* --- shared stores ------------------------------------------------------------------------ */

/* Another view has filled the store far beyond what this one has marks for. */
static void
check_store_of_others(KetteForkChoice fork_choice)
{
    Fixture f;
    View busy;
    g_autoptr(KetteChain) idle = NULL;
    KetteBlock *last, *first;

    fixture_init(&f);
    f.params.fork_choice = fork_choice;
    view_init(&busy, &f, 100);
    idle = kette_chain_new(busy.store, 10);
    last = line(&f, &busy, fixture_genesis(&f), 1, 60);
    for (unsigned i = 0; i < 60; i++)
        view_give(&busy, fixture_block(&f, fixture_genesis(&f), 100 + i, NULL, 0));
    CU_ASSERT_PTR_NULL(kette_chain_find(idle, &last->id));
    CU_ASSERT_FALSE(kette_chain_knows_body(idle, &last->id));
    CU_ASSERT_EQUAL(kette_chain_status(idle, &last->id), KETTE_STATUS_UNKNOWN);
    first = g_ptr_array_index(f.blocks, 0);
    CU_ASSERT_EQUAL(kette_chain_add_block(idle, &busy.result, first, 0, 0), KETTE_OK);
    CU_ASSERT_TRUE(kette_hash_equal(&kette_chain_tip(idle)->id, &first->id));
    CU_ASSERT_PTR_NULL(kette_chain_audit(idle));
    g_clear_pointer(&idle, kette_chain_free);
    view_clear(&busy);
    fixture_clear(&f);
}

static void
test_store_of_others(void)
{
    check_store_of_others(KETTE_FORK_MOST_WORK);
    check_store_of_others(KETTE_FORK_GHOST);
    kette_chain_free(NULL);
}

/* --- headers without bodies --------------------------------------------------------------- */

static void
test_body_waits_for_its_parents_body(void)
{
    Fixture f;
    View v;
    KetteBlock *one, *two;

    fixture_init(&f);
    view_init(&v, &f, 100);
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    two = fixture_block(&f, one, 2, NULL, 0);
    CU_ASSERT_EQUAL(give_header(&v, one), KETTE_OK);
    CU_ASSERT_EQUAL(give_header(&v, two), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&v, two), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &two->id), KETTE_STATUS_ORPHAN);
    CU_ASSERT_EQUAL(view_give(&v, one), KETTE_OK);
    CU_ASSERT_TRUE(view_tip_is(&v, two));
    view_clear(&v);
    fixture_clear(&f);
}

/* x fails when its branch would win; its child was known to be bad before, for a reason of its
 * own, which stays. */
static void
test_bad_child_of_a_bad_block(void)
{
    Fixture f;
    View v;
    KetteBlock *a, *b, *x, *worse;

    fixture_init(&f);
    view_init(&v, &f, 100);
    a = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    b = fixture_block(&f, fixture_genesis(&f), 2, NULL, 0);
    x = fixture_bad_block(&f, b, 3, spoil_root);
    view_give(&v, a);
    CU_ASSERT_EQUAL(give_header(&v, b), KETTE_OK);
    CU_ASSERT_EQUAL(give_header(&v, x), KETTE_OK);
    worse = fixture_child_of_bad(&f, x, 4);
    worse->header.time = fixture_genesis(&f)->header.time;
    worse->id = kette_header_id(kette_store_hasher(v.store), &worse->header);
    CU_ASSERT_EQUAL(give_header(&v, worse), KETTE_TIME_TOO_OLD);
    CU_ASSERT_EQUAL(view_give(&v, b), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&v, x), KETTE_BAD_STATE_ROOT);
    CU_ASSERT_EQUAL(v.result.failed.count, 1);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &worse->id), KETTE_STATUS_INVALID);
    CU_ASSERT_EQUAL(give_header(&v, worse), KETTE_TIME_TOO_OLD);
    CU_ASSERT_TRUE(view_tip_is(&v, a));
    view_clear(&v);
    fixture_clear(&f);
}

/* Whatever stands on a bad block is refused at once, by its header alone: in the view when the body
 * is at fault, in the store when the header is. */
static void
test_header_on_a_bad_block(void)
{
    Fixture f;
    View v;
    KetteBlock *x, *y;
    const KetteEntry *entry;
    KetteHeader child;
    KetteHash id;

    fixture_init(&f);
    view_init(&v, &f, 100);
    x = fixture_bad_block(&f, fixture_genesis(&f), 1, spoil_root);
    CU_ASSERT_EQUAL(view_give(&v, x), KETTE_BAD_STATE_ROOT);
    CU_ASSERT_EQUAL(give_header(&v, fixture_child_of_bad(&f, x, 2)), KETTE_INVALID_ANCESTOR);
    y = fixture_bad_block(&f, fixture_genesis(&f), 3, spoil_time);
    CU_ASSERT_EQUAL(kette_store_add_header(v.store, &entry, &y->header, &y->id),
                    KETTE_TIME_TOO_OLD);
    child = fixture_child_of_bad(&f, y, 4)->header;
    id = kette_header_id(kette_store_hasher(v.store), &child);
    CU_ASSERT_EQUAL(kette_store_add_header(v.store, &entry, &child, &id), KETTE_INVALID_ANCESTOR);
    view_clear(&v);
    fixture_clear(&f);
}

/* A header on a parked block is no body: it is not parked until its body comes. */
static void
test_header_on_a_parked_block(void)
{
    Fixture f;
    View v;
    KetteBlock *a, *b1, *b2, *b3;

    fixture_init(&f);
    f.params.max_reorg = 0;
    view_init(&v, &f, 100);
    a = line(&f, &v, fixture_genesis(&f), 10, 1);
    b1 = line(&f, &v, fixture_genesis(&f), 20, 1);
    b2 = fixture_block(&f, b1, 21, NULL, 0);
    b3 = fixture_block(&f, b2, 22, NULL, 0);
    CU_ASSERT_EQUAL(give_header(&v, b2), KETTE_OK);
    CU_ASSERT_EQUAL(give_header(&v, b3), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&v, b2), KETTE_REORG_TOO_DEEP);
    CU_ASSERT_EQUAL(v.result.failed.count, 1);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &b3->id), KETTE_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(view_give(&v, b3), KETTE_REORG_TOO_DEEP);
    CU_ASSERT_TRUE(view_tip_is(&v, a));
    view_clear(&v);
    fixture_clear(&f);
}

/* The header came in time, the body after the rival had become final. */
static void
test_body_after_final(void)
{
    Fixture f;
    View v;
    KetteBlock *rival, *child, *tip;

    fixture_init(&f);
    f.params.finality = 2;
    view_init(&v, &f, 100);
    rival = fixture_block(&f, fixture_genesis(&f), 20, NULL, 0);
    child = fixture_block(&f, rival, 21, NULL, 0);
    CU_ASSERT_EQUAL(give_header(&v, rival), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&v, child), KETTE_UNKNOWN_PARENT);
    tip = line(&f, &v, fixture_genesis(&f), 10, 3);
    CU_ASSERT_EQUAL(view_give(&v, rival), KETTE_AFTER_FINAL);
    CU_ASSERT_TRUE(view_tip_is(&v, tip));
    view_clear(&v);
    fixture_clear(&f);
}

/* An orphan whose time is too far ahead when its parent comes is let go, neither taken nor marked,
 * and what stands on it waits on. */
static void
test_orphan_from_the_future(void)
{
    Fixture f;
    View v;
    KetteBlock *one, *late, *child;

    fixture_init(&f);
    view_init(&v, &f, 100);
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    late = fixture_bad_block(&f, one, 2, spoil_future);
    child = fixture_child_of_bad(&f, late, 3);
    CU_ASSERT_EQUAL(view_give(&v, child), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(view_give(&v, late), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(view_give(&v, one), KETTE_OK);
    CU_ASSERT_TRUE(view_tip_is(&v, one));
    CU_ASSERT_EQUAL(v.result.failed.count, 0);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &late->id), KETTE_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &child->id), KETTE_STATUS_ORPHAN);
    view_clear(&v);
    fixture_clear(&f);
}

/* An orphan has to show its work before it may wait. */
static void
test_orphan_with_a_bad_header(void)
{
    Fixture f;
    View v;
    KetteBlock *one;

    fixture_init(&f);
    view_init(&v, &f, 100);
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    CU_ASSERT_EQUAL(view_give(&v, fixture_bad_block(&f, one, 2, spoil_version)), KETTE_BAD_VERSION);
    CU_ASSERT_EQUAL(kette_chain_orphan_count(v.chain), 0);
    view_clear(&v);
    fixture_clear(&f);
}

/* --- ties --------------------------------------------------------------------------------- */

/* Two of equal weight are let in at once by their parent, in both orders. */
static void
check_tie_at_once(KetteForkChoice fork_choice, KetteTie tie)
{
    Fixture f;
    KetteBlock *one, *pair[2];
    int lower;

    fixture_init(&f);
    f.params.fork_choice = fork_choice;
    f.params.tie = tie;
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    pair[0] = fixture_block(&f, one, 2, NULL, 0);
    pair[1] = fixture_block(&f, one, 3, NULL, 0);
    lower = kette_hash_compare(&pair[0]->id, &pair[1]->id) < 0 ? 0 : 1;
    for (int first = 0; first < 2; first++) {
        View v;

        view_init(&v, &f, 100);
        CU_ASSERT_EQUAL(view_give(&v, pair[first]), KETTE_UNKNOWN_PARENT);
        CU_ASSERT_EQUAL(view_give(&v, pair[1 - first]), KETTE_UNKNOWN_PARENT);
        CU_ASSERT_EQUAL(view_give(&v, one), KETTE_OK);
        CU_ASSERT_TRUE(view_tip_is(&v, pair[tie == KETTE_TIE_LOWEST_HASH ? lower : first]));
        /* in one step: nothing was taken out for it */
        CU_ASSERT_PTR_EQUAL(v.result.fork, v.result.old_tip);
        for (int i = 0; i < 2; i++) { /* of headers alone nobody knows which came first */
            const KetteEntry *entry = kette_chain_find(v.chain, &pair[i]->id);
            const KetteEntry *other = kette_chain_find(v.chain, &pair[1 - i]->id);

            CU_ASSERT_EQUAL(kette_chain_outweighs(v.chain, entry, other),
                            tie == KETTE_TIE_LOWEST_HASH && i == lower);
        }
        view_clear(&v);
    }
    fixture_clear(&f);
}

static void
test_tie_at_once(void)
{
    check_tie_at_once(KETTE_FORK_MOST_WORK, KETTE_TIE_FIRST_SEEN);
    check_tie_at_once(KETTE_FORK_MOST_WORK, KETTE_TIE_LOWEST_HASH);
    check_tie_at_once(KETTE_FORK_GHOST, KETTE_TIE_FIRST_SEEN);
    check_tie_at_once(KETTE_FORK_GHOST, KETTE_TIE_LOWEST_HASH);
}

/* Random without a draw: as first seen. Under ghost the active one stays, one after the other. */
static void
test_tie_one_by_one(void)
{
    Fixture f;
    View v;
    KetteBlock *one;

    fixture_init(&f);
    f.params.tie = KETTE_TIE_RANDOM;
    view_init(&v, &f, 100);
    one = fixture_block(&f, fixture_genesis(&f), 1, NULL, 0);
    view_give(&v, one);
    view_give(&v, fixture_block(&f, fixture_genesis(&f), 2, NULL, 0));
    CU_ASSERT_TRUE(view_tip_is(&v, one));
    view_clear(&v);
    f.params.tie = KETTE_TIE_FIRST_SEEN;
    f.params.fork_choice = KETTE_FORK_GHOST;
    view_init(&v, &f, 100);
    for (unsigned i = 1; i <= 4; i++)
        view_give(&v, fixture_block(&f, fixture_genesis(&f), i, NULL, 0));
    CU_ASSERT_TRUE(view_tip_is(&v, one));
    view_clear(&v);
    fixture_clear(&f);
}

/* Under ghost the active child keeps an equal weight even if it joined later: b overtook a with two
 * children, then a caught up. */
static void
test_ghost_keeps_the_active_child(void)
{
    Fixture f;
    View v;
    KetteBlock *a, *b, *b2;

    fixture_init(&f);
    f.params.fork_choice = KETTE_FORK_GHOST;
    view_init(&v, &f, 100);
    b = fixture_block(&f, fixture_genesis(&f), 20, NULL, 0);
    CU_ASSERT_EQUAL(give_header(&v, b), KETTE_OK); /* the store met b first, the view joins a */
    a = line(&f, &v, fixture_genesis(&f), 10, 1);
    view_give(&v, b);
    b2 = line(&f, &v, b, 30, 1);
    CU_ASSERT_TRUE(view_tip_is(&v, b2));
    line(&f, &v, a, 40, 1);
    CU_ASSERT_TRUE(view_tip_is(&v, b2));
    view_clear(&v);
    fixture_clear(&f);
}

/* Under ghost a parked branch stays parked whatever grows beside it. */
static void
test_ghost_passes_over_the_parked(void)
{
    Fixture f;
    View v;
    KetteBlock *a, *b;

    fixture_init(&f);
    f.params.fork_choice = KETTE_FORK_GHOST;
    f.params.max_reorg = 1;
    view_init(&v, &f, 100);
    a = line(&f, &v, fixture_genesis(&f), 10, 2);
    b = line(&f, &v, fixture_genesis(&f), 20, 3);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &b->id), KETTE_STATUS_PARKED);
    CU_ASSERT_TRUE(view_tip_is(&v, a));
    view_give(&v, fixture_block(&f, fixture_genesis(&f), 50, NULL, 0));
    CU_ASSERT_TRUE(view_tip_is(&v, a));
    view_clear(&v);
    fixture_clear(&f);
}

/* --- what is worth asking for --------------------------------------------------------------- */

/* What cannot lead to a new tip is not worth asking for: bad, parked, against a final block. */
static void
test_wants(void)
{
    Fixture f;
    View v;
    KetteBlock *parked, *rival, *bad;
    const KetteEntry *entry;

    fixture_init(&f);
    f.params.max_reorg = 0;
    f.params.finality = 3;
    view_init(&v, &f, 100);
    rival = fixture_block(&f, fixture_genesis(&f), 40, NULL, 0);
    CU_ASSERT_EQUAL(kette_chain_add_header(v.chain, &entry, &rival->header, &rival->id, 0),
                    KETTE_OK);
    CU_ASSERT_TRUE(kette_chain_wants(v.chain, entry));
    line(&f, &v, fixture_genesis(&f), 10, 1);
    parked = line(&f, &v, fixture_genesis(&f), 20, 2);
    CU_ASSERT_EQUAL(kette_chain_status(v.chain, &parked->id), KETTE_STATUS_PARKED);
    CU_ASSERT_FALSE(kette_chain_wants(v.chain, kette_chain_find(v.chain, &parked->id)));
    bad = fixture_bad_block(&f, g_ptr_array_index(f.blocks, 1), 30, spoil_root);
    view_give(&v, bad);
    CU_ASSERT_FALSE(kette_chain_wants(v.chain, kette_chain_find(v.chain, &bad->id)));
    line(&f, &v, g_ptr_array_index(f.blocks, 1), 11, 3); /* height 4: the first two are final */
    CU_ASSERT_FALSE(kette_chain_wants(v.chain, entry));
    view_clear(&v);
    fixture_clear(&f);
}

/* Under ghost: what has joined, in order of height and id, wherever it branches off. */
static void
test_joined_after(void)
{
    Fixture f;
    View v;
    KetteBlock *b, *x;
    g_autoptr(GPtrArray) all = NULL, few = NULL, rest = NULL;

    fixture_init(&f);
    f.params.fork_choice = KETTE_FORK_GHOST;
    view_init(&v, &f, 100);
    line(&f, &v, fixture_genesis(&f), 10, 3);
    b = line(&f, &v, fixture_genesis(&f), 20, 2);
    x = fixture_bad_block(&f, b, 30, spoil_root);
    CU_ASSERT_EQUAL(view_give(&v, x), KETTE_BAD_STATE_ROOT);
    CU_ASSERT_EQUAL(view_give(&v, fixture_child_of_bad(&f, x, 31)), KETTE_INVALID_ANCESTOR);
    CU_ASSERT_EQUAL(give_header(&v, fixture_block(&f, b, 32, NULL, 0)), KETTE_OK);
    all = kette_chain_joined_after(v.chain, kette_store_genesis(v.store), 100);
    CU_ASSERT_EQUAL_FATAL(all->len, 5);
    for (guint i = 1; i < all->len; i++)
        CU_ASSERT_TRUE(kette_entry_compare_place(all->pdata[i - 1], all->pdata[i]) < 0);
    few = kette_chain_joined_after(v.chain, kette_store_genesis(v.store), 2);
    CU_ASSERT_EQUAL_FATAL(few->len, 2);
    rest = kette_chain_joined_after(v.chain, few->pdata[1], 100);
    CU_ASSERT_EQUAL(rest->len, 3);
    CU_ASSERT_PTR_EQUAL(rest->pdata[0], all->pdata[2]);
    view_clear(&v);
    fixture_clear(&f);
}

static bool
is_near(const View *v, const KetteHeader *header)
{
    return kette_chain_is_near(v->chain, kette_chain_find(v->chain, &header->previous), header);
}

/* Near is a matter of work, not of height: a deep but heavy block is near, a light one is not;
 * under `longest` of height. */
static void
test_near(void)
{
    for (int longest = 0; longest < 2; longest++) {
        Fixture f;
        View v;
        KetteBlock *deep, *heavy, *edge, *high;
        KetteHeader lost;

        fixture_init(&f);
        f.params.free_bits = true;
        f.params.fork_choice = longest ? KETTE_FORK_LONGEST : KETTE_FORK_MOST_WORK;
        kette_store_free(f.builder);
        f.builder = fixture_store(&f);
        view_init(&v, &f, 100);
        CU_ASSERT_TRUE(
            kette_chain_is_near(v.chain, kette_chain_tip(v.chain), &fixture_genesis(&f)->header));
        line(&f, &v, fixture_genesis(&f), 1, 2);
        f.bits = 0x1e00ffff; /* 256 times the work */
        line(&f, &v, g_ptr_array_index(f.blocks, 1), 3, KETTE_UNASKED_DEPTH);
        heavy = fixture_block(&f, fixture_genesis(&f), 3, NULL, 0);
        f.bits = 0;
        deep = fixture_block(&f, fixture_genesis(&f), 4, NULL, 0);
        edge = fixture_block(&f, g_ptr_array_index(f.blocks, 0), 8, NULL, 0);
        high = fixture_block(&f, g_ptr_array_index(f.blocks, 1), 5, NULL, 0);
        CU_ASSERT_EQUAL(is_near(&v, &heavy->header), !longest);
        CU_ASSERT_FALSE(is_near(&v, &deep->header));
        CU_ASSERT_TRUE(is_near(&v, &edge->header)); /* as near as need be */
        CU_ASSERT_EQUAL(is_near(&v, &high->header), true);
        lost = deep->header;
        lost.bits = 0;
        CU_ASSERT_EQUAL(is_near(&v, &lost), !longest);
        lost.bits = 0x01010000; /* the smallest target: no tip has more work */
        CU_ASSERT_EQUAL(is_near(&v, &lost), !longest);
        f.bits = 0x0201ff00; /* 2^247 of work: the window alone is more than half the range */
        line(&f, &v, g_ptr_array_index(f.blocks, KETTE_UNASKED_DEPTH + 1), 6, 1);
        CU_ASSERT_EQUAL(is_near(&v, &lost), !longest);
        f.bits = 0x01010000;
        high = line(&f, &v, g_ptr_array_index(f.blocks, KETTE_UNASKED_DEPTH + 1), 7, 1);
        CU_ASSERT_EQUAL(is_near(&v, &deep->header), !longest);
        lost.previous = high->id;
        CU_ASSERT_TRUE(is_near(&v, &lost));
        view_clear(&v);
        fixture_clear(&f);
    }
}

TEST_SUITE(chain_edges, {"a store that others filled", test_store_of_others},
           {"a body waits for its parent's body", test_body_waits_for_its_parents_body},
           {"a bad child of a bad block", test_bad_child_of_a_bad_block},
           {"a header on a bad block", test_header_on_a_bad_block},
           {"a header on a parked block", test_header_on_a_parked_block},
           {"a body after final", test_body_after_final},
           {"an orphan from the future", test_orphan_from_the_future},
           {"an orphan with a bad header", test_orphan_with_a_bad_header},
           {"a tie that comes at once", test_tie_at_once},
           {"a tie one by one", test_tie_one_by_one},
           {"ghost keeps the active child", test_ghost_keeps_the_active_child},
           {"ghost passes over the parked", test_ghost_passes_over_the_parked}, {"near", test_near},
           {"wants", test_wants}, {"what has joined, in order", test_joined_after})
