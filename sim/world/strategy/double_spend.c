/* double-spend: pays in public, mines in secret from the block before, with another payment of the
 * same money in its first block, and publishes that branch when the first payment has its
 * confirmations and the secret branch is longer (Nakamoto, "Bitcoin: A Peer-to-Peer Electronic Cash
 * System", 2008, section 11; without the block that some analyses let the attacker have before).
 *
 *     honest   until `from`; and after the end
 *     secret   from then on. give-up behind: end, the branch is dropped. Ahead, and `pay` has
 *              `confirmations` on the public branch: end, the branch is published
 */
#include "sim/world/strategy/race.h"
#include "sim/world/strategy/strategies.h"

typedef struct {
    SimRace race;
    bool is_on;
    uint32_t pay, confirmations, give_up;
    uint32_t back;
} Attack;

static void *
begin(SimAgent *agent, const SimStrategyOptions *options)
{
    Attack *attack = g_new0(Attack, 1);

    attack->pay = options->pay;
    attack->back = options->back;
    attack->confirmations = options->confirmations;
    attack->give_up = options->give_up;
    sim_agent_wake(agent, MAX(options->from - sim_agent_now(agent), 1));
    return attack;
}

static void
on_wake(SimAgent *agent)
{
    Attack *attack = sim_agent_state(agent);
    KetteVerdict verdict = sim_agent_pay(agent, attack->pay);

    if (verdict != KETTE_OK) {
        sim_agent_explain(agent, "the payment was refused: %s", kette_verdict_name(verdict));
        return;
    }
    sim_race_begin(&attack->race, agent);
    attack->is_on = true;
    sim_agent_hold(agent, true);
}

static bool
holds_tx(const KetteBlock *block, const KetteHash *id)
{
    for (uint32_t i = 0; i < block->tx_count; i++) {
        if (kette_hash_equal(&block->txs[i]->id, id))
            return true;
    }
    return false;
}

/* Returns the confirmations of the payment on the public branch. */
static uint32_t
confirmations(const SimAgent *agent, const Attack *attack)
{
    const KetteHash *id = &sim_agent_tx(agent, attack->pay)->id;
    const KetteEntry *entry = attack->race.public;

    for (uint32_t count = 1; count <= attack->race.h; count++, entry = entry->parent) {
        if (holds_tx(entry->block, id))
            return count;
    }
    return 0;
}

static void
end_attack(SimAgent *agent, Attack *attack)
{
    attack->is_on = false;
    sim_agent_hold(agent, false);
    sim_agent_mine_on_tip(agent);
}

static void
judge(SimAgent *agent, Attack *attack)
{
    SimRace *race = &attack->race;

    if (race->h >= race->a + attack->give_up) {
        sim_agent_drop(agent);
        end_attack(agent, attack);
    } else if (race->a > race->h && confirmations(agent, attack) >= attack->confirmations) {
        (void)sim_agent_publish(agent, 0);
        end_attack(agent, attack);
    } else {
        sim_agent_mine_on(agent, race->own);
    }
}

static void
on_own_block(SimAgent *agent, const KetteEntry *block)
{
    Attack *attack = sim_agent_state(agent);

    if (attack->is_on && sim_race_on_own_block(&attack->race, block))
        judge(agent, attack);
}

static void
on_public_block(SimAgent *agent, const KetteEntry *block)
{
    Attack *attack = sim_agent_state(agent);

    if (attack->is_on && sim_race_on_public_block(&attack->race, block))
        judge(agent, attack);
}

static void
plan(SimAgent *agent, const KetteEntry *base, SimPlan *plan)
{
    const Attack *attack = sim_agent_state(agent);

    (void)base;
    if (!attack->is_on)
        return;
    plan->is_bare = true;
    plan->tx = sim_agent_tx(agent, attack->back); /* after the first block it is left out */
}

const SimStrategy sim_strategy_double_spend = {
    .name = "double-spend",
    .begin = begin,
    .end = g_free,
    .on_own_block = on_own_block,
    .on_public_block = on_public_block,
    .on_wake = on_wake,
    .plan = plan,
};
