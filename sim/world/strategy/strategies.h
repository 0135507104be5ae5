/* One line for each strategy of this folder; strategy.c finds them by name. */
#ifndef SIM_WORLD_STRATEGY_STRATEGIES_H
#define SIM_WORLD_STRATEGY_STRATEGIES_H

#include "sim/world/strategy/strategy.h"

extern const SimStrategy sim_strategy_selfish;
extern const SimStrategy sim_strategy_stubborn;
extern const SimStrategy sim_strategy_policy;
extern const SimStrategy sim_strategy_double_spend;
extern const SimStrategy sim_strategy_withhold;
extern const SimStrategy sim_strategy_timewarp;
extern const SimStrategy sim_strategy_hop;
extern const SimStrategy sim_strategy_silent;
extern const SimStrategy sim_strategy_lag;
extern const SimStrategy sim_strategy_spam;
extern const SimStrategy sim_strategy_liar;

#endif
