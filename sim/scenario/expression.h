/* Expressions as written: the syntax tree that the parser builds.
 *
 * A tree never changes once built. bind.c makes a typed term (term.h) of it, as often as needed.
 */
#ifndef SIM_SCENARIO_EXPRESSION_H
#define SIM_SCENARIO_EXPRESSION_H

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/operator.h"
#include "sim/scenario/quantity.h"

typedef enum {
    SCN_EXPR_QUANTITY,
    SCN_EXPR_TEXT,     /* the quoted text is in name */
    SCN_EXPR_PARAM,    /* $name */
    SCN_EXPR_NAME,     /* name */
    SCN_EXPR_FIELD,    /* name.field */
    SCN_EXPR_INDEX,    /* name[*], name[i] or name[i..j]: args 0, 1 or 2 */
    SCN_EXPR_BRACES,   /* { args } */
    SCN_EXPR_CALL,     /* name(args) */
    SCN_EXPR_OPERATOR, /* op; args: its operands, one or two */
    SCN_EXPR_RANGE,    /* a..b, options only */
    SCN_EXPR_LABELLED, /* name:value, options only */
    SCN_EXPR_BAD,      /* already reported; later checks ignore it */
} ScnExprKind;

typedef struct ScnExpr ScnExpr;

typedef struct {
    char *name; /* in `[WORD "="] expr`, else NULL */
    ScnSpan name_span;
    ScnExpr *value;
} ScnArg;

struct ScnExpr {
    ScnExprKind kind;
    ScnOp op;
    ScnSpan span;
    bool parenthesised;
    ScnQuantity quantity;
    char *name; /* of names, texts, calls, fields, labels */
    char *field;
    GArray *args; /* ScnArg; may be NULL */
};

typedef enum { SCN_OVER_NONE, SCN_OVER_SEEDS, SCN_OVER_SWEEP } ScnOver;

ScnExpr *scn_expr_new(ScnExprKind kind, ScnSpan span);
void scn_expr_free(ScnExpr *expr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnExpr, scn_expr_free)

/* Both take ownership of the operand they add. */
void scn_expr_add(ScnExpr *expr, ScnExpr *operand);
void scn_expr_add_arg(ScnExpr *expr, ScnArg arg);

static inline guint
scn_expr_count(const ScnExpr *expr)
{
    return expr->args ? expr->args->len : 0;
}

static inline ScnExpr *
scn_expr_at(const ScnExpr *expr, guint i)
{
    return g_array_index(expr->args, ScnArg, i).value;
}

static inline bool
scn_expr_is_operator(const ScnExpr *expr, ScnOp op)
{
    return expr->kind == SCN_EXPR_OPERATOR && expr->op == op;
}

/* Returns the argument of that name, or NULL. */
ScnExpr *scn_expr_named(const ScnExpr *expr, const char *name);

#endif
