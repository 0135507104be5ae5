/* Statistics of many runs: mean, standard error, Student's t-interval, quantiles.
 *
 * Values are in the order of their cells, so that sums round the same however the runs were
 * distributed. Mean, deviation and extremes ignore nulls. Quantiles count a null as above every
 * value and are nearest-rank: the p-th is the smallest value with at least p % of the runs at or
 * below it.
 *
 * Runs of one seed at several points share random numbers, so they are not independent: standard
 * error and interval are computed from the means by seed.
 */
#ifndef SIM_RUN_STATISTIC_H
#define SIM_RUN_STATISTIC_H

#include "sim/scenario/stat.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    double value; /* NaN: null */
    gint64 seed;
} SimSeedValue;

typedef struct {
    guint n, nulls; /* n includes nulls */
    guint seeds;    /* number of different seeds with a value that is not null */
    GArray *sorted; /* double, without nulls */
    double mean, sd, se;
} SimStatistic;

void sim_statistic_init(SimStatistic *statistic, const SimSeedValue *values, guint count);
void sim_statistic_clear(SimStatistic *statistic);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimStatistic, sim_statistic_clear)

/* Returns NaN if there is no value, INFINITY for a quantile that falls on a null. SHARE is the
 * mean. */
double sim_statistic_get(const SimStatistic *statistic, ScnStat stat);

/* Returns half the width of the two-sided interval of the mean at that level (0.95), by Student's t
 * with seeds - 1 degrees of freedom; NaN with fewer than two seeds. */
double sim_statistic_half_width(const SimStatistic *statistic, double level);

#endif
