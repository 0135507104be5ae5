/* Statements about many runs: sweeps, zips, seeds, tables, and checks over seeds or the sweep.
 *
 * A scenario as read uses the first value of each sweep and the first seed. For each other run it
 * is read again with -P and --seed.
 */
#include "sim/scenario/bind.h"

#include <string.h>

#define VALUES_MAX 100000
#define SEEDS_MAX 1000000
#define LOG_DIGITS 10000 /* values between the ends of a log sweep have four digits */

/* ---- values ---- */

static const ScnExpr *
expr_at(const ScnStmt *stmt, guint i)
{
    return stmt->exprs->pdata[i];
}

void
scn_place_sweeps(ScnResolver *resolver)
{
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind != SCN_STMT_SWEEP)
            continue;
        ScnBinding *binding = scn_find_binding(resolver, stmt->name);
        if (binding && binding->is_param && !binding->override) {
            binding->override = expr_at(stmt, 0);
            binding->swept = true;
        }
    }
}

/* Adds a value; `seen` contains those before it. */
static void
add_text(ScnResolver *resolver, const ScnExpr *expr, ScnSweep *sweep, GHashTable *seen, char *text)
{
    g_ptr_array_add(sweep->values, text);
    if (!g_hash_table_add(seen, text))
        scn_report(resolver, expr->span, "leave one out, or take fewer points",
                   "the value %s comes twice", text);
}

/* Returns the value as text: as written if it is a literal. */
static char *
value_text(const ScnResolver *resolver, const ScnExpr *expr, ScnConst value)
{
    if (value.kind == SCN_CONST_QUANTITY && expr->kind != SCN_EXPR_QUANTITY)
        return scn_quantity_text(value.quantity);
    if (value.kind == SCN_CONST_WORD)
        return g_strdup(value.text);
    return scn_span_text(resolver, expr->kind == SCN_EXPR_PARAM
                                       ? scn_follow((ScnResolver *)resolver, expr)->span
                                       : expr->span);
}

static void
list_values(ScnResolver *resolver, const ScnStmt *stmt, ScnSweep *sweep)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < stmt->exprs->len; i++) {
        ScnConst value = scn_const(resolver, expr_at(stmt, i));
        if (value.kind != SCN_CONST_BAD)
            add_text(resolver, expr_at(stmt, i), sweep, seen,
                     value_text(resolver, expr_at(stmt, i), value));
    }
}

/* Computes low + (high - low) * i / last, rounded to the last place of its dimension. */
static bool
value_between(ScnNumber low, ScnNumber high, guint64 i, guint64 last, ScnNumber *ret_value)
{
    ScnNumber part;
    if (!scn_number_muldiv(&part, high - low, (ScnNumber)i, (ScnNumber)last))
        return false;
    *ret_value = low + part;
    return true;
}

static double
power(double base, guint64 exponent)
{
    double result = 1;
    for (guint64 i = 0; i < exponent; i++)
        result *= base;
    return result;
}

/* Computes the last-th root of ratio by products and bisection: the same bits on every platform,
 * unlike libm's pow(). */
static double
nth_root(double ratio, guint64 last)
{
    double low = MIN(1, ratio), high = MAX(1, ratio);
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        *(power(middle, last) < ratio ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

static ScnNumber
round_digits(double value)
{
    ScnNumber whole = (ScnNumber)(value + 0.5), place = 1;
    while (whole / place >= LOG_DIGITS)
        place *= 10;
    return (whole + place / 2) / place * place;
}

static bool
range_value(const ScnStmt *stmt, const ScnQuantity ends[2], guint64 i, guint64 last,
            ScnNumber *ret_value)
{
    bool is_end = i == 0 || i == last;
    if (is_end)
        *ret_value = ends[i == 0 ? 0 : 1].value;
    else if (strcmp(stmt->word, "lin") == 0)
        return value_between(ends[0].value, ends[1].value, i, last, ret_value);
    else
        *ret_value =
            round_digits((double)ends[0].value *
                         power(nth_root((double)ends[1].value / (double)ends[0].value, last), i));
    return true;
}

static bool
need_range(ScnResolver *resolver, const ScnStmt *stmt, ScnQuantity ends[2], guint64 *ret_count)
{
    for (guint i = 0; i < 2; i++) {
        ScnConst value = scn_const(resolver, expr_at(stmt, i));
        if (value.kind == SCN_CONST_BAD)
            return false;
        if (value.kind != SCN_CONST_QUANTITY) {
            scn_report(resolver, expr_at(stmt, i)->span, "write the values one by one",
                       "a range goes from one number or quantity to another");
            return false;
        }
        ends[i] = value.quantity;
        if (strcmp(stmt->word, "log") == 0 && value.quantity.value <= 0) {
            scn_report(resolver, expr_at(stmt, i)->span, "write lin, or begin above 0",
                       "the ends of a log range are above 0");
            return false;
        }
    }
    if (ends[0].dim != ends[1].dim) { /* a bare 0 has any dimension */
        bool low_is_zero = ends[0].dim == SCN_DIM_NUMBER && ends[0].value == 0;
        *(low_is_zero ? &ends[0].dim : &ends[1].dim) = ends[low_is_zero ? 1 : 0].dim;
    }
    return scn_need_count(resolver, expr_at(stmt, 2), stmt->word, 2, VALUES_MAX, ret_count);
}

static void
range_values(ScnResolver *resolver, const ScnStmt *stmt, ScnSweep *sweep)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    ScnQuantity ends[2];
    guint64 count;

    if (!need_range(resolver, stmt, ends, &count))
        return;
    for (guint64 i = 0; i < count; i++) {
        ScnQuantity value = {ends[0].dim, 0};
        if (!range_value(stmt, ends, i, count - 1, &value.value)) {
            scn_report(resolver, stmt->word_span, NULL, "this range is too large");
            return;
        }
        guint before = resolver->errors->found;
        add_text(resolver, expr_at(stmt, 2), sweep, seen, scn_quantity_text(value));
        if (resolver->errors->found > before)
            return;
    }
}

/* ---- sweeps ---- */

static guint32
find_param(const ScnScenario *scenario, const char *name)
{
    for (guint32 i = 0; i < scenario->params->len; i++) {
        if (strcmp(g_array_index(scenario->params, ScnParam, i).name, name) == 0)
            return i;
    }
    return SCN_NONE;
}

static ScnSweep *
find_sweep(const ScnScenario *scenario, guint32 param)
{
    for (guint32 i = 0; i < scenario->sweeps->len; i++) {
        ScnSweep *sweep = &g_array_index(scenario->sweeps, ScnSweep, i);
        if (sweep->param == param)
            return sweep;
    }
    return NULL;
}

/* Resolves a sweep and refuses a param swept twice; `swept` contains the names before it. */
static void
resolve_sweep(ScnResolver *resolver, const ScnStmt *stmt, GHashTable *swept)
{
    ScnScenario *scenario = resolver->scenario;
    const ScnBinding *binding = scn_find_binding(resolver, stmt->name);
    guint before = resolver->errors->found, checked = stmt->word ? 2 : stmt->exprs->len;
    ScnSweep sweep = {.param = find_param(scenario, stmt->name), .zip = SCN_NONE};

    if (!binding || !binding->is_param) {
        scn_report_no_param(resolver, stmt->name_span, stmt->name);
        return;
    }
    if (!g_hash_table_add(swept, stmt->name)) {
        scn_report(resolver, stmt->name_span, "leave one out", "'%s' is swept already", stmt->name);
        return;
    }
    /* the first value has been checked with the param, unless -P replaced it */
    for (guint i = binding->swept ? 1 : 0; i < checked; i++)
        scn_check_swept_value(resolver, binding, expr_at(stmt, i));
    if (!binding->swept || resolver->errors->found > before)
        return;
    sweep.values = g_ptr_array_new_with_free_func(g_free);
    g_array_append_val(scenario->sweeps, sweep);
    if (stmt->word)
        range_values(resolver, stmt, &sweep);
    else
        list_values(resolver, stmt, &sweep);
}

/* Returns the sweep that a zip names; NULL if -P has fixed its value, or after reporting an error.
 */
static ScnSweep *
find_zipped_sweep(ScnResolver *resolver, const ScnNamed *named)
{
    const ScnBinding *binding = scn_find_binding(resolver, named->name);
    guint32 param = find_param(resolver->scenario, named->name);
    ScnSweep *sweep = param == SCN_NONE ? NULL : find_sweep(resolver->scenario, param);

    if (!binding || !binding->is_param)
        scn_report_no_param(resolver, named->span, named->name);
    else if (!sweep && !binding->override)
        scn_report(resolver, named->span, "write sweep for it, too", "'%s' is not swept",
                   named->name);
    return sweep;
}

static void
resolve_zip(ScnResolver *resolver, const ScnStmt *stmt, guint32 number)
{
    const ScnSweep *first = NULL;
    for (guint i = 0; i < stmt->names->len; i++) {
        const ScnNamed *named = &g_array_index(stmt->names, ScnNamed, i);
        ScnSweep *sweep = find_zipped_sweep(resolver, named);
        if (!sweep)
            continue;
        if (sweep->zip != SCN_NONE) {
            scn_report(resolver, named->span, "name it once", "'%s' is zipped already",
                       named->name);
        } else if (first && first->values->len != sweep->values->len) {
            scn_report(resolver, named->span, "give both as many",
                       "'%s' has %u values, '%s' has %u", named->name, sweep->values->len,
                       g_array_index(resolver->scenario->params, ScnParam, first->param).name,
                       first->values->len);
        }
        sweep->zip = number;
        first = first ? first : sweep;
    }
}

void
scn_resolve_sweeps(ScnResolver *resolver)
{
    g_autoptr(GHashTable) swept = g_hash_table_new(g_str_hash, g_str_equal);
    guint32 zips = 0;

    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_SWEEP)
            resolve_sweep(resolver, stmt, swept);
    }
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_ZIP)
            resolve_zip(resolver, stmt, zips++);
    }
}

void
scn_resolve_seeds(ScnResolver *resolver, const ScnStmt *stmt)
{
    ScnScenario *scenario = resolver->scenario;
    guint64 first, last;

    if (!scn_need_count(resolver, expr_at(stmt, 0), "seeds", 0, G_MAXINT64, &first) ||
        !scn_need_count(resolver, expr_at(stmt, 1), "seeds", 0, G_MAXINT64, &last))
        return;
    if (last < first || last - first >= SEEDS_MAX) {
        scn_report(resolver, expr_at(stmt, 1)->span, "write seeds 1..32",
                   last < first ? "these are no seeds" : "at most a million seeds");
        return;
    }
    scenario->seeds_given = true;
    scenario->first_seed = first;
    scenario->last_seed = last;
    if (!scenario->seed_overridden)
        scenario->seed = first;
}

/* ---- tables ---- */

static guint32
find_measure(const ScnScenario *scenario, const char *name)
{
    for (guint32 i = 0; i < scenario->measures->len; i++) {
        if (strcmp(((const ScnMeasure *)scenario->measures->pdata[i])->name, name) == 0)
            return i;
    }
    return SCN_NONE;
}

static void
report_no_measure(ScnResolver *resolver, const ScnNamed *named)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (guint i = 0; i < resolver->scenario->measures->len; i++)
        g_ptr_array_add(words, ((ScnMeasure *)resolver->scenario->measures->pdata[i])->name);
    scn_report_unknown(resolver, named->span, "measure", named->name, words);
}

static void
add_stat(ScnResolver *resolver, const ScnExpr *value, ScnTable *table)
{
    ScnStat stat = {0};
    bool known = value->kind == SCN_EXPR_NAME && scn_stat_parse(&stat, value->name);

    if (known && scn_stat_row(stat.kind)->is_of_table) {
        g_array_append_val(table->stats, stat);
        return;
    }
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *text = scn_span_text(resolver, value->span);
    scn_stat_names(words);
    scn_report_unknown(resolver, value->span, "statistic", text, words);
}

static void
read_stats(ScnResolver *resolver, const ScnStmt *stmt, ScnTable *table)
{
    ScnStat mean = {SCN_STAT_MEAN, 0};
    for (guint i = 0; i < stmt->options->len; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);
        if (strcmp(option->name, "stat") != 0) {
            scn_report(resolver, option->name_span, "write stat", "'table' knows no '%s'",
                       option->name);
            continue;
        }
        for (guint j = 0; j < option->values->len; j++)
            add_stat(resolver, option->values->pdata[j], table);
    }
    if (table->stats->len == 0)
        g_array_append_val(table->stats, mean);
}

static void
resolve_table(ScnResolver *resolver, const ScnStmt *stmt)
{
    ScnScenario *scenario = resolver->scenario;
    ScnTable *table = g_new0(ScnTable, 1);

    g_ptr_array_add(scenario->result_tables, table);
    table->measures = g_array_new(FALSE, FALSE, sizeof(guint32));
    table->params = g_array_new(FALSE, FALSE, sizeof(guint32));
    table->stats = g_array_new(FALSE, FALSE, sizeof(ScnStat));
    for (guint i = 0; i < stmt->names->len; i++) {
        const ScnNamed *named = &g_array_index(stmt->names, ScnNamed, i);
        bool is_param = i >= stmt->by_at;
        guint32 index =
            is_param ? find_param(scenario, named->name) : find_measure(scenario, named->name);
        if (index != SCN_NONE)
            g_array_append_val(is_param ? table->params : table->measures, index);
        else if (is_param)
            scn_report_no_param(resolver, named->span, named->name);
        else
            report_no_measure(resolver, named);
    }
    read_stats(resolver, stmt, table);
}

/* ---- checks ---- */

static const char *swept_in(const ScnResolver *resolver, const ScnExpr *expr);

/* Returns the name of a swept param that a param or let depends on, or NULL. */
static const char *
swept_behind(const ScnResolver *resolver, const char *name)
{
    const ScnBinding *binding = scn_find_binding(resolver, name);

    if (!binding || binding->swept)
        return binding ? binding->name : NULL;
    return swept_in(resolver, binding->override ? binding->override : binding->value);
}

/* Returns that name for an expression. Ignores the argument of a statistic, which each run reads
 * itself. */
static const char *
swept_in(const ScnResolver *resolver, const ScnExpr *expr)
{
    ScnStat stat;
    bool statistic = expr->kind == SCN_EXPR_CALL && scn_stat_parse(&stat, expr->name) &&
                     !(scn_expr_count(expr) > 1 && stat.kind != SCN_STAT_NEAR);

    if (expr->kind == SCN_EXPR_PARAM)
        return swept_behind(resolver, expr->name);
    for (guint i = statistic ? 1 : 0; i < scn_expr_count(expr); i++) {
        const char *found = swept_in(resolver, scn_expr_at(expr, i));
        if (found)
            return found;
    }
    return NULL;
}

static bool
check_over_sweep(ScnResolver *resolver, const ScnCheck *check, const ScnExpr *condition)
{
    const char *swept = check->over == SCN_OVER_SWEEP ? swept_in(resolver, condition) : NULL;

    if (swept)
        scn_report(resolver, condition->span, "write over seeds",
                   "'%s' has another value at each point of the sweep", swept);
    return swept == NULL;
}

static void
resolve_over_check(ScnResolver *resolver, guint32 index, const ScnExpr *condition)
{
    ScnCheck *check = resolver->scenario->checks->pdata[index];

    if (check->kind == SCN_CHECK_SOMETIMES) {
        const ScnSample sample = {.measure = SCN_NONE, .check = index};
        g_array_append_val(resolver->scenario->samples, sample);
        return;
    }
    if (check->kind != SCN_CHECK_FINALLY || !check_over_sweep(resolver, check, condition))
        return;
    check->condition = scn_bind(resolver, condition, SCN_SCOPE_RUNS);
    if (check->condition &&
        (check->condition->type != SCN_TYPE_BOOL || !scn_term_has_statistic(check->condition)))
        scn_report(resolver, condition->span, SCN_STATISTIC_HELP,
                   "a condition on statistics is due here");
}

void
scn_resolve_results(ScnResolver *resolver)
{
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_TABLE)
            resolve_table(resolver, stmt);
    }
    for (guint i = 0; i < resolver->over_checks->len; i++) {
        const ScnOverCheck *over = &g_array_index(resolver->over_checks, ScnOverCheck, i);
        resolve_over_check(resolver, over->check, over->condition);
    }
}
