/* Payments in batches: when, how many, and to whom. */
#include "core/base/limits.h"
#include "core/node/trickle.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

#define MS INT64_C(1000000)

static void
open_net(Net *net, KetteRelay relay, bool ack)
{
    NetOptions options = {.relay = relay, .ack = ack, .trickle = true, .nodes = 3};

    net_open(net, &options);
    net_connect(net, 0, 1);
    net_connect(net, 2, 0);
    net_settle(net);
}

/* Gives node 0 `count` payments from the nonce `first` on. */
static void
pay(Net *net, uint64_t first, uint64_t count)
{
    for (uint64_t i = first; i < first + count; i++) {
        g_autoptr(KetteTx) tx = fixture_pay(&net->f, net->f.alice, &net->f.bob_address, 1, 0, i);

        CU_ASSERT_EQUAL(
            kette_node_validate_and_add_transaction(net->hosts[0].node, tx, net->now_ns), KETTE_OK);
    }
}

static size_t
pending(const Net *net, uint32_t node)
{
    return kette_mempool_count(kette_node_mempool(net->hosts[node].node));
}

/* Nothing goes at once; then all in one message for each peer, asked for in one. */
static void
test_batches(void)
{
    Net net;

    open_net(&net, KETTE_RELAY_INVENTORY, false);
    kette_node_timer(net.hosts[0].node, KETTE_TIMER_TRICKLE, net.now_ns); /* nothing to tell */
    pay(&net, 0, 20);
    net_settle(&net);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 0);
    net_pass(&net, 60 * 1000 * MS);
    CU_ASSERT_EQUAL(pending(&net, 1), 20);
    CU_ASSERT_EQUAL(pending(&net, 2), 20);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 2);
    CU_ASSERT_EQUAL(net.hosts[1].sent[KETTE_MSG_GET_DATA], 1);
    CU_ASSERT_EQUAL(net.hosts[1].sent[KETTE_MSG_INVENTORY], 0);   /* 0 is known to have them */
    CU_ASSERT_EQUAL(net.hosts[0].timers[KETTE_TIMER_TRICKLE], 0); /* nothing to tell: no timer */
    net_clear(&net);
}

/* A batch has a limit: 200 payments are three batches to each peer. */
static void
test_limit(void)
{
    Net net;

    open_net(&net, KETTE_RELAY_INVENTORY, false);
    pay(&net, 0, 2 * KETTE_TRICKLE_TARGET + 60);
    net_pass(&net, 200 * 1000 * MS);
    CU_ASSERT_EQUAL(pending(&net, 2), 2 * KETTE_TRICKLE_TARGET + 60);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 6);
    net_clear(&net);
}

/* What is confirmed meanwhile is not told; what comes to a peer that is ready later is. */
static void
test_left_out(void)
{
    Net net;

    open_net(&net, KETTE_RELAY_INVENTORY, false);
    pay(&net, 0, 3);
    net_mine(&net, 0, 1);
    net_settle(&net);
    net_pass(&net, 60 * 1000 * MS);
    CU_ASSERT_EQUAL(pending(&net, 0), 0);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 2); /* of the block */
    pay(&net, 3, 1);
    net_pass(&net, 60 * 1000 * MS);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 4);
    CU_ASSERT_EQUAL(pending(&net, 2), 1);
    net_clear(&net);
}

/* Where announcements are acknowledged each payment is one, and with flood it goes whole. */
static void
test_one_by_one(void)
{
    Net net;

    open_net(&net, KETTE_RELAY_INVENTORY, true);
    pay(&net, 0, 5);
    net_pass(&net, 60 * 1000 * MS);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 10);
    CU_ASSERT_EQUAL(pending(&net, 1), 5);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    net_clear(&net);

    open_net(&net, KETTE_RELAY_FLOOD, false);
    pay(&net, 0, 5);
    net_settle(&net);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_TRANSACTION], 0);
    net_pass(&net, 60 * 1000 * MS);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_TRANSACTION], 10);
    CU_ASSERT_EQUAL(pending(&net, 2), 5);
    net_clear(&net);
}

/* The time to the first batch is exponential: 2 s on average to the peer that 0 connected to, 5 s
 * to the one that connected to it. Steps of 50 ms; 400 times each. */
static void
test_times(void)
{
    enum { TIMES = 400 };
    double out = 0, in = 0;
    Net net;

    open_net(&net, KETTE_RELAY_INVENTORY, false);
    for (uint64_t i = 0; i < TIMES; i++) {
        pay(&net, i, 1);
        for (int step = 0; pending(&net, 1) <= i || pending(&net, 2) <= i; step++) {
            out += pending(&net, 1) <= i ? 0.05 : 0;
            in += pending(&net, 2) <= i ? 0.05 : 0;
            net_pass(&net, 50 * MS);
        }
    }
    /* The standard error is mean / 20; half a step is added on average. */
    CU_ASSERT_DOUBLE_EQUAL(out / TIMES, 2.025, 4 * 2.0 / 20);
    CU_ASSERT_DOUBLE_EQUAL(in / TIMES, 5.025, 4 * 5.0 / 20);
    net_clear(&net);
}

/* All peers that opened the connection are told at one time, so that who opens several learns no
 * more than from one. */
static void
test_inbound_together(void)
{
    NetOptions options = {.relay = KETTE_RELAY_INVENTORY, .trickle = true, .nodes = 8};
    Net net;

    net_open(&net, &options);
    for (uint32_t i = 1; i < net.nodes; i++)
        net_connect(&net, i, 0);
    net_settle(&net);
    for (uint64_t i = 0; i < 5; i++) {
        unsigned before = net.hosts[0].sent[KETTE_MSG_INVENTORY];

        pay(&net, i, 1);
        while (net.hosts[0].sent[KETTE_MSG_INVENTORY] == before)
            net_pass(&net, MS);
        CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], before + net.nodes - 1);
    }
    net_clear(&net);
}

static void
disconnect(Net *net, uint32_t a, uint32_t b)
{
    kette_node_remove_peer(net->hosts[a].node, b, net->now_ns);
    kette_node_remove_peer(net->hosts[b].node, a, net->now_ns);
}

/* The time that inbound peers wait begins anew after all of them have left: who comes later is not
 * told at once. */
static void
test_inbound_anew(void)
{
    Net net;

    open_net(&net, KETTE_RELAY_INVENTORY, false);
    for (uint64_t i = 0; i < 20; i++) {
        pay(&net, 2 * i, 1);
        disconnect(&net, 0, 2);
        net_pass(&net, 200 * 1000 * MS);
        net_connect(&net, 2, 0);
        net_settle(&net);
        net.hosts[0].sent[KETTE_MSG_INVENTORY] = 0;
        pay(&net, 2 * i + 1, 1);
        net_pass(&net, MS);
        CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 0);
        net_pass(&net, 200 * 1000 * MS);
        CU_ASSERT_EQUAL(pending(&net, 2), 2 * i + 2);
    }
    net_clear(&net);
}

/* With many payments waiting a batch is larger, by five for each 1000. */
static void
test_many_waiting(void)
{
    uint32_t batch = KETTE_TRICKLE_TARGET + 5;
    Net net;

    open_net(&net, KETTE_RELAY_INVENTORY, false);
    pay(&net, 0, 1000);
    while (net.hosts[0].sent[KETTE_MSG_INVENTORY] == 0)
        net_pass(&net, MS);
    CU_ASSERT_EQUAL(MAX(pending(&net, 1), pending(&net, 2)), batch);
    net_clear(&net);
}

/* The log of what is to be told is cut as it is told, and what comes later is told from the right
 * place. A node that nobody listens to keeps a short one. */
static void
test_log(void)
{
    enum { ROUNDS = 5, COUNT = 1000 };

    for (uint32_t nodes = 1; nodes <= 2; nodes++) {
        NetOptions options = {.relay = KETTE_RELAY_INVENTORY, .trickle = true, .nodes = nodes};
        Net net;

        net_open(&net, &options);
        if (nodes == 2)
            net_connect(&net, 0, 1);
        for (uint64_t i = 0; i < ROUNDS; i++) {
            net_settle(&net);
            pay(&net, i * COUNT, COUNT);
            net_pass(&net, 300 * 1000 * MS);
            CU_ASSERT_EQUAL(pending(&net, nodes - 1), COUNT);
            net_mine(&net, 0, 1);
        }
        CU_ASSERT_EQUAL(net_sent(&net, KETTE_MSG_GET_PAYMENTS), 0); /* none was left out */
        CU_ASSERT(kette_trickle_memory(net.hosts[0].node) < 2 * COUNT * 2 * sizeof(KetteHash));
        net_clear(&net);
    }
}

TEST_SUITE(trickle, {"batches", test_batches}, {"limit", test_limit}, {"left-out", test_left_out},
           {"one-by-one", test_one_by_one}, {"times", test_times},
           {"inbound-together", test_inbound_together}, {"inbound-anew", test_inbound_anew},
           {"many-waiting", test_many_waiting}, {"log", test_log})
