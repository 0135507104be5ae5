/* Gives nodes the strategies of a scenario. */
#ifndef SIM_RUN_STRATEGY_H
#define SIM_RUN_STRATEGY_H

#include "sim/scenario/model.h"
#include "sim/world/world.h"

/* Makes a pool of the nodes, or each its own as the strategy says; SCN_NONE: each is honest. Unless
 * it `may_idle`, sim_world_idle_strategies() tells of it if it does nothing. */
void sim_strategy_set(SimWorld *world, const ScnScenario *scenario, guint32 strategy,
                      const uint32_t *nodes, size_t count, bool may_idle);
/* Does it for all nodes, before the start. */
void sim_strategy_set_all(SimWorld *world, const ScnScenario *scenario);

#endif
