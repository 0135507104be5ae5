/* What is held against a peer, and what is not. */
#include "core/base/limits.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[0] ^= 1;
}

/* Five invalid blocks of 20 points each; then nothing is read until the ban is over. */
static void
test_invalid_blocks_ban(void)
{
    Net net;
    unsigned sent;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    for (unsigned i = 0; i < 5; i++) {
        CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
        net_give(&net, 0, 1,
                 fixture_bad_block(&net.f, fixture_genesis(&net.f), 10 + i, spoil_root));
    }
    CU_ASSERT_TRUE(kette_node_is_banned(net.hosts[0].node, 1));
    CU_ASSERT_EQUAL(net.hosts[0].banned, 1);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 0);
    net_settle(&net);
    sent = net.hosts[0].sent[KETTE_MSG_NEW_BLOCK];
    net_mine(&net, 0, 1);
    net_mine(&net, 1, 3);
    net_settle(&net);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_BLOCK], sent); /* not to whom is banned */
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 1);
    net_pass(&net, 24 * 3600 * SECOND + 60 * SECOND);
    CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
    net_clear(&net);
}

/* The side that was banned did not open the connection, and the other still takes it for ready. */
static void
test_inbound_comes_back_after_a_ban(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 1, 0);
    net_settle(&net);
    for (unsigned i = 0; i < 5; i++)
        net_give(&net, 0, 1,
                 fixture_bad_block(&net.f, fixture_genesis(&net.f), 10 + i, spoil_root));
    CU_ASSERT_TRUE(kette_node_is_banned(net.hosts[0].node, 1));
    net_settle(&net);
    net_mine(&net, 0, 3);
    net_settle(&net);
    net_pass(&net, 24 * 3600 * SECOND + 120 * SECOND);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 1);
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
    net_clear(&net);
}

static void
test_points_decay(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    for (unsigned i = 0; i < 12; i++) {
        net_give(&net, 0, 1,
                 fixture_bad_block(&net.f, fixture_genesis(&net.f), 10 + i, spoil_root));
        net_settle(&net);
        net_pass(&net, 15 * 60 * SECOND);
    }
    CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
    net_clear(&net);
}

/* A point a minute from the last offence on, and none twice: 80, 30 after 50 minutes, and then 20
 * more with each bad block. */
static void
test_points_decay_once(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    for (unsigned i = 0; i < 8; i++) {
        CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
        net_give(&net, 0, 1,
                 fixture_bad_block(&net.f, fixture_genesis(&net.f), 10 + i, spoil_root));
        net_settle(&net);
        if (i == 3)
            net_pass(&net, 50 * 60 * SECOND);
    }
    CU_ASSERT_TRUE(kette_node_is_banned(net.hosts[0].node, 1));
    net_clear(&net);
}

/* Late, early, missing, stale, conflicting: none of it is held against an honest peer. */
static void
test_honest_faults_cost_nothing(void)
{
    Net net;
    KetteTx *a, *b;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_connect(&net, 1, 2);
    net_settle(&net);
    a = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 1, 0, 0);
    b = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 2, 0, 0);
    for (unsigned round = 0; round < 30; round++) {
        net_cut(&net, 0, 1, true);
        CU_ASSERT_TRUE(kette_verdict_class(kette_node_validate_and_add_transaction(
                           net.hosts[0].node, a, net.now_ns)) != KETTE_CLASS_INVALID);
        CU_ASSERT_TRUE(kette_verdict_class(kette_node_validate_and_add_transaction(
                           net.hosts[1].node, b, net.now_ns)) != KETTE_CLASS_INVALID);
        net_mine(&net, 0, 1 + round % 3);
        net_mine(&net, 1, 1 + (round + 1) % 3);
        net_settle(&net);
        net_pass(&net, 30 * SECOND);
        net_cut(&net, 0, 1, false);
        net_pass(&net, 30 * SECOND);
    }
    for (uint32_t i = 0; i < NODES; i++)
        CU_ASSERT_EQUAL(net.hosts[i].banned, 0);
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 2));
    kette_tx_unref(a);
    kette_tx_unref(b);
    net_clear(&net);
}

/* --- bodies that nobody asked for ----------------------------------------------------------- */

static KetteBlockStatus
status_at(const Net *net, int node, const KetteBlock *block)
{
    return kette_chain_status(kette_node_chain(net->hosts[node].node), &block->id);
}

/* Node 0 at `height`, and peer 1, which is nobody: the test speaks for it. */
static void
net_init_tall(Net *net, unsigned height)
{
    const KetteBlock *parent;

    net_init(net, true);
    net_connect(net, 0, 1);
    net_settle(net);
    net_cut(net, 0, 1, true);
    parent = fixture_genesis(&net->f);
    for (unsigned i = 0; i < height; i++) {
        KetteBlock *block = fixture_block(&net->f, parent, 200, NULL, 0);

        CU_ASSERT_EQUAL(kette_node_submit_block(net->hosts[0].node, block, net->now_ns), KETTE_OK);
        net_settle(net);
        parent = block;
    }
}

static KetteBlock *
block_at(const Net *net, unsigned height)
{
    return height == 0 ? kette_store_genesis(net->hosts[0].store)->block
                       : g_ptr_array_index(net->f.blocks, height - 1);
}

/* A side block is kept within the window below the tip and dropped below it, whole or asked for by
 * id; bad ones cost their sender nothing there, as nobody looks at them. */
static void
test_far_below_is_dropped(void)
{
    Net net;
    KetteBlock *kept, *dropped, *fetched;
    g_autoptr(KetteMessage) announced = NULL;
    const unsigned height = KETTE_UNASKED_DEPTH + 10;
    unsigned outstanding;

    net_init_tall(&net, height);
    kept = fixture_block(&net.f, block_at(&net, 9), 1, NULL, 0);
    dropped = fixture_block(&net.f, block_at(&net, 8), 2, NULL, 0);
    fetched = fixture_block(&net.f, block_at(&net, 8), 3, NULL, 0);
    net_give(&net, 0, 1, kept);
    CU_ASSERT_EQUAL(status_at(&net, 0, kept), KETTE_STATUS_SIDE);
    net_give(&net, 0, 1, dropped);
    CU_ASSERT_EQUAL(status_at(&net, 0, dropped), KETTE_STATUS_UNKNOWN);
    CU_ASSERT_PTR_NULL(kette_chain_find(kette_node_chain(net.hosts[0].node), &dropped->id));
    outstanding = kette_node_outstanding(net.hosts[0].node);
    announced = kette_message_inventory(KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK, &fetched->id, 1);
    kette_node_receive(net.hosts[0].node, 1, announced, net.now_ns);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_DATA], 1);
    net_give(&net, 0, 1, fetched);
    CU_ASSERT_EQUAL(status_at(&net, 0, fetched), KETTE_STATUS_UNKNOWN);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), outstanding);
    for (unsigned i = 0; i < 6; i++)
        net_give(&net, 0, 1, fixture_bad_block(&net.f, block_at(&net, 3), 10 + i, spoil_root));
    CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
    CU_ASSERT_EQUAL(net.hosts[0].refused, 0);
    net_settle(&net);
    net_clear(&net);
}

/* What our own questions led to is taken however deep it begins. */
static void
test_far_below_but_asked_for(void)
{
    Net net;
    const KetteBlock *parent;
    KetteHeader headers[KETTE_UNASKED_DEPTH + 12];
    g_autoptr(KetteMessage) answer = NULL;
    KetteBlock *first = NULL;

    net_init_tall(&net, KETTE_UNASKED_DEPTH + 10);
    parent = fixture_genesis(&net.f);
    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        KetteBlock *block = fixture_block(&net.f, parent, 1, NULL, 0);

        first = first ? first : block;
        headers[i] = block->header;
        parent = block;
    }
    net_answer_headers(&net, headers, G_N_ELEMENTS(headers));
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST] > 0);
    net_give(&net, 0, 1, first); /* asked for by range, sent whole */
    CU_ASSERT_EQUAL(status_at(&net, 0, first), KETTE_STATUS_SIDE);
    net_settle(&net);
    net_clear(&net);
}

/* A ban that is lifted takes the score along: one more fault is one fault. */
static void
test_lifting_resets_the_score(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    for (unsigned i = 0; i < 5; i++)
        net_give(&net, 0, 1,
                 fixture_bad_block(&net.f, fixture_genesis(&net.f), 10 + i, spoil_root));
    CU_ASSERT_TRUE(kette_node_is_banned(net.hosts[0].node, 1));
    kette_node_lift_ban(net.hosts[0].node, 1);
    net_settle(&net);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 1);
    for (unsigned i = 0; i < 4; i++)
        net_give(&net, 0, 1,
                 fixture_bad_block(&net.f, fixture_genesis(&net.f), 20 + i, spoil_root));
    CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
    net_settle(&net);
    net_clear(&net);
}

static void
give_bad_blocks(Net *net, uint32_t from, unsigned count, uint32_t first)
{
    for (unsigned i = 0; i < count; i++)
        net_give(net, 0, from,
                 fixture_bad_block(&net->f, fixture_genesis(&net->f), first + i, spoil_root));
}

/* Each peer is judged for itself, and one that is gone takes along what was held against it: the
 * next of that number begins with nothing. */
static void
test_each_its_own_score(void)
{
    Net net;
    KetteNode *node;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_connect(&net, 0, 2);
    net_settle(&net);
    node = net.hosts[0].node;
    give_bad_blocks(&net, 1, 4, 10);
    give_bad_blocks(&net, 2, 4, 20);
    CU_ASSERT_FALSE(kette_node_is_banned(node, 1) || kette_node_is_banned(node, 2));
    kette_node_remove_peer(node, 1, net.now_ns);
    kette_node_add_peer(node, 1, true, net.now_ns);
    net_settle(&net);
    CU_ASSERT_EQUAL(kette_node_ready_peers(node), 2);
    give_bad_blocks(&net, 1, 4, 30);
    CU_ASSERT_FALSE(kette_node_is_banned(node, 1) || kette_node_is_banned(node, 2));
    give_bad_blocks(&net, 2, 1, 40);
    CU_ASSERT_TRUE(!kette_node_is_banned(node, 1) && kette_node_is_banned(node, 2));
    net_settle(&net);
    net_clear(&net);
}

TEST_SUITE(conduct, {"invalid blocks ban, for a time", test_invalid_blocks_ban},
           {"an inbound peer comes back after a ban", test_inbound_comes_back_after_a_ban},
           {"points decay", test_points_decay}, {"points decay once", test_points_decay_once},
           {"honest faults cost nothing", test_honest_faults_cost_nothing},
           {"a body far below the tip is dropped", test_far_below_is_dropped},
           {"far below, but asked for", test_far_below_but_asked_for},
           {"lifting a ban resets the score", test_lifting_resets_the_score},
           {"each peer has a score of its own", test_each_its_own_score})
