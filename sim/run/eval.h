/* Evaluates terms against a world: answers for the leaves of sim/scenario/evaluate.h.
 *
 * A function of a set gives a list, one element a node, absent while the node is down (a node named
 * alone is read even when down and gives a single value). Operators work element by element; a
 * single value goes with every element. null compares false, and null in arithmetic or in a list
 * that is reduced gives null: what never happened is not smaller than anything. Mistakes that only
 * the run can show are values too: an error with its message, which everything passes on.
 */
#ifndef SIM_RUN_EVAL_H
#define SIM_RUN_EVAL_H

#include "sim/run/facts.h"
#include "sim/scenario/evaluate.h"

/* What an evaluation reads. Everything is borrowed. */
typedef struct {
    const ScnScenario *scenario;
    const SimFacts *facts;
    const ScnValue *marks; /* by mark */
    void *user;
    /* Times of a cut, SCN_TIME_NULL while they have not come; NULL: there are no cuts. */
    int64_t (*cut_start)(void *user, uint32_t cut);
    int64_t (*cut_end)(void *user, uint32_t cut);
} SimEval;

ScnValue sim_eval(const SimEval *eval, const ScnTerm *term);

/* For people: 8c1e… height 121, 1m30s, true; a list in brackets. */
void sim_value_append(GString *out, const SimEval *eval, const ScnValue *value);

/* Exact, for files: ns of a time, the full hash of a block, 0x… of a work. */
void sim_value_append_exact(GString *out, const SimEval *eval, const ScnValue *value);

/* Why a condition that was just false (or, negated, true) is so: the first node at fault with its
 * value and what was expected. */
void sim_eval_explain(GString *out, const SimEval *eval, const ScnTerm *condition, bool negated);

#endif
