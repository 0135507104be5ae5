/* A world: nodes of the real chain code on a simulated network, with wallets and a mining race.
 *
 * Only here core/ meets the engine. A world is built (wallets, nodes, edges, transactions),
 * started, and then driven by running its engine. Between events the driver may mine, submit,
 * switch mining and cut the network. Nodes share one store unless `isolate`; messages travel as
 * objects unless `wire`. Neither changes the outcome.
 *
 * This header makes and drives a world. The other headers act on it: fault.h (crashes, pauses,
 * cuts), load.h (payments), tree.h (blocks by hand), strategy/strategy.h (miners that do not follow
 * the rules), observe.h (questions).
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
typedef struct SimRemote SimRemote;

typedef struct {
    uint64_t seed;
    KetteParams params;   /* seal_key is set by the world */
    KetteNodeConfig node; /* for all nodes; SimNodeSpec has what differs */
    bool isolate, wire;
    bool model; /* compare each node with the reference model; params.compare is NULL then */
    SimBandwidth bandwidth;
    uint32_t uploads; /* as in sim_net_set_uploads() */
    bool small_first; /* as in sim_net_set_small_first() */
    /* Charged to links instead of the real sizes, 0: real sizes: of a compact block, and of what
     * one lacked. sim_world_set_block_size() sets that of a block. */
    uint32_t compact_bytes, refetch_bytes;
    /* Sets the links of a connection that discovery makes; NULL: default links */
    void (*set_link)(void *user, SimNet *net, uint32_t edge);
    void *set_link_user;
    const SimRemote *remote; /* nodes run elsewhere: see remote.h; borrowed; NULL: here */
    bool keep_records;       /* nodes save records for restarts; required for crashes */
    SimForget forget;
    const KetteUpgrade *upgrades; /* copied; each has its place as its number */
    size_t upgrade_count;
} SimWorldConfig;

typedef struct {
    const char *name;
    bool miner;
    bool script;                   /* sends only what it is told to: see tree.h */
    uint64_t share_num, share_den; /* of 100 % hash power */
    uint16_t port;
    size_t mempool_bytes; /* 0: the default */
    uint32_t min_work;    /* of a chain, in blocks of the genesis bits: see presync.h */
    KetteRelay relay;
    SimTime start;             /* down until then */
    SimTime clock_offset;      /* of its clock, may be negative */
    int64_t drift_ppb;         /* of its clock, within ± 10 % */
    SimTime validate;          /* virtual time for checking a body, */
    uint64_t validate_bps;     /* to which its size over this is added; 0: none */
    uint64_t up_bps, down_bps; /* 0: none */
    bool no_listen;            /* accepts only the standing connections */
    uint32_t without;          /* bits of the upgrades that it does not know */
} SimNodeSpec;

typedef struct {
    const char *name;
    uint32_t from, to; /* wallets */
    uint64_t amount, fee, nonce;
} SimTxSpec;

/* Returns NULL if libcrypto cannot hash. */
SimWorld *sim_world_new(const SimWorldConfig *config);
void sim_world_free(SimWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimWorld, sim_world_free)

/* --- building, in this order: wallets, sim_world_open, nodes, edges, transactions, start --- */
/* Adds a wallet. Its key is derived from its name; genesis gives it `funds`. */
uint32_t sim_world_add_wallet(SimWorld *world, const char *name, uint64_t funds);
void sim_world_open(SimWorld *world); /* makes genesis */
/* Sets what links charge for a block's message; a distribution is sampled once for each block. Its
 * times outlive the world. Constant 0, the default: the real size. */
void sim_world_set_block_size(SimWorld *world, const SimDistribution *size);
uint32_t sim_world_add_node(SimWorld *world, const SimNodeSpec *spec);
/* Makes a standing connection that a opens, or opens an existing one again. Returns the directed
 * edge a->b. During a run it opens at once if both nodes are up. */
uint32_t sim_world_connect(SimWorld *world, uint32_t a, uint32_t b);
uint32_t sim_world_add_tx(SimWorld *world, const SimTxSpec *spec);
/* Copies the watcher. Watchers are called in order of adding. */
void sim_world_add_watcher(SimWorld *world, const SimWatcher *watcher);
void sim_world_start(SimWorld *world);

SimEngine *sim_world_engine(SimWorld *world);
SimNet *sim_world_net(SimWorld *world);

/* --- driving, between or inside events of class FAULT and later --- */
/* Mines `count` blocks at once on the node's tip from its mempool. Returns ok, or why it stopped
 * early.
 */
KETTE_MUST_USE KetteVerdict sim_world_mine(SimWorld *world, uint32_t node, uint32_t count);
/* Switches a miner's mining on or off; while on, it takes part in the race if it has hash power. No
 * effect on other nodes. */
void sim_world_set_mining(SimWorld *world, uint32_t node, bool on);
KetteVerdict sim_world_submit(SimWorld *world, uint32_t tx, uint32_t node);
/* Makes one pool of `count` > 0 nodes, each once, with that strategy (strategy.h); NULL: honest.
 * They leave the pools that they were in; what these hold, this one holds too. `options` may be
 * NULL: all 0. */
void sim_world_set_strategy(SimWorld *world, const uint32_t *nodes, size_t count,
                            const SimStrategy *strategy, const SimStrategyOptions *options);
/* Returns whether the nodes know the same upgrades: a pool has one tree. */
bool sim_world_can_be_pool(const SimWorld *world, const uint32_t *nodes, size_t count);
/* Does to a named block, to SIM_NAMED_TIP (of the node) or SIM_NAMED_GENESIS what an operator may.
 * Returns NULL, or why nothing was to do, as it follows the node's name. */
#define SIM_NAMED_TIP UINT32_MAX
#define SIM_NAMED_GENESIS (UINT32_MAX - 1)
const char *sim_world_act_by_hand(SimWorld *world, uint32_t node, KetteHand hand, uint32_t named);
/* Restarts the node with a version that also knows these upgrades, by bits; records must be kept.
 * Returns NULL, or why that cannot be, as it follows the node's name. */
const char *sim_world_upgrade(SimWorld *world, uint32_t node, uint32_t upgrades);
/* Publishes the oldest `count` blocks that the node's pool holds (0: all); returns how many. */
uint32_t sim_world_release(SimWorld *world, uint32_t node, uint32_t count);
/* Counts the blocks of this node's miner that its pool holds. */
uint32_t sim_world_withheld(const SimWorld *world, uint32_t node);
/* Ends the run: messages in flight get their fate. Returns false, with a report, if the books of
 * the network do not balance. */
bool sim_world_finish(SimWorld *world, GString *report);
/* Returns the first difference between a node and the model, without its time and place; NULL:
 * there is none so far. *ret_detail: the whole of it, a line. Both are borrowed. */
const char *sim_world_model_difference(const SimWorld *world, const char **ret_detail);

#endif
