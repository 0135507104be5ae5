/* Events: what one part of the node tells the others by way of the switchboard.
 *
 * Parts call only those that stand before them (core/node/README.md). What a later part must hear
 * of is raised here, and switchboard.c passes it on.
 *
 * Work that must not happen in the middle of a message is put off: a part raises a flag of
 * node->unsettled, and every call into the node ends with kette_switchboard_settle(), which does it
 * once. So no loop over peers or requests is pulled from under itself.
 */
#ifndef CORE_NODE_SWITCHBOARD_H
#define CORE_NODE_SWITCHBOARD_H

#include "core/node/peers.h"
#include "core/node/request.h"

enum {
    KETTE_UNSETTLED_CONDUCT = 1, /* somebody's score is full */
    KETTE_UNSETTLED_BODIES = 2,  /* other bodies may be asked for */
    KETTE_UNSETTLED_TIMER = 4,   /* rows of requests have changed */
    KETTE_UNSETTLED_EXPIRY = 8,  /* something new will expire */
    KETTE_UNSETTLED_GIVEN = 16,  /* somebody who asks was told of what the node was given */
};

/* --- events --- */
/* A handshake was completed; the peer's node listens at `port`. */
void kette_event_peer_ready(KetteNode *node, uint32_t peer, uint16_t port);
/* The peer is not listened to any more: REFUSED or BANNED. What was asked of it is asked of others,
 * what was told to it is dropped, and a connection that is not standing is closed. */
void kette_event_peer_shut_out(KetteNode *node, uint32_t peer, KettePeerState state);
/* A connection that is not standing is of no use any more, and is closed. */
void kette_event_peer_useless(KetteNode *node, uint32_t peer);
/* The ban of a peer is over. */
void kette_event_ban_over(KetteNode *node, uint32_t peer);
/* The question of this row ran out, or its peer is gone: the next is asked, or the row ends. */
void kette_event_request_open(KetteNode *node, KetteRequest *request);
/* Nobody is asked for this block in compact form any more. */
void kette_event_compact_over(KetteNode *node, const KetteHash *id);
/* The peer never acknowledged the announcement of a payment. */
void kette_event_payment_untold(KetteNode *node, uint32_t peer);
/* A block was rebuilt from its compact form. */
void kette_event_block_rebuilt(KetteNode *node, uint32_t peer, KetteBlock *block);
/* The body of a known header came in a range. */
void kette_event_body_came(KetteNode *node, uint32_t peer, KetteBlock *block);

/* --- for node.c --- */
void kette_switchboard_settle(KetteNode *node);
/* Ends all that the node keeps of a connection. */
void kette_switchboard_forget_peer(KetteNode *node, uint32_t peer);

#endif
