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

static const bool passes_on[KETTE_MSG_COUNT] = {
    [KETTE_MSG_NEW_TRANSACTION] = true, [KETTE_MSG_NEW_BLOCK] = true,
    [KETTE_MSG_RESPONSE_CHAIN] = true,  [KETTE_MSG_SYNC_RESPONSE] = true,
    [KETTE_MSG_PEER_LIST] = true,       [KETTE_MSG_INVENTORY] = true,
    [KETTE_MSG_NOT_FOUND] = true,       [KETTE_MSG_COMPACT_BLOCK] = true,
    [KETTE_MSG_BLOCK_TXS] = true,
};

bool
sim_strategy_passes_on(KetteMessageKind kind)
{
    return passes_on[kind];
}
