/* silent and lag: nodes that pass things on never, or late.
 *
 * Both take connections and everything they bring, greet, ask and acknowledge as honest nodes do.
 * What others would learn from them is blocks, headers, payments and addresses, and the
 * announcements of these: `silent` sends none of that, `lag` sends it later. Their own blocks are
 * no exception.
 */
#include "sim/world/strategy/strategies.h"

static SimTime
never(SimAgent *agent, const KetteMessage *message)
{
    (void)agent;
    return sim_strategy_passes_on(message->kind) ? SIM_TIME_NEVER : 0;
}

const SimStrategy sim_strategy_silent = {.name = "silent", .on_send = never};

static void *
begin(SimAgent *agent, const SimStrategyOptions *options)
{
    SimTime *by = g_new(SimTime, 1);

    (void)agent;
    *by = options->by;
    return by;
}

static SimTime
later(SimAgent *agent, const KetteMessage *message)
{
    const SimTime *by = sim_agent_state(agent);

    return sim_strategy_passes_on(message->kind) ? *by : 0;
}

const SimStrategy sim_strategy_lag = {
    .name = "lag", .begin = begin, .end = g_free, .on_send = later};
