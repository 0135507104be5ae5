/* The evaluator computes the value of a term.
 *
 * Constants, checks in a run and checks over many runs share it; only the source of the leaves'
 * values differs.
 */
#ifndef SIM_SCENARIO_EVALUATE_H
#define SIM_SCENARIO_EVALUATE_H

#include "sim/scenario/term.h"
#include "sim/scenario/value.h"

/* Returns the values of facts, statistics, marks, blocks and cuts. */
typedef struct {
    void *user;
    ScnValue (*leaf)(void *user, const ScnTerm *term);
} ScnLeaves;

/* Returns the value of a term, for the caller to clear; an error value if it has none. `leaves` may
 * be NULL for a term of constants. */
ScnValue scn_evaluate(const ScnTerm *term, const ScnLeaves *leaves);

#endif
