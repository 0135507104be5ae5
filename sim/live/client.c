/* Sends requests to a node; see client.h. */
#include "sim/live/client.h"

#include "core/base/limits.h"
#include "sim/live/control.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#define READ_BYTES 65536
/* A line is at most the hex of a block and some members. */
#define ANSWER_LINE_MAX (2 * KETTE_BLOCK_MAX_BYTES + 65536)

struct LiveClient {
    GSocket *socket;
    GString *in;
    char *folder;
    void (*on_event)(void *user, JsonObject *event, const char *line);
    void *user;
    JsonObject *answer; /* the answer to return next, or NULL */
    char *answer_line;
};

LiveClient *
live_client_open(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, LIVE_CONTROL_SOCKET, NULL);
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
    LiveClient *client;

    if (socket == NULL)
        return NULL;
    if (!g_socket_connect(socket, address, NULL, error)) {
        g_prefix_error(error, "no node runs in '%s': ", folder);
        return NULL;
    }
    client = g_new0(LiveClient, 1);
    client->socket = g_steal_pointer(&socket);
    g_socket_set_timeout(client->socket, LIVE_CLIENT_TIMEOUT_S);
    client->in = g_string_new(NULL);
    client->folder = g_strdup(folder);
    return client;
}

void
live_client_free(LiveClient *client)
{
    if (client == NULL)
        return;
    g_socket_close(client->socket, NULL);
    g_object_unref(client->socket);
    g_string_free(client->in, TRUE);
    g_clear_pointer(&client->answer, json_object_unref);
    g_free(client->answer_line);
    g_free(client->folder);
    g_free(client);
}

void
live_client_on_event(LiveClient *client,
                     void (*func)(void *user, JsonObject *event, const char *line), void *user)
{
    client->on_event = func;
    client->user = user;
}

int
live_client_fd(const LiveClient *client)
{
    return g_socket_get_fd(client->socket);
}

static bool
send_all(LiveClient *client, const char *text, gsize len, GError **error)
{
    g_socket_set_blocking(client->socket, TRUE);
    while (len > 0) {
        gssize put = g_socket_send(client->socket, text, len, NULL, error);

        if (put < 0)
            return false;
        text += put;
        len -= (gsize)put;
    }
    return true;
}

/* Reads the bytes that are here; with `waits` waits for at least one. */
static bool
read_some(LiveClient *client, bool waits, GError **error)
{
    char bytes[READ_BYTES];
    g_autoptr(GError) failure = NULL;
    gssize got;

    g_socket_set_blocking(client->socket, waits);
    got = g_socket_receive(client->socket, bytes, sizeof bytes, NULL, &failure);
    if (got < 0 && !waits && g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return true;
    if (got < 0 && g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the node in '%s' does not answer",
                    client->folder);
        return false;
    }
    if (got <= 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the node in '%s' has gone%s%s",
                    client->folder, got < 0 ? ": " : "", got < 0 ? failure->message : "");
        return false;
    }
    g_string_append_len(client->in, bytes, got);
    return true;
}

static bool
handle_line(LiveClient *client, const char *line, GError **error)
{
    g_autoptr(JsonNode) root = json_from_string(line, error);
    JsonObject *object;

    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        g_prefix_error(error, "the node in '%s' sent no JSON: ", client->folder);
        return false;
    }
    object = json_node_get_object(root);
    if (json_object_has_member(object, "event")) {
        if (client->on_event != NULL)
            client->on_event(client->user, object, line);
        return true;
    }
    g_clear_pointer(&client->answer, json_object_unref);
    g_free(client->answer_line);
    client->answer = json_object_ref(object);
    client->answer_line = g_strdup(line);
    return true;
}

/* Handles complete lines up to an answer. */
static bool
handle_lines(LiveClient *client, GError **error)
{
    char *end;
    gsize from = 0;
    bool ok = true;

    while (ok && client->answer == NULL &&
           (end = memchr(client->in->str + from, '\n', client->in->len - from)) != NULL) {
        *end = '\0';
        ok = handle_line(client, client->in->str + from, error);
        from = (gsize)(end - client->in->str) + 1;
    }
    g_string_erase(client->in, 0, (gssize)from);
    if (ok && client->in->len > ANSWER_LINE_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the node in '%s' sent no line",
                    client->folder);
        return false;
    }
    return ok;
}

JsonObject *
live_client_ask(LiveClient *client, const char *request, char **ret_line, GError **error)
{
    g_autofree char *line = g_strconcat(request, "\n", NULL);
    g_autoptr(JsonObject) answer = NULL;

    if (!send_all(client, line, strlen(line), error) || !handle_lines(client, error))
        return NULL;
    while (client->answer == NULL) {
        if (!read_some(client, true, error) || !handle_lines(client, error))
            return NULL;
    }
    answer = g_steal_pointer(&client->answer);
    if (ret_line != NULL)
        *ret_line = g_steal_pointer(&client->answer_line);
    /* Handle the events behind the answer now: the next call would first wait for more bytes. */
    if (!handle_lines(client, error))
        return NULL;
    if (json_object_has_member(answer, "error")) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the node in '%s' says: %s",
                    client->folder, json_object_get_string_member(answer, "error"));
        return NULL;
    }
    return g_steal_pointer(&answer);
}

bool
live_client_read(LiveClient *client, GError **error)
{
    return read_some(client, false, error) && handle_lines(client, error);
}

bool
live_client_wait(LiveClient *client, GError **error)
{
    g_socket_set_timeout(client->socket, 0); /* nothing may happen for days */
    return read_some(client, true, error) && handle_lines(client, error);
}
