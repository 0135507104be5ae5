/* The race between the branch of a pool and the public one: what strategies that withhold blocks
 * share.
 *
 *     common - o - o - o        own: a = 3, of which the first may be published
 *            \ x - x            public: h = 2
 *
 * The public branch is the heaviest chain that the pool knows from others; of equals the one that
 * it heard of first. What the pool has published becomes the public branch once it is heavier. The
 * own branch ends in the block on which the pool's miners build. It is the public one until the
 * pool finds a block.
 */
#ifndef SIM_WORLD_STRATEGY_RACE_H
#define SIM_WORLD_STRATEGY_RACE_H

#include "sim/world/strategy/strategy.h"

typedef struct {
    const KetteEntry *own, *public; /* the last block of each branch */
    uint32_t a, h;                  /* blocks of each since the last common one */
    PolicyFork fork;                /* what a match would do: see sim/policy/table.h */
} SimRace;

/* Begins at the tip; the pool's miners build there. */
void sim_race_begin(SimRace *race, SimAgent *agent);

/* Follows a block that the pool made; returns false if it does not continue the own branch. */
bool sim_race_on_own_block(SimRace *race, const KetteEntry *block);
/* Follows a block from elsewhere; returns false if it does not end the public branch now. */
bool sim_race_on_public_block(SimRace *race, const KetteEntry *block);

/* The actions. Adopt gives up what is held and builds on the public branch; override publishes the
 * own branch up to h + 1 blocks, match up to h. */
void sim_race_act(SimRace *race, SimAgent *agent, PolicyAction action);

#endif
