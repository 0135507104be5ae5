/* One TCP connection: messages in, messages out, and how much of both a stranger may cause.
 *
 * What comes in is read only while the other end takes what it asked for: with more than
 * LIVE_PEER_OUT_HIGH bytes unsent no further message is read. A connection also has a budget of
 * bytes a second, so that one busy peer does not keep the others waiting.
 */
#ifndef SIM_LIVE_PEER_H
#define SIM_LIVE_PEER_H

#include "core/base/hash.h"

#include <gio/gio.h>
#include <stdbool.h>

/* Bytes to send above which nothing more is read. */
#define LIVE_PEER_OUT_HIGH (1u << 20)
/* Bytes to send above which the connection is closed: the other end does not read. Messages that
 * nobody asked for, such as new blocks, can get there. */
#define LIVE_PEER_OUT_MAX (32u << 20)
/* The budget of bytes that are read: so many a second, and so many at once. */
#define LIVE_PEER_IN_RATE (8u << 20)
#define LIVE_PEER_IN_BURST (32u << 20)

typedef struct LivePeer LivePeer;

typedef struct {
    void *user;
    /* A frame came; its checksum and payload are not checked. May close the connection. */
    void (*frame)(void *user, LivePeer *peer, const uint8_t *frame, gsize len);
    /* The connection is over, for the reason given. Not called after live_peer_close(). */
    void (*closed)(void *user, LivePeer *peer, const char *why);
    /* Called before bytes leave; false: they stay. */
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
/* Sends the bytes, which it takes over, as the socket lets it. Closes the connection, with the
 * callback later, when too many wait. */
void live_peer_send(LivePeer *peer, GByteArray *frame);
void live_peer_close(LivePeer *peer);
/* Closes the connection soon, with the callback: the other end does not read. */
void live_peer_give_up(LivePeer *peer);
bool live_peer_is_open(const LivePeer *peer);
gsize live_peer_unsent(const LivePeer *peer);
uint64_t live_peer_received(const LivePeer *peer); /* bytes */

#endif
