/* withhold: holds every block of its own until it is told to release it. */
#include "sim/world/strategy/strategies.h"

static bool
hold(SimAgent *agent, const KetteEntry *block)
{
    (void)agent;
    (void)block;
    return false;
}

const SimStrategy sim_strategy_withhold = {
    .name = "withhold",
    .on_own_block = hold,
};
