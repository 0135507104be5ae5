/* The table of strategies; see strategy.h. */
#include "sim/world/strategy/strategy.h"

#include "sim/world/strategy/strategies.h"

#include <string.h>

static const SimStrategy *const strategies[] = {
    &sim_strategy_selfish,      &sim_strategy_stubborn, &sim_strategy_policy,
    &sim_strategy_double_spend, &sim_strategy_withhold, &sim_strategy_timewarp,
    &sim_strategy_hop,          &sim_strategy_silent,   &sim_strategy_lag,
    &sim_strategy_spam,         &sim_strategy_liar,
};

const SimStrategy *
sim_strategy_get(size_t index)
{
    return index < G_N_ELEMENTS(strategies) ? strategies[index] : NULL;
}

const SimStrategy *
sim_strategy_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(strategies); i++) {
        if (strcmp(strategies[i]->name, name) == 0)
            return strategies[i];
    }
    return NULL;
}
