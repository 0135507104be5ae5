/* What a node has asked of its peers and not got yet: one table, one timer, one back-off.
 *
 * A row says what is wanted, who was asked, and when that question runs out:
 *
 *   block     a body, by id (whole or compact) or by a range of the chain
 *   tx        a transaction, by id
 *   headers   what follows a header on the peer's chain
 *   payments  what is missing of a sender's payments, to fill a gap of nonces (payments.c)
 *
 * Relay, compact blocks and sync say what they want and who might have it; the table says when to
 * ask the next. Who else has a block stands in the record of what peers have (known.h) and in the
 * best header that each has shown (peer.h), so that nobody is forgotten because another was asked.
 *
 * Why every wanted thing is asked for again until it is here:
 *  1. A row always has a deadline, and the timer of requests is set to the earliest of them.
 *  2. When a question runs out, or its peer goes or says that it has nothing, the row goes to the
 *     next candidate: the least silent, then the least busy, then in rotation.
 *  3. A row ends when the thing is here, when it is known to be bad or unwanted, when no ready
 *     peer is known to have it, or, for what only an announcement speaks of, after
 *     KETTE_REQUEST_TRIES: anybody can announce anything, and polling finds what is real.
 *
 * Waiting. A question runs out after config.request_timeout_ns, doubled for each time that it ran
 * out before (KETTE_REQUEST_DOUBLINGS) or for the peer's `patience`, whichever is more. Patience
 * grows when an answer comes after its question ran out, and shrinks when one comes within a
 * quarter of the time: a slow line is given time, a fast one is not waited for.
 * Silence. A peer that lets a question for a body run out has `silence` added, one that delivers
 * has some taken off; `mute` says that the last question for headers ran out. Whoever is silent is
 * asked last, and that is all it costs: no points, for losses look the same.
 */
#ifndef CORE_NODE_REQUEST_H
#define CORE_NODE_REQUEST_H

#include "core/base/key.h"
#include "core/chain/entry.h"

typedef enum {
    KETTE_WANT_BLOCK,
    KETTE_WANT_TX,
    KETTE_WANT_HEADERS,
    KETTE_WANT_PAYMENTS,
} KetteWant;

/* How the question was put. */
typedef enum {
    KETTE_FORM_WHOLE,   /* block, tx: GET_DATA */
    KETTE_FORM_COMPACT, /* block: GET_DATA of a compact one */
    KETTE_FORM_RANGE,   /* block: SYNC_REQUEST; `entry` is set */
    /* Headers; a peer without a row is idle. */
    KETTE_FORM_POLLED,     /* asked in turn: when it runs out, somebody else is asked instead */
    KETTE_FORM_ASKED,      /* asked for a reason of the peer's own: asked again until it answers */
    KETTE_FORM_CONTINUING, /* likewise; `entry` is the last header of a full answer */
    KETTE_FORM_WAITING,    /* payments: not asked yet, the missing one may be under way */
} KetteRequestForm;

typedef struct {
    union {
        KetteHash id; /* of the thing; headers: of `entry`, or zero */
        struct {
            KetteAddress sender;
            uint32_t first; /* low bits of the nonce last asked for */
            uint64_t last;  /* highest nonce that is known to be wanted */
        } payments;
    };
    const KetteEntry *entry; /* see KetteRequestForm; else NULL */
    uint32_t asked;          /* KETTE_PEER_SELF: nobody yet */
    uint8_t want;            /* KetteWant */
    uint8_t form;            /* KetteRequestForm */
    uint8_t tries;           /* how often it ran out; stops at UINT8_MAX */
    uint8_t silence;         /* of `asked`, as it was then */
    int64_t asked_ns;
    int64_t deadline_ns;
} KetteRequest;

_Static_assert(sizeof(KetteRequest) == 64, "a row is a cache line");

#endif
