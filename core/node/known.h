/* What peers are known to have: for each thing, a bit for each peer.
 *
 * A node has one record for all its peers, because messages about a thing that has just come follow
 * one another and then read and write one place; a table for each peer would cost a cache miss for
 * each message. A place is
 *
 *   key    64 bits of the id
 *   stamp  seconds of the node's clock when it was made
 *   bits   one a peer, in words of 64
 *
 * in sets of KETTE_KNOWN_WAYS that the id chooses, the newest first. A full set forgets its oldest
 * place, or, when that is younger than KETTE_KNOWN_KEEP_S, doubles the number of sets, up to
 * KETTE_KNOWN_MAX places. A thing that is forgotten is told to a peer once more.
 *
 * The top bit of a stamp says that this node itself holds the block or has the payment in its
 * mempool: it spares the many announcements of one thing a look into the chain or the mempool. A
 * block is held for ever; a payment until it leaves the mempool. The next bit says that the block
 * was asked for; only look_ahead.c uses it. While there are at most 64 peers, the newest place
 * stands in the record itself and so in the node's first cache line.
 */
#ifndef CORE_NODE_KNOWN_H
#define CORE_NODE_KNOWN_H

#include "core/base/hash.h"

#include <stdbool.h>

#define KETTE_KNOWN_WAYS 8

typedef struct {
    uint32_t sets;  /* a power of two; 0: nothing is known */
    uint32_t words; /* of bits in a place */
    uint64_t *places;
    uint64_t newest[3]; /* the place made last, if words is 1; a key of 0: none */
} KetteKnown;

void kette_known_clear(KetteKnown *known);
bool kette_known_has(const KetteKnown *known, uint32_t peer, const KetteHash *id);
void kette_known_learn(KetteKnown *known, uint32_t peer, const KetteHash *id, int64_t now_ns);
/* Does the same for several peers, bit b of `peers` standing for 64 * word + b. Returns those that
 * were not known to have it. */
uint64_t kette_known_learn_all(KetteKnown *known, uint32_t word, uint64_t peers,
                               const KetteHash *id, int64_t now_ns);
/* Does the same for a thing that the peer announces. Returns whether this node is known to hold it.
 */
bool kette_known_learn_held(KetteKnown *known, uint32_t peer, const KetteHash *id, int64_t now_ns);
/* Does the same if the node is known to hold it; otherwise returns false and does nothing. */
bool kette_known_learn_if_held(KetteKnown *known, uint32_t peer, const KetteHash *id);
/* Notes that this node holds the block, or has the payment in its mempool, from now on. */
void kette_known_hold(KetteKnown *known, const KetteHash *id, int64_t now_ns);
/* Notes that the payment has left the mempool. */
void kette_known_release(KetteKnown *known, const KetteHash *id);
/* Forgets what was sent to the peer but never arrived. */
void kette_known_forget(KetteKnown *known, uint32_t peer, const KetteHash *id);
/* Forgets all that the peer had: it is gone, or another one has its number. */
void kette_known_forget_peer(KetteKnown *known, uint32_t peer);

/* Returns the bytes of heap. */
size_t kette_known_memory(const KetteKnown *known);

/* --- for look_ahead.c --- */
/* What an announcement will find, as far as the record itself says. */
typedef enum {
    KETTE_KNOWN_LITTLE,
    KETTE_KNOWN_EXPECTED, /* it was asked for */
    KETTE_KNOWN_HELD,
} KetteKnownHint;

KetteKnownHint kette_known_hint(const KetteKnown *known, const KetteHash *id);
/* Notes that this node has asked for the block, of which some peer is known to have it. */
void kette_known_expect(KetteKnown *known, const KetteHash *id);
bool kette_known_is_held(const KetteKnown *known, const KetteHash *id);
/* Prefetches the front of the set of a thing: what is spoken of now stands there. */
void kette_known_prefetch(const KetteKnown *known, const KetteHash *id);

#endif
