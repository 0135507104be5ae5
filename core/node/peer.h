/* What a node keeps of one peer: the state of the handshake and the best header it has shown. What
 * it is known to have stands in known.h. A peer costs one small struct.
 */
#ifndef CORE_NODE_PEER_H
#define CORE_NODE_PEER_H

#include "core/chain/entry.h"

typedef enum {
    KETTE_PEER_NONE,       /* no connection */
    KETTE_PEER_CONNECTING, /* handshake under way */
    KETTE_PEER_READY,
    KETTE_PEER_REFUSED, /* another chain or version: its messages are ignored */
    KETTE_PEER_BANNED,  /* misbehaved: its messages are ignored until retry_ns */
} KettePeerState;

typedef struct {
    const KetteEntry *best; /* the heaviest header it has shown, NULL at first */
    int64_t retry_ns;       /* when a handshake without answer is repeated, or a ban ends */
    int64_t sent_ns;        /* when something was last sent to it, with config.keepalive_ns */
    uint8_t state;          /* KettePeerState */
    bool outbound;
    bool standing : 1;      /* the host's own making: outside the limits, never given up */
    bool told_peers : 1;    /* has had its PEER_LIST */
    bool asked_peers : 1;   /* was asked for one, and has not answered yet */
    bool headers_asked : 1; /* a question for headers is open */
    bool ask_again : 1;     /* another is to follow it */
    bool mute : 1;          /* the last one ran out */
    bool behind : 1;        /* may lack some of our mempool */
    uint8_t attempts;       /* handshakes sent without an answer */
    uint16_t bodies;        /* asked for and not yet here */
    uint8_t patience;       /* doublings of its time to answer: see request.h */
    uint8_t silence;        /* as it answers questions for bodies: see request.h */
} KettePeer;

_Static_assert(sizeof(KettePeer) == 32, "what a peer costs while it is idle");

/* What a node holds against a peer. */
typedef struct {
    uint32_t peer;
    uint16_t score;                /* misconduct, as of score_minute */
    uint32_t score_minute;         /* of the node's clock */
    bool is_full;                  /* the score is, and kette_conduct_act() has not come yet */
    const char *reason;            /* of the last misconduct */
    uint64_t cheap_headers;        /* shown, and not yet paid for by their branch */
    uint64_t branch_headers;       /* those of the branch that is being shown, */
    const KetteEntry *branch_last; /* and its last header so far */
} KetteConduct;

#endif
