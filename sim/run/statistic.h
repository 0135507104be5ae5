/* Numbers of many runs: mean, standard error, Student's t-interval, quantiles.
 *
 * Values are in the order of their cells, so that sums round alike however the runs were spread. A
 * null never came about: it has no part in mean, deviation and extremes, and stands above every
 * value in quantiles, which are nearest-rank: the p-th is the smallest value with at least p % of
 * the runs at or below it.
 *
 * Runs of one seed at several points share their random numbers, so they are no independent values:
 * standard error and interval are those of the means by seed, as many as there are seeds.
 */
#ifndef SIM_RUN_STATISTIC_H
#define SIM_RUN_STATISTIC_H

#include "sim/scenario/stat.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
    double value; /* NAN is null */
    gint64 seed;
} SimSeedValue;

typedef struct {
    guint n, nulls; /* n counts nulls too */
    guint seeds;    /* different ones among the values that are not null */
    GArray *sorted; /* double, without nulls */
    double mean, sd, se;
} SimStatistic;

void sim_statistic_init(SimStatistic *statistic, const SimSeedValue *values, guint count);
void sim_statistic_clear(SimStatistic *statistic);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimStatistic, sim_statistic_clear)

/* NAN where there is none, INFINITY for a quantile that falls on a null. SHARE is the mean. */
double sim_statistic_get(const SimStatistic *statistic, ScnStat stat);

/* Half the width of the two-sided interval of the mean at that level (0.95), by Student's t with
 * one degree of freedom less than there are seeds; NAN with fewer than two. */
double sim_statistic_half_width(const SimStatistic *statistic, double level);

#endif
