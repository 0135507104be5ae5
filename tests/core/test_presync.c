/* Headers of chains with too little work: what is kept of them, and when. */
#include "core/base/limits.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

#define ANSWER 3 /* headers_max in these tests */

static bool
has_header(const Net *net, uint32_t node, const KetteHash *id)
{
    return kette_chain_find(kette_node_chain(net->hosts[node].node), id) != NULL;
}

/* Makes `count` headers in a line on genesis; `label` tells lines apart. */
static void
make_line(Net *net, KetteHeader *headers, KetteHash *ids, unsigned count, uint32_t label)
{
    KetteHasher *hasher = kette_store_hasher(net->f.builder);
    const KetteBlock *genesis = fixture_genesis(&net->f);

    for (unsigned i = 0; i < count; i++) {
        headers[i] = genesis->header;
        headers[i].previous = i > 0 ? ids[i - 1] : genesis->id;
        headers[i].time = genesis->header.time + 10 * (i + 1);
        headers[i].nonce = label;
        ids[i] = kette_header_id(hasher, &headers[i]);
    }
}

/* Node 0 is shown so many headers in answers of node 1. */
static void
show(Net *net, const KetteHeader *headers, unsigned count)
{
    for (unsigned i = 0; i < count; i += ANSWER)
        net_answer_headers(net, &headers[i], (uint16_t)MIN(ANSWER, count - i));
}

static void
open_net(Net *net, uint32_t min_work)
{
    net_open(net, &(NetOptions){.ack = true, .headers = ANSWER, .min_work = min_work});
    net_connect(net, 0, 1);
    net_settle(net);
    net_pass(net, 600 * SECOND); /* headers are not ahead of the clock */
}

/* A net whose node 0 wants the work of `count` blocks, and a line of as many headers. */
static void
open_with_line(Net *net, KetteHeader *headers, KetteHash *ids, unsigned count)
{
    open_net(net, count);
    make_line(net, headers, ids, count, 1);
}

/* Nothing is kept of nine blocks where ten are asked for; with the tenth all are. Nobody is blamed
 * for what he has. */
static void
test_minimum_work(void)
{
    for (unsigned relay = KETTE_RELAY_FLOOD; relay <= KETTE_RELAY_COMPACT; relay++) {
        Net net;
        KetteHash first;

        net_open(&net, &(NetOptions){.ack = true,
                                     .relay = (KetteRelay)relay,
                                     .high = 1,
                                     .headers = ANSWER,
                                     .min_work = 11}); /* with genesis */
        net_mine(&net, 1, 7);
        net_connect(&net, 0, 1);
        net_settle(&net);
        net_mine(&net, 1, 2);
        net_settle(&net);
        net_pass(&net, 60 * SECOND);
        first = kette_entry_ancestor(net_tip(&net, 1), 1)->id;
        CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 0);
        CU_ASSERT_FALSE(has_header(&net, 0, &first));
        net_mine(&net, 1, 1);
        net_settle(&net);
        net_pass(&net, 60 * SECOND);
        CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 10);
        CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
        CU_ASSERT_EQUAL(net.hosts[0].banned, 0);
        net_clear(&net);
    }
}

/* A chain that was shown is believed only for itself: another one, the second time, counts from
 * its beginning. */
static void
test_second_chain(void)
{
    Net net;
    KetteHeader good[12], other[12];
    KetteHash good_ids[12], other_ids[12], beyond;

    open_net(&net, 12);
    make_line(&net, good, good_ids, 12, 1);
    make_line(&net, other, other_ids, 12, 2);
    show(&net, good, 12);
    CU_ASSERT_FALSE(has_header(&net, 0, &good_ids[0]));
    show(&net, other, 9);
    CU_ASSERT_FALSE(has_header(&net, 0, &other_ids[0]));
    show(&net, good, 12);
    CU_ASSERT_FALSE(has_header(&net, 0, &good_ids[0]));
    show(&net, good, 3);
    CU_ASSERT_TRUE(has_header(&net, 0, &good_ids[2]));
    CU_ASSERT_FALSE(has_header(&net, 0, &good_ids[3]));
    other[0] = good[3]; /* beyond what the id of good[5] proves, one more */
    other[1] = good[4];
    other[2] = good[5];
    other[3].previous = good_ids[5];
    beyond = kette_header_id(kette_store_hasher(net.f.builder), &other[3]);
    net_answer_headers(&net, other, 4);
    CU_ASSERT_TRUE(has_header(&net, 0, &good_ids[5]));
    CU_ASSERT_FALSE(has_header(&net, 0, &beyond));
    other[3] = good[6]; /* good to here, and another one from here on */
    other[4].previous = good_ids[6];
    show(&net, &other[3], 3);
    CU_ASSERT_FALSE(has_header(&net, 0, &good_ids[6]));
    net_clear(&net);
}

/* A walk that begins anew keeps nothing of the one before: a chain with too little work is not let
 * in by one that has enough. */
static void
test_first_chain_is_forgotten(void)
{
    Net net;
    KetteHeader good[12], cheap[9];
    KetteHash good_ids[12], cheap_ids[9];

    open_net(&net, 12);
    make_line(&net, good, good_ids, 12, 1);
    make_line(&net, cheap, cheap_ids, 9, 2);
    show(&net, cheap, 9);
    show(&net, good, 12);
    show(&net, cheap, 3);
    CU_ASSERT_FALSE(has_header(&net, 0, &cheap_ids[0]));
    net_clear(&net);
}

/* What comes twice neither moves a walk on nor begins it anew. */
static void
test_repeated_answers(void)
{
    Net net;
    KetteHeader line[12];
    KetteHash ids[12];

    open_with_line(&net, line, ids, 12);
    show(&net, line, 9);
    show(&net, line, 3);
    show(&net, &line[3], 3);
    CU_ASSERT_FALSE(has_header(&net, 0, &ids[0]));
    show(&net, &line[9], 3);
    show(&net, line, 3);
    CU_ASSERT_TRUE(has_header(&net, 0, &ids[2]));
    CU_ASSERT_FALSE(has_header(&net, 0, &ids[3]));
    show(&net, &line[3], 9);
    CU_ASSERT_TRUE(has_header(&net, 0, &ids[11]));
    net_clear(&net);
}

/* An answer that comes twice in a row is no late one: the peer has left the branch above it, and
 * the walk goes on from there. */
static void
test_peer_leaves_branch(void)
{
    Net net;
    KetteHeader line[12], other[12];
    KetteHash ids[12], other_ids[12];

    open_with_line(&net, line, ids, 12);
    make_line(&net, other, other_ids, 12, 2);
    other[3].previous = ids[2];
    for (unsigned i = 3; i < 12; i++) {
        other_ids[i] = kette_header_id(kette_store_hasher(net.f.builder), &other[i]);
        if (i < 11)
            other[i + 1].previous = other_ids[i];
    }
    show(&net, line, 9);
    show(&net, line, 3);
    show(&net, line, 3);
    show(&net, &other[3], 9);
    show(&net, line, 3);
    show(&net, &other[3], 9);
    CU_ASSERT_TRUE(has_header(&net, 0, &other_ids[11]));
    CU_ASSERT_FALSE(has_header(&net, 0, &ids[3]));
    net_clear(&net);
}

static size_t
memory_of_peers(const Net *net)
{
    KetteNodeMemory sum = {0};

    kette_node_memory(net->hosts[0].node, &sum);
    return sum.peers;
}

/* Of short answers, as of a chain that grows, the ends stay that full answers are sure to meet. */
static void
test_short_answers(void)
{
    Net net;
    KetteHeader line[33];
    KetteHash ids[33];
    size_t at_first = 0;

    open_net(&net, 34);
    make_line(&net, line, ids, 33, 1);
    for (unsigned i = 0; i < 33; i++) {
        if (i == 3)
            at_first = memory_of_peers(&net);
        net_answer_headers(&net, &line[i], 1);
    }
    CU_ASSERT_EQUAL(memory_of_peers(&net), at_first + 30 / ANSWER * sizeof(KetteHash));
    for (unsigned i = 0; i < 33; i += ANSWER) {
        net_answer_headers(&net, &line[i], ANSWER);
        CU_ASSERT_TRUE(has_header(&net, 0, &ids[i]));
    }
    CU_ASSERT_TRUE(has_header(&net, 0, &ids[32]));
    net_clear(&net);
}

/* The answer with the last end is taken in whole: the chain has grown since it was walked. */
static void
test_beyond_the_walk(void)
{
    Net net;
    KetteHeader line[13];
    KetteHash ids[13];

    open_net(&net, 12);
    make_line(&net, line, ids, 13, 1);
    show(&net, line, 12);
    show(&net, line, 9);
    net_answer_headers(&net, &line[9], 4);
    CU_ASSERT_TRUE(has_header(&net, 0, &ids[12]));
    net_clear(&net);
}

/* An answer from the middle of a walk is late: the question that is open stays so, and the second
 * time is no further on. */
static void
test_late_answers(void)
{
    Net net;
    KetteHeader line[12];
    KetteHash ids[12];
    unsigned asked;

    open_with_line(&net, line, ids, 12);
    show(&net, line, 9);
    asked = net.hosts[0].sent[KETTE_MSG_REQUEST_CHAIN];
    net_answer_headers(&net, &line[3], ANSWER);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_REQUEST_CHAIN], asked);
    show(&net, &line[9], 3);
    net_answer_headers(&net, &line[3], ANSWER);
    show(&net, line, 3);
    CU_ASSERT_TRUE(has_header(&net, 0, &ids[2]));
    CU_ASSERT_FALSE(has_header(&net, 0, &ids[3]));
    net_clear(&net);
}

/* An answer with nothing new, as a late one has, does not end a walk that comes a second time. */
static void
test_nothing_new(void)
{
    Net net;
    KetteHeader line[12];
    KetteHash ids[12];

    open_with_line(&net, line, ids, 12);
    show(&net, line, 12);
    show(&net, line, 3);
    show(&net, line, 3);
    show(&net, &line[3], 3);
    CU_ASSERT_TRUE(has_header(&net, 0, &ids[5]));
    net_clear(&net);
}

/* A header without its work ends the walk, costs points, and nothing is kept. */
static void
test_bad_header(void)
{
    Net net;
    KetteHeader line[6];
    KetteHash ids[6];

    open_net(&net, 12);
    make_line(&net, line, ids, 6, 1);
    line[4].bits = 0x1f00ffff; /* easier than the limit */
    show(&net, line, 6);
    CU_ASSERT_EQUAL(net.hosts[0].refused, 1);
    CU_ASSERT_FALSE(has_header(&net, 0, &ids[0]));
    line[1].bits = line[4].bits;
    show(&net, line, 3);
    CU_ASSERT_TRUE(kette_node_is_banned(net.hosts[0].node, 1));
    net_clear(&net);
}

/* Headers that do not follow the one before them are not read, whatever came before them: what
 * stands on genesis would else be kept without its work. */
static void
test_unlinked_headers(void)
{
    Net net;
    KetteHeader line[12], cheap[2], answer[4];
    KetteHash ids[12], cheap_ids[2];

    open_with_line(&net, line, ids, 12);
    make_line(&net, cheap, cheap_ids, 2, 2);
    net_mine(&net, 0, 1);
    answer[0] = net_tip(&net, 0)->header; /* one that is here */
    answer[1] = cheap[0];
    answer[2] = cheap[1];
    net_answer_headers(&net, answer, 3);
    CU_ASSERT_FALSE(has_header(&net, 0, &cheap_ids[0]));

    show(&net, line, 12);
    answer[0] = cheap[0];
    answer[1] = cheap[1];
    answer[2] = line[2]; /* one that the walk has passed */
    net_answer_headers(&net, answer, 3);
    CU_ASSERT_FALSE(has_header(&net, 0, &cheap_ids[0]));

    show(&net, line, 12);
    show(&net, line, 9);
    memcpy(answer, &line[9], 3 * sizeof line[0]); /* the walk ends here */
    answer[3] = cheap[0];
    net_answer_headers(&net, answer, 4);
    CU_ASSERT_TRUE(has_header(&net, 0, &ids[11]));
    CU_ASSERT_FALSE(has_header(&net, 0, &cheap_ids[0]));
    CU_ASSERT_EQUAL(net.hosts[0].banned, 0);
    net_clear(&net);
}

/* A block on genesis has too little work, and one that stands on a walk is no orphan: its headers
 * are asked for. */
static void
test_unasked_blocks(void)
{
    Net net;
    KetteHeader line[12];
    KetteHash ids[12];
    KetteBlock *block, *child;
    unsigned asked;

    open_net(&net, 12);
    block = fixture_block(&net.f, fixture_genesis(&net.f), 1, NULL, 0);
    child = fixture_block(&net.f, block, 2, NULL, 0);
    net_give(&net, 0, 1, block);
    CU_ASSERT_FALSE(has_header(&net, 0, &block->id));
    make_line(&net, line, ids, 12, 1);
    show(&net, line, 3);
    net_settle(&net);
    asked = net.hosts[0].sent[KETTE_MSG_REQUEST_CHAIN];
    net_give(&net, 0, 1, child);
    CU_ASSERT_EQUAL(kette_chain_orphan_count(kette_node_chain(net.hosts[0].node)), 0);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_REQUEST_CHAIN], asked + 1);
    net_answer_headers(&net, line, 12); /* enough at once: the walk is over */
    CU_ASSERT_TRUE(has_header(&net, 0, &ids[11]));
    net_give(&net, 0, 1, child);
    CU_ASSERT_EQUAL(kette_chain_orphan_count(kette_node_chain(net.hosts[0].node)), 1);
    net_clear(&net);
}

/* A walk ends with the connection. */
static void
test_connection_ends(void)
{
    Net net;
    KetteHeader line[12];
    KetteHash ids[12];

    open_with_line(&net, line, ids, 12);
    show(&net, line, 9);
    kette_node_remove_peer(net.hosts[0].node, 1, net.now_ns);
    kette_node_remove_peer(net.hosts[1].node, 0, net.now_ns);
    net_connect(&net, 0, 1);
    net_settle(&net);
    show(&net, &line[9], 3);
    show(&net, line, 3);
    CU_ASSERT_FALSE(has_header(&net, 0, &ids[2]));
    net_clear(&net);
}

/* Above its own chain a node keeps what is near its tip: a branch that ends deeper is not kept, one
 * that comes near in several answers is. */
static void
test_near_the_tip(void)
{
    Net net;
    KetteHash id;

    net_open(&net, &(NetOptions){.ack = true, .headers = 100});
    net_mine(&net, 0, KETTE_UNASKED_DEPTH + 200);
    net_mine(&net, 1, 199);
    id = kette_entry_ancestor(net_tip(&net, 1), 199)->id;
    net_connect(&net, 1, 2);
    net_settle(&net);
    CU_ASSERT_EQUAL(net_tip(&net, 2)->height, 199);
    net_connect(&net, 0, 2);
    net_settle(&net);
    net_pass(&net, 60 * SECOND);
    CU_ASSERT_FALSE(has_header(&net, 0, &id));
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 2));
    CU_ASSERT_EQUAL(net.hosts[0].banned, 0);
    net_clear(&net);

    net_open(&net, &(NetOptions){.ack = true, .headers = 100});
    net_mine(&net, 0, KETTE_UNASKED_DEPTH + 200);
    net_mine(&net, 1, 200);
    id = net_tip(&net, 1)->id;
    net_connect(&net, 0, 1);
    net_settle(&net);
    net_pass(&net, 60 * SECOND);
    CU_ASSERT_TRUE(has_header(&net, 0, &id));
    CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
    net_clear(&net);
}

/* Messages are lost, and two peers show the chain at once. Every third would be lost in step with
 * the questions. */
static void
test_losses(void)
{
    for (unsigned lose = 4; lose < 12; lose++) {
        Net net;

        net_open(&net, &(NetOptions){.ack = true, .headers = ANSWER, .min_work = 30, .lose = lose});
        net_mine(&net, 1, 40);
        net_connect(&net, 1, 2);
        net_settle(&net);
        net_pass(&net, 600 * SECOND);
        net_connect(&net, 0, 1);
        net_connect(&net, 0, 2);
        net_settle(&net);
        net_pass(&net, 3600 * SECOND);
        CU_ASSERT_EQUAL(net_tip(&net, 0)->height, 40);
        CU_ASSERT_TRUE(net_same_tip(&net, 0, 1));
        net_clear(&net);
    }
}

TEST_SUITE(presync, {"minimum work", test_minimum_work}, {"second chain", test_second_chain},
           {"first chain is forgotten", test_first_chain_is_forgotten},
           {"repeated answers", test_repeated_answers}, {"bad header", test_bad_header},
           {"a peer leaves its branch", test_peer_leaves_branch},
           {"short answers", test_short_answers}, {"late answers", test_late_answers},
           {"beyond the walk", test_beyond_the_walk}, {"nothing new", test_nothing_new},
           {"unlinked headers", test_unlinked_headers}, {"unasked blocks", test_unasked_blocks},
           {"connection ends", test_connection_ends}, {"near the tip", test_near_the_tip},
           {"losses", test_losses})
