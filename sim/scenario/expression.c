/* Makes and frees syntax trees of expressions. The parser bounds their depth and size. */
#include "sim/scenario/expression.h"

#include <string.h>

static void
arg_clear(gpointer data)
{
    ScnArg *arg = data;
    g_free(arg->name);
    scn_expr_free(arg->value);
}

ScnExpr *
scn_expr_new(ScnExprKind kind, ScnSpan span)
{
    ScnExpr *expr = g_new0(ScnExpr, 1);
    expr->kind = kind;
    expr->span = span;
    return expr;
}

void
scn_expr_free(ScnExpr *expr)
{
    if (!expr)
        return;
    if (expr->args)
        g_array_unref(expr->args);
    g_free(expr->name);
    g_free(expr->field);
    g_free(expr);
}

void
scn_expr_add_arg(ScnExpr *expr, ScnArg arg)
{
    if (!expr->args) {
        expr->args = g_array_new(FALSE, FALSE, sizeof(ScnArg));
        g_array_set_clear_func(expr->args, arg_clear);
    }
    g_array_append_val(expr->args, arg);
}

void
scn_expr_add(ScnExpr *expr, ScnExpr *operand)
{
    scn_expr_add_arg(expr, (ScnArg){.value = operand});
}

ScnExpr *
scn_expr_named(const ScnExpr *expr, const char *name)
{
    for (guint i = 0; i < scn_expr_count(expr); i++) {
        const ScnArg *arg = &g_array_index(expr->args, ScnArg, i);
        if (arg->name && strcmp(arg->name, name) == 0)
            return arg->value;
    }
    return NULL;
}
