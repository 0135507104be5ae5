/* Nodes on a made-up host: handshake, relay, retries, sync, time-outs. */
#include "core/node/node.h"
#include "core/base/limits.h"
#include "core/node/node_impl.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

static void
test_handshake(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 1);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[1].node), 1);
    CU_ASSERT_EQUAL(net.hosts[0].timers[KETTE_TIMER_HANDSHAKE], 0);
    net_clear(&net);
}

static void
test_handshake_is_repeated(void)
{
    Net net;

    net_init(&net, true);
    net.drop_kind = KETTE_MSG_HANDSHAKE;
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_pass(&net, 100 * SECOND);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 0);
    /* 1, 2, 4, 8, 16 s, then every 20 s: backing off, not hammering */
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_HANDSHAKE] >= 6);
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_HANDSHAKE] <= 9);
    net.drop_kind = -1;
    net_pass(&net, 30 * SECOND);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 1);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[1].node), 1);
    net_clear(&net);
}

static void
test_other_genesis_is_refused(void)
{
    Net net;
    KetteHandshake handshake = {.version = KETTE_PROTOCOL_VERSION, .genesis = {{1}}};
    g_autoptr(KetteMessage) message = kette_message_handshake(&handshake);

    net_init(&net, true);
    kette_node_add_peer(net.hosts[0].node, 1, false, 0);
    kette_node_receive(net.hosts[0].node, 1, message, 0);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 0);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_HANDSHAKE], 0);
    net_clear(&net);
}

static void
test_flood_and_ack(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_connect(&net, 1, 2);
    net_settle(&net);
    net_mine(&net, 0, 1);
    net_settle(&net);
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 2));
    CU_ASSERT_EQUAL(net.hosts[1].sent[KETTE_MSG_NEW_BLOCK], 1); /* not back to where it came from */
    CU_ASSERT_EQUAL(net.hosts[1].sent[KETTE_MSG_ACK], 1);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    CU_ASSERT_EQUAL(net.hosts[0].timers[KETTE_TIMER_ANNOUNCE], 0);
    net_clear(&net);
}

/* 1 and 2 have the block of 0 at the same time and tell each other: that is acknowledgement enough.
 */
static void
test_crossing_announcements(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_connect(&net, 0, 2);
    net_connect(&net, 1, 2);
    net_settle(&net);
    net_mine(&net, 0, 1);
    net_settle(&net);
    CU_ASSERT_EQUAL(net_sent(&net, KETTE_MSG_NEW_BLOCK), 4);
    CU_ASSERT_EQUAL(net_sent(&net, KETTE_MSG_ACK), 2); /* both to 0 */
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[i].node), 0);
    net_clear(&net);
}

static void
test_announcement_is_repeated_and_given_up(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_cut(&net, 0, 1, true);
    net_mine(&net, 0, 1);
    net_settle(&net);
    net_pass(&net, 600 * SECOND);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_BLOCK], 1 + KETTE_ANNOUNCE_RETRIES);
    CU_ASSERT_FALSE(net_same_tip(&net, 0, 1));
    net_cut(&net, 0, 1, false);
    net_pass(&net, 6 * SECOND); /* the next poll carries it */
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
    net_clear(&net);
}

static void
test_lost_ack_repeats_once(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net.drop_kind = KETTE_MSG_ACK;
    net_mine(&net, 0, 1);
    net_settle(&net);
    net.drop_kind = -1;
    net_pass(&net, 60 * SECOND);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_BLOCK], 2);
    net_clear(&net);
}

/* 300 blocks behind: headers, then bodies in ranges, each body once. */
static void
test_late_joiner(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_mine(&net, 0, 300);
    net_settle(&net);
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
    net_connect(&net, 2, 0);
    net_connect(&net, 2, 1);
    net_settle(&net);
    net_pass(&net, 20 * SECOND);
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 2));
    CU_ASSERT_EQUAL(net_tip(&net, 2)->height, 300);
    /* 300 / 16 rounded up: nothing asked for twice */
    CU_ASSERT_TRUE(net.hosts[2].sent[KETTE_MSG_SYNC_REQUEST] <= 40);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[2].node), 0);
    net_clear(&net);
}

static void
test_heal_reorganises(void)
{
    Net net;
    KetteTx *tx;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_mine(&net, 0, 3);
    net_settle(&net);
    net_cut(&net, 0, 1, true);
    tx = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 1, 0, 0);
    CU_ASSERT_EQUAL(kette_node_validate_and_add_transaction(net.hosts[0].node, tx, net.now_ns),
                    KETTE_OK);
    net_mine(&net, 0, 2);
    net_mine(&net, 1, 40);
    net_settle(&net);
    net_pass(&net, 100 * SECOND);
    net_cut(&net, 0, 1, false);
    net_pass(&net, 10 * SECOND);
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 43);
    /* The payment came back and was told to the other side. */
    CU_ASSERT_EQUAL(net.hosts[0].returned, 1);
    CU_ASSERT_PTR_NOT_NULL(kette_mempool_find(kette_node_mempool(net.hosts[0].node), &tx->id));
    CU_ASSERT_PTR_NOT_NULL(kette_mempool_find(kette_node_mempool(net.hosts[1].node), &tx->id));
    kette_tx_unref(tx);
    net_clear(&net);
}

/* The peer that is asked for bodies falls silent: another one is asked. */
static void
test_silent_peer_is_replaced(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_mine(&net, 0, 10);
    net_settle(&net);
    net_connect(&net, 2, 0);
    net_connect(&net, 2, 1);
    net.drop_kind = KETTE_MSG_SYNC_RESPONSE;
    net_settle(&net);
    CU_ASSERT_EQUAL(net_tip(&net, 2)->height, 0);
    CU_ASSERT_TRUE(kette_node_outstanding(net.hosts[2].node) > 0);
    net.drop_kind = -1;
    net_cut(&net, 2, 0, true);
    net_pass(&net, 12 * SECOND);
    CU_ASSERT_EQUAL(net_tip(&net, 2)->height, 10);
    net_clear(&net);
}

static void
test_departed_peer_is_forgotten(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_cut(&net, 0, 1, true);
    net_mine(&net, 0, 1);
    CU_ASSERT_TRUE(kette_node_outstanding(net.hosts[0].node) > 0);
    kette_node_remove_peer(net.hosts[0].node, 1, net.now_ns);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 0);
    net_settle(&net);
    net_clear(&net);
}

static void
ring_early(Net *net, KetteTimer timer)
{
    int64_t *at = &net->hosts[0].timers[timer], due = *at;

    CU_ASSERT_TRUE_FATAL(due > net->now_ns + 1);
    *at = 0;
    net->now_ns = due - 1;
    kette_node_timer(net->hosts[0].node, timer, net->now_ns);
    CU_ASSERT_EQUAL(*at, due);
}

/* A clock that drifts rounds: a timer may ring a moment before the deadline that it was set for. It
 * is set again, though the deadline is the one that it had. */
static void
test_timer_rings_early(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    ring_early(&net, KETTE_TIMER_HANDSHAKE);
    net_settle(&net);
    kette_node_request_chain_sync(net.hosts[0].node, 1, net.now_ns);
    ring_early(&net, KETTE_TIMER_REQUEST);
    net_settle(&net);
    net_clear(&net);
}

/* Bodies that nobody asked for are not taken; headers are, for a late answer is one too. */
static void
test_unasked_answers(void)
{
    Net net;
    KetteBlock *block;
    g_autoptr(KetteMessage) chain = NULL, bodies = NULL;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    block = fixture_block(&net.f, fixture_genesis(&net.f), 1, NULL, 0);
    chain = kette_message_response_chain(&block->header, 1);
    bodies = kette_message_sync_response(&block->id, &block, 1);
    kette_node_receive(net.hosts[0].node, 1, bodies, net.now_ns);
    CU_ASSERT_PTR_NULL(kette_chain_find(kette_node_chain(net.hosts[0].node), &block->id));
    kette_node_receive(net.hosts[0].node, 1, chain, net.now_ns);
    CU_ASSERT_PTR_NOT_NULL(kette_chain_find(kette_node_chain(net.hosts[0].node), &block->id));
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST], 1);
    net_settle(&net);
    net_clear(&net);
}

/* While cut, 1 sees a fork of two with three leaves, one of them with a child (weight 5), and 0 a
 * line of four: by subtree 1 is ahead though its chain is shorter. After the heal both know all
 * blocks and agree. */
static void
test_ghost_exchanges_side_blocks(void)
{
    Net net;
    KetteBlock *base, *leaf = NULL;

    net_open(&net, &(NetOptions){.ack = true, .choice = KETTE_FORK_GHOST});
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_cut(&net, 0, 1, true);
    net_mine(&net, 0, 4);
    base = fixture_block(&net.f, fixture_genesis(&net.f), 90, NULL, 0);
    net_give(&net, 1, 0, base);
    for (unsigned i = 0; i < 3; i++) {
        leaf = fixture_block(&net.f, base, 91 + i, NULL, 0);
        net_give(&net, 1, 0, leaf);
    }
    net_give(&net, 1, 0, fixture_block(&net.f, leaf, 94, NULL, 0));
    net_settle(&net);
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 4);
    CU_ASSERT_EQUAL(net_tip(&net, 1)->height, 3);
    net_pass(&net, 200 * SECOND);
    net_cut(&net, 0, 1, false);
    net_pass(&net, 20 * SECOND);
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 3);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    net_clear(&net);
}

/* Node 0 knows the headers of a chain of three of which node 1 withholds the first body: the others
 * are not asked for, and come once the first has come. */
static void
test_ghost_asks_for_what_can_join(void)
{
    Net net;
    KetteHeader headers[3];
    KetteBlock *blocks[3], *parent;

    net_open(&net, &(NetOptions){.ack = true, .choice = KETTE_FORK_GHOST});
    net_connect(&net, 0, 1);
    net_settle(&net);
    net.drop_kind = KETTE_MSG_SYNC_REQUEST;
    parent = (KetteBlock *)fixture_genesis(&net.f);
    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        blocks[i] = parent = fixture_block(&net.f, parent, 90 + i, NULL, 0);
        headers[i] = parent->header;
    }
    net_answer_headers(&net, headers, G_N_ELEMENTS(headers));
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 3); /* at once: a run of three */
    net_pass(&net, 30 * SECOND);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node),
                    1); /* what ran out blocks the rest */
    net.drop_kind = -1;
    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++)
        net_give(&net, 1, 0, blocks[i]);
    net_pass(&net, 120 * SECOND);
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 3);
    net_clear(&net);
}

/* Headers whose bodies nobody has are not kept: each poll compares what has joined only while
 * nothing else is to be fetched. */
static void
test_ghost_lets_go_of_what_nobody_has(void)
{
    Net net;
    KetteHeader headers[3];
    const KetteBlock *parent;

    net_open(&net, &(NetOptions){.ack = true, .choice = KETTE_FORK_GHOST});
    net_connect(&net, 0, 1);
    net_settle(&net);
    parent = fixture_genesis(&net.f);
    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        parent = fixture_block(&net.f, parent, 90 + i, NULL, 0);
        headers[i] = parent->header;
    }
    net_answer_headers(&net, headers, G_N_ELEMENTS(headers));
    CU_ASSERT_PTR_NOT_NULL(net.hosts[0].node->body_sync.beside);
    net_settle(&net);
    net_pass(&net, 60 * SECOND);
    CU_ASSERT_PTR_NULL(net.hosts[0].node->body_sync.beside);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    net_clear(&net);
}

/* A header that is not yet due does not take the ones before it along. */
static void
test_early_header_does_not_stop_sync(void)
{
    Net net;
    KetteHeader headers[4];
    const KetteBlock *parent;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    parent = fixture_genesis(&net.f);
    for (unsigned i = 0; i < 3; i++) {
        parent = fixture_block(&net.f, parent, 60 + i, NULL, 0);
        headers[i] = parent->header;
    }
    headers[3] = parent->header;
    headers[3].previous = parent->id;
    headers[3].time += 90000;
    net_answer_headers(&net, headers, 4);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST], 1);
    CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
    net_settle(&net);
    net_clear(&net);
}

/* Answers of no use are not asked for again at once. */
static void
test_junk_bodies_are_not_asked_again_at_once(void)
{
    Net net;
    KetteBlock *wanted, *junk;
    g_autoptr(KetteMessage) answer = NULL;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    wanted = fixture_block(&net.f, fixture_genesis(&net.f), 70, NULL, 0);
    junk = fixture_block(&net.f, fixture_genesis(&net.f), 71, NULL, 0);
    net_answer_headers(&net, &wanted->header, 1);
    answer = kette_message_sync_response(&wanted->id, &junk, 1);
    for (unsigned i = 0; i < 50; i++)
        kette_node_receive(net.hosts[0].node, 1, answer, net.now_ns);
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST] <= 2);
    net_settle(&net);
    net_clear(&net);
}

/* Announced and then shown by its header: one question for the body, not two. */
static void
test_a_body_is_asked_for_once(void)
{
    Net net;
    KetteBlock *block;
    g_autoptr(KetteMessage) announced = NULL;

    net_init_relay(&net, true, KETTE_RELAY_INVENTORY);
    net_connect(&net, 0, 1);
    net_settle(&net);
    block = fixture_block(&net.f, fixture_genesis(&net.f), 72, NULL, 0);
    announced = kette_message_inventory(KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK, &block->id, 1);
    kette_node_receive(net.hosts[0].node, 1, announced, net.now_ns);
    net_answer_headers(&net, &block->header, 1);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_DATA], 1);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST], 0);
    net_settle(&net);
    net_clear(&net);
}

static void
test_keep_alive(void)
{
    Net net;

    net_init(&net, true);
    for (uint32_t i = 0; i < NODES; i++)
        net.hosts[i].timers[KETTE_TIMER_SYNC] = 0; /* polling would be traffic enough */
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_pass(&net, 300 * SECOND);
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_KEEP_ALIVE] >= 9);
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_KEEP_ALIVE] <= 10);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 1);
    net_clear(&net);
}

/* A body that does not come is asked for again with twice the time, up to eight times. One whose
 * peer sent a wrong one is asked for when the peer shows it again; the next begins anew. */
static void
test_bodies_back_off(void)
{
    static const unsigned due_s[] = {5, 15, 35, 75, 115, 155};
    Net net;
    KetteBlock *one, *two, *wrong;
    KetteBlockSpec spec;
    g_autoptr(KetteMessage) answer = NULL;
    unsigned *sent;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_cut(&net, 0, 1, true);
    sent = &net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST];
    one = fixture_block(&net.f, fixture_genesis(&net.f), 1, NULL, 0);
    two = fixture_block(&net.f, one, 2, NULL, 0);
    net_answer_headers(&net, &one->header, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(due_s); i++) {
        net_pass(&net, due_s[i] * SECOND - net.now_ns - 1);
        CU_ASSERT_EQUAL(*sent, i + 1);
        net_pass(&net, 1);
        CU_ASSERT_EQUAL(*sent, i + 2);
    }
    spec = kette_block_spec(one);
    spec.reward++;
    wrong = kette_block_new(kette_store_hasher(net.f.builder), &spec);
    answer = kette_message_sync_response(&one->id, &wrong, 1);
    *sent = 0;
    kette_node_receive(net.hosts[0].node, 1, answer, net.now_ns);
    net_pass(&net, 60 * SECOND);
    CU_ASSERT_EQUAL(*sent, 0);
    net_answer_headers(&net, &one->header, 1);
    CU_ASSERT_EQUAL(*sent, 1);
    net_give(&net, 0, 1, one);
    *sent = 0;
    net_answer_headers(&net, &two->header, 1);
    net_pass(&net, 5 * SECOND - 1);
    CU_ASSERT_EQUAL(*sent, 1);
    net_pass(&net, 1);
    CU_ASSERT_EQUAL(*sent, 2);
    net_settle(&net);
    kette_block_unref(wrong);
    net_clear(&net);
}

/* A ready peer that shakes hands again, now for another chain: it is refused, and what was told to
 * it or asked of it is forgotten. */
static void
test_refused_peer_is_forgotten(void)
{
    Net net;
    const KetteHandshake other = {.version = KETTE_PROTOCOL_VERSION, .genesis = {{1}}};
    g_autoptr(KetteMessage) message = kette_message_handshake(&other);
    KetteBlock *block;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_cut(&net, 0, 1, true);
    net_mine(&net, 0, 1);
    block = fixture_block(&net.f, fixture_genesis(&net.f), 1, NULL, 0);
    block = fixture_block(&net.f, block, 1, NULL, 0);
    {
        KetteHeader headers[2] = {((KetteBlock *)g_ptr_array_index(net.f.blocks, 0))->header,
                                  block->header};

        net_answer_headers(&net, headers, 2);
    }
    kette_node_request_chain_sync(net.hosts[0].node, 1, net.now_ns);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 4);
    kette_node_receive(net.hosts[0].node, 1, message, net.now_ns);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 0);
    net_settle(&net);
    net_clear(&net);
}

/* A cut in the middle of a first sync, long enough for every request to be late: after the heal it
 * goes on where it was, and no body comes twice. */
static void
test_heal_in_a_first_sync(void)
{
    Net net;
    uint64_t before;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_mine(&net, 0, 300);
    net_settle(&net);
    net_connect(&net, 2, 0);
    net_connect(&net, 2, 1);
    for (unsigned i = 0; i < 40; i++)
        net_step(&net);
    net_cut(&net, 2, 0, true);
    net_cut(&net, 2, 1, true);
    net_settle(&net);
    before = net_tip(&net, 2)->height;
    CU_ASSERT_TRUE(before > 0 && before < 300);
    net_pass(&net, 300 * SECOND);
    CU_ASSERT_EQUAL(net_tip(&net, 2)->height, before);
    net_cut(&net, 2, 0, false);
    net_cut(&net, 2, 1, false);
    net.hosts[2].refused = 0;
    for (unsigned k = 0; k < 2; k++)
        net.hosts[k].sent[KETTE_MSG_SYNC_RESPONSE] = 0;
    net_pass(&net, 60 * SECOND);
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 2));
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[2].node), 0);
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_SYNC_RESPONSE] +
                       net.hosts[1].sent[KETTE_MSG_SYNC_RESPONSE] <=
                   (300 - before) / KETTE_SYNC_BLOCKS_MAX + 8);
    net_clear(&net);
}

/* Seven honest nodes whose orphan pools hold four, in two parts that heal, on links that lose: they
 * agree, and what they ask for on the way stays in proportion to what they lack. */
static void
test_small_orphan_pools_make_no_storm(void)
{
    const NetOptions options = {.ack = true, .nodes = 7, .orphans = 4, .lose = 7};
    const unsigned blocks = 60;
    unsigned asked;
    Net net;

    net_open(&net, &options);
    for (uint32_t a = 0; a < 7; a++) {
        for (uint32_t b = a + 1; b < 7; b++)
            net_connect(&net, a, b);
    }
    net_pass(&net, 60 * SECOND);
    for (int a = 0; a < 3; a++) {
        for (int b = 3; b < 7; b++)
            net_cut(&net, a, b, true);
    }
    for (unsigned i = 0; i < blocks; i++) {
        net_mine(&net, 0, 1);
        net_mine(&net, 3, i % 2 + 1);
        net_pass(&net, 10 * SECOND);
    }
    for (int a = 0; a < 3; a++) {
        for (int b = 3; b < 7; b++)
            net_cut(&net, a, b, false);
    }
    asked = net_sent(&net, KETTE_MSG_SYNC_REQUEST);
    net_pass(&net, 600 * SECOND);
    for (int i = 1; i < 7; i++)
        CU_ASSERT_TRUE(net_same_tip(&net, 0, i));
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, blocks + blocks / 2);
    asked = net_sent(&net, KETTE_MSG_SYNC_REQUEST) - asked;
    CU_ASSERT_TRUE(asked >= 3 * 90 / KETTE_SYNC_BLOCKS_MAX);
    CU_ASSERT_TRUE(asked <= 3 * 90); /* each body of the longer part at most once, on average */
    net_clear(&net);
}

/* A block of some 600 kB: `count` payments of alice's, from `nonce` on. */
static KetteBlock *
big_block(Fixture *f, const KetteBlock *parent, uint64_t nonce, uint32_t count)
{
    g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);

    for (uint32_t i = 0; i < count; i++)
        g_ptr_array_add(txs, fixture_pay(f, f->alice, &f->bob_address, 1, 0, nonce + i));
    return fixture_block(f, parent, 1, (KetteTx **)txs->pdata, txs->len);
}

/* An answer with bodies stays below a megabyte: of two that are more together it has the first, and
 * the second alone when that is asked for. The node shares the builder's store, so that 8400
 * signatures are looked at once. */
static void
test_answers_are_bounded(void)
{
    Net net;
    KetteBlock *one, *two;
    KetteRange both = {.count = 2}, last = {.count = 1};
    g_autoptr(KetteMessage) ask_both = NULL, ask_last = NULL;

    net_init(&net, true);
    net_share_builder(&net, 0);
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_cut(&net, 0, 1, true);
    one = big_block(&net.f, fixture_genesis(&net.f), 0, 4200);
    two = big_block(&net.f, one, 4200, 4200);
    CU_ASSERT_EQUAL(kette_node_submit_block(net.hosts[0].node, one, net.now_ns), KETTE_OK);
    CU_ASSERT_EQUAL(kette_node_submit_block(net.hosts[0].node, two, net.now_ns), KETTE_OK);
    net_settle(&net);
    both.last = last.last = two->id;
    ask_both = kette_message_sync_request(&both);
    ask_last = kette_message_sync_request(&last);
    kette_node_receive(net.hosts[0].node, 1, ask_both, net.now_ns);
    kette_node_receive(net.hosts[0].node, 1, ask_last, net.now_ns);
    CU_ASSERT_EQUAL_FATAL(net.mail->len, 2);
    for (guint i = 0; i < 2; i++) {
        const KetteMessage *message = g_array_index(net.mail, Mail, i).message;

        CU_ASSERT_EQUAL_FATAL(message->kind, KETTE_MSG_SYNC_RESPONSE);
        CU_ASSERT_EQUAL_FATAL(message->bodies.range.count, 1);
        CU_ASSERT_PTR_EQUAL(message->bodies.blocks[0], i == 0 ? one : two);
    }
    net_settle(&net);
    net_clear(&net);
}

/* The audit finds what still names a peer that is not ready. */
static void
test_audit_of_peers(void)
{
    Net net;
    KetteNode *node;
    KettePeer *gone;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    net_settle(&net);
    node = net.hosts[0].node;
    CU_ASSERT_PTR_NULL(kette_node_audit(node));
    net_cut(&net, 0, 1, true);
    net_mine(&net, 0, 1); /* its announcement waits for the peer */
    net_settle(&net);
    kette_peers_set_state(node, 1, KETTE_PEER_REFUSED);
    TEST_STR_EQUAL(kette_node_audit(node), "an announcement waits for a peer that is not ready");
    kette_node_remove_peer(node, 1, net.now_ns);
    CU_ASSERT_PTR_NULL(kette_node_audit(node));
    gone = kette_peers_at(node, 1);
    gone->wants_compact = true;
    TEST_STR_EQUAL(kette_node_audit(node),
                   "a peer that is not ready is sent compact blocks unasked");
    gone->wants_compact = false;
    node->high.peers = g_new0(uint32_t, KETTE_COMPACT_HIGH_MAX);
    node->high.peers[0] = 1;
    node->high.count = 1;
    TEST_STR_EQUAL(kette_node_audit(node),
                   "a peer that is not ready is to send compact blocks unasked");
    node->high.count = 0;
    node->catch_up.peer = 1;
    TEST_STR_EQUAL(kette_node_audit(node), "a peer that is not ready is told the mempool");
    node->catch_up.peer = KETTE_PEER_SELF;
    CU_ASSERT_PTR_NULL(kette_node_audit(node));
    net_clear(&net);
}

TEST_SUITE(
    node, {"ghost exchanges side blocks", test_ghost_exchanges_side_blocks},
    {"ghost asks for what can join", test_ghost_asks_for_what_can_join},
    {"ghost lets go of what nobody has", test_ghost_lets_go_of_what_nobody_has},
    {"an early header does not stop the sync", test_early_header_does_not_stop_sync},
    {"junk bodies are not asked for again at once", test_junk_bodies_are_not_asked_again_at_once},
    {"a body is asked for once", test_a_body_is_asked_for_once}, {"keep-alive", test_keep_alive},
    {"handshake", test_handshake}, {"a lost handshake is repeated", test_handshake_is_repeated},
    {"another genesis is refused", test_other_genesis_is_refused},
    {"flood and acknowledge", test_flood_and_ack},
    {"crossing announcements", test_crossing_announcements},
    {"an announcement is repeated, then given up", test_announcement_is_repeated_and_given_up},
    {"a lost ACK repeats once", test_lost_ack_repeats_once},
    {"a late joiner catches up", test_late_joiner},
    {"a heal reorganises and returns", test_heal_reorganises},
    {"a silent peer is replaced", test_silent_peer_is_replaced},
    {"a departed peer is forgotten", test_departed_peer_is_forgotten},
    {"a timer that rings early is set again", test_timer_rings_early},
    {"unasked answers", test_unasked_answers}, {"bodies back off", test_bodies_back_off},
    {"a refused peer is forgotten", test_refused_peer_is_forgotten},
    {"a heal in a first sync", test_heal_in_a_first_sync},
    {"small orphan pools make no storm", test_small_orphan_pools_make_no_storm},
    {"answers are bounded", test_answers_are_bounded},
    {"the audit looks for peers that are gone", test_audit_of_peers})
