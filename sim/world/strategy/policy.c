/* policy: does what a table says; see sim/policy/table.h. A table that overrides or matches decides
 * again in the state that follows only with the next block.
 */
#include "sim/world/strategy/race.h"
#include "sim/world/strategy/strategies.h"

typedef struct {
    SimRace race;
    const PolicyTable *table;
} Follower;

static void *
begin(SimAgent *agent, const SimStrategyOptions *options)
{
    Follower *f = g_new0(Follower, 1);

    f->table = options->policy;
    sim_race_begin(&f->race, agent);
    return f;
}

static void
act(SimAgent *agent, Follower *f)
{
    sim_race_act(&f->race, agent, policy_table_get(f->table, f->race.a, f->race.h, f->race.fork));
}

static void
on_own_block(SimAgent *agent, const KetteEntry *block)
{
    Follower *f = sim_agent_state(agent);

    if (sim_race_on_own_block(&f->race, block))
        act(agent, f);
}

static void
on_public_block(SimAgent *agent, const KetteEntry *block)
{
    Follower *f = sim_agent_state(agent);

    if (sim_race_on_public_block(&f->race, block))
        act(agent, f);
}

const SimStrategy sim_strategy_policy = {
    .name = "policy",
    .holds = true,
    .begin = begin,
    .end = g_free,
    .on_own_block = on_own_block,
    .on_public_block = on_public_block,
};
