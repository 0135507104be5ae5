/* What the files of the node (node.c, log.c, relay.c, fetch.c, sync.c, …) share: the node itself.
 * Nobody else includes this. */
#ifndef CORE_NODE_NODE_IMPL_H
#define CORE_NODE_NODE_IMPL_H

#include "core/base/limits.h"
#include "core/node/node.h"
#include "core/node/conduct.h"
#include "core/node/early.h"
#include "core/node/known.h"
#include "core/node/peer.h"

/* A block or transaction that some peers have not acknowledged yet. */
typedef struct {
    KetteMessage *message; /* owned */
    KetteHash id;
    int64_t retry_ns;
    unsigned tries;
    GArray *waiting; /* uint32_t: peers */
} KetteAnnouncement;

/* A body asked for. */
typedef struct {
    const KetteEntry *entry;
    uint32_t peer;
    int64_t deadline_ns;
} KetteBodyRequest;

/* Headers asked for. */
typedef struct {
    uint32_t peer;
    int64_t deadline_ns;
} KetteChainRequest;

/* A body whose requests ran out of time, until it is here. */
typedef struct {
    const KetteEntry *entry;
    uint8_t late;
} KetteLate;

/* Something announced that is being asked for. */
typedef struct {
    KetteHash id;
    uint32_t asked;
    uint8_t kind; /* KetteMessageKind: NEW_BLOCK or NEW_TRANSACTION */
    uint8_t source_count;
    uint8_t late;                          /* how often it ran out of time */
    uint32_t sources[KETTE_FETCH_SOURCES]; /* who else announced it, oldest first */
    int64_t deadline_ns;
} KetteFetch;

/* The other end of a connection that is not a standing one. */
typedef struct {
    KettePeerAddress address;
    int64_t since_ns;
} KetteRemote;

/* Who may not connect. Port 0: the whole host, as an inbound connection shows no more of it. */
typedef struct {
    KettePeerAddress address;
    int64_t until_ns;
} KetteBan;

struct KetteNode {
    /* all that an announcement of a block that is here needs: the first cache line */
    _Alignas(KETTE_CACHE_LINE) int64_t now_ns;
    uint64_t ready;   /* of the first 64 peers, those in KETTE_PEER_READY */
    KetteKnown known; /* what peers have */
    uint32_t peer_count;
    bool ack; /* config.ack */
    /* what most others need: the second */
    KetteChain *chain;
    KettePeer *peers;    /* by the host's number */
    KetteFetch *fetches; /* oldest first: the first fetch below while one is room enough */
    uint32_t fetch_count, fetch_room;
    GArray *body_requests;       /* KetteBodyRequest; NULL while none */
    GArray *chain_requests;      /* KetteChainRequest; NULL before the first */
    int64_t request_due_ns;      /* what the timer of requests is set to; INT64_MAX: it is not */
    const KetteEntry *shown_tip; /* the last tip that was announced */
    /* and the rest */
    KetteFetch first_fetch;
    KetteMempool *mempool;
    uint32_t ready_count;
    uint32_t poll_next; /* rotation of tip polling */
    uint32_t peer_room;
    int64_t handshake_due_ns; /* as request_due_ns */
    KetteHost host;
    KetteChainResult result;
    GPtrArray *announced;  /* KetteAnnouncement, oldest first; NULL while none */
    GPtrArray *partials;   /* KettePartial, oldest first */
    GArray *late;          /* KetteLate, oldest first; NULL while none */
    GArray *remotes;       /* KetteRemote by peer, of those that are not standing */
    KetteMessage *compact; /* the compact form of `compact_id`, made once */
    KetteHash compact_id;
    KetteBook *book;         /* NULL until discovery needs it */
    GArray *bans;            /* KetteBan; NULL while none */
    GArray *conduct;         /* KetteConduct; NULL while nothing was held against anybody */
    KetteEarlyPool early;    /* transactions that wait for a nonce before them */
    int64_t clock_offset_ns; /* of the clock on the wall, from now_ns */
    KetteNodeConfig config;
};

_Static_assert(offsetof(KetteNode, chain) == KETTE_CACHE_LINE,
               "what an announcement reads is one line");
_Static_assert(offsetof(KetteNode, first_fetch) == 2 * KETTE_CACHE_LINE,
               "and what most others need is another");

/* `peer` is below peer_count. */
static inline bool
kette_node_is_ready(const KetteNode *node, uint32_t peer)
{
    return peer < 64 ? (node->ready >> peer & 1) != 0 : node->peers[peer].state == KETTE_PEER_READY;
}

/* Of the 64 peers from `first` on, a multiple of 64, those that are ready. */
static inline uint64_t
kette_node_ready_bits(const KetteNode *node, uint32_t first)
{
    uint64_t bits = 0;

    if (first == 0)
        return node->ready;
    for (uint32_t i = first; i < node->peer_count && i < first + 64; i++)
        bits |= (uint64_t)kette_node_is_ready(node, i) << (i - first);
    return bits;
}

/* node.c */
void kette_node_set_now(KetteNode *node, int64_t now_ns); /* never going back */
KettePeer *kette_node_peer(KetteNode *node, uint32_t peer);
void kette_node_set_state(KetteNode *node, uint32_t peer, KettePeerState state);
void kette_node_send(KetteNode *node, uint32_t peer, KetteMessage *message);
/* When a request made now runs out of time, after `late` of its kind that did: at most
 * KETTE_REQUEST_DOUBLINGS are counted. */
int64_t kette_node_deadline(const KetteNode *node, uint8_t late);
void kette_node_note(KetteNode *node, const KetteNote *note);
KetteMessage *kette_node_inventory_of(KetteNode *node, KetteMessageKind kind, const KetteHash *id);
/* Offers a block to the chain, and does what follows from its verdict but for announcing. */
KetteVerdict kette_node_accept_block(KetteNode *node, KetteBlock *block, uint32_t peer);
/* A block that came as an announcement or, asked for by id, as the answer to one. One whose chain
 * is far behind ours is dropped: see KETTE_UNASKED_DEPTH. */
void kette_node_take_block(KetteNode *node, uint32_t peer, KetteBlock *block, bool asked);
/* The peer has the thing; that acknowledges our own announcement of it, and where links lose an
 * ACK goes back. */
bool kette_node_acknowledge(KetteNode *node, uint32_t peer, KetteMessageKind kind,
                            const KetteHash *id);
bool kette_node_is_ghost(const KetteNode *node);
/* Announces the tip if it is not the one announced last. */
void kette_node_show_tip(KetteNode *node);

/* Into REFUSED or BANNED: what was asked of it is asked of others, what was told to it is dropped.
 */
void kette_node_shut_out(KetteNode *node, uint32_t peer, KettePeerState state);
void kette_node_forget_peer(KetteNode *node, uint32_t peer);

/* handshake.c */
/* Sends a handshake and sets when it is repeated. */
void kette_handshake_greet(KetteNode *node, uint32_t peer);
/* Sets the timer to when the next is repeated or a silent connection is closed. */
void kette_handshake_arm(KetteNode *node);
void kette_handshake_timer(KetteNode *node);
void kette_handshake_receive(KetteNode *node, uint32_t peer, const KetteHandshake *handshake);

/* log.c */
/* Saves what the last block offered did to the chain. */
void kette_log_results(KetteNode *node, const KetteHash *offered);
/* Saves that a block failed or is parked, once. */
void kette_log_verdict(KetteNode *node, const KetteEntry *entry);

/* conduct.c */
/* The peer has shown so many more headers that lead nowhere. */
void kette_node_unpaid_headers(KetteNode *node, uint32_t peer, uint32_t more);
void kette_conduct_forget(KetteNode *node, uint32_t peer);
void kette_node_misbehaved(KetteNode *node, uint32_t peer, KetteMisconduct misconduct);
void kette_node_lift_bans(KetteNode *node); /* those whose time is over */

/* gossip.c */
void kette_gossip_ready(KetteNode *node, uint32_t peer, uint16_t port);
void kette_gossip_on_get_peers(KetteNode *node, uint32_t peer);
void kette_gossip_on_peer_list(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_gossip_timer(KetteNode *node);
/* Closes the connection if it is not a standing one and its peer was refused or banned. Once the
 * message that led to it is dealt with, for its peer is gone then. */
void kette_gossip_close_shut_out(KetteNode *node, uint32_t peer);
/* The same for connections that never came to a handshake, and when the next is due. */
void kette_gossip_close_silent(KetteNode *node);
int64_t kette_gossip_deadline(const KetteNode *node);
/* NULL for a standing peer. */
const KettePeerAddress *kette_gossip_address(const KetteNode *node, uint32_t peer);
void kette_gossip_clear(KetteNode *node);

/* relay.c */
void kette_relay_announce(KetteNode *node, KetteMessage *message, const KetteHash *id);
bool kette_relay_acknowledged(KetteNode *node, uint32_t peer, const KetteHash *id);
void kette_relay_forget_peer(KetteNode *node, uint32_t peer);
void kette_relay_timer(KetteNode *node);
void kette_relay_clear(KetteNode *node);

/* sync.c */
void kette_sync_poll(KetteNode *node);
void kette_sync_ask_chain(KetteNode *node, uint32_t peer, const KetteEntry *from);
void kette_sync_on_request_chain(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_sync_on_response_chain(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_sync_on_request_bodies(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_sync_on_response_bodies(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_sync_schedule(KetteNode *node);
void kette_sync_forget_peer(KetteNode *node, uint32_t peer);
void kette_sync_got_body(KetteNode *node, const KetteEntry *entry);
void kette_sync_timer(KetteNode *node);
void kette_sync_clear(KetteNode *node);
bool kette_sync_is_requested(const KetteNode *node, const KetteEntry *entry);
/* Sets the one timer of requests to the earliest deadline, those of fetches included. */
void kette_sync_arm(KetteNode *node);

/* fetch.c */
void kette_fetch_init(KetteNode *node);
void kette_fetch_on_inventory(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Asks `peer` for a thing by id, or remembers it as a source of one that is asked for already. */
void kette_fetch_want(KetteNode *node, uint32_t peer, KetteMessageKind kind, const KetteHash *id);
void kette_fetch_on_get_data(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_fetch_on_not_found(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_fetch_on_compact(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_fetch_on_get_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_fetch_on_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* The thing is here, whoever sent it; whether `peer` was asked for it. */
bool kette_fetch_done(KetteNode *node, uint32_t peer, const KetteHash *id);
/* Takes note of an announcement of one thing that is here, or asked for of another peer; false, and
 * nothing is done, when it is neither or that takes a closer look. */
bool kette_fetch_is_old_news(KetteNode *node, uint32_t peer, const KetteInventory *inventory);
/* Whether the thing is being asked for by id; and whether of this peer. */
bool kette_fetch_is_asked(const KetteNode *node, const KetteHash *id);
bool kette_fetch_is_asked_of(const KetteNode *node, uint32_t peer, const KetteHash *id);
int64_t kette_fetch_deadline(const KetteNode *node);
void kette_fetch_timer(KetteNode *node);
void kette_fetch_forget_peer(KetteNode *node, uint32_t peer);
void kette_fetch_clear(KetteNode *node);

/* transaction.c */
void kette_node_on_transaction(KetteNode *node, uint32_t peer, KetteTx *tx);
/* Follows the change of tip in node->result. */
void kette_node_move_mempool(KetteNode *node);
void kette_node_expire_transactions(KetteNode *node);

#endif
