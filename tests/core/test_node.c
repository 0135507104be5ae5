/* Nodes on a made-up host: handshake, relay, retries, sync, time-outs. Two or three nodes talk
 * through a queue that the test delivers, drops or delays by hand. */
#include "core/node/node.h"
#include "core/base/limits.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"

#define NODES 3
#define SECOND INT64_C(1000000000)

typedef struct {
    uint32_t from, to;
    KetteMessage *message;
} Mail;

typedef struct Net Net;

typedef struct {
    Net *net;
    uint32_t index;
    KetteNode *node;
    KetteStore *store;
    int64_t timers[KETTE_TIMER_COUNT]; /* when due, 0: off */
    unsigned sent[KETTE_MSG_COUNT];
    unsigned returned, refused, banned;
} Host;

struct Net {
    Fixture f;
    Host hosts[NODES];
    GArray *mail;
    int64_t now_ns;
    bool cut[NODES][NODES];
    int drop_kind; /* messages of this kind are lost; -1 none */
};

static void
host_send(void *user, uint32_t peer, KetteMessage *message)
{
    Host *host = user;
    Mail mail = {host->index, peer, message};

    host->sent[message->kind]++;
    g_array_append_val(host->net->mail, mail);
}

static void
host_set_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    Host *host = user;

    CU_ASSERT_TRUE(delay_ns > 0);
    host->timers[timer] = host->net->now_ns + delay_ns;
}

static void
host_cancel_timer(void *user, KetteTimer timer)
{
    ((Host *)user)->timers[timer] = 0;
}

static uint64_t
host_random(void *user)
{
    (void)user;
    return 4;
}

static void
host_note(void *user, const KetteNote *note)
{
    Host *host = user;

    host->returned += note->kind == KETTE_NOTE_TX_RETURNED;
    host->refused += note->kind == KETTE_NOTE_REFUSED;
    host->banned += note->kind == KETTE_NOTE_BANNED;
}

/* Peer numbers are node numbers here. */
static void
net_open(Net *net, bool ack, KetteRelay relay, KetteForkChoice choice)
{
    memset(net, 0, sizeof *net);
    fixture_init(&net->f);
    net->f.params.fork_choice = choice;
    net->mail = g_array_new(FALSE, FALSE, sizeof(Mail));
    net->drop_kind = -1;
    for (uint32_t i = 0; i < NODES; i++) {
        Host *host = &net->hosts[i];
        KetteHost door = {.user = host,
                          .send = host_send,
                          .set_timer = host_set_timer,
                          .cancel_timer = host_cancel_timer,
                          .random = host_random,
                          .note = host_note};
        KetteNodeConfig config;

        kette_node_config_init(&config);
        config.ack = ack;
        config.relay = relay;
        config.mempool_expiry_ns = 7200 * SECOND;
        config.miner.b[0] = (uint8_t)(i + 1);
        *host = (Host){.net = net, .index = i, .store = fixture_store(&net->f)};
        host->node = kette_node_new(host->store, &config, &door);
        kette_node_start(host->node, 0);
    }
}

static void
net_init_relay(Net *net, bool ack, KetteRelay relay)
{
    net_open(net, ack, relay, KETTE_FORK_MOST_WORK);
}

static void
net_init(Net *net, bool ack)
{
    net_init_relay(net, ack, KETTE_RELAY_FLOOD);
}

static void
net_clear(Net *net)
{
    for (guint i = 0; i < net->mail->len; i++)
        kette_message_unref(g_array_index(net->mail, Mail, i).message);
    g_array_unref(net->mail);
    for (int i = 0; i < NODES; i++) {
        kette_node_free(net->hosts[i].node);
        kette_store_free(net->hosts[i].store);
    }
    fixture_clear(&net->f);
}

static void
net_connect(Net *net, uint32_t a, uint32_t b)
{
    kette_node_add_peer(net->hosts[b].node, a, false, net->now_ns);
    kette_node_add_peer(net->hosts[a].node, b, true, net->now_ns);
}

static void
audit_all(Net *net)
{
    for (int i = 0; i < NODES; i++) {
        const char *wrong = kette_node_audit(net->hosts[i].node);

        TEST_STR_EQUAL(wrong ? wrong : "ok", "ok");
    }
}

/* Delivers all mail, and what it causes, without time passing. */
static void
settle(Net *net)
{
    for (guint i = 0; i < net->mail->len; i++) {
        Mail mail = g_array_index(net->mail, Mail, i);

        if (!net->cut[mail.from][mail.to] && (int)mail.message->kind != net->drop_kind)
            kette_node_receive(net->hosts[mail.to].node, mail.from, mail.message, net->now_ns);
        kette_message_unref(mail.message);
    }
    g_array_set_size(net->mail, 0);
    audit_all(net);
}

/* Lets time pass, firing timers and delivering mail at once. */
static void
pass(Net *net, int64_t duration_ns)
{
    int64_t end = net->now_ns + duration_ns;

    for (;;) {
        Host *next = NULL;
        int timer = 0;

        for (int i = 0; i < NODES; i++) {
            for (int t = 0; t < KETTE_TIMER_COUNT; t++) {
                int64_t due = net->hosts[i].timers[t];

                if (due != 0 && due <= end && (next == NULL || due < next->timers[timer])) {
                    next = &net->hosts[i];
                    timer = t;
                }
            }
        }
        if (next == NULL)
            break;
        net->now_ns = next->timers[timer];
        next->timers[timer] = 0;
        kette_node_timer(next->node, (KetteTimer)timer, net->now_ns);
        settle(net);
    }
    net->now_ns = end;
}

static const KetteEntry *
tip(const Net *net, int node)
{
    return kette_chain_tip(kette_node_chain(net->hosts[node].node));
}

static bool
same_tip(const Net *net, int a, int b)
{
    return kette_hash_equal(&tip(net, a)->id, &tip(net, b)->id);
}

static void
mine(Net *net, int node, unsigned count)
{
    KetteVerdict verdict;

    for (unsigned i = 0; i < count; i++)
        kette_block_unref(
            kette_node_mine_pending_transactions(net->hosts[node].node, &verdict, net->now_ns));
}

static void
cut(Net *net, int a, int b, bool on)
{
    net->cut[a][b] = net->cut[b][a] = on;
}

static void
test_handshake(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    settle(&net);
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
    settle(&net);
    pass(&net, 100 * SECOND);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 0);
    /* 1, 2, 4, 8, 16 s, then every 20 s: backing off, not hammering */
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_HANDSHAKE] >= 6);
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_HANDSHAKE] <= 9);
    net.drop_kind = -1;
    pass(&net, 30 * SECOND);
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
    settle(&net);
    mine(&net, 0, 1);
    settle(&net);
    CU_ASSERT_TRUE(same_tip(&net, 0, 2));
    CU_ASSERT_EQUAL(net.hosts[1].sent[KETTE_MSG_NEW_BLOCK], 1); /* not back to where it came from */
    CU_ASSERT_EQUAL(net.hosts[1].sent[KETTE_MSG_ACK], 1);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    CU_ASSERT_EQUAL(net.hosts[0].timers[KETTE_TIMER_ANNOUNCE], 0);
    net_clear(&net);
}

static void
test_announcement_is_repeated_and_given_up(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    settle(&net);
    cut(&net, 0, 1, true);
    mine(&net, 0, 1);
    settle(&net);
    pass(&net, 600 * SECOND);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_BLOCK], 1 + KETTE_ANNOUNCE_RETRIES);
    CU_ASSERT_FALSE(same_tip(&net, 0, 1));
    cut(&net, 0, 1, false);
    pass(&net, 6 * SECOND); /* the next poll carries it */
    CU_ASSERT_TRUE(same_tip(&net, 0, 1));
    net_clear(&net);
}

static void
test_lost_ack_repeats_once(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    settle(&net);
    net.drop_kind = KETTE_MSG_ACK;
    mine(&net, 0, 1);
    settle(&net);
    net.drop_kind = -1;
    pass(&net, 60 * SECOND);
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
    settle(&net);
    mine(&net, 0, 300);
    settle(&net);
    CU_ASSERT_TRUE(same_tip(&net, 0, 1));
    net_connect(&net, 2, 0);
    net_connect(&net, 2, 1);
    settle(&net);
    pass(&net, 20 * SECOND);
    CU_ASSERT_TRUE(same_tip(&net, 0, 2));
    CU_ASSERT_EQUAL(tip(&net, 2)->height, 300);
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
    settle(&net);
    mine(&net, 0, 3);
    settle(&net);
    cut(&net, 0, 1, true);
    tx = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 1, 0, 0);
    CU_ASSERT_EQUAL(kette_node_validate_and_add_transaction(net.hosts[0].node, tx, net.now_ns),
                    KETTE_OK);
    mine(&net, 0, 2);
    mine(&net, 1, 40);
    settle(&net);
    pass(&net, 100 * SECOND);
    cut(&net, 0, 1, false);
    pass(&net, 10 * SECOND);
    CU_ASSERT_TRUE(same_tip(&net, 0, 1));
    CU_ASSERT_EQUAL(tip(&net, 0)->height, 43);
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
    settle(&net);
    mine(&net, 0, 10);
    settle(&net);
    net_connect(&net, 2, 0);
    net_connect(&net, 2, 1);
    net.drop_kind = KETTE_MSG_SYNC_RESPONSE;
    settle(&net);
    CU_ASSERT_EQUAL(tip(&net, 2)->height, 0);
    CU_ASSERT_TRUE(kette_node_outstanding(net.hosts[2].node) > 0);
    net.drop_kind = -1;
    cut(&net, 2, 0, true);
    pass(&net, 12 * SECOND);
    CU_ASSERT_EQUAL(tip(&net, 2)->height, 10);
    net_clear(&net);
}

static void
test_departed_peer_is_forgotten(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    settle(&net);
    cut(&net, 0, 1, true);
    mine(&net, 0, 1);
    CU_ASSERT_TRUE(kette_node_outstanding(net.hosts[0].node) > 0);
    kette_node_remove_peer(net.hosts[0].node, 1, net.now_ns);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 0);
    settle(&net);
    net_clear(&net);
}

/* Answers to questions that were not asked change nothing. */
static void
test_unasked_answers_are_ignored(void)
{
    Net net;
    KetteBlock *block;
    g_autoptr(KetteMessage) chain = NULL, bodies = NULL;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    settle(&net);
    block = fixture_block(&net.f, fixture_genesis(&net.f), 1, NULL, 0);
    chain = kette_message_response_chain(&block->header, 1);
    bodies = kette_message_sync_response(&block->id, &block, 1);
    kette_node_receive(net.hosts[0].node, 1, chain, net.now_ns);
    kette_node_receive(net.hosts[0].node, 1, bodies, net.now_ns);
    CU_ASSERT_PTR_NULL(kette_chain_find(kette_node_chain(net.hosts[0].node), &block->id));
    settle(&net);
    net_clear(&net);
}

static void
send_block(Net *net, uint32_t to, uint32_t from, KetteBlock *block)
{
    g_autoptr(KetteMessage) message = kette_message_block(block);

    kette_node_receive(net->hosts[to].node, from, message, net->now_ns);
}

/* While cut, 1 sees a fork of two with three leaves (weight 4) and 0 a line of three: by subtree 1
 * is ahead though its chain is shorter. After the heal both know all blocks and agree. */
static void
test_ghost_exchanges_side_blocks(void)
{
    Net net;
    KetteBlock *base;

    net_open(&net, true, KETTE_RELAY_FLOOD, KETTE_FORK_GHOST);
    net_connect(&net, 0, 1);
    settle(&net);
    cut(&net, 0, 1, true);
    mine(&net, 0, 3);
    base = fixture_block(&net.f, fixture_genesis(&net.f), 90, NULL, 0);
    send_block(&net, 1, 0, base);
    for (unsigned i = 0; i < 3; i++)
        send_block(&net, 1, 0, fixture_block(&net.f, base, 91 + i, NULL, 0));
    settle(&net);
    CU_ASSERT_EQUAL(tip(&net, 0)->height, 3);
    CU_ASSERT_EQUAL(tip(&net, 1)->height, 2);
    pass(&net, 200 * SECOND);
    cut(&net, 0, 1, false);
    pass(&net, 20 * SECOND);
    CU_ASSERT_TRUE(same_tip(&net, 0, 1));
    CU_ASSERT_EQUAL(tip(&net, 0)->height, 2);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    net_clear(&net);
}

/* --- discovery ----------------------------------------------------------------------------- */

/* One node on a host that only writes down where it wants to connect. */
typedef struct {
    Net net;
    KetteNode *node;
    KettePeerAddress wanted[64];
    unsigned wanted_count, closed;
} Seeker;

static void
seek_connect(void *user, const KettePeerAddress *address)
{
    Seeker *seeker = user;

    CU_ASSERT_FATAL(seeker->wanted_count < G_N_ELEMENTS(seeker->wanted));
    seeker->wanted[seeker->wanted_count++] = *address;
}

static void
seek_disconnect(void *user, uint32_t peer)
{
    (void)peer;
    ((Seeker *)user)->closed++;
}

static void
seek_send(void *user, uint32_t peer, KetteMessage *message)
{
    host_send(&((Seeker *)user)->net.hosts[0], peer, message);
}

static void
seek_set_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    host_set_timer(&((Seeker *)user)->net.hosts[0], timer, delay_ns);
}

static void
seek_cancel_timer(void *user, KetteTimer timer)
{
    host_cancel_timer(&((Seeker *)user)->net.hosts[0], timer);
}

static void
seeker_init(Seeker *seeker, uint32_t outbound, uint32_t inbound)
{
    const KetteHost door = {.user = seeker,
                            .send = seek_send,
                            .set_timer = seek_set_timer,
                            .cancel_timer = seek_cancel_timer,
                            .random = host_random,
                            .connect = seek_connect,
                            .disconnect = seek_disconnect};
    KetteNodeConfig config;

    memset(seeker, 0, sizeof *seeker);
    net_init(&seeker->net, true);
    kette_node_config_init(&config);
    config.discovery = true;
    config.outbound = outbound;
    config.inbound = inbound;
    seeker->node = kette_node_new(seeker->net.hosts[0].store, &config, &door);
    kette_node_start(seeker->node, 0);
}

static void
seeker_clear(Seeker *seeker)
{
    kette_node_free(seeker->node);
    net_clear(&seeker->net);
}

static KettePeerAddress
somewhere(uint8_t n)
{
    return (KettePeerAddress){{n, 1, 2, 3}, 8001};
}

/* Time passes a second at a time; only the search for peers ticks. */
static void
seek(Seeker *seeker, unsigned seconds)
{
    for (unsigned i = 0; i < seconds; i++) {
        seeker->net.now_ns += SECOND;
        kette_node_timer(seeker->node, KETTE_TIMER_PEERS, seeker->net.now_ns);
    }
}

static void
say_hello(Seeker *seeker, uint32_t peer, uint16_t port)
{
    const KetteHandshake hello = {.version = KETTE_PROTOCOL_VERSION,
                                  .genesis = fixture_genesis(&seeker->net.f)->id,
                                  .tip = fixture_genesis(&seeker->net.f)->id,
                                  .port = port,
                                  .reply = true};
    g_autoptr(KetteMessage) message = kette_message_handshake(&hello);

    kette_node_receive(seeker->node, peer, message, seeker->net.now_ns);
}

static void
test_discovery_backs_off(void)
{
    Seeker seeker;
    KettePeerAddress one = somewhere(1);

    seeker_init(&seeker, 2, 8);
    kette_node_add_address(seeker.node, &one);
    seek(&seeker, 100); /* nobody answers: 0, 1, 3, 7, 15, 31, 51, 71, 91 s */
    CU_ASSERT_TRUE(seeker.wanted_count >= 7);
    CU_ASSERT_TRUE(seeker.wanted_count <= 10);
    seeker_clear(&seeker);
}

/* A first peer tells of others; two outbound connections are enough. */
static void
test_discovery_finds_peers(void)
{
    Seeker seeker;
    KettePeerAddress told[3] = {somewhere(2), somewhere(3), somewhere(4)}, one = somewhere(1);
    g_autoptr(KetteMessage) list = kette_message_peer_list(told, 3);

    seeker_init(&seeker, 2, 8);
    kette_node_add_address(seeker.node, &one);
    seek(&seeker, 1);
    CU_ASSERT_EQUAL_FATAL(seeker.wanted_count, 1);
    kette_node_add_peer_at(seeker.node, 0, true, &seeker.wanted[0], seeker.net.now_ns);
    say_hello(&seeker, 0, 8001);
    CU_ASSERT_EQUAL(seeker.net.hosts[0].sent[KETTE_MSG_GET_PEERS], 1);
    kette_node_receive(seeker.node, 0, list, seeker.net.now_ns);
    CU_ASSERT_EQUAL(kette_book_count(kette_node_book(seeker.node)), 4);
    CU_ASSERT_EQUAL(kette_book_tried_count(kette_node_book(seeker.node)), 1);
    seek(&seeker, 1);
    CU_ASSERT_EQUAL_FATAL(seeker.wanted_count, 2);
    CU_ASSERT_NOT_EQUAL(seeker.wanted[1].host[0], 1); /* not where it is already */
    kette_node_add_peer_at(seeker.node, 1, true, &seeker.wanted[1], seeker.net.now_ns);
    say_hello(&seeker, 1, 8001);
    seek(&seeker, 60);
    CU_ASSERT_EQUAL(seeker.wanted_count, 2);
    kette_node_remove_peer(seeker.node, 1, seeker.net.now_ns);
    seek(&seeker, 1);
    CU_ASSERT_EQUAL(seeker.wanted_count, 3); /* another one, or the same again */
    seeker_clear(&seeker);
}

static void
test_inbound_is_limited(void)
{
    Seeker seeker;
    g_autoptr(KetteMessage) ask = kette_message_get_peers();

    seeker_init(&seeker, 0, 2);
    for (uint32_t i = 0; i < 4; i++) {
        KettePeerAddress from = somewhere((uint8_t)(10 + i));

        kette_node_add_peer_at(seeker.node, i, false, &from, 0);
    }
    CU_ASSERT_EQUAL(seeker.closed, 2);
    say_hello(&seeker, 0, 8001);
    say_hello(&seeker, 1, 0); /* behind a NAT: not worth telling anybody */
    CU_ASSERT_EQUAL(kette_book_count(kette_node_book(seeker.node)), 1);
    kette_node_receive(seeker.node, 1, ask, 0);
    kette_node_receive(seeker.node, 1, ask, 0);
    CU_ASSERT_EQUAL(seeker.net.hosts[0].sent[KETTE_MSG_PEER_LIST], 1); /* once a connection */
    kette_node_add_peer(seeker.node, 9, false, 0); /* a standing one is beyond the limits */
    CU_ASSERT_EQUAL(seeker.closed, 2);
    seeker_clear(&seeker);
}

/* --- conduct ------------------------------------------------------------------------------- */

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
    settle(&net);
    for (unsigned i = 0; i < 5; i++) {
        CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
        send_block(&net, 0, 1,
                   fixture_bad_block(&net.f, fixture_genesis(&net.f), 10 + i, spoil_root));
    }
    CU_ASSERT_TRUE(kette_node_is_banned(net.hosts[0].node, 1));
    CU_ASSERT_EQUAL(net.hosts[0].banned, 1);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 0);
    settle(&net);
    sent = net.hosts[0].sent[KETTE_MSG_NEW_BLOCK];
    mine(&net, 0, 1);
    mine(&net, 1, 3);
    settle(&net);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_BLOCK], sent); /* not to whom is banned */
    CU_ASSERT_EQUAL(tip(&net, 0)->height, 1);
    pass(&net, 24 * 3600 * SECOND + 60 * SECOND);
    CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
    CU_ASSERT_TRUE(same_tip(&net, 0, 1));
    net_clear(&net);
}

/* The side that was banned did not open the connection, and the other still takes it for ready. */
static void
test_inbound_comes_back_after_a_ban(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 1, 0);
    settle(&net);
    for (unsigned i = 0; i < 5; i++)
        send_block(&net, 0, 1,
                   fixture_bad_block(&net.f, fixture_genesis(&net.f), 10 + i, spoil_root));
    CU_ASSERT_TRUE(kette_node_is_banned(net.hosts[0].node, 1));
    settle(&net);
    mine(&net, 0, 3);
    settle(&net);
    pass(&net, 24 * 3600 * SECOND + 120 * SECOND);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 1);
    CU_ASSERT_TRUE(same_tip(&net, 0, 1));
    net_clear(&net);
}

/* An answer to a question of node 0, with these headers. */
static void
answer_headers(Net *net, const KetteHeader *headers, uint16_t count)
{
    g_autoptr(KetteMessage) message = kette_message_response_chain(headers, count);

    kette_node_request_chain_sync(net->hosts[0].node, 1, net->now_ns);
    kette_node_receive(net->hosts[0].node, 1, message, net->now_ns);
}

/* Headers that lead nowhere are counted whatever stands at the end of the answer. */
static void
test_header_spam_bans(void)
{
    Net net;
    KetteHeader batch[1000];
    unsigned rounds = 0;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    settle(&net);
    mine(&net, 0, 30);
    settle(&net);
    for (uint32_t nonce = 1; !kette_node_is_banned(net.hosts[0].node, 1) && rounds < 40; rounds++) {
        for (size_t i = 0; i < G_N_ELEMENTS(batch); i++) {
            batch[i] = fixture_genesis(&net.f)->header;
            batch[i].previous = fixture_genesis(&net.f)->id;
            batch[i].time++;
            batch[i].nonce = nonce++;
        }
        batch[G_N_ELEMENTS(batch) - 1].time += 90000; /* not yet due */
        answer_headers(&net, batch, G_N_ELEMENTS(batch));
        net.drop_kind = KETTE_MSG_REQUEST_CHAIN;
        settle(&net);
    }
    CU_ASSERT_TRUE(rounds < 12);
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
    settle(&net);
    parent = fixture_genesis(&net.f);
    for (unsigned i = 0; i < 3; i++) {
        parent = fixture_block(&net.f, parent, 60 + i, NULL, 0);
        headers[i] = parent->header;
    }
    headers[3] = parent->header;
    headers[3].previous = parent->id;
    headers[3].time += 90000;
    answer_headers(&net, headers, 4);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST], 1);
    CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
    settle(&net);
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
    settle(&net);
    wanted = fixture_block(&net.f, fixture_genesis(&net.f), 70, NULL, 0);
    junk = fixture_block(&net.f, fixture_genesis(&net.f), 71, NULL, 0);
    answer_headers(&net, &wanted->header, 1);
    answer = kette_message_sync_response(&wanted->id, &junk, 1);
    for (unsigned i = 0; i < 50; i++)
        kette_node_receive(net.hosts[0].node, 1, answer, net.now_ns);
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST] <= 2);
    settle(&net);
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
    settle(&net);
    block = fixture_block(&net.f, fixture_genesis(&net.f), 72, NULL, 0);
    announced = kette_message_inventory(KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK, &block->id, 1);
    kette_node_receive(net.hosts[0].node, 1, announced, net.now_ns);
    answer_headers(&net, &block->header, 1);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_GET_DATA], 1);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_SYNC_REQUEST], 0);
    settle(&net);
    net_clear(&net);
}

static void
test_points_decay(void)
{
    Net net;

    net_init(&net, true);
    net_connect(&net, 0, 1);
    settle(&net);
    for (unsigned i = 0; i < 12; i++) {
        send_block(&net, 0, 1,
                   fixture_bad_block(&net.f, fixture_genesis(&net.f), 10 + i, spoil_root));
        settle(&net);
        pass(&net, 15 * 60 * SECOND);
    }
    CU_ASSERT_FALSE(kette_node_is_banned(net.hosts[0].node, 1));
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
    settle(&net);
    a = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 1, 0, 0);
    b = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 2, 0, 0);
    for (unsigned round = 0; round < 30; round++) {
        cut(&net, 0, 1, true);
        CU_ASSERT_TRUE(kette_verdict_class(kette_node_validate_and_add_transaction(
                           net.hosts[0].node, a, net.now_ns)) != KETTE_CLASS_INVALID);
        CU_ASSERT_TRUE(kette_verdict_class(kette_node_validate_and_add_transaction(
                           net.hosts[1].node, b, net.now_ns)) != KETTE_CLASS_INVALID);
        mine(&net, 0, 1 + round % 3);
        mine(&net, 1, 1 + (round + 1) % 3);
        settle(&net);
        pass(&net, 30 * SECOND);
        cut(&net, 0, 1, false);
        pass(&net, 30 * SECOND);
    }
    for (uint32_t i = 0; i < NODES; i++)
        CU_ASSERT_EQUAL(net.hosts[i].banned, 0);
    CU_ASSERT_TRUE(same_tip(&net, 0, 2));
    kette_tx_unref(a);
    kette_tx_unref(b);
    net_clear(&net);
}

/* A transaction that no block takes goes after its time, with polling or without. */
static void
test_transactions_expire(void)
{
    Net net;
    KetteTx *tx;

    net_init(&net, true);
    net.hosts[0].timers[KETTE_TIMER_SYNC] = 0;
    tx = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 1, 0, 0);
    for (uint32_t i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(kette_node_validate_and_add_transaction(net.hosts[i].node, tx, net.now_ns),
                        KETTE_OK);
    pass(&net, 7100 * SECOND);
    for (uint32_t i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(kette_mempool_count(kette_node_mempool(net.hosts[i].node)), 1);
    pass(&net, 200 * SECOND);
    for (uint32_t i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(kette_mempool_count(kette_node_mempool(net.hosts[i].node)), 0);
    kette_tx_unref(tx);
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
    settle(&net);
    pass(&net, 300 * SECOND);
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_KEEP_ALIVE] >= 9);
    CU_ASSERT_TRUE(net.hosts[0].sent[KETTE_MSG_KEEP_ALIVE] <= 10);
    CU_ASSERT_EQUAL(kette_node_ready_peers(net.hosts[0].node), 1);
    net_clear(&net);
}

/* --- announce and ask --------------------------------------------------------------------- */

static void
test_inventory_asks_once(void)
{
    Net net;

    net_init_relay(&net, true, KETTE_RELAY_INVENTORY);
    net_connect(&net, 0, 1);
    net_connect(&net, 1, 2);
    net_connect(&net, 0, 2);
    settle(&net);
    mine(&net, 0, 1);
    settle(&net);
    CU_ASSERT_TRUE(same_tip(&net, 0, 1) && same_tip(&net, 0, 2));
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_INVENTORY], 2);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_BLOCK], 2);
    CU_ASSERT_EQUAL(net.hosts[1].sent[KETTE_MSG_GET_DATA], 1);
    CU_ASSERT_EQUAL(net.hosts[1].sent[KETTE_MSG_NEW_BLOCK], 0);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[0].node), 0);
    CU_ASSERT_EQUAL(kette_node_outstanding(net.hosts[1].node), 0);
    net_clear(&net);
}

/* Who announced first does not answer: the second is asked. */
static void
test_inventory_moves_on(void)
{
    Net net;

    net_init_relay(&net, true, KETTE_RELAY_INVENTORY);
    net_connect(&net, 0, 1);
    net_connect(&net, 1, 2);
    net_connect(&net, 0, 2);
    settle(&net);
    net.drop_kind = KETTE_MSG_GET_DATA;
    mine(&net, 0, 1);
    settle(&net);
    net.drop_kind = -1;
    CU_ASSERT_EQUAL(tip(&net, 2)->height, 0);
    /* 1 gets it from somebody and announces it to 2 as well; 0 falls silent for 2. */
    cut(&net, 0, 2, true);
    pass(&net, 12 * SECOND);
    CU_ASSERT_EQUAL(tip(&net, 2)->height, 1);
    net_clear(&net);
}

static void
test_transactions_by_inventory(void)
{
    Net net;
    KetteTx *tx;

    net_init_relay(&net, true, KETTE_RELAY_INVENTORY);
    net_connect(&net, 0, 1);
    net_connect(&net, 1, 2);
    settle(&net);
    tx = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 1, 0, 0);
    CU_ASSERT_EQUAL(kette_node_validate_and_add_transaction(net.hosts[0].node, tx, net.now_ns),
                    KETTE_OK);
    settle(&net);
    CU_ASSERT_PTR_NOT_NULL(kette_mempool_find(kette_node_mempool(net.hosts[2].node), &tx->id));
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_TRANSACTION], 1);
    kette_tx_unref(tx);
    net_clear(&net);
}

/* Two payments, one of which node 1 has: it asks for the other alone. */
static void
test_compact_asks_for_the_rest(void)
{
    Net net;
    KetteTx *txs[2];

    net_init_relay(&net, true, KETTE_RELAY_COMPACT);
    net_connect(&net, 0, 1);
    settle(&net);
    for (uint64_t i = 0; i < 2; i++) {
        txs[i] = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 1, 0, i);
        CU_ASSERT_EQUAL(
            kette_node_validate_and_add_transaction(net.hosts[0].node, txs[i], net.now_ns),
            KETTE_OK);
        net.drop_kind = i == 0 ? -1 : KETTE_MSG_NEW_TRANSACTION;
        settle(&net);
    }
    net.drop_kind = -1;
    CU_ASSERT_EQUAL(kette_mempool_count(kette_node_mempool(net.hosts[1].node)), 1);
    mine(&net, 0, 1);
    settle(&net);
    CU_ASSERT_TRUE(same_tip(&net, 0, 1));
    CU_ASSERT_EQUAL(net.hosts[1].sent[KETTE_MSG_GET_BLOCK_TXS], 1);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_BLOCK_TXS], 1);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_BLOCK], 0);
    CU_ASSERT_EQUAL(kette_mempool_count(kette_node_mempool(net.hosts[1].node)), 0);
    kette_tx_unref(txs[0]);
    kette_tx_unref(txs[1]);
    net_clear(&net);
}

/* An answer that does not fit the header: the whole block is asked for. */
static void
test_compact_falls_back(void)
{
    Net net;
    KetteTx *tx, *other;
    KetteMessage *forged;

    net_init_relay(&net, true, KETTE_RELAY_COMPACT);
    net_connect(&net, 0, 1);
    settle(&net);
    tx = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 1, 0, 0);
    other = fixture_pay(&net.f, net.f.alice, &net.f.bob_address, 2, 0, 0);
    net.drop_kind = KETTE_MSG_NEW_TRANSACTION;
    CU_ASSERT_EQUAL(kette_node_validate_and_add_transaction(net.hosts[0].node, tx, net.now_ns),
                    KETTE_OK);
    settle(&net);
    net.drop_kind = KETTE_MSG_BLOCK_TXS;
    mine(&net, 0, 1);
    settle(&net);
    net.drop_kind = -1;
    forged = kette_message_block_txs(&tip(&net, 0)->id, &other, 1);
    kette_node_receive(net.hosts[1].node, 0, forged, net.now_ns);
    settle(&net);
    CU_ASSERT_EQUAL(net.hosts[0].sent[KETTE_MSG_NEW_BLOCK], 1);
    CU_ASSERT_TRUE(same_tip(&net, 0, 1));
    kette_message_unref(forged);
    kette_tx_unref(tx);
    kette_tx_unref(other);
    net_clear(&net);
}

TEST_SUITE(
    node, {"discovery backs off", test_discovery_backs_off},
    {"discovery finds peers", test_discovery_finds_peers},
    {"inbound connections are limited", test_inbound_is_limited},
    {"ghost exchanges side blocks", test_ghost_exchanges_side_blocks},
    {"invalid blocks ban, for a time", test_invalid_blocks_ban},
    {"an inbound peer comes back after a ban", test_inbound_comes_back_after_a_ban},
    {"header spam bans", test_header_spam_bans},
    {"an early header does not stop the sync", test_early_header_does_not_stop_sync},
    {"junk bodies are not asked for again at once", test_junk_bodies_are_not_asked_again_at_once},
    {"a body is asked for once", test_a_body_is_asked_for_once},
    {"points decay", test_points_decay},
    {"honest faults cost nothing", test_honest_faults_cost_nothing},
    {"transactions expire", test_transactions_expire}, {"keep-alive", test_keep_alive},
    {"inventory asks once", test_inventory_asks_once},
    {"inventory moves on to who answers", test_inventory_moves_on},
    {"transactions by inventory", test_transactions_by_inventory},
    {"compact asks for the rest", test_compact_asks_for_the_rest},
    {"compact falls back to the whole", test_compact_falls_back}, {"handshake", test_handshake},
    {"a lost handshake is repeated", test_handshake_is_repeated},
    {"another genesis is refused", test_other_genesis_is_refused},
    {"flood and acknowledge", test_flood_and_ack},
    {"an announcement is repeated, then given up", test_announcement_is_repeated_and_given_up},
    {"a lost ACK repeats once", test_lost_ack_repeats_once},
    {"a late joiner catches up", test_late_joiner},
    {"a heal reorganises and returns", test_heal_reorganises},
    {"a silent peer is replaced", test_silent_peer_is_replaced},
    {"a departed peer is forgotten", test_departed_peer_is_forgotten},
    {"unasked answers are ignored", test_unasked_answers_are_ignored})
