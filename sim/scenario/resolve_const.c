/* Params, lets and everything else whose value is known before the run. */
#include "sim/scenario/bind.h"

#include <string.h>

#define CONST_DEPTH_MAX 200 /* nested references between lets */

static ScnConst
bad_const(void)
{
    return (ScnConst){SCN_CONST_BAD, {0}, NULL};
}

static ScnConst
quantity_const(ScnQuantity quantity)
{
    return (ScnConst){SCN_CONST_QUANTITY, quantity, NULL};
}

static bool
is_bare_zero(ScnQuantity quantity)
{
    return quantity.dim == SCN_DIM_NUMBER && quantity.value == 0;
}

/* ---- bindings ---- */

ScnBinding *
scn_find_binding(const ScnResolver *resolver, const char *name)
{
    gpointer index;
    if (!g_hash_table_lookup_extended(resolver->binding_index, name, NULL, &index))
        return NULL;
    return &g_array_index(resolver->bindings, ScnBinding, GPOINTER_TO_UINT(index));
}

static void
add_binding_names(const ScnResolver *resolver, GPtrArray *words, bool params_only)
{
    for (guint i = 0; i < resolver->bindings->len; i++) {
        const ScnBinding *binding = &g_array_index(resolver->bindings, ScnBinding, i);
        if (binding->is_param || !params_only)
            g_ptr_array_add(words, (gpointer)binding->name);
    }
}

ScnConst
scn_const_of(ScnResolver *resolver, const char *name, ScnSpan span)
{
    ScnBinding *binding = scn_find_binding(resolver, name);
    if (!binding) {
        g_autoptr(GPtrArray) words = g_ptr_array_new();
        add_binding_names(resolver, words, false);
        scn_report_unknown(resolver, span, "param or let", name, words);
        return bad_const();
    }
    if (binding->state == SCN_STATE_DONE)
        return binding->result;
    if (binding->state == SCN_STATE_BUSY || resolver->const_depth >= CONST_DEPTH_MAX) {
        scn_report(resolver, span, NULL,
                   binding->state == SCN_STATE_BUSY ? "'%s' is defined by itself"
                                                    : "too many lets on the way to '%s'",
                   name);
        return bad_const();
    }
    binding->state = SCN_STATE_BUSY;
    resolver->const_depth++;
    ScnConst result = scn_const(resolver, binding->override ? binding->override : binding->value);
    resolver->const_depth--;
    binding->result = result;
    binding->state = SCN_STATE_DONE;
    return result;
}

const ScnExpr *
scn_follow(ScnResolver *resolver, const ScnExpr *expr)
{
    for (guint i = 0; expr->kind == SCN_EXPR_PARAM && i < CONST_DEPTH_MAX; i++) {
        ScnBinding *binding = scn_find_binding(resolver, expr->name);
        if (!binding)
            break;
        binding->used = true;
        expr = binding->override ? binding->override : binding->value;
    }
    return expr;
}

/* ---- evaluation ---- */

ScnConst
scn_const(ScnResolver *resolver, const ScnExpr *expr)
{
    g_autoptr(ScnTerm) term = scn_bind(resolver, expr, SCN_SCOPE_CONSTANT);

    if (!term)
        return bad_const();
    switch (term->kind) {
    case SCN_TERM_QUANTITY:
        return quantity_const(term->quantity);
    case SCN_TERM_TEXT:
        return (ScnConst){SCN_CONST_TEXT, {0}, term->name};
    case SCN_TERM_WORD:
        return (ScnConst){SCN_CONST_WORD, {0}, term->name};
    default:
        scn_report(resolver, expr->span, "it is read before the run starts",
                   "a number, a quantity or a word is due here");
        return bad_const();
    }
}

/* ---- what a place needs ---- */

static void
report_unit(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim dim,
            const char *unit)
{
    const ScnExpr *plain = scn_expr_is_operator(expr, SCN_OP_MINUS) ? scn_expr_at(expr, 0) : expr;
    g_autofree char *text = scn_span_text(resolver, expr->span);
    bool literal = plain->kind == SCN_EXPR_QUANTITY && !strchr(text, '%') && !strchr(text, 'p') &&
                   !strchr(text, 'x');
    g_autofree char *help = literal ? g_strdup_printf("write %s%s", text, unit)
                                    : g_strdup_printf("give it a unit, such as %s", unit);
    scn_report(resolver, expr->span, help, "'%s' needs %s with a unit", what, scn_dim_name(dim));
}

/* Returns the quantity of dimension `due` that someone means who writes one of another dimension:
 * bytes for a rate of bits, a frequency for the time between two. false if there is none. */
static bool
convert(ScnQuantity given, ScnDim due, ScnQuantity *ret_meant)
{
    static const struct {
        ScnDim given, due;
        ScnNumber times, of; /* value * times, or of / value */
    } rows[] = {
        {SCN_DIM_SIZE, SCN_DIM_RATE, 8, 0},
        {SCN_DIM_FREQUENCY, SCN_DIM_TIME, 0, 3600 * (ScnNumber)SCN_SECOND_NS * SCN_ONE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].given != given.dim || rows[i].due != due || given.value <= 0)
            continue;
        ret_meant->dim = due;
        ret_meant->value = rows[i].times ? given.value * rows[i].times : rows[i].of / given.value;
        return ret_meant->value > 0 && ret_meant->value < G_MAXINT64;
    }
    return false;
}

static void
report_dimension(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim due,
                 ScnQuantity given)
{
    g_autofree char *help = NULL;
    ScnQuantity meant;

    if (convert(given, due, &meant)) {
        g_autofree char *text = scn_quantity_text(meant);
        help = g_strdup_printf("write %s", text);
    }
    scn_report(resolver, expr->span, help, "'%s' needs %s, not %s", what, scn_dim_name(due),
               scn_dim_name(given.dim));
}

bool
scn_need(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim dim, const char *unit,
         ScnQuantity *ret_quantity)
{
    ScnConst value = scn_const(resolver, expr);
    if (value.kind == SCN_CONST_BAD)
        return false;
    if (value.kind == SCN_CONST_QUANTITY && value.quantity.dim != dim &&
        is_bare_zero(value.quantity))
        value.quantity.dim = dim;
    if (value.kind == SCN_CONST_QUANTITY && value.quantity.dim == dim) {
        *ret_quantity = value.quantity;
        return true;
    }
    if (value.kind == SCN_CONST_QUANTITY && value.quantity.dim == SCN_DIM_NUMBER)
        report_unit(resolver, expr, what, dim, unit);
    else if (value.kind == SCN_CONST_QUANTITY)
        report_dimension(resolver, expr, what, dim, value.quantity);
    else
        scn_report(resolver, expr->span,
                   dim == SCN_DIM_NUMBER ? "write a plain number" : "write a number with its unit",
                   "'%s' needs %s%s", what, scn_dim_name(dim),
                   dim == SCN_DIM_NUMBER ? "" : " with a unit");
    return false;
}

bool
scn_need_time(ScnResolver *resolver, const ScnExpr *expr, const char *what, gint64 *ret_ns)
{
    ScnQuantity quantity;
    if (!scn_need(resolver, expr, what, SCN_DIM_TIME, "s", &quantity))
        return false;
    if (quantity.value < 0) {
        scn_report(resolver, expr->span, NULL, "'%s' needs a time that is not before 0", what);
        return false;
    }
    *ret_ns = (gint64)quantity.value;
    return true;
}

bool
scn_need_portion(ScnResolver *resolver, const ScnExpr *expr, const char *what,
                 ScnNumber *ret_portion)
{
    ScnQuantity quantity;
    if (!scn_need(resolver, expr, what, SCN_DIM_NUMBER, "%", &quantity))
        return false;
    if (quantity.value < 0 || quantity.value > SCN_ONE) {
        g_autofree char *text = scn_span_text(resolver, expr->span);
        bool percent = g_ascii_isdigit(text[strlen(text) - 1]) && expr->kind == SCN_EXPR_QUANTITY &&
                       quantity.value <= 100 * SCN_ONE;
        g_autofree char *help =
            percent ? g_strdup_printf("write %s%%", text) : g_strdup("write a share such as 60%");
        scn_report(resolver, expr->span, help, "'%s' must be in 0%%..100%%", what);
        return false;
    }
    *ret_portion = quantity.value;
    return true;
}

bool
scn_need_count(ScnResolver *resolver, const ScnExpr *expr, const char *what, guint64 low,
               guint64 high, guint64 *ret_count)
{
    ScnQuantity quantity;
    if (!scn_need(resolver, expr, what, SCN_DIM_NUMBER, "", &quantity))
        return false;
    ScnNumber whole = quantity.value / SCN_ONE;
    if (quantity.value % SCN_ONE != 0) {
        scn_report(resolver, expr->span, NULL, "'%s' needs a whole number", what);
        return false;
    }
    if (whole < (ScnNumber)low || whole > (ScnNumber)high) {
        scn_report(resolver, expr->span, NULL,
                   "'%s' must be in %" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT, what, low, high);
        return false;
    }
    *ret_count = (guint64)whole;
    return true;
}

/* ---- params ---- */

static void
declare_binding(ScnResolver *resolver, const ScnStmt *stmt)
{
    bool is_param = stmt->kind == SCN_STMT_PARAM;
    ScnBinding *old = scn_find_binding(resolver, stmt->name);

    if (old && !(is_param && old->is_param)) {
        scn_report(resolver, stmt->name_span, "choose another name", "'%s' is declared already",
                   stmt->name);
        return;
    }
    ScnBinding fresh = {.name = stmt->name, .is_param = is_param, .name_span = stmt->name_span};
    ScnBinding *binding = old ? old : &fresh;
    binding->value = stmt->exprs->pdata[0];
    if (stmt->exprs->len > 1) {
        binding->low = stmt->exprs->pdata[1];
        binding->high = stmt->exprs->pdata[2];
    }
    if (stmt->word)
        binding->help = stmt->word;
    if (old)
        return;
    g_hash_table_insert(resolver->binding_index, stmt->name,
                        GUINT_TO_POINTER(resolver->bindings->len));
    g_array_append_val(resolver->bindings, fresh);
}

static const char *
last_unit(const char *text)
{
    const char *unit = text + strlen(text);
    while (unit > text && (g_ascii_isalpha(unit[-1]) || unit[-1] == '/'))
        unit--;
    return unit;
}

/* Checks the value against one end of its range. Returns false after reporting an error. */
static bool
check_end(ScnResolver *resolver, const ScnBinding *binding, const ScnExpr *end, ScnDim dim,
          ScnQuantity *ret_quantity)
{
    g_autofree char *text = scn_span_text(resolver, binding->value->span);
    const char *unit = last_unit(text);
    return scn_need(resolver, end, binding->name, dim, *unit ? unit : "s", ret_quantity);
}

static bool
same_kind(ScnConst a, ScnConst b)
{
    if (a.kind != b.kind)
        return false;
    return a.kind != SCN_CONST_QUANTITY || a.quantity.dim == b.quantity.dim ||
           is_bare_zero(a.quantity) || is_bare_zero(b.quantity);
}

static void
check_in(ScnResolver *resolver, const ScnBinding *binding, const ScnExpr *expr, ScnConst value,
         ScnQuantity low, ScnQuantity high)
{
    if (scn_quantity_compare(value.quantity, low) >= 0 &&
        scn_quantity_compare(value.quantity, high) <= 0)
        return;
    g_autofree char *low_text = scn_span_text(resolver, binding->low->span);
    g_autofree char *high_text = scn_span_text(resolver, binding->high->span);
    g_autofree char *help = g_strdup_printf("write a value in %s..%s", low_text, high_text);
    scn_report(resolver, expr->span, help, "'%s' must be in %s..%s", binding->name, low_text,
               high_text);
}

/* Returns whether -P gives a word such as off for a time, which the option that reads the param may
 * accept; if it does not, it reports the word. */
static bool
is_none_given(const ScnBinding *binding, ScnConst value, ScnConst given)
{
    return value.kind == SCN_CONST_QUANTITY && given.kind == SCN_CONST_WORD && !binding->low &&
           !binding->swept && scn_option_is_none(given.text);
}

static void
check_param_value(ScnResolver *resolver, const ScnBinding *binding)
{
    ScnConst value = scn_const(resolver, binding->value);
    ScnConst given = binding->override ? binding->result : value;
    ScnQuantity low, high;

    if (value.kind == SCN_CONST_BAD || given.kind == SCN_CONST_BAD)
        return;
    if (is_none_given(binding, value, given))
        return;
    if (!same_kind(value, given)) {
        if (value.kind == SCN_CONST_QUANTITY)
            check_end(resolver, binding, binding->override, value.quantity.dim, &low);
        else
            scn_report(resolver, binding->override->span, NULL, "'%s' needs a %s", binding->name,
                       value.kind == SCN_CONST_WORD ? "word" : "text");
        return;
    }
    if (!binding->low)
        return;
    if (value.kind != SCN_CONST_QUANTITY) {
        scn_report(resolver, binding->value->span, NULL, "only numbers and quantities have ranges");
        return;
    }
    ScnDim dim = value.quantity.dim;
    if (is_bare_zero(value.quantity)) {
        ScnConst end = scn_const(resolver, binding->high);
        dim = end.kind == SCN_CONST_QUANTITY ? end.quantity.dim : dim;
    }
    if (!check_end(resolver, binding, binding->low, dim, &low) ||
        !check_end(resolver, binding, binding->high, dim, &high))
        return;
    if (scn_quantity_compare(low, high) > 0) {
        scn_report(resolver, binding->low->span, NULL, "this range is empty");
        return;
    }
    check_in(resolver, binding, binding->value, value, low, high);
    if (binding->override)
        check_in(resolver, binding, binding->override, given, low, high);
}

/* Checks a param. A bad one is marked, so that its uses are not reported again. */
static void
check_param(ScnResolver *resolver, guint i)
{
    guint before = resolver->errors->found;
    check_param_value(resolver, &g_array_index(resolver->bindings, ScnBinding, i));
    if (resolver->errors->found > before)
        g_array_index(resolver->bindings, ScnBinding, i).result = bad_const();
}

void
scn_report_no_param(ScnResolver *resolver, ScnSpan span, const char *name)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    add_binding_names(resolver, words, true);
    scn_report_unknown(resolver, span, "param", name, words);
}

/* A value that is bad by itself has already been reported. */
void
scn_check_swept_value(ScnResolver *resolver, const ScnBinding *binding, const ScnExpr *value)
{
    ScnBinding trial = *binding;
    if (binding->result.kind == SCN_CONST_BAD)
        return;
    trial.override = value;
    trial.result = scn_const(resolver, value);
    check_param_value(resolver, &trial);
}

static void
store_param(ScnResolver *resolver, const ScnBinding *binding)
{
    const ScnExpr *value = binding->override ? binding->override : binding->value;
    ScnParam param = {
        .name = g_strdup(binding->name),
        .value = scn_span_text(resolver, value->span),
        .default_value = scn_span_text(resolver, binding->value->span),
        .low = binding->low ? scn_span_text(resolver, binding->low->span) : NULL,
        .high = binding->high ? scn_span_text(resolver, binding->high->span) : NULL,
        .help = g_strdup(binding->help),
        .overridden = binding->override != NULL,
        .is_quantity = binding->result.kind == SCN_CONST_QUANTITY,
        .quantity = binding->result.quantity,
    };
    g_array_append_val(resolver->scenario->params, param);
}

/* ---- -P name=value ---- */

static void
report_override(ScnResolver *resolver, guint32 source, gsize name_length, const char *name)
{
    ScnSpan span = {source, 0, (guint32)MAX(name_length, 1)};
    if (scn_find_binding(resolver, name))
        scn_report(resolver, span, "only params can be given on the command line", "'%s' is a let",
                   name);
    else
        scn_report_no_param(resolver, span, name);
}

static void
apply_override(ScnResolver *resolver, const char *text)
{
    ScnSource *source = scn_source_new("-P", text, strlen(text));
    guint32 index = resolver->sources->len;
    const char *equals = strchr(text, '=');

    source->is_argument = true;
    g_ptr_array_add(resolver->sources, source);
    if (!scn_lexer_check_text(resolver->sources, index, resolver->errors))
        return;
    if (!equals) {
        scn_report(resolver, (ScnSpan){index, 0, (guint32)strlen(text)}, "write -P name=value",
                   "-P needs a name and a value");
        return;
    }
    g_autofree char *name = g_strndup(text, (gsize)(equals - text));
    ScnBinding *binding = scn_find_binding(resolver, name);
    if (!binding || !binding->is_param) {
        report_override(resolver, index, strlen(name), name);
        return;
    }
    ScnExpr *value =
        scn_parse_value(resolver->sources, resolver->errors, index, (gsize)(equals - text) + 1);
    if (value) {
        g_ptr_array_add(resolver->override_exprs, value);
        binding->override = value;
    }
}

void
scn_resolve_bindings(ScnResolver *resolver, const ScnOptions *options)
{
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_PARAM || stmt->kind == SCN_STMT_LET)
            declare_binding(resolver, stmt);
    }
    for (guint i = 0; options && options->overrides && options->overrides[i]; i++)
        apply_override(resolver, options->overrides[i]);
    scn_place_sweeps(resolver);
    for (int params = 1; params >= 0; params--) {
        for (guint i = 0; i < resolver->bindings->len; i++) {
            const ScnBinding *binding = &g_array_index(resolver->bindings, ScnBinding, i);
            if (binding->is_param != params)
                continue;
            scn_const_of(resolver, binding->name, binding->value->span);
            if (!params)
                continue;
            check_param(resolver, i);
            store_param(resolver, binding);
        }
    }
    scn_resolve_sweeps(resolver);
}
