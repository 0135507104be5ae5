/* Eviction: which inbound connection makes room for a new one when all slots are taken.
 *
 * After Bitcoin Core (src/node/eviction.cpp SelectNodeToEvict): who keeps its slot is decided by
 * what is hard to have for whoever opens many connections at once. Protected are, one class after
 * another, of those that are left,
 *
 *   4  of the groups of addresses that a secret of the node's own prefers: nobody can foresee them
 *   4  that last brought a payment which was good and new
 *   4  that last brought a block which was good and new
 *      half of the rest, connected for longest
 *
 * Of the others, the youngest of the group with most connections goes. If all are protected, as
 * with fewer than 13 slots, the new connection is refused. A class counts those that never brought
 * anything as well, the longest connected first. Standing connections have no slot and are no
 * candidates.
 *
 * No counterpart here have Core's classes of the lowest ping (8; this node measures none), of
 * connections for blocks alone (8), and of networks that are at a disadvantage, such as Tor.
 */
#ifndef CORE_NODE_EVICT_H
#define CORE_NODE_EVICT_H

#include "core/node/node.h"

typedef struct {
    uint32_t peer;
    uint64_t group;     /* a keyed hash of it */
    int64_t since_ns;   /* connected */
    int64_t block_ns;   /* last brought a good one; 0: never */
    int64_t payment_ns; /* likewise */
} KetteEvictable;

typedef struct {
    bool has_secret;
    uint64_t secret[2];
} KetteEvict;

/* Returns the peer of the list (KetteEvictable) that goes, or KETTE_PEER_SELF if all are protected.
 * Takes the protected ones out of the list. */
uint32_t kette_evict_choose(GArray *list);
/* Closes an inbound connection, so that another one can come. Returns false if all are protected.
 */
bool kette_evict_one(KetteNode *node);

#endif
