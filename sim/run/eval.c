/* The evaluator: a walk over the tree, with lists that carry their nodes along. */
#include "sim/run/eval.h"

#include <stdarg.h>
#include <string.h>

static SimScalar
scalar_of(SimValueKind kind, uint32_t node)
{
    return (SimScalar){.kind = kind, .node = node};
}

static SimScalar
null_scalar(uint32_t node)
{
    return scalar_of(SIM_VALUE_NULL, node);
}

static SimScalar
bool_scalar(bool flag, uint32_t node)
{
    SimScalar scalar = scalar_of(SIM_VALUE_BOOL, node);
    scalar.flag = flag;
    return scalar;
}

static SimScalar
quantity_scalar(ScnDim dim, ScnNumber value, uint32_t node)
{
    SimScalar scalar = scalar_of(SIM_VALUE_QUANTITY, node);
    scalar.quantity = (ScnQuantity){dim, value};
    return scalar;
}

static SimScalar
count_scalar(int64_t count, uint32_t node)
{
    return quantity_scalar(SCN_DIM_NUMBER, (ScnNumber)count * SCN_ONE, node);
}

static SimScalar
time_scalar(int64_t time_ns, uint32_t node)
{
    if (time_ns == SIM_TIME_NULL)
        return null_scalar(node);
    return quantity_scalar(SCN_DIM_TIME, time_ns, node);
}

static SimScalar
block_scalar(uint32_t block, uint32_t node)
{
    SimScalar scalar = scalar_of(block == SIM_REF_NONE ? SIM_VALUE_NULL : SIM_VALUE_BLOCK, node);
    scalar.block = block;
    return scalar;
}

static SimValue
single(SimScalar scalar)
{
    return (SimValue){.scalar = scalar};
}

static SimValue
new_list(guint size)
{
    SimValue value = single(scalar_of(SIM_VALUE_LIST, SIM_REF_NONE));
    value.list = g_array_sized_new(FALSE, FALSE, sizeof(SimScalar), size);
    return value;
}

static SimValue G_GNUC_PRINTF(1, 2) error_value(const char *format, ...)
{
    va_list args;
    SimValue value = single(scalar_of(SIM_VALUE_ERROR, SIM_REF_NONE));
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
    value->scalar = null_scalar(SIM_REF_NONE);
}

SimValue
sim_value_copy(const SimValue *value)
{
    SimValue copy = *value;
    copy.list = value->list ? g_array_copy(value->list) : NULL;
    copy.error = g_strdup(value->error);
    return copy;
}

static SimValueKind
kind_of(const SimValue *value)
{
    return value->scalar.kind;
}

static const char *
kind_name(const SimScalar *scalar)
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

static bool
is_plain(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_QUANTITY || scalar->kind == SIM_VALUE_WORK;
}

/* -1, 0, 1 for what has an order; 0 and 1 (not equal) for the rest. False if they do not go. */
static bool
compare_scalars(const SimScalar *a, const SimScalar *b, int *ret_order)
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
    *result = bool_scalar(false, result->node);
    if (a->kind == SIM_VALUE_NULL || b->kind == SIM_VALUE_NULL)
        return true;
    if (!compare_scalars(a, b, &order) || (!equality && !is_plain(a))) {
        *ret_error = g_strdup_printf("%s cannot be compared with %s", kind_name(a), kind_name(b));
        return false;
    }
    result->flag = holds(op, order);
    return true;
}

static bool
apply_arithmetic(ScnExprKind op, const SimScalar *a, const SimScalar *b, SimScalar *result,
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
    *result = null_scalar(result->node);
    if (a->kind == SIM_VALUE_NULL || b->kind == SIM_VALUE_NULL)
        return true;
    ScnMath math = SCN_MATH_DIMENSION;
    ScnQuantity quantity = {0};
    if (a->kind == SIM_VALUE_QUANTITY && b->kind == SIM_VALUE_QUANTITY)
        math = scn_quantity_apply(ops[op - SCN_EXPR_ADD], a->quantity, b->quantity, &quantity);
    if (math == SCN_MATH_OK) {
        *result = quantity_scalar(quantity.dim, quantity.value, result->node);
        return true;
    }
    *ret_error = math == SCN_MATH_DIMENSION
                     ? g_strdup_printf("%s and %s do not go together", kind_name(a), kind_name(b))
                     : g_strdup(problems[math]);
    return false;
}

static bool
is_condition(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_BOOL || scalar->kind == SIM_VALUE_NULL;
}

bool
sim_scalar_is_true(const SimScalar *scalar)
{
    return scalar->kind == SIM_VALUE_BOOL && scalar->flag;
}

static bool
apply_logic(ScnExprKind op, const SimScalar *a, const SimScalar *b, SimScalar *result,
            char **ret_error)
{
    const SimScalar *wrong = is_condition(a) ? b : a;
    if (!is_condition(wrong)) {
        *ret_error = g_strdup_printf("a condition is due, not %s", kind_name(wrong));
        return false;
    }
    bool flag = op == SCN_EXPR_AND ? sim_scalar_is_true(a) && sim_scalar_is_true(b)
                                   : sim_scalar_is_true(a) || sim_scalar_is_true(b);
    *result = bool_scalar(flag, result->node);
    return true;
}

static bool
apply_scalars(ScnExprKind op, const SimScalar *a, const SimScalar *b, SimScalar *result,
              char **ret_error)
{
    result->node = a->node != SIM_REF_NONE ? a->node : b->node;
    if (op == SCN_EXPR_AND || op == SCN_EXPR_OR)
        return apply_logic(op, a, b, result, ret_error);
    if (op >= SCN_EXPR_ADD)
        return apply_arithmetic(op, a, b, result, ret_error);
    return apply_comparison(op, a, b, result, ret_error);
}

/* ---- element by element ---- */

guint
sim_value_length(const SimValue *value)
{
    return kind_of(value) == SIM_VALUE_LIST ? value->list->len : 1;
}

const SimScalar *
sim_value_element(const SimValue *value, guint i)
{
    return kind_of(value) == SIM_VALUE_LIST ? &g_array_index(value->list, SimScalar, i)
                                            : &value->scalar;
}

static bool
is_list(const SimValue *value)
{
    return kind_of(value) == SIM_VALUE_LIST;
}

static SimValue
from_error(char *message)
{
    SimValue value = single(scalar_of(SIM_VALUE_ERROR, SIM_REF_NONE));
    value.error = message;
    return value;
}

static bool
is_logic(ScnExprKind op)
{
    return op == SCN_EXPR_AND || op == SCN_EXPR_OR;
}

/* Every element of a list as one condition; false with the first that is none. */
static bool
whole(const SimValue *list, SimScalar *ret_whole, char **ret_error)
{
    *ret_whole = bool_scalar(true, SIM_REF_NONE);
    for (guint i = 0; i < sim_value_length(list); i++) {
        if (!apply_logic(SCN_EXPR_AND, ret_whole, sim_value_element(list, i), ret_whole, ret_error))
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

    if (sim_value_length(a) == 0 || sim_value_length(b) == 0)
        return new_list(0); /* nothing was looked at */
    if (!whole(a, &left, &error) || !whole(b, &right, &error) ||
        !apply_logic(op, &left, &right, &result, &error))
        return from_error(error);
    return single(result);
}

static SimValue
apply_values(ScnExprKind op, const SimValue *a, const SimValue *b)
{
    SimScalar result = {0};
    char *error = NULL;

    if (is_list(a) && is_list(b) && a->list->len != b->list->len && is_logic(op))
        return apply_wholes(op, a, b);
    if (is_list(a) && is_list(b) && a->list->len != b->list->len)
        return error_value("a list of %u does not go with a list of %u", a->list->len,
                           b->list->len);
    if (!is_list(a) && !is_list(b))
        return apply_scalars(op, &a->scalar, &b->scalar, &result, &error) ? single(result)
                                                                          : from_error(error);
    guint length = is_list(a) ? sim_value_length(a) : sim_value_length(b);
    SimValue list = new_list(length);
    for (guint i = 0; i < length; i++) {
        if (!apply_scalars(op, sim_value_element(a, i), sim_value_element(b, i), &result, &error)) {
            sim_value_clear(&list);
            return from_error(error);
        }
        /* The node of the list's element, not that of a single value it meets. */
        result.node = sim_value_element(is_list(a) ? a : b, i)->node;
        g_array_append_val(list.list, result);
    }
    return list;
}

static bool
is_error(const SimValue *value)
{
    return kind_of(value) == SIM_VALUE_ERROR;
}

static SimValue
eval_binary(const SimEval *eval, const ScnExpr *expr)
{
    SimValue a = sim_eval(eval, scn_expr_at(expr, 0));
    bool decided =
        (expr->kind == SCN_EXPR_AND && kind_of(&a) == SIM_VALUE_BOOL && !a.scalar.flag) ||
        (expr->kind == SCN_EXPR_OR && sim_scalar_is_true(&a.scalar));
    if (is_error(&a) || decided)
        return a;
    SimValue b = sim_eval(eval, scn_expr_at(expr, 1));
    if (is_error(&b)) {
        sim_value_clear(&a);
        return b;
    }
    SimValue result = apply_values(expr->kind, &a, &b);
    sim_value_clear(&a);
    sim_value_clear(&b);
    return result;
}

static SimValue
eval_unary(const SimEval *eval, const ScnExpr *expr)
{
    SimValue value = sim_eval(eval, scn_expr_at(expr, 0));
    if (is_error(&value))
        return value;
    for (guint i = 0; i < sim_value_length(&value); i++) {
        SimScalar *scalar =
            is_list(&value) ? &g_array_index(value.list, SimScalar, i) : &value.scalar;
        if (expr->kind == SCN_EXPR_NOT && is_condition(scalar)) {
            *scalar = bool_scalar(!sim_scalar_is_true(scalar), scalar->node);
        } else if (expr->kind == SCN_EXPR_MINUS && scalar->kind == SIM_VALUE_QUANTITY) {
            scalar->quantity.value = -scalar->quantity.value;
        } else if (scalar->kind != SIM_VALUE_NULL) {
            SimValue error = error_value(expr->kind == SCN_EXPR_NOT ? "a condition is due, not %s"
                                                                    : "a sign before %s",
                                         kind_name(scalar));
            sim_value_clear(&value);
            return error;
        }
    }
    return value;
}

/* ---- functions of nodes ---- */

/* The nodes of a set that are to be asked. */
static GArray *
nodes_of(const SimEval *eval, const ScnExpr *set)
{
    GArray *nodes = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), set->members->len);
    for (guint i = 0; i < set->members->len; i++) {
        const ScnMember *member = &g_array_index(set->members, ScnMember, i);
        if (member->even_down || eval->facts->node_up(eval->facts->world, member->node))
            g_array_append_val(nodes, member->node);
    }
    return nodes;
}

/* What is asked about beside the node: a block, or a transaction's or wallet's index. */
static SimValue
second_argument(const SimEval *eval, const ScnExpr *call, uint32_t *ret_ref)
{
    const ScnExpr *arg = scn_expr_at(call, 1);
    if (arg->kind == SCN_EXPR_TX || arg->kind == SCN_EXPR_WALLET) {
        *ret_ref = arg->index;
        return single(bool_scalar(true, SIM_REF_NONE));
    }
    SimValue value = sim_eval(eval, arg);
    if (kind_of(&value) == SIM_VALUE_BLOCK)
        *ret_ref = value.scalar.block;
    else if (kind_of(&value) != SIM_VALUE_NULL && !is_error(&value)) {
        SimValue error = error_value("'%s' is asked about one block", call->name);
        sim_value_clear(&value);
        return error;
    }
    return value;
}

static SimScalar
amount_scalar(int64_t amount, uint32_t node)
{
    return quantity_scalar(SCN_DIM_NUMBER, (ScnNumber)amount * (SCN_ONE / SCN_TOKEN), node);
}

/* In 10^-12; what is not there yet is null. */
static SimScalar
portion_scalar(int64_t portion, uint32_t node)
{
    return portion < 0 ? null_scalar(node) : quantity_scalar(SCN_DIM_NUMBER, portion, node);
}

static SimScalar
ask_state(const SimFacts *facts, ScnFunctionId id, uint32_t node)
{
    SimScalar scalar;
    switch (id) {
    case SCN_FN_WORK:
        scalar = scalar_of(SIM_VALUE_WORK, node);
        scalar.work = facts->work(facts->world, node);
        return scalar;
    case SCN_FN_STATE_ROOT:
        scalar = scalar_of(SIM_VALUE_HASH, node);
        facts->state_root(facts->world, node, scalar.hash);
        return scalar;
    case SCN_FN_SUPPLY_OK:
        return bool_scalar(facts->supply_ok(facts->world, node), node);
    case SCN_FN_ORPHANS:
        return count_scalar(facts->orphans(facts->world, node), node);
    case SCN_FN_CONNECTED:
        return count_scalar(facts->connected(facts->world, node), node);
    case SCN_FN_HEIGHT:
        return count_scalar(facts->height(facts->world, node), node);
    case SCN_FN_BITS:
        return count_scalar(facts->bits(facts->world, node), node);
    case SCN_FN_DIFFICULTY:
        return quantity_scalar(SCN_DIM_NUMBER, facts->difficulty(facts->world, node), node);
    case SCN_FN_PEERS:
        return count_scalar(facts->peers(facts->world, node), node);
    case SCN_FN_CHAIN_GROWTH:
        return portion_scalar(facts->chain_growth(facts->world, node), node);
    default:
        return block_scalar(facts->tip(facts->world, node), node);
    }
}

static SimScalar
ask_about(const SimEval *eval, ScnFunctionId id, uint32_t node, uint32_t ref)
{
    const SimFacts *facts = eval->facts;
    SimScalar scalar;
    switch (id) {
    case SCN_FN_STATUS:
        scalar = scalar_of(SIM_VALUE_STATUS, node);
        scalar.status = facts->status(facts->world, node, ref);
        return scalar;
    case SCN_FN_ARRIVED:
        return time_scalar(facts->arrived(facts->world, node, ref), node);
    case SCN_FN_IN_MEMPOOL:
        return bool_scalar(facts->in_mempool(facts->world, node, ref), node);
    case SCN_FN_CONFIRMATIONS:
        return count_scalar(facts->confirmations(facts->world, node, ref), node);
    case SCN_FN_FINAL:
        return bool_scalar(facts->confirmations(facts->world, node, ref) >=
                               eval->scenario->chain.final_after,
                           node);
    case SCN_FN_BALANCE:
        return amount_scalar(facts->balance(facts->world, node, ref), node);
    default:
        return count_scalar(facts->nonce(facts->world, node, ref), node);
    }
}

static SimScalar
ask_quality(const SimFacts *facts, uint32_t node, const GArray *of)
{
    const uint32_t *ids = (const uint32_t *)(const void *)of->data;
    return portion_scalar(facts->chain_quality(facts->world, node, ids, of->len), node);
}

static bool
is_alone(const ScnExpr *set)
{
    return set->members->len == 1 && g_array_index(set->members, ScnMember, 0).even_down;
}

static SimValue
eval_each(const SimEval *eval, const ScnExpr *call)
{
    const ScnExpr *set = scn_expr_at(call, 0);
    bool about = call->function->second != SCN_TYPE_ANY, missing = false;
    uint32_t ref = SIM_REF_NONE;

    if (about) {
        SimValue second = second_argument(eval, call, &ref);
        if (is_error(&second))
            return second;
        missing = kind_of(&second) == SIM_VALUE_NULL;
    }
    g_autoptr(GArray) nodes = nodes_of(eval, set);
    SimValue list = new_list(nodes->len);
    for (guint i = 0; i < nodes->len; i++) {
        uint32_t node = g_array_index(nodes, uint32_t, i);
        SimScalar scalar = call->function->id == SCN_FN_CHAIN_QUALITY
                               ? ask_quality(eval->facts, node, nodes)
                           : missing ? null_scalar(node)
                           : about   ? ask_about(eval, call->function->id, node, ref)
                                     : ask_state(eval->facts, call->function->id, node);
        g_array_append_val(list.list, scalar);
    }
    if (!is_alone(set))
        return list;
    SimValue value = single(g_array_index(list.list, SimScalar, 0));
    sim_value_clear(&list);
    return value;
}

static int64_t
ask_total(const SimFacts *facts, const ScnExpr *call, uint32_t node)
{
    switch (call->function->id) {
    case SCN_FN_REVENUE:
        return facts->revenue(facts->world, node);
    case SCN_FN_BYTES:
        return facts->bytes(facts->world, node);
    case SCN_FN_REFUSED:
        return facts->refused(facts->world, node, scn_expr_at(call, 1)->index);
    case SCN_FN_REORGS:
        return facts->reorgs(facts->world, node);
    case SCN_FN_MAX_REORG:
        return facts->max_reorg(facts->world, node);
    case SCN_FN_MINED:
        return facts->mined(facts->world, node);
    default:
        return facts->stale(facts->world, node);
    }
}

static SimScalar
total_scalar(ScnFunctionId id, int64_t total, uint32_t node)
{
    if (id == SCN_FN_BYTES)
        return quantity_scalar(SCN_DIM_SIZE, total, node);
    return id == SCN_FN_REVENUE ? amount_scalar(total, node) : count_scalar(total, node);
}

static SimValue
eval_total(const SimEval *eval, const ScnExpr *call)
{
    g_autoptr(GArray) nodes = nodes_of(eval, scn_expr_at(call, 0));
    int64_t total = 0;

    if (nodes->len == 0)
        return new_list(0);
    for (guint i = 0; i < nodes->len; i++) {
        int64_t one = ask_total(eval->facts, call, g_array_index(nodes, uint32_t, i));
        total = call->function->shape == SCN_SHAPE_SUM ? total + one : MAX(total, one);
    }
    uint32_t node = nodes->len == 1 ? g_array_index(nodes, uint32_t, 0) : SIM_REF_NONE;
    return single(total_scalar(call->function->id, total, node));
}

/* The named argument as a value; NULL in the text is the default, 0. */
static SimValue
eval_option(const SimEval *eval, const ScnExpr *call)
{
    const ScnExpr *expr = scn_expr_named(call, call->function->option);
    bool time = call->function->option_type == SCN_TYPE_TIME;
    if (!expr)
        return single(quantity_scalar(time ? SCN_DIM_TIME : SCN_DIM_NUMBER, 0, SIM_REF_NONE));
    SimValue value = sim_eval(eval, expr);
    bool fits = kind_of(&value) == SIM_VALUE_QUANTITY &&
                (value.scalar.quantity.dim == (time ? SCN_DIM_TIME : SCN_DIM_NUMBER) ||
                 value.scalar.quantity.value == 0);
    if (fits && !time)
        fits = value.scalar.quantity.value >= 0 && value.scalar.quantity.value % SCN_ONE == 0 &&
               value.scalar.quantity.value / SCN_ONE <= G_MAXINT64;
    if (fits || is_error(&value) || kind_of(&value) == SIM_VALUE_NULL)
        return value;
    sim_value_clear(&value);
    return error_value("'%s' needs %s", call->function->option,
                       time ? "a time" : "a whole number that is not negative");
}

static SimValue
ask_whole(const SimFacts *facts, const ScnExpr *call, const GArray *nodes, const SimValue *option)
{
    const uint32_t *ids = (const uint32_t *)(const void *)nodes->data;
    ScnNumber number = kind_of(option) == SIM_VALUE_QUANTITY ? option->scalar.quantity.value : 0;

    if (kind_of(option) == SIM_VALUE_NULL)
        return single(null_scalar(SIM_REF_NONE));
    if (call->function->id == SCN_FN_COMMON_PREFIX)
        return single(bool_scalar(
            facts->common_prefix(facts->world, ids, nodes->len, (int64_t)(number / SCN_ONE)),
            SIM_REF_NONE));
    if (call->function->id == SCN_FN_BEST_TIP)
        return single(block_scalar(facts->best_tip(facts->world, ids, nodes->len), SIM_REF_NONE));
    if (call->function->id == SCN_FN_SAME_TIP)
        return single(
            bool_scalar(facts->same_tip(facts->world, ids, nodes->len, (int64_t)(number / SCN_ONE)),
                        SIM_REF_NONE));
    return single(time_scalar(facts->time_to_agree(facts->world, ids, nodes->len, (int64_t)number),
                              SIM_REF_NONE));
}

static SimValue
eval_whole(const SimEval *eval, const ScnExpr *call)
{
    g_autoptr(GArray) nodes = nodes_of(eval, scn_expr_at(call, 0));
    SimValue option = single(quantity_scalar(SCN_DIM_NUMBER, 0, SIM_REF_NONE));

    if (nodes->len == 0)
        return new_list(0);
    if (call->function->option)
        option = eval_option(eval, call);
    else if (call->function->id == SCN_FN_COMMON_PREFIX)
        option = sim_eval(eval, scn_expr_at(call, 1));
    if (is_error(&option))
        return option;
    SimValue result = ask_whole(eval->facts, call, nodes, &option);
    sim_value_clear(&option);
    return result;
}

/* ---- functions of no set ---- */

static SimValue
eval_wire_size(const SimEval *eval, const ScnExpr *call)
{
    SimValue block = sim_eval(eval, scn_expr_at(call, 0));
    if (is_error(&block) || kind_of(&block) == SIM_VALUE_NULL)
        return block;
    if (kind_of(&block) == SIM_VALUE_BLOCK)
        return single(count_scalar(eval->facts->wire_size(eval->facts->world, block.scalar.block),
                                   SIM_REF_NONE));
    sim_value_clear(&block);
    return error_value("'wire_size' is asked about one block");
}

static SimValue
eval_alone(const SimEval *eval, const ScnExpr *call)
{
    const SimFacts *facts = eval->facts;
    uint32_t index = scn_expr_at(call, 0)->index;
    switch (call->function->id) {
    case SCN_FN_MESSAGES:
        return single(count_scalar(facts->messages(facts->world, index), SIM_REF_NONE));
    case SCN_FN_PROPAGATION:
        return single(time_scalar(facts->propagation(facts->world, index), SIM_REF_NONE));
    default:
        return eval_wire_size(eval, call);
    }
}

/* ---- reductions ---- */

static SimValue
reduce_conditions(const SimValue *value, bool count)
{
    int64_t found = 0;
    for (guint i = 0; i < sim_value_length(value); i++) {
        if (!is_condition(sim_value_element(value, i)))
            return error_value("a condition is due, not %s",
                               kind_name(sim_value_element(value, i)));
        found += sim_scalar_is_true(sim_value_element(value, i));
    }
    return single(count ? count_scalar(found, SIM_REF_NONE) : bool_scalar(found > 0, SIM_REF_NONE));
}

static SimValue
reduce_sum(const SimValue *value)
{
    SimScalar total = count_scalar(0, SIM_REF_NONE);
    char *error = NULL;
    for (guint i = 0; i < sim_value_length(value); i++) {
        SimScalar next = scalar_of(SIM_VALUE_NULL, SIM_REF_NONE);
        if (!apply_arithmetic(SCN_EXPR_ADD, &total, sim_value_element(value, i), &next, &error))
            return from_error(error);
        total = next;
        if (total.kind == SIM_VALUE_NULL)
            break;
    }
    return single(total);
}

/* Takes one more value into the extreme so far; false: error. */
static bool
extend(SimScalar *best, const SimScalar *next, bool largest, bool first, char **ret_error)
{
    int order = 0;
    if (best->kind == SIM_VALUE_NULL && !first)
        return true;
    if (next->kind == SIM_VALUE_NULL || first) {
        if (next->kind == SIM_VALUE_NULL || is_plain(next)) {
            *best = *next;
            return true;
        }
    } else if (is_plain(next) && compare_scalars(next, best, &order)) {
        if (largest ? order > 0 : order < 0)
            *best = *next;
        return true;
    }
    *ret_error = g_strdup_printf("%s has no least and greatest", kind_name(next));
    return false;
}

static SimValue
reduce_extreme(const SimEval *eval, const ScnExpr *call, bool largest)
{
    SimScalar best = null_scalar(SIM_REF_NONE);
    char *error = NULL;
    bool first = true;

    for (guint i = 0; i < scn_expr_count(call); i++) {
        SimValue value = sim_eval(eval, scn_expr_at(call, i));
        if (is_error(&value))
            return value;
        if (sim_value_length(&value) == 0)
            error = g_strdup_printf("%s of an empty list", call->name);
        for (guint j = 0; !error && j < sim_value_length(&value); j++) {
            extend(&best, sim_value_element(&value, j), largest, first, &error);
            first = false;
        }
        sim_value_clear(&value);
        if (error)
            return from_error(error);
    }
    best.node = SIM_REF_NONE;
    return single(best);
}

static SimValue
eval_reduce(const SimEval *eval, const ScnExpr *call)
{
    ScnFunctionId id = call->function->id;
    if (id == SCN_FN_MIN || id == SCN_FN_MAX)
        return reduce_extreme(eval, call, id == SCN_FN_MAX);
    SimValue value = sim_eval(eval, scn_expr_at(call, 0));
    if (is_error(&value))
        return value;
    SimValue result = {0};
    if (sim_value_length(&value) == 0)
        result = error_value("%s of an empty list", call->name);
    else if (id == SCN_FN_SUM)
        result = reduce_sum(&value);
    else
        result = reduce_conditions(&value, id == SCN_FN_COUNT);
    sim_value_clear(&value);
    return result;
}

/* ---- the walk ---- */

static SimValue
eval_call(const SimEval *eval, const ScnExpr *call)
{
    switch (call->function->shape) {
    case SCN_SHAPE_EACH:
        return eval_each(eval, call);
    case SCN_SHAPE_SUM:
    case SCN_SHAPE_MAX:
        return eval_total(eval, call);
    case SCN_SHAPE_REDUCE:
        return eval_reduce(eval, call);
    case SCN_SHAPE_ALONE:
        return eval_alone(eval, call);
    default:
        return eval_whole(eval, call);
    }
}

const char *const sim_status_names[] = {
    [SIM_STATUS_UNKNOWN] = "unknown", [SIM_STATUS_ACTIVE] = "active",
    [SIM_STATUS_SIDE] = "side",       [SIM_STATUS_ORPHAN] = "orphan",
    [SIM_STATUS_INVALID] = "invalid", [SIM_STATUS_INVALID_ANCESTOR] = "invalid-ancestor",
    [SIM_STATUS_PARKED] = "parked",
};

static SimValue
eval_word(const ScnExpr *expr)
{
    for (guint i = 0; i < G_N_ELEMENTS(sim_status_names); i++) {
        if (strcmp(sim_status_names[i], expr->name) != 0)
            continue;
        SimScalar scalar = scalar_of(SIM_VALUE_STATUS, SIM_REF_NONE);
        scalar.status = (SimBlockStatus)i;
        return single(scalar);
    }
    return error_value("'%s' is no status", expr->name);
}

static SimValue
eval_mark(const SimEval *eval, const ScnExpr *expr)
{
    const SimValue *mark = &eval->marks[expr->index];
    if (kind_of(mark) == SIM_VALUE_UNSET)
        return error_value("the mark '%s' is not set yet", expr->name);
    return sim_value_copy(mark);
}

static SimValue
eval_cut(const SimEval *eval, const ScnExpr *expr)
{
    int64_t (*ask)(void *, uint32_t) =
        expr->kind == SCN_EXPR_CUT_START ? eval->cut_start : eval->cut_end;
    int64_t time_ns = ask ? ask(eval->user, expr->index) : SIM_TIME_NULL;
    return single(time_scalar(time_ns, SIM_REF_NONE));
}

SimValue
sim_eval(const SimEval *eval, const ScnExpr *expr)
{
    switch (expr->kind) {
    case SCN_EXPR_QUANTITY:
        return single(quantity_scalar(expr->quantity.dim, expr->quantity.value, SIM_REF_NONE));
    case SCN_EXPR_WORD:
        return eval_word(expr);
    case SCN_EXPR_MARK:
        return eval_mark(eval, expr);
    case SCN_EXPR_BLOCK:
        return single(
            block_scalar(eval->facts->named_block(eval->facts->world, expr->index), SIM_REF_NONE));
    case SCN_EXPR_CUT_START:
    case SCN_EXPR_CUT_END:
        return eval_cut(eval, expr);
    case SCN_EXPR_CALL:
        return eval_call(eval, expr);
    case SCN_EXPR_NOT:
    case SCN_EXPR_MINUS:
        return eval_unary(eval, expr);
    case SCN_EXPR_OR:
    case SCN_EXPR_AND:
    case SCN_EXPR_EQ:
    case SCN_EXPR_NE:
    case SCN_EXPR_LT:
    case SCN_EXPR_LE:
    case SCN_EXPR_GT:
    case SCN_EXPR_GE:
    case SCN_EXPR_ADD:
    case SCN_EXPR_SUB:
    case SCN_EXPR_MUL:
    case SCN_EXPR_DIV:
    case SCN_EXPR_POW:
        return eval_binary(eval, expr);
    default:
        return error_value("this has no value of its own");
    }
}

SimTruth
sim_value_truth(const SimValue *value)
{
    SimTruth truth = SIM_TRUTH_TRUE;
    if (is_error(value))
        return SIM_TRUTH_ERROR;
    if (sim_value_length(value) == 0)
        return SIM_TRUTH_EMPTY;
    for (guint i = 0; i < sim_value_length(value); i++) {
        if (!is_condition(sim_value_element(value, i)))
            return SIM_TRUTH_ERROR;
        if (!sim_scalar_is_true(sim_value_element(value, i)))
            truth = SIM_TRUTH_FALSE;
    }
    return truth;
}
