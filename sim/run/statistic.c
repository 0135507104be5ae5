/* Two passes for mean and deviation, a sorted copy for quantiles; see statistic.h. */
#include "sim/run/statistic.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static int
compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

void
sim_statistic_init(SimStatistic *statistic, const double *values, guint count)
{
    double sum = 0, squares = 0;
    guint n;

    *statistic = (SimStatistic){.n = count, .mean = NAN, .sd = NAN, .se = NAN};
    statistic->sorted = g_array_sized_new(FALSE, FALSE, sizeof(double), count);
    for (guint i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            sum += values[i];
            g_array_append_val(statistic->sorted, values[i]);
        }
    }
    n = statistic->sorted->len;
    statistic->nulls = count - n;
    if (n > 0)
        statistic->mean = sum / n;
    for (guint i = 0; i < count; i++) {
        if (!isnan(values[i]))
            squares += (values[i] - statistic->mean) * (values[i] - statistic->mean);
    }
    if (n > 1) {
        statistic->sd = sqrt(squares / (n - 1));
        statistic->se = statistic->sd / sqrt(n);
    }
    g_array_sort(statistic->sorted, compare);
}

void
sim_statistic_clear(SimStatistic *statistic)
{
    g_clear_pointer(&statistic->sorted, g_array_unref);
}

static double
sorted_at(const SimStatistic *statistic, guint i)
{
    return g_array_index(statistic->sorted, double, i);
}

static double
quantile(const SimStatistic *statistic, guint percent)
{
    guint64 rank = ((guint64)statistic->n * percent + 99) / 100;

    if (statistic->n == 0)
        return NAN;
    return rank <= statistic->sorted->len ? sorted_at(statistic, (guint)rank - 1) : INFINITY;
}

double
sim_statistic_get(const SimStatistic *statistic, ScnStat stat)
{
    guint n = statistic->sorted->len;

    switch (stat.kind) {
    case SCN_STAT_N:
        return statistic->n;
    case SCN_STAT_NULLS:
        return statistic->nulls;
    case SCN_STAT_MEAN:
    case SCN_STAT_SHARE:
        return statistic->mean;
    case SCN_STAT_SD:
        return statistic->sd;
    case SCN_STAT_SE:
        return statistic->se;
    case SCN_STAT_MIN:
        return n > 0 ? sorted_at(statistic, 0) : NAN;
    case SCN_STAT_MAX:
        return n > 0 ? sorted_at(statistic, n - 1) : NAN;
    case SCN_STAT_QUANTILE:
        return quantile(statistic, stat.percent);
    default:
        return NAN;
    }
}

double
sim_statistic_half_width(const SimStatistic *statistic, double level)
{
    guint n = statistic->sorted->len;

    if (n < 2)
        return NAN;
    return gsl_cdf_tdist_Qinv((1 - level) / 2, n - 1) * statistic->se;
}
