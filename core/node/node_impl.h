/* The struct behind KetteNode: each part's own state, side by side, and what they share.
 *
 * For core/node alone. A part's state is touched by its own file; README.md says which part may
 * call which, and `make lint` proves both.
 */
#ifndef CORE_NODE_NODE_IMPL_H
#define CORE_NODE_NODE_IMPL_H

#include "core/base/limits.h"
#include "core/node/ahead.h"
#include "core/node/best.h"
#include "core/node/blocks.h"
#include "core/node/body_sync.h"
#include "core/node/catch_up.h"
#include "core/node/conduct.h"
#include "core/node/door.h"
#include "core/node/early.h"
#include "core/node/evict.h"
#include "core/node/fetch.h"
#include "core/node/first_sync.h"
#include "core/node/gossip.h"
#include "core/node/handshake.h"
#include "core/node/header_sync.h"
#include "core/node/high.h"
#include "core/node/known.h"
#include "core/node/log.h"
#include "core/node/outdated.h"
#include "core/node/node.h"
#include "core/node/payments.h"
#include "core/node/peers.h"
#include "core/node/presync.h"
#include "core/node/rebuild.h"
#include "core/node/relay.h"
#include "core/node/request.h"
#include "core/node/serve.h"
#include "core/node/switchboard.h"
#include "core/node/transaction.h"
#include "core/node/trickle.h"

struct KetteNode {
    /* The first cache line: all that an announcement of a block that is here reads. */
    _Alignas(KETTE_CACHE_LINE) int64_t now_ns;
    uint64_t ready;   /* peers: of the first 64 peers, those in KETTE_PEER_READY */
    KetteKnown known; /* what peers have */
    uint32_t peer_count;
    bool ack;          /* config.ack */
    uint8_t unsettled; /* KETTE_UNSETTLED_*: see switchboard.h */
    bool tip_is_own;   /* blocks: the tip came to be by a block made here */
    /* The second, with the third: what most other messages read. */
    KetteChain *chain;
    KetteMempool *mempool;
    KettePeers peers;
    const KetteEntry *shown_tip; /* blocks: the last tip that was announced */
    KetteRequests request;
    /* The rest. */
    KetteHost host;
    KetteNodeConfig config;
    bool is_outdated;        /* outdated: it has told of a sign */
    uint32_t saved_upgrades; /* log: those that it says the node knows */
    KetteChainResult result; /* blocks, log: of the block offered last */
    GArray *remotes;      /* peers: KetteRemote of those that are not standing; NULL while none */
    KetteEarlyPool early; /* payments that wait for a nonce before them */
    KetteRelayState relay;
    KetteHigh high;
    KetteTrickle trickle;
    KetteCatchUp catch_up;
    KetteConduct conduct;
    KetteGossip gossip;
    KetteBodySync body_sync;
    KettePresync presync;
    KetteRebuild rebuild;
    KetteAhead ahead;
    KetteHandshakeState handshake;
    KetteFirstSync first_sync;
    KetteEvict evict;
    uint32_t rotation;     /* header_sync: the peer that tip polling asks next */
    int64_t expiry_due_ns; /* switchboard: what the timer is set to; INT64_MAX: it is not set */
};

_Static_assert(offsetof(KetteNode, chain) == KETTE_CACHE_LINE,
               "what an announcement reads is one line");
_Static_assert(offsetof(KetteNode, request.slot) == 2 * KETTE_CACHE_LINE,
               "what most others read is another, and one row of requests");

/* Returns what is kept of a peer; `peer` is below peer_count. */
static inline KettePeer *
kette_peers_at(const KetteNode *node, uint32_t peer)
{
    return &node->peers.list[peer];
}

static inline bool
kette_peers_is_ready(const KetteNode *node, uint32_t peer)
{
    return peer < 64 ? (node->ready >> peer & 1) != 0
                     : kette_peers_at(node, peer)->state == KETTE_PEER_READY;
}

/* Returns, of the 64 peers from `first` on, a multiple of 64, those that are ready. */
static inline uint64_t
kette_peers_ready_bits(const KetteNode *node, uint32_t first)
{
    uint64_t bits = 0;

    if (first == 0)
        return node->ready;
    for (uint32_t i = first; i < node->peer_count && i < first + 64; i++)
        bits |= (uint64_t)kette_peers_is_ready(node, i) << (i - first);
    return bits;
}

static inline uint32_t
kette_request_count(const KetteNode *node)
{
    return node->request.rows.count;
}

/* Returns row `i`, which is below the count. */
static inline KetteRequest *
kette_request_at(const KetteNode *node, uint32_t i)
{
    return &((KetteRequest *)node->request.rows.items)[i];
}

#endif
