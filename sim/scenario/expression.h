/* Expressions: the tree that the parser builds and the resolver finishes.
 *
 * Out of the parser come the raw kinds: quantities, names, indexed refs, calls, operators. The
 * resolver turns each in place into its final kind: $x into its value, names into the node,
 * wallet, transaction, mark or cut that they stand for, sets into their members. Whoever evaluates
 * a tree sees final kinds only.
 */
#ifndef SIM_SCENARIO_EXPRESSION_H
#define SIM_SCENARIO_EXPRESSION_H

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/function.h"
#include "sim/scenario/quantity.h"

typedef enum {
    /* final */
    SCN_EXPR_QUANTITY,
    SCN_EXPR_TEXT,   /* "…" in name */
    SCN_EXPR_WORD,   /* an enum word: active, side, true, any */
    SCN_EXPR_NODES,  /* members */
    SCN_EXPR_WALLET, /* index */
    SCN_EXPR_TX,     /* index */
    SCN_EXPR_MARK,   /* index */
    SCN_EXPR_BLOCK,  /* index: a named block */
    SCN_EXPR_CUT_START,
    SCN_EXPR_CUT_END, /* index */
    SCN_EXPR_CALL,    /* function, args */
    SCN_EXPR_NOT,
    SCN_EXPR_MINUS, /* one operand */
    SCN_EXPR_OR,
    SCN_EXPR_AND,
    SCN_EXPR_EQ,
    SCN_EXPR_NE,
    SCN_EXPR_LT,
    SCN_EXPR_LE,
    SCN_EXPR_GT,
    SCN_EXPR_GE,
    SCN_EXPR_ADD,
    SCN_EXPR_SUB,
    SCN_EXPR_MUL,
    SCN_EXPR_DIV,
    SCN_EXPR_POW,
    /* raw, gone after resolving */
    SCN_EXPR_PARAM,    /* $name */
    SCN_EXPR_NAME,     /* name */
    SCN_EXPR_FIELD,    /* name.field */
    SCN_EXPR_INDEX,    /* name[*], name[i] or name[i..j]: args 0, 1 or 2 */
    SCN_EXPR_BRACES,   /* { args } */
    SCN_EXPR_PLUS,     /* one operand */
    SCN_EXPR_RANGE,    /* a..b, options only */
    SCN_EXPR_LABELLED, /* name:value, options only */
    SCN_EXPR_BAD,      /* already reported; nothing more is said about it */
} ScnExprKind;

typedef enum {
    SCN_OPERATOR_NONE,
    SCN_OPERATOR_LOGIC,
    SCN_OPERATOR_COMPARISON,
    SCN_OPERATOR_ARITHMETIC,
} ScnOperator;

/* What a binary operator does; NONE of every other kind. */
static inline ScnOperator
scn_expr_operator(ScnExprKind kind)
{
    if (kind < SCN_EXPR_OR || kind > SCN_EXPR_POW)
        return SCN_OPERATOR_NONE;
    if (kind <= SCN_EXPR_AND)
        return SCN_OPERATOR_LOGIC;
    return kind <= SCN_EXPR_GE ? SCN_OPERATOR_COMPARISON : SCN_OPERATOR_ARITHMETIC;
}

/* A node named alone is read even when it is down; one that a set brings in, only while up. */
typedef struct {
    guint32 node;
    bool even_down;
} ScnMember;

typedef struct ScnExpr ScnExpr;

typedef struct {
    char *name; /* of arg = [WORD "="] expr, else NULL */
    ScnSpan name_span;
    ScnExpr *value;
} ScnArg;

struct ScnExpr {
    ScnExprKind kind;
    ScnSpan span;
    bool parenthesised;
    ScnQuantity quantity;
    char *name; /* of names, words, texts, calls, fields, labels */
    char *field;
    const ScnFunction *function; /* final calls */
    GArray *args;                /* ScnArg; operands of an operator are args too; or NULL */
    GArray *members;             /* ScnMember, in order of declaration, no doubles; or NULL */
    guint32 index;               /* of a statistic: into the scenario's samples */
    ScnStat stat;                /* of a statistic, which is a call without a function */
};

typedef enum { SCN_OVER_NONE, SCN_OVER_SEEDS, SCN_OVER_SWEEP } ScnOver;

ScnExpr *scn_expr_new(ScnExprKind kind, ScnSpan span);
void scn_expr_free(ScnExpr *expr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnExpr, scn_expr_free)

/* Both take what they add over. */
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

/* The argument of that name, or NULL. */
ScnExpr *scn_expr_named(const ScnExpr *expr, const char *name);

#endif
