/* Binds statistics over many runs. Each reads a sample: one value for each run. */
#include "sim/scenario/bind.h"

#include <string.h>

/* Returns the measure whose name the expression is, or SCN_NONE. */
static guint32
measure_of(const ScnResolver *resolver, const ScnExpr *value)
{
    const GPtrArray *measures = resolver->scenario->measures;

    if (value->kind != SCN_EXPR_NAME || scn_find_name(resolver, value->name))
        return SCN_NONE;
    for (guint32 i = 0; i < measures->len; i++) {
        if (strcmp(((const ScnMeasure *)measures->pdata[i])->name, value->name) == 0)
            return i;
    }
    return SCN_NONE;
}

/* Adds the sample of a statistic: a measure by its name, or any expression. */
static bool
add_sample(ScnResolver *resolver, const ScnExpr *value, bool condition, ScnType *ret_type)
{
    ScnScenario *scenario = resolver->scenario;
    ScnSample sample = {
        .measure = measure_of(resolver, value), .check = SCN_NONE, .condition = condition};

    if (sample.measure != SCN_NONE) {
        sample.type = ((const ScnMeasure *)scenario->measures->pdata[sample.measure])->type;
    } else {
        sample.value = scn_bind(resolver, value, SCN_SCOPE_RUN);
        if (!sample.value)
            return false;
        sample.type = sample.value->type;
    }
    *ret_type = sample.type;
    g_array_append_val(scenario->samples, sample);
    return true;
}

static bool
check_sample(ScnResolver *resolver, const ScnTerm *term, const ScnStatRow *row, ScnType sample)
{
    bool condition = row->takes == SCN_TYPE_BOOL;

    if (sample == SCN_TYPE_ANY ||
        (condition ? sample == SCN_TYPE_BOOL : scn_type_is_numeric(sample)))
        return true;
    scn_report(resolver, term->span, condition ? "as in share(same_tip(all))" : NULL,
               condition ? "'%s' takes a condition" : "'%s' takes numbers and quantities",
               row->word);
    return false;
}

/* Binds the value and the level of near(E, V, ci=99%), both constants. */
static bool
bind_interval(ScnResolver *resolver, ScnTerm *term, const ScnExpr *call, ScnType sample)
{
    const ScnExpr *level = scn_expr_named(call, "ci");
    ScnTerm *value = scn_bind(resolver, scn_expr_at(call, 1), SCN_SCOPE_RUNS);
    bool zero;

    if (!value)
        return false;
    scn_term_add(term, value);
    if (value->kind != SCN_TERM_QUANTITY) {
        scn_report(resolver, value->span, NULL, "a number or a quantity is due here");
        return false;
    }
    zero = value->quantity.value == 0 && value->type == SCN_TYPE_NUMBER;
    if (sample != SCN_TYPE_ANY && value->type != sample && !zero) {
        scn_report(resolver, call->span, NULL, "%s and %s do not go together",
                   scn_type_name(sample), scn_type_name(value->type));
        return false;
    }
    if (level) {
        ScnNumber portion;

        if (!scn_need_portion(resolver, level, "ci", &portion))
            return false;
        if (portion == 0 || portion == SCN_ONE) {
            scn_report(resolver, level->span, "write ci=99%", "'ci' must be between 0%% and 100%%");
            return false;
        }
        term->option = scn_term_quantity((ScnQuantity){SCN_DIM_NUMBER, portion}, level->span);
    }
    return true;
}

ScnTerm *
scn_bind_statistic(ScnResolver *resolver, const ScnExpr *call)
{
    g_autoptr(ScnTerm) term = scn_term_new(SCN_TERM_STATISTIC, SCN_TYPE_ANY, call->span);
    const ScnStatRow *row;
    ScnType sample;
    guint count;

    if (!scn_stat_parse(&term->stat, call->name)) {
        scn_report(resolver, call->span, SCN_STATISTIC_HELP,
                   "this is of one run, and the check of many");
        return NULL;
    }
    row = scn_stat_row(term->stat.kind);
    if (!scn_check_arguments(resolver, call, row->has_interval ? "ci" : NULL, G_MAXUINT, &count))
        return NULL;
    if (count != (row->has_interval ? 2 : 1)) {
        scn_report(resolver, call->span, NULL, "'%s' takes %s", call->name,
                   row->has_interval ? "a value, what it is to be near, and ci=" : "one value");
        return NULL;
    }
    term->index = resolver->scenario->samples->len;
    if (!add_sample(resolver, scn_expr_at(call, 0), row->takes == SCN_TYPE_BOOL, &sample) ||
        !check_sample(resolver, term, row, sample) ||
        (row->has_interval && !bind_interval(resolver, term, call, sample)))
        return NULL;
    term->type = row->gives != SCN_TYPE_ANY ? row->gives : sample;
    return g_steal_pointer(&term);
}
