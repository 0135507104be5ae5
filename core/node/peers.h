/* The table of peers: connections by the host's number, their states, and who is at the other end.
 *
 * What a node keeps of one peer is one small struct. The peers table makes, finds and ends it; each
 * other field belongs to one part of the node, named below. What a peer is known to have stands in
 * known.h.
 */
#ifndef CORE_NODE_PEERS_H
#define CORE_NODE_PEERS_H

#include "core/chain/entry.h"
#include "core/node/node.h"

typedef enum {
    KETTE_PEER_NONE,       /* no connection */
    KETTE_PEER_CONNECTING, /* handshake under way */
    KETTE_PEER_READY,
    KETTE_PEER_REFUSED, /* another chain or version: its messages are ignored */
    KETTE_PEER_BANNED,  /* misbehaved: its messages are ignored until retry_ns */
} KettePeerState;

typedef struct {
    const KetteEntry *best; /* best: the heaviest header it has shown, NULL at first */
    int64_t retry_ns;       /* handshake: when it is repeated; conduct: when a ban ends */
    int64_t sent_ns;        /* door: when something was last sent, with config.keepalive_ns */
    uint8_t state;          /* peers: KettePeerState */
    bool outbound : 1;      /* peers */
    bool standing : 1;      /* peers: made by the host itself: outside the limits, never given up */
    bool told_peers : 1;    /* gossip: it has had its PEER_LIST */
    bool asked_peers : 1;   /* gossip: it was asked for one, and has not answered yet */
    bool headers_asked : 1; /* request: a question for headers is open */
    bool ask_again : 1;     /* header_sync: another question is to follow it */
    bool goes_on : 1;       /* header_sync: it has more, and others are asked for that first */
    bool mute : 1;          /* request: the last question for headers ran out */
    bool behind : 1;        /* catch_up: it may lack some of our mempool */
    bool wants_compact : 1; /* high: it is sent compact blocks unasked */
    bool shown_all : 1;     /* first_sync: its last answer had all headers that it has to show */
    uint8_t attempts;       /* handshake: sent without an answer */
    uint16_t bodies;        /* request: asked for and not yet here */
    uint8_t patience;       /* request: doublings of its time to answer */
    uint8_t silence;        /* request: how badly it answers questions for bodies */
} KettePeer;

_Static_assert(sizeof(KettePeer) == 32, "what a peer costs while it is idle");

/* The other end of a connection that is not a standing one. */
typedef struct {
    KettePeerAddress address;
    int64_t since_ns;
    int64_t block_ns, payment_ns; /* when it last brought one that was good and new; 0: never */
} KetteRemote;

typedef struct {
    KettePeer *list; /* by the host's number; node->peer_count of them */
    uint32_t room;
    uint32_t ready_count;
} KettePeers;

void kette_peers_clear(KetteNode *node);
void kette_peers_make_room(KetteNode *node, uint32_t count);
/* Starts a connection: CONNECTING. `address` is NULL for a standing one. */
void kette_peers_add(KetteNode *node, uint32_t peer, bool outbound,
                     const KettePeerAddress *address);
void kette_peers_end(KetteNode *node, uint32_t peer);
void kette_peers_set_state(KetteNode *node, uint32_t peer, KettePeerState state);

/* Returns the peer, or NULL where there is no connection. */
KettePeer *kette_peers_find(KetteNode *node, uint32_t peer);
/* Returns the other end, or NULL for a standing peer. */
const KetteRemote *kette_peers_remote(const KetteNode *node, uint32_t peer);
/* Note that the peer has brought a block, or a payment, that was good and new. */
void kette_peers_note_block(KetteNode *node, uint32_t peer);
void kette_peers_note_payment(KetteNode *node, uint32_t peer);
/* Counts the connections that are not standing and go in this direction. */
uint32_t kette_peers_count(const KetteNode *node, bool outbound);
bool kette_peers_has_remotes(const KetteNode *node);
size_t kette_peers_memory(const KetteNode *node);
/* Returns NULL, or what is wrong. */
const char *kette_peers_audit(const KetteNode *node);

#endif
