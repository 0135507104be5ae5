/* The race of a pool that withholds blocks against all others, as a Markov decision process.
 *
 * States are those of table.h. A step is the next block that counts: the pool finds it with
 * probability `alpha`, else the others do. A decision is due after each. Sapirshtein, Sompolinsky
 * and Zohar ("Optimal Selfish Mining Strategies in Bitcoin", FC 2016, table 1):
 *
 *   adopt     → start; h blocks of the others stay
 *   override  h + 1 blocks of the pool stay → (a − h, 0, irrelevant) or (a − h − 1, 1, relevant)
 *   wait      → (a + 1, h, irrelevant) or (a, h + 1, relevant)
 *   match, or wait in an active state:
 *             → (a + 1, h, active) if the pool finds the block. If the others find it, with
 *             probability gamma on the pool's branch: h blocks of the pool stay → (a − h, 1,
 *             relevant); else → (a, h + 1, relevant)
 *
 * If ties are broken by a coin, gamma is 1/2 and a match works in irrelevant states too (the same
 * paper, on uniform tie breaking).
 *
 * Stale rate: Gervais et al. ("On the Security and Performance of Proof of Work Blockchains", CCS
 * 2016) let a share of the others' blocks go stale, and none of the pool's. A stale
 * block leaves the state as it is. So only the blocks that count are steps here, of which the pool
 * finds alpha / (1 − stale (1 − alpha)): policy_race_alpha().
 *
 * A cycle lasts from the start, where both branches are one, until they are one again. A ratio of
 * two sums over a long time is that of their expected sums over one cycle.
 *
 * All sums are made of + − × ÷ in a fixed order, so that results are the same on every machine.
 */
#ifndef SIM_POLICY_RACE_H
#define SIM_POLICY_RACE_H

#include "sim/policy/table.h"

#include <glib.h>
#include <stdbool.h>

/* Actions of a race beside PolicyAction. */
enum {
    RACE_SPEND = POLICY_ACTIONS, /* publish all: a double spend ends the cycle; see spend.h */
    RACE_CASH,                   /* take what no policy can exceed; see optimal.h */
    RACE_ACTIONS
};

/* A state after a block. */
typedef struct {
    guint32 a, h;
    PolicyFork fork;
} RaceState;

typedef struct {
    double alpha; /* share of the blocks that count, above 0 and below 1/2 */
    double gamma;
    bool coin; /* ties are broken by a coin */
} RaceRules;

/* Averages from one state on, until the cycle ends. */
typedef struct {
    double own;    /* blocks of the pool that stay */
    double others; /* blocks of others that stay */
    double steps;  /* blocks found that count */
    double spends; /* double spends */
} RaceSum;

/* Returns the actions to consider in a state, as a mask of 1 << action. The race leaves out those
 * that are illegal in it (table.h); one must remain. */
typedef guint (*RaceActions)(RaceState state, gpointer user_data);

/* Called after each sweep over the states. Returns false to stop. */
typedef bool (*RaceTick)(gpointer user_data);

typedef struct {
    RaceTick tick; /* NULL: none */
    gpointer user_data;
    guint sweeps;  /* made so far */
    double change; /* by the last sweep: the largest of a state, in parts of its value */
} RaceEffort;

typedef enum {
    RACE_CONVERGED,
    RACE_STOPPED,  /* by the tick */
    RACE_UNSTEADY, /* not within RACE_SWEEPS_MAX */
} RaceEnd;

#define RACE_SWEEPS_MAX 200000
#define RACE_TOLERANCE 1e-13 /* the change after which sweeps end */

/* Returns the pool's share of the blocks that count. */
double policy_race_alpha(double alpha, double stale);

typedef struct Race Race;

/* Builds the race of all states that the actions reach. */
Race *race_new(const RaceRules *rules, RaceActions actions, gpointer user_data);
void race_free(Race *race);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Race, race_free)

guint race_states(const Race *race);

/* Chooses the actions with the largest expected weights · sums of the rest of the cycle. Value
 * iteration: later calls go on from the values of the earlier. Of actions that are equal within
 * 1e-10 the first is chosen, in the order adopt, override, match, wait, spend. */
RaceEnd race_choose(Race *race, const RaceSum *weights,
                    RaceEffort *effort) G_GNUC_WARN_UNUSED_RESULT;

/* Sums up a cycle under the chosen actions: at first the first possible one of each state. */
RaceEnd race_sum(Race *race, RaceSum *ret_sum, RaceEffort *effort) G_GNUC_WARN_UNUSED_RESULT;

/* Sets a row of the table for each state, by the chosen actions, which must be PolicyActions. */
void race_write_table(const Race *race, PolicyTable *table);

#endif
