/* Requests, answers and events of the control socket; see control.h. */
#include "sim/live/control.h"

#include "sim/live/loop.h"

#include "sim/io/json.h"
#include "sim/live/event.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define READ_BYTES 16384

/* A connection to the socket. */
typedef struct {
    LiveControl *control;
    GSocket *socket;
    GSource *readable, *writable; /* or NULL */
    GString *in;
    GByteArray *out;
    gsize out_at;
    bool watches;
} Client;

struct LiveControl {
    LiveControlSpec spec;
    char *path;
    GSocket *listening;
    GSource *accepting;
    GPtrArray *clients;
};

static void
client_free(gpointer data)
{
    Client *client = data;

    live_loop_drop(&client->readable);
    live_loop_drop(&client->writable);
    g_socket_close(client->socket, NULL);
    g_object_unref(client->socket);
    g_string_free(client->in, TRUE);
    g_byte_array_unref(client->out);
    g_free(client);
}

/* --- out ---------------------------------------------------------------------------------- */

/* Returns false if the connection is over. */
static bool
write_some(Client *client)
{
    while (client->out_at < client->out->len) {
        g_autoptr(GError) error = NULL;
        gssize put = g_socket_send(client->socket, (const char *)client->out->data + client->out_at,
                                   client->out->len - client->out_at, NULL, &error);

        if (put < 0) {
            g_byte_array_remove_range(client->out, 0, (guint)client->out_at);
            client->out_at = 0;
            return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
        }
        client->out_at += (gsize)put;
    }
    g_byte_array_set_size(client->out, 0);
    client->out_at = 0;
    return true;
}

static gboolean
on_writable(GSocket *socket, GIOCondition condition, gpointer data)
{
    Client *client = data;

    (void)socket, (void)condition;
    /* Send nothing before the records that it follows from are on the disk. */
    if (client->out->len > 0 && live_node_leave(client->control->spec.node) &&
        !write_some(client)) {
        g_ptr_array_remove_fast(client->control->clients, client);
        return G_SOURCE_REMOVE;
    }
    if (client->out->len == 0)
        live_loop_drop(&client->writable);
    return G_SOURCE_CONTINUE;
}

/* Queues a line. The main loop sends it when the record that it follows from is on the disk. */
static void
queue_line(Client *client, const char *line)
{
    if (client->out->len - client->out_at > LIVE_CONTROL_OUT_MAX) {
        client->watches = false;
        g_socket_shutdown(client->socket, TRUE, TRUE, NULL); /* its next read frees it */
        return;
    }
    g_byte_array_append(client->out, (const guint8 *)line, (guint)strlen(line));
    g_byte_array_append(client->out, (const guint8 *)"\n", 1);
    if (client->writable != NULL)
        return;
    client->writable = live_loop_watch(client->socket, G_IO_OUT, on_writable, client);
}

static void
queue_json(Client *client, JsonBuilder *builder)
{
    g_autofree char *line = io_json_line(builder);

    queue_line(client, line);
}

static void
on_note(void *user, const KetteNote *note, const char *from, int64_t now_ns)
{
    LiveControl *control = user;
    g_autofree char *line = NULL;

    for (guint i = 0; i < control->clients->len; i++) {
        Client *client = g_ptr_array_index(control->clients, i);

        if (!client->watches)
            continue;
        if (line == NULL)
            line = live_event_text(note, from, now_ns);
        queue_line(client, line);
    }
}

/* --- answers ------------------------------------------------------------------------------ */

static void
add_hash(JsonBuilder *out, const char *name, const KetteHash *hash)
{
    char text[KETTE_HASH_HEX];

    kette_hash_to_hex(text, hash);
    io_json_member_text(out, name, text);
}

static void
add_sent(JsonBuilder *out, const LiveNodeStatus *status)
{
    io_json_member_object(out, "sent");
    for (unsigned kind = 0; kind < KETTE_MSG_COUNT; kind++) {
        if (status->sent[kind] > 0)
            io_json_member_int(out, kette_message_kind_name((KetteMessageKind)kind),
                               status->sent[kind]);
    }
    json_builder_end_object(out);
}

/* A request: its members, and the answer that is being made. */
typedef struct {
    LiveControl *control;
    Client *client;
    JsonObject *members;
    JsonBuilder *out;
    char *error; /* or NULL */
} Request;

static const char *
text_of(const Request *request, const char *name)
{
    return io_json_read_text(request->members, name);
}

static int64_t
int_of(const Request *request, const char *name, int64_t otherwise)
{
    return io_json_read_int(request->members, name, otherwise);
}

static void
do_status(Request *request)
{
    LiveNode *node = request->control->spec.node;
    KetteNode *core = live_node_core(node);
    const KetteChain *chain = kette_node_chain(core);
    const KetteEntry *tip = kette_chain_tip(chain);
    const LiveNodeStatus status = live_node_status(node);
    const KetteHash root =
        kette_state_root(kette_store_hasher(request->control->spec.store), tip->state);
    JsonBuilder *out = request->out;

    io_json_member_text(out, "name", request->control->spec.name);
    add_hash(out, "genesis", &kette_store_genesis(request->control->spec.store)->id);
    io_json_member_int(out, "now_ns", status.now_ns);
    io_json_member_int(out, "height", (int64_t)tip->height);
    add_hash(out, "tip", &tip->id);
    add_hash(out, "state_root", &root);
    io_json_member_int(out, "mempool", kette_mempool_count(kette_node_mempool(core)));
    io_json_member_int(out, "orphans", kette_chain_orphan_count(chain));
    io_json_member_int(out, "waiting", kette_node_waiting(core));
    io_json_member_int(out, "connections", status.connections);
    io_json_member_int(out, "ready_peers", kette_node_ready_peers(core));
    io_json_member_int(out, "mined", (int64_t)status.mined);
    io_json_member_int(out, "reorgs", (int64_t)status.reorgs);
    io_json_member_int(out, "max_reorg", (int64_t)status.max_reorg);
    io_json_member_int(out, "sent_bytes", (int64_t)status.sent_bytes);
    io_json_member_int(out, "received_bytes", (int64_t)status.received_bytes);
    io_json_member_int(out, "log_bytes", status.log_bytes);
    io_json_member_bool(out, "upgrade_needed", kette_node_is_outdated(core));
    add_sent(out, &status);
}

static void
do_peers(Request *request)
{
    LiveNode *node = request->control->spec.node;

    io_json_member_array(request->out, "peers");
    for (uint32_t i = 0; i < live_node_numbers(node); i++) {
        const char *address = live_node_peer(node, i);

        if (address == NULL)
            continue;
        json_builder_begin_object(request->out);
        io_json_member_text(request->out, "address", address);
        io_json_member_bool(request->out, "ready",
                            kette_node_peer_is_ready(live_node_core(node), i));
        json_builder_end_object(request->out);
    }
    json_builder_end_array(request->out);
}

static void
do_mine(Request *request)
{
    LiveNode *node = request->control->spec.node;
    int64_t count = int_of(request, "count", 1);
    KetteVerdict verdict = KETTE_OK;
    int64_t made = 0;

    if (count < 1 || count > 10000) {
        request->error = g_strdup("'count' is from 1 to 10000");
        return;
    }
    io_json_member_array(request->out, "blocks");
    for (; made < count && verdict == KETTE_OK; made++) {
        g_autoptr(KetteBlock) block = kette_node_mine_pending_transactions(
            live_node_core(node), &verdict, live_node_enter(node));
        char text[KETTE_HASH_HEX];

        if (block == NULL)
            break;
        kette_hash_to_hex(text, &block->id);
        json_builder_add_string_value(request->out, text);
    }
    json_builder_end_array(request->out);
    io_json_member_text(request->out, "verdict", kette_verdict_name(verdict));
}

static KetteTx *
parse_tx(const Request *request, const char *hex)
{
    uint8_t raw[KETTE_TX_BYTES];
    KetteReader reader;

    if (strlen(hex) != 2 * KETTE_TX_BYTES || !kette_hex_decode(raw, sizeof raw, hex))
        return NULL;
    kette_reader_init(&reader, raw, sizeof raw);
    return kette_tx_parse(kette_store_hasher(request->control->spec.store), &reader);
}

static void
do_submit(Request *request)
{
    const LiveControlSpec *spec = &request->control->spec;
    const char *name = text_of(request, "name"), *hex = text_of(request, "tx");
    g_autoptr(KetteTx) tx = NULL;
    KetteVerdict verdict;

    if (name != NULL && spec->find_tx != NULL && spec->find_tx(spec->user, name) != NULL)
        tx = kette_tx_ref(spec->find_tx(spec->user, name));
    else if (hex != NULL)
        tx = parse_tx(request, hex);
    if (tx == NULL) {
        request->error = name != NULL
                             ? g_strdup_printf("the chain file has no transaction '%s'", name)
                             : g_strdup_printf("'tx' is %d hex digits, or 'name' is that of a "
                                               "transaction of the chain file",
                                               2 * KETTE_TX_BYTES);
        return;
    }
    verdict = kette_node_validate_and_add_transaction(live_node_core(spec->node), tx,
                                                      live_node_enter(spec->node));
    add_hash(request->out, "id", &tx->id);
    io_json_member_text(request->out, "verdict", kette_verdict_name(verdict));
}

static GInetSocketAddress *
address_of(Request *request)
{
    const char *text = text_of(request, "address");
    GInetSocketAddress *address = text != NULL ? live_address_parse(text) : NULL;

    if (address == NULL)
        request->error = g_strdup("'address' is an IP address and a port, as in 127.0.0.1:8001");
    return address;
}

static void
do_connect(Request *request)
{
    g_autoptr(GInetSocketAddress) address = address_of(request);

    if (address != NULL)
        io_json_member_bool(request->out, "changed",
                            live_node_connect(request->control->spec.node, address));
}

static void
do_disconnect(Request *request)
{
    g_autoptr(GInetSocketAddress) address = address_of(request);

    if (address != NULL)
        io_json_member_bool(request->out, "changed",
                            live_node_disconnect(request->control->spec.node, address));
}

static void
do_expect(Request *request)
{
    const char *text = text_of(request, "host");
    g_autoptr(GInetAddress) host = text != NULL ? g_inet_address_new_from_string(text) : NULL;

    if (host == NULL)
        request->error = g_strdup("'host' is an IP address, as in 127.0.0.1");
    else
        live_node_expect(request->control->spec.node, host);
}

static void
do_mining(Request *request)
{
    int64_t num = int_of(request, "num", -1), den = int_of(request, "den", 1);

    if (num < 0 || den < 1)
        request->error = g_strdup("'num' (0: off) and 'den' (1 or more) are the share of the "
                                  "hash power");
    else
        live_node_set_share(request->control->spec.node, (uint64_t)num, (uint64_t)den);
}

static void
do_clock(Request *request)
{
    live_node_set_clock_offset(request->control->spec.node, int_of(request, "offset_ns", 0));
}

static void
do_hand(Request *request)
{
    LiveNode *node = request->control->spec.node;
    const char *word = text_of(request, "hand"), *block = text_of(request, "block");
    KetteHash id;

    for (KetteHand hand = KETTE_HAND_INVALIDATE; word != NULL && kette_hand_name(hand) != NULL;
         hand++) {
        if (strcmp(kette_hand_name(hand), word) != 0)
            continue;
        if (block != NULL && strcmp(block, "tip") == 0)
            id = kette_chain_tip(kette_node_chain(live_node_core(node)))->id;
        else if (block == NULL || !kette_hash_from_hex(&id, block))
            block = NULL;
        if (block == NULL || kette_chain_find(kette_node_chain(live_node_core(node)), &id) == NULL)
            request->error = g_strdup("'block' is tip, or the 64 digits of a block that is here");
        else
            io_json_member_bool(
                request->out, "changed",
                kette_node_act_by_hand(live_node_core(node), hand, &id, live_node_enter(node)));
        return;
    }
    request->error = g_strdup("'hand' is invalidate, reconsider, unpark or checkpoint");
}

static void
do_watch(Request *request)
{
    request->client->watches = true;
}

static void
do_begin(Request *request)
{
    const LiveControlSpec *spec = &request->control->spec;
    int64_t zero_ns = int_of(request, "zero_ns", -1);

    if (zero_ns < 0)
        request->error = g_strdup("'zero_ns' is a moment of the monotonic clock");
    else if (!spec->begin(spec->user, zero_ns))
        request->error = g_strdup("the node has begun already");
}

static void
do_stop(Request *request)
{
    request->control->spec.stop(request->control->spec.user);
}

static const struct {
    const char *word;
    void (*func)(Request *request);
} words[] = {
    {"status", do_status}, {"peers", do_peers},     {"mine", do_mine},
    {"submit", do_submit}, {"connect", do_connect}, {"disconnect", do_disconnect},
    {"expect", do_expect}, {"mining", do_mining},   {"clock", do_clock},
    {"hand", do_hand},     {"watch", do_watch},     {"begin", do_begin},
    {"stop", do_stop},
};

static char *
list_words(void)
{
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", words[i].word);
    return g_string_free(out, FALSE);
}

static void
answer_error(Client *client, const char *error)
{
    g_autoptr(JsonBuilder) out = json_builder_new();

    json_builder_begin_object(out);
    io_json_member_text(out, "error", error);
    json_builder_end_object(out);
    queue_json(client, out);
}

static void
carry_out(Client *client, JsonObject *members)
{
    g_autoptr(JsonBuilder) out = json_builder_new();
    Request request = {client->control, client, members, out, NULL};
    const char *word = text_of(&request, "do");
    g_autofree char *list = NULL;

    for (unsigned i = 0; word != NULL && i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i].word, word) != 0)
            continue;
        json_builder_begin_object(out);
        io_json_member_text(out, "reply", word);
        words[i].func(&request);
        json_builder_end_object(out);
        (void)live_node_leave(client->control->spec.node);
        if (request.error != NULL)
            answer_error(client, request.error);
        else
            queue_json(client, out);
        g_free(request.error);
        return;
    }
    list = list_words();
    request.error = g_strdup_printf("'do' is one of: %s", list);
    answer_error(client, request.error);
    g_free(request.error);
}

static void
handle_line(Client *client, const char *line, gsize len)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    JsonNode *root;

    if (!json_parser_load_from_data(parser, line, (gssize)len, &error)) {
        answer_error(client, "a request is one JSON object a line");
        return;
    }
    root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        answer_error(client, "a request is one JSON object a line");
    else
        carry_out(client, json_node_get_object(root));
}

/* --- in ----------------------------------------------------------------------------------- */

/* Handles complete lines. Returns false if the rest is longer than a line may be. */
static bool
handle_lines(Client *client)
{
    const char *end;

    while ((end = memchr(client->in->str, '\n', client->in->len)) != NULL) {
        gsize len = (gsize)(end - client->in->str);

        if (len > 0)
            handle_line(client, client->in->str, len);
        g_string_erase(client->in, 0, (gssize)len + 1);
    }
    return client->in->len <= LIVE_CONTROL_LINE_MAX;
}

static gboolean
on_readable(GSocket *socket, GIOCondition condition, gpointer data)
{
    Client *client = data;
    char bytes[READ_BYTES];
    g_autoptr(GError) error = NULL;
    gssize got = g_socket_receive(socket, bytes, sizeof bytes, NULL, &error);

    (void)condition;
    if (got < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
    if (got > 0) {
        g_string_append_len(client->in, bytes, got);
        if (handle_lines(client))
            return G_SOURCE_CONTINUE;
    }
    g_ptr_array_remove_fast(client->control->clients, client);
    return G_SOURCE_REMOVE;
}

static gboolean
on_accept(GSocket *socket, GIOCondition condition, gpointer data)
{
    LiveControl *control = data;
    GSocket *accepted = g_socket_accept(socket, NULL, NULL);
    Client *client;

    (void)condition;
    if (accepted == NULL)
        return G_SOURCE_CONTINUE;
    g_socket_set_blocking(accepted, FALSE);
    client = g_new0(Client, 1);
    *client = (Client){.control = control,
                       .socket = accepted,
                       .in = g_string_new(NULL),
                       .out = g_byte_array_new()};
    g_ptr_array_add(control->clients, client);
    client->readable = live_loop_watch(accepted, G_IO_IN, on_readable, client);
    return G_SOURCE_CONTINUE;
}

/* --- life --------------------------------------------------------------------------------- */

/* Binds the socket for its owner alone. The folder's lock is held, so a socket that is there is
 * left over from a process that was killed. */
static GSocket *
listen_at(const char *path, GError **error)
{
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocket) socket = NULL;
    mode_t before;
    bool ok;

    if (strlen(path) >= 108) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                    "'%s' is too long for a socket: choose a folder with a shorter name", path);
        return NULL;
    }
    socket =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
    if (socket == NULL)
        return NULL;
    if (g_unlink(path) != 0 && errno != ENOENT) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot remove '%s': %s", path,
                    g_strerror(errno));
        return NULL;
    }
    before = umask(0077);
    ok = g_socket_bind(socket, address, FALSE, error) && g_socket_listen(socket, error);
    umask(before);
    if (!ok) {
        g_prefix_error(error, "cannot make the socket '%s': ", path);
        return NULL;
    }
    g_socket_set_blocking(socket, FALSE);
    return g_steal_pointer(&socket);
}

LiveControl *
live_control_new(const char *folder, const LiveControlSpec *spec, GError **error)
{
    LiveControl *control;
    g_autofree char *path = g_build_filename(folder, LIVE_CONTROL_SOCKET, NULL);
    GSocket *socket = listen_at(path, error);

    if (socket == NULL)
        return NULL;
    control = g_new0(LiveControl, 1);
    control->spec = *spec;
    control->path = g_steal_pointer(&path);
    control->listening = socket;
    control->clients = g_ptr_array_new_with_free_func(client_free);
    control->accepting = live_loop_watch(socket, G_IO_IN, on_accept, control);
    live_node_watch(spec->node, &(LiveWatch){control, on_note});
    return control;
}

void
live_control_free(LiveControl *control)
{
    if (control == NULL)
        return;
    for (guint i = 0; i < control->clients->len; i++)
        (void)write_some(g_ptr_array_index(control->clients, i));
    g_ptr_array_unref(control->clients);
    live_loop_drop(&control->accepting);
    g_object_unref(control->listening);
    g_unlink(control->path);
    g_free(control->path);
    g_free(control);
}
