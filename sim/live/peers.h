/* All TCP connections of a node: those that it opens, keeps open and accepts.
 *
 * A connection has a small number, as the node names its peers; a number is free again when its
 * connection is over. A standing connection is opened again after a back-off that doubles while
 * the other end cannot be reached. Connections from a host that is expected are standing ones of
 * the other end; all others count for the node's limits.
 */
#ifndef SIM_LIVE_PEERS_H
#define SIM_LIVE_PEERS_H

#include "sim/live/address.h"
#include "sim/live/clock.h"

/* Unsent bytes of all peers together above which the connection with most of them is closed. */
#define LIVE_PEERS_OUT_MAX (256u << 20)

/* Longest time without an acknowledgement, and longest time to open a connection, by the node's
 * clock. Both last at least a second of the machine. The first is that of a simulated stream
 * (sim/net/net.h), the second Bitcoin Core's nConnectTimeout. */
#define LIVE_PEERS_TIMEOUT_NS INT64_C(60000000000)
#define LIVE_PEERS_DIAL_NS INT64_C(5000000000)

typedef struct LivePeers LivePeers;

typedef struct {
    void *user;
    /* Called when a connection is open. May close it. */
    void (*opened)(void *user, uint32_t number, bool outbound, bool standing,
                   const KettePeerAddress *address);
    /* Called when a connection has ended, but not by live_peers_close(). */
    void (*closed)(void *user, uint32_t number, const char *why);
    void (*frame)(void *user, uint32_t number, const uint8_t *frame, gsize len);
    bool (*may_send)(void *user); /* see peer.h */
} LivePeersFuncs;

typedef struct {
    KetteHash genesis;
    uint32_t most;              /* bytes of a payload */
    GInetSocketAddress *listen; /* borrowed; connections are opened from its host, too */
    bool accepts;               /* all connections; else only those that are expected */
    const LiveClock *clock;     /* borrowed */
    int64_t backoff_min_ns, backoff_max_ns; /* of the clock */
} LivePeersSpec;

/* Listens. Returns NULL with an error if the address cannot be had. */
LivePeers *live_peers_new(const LivePeersSpec *spec, const LivePeersFuncs *funcs, GError **error);
void live_peers_free(LivePeers *peers);

/* Keeps a connection to that address open from now on. Returns false if it does so already. */
bool live_peers_keep(LivePeers *peers, GInetSocketAddress *address);
/* Closes the connection to the address and opens it no more. Returns false if it was not kept.
 * *ret_number is the number of the connection that was closed, or UINT32_MAX if none was open. */
bool live_peers_forget(LivePeers *peers, GInetSocketAddress *address, uint32_t *ret_number);
/* Treats connections from that host, from any port, as standing ones. */
void live_peers_expect(LivePeers *peers, GInetAddress *host);
/* Tries once to open a connection, unless the address is this node's or already has one. Calls
 * `opened` on success and nothing otherwise. */
void live_peers_dial(LivePeers *peers, GInetSocketAddress *address);

void live_peers_send(LivePeers *peers, uint32_t number, GByteArray *frame); /* takes it over */
void live_peers_close(LivePeers *peers, uint32_t number);
/* Returns "127.0.0.1:8001", or NULL if no connection has the number. */
const char *live_peers_address(const LivePeers *peers, uint32_t number);
uint32_t live_peers_numbers(const LivePeers *peers);  /* every number is below it */
uint64_t live_peers_received(const LivePeers *peers); /* bytes so far */

#endif
