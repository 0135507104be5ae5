/* A node as its host sees it: made, configured, driven and asked; see node.h. What happens inside
 * is the switchboard's to pass on. */
#include "core/node/node_impl.h"

#include "core/base/assert.h"
#include "core/node/template.h"

#define NS_PER_S INT64_C(1000000000)

void
kette_node_config_init(KetteNodeConfig *config)
{
    *config = (KetteNodeConfig){
        .sync_ns = 5 * NS_PER_S,
        .request_timeout_ns = 5 * NS_PER_S,
        .backoff_min_ns = 1 * NS_PER_S,
        .backoff_max_ns = 20 * NS_PER_S,
        .orphan_expiry_ns = 1200 * NS_PER_S,
        .keepalive_ns = 30 * NS_PER_S,
        .ban_ns = 24 * 3600 * NS_PER_S,
        .orphan_limit = 100,
        .headers_max = KETTE_HEADERS_MAX,
        .mempool_bytes = 5000000,
        .port = 8001,
        .outbound = 8,
        .inbound = 125,
        .ack = true,
    };
}

size_t
kette_node_size(void)
{
    return sizeof(KetteNode);
}

KetteNode *
kette_node_new(KetteStore *store, const KetteNodeConfig *config, const KetteHost *host)
{
    return kette_node_init(g_aligned_alloc(1, sizeof(KetteNode), KETTE_CACHE_LINE), store, config,
                           host);
}

KetteNode *
kette_node_init(void *memory, KetteStore *store, const KetteNodeConfig *config,
                const KetteHost *host)
{
    KetteNode *node = memory;

    kette_assert(config->request_timeout_ns > 0);
    *node = (KetteNode){0};
    node->config = *config;
    node->ack = config->ack;
    node->host = *host;
    node->chain = kette_chain_new(store, config->orphan_limit);
    kette_chain_set_random(node->chain, node->host.random, node->host.user);
    node->mempool = kette_mempool_new(config->mempool_bytes, kette_store_params(store)->min_fee);
    node->request.due_ns = node->handshake.due_ns = node->expiry_due_ns = INT64_MAX;
    node->catch_up.peer = KETTE_PEER_SELF;
    kette_blocks_start(node);
    return node;
}

void
kette_node_free(KetteNode *node)
{
    if (node == NULL)
        return;
    kette_node_clear(node);
    g_aligned_free(node);
}

void
kette_node_clear(KetteNode *node)
{
    kette_known_clear(&node->known);
    kette_relay_clear(node);
    kette_trickle_clear(node);
    kette_request_clear(node);
    kette_bodies_clear(node);
    kette_rebuild_clear(node);
    kette_ahead_clear(node);
    kette_high_clear(node);
    kette_gossip_clear(node);
    kette_conduct_clear(node);
    kette_presync_clear(node);
    kette_peers_clear(node);
    kette_chain_result_clear(&node->result);
    kette_mempool_free(node->mempool);
    kette_early_clear(&node->early);
    kette_chain_free(node->chain);
}

size_t
kette_node_restore(KetteNode *node, const uint8_t *log, size_t len, int64_t now_ns)
{
    size_t sound;

    kette_door_set_now(node, now_ns);
    sound = kette_log_restore(node, log, len);
    kette_blocks_start(node);
    return sound;
}

bool
kette_node_act_by_hand(KetteNode *node, KetteHand hand, const KetteHash *id, int64_t now_ns)
{
    const KetteEntry *entry = kette_chain_find(node->chain, id);
    bool changed;

    if (entry == NULL)
        return false;
    kette_door_set_now(node, now_ns);
    changed = kette_blocks_act_by_hand(node, hand, entry);
    kette_switchboard_settle(node);
    return changed;
}

/* --- connections ------------------------------------------------------------------------- */

void
kette_node_pass_on(KetteNode *node, uint32_t peer, KetteBlock *block, int64_t now_ns)
{
    kette_door_set_now(node, now_ns);
    kette_ahead_pass_on(node, peer, block);
    kette_switchboard_settle(node);
}

void
kette_node_expect_peers(KetteNode *node, uint32_t count)
{
    kette_peers_make_room(node, count);
}

static void
add_peer(KetteNode *node, uint32_t peer, bool outbound, const KettePeerAddress *address)
{
    kette_peers_add(node, peer, outbound, address);
    if (outbound)
        kette_handshake_greet(node, peer);
    if (address != NULL)
        kette_handshake_arm(node);
    kette_switchboard_settle(node);
}

void
kette_node_add_peer(KetteNode *node, uint32_t peer, bool outbound, int64_t now_ns)
{
    kette_door_set_now(node, now_ns);
    add_peer(node, peer, outbound, NULL);
}

void
kette_node_add_peer_at(KetteNode *node, uint32_t peer, bool outbound,
                       const KettePeerAddress *address, int64_t now_ns)
{
    kette_assert(node->host.disconnect != NULL);
    kette_door_set_now(node, now_ns);
    if (kette_node_is_banned_at(node, address, outbound) ||
        (!outbound && kette_peers_count(node, false) >= node->config.inbound &&
         !kette_evict_one(node)))
        node->host.disconnect(node->host.user, peer);
    else
        add_peer(node, peer, outbound, address);
}

void
kette_node_remove_peer(KetteNode *node, uint32_t peer, int64_t now_ns)
{
    kette_door_set_now(node, now_ns);
    if (kette_peers_find(node, peer) != NULL)
        kette_switchboard_forget_peer(node, peer);
    kette_switchboard_settle(node);
}

/* --- from whoever runs the node ---------------------------------------------------------- */

void
kette_node_set_clock_offset(KetteNode *node, int64_t offset_ns)
{
    kette_chain_set_clock_offset(node->chain, offset_ns);
}

void
kette_node_set_miner(KetteNode *node, const KetteAddress *miner)
{
    node->config.miner = *miner;
}

void
kette_node_request_chain_sync(KetteNode *node, uint32_t peer, int64_t now_ns)
{
    kette_door_set_now(node, now_ns);
    kette_headers_ask(node, peer);
    kette_switchboard_settle(node);
}

void
kette_node_broadcast_transaction(KetteNode *node, KetteTx *tx, int64_t now_ns)
{
    kette_door_set_now(node, now_ns);
    kette_trickle_payment(node, tx);
}

void
kette_node_broadcast_block(KetteNode *node, KetteBlock *block, int64_t now_ns)
{
    kette_door_set_now(node, now_ns);
    kette_relay_block(node, block, true);
}

KetteVerdict
kette_node_validate_and_add_transaction(KetteNode *node, KetteTx *tx, int64_t now_ns)
{
    KetteVerdict verdict;

    kette_door_set_now(node, now_ns);
    verdict = kette_transaction_accept(node, tx, KETTE_PEER_SELF);
    kette_switchboard_settle(node);
    return verdict;
}

KetteBlock *
kette_node_build_block(KetteNode *node, KetteVerdict *ret_verdict, uint64_t *ret_tries,
                       int64_t now_ns)
{
    const KetteMiner miner = {node->config.miner, now_ns + kette_chain_clock_offset(node->chain),
                              node->host.go_on, node->host.user};

    kette_door_set_now(node, now_ns);
    return kette_template_build(kette_chain_store(node->chain), ret_verdict, ret_tries,
                                kette_chain_tip(node->chain), node->mempool, &miner);
}

KetteVerdict
kette_node_submit_block(KetteNode *node, KetteBlock *block, int64_t now_ns)
{
    KetteVerdict verdict;

    kette_door_set_now(node, now_ns);
    verdict = kette_blocks_accept(node, block, KETTE_PEER_SELF);
    kette_switchboard_settle(node);
    return verdict;
}

KetteBlock *
kette_node_mine_pending_transactions(KetteNode *node, KetteVerdict *ret_verdict, int64_t now_ns)
{
    uint64_t tries;
    KetteBlock *block = kette_node_build_block(node, ret_verdict, &tries, now_ns);

    if (block == NULL)
        return NULL;
    *ret_verdict = kette_node_submit_block(node, block, now_ns);
    if (*ret_verdict != KETTE_OK) /* a tip that did not move was mined on with the same result */
        g_clear_pointer(&block, kette_block_unref);
    return block;
}

/* --- queries ----------------------------------------------------------------------------- */

const KetteChain *
kette_node_chain(const KetteNode *node)
{
    return node->chain;
}

const KetteMempool *
kette_node_mempool(const KetteNode *node)
{
    return node->mempool;
}

const KetteNodeConfig *
kette_node_config(const KetteNode *node)
{
    return &node->config;
}

uint32_t
kette_node_ready_peers(const KetteNode *node)
{
    return node->peers.ready_count;
}

uint32_t
kette_node_waiting(const KetteNode *node)
{
    uint32_t count = kette_relay_open(node) + node->early.count;

    for (uint32_t i = 0; i < kette_request_count(node); i++)
        count += kette_request_at(node, i)->want != KETTE_WANT_HEADERS;
    return count;
}

bool
kette_node_peer_is_ready(const KetteNode *node, uint32_t peer)
{
    return peer < node->peer_count && kette_peers_is_ready(node, peer);
}

uint32_t
kette_node_outstanding(const KetteNode *node)
{
    return kette_relay_open(node) + kette_request_count(node);
}

uint32_t
kette_node_outstanding_of(const KetteNode *node, bool (*counts)(void *user, uint32_t peer),
                          void *user)
{
    return kette_relay_open_to(node, counts, user) + kette_request_open_to(node, counts, user);
}

void
kette_node_memory(const KetteNode *node, KetteNodeMemory *sum)
{
    sum->peers += sizeof *node + kette_peers_memory(node) + kette_conduct_memory(node) +
                  kette_presync_memory(node);
    sum->known += kette_known_memory(&node->known);
    sum->views += kette_chain_memory(node->chain);
    sum->mempool += kette_mempool_memory(node->mempool) + node->early.room * sizeof(KetteEarly);
    sum->waiting += kette_request_memory(node) + kette_bodies_memory(node) +
                    kette_relay_memory(node) + kette_trickle_memory(node);
}

const char *
kette_node_audit(const KetteNode *node)
{
    static const char *(*const audits[])(const KetteNode *node) = {
        kette_peers_audit,  kette_request_audit, kette_relay_audit,    kette_high_audit,
        kette_bodies_audit, kette_presync_audit, kette_catch_up_audit,
    };
    const KetteState *state = kette_chain_tip(node->chain)->state;
    const char *wrong = kette_chain_audit(node->chain);

    if (wrong == NULL)
        wrong = kette_mempool_audit(node->mempool, state);
    if (wrong == NULL)
        wrong = kette_early_audit(&node->early, node->mempool, state);
    if (wrong == NULL && node->unsettled != 0)
        wrong = "something is left to do";
    for (size_t i = 0; wrong == NULL && i < G_N_ELEMENTS(audits); i++)
        wrong = audits[i](node);
    return wrong;
}
