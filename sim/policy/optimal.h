/* Selfish mining: the policy with the largest share of the revenue, and the share of a given one.
 *
 * The share of a policy is own / (own + others) over a cycle (race.h). The best one solves
 *
 *   max over policies of  E[(1 − share) own − share others] = 0
 *
 * (Sapirshtein et al., FC 2016). Value iteration finds the best policy for a given
 * share; the share of that policy is the next. This is Dinkelbach's method for a ratio ("On
 * Nonlinear Fractional Programming", Management Science 13, 1967) in place of the paper's
 * bisection: the shares grow to the largest within a few rounds.
 *
 * Branches of `limit` blocks end: there the pool must adopt or override. This is a policy of the
 * full race, too, so that its share is exact for its table, and a lower bound of the best share.
 * The upper bound comes from a second race, in which branches of `limit` blocks may also be paid
 * what no policy can exceed (cash() in race.c).
 */
#ifndef SIM_POLICY_OPTIMAL_H
#define SIM_POLICY_OPTIMAL_H

#include "sim/policy/race.h"
#include "sim/policy/table.h"

#define POLICY_LIMIT_MIN 2
#define POLICY_LIMIT_MAX 400 /* 320 000 states: 130 MB, and seconds to minutes */

typedef struct {
    double share;      /* of the policy */
    double upper;      /* no policy has a larger share; for a given policy it is `share` */
    double growth;     /* blocks that stay, of those that count */
    guint states;      /* that the policies, or the given one, can reach */
    guint rounds;      /* shares tried, for both bounds */
    RaceEffort effort; /* sweeps over the states, in all */
} PolicyShare;

/* Finds the best policy for branches of up to `limit` blocks. `ret_table` takes its rows. The tick
 * of `ret_share->effort` is set by the caller. */
RaceEnd policy_optimal(const RaceRules *rules, guint32 limit, PolicyTable *ret_table,
                       PolicyShare *ret_share) G_GNUC_WARN_UNUSED_RESULT;

/* Works out the share of a policy. Its states without a row count as table.h says, so that there is
 * no limit. */
RaceEnd policy_evaluate(const RaceRules *rules, const PolicyTable *table,
                        PolicyShare *ret_share) G_GNUC_WARN_UNUSED_RESULT;

#endif
