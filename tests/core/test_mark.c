/* Marks that have settled: a view that has gone far says of old blocks what it said of young ones,
 * and takes what still comes of them. */
#include "tests/core/view.h"
#include "tests/harness/harness.h"

#define LENGTH 400 /* many times the depth at which marks settle */
#define FORK 10    /* what is odd stands on this block */

typedef struct {
    Fixture f;
    View view, other; /* of two nodes, on one store */
    KetteBlock *blocks[LENGTH + 1], *side, *bad, *header_alone, *foreign;
} Long;

static void
spoil_reward(KetteBlockSpec *spec)
{
    spec->reward++;
}

static KetteVerdict
give_header(View *v, const KetteBlock *block)
{
    const KetteEntry *entry = NULL;

    return kette_chain_add_header(v->chain, &entry, &block->header, &block->id, 0);
}

static void
long_init(Long *l)
{
    const KetteBlock *parent;

    fixture_init(&l->f);
    view_init(&l->view, &l->f, 10);
    l->other = (View){.store = l->view.store, .chain = kette_chain_new(l->view.store, 10)};
    l->other.result = (KetteChainResult){0};
    parent = fixture_genesis(&l->f);
    for (unsigned i = 1; i <= LENGTH; i++) {
        l->blocks[i] = fixture_block(&l->f, parent, 1, NULL, 0);
        parent = l->blocks[i];
        CU_ASSERT_EQUAL(view_give(&l->view, l->blocks[i]), KETTE_OK);
        CU_ASSERT_EQUAL(view_give(&l->other, l->blocks[i]), KETTE_OK);
        if (i != FORK + 1)
            continue;
        l->side = fixture_block(&l->f, l->blocks[FORK], 2, NULL, 0);
        l->bad = fixture_bad_block(&l->f, l->side, 3, spoil_reward);
        l->header_alone = fixture_block(&l->f, l->blocks[FORK], 4, NULL, 0);
        l->foreign = fixture_block(&l->f, l->blocks[FORK], 5, NULL, 0);
        CU_ASSERT_EQUAL(view_give(&l->view, l->side), KETTE_OK);
        CU_ASSERT_EQUAL(view_give(&l->view, l->bad), KETTE_BAD_REWARD);
        CU_ASSERT_EQUAL(give_header(&l->view, l->header_alone), KETTE_OK);
        CU_ASSERT_EQUAL(view_give(&l->other, l->foreign), KETTE_OK);
    }
}

static void
long_clear(Long *l)
{
    kette_chain_result_clear(&l->other.result);
    kette_chain_free(l->other.chain);
    view_clear(&l->view);
    fixture_clear(&l->f);
}

static void
check_status(const Long *l, const KetteBlock *block, KetteBlockStatus want)
{
    CU_ASSERT_STRING_EQUAL(kette_block_status_name(kette_chain_status(l->view.chain, &block->id)),
                           kette_block_status_name(want));
}

static void
test_read(void)
{
    Long l;

    long_init(&l);
    check_status(&l, l.blocks[1], KETTE_STATUS_ACTIVE);
    check_status(&l, l.blocks[FORK + 1], KETTE_STATUS_ACTIVE);
    check_status(&l, l.side, KETTE_STATUS_SIDE);
    check_status(&l, l.bad, KETTE_STATUS_INVALID);
    check_status(&l, l.header_alone, KETTE_STATUS_UNKNOWN);
    check_status(&l, l.foreign, KETTE_STATUS_UNKNOWN);
    CU_ASSERT_PTR_NOT_NULL(kette_chain_find(l.view.chain, &l.header_alone->id));
    CU_ASSERT_PTR_NULL(kette_chain_find(l.view.chain, &l.foreign->id));
    CU_ASSERT_PTR_NOT_NULL(kette_chain_find(l.other.chain, &l.foreign->id));
    CU_ASSERT_PTR_NULL(kette_chain_find(l.other.chain, &l.side->id));
    long_clear(&l);
}

/* What was odd, given at last; and again; and what stands on it. */
static void
test_write(void)
{
    Long l;

    long_init(&l);
    CU_ASSERT_EQUAL(view_give(&l.view, l.header_alone), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&l.view, l.foreign), KETTE_OK);
    CU_ASSERT_EQUAL(view_give(&l.view, l.foreign), KETTE_ALREADY_KNOWN);
    CU_ASSERT_EQUAL(view_give(&l.view, l.blocks[3]), KETTE_ALREADY_KNOWN);
    check_status(&l, l.header_alone, KETTE_STATUS_SIDE);
    check_status(&l, l.foreign, KETTE_STATUS_SIDE);
    {
        KetteBlock *child = fixture_child_of_bad(&l.f, l.bad, 6);

        CU_ASSERT_EQUAL(view_give(&l.view, child), KETTE_INVALID_ANCESTOR);
        check_status(&l, child, KETTE_STATUS_INVALID_ANCESTOR);
    }
    long_clear(&l);
}

/* From far below the settled ones a branch grows until it wins; then the old one does again. */
static void
test_reorganised(void)
{
    Long l;
    const KetteBlock *parent;

    long_init(&l);
    parent = l.side;
    for (unsigned i = FORK + 2; i <= LENGTH + 1; i++) {
        KetteBlock *block = fixture_block(&l.f, parent, 7, NULL, 0);

        CU_ASSERT_EQUAL(view_give(&l.view, block), KETTE_OK);
        parent = block;
    }
    CU_ASSERT_TRUE(view_tip_is(&l.view, parent));
    check_status(&l, l.side, KETTE_STATUS_ACTIVE);
    check_status(&l, l.blocks[FORK], KETTE_STATUS_ACTIVE);
    check_status(&l, l.blocks[FORK + 1], KETTE_STATUS_SIDE);
    check_status(&l, l.bad, KETTE_STATUS_INVALID);
    parent = l.blocks[LENGTH];
    for (unsigned i = 0; i < 2; i++) {
        KetteBlock *block = fixture_block(&l.f, parent, 8, NULL, 0);

        CU_ASSERT_EQUAL(view_give(&l.view, block), KETTE_OK);
        parent = block;
    }
    CU_ASSERT_TRUE(view_tip_is(&l.view, parent));
    check_status(&l, l.side, KETTE_STATUS_SIDE);
    check_status(&l, l.blocks[FORK + 1], KETTE_STATUS_ACTIVE);
    long_clear(&l);
}

TEST_SUITE(mark, {"settled marks are read", test_read}, {"settled marks are written", test_write},
           {"a branch from below the settled", test_reorganised})
