/* Evaluates a term recursively; see evaluate.h. */
#include "sim/scenario/evaluate.h"

/* ---- operators ---- */

static ScnValue
evaluate_binary(const ScnTerm *term, const ScnLeaves *leaves)
{
    ScnValue a = scn_evaluate(scn_term_at(term, 0), leaves);
    bool decided = (term->op == SCN_OP_AND && scn_value_kind(&a) == SCN_VALUE_BOOL &&
                    !a.scalar.flag && !a.scalar.by_null) ||
                   (term->op == SCN_OP_OR && scn_scalar_is_true(&a.scalar));
    ScnValue b, result;

    if (scn_value_is_error(&a) || decided)
        return a;
    b = scn_evaluate(scn_term_at(term, 1), leaves);
    if (scn_value_is_error(&b)) {
        scn_value_clear(&a);
        return b;
    }
    result = scn_value_apply(term->op, &a, &b);
    scn_value_clear(&a);
    scn_value_clear(&b);
    return result;
}

/* Applies `not` or a sign. Returns false if the scalar is not a valid operand. */
static bool
apply_unary(ScnOp op, ScnScalar *scalar)
{
    if (scalar->kind == SCN_VALUE_ABSENT)
        return true;
    if (op == SCN_OP_NOT) {
        bool ok = scn_scalar_is_condition(scalar);

        if (ok)
            *scalar = scn_scalar_not(scalar);
        return ok;
    }
    if (scalar->kind == SCN_VALUE_QUANTITY && op == SCN_OP_MINUS)
        scalar->quantity.value = -scalar->quantity.value;
    else if (scalar->kind == SCN_VALUE_REAL && op == SCN_OP_MINUS)
        scalar->real.value = -scalar->real.value;
    return scalar->kind == SCN_VALUE_QUANTITY || scalar->kind == SCN_VALUE_REAL ||
           scalar->kind == SCN_VALUE_NULL;
}

static ScnValue
evaluate_unary(const ScnTerm *term, const ScnLeaves *leaves)
{
    ScnValue value = scn_evaluate(scn_term_at(term, 0), leaves);

    for (guint i = 0; !scn_value_is_error(&value) && i < scn_value_length(&value); i++) {
        ScnScalar *scalar =
            scn_value_is_list(&value) ? &g_array_index(value.list, ScnScalar, i) : &value.scalar;

        if (!apply_unary(term->op, scalar)) {
            ScnValue error = scn_value_error(term->op == SCN_OP_NOT ? "a condition is due, not %s"
                                                                    : "a sign before %s",
                                             scn_scalar_kind_name(scalar));

            scn_value_clear(&value);
            return error;
        }
    }
    return value;
}

/* ---- reductions ---- */

static ScnValue
reduce_conditions(const ScnValue *value, bool count)
{
    int64_t found = 0;

    for (guint i = 0; i < scn_value_length(value); i++) {
        const ScnScalar *element = scn_value_element(value, i);

        if (element->kind == SCN_VALUE_ABSENT)
            continue;
        if (!scn_scalar_is_condition(element))
            return scn_value_error("a condition is due, not %s", scn_scalar_kind_name(element));
        found += scn_scalar_is_true(element);
    }
    return scn_value_single(count ? scn_scalar_count(found, SCN_NONE)
                                  : scn_scalar_bool(found > 0, SCN_NONE));
}

static ScnValue
reduce_sum(const ScnValue *value)
{
    ScnScalar total = scn_scalar_count(0, SCN_NONE);
    char *error = NULL;

    for (guint i = 0; i < scn_value_length(value); i++) {
        ScnScalar next = scn_scalar(SCN_VALUE_NULL, SCN_NONE);

        if (scn_value_element(value, i)->kind == SCN_VALUE_ABSENT)
            continue;
        if (!scn_scalar_arithmetic(SCN_OP_ADD, &total, scn_value_element(value, i), &next, &error))
            return scn_value_from_error(error);
        total = next;
        if (total.kind == SCN_VALUE_NULL)
            break;
    }
    return scn_value_single(total);
}

/* Compares one more value with the extreme so far. Returns false with an error. */
static bool
update_extreme(ScnScalar *best, const ScnScalar *next, bool largest, bool first, char **ret_error)
{
    int order = 0;

    if (best->kind == SCN_VALUE_NULL && !first)
        return true;
    if (next->kind == SCN_VALUE_NULL || first) {
        if (next->kind == SCN_VALUE_NULL || scn_scalar_is_plain(next)) {
            *best = *next;
            return true;
        }
    } else if (scn_scalar_is_plain(next) && scn_scalar_compare(next, best, &order)) {
        if (largest ? order > 0 : order < 0)
            *best = *next;
        return true;
    }
    *ret_error = g_strdup_printf("%s has no least and greatest", scn_scalar_kind_name(next));
    return false;
}

static ScnValue
reduce_extreme(const ScnTerm *term, const ScnLeaves *leaves)
{
    bool largest = term->function->id == SCN_FN_MAX, first = true;
    ScnScalar best = scn_scalar_null(SCN_NONE);
    char *error = NULL;

    for (guint i = 0; i < scn_term_count(term); i++) {
        ScnValue value = scn_evaluate(scn_term_at(term, i), leaves);

        if (scn_value_is_error(&value))
            return value;
        if (scn_value_is_empty(&value))
            error = g_strdup_printf("%s of an empty list", term->function->name);
        for (guint j = 0; !error && j < scn_value_length(&value); j++) {
            if (scn_value_element(&value, j)->kind == SCN_VALUE_ABSENT)
                continue;
            update_extreme(&best, scn_value_element(&value, j), largest, first, &error);
            first = false;
        }
        scn_value_clear(&value);
        if (error)
            return scn_value_from_error(error);
    }
    best.node = SCN_NONE;
    return scn_value_single(best);
}

/* Sorts nulls last. */
static gint
compare_plain(gconstpointer a, gconstpointer b)
{
    const ScnScalar *x = a, *y = b;
    int order = 0;

    if (x->kind == SCN_VALUE_NULL || y->kind == SCN_VALUE_NULL)
        return (x->kind == SCN_VALUE_NULL) - (y->kind == SCN_VALUE_NULL);
    scn_scalar_compare(x, y, &order);
    return order;
}

static ScnValue
reduce_quantile(const ScnValue *value, guint percent)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(ScnScalar));
    ScnScalar found;

    for (guint i = 0; i < scn_value_length(value); i++) {
        const ScnScalar *element = scn_value_element(value, i);

        if (element->kind == SCN_VALUE_ABSENT)
            continue;
        if (element->kind != SCN_VALUE_NULL && !scn_scalar_is_plain(element))
            return scn_value_error("%s has no least and greatest", scn_scalar_kind_name(element));
        g_array_append_val(sorted, *element);
    }
    g_array_sort(sorted, compare_plain);
    found = g_array_index(sorted, ScnScalar, ((guint64)sorted->len * percent + 99) / 100 - 1);
    found.node = SCN_NONE;
    return scn_value_single(found);
}

static ScnValue
evaluate_reduction(const ScnTerm *term, const ScnLeaves *leaves)
{
    ScnFunctionId id = term->function->id;
    ScnValue value, result;

    if (id == SCN_FN_MIN || id == SCN_FN_MAX)
        return reduce_extreme(term, leaves);
    value = scn_evaluate(scn_term_at(term, 0), leaves);
    if (scn_value_is_error(&value))
        return value;
    if (scn_value_is_empty(&value))
        result = scn_value_error("%s of an empty list", term->function->name);
    else if (id == SCN_FN_SUM)
        result = reduce_sum(&value);
    else if (id == SCN_FN_QUANTILE)
        result = reduce_quantile(&value, term->stat.percent);
    else
        result = reduce_conditions(&value, id == SCN_FN_COUNT);
    scn_value_clear(&value);
    return result;
}

/* ---- the walk ---- */

ScnValue
scn_evaluate(const ScnTerm *term, const ScnLeaves *leaves)
{
    ScnScalar status = scn_scalar(SCN_VALUE_STATUS, SCN_NONE);

    switch (term->kind) {
    case SCN_TERM_QUANTITY:
        return scn_value_single(
            scn_scalar_quantity(term->quantity.dim, term->quantity.value, SCN_NONE));
    case SCN_TERM_STATUS:
        status.status = (ScnBlockStatus)term->index;
        return scn_value_single(status);
    case SCN_TERM_REDUCE:
        return evaluate_reduction(term, leaves);
    case SCN_TERM_OPERATOR:
        return scn_term_count(term) == 1 ? evaluate_unary(term, leaves)
                                         : evaluate_binary(term, leaves);
    case SCN_TERM_MARK:
    case SCN_TERM_BLOCK:
    case SCN_TERM_CUT_START:
    case SCN_TERM_CUT_END:
    case SCN_TERM_FACT:
    case SCN_TERM_STATISTIC:
        if (leaves != NULL)
            return leaves->leaf(leaves->user, term);
        return scn_value_error("this is known in the run alone");
    default:
        return scn_value_error("this has no value of its own");
    }
}
