/* Transactions that come before the one that they follow: they wait, within bounds, and take their
 * turn when it has come. */
#include "core/base/limits.h"
#include "core/node/early.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

static KetteTx *
pay(Fixture *f, uint64_t nonce)
{
    return fixture_pay(f, f->alice, &f->bob_address, 10, 1, nonce);
}

/* From node 2 to node 0, past the queue. */
static void
give_tx(Net *net, KetteTx *tx)
{
    KetteMessage *message = kette_message_transaction(tx);

    kette_node_receive(net->hosts[0].node, 2, message, net->now_ns);
    kette_message_unref(message);
    net_settle(net);
}

static size_t
waiting_at(const Net *net, int node)
{
    return kette_mempool_count(kette_node_mempool(net->hosts[node].node));
}

/* In the order 2, 1, 0; node 1 hears of all three from node 0, in the right order. */
static void
test_turn(void)
{
    Net net;
    KetteTx *txs[3];

    net_init_relay(&net, false, KETTE_RELAY_INVENTORY);
    net_connect(&net, 0, 1);
    net_connect(&net, 2, 0);
    net_settle(&net);
    for (unsigned i = 0; i < 3; i++)
        txs[i] = pay(&net.f, i);
    give_tx(&net, txs[2]);
    give_tx(&net, txs[1]);
    give_tx(&net, txs[1]);
    CU_ASSERT_EQUAL(waiting_at(&net, 0), 0);
    give_tx(&net, txs[0]);
    CU_ASSERT_EQUAL(waiting_at(&net, 0), 3);
    CU_ASSERT_EQUAL(waiting_at(&net, 1), 3);
    CU_ASSERT_EQUAL(net.hosts[0].refused, 0);
    for (unsigned i = 0; i < 3; i++)
        kette_tx_unref(txs[i]);
    net_clear(&net);
}

/* The one before them comes in a block; what the block has itself is forgotten. */
static void
test_block(void)
{
    Net net;
    KetteTx *txs[4];
    KetteBlock *block;

    net_init_relay(&net, false, KETTE_RELAY_INVENTORY);
    net_connect(&net, 0, 1);
    net_connect(&net, 2, 0);
    net_settle(&net);
    for (unsigned i = 0; i < 4; i++)
        txs[i] = pay(&net.f, i);
    for (unsigned i = 3; i > 0; i--)
        give_tx(&net, txs[i]);
    block = fixture_block(&net.f, fixture_genesis(&net.f), 1, txs, 2);
    net_give(&net, 0, 2, block);
    net_settle(&net);
    CU_ASSERT_EQUAL(waiting_at(&net, 0), 2);
    CU_ASSERT_PTR_NOT_NULL(kette_mempool_find(kette_node_mempool(net.hosts[0].node), &txs[3]->id));
    CU_ASSERT_EQUAL(net.hosts[0].refused, 0);
    for (unsigned i = 0; i < 4; i++)
        kette_tx_unref(txs[i]);
    net_clear(&net);
}

/* What waits here is not asked for again when another announces it. */
static void
test_announced(void)
{
    Net net;
    KetteTx *tx;
    KetteMessage *message;

    net_init_relay(&net, false, KETTE_RELAY_INVENTORY);
    net_connect(&net, 0, 1);
    net_connect(&net, 2, 0);
    net_settle(&net);
    tx = pay(&net.f, 1);
    give_tx(&net, tx);
    message = kette_message_inventory(KETTE_MSG_INVENTORY, KETTE_MSG_NEW_TRANSACTION, &tx->id, 1);
    kette_node_receive(net.hosts[0].node, 1, message, net.now_ns);
    net_settle(&net);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_DATA], 0);
    kette_message_unref(message);
    kette_tx_unref(tx);
    net_clear(&net);
}

/* Two of one nonce wait: with the turn of the first comes that of the other, which pays enough to
 * replace it or is refused. */
static void
test_rivals(uint64_t fee, unsigned refused)
{
    Net net;
    KetteTx *first, *rival, *after, *before;

    net_init_relay(&net, false, KETTE_RELAY_INVENTORY);
    net_connect(&net, 2, 0);
    net_settle(&net);
    before = pay(&net.f, 0);
    first = pay(&net.f, 1);
    rival = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 11, fee, 1);
    after = pay(&net.f, 2);
    give_tx(&net, after);
    give_tx(&net, first);
    give_tx(&net, rival);
    give_tx(&net, before);
    CU_ASSERT_EQUAL(waiting_at(&net, 0), 3);
    CU_ASSERT_PTR_NOT_NULL(kette_mempool_find(kette_node_mempool(net.hosts[0].node),
                                              refused > 0 ? &first->id : &rival->id));
    CU_ASSERT_EQUAL(net.hosts[0].refused, refused);
    kette_tx_unref(before);
    kette_tx_unref(first);
    kette_tx_unref(rival);
    kette_tx_unref(after);
    net_clear(&net);
}

static void
test_rival_refused(void)
{
    test_rivals(1, 1);
}

static void
test_rival_replaces(void)
{
    test_rivals(2, 0);
}

/* One's own wallet is told at once. */
static void
test_own(void)
{
    Net net;
    KetteTx *tx;

    net_init_relay(&net, false, KETTE_RELAY_INVENTORY);
    tx = pay(&net.f, 5);
    CU_ASSERT_EQUAL(kette_node_validate_and_add_transaction(net.hosts[0].node, tx, net.now_ns),
                    KETTE_NONCE_GAP);
    CU_ASSERT_EQUAL(net.hosts[0].refused, 1);
    kette_tx_unref(tx);
    net_clear(&net);
}

static KetteTx *
add(KetteEarlyPool *pool, Fixture *f, uint64_t nonce, uint32_t source)
{
    g_autoptr(KetteTx) tx = pay(f, nonce);
    KetteEarly pushed_out;

    CU_ASSERT_TRUE(kette_early_add(pool, &pushed_out, tx, source));
    return pushed_out.tx;
}

static void
check_pushed(KetteTx *tx, uint64_t nonce)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(tx);
    CU_ASSERT_EQUAL(tx->nonce, nonce);
    kette_tx_unref(tx);
}

/* What is furthest off gives way, be it the new one: of a source that has its share its own, of
 * the whole pool anybody's. */
static void
test_bounds(void)
{
    Fixture f;
    KetteEarlyPool pool = {0};
    KetteEarly early;
    uint64_t nonce = 2;

    fixture_init(&f);
    for (uint32_t source = 0; source < KETTE_EARLY_MAX / KETTE_EARLY_PER_PEER; source++) {
        for (uint32_t i = 0; i < KETTE_EARLY_PER_PEER; i++)
            CU_ASSERT_PTR_NULL(add(&pool, &f, nonce++, source));
    }
    CU_ASSERT_EQUAL(pool.count, KETTE_EARLY_MAX);
    check_pushed(add(&pool, &f, nonce, 1), nonce);
    check_pushed(add(&pool, &f, nonce, 99), nonce);
    check_pushed(add(&pool, &f, 1, 0), 1 + KETTE_EARLY_PER_PEER);
    check_pushed(add(&pool, &f, 1 + KETTE_EARLY_PER_PEER, 99), nonce - 1);
    CU_ASSERT_EQUAL(pool.count, KETTE_EARLY_MAX);
    CU_ASSERT_FALSE(kette_early_take(&pool, &early, &f.bob_address, 3));
    CU_ASSERT_FALSE(kette_early_take(&pool, &early, &f.alice_address, 0));
    CU_ASSERT_TRUE(kette_early_take(&pool, &early, &f.alice_address, 3));
    CU_ASSERT_EQUAL(early.tx->nonce, 1);
    CU_ASSERT_FALSE(kette_early_has(&pool, &early.tx->id));
    kette_tx_unref(early.tx);
    kette_early_clear(&pool);
    fixture_clear(&f);
}

TEST_SUITE(early, {"they take their turn", test_turn}, {"after a block", test_block},
           {"what waits is not asked for", test_announced},
           {"a rival is refused", test_rival_refused}, {"a rival replaces", test_rival_replaces},
           {"one's own is refused", test_own}, {"bounds", test_bounds})
