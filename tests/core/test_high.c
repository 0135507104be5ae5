/* Compact blocks that come unasked: from whom they are taken, and what is answered. */
#include "core/node/compact.h"
#include "core/node/high.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

/* Node 0 with peers 1 and 2, and a chain of two blocks: `high` peers of them have brought one. */
static KetteBlock *
open_net(Net *net, uint32_t high, bool ack)
{
    NetOptions options = {.relay = KETTE_RELAY_COMPACT, .high = 3, .ack = ack, .nodes = 3};
    KetteBlock *block;

    net_open(net, &options);
    net_connect(net, 0, 1);
    net_connect(net, 0, 2);
    net_settle(net);
    block = fixture_block(&net->f, fixture_genesis(&net->f), 1, NULL, 0);
    for (uint32_t peer = 1; peer <= high; peer++) {
        net_give(net, 0, peer, block);
        net_settle(net);
        CU_ASSERT_TRUE(kette_high_has(net->hosts[0].node, peer));
        block = fixture_block(&net->f, block, 10 + peer, NULL, 0);
    }
    CU_ASSERT_EQUAL(net->hosts[0].sent[KETTE_MSG_SEND_COMPACT], high);
    memset(net->hosts[0].sent, 0, sizeof net->hosts[0].sent);
    return block;
}

static void
give_compact(Net *net, uint32_t from, const KetteBlock *block)
{
    g_autoptr(KetteMessage) message =
        kette_compact_message(kette_store_hasher(net->f.builder), block, 7);

    kette_node_receive(net->hosts[0].node, from, message, net->now_ns);
}

static void
test_taken_from(void)
{
    for (uint32_t high = 0; high <= 1; high++) {
        Net net;
        KetteBlock *block = open_net(&net, high, false);

        give_compact(&net, 2, block);
        CU_ASSERT_FALSE(kette_hash_equal(&net_tip(&net, 0)->id, &block->id)); /* was not asked */
        CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
        give_compact(&net, 1, block);
        CU_ASSERT_EQUAL(kette_hash_equal(&net_tip(&net, 0)->id, &block->id), high == 1);
        net_clear(&net);
    }
}

/* Where links lose messages an unasked block is acknowledged, as an announcement is. */
static void
test_acknowledged(void)
{
    Net net;
    KetteBlock *block = open_net(&net, 1, true);

    give_compact(&net, 1, block);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_ACK], 1);
    CU_ASSERT_EQUAL(net.hosts[0].last_to[KETTE_MSG_ACK], 1);
    net_clear(&net);
}

/* Two send it, and it lacks a payment: the first is asked for that, and nobody for more. */
static void
test_begun(void)
{
    Net net;
    KetteBlock *block, *next;
    KetteTx *tx;

    block = open_net(&net, 2, false);
    tx = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 5, 0, 0);
    next = fixture_block(&net.f, block, 30, &tx, 1);
    net_give(&net, 0, 1, block);
    net_settle(&net);
    memset(net.hosts[0].sent, 0, sizeof net.hosts[0].sent);
    give_compact(&net, 1, next);
    give_compact(&net, 2, next);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_BLOCK_TXS], 1);
    CU_ASSERT_EQUAL(net.hosts[0].last_to[KETTE_MSG_GET_BLOCK_TXS], 1);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_DATA], 0);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 1);
    kette_tx_unref(tx);
    net_clear(&net);
}

/* A peer that is gone is not counted among those that were asked. */
static void
test_forgotten(void)
{
    Net net;

    open_net(&net, 1, false);
    kette_node_remove_peer(net.hosts[0].node, 1, net.now_ns);
    CU_ASSERT_FALSE(kette_high_has(net.hosts[0].node, 1));
    net_clear(&net);
}

TEST_SUITE(high, {"taken from", test_taken_from}, {"acknowledged", test_acknowledged},
           {"begun", test_begun}, {"forgotten", test_forgotten})
