/* The evaluator: a walk over the tree; see eval.h. */
#include "sim/run/eval.h"

#include "sim/run/function.h"

#include <string.h>

static SimValue
eval_binary(const SimEval *eval, const ScnExpr *expr)
{
    SimValue a = sim_eval(eval, scn_expr_at(expr, 0));
    bool decided = (expr->kind == SCN_EXPR_AND && sim_value_kind(&a) == SIM_VALUE_BOOL &&
                    !a.scalar.flag && !a.scalar.by_null) ||
                   (expr->kind == SCN_EXPR_OR && sim_scalar_is_true(&a.scalar));
    if (sim_value_is_error(&a) || decided)
        return a;
    SimValue b = sim_eval(eval, scn_expr_at(expr, 1));
    if (sim_value_is_error(&b)) {
        sim_value_clear(&a);
        return b;
    }
    SimValue result = sim_value_apply(expr->kind, &a, &b);
    sim_value_clear(&a);
    sim_value_clear(&b);
    return result;
}

static SimValue
eval_unary(const SimEval *eval, const ScnExpr *expr)
{
    SimValue value = sim_eval(eval, scn_expr_at(expr, 0));
    if (sim_value_is_error(&value))
        return value;
    for (guint i = 0; i < sim_value_length(&value); i++) {
        SimScalar *scalar =
            sim_value_is_list(&value) ? &g_array_index(value.list, SimScalar, i) : &value.scalar;
        if (expr->kind == SCN_EXPR_NOT && sim_scalar_is_condition(scalar)) {
            *scalar = sim_scalar_not(scalar);
        } else if (expr->kind == SCN_EXPR_MINUS && scalar->kind == SIM_VALUE_QUANTITY) {
            scalar->quantity.value = -scalar->quantity.value;
        } else if (scalar->kind != SIM_VALUE_NULL && scalar->kind != SIM_VALUE_ABSENT) {
            SimValue error = sim_value_error(
                expr->kind == SCN_EXPR_NOT ? "a condition is due, not %s" : "a sign before %s",
                sim_scalar_kind_name(scalar));
            sim_value_clear(&value);
            return error;
        }
    }
    return value;
}

const char *const sim_status_names[] = {
    [SIM_STATUS_UNKNOWN] = "unknown", [SIM_STATUS_ACTIVE] = "active",
    [SIM_STATUS_SIDE] = "side",       [SIM_STATUS_ORPHAN] = "orphan",
    [SIM_STATUS_INVALID] = "invalid", [SIM_STATUS_INVALID_ANCESTOR] = "invalid-ancestor",
    [SIM_STATUS_PARKED] = "parked",
};

static SimValue
eval_word(const ScnExpr *expr)
{
    for (guint i = 0; i < G_N_ELEMENTS(sim_status_names); i++) {
        if (strcmp(sim_status_names[i], expr->name) != 0)
            continue;
        SimScalar scalar = sim_scalar(SIM_VALUE_STATUS, SIM_REF_NONE);
        scalar.status = (SimBlockStatus)i;
        return sim_value_single(scalar);
    }
    return sim_value_error("'%s' is no status", expr->name);
}

static SimValue
eval_mark(const SimEval *eval, const ScnExpr *expr)
{
    const SimValue *mark = &eval->marks[expr->index];
    if (sim_value_kind(mark) == SIM_VALUE_UNSET)
        return sim_value_error("the mark '%s' is not set yet", expr->name);
    return sim_value_copy(mark);
}

static SimValue
eval_cut(const SimEval *eval, const ScnExpr *expr)
{
    int64_t (*ask)(void *, uint32_t) =
        expr->kind == SCN_EXPR_CUT_START ? eval->cut_start : eval->cut_end;
    int64_t time_ns = ask ? ask(eval->user, expr->index) : SIM_TIME_NULL;
    return sim_value_single(sim_scalar_time(time_ns, SIM_REF_NONE));
}

SimValue
sim_eval(const SimEval *eval, const ScnExpr *expr)
{
    switch (expr->kind) {
    case SCN_EXPR_QUANTITY:
        return sim_value_single(
            sim_scalar_quantity(expr->quantity.dim, expr->quantity.value, SIM_REF_NONE));
    case SCN_EXPR_WORD:
        return eval_word(expr);
    case SCN_EXPR_MARK:
        return eval_mark(eval, expr);
    case SCN_EXPR_BLOCK:
        return sim_value_single(sim_scalar_block(
            eval->facts->named_block(eval->facts->world, expr->index), SIM_REF_NONE));
    case SCN_EXPR_CUT_START:
    case SCN_EXPR_CUT_END:
        return eval_cut(eval, expr);
    case SCN_EXPR_CALL:
        return sim_function_call(eval, expr);
    case SCN_EXPR_NOT:
    case SCN_EXPR_MINUS:
        return eval_unary(eval, expr);
    default:
        if (scn_expr_operator(expr->kind) != SCN_OPERATOR_NONE)
            return eval_binary(eval, expr);
        return sim_value_error("this has no value of its own");
    }
}
