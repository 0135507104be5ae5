/* withhold: holds every block of its own until it is told to release it. */
#include "sim/world/strategy/strategies.h"

const SimStrategy sim_strategy_withhold = {.name = "withhold", .holds = true};
