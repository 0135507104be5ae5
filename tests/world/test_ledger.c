/* The observer's ledger on a tree made by hand. */
#include "sim/world/ledger.h"
#include "tests/harness/harness.h"

#define BLOCKS 6

/* g - 1 - 2 - 3, g - 1 - 4, and g - 5 with twice the work; three nodes. */
typedef struct {
    SimLedger ledger;
    KetteEntry entries[BLOCKS];
    KetteBlock block;
} Tree;

static void
tree_init(Tree *t)
{
    static const int parents[BLOCKS] = {-1, 0, 1, 2, 1, 0};
    bool is_new;

    memset(t, 0, sizeof *t);
    sim_ledger_init(&t->ledger, &(SimForget){.tip_moves = false});
    for (uint32_t i = 0; i < BLOCKS; i++) {
        KetteEntry *e = &t->entries[i];

        e->id.b[0] = (uint8_t)(i + 1);
        e->parent = parents[i] < 0 ? NULL : &t->entries[parents[i]];
        e->height = e->parent ? e->parent->height + 1 : 0;
        e->work = kette_u256_from_u64(e->height + (i == 5 ? 1 : 0));
        e->block = &t->block;
        CU_ASSERT_EQUAL(sim_ledger_intern(&t->ledger, &is_new, e, 0, 0), i);
        CU_ASSERT_TRUE(is_new);
    }
    for (int i = 0; i < 3; i++)
        sim_ledger_add_node(&t->ledger);
}

static const uint32_t nodes[3] = {0, 1, 2};

static void
test_intern_is_stable(void)
{
    Tree t;
    bool is_new;

    tree_init(&t);
    CU_ASSERT_EQUAL(sim_ledger_intern(&t.ledger, &is_new, &t.entries[3], 1, 9), 3);
    CU_ASSERT_FALSE(is_new);
    CU_ASSERT_EQUAL(sim_ledger_block(&t.ledger, 4)->parent, 1);
    sim_ledger_clear(&t.ledger);
}

static void
test_same_tip_and_ignore_last(void)
{
    Tree t;

    tree_init(&t);
    CU_ASSERT_TRUE(sim_ledger_same_tip(&t.ledger, nodes, 3, 0));
    sim_ledger_move_tip(&t.ledger, 1, 0, 3);
    sim_ledger_move_tip(&t.ledger, 1, 1, 4);
    sim_ledger_move_tip(&t.ledger, 1, 2, 1);
    /* Block 1 is common; 3 has two above it. */
    CU_ASSERT_FALSE(sim_ledger_same_tip(&t.ledger, nodes, 3, 1));
    CU_ASSERT_TRUE(sim_ledger_same_tip(&t.ledger, nodes, 3, 2));
    CU_ASSERT_TRUE(sim_ledger_same_tip(&t.ledger, nodes + 1, 2, 1));
    sim_ledger_clear(&t.ledger);
}

static void
test_best_tip(void)
{
    Tree t;

    tree_init(&t);
    sim_ledger_move_tip(&t.ledger, 1, 0, 4);
    sim_ledger_move_tip(&t.ledger, 1, 1, 5);
    /* Both have work 2; 4 has the lower hash. */
    CU_ASSERT_EQUAL(sim_ledger_best_tip(&t.ledger, nodes, 3), 4);
    sim_ledger_move_tip(&t.ledger, 2, 2, 3);
    CU_ASSERT_EQUAL(sim_ledger_best_tip(&t.ledger, nodes, 3), 3);
    CU_ASSERT_EQUAL(sim_ledger_best_tip(&t.ledger, nodes, 0), SIM_BLOCK_NONE);
    sim_ledger_clear(&t.ledger);
}

static void
test_time_to_agree(void)
{
    Tree t;

    tree_init(&t);
    CU_ASSERT_EQUAL(sim_ledger_time_to_agree(&t.ledger, nodes, 3, 5), 0);
    for (uint32_t i = 0; i < 3; i++)
        sim_ledger_move_tip(&t.ledger, 10 + i, i, 1);
    sim_ledger_move_tip(&t.ledger, 20, 0, 2);
    CU_ASSERT_EQUAL(sim_ledger_time_to_agree(&t.ledger, nodes, 3, 9), 0);
    CU_ASSERT_EQUAL(sim_ledger_time_to_agree(&t.ledger, nodes, 3, 10), 2);
    CU_ASSERT_EQUAL(sim_ledger_time_to_agree(&t.ledger, nodes, 3, 19), 0);
    CU_ASSERT_EQUAL(sim_ledger_time_to_agree(&t.ledger, nodes, 3, 20), -1);
    CU_ASSERT_EQUAL(sim_ledger_time_to_agree(&t.ledger, nodes + 1, 2, 20), 0);
    sim_ledger_clear(&t.ledger);
}

/* Agreement within an instant that does not outlast it is none. */
static void
test_agreement_is_judged_at_the_end_of_an_instant(void)
{
    Tree t;

    tree_init(&t);
    sim_ledger_move_tip(&t.ledger, 10, 0, 1);
    sim_ledger_move_tip(&t.ledger, 20, 1, 1);
    sim_ledger_move_tip(&t.ledger, 20, 2, 1);
    sim_ledger_move_tip(&t.ledger, 20, 2, 2);
    sim_ledger_move_tip(&t.ledger, 30, 0, 2);
    sim_ledger_move_tip(&t.ledger, 40, 1, 2);
    CU_ASSERT_EQUAL(sim_ledger_time_to_agree(&t.ledger, nodes, 3, 10), 30);
    sim_ledger_clear(&t.ledger);
}

static void
test_propagation(void)
{
    Tree t;

    tree_init(&t);
    sim_ledger_set_body(&t.ledger, 0, 1, 0);
    CU_ASSERT_EQUAL(sim_ledger_propagation(&t.ledger, 1, 1000), -1);
    sim_ledger_set_body(&t.ledger, 70, 1, 2);
    sim_ledger_set_body(&t.ledger, 30, 1, 1);
    sim_ledger_set_body(&t.ledger, 99, 1, 1); /* the first counts */
    CU_ASSERT_EQUAL(sim_ledger_propagation(&t.ledger, 1, 500), 30);
    CU_ASSERT_EQUAL(sim_ledger_propagation(&t.ledger, 1, 1000), 70);
    CU_ASSERT_EQUAL(sim_ledger_arrived(&t.ledger, 3, 2).body_ns, -1);
    sim_ledger_clear(&t.ledger);
}

/* A body that waits for its parent has come, and its block is kept until it has joined everywhere.
 */
static void
test_came_and_joined(void)
{
    KetteEntry next = {.height = 4, .id.b = {99}};
    bool is_new;
    Tree t;

    tree_init(&t);
    t.ledger.forget = (SimForget){.arrivals = true, .shares = {500}, .share_count = 1};
    sim_ledger_set_joined(&t.ledger, 0, 1, 0);
    sim_ledger_set_joined(&t.ledger, 10, 1, 1);
    sim_ledger_set_body(&t.ledger, 20, 1, 2);
    next.block = &t.block;
    next.parent = &t.entries[3];
    sim_ledger_intern(&t.ledger, &is_new, &next, 0, 0);
    CU_ASSERT_EQUAL(sim_ledger_propagation(&t.ledger, 1, 1000), 20);
    CU_ASSERT_EQUAL(sim_ledger_arrived(&t.ledger, 1, 2).joined_ns, -1);
    sim_ledger_set_joined(&t.ledger, 30, 1, 2);
    sim_ledger_set_joined(&t.ledger, 40, 1, 2);
    CU_ASSERT_EQUAL(sim_ledger_arrived(&t.ledger, 1, 2).header_ns, 20);
    CU_ASSERT_EQUAL(sim_ledger_arrived(&t.ledger, 1, 2).body_ns, 20);
    CU_ASSERT_EQUAL(sim_ledger_arrived(&t.ledger, 1, 2).joined_ns, 30);
    CU_ASSERT_EQUAL(sim_ledger_block(&t.ledger, 1)->joined, 3);
    sim_ledger_clear(&t.ledger);
}

/* A block that all have is let go when the next comes; its shares stay, and so does one that a node
 * lacks. */
static void
test_forget(void)
{
    KetteEntry next = {.height = 4, .id.b = {99}};
    bool is_new;
    Tree t;

    tree_init(&t);
    t.ledger.forget =
        (SimForget){.arrivals = true, .tip_moves = true, .shares = {500, 900}, .share_count = 2};
    for (uint32_t node = 0; node < 3; node++) {
        sim_ledger_set_joined(&t.ledger, 10 * node, 1, node);
        sim_ledger_move_tip(&t.ledger, 10 * node, node, 1);
    }
    sim_ledger_set_body(&t.ledger, 5, 4, 0);
    CU_ASSERT_EQUAL(sim_ledger_arrived(&t.ledger, 1, 2).body_ns, 20);
    next.block = &t.block;
    next.parent = &t.entries[3];
    sim_ledger_intern(&t.ledger, &is_new, &next, 0, 0);
    CU_ASSERT_PTR_NULL(sim_ledger_block(&t.ledger, 1)->arrivals);
    CU_ASSERT_EQUAL(sim_ledger_propagation(&t.ledger, 1, 500), 10);
    CU_ASSERT_EQUAL(sim_ledger_propagation_among(&t.ledger, 1, 900, nodes, 3), 20);
    CU_ASSERT_EQUAL(sim_ledger_arrived(&t.ledger, 4, 0).body_ns, 5);
    sim_ledger_set_header(&t.ledger, 50, 1, 0);
    sim_ledger_set_body(&t.ledger, 50, 1, 0);
    CU_ASSERT_EQUAL(sim_ledger_propagation(&t.ledger, 1, 500), 10);
    CU_ASSERT_EQUAL(t.ledger.tip_moves->len, 0);
    CU_ASSERT_EQUAL(sim_ledger_tip(&t.ledger, 2), 1);
    sim_ledger_clear(&t.ledger);
}

TEST_SUITE(ledger, {"interning is stable", test_intern_is_stable},
           {"same tip, last blocks ignored", test_same_tip_and_ignore_last},
           {"best tip", test_best_tip}, {"time to agree", test_time_to_agree},
           {"agreement is judged at the end of an instant",
            test_agreement_is_judged_at_the_end_of_an_instant},
           {"propagation", test_propagation}, {"came and joined", test_came_and_joined},
           {"what is not asked is let go", test_forget})
