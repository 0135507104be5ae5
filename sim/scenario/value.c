/* Values and what operators make of them; see value.h. */
#include "sim/scenario/value.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

ScnValue
scn_value_list(guint size)
{
    ScnValue value = scn_value_single(scn_scalar(SCN_VALUE_LIST, SCN_NONE));
    value.list = g_array_sized_new(FALSE, FALSE, sizeof(ScnScalar), size);
    return value;
}

ScnValue
scn_value_error(const char *format, ...)
{
    va_list args;
    ScnValue value = scn_value_single(scn_scalar(SCN_VALUE_ERROR, SCN_NONE));
    va_start(args, format);
    value.error = g_strdup_vprintf(format, args);
    va_end(args);
    return value;
}

void
scn_value_clear(ScnValue *value)
{
    g_clear_pointer(&value->list, g_array_unref);
    g_clear_pointer(&value->error, g_free);
    value->scalar = scn_scalar_null(SCN_NONE);
}

ScnValue
scn_value_copy(const ScnValue *value)
{
    ScnValue copy = *value;
    copy.list = value->list ? g_array_copy(value->list) : NULL;
    copy.error = g_strdup(value->error);
    return copy;
}

const char *const scn_status_names[] = {
    [SCN_STATUS_UNKNOWN] = "unknown", [SCN_STATUS_ACTIVE] = "active",
    [SCN_STATUS_SIDE] = "side",       [SCN_STATUS_ORPHAN] = "orphan",
    [SCN_STATUS_INVALID] = "invalid", [SCN_STATUS_INVALID_ANCESTOR] = "invalid-ancestor",
    [SCN_STATUS_PARKED] = "parked",   NULL,
};

const char *
scn_scalar_kind_name(const ScnScalar *scalar)
{
    switch (scalar->kind) {
    case SCN_VALUE_BOOL:
        return scn_type_name(SCN_TYPE_BOOL);
    case SCN_VALUE_QUANTITY:
        return scn_dim_name(scalar->quantity.dim);
    case SCN_VALUE_REAL:
        return scn_dim_name(scalar->real.dim);
    case SCN_VALUE_WORK:
        return scn_type_name(SCN_TYPE_WORK);
    case SCN_VALUE_BLOCK:
        return scn_type_name(SCN_TYPE_BLOCK);
    case SCN_VALUE_STATUS:
        return scn_type_name(SCN_TYPE_STATUS);
    case SCN_VALUE_HASH:
        return scn_type_name(SCN_TYPE_HASH);
    default:
        return "nothing";
    }
}

/* ---- comparing ---- */

int
scn_work_compare(const ScnWork *a, const ScnWork *b)
{
    for (int i = 3; i >= 0; i--) {
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    }
    return 0;
}

/* Compares a work with a plain number, which may be negative or have decimals. */
static int
compare_work_number(const ScnWork *work, ScnNumber number)
{
    if (number < 0)
        return 1;
    ScnNumber whole = number / SCN_ONE;
    ScnWork other = {{(uint64_t)whole, (uint64_t)(whole >> 64), 0, 0}};
    int order = scn_work_compare(work, &other);
    return order == 0 && number % SCN_ONE != 0 ? -1 : order;
}

static bool
is_bare_zero(const ScnScalar *scalar)
{
    return scalar->kind == SCN_VALUE_QUANTITY && scalar->quantity.value == 0 &&
           scalar->quantity.dim == SCN_DIM_NUMBER;
}

static bool
is_number(const ScnScalar *scalar)
{
    return scalar->kind == SCN_VALUE_QUANTITY && scalar->quantity.dim == SCN_DIM_NUMBER;
}

bool
scn_scalar_is_plain(const ScnScalar *scalar)
{
    return scalar->kind == SCN_VALUE_QUANTITY || scalar->kind == SCN_VALUE_REAL ||
           scalar->kind == SCN_VALUE_WORK;
}

/* Converts a quantity or real to a real. Returns false for other kinds. */
static bool
as_real(const ScnScalar *scalar, ScnReal *ret_real)
{
    if (scalar->kind == SCN_VALUE_QUANTITY)
        *ret_real = (ScnReal){scalar->quantity.dim, scn_quantity_double(scalar->quantity)};
    else if (scalar->kind == SCN_VALUE_REAL)
        *ret_real = scalar->real;
    return scalar->kind == SCN_VALUE_QUANTITY || scalar->kind == SCN_VALUE_REAL;
}

static bool
compare_reals(const ScnScalar *a, const ScnScalar *b, int *ret_order)
{
    ScnReal left, right;

    if (!as_real(a, &left) || !as_real(b, &right))
        return false;
    *ret_order = (left.value > right.value) - (left.value < right.value);
    return left.dim == right.dim || is_bare_zero(a) || is_bare_zero(b);
}

bool
scn_scalar_compare(const ScnScalar *a, const ScnScalar *b, int *ret_order)
{
    if (a->kind == SCN_VALUE_WORK && is_number(b)) {
        *ret_order = compare_work_number(&a->work, b->quantity.value);
        return true;
    }
    if (b->kind == SCN_VALUE_WORK && is_number(a)) {
        *ret_order = -compare_work_number(&b->work, a->quantity.value);
        return true;
    }
    if (a->kind == SCN_VALUE_REAL || b->kind == SCN_VALUE_REAL)
        return compare_reals(a, b, ret_order);
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case SCN_VALUE_BOOL:
        *ret_order = a->flag != b->flag;
        return true;
    case SCN_VALUE_QUANTITY:
        *ret_order = scn_quantity_compare(a->quantity, b->quantity);
        return a->quantity.dim == b->quantity.dim || is_bare_zero(a) || is_bare_zero(b);
    case SCN_VALUE_WORK:
        *ret_order = scn_work_compare(&a->work, &b->work);
        return true;
    case SCN_VALUE_BLOCK:
        *ret_order = a->block != b->block;
        return true;
    case SCN_VALUE_STATUS:
        *ret_order = a->status != b->status;
        return true;
    case SCN_VALUE_HASH:
        *ret_order = memcmp(a->hash, b->hash, sizeof a->hash) != 0;
        return true;
    default:
        return false;
    }
}

static bool
holds_for_order(ScnOp op, int order)
{
    switch (op) {
    case SCN_OP_EQ:
        return order == 0;
    case SCN_OP_NE:
        return order != 0;
    case SCN_OP_LT:
        return order < 0;
    case SCN_OP_LE:
        return order <= 0;
    case SCN_OP_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* ---- operators on single values ---- */

/* The functions below return false with a message, which the caller frees, if the two do not
 * combine. */
static bool
apply_comparison(ScnOp op, const ScnScalar *a, const ScnScalar *b, ScnScalar *result,
                 char **ret_error)
{
    int order = 0;
    bool equality = op == SCN_OP_EQ || op == SCN_OP_NE;
    *result = scn_scalar_bool(false, result->node);
    result->by_null = a->kind == SCN_VALUE_NULL || b->kind == SCN_VALUE_NULL;
    if (result->by_null)
        return true;
    if (!scn_scalar_compare(a, b, &order) || (!equality && !scn_scalar_is_plain(a))) {
        *ret_error = g_strdup_printf("%s cannot be compared with %s", scn_scalar_kind_name(a),
                                     scn_scalar_kind_name(b));
        return false;
    }
    result->flag = holds_for_order(op, order);
    return true;
}

/* Computes base ^ exponent by products only: the same bits on every platform. */
static ScnMath
real_power(double base, double exponent, double *ret_value)
{
    double value = 1;

    if (exponent != floor(exponent) || fabs(exponent) > 64)
        return SCN_MATH_EXPONENT;
    if (exponent < 0 && base == 0)
        return SCN_MATH_ZERO_DIVIDE;
    for (int i = 0; i < (int)fabs(exponent); i++)
        value *= base;
    *ret_value = exponent < 0 ? 1 / value : value;
    return SCN_MATH_OK;
}

static ScnMath
apply_reals(ScnOp op, ScnReal a, ScnReal b, ScnReal *ret_result)
{
    ScnType type;

    if (!scn_type_apply(op, scn_type_of_dim(a.dim), scn_type_of_dim(b.dim), &type))
        return SCN_MATH_DIMENSION;
    ret_result->dim = scn_type_dim(type);
    switch (op) {
    case SCN_OP_ADD:
        ret_result->value = a.value + b.value;
        return SCN_MATH_OK;
    case SCN_OP_SUB:
        ret_result->value = a.value - b.value;
        return SCN_MATH_OK;
    case SCN_OP_MUL:
        ret_result->value = a.value * b.value;
        return SCN_MATH_OK;
    case SCN_OP_DIV:
        ret_result->value = b.value == 0 ? 0 : a.value / b.value;
        return b.value == 0 ? SCN_MATH_ZERO_DIVIDE : SCN_MATH_OK;
    case SCN_OP_REM:
        ret_result->value = b.value == 0 ? 0 : fmod(a.value, b.value);
        return b.value == 0 ? SCN_MATH_ZERO_DIVIDE : SCN_MATH_OK;
    default:
        return real_power(a.value, b.value, &ret_result->value);
    }
}

static ScnMath
apply_arithmetic(ScnOp op, const ScnScalar *a, const ScnScalar *b, ScnScalar *result)
{
    uint32_t node = result->node;
    ScnQuantity quantity = {0};
    ScnReal left, right, real = {0};
    ScnMath math;

    if (a->kind == SCN_VALUE_QUANTITY && b->kind == SCN_VALUE_QUANTITY) {
        math = scn_quantity_apply(op, a->quantity, b->quantity, &quantity);
        if (math == SCN_MATH_OK)
            *result = scn_scalar_quantity(quantity.dim, quantity.value, node);
        return math;
    }
    if (!as_real(a, &left) || !as_real(b, &right))
        return SCN_MATH_DIMENSION;
    math = apply_reals(op, left, right, &real);
    if (math == SCN_MATH_OK)
        *result = scn_scalar_real(real.dim, real.value);
    result->node = node;
    return math;
}

bool
scn_scalar_arithmetic(ScnOp op, const ScnScalar *a, const ScnScalar *b, ScnScalar *result,
                      char **ret_error)
{
    static const char *const problems[] = {
        [SCN_MATH_OK] = "",
        [SCN_MATH_OVERFLOW] = "the result is too large",
        [SCN_MATH_ZERO_DIVIDE] = "a division by 0",
        [SCN_MATH_DIMENSION] = "",
        [SCN_MATH_EXPONENT] = "an exponent is a whole number in -64..64",
    };
    ScnMath math;

    *result = scn_scalar_null(result->node);
    if (a->kind == SCN_VALUE_NULL || b->kind == SCN_VALUE_NULL)
        return true;
    math = apply_arithmetic(op, a, b, result);
    if (math == SCN_MATH_OK)
        return true;
    *ret_error = math == SCN_MATH_DIMENSION
                     ? g_strdup_printf("%s and %s do not go together", scn_scalar_kind_name(a),
                                       scn_scalar_kind_name(b))
                     : g_strdup(problems[math]);
    return false;
}

bool
scn_scalar_is_condition(const ScnScalar *scalar)
{
    return scalar->kind == SCN_VALUE_BOOL || scalar->kind == SCN_VALUE_NULL;
}

bool
scn_scalar_is_true(const ScnScalar *scalar)
{
    return scalar->kind == SCN_VALUE_BOOL && scalar->flag && !scalar->by_null;
}

bool
scn_scalar_is_false(const ScnScalar *scalar)
{
    return scalar->kind == SCN_VALUE_NULL || (scalar->kind == SCN_VALUE_BOOL && !scalar->flag);
}

static bool
is_by_null(const ScnScalar *scalar)
{
    return scalar->kind == SCN_VALUE_NULL || scalar->by_null;
}

ScnScalar
scn_scalar_not(const ScnScalar *scalar)
{
    ScnScalar result = scn_scalar_bool(scn_scalar_is_false(scalar), scalar->node);

    result.by_null = is_by_null(scalar);
    return result;
}

static bool
apply_logic(ScnOp op, const ScnScalar *a, const ScnScalar *b, ScnScalar *result, char **ret_error)
{
    const ScnScalar *wrong = scn_scalar_is_condition(a) ? b : a;
    if (!scn_scalar_is_condition(wrong)) {
        *ret_error = g_strdup_printf("a condition is due, not %s", scn_scalar_kind_name(wrong));
        return false;
    }
    /* A false decides `and`, a true decides `or`; a null in the other operand then has no effect */
    bool decides = op == SCN_OP_OR, left = !scn_scalar_is_false(a), right = !scn_scalar_is_false(b);
    bool decided = (left == decides && !is_by_null(a)) || (right == decides && !is_by_null(b));
    bool by_null = !decided && (is_by_null(a) || is_by_null(b));

    *result = scn_scalar_bool(decides ? left || right : left && right, result->node);
    result->by_null = by_null;
    return true;
}

static bool
apply_scalars(ScnOp op, const ScnScalar *a, const ScnScalar *b, ScnScalar *result, char **ret_error)
{
    result->node = a->node != SCN_NONE ? a->node : b->node;
    if (a->kind == SCN_VALUE_ABSENT || b->kind == SCN_VALUE_ABSENT) {
        /* `and` holds for each side by itself, so an absent side is skipped */
        const ScnScalar *present = a->kind == SCN_VALUE_ABSENT ? b : a;
        *result = op == SCN_OP_AND ? *present : scn_scalar(SCN_VALUE_ABSENT, result->node);
        return true;
    }
    switch (scn_op_class(op)) {
    case SCN_OP_CLASS_LOGIC:
        return apply_logic(op, a, b, result, ret_error);
    case SCN_OP_CLASS_EQUALITY:
    case SCN_OP_CLASS_ORDER:
        return apply_comparison(op, a, b, result, ret_error);
    default:
        return scn_scalar_arithmetic(op, a, b, result, ret_error);
    }
}

/* ---- element by element ---- */

guint
scn_value_length(const ScnValue *value)
{
    return scn_value_kind(value) == SCN_VALUE_LIST ? value->list->len : 1;
}

const ScnScalar *
scn_value_element(const ScnValue *value, guint i)
{
    return scn_value_kind(value) == SCN_VALUE_LIST ? &g_array_index(value->list, ScnScalar, i)
                                                   : &value->scalar;
}

bool
scn_value_is_empty(const ScnValue *value)
{
    for (guint i = 0; i < scn_value_length(value); i++) {
        if (scn_value_element(value, i)->kind != SCN_VALUE_ABSENT)
            return false;
    }
    return true;
}

ScnValue
scn_value_from_error(char *message)
{
    ScnValue value = scn_value_single(scn_scalar(SCN_VALUE_ERROR, SCN_NONE));
    value.error = message;
    return value;
}

/* Joins the elements of a list to one condition. Returns false at the first element that is not a
 * condition. */
static bool
join_conditions(const ScnValue *list, ScnScalar *ret_whole, char **ret_error)
{
    *ret_whole = scn_scalar_bool(true, SCN_NONE);
    for (guint i = 0; i < scn_value_length(list); i++) {
        const ScnScalar before = *ret_whole;
        if (!apply_scalars(SCN_OP_AND, &before, scn_value_element(list, i), ret_whole, ret_error))
            return false;
    }
    return true;
}

/* Joins two lists of different nodes, each as a whole: height(a[1..3]) == 1 and height(b[1..2]) ==
 * 0. */
static ScnValue
apply_wholes(ScnOp op, const ScnValue *a, const ScnValue *b)
{
    ScnScalar left, right, result = {.node = SCN_NONE};
    char *error = NULL;

    if (!join_conditions(a, &left, &error) || !join_conditions(b, &right, &error) ||
        !apply_logic(op, &left, &right, &result, &error))
        return scn_value_from_error(error);
    return scn_value_single(result);
}

ScnValue
scn_value_apply(ScnOp op, const ScnValue *a, const ScnValue *b)
{
    ScnScalar result = {0};
    char *error = NULL;

    if (scn_op_class(op) == SCN_OP_CLASS_LOGIC && (scn_value_is_empty(a) || scn_value_is_empty(b)))
        return scn_value_list(0); /* an empty set */
    if (scn_value_is_list(a) && scn_value_is_list(b) && a->list->len != b->list->len &&
        scn_op_class(op) == SCN_OP_CLASS_LOGIC)
        return apply_wholes(op, a, b);
    if (scn_value_is_list(a) && scn_value_is_list(b) && a->list->len != b->list->len)
        return scn_value_error("a list of %u does not go with a list of %u", a->list->len,
                               b->list->len);
    if (!scn_value_is_list(a) && !scn_value_is_list(b))
        return apply_scalars(op, &a->scalar, &b->scalar, &result, &error)
                   ? scn_value_single(result)
                   : scn_value_from_error(error);
    guint length = scn_value_is_list(a) ? scn_value_length(a) : scn_value_length(b);
    ScnValue list = scn_value_list(length);
    for (guint i = 0; i < length; i++) {
        if (!apply_scalars(op, scn_value_element(a, i), scn_value_element(b, i), &result, &error)) {
            scn_value_clear(&list);
            return scn_value_from_error(error);
        }
        /* the node of the list's element, not that of the single value */
        result.node = scn_value_element(scn_value_is_list(a) ? a : b, i)->node;
        g_array_append_val(list.list, result);
    }
    return list;
}

ScnTruth
scn_value_truth(const ScnValue *value)
{
    ScnTruth truth = SCN_TRUTH_TRUE;
    if (scn_value_is_error(value))
        return SCN_TRUTH_ERROR;
    if (scn_value_is_empty(value))
        return SCN_TRUTH_EMPTY;
    for (guint i = 0; i < scn_value_length(value); i++) {
        const ScnScalar *element = scn_value_element(value, i);
        if (element->kind == SCN_VALUE_ABSENT)
            continue;
        if (!scn_scalar_is_condition(element))
            return SCN_TRUTH_ERROR;
        if (scn_scalar_is_false(element))
            truth = SCN_TRUTH_FALSE;
        else if (!scn_scalar_is_true(element) && truth == SCN_TRUTH_TRUE)
            truth = SCN_TRUTH_NULL;
    }
    return truth;
}
