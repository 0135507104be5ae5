/* Supplies the leaves of a run: marks, blocks, cuts and facts; see eval.h. */
#include "sim/run/eval.h"

#include "sim/run/function.h"

static ScnValue
eval_mark(const SimEval *eval, const ScnTerm *term)
{
    const ScnValue *mark = &eval->marks[term->index];

    if (scn_value_kind(mark) == SCN_VALUE_UNSET)
        return scn_value_error("the mark '%s' is not set yet",
                               g_array_index(eval->scenario->marks, ScnMark, term->index).name);
    return scn_value_copy(mark);
}

static ScnValue
eval_cut(const SimEval *eval, const ScnTerm *term)
{
    int64_t (*ask)(void *, uint32_t) =
        term->kind == SCN_TERM_CUT_START ? eval->cut_start : eval->cut_end;
    int64_t time_ns = ask ? ask(eval->user, term->index) : SCN_TIME_NULL;

    return scn_value_single(scn_scalar_time(time_ns, SCN_NONE));
}

static ScnValue
leaf(void *user, const ScnTerm *term)
{
    const SimEval *eval = user;

    switch (term->kind) {
    case SCN_TERM_MARK:
        return eval_mark(eval, term);
    case SCN_TERM_BLOCK:
        return scn_value_single(
            scn_scalar_block(eval->facts->named_block(eval->facts->world, term->index), SCN_NONE));
    case SCN_TERM_CUT_START:
    case SCN_TERM_CUT_END:
        return eval_cut(eval, term);
    case SCN_TERM_FACT:
        return sim_function_call(eval, term);
    default:
        return scn_value_error("this is judged over many runs");
    }
}

ScnValue
sim_eval(const SimEval *eval, const ScnTerm *term)
{
    const ScnLeaves leaves = {(void *)eval, leaf};

    return scn_evaluate(term, &leaves);
}
