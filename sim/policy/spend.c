/* Value iteration with one more action; see spend.h. */
#include "sim/policy/spend.h"

#include "sim/policy/assert.h"

#include <math.h>

#define CLOSE 1e-10 /* values of two rounds this close, in parts: the least is found */
#define ROUNDS_MAX 100

const char *const policy_spend_rule_names[] = {"by length", "when seen", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(policy_spend_rule_names) == POLICY_SPEND_RULES + 1);

static bool
can_spend(const PolicySpendRules *rules, RaceState state)
{
    if (state.a <= state.h)
        return false;
    return rules->rule == POLICY_BY_LENGTH ? state.a > rules->confirmations
                                           : state.h >= rules->confirmations;
}

static guint
actions_of(RaceState state, gpointer user_data)
{
    const PolicySpendRules *rules = user_data;
    guint mask = 1u << POLICY_ADOPT | 1u << POLICY_OVERRIDE;

    if (can_spend(rules, state))
        mask |= 1u << RACE_SPEND;
    if (state.a == rules->limit || state.h == rules->limit)
        return mask;
    if (state.fork == POLICY_RELEVANT || rules->race.coin)
        mask |= 1u << POLICY_MATCH;
    return mask | 1u << POLICY_WAIT;
}

static Race *
race_of(const PolicySpendRules *rules, PolicySpend *ret_spend)
{
    Race *race;

    policy_assert(rules->confirmations >= 1 && rules->limit > rules->confirmations + 1);
    race = race_new(&rules->race, actions_of, (gpointer)rules);
    ret_spend->states = race_states(race);
    return race;
}

/* Finds the best attempt at this value, and its gain. */
static RaceEnd
best_attempt(Race *race, double alpha, double value, PolicySpend *spend)
{
    RaceSum weights = {.own = 1, .steps = -alpha, .spends = value};
    RaceEnd end = race_choose(race, &weights, &spend->effort);

    if (end == RACE_CONVERGED)
        end = race_sum(race, &spend->sum, &spend->effort);
    spend->gain = spend->sum.own + spend->sum.spends * value - alpha * spend->sum.steps;
    spend->rounds++;
    return end;
}

RaceEnd
policy_spend(const PolicySpendRules *rules, double value, PolicySpend *ret_spend)
{
    g_autoptr(Race) race = race_of(rules, ret_spend);

    return best_attempt(race, rules->race.alpha, value, ret_spend);
}

RaceEnd
policy_break_even(const PolicySpendRules *rules, double *ret_value, PolicySpend *ret_spend)
{
    g_autoptr(Race) race = race_of(rules, ret_spend);
    double alpha = rules->race.alpha, value = POLICY_VALUE_MAX;
    RaceSum last = {0};

    *ret_value = INFINITY;
    for (guint round = 0; round < ROUNDS_MAX; round++) {
        RaceEnd end = best_attempt(race, alpha, value, ret_spend);
        const RaceSum *sum = &ret_spend->sum;
        double before = value;

        if (end != RACE_CONVERGED)
            return end;
        if (sum->spends > 0) {
            last = *sum;
            *ret_value = value = (alpha * sum->steps - sum->own) / sum->spends;
        }
        /* An attempt that never spends is honest mining: no lower value pays either. */
        if (sum->spends == 0 || value > before * (1 - CLOSE)) {
            ret_spend->sum = last;
            ret_spend->gain = 0;
            return RACE_CONVERGED;
        }
    }
    return RACE_UNSTEADY;
}
