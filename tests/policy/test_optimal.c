/* Shares of the revenue: published figures, closed forms, and bounds. */
#include "sim/policy/optimal.h"
#include "tests/harness/harness.h"

/* Expects the share as it is printed with so many digits. */
static void
is_share(double share, int digits, const char *want)
{
    g_autofree char *got = g_strdup_printf("%.*f", digits, share);

    TEST_STR_EQUAL(got, want);
}

static PolicyShare
best(double alpha, double gamma, bool coin, guint32 limit, PolicyTable *table)
{
    RaceRules rules = {alpha, gamma, coin};
    PolicyShare share = {0};
    RaceEnd end = policy_optimal(&rules, limit, table, &share);

    CU_ASSERT_EQUAL_FATAL(end, RACE_CONVERGED);
    CU_ASSERT_TRUE(share.upper >= share.share - 1e-9);
    return share;
}

static double
evaluate(double alpha, double gamma, bool coin, const PolicyTable *table)
{
    RaceRules rules = {alpha, gamma, coin};
    PolicyShare share = {0};
    RaceEnd end = policy_evaluate(&rules, table, &share);

    CU_ASSERT_EQUAL_FATAL(end, RACE_CONVERGED);
    return share.share;
}

static void
optimal_is(double alpha, double gamma, bool coin, guint32 limit, int digits, const char *want)
{
    g_autoptr(PolicyTable) table = policy_table_new(limit);
    PolicyShare share = best(alpha, gamma, coin, limit, table);

    is_share(share.share, digits, want);
    /* Its table earns the same. */
    CU_ASSERT_DOUBLE_EQUAL(evaluate(alpha, gamma, coin, table), share.share, 1e-9);
}

/* Sapirshtein et al., table 2 and their figures; a longer limit where the figure needs it. */
static void
test_published(void)
{
    optimal_is(0.35, 0, false, 60, 4, "0.3708");
    optimal_is(0.35, 0, false, 60, 5, "0.37077");
    optimal_is(0.40, 0, false, 80, 5, "0.48865");
    optimal_is(0.45, 0, false, 150, 4, "0.6697");
    optimal_is(0.30, 0.5, false, 30, 5, "0.32687");
    optimal_is(1.0 / 3, 0.5, false, 40, 5, "0.39183");
    optimal_is(0.35, 0.5, false, 60, 5, "0.43018");
    optimal_is(0.40, 0.5, false, 60, 5, "0.57251");
    optimal_is(0.45, 0.5, false, 80, 5, "0.75964");
}

/* With gamma 1 the pool loses no block: alpha / (1 − alpha). */
static void
test_all_follow(void)
{
    optimal_is(0.10, 1, false, 40, 5, "0.11111");
    optimal_is(0.25, 1, false, 40, 5, "0.33333");
    optimal_is(0.40, 1, false, 60, 5, "0.66667");
}

static void
test_coin(void)
{
    optimal_is(0.25, 0.5, true, 30, 4, "0.2581");
    optimal_is(0.30, 0.5, true, 30, 5, "0.33986");
    optimal_is(0.35, 0.5, true, 60, 5, "0.45060");
    optimal_is(0.40, 0.5, true, 60, 5, "0.59564");
    optimal_is(0.45, 0.5, true, 80, 5, "0.77739");
}

/* Below the threshold the best policy publishes at once. */
static void
test_small_pool(void)
{
    g_autoptr(PolicyTable) table = policy_table_new(20);
    PolicyShare share = best(0.24, 0.5, false, 20, table);

    CU_ASSERT_DOUBLE_EQUAL(share.share, 0.24, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(share.upper, 0.24, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(share.growth, 1, 1e-12);
    CU_ASSERT_EQUAL(policy_table_get(table, 1, 0, POLICY_IRRELEVANT), POLICY_OVERRIDE);
    CU_ASSERT_EQUAL(policy_table_get(table, 0, 1, POLICY_IRRELEVANT), POLICY_ADOPT);
}

/* The bounds close in on one another, and on no other value than theirs. */
static void
test_bounds(void)
{
    double lower = 0, upper = 1;

    for (guint32 limit = 10; limit <= 80; limit *= 2) {
        g_autoptr(PolicyTable) table = policy_table_new(limit);
        PolicyShare share = best(0.42, 0.3, false, limit, table);

        CU_ASSERT_TRUE(share.share >= lower && share.upper <= upper);
        lower = share.share;
        upper = share.upper;
    }
    CU_ASSERT_TRUE(upper - lower < 1e-3);
    /* Even the shortest branches give an upper bound: here that of a program of its own. */
    for (guint32 limit = POLICY_LIMIT_MIN; limit < 10; limit++) {
        g_autoptr(PolicyTable) table = policy_table_new(limit);
        PolicyShare share = best(0.42, 0.3, false, limit, table);

        CU_ASSERT_TRUE(share.upper > lower);
        if (limit == 4)
            CU_ASSERT_DOUBLE_EQUAL(share.upper, 0.8199791285, 1e-9);
    }
}

/* All states that occur, but the start and those after a wait at the limit. Where the pool is
 * behind, irrelevant and relevant are one. */
static void
test_states(void)
{
    g_autoptr(PolicyTable) table = policy_table_new(15);
    guint count = 0;

    for (guint32 a = 0; a <= 15; a++) {
        for (guint32 h = 0; h <= 15; h++) {
            for (int fork = 0; fork < POLICY_FORKS; fork++)
                count += a + h > 0 && a + h < 30 && policy_state_occurs(a, h, (PolicyFork)fork) &&
                         (fork != POLICY_RELEVANT || (a >= h && a < 15));
        }
    }
    CU_ASSERT_EQUAL(best(0.4, 0.5, false, 15, table).states, count);
    CU_ASSERT_EQUAL(policy_table_rows(table), count);
}

/* A stale block changes no state: a tenth of the others' blocks less. */
static void
test_stale(void)
{
    CU_ASSERT_DOUBLE_EQUAL(policy_race_alpha(0.3, 0), 0.3, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(policy_race_alpha(0.3, 0.1), 0.3 / 0.93, 1e-15);
}

/* --- policies by name --------------------------------------------------------------------- */

enum { LEAD = 1, EQUAL_FORK = 2 };

static PolicyAction
stubborn(guint32 a, guint32 h, PolicyFork fork, int how)
{
    if (fork == POLICY_ACTIVE)
        return a == h + 1 && !(how & EQUAL_FORK) ? POLICY_OVERRIDE : POLICY_WAIT;
    if (fork == POLICY_RELEVANT && (a == h || how & LEAD))
        return POLICY_MATCH;
    return fork == POLICY_RELEVANT && a == h + 1 ? POLICY_OVERRIDE : POLICY_WAIT;
}

/* Eyal and Sirer's selfish mining (how = 0) and the stubborn ones of Nayak et al. (EuroS&P 2016).
 */
static PolicyTable *
named_policy(int how, guint32 longest)
{
    PolicyTable *table = policy_table_new(longest);

    for (guint32 a = 1; a <= longest; a++) {
        for (guint32 h = 0; h <= a; h++) {
            for (int fork = 0; fork < POLICY_FORKS; fork++) {
                if (policy_state_occurs(a, h, (PolicyFork)fork))
                    policy_table_set(table, a, h, (PolicyFork)fork,
                                     stubborn(a, h, (PolicyFork)fork, how));
            }
        }
    }
    return table;
}

static void
stubborn_is(double alpha, int how, const char *want)
{
    /* Without matches on the way the branches are long, and a policy that waits has no limit. */
    g_autoptr(PolicyTable) table = named_policy(how, how & LEAD ? 100 : alpha < 0.42 ? 150 : 500);

    is_share(evaluate(alpha, 0.5, false, table), 5, want);
}

static void
test_stubborn(void)
{
    static const char *const want[3][4] = {{"0.41603", "0.41995", "0.42041", "0.42210"},
                                           {"0.52558", "0.54712", "0.53931", "0.56574"},
                                           {"0.68060", "0.72218", "0.70305", "0.75328"}};

    for (int i = 0; i < 3; i++) {
        for (int how = 0; how < 4; how++)
            stubborn_is(0.35 + 0.05 * i, how, want[i][how]);
    }
}

/* Eyal and Sirer, "Majority is not Enough", FC 2014, equation 8. */
static void
test_selfish(void)
{
    g_autoptr(PolicyTable) table = named_policy(0, 200);

    for (double a = 0.1; a < 0.42; a += 0.1) {
        for (double g = 0; g <= 1; g += 0.5) {
            double top = a * (1 - a) * (1 - a) * (4 * a + g * (1 - 2 * a)) - a * a * a;

            CU_ASSERT_DOUBLE_EQUAL(evaluate(a, g, false, table), top / (1 - a * (1 + (2 - a) * a)),
                                   1e-6);
        }
    }
}

/* --- tables ------------------------------------------------------------------------------- */

/* A table with one row of no effect: every block is published at once. */
static void
test_default_is_honest(void)
{
    g_autoptr(PolicyTable) table = policy_table_new(POLICY_LENGTH_MAX);

    policy_table_set(table, POLICY_LENGTH_MAX, POLICY_LENGTH_MAX, POLICY_RELEVANT, POLICY_ADOPT);
    CU_ASSERT_DOUBLE_EQUAL(evaluate(0.3, 0.5, false, table), 0.3, 1e-12);
}

/* A match after the others' block has been known for long divides nobody, without a coin. So the
 * cycles end with own blocks 1 (0.4) or 2 (0.6 0.4 0.4), or with two of the others. */
static void
test_late_match(void)
{
    g_autoptr(PolicyTable) late = policy_table_new(3);

    policy_table_set(late, 0, 1, POLICY_IRRELEVANT, POLICY_WAIT);
    policy_table_set(late, 1, 1, POLICY_IRRELEVANT, POLICY_MATCH);
    is_share(evaluate(0.4, 0.5, false, late), 6, "0.370000");
    CU_ASSERT_DOUBLE_EQUAL(evaluate(0.4, 0, true, late), evaluate(0.4, 0, false, late), 1e-12);
    CU_ASSERT_TRUE(evaluate(0.4, 0.5, true, late) > evaluate(0.4, 0.5, false, late) + 0.01);
}

static bool
stop_at_once(gpointer user_data)
{
    (*(guint *)user_data)++;
    return false;
}

static void
test_stops(void)
{
    RaceRules rules = {0.4, 0.5, false};
    g_autoptr(PolicyTable) table = policy_table_new(40);
    guint ticks = 0;
    PolicyShare share = {.effort = {.tick = stop_at_once, .user_data = &ticks}};

    CU_ASSERT_EQUAL(policy_optimal(&rules, 40, table, &share), RACE_STOPPED);
    CU_ASSERT_EQUAL(ticks, 1);
    CU_ASSERT_EQUAL(policy_table_rows(table), 0);
}

TEST_SUITE(policy_optimal, {"published", test_published}, {"all follow", test_all_follow},
           {"coin", test_coin}, {"small pool", test_small_pool}, {"bounds", test_bounds},
           {"states", test_states}, {"stale", test_stale}, {"stubborn", test_stubborn},
           {"selfish", test_selfish}, {"default is honest", test_default_is_honest},
           {"late match", test_late_match}, {"stops", test_stops})
