/* Recursion over statements and expressions; see walk.h. */
#include "sim/scenario/walk.h"

#include <string.h>

typedef struct {
    const ScnWalk *walk;
    gpointer user;
} Visit;

static void
visit_expr(const Visit *visit, const ScnExpr *expr, ScnWalkPlace place)
{
    if (visit->walk->expr)
        visit->walk->expr(expr, &place, visit->user);
    place.outer = expr;
    for (guint i = 0; i < scn_expr_count(expr); i++) {
        const ScnArg *arg = &g_array_index(expr->args, ScnArg, i);

        if (arg->name && visit->walk->argument)
            visit->walk->argument(arg, visit->user);
        place.argument = arg->name;
        visit_expr(visit, arg->value, place);
    }
}

static void
visit_option(const Visit *visit, const ScnStmt *stmt, const ScnOption *option)
{
    if (visit->walk->option)
        visit->walk->option(stmt, option, visit->user);
    for (guint i = 0; i < option->values->len; i++)
        visit_expr(visit, option->values->pdata[i], (ScnWalkPlace){stmt, option, NULL, NULL});
}

static void
visit_stmt(const Visit *visit, const ScnStmt *stmt)
{
    ScnWalkPlace place = {.stmt = stmt};

    if (visit->walk->stmt)
        visit->walk->stmt(stmt, visit->user);
    for (guint i = 0; i < stmt->exprs->len; i++)
        visit_expr(visit, stmt->exprs->pdata[i], place);
    for (guint i = 0; i < SCN_CLAUSES; i++) {
        if (stmt->clauses[i])
            visit_expr(visit, stmt->clauses[i], place);
    }
    for (guint i = 0; i < stmt->options->len; i++)
        visit_option(visit, stmt, &g_array_index(stmt->options, ScnOption, i));
    for (guint i = 0; i < stmt->items->len; i++)
        visit_stmt(visit, stmt->items->pdata[i]);
}

void
scn_walk(const ScnSyntax *syntax, const ScnWalk *walk, gpointer user)
{
    const Visit visit = {walk, user};

    for (guint i = 0; i < syntax->stmts->len; i++)
        visit_stmt(&visit, syntax->stmts->pdata[i]);
}

guint32
scn_expr_start(const ScnExpr *expr, const GPtrArray *sources)
{
    const ScnSource *source = sources->pdata[expr->span.source];
    guint32 at = expr->span.offset;

    /* Only blanks and joined lines stand between a parenthesis and what follows. */
    while (expr->parenthesised && at < source->length && strchr("( \t\r\n\\", source->text[at]))
        at++;
    return at;
}
