/* Opens, keeps and accepts the connections of a node; see peers.h. */
#include "sim/live/peers.h"

#include "sim/live/loop.h"

#include "sim/live/peer.h"

#include <string.h>

#define ACCEPT_PAUSE_MS 200 /* when the system has no room for one more */
#define NO_NUMBER UINT32_MAX

/* A standing connection that this node opens. */
typedef struct {
    LivePeers *peers;
    GInetSocketAddress *address;
    GSource *retry; /* or NULL */
    int64_t backoff_ns;
    uint32_t number; /* number of the open connection, or NO_NUMBER */
    bool is_dialling;
    bool is_over; /* live_peers_forget() was called while it was being opened */
} Standing;

/* A connection that is open. */
typedef struct {
    LivePeers *peers;
    LivePeer *peer;
    char *address;
    uint32_t number;
} Slot;

/* A connection that is being opened. */
typedef struct {
    LivePeers *peers;
    GSocket *socket;
    GSource *source, *timeout;
    GInetSocketAddress *address;
    Standing *standing; /* or NULL */
} Dial;

struct LivePeers {
    LivePeersSpec spec;
    LivePeersFuncs funcs;
    GSocket *listening; /* or NULL */
    GSource *accepting; /* or NULL */
    GPtrArray *slots;   /* Slot or NULL, by number */
    GPtrArray *standing;
    GPtrArray *dials;
    GPtrArray *expected; /* GInetAddress */
    uint64_t received;   /* bytes over connections that are closed */
    bool is_ending;
};

static void dial_standing(Standing *standing);
static Standing *find_standing(const LivePeers *peers, GInetSocketAddress *address);

static Slot *
slot_at(const LivePeers *peers, uint32_t number)
{
    return number < peers->slots->len ? g_ptr_array_index(peers->slots, number) : NULL;
}

/* --- closing ------------------------------------------------------------------------------ */

static gboolean
on_retry(gpointer data)
{
    dial_standing(data);
    return G_SOURCE_REMOVE;
}

static void
redial_later(Standing *standing)
{
    const LivePeersSpec *spec = &standing->peers->spec;

    if (standing->is_over || standing->peers->is_ending)
        return;
    live_loop_drop(&standing->retry);
    standing->retry =
        live_loop_after((guint)(live_clock_wait(spec->clock, standing->backoff_ns) / 1000000 + 1),
                        on_retry, standing);
    standing->backoff_ns = MIN(standing->backoff_ns * 2, spec->backoff_max_ns);
}

/* Frees the slot of a connection that is over; a standing one is opened again. */
static void
free_slot(Slot *slot)
{
    LivePeers *peers = slot->peers;

    peers->slots->pdata[slot->number] = NULL;
    peers->received += live_peer_received(slot->peer);
    live_peer_close(slot->peer);
    live_peer_unref(slot->peer);
    for (guint i = 0; i < peers->standing->len; i++) {
        Standing *standing = g_ptr_array_index(peers->standing, i);

        if (standing->number == slot->number) {
            standing->number = NO_NUMBER;
            redial_later(standing);
        }
    }
    g_free(slot->address);
    g_free(slot);
}

void
live_peers_close(LivePeers *peers, uint32_t number)
{
    Slot *slot = slot_at(peers, number);

    if (slot != NULL)
        free_slot(slot);
}

static void
on_closed(void *user, LivePeer *peer, const char *why)
{
    LivePeers *peers = user;
    uint32_t number = ((Slot *)live_peer_data(peer))->number;

    free_slot(slot_at(peers, number));
    peers->funcs.closed(peers->funcs.user, number, why);
}

/* --- opening ------------------------------------------------------------------------------ */

static void
on_frame(void *user, LivePeer *peer, const uint8_t *frame, gsize len)
{
    LivePeers *peers = user;

    peers->funcs.frame(peers->funcs.user, ((Slot *)live_peer_data(peer))->number, frame, len);
}

static bool
on_may_send(void *user)
{
    LivePeers *peers = user;

    return peers->funcs.may_send(peers->funcs.user);
}

static uint32_t
free_number(LivePeers *peers)
{
    for (guint i = 0; i < peers->slots->len; i++) {
        if (peers->slots->pdata[i] == NULL)
            return i;
    }
    g_ptr_array_add(peers->slots, NULL);
    return peers->slots->len - 1;
}

/* Returns a time of the node's clock in ms of the machine, a second at least. */
static guint
patience_ms(const LivePeers *peers, int64_t time_ns)
{
    int64_t ms = live_clock_wait(peers->spec.clock, time_ns) / 1000000;

    return (guint)CLAMP(ms, 1000, G_MAXINT);
}

/* Takes over an open socket and gives it a number. */
static uint32_t
open_slot(LivePeers *peers, GSocket *socket, GInetSocketAddress *address)
{
    const LivePeerFuncs funcs = {peers, on_frame, on_closed, on_may_send};
    Slot *slot = g_new(Slot, 1);

    *slot = (Slot){peers, NULL, live_address_text(address), free_number(peers)};
    peers->slots->pdata[slot->number] = slot;
    slot->peer = live_peer_new(socket, &peers->spec.genesis, peers->spec.most,
                               patience_ms(peers, LIVE_PEERS_TIMEOUT_NS), &funcs, slot);
    return slot->number;
}

static void
dial_free(gpointer data)
{
    Dial *dial = data;

    live_loop_drop(&dial->source);
    live_loop_drop(&dial->timeout);
    g_clear_object(&dial->socket);
    g_object_unref(dial->address);
    g_free(dial);
}

static void
dial_failed(Dial *dial)
{
    Standing *standing = dial->standing;

    g_ptr_array_remove_fast(dial->peers->dials, dial);
    if (standing != NULL) {
        standing->is_dialling = false;
        redial_later(standing);
    }
}

static gboolean
on_dial_timeout(gpointer data)
{
    dial_failed(data);
    return G_SOURCE_REMOVE;
}

static gboolean
on_dialled(GSocket *socket, GIOCondition condition, gpointer data)
{
    Dial *dial = data;
    LivePeers *peers = dial->peers;
    Standing *standing = dial->standing;
    KettePeerAddress address = live_address_to_core(dial->address);
    uint32_t number;

    (void)condition;
    if (!g_socket_check_connect_result(socket, NULL)) {
        dial_failed(dial);
        return G_SOURCE_REMOVE;
    }
    number = open_slot(peers, g_object_ref(socket), dial->address);
    if (standing != NULL) {
        standing->is_dialling = false;
        standing->number = number;
        standing->backoff_ns = peers->spec.backoff_min_ns;
    }
    g_ptr_array_remove_fast(peers->dials, dial);
    peers->funcs.opened(peers->funcs.user, number, true, standing != NULL, &address);
    return G_SOURCE_REMOVE;
}

/* Makes a socket that connects from the node's own host. Returns NULL if the system refuses. */
static GSocket *
socket_for(const LivePeers *peers, GInetSocketAddress *to)
{
    GInetAddress *host = g_inet_socket_address_get_address(peers->spec.listen);
    g_autoptr(GSocketAddress) from = g_inet_socket_address_new(host, 0);
    g_autoptr(GSocket) socket =
        g_socket_new(g_inet_address_get_family(g_inet_socket_address_get_address(to)),
                     G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

    if (socket == NULL)
        return NULL;
    g_socket_set_blocking(socket, FALSE);
    if (g_inet_address_get_family(host) == g_socket_get_family(socket) &&
        !g_inet_address_get_is_any(host) && !g_socket_bind(socket, from, FALSE, NULL))
        return NULL;
    return g_steal_pointer(&socket);
}

static void
dial(LivePeers *peers, GInetSocketAddress *address, Standing *standing)
{
    g_autoptr(GError) error = NULL;
    Dial *dial = g_new0(Dial, 1);

    *dial = (Dial){.peers = peers, .address = g_object_ref(address), .standing = standing};
    g_ptr_array_add(peers->dials, dial);
    dial->socket = socket_for(peers, address);
    if (standing != NULL)
        standing->is_dialling = true;
    if (dial->socket == NULL ||
        (!g_socket_connect(dial->socket, G_SOCKET_ADDRESS(address), NULL, &error) &&
         !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PENDING))) {
        dial_failed(dial);
        return;
    }
    dial->source = live_loop_watch(dial->socket, G_IO_OUT, on_dialled, dial);
    dial->timeout = live_loop_after(patience_ms(peers, LIVE_PEERS_DIAL_NS), on_dial_timeout, dial);
}

/* Returns whether that address is this node's, or a connection to it is open or being made. */
static bool
is_in_use(const LivePeers *peers, GInetSocketAddress *address)
{
    g_autofree char *text = live_address_text(address);
    g_autofree char *own = live_address_text(peers->spec.listen);
    bool found = strcmp(text, own) == 0 || find_standing(peers, address) != NULL;

    for (guint i = 0; i < peers->slots->len && !found; i++) {
        const Slot *slot = g_ptr_array_index(peers->slots, i);

        found = slot != NULL && strcmp(slot->address, text) == 0;
    }
    for (guint i = 0; i < peers->dials->len && !found; i++) {
        const Dial *dial = g_ptr_array_index(peers->dials, i);
        g_autofree char *other = live_address_text(dial->address);

        found = strcmp(other, text) == 0;
    }
    return found;
}

void
live_peers_dial(LivePeers *peers, GInetSocketAddress *address)
{
    if (!is_in_use(peers, address))
        dial(peers, address, NULL);
}

/* --- accepting ---------------------------------------------------------------------------- */

static void watch_accept(LivePeers *peers);

static gboolean
on_accept_again(gpointer data)
{
    watch_accept(data);
    return G_SOURCE_REMOVE;
}

static bool
is_expected(const LivePeers *peers, GInetSocketAddress *address)
{
    GInetAddress *host = g_inet_socket_address_get_address(address);

    for (guint i = 0; i < peers->expected->len; i++) {
        if (g_inet_address_equal(host, g_ptr_array_index(peers->expected, i)))
            return true;
    }
    return false;
}

static gboolean
on_accept(GSocket *socket, GIOCondition condition, gpointer data)
{
    LivePeers *peers = data;
    g_autoptr(GError) error = NULL;
    GSocket *accepted = g_socket_accept(socket, NULL, &error);
    g_autoptr(GSocketAddress) from = NULL;
    KettePeerAddress address;
    bool expected;

    (void)condition;
    if (accepted == NULL && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES)) {
        live_loop_drop(&peers->accepting);
        peers->accepting = live_loop_after(ACCEPT_PAUSE_MS, on_accept_again, peers);
        return G_SOURCE_REMOVE;
    }
    if (accepted == NULL)
        return G_SOURCE_CONTINUE;
    from = g_socket_get_remote_address(accepted, NULL);
    if (from == NULL) { /* it has gone already */
        g_object_unref(accepted);
        return G_SOURCE_CONTINUE;
    }
    expected = is_expected(peers, G_INET_SOCKET_ADDRESS(from));
    if (!expected && !peers->spec.accepts) {
        g_object_unref(accepted);
        return G_SOURCE_CONTINUE;
    }
    address = live_address_to_core(G_INET_SOCKET_ADDRESS(from));
    peers->funcs.opened(peers->funcs.user, open_slot(peers, accepted, G_INET_SOCKET_ADDRESS(from)),
                        false, expected, &address);
    return G_SOURCE_CONTINUE;
}

static void
watch_accept(LivePeers *peers)
{
    live_loop_drop(&peers->accepting);
    peers->accepting = live_loop_watch(peers->listening, G_IO_IN, on_accept, peers);
}

static bool
begin_listening(LivePeers *peers, GError **error)
{
    GInetSocketAddress *at = peers->spec.listen;
    g_autofree char *text = live_address_text(at);

    peers->listening =
        g_socket_new(g_inet_address_get_family(g_inet_socket_address_get_address(at)),
                     G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
    if (peers->listening == NULL ||
        !g_socket_bind(peers->listening, G_SOCKET_ADDRESS(at), TRUE, error) ||
        !g_socket_listen(peers->listening, error)) {
        g_prefix_error(error, "cannot listen on %s: ", text);
        return false;
    }
    g_socket_set_blocking(peers->listening, FALSE);
    watch_accept(peers);
    return true;
}

/* --- standing connections ----------------------------------------------------------------- */

static void
dial_standing(Standing *standing)
{
    live_loop_drop(&standing->retry);
    dial(standing->peers, standing->address, standing);
}

static Standing *
find_standing(const LivePeers *peers, GInetSocketAddress *address)
{
    g_autofree char *text = live_address_text(address);

    for (guint i = 0; i < peers->standing->len; i++) {
        Standing *standing = g_ptr_array_index(peers->standing, i);
        g_autofree char *other = live_address_text(standing->address);

        if (strcmp(text, other) == 0)
            return standing;
    }
    return NULL;
}

bool
live_peers_keep(LivePeers *peers, GInetSocketAddress *address)
{
    Standing *standing;

    if (find_standing(peers, address) != NULL)
        return false;
    standing = g_new0(Standing, 1);
    standing->peers = peers;
    standing->address = g_object_ref(address);
    standing->backoff_ns = peers->spec.backoff_min_ns;
    standing->number = NO_NUMBER;
    g_ptr_array_add(peers->standing, standing);
    dial_standing(standing);
    return true;
}

static void
standing_free(gpointer data)
{
    Standing *standing = data;

    live_loop_drop(&standing->retry);
    g_object_unref(standing->address);
    g_free(standing);
}

bool
live_peers_forget(LivePeers *peers, GInetSocketAddress *address, uint32_t *ret_number)
{
    Standing *standing = find_standing(peers, address);

    *ret_number = NO_NUMBER;
    if (standing == NULL)
        return false;
    *ret_number = standing->number;
    for (guint i = peers->dials->len; i-- > 0;) {
        if (((Dial *)g_ptr_array_index(peers->dials, i))->standing == standing)
            g_ptr_array_remove_index_fast(peers->dials, i);
    }
    standing->is_over = true;
    live_peers_close(peers, standing->number);
    g_ptr_array_remove(peers->standing, standing);
    return true;
}

void
live_peers_expect(LivePeers *peers, GInetAddress *host)
{
    g_ptr_array_add(peers->expected, g_object_ref(host));
}

/* --- life and use ------------------------------------------------------------------------- */

LivePeers *
live_peers_new(const LivePeersSpec *spec, const LivePeersFuncs *funcs, GError **error)
{
    LivePeers *peers = g_new0(LivePeers, 1);

    peers->spec = *spec;
    g_object_ref(peers->spec.listen);
    peers->funcs = *funcs;
    peers->slots = g_ptr_array_new();
    peers->standing = g_ptr_array_new_with_free_func(standing_free);
    peers->dials = g_ptr_array_new_with_free_func(dial_free);
    peers->expected = g_ptr_array_new_with_free_func(g_object_unref);
    if (!begin_listening(peers, error)) {
        live_peers_free(peers);
        return NULL;
    }
    return peers;
}

void
live_peers_free(LivePeers *peers)
{
    if (peers == NULL)
        return;
    peers->is_ending = true;
    live_loop_drop(&peers->accepting);
    g_ptr_array_unref(peers->dials);
    for (guint i = 0; i < peers->slots->len; i++)
        live_peers_close(peers, i);
    g_ptr_array_unref(peers->standing);
    g_ptr_array_unref(peers->slots);
    g_ptr_array_unref(peers->expected);
    g_clear_object(&peers->listening);
    g_object_unref(peers->spec.listen);
    g_free(peers);
}

/* Closes the connection with most bytes to send while all together have too many. */
static void
relieve(LivePeers *peers)
{
    Slot *fullest = NULL;
    gsize sum = 0;

    for (guint i = 0; i < peers->slots->len; i++) {
        Slot *slot = g_ptr_array_index(peers->slots, i);

        if (slot == NULL)
            continue;
        sum += live_peer_unsent(slot->peer);
        if (fullest == NULL || live_peer_unsent(slot->peer) > live_peer_unsent(fullest->peer))
            fullest = slot;
    }
    if (sum > LIVE_PEERS_OUT_MAX)
        live_peer_give_up(fullest->peer);
}

void
live_peers_send(LivePeers *peers, uint32_t number, GByteArray *frame)
{
    Slot *slot = slot_at(peers, number);
    bool is_large = frame->len > LIVE_PEER_OUT_HIGH / 16;

    if (slot == NULL) {
        g_byte_array_unref(frame);
        return;
    }
    live_peer_send(slot->peer, frame);
    if (is_large)
        relieve(peers);
}

const char *
live_peers_address(const LivePeers *peers, uint32_t number)
{
    const Slot *slot = slot_at(peers, number);

    return slot != NULL ? slot->address : NULL;
}

uint32_t
live_peers_numbers(const LivePeers *peers)
{
    return peers->slots->len;
}

uint64_t
live_peers_received(const LivePeers *peers)
{
    uint64_t sum = peers->received;

    for (guint i = 0; i < peers->slots->len; i++) {
        const Slot *slot = g_ptr_array_index(peers->slots, i);

        sum += slot != NULL ? live_peer_received(slot->peer) : 0;
    }
    return sum;
}
