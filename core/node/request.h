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
 * best header that each has shown (best.h), so that nobody is forgotten because another was asked.
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

#include "core/base/small_list.h"
#include "core/chain/entry.h"
#include "core/node/node.h"

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
    KETTE_FORM_CONTINUING, /* likewise; `entry` is the last header of a full answer, `id` that of
                            * the heaviest known above it */
    KETTE_FORM_WAITING,    /* payments: not asked yet, the missing one may be under way */
} KetteRequestForm;

typedef struct {
    union {
        KetteHash id; /* of the thing; headers: see CONTINUING, else zero */
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

/* The table. Only request.c adds, ends and asks; rows are read through kette_request_at() of
 * node_impl.h. */
typedef struct {
    KetteSmallList rows; /* KetteRequest, oldest first */
    int64_t due_ns;      /* what the timer of requests is set to; INT64_MAX: it is not set */
    KetteRequest slot;   /* of `rows`: most nodes ask for one thing at a time */
} KetteRequests;

void kette_request_clear(KetteNode *node);
/* Returns the row of a thing, or NULL when it is not asked for. */
KetteRequest *kette_request_find(const KetteNode *node, KetteWant want, const KetteHash *id);
/* Returns the row of headers that the peer was asked: a peer has one such question at a time. */
KetteRequest *kette_request_for_headers(const KetteNode *node, uint32_t peer);
/* Adds a row, idle, of a thing that has none. */
KetteRequest *kette_request_add(KetteNode *node, KetteWant want, const KetteHash *id);
void kette_request_end(KetteNode *node, KetteRequest *request);
/* Ends the request for a body, if there is one: it is here, or not wanted any more. */
void kette_request_end_block(KetteNode *node, const KetteHash *id);
/* Notes that this peer is asked from now on, and no other. The caller sends. */
void kette_request_ask(KetteNode *node, KetteRequest *request, uint32_t peer);
/* Gives the same peer the time of a new question. */
void kette_request_wait(KetteNode *node, KetteRequest *request);
/* Notes that nobody is asked. Before the call into the node ends, somebody must be asked or the row
 * must end. */
void kette_request_set_idle(KetteNode *node, KetteRequest *request);
/* Notes that the peer has sent what the row asks for, or other things of the same question. */
void kette_request_answered(KetteNode *node, const KetteRequest *request, uint32_t peer);
/* Notes that the peer has sent headers; `request` is its open question, NULL when there is none. */
void kette_request_headers_came(KetteNode *node, const KetteRequest *request, uint32_t peer);
/* Notes that the peer has let a question for a body run out, or answered it badly. */
void kette_request_failed(KetteNode *node, uint32_t peer);
/* Returns whether the peer is known to have the thing. `entry` is its header, NULL where there is
 * none. */
bool kette_request_may_have(const KetteNode *node, uint32_t peer, const KetteHash *id,
                            const KetteEntry *entry);

typedef struct {
    uint32_t first;       /* where the rotation among equals begins */
    uint32_t also;        /* a peer that has it for another reason; KETTE_PEER_SELF: nobody */
    uint32_t except;      /* a peer that is not chosen; KETTE_PEER_SELF: all may be */
    uint16_t most_bodies; /* a peer that was asked for as many is not chosen */
} KetteChoice;

/* Finds the best peer to ask for a thing; false when there is none. */
bool kette_request_choose(const KetteNode *node, uint32_t *ret_peer, const KetteHash *id,
                          const KetteEntry *entry, const KetteChoice *choice);
/* Does the same after `last` was asked, who is asked again only if there is nobody else. */
bool kette_request_choose_next(const KetteNode *node, uint32_t *ret_peer, const KetteHash *id,
                               const KetteEntry *entry, uint32_t last);
/* Returns whether a question has run out by now; the timer comes in this very instant. */
bool kette_request_is_due(const KetteNode *node);
void kette_request_on_timer(KetteNode *node);
/* Asks others for what was asked of a peer that is no longer ready. */
void kette_request_forget_peer(KetteNode *node, uint32_t peer);
/* Sets the timer to the earliest deadline. */
void kette_request_arm(KetteNode *node);
/* Counts the rows open to a peer of which `counts` is true. */
uint32_t kette_request_open_to(const KetteNode *node, bool (*counts)(void *user, uint32_t peer),
                               void *user);
/* Returns NULL, or what is wrong. */
const char *kette_request_audit(const KetteNode *node);
size_t kette_request_memory(const KetteNode *node);

#endif
