/* A world: nodes of the real chain code on a simulated network, with wallets and a mining race.
 *
 * The one place where core/ meets the engine. A world is built (wallets, nodes, edges,
 * transactions), started, and then driven by running its engine; whoever drives it may mine,
 * submit, switch mining and cut the network between events. Nodes share one store unless
 * `isolate`; messages go as objects unless `wire`. Neither changes what happens.
 *
 * This header makes a world and drives it. What else can be done to one stands beside it: fault.h
 * (crashes, pauses, cuts), load.h (payments), tree.h (blocks by hand), strategy/strategy.h (miners
 * that do not follow the rules), observe.h (what can be asked).
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
    SimBandwidth bandwidth;
    uint32_t block_bytes, compact_bytes; /* charged to links instead of the real sizes; 0: not */
    uint32_t refetch_bytes;              /* the same for what a compact block lacked */
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
/* Ends the run: messages in flight meet their fate. False, with a report, when the books of the
 * network do not balance. */
bool sim_world_finish(SimWorld *world, GString *report);

#endif
