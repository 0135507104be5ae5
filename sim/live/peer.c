/* Reads, writes and limits one connection; see peer.h. */
#include "sim/live/peer.h"

#include "sim/live/loop.h"

#include "sim/live/frame.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#define READ_BYTES 65536
#define RESUME_MS 20

struct LivePeer {
    int refs;
    GSocket *socket;
    LivePeerFuncs funcs;
    void *data;
    LiveFrames frames;
    GQueue *out;     /* GByteArray */
    gsize out_at;    /* bytes of the first array that were sent */
    gsize out_bytes; /* bytes in the queue that were not sent */
    int64_t budget;  /* bytes that may be read now */
    gint64 refilled; /* time of the last refill of the budget, in us */
    uint64_t received;
    GSource *readable, *writable, *resume; /* attached, or NULL */
    bool is_open, is_given_up;
};

void
live_peer_close(LivePeer *peer)
{
    peer->is_open = false;
    live_loop_drop(&peer->readable);
    live_loop_drop(&peer->writable);
    live_loop_drop(&peer->resume);
    g_socket_close(peer->socket, NULL);
}

LivePeer *
live_peer_ref(LivePeer *peer)
{
    peer->refs++;
    return peer;
}

void
live_peer_unref(LivePeer *peer)
{
    if (peer == NULL || --peer->refs > 0)
        return;
    live_peer_close(peer);
    g_object_unref(peer->socket);
    live_frames_clear(&peer->frames);
    g_queue_free_full(peer->out, (GDestroyNotify)g_byte_array_unref);
    g_free(peer);
}

void *
live_peer_data(const LivePeer *peer)
{
    return peer->data;
}

bool
live_peer_is_open(const LivePeer *peer)
{
    return peer->is_open;
}

gsize
live_peer_unsent(const LivePeer *peer)
{
    return peer->out_bytes;
}

uint64_t
live_peer_received(const LivePeer *peer)
{
    return peer->received;
}

/* Closes the connection and says why. The peer may be gone afterwards. */
static void
end(LivePeer *peer, const char *why)
{
    if (!peer->is_open)
        return;
    live_peer_close(peer);
    peer->funcs.closed(peer->funcs.user, peer, why);
}

/* --- in ----------------------------------------------------------------------------------- */

static gboolean on_readable(GSocket *socket, GIOCondition condition, gpointer data);
static gboolean on_resume(gpointer data);

static void
refill(LivePeer *peer)
{
    gint64 now = g_get_monotonic_time();

    peer->budget += (now - peer->refilled) * (int64_t)LIVE_PEER_IN_RATE / G_USEC_PER_SEC;
    peer->budget = MIN(peer->budget, (int64_t)LIVE_PEER_IN_BURST);
    peer->refilled = now;
}

static bool
may_read(LivePeer *peer)
{
    refill(peer);
    return peer->out_bytes <= LIVE_PEER_OUT_HIGH && peer->budget > 0;
}

/* Hands over complete frames as long as the limits let the peer cause more work. */
static void
hand_over(LivePeer *peer)
{
    const uint8_t *frame;
    gsize len;

    while (peer->is_open && peer->out_bytes <= LIVE_PEER_OUT_HIGH) {
        LiveFrame next = live_frames_next(&peer->frames, &frame, &len);

        if (next == LIVE_FRAME_MORE)
            return;
        if (next == LIVE_FRAME_BAD) {
            end(peer, "it sent what is no message of this chain");
            return;
        }
        peer->funcs.frame(peer->funcs.user, peer, frame, len);
    }
}

static void
watch_input(LivePeer *peer)
{
    if (!peer->is_open || peer->readable != NULL || peer->resume != NULL)
        return;
    if (may_read(peer)) {
        peer->readable = live_loop_watch(peer->socket, G_IO_IN, on_readable, peer);
    } else if (peer->out_bytes <= LIVE_PEER_OUT_HIGH) { /* else the next write goes on */
        peer->resume = live_loop_after(RESUME_MS, on_resume, peer);
    }
}

static gboolean
on_resume(gpointer data)
{
    LivePeer *peer = live_peer_ref(data);

    live_loop_drop(&peer->resume);
    if (peer->is_given_up)
        end(peer, "it does not read what is sent to it");
    hand_over(peer);
    watch_input(peer);
    live_peer_unref(peer);
    return G_SOURCE_REMOVE;
}

static gboolean
on_readable(GSocket *socket, GIOCondition condition, gpointer data)
{
    LivePeer *peer = live_peer_ref(data);
    uint8_t bytes[READ_BYTES];
    g_autoptr(GError) error = NULL;
    gssize got = g_socket_receive(socket, (gchar *)bytes, sizeof bytes, NULL, &error);

    (void)condition;
    if (got > 0) {
        peer->received += (uint64_t)got;
        peer->budget -= got;
        live_frames_push(&peer->frames, bytes, (gsize)got);
        hand_over(peer);
    } else if (got == 0) {
        end(peer, "the other end closed the connection");
    } else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
        end(peer, error->message);
    }
    if (peer->is_open && !may_read(peer)) {
        live_loop_drop(&peer->readable);
        watch_input(peer);
    }
    live_peer_unref(peer);
    return G_SOURCE_CONTINUE;
}

/* --- out ---------------------------------------------------------------------------------- */

/* Writes until the socket takes no more. Returns false if the connection has ended. */
static bool
write_some(LivePeer *peer)
{
    while (!g_queue_is_empty(peer->out)) {
        GByteArray *first = g_queue_peek_head(peer->out);
        g_autoptr(GError) error = NULL;
        gssize put = g_socket_send(peer->socket, (const gchar *)first->data + peer->out_at,
                                   first->len - peer->out_at, NULL, &error);

        if (put < 0) {
            if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
                return true;
            end(peer, error->message);
            return false;
        }
        peer->out_at += (gsize)put;
        peer->out_bytes -= (gsize)put;
        if (peer->out_at == first->len) {
            g_byte_array_unref(g_queue_pop_head(peer->out));
            peer->out_at = 0;
        }
    }
    return true;
}

static gboolean
on_writable(GSocket *socket, GIOCondition condition, gpointer data)
{
    LivePeer *peer = live_peer_ref(data);

    (void)socket, (void)condition;
    if (peer->funcs.may_send(peer->funcs.user) && write_some(peer)) {
        if (g_queue_is_empty(peer->out))
            live_loop_drop(&peer->writable);
        if (peer->out_bytes <= LIVE_PEER_OUT_HIGH) {
            hand_over(peer); /* the frames that came while too many bytes were unsent */
            watch_input(peer);
        }
    }
    live_peer_unref(peer);
    return G_SOURCE_CONTINUE;
}

void
live_peer_give_up(LivePeer *peer)
{
    if (!peer->is_open || peer->is_given_up)
        return;
    peer->is_given_up = true;
    live_loop_drop(&peer->readable);
    live_loop_drop(&peer->resume);
    peer->resume = live_loop_after(0, on_resume, peer);
}

void
live_peer_send(LivePeer *peer, GByteArray *frame)
{
    if (!peer->is_open) {
        g_byte_array_unref(frame);
        return;
    }
    peer->out_bytes += frame->len;
    g_queue_push_tail(peer->out, frame);
    if (peer->writable == NULL)
        peer->writable = live_loop_watch(peer->socket, G_IO_OUT, on_writable, peer);
    if (peer->out_bytes > LIVE_PEER_OUT_MAX)
        live_peer_give_up(peer);
}

LivePeer *
live_peer_new(GSocket *socket, const KetteHash *genesis, uint32_t most, unsigned timeout_ms,
              const LivePeerFuncs *funcs, void *data)
{
    LivePeer *peer = g_new0(LivePeer, 1);

    peer->refs = 1;
    peer->socket = socket;
    peer->funcs = *funcs;
    peer->data = data;
    peer->out = g_queue_new();
    peer->budget = LIVE_PEER_IN_BURST;
    peer->refilled = g_get_monotonic_time();
    peer->is_open = true;
    live_frames_init(&peer->frames, genesis, most);
    g_socket_set_blocking(socket, FALSE);
    g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
    g_socket_set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, (gint)timeout_ms, NULL);
    watch_input(peer);
    return peer;
}
