/* The evaluator: the value of a term.
 *
 * There is one, for constants, for checks in a run and for checks over many runs: they differ in
 * who answers for the leaves.
 */
#ifndef SIM_SCENARIO_EVALUATE_H
#define SIM_SCENARIO_EVALUATE_H

#include "sim/scenario/term.h"
#include "sim/scenario/value.h"

/* Answers for facts, statistics, marks, blocks and cuts. */
typedef struct {
    void *user;
    ScnValue (*leaf)(void *user, const ScnTerm *term);
} ScnLeaves;

/* To be cleared. What cannot be evaluated is an error value. NULL leaves: of constants alone. */
ScnValue scn_evaluate(const ScnTerm *term, const ScnLeaves *leaves);

#endif
