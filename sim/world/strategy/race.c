/* See race.h. */
#include "sim/world/strategy/race.h"

static void
measure(SimRace *race)
{
    const KetteEntry *common = kette_entry_common(race->own, race->public);

    race->a = (uint32_t)(race->own->height - common->height);
    race->h = (uint32_t)(race->public->height - common->height);
}

void
sim_race_begin(SimRace *race, SimAgent *agent)
{
    race->own = race->public = sim_agent_tip(agent);
    race->fork = POLICY_IRRELEVANT;
    measure(race);
    sim_agent_mine_on(agent, race->own);
}

bool
sim_race_on_own_block(SimRace *race, const KetteEntry *block)
{
    if (block->parent != race->own)
        return false;
    race->own = block;
    measure(race);
    if (race->fork != POLICY_ACTIVE)
        race->fork = POLICY_IRRELEVANT;
    return true;
}

bool
sim_race_on_public_block(SimRace *race, const KetteEntry *block)
{
    if (kette_u256_compare(&block->work, &race->public->work) <= 0)
        return false;
    race->public = block;
    measure(race);
    race->fork = POLICY_RELEVANT;
    return true;
}

/* Publishes what is held of the own branch, up to `length` blocks after the common one. */
static void
publish(SimRace *race, SimAgent *agent, uint32_t length)
{
    const KetteEntry *last = kette_entry_ancestor(race->own, race->own->height - race->a + length);

    (void)sim_agent_publish_branch(agent, last);
    if (kette_u256_compare(&last->work, &race->public->work) > 0) {
        race->public = last;
        race->fork = POLICY_IRRELEVANT;
    } else {
        race->fork = POLICY_ACTIVE;
    }
    measure(race);
}

void
sim_race_act(SimRace *race, SimAgent *agent, PolicyAction action)
{
    switch (action) {
    case POLICY_ADOPT:
        sim_agent_drop(agent);
        race->own = race->public;
        race->fork = POLICY_IRRELEVANT;
        measure(race);
        break;
    case POLICY_OVERRIDE:
        publish(race, agent, MIN(race->h + 1, race->a));
        break;
    case POLICY_MATCH:
        publish(race, agent, MIN(race->h, race->a));
        break;
    default:
        break;
    }
    sim_agent_mine_on(agent, race->own);
}
