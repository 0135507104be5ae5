/* What the files of the node share: the node itself.
 * Nobody else includes this. */
#ifndef CORE_NODE_NODE_IMPL_H
#define CORE_NODE_NODE_IMPL_H

#include "core/base/limits.h"
#include "core/node/node.h"
#include "core/node/conduct.h"
#include "core/node/early.h"
#include "core/node/known.h"
#include "core/node/peer.h"
#include "core/node/request.h"

/* A block or transaction that some peers have not acknowledged yet. */
typedef struct {
    KetteMessage *message; /* owned */
    KetteHash id;
    int64_t retry_ns;
    unsigned tries;
    GArray *waiting; /* uint32_t: peers */
} KetteAnnouncement;

/* A body that is missing. */
typedef struct {
    const KetteEntry *entry;
    uint32_t shown_by; /* ghost: who showed it, or may have it; KETTE_PEER_SELF: nobody now */
} KetteWanted;

/* Which of the peers that may lack some of the mempool is being told, and how far: the mempool goes
 * by sender and nonce. What peers have (known) is too small a record to tell. */
typedef struct {
    uint32_t peer; /* KETTE_PEER_SELF: nobody */
    bool has_begun;
    KetteAddress sender; /* the last that was told, */
    uint64_t nonce;      /* if it has begun */
} KetteCatchUp;

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

/* What is left to do before a call into the node returns: see kette_node_settle(). */
enum {
    KETTE_UNSETTLED_CONDUCT = 1, /* somebody's score is full */
    KETTE_UNSETTLED_BODIES = 2,  /* other bodies may be asked for */
    KETTE_UNSETTLED_TIMER = 4,   /* rows of requests have changed */
    KETTE_UNSETTLED_EXPIRY = 8,  /* something new will expire */
};

struct KetteNode {
    /* all that an announcement of a block that is here needs: the first cache line */
    _Alignas(KETTE_CACHE_LINE) int64_t now_ns;
    uint64_t ready;   /* of the first 64 peers, those in KETTE_PEER_READY */
    KetteKnown known; /* what peers have */
    uint32_t peer_count;
    bool ack;          /* config.ack */
    uint8_t unsettled; /* KETTE_UNSETTLED_* */
    /* what most others need: the second */
    KetteChain *chain;
    KettePeer *peers;       /* by the host's number */
    KetteRequest *requests; /* oldest first: the first request below while one is room enough */
    uint32_t request_count, request_room;
    int64_t request_due_ns;      /* what the timer of requests is set to; INT64_MAX: it is not */
    const KetteEntry *shown_tip; /* the last tip that was announced */
    KetteMempool *mempool;
    uint32_t ready_count;
    uint32_t poll_next; /* rotation of tip polling */
    /* and the rest */
    KetteRequest first_request;
    uint32_t peer_room;
    int64_t handshake_due_ns; /* as request_due_ns */
    int64_t expiry_due_ns;    /* likewise */
    KetteHost host;
    KetteChainResult result;
    GPtrArray *announced;  /* KetteAnnouncement, oldest first; NULL while none */
    GPtrArray *partials;   /* KettePartial, oldest first */
    GArray *beside;        /* ghost: KetteWanted, in order of place; NULL while none */
    GArray *remotes;       /* KetteRemote by peer, of those that are not standing */
    KetteMessage *compact; /* the compact form of `compact_id`, made once */
    KetteHash compact_id;
    KetteBook *book; /* NULL until discovery needs it */
    GArray *bans;    /* KetteBan; NULL while none */
    GArray *conduct; /* KetteConduct; NULL while nothing was held against anybody */
    KetteCatchUp catch_up;
    KetteEarlyPool early;    /* transactions that wait for a nonce before them */
    int64_t clock_offset_ns; /* of the clock on the wall, from now_ns */
    KetteNodeConfig config;
};

_Static_assert(offsetof(KetteNode, chain) == KETTE_CACHE_LINE,
               "what an announcement reads is one line");
_Static_assert(offsetof(KetteNode, first_request) == 2 * KETTE_CACHE_LINE,
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
void kette_node_note(KetteNode *node, const KetteNote *note);
KetteMessage *kette_node_inventory_of(KetteNode *node, KetteMessageKind kind, const KetteHash *id);
/* Does what a call has left to do: bans, asks for bodies, announces the tip, sets timers. Each call
 * into the node ends with it, so that no loop over peers or messages is pulled from under itself.
 */
void kette_node_settle(KetteNode *node);
/* The peer has the thing; that acknowledges our own announcement of it, and where links lose an
 * ACK goes back. */
bool kette_node_acknowledge(KetteNode *node, uint32_t peer, KetteMessageKind kind,
                            const KetteHash *id);

/* Into REFUSED or BANNED: what was asked of it is asked of others, what was told to it is dropped.
 */
void kette_node_shut_out(KetteNode *node, uint32_t peer, KettePeerState state);
void kette_node_forget_peer(KetteNode *node, uint32_t peer);

/* blocks.c */
/* Offers a block to the chain, and does what follows from its verdict but for announcing. */
KetteVerdict kette_node_accept_block(KetteNode *node, KetteBlock *block, uint32_t peer);
/* A block that came as an announcement or as the answer to a question by id, and what it means for
 * that question. One whose chain is far behind ours is dropped: see KETTE_UNASKED_DEPTH. */
void kette_node_take_block(KetteNode *node, uint32_t peer, KetteBlock *block);
/* Announces the tip if it is not the one announced last. */
void kette_node_show_tip(KetteNode *node);

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
/* Adds to the peer's score. A ban that follows comes with kette_conduct_act(). */
void kette_node_misbehaved(KetteNode *node, uint32_t peer, KetteMisconduct misconduct);
/* Bans those whose score is full. */
void kette_conduct_act(KetteNode *node);
/* Whether the header took so little work, beside the tip, that it is counted; and counts `more` of
 * them. `last` is the last header of the answer, NULL when it had none; whether the branch goes on.
 */
bool kette_conduct_is_cheap(const KetteNode *node, const KetteEntry *entry);
void kette_conduct_count_cheap(KetteNode *node, uint32_t peer, uint32_t more,
                               const KetteEntry *last, bool goes_on);
void kette_conduct_forget(KetteNode *node, uint32_t peer);
void kette_node_lift_bans(KetteNode *node);             /* those whose time is over */
int64_t kette_conduct_first_end(const KetteNode *node); /* of a ban; INT64_MAX: there is none */

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
/* Announces to a peer that may lack some of the mempool what it is not known to have. */
void kette_relay_catch_up(KetteNode *node, uint32_t peer);
void kette_relay_forget_peer(KetteNode *node, uint32_t peer);
void kette_relay_timer(KetteNode *node);
void kette_relay_clear(KetteNode *node);

/* request.c; the rules stand in request.h */
void kette_request_init(KetteNode *node);
void kette_request_clear(KetteNode *node);
/* The row of a thing; NULL when it is not asked for. */
KetteRequest *kette_request_find(const KetteNode *node, KetteWant want, const KetteHash *id);
/* The row of headers that the peer was asked; a peer has one question for headers at a time. */
KetteRequest *kette_request_for_headers(const KetteNode *node, uint32_t peer);
/* A row that is not there yet, idle. */
KetteRequest *kette_request_add(KetteNode *node, KetteWant want, const KetteHash *id);
void kette_request_end(KetteNode *node, KetteRequest *request);
/* The peer is asked from now on; whoever was before no longer is. The caller sends. */
void kette_request_ask(KetteNode *node, KetteRequest *request, uint32_t peer);
/* The same peer is given the time of a new question. */
void kette_request_wait(KetteNode *node, KetteRequest *request);
/* Nobody is asked. Somebody must be before the call into the node ends, or the row must. */
void kette_request_set_idle(KetteNode *node, KetteRequest *request);
/* The peer has sent what the row asks for, or with it others of one question. */
void kette_request_answered(KetteNode *node, const KetteRequest *request, uint32_t peer);
/* The peer has sent headers; `request` is its open question, NULL when there is none. */
void kette_request_headers_came(KetteNode *node, const KetteRequest *request, uint32_t peer);
/* The peer has let a question for a body run out, or answered it badly. */
void kette_request_failed(KetteNode *node, uint32_t peer);
/* Whether the peer is known to have the thing. `entry` is its header, NULL where there is none. */
bool kette_request_may_have(const KetteNode *node, uint32_t peer, const KetteHash *id,
                            const KetteEntry *entry);

typedef struct {
    uint32_t first;       /* of equals, the one that follows this in rotation */
    uint32_t also;        /* this one may be known to have it for another reason, or not */
    uint32_t except;      /* not this one; KETTE_PEER_SELF: all may be chosen */
    uint16_t most_bodies; /* nobody who was asked for that many */
} KetteChoice;

/* The best peer to ask for a thing; false when there is none. */
bool kette_request_choose(const KetteNode *node, uint32_t *ret_peer, const KetteHash *id,
                          const KetteEntry *entry, const KetteChoice *choice);
/* The same after `last` was asked, who is asked again only if there is nobody else. */
bool kette_request_choose_next(const KetteNode *node, uint32_t *ret_peer, const KetteHash *id,
                               const KetteEntry *entry, uint32_t last);
void kette_request_timer(KetteNode *node);
/* What was asked of a peer that is no longer ready is asked of others. */
void kette_request_forget_peer(KetteNode *node, uint32_t peer);
/* Sets the timer to the earliest deadline. */
void kette_request_arm(KetteNode *node);
/* Rows open to a peer that `counts` says true of. */
uint32_t kette_request_open_to(const KetteNode *node, bool (*counts)(void *user, uint32_t peer),
                               void *user);
const char *kette_request_audit(const KetteNode *node);

/* header_sync.c */
void kette_headers_poll(KetteNode *node);
/* Asks the peer what follows on its chain; again after the present answer if one is under way. */
void kette_headers_ask(KetteNode *node, uint32_t peer);
void kette_headers_on_response(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_headers_move_on(KetteNode *node, KetteRequest *request);
/* A peer's best is the heaviest header it has shown that is of use; and it is cut back to below
 * `entry` when the peer turns out not to have that. */
void kette_headers_raise_best(KetteNode *node, uint32_t peer, const KetteEntry *entry);
void kette_headers_lower_best(KetteNode *node, uint32_t peer, const KetteEntry *entry);

/* body_sync.c */
void kette_bodies_schedule(KetteNode *node);
void kette_bodies_on_response(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_bodies_move_on(KetteNode *node, KetteRequest *request);
/* Under ghost: the peer has shown these headers, in order of place. What is missing of them, and
 * below them, is wanted. */
void kette_bodies_want_beside(KetteNode *node, uint32_t peer, const GPtrArray *shown);
/* What the peer, which is no longer ready, has shown is asked of others. */
void kette_bodies_forget_peer(KetteNode *node, uint32_t peer);
void kette_bodies_clear(KetteNode *node);

/* fetch.c */
void kette_fetch_on_inventory(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_fetch_on_not_found(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Takes note of an announcement of one thing that is here or asked for; false, and nothing is done,
 * when it is neither or that takes a closer look. */
bool kette_fetch_is_old_news(KetteNode *node, uint32_t peer, const KetteInventory *inventory);
void kette_fetch_move_on(KetteNode *node, KetteRequest *request);
/* The peer has not got what the row asks for: it is no candidate any more. */
void kette_fetch_lacks(KetteNode *node, uint32_t peer, KetteRequest *request);
void kette_fetch_ask(KetteNode *node, KetteRequest *request, uint32_t peer, KetteRequestForm form);

/* payments.c */
/* A payment came before its turn: those up to it are wanted. */
void kette_payments_want(KetteNode *node, const KetteTx *tx, uint32_t peer);
/* Some of the sender's payments have come, or its account has moved on. */
void kette_payments_check(KetteNode *node, const KetteAddress *sender);
void kette_payments_check_all(KetteNode *node);
void kette_payments_move_on(KetteNode *node, KetteRequest *request);

/* rebuild.c */
void kette_rebuild_on_compact(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_rebuild_on_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_rebuild_drop(KetteNode *node, const KetteHash *id);
void kette_rebuild_clear(KetteNode *node);

/* serve.c */
void kette_serve_headers(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_serve_bodies(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_serve_data(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_serve_block_txs(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_serve_payments(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_serve_clear(KetteNode *node);

/* transaction.c */
/* The message that announces it. */
KetteMessage *kette_node_announcement_of(KetteNode *node, KetteTx *tx);
void kette_node_on_transaction(KetteNode *node, uint32_t peer, KetteTx *tx);
/* Follows the change of tip in node->result. */
void kette_node_move_mempool(KetteNode *node);

#endif
