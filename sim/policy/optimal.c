/* Rounds of value iteration; see optimal.h. */
#include "sim/policy/optimal.h"

#include "sim/policy/assert.h"

#define CLOSE 1e-11 /* shares of two rounds this close: the best is found */
#define ROUNDS_MAX 100

typedef struct {
    guint32 limit;
    bool coin; /* a match works in irrelevant states too */
    bool cash; /* branches that are too long may be paid what no policy can exceed */
} Choice;

static guint
all_actions(RaceState state, gpointer user_data)
{
    const Choice *choice = user_data;
    guint mask = 1u << POLICY_ADOPT | 1u << POLICY_OVERRIDE;

    if (state.a == choice->limit || state.h == choice->limit)
        return mask | (choice->cash ? 1u << RACE_CASH : 0);
    if (state.fork == POLICY_RELEVANT || choice->coin)
        mask |= 1u << POLICY_MATCH;
    return mask | 1u << POLICY_WAIT;
}

static guint
action_of_table(RaceState state, gpointer user_data)
{
    return 1u << policy_table_get(user_data, state.a, state.h, state.fork);
}

static double
share_of(const RaceSum *sum)
{
    return sum->own / (sum->own + sum->others);
}

/* Raises *share to the largest share of the race, and gives the sums of the policy that has it. */
static RaceEnd
raise_share(Race *race, double *share, RaceSum *ret_sum, PolicyShare *result)
{
    double before;

    for (guint round = 0; round < ROUNDS_MAX; round++) {
        RaceSum weights = {.own = 1 - *share, .others = -*share};
        RaceEnd end = race_choose(race, &weights, &result->effort);

        if (end == RACE_CONVERGED)
            end = race_sum(race, ret_sum, &result->effort);
        if (end != RACE_CONVERGED)
            return end;
        result->rounds++;
        before = *share;
        *share = share_of(ret_sum);
        if (*share - before < CLOSE)
            return RACE_CONVERGED;
    }
    return RACE_UNSTEADY;
}

static RaceEnd
find_best(const RaceRules *rules, guint32 limit, PolicyTable *table, PolicyShare *result)
{
    Choice choice = {limit, rules->coin, false};
    g_autoptr(Race) race = race_new(rules, all_actions, &choice);
    RaceEnd end;
    RaceSum sum;

    result->share = rules->alpha;
    result->states = race_states(race);
    end = raise_share(race, &result->share, &sum, result);
    if (end != RACE_CONVERGED)
        return end;
    result->growth = (sum.own + sum.others) / sum.steps;
    race_write_table(race, table);
    return end;
}

static RaceEnd
find_upper(const RaceRules *rules, guint32 limit, PolicyShare *result)
{
    Choice choice = {limit, rules->coin, true};
    g_autoptr(Race) race = race_new(rules, all_actions, &choice);
    RaceSum sum;

    result->upper = result->share;
    return raise_share(race, &result->upper, &sum, result);
}

RaceEnd
policy_optimal(const RaceRules *rules, guint32 limit, PolicyTable *ret_table,
               PolicyShare *ret_share)
{
    RaceEnd end;

    policy_assert(limit >= POLICY_LIMIT_MIN && limit <= POLICY_LIMIT_MAX);
    end = find_best(rules, limit, ret_table, ret_share);
    return end == RACE_CONVERGED ? find_upper(rules, limit, ret_share) : end;
}

RaceEnd
policy_evaluate(const RaceRules *rules, const PolicyTable *table, PolicyShare *ret_share)
{
    g_autoptr(Race) race = race_new(rules, action_of_table, (gpointer)table);
    RaceSum sum;
    RaceEnd end = race_sum(race, &sum, &ret_share->effort);

    if (end != RACE_CONVERGED)
        return end;
    ret_share->states = race_states(race);
    ret_share->share = ret_share->upper = share_of(&sum);
    ret_share->growth = (sum.own + sum.others) / sum.steps;
    return end;
}
