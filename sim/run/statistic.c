/* Computes mean and deviation in two passes, quantiles from a sorted copy; see statistic.h. */
#include "sim/run/statistic.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define TABLE_LEVEL 0.95 /* of stat=ci */

static int
compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static int
compare_seeds(gconstpointer a, gconstpointer b)
{
    gint64 x = ((const SimSeedValue *)a)->seed, y = ((const SimSeedValue *)b)->seed;

    return (x > y) - (x < y);
}

static double
mean_of(const double *values, guint count)
{
    double sum = 0;

    for (guint i = 0; i < count; i++)
        sum += values[i];
    return count > 0 ? sum / count : NAN;
}

static double
deviation_of(const double *values, guint count)
{
    double mean = mean_of(values, count), squares = 0;

    for (guint i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    return count > 1 ? sqrt(squares / (count - 1)) : NAN;
}

/* Returns the mean of each seed's values; `values` contains no null. GArray * of double. */
static GArray *
means_by_seed(const SimSeedValue *values, guint count)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(SimSeedValue));
    GArray *means = g_array_new(FALSE, FALSE, sizeof(double));

    g_array_append_vals(sorted, values, count);
    g_array_sort(sorted, compare_seeds); /* stable, so that sums round the same */
    for (guint first = 0, next; first < count; first = next) {
        const SimSeedValue *run = &g_array_index(sorted, SimSeedValue, first);
        double sum = 0;

        for (next = first; next < count && run[next - first].seed == run->seed; next++)
            sum += run[next - first].value;
        sum /= next - first;
        g_array_append_val(means, sum);
    }
    return means;
}

void
sim_statistic_init(SimStatistic *statistic, const SimSeedValue *values, guint count)
{
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(SimSeedValue));
    g_autoptr(GArray) means = NULL;
    const double *plain;

    *statistic = (SimStatistic){.n = count};
    statistic->sorted = g_array_sized_new(FALSE, FALSE, sizeof(double), count);
    for (guint i = 0; i < count; i++) {
        if (isnan(values[i].value))
            continue;
        g_array_append_val(statistic->sorted, values[i].value);
        g_array_append_val(known, values[i]);
    }
    means = means_by_seed((const SimSeedValue *)(const void *)known->data, known->len);
    plain = (const double *)(const void *)statistic->sorted->data;
    statistic->nulls = count - known->len;
    statistic->mean = mean_of(plain, known->len);
    statistic->sd = deviation_of(plain, known->len);
    statistic->seeds = means->len;
    statistic->se = deviation_of((const double *)(const void *)means->data, means->len) /
                    sqrt(MAX(means->len, 1));
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
    case SCN_STAT_CI:
        return sim_statistic_half_width(statistic, TABLE_LEVEL);
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
    if (statistic->seeds < 2)
        return NAN;
    return gsl_cdf_tdist_Qinv((1 - level) / 2, statistic->seeds - 1) * statistic->se;
}
