/* stubborn: Nayak, Kumar, Miller and Shi, "Stubborn Mining: Generalizing Selfish Mining and
 * Combining with an Eclipse Attack" (EuroS&P 2016, section 3). As selfish, but
 *
 *     lead         one block ahead after a block of others, it matches and does not override
 *     equal-fork   when it finds the next block of a tie, it keeps it secret
 *     trail = j    it gives its branch up only more than j blocks behind; when it has caught up
 *                  it publishes its branch, which then ties
 */
#include "sim/world/strategy/race.h"
#include "sim/world/strategy/strategies.h"

typedef struct {
    SimRace race;
    bool lead, equal_fork;
    uint32_t trail;
} Stubborn;

static void *
begin(SimAgent *agent, const SimStrategyOptions *options)
{
    Stubborn *s = g_new0(Stubborn, 1);

    s->lead = options->lead;
    s->equal_fork = options->equal_fork;
    s->trail = options->trail;
    sim_race_begin(&s->race, agent);
    return s;
}

static void
on_own_block(SimAgent *agent, const KetteEntry *block)
{
    Stubborn *s = sim_agent_state(agent);
    const SimRace *race = &s->race;
    PolicyAction action = POLICY_WAIT;

    if (!sim_race_on_own_block(&s->race, block))
        return;
    if (race->h > 0 && race->a == race->h)
        action = POLICY_MATCH;
    else if (race->h > 0 && race->a == race->h + 1 && !s->equal_fork)
        action = POLICY_OVERRIDE;
    sim_race_act(&s->race, agent, action);
}

static void
on_public_block(SimAgent *agent, const KetteEntry *block)
{
    Stubborn *s = sim_agent_state(agent);
    const SimRace *race = &s->race;
    PolicyAction action = POLICY_MATCH;

    if (!sim_race_on_public_block(&s->race, block))
        return;
    if (race->a == 0 || race->a + s->trail < race->h)
        action = POLICY_ADOPT;
    else if (race->a < race->h)
        action = POLICY_WAIT;
    else if (race->a == race->h + 1 && !s->lead)
        action = POLICY_OVERRIDE;
    sim_race_act(&s->race, agent, action);
}

const SimStrategy sim_strategy_stubborn = {
    .name = "stubborn",
    .holds = true,
    .begin = begin,
    .end = g_free,
    .on_own_block = on_own_block,
    .on_public_block = on_public_block,
};
