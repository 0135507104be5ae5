/* The binder: the one place where an expression gets its meaning and its type. */
#ifndef SIM_SCENARIO_BIND_H
#define SIM_SCENARIO_BIND_H

#include "sim/scenario/resolve.h"
#include "sim/scenario/term.h"

#define SCN_STATISTIC_HELP "take a statistic, as in p95(heal_time) <= 10m"

/* What an expression may speak of. */
typedef enum {
    SCN_SCOPE_CONSTANT, /* numbers, words and texts that are known before the run */
    SCN_SCOPE_RUN,      /* and what a run can be asked */
    SCN_SCOPE_RUNS,     /* constants, and statistics of many runs */
} ScnScope;

/* To be freed; NULL: reported. */
ScnTerm *scn_bind(ScnResolver *resolver, const ScnExpr *expr, ScnScope scope);
/* The same of a condition in a run. */
ScnTerm *scn_bind_condition(ScnResolver *resolver, const ScnExpr *expr);
/* The same of a value in a run that is kept; `done` says for what: "measured". */
ScnTerm *scn_bind_kept(ScnResolver *resolver, const ScnExpr *expr, const char *done);
/* Binds the value of a mark unless it is; returns its type. */
ScnType scn_bind_mark(ScnResolver *resolver, guint32 mark);
/* bind_statistic.c: a call that is a statistic; its sample is added to the scenario. */
ScnTerm *scn_bind_statistic(ScnResolver *resolver, const ScnExpr *call);
/* Counts the plain arguments of a call; one named `option` may follow them. False: reported. */
bool scn_check_arguments(ScnResolver *resolver, const ScnExpr *call, const char *option, guint most,
                         guint *ret_count);

#endif
