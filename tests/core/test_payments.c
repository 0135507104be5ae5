/* Payments that are missing: gaps are asked for, far ones fetched in turn, and a peer that was not
 * reached for long is told what it lacks. */
#include "core/base/limits.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

#define FAR 150 /* more than a source's share of the early ones, and than two questions bring */

static KetteTx *txs[FAR];

static void
make_payments(Net *net)
{
    for (unsigned i = 0; i < FAR; i++)
        txs[i] = fixture_pay(&net->f, net->f.alice, &net->f.bob_address, 10, 1, i);
}

static void
free_payments(void)
{
    for (unsigned i = 0; i < FAR; i++)
        kette_tx_unref(txs[i]);
}

static void
give(Net *net, uint32_t from, KetteTx *tx)
{
    g_autoptr(KetteMessage) message = kette_message_transaction(tx);

    kette_node_receive(net->hosts[0].node, from, message, net->now_ns);
    net_settle(net);
}

static size_t
waiting_at(const Net *net, int node)
{
    return kette_mempool_count(kette_node_mempool(net->hosts[node].node));
}

/* Node 1 has all of them, node 0 lacks the first and was sent the others out of order: it asks
 * when the time of a question has passed, and goes on asking until all are there. */
static void
test_gap_is_filled(void)
{
    Net net;

    net_init(&net, false);
    net_connect(&net, 0, 1);
    net_settle(&net);
    make_payments(&net);
    net_cut(&net, 0, 1, true);
    for (unsigned i = 0; i < FAR; i++) {
        KetteVerdict verdict =
            kette_node_validate_and_add_transaction(net.hosts[1].node, txs[i], net.now_ns);

        CU_ASSERT_EQUAL(verdict, KETTE_OK);
        net_settle(&net);
    }
    net_cut(&net, 0, 1, false);
    for (unsigned i = 1; i < FAR; i++)
        give(&net, 1, txs[i]);
    CU_ASSERT_EQUAL(waiting_at(&net, 0), 0);
    net_pass(&net, 5 * SECOND - 1);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_PAYMENTS], 0);
    net_pass(&net, 1);
    CU_ASSERT_EQUAL(waiting_at(&net, 0), FAR);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_PAYMENTS],
                    (FAR + KETTE_PAYMENTS_MAX - 1) / KETTE_PAYMENTS_MAX);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    free_payments();
    net_clear(&net);
}

/* The one before it was late alone: nobody is asked. */
static void
test_late_one_is_not_asked_for(void)
{
    Net net;

    net_init(&net, false);
    net_connect(&net, 0, 1);
    net_settle(&net);
    make_payments(&net);
    give(&net, 1, txs[1]);
    net_pass(&net, 1 * SECOND);
    give(&net, 1, txs[0]);
    net_pass(&net, 60 * SECOND);
    CU_ASSERT_EQUAL(waiting_at(&net, 0), 2);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_PAYMENTS], 0);
    free_payments();
    net_clear(&net);
}

/* A gap that nobody can fill is given up. */
static void
test_gap_for_nothing(void)
{
    Net net;

    net_init(&net, false);
    net_connect(&net, 0, 1);
    net_settle(&net);
    make_payments(&net);
    give(&net, 1, txs[5]);
    net_pass(&net, 900 * SECOND);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_PAYMENTS], KETTE_REQUEST_TRIES);
    net_settle(&net);
    free_payments();
    net_clear(&net);
}

/* Announced in vain for as long as it is repeated: told again once the peer is heard. A new peer is
 * told what waits. */
static void
test_behind(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    make_payments(&net);
    net_cut(&net, 0, 1, true);
    CU_ASSERT_EQUAL(kette_node_validate_and_add_transaction(net.hosts[0].node, txs[0], net.now_ns),
                    KETTE_OK);
    net_pass(&net, 300 * SECOND);
    net_cut(&net, 0, 1, false);
    net_pass(&net, 30 * SECOND);
    CU_ASSERT_EQUAL(waiting_at(&net, 1), 1);
    net_connect(&net, 0, 2);
    net_pass(&net, 30 * SECOND);
    CU_ASSERT_EQUAL(waiting_at(&net, 2), 1);
    free_payments();
    net_clear(&net);
}

TEST_SUITE(payments, {"a gap is filled", test_gap_is_filled},
           {"a late one is not asked for", test_late_one_is_not_asked_for},
           {"a gap for nothing", test_gap_for_nothing}, {"behind", test_behind})
