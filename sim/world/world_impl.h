/* What world.c, host.c and mining.c share: the world itself. Nobody else includes this. */
#ifndef SIM_WORLD_WORLD_IMPL_H
#define SIM_WORLD_WORLD_IMPL_H

#include "sim/engine/random.h"
#include "sim/world/ledger.h"
#include "sim/world/world.h"

/* One node and what stands around it. */
typedef struct {
    SimWorld *world;
    uint32_t index;
    KetteNode *node;
    KetteStore *store; /* its own when isolated, else the world's */
    uint64_t key;      /* of its name: the source of its timers */
    uint32_t counter;  /* of its timers */
    SimRandom random;  /* what the node itself draws */
    SimHandle timers[KETTE_TIMER_COUNT];
    /* the race */
    SimRandom mining_random;
    uint64_t share_num, share_den; /* num 0: no hash power */
    bool is_miner;
    bool mining;
    uint32_t mining_bits; /* the difficulty that the pending draw is for */
    KetteBlock *ground;   /* with real proof of work: the block that is due, on the present tip */
    SimHandle mining_timer;
    uint64_t reorgs, max_reorg, mined;
} SimHost;

typedef struct {
    char *name;
    KetteKey *key;
    KetteAddress address;
    uint64_t funds;
} SimWallet;

typedef struct {
    char *name;
    KetteTx *tx;
} SimTx;

struct SimWorld {
    SimWorldConfig config;
    SimEngine *engine;
    SimNet *net;
    KetteHasher *hasher;
    KetteStore *store; /* shared; also the one whose genesis speaks for all */
    GPtrArray *hosts;  /* SimHost, by node */
    GArray *slots;     /* uint32_t by directed edge: the peer number that its source gives it */
    GPtrArray *wallets;
    GPtrArray *txs;
    GArray *watchers;
    SimLedger ledger;
    uint8_t timer_handler, mining_handler;
    bool started, finished;
};

SimHost *sim_world_host(const SimWorld *world, uint32_t node);
void sim_world_tell(SimWorld *world, const SimFact *fact);

/* host.c */
KetteHost sim_host_door(SimHost *host);
SimNetOps sim_host_net_ops(SimWorld *world);
void sim_host_on_timer(void *world, const SimEvent *event);

/* mining.c */
void sim_mining_on_event(void *world, const SimEvent *event);
/* Draws the time to the node's next block if it mines and none is drawn for this difficulty. */
void sim_mining_arm(SimHost *host);
void sim_mining_stop(SimHost *host);

#endif
