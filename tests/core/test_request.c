/* Whom a node asks next, and when: silence, empty answers, patience, and headers that turn out bad.
 * The peers of node 0 are played by the test. */
#include "core/base/limits.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

static void
open_net(Net *net, uint32_t peers)
{
    net_open(net, &(NetOptions){.nodes = peers + 1});
    for (uint32_t peer = 1; peer <= peers; peer++)
        net_connect(net, 0, peer);
    net_settle(net);
    for (uint32_t peer = 1; peer <= peers; peer++)
        net_cut(net, 0, (int)peer, true);
    net->hosts[0].timers[KETTE_TIMER_SYNC] = 0; /* questions are the test's own */
}

static void
say(Net *net, uint32_t from, KetteMessage *message)
{
    kette_node_receive(net->hosts[0].node, from, message, net->now_ns);
    kette_message_unref(message);
}

/* Who was asked last in such a message since the last call; NODES_MAX when nobody was. */
static uint32_t
asked_last(Net *net, KetteMessageKind kind)
{
    uint32_t to = net->hosts[0].last_to[kind];

    net->hosts[0].last_to[kind] = NODES_MAX;
    net_settle(net);
    return to;
}

/* A line of two blocks; its headers in `headers`. */
static KetteBlock *
line_of_two(Net *net, unsigned label, KetteHeader headers[2])
{
    KetteBlock *first = fixture_block(&net->f, fixture_genesis(&net->f), label, NULL, 0);
    KetteBlock *second = fixture_block(&net->f, first, label, NULL, 0);

    headers[0] = first->header;
    headers[1] = second->header;
    return second;
}

/* Whoever answers with nothing has nothing: the other is asked in the same instant. */
static void
test_empty_answer(void)
{
    Net net;
    KetteHeader headers[2];
    KetteBlock *tip;
    uint32_t first, second;

    open_net(&net, 2);
    tip = line_of_two(&net, 1, headers);
    say(&net, 1, kette_message_response_chain(headers, 2));
    say(&net, 2, kette_message_response_chain(headers, 2));
    first = asked_last(&net, KETTE_MSG_SYNC_REQUEST);
    CU_ASSERT_EQUAL(first, 1);
    say(&net, first, kette_message_sync_response(&tip->id, NULL, 0));
    second = asked_last(&net, KETTE_MSG_SYNC_REQUEST);
    CU_ASSERT_EQUAL(second, 2);
    say(&net, second, kette_message_sync_response(&tip->id, NULL, 0));
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_SYNC_REQUEST), NODES_MAX); /* nobody has it now */
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    say(&net, 2, kette_message_response_chain(headers, 2));
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_SYNC_REQUEST), 2);
    net_clear(&net);
}

/* Whoever let a question run out is asked after those who did not, though its turn would come
 * first; and is not banned for it. */
static void
test_silence(void)
{
    Net net;
    KetteHeader headers[2];
    unsigned *sent = &net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST];

    open_net(&net, 3);
    line_of_two(&net, 1, headers);
    say(&net, 1, kette_message_response_chain(headers, 2));
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_SYNC_REQUEST), 1);
    say(&net, 2, kette_message_response_chain(headers, 2));
    net_pass(&net, 5 * SECOND - 1);
    CU_ASSERT_EQUAL(*sent, 1);
    net_pass(&net, 1); /* 1 was silent; 2 is asked, and sends them */
    CU_ASSERT_EQUAL(*sent, 2);
    for (unsigned i = 0; i < 2; i++)
        say(&net, 2, kette_message_block(net.f.blocks->pdata[i]));
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 2);
    headers[0] = fixture_block(&net.f, net.f.blocks->pdata[1], 2, NULL, 0)->header;
    say(&net, 3, kette_message_response_chain(headers, 1));
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_SYNC_REQUEST), 3);
    say(&net, 1, kette_message_response_chain(headers, 1));
    say(&net, 2, kette_message_response_chain(headers, 1));
    net_pass(&net, 5 * SECOND);
    CU_ASSERT_EQUAL(net.hosts[0].last_to[KETTE_MSG_SYNC_REQUEST], 2);
    CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
    net_clear(&net);
}

/* Headers that came after their question ran out double the next question's time. */
static void
test_patience(void)
{
    Net net;
    unsigned *sent = &net.hosts[0].sent[KETTE_MSG_REQUEST_CHAIN];

    open_net(&net, 2);
    kette_node_request_chain_sync(net.hosts[0].node, 1, net.now_ns);
    net_pass(&net, 8 * SECOND); /* asked again at 5 s; the answer comes after 8 */
    CU_ASSERT_EQUAL(*sent, 2);
    say(&net, 1, kette_message_response_chain(NULL, 0));
    kette_node_request_chain_sync(net.hosts[0].node, 1, net.now_ns);
    net_pass(&net, 10 * SECOND - 1);
    CU_ASSERT_EQUAL(*sent, 3);
    net_pass(&net, 1);
    CU_ASSERT_EQUAL(*sent, 4);
    net_clear(&net);
}

/* A full answer has a continuation, whatever was new in it; it is asked again when it runs out, and
 * of somebody else who has shown the same. */
static void
test_continuation(void)
{
    Net net;
    g_autofree KetteHeader *headers = g_new(KetteHeader, KETTE_HEADERS_MAX);
    const KetteBlock *at;
    unsigned *sent = &net.hosts[0].sent[KETTE_MSG_REQUEST_CHAIN];

    open_net(&net, 2);
    at = fixture_genesis(&net.f);
    for (unsigned i = 0; i < KETTE_HEADERS_MAX; i++) {
        at = fixture_block(&net.f, at, 1, NULL, 0);
        headers[i] = at->header;
    }
    for (unsigned round = 0; round < 2; round++) { /* known all along, the second time */
        *sent = 0;
        kette_node_request_chain_sync(net.hosts[0].node, 1, net.now_ns);
        say(&net, 1, kette_message_response_chain(headers, KETTE_HEADERS_MAX));
        CU_ASSERT_EQUAL(*sent, 2);
        say(&net, 1, kette_message_response_chain(NULL, 0));
    }
    kette_node_request_chain_sync(net.hosts[0].node, 1, net.now_ns);
    say(&net, 1, kette_message_response_chain(headers, KETTE_HEADERS_MAX));
    say(&net, 2, kette_message_response_chain(headers, 1999));
    *sent = 0;
    asked_last(&net, KETTE_MSG_REQUEST_CHAIN);
    net_pass(&net, 5 * SECOND);
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_REQUEST_CHAIN), 1); /* 2 has shown one less */
    net_pass(&net, 5 * SECOND);
    say(&net, 2, kette_message_response_chain(headers + 1999, 1));
    net_pass(&net, 5 * SECOND);
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_REQUEST_CHAIN), 2);
    CU_ASSERT_EQUAL(*sent, 2);
    net_settle(&net);
    net_clear(&net);
}

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[0] ^= 1;
}

/* A peer's heavier branch turns out bad. What it shows then is lighter, and is fetched of it all
 * the same. */
static void
test_best_turns_bad(void)
{
    Net net;
    KetteHeader bad[3], good[2];
    KetteBlock *blocks[3], *tip;

    open_net(&net, 2);
    blocks[0] = fixture_bad_block(&net.f, fixture_genesis(&net.f), 30, spoil_root);
    blocks[1] = fixture_child_of_bad(&net.f, blocks[0], 31);
    blocks[2] = fixture_child_of_bad(&net.f, blocks[1], 32);
    for (unsigned i = 0; i < 3; i++)
        bad[i] = blocks[i]->header;
    say(&net, 1, kette_message_response_chain(bad, 3));
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_SYNC_REQUEST), 1);
    say(&net, 1, kette_message_sync_response(&blocks[2]->id, blocks, 3));
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 0);
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_SYNC_REQUEST), NODES_MAX);
    tip = line_of_two(&net, 1, good);
    say(&net, 1, kette_message_response_chain(good, 2));
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_SYNC_REQUEST), 1);
    blocks[0] = kette_store_find(net.f.builder, &tip->header.previous)->block;
    blocks[1] = tip;
    say(&net, 1, kette_message_sync_response(&tip->id, blocks, 2));
    CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 2);
    net_settle(&net);
    net_clear(&net);
}

/* A block is announced, and then its header shows that it stands on a bad one: nobody is asked for
 * it any more. */
static void
test_announced_turns_bad(void)
{
    Net net;
    KetteHeader bad[2];
    KetteBlock *blocks[2];

    open_net(&net, 3);
    blocks[0] = fixture_bad_block(&net.f, fixture_genesis(&net.f), 30, spoil_root);
    blocks[1] = fixture_child_of_bad(&net.f, blocks[0], 31);
    for (unsigned i = 0; i < 2; i++)
        bad[i] = blocks[i]->header;
    say(&net, 1, kette_message_block(blocks[0]));
    say(&net, 2,
        kette_message_inventory(KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK, &blocks[1]->id, 1));
    CU_ASSERT_EQUAL(asked_last(&net, KETTE_MSG_GET_DATA), 2);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 1);
    say(&net, 2, kette_message_response_chain(&bad[1], 1));
    CU_ASSERT_EQUAL(kette_chain_status(kette_node_chain(net.hosts[0].node), &blocks[1]->id),
                    KETTE_STATUS_INVALID_ANCESTOR);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    net_clear(&net);
}

TEST_SUITE(request, {"an empty answer", test_empty_answer}, {"silence", test_silence},
           {"patience", test_patience}, {"a continuation", test_continuation},
           {"the best header turns bad", test_best_turns_bad},
           {"an announced block turns bad", test_announced_turns_bad})
