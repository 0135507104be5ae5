/* Looking for peers, and the limits on who may connect. */
#include "core/base/limits.h"
#include "tests/core/net.h"
#include "tests/harness/harness.h"

/* One node on a host that only writes down where it wants to connect. */
typedef struct {
    Net net;
    KetteNode *node;
    KettePeerAddress wanted[64];
    unsigned wanted_count, closed;
    uint32_t last_closed;
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
    ((Seeker *)user)->closed++;
    ((Seeker *)user)->last_closed = peer;
}

static void
seek_send(void *user, uint32_t peer, KetteMessage *message)
{
    net_host_send(&((Seeker *)user)->net.hosts[0], peer, message);
}

static void
seek_set_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    net_host_set_timer(&((Seeker *)user)->net.hosts[0], timer, delay_ns);
}

static void
seek_cancel_timer(void *user, KetteTimer timer)
{
    net_host_cancel_timer(&((Seeker *)user)->net.hosts[0], timer);
}

/* Makes a node on the seeker's host. */
static KetteNode *
seeker_node(Seeker *seeker, uint32_t outbound, uint32_t inbound, uint32_t anchors)
{
    const KetteHost door = {.user = seeker,
                            .send = seek_send,
                            .set_timer = seek_set_timer,
                            .cancel_timer = seek_cancel_timer,
                            .random = net_host_random,
                            .connect = seek_connect,
                            .disconnect = seek_disconnect};
    KetteNodeConfig config;

    kette_node_config_init(&config);
    config.discovery = true;
    config.outbound = outbound;
    config.inbound = inbound;
    config.anchors = anchors;
    return kette_node_new(seeker->net.hosts[0].store, &config, &door);
}

static void
seeker_init(Seeker *seeker, uint32_t outbound, uint32_t inbound)
{
    memset(seeker, 0, sizeof *seeker);
    net_init(&seeker->net, true);
    seeker->node = seeker_node(seeker, outbound, inbound, 0);
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

/* Of four connections of its own the oldest three are tried first after a restart; not one that had
 * come in, one that had not shaken hands, or one that is connected by now. */
static void
test_anchors(void)
{
    Seeker seeker;
    KetteNode *old;
    KettePeerAddress from = somewhere(90);

    seeker_init(&seeker, 0, 8);
    kette_node_free(seeker.node);
    seeker.node = seeker_node(&seeker, 8, 8, 3);
    kette_node_start(seeker.node, 0);
    for (uint8_t i = 0; i < 60; i++) {
        const KettePeerAddress told = somewhere((uint8_t)(100 + i));

        kette_node_add_address(seeker.node, &told);
    }
    kette_node_add_peer_at(seeker.node, 0, false, &from, 0);
    for (uint32_t i = 1; i < 6; i++) {
        const KettePeerAddress to = somewhere((uint8_t)(10 + i));

        seeker.net.now_ns += SECOND;
        kette_node_add_peer_at(seeker.node, 6 - i, true, &to, seeker.net.now_ns);
        if (i != 2) /* this one never answers */
            say_hello(&seeker, 6 - i, 8001);
    }
    old = seeker.node;
    seeker.node = seeker_node(&seeker, 8, 8, 3);
    kette_node_give_book(seeker.node, kette_node_steal_book(old));
    kette_node_free(old);
    kette_node_start(seeker.node, seeker.net.now_ns);
    from = somewhere(13);
    kette_node_add_peer_at(seeker.node, 0, true, &from, seeker.net.now_ns);
    seek(&seeker, 2);
    CU_ASSERT_EQUAL_FATAL(seeker.wanted_count, 2);
    CU_ASSERT_EQUAL(seeker.wanted[0].host[0], 11);
    CU_ASSERT_EQUAL(seeker.wanted[1].host[0], 14);
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

/* --- slots and bans ------------------------------------------------------------------------ */

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[0] ^= 1;
}

/* Five invalid blocks, from a peer that has shaken hands. */
static void
misbehave(Seeker *seeker, uint32_t peer)
{
    static const unsigned points = 20;

    for (unsigned i = 0; i < 100 / points; i++) {
        g_autoptr(KetteMessage) message = kette_message_block(fixture_bad_block(
            &seeker->net.f, fixture_genesis(&seeker->net.f), peer * 8 + i, spoil_root));

        kette_node_receive(seeker->node, peer, message, seeker->net.now_ns);
    }
}

static void
come_in(Seeker *seeker, uint32_t peer, KettePeerAddress from)
{
    kette_node_add_peer_at(seeker->node, peer, false, &from, seeker->net.now_ns);
}

/* Sixteen of one group, so that the oldest are safe by three classes. The two youngest are safe
 * once they have brought a block and a payment, and the third goes. */
static void
test_useful_peers_stay(void)
{
    Seeker seeker;
    g_autoptr(KetteMessage) block = NULL, payment = NULL;
    KetteTx *tx;

    seeker_init(&seeker, 0, 16);
    for (uint32_t i = 0; i < 16; i++) {
        seeker.net.now_ns += SECOND;
        come_in(&seeker, i, somewhere(7));
    }
    say_hello(&seeker, 14, 0);
    say_hello(&seeker, 15, 0);
    tx = fixture_pay(&seeker.net.f, seeker.net.f.alice, &seeker.net.f.bob_address, 1, 0, 0);
    payment = kette_message_transaction(tx);
    kette_node_receive(seeker.node, 14, payment, seeker.net.now_ns);
    CU_ASSERT_EQUAL(kette_mempool_count(kette_node_mempool(seeker.node)), 1);
    block = kette_message_block(
        fixture_block(&seeker.net.f, fixture_genesis(&seeker.net.f), 1, NULL, 0));
    kette_node_receive(seeker.node, 15, block, seeker.net.now_ns);
    CU_ASSERT_EQUAL(seeker.closed, 0);
    come_in(&seeker, 16, somewhere(8));
    CU_ASSERT_EQUAL(seeker.closed, 1);
    CU_ASSERT_EQUAL(seeker.last_closed, 13);
    seeker_clear(&seeker);
}

/* Moves on to when the node wants to look at its handshakes; false when it does not. */
static bool
tick_handshakes(Seeker *seeker)
{
    int64_t *due = &seeker->net.hosts[0].timers[KETTE_TIMER_HANDSHAKE];

    if (*due == 0)
        return false;
    seeker->net.now_ns = MAX(*due, seeker->net.now_ns);
    *due = 0;
    kette_node_timer(seeker->node, KETTE_TIMER_HANDSHAKE, seeker->net.now_ns);
    return true;
}

/* Whoever connects and says nothing loses the slot after a while; who has shaken hands keeps it. */
static void
test_silent_lose_their_slots(void)
{
    Seeker seeker;

    seeker_init(&seeker, 0, 2);
    come_in(&seeker, 0, somewhere(1));
    come_in(&seeker, 1, somewhere(2));
    say_hello(&seeker, 1, 8001);
    kette_node_add_peer(seeker.node, 7, false, 0); /* a standing one may be silent for ever */
    come_in(&seeker, 2, somewhere(3));
    CU_ASSERT_EQUAL(seeker.closed, 1);
    CU_ASSERT_TRUE(tick_handshakes(&seeker));
    CU_ASSERT_EQUAL(seeker.net.now_ns, KETTE_HANDSHAKE_TIMEOUT_NS);
    CU_ASSERT_EQUAL(seeker.closed, 2);
    CU_ASSERT_FALSE(tick_handshakes(&seeker));
    CU_ASSERT_EQUAL(kette_node_ready_peers(seeker.node), 1);
    come_in(&seeker, 0, somewhere(3)); /* the number and the slot are free again */
    CU_ASSERT_EQUAL(seeker.closed, 2);
    seeker_clear(&seeker);
}

/* The same for a connection of our own: another one is looked for. */
static void
test_silent_outbound_is_given_up(void)
{
    Seeker seeker;
    KettePeerAddress one = somewhere(1), two = somewhere(2);

    seeker_init(&seeker, 1, 8);
    kette_node_add_address(seeker.node, &one);
    seek(&seeker, 1);
    CU_ASSERT_EQUAL_FATAL(seeker.wanted_count, 1);
    kette_node_add_peer_at(seeker.node, 0, true, &one, seeker.net.now_ns);
    kette_node_add_address(seeker.node, &two);
    seek(&seeker, 30);
    CU_ASSERT_EQUAL(seeker.wanted_count, 1);
    while (seeker.closed == 0 && tick_handshakes(&seeker))
        ;
    CU_ASSERT_EQUAL(seeker.closed, 1);
    CU_ASSERT_EQUAL(seeker.net.now_ns, SECOND + KETTE_HANDSHAKE_TIMEOUT_NS);
    seek(&seeker, 2);
    CU_ASSERT_TRUE(seeker.wanted_count >= 2);
    seeker_clear(&seeker);
}

/* Of another chain: closed at once, and no ban: it may be mended and come again. */
static void
test_refused_lose_their_slots(void)
{
    Seeker seeker;
    const KetteHandshake other = {.version = KETTE_PROTOCOL_VERSION, .genesis = {{1}}};
    g_autoptr(KetteMessage) message = kette_message_handshake(&other);

    seeker_init(&seeker, 0, 1);
    come_in(&seeker, 0, somewhere(1));
    kette_node_receive(seeker.node, 0, message, 0);
    CU_ASSERT_EQUAL(seeker.closed, 1);
    come_in(&seeker, 1, somewhere(1));
    CU_ASSERT_EQUAL(seeker.closed, 1);
    CU_ASSERT_FALSE(seeker.net.hosts[0].timers[KETTE_TIMER_HANDSHAKE] == 0);
    seeker_clear(&seeker);
}

/* A ban holds for the host, whatever its number and port are next time, and until it ends. */
static void
test_ban_by_address(void)
{
    Seeker seeker;
    KettePeerAddress bad = somewhere(1), other_port = bad;

    other_port.port = 1234;
    seeker_init(&seeker, 0, 8);
    come_in(&seeker, 0, bad);
    say_hello(&seeker, 0, 8001);
    misbehave(&seeker, 0);
    CU_ASSERT_EQUAL(seeker.closed, 1);
    CU_ASSERT_EQUAL(kette_node_ready_peers(seeker.node), 0);
    CU_ASSERT_TRUE(kette_node_is_banned_at(seeker.node, &other_port, false));
    CU_ASSERT_TRUE(kette_node_is_banned_at(seeker.node, &other_port, true));
    come_in(&seeker, 3, other_port);
    CU_ASSERT_EQUAL(seeker.closed, 2);
    come_in(&seeker, 3, somewhere(2));
    CU_ASSERT_EQUAL(seeker.closed, 2);
    seeker.net.now_ns += 24 * 3600 * SECOND;
    come_in(&seeker, 4, other_port);
    CU_ASSERT_EQUAL(seeker.closed, 2);
    seeker_clear(&seeker);
}

/* An outbound peer is banned where it listens: it is not tried again, nor may its host come in; its
 * neighbour on the host may be tried. */
static void
test_ban_of_an_outbound_peer(void)
{
    Seeker seeker;
    KettePeerAddress bad = somewhere(1), neighbour = bad;

    neighbour.port++;
    seeker_init(&seeker, 1, 8);
    kette_node_add_address(seeker.node, &bad);
    kette_node_add_peer_at(seeker.node, 0, true, &bad, 0);
    say_hello(&seeker, 0, 8001);
    misbehave(&seeker, 0);
    CU_ASSERT_EQUAL(seeker.closed, 1);
    seek(&seeker, 60);
    CU_ASSERT_EQUAL(seeker.wanted_count, 0);
    CU_ASSERT_TRUE(kette_node_is_banned_at(seeker.node, &bad, true));
    CU_ASSERT_FALSE(kette_node_is_banned_at(seeker.node, &neighbour, true));
    CU_ASSERT_TRUE(kette_node_is_banned_at(seeker.node, &neighbour, false));
    seeker.net.now_ns += 24 * 3600 * SECOND;
    seek(&seeker, 30);
    CU_ASSERT_TRUE(seeker.wanted_count > 0);
    seeker_clear(&seeker);
}

/* A host that was banned as a whole is not tried at any port. */
static void
test_banned_host_is_not_tried(void)
{
    Seeker seeker;
    KettePeerAddress bad = somewhere(1), listens = bad;

    listens.port = 9000;
    seeker_init(&seeker, 1, 8);
    kette_node_add_address(seeker.node, &listens);
    come_in(&seeker, 0, bad);
    say_hello(&seeker, 0, 0);
    misbehave(&seeker, 0);
    seek(&seeker, 30);
    CU_ASSERT_EQUAL(seeker.wanted_count, 0);
    seeker_clear(&seeker);
}

/* The list is bounded; the ban that ends first gives way, here the oldest. */
static void
test_bans_are_bounded(void)
{
    Seeker seeker;
    KettePeerAddress from = somewhere(1), first = from;

    seeker_init(&seeker, 0, 8);
    for (unsigned i = 0; i <= KETTE_BANS_MAX; i++) {
        from.host[4] = (uint8_t)(i / 250);
        from.host[5] = (uint8_t)(i % 250);
        if (i == 0)
            first = from;
        seeker.net.now_ns += SECOND;
        come_in(&seeker, 0, from);
        say_hello(&seeker, 0, 0);
        misbehave(&seeker, 0);
        CU_ASSERT_TRUE(kette_node_is_banned_at(seeker.node, &from, false));
    }
    CU_ASSERT_FALSE(kette_node_is_banned_at(seeker.node, &first, false));
    first.host[5] = 1;
    CU_ASSERT_TRUE(kette_node_is_banned_at(seeker.node, &first, false));
    seeker_clear(&seeker);
}

/* An edge of a topology has no address: the connection stands while it is banned, and a fresh one
 * begins anew, without the score. */
static void
test_standing_ban_ends_with_the_connection(void)
{
    Seeker seeker;

    seeker_init(&seeker, 0, 8);
    kette_node_add_peer(seeker.node, 5, false, 0);
    say_hello(&seeker, 5, 8001);
    misbehave(&seeker, 5);
    CU_ASSERT_TRUE(kette_node_is_banned(seeker.node, 5));
    CU_ASSERT_EQUAL(seeker.closed, 0);
    kette_node_remove_peer(seeker.node, 5, 0);
    kette_node_add_peer(seeker.node, 5, false, 0);
    say_hello(&seeker, 5, 8001);
    CU_ASSERT_EQUAL(kette_node_ready_peers(seeker.node), 1);
    seeker_clear(&seeker);
}

/* Only an answer to our own question is taken, and one of them. */
static void
test_unasked_lists_are_not_taken(void)
{
    Seeker seeker;
    KettePeerAddress told[3] = {somewhere(2), somewhere(3), somewhere(4)}, one = somewhere(1);
    g_autoptr(KetteMessage) first = kette_message_peer_list(told, 1);
    g_autoptr(KetteMessage) second = kette_message_peer_list(told + 1, 1);
    g_autoptr(KetteMessage) third = kette_message_peer_list(told + 2, 1);

    seeker_init(&seeker, 2, 8);
    kette_node_add_peer_at(seeker.node, 0, true, &one, 0);
    say_hello(&seeker, 0, 8001);
    kette_node_receive(seeker.node, 0, first, 0);
    kette_node_receive(seeker.node, 0, second, 0);
    come_in(&seeker, 1, somewhere(9));
    say_hello(&seeker, 1, 0);
    kette_node_receive(seeker.node, 1, third, 0);
    CU_ASSERT_TRUE(kette_book_has(kette_node_book(seeker.node), &told[0]));
    CU_ASSERT_FALSE(kette_book_has(kette_node_book(seeker.node), &told[1]));
    CU_ASSERT_FALSE(kette_book_has(kette_node_book(seeker.node), &told[2]));
    seeker_clear(&seeker);
}

TEST_SUITE(discovery, {"discovery backs off", test_discovery_backs_off},
           {"discovery finds peers", test_discovery_finds_peers},
           {"inbound connections are limited", test_inbound_is_limited},
           {"useful peers stay", test_useful_peers_stay}, {"anchors", test_anchors},
           {"the silent lose their slots", test_silent_lose_their_slots},
           {"a silent outbound peer is given up", test_silent_outbound_is_given_up},
           {"the refused lose their slots", test_refused_lose_their_slots},
           {"a ban by address", test_ban_by_address},
           {"a ban of an outbound peer", test_ban_of_an_outbound_peer},
           {"a banned host is not tried", test_banned_host_is_not_tried},
           {"bans are bounded", test_bans_are_bounded},
           {"a standing ban ends with the connection", test_standing_ban_ends_with_the_connection},
           {"unasked lists are not taken", test_unasked_lists_are_not_taken})
