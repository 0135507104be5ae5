/* Discovery: the address book at work.
 *
 * With config.discovery a node keeps config.outbound connections of its own choice: every back-off
 * minimum it tries one address of its book until it has them. It asks a new peer for addresses
 * (GET_PEERS); a peer answers once a connection, with up to KETTE_PEER_LIST_MAX of its book. Only
 * an answer that was asked for is read, and only peers that this node, or its operator, chose to
 * connect to are asked (Bitcoin Core also accepts, and passes on, a few addresses at a time). A
 * node that listens is put into the book of whom it connects to. When it stops, the book keeps the
 * config.anchors connections of its own that are the oldest; they are tried first, once each, when
 * the node comes back.
 */
#ifndef CORE_NODE_GOSSIP_H
#define CORE_NODE_GOSSIP_H

#include "core/node/message.h"
#include "core/node/node.h"

typedef struct {
    KetteBook *book; /* NULL until discovery needs it */
} KetteGossip;

void kette_gossip_clear(KetteNode *node);
/* Notes that a handshake was completed; the peer listens at `port`. */
void kette_gossip_on_ready(KetteNode *node, uint32_t peer, uint16_t port);
void kette_gossip_on_get_peers(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_gossip_on_peer_list(KetteNode *node, uint32_t peer, const KetteMessage *message);
/* Tries one address when there are too few outbound connections. */
void kette_gossip_on_timer(KetteNode *node);

#endif
