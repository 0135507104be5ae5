/* The binder makes a typed term of an expression's syntax tree. Names become things, sets their
 * members; an expression that can never be right is refused here instead of in the middle of a run.
 */
#include "sim/scenario/bind.h"

#include "sim/scenario/evaluate.h"
#include "sim/scenario/remedy.h"

#include <string.h>

#define MARK_DEPTH_MAX 100 /* how many marks may be bound inside each other */

static bool
is_bare_zero(const ScnTerm *term)
{
    return term->kind == SCN_TERM_QUANTITY && term->type == SCN_TYPE_NUMBER &&
           term->quantity.value == 0;
}

/* Gives a bare 0 the type of the other side: it combines with every dimension. */
static void
adopt_type(ScnTerm *zero, ScnType type)
{
    if (!is_bare_zero(zero) || !scn_type_is_numeric(type))
        return;
    zero->type = type;
    zero->quantity.dim = scn_type_dim(type);
}

/* ---- folding ---- */

/* Replaces a term whose operands are constants by its value. Returns NULL after reporting an error.
 */
static ScnTerm *
fold_constants(ScnResolver *resolver, ScnTerm *made)
{
    g_autoptr(ScnTerm) term = made;
    ScnSpan span = term->span;
    ScnValue value;

    for (guint i = 0; i < scn_term_count(term); i++) {
        if (scn_term_at(term, i)->kind != SCN_TERM_QUANTITY)
            return g_steal_pointer(&term);
    }
    value = scn_evaluate(term, NULL);
    if (scn_value_is_error(&value)) {
        if (scn_term_is_operator(term, SCN_OP_DIV) || scn_term_is_operator(term, SCN_OP_REM) ||
            scn_term_is_operator(term, SCN_OP_POW))
            span = scn_term_at(term, 1)->span;
        scn_report(resolver, span, NULL, "%s", value.error);
        scn_value_clear(&value);
        return NULL;
    }
    if (scn_value_kind(&value) != SCN_VALUE_QUANTITY)
        return g_steal_pointer(&term);
    return scn_term_quantity(value.scalar.quantity, span);
}

/* ---- operators ---- */

/* Returns true if operators of the class accept the operand; reports an error if not. */
static bool
check_operand(ScnResolver *resolver, const ScnTerm *operand, ScnOpClass class)
{
    const char *name = scn_type_name(operand->type);

    if (operand->type == SCN_TYPE_ANY)
        return true;
    if (class == SCN_OP_CLASS_LOGIC && operand->type != SCN_TYPE_BOOL) {
        scn_report(resolver, operand->span, "compare it, as in height(a1) >= 5",
                   "a condition is due here, not %s", name);
    } else if (class == SCN_OP_CLASS_ARITHMETIC && !scn_type_is_numeric(operand->type)) {
        scn_report(resolver, operand->span, NULL, "a number or a quantity is due here, not %s",
                   name);
    } else if (class != SCN_OP_CLASS_LOGIC && !scn_type_is_value(operand->type)) {
        scn_report(resolver, operand->span, "ask something of it, as in height(a1)",
                   "%s cannot be compared", name);
    } else if (class == SCN_OP_CLASS_ORDER && !scn_type_is_ordered(operand->type)) {
        scn_report(resolver, operand->span, "write == or !=", "%s has no order", name);
    } else {
        return true;
    }
    return false;
}

static const char *
unit_of(ScnType type)
{
    static const char *const texts[] = {"s", "MB", "Mbps", "/s"};

    return texts[type - SCN_TYPE_TIME];
}

/* Reports two operands that do not combine. Usually one lacks its unit. */
static void
report_pair(ScnResolver *resolver, const ScnTerm *term)
{
    const ScnTerm *left = scn_term_at(term, 0), *right = scn_term_at(term, 1);
    bool left_bare = left->kind == SCN_TERM_QUANTITY && left->type == SCN_TYPE_NUMBER;
    const ScnTerm *bare = left_bare ? left : right, *other = left_bare ? right : left;
    bool product = term->op == SCN_OP_MUL || term->op == SCN_OP_DIV || term->op == SCN_OP_POW;

    if (!product && bare->kind == SCN_TERM_QUANTITY && bare->type == SCN_TYPE_NUMBER &&
        scn_type_is_numeric(other->type)) {
        g_autofree char *text = scn_span_text(resolver, bare->span);
        g_autofree char *help = g_strdup_printf("write %s%s", text, unit_of(other->type));

        scn_report(resolver, bare->span, help, "a bare number where %s is due",
                   scn_type_name(other->type));
    } else if (term->op == SCN_OP_POW) {
        scn_report(resolver, term->span, NULL, "a power is of plain numbers");
    } else if (product) {
        scn_report(resolver, term->span, "one of the two must be a plain number",
                   "%s cannot be %s by %s", scn_type_name(left->type),
                   term->op == SCN_OP_MUL ? "multiplied" : "divided", scn_type_name(right->type));
    } else {
        scn_report(resolver, term->span, NULL, "%s and %s do not go together",
                   scn_type_name(left->type), scn_type_name(right->type));
    }
}

/* Binds and adds both operands even if the first is bad, so that both are reported. Returns false
 * if either was. */
static bool
bind_operands(ScnResolver *resolver, ScnTerm *term, const ScnExpr *expr, ScnScope scope)
{
    bool ok = true;

    for (guint i = 0; i < scn_expr_count(expr); i++) {
        ScnTerm *operand = scn_bind(resolver, scn_expr_at(expr, i), scope);

        if (operand)
            scn_term_add(term, operand);
        ok = ok && operand != NULL;
    }
    for (guint i = 0; ok && i < scn_term_count(term); i++)
        ok = check_operand(resolver, scn_term_at(term, i), scn_op_class(term->op));
    return ok;
}

static ScnTerm *
bind_operator(ScnResolver *resolver, const ScnExpr *expr, ScnScope scope)
{
    g_autoptr(ScnTerm) term = scn_term_new(SCN_TERM_OPERATOR, SCN_TYPE_BOOL, expr->span);
    ScnTerm *left, *right;

    term->op = expr->op;
    if (!bind_operands(resolver, term, expr, scope))
        return NULL;
    left = scn_term_at(term, 0);
    if (scn_term_count(term) == 1) {
        term->type = left->type;
        return term->op == SCN_OP_NOT ? g_steal_pointer(&term)
                                      : fold_constants(resolver, g_steal_pointer(&term));
    }
    right = scn_term_at(term, 1);
    if (scn_op_class(term->op) != SCN_OP_CLASS_ARITHMETIC || term->op == SCN_OP_ADD ||
        term->op == SCN_OP_SUB || term->op == SCN_OP_REM) {
        adopt_type(left, right->type);
        adopt_type(right, left->type);
    }
    if (!scn_type_apply(term->op, left->type, right->type, &term->type)) {
        report_pair(resolver, term);
        return NULL;
    }
    if (scn_op_class(term->op) != SCN_OP_CLASS_ARITHMETIC)
        return g_steal_pointer(&term);
    return fold_constants(resolver, g_steal_pointer(&term));
}

/* ---- names ---- */

static ScnTerm *
bind_nodes(ScnResolver *resolver, const ScnExpr *expr)
{
    GArray *members = scn_resolve_set(resolver, expr);
    ScnTerm *term;

    if (!members)
        return NULL;
    term = scn_term_new(SCN_TERM_NODES, SCN_TYPE_NODES, expr->span);
    term->members = members;
    return term;
}

static ScnTerm *
bind_thing(const ScnExpr *expr, ScnTermKind kind, guint32 index, ScnType type)
{
    ScnTerm *term = scn_term_new(kind, type, expr->span);

    term->index = index;
    return term;
}

static guint
place_of(const char *const *words, const char *word)
{
    guint i = 0;

    while (words[i] && strcmp(words[i], word) != 0)
        i++;
    return i;
}

static ScnTerm *
bind_name(ScnResolver *resolver, const ScnExpr *expr)
{
    const ScnName *name = scn_find_name(resolver, expr->name);
    guint status = place_of(scn_status_names, expr->name);

    if (scn_is_set(resolver, expr))
        return bind_nodes(resolver, expr);
    if (!name && scn_status_names[status])
        return bind_thing(expr, SCN_TERM_STATUS, status, SCN_TYPE_STATUS);
    if (!name) {
        scn_report_unknown_name(resolver, expr->span, "name", expr->name, scn_status_names);
        return NULL;
    }
    switch (name->kind) {
    case SCN_NAME_WALLET:
        return bind_thing(expr, SCN_TERM_WALLET, name->index, SCN_TYPE_WALLET);
    case SCN_NAME_TX:
        g_array_index(resolver->scenario->txs, ScnTx, name->index).asked = true;
        return bind_thing(expr, SCN_TERM_TX, name->index, SCN_TYPE_TX);
    case SCN_NAME_MARK:
        if (name->index < resolver->marks->len)
            g_array_index(resolver->marks, ScnMarkValue, name->index).used = true;
        return bind_thing(expr, SCN_TERM_MARK, name->index, scn_bind_mark(resolver, name->index));
    case SCN_NAME_BLOCK:
        return bind_thing(expr, SCN_TERM_BLOCK, name->index, SCN_TYPE_BLOCK);
    case SCN_NAME_UPGRADE:
        scn_report(resolver, expr->span, NULL, "'%s' is an upgrade, which has no value",
                   expr->name);
        return NULL;
    default:
        scn_report(resolver, expr->span, "write .start or .end after it",
                   "'%s' is a cut, which has no value of its own", expr->name);
        return NULL;
    }
}

static ScnTerm *
bind_field(ScnResolver *resolver, const ScnExpr *expr)
{
    const ScnName *name = scn_find_name(resolver, expr->name);
    bool start = strcmp(expr->field, "start") == 0, end = strcmp(expr->field, "end") == 0;
    ScnSpan span = expr->span;

    span.length = (guint32)strlen(expr->name);
    if (!name) {
        scn_report_unknown_name(resolver, span, "cut", expr->name, NULL);
        return NULL;
    }
    if (name->kind != SCN_NAME_CUT) {
        scn_report(resolver, span, "a cut has .start and .end", "'%s' is no cut", expr->name);
        return NULL;
    }
    if (!start && !end) {
        span.offset += expr->span.length - strlen(expr->field);
        span.length = (guint32)strlen(expr->field);
        scn_report(resolver, span, "a cut has .start and .end", "'%s' is no part of a cut",
                   expr->field);
        return NULL;
    }
    return bind_thing(expr, start ? SCN_TERM_CUT_START : SCN_TERM_CUT_END, name->index,
                      SCN_TYPE_TIME);
}

static ScnTerm *
bind_word(const ScnExpr *expr, ScnTermKind kind, const char *text)
{
    ScnTerm *term =
        scn_term_new(kind, kind == SCN_TERM_TEXT ? SCN_TYPE_TEXT : SCN_TYPE_WORD, expr->span);

    term->name = text;
    return term;
}

/* Binds $param. In a run, a param whose value is a word stands for the thing of that name. */
static ScnTerm *
bind_param(ScnResolver *resolver, const ScnExpr *expr, ScnScope scope)
{
    ScnConst value = scn_const_of(resolver, expr->name, expr->span);
    ScnBinding *binding = scn_find_binding(resolver, expr->name);
    ScnExpr word = {.kind = SCN_EXPR_NAME, .span = expr->span, .name = (char *)value.text};

    if (binding)
        binding->used = true;
    switch (value.kind) {
    case SCN_CONST_QUANTITY:
        return scn_term_quantity(value.quantity, expr->span);
    case SCN_CONST_TEXT:
        return bind_word(expr, SCN_TERM_TEXT, value.text);
    case SCN_CONST_WORD:
        return scope == SCN_SCOPE_RUN ? bind_name(resolver, &word)
                                      : bind_word(expr, SCN_TERM_WORD, value.text);
    default:
        return NULL;
    }
}

/* ---- calls ---- */

static ScnSpan
name_span(const ScnExpr *call)
{
    ScnSpan span = call->span;

    span.length = (guint32)strlen(call->name);
    return span;
}

bool
scn_check_arguments(ScnResolver *resolver, const ScnExpr *call, const char *option, guint most,
                    guint *ret_count)
{
    guint plain = 0, named = 0;

    for (guint i = 0; i < scn_expr_count(call); i++) {
        const ScnArg *arg = &g_array_index(call->args, ScnArg, i);

        plain += arg->name == NULL;
        named += arg->name != NULL;
        if (arg->name && (!option || strcmp(arg->name, option) != 0)) {
            g_autofree char *help = option ? g_strdup_printf("write %s", option) : NULL;

            scn_report(resolver, arg->name_span, help, "'%s' knows no '%s'", call->name, arg->name);
            return false;
        }
        if (named > 1 || (named && !arg->name)) {
            scn_report(resolver, arg->value->span, NULL, "'%s' does not take this", call->name);
            return false;
        }
    }
    if (plain > most) {
        scn_report(resolver, scn_expr_at(call, most)->span, NULL, "'%s' takes %u value%s",
                   call->name, most, most == 1 ? "" : "s");
        return false;
    }
    *ret_count = plain;
    return true;
}

static void
report_missing(ScnResolver *resolver, const ScnExpr *call, const char *what)
{
    scn_report(resolver, call->span, NULL, "'%s' needs %s", call->name, what);
}

/* Binds a word of a fixed list (new-block, bad-nonce) as its index there. */
static ScnTerm *
bind_place(ScnResolver *resolver, const ScnExpr *expr, const char *const *words, ScnType wanted)
{
    guint place = expr->kind == SCN_EXPR_NAME ? place_of(words, expr->name) : G_MAXUINT;
    g_autofree char *help = NULL;

    if (place != G_MAXUINT && words[place])
        return bind_thing(expr, SCN_TERM_PLACE, place, wanted);
    if (expr->kind == SCN_EXPR_NAME)
        help = scn_remedy_text_of(scn_type_name(wanted), expr->name, words);
    scn_report(resolver, expr->span, help, "%s is due here", scn_type_name(wanted));
    return NULL;
}

/* Reads p1 .. p100. Returns false after reporting that it is something else. */
static bool
read_share(ScnResolver *resolver, const ScnExpr *expr, ScnStat *ret_stat)
{
    ScnStat stat = {0};

    if (expr->kind != SCN_EXPR_NAME || !scn_stat_parse(&stat, expr->name) ||
        stat.kind != SCN_STAT_QUANTILE) {
        scn_report(resolver, expr->span, "as in p50 or p90", "%s is due here",
                   scn_type_name(SCN_TYPE_SHARE));
        return false;
    }
    *ret_stat = stat;
    return true;
}

/* Binds p1 .. p100 as permille. */
static ScnTerm *
bind_share(ScnResolver *resolver, const ScnExpr *expr)
{
    ScnStat stat;

    if (!read_share(resolver, expr, &stat))
        return NULL;
    resolver->scenario->asked.propagation[stat.percent] = true;
    return bind_thing(expr, SCN_TERM_PLACE, stat.percent * 10, SCN_TYPE_SHARE);
}

/* Returns whether the name is of nothing declared, where only a wallet or a transaction is right;
 * then reports it. */
static bool
report_unknown_money(ScnResolver *resolver, const ScnExpr *expr, ScnType wanted)
{
    bool is_tx = wanted == SCN_TYPE_TX;

    if ((!is_tx && wanted != SCN_TYPE_WALLET) || expr->kind != SCN_EXPR_NAME ||
        scn_find_name(resolver, expr->name) || scn_is_set(resolver, expr) ||
        scn_status_names[place_of(scn_status_names, expr->name)])
        return false;
    scn_report_unknown_kind(resolver, expr->span, is_tx ? "transaction" : "wallet", expr->name,
                            is_tx ? SCN_NAME_TX : SCN_NAME_WALLET);
    return true;
}

/* Binds an argument that must have the type `wanted`. */
static ScnTerm *
bind_typed(ScnResolver *resolver, const ScnExpr *expr, ScnType wanted)
{
    g_autoptr(ScnTerm) term = NULL;
    g_autofree char *help = NULL;

    if (wanted == SCN_TYPE_KIND)
        return bind_place(resolver, expr, scn_message_names, wanted);
    if (wanted == SCN_TYPE_VERDICT)
        return bind_place(resolver, expr, scn_verdict_names, wanted);
    if (wanted == SCN_TYPE_AVERAGE)
        return bind_place(resolver, expr, scn_average_names, wanted);
    if (wanted == SCN_TYPE_SHARE)
        return bind_share(resolver, expr);
    if (report_unknown_money(resolver, expr, wanted))
        return NULL;
    term = scn_bind(resolver, expr, SCN_SCOPE_RUN);
    if (!term)
        return NULL;
    adopt_type(term, wanted);
    if (term->type == wanted ||
        (term->type == SCN_TYPE_ANY && wanted != SCN_TYPE_WALLET && wanted != SCN_TYPE_TX))
        return g_steal_pointer(&term);
    if (wanted == SCN_TYPE_TIME && term->type == SCN_TYPE_NUMBER &&
        term->kind == SCN_TERM_QUANTITY) {
        g_autofree char *text = scn_span_text(resolver, expr->span);

        help = g_strdup_printf("write %ss", text);
    }
    scn_report(resolver, expr->span, help, "%s is due here, not %s", scn_type_name(wanted),
               scn_type_name(term->type));
    return NULL;
}

/* Sets the type of min, max or sum to that of its arguments. Returns false after reporting that
 * they differ. */
static bool
find_common_type(ScnResolver *resolver, ScnTerm *call)
{
    bool sum = call->function->id == SCN_FN_SUM, unknown = false;

    call->type = SCN_TYPE_ANY;
    for (guint i = 0; i < scn_term_count(call); i++) {
        const ScnTerm *arg = scn_term_at(call, i);

        if (!scn_type_is_ordered(arg->type) || (sum && arg->type == SCN_TYPE_WORK)) {
            scn_report(resolver, arg->span, NULL, "'%s' cannot take %s", call->function->name,
                       scn_type_name(arg->type));
            return false;
        }
        unknown |= arg->type == SCN_TYPE_ANY;
        if (is_bare_zero(arg) || arg->type == SCN_TYPE_ANY)
            continue;
        if (call->type != SCN_TYPE_ANY && arg->type != call->type) {
            scn_report(resolver, arg->span, NULL, "%s and %s do not go together",
                       scn_type_name(call->type), scn_type_name(arg->type));
            return false;
        }
        call->type = arg->type;
    }
    if (call->type == SCN_TYPE_ANY && !unknown)
        call->type = SCN_TYPE_NUMBER;
    for (guint i = 0; i < scn_term_count(call); i++)
        adopt_type(scn_term_at(call, i), call->type);
    return true;
}

static ScnTerm *
bind_quantile(ScnResolver *resolver, const ScnExpr *expr, const ScnFunction *function,
              ScnScope scope)
{
    g_autoptr(ScnTerm) call = scn_term_new(SCN_TERM_REDUCE, function->result, expr->span);
    ScnTerm *list;
    guint count;

    call->function = function;
    if (!scn_check_arguments(resolver, expr, NULL, 2, &count))
        return NULL;
    if (count < 2) {
        report_missing(resolver, expr, count == 0 ? "a value" : scn_type_name(SCN_TYPE_SHARE));
        return NULL;
    }
    list = scn_bind(resolver, scn_expr_at(expr, 0), scope);
    if (list)
        scn_term_add(call, list);
    if (!read_share(resolver, scn_expr_at(expr, 1), &call->stat) || !list ||
        !find_common_type(resolver, call))
        return NULL;
    return fold_constants(resolver, g_steal_pointer(&call));
}

static ScnTerm *
bind_reduction(ScnResolver *resolver, const ScnExpr *expr, const ScnFunction *function,
               ScnScope scope)
{
    bool several = function->id == SCN_FN_MIN || function->id == SCN_FN_MAX;
    bool condition = function->id == SCN_FN_ANY || function->id == SCN_FN_COUNT, ok = true;
    g_autoptr(ScnTerm) call = scn_term_new(SCN_TERM_REDUCE, function->result, expr->span);
    guint count;

    if (function->id == SCN_FN_QUANTILE)
        return bind_quantile(resolver, expr, function, scope);
    call->function = function;
    if (!scn_check_arguments(resolver, expr, NULL, several ? G_MAXUINT : 1, &count))
        return NULL;
    if (count == 0) {
        report_missing(resolver, expr, "a value");
        return NULL;
    }
    for (guint i = 0; i < count; i++) {
        ScnTerm *arg = scn_bind(resolver, scn_expr_at(expr, i), scope);

        if (arg)
            scn_term_add(call, arg);
        ok = ok && arg;
    }
    if (!ok)
        return NULL;
    if (condition)
        return check_operand(resolver, scn_term_at(call, 0), SCN_OP_CLASS_LOGIC)
                   ? g_steal_pointer(&call)
                   : NULL;
    return find_common_type(resolver, call) ? fold_constants(resolver, g_steal_pointer(&call))
                                            : NULL;
}

/* Binds a question to the world, about nodes or without a set. */
static ScnTerm *
bind_fact(ScnResolver *resolver, const ScnExpr *expr, const ScnFunction *function)
{
    g_autoptr(ScnTerm) call = scn_term_new(SCN_TERM_FACT, function->result, expr->span);
    bool alone = function->shape == SCN_SHAPE_ALONE;
    guint wanted = (alone ? 0 : 1) + (function->second == SCN_TYPE_ANY ? 0 : 1), count;
    const ScnExpr *option = function->option ? scn_expr_named(expr, function->option) : NULL;
    ScnTerm *args[2] = {NULL, NULL};
    bool ok = true;

    call->function = function;
    resolver->scenario->asked.arrived |=
        function->id == SCN_FN_ARRIVED || function->id == SCN_FN_ARRIVAL_DELAY;
    resolver->scenario->asked.time_to_agree |= function->id == SCN_FN_TIME_TO_AGREE;
    if (!scn_check_arguments(resolver, expr, function->option, wanted, &count))
        return NULL;
    if (count < wanted) {
        report_missing(resolver, expr,
                       count == 0 && !alone ? "a node or a set of nodes"
                                            : scn_type_name(function->second));
        return NULL;
    }
    for (guint i = 0; i < wanted; i++) {
        bool nodes = i == 0 && !alone;

        args[i] = nodes ? bind_nodes(resolver, scn_expr_at(expr, i))
                        : bind_typed(resolver, scn_expr_at(expr, i), function->second);
        if (args[i])
            scn_term_add(call, args[i]);
        ok = ok && args[i];
    }
    if (option) {
        call->option = bind_typed(resolver, option, function->option_type);
        ok = ok && call->option;
    }
    return ok ? g_steal_pointer(&call) : NULL;
}

static ScnTerm *
report_no_function(ScnResolver *resolver, const ScnExpr *call)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    scn_function_names(words);
    scn_report_unknown(resolver, name_span(call), "function", call->name, words);
    return NULL;
}

static ScnTerm *
bind_call(ScnResolver *resolver, const ScnExpr *call, ScnScope scope)
{
    const ScnFunction *function = scn_function_find(call->name);
    ScnStat stat;
    bool is_stat = scn_stat_parse(&stat, call->name);
    /* over many runs, min(x) is a statistic and min(a, b) the lesser of two statistics */
    bool reduces = function && function->shape == SCN_SHAPE_REDUCE &&
                   (scope != SCN_SCOPE_RUNS || scn_expr_count(call) > 1);

    if (reduces)
        return bind_reduction(resolver, call, function, scope);
    if (scope == SCN_SCOPE_RUNS)
        return scn_bind_statistic(resolver, call);
    if (!function && is_stat) {
        scn_report(resolver, name_span(call), "it goes with finally ... over seeds",
                   "'%s' is of many runs", call->name);
        return NULL;
    }
    if (!function)
        return report_no_function(resolver, call);
    if (scope == SCN_SCOPE_CONSTANT) {
        scn_report(resolver, call->span, "only min, max and their like can be worked out before it",
                   "'%s' is known in the run alone", call->name);
        return NULL;
    }
    return function->shape == SCN_SHAPE_SET ? bind_nodes(resolver, call)
                                            : bind_fact(resolver, call, function);
}

/* ---- the walk ---- */

/* Reports a leaf or set that the scope does not allow. */
static ScnTerm *
report_out_of_scope(ScnResolver *resolver, const ScnExpr *expr, ScnScope scope)
{
    if (expr->kind == SCN_EXPR_BAD)
        return NULL;
    if (scope == SCN_SCOPE_RUNS)
        scn_report(resolver, expr->span, SCN_STATISTIC_HELP,
                   "this is of one run, and the check of many");
    else
        scn_report(resolver, expr->span, "it is read before the run starts",
                   "a number, a quantity or a word is due here");
    return NULL;
}

ScnTerm *
scn_bind(ScnResolver *resolver, const ScnExpr *expr, ScnScope scope)
{
    bool in_run = scope == SCN_SCOPE_RUN;

    switch (expr->kind) {
    case SCN_EXPR_QUANTITY:
        return scn_term_quantity(expr->quantity, expr->span);
    case SCN_EXPR_PARAM:
        return bind_param(resolver, expr, scope);
    case SCN_EXPR_CALL:
        return bind_call(resolver, expr, scope);
    case SCN_EXPR_OPERATOR:
        if (in_run && expr->op == SCN_OP_SUB && scn_is_set(resolver, expr))
            return bind_nodes(resolver, expr);
        return bind_operator(resolver, expr, scope);
    case SCN_EXPR_TEXT:
        if (scope != SCN_SCOPE_RUNS)
            return bind_word(expr, SCN_TERM_TEXT, expr->name);
        break;
    case SCN_EXPR_NAME:
        if (in_run)
            return bind_name(resolver, expr);
        if (scope == SCN_SCOPE_CONSTANT)
            return bind_word(expr, SCN_TERM_WORD, expr->name);
        break;
    case SCN_EXPR_FIELD:
        if (in_run)
            return bind_field(resolver, expr);
        break;
    case SCN_EXPR_INDEX:
    case SCN_EXPR_BRACES:
        if (in_run)
            return bind_nodes(resolver, expr);
        break;
    default:
        break;
    }
    return report_out_of_scope(resolver, expr, scope);
}

ScnTerm *
scn_bind_condition(ScnResolver *resolver, const ScnExpr *expr)
{
    g_autoptr(ScnTerm) term = scn_bind(resolver, expr, SCN_SCOPE_RUN);

    return term && check_operand(resolver, term, SCN_OP_CLASS_LOGIC) ? g_steal_pointer(&term)
                                                                     : NULL;
}

ScnTerm *
scn_bind_kept(ScnResolver *resolver, const ScnExpr *expr, const char *done)
{
    g_autoptr(ScnTerm) term = scn_bind(resolver, expr, SCN_SCOPE_RUN);

    if (!term || scn_type_is_value(term->type))
        return g_steal_pointer(&term);
    scn_report(resolver, expr->span, "ask something of it, as in height(a1)", "%s cannot be %s",
               scn_type_name(term->type), done);
    return NULL;
}

/* Returns the type of a mark. In a chain of more than MARK_DEPTH_MAX marks that refer to each other
 * it is unknown until the run. */
ScnType
scn_bind_mark(ScnResolver *resolver, guint32 mark)
{
    ScnMarkValue *value = &g_array_index(resolver->marks, ScnMarkValue, mark);

    if (!value->bound && resolver->mark_depth < MARK_DEPTH_MAX) {
        value->bound = true;
        resolver->mark_depth++;
        value->term = scn_bind_kept(resolver, value->expr, "kept in a mark");
        resolver->mark_depth--;
        value->type = value->term ? value->term->type : SCN_TYPE_ANY;
    }
    return value->type;
}
