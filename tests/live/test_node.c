/* Live nodes in one process, over the loopback: they agree, survive, and bear with strangers. */
#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "sim/live/client.h"
#include "sim/live/control.h"
#include "sim/live/node.h"
#include "sim/live/peer.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"
#include "tests/cli/command.h"

#include <glib/gstdio.h>
#include <string.h>

#define NODES 2

typedef struct {
    Fixture chain;
    KetteStore *stores[NODES];
    char *folders[NODES];
    GInetSocketAddress *addresses[NODES];
    LiveNode *nodes[NODES];
    LiveClock clock;
    bool has_failed;
} Net;

static void
on_failed(void *user, const GError *error)
{
    (void)error;
    ((Net *)user)->has_failed = true;
}

/* Returns an address of the loopback whose port is free: nobody else is asked for it soon. */
static GInetSocketAddress *
free_address(void)
{
    g_autoptr(GInetAddress) host = g_inet_address_new_from_string("127.0.0.1");
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(host, 0);
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

    CU_ASSERT_FATAL(g_socket_bind(socket, any, FALSE, NULL));
    return G_INET_SOCKET_ADDRESS(g_socket_get_local_address(socket, NULL));
}

static void
start_node(Net *net, unsigned i)
{
    LiveNodeSpec spec = {
        .folder = net->folders[i],
        .store = net->stores[i],
        .clock = &net->clock,
        .listen = net->addresses[i],
        .failed = on_failed,
        .user = net,
    };
    g_autoptr(GError) error = NULL;

    kette_node_config_init(&spec.config);
    spec.config.port = g_inet_socket_address_get_port(net->addresses[i]);
    net->nodes[i] = live_node_new(&spec, &error);
    CU_ASSERT_FATAL(net->nodes[i] != NULL);
    live_node_start(net->nodes[i]);
}

static void
net_init_at(Net *net, uint32_t speed)
{
    *net = (Net){.clock = {live_clock_monotonic_ns(), speed}};
    fixture_init(&net->chain);
    for (unsigned i = 0; i < NODES; i++) {
        net->stores[i] = fixture_store(&net->chain);
        net->folders[i] = folder_new();
        net->addresses[i] = free_address();
        start_node(net, i);
    }
}

static void
net_init(Net *net)
{
    net_init_at(net, LIVE_SPEED_UNIT);
}

/* Inits nodes whose time-outs never come: only what arrives ends a connection. */
static void
net_init_in_slow_motion(Net *net)
{
    net_init_at(net, LIVE_SPEED_UNIT / 1000);
}

static void
net_clear(Net *net)
{
    CU_ASSERT_FALSE(net->has_failed);
    for (unsigned i = 0; i < NODES; i++) {
        live_node_free(net->nodes[i]);
        kette_store_free(net->stores[i]);
        g_object_unref(net->addresses[i]);
        folder_remove(net->folders[i]);
    }
    fixture_clear(&net->chain);
}

static KetteNode *
core_of(const Net *net, unsigned i)
{
    return live_node_core(net->nodes[i]);
}

static uint64_t
height_of(const Net *net, unsigned i)
{
    return kette_chain_tip(kette_node_chain(core_of(net, i)))->height;
}

static void
mine(Net *net, unsigned i)
{
    KetteVerdict verdict;

    kette_block_unref(kette_node_mine_pending_transactions(core_of(net, i), &verdict,
                                                           live_node_enter(net->nodes[i])));
    CU_ASSERT_EQUAL(verdict, KETTE_OK);
    CU_ASSERT(live_node_leave(net->nodes[i]));
}

/* Runs the main loop until the condition holds. A test that waits in vain is ended by the
 * harness. */
#define WAIT_UNTIL(condition)                                                                      \
    while (!(condition))                                                                           \
    g_main_context_iteration(NULL, TRUE)

static void
blocks_travel_and_are_kept(void)
{
    Net net;

    net_init(&net);
    CU_ASSERT(live_node_connect(net.nodes[0], net.addresses[1]));
    CU_ASSERT_FALSE(live_node_connect(net.nodes[0], net.addresses[1]));
    WAIT_UNTIL(kette_node_ready_peers(core_of(&net, 0)) == 1 &&
               kette_node_ready_peers(core_of(&net, 1)) == 1);
    mine(&net, 0);
    mine(&net, 0);
    WAIT_UNTIL(height_of(&net, 1) == 2);
    mine(&net, 1);
    WAIT_UNTIL(height_of(&net, 0) == 3);
    CU_ASSERT_EQUAL(live_node_status(net.nodes[0]).mined, 2);

    live_node_free(net.nodes[1]); /* comes back from its folder */
    start_node(&net, 1);
    CU_ASSERT_EQUAL(height_of(&net, 1), 3);
    WAIT_UNTIL(kette_node_ready_peers(core_of(&net, 1)) == 1); /* node 0 dials again */
    CU_ASSERT(live_node_disconnect(net.nodes[0], net.addresses[1]));
    CU_ASSERT_FALSE(live_node_disconnect(net.nodes[0], net.addresses[1]));
    CU_ASSERT_EQUAL(kette_node_ready_peers(core_of(&net, 0)), 0);
    WAIT_UNTIL(kette_node_ready_peers(core_of(&net, 1)) == 0);
    net_clear(&net);
}

/* --- strangers ---------------------------------------------------------------------------- */

static GSocket *
dial(const Net *net, unsigned i)
{
    GSocket *socket =
        g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

    CU_ASSERT_FATAL(g_socket_connect(socket, G_SOCKET_ADDRESS(net->addresses[i]), NULL, NULL));
    g_socket_set_blocking(socket, FALSE);
    return socket;
}

static void
send_frame(const Net *net, GSocket *socket, KetteMessage *message)
{
    KetteStore *store = net->stores[0];
    g_autoptr(GByteArray) frame = kette_message_serialize(kette_store_hasher(store), message,
                                                          &kette_store_genesis(store)->id);

    kette_message_unref(message);
    CU_ASSERT_EQUAL(g_socket_send(socket, (const char *)frame->data, frame->len, NULL, NULL),
                    (gssize)frame->len);
}

/* Returns whether the node has closed the connection, and reads what it has sent. */
static bool
is_closed(GSocket *socket)
{
    char bytes[4096];
    g_autoptr(GError) error = NULL;
    gssize got = g_socket_receive(socket, bytes, sizeof bytes, NULL, &error);

    return got == 0 || (got < 0 && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
}

static void
garbage_ends_a_connection(void)
{
    static const char *const garbage[] = {"GET / HTTP/1.1\r\n\r\n", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0"};
    Net net;

    net_init_in_slow_motion(&net);
    for (unsigned i = 0; i < G_N_ELEMENTS(garbage); i++) {
        g_autoptr(GSocket) socket = dial(&net, 0);

        CU_ASSERT(g_socket_send(socket, garbage[i], 14, NULL, NULL) == 14);
        WAIT_UNTIL(is_closed(socket));
    }
    WAIT_UNTIL(live_node_status(net.nodes[0]).connections == 0);
    net_clear(&net);
}

/* A frame whose checksum is wrong ends it, too: TCP would have mended a fault of the line. */
static void
bad_checksum_ends_a_connection(void)
{
    Net net;
    g_autoptr(GByteArray) frame = NULL;
    g_autoptr(KetteMessage) message = kette_message_keep_alive();
    g_autoptr(GSocket) socket = NULL;

    net_init_in_slow_motion(&net);
    frame = kette_message_serialize(kette_store_hasher(net.stores[0]), message,
                                    &kette_store_genesis(net.stores[0])->id);
    frame->data[9] ^= 1;
    socket = dial(&net, 0);
    CU_ASSERT_EQUAL(g_socket_send(socket, (const char *)frame->data, frame->len, NULL, NULL),
                    (gssize)frame->len);
    WAIT_UNTIL(is_closed(socket));
    net_clear(&net);
}

/* Who asks for blocks and does not read them is not answered for ever. */
static void
no_answers_for_who_does_not_read(void)
{
    const KetteRange range = {.count = 2};
    KetteHandshake handshake = {.version = KETTE_PROTOCOL_VERSION, .port = 1};
    KetteRange asked = range;
    g_autoptr(KetteMessage) message = NULL;
    g_autoptr(GByteArray) frame = NULL;
    g_autoptr(GSocket) socket = NULL;
    uint64_t sent;
    Net net;

    net_init(&net);
    mine(&net, 0);
    mine(&net, 0);
    handshake.genesis = handshake.tip = kette_store_genesis(net.stores[0])->id;
    asked.last = kette_chain_tip(kette_node_chain(core_of(&net, 0)))->id;
    socket = dial(&net, 0);
    send_frame(&net, socket, kette_message_handshake(&handshake));
    WAIT_UNTIL(kette_node_ready_peers(core_of(&net, 0)) == 1);
    message = kette_message_sync_request(&asked);
    frame = kette_message_serialize(kette_store_hasher(net.stores[0]), message,
                                    &kette_store_genesis(net.stores[0])->id);
    for (gsize at = 0;;) {
        gssize put =
            g_socket_send(socket, (const char *)frame->data + at, frame->len - at, NULL, NULL);

        if (put > 0)
            at = (at + (gsize)put) % frame->len;
        else if (!g_main_context_iteration(NULL, FALSE))
            break; /* the node reads no more, and has nothing else to do */
    }
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    sent = live_node_status(net.nodes[0]).sent_bytes;
    CU_ASSERT(sent > LIVE_PEER_OUT_HIGH);
    CU_ASSERT(sent < LIVE_PEER_OUT_MAX);
    net_clear(&net);
}

/* --- the control socket ------------------------------------------------------------------- */

static void
on_stop(void *user)
{
    *(bool *)user = true;
}

typedef struct {
    const char *folder;
    const char *request;
    char *answer;
    gint is_over;
} Asking;

/* The other end runs in a thread, since it waits for answers. */
static void *
ask_in_thread(void *user)
{
    Asking *asking = user;
    g_autoptr(LiveClient) client = live_client_open(asking->folder, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonObject) answer =
        live_client_ask(client, asking->request, &asking->answer, &error);

    if (answer == NULL) {
        g_free(asking->answer);
        asking->answer = g_strdup(error->message);
    }
    g_atomic_int_set(&asking->is_over, 1);
    g_main_context_wakeup(NULL);
    return NULL;
}

static char *
ask(const Net *net, const char *request)
{
    Asking asking = {net->folders[0], request, NULL, 0};
    GThread *thread = g_thread_new("ask", ask_in_thread, &asking);

    WAIT_UNTIL(g_atomic_int_get(&asking.is_over));
    g_thread_join(thread);
    return asking.answer;
}

static void
control_answers(void)
{
    static const struct {
        const char *request, *part;
    } cases[] = {
        {"{\"do\":\"status\"}", "\"height\":0"},
        {"{\"do\":\"mine\",\"count\":3}", "\"verdict\":\"ok\""},
        {"{\"do\":\"status\"}", "\"height\":3"},
        {"{\"do\":\"mine\",\"count\":0}", "'count' is from 1 to 10000"},
        {"{\"do\":\"mine\",\"count\":\"x\"}", "\"verdict\":\"ok\""},
        {"{\"do\":\"peers\"}", "\"peers\":[]"},
        {"{\"do\":\"submit\"}", "'tx' is 288 hex digits"},
        {"{\"do\":\"submit\",\"tx\":\"00\"}", "'tx' is 288 hex digits"},
        {"{\"do\":\"submit\",\"name\":\"pay\"}", "no transaction 'pay'"},
        {"{\"do\":\"connect\",\"address\":\"localhost:80\"}", "'address' is an IP address"},
        {"{\"do\":\"connect\",\"address\":7}", "'address' is an IP address"},
        {"{\"do\":\"expect\",\"host\":\"x\"}", "'host' is an IP address"},
        {"{\"do\":\"mining\",\"num\":-3}", "share of the hash power"},
        {"{\"do\":\"hand\",\"hand\":\"wave\"}", "'hand' is invalidate"},
        {"{\"do\":\"hand\",\"hand\":\"unpark\",\"block\":\"12\"}",
         "'block' is tip, or the 64 digits"},
        {"{\"do\":\"dance\"}", "'do' is one of: status, peers, "},
        {"{\"do\":[1]}", "'do' is one of: "},
        {"[1,2]", "one JSON object a line"},
        {"{\"do\":", "one JSON object a line"},
        {"{\"do\":\"stop\"}", "\"reply\":\"stop\""},
    };
    bool is_stopped = false;
    g_autoptr(GError) error = NULL;
    LiveControl *control;
    Net net;

    net_init(&net);
    const LiveControlSpec spec = {.name = "n",
                                  .node = net.nodes[0],
                                  .store = net.stores[0],
                                  .stop = on_stop,
                                  .user = &is_stopped};
    control = live_control_new(net.folders[0], &spec, &error);
    CU_ASSERT_FATAL(control != NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *answer = ask(&net, cases[i].request);

        if (strstr(answer, cases[i].part) == NULL)
            TEST_STR_EQUAL(answer, cases[i].part);
    }
    CU_ASSERT(is_stopped);
    live_control_free(control);
    net_clear(&net);
}

TEST_SUITE(node, {"blocks_travel_and_are_kept", blocks_travel_and_are_kept},
           {"garbage_ends_a_connection", garbage_ends_a_connection},
           {"bad_checksum_ends_a_connection", bad_checksum_ends_a_connection},
           {"no_answers_for_who_does_not_read", no_answers_for_who_does_not_read},
           {"control_answers", control_answers})
