/* selfish: Eyal and Sirer, "Majority is not Enough: Bitcoin Mining is Vulnerable" (FC 2014),
 * algorithm 1.
 *
 *     the pool finds a block      a = h + 1 after a tie: publish the branch; else keep it secret
 *     others find a block         a < h: adopt it
 *                                 a = h: publish the branch; the two tie
 *                                 a = h + 1: publish the branch, which wins
 *                                 a > h + 1: publish as far as the public branch is long
 */
#include "sim/world/strategy/race.h"
#include "sim/world/strategy/strategies.h"

static void *
begin(SimAgent *agent, const SimStrategyOptions *options)
{
    SimRace *race = g_new0(SimRace, 1);

    (void)options;
    sim_race_begin(race, agent);
    return race;
}

static void
on_own_block(SimAgent *agent, const KetteEntry *block)
{
    SimRace *race = sim_agent_state(agent);

    if (!sim_race_on_own_block(race, block))
        return;
    sim_race_act(race, agent,
                 race->h > 0 && race->a == race->h + 1 ? POLICY_OVERRIDE : POLICY_WAIT);
}

static void
on_public_block(SimAgent *agent, const KetteEntry *block)
{
    SimRace *race = sim_agent_state(agent);
    PolicyAction action;

    if (!sim_race_on_public_block(race, block))
        return;
    action = race->a < race->h        ? POLICY_ADOPT
             : race->a == race->h + 1 ? POLICY_OVERRIDE
                                      : POLICY_MATCH;
    sim_race_act(race, agent, action);
}

const SimStrategy sim_strategy_selfish = {
    .name = "selfish",
    .holds = true,
    .begin = begin,
    .end = g_free,
    .on_own_block = on_own_block,
    .on_public_block = on_public_block,
};
