/* Double spending for gain: what an attempt earns, and the value from which it pays.
 *
 * The race is that of race.h; sums are absolute, in block rewards (Gervais et al., "On the Security
 * and Performance of Proof of Work Blockchains", CCS 2016, on double spending). The
 * payment is in the first public block after the branches part; a match or override that wins
 * before it counts starts anew. A further action ends the cycle: `spend` publishes the whole
 * branch, for its a blocks and the value of the payment. It is possible
 *
 *   by length    when a > h and a > k: the published rule. The public branch may still be shorter
 *                than k; it is taken to reach k before it overtakes
 *   when seen    when a > h and h >= k: the merchant has seen k confirmations on the public branch
 *
 * With gamma 0 both give the same, as a pool that is ahead loses nothing by waiting.
 *
 * The pool could mine honestly instead, for alpha rewards a block that counts. Costs of mining fall
 * on both alike. So an attempt gains, compared with honest mining,
 *
 *   gain = own + spends value − alpha steps
 *
 * and pays if the best policy's gain is above 0. The break-even value is the least
 * (alpha steps − own) / spends of any policy that spends; Dinkelbach's method (optimal.h) reaches
 * it from above. The authors' program discounts rewards by 0.999 a block; here nothing is
 * discounted.
 *
 * Branches of `limit` blocks end, so that the gain is a lower bound and the break-even value an
 * upper bound.
 */
#ifndef SIM_POLICY_SPEND_H
#define SIM_POLICY_SPEND_H

#include "sim/policy/race.h"

typedef enum { POLICY_BY_LENGTH, POLICY_WHEN_SEEN, POLICY_SPEND_RULES } PolicySpendRule;
extern const char *const policy_spend_rule_names[];

#define POLICY_CONFIRMATIONS_MAX 100

typedef struct {
    RaceRules race;
    guint32 limit;         /* above confirmations + 1 */
    guint32 confirmations; /* 1 or more */
    PolicySpendRule rule;
} PolicySpendRules;

typedef struct {
    double gain; /* compared with honest mining over the same time; 0: an attempt does not pay */
    RaceSum sum; /* of an attempt; `own` are blocks alone */
    guint states;
    guint rounds;
    RaceEffort effort;
} PolicySpend;

/* Finds the best attempt for a payment of this value. */
RaceEnd policy_spend(const PolicySpendRules *rules, double value,
                     PolicySpend *ret_spend) G_GNUC_WARN_UNUSED_RESULT;

/* Finds the least value for which an attempt pays; infinity if none up to POLICY_VALUE_MAX does.
 * `ret_spend` is the attempt that gains 0 with it. */
#define POLICY_VALUE_MAX 1e30
RaceEnd policy_break_even(const PolicySpendRules *rules, double *ret_value,
                          PolicySpend *ret_spend) G_GNUC_WARN_UNUSED_RESULT;

#endif
