/* The cells that two sweeps have in common: the same values of all params, and the same seed.
 *
 * Results grow by this: a file of fewer points or seeds is part of one of more.
 */
#ifndef SIM_RUN_SWEEP_MAP_H
#define SIM_RUN_SWEEP_MAP_H

#include "sim/run/sweep.h"

typedef struct SimSweepMap SimSweepMap;

/* Borrows both sweeps, which are of one scenario. */
SimSweepMap *sim_sweep_map_new(const SimSweep *from, const SimSweep *to);
void sim_sweep_map_free(SimSweepMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimSweepMap, sim_sweep_map_free)

/* Returns whether `to` has this cell of `from`, and which it is there. */
bool sim_sweep_map_get(const SimSweepMap *map, guint64 cell, guint64 *ret_cell);

#endif
