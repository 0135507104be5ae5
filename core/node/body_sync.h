/* Body sync: the blocks below the headers that peers have shown, by range, from several peers.
 *
 * Whenever a ready peer has shown a header that beats our tip, the bodies missing below it are
 * wanted, oldest first, within a window above what has joined, so that what comes out of order fits
 * the orphan pool. They are asked for in runs of up to KETTE_SYNC_BLOCKS_MAX, at most
 * KETTE_SYNC_PER_PEER of one peer, of peers that are known to have them (kette_request_choose).
 * Looking below every such header, not the heaviest alone, keeps one peer that shows a heavy branch
 * and withholds it from standing in the way of the others'.
 *
 * Why every body that could matter is asked for: schedule() runs after everything that can change
 * its answer (headers, bodies, a question that ran out, a peer that came or went), and leaves each
 * wanted body either asked for, or without a ready peer that has it and is not busy. The busy are
 * so with rows that end, and their end runs it again. A peer that says it has not got a body is
 * taken at its word: what it has shown is cut back to below it, until it shows more.
 *
 * ghost: a body is worth having though its chain does not win. Whatever header is shown and has no
 * body here goes into one list in order of height, with whoever showed it, and is asked for once,
 * in that order. When that peer goes, somebody else is asked, who may well have it.
 */
#ifndef CORE_NODE_BODY_SYNC_H
#define CORE_NODE_BODY_SYNC_H

#include "core/node/message.h"
#include "core/node/request.h"

typedef struct {
    GArray *beside; /* where side blocks weigh: missing bodies by place; NULL while none */
} KetteBodySync;

void kette_bodies_clear(KetteNode *node);
/* Asks for every wanted body that a ready peer has and that is not asked for yet. */
void kette_bodies_schedule(KetteNode *node);
void kette_bodies_on_response(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Leaves the body to the next kette_bodies_schedule(). */
void kette_bodies_move_on(KetteNode *node, KetteRequest *request);

/* Notes, where side blocks weigh, that the peer has shown these headers, in order of place. What is
 * missing of them, and below them, is wanted. */
void kette_bodies_want_beside(KetteNode *node, uint32_t peer, const GPtrArray *shown);
/* Returns NULL, or what is wrong. */
const char *kette_bodies_audit(const KetteNode *node);
bool kette_bodies_has_wanted(const KetteNode *node);
/* Hopes that another peer has what this one, which is no longer ready, has shown. */
void kette_bodies_forget_peer(KetteNode *node, uint32_t peer);
size_t kette_bodies_memory(const KetteNode *node);

#endif
