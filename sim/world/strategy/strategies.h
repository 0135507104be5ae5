/* One line for each strategy of this folder; strategy.c finds them by name. */
#ifndef SIM_WORLD_STRATEGY_STRATEGIES_H
#define SIM_WORLD_STRATEGY_STRATEGIES_H

#include "sim/world/strategy/strategy.h"

extern const SimStrategy sim_strategy_withhold;

#endif
