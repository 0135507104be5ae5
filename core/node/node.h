/* KetteNode: a Volkskette node, put together from chain, mempool, peers, relay and sync.
 *
 * Sans-IO: a host calls in with connections, messages and timer ticks, each with the node's own
 * clock (ns since the genesis time of the chain, never going back); effects go out through the
 * KetteHost. Peers are named by small integers that the host hands out and keeps dense.
 *
 *   flood relay  a new tip is sent whole to every peer not known to have it; on links that lose
 *                (ack) an announcement is acknowledged, and repeated up to KETTE_ANNOUNCE_RETRIES
 *                times; transactions likewise
 *   inventory    ids are announced and asked for; compact: blocks as short ids (see compact.h);
 *                push: the maker of a block sends it whole, unasked ("unsolicited block push",
 *                Gervais et al., CCS 2016, 2.2)
 *   tip polling  every sync_ns one peer, in rotation, is asked for what follows our locator
 *   sync         headers by locator, then bodies by range from several peers, out of order into
 *                the orphan pool; a request without an answer moves to another peer
 */
#ifndef CORE_NODE_NODE_H
#define CORE_NODE_NODE_H

#include "core/chain/chain.h"
#include "core/chain/mempool.h"
#include "core/node/book.h"
#include "core/node/host.h"

typedef struct KetteNode KetteNode;

typedef enum {
    KETTE_RELAY_FLOOD,     /* a new tip is sent whole */
    KETTE_RELAY_INVENTORY, /* announced by id, sent to who asks */
    KETTE_RELAY_COMPACT,   /* the same, and blocks in compact form */
    KETTE_RELAY_PUSH,      /* inventory, but who made a block sends it whole, unasked */
} KetteRelay;

typedef enum {
    KETTE_TX_RELAY_AT_ONCE, /* a payment is announced as it comes */
    KETTE_TX_RELAY_TRICKLE, /* in batches, at exponential times: see trickle.h */
} KetteTxRelay;

typedef struct {
    KetteRelay relay;
    KetteTxRelay tx_relay;
    /* The probability, in units of 10^-9, that a compact block whose transactions are all here is
     * taken for one that lacks some: a question and an answer more. For networks whose payments are
     * not simulated. */
    uint32_t compact_fail_ppb;
    uint32_t compact_high;      /* at most KETTE_COMPACT_HIGH_MAX: see high.h */
    bool relay_before_check;    /* see ahead.h; a host that checks at once needs none */
    bool relay_side_blocks;     /* announce each block that joins the tree, not only a new tip */
    int64_t sync_ns;            /* tip polling; 0: off */
    int64_t request_timeout_ns; /* > 0 */
    int64_t backoff_min_ns;     /* repeated handshakes: from this, doubling, */
    int64_t backoff_max_ns;     /* up to this */
    int64_t orphan_expiry_ns;
    int64_t keepalive_ns; /* 0: off */
    int64_t ban_ns;       /* how long misconduct is held against a peer; 0: never banned */
    uint32_t orphan_limit;
    uint16_t headers_max; /* headers in an answer, 1 to KETTE_HEADERS_MAX; fewer go on */
    KetteU256 min_work;   /* of a chain, for its headers to be kept: see presync.h; 0: none */
    size_t mempool_bytes;
    uint16_t port;          /* 0: accepts no connections (NAT) */
    uint32_t upgrades;      /* bits of the upgrades that the store knows: see upgrade.h */
    bool foresees_upgrades; /* tell of signs that there are others: see outdated.h */
    bool discovery;
    uint32_t outbound, inbound; /* with discovery: connections wanted, and most accepted */
    uint32_t anchors;   /* with discovery: at most KETTE_BOOK_ANCHORS_MAX of them are tried first
                         * after   a restart */
    bool ack;           /* acknowledge announcements and repeat those that are not */
    KetteAddress miner; /* that rewards are paid to; kette_node_set_miner() sets another */
} KetteNodeConfig;

void kette_node_config_init(KetteNodeConfig *config); /* the scenario language's defaults */

/* Makes a node. The store is borrowed and outlives it; config and host are copied. */
KetteNode *kette_node_new(KetteStore *store, const KetteNodeConfig *config, const KetteHost *host);
void kette_node_free(KetteNode *node);
/* Does the same in memory of the caller's: kette_node_size() bytes aligned to KETTE_CACHE_LINE, so
 * that a host can stand beside its node. */
size_t kette_node_size(void);
KetteNode *kette_node_init(void *memory, KetteStore *store, const KetteNodeConfig *config,
                           const KetteHost *host);
void kette_node_clear(KetteNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteNode, kette_node_free)

/* --- in: from the host --- */
/* Restores, before the start, what the door saved, as far as it is sound. Returns the length of the
 * sound prefix, where the host cuts its log. Notes and sends nothing. */
size_t kette_node_restore(KetteNode *node, const uint8_t *log, size_t len, int64_t now_ns);
void kette_node_start(KetteNode *node, int64_t now_ns);
/* Adds a standing connection; `outbound` when this side opened it, and so greets first. */
void kette_node_add_peer(KetteNode *node, uint32_t peer, bool outbound, int64_t now_ns);
/* Adds a connection that is not a standing one: it counts for the limits. host.disconnect refuses
 * it when it is of a banned address, or one inbound too many and all others are protected
 * (evict.h), and closes it later when it brings no handshake for KETTE_HANDSHAKE_TIMEOUT_NS, is of
 * another chain, or misbehaves. `address` is the other end; the port of an inbound one is not where
 * it listens. */
void kette_node_add_peer_at(KetteNode *node, uint32_t peer, bool outbound,
                            const KettePeerAddress *address, int64_t now_ns);
/* Adds a bootstrap address to the book. */
void kette_node_add_address(KetteNode *node, const KettePeerAddress *address);
/* Hand over the address book, which outlives a node: a host keeps it when a node crashes, and gives
 * it to the next one before anything else. Steal returns NULL where there is none yet. */
KetteBook *kette_node_steal_book(KetteNode *node);
void kette_node_give_book(KetteNode *node, KetteBook *book);
void kette_node_remove_peer(KetteNode *node, uint32_t peer, int64_t now_ns);
void kette_node_receive(KetteNode *node, uint32_t peer, const KetteMessage *message,
                        int64_t now_ns);
void kette_node_timer(KetteNode *node, KetteTimer timer, int64_t now_ns);
/* With config.relay_before_check: tells of a block that a NEW_BLOCK of the peer has brought and
 * that kette_node_receive() will be given when it is checked. */
void kette_node_pass_on(KetteNode *node, uint32_t peer, KetteBlock *block, int64_t now_ns);

/* Reserves room for peers 0 … count − 1 at once. */
void kette_node_expect_peers(KetteNode *node, uint32_t count);

/* --- in: from whoever runs the node --- */
void kette_node_set_miner(KetteNode *node, const KetteAddress *miner);
/* Offers a payment to the mempool and announces it if it is good. */
KETTE_MUST_USE KetteVerdict kette_node_validate_and_add_transaction(KetteNode *node, KetteTx *tx,
                                                                    int64_t now_ns);
/* Makes the next block of the mempool's transactions, adds it and announces it. Returns one
 * reference, or NULL, with the verdict, when no block can be made now (see template.h) or it is
 * refused: a block that the fork choice does not prefer to its parent would be made a second time,
 * and is then already-known. */
KetteBlock *kette_node_mine_pending_transactions(KetteNode *node, KetteVerdict *ret_verdict,
                                                 int64_t now_ns);
/* The two halves of it, for a miner that needs time: build a block on the present tip, with the
 * number of hashes tried, and add it later. The caller must see that the tip is still its parent.
 */
KetteBlock *kette_node_build_block(KetteNode *node, KetteVerdict *ret_verdict, uint64_t *ret_tries,
                                   int64_t now_ns);
KETTE_MUST_USE KetteVerdict kette_node_submit_block(KetteNode *node, KetteBlock *block,
                                                    int64_t now_ns);
/* Announce a payment or block to every ready peer not known to have it. */
void kette_node_broadcast_transaction(KetteNode *node, KetteTx *tx, int64_t now_ns);
void kette_node_broadcast_block(KetteNode *node, KetteBlock *block, int64_t now_ns);
/* Asks one peer for the headers that follow ours. */
void kette_node_request_chain_sync(KetteNode *node, uint32_t peer, int64_t now_ns);

/* Does to a block what an operator may (see chain.h); the block must be known by its header. False
 * if that changes nothing. */
bool kette_node_act_by_hand(KetteNode *node, KetteHand hand, const KetteHash *id, int64_t now_ns);

/* Forgets the misconduct of a peer, as a fresh connection would. */
void kette_node_lift_ban(KetteNode *node, uint32_t peer);

/* Sets the clock on the wall: now_ns + offset from now on. Timers go by now_ns, which never goes
 * back; the times of blocks, and the limit on them, go by the clock on the wall. */
void kette_node_set_clock_offset(KetteNode *node, int64_t offset_ns);

/* --- queries --- */
const KetteChain *kette_node_chain(const KetteNode *node);
const KetteMempool *kette_node_mempool(const KetteNode *node);
const KetteNodeConfig *kette_node_config(const KetteNode *node);
/* Returns NULL until discovery has used the book. */
const KetteBook *kette_node_book(const KetteNode *node);
uint32_t kette_node_ready_peers(const KetteNode *node);
bool kette_node_is_banned(const KetteNode *node, uint32_t peer);
/* Returns whether a connection to (outbound) or from an address would be refused for a ban. */
bool kette_node_is_banned_at(const KetteNode *node, const KettePeerAddress *address, bool outbound);
/* Counts requests and announcements without an answer yet. */
uint32_t kette_node_outstanding(const KetteNode *node);
/* Counts those that wait for at least one peer of which `counts` is true. */
uint32_t kette_node_outstanding_of(const KetteNode *node, bool (*counts)(void *user, uint32_t peer),
                                   void *user);
/* Counts what waits: announcements and requests without an answer, but for questions of headers,
 * which polls renew; and payments before an earlier one of their sender. */
uint32_t kette_node_waiting(const KetteNode *node);
bool kette_node_is_outdated(const KetteNode *node); /* see outdated.h */
bool kette_node_peer_is_ready(const KetteNode *node, uint32_t peer);
/* Returns NULL, or what is wrong with chain, mempool, early payments or bookkeeping. For tests. */
const char *kette_node_audit(const KetteNode *node);

typedef struct {
    size_t peers;   /* the node itself, and what it keeps of each peer */
    size_t known;   /* what peers have */
    size_t views;   /* kette_chain_memory() */
    size_t mempool; /* kette_mempool_memory() */
    size_t waiting; /* requests and announcements under way */
} KetteNodeMemory;

/* Adds the node's bytes of heap. */
void kette_node_memory(const KetteNode *node, KetteNodeMemory *sum);

#endif
