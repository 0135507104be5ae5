/* Carries messages over one TCP connection, and limits the work that a stranger can cause.
 *
 * While more than LIVE_PEER_OUT_HIGH bytes are unsent, no further message is read: the other end
 * must first take the answers that it has asked for. A connection also has a budget of
 * bytes a second, so that one busy peer does not keep the others waiting.
 */
#ifndef SIM_LIVE_PEER_H
#define SIM_LIVE_PEER_H

#include "core/base/hash.h"

#include <gio/gio.h>
#include <stdbool.h>

/* Unsent bytes above which nothing more is read. */
#define LIVE_PEER_OUT_HIGH (1u << 20)
/* Unsent bytes above which the connection is closed, because the other end does not read. Messages
 * without a request, such as new blocks, can exceed LIVE_PEER_OUT_HIGH. */
#define LIVE_PEER_OUT_MAX (32u << 20)
/* The budget of bytes that are read: so many a second, and so many at once. */
#define LIVE_PEER_IN_RATE (8u << 20)
#define LIVE_PEER_IN_BURST (32u << 20)

typedef struct LivePeer LivePeer;

typedef struct {
    void *user;
    /* Receives a frame whose checksum and payload are not checked. May close the connection. */
    void (*frame)(void *user, LivePeer *peer, const uint8_t *frame, gsize len);
    /* Called when the connection has ended, with the reason. Not called after live_peer_close(). */
    void (*closed)(void *user, LivePeer *peer, const char *why);
    /* Called before bytes are sent. Returns false if they must wait. */
    bool (*may_send)(void *user);
} LivePeerFuncs;

/* Takes over a connected socket. `data` is the caller's. Frames have payloads of at most `most`
 * bytes. The connection is over when the other end has acknowledged nothing for timeout_ms
 * (TCP_USER_TIMEOUT, RFC 5482). */
LivePeer *live_peer_new(GSocket *socket, const KetteHash *genesis, uint32_t most,
                        unsigned timeout_ms, const LivePeerFuncs *funcs, void *data);
LivePeer *live_peer_ref(LivePeer *peer);
void live_peer_unref(LivePeer *peer);
void *live_peer_data(const LivePeer *peer);
/* Queues the bytes, which it takes over, and sends them when the socket accepts them. If too many
 * wait, closes the connection and calls `closed` later. */
void live_peer_send(LivePeer *peer, GByteArray *frame);
void live_peer_close(LivePeer *peer);
/* Closes the connection soon and calls `closed`, because the other end does not read. */
void live_peer_give_up(LivePeer *peer);
bool live_peer_is_open(const LivePeer *peer);
gsize live_peer_unsent(const LivePeer *peer);
uint64_t live_peer_received(const LivePeer *peer); /* bytes */

#endif
