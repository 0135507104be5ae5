/* A world: nodes of the real chain code on a simulated network, with wallets and a mining race.
 *
 * The one place where core/ meets the engine. A world is built (wallets, nodes, edges,
 * transactions), started, and then driven by running its engine; whoever drives it may mine,
 * submit, switch mining and cut the network between events. Nodes share one store unless
 * `isolate`; messages go as objects unless `wire`. Neither changes what happens.
 *
 * Node, wallet, transaction and block refs are indices from 0 in order of declaration or
 * discovery. Amounts are 10^-8 tokens. Nothing here is shared between threads.
 */
#ifndef SIM_WORLD_WORLD_H
#define SIM_WORLD_WORLD_H

#include "core/chain/params.h"
#include "core/node/node.h"
#include "sim/engine/engine.h"
#include "sim/net/net.h"
#include "sim/world/fact.h"
#include "sim/world/forget.h"
#include "sim/world/strategy/strategy.h"

typedef struct SimWorld SimWorld;

typedef struct {
    uint64_t seed;
    KetteParams params;   /* seal_key is set by the world */
    KetteNodeConfig node; /* for all nodes; what SimNodeSpec has is set one by one */
    bool isolate, wire;
    uint32_t block_bytes, compact_bytes; /* charged to links instead of the real sizes; 0: not */
    /* Sets the links of a connection that discovery makes; NULL: they stay as the net makes them.
     */
    void (*set_link)(void *user, SimNet *net, uint32_t edge);
    void *set_link_user;
    bool keep_records; /* nodes save what a crash leaves them; without it nothing may crash */
    SimForget forget;
} SimWorldConfig;

typedef struct {
    const char *name;
    bool miner;
    bool script;                   /* says only what it is told to: see tree.h */
    uint64_t share_num, share_den; /* of 100 % hash power */
    uint16_t port;
    size_t mempool_bytes; /* 0: the default */
    KetteRelay relay;
    SimTime start;             /* down until then */
    SimTime clock_offset;      /* of its clock on the wall, either way */
    int64_t drift_ppb;         /* of its clock; within a tenth either way */
    SimTime validate;          /* virtual time that checking a body takes it */
    uint64_t up_bps, down_bps; /* 0: none */
    bool no_listen;            /* accepts no connections but the standing ones */
} SimNodeSpec;

typedef struct {
    const char *name;
    uint32_t from, to; /* wallets */
    uint64_t amount, fee, nonce;
} SimTxSpec;

/* NULL when libcrypto cannot hash. */
SimWorld *sim_world_new(const SimWorldConfig *config);
void sim_world_free(SimWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimWorld, sim_world_free)

/* --- building, in this order: wallets, sim_world_open, nodes, edges, transactions, start --- */
/* A wallet's key comes from its name; `funds` stand in genesis. */
uint32_t sim_world_add_wallet(SimWorld *world, const char *name, uint64_t funds);
void sim_world_open(SimWorld *world); /* makes genesis */
uint32_t sim_world_add_node(SimWorld *world, const SimNodeSpec *spec);
/* A standing connection; a greets b. Returns the directed edge a->b. In a run that has started it
 * stands at once where both are up; one that is there already is opened again. */
uint32_t sim_world_connect(SimWorld *world, uint32_t a, uint32_t b);
uint32_t sim_world_add_tx(SimWorld *world, const SimTxSpec *spec);
/* The watcher is copied; several are called in order of adding. */
void sim_world_add_watcher(SimWorld *world, const SimWatcher *watcher);
void sim_world_start(SimWorld *world);

SimEngine *sim_world_engine(SimWorld *world);
SimNet *sim_world_net(SimWorld *world);

/* --- driving, between or inside events of class FAULT and later --- */
/* Mines `count` blocks at once on the node's tip from its mempool; ok, or why it stopped before. */
KETTE_MUST_USE KetteVerdict sim_world_mine(SimWorld *world, uint32_t node, uint32_t count);
/* In the race or out of it, if it has hash power, and when it gets some. A no-op for one that is no
 * miner. */
void sim_world_set_mining(SimWorld *world, uint32_t node, bool on);
KetteVerdict sim_world_submit(SimWorld *world, uint32_t tx, uint32_t node);
/* From now on the node's miner follows a strategy (strategy.h), in place of any that it had; NULL:
 * it is honest. What it holds stays held. */
void sim_world_set_strategy(SimWorld *world, uint32_t node, const SimStrategy *strategy);
/* sim_agent_publish() and sim_agent_held() of the node. */
uint32_t sim_world_release(SimWorld *world, uint32_t node, uint32_t count);
uint32_t sim_world_withheld(const SimWorld *world, uint32_t node);
/* --- faults (fault.h has what they mean); false: it could do nothing --- */
#include "sim/world/fault.h"
#include "sim/world/load.h"
#include "sim/world/tree.h"

/* Ends the run: messages in flight meet their fate. False, with a report, when the books of the
 * network do not balance. */
bool sim_world_finish(SimWorld *world, GString *report);

/* --- what checks and summaries ask --- */
uint32_t sim_world_node_count(const SimWorld *world);
const char *sim_world_node_name(const SimWorld *world, uint32_t node);
bool sim_world_node_is_script(const SimWorld *world, uint32_t node);
bool sim_world_node_is_miner(const SimWorld *world, uint32_t node);
uint16_t sim_world_node_port(const SimWorld *world, uint32_t node);
/* Of 100 % hash power, in units of 10^-9. */
int64_t sim_world_node_share_ppb(const SimWorld *world, uint32_t node);
KetteNode *sim_world_node(SimWorld *world, uint32_t node);
const SimStrategy *sim_world_strategy(const SimWorld *world, uint32_t node); /* NULL: honest */
SimAgent *sim_world_agent(const SimWorld *world, uint32_t node); /* NULL: it never had a strategy */
uint32_t sim_world_block_count(const SimWorld *world);
const KetteHash *sim_world_block_hash(const SimWorld *world, uint32_t block);
uint64_t sim_world_block_height(const SimWorld *world, uint32_t block);
uint32_t sim_world_block_parent(const SimWorld *world, uint32_t block);
uint32_t sim_world_block_miner(const SimWorld *world, uint32_t block); /* node, or NONE */
SimTime sim_world_block_found(const SimWorld *world, uint32_t block);
const KetteU256 *sim_world_block_work(const SimWorld *world, uint32_t block);
/* What a NEW_BLOCK with it costs a link, framing included. */
uint32_t sim_world_block_bytes(const SimWorld *world, uint32_t block);
uint32_t sim_world_block_tx_count(const SimWorld *world, uint32_t block);
/* When the body joined node's tree and when its header came; -1: never. */
SimTime sim_world_arrived(const SimWorld *world, uint32_t node, uint32_t block);
SimTime sim_world_header_arrived(const SimWorld *world, uint32_t node, uint32_t block);

uint32_t sim_world_tip(const SimWorld *world, uint32_t node);
KetteBlockStatus sim_world_status(SimWorld *world, uint32_t node, uint32_t block);
uint32_t sim_world_tx_count(const SimWorld *world);
const char *sim_world_tx_name(const SimWorld *world, uint32_t tx);
const KetteHash *sim_world_tx_id(const SimWorld *world, uint32_t tx);
bool sim_world_in_mempool(SimWorld *world, uint32_t node, uint32_t tx);
/* 1 in the tip, 0 when not on the active chain. */
uint64_t sim_world_confirmations(SimWorld *world, uint32_t node, uint32_t tx);
uint64_t sim_world_balance(SimWorld *world, uint32_t node, uint32_t wallet);
uint64_t sim_world_nonce(SimWorld *world, uint32_t node, uint32_t wallet);
KetteHash sim_world_state_root(SimWorld *world, uint32_t node);
bool sim_world_supply_holds(SimWorld *world, uint32_t node);
uint64_t sim_world_reorgs(const SimWorld *world, uint32_t node);
uint64_t sim_world_max_reorg(const SimWorld *world, uint32_t node);
uint64_t sim_world_mined(const SimWorld *world, uint32_t node);
uint64_t sim_world_stale(SimWorld *world, uint32_t node);
uint32_t sim_world_bits(const SimWorld *world, uint32_t node); /* of the tip */
/* Work of the tip's own block over that of genesis, in 10^-12. */
__int128 sim_world_difficulty_ppt(const SimWorld *world, uint32_t node);
uint64_t sim_world_known_addresses(const SimWorld *world, uint32_t node);
/* Part of the blocks of node's chain, genesis left out, that nodes of `of` have made; in 10^-12,
 * -1: it has none. */
int64_t sim_world_chain_quality_ppt(const SimWorld *world, uint32_t node, const uint32_t *of,
                                    size_t count);
/* Blocks of node's chain a spacing of the time so far, in 10^-12; -1 at time 0. */
int64_t sim_world_chain_growth_ppt(const SimWorld *world, uint32_t node);
/* Rewards and fees of node's blocks on the chain of the best tip of all; exact however long the
 * chain is, for each is below 2^63. */
unsigned __int128 sim_world_revenue(const SimWorld *world, uint32_t node);
/* Messages given to the network so far; a stream's repeats and a link's copies are not counted. */
uint64_t sim_world_messages(const SimWorld *world, KetteMessageKind kind);
uint64_t sim_world_bytes(const SimWorld *world, uint32_t node);
/* Different blocks and transactions that it refused with that verdict. */
uint64_t sim_world_refused(const SimWorld *world, uint32_t node, KetteVerdict verdict);
/* Median over the blocks of the best tip's chain of the time until that share of the nodes that are
 * up had the body; -1: there is none, or most never came so far. */
SimTime sim_world_median_propagation(const SimWorld *world, uint32_t permille);
bool sim_world_common_prefix(const SimWorld *world, const uint32_t *nodes, size_t count,
                             uint64_t less);
/* Most work, then lowest hash; NONE for no nodes. */
uint32_t sim_world_best_tip(const SimWorld *world, const uint32_t *nodes, size_t count);
/* Whether some block with at most `ignore_last` blocks above it in every node's chain is common. */
bool sim_world_same_tip(const SimWorld *world, const uint32_t *nodes, size_t count,
                        uint64_t ignore_last);
/* From since_ns to the first end of an instant in which all had one tip; -1: never so far. */
SimTime sim_world_time_to_agree(const SimWorld *world, const uint32_t *nodes, size_t count,
                                SimTime since_ns);
/* From its discovery to when `permille` of the nodes had the body of a block; -1: never. */
SimTime sim_world_propagation(const SimWorld *world, uint32_t block, uint32_t permille);

/* --- what it takes on the heap, in bytes; walks everything --- */
typedef struct {
    KetteNodeMemory nodes; /* of all */
    size_t hosts;          /* what stands around each node */
    size_t links;          /* the graph */
    size_t store;          /* blocks and states: one of all, or one a node with isolate */
    size_t ledger;         /* what the observer keeps of the past */
    size_t queue;          /* waiting events */
} SimWorldMemory;

SimWorldMemory sim_world_memory(const SimWorld *world);

#endif
