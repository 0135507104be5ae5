/* Values and what operators make of them; see value.h. */
#include "sim/run/value.h"

#include <stdarg.h>
#include <string.h>

SimValue
sim_value_list(guint size)
{
    SimValue value = sim_value_single(sim_scalar(SIM_VALUE_LIST, SIM_REF_NONE));
    value.list = g_array_sized_new(FALSE, FALSE, sizeof(SimScalar), size);
    return value;
}

SimValue
sim_value_error(const char *format, ...)
{
    va_list args;
    SimValue value = sim_value_single(sim_scalar(SIM_VALUE_ERROR, SIM_REF_NONE));
    va_start(args, format);
    value.error = g_strdup_vprintf(format, args);
    va_end(args);
    return value;
}

void
sim_value_clear(SimValue *value)
{
    g_clear_pointer(&value->list, g_array_unref);
    g_clear_pointer(&value->error, g_free);
    value->scalar = sim_scalar_null(SIM_REF_NONE);
}

SimValue
sim_value_copy(const SimValue *value)
{
    SimValue copy = *value;
    copy.list = value->list ? g_array_copy(value->list) : NULL;
    copy.error = g_strdup(value->error);
    return copy;
}

const char *
sim_scalar_kind_name(const SimScalar *scalar)
{
    switch (scalar->kind) {
    case SIM_VALUE_BOOL:
        return "a condition";
    case SIM_VALUE_QUANTITY:
        return scn_dim_name(scalar->quantity.dim);
    case SIM_VALUE_WORK:
        return "a work";
    case SIM_VALUE_BLOCK:
        return "a block";
    case SIM_VALUE_STATUS:
        return "a status";
    case SIM_VALUE_HASH:
        return "a hash";
    default:
        return "nothing";
    }
}

/* ---- comparing ---- */

int
sim_work_compare(const SimWork *a, const SimWork *b)
{
    for (int i = 3; i >= 0; i--) {
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    }
    return 0;
}

/* A work against a plain number, which may be negative or have decimals. */
static int
compare_work_number(const SimWork *work, ScnNumber number)
{
    if (number < 0)
        return 1;
    ScnNumber whole = number / SCN_ONE;
    SimWork other = {{(uint64_t)whole, (uint64_t)(whole >> 64), 0, 0}};
    int order = sim_work_compare(work, &other);
    return order == 0 && number % SCN_ONE != 0 ? -1 : order;
}

static bool
is_bare_zero(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_QUANTITY && scalar->quantity.value == 0 &&
           scalar->quantity.dim == SCN_DIM_NUMBER;
}

static bool
is_number(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_QUANTITY && scalar->quantity.dim == SCN_DIM_NUMBER;
}

bool
sim_scalar_is_plain(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_QUANTITY || scalar->kind == SIM_VALUE_WORK;
}

bool
sim_scalar_compare(const SimScalar *a, const SimScalar *b, int *ret_order)
{
    if (a->kind == SIM_VALUE_WORK && is_number(b)) {
        *ret_order = compare_work_number(&a->work, b->quantity.value);
        return true;
    }
    if (b->kind == SIM_VALUE_WORK && is_number(a)) {
        *ret_order = -compare_work_number(&b->work, a->quantity.value);
        return true;
    }
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case SIM_VALUE_BOOL:
        *ret_order = a->flag != b->flag;
        return true;
    case SIM_VALUE_QUANTITY:
        *ret_order = scn_quantity_compare(a->quantity, b->quantity);
        return a->quantity.dim == b->quantity.dim || is_bare_zero(a) || is_bare_zero(b);
    case SIM_VALUE_WORK:
        *ret_order = sim_work_compare(&a->work, &b->work);
        return true;
    case SIM_VALUE_BLOCK:
        *ret_order = a->block != b->block;
        return true;
    case SIM_VALUE_STATUS:
        *ret_order = a->status != b->status;
        return true;
    case SIM_VALUE_HASH:
        *ret_order = memcmp(a->hash, b->hash, sizeof a->hash) != 0;
        return true;
    default:
        return false;
    }
}

static bool
holds(ScnExprKind op, int order)
{
    switch (op) {
    case SCN_EXPR_EQ:
        return order == 0;
    case SCN_EXPR_NE:
        return order != 0;
    case SCN_EXPR_LT:
        return order < 0;
    case SCN_EXPR_LE:
        return order <= 0;
    case SCN_EXPR_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* ---- operators on single values ---- */

/* Each gives false with a message, to be freed, when the two do not go together. */
static bool
apply_comparison(ScnExprKind op, const SimScalar *a, const SimScalar *b, SimScalar *result,
                 char **ret_error)
{
    int order = 0;
    bool equality = op == SCN_EXPR_EQ || op == SCN_EXPR_NE;
    *result = sim_scalar_bool(false, result->node);
    result->by_null = a->kind == SIM_VALUE_NULL || b->kind == SIM_VALUE_NULL;
    if (result->by_null)
        return true;
    if (!sim_scalar_compare(a, b, &order) || (!equality && !sim_scalar_is_plain(a))) {
        *ret_error = g_strdup_printf("%s cannot be compared with %s", sim_scalar_kind_name(a),
                                     sim_scalar_kind_name(b));
        return false;
    }
    result->flag = holds(op, order);
    return true;
}

bool
sim_scalar_arithmetic(ScnExprKind op, const SimScalar *a, const SimScalar *b, SimScalar *result,
                      char **ret_error)
{
    static const char ops[] = {'+', '-', '*', '/', '^'};
    static const char *const problems[] = {
        [SCN_MATH_OK] = "",
        [SCN_MATH_OVERFLOW] = "a result is too large",
        [SCN_MATH_ZERO_DIVIDE] = "a division by 0",
        [SCN_MATH_DIMENSION] = "",
        [SCN_MATH_EXPONENT] = "an exponent is a whole number in -64..64",
    };
    *result = sim_scalar_null(result->node);
    if (a->kind == SIM_VALUE_NULL || b->kind == SIM_VALUE_NULL)
        return true;
    ScnMath math = SCN_MATH_DIMENSION;
    ScnQuantity quantity = {0};
    if (a->kind == SIM_VALUE_QUANTITY && b->kind == SIM_VALUE_QUANTITY)
        math = scn_quantity_apply(ops[op - SCN_EXPR_ADD], a->quantity, b->quantity, &quantity);
    if (math == SCN_MATH_OK) {
        *result = sim_scalar_quantity(quantity.dim, quantity.value, result->node);
        return true;
    }
    *ret_error = math == SCN_MATH_DIMENSION
                     ? g_strdup_printf("%s and %s do not go together", sim_scalar_kind_name(a),
                                       sim_scalar_kind_name(b))
                     : g_strdup(problems[math]);
    return false;
}

bool
sim_scalar_is_condition(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_BOOL || scalar->kind == SIM_VALUE_NULL;
}

bool
sim_scalar_is_true(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_BOOL && scalar->flag && !scalar->by_null;
}

bool
sim_scalar_is_false(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_NULL || (scalar->kind == SIM_VALUE_BOOL && !scalar->flag);
}

static bool
is_by_null(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_NULL || scalar->by_null;
}

SimScalar
sim_scalar_not(const SimScalar *scalar)
{
    SimScalar result = sim_scalar_bool(sim_scalar_is_false(scalar), scalar->node);

    result.by_null = is_by_null(scalar);
    return result;
}

static bool
apply_logic(ScnExprKind op, const SimScalar *a, const SimScalar *b, SimScalar *result,
            char **ret_error)
{
    const SimScalar *wrong = sim_scalar_is_condition(a) ? b : a;
    if (!sim_scalar_is_condition(wrong)) {
        *ret_error = g_strdup_printf("a condition is due, not %s", sim_scalar_kind_name(wrong));
        return false;
    }
    /* What decides is a false of `and` and a true of `or`; a null has no part in it then. */
    bool decides = op == SCN_EXPR_OR, left = !sim_scalar_is_false(a),
         right = !sim_scalar_is_false(b);
    bool decided = (left == decides && !is_by_null(a)) || (right == decides && !is_by_null(b));
    bool by_null = !decided && (is_by_null(a) || is_by_null(b));

    *result = sim_scalar_bool(decides ? left || right : left && right, result->node);
    result->by_null = by_null;
    return true;
}

static bool
apply_scalars(ScnExprKind op, const SimScalar *a, const SimScalar *b, SimScalar *result,
              char **ret_error)
{
    result->node = a->node != SIM_REF_NONE ? a->node : b->node;
    if (a->kind == SIM_VALUE_ABSENT || b->kind == SIM_VALUE_ABSENT) {
        /* `and` says something of each side by itself. */
        const SimScalar *present = a->kind == SIM_VALUE_ABSENT ? b : a;
        *result = op == SCN_EXPR_AND ? *present : sim_scalar(SIM_VALUE_ABSENT, result->node);
        return true;
    }
    switch (scn_expr_operator(op)) {
    case SCN_OPERATOR_LOGIC:
        return apply_logic(op, a, b, result, ret_error);
    case SCN_OPERATOR_COMPARISON:
        return apply_comparison(op, a, b, result, ret_error);
    default:
        return sim_scalar_arithmetic(op, a, b, result, ret_error);
    }
}

/* ---- element by element ---- */

guint
sim_value_length(const SimValue *value)
{
    return sim_value_kind(value) == SIM_VALUE_LIST ? value->list->len : 1;
}

const SimScalar *
sim_value_element(const SimValue *value, guint i)
{
    return sim_value_kind(value) == SIM_VALUE_LIST ? &g_array_index(value->list, SimScalar, i)
                                                   : &value->scalar;
}

bool
sim_value_is_empty(const SimValue *value)
{
    for (guint i = 0; i < sim_value_length(value); i++) {
        if (sim_value_element(value, i)->kind != SIM_VALUE_ABSENT)
            return false;
    }
    return true;
}

SimValue
sim_value_from_error(char *message)
{
    SimValue value = sim_value_single(sim_scalar(SIM_VALUE_ERROR, SIM_REF_NONE));
    value.error = message;
    return value;
}

/* Every element of a list as one condition; false with the first that is none. */
static bool
whole(const SimValue *list, SimScalar *ret_whole, char **ret_error)
{
    *ret_whole = sim_scalar_bool(true, SIM_REF_NONE);
    for (guint i = 0; i < sim_value_length(list); i++) {
        const SimScalar before = *ret_whole;
        if (!apply_scalars(SCN_EXPR_AND, &before, sim_value_element(list, i), ret_whole, ret_error))
            return false;
    }
    return true;
}

/* Of lists that do not match, each as a whole: height(a[1..3]) == 1 and height(b[1..2]) == 0. */
static SimValue
apply_wholes(ScnExprKind op, const SimValue *a, const SimValue *b)
{
    SimScalar left, right, result = {.node = SIM_REF_NONE};
    char *error = NULL;

    if (!whole(a, &left, &error) || !whole(b, &right, &error) ||
        !apply_logic(op, &left, &right, &result, &error))
        return sim_value_from_error(error);
    return sim_value_single(result);
}

SimValue
sim_value_apply(ScnExprKind op, const SimValue *a, const SimValue *b)
{
    SimScalar result = {0};
    char *error = NULL;

    if (scn_expr_operator(op) == SCN_OPERATOR_LOGIC &&
        (sim_value_is_empty(a) || sim_value_is_empty(b)))
        return sim_value_list(0); /* nothing was looked at */
    if (sim_value_is_list(a) && sim_value_is_list(b) && a->list->len != b->list->len &&
        scn_expr_operator(op) == SCN_OPERATOR_LOGIC)
        return apply_wholes(op, a, b);
    if (sim_value_is_list(a) && sim_value_is_list(b) && a->list->len != b->list->len)
        return sim_value_error("a list of %u does not go with a list of %u", a->list->len,
                               b->list->len);
    if (!sim_value_is_list(a) && !sim_value_is_list(b))
        return apply_scalars(op, &a->scalar, &b->scalar, &result, &error)
                   ? sim_value_single(result)
                   : sim_value_from_error(error);
    guint length = sim_value_is_list(a) ? sim_value_length(a) : sim_value_length(b);
    SimValue list = sim_value_list(length);
    for (guint i = 0; i < length; i++) {
        if (!apply_scalars(op, sim_value_element(a, i), sim_value_element(b, i), &result, &error)) {
            sim_value_clear(&list);
            return sim_value_from_error(error);
        }
        /* The node of the list's element, not that of a single value it meets. */
        result.node = sim_value_element(sim_value_is_list(a) ? a : b, i)->node;
        g_array_append_val(list.list, result);
    }
    return list;
}

SimTruth
sim_value_truth(const SimValue *value)
{
    SimTruth truth = SIM_TRUTH_TRUE;
    if (sim_value_is_error(value))
        return SIM_TRUTH_ERROR;
    if (sim_value_is_empty(value))
        return SIM_TRUTH_EMPTY;
    for (guint i = 0; i < sim_value_length(value); i++) {
        const SimScalar *element = sim_value_element(value, i);
        if (element->kind == SIM_VALUE_ABSENT)
            continue;
        if (!sim_scalar_is_condition(element))
            return SIM_TRUTH_ERROR;
        if (sim_scalar_is_false(element))
            truth = SIM_TRUTH_FALSE;
        else if (!sim_scalar_is_true(element) && truth == SIM_TRUTH_TRUE)
            truth = SIM_TRUTH_NULL;
    }
    return truth;
}
