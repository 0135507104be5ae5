/* timewarp: dates blocks so that windows of the retarget overlap less than they should. Each window
 * of `epoch` is measured from its own first block to its last, so the time between windows counts
 * for none (ArtForz, 2010; Murch, "Consensus cleanup", BIP 54).
 *
 *     the last block of a window    as late as others accept: max-future ahead of the clock
 *     every other block             as early as the rules allow: the median time + 1 s, or later
 *                                   where `timewarp-guard` or `window-order` hold
 */
#include "core/chain/rules.h"
#include "sim/world/strategy/strategies.h"

static void
plan(SimAgent *agent, const KetteEntry *base, SimPlan *plan)
{
    const KetteParams *params = sim_agent_params(agent);
    int64_t earliest = (kette_rules_earliest_time(params, base) - params->genesis_time) * SIM_S;

    if ((base->height + 2) % params->window == 0)
        plan->now_ns = sim_time_add(plan->now_ns, params->max_future_s * SIM_S);
    else
        plan->now_ns = MIN(plan->now_ns, earliest);
}

const SimStrategy sim_strategy_timewarp = {.name = "timewarp", .plan = plan};
