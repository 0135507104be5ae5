/* Whether the node has caught up with its peers: the end of its first sync.
 *
 * With params.parks_when_synced a view parks nothing before that. A newcomer, who hears of one
 * branch first, would else be parked on it, however heavy the other one is.
 *
 * The node waits for the connections that it opened and for standing ones, since anybody can open
 * others. It has caught up once one of these is ready, and each of them has shaken hands, has given
 * a last answer to a question for headers that was not full (or has named, in its handshake, a tip
 * that is known here), and has shown no heavier header whose body is not here.
 *
 * Peers that say nothing are waited for until KETTE_HANDSHAKE_TIMEOUT_NS after the start: then
 * standing connections without a handshake, and peers whose last question ran out, count no more,
 * and a peer that opened the connection will do if there is no other. Connections that the node
 * opened end by themselves when no handshake comes.
 *
 * That is final, over restarts, too: the log says so (record.h). What the log holds up to there was
 * the best that these peers had to show, and a restart takes nothing of it away; a node that forgot
 * it would let whoever reaches it first after a crash undo as much as it likes. Without its log
 * (`wipe`) a node is a newcomer again.
 */
#ifndef CORE_NODE_FIRST_SYNC_H
#define CORE_NODE_FIRST_SYNC_H

#include "core/node/node.h"

typedef struct {
    int64_t since_ns; /* the start */
} KetteFirstSync;

void kette_first_sync_start(KetteNode *node);
/* Notes whether the peer has shown all headers that it had to show, as far as it has said. */
void kette_first_sync_on_shown(KetteNode *node, uint32_t peer, bool all);
/* Ends the first sync if the node has caught up. */
void kette_first_sync_judge(KetteNode *node);

#endif
