/* More seeds until an interval is narrow enough; see sweep_until.h. */
#include "sim/cli/sweep_until.h"

#include "sim/run/results_judge.h"

#include <math.h>
#include <string.h>

#define LEVEL 0.95
#define FACTOR_MAX                                                                                 \
    4               /* seeds of a round, as a multiple of those before: widths of few seeds lie    \
                     */
#define MARGIN 1.05 /* the width of more seeds varies, too */
#define HOPELESS_SEEDS 32

void
sweep_until_clear(SweepUntil *until)
{
    g_clear_pointer(&until->measure, g_free);
}

void
sweep_width_clear(SweepWidth *width)
{
    g_clear_pointer(&width->widest, g_free);
}

char *
sweep_until_parse(const char *text, SweepUntil *ret_until)
{
    g_autoptr(GRegex) form = g_regex_new(
        "^\\s*halfwidth\\(\\s*([A-Za-z_][A-Za-z0-9_-]*)\\s*\\)\\s*<\\s*(\\S+)\\s*$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *value = NULL;

    if (!g_regex_match(form, text, 0, &match))
        return g_strdup("write 'halfwidth(MEASURE) < 2%', or a value of the measure for the bound");
    value = g_match_info_fetch(match, 2);
    *ret_until = (SweepUntil){.measure = g_match_info_fetch(match, 1),
                              .is_share = g_str_has_suffix(value, "%")};
    if (!scn_quantity_read(value, &ret_until->bound) || ret_until->bound.value <= 0)
        return g_strdup_printf("'%s' is no bound above 0", value);
    return NULL;
}

static const ScnMeasure *
find_measure(const SweepUntil *until, const ScnScenario *scenario, guint *ret_column)
{
    for (guint i = 0; i < scenario->measures->len; i++) {
        const ScnMeasure *measure = scenario->measures->pdata[i];

        if (strcmp(measure->name, until->measure) == 0) {
            *ret_column = i;
            return measure;
        }
    }
    return NULL;
}

char *
sweep_until_check(const SweepUntil *until, const ScnScenario *scenario)
{
    guint column;
    const ScnMeasure *measure = find_measure(until, scenario, &column);

    if (measure == NULL)
        return g_strdup_printf("the scenario has no measure '%s'", until->measure);
    if (!until->is_share && measure->type != (ScnType)(SCN_TYPE_NUMBER + (int)until->bound.dim))
        return g_strdup_printf("the bound must be %s, as '%s' is, or a share of the mean such as "
                               "2%%",
                               scn_type_name(measure->type), until->measure);
    return NULL;
}

static char *tell(const SimSweep *sweep, guint64 point, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static char *
tell(const SimSweep *sweep, guint64 point, const char *format, ...)
{
    g_autofree char *cell = sim_sweep_cell_text(sweep, point * sim_sweep_seeds(sweep));
    char *end = strstr(cell, "--seed ");
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    *end = '\0';
    g_strchomp(cell);
    return g_strdup_printf("%s%s%s", what, *cell != '\0' ? " at " : "", cell);
}

SweepWidth
sweep_until_judge(const SweepUntil *until, const SimResults *results)
{
    const SimSweep *sweep = sim_results_sweep(results);
    const guint count = (guint)sim_sweep_points(sweep);
    g_autofree guint32 *groups = g_new(guint32, count);
    g_autoptr(GPtrArray) split = NULL;
    SweepWidth width = {.seeds = 0};
    double worst = 1;
    guint column = 0;
    const ScnMeasure *measure = find_measure(until, sim_sweep_scenario(sweep), &column);

    for (guint i = 0; i < count; i++)
        groups[i] = i;
    split = sim_results_split(results, column, groups, count);
    for (guint i = 0; i < count; i++) {
        const GArray *values = split->pdata[i];
        g_auto(SimStatistic) statistic = {0};
        double half, bound, ratio;

        sim_statistic_init(&statistic, (const SimSeedValue *)(const void *)values->data,
                           values->len);
        half = sim_statistic_half_width(&statistic, LEVEL);
        bound = scn_quantity_double(until->bound) * (until->is_share ? fabs(statistic.mean) : 1);
        ratio = half == 0 ? 0 : half / bound; /* infinite where the mean is 0 */
        if (isnan(half) && sim_sweep_seeds(sweep) >= HOPELESS_SEEDS) {
            g_free(width.widest);
            width.hopeless = true;
            width.widest = tell(sweep, i, "'%s' has a value in %u of %u runs", until->measure,
                                statistic.n - statistic.nulls, statistic.n);
            return width;
        }
        if (!(ratio < worst) || isnan(ratio)) {
            g_autofree char *mean = sim_results_text(statistic.mean, measure->type);
            g_autofree char *text = sim_results_text(half, measure->type);

            worst = isnan(ratio) ? INFINITY : ratio;
            g_free(width.widest);
            width.widest = tell(sweep, i, "%s is %s, half width %s", until->measure, mean, text);
        }
    }
    if (width.widest != NULL) {
        double seeds = (double)sim_sweep_seeds(sweep);

        width.seeds = (guint64)ceil(MIN(seeds * worst * worst * MARGIN, seeds * FACTOR_MAX));
        width.seeds = MAX(width.seeds, sim_sweep_seeds(sweep) + 1);
    }
    return width;
}
