/* Blocks that are passed on ahead of their check: to whom, which, and until when. */
#include "core/base/limits.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

static void
open_net(Net *net, bool ahead)
{
    NetOptions options = {.relay = KETTE_RELAY_INVENTORY, .ahead = ahead, .nodes = 3};

    net_open(net, &options);
    net_connect(net, 0, 1);
    net_connect(net, 0, 2);
    net_settle(net);
    net->hosts[0].sent[KETTE_MSG_INVENTORY] = 0;
}

/* Node 1 has brought the block to node 0, whose host checks it. */
static void
pass_on(Net *net, KetteBlock *block)
{
    kette_node_pass_on(net->hosts[0].node, 1, block, net->now_ns);
}

/* Asks node 0 for a block; returns whether it came. */
static bool
serves(Net *net, const KetteBlock *block)
{
    unsigned before = net->hosts[0].sent[KETTE_MSG_NEW_BLOCK];
    g_autoptr(KetteMessage) question =
        kette_message_inventory(KETTE_MSG_GET_DATA, KETTE_MSG_NEW_BLOCK, &block->id, 1);

    kette_node_receive(net->hosts[0].node, 2, question, net->now_ns);
    return net->hosts[0].sent[KETTE_MSG_NEW_BLOCK] > before;
}

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[0] ^= 1;
}

static void
spoil_height(KetteBlockSpec *spec)
{
    spec->height++;
}

/* It goes to who did not bring it, once, and is the answer to a question until it is checked. */
static void
test_good(void)
{
    KetteBlock *block;
    Net net;

    open_net(&net, true);
    block = fixture_block(&net.f, fixture_genesis(&net.f), 1, NULL, 0);
    pass_on(&net, block);
    pass_on(&net, block);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 1);
    CU_ASSERT_EQUAL(net.hosts[0].last_to[KETTE_MSG_INVENTORY], 2);
    net_settle(&net);
    CU_ASSERT_TRUE(kette_hash_equal(&net_tip(&net, 2)->id, &block->id));
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 0);
    net_give(&net, 0, 1, block);
    net_settle(&net);
    CU_ASSERT_TRUE(kette_hash_equal(&net_tip(&net, 0)->id, &block->id));
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 1);
    CU_ASSERT_TRUE(serves(&net, block));
    net_clear(&net);
}

/* One that the check refuses is not served any more. */
static void
check_bad(void (*spoil)(KetteBlockSpec *spec))
{
    KetteBlock *block;
    Net net;

    open_net(&net, true);
    block = fixture_bad_block(&net.f, fixture_genesis(&net.f), 1, spoil);
    pass_on(&net, block);
    CU_ASSERT_TRUE(serves(&net, block));
    for (int i = 0; i < 10; i++) /* however often: nobody is blamed */
        net_give(&net, 0, 1, block);
    net_settle(&net);
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 0);
    CU_ASSERT_FALSE(serves(&net, block));
    CU_ASSERT_EQUAL(net.hosts[0].banned, 0);
    CU_ASSERT_TRUE(kette_node_peer_is_ready(net.hosts[0].node, 1));
    net_clear(&net);
}

static void
test_bad(void)
{
    check_bad(spoil_root);   /* found as it is executed */
    check_bad(spoil_height); /* found before */
}

/* Only what stands right above the tip is passed on, and nothing where it is not asked for. */
static void
test_not_passed_on(void)
{
    KetteBlock *first, *second;
    Net net;

    for (int ahead = 0; ahead < 2; ahead++) {
        open_net(&net, ahead);
        first = fixture_block(&net.f, fixture_genesis(&net.f), 1, NULL, 0);
        second = fixture_block(&net.f, first, 2, NULL, 0);
        pass_on(&net, second);
        if (!ahead)
            pass_on(&net, first);
        CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 0);
        net_give(&net, 0, 1, first);
        net_settle(&net);
        net.hosts[0].sent[KETTE_MSG_INVENTORY] = 0;
        pass_on(&net, second);
        CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], ahead);
        kette_node_pass_on(net.hosts[0].node, 100000000, second, net.now_ns); /* no such peer */
        net_clear(&net);
    }
}

/* Few are kept: one more, and the oldest is not served. */
static void
test_bound(void)
{
    KetteBlock *blocks[KETTE_AHEAD_MAX + 1];
    Net net;

    open_net(&net, true);
    for (unsigned i = 0; i <= KETTE_AHEAD_MAX; i++) {
        blocks[i] = fixture_block(&net.f, fixture_genesis(&net.f), 1 + i, NULL, 0);
        pass_on(&net, blocks[i]);
    }
    CU_ASSERT_FALSE(serves(&net, blocks[0]));
    CU_ASSERT_TRUE(serves(&net, blocks[1]));
    CU_ASSERT_TRUE(serves(&net, blocks[KETTE_AHEAD_MAX]));
    net_clear(&net);
}

TEST_SUITE(ahead, {"good", test_good}, {"bad", test_bad}, {"not passed on", test_not_passed_on},
           {"bound", test_bound})
