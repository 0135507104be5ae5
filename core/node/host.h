/* The node's only door: what it asks of its host, and what it tells it.
 *
 * The core is sans-IO. Bytes, connections and ticks come in through kette_node_receive() and its
 * like, each with the time; effects go out through the functions here. A simulator, or a host with
 * real sockets, implements these and nothing else. They are called from within the calls into the
 * node and must not call back into the node that is calling.
 */
#ifndef CORE_NODE_HOST_H
#define CORE_NODE_HOST_H

#include "core/chain/chain.h"
#include "core/node/mint.h"

/* The node's timers, few and fixed, so that a host keeps one slot for each. */
typedef enum {
    KETTE_TIMER_SYNC,      /* ask the next peer for its tip */
    KETTE_TIMER_HANDSHAKE, /* repeat handshakes that got no answer */
    KETTE_TIMER_ANNOUNCE,  /* repeat announcements that were not acknowledged */
    KETTE_TIMER_REQUEST,   /* give up on requests that got no answer */
    KETTE_TIMER_KEEPALIVE, /* say something to peers that have heard nothing for long */
    KETTE_TIMER_EXPIRE,    /* let orphans and bans go whose time is over */
    KETTE_TIMER_PEERS,     /* with discovery: look for connections of its own */
    KETTE_TIMER_TRICKLE,   /* announce payments to the next peers */
    KETTE_TIMER_COUNT
} KetteTimer;

/* Facts that happen in a node, for whoever watches. They change nothing. */
typedef enum {
    KETTE_NOTE_HEADER,         /* a header was accepted: entry, peer */
    KETTE_NOTE_BODY,           /* a body joined the tree: entry, peer */
    KETTE_NOTE_ORPHAN,         /* a body waits for its parent: id, peer */
    KETTE_NOTE_REFUSED,        /* a block or transaction was refused: id, verdict, peer */
    KETTE_NOTE_TIP,            /* the tip moved: entry, old_tip, fork */
    KETTE_NOTE_TX_ACCEPTED,    /* into the mempool: tx, peer */
    KETTE_NOTE_TX_RETURNED,    /* back into it from a branch that lost: tx */
    KETTE_NOTE_TX_DROPPED,     /* out of it, and not into a block: tx */
    KETTE_NOTE_READY,          /* a handshake was completed: peer */
    KETTE_NOTE_BANNED,         /* a peer misbehaved too much: peer, reason */
    KETTE_NOTE_UPGRADE_NEEDED, /* there may be rules that it does not know: id of the sign */
} KetteNoteKind;

#define KETTE_PEER_SELF UINT32_MAX /* made here, not received */

typedef struct {
    KetteNoteKind kind;
    uint32_t peer;
    KetteVerdict verdict;
    const KetteHash *id;
    const KetteEntry *entry;
    const KetteEntry *old_tip;
    const KetteEntry *fork;
    const KetteTx *tx;
    const char *reason;
} KetteNote;

/* The inputs of a node's chain and mempool, in order, each with the node's verdict. They let
 * another program judge the same inputs (sim/model) and compare. */
typedef enum {
    KETTE_GIVEN_HEADER,    /* header, verdict */
    KETTE_GIVEN_BLOCK,     /* block, peer, verdict; the mempool has not followed yet */
    KETTE_GIVEN_PAYMENT,   /* tx, verdict */
    KETTE_GIVEN_EXPIRY,    /* orphans from before before_ns were dropped */
    KETTE_GIVEN_PARTING,   /* the peer left, so its orphans have no sender */
    KETTE_GIVEN_CAUGHT_UP, /* the first sync is over: from now on the node parks */
    KETTE_GIVEN_HAND,      /* hand, tip: the operator acted on that block, which is here */
    KETTE_GIVEN_RECORD,    /* record: of the log, at a restart */
    KETTE_GIVEN_RESTORED,  /* the log is read; tip: the last one in it */
    KETTE_GIVEN_SETTLED,   /* the call into the node ends: chain and mempool no longer change */
} KetteGivenKind;

typedef struct {
    KetteGivenKind kind;
    uint32_t peer;
    KetteVerdict verdict;
    int64_t now_ns, before_ns;
    const KetteHeader *header;
    const KetteBlock *block;
    const KetteTx *tx;
    const struct KetteRecord *record;
    const KetteHash *tip;
    KetteHand hand;
} KetteGiven;

typedef struct {
    void *user;
    /* May be NULL. Shared with other nodes of the thread, and outlives this one. */
    KetteMint *mint;
    /* Takes over one reference on the message. Sending never fails here; it may be lost. */
    void (*send)(void *user, uint32_t peer, KetteMessage *message);
    /* Replaces the timer if it is set. delay_ns > 0 on the node's own clock. */
    void (*set_timer)(void *user, KetteTimer timer, int64_t delay_ns);
    void (*cancel_timer)(void *user, KetteTimer timer);
    /* 64 even random bits, the node's own stream. */
    uint64_t (*random)(void *user);
    /* Appends a record to the log that kette_node_restore() is given after a restart; see record.h.
     * NULL: nothing is kept. The bytes are valid during the call. */
    void (*save)(void *user, const uint8_t *record, size_t len);
    /* May be NULL. The note is valid during the call. */
    void (*note)(void *user, const KetteNote *note);
    /* May be NULL. The struct is valid during the call. */
    void (*given)(void *user, const KetteGiven *given);
    /* With discovery only, else may be NULL: opens a connection, which comes as
     * kette_node_add_peer_at() or never. */
    void (*connect)(void *user, const KettePeerAddress *address);
    /* Where kette_node_add_peer_at() is used, else may be NULL: closes a connection, without a
     * kette_node_remove_peer(). The number is free again. */
    void (*disconnect)(void *user, uint32_t peer);
    /* With config.relay_before_check only, else may be NULL: checks a block that was put together
     * from what the peer sent, and then brings it as a NEW_BLOCK of the peer; false if that takes
     * no time. */
    bool (*check)(void *user, uint32_t peer, KetteBlock *block);
    /* May be NULL. Asked now and then while nonces are ground: false gives the block up. */
    bool (*go_on)(void *user);
} KetteHost;

#endif
