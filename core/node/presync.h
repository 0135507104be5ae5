/* Headers of a chain that has too little work: read, and not kept.
 *
 * A header that is kept costs memory for good, and one of an easy target costs its maker next to
 * nothing. So headers are kept only if their chain leads somewhere: it has config.min_work, and its
 * end is near the tip (kette_chain_is_near()). An answer whose last header has as much is taken in
 * at once. One that has less begins a walk along the peer's chain: its headers are checked for what
 * they say themselves (links, targets, proof of work), their work is added up, and of each answer
 * only the id of its last header stays. When the walk has come to enough work, the peer is asked
 * for the same headers a second time. An answer is then taken in up to the last of those ids in
 * it: since each header names the one before, an id proves all that lead to it. An answer without
 * such an id is of another chain, and the walk begins anew. A chain that ends before it has enough
 * work costs a few bytes for each answer; later questions go on from its end.
 *
 * A peer that has left the branch answers from below the fork, as it did before. So does a late
 * answer. An answer of the walk that comes once more is passed over once, and the second time the
 * walk begins anew: that costs a late answer some questions, and a peer that has left one time-out.
 *
 * Bitcoin Core does the same in headerssync.h, with minimum chain work and 144 blocks below the
 * tip. It keeps a bit of every 600th header or so instead, and holds back what comes the second
 * time until enough bits were right. An id for each answer takes as little memory and is certain.
 * It also holds bits to what a retarget can reach, and the number of headers to what time allows;
 * here wrong bits are found when the headers come again.
 *
 * Blocks: an unasked one is kept if its chain has enough work, too (blocks.c). Those that a node
 * mines are its own.
 *
 * ghost: what weighs beside the chain has little work by itself, and answers show it. Nothing is
 * screened there, and min_work must be 0.
 */
#ifndef CORE_NODE_PRESYNC_H
#define CORE_NODE_PRESYNC_H

#include "core/node/message.h"
#include "core/node/node.h"

typedef struct {
    GPtrArray *walks; /* along chains of peers; NULL until the first */
} KettePresync;

typedef enum {
    KETTE_SCREEN_TAKE,    /* take in the first `count` headers */
    KETTE_SCREEN_GOES_ON, /* too little work so far: ask the peer for what follows */
    KETTE_SCREEN_ENDS,    /* too little work, and nothing follows */
    KETTE_SCREEN_AGAIN,   /* enough work: ask the peer again for what follows `start` */
    KETTE_SCREEN_BAD,     /* header number `count` breaks a rule: `verdict` */
    KETTE_SCREEN_STALE,   /* an earlier answer once more: it says nothing */
} KetteScreen;

typedef struct {
    KetteScreen screen;
    uint16_t count;
    const KetteEntry *start;
    KetteHash id; /* of a bad header */
    KetteVerdict verdict;
} KetteScreened;

void kette_presync_clear(KetteNode *node);
/* Says what to do with an answer of the peer. */
KetteScreened kette_presync_screen(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Returns where questions to the peer go on from: the id of the last header of a walk that has too
 * little work; NULL where there is none. */
const KetteHash *kette_presync_last(const KetteNode *node, uint32_t peer);
/* Returns whether the chain of a header has enough work. True where that cannot be told, because
 * its parent is unknown. */
bool kette_presync_allows(const KetteNode *node, const KetteHeader *header);
void kette_presync_forget_peer(KetteNode *node, uint32_t peer);
/* Returns NULL, or what is wrong. */
const char *kette_presync_audit(const KetteNode *node);
size_t kette_presync_memory(const KetteNode *node);

#endif
