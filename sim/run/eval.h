/* Evaluates terms against a world: supplies the leaves of sim/scenario/evaluate.h.
 *
 * A function of a set returns a list with one element for each node, absent while the node is down;
 * a node named alone is read even when down and returns a single value. Operators work element by
 * element; a single value combines with every element. null compares false, and arithmetic or a
 * reduction with null returns null: what never happened is not smaller than anything. Mistakes that
 * only the run can reveal are error values, which pass through every operator.
 */
#ifndef SIM_RUN_EVAL_H
#define SIM_RUN_EVAL_H

#include "sim/run/facts.h"
#include "sim/scenario/evaluate.h"

/* The sources of an evaluation, all borrowed. */
typedef struct {
    const ScnScenario *scenario;
    const SimFacts *facts;
    const ScnValue *marks; /* by mark */
    void *user;
    /* Times of a cut, SCN_TIME_NULL if not reached; NULL: there are no cuts. */
    int64_t (*cut_start)(void *user, uint32_t cut);
    int64_t (*cut_end)(void *user, uint32_t cut);
} SimEval;

ScnValue sim_eval(const SimEval *eval, const ScnTerm *term);

/* Appends a value for people: 8c1e0a7 height 121, 1m30s, true; a list in brackets. */
void sim_value_append(GString *out, const SimEval *eval, const ScnValue *value);

/* Appends the exact value for files: ns of a time, the full hash of a block, 0x… of a work. */
void sim_value_append_exact(GString *out, const SimEval *eval, const ScnValue *value);

/* Explains why a condition was false (or, negated, true): appends the first node at fault, its
 * value and the expected one; for a question whether nodes agree, the tips and who is on each. */
void sim_eval_explain(GString *out, const SimEval *eval, const ScnTerm *condition, bool negated);

#endif
