/* Double spends: against closed forms, and the values from which they pay. */
#include "sim/policy/spend.h"
#include "tests/harness/harness.h"

#define LIMIT 60

static PolicySpendRules
rules_of(double alpha, double gamma, guint32 confirmations, PolicySpendRule rule)
{
    return (PolicySpendRules){{alpha, gamma, false}, LIMIT, confirmations, rule};
}

static double
power(double base, guint exponent)
{
    double result = 1;

    while (exponent-- > 0)
        result *= base;
    return result;
}

/* The probability that a pool which never gives up gets ahead of k confirmations. It has found i
 * blocks when the others find their k-th, by a negative binomial law, and is then k + 1 − i behind
 * the lead that it needs (Grunspan and Pérez-Marco, "Double Spend Races", 2018, for a pool without
 * a head start; theirs needs a tie, this one a longer branch). */
static double
success(double q, guint k)
{
    double p = 1 - q, law = power(p, k), sum = 0;

    for (guint i = 0; i < k + 300; i++) {
        sum += i <= k ? law * power(q / p, k + 1 - i) : law;
        law *= q * (k + i) / (i + 1);
    }
    return sum;
}

/* A payment beyond all costs is worth every chance. */
static void
test_success(void)
{
    static const guint32 confirmations[] = {1, 2, 4, 6};

    for (double q = 0.1; q < 0.35; q += 0.1) {
        for (guint i = 0; i < G_N_ELEMENTS(confirmations); i++) {
            PolicySpendRules rules = rules_of(q, 0, confirmations[i], POLICY_WHEN_SEEN);
            PolicySpend spend = {0};

            CU_ASSERT_EQUAL_FATAL(policy_spend(&rules, 1e25, &spend), RACE_CONVERGED);
            CU_ASSERT_DOUBLE_EQUAL(spend.sum.spends, success(q, confirmations[i]), 1e-6);
        }
    }
}

static double
break_even(const PolicySpendRules *rules, PolicySpend *ret_spend)
{
    double value = 0;

    *ret_spend = (PolicySpend){0};
    CU_ASSERT_EQUAL_FATAL(policy_break_even(rules, &value, ret_spend), RACE_CONVERGED);
    return value;
}

/* Values from a program of its own, with stale blocks as steps that change no state and cost what
 * honest mining earns (published rule; limit 14). */
static void
test_values(void)
{
    PolicySpendRules rules = {{0.3, 0, false}, 14, 2, POLICY_BY_LENGTH};
    PolicySpend spend;

    CU_ASSERT_DOUBLE_EQUAL(break_even(&rules, &spend), 2.510699, 2e-6);
    rules.race = (RaceRules){policy_race_alpha(0.3, 0.1), 0.5, false};
    rules.confirmations = 3;
    CU_ASSERT_DOUBLE_EQUAL(break_even(&rules, &spend), 2.345184, 2e-6);
}

/* Just below the value honest mining is best, just above it an attempt gains. */
static void
test_break_even(void)
{
    double before = 0;

    for (guint32 k = 1; k <= 12; k++) {
        PolicySpendRules rules = rules_of(0.25, 0.5, k, POLICY_WHEN_SEEN);
        PolicySpend spend, below = {0}, above = {0};
        double value = break_even(&rules, &spend);

        CU_ASSERT_TRUE(value > before);
        before = value;
        CU_ASSERT_DOUBLE_EQUAL(spend.sum.own + spend.sum.spends * value - 0.25 * spend.sum.steps, 0,
                               1e-9);
        CU_ASSERT_EQUAL(policy_spend(&rules, value * 0.999, &below), RACE_CONVERGED);
        CU_ASSERT_EQUAL(policy_spend(&rules, value * 1.001, &above), RACE_CONVERGED);
        CU_ASSERT_DOUBLE_EQUAL(below.gain, 0, 1e-9);
        CU_ASSERT_EQUAL(below.sum.spends, 0);
        CU_ASSERT_TRUE(above.gain > 1e-6 && above.sum.spends > 0);
    }
}

/* With gamma 0 the two rules are the same; with more, a match can win too early. */
static void
test_rules(void)
{
    for (guint32 k = 1; k <= 6; k++) {
        PolicySpendRules length = rules_of(0.3, 0, k, POLICY_BY_LENGTH), seen = length;
        PolicySpend spend;

        seen.rule = POLICY_WHEN_SEEN;
        CU_ASSERT_DOUBLE_EQUAL(break_even(&length, &spend) / break_even(&seen, &spend), 1, 1e-8);
        length.race.gamma = seen.race.gamma = 0.5;
        CU_ASSERT_TRUE(break_even(&length, &spend) <= break_even(&seen, &spend) + 1e-9);
    }
}

/* A pool that mines selfishly with gain anyway... does so after the difficulty has fallen; over the
 * same blocks it gains nothing. */
static void
test_no_payment(void)
{
    PolicySpendRules rules = rules_of(0.4, 0.9, 2, POLICY_WHEN_SEEN);
    PolicySpend spend = {0};

    CU_ASSERT_EQUAL(policy_spend(&rules, 0, &spend), RACE_CONVERGED);
    CU_ASSERT_DOUBLE_EQUAL(spend.gain, 0, 1e-9);
}

/* A chance of 10^-20 is no 0. */
static void
test_rare(void)
{
    PolicySpendRules rules = rules_of(0.01, 0, 10, POLICY_WHEN_SEEN);
    PolicySpend spend;
    double value = break_even(&rules, &spend);

    CU_ASSERT_TRUE(value > 1e10 && value < 1e25);
    CU_ASSERT_TRUE(spend.sum.spends > 0);
    spend = (PolicySpend){0};
    CU_ASSERT_EQUAL_FATAL(policy_spend(&rules, 1e29, &spend), RACE_CONVERGED);
    CU_ASSERT_DOUBLE_EQUAL(spend.sum.spends / success(0.01, 10), 1, 1e-6);
}

TEST_SUITE(policy_spend, {"success", test_success}, {"values", test_values},
           {"break even", test_break_even}, {"rules", test_rules}, {"no payment", test_no_payment},
           {"rare", test_rare})
