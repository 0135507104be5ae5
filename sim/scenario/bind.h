/* The binder: the only place that gives an expression its meaning and its type.
 *
 * Functions that return a pointer report what is wrong themselves; NULL means: already reported.
 */
#ifndef SIM_SCENARIO_BIND_H
#define SIM_SCENARIO_BIND_H

#include "sim/scenario/resolve.h"
#include "sim/scenario/term.h"

#define SCN_STATISTIC_HELP "take a statistic, as in p95(heal_time) <= 10m"

/* Which names and functions an expression may use. */
typedef enum {
    SCN_SCOPE_CONSTANT, /* numbers, words and texts known before the run */
    SCN_SCOPE_RUN,      /* also what can be asked of a run */
    SCN_SCOPE_RUNS,     /* constants, and statistics of many runs */
} ScnScope;

/* Returns the typed term of an expression; the caller frees it. */
ScnTerm *scn_bind(ScnResolver *resolver, const ScnExpr *expr, ScnScope scope);
/* Binds an expression that must be a condition in a run. */
ScnTerm *scn_bind_condition(ScnResolver *resolver, const ScnExpr *expr);
/* Binds an expression whose value a run stores; `done` names the use in messages: "measured". */
ScnTerm *scn_bind_kept(ScnResolver *resolver, const ScnExpr *expr, const char *done);
/* Returns the type of a mark; binds its value first if that has not been done. */
ScnType scn_bind_mark(ScnResolver *resolver, guint32 mark);
/* Binds a call of a statistic and adds its sample to the scenario (bind_statistic.c). */
ScnTerm *scn_bind_statistic(ScnResolver *resolver, const ScnExpr *call);
/* Checks the number of plain arguments of a call; one argument named `option` may follow them.
 * Returns false after reporting the error. */
bool scn_check_arguments(ScnResolver *resolver, const ScnExpr *call, const char *option, guint most,
                         guint *ret_count);

#endif
