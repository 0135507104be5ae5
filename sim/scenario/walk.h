/* Visits every part of a syntax tree, in the order of the file.
 *
 * What formats a file, finds its names or answers an editor needs places, not meanings: it walks
 * the statements as parsed and resolves nothing.
 */
#ifndef SIM_SCENARIO_WALK_H
#define SIM_SCENARIO_WALK_H

#include "sim/scenario/syntax.h"

/* Where an expression stands. */
typedef struct {
    const ScnStmt *stmt;
    const ScnOption *option; /* whose value it is, or is part of; NULL: none */
    const ScnExpr *outer;    /* the expression that it is part of; NULL: none */
    const char *argument;    /* the name of an argument of `outer`; NULL: it has none */
} ScnWalkPlace;

/* Each may be NULL. */
typedef struct {
    void (*stmt)(const ScnStmt *stmt, gpointer user);
    void (*option)(const ScnStmt *stmt, const ScnOption *option, gpointer user);
    void (*argument)(const ScnArg *arg, gpointer user); /* of a call, with a name */
    void (*expr)(const ScnExpr *expr, const ScnWalkPlace *place, gpointer user);
} ScnWalk;

void scn_walk(const ScnSyntax *syntax, const ScnWalk *walk, gpointer user);

/* Returns where the first token of an expression stands, inside of parentheses around it. */
guint32 scn_expr_start(const ScnExpr *expr, const GPtrArray *sources);

#endif
