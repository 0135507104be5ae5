/* High-bandwidth peers: who sends this node compact blocks unasked (BIP 152).
 *
 * With config.compact_high N and compact relay, a node asks the last N peers that brought a new tip
 * first to send the next ones in compact form as soon as they have them, without an announcement
 * and a question before (SEND_COMPACT 1). One more takes the place of the one that has not been
 * first for longest (SEND_COMPACT 0). Bitcoin Core does so with N = 3 (net_processing.cpp,
 * MaybeSetPeerAsAnnouncingHeaderAndIDs), but for the place that it keeps for a peer of its own
 * choice. The wish of a peer stands in the peer; relay.c reads it.
 */
#ifndef CORE_NODE_HIGH_H
#define CORE_NODE_HIGH_H

#include "core/node/message.h"
#include "core/node/node.h"

#define KETTE_COMPACT_HIGH_MAX 16

typedef struct {
    uint32_t *peers; /* who was asked, the one first last at the end; NULL until the first */
    uint32_t count;
} KetteHigh;

void kette_high_clear(KetteNode *node);
/* Returns whether the peer was asked to send compact blocks unasked. */
bool kette_high_has(const KetteNode *node, uint32_t peer);
/* Notes that the peer has brought the block that is the new tip. */
void kette_high_on_tip(KetteNode *node, uint32_t peer);
void kette_high_on_message(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Forgets what each of the two asked of the other. */
void kette_high_forget_peer(KetteNode *node, uint32_t peer);
/* Returns NULL, or what is wrong. */
const char *kette_high_audit(const KetteNode *node);

#endif
