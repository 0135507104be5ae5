/* What node.c, relay.c and sync.c share: the node itself. Nobody else includes this. */
#ifndef CORE_NODE_NODE_IMPL_H
#define CORE_NODE_NODE_IMPL_H

#include "core/node/node.h"
#include "core/node/peer.h"

/* A block or transaction that some peers have not acknowledged yet. */
typedef struct {
    KetteMessage *message; /* owned */
    KetteHash id;
    int64_t retry_ns;
    unsigned tries;
    GArray *waiting; /* uint32_t: peers */
} KetteAnnouncement;

/* A body asked for. */
typedef struct {
    const KetteEntry *entry;
    uint32_t peer;
    int64_t deadline_ns;
} KetteBodyRequest;

/* Headers asked for. */
typedef struct {
    uint32_t peer;
    int64_t deadline_ns;
} KetteChainRequest;

struct KetteNode {
    KetteNodeConfig config;
    KetteHost host;
    KetteChain *chain;
    KetteMempool *mempool;
    KettePeer *peers; /* by the host's number */
    uint32_t peer_count, ready_count;
    uint32_t poll_next;    /* rotation of tip polling */
    GPtrArray *announced;  /* KetteAnnouncement, oldest first; NULL while none */
    GArray *body_requests; /* KetteBodyRequest; NULL while none */
    GArray *chain_requests;
    int64_t now_ns;
    KetteChainResult result;
    const KetteEntry *shown_tip; /* the last tip that was announced */
};

/* node.c */
KettePeer *kette_node_peer(KetteNode *node, uint32_t peer);
bool kette_node_is_ready(const KetteNode *node, uint32_t peer);
void kette_node_send(KetteNode *node, uint32_t peer, KetteMessage *message);
void kette_node_note(KetteNode *node, const KetteNote *note);
/* Offers a block to the chain, and does what follows from its verdict but for announcing. */
KetteVerdict kette_node_accept_block(KetteNode *node, KetteBlock *block, uint32_t peer);
/* Announces the tip if it is not the one announced last. */
void kette_node_show_tip(KetteNode *node);

/* relay.c */
void kette_relay_announce(KetteNode *node, KetteMessage *message, const KetteHash *id);
void kette_relay_acknowledged(KetteNode *node, uint32_t peer, const KetteHash *id);
void kette_relay_forget_peer(KetteNode *node, uint32_t peer);
void kette_relay_timer(KetteNode *node);
void kette_relay_clear(KetteNode *node);

/* sync.c */
void kette_sync_poll(KetteNode *node);
void kette_sync_ask_chain(KetteNode *node, uint32_t peer, const KetteEntry *from);
void kette_sync_on_request_chain(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_sync_on_response_chain(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_sync_on_request_bodies(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_sync_on_response_bodies(KetteNode *node, uint32_t peer, const KetteMessage *message);
void kette_sync_schedule(KetteNode *node);
void kette_sync_forget_peer(KetteNode *node, uint32_t peer);
void kette_sync_got_body(KetteNode *node, const KetteEntry *entry);
void kette_sync_timer(KetteNode *node);
void kette_sync_clear(KetteNode *node);

#endif
