/* Expressions that the run evaluates: names become things, sets their members, and what can only
 * be wrong is refused here rather than in the middle of a run. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/word.h"

#include <string.h>

static const char *const status_words[] = {"active",           "side",   "orphan",  "invalid",
                                           "invalid-ancestor", "parked", "unknown", NULL};

static ScnType
spoil(ScnExpr *expr)
{
    expr->kind = SCN_EXPR_BAD;
    return SCN_TYPE_ANY;
}

static bool
is_numeric(ScnType type)
{
    return type >= SCN_TYPE_NUMBER && type <= SCN_TYPE_FREQUENCY;
}

static bool
is_ordered(ScnType type)
{
    return type == SCN_TYPE_ANY || is_numeric(type) || type == SCN_TYPE_WORK;
}

static ScnType
type_of_dim(ScnDim dim)
{
    return (ScnType)(SCN_TYPE_NUMBER + (int)dim);
}

bool
scn_is_bare_zero(const ScnExpr *expr)
{
    return expr->kind == SCN_EXPR_QUANTITY && expr->quantity.dim == SCN_DIM_NUMBER &&
           expr->quantity.value == 0;
}

/* ---- operators ---- */

static const char *
unit_of(ScnType type)
{
    static const char *const texts[] = {"s", "MB", "Mbps", "/s"};
    return texts[type - SCN_TYPE_TIME];
}

/* Whether two values can be added or compared; reports if not. */
static bool
check_alike(ScnResolver *resolver, const ScnExpr *expr, ScnType a, ScnType b)
{
    const ScnExpr *left = scn_expr_at(expr, 0), *right = scn_expr_at(expr, 1);
    if (a == SCN_TYPE_ANY || b == SCN_TYPE_ANY || a == b)
        return true;
    if ((scn_is_bare_zero(left) && is_numeric(b)) || (scn_is_bare_zero(right) && is_numeric(a)))
        return true;
    bool left_bare = left->kind == SCN_EXPR_QUANTITY && a == SCN_TYPE_NUMBER;
    const ScnExpr *bare = left_bare ? left : right;
    ScnType wanted = left_bare ? b : a;
    bool literal = bare->kind == SCN_EXPR_QUANTITY && bare->quantity.dim == SCN_DIM_NUMBER;
    if (literal && is_numeric(wanted) && wanted != SCN_TYPE_NUMBER) {
        g_autofree char *text = scn_span_text(resolver, bare->span);
        g_autofree char *help = g_strdup_printf("write %s%s", text, unit_of(wanted));
        scn_report(resolver, bare->span, help, "a bare number where %s is due",
                   scn_type_name(wanted));
    } else {
        scn_report(resolver, expr->span, NULL, "%s and %s do not go together", scn_type_name(a),
                   scn_type_name(b));
    }
    return false;
}

static bool
fold_quantities(ScnResolver *resolver, ScnExpr *expr)
{
    const ScnExpr *left = scn_expr_at(expr, 0), *right = scn_expr_at(expr, 1);
    if (!scn_fold(resolver, expr, left->quantity, right->quantity, &expr->quantity))
        return false;
    expr->kind = SCN_EXPR_QUANTITY;
    g_clear_pointer(&expr->args, g_array_unref);
    return true;
}

ScnType
scn_arithmetic_type(ScnExprKind kind, ScnType a, ScnType b)
{
    if (kind == SCN_EXPR_ADD || kind == SCN_EXPR_SUB)
        return a == SCN_TYPE_NUMBER ? b : a;
    if (kind == SCN_EXPR_MUL && (a == SCN_TYPE_NUMBER || b == SCN_TYPE_NUMBER))
        return a == SCN_TYPE_NUMBER ? b : a;
    if (kind == SCN_EXPR_DIV && a == b)
        return SCN_TYPE_NUMBER;
    if (kind == SCN_EXPR_DIV && b == SCN_TYPE_NUMBER)
        return a;
    if (kind == SCN_EXPR_POW && a == SCN_TYPE_NUMBER && b == SCN_TYPE_NUMBER)
        return SCN_TYPE_NUMBER;
    return SCN_TYPE_BOOL;
}

static ScnType
resolve_arithmetic(ScnResolver *resolver, ScnExpr *expr)
{
    ScnExpr *left = scn_expr_at(expr, 0), *right = scn_expr_at(expr, 1);
    ScnType a = scn_resolve_expr(resolver, left), b = scn_resolve_expr(resolver, right);

    if (left->kind == SCN_EXPR_BAD || right->kind == SCN_EXPR_BAD)
        return spoil(expr);
    for (int side = 0; side < 2; side++) {
        ScnType type = side ? b : a;
        if (type == SCN_TYPE_ANY || is_numeric(type))
            continue;
        scn_report(resolver, scn_expr_at(expr, (guint)side)->span, NULL,
                   "a number or a quantity is due here, not %s", scn_type_name(type));
        return spoil(expr);
    }
    if (left->kind == SCN_EXPR_QUANTITY && right->kind == SCN_EXPR_QUANTITY)
        return fold_quantities(resolver, expr) ? type_of_dim(expr->quantity.dim) : spoil(expr);
    if (a == SCN_TYPE_ANY || b == SCN_TYPE_ANY)
        return SCN_TYPE_ANY;
    if ((expr->kind == SCN_EXPR_ADD || expr->kind == SCN_EXPR_SUB) &&
        !check_alike(resolver, expr, a, b))
        return spoil(expr);
    ScnType type = scn_arithmetic_type(expr->kind, a, b);
    if (type != SCN_TYPE_BOOL)
        return type;
    scn_report(resolver, expr->span, NULL, "%s and %s do not go together here", scn_type_name(a),
               scn_type_name(b));
    return spoil(expr);
}

static ScnType
resolve_comparison(ScnResolver *resolver, ScnExpr *expr)
{
    ScnExpr *left = scn_expr_at(expr, 0), *right = scn_expr_at(expr, 1);
    ScnType a = scn_resolve_expr(resolver, left), b = scn_resolve_expr(resolver, right);
    bool equality = expr->kind == SCN_EXPR_EQ || expr->kind == SCN_EXPR_NE;

    if (left->kind == SCN_EXPR_BAD || right->kind == SCN_EXPR_BAD)
        return spoil(expr);
    for (int side = 0; side < 2; side++) {
        ScnType type = side ? b : a;
        const ScnExpr *operand = scn_expr_at(expr, (guint)side);
        bool thing = type == SCN_TYPE_NODES || type == SCN_TYPE_WALLET || type == SCN_TYPE_TX;
        if (!thing && (equality || is_ordered(type)))
            continue;
        if (thing)
            scn_report(resolver, operand->span, "ask something of it, as in height(a1)",
                       "%s cannot be compared", scn_type_name(type));
        else
            scn_report(resolver, operand->span, "write == or !=", "%s has no order",
                       scn_type_name(type));
        return spoil(expr);
    }
    bool work = (a == SCN_TYPE_WORK && b == SCN_TYPE_NUMBER) ||
                (a == SCN_TYPE_NUMBER && b == SCN_TYPE_WORK);
    if (!work && !check_alike(resolver, expr, a, b))
        return spoil(expr);
    return SCN_TYPE_BOOL;
}

static bool
need_bool(ScnResolver *resolver, ScnExpr *expr)
{
    ScnType type = scn_resolve_expr(resolver, expr);
    if (expr->kind == SCN_EXPR_BAD)
        return false;
    if (type == SCN_TYPE_ANY || type == SCN_TYPE_BOOL)
        return true;
    scn_report(resolver, expr->span, "compare it, as in height(a1) >= 5",
               "a condition is due here, not %s", scn_type_name(type));
    return false;
}

static ScnType
resolve_logic(ScnResolver *resolver, ScnExpr *expr)
{
    bool ok = true;
    for (guint i = 0; i < scn_expr_count(expr); i++)
        ok = need_bool(resolver, scn_expr_at(expr, i)) && ok;
    return ok ? SCN_TYPE_BOOL : spoil(expr);
}

static ScnType
resolve_sign(ScnResolver *resolver, ScnExpr *expr)
{
    ScnExpr *operand = scn_expr_at(expr, 0);
    ScnType type = scn_resolve_expr(resolver, operand);
    if (operand->kind == SCN_EXPR_BAD)
        return spoil(expr);
    if (type != SCN_TYPE_ANY && !is_numeric(type)) {
        scn_report(resolver, expr->span, NULL, "a sign goes with a number or a quantity");
        return spoil(expr);
    }
    if (operand->kind == SCN_EXPR_QUANTITY) {
        bool minus = expr->kind == SCN_EXPR_MINUS;
        expr->quantity = operand->quantity;
        expr->quantity.value = minus ? -expr->quantity.value : expr->quantity.value;
        expr->kind = SCN_EXPR_QUANTITY;
        g_clear_pointer(&expr->args, g_array_unref);
    } else if (expr->kind == SCN_EXPR_PLUS) {
        /* +x is x: 0 + x, so that no evaluator needs to know it */
        ScnExpr *zero = scn_expr_new(SCN_EXPR_QUANTITY, expr->span);
        ScnArg first = {.value = zero};
        expr->kind = SCN_EXPR_ADD;
        g_array_prepend_val(expr->args, first);
    }
    return type;
}

/* ---- names ---- */

static ScnType
become_nodes(ScnResolver *resolver, ScnExpr *expr)
{
    GArray *members = scn_resolve_set(resolver, expr);
    if (!members)
        return spoil(expr);
    g_clear_pointer(&expr->args, g_array_unref);
    expr->kind = SCN_EXPR_NODES;
    expr->members = members;
    return SCN_TYPE_NODES;
}

static ScnType
become_thing(ScnExpr *expr, ScnExprKind kind, guint32 index, ScnType type)
{
    expr->kind = kind;
    expr->index = index;
    return type;
}

static ScnType
resolve_name(ScnResolver *resolver, ScnExpr *expr)
{
    const ScnName *name = scn_find_name(resolver, expr->name);
    if (scn_is_set(resolver, expr))
        return become_nodes(resolver, expr);
    if (!name) {
        if (g_strv_contains(status_words, expr->name)) {
            expr->kind = SCN_EXPR_WORD;
            return SCN_TYPE_STATUS;
        }
        scn_report_unknown_name(resolver, expr->span, "name", expr->name, status_words);
        return spoil(expr);
    }
    switch (name->kind) {
    case SCN_NAME_WALLET:
        return become_thing(expr, SCN_EXPR_WALLET, name->index, SCN_TYPE_WALLET);
    case SCN_NAME_TX:
        return become_thing(expr, SCN_EXPR_TX, name->index, SCN_TYPE_TX);
    case SCN_NAME_MARK:
        return become_thing(expr, SCN_EXPR_MARK, name->index,
                            g_array_index(resolver->mark_types, ScnType, name->index));
    case SCN_NAME_BLOCK:
        return become_thing(expr, SCN_EXPR_BLOCK, name->index, SCN_TYPE_BLOCK);
    default:
        scn_report(resolver, expr->span, "write .start or .end after it",
                   "'%s' is a cut, which has no value of its own", expr->name);
        return spoil(expr);
    }
}

static ScnType
resolve_field(ScnResolver *resolver, ScnExpr *expr)
{
    const ScnName *name = scn_find_name(resolver, expr->name);
    bool start = strcmp(expr->field, "start") == 0, end = strcmp(expr->field, "end") == 0;
    ScnSpan span = expr->span;

    span.length = (guint32)strlen(expr->name);
    if (!name) {
        scn_report_unknown_name(resolver, span, "cut", expr->name, NULL);
        return spoil(expr);
    }
    if (name->kind != SCN_NAME_CUT || !(start || end)) {
        span.offset += name->kind == SCN_NAME_CUT ? expr->span.length - strlen(expr->field) : 0;
        if (name->kind == SCN_NAME_CUT)
            span.length = (guint32)strlen(expr->field);
        scn_report(resolver, span, "a cut has .start and .end",
                   name->kind == SCN_NAME_CUT ? "'%s' is no part of a cut" : "'%s' is no cut",
                   name->kind == SCN_NAME_CUT ? expr->field : expr->name);
        return spoil(expr);
    }
    return become_thing(expr, start ? SCN_EXPR_CUT_START : SCN_EXPR_CUT_END, name->index,
                        SCN_TYPE_TIME);
}

static ScnType
resolve_param(ScnResolver *resolver, ScnExpr *expr)
{
    ScnConst value = scn_const(resolver, expr);
    if (value.kind == SCN_CONST_BAD)
        return spoil(expr);
    if (value.kind == SCN_CONST_QUANTITY) {
        expr->kind = SCN_EXPR_QUANTITY;
        expr->quantity = value.quantity;
        return type_of_dim(value.quantity.dim);
    }
    char *text = g_strdup(value.text);
    g_free(expr->name);
    expr->name = text;
    if (value.kind == SCN_CONST_TEXT) {
        expr->kind = SCN_EXPR_TEXT;
        return SCN_TYPE_TEXT;
    }
    return resolve_name(resolver, expr);
}

/* ---- calls ---- */

static ScnSpan
name_span(const ScnExpr *call)
{
    ScnSpan span = call->span;
    span.length = (guint32)strlen(call->name);
    return span;
}

/* Named arguments come last and are the function's own; false once reported. */
static bool
check_arguments(ScnResolver *resolver, const ScnExpr *call, guint wanted, guint most)
{
    const ScnFunction *function = call->function;
    guint plain = 0, named = 0;

    for (guint i = 0; i < scn_expr_count(call); i++) {
        const ScnArg *arg = &g_array_index(call->args, ScnArg, i);
        plain += arg->name == NULL;
        named += arg->name != NULL;
        if (arg->name && (!function->option || strcmp(arg->name, function->option) != 0)) {
            g_autofree char *help =
                function->option ? g_strdup_printf("write %s", function->option) : NULL;
            scn_report(resolver, arg->name_span, help, "'%s' knows no '%s'", call->name, arg->name);
            return false;
        }
        if (named > 1 || (named && !arg->name)) {
            scn_report(resolver, arg->value->span, NULL, "'%s' does not take this", call->name);
            return false;
        }
    }
    if (plain >= wanted && plain <= most)
        return true;
    if (plain > most)
        scn_report(resolver, scn_expr_at(call, most)->span, NULL, "'%s' takes %u value%s",
                   call->name, most, most == 1 ? "" : "s");
    else
        scn_report(resolver, call->span, NULL, "'%s' needs %s", call->name,
                   plain == 0 && function->shape != SCN_SHAPE_REDUCE ? "a node or a set of nodes"
                   : function->shape == SCN_SHAPE_REDUCE             ? "a value"
                                                         : scn_type_name(function->second));
    return false;
}

static guint
place_of(const char *const *words, const char *word)
{
    guint i = 0;
    while (words[i] && strcmp(words[i], word) != 0)
        i++;
    return i;
}

/* new-block, bad-nonce: a word of a list becomes its place there. */
static bool
become_place(ScnResolver *resolver, ScnExpr *expr, const char *const *words, ScnType wanted)
{
    guint place = expr->kind == SCN_EXPR_NAME ? place_of(words, expr->name) : G_MAXUINT;
    if (place != G_MAXUINT && words[place]) {
        expr->kind = SCN_EXPR_WORD;
        expr->index = place;
        return true;
    }
    g_autofree char *help = NULL;
    if (expr->kind == SCN_EXPR_NAME)
        help = g_strdup_printf("write %s", scn_word_nearest(expr->name, words));
    scn_report(resolver, expr->span, help, "%s is due here", scn_type_name(wanted));
    return false;
}

/* p1 .. p100 become permille. */
static bool
become_share(ScnResolver *resolver, ScnExpr *expr)
{
    char *end = NULL;
    guint64 percent = 0;
    if (expr->kind == SCN_EXPR_NAME && expr->name[0] == 'p' && g_ascii_isdigit(expr->name[1]))
        percent = g_ascii_strtoull(expr->name + 1, &end, 10);
    if (!end || *end || percent < 1 || percent > 100) {
        scn_report(resolver, expr->span, "as in p50 or p90", "a share of the nodes is due here");
        return false;
    }
    expr->kind = SCN_EXPR_WORD;
    expr->index = (guint32)percent * 10;
    resolver->scenario->asked.propagation[percent] = true;
    return true;
}

static bool
need_type(ScnResolver *resolver, ScnExpr *expr, ScnType wanted)
{
    if (wanted == SCN_TYPE_KIND)
        return become_place(resolver, expr, scn_message_names, wanted);
    if (wanted == SCN_TYPE_VERDICT)
        return become_place(resolver, expr, scn_verdict_names, wanted);
    if (wanted == SCN_TYPE_SHARE)
        return become_share(resolver, expr);
    ScnType type = scn_resolve_expr(resolver, expr);
    if (expr->kind == SCN_EXPR_BAD)
        return false;
    if (type == wanted || (is_numeric(wanted) && scn_is_bare_zero(expr)))
        return true;
    if (type == SCN_TYPE_ANY && wanted != SCN_TYPE_WALLET && wanted != SCN_TYPE_TX)
        return true;
    g_autofree char *help = NULL;
    if (wanted == SCN_TYPE_TIME && type == SCN_TYPE_NUMBER && expr->kind == SCN_EXPR_QUANTITY) {
        g_autofree char *text = scn_span_text(resolver, expr->span);
        help = g_strdup_printf("write %ss", text);
    }
    scn_report(resolver, expr->span, help, "%s is due here, not %s", scn_type_name(wanted),
               scn_type_name(type));
    return false;
}

/* min, max and sum give what they are given. */
static ScnType
reduced_type(ScnResolver *resolver, ScnExpr *call)
{
    ScnType result = SCN_TYPE_ANY;
    bool sum = call->function->id == SCN_FN_SUM;
    bool zero = false, unknown = false; /* a bare 0 goes with each */
    for (guint i = 0; i < scn_expr_count(call); i++) {
        ScnExpr *arg = scn_expr_at(call, i);
        ScnType type = scn_resolve_expr(resolver, arg);
        if (arg->kind == SCN_EXPR_BAD)
            return spoil(call);
        if (!is_ordered(type) || (sum && type == SCN_TYPE_WORK)) {
            scn_report(resolver, arg->span, NULL, "'%s' cannot take %s", call->name,
                       scn_type_name(type));
            return spoil(call);
        }
        if (scn_is_bare_zero(arg)) {
            zero = true;
            continue;
        }
        if (result != SCN_TYPE_ANY && type != SCN_TYPE_ANY && type != result) {
            scn_report(resolver, arg->span, NULL, "%s and %s do not go together",
                       scn_type_name(result), scn_type_name(type));
            return spoil(call);
        }
        unknown |= type == SCN_TYPE_ANY;
        result = type != SCN_TYPE_ANY ? type : result;
    }
    return result == SCN_TYPE_ANY && zero && !unknown ? SCN_TYPE_NUMBER : result;
}

static ScnType
resolve_reduce(ScnResolver *resolver, ScnExpr *call)
{
    ScnFunctionId id = call->function->id;
    bool several = id == SCN_FN_MIN || id == SCN_FN_MAX;
    bool condition = id == SCN_FN_ANY || id == SCN_FN_COUNT;

    if (!check_arguments(resolver, call, 1, several ? G_MAXUINT : 1))
        return spoil(call);
    if (!condition)
        return reduced_type(resolver, call);
    return need_bool(resolver, scn_expr_at(call, 0)) ? call->function->result : spoil(call);
}

/* A function of no set. */
static ScnType
resolve_alone(ScnResolver *resolver, ScnExpr *call)
{
    const ScnFunction *function = call->function;
    if (scn_expr_count(call) != 1 || g_array_index(call->args, ScnArg, 0).name) {
        scn_report(resolver, call->span, NULL, "'%s' takes %s", call->name,
                   scn_type_name(function->second));
        return spoil(call);
    }
    return need_type(resolver, scn_expr_at(call, 0), function->second) ? function->result
                                                                       : spoil(call);
}

static ScnType
resolve_question(ScnResolver *resolver, ScnExpr *call)
{
    const ScnFunction *function = call->function;
    guint wanted = function->second == SCN_TYPE_ANY ? 1 : 2;
    if (!check_arguments(resolver, call, wanted, wanted))
        return spoil(call);
    bool ok = become_nodes(resolver, scn_expr_at(call, 0)) == SCN_TYPE_NODES;
    if (wanted == 2)
        ok = need_type(resolver, scn_expr_at(call, 1), function->second) && ok;
    if (scn_expr_count(call) > wanted)
        ok = need_type(resolver, scn_expr_at(call, wanted), function->option_type) && ok;
    return ok ? function->result : spoil(call);
}

static ScnType
resolve_call(ScnResolver *resolver, ScnExpr *call)
{
    const ScnFunction *function = scn_function_find(call->name);
    ScnStat stat;
    if (!function && scn_stat_parse(&stat, call->name)) {
        scn_report(resolver, name_span(call), "it goes with finally ... over seeds",
                   "'%s' is of many runs", call->name);
        return spoil(call);
    }
    if (!function) {
        g_autoptr(GPtrArray) words = g_ptr_array_new();
        scn_function_names(words);
        scn_report_unknown(resolver, name_span(call), "function", call->name, words);
        return spoil(call);
    }
    if (function->shape == SCN_SHAPE_SET)
        return become_nodes(resolver, call);
    call->function = function;
    resolver->scenario->asked.arrived |= function->id == SCN_FN_ARRIVED;
    resolver->scenario->asked.time_to_agree |= function->id == SCN_FN_TIME_TO_AGREE;
    if (function->shape == SCN_SHAPE_REDUCE)
        return resolve_reduce(resolver, call);
    if (function->shape == SCN_SHAPE_ALONE)
        return resolve_alone(resolver, call);
    return resolve_question(resolver, call);
}

/* ---- the walk ---- */

ScnType
scn_resolve_expr(ScnResolver *resolver, ScnExpr *expr)
{
    switch (expr->kind) {
    case SCN_EXPR_QUANTITY:
        return type_of_dim(expr->quantity.dim);
    case SCN_EXPR_TEXT:
        return SCN_TYPE_TEXT;
    case SCN_EXPR_PARAM:
        return resolve_param(resolver, expr);
    case SCN_EXPR_NAME:
        return resolve_name(resolver, expr);
    case SCN_EXPR_FIELD:
        return resolve_field(resolver, expr);
    case SCN_EXPR_INDEX:
    case SCN_EXPR_BRACES:
        return become_nodes(resolver, expr);
    case SCN_EXPR_CALL:
        return resolve_call(resolver, expr);
    case SCN_EXPR_NOT:
    case SCN_EXPR_AND:
    case SCN_EXPR_OR:
        return resolve_logic(resolver, expr);
    case SCN_EXPR_MINUS:
    case SCN_EXPR_PLUS:
        return resolve_sign(resolver, expr);
    case SCN_EXPR_SUB:
        if (scn_is_set(resolver, expr))
            return become_nodes(resolver, expr);
        return resolve_arithmetic(resolver, expr);
    case SCN_EXPR_ADD:
    case SCN_EXPR_MUL:
    case SCN_EXPR_DIV:
    case SCN_EXPR_POW:
        return resolve_arithmetic(resolver, expr);
    case SCN_EXPR_EQ:
    case SCN_EXPR_NE:
    case SCN_EXPR_LT:
    case SCN_EXPR_LE:
    case SCN_EXPR_GT:
    case SCN_EXPR_GE:
        return resolve_comparison(resolver, expr);
    default:
        return spoil(expr);
    }
}

void
scn_need_condition(ScnResolver *resolver, ScnExpr *expr)
{
    need_bool(resolver, expr);
}
