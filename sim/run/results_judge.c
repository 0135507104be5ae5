/* Evaluates conditions on statistics; see results_judge.h. */
#include "sim/run/results_judge.h"

#include "sim/scenario/evaluate.h"

#include <math.h>
#include <string.h>

#define TOLD_MAX 5 /* points that a failure lists */
#define DEFAULT_LEVEL 0.99

typedef struct {
    const SimResults *results;
    const ScnScenario *scenario; /* at the point of the group: params have its values */
    GPtrArray *samples; /* GPtrArray * of GArray * of SimSeedValue, by sample, then by group */
    guint group;        /* current group of the samples */
    bool at_point;      /* judge checks with the values of each point */
    GString *told;      /* text of the statistics read; NULL: not wanted */
} Judge;

/* --- values ------------------------------------------------------------------------------- */

/* Rounds to four digits for people. */
static double
round_digits(double value, double *ret_place)
{
    double place = 1, size = fabs(value);

    while (size / place >= 10000)
        place *= 10;
    *ret_place = place;
    return (value < 0 ? -1 : 1) * floor(size / place + 0.5) * place;
}

char *
sim_results_text(double value, ScnType type)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    double place;

    if (isnan(value))
        return g_strdup("-");
    if (isinf(value))
        return g_strdup(type == SCN_TYPE_TIME ? "never" : "inf");
    if (type == SCN_TYPE_TIME && fabs(value) < 9e18)
        return scn_time_text((gint64)round_digits(value, &place));
    if (type == SCN_TYPE_SIZE)
        return g_strdup_printf("%sB", g_ascii_formatd(text, sizeof text, "%.4g", value));
    if (type == SCN_TYPE_RATE)
        return g_strdup_printf("%sbps", g_ascii_formatd(text, sizeof text, "%.4g", value));
    return g_strdup(g_ascii_formatd(text, sizeof text, fabs(value) < 1e6 ? "%.6g" : "%.4g", value));
}

/* --- statistics --------------------------------------------------------------------------- */

static bool
ignores_nulls(ScnStatKind kind)
{
    return kind == SCN_STAT_QUANTILE || kind == SCN_STAT_N || kind == SCN_STAT_NULLS;
}

/* Adds a statistic and its value to the text that explains the verdict, if one is wanted. */
static void
describe_statistic(Judge *judge, const ScnTerm *call, const SimStatistic *statistic, double value,
                   double half)
{
    g_autofree char *name = scn_stat_name(call->stat);
    ScnType type = g_array_index(judge->scenario->samples, ScnSample, call->index).type;
    g_autofree char *text =
        sim_results_text(value, call->stat.kind == SCN_STAT_SHARE ? SCN_TYPE_NUMBER : type);
    g_autofree char *width = sim_results_text(half, type);

    if (judge->told == NULL)
        return;
    g_string_append(judge->told, judge->told->len > 0 ? "; " : "");
    if (call->stat.kind == SCN_STAT_NEAR)
        g_string_append_printf(judge->told, "mean %s ± %s", text, width);
    else
        g_string_append_printf(judge->told, "%s is %s", name, text);
    g_string_append_printf(judge->told, " of %u run%s", statistic->n, statistic->n == 1 ? "" : "s");
    if (statistic->nulls > 0)
        g_string_append_printf(judge->told, ", null in %u", statistic->nulls);
}

static double
level_of(const ScnTerm *term)
{
    return term->option != NULL ? scn_quantity_double(term->option->quantity) : DEFAULT_LEVEL;
}

/* Returns whether the confidence interval of the mean contains the value that near() is given; null
 * if a sample is null, or with fewer than two seeds, from which there is no interval. */
static ScnScalar
interval_contains(Judge *judge, const ScnTerm *term, const SimStatistic *statistic)
{
    double half = sim_statistic_half_width(statistic, level_of(term));
    double value = scn_quantity_double(scn_term_at(term, 0)->quantity);

    describe_statistic(judge, term, statistic, statistic->mean, half);
    if (statistic->seeds < 2 && judge->told != NULL)
        g_string_append(judge->told, ", and an interval needs two seeds");
    if (isnan(half) || statistic->nulls > 0)
        return scn_scalar_null(SCN_NONE);
    return scn_scalar_bool(fabs(statistic->mean - value) <= half, SCN_NONE);
}

/* Supplies the leaves: statistics of the group's samples. */
static ScnValue
look_up(void *user, const ScnTerm *term)
{
    Judge *judge = user;
    const GPtrArray *groups = judge->samples->pdata[term->index];
    const GArray *values = groups->pdata[judge->group];
    g_auto(SimStatistic) statistic = {0};
    ScnScalar scalar;
    double value;

    sim_statistic_init(&statistic, (const SimSeedValue *)(const void *)values->data, values->len);
    if (term->stat.kind == SCN_STAT_NEAR) {
        scalar = interval_contains(judge, term, &statistic);
    } else {
        value = sim_statistic_get(&statistic, term->stat);
        if (statistic.nulls > 0 && !ignores_nulls(term->stat.kind))
            value = NAN;
        describe_statistic(judge, term, &statistic, value, NAN);
        scalar = scn_scalar_real(
            scn_type_is_numeric(term->type) ? scn_type_dim(term->type) : SCN_DIM_NUMBER, value);
    }
    return scn_value_single(scalar);
}

/* Returns whether the condition holds. If it cannot be evaluated, returns false and adds the reason
 * to judge->told. */
static bool
condition_holds(Judge *judge, const ScnTerm *condition)
{
    const ScnLeaves leaves = {judge, look_up};
    ScnValue value = scn_evaluate(condition, &leaves);
    bool held = scn_value_truth(&value) == SCN_TRUTH_TRUE;

    if (scn_value_is_error(&value))
        g_string_append_printf(judge->told, "%s%s", judge->told->len > 0 ? "; " : "", value.error);
    scn_value_clear(&value);
    return held;
}

/* --- one check ---------------------------------------------------------------------------- */

static guint
sample_of_check(const ScnScenario *scenario, guint check)
{
    guint i = 0;

    while (g_array_index(scenario->samples, ScnSample, i).check != check)
        i++;
    return i;
}

/* Returns the number of runs in the group, which is the same for all samples. */
static guint
group_size(const Judge *judge)
{
    const GPtrArray *groups = judge->samples->pdata[0];

    return ((const GArray *)groups->pdata[judge->group])->len;
}

static bool
sometimes(Judge *judge, guint check)
{
    const GPtrArray *groups = judge->samples->pdata[sample_of_check(judge->scenario, check)];
    const GArray *values = groups->pdata[judge->group];

    for (guint i = 0; i < values->len; i++) {
        if (g_array_index(values, SimSeedValue, i).value == 1)
            return true;
    }
    g_string_append_printf(judge->told, "in none of %u run%s", values->len,
                           values->len == 1 ? "" : "s");
    return false;
}

static void
add_place(SimOverResult *result, const Judge *judge, const char *why)
{
    const SimSweep *sweep = sim_results_sweep(judge->results);
    guint64 cell = judge->group * sim_sweep_seeds(sweep);
    g_autofree char *text = sim_sweep_cell_text(sweep, cell);
    char *seed = g_strrstr(text, " --seed");

    if (result->bad++ >= TOLD_MAX)
        return;
    if (seed != NULL)
        *seed = '\0';
    if (result->check->over == SCN_OVER_SWEEP || seed == NULL)
        g_string_append_printf(result->told, "  %s\n", why);
    else
        g_string_append_printf(result->told, "  at %s: %s\n", text, why);
}

static void
judge_group(Judge *judge, SimOverResult *result)
{
    bool held;

    g_string_truncate(judge->told, 0);
    if (group_size(judge) == 0) {
        if (result->verdict == SIM_CHECK_HELD)
            result->verdict = SIM_CHECK_VACUOUS;
        add_place(result, judge, "vacuous: no run finished");
        return;
    }
    const ScnCheck *here = judge->scenario->checks->pdata[result->index];

    held = here->kind == SCN_CHECK_SOMETIMES ? sometimes(judge, result->index)
                                             : condition_holds(judge, here->condition);
    if (held)
        return;
    result->verdict = SIM_CHECK_FAILED;
    add_place(result, judge, judge->told->str);
}

/* --- all of them -------------------------------------------------------------------------- */

static void
over_clear(gpointer data)
{
    g_free(((SimOverResult *)data)->detail);
}

static GPtrArray *
split_samples(const SimResults *results, const guint32 *groups, guint count)
{
    const ScnScenario *scenario = sim_sweep_scenario(sim_results_sweep(results));
    GPtrArray *samples = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < scenario->samples->len; i++)
        g_ptr_array_add(
            samples,
            sim_results_split(results, sim_results_column_of_sample(results, i), groups, count));
    return samples;
}

static SimOverResult
over_new(const ScnScenario *scenario, guint index)
{
    const ScnCheck *check = scenario->checks->pdata[index];

    return (SimOverResult){.check = check,
                           .file = scn_scenario_file(scenario, check->place),
                           .verdict = SIM_CHECK_HELD,
                           .told = g_string_new(NULL),
                           .index = index};
}

/* Returns whether a check may name a swept param or a let that depends on one. */
static bool
depends_on_point(const SimSweep *sweep, const GArray *judged)
{
    for (guint i = 0; i < judged->len; i++) {
        if (strchr(g_array_index(judged, SimOverResult, i).check->text, '$') != NULL)
            return sim_sweep_points(sweep) > 1;
    }
    return false;
}

/* Judges every check at one point, with the values of `$n` from the scenario at that point. If the
 * scenario is invalid there, no run of the point has finished, and its checks are vacuous. */
static void
judge_point(Judge *judge, GArray *judged)
{
    const SimSweep *sweep = sim_results_sweep(judge->results);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) own =
        judge->at_point ? sim_sweep_parse(sweep, judge->group * sim_sweep_seeds(sweep), errors)
                        : NULL;

    judge->scenario = own != NULL ? own : sim_sweep_scenario(sweep);
    for (guint i = 0; i < judged->len; i++)
        judge_group(judge, &g_array_index(judged, SimOverResult, i));
}

static void
judge_over(const SimResults *results, ScnOver over, GArray *ret_results)
{
    const SimSweep *sweep = sim_results_sweep(results);
    const ScnScenario *scenario = sim_sweep_scenario(sweep);
    guint points = (guint)sim_sweep_points(sweep), count = over == SCN_OVER_SEEDS ? points : 1;
    g_autofree guint32 *groups = g_new0(guint32, points);
    g_autoptr(GArray) judged = g_array_new(FALSE, FALSE, sizeof(SimOverResult));
    Judge judge = {.results = results, .scenario = scenario, .told = g_string_new(NULL)};

    for (guint i = 0; over == SCN_OVER_SEEDS && i < points; i++)
        groups[i] = i;
    judge.samples = split_samples(results, groups, count);
    for (guint i = 0; i < scenario->checks->len; i++) {
        if (((const ScnCheck *)scenario->checks->pdata[i])->over == over) {
            SimOverResult result = over_new(scenario, i);

            g_array_append_val(judged, result);
        }
    }
    judge.at_point = over == SCN_OVER_SEEDS && depends_on_point(sweep, judged);
    for (judge.group = 0; judge.group < count && judged->len > 0; judge.group++)
        judge_point(&judge, judged);
    for (guint i = 0; i < judged->len; i++) {
        SimOverResult *result = &g_array_index(judged, SimOverResult, i);

        result->places = count;
        if (result->bad > TOLD_MAX)
            g_string_append_printf(result->told, "  and at %" G_GUINT64_FORMAT " more\n",
                                   result->bad - TOLD_MAX);
        result->detail = g_string_free(g_steal_pointer(&result->told), FALSE);
        g_array_append_val(ret_results, *result);
    }
    g_ptr_array_unref(judge.samples);
    g_string_free(judge.told, TRUE);
}

GArray *
sim_results_judge(const SimResults *results)
{
    GArray *judged = g_array_new(FALSE, FALSE, sizeof(SimOverResult));

    g_array_set_clear_func(judged, over_clear);
    judge_over(results, SCN_OVER_SEEDS, judged);
    judge_over(results, SCN_OVER_SWEEP, judged);
    return judged;
}

bool
sim_over_fails(const SimOverResult *result)
{
    return result->verdict == SIM_CHECK_FAILED ||
           (result->verdict == SIM_CHECK_VACUOUS && !result->check->maybe);
}

void
sim_over_format(GString *out, const SimOverResult *result)
{
    const ScnCheck *check = result->check;
    const char *word = sim_over_fails(result) ? "FAIL" : sim_check_verdict_name(result->verdict);
    g_autofree char *file = g_path_get_basename(result->file);

    g_string_append_printf(out, "%s %s:%u:%u  %s\n%s", word, file, check->place.line,
                           check->place.column, check->text, result->detail);
}
