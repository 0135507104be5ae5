/* A live node's part in the race for blocks.
 *
 * With simulated proof of work a block comes after a drawn time (core/node/race.h). With real proof
 * of work the nonces are tried in one go, which keeps the node busy for at most about half a second
 * on average (KETTE_GRIND_BITS), and the block is shown when a miner with this share of the hash
 * power would have tried as many.
 */
#ifndef SIM_LIVE_MINER_H
#define SIM_LIVE_MINER_H

#include "core/node/node.h"
#include "sim/live/clock.h"

#include <glib.h>

typedef struct LiveMiner LiveMiner;

typedef struct {
    KetteNode *node;        /* borrowed */
    KetteStore *store;      /* borrowed */
    const LiveClock *clock; /* borrowed */
    /* Returns 64 uniform random bits. */
    uint64_t (*random)(void *user);
    /* Called after the miner has called into the node. */
    void (*acted)(void *user);
    void *user;
} LiveMinerSpec;

LiveMiner *live_miner_new(const LiveMinerSpec *spec);
void live_miner_free(LiveMiner *miner);
/* Sets the share of the hash power; with num 0 the node does not mine. */
void live_miner_set_share(LiveMiner *miner, uint64_t num, uint64_t den);
void live_miner_set_clock_offset(LiveMiner *miner, int64_t offset_ns);
/* Adapts to a tip or a difficulty that may have changed. Reads the node and does not change it. */
void live_miner_arm(LiveMiner *miner);

#endif
