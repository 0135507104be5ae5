/* What the functions of the language ask, by shape; see function.h. */
#include "sim/run/function.h"

/* ---- of nodes ---- */

static bool
is_asked(const SimEval *eval, const ScnMember *member)
{
    return member->even_down || eval->facts->node_up(eval->facts->world, member->node);
}

/* The nodes of a set that are to be asked. */
static GArray *
nodes_of(const SimEval *eval, const ScnExpr *set)
{
    GArray *nodes = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), set->members->len);
    for (guint i = 0; i < set->members->len; i++) {
        const ScnMember *member = &g_array_index(set->members, ScnMember, i);
        if (is_asked(eval, member))
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
        return sim_value_single(sim_scalar_bool(true, SIM_REF_NONE));
    }
    SimValue value = sim_eval(eval, arg);
    if (sim_value_kind(&value) == SIM_VALUE_BLOCK)
        *ret_ref = value.scalar.block;
    else if (sim_value_kind(&value) != SIM_VALUE_NULL && !sim_value_is_error(&value)) {
        SimValue error = sim_value_error("'%s' is asked about one block", call->name);
        sim_value_clear(&value);
        return error;
    }
    return value;
}

static SimQuestion
question(const SimEval *eval, const ScnExpr *call, const GArray *nodes)
{
    return (SimQuestion){
        .function = call->function->id,
        .scenario = eval->scenario,
        .node = SIM_REF_NONE,
        .nodes = nodes ? (const uint32_t *)(const void *)nodes->data : NULL,
        .count = nodes ? nodes->len : 0,
        .about = SIM_REF_NONE,
    };
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
    g_autoptr(GArray) nodes = nodes_of(eval, set);
    SimQuestion q = question(eval, call, nodes);
    bool missing = false;

    if (call->function->second != SCN_TYPE_ANY) {
        SimValue second = second_argument(eval, call, &q.about);
        if (sim_value_is_error(&second))
            return second;
        missing = sim_value_kind(&second) == SIM_VALUE_NULL;
    }
    SimValue list = sim_value_list(set->members->len);
    for (guint i = 0; i < set->members->len; i++) {
        const ScnMember *member = &g_array_index(set->members, ScnMember, i);
        SimScalar scalar;

        q.node = member->node;
        scalar = !is_asked(eval, member) ? sim_scalar(SIM_VALUE_ABSENT, q.node)
                 : missing               ? sim_scalar_null(q.node)
                                         : eval->facts->ask(eval->facts->world, &q);
        g_array_append_val(list.list, scalar);
    }
    if (!is_alone(set))
        return list;
    SimValue value = sim_value_single(g_array_index(list.list, SimScalar, 0));
    sim_value_clear(&list);
    return value;
}

/* Sums are of 128 bits: a million nodes' greatest amounts fit. */
static SimValue
eval_total(const SimEval *eval, const ScnExpr *call)
{
    g_autoptr(GArray) nodes = nodes_of(eval, scn_expr_at(call, 0));
    SimQuestion q = question(eval, call, nodes);
    SimScalar total = sim_scalar_null(SIM_REF_NONE);

    if (nodes->len == 0)
        return sim_value_list(0);
    if (call->function->second != SCN_TYPE_ANY)
        q.about = scn_expr_at(call, 1)->index;
    for (guint i = 0; i < nodes->len; i++) {
        SimScalar one;

        q.node = g_array_index(nodes, uint32_t, i);
        one = eval->facts->ask(eval->facts->world, &q);
        if (i == 0)
            total = one;
        else if (call->function->shape == SCN_SHAPE_SUM)
            total.quantity.value += one.quantity.value;
        else
            total.quantity.value = MAX(total.quantity.value, one.quantity.value);
    }
    if (nodes->len > 1)
        total.node = SIM_REF_NONE;
    return sim_value_single(total);
}

/* The named argument as a value; NULL in the text is the default, 0. */
static SimValue
eval_option(const SimEval *eval, const ScnExpr *call)
{
    const ScnExpr *expr = scn_expr_named(call, call->function->option);
    bool time = call->function->option_type == SCN_TYPE_TIME;
    if (!expr)
        return sim_value_single(
            sim_scalar_quantity(time ? SCN_DIM_TIME : SCN_DIM_NUMBER, 0, SIM_REF_NONE));
    SimValue value = sim_eval(eval, expr);
    bool fits = sim_value_kind(&value) == SIM_VALUE_QUANTITY &&
                (value.scalar.quantity.dim == (time ? SCN_DIM_TIME : SCN_DIM_NUMBER) ||
                 value.scalar.quantity.value == 0);
    if (fits && !time)
        fits = value.scalar.quantity.value >= 0 && value.scalar.quantity.value % SCN_ONE == 0 &&
               value.scalar.quantity.value / SCN_ONE <= G_MAXINT64;
    if (fits || sim_value_is_error(&value) || sim_value_kind(&value) == SIM_VALUE_NULL)
        return value;
    sim_value_clear(&value);
    return sim_value_error("'%s' needs %s", call->function->option,
                           time ? "a time" : "a whole number that is not negative");
}

static SimValue
eval_whole(const SimEval *eval, const ScnExpr *call)
{
    g_autoptr(GArray) nodes = nodes_of(eval, scn_expr_at(call, 0));
    SimQuestion q = question(eval, call, nodes);
    SimValue other = sim_value_single(sim_scalar_count(0, SIM_REF_NONE));

    if (nodes->len == 0)
        return sim_value_list(0);
    if (call->function->option)
        other = eval_option(eval, call);
    else if (call->function->second != SCN_TYPE_ANY)
        other = sim_eval(eval, scn_expr_at(call, 1));
    if (sim_value_is_error(&other) || sim_value_kind(&other) == SIM_VALUE_NULL)
        return other;
    if (sim_value_kind(&other) == SIM_VALUE_QUANTITY)
        q.number = other.scalar.quantity.value;
    sim_value_clear(&other);
    return sim_value_single(eval->facts->ask(eval->facts->world, &q));
}

/* ---- of no set ---- */

static SimValue
eval_alone(const SimEval *eval, const ScnExpr *call)
{
    const ScnExpr *arg = scn_expr_at(call, 0);
    SimQuestion q = question(eval, call, NULL);

    q.about = arg->index;
    if (call->function->second == SCN_TYPE_BLOCK) {
        SimValue block = sim_eval(eval, arg);

        if (sim_value_is_error(&block) || sim_value_kind(&block) == SIM_VALUE_NULL)
            return block;
        if (sim_value_kind(&block) != SIM_VALUE_BLOCK) {
            sim_value_clear(&block);
            return sim_value_error("'%s' is asked about one block", call->name);
        }
        q.about = block.scalar.block;
    }
    return sim_value_single(eval->facts->ask(eval->facts->world, &q));
}

/* ---- reductions ---- */

static SimValue
reduce_conditions(const SimValue *value, bool count)
{
    int64_t found = 0;
    for (guint i = 0; i < sim_value_length(value); i++) {
        if (sim_value_element(value, i)->kind == SIM_VALUE_ABSENT)
            continue;
        if (!sim_scalar_is_condition(sim_value_element(value, i)))
            return sim_value_error("a condition is due, not %s",
                                   sim_scalar_kind_name(sim_value_element(value, i)));
        found += sim_scalar_is_true(sim_value_element(value, i));
    }
    return sim_value_single(count ? sim_scalar_count(found, SIM_REF_NONE)
                                  : sim_scalar_bool(found > 0, SIM_REF_NONE));
}

static SimValue
reduce_sum(const SimValue *value)
{
    SimScalar total = sim_scalar_count(0, SIM_REF_NONE);
    char *error = NULL;
    for (guint i = 0; i < sim_value_length(value); i++) {
        SimScalar next = sim_scalar(SIM_VALUE_NULL, SIM_REF_NONE);
        if (sim_value_element(value, i)->kind == SIM_VALUE_ABSENT)
            continue;
        if (!sim_scalar_arithmetic(SCN_EXPR_ADD, &total, sim_value_element(value, i), &next,
                                   &error))
            return sim_value_from_error(error);
        total = next;
        if (total.kind == SIM_VALUE_NULL)
            break;
    }
    return sim_value_single(total);
}

/* Takes one more value into the extreme so far; false: error. */
static bool
extend(SimScalar *best, const SimScalar *next, bool largest, bool first, char **ret_error)
{
    int order = 0;
    if (best->kind == SIM_VALUE_NULL && !first)
        return true;
    if (next->kind == SIM_VALUE_NULL || first) {
        if (next->kind == SIM_VALUE_NULL || sim_scalar_is_plain(next)) {
            *best = *next;
            return true;
        }
    } else if (sim_scalar_is_plain(next) && sim_scalar_compare(next, best, &order)) {
        if (largest ? order > 0 : order < 0)
            *best = *next;
        return true;
    }
    *ret_error = g_strdup_printf("%s has no least and greatest", sim_scalar_kind_name(next));
    return false;
}

static SimValue
reduce_extreme(const SimEval *eval, const ScnExpr *call, bool largest)
{
    SimScalar best = sim_scalar_null(SIM_REF_NONE);
    char *error = NULL;
    bool first = true;

    for (guint i = 0; i < scn_expr_count(call); i++) {
        SimValue value = sim_eval(eval, scn_expr_at(call, i));
        if (sim_value_is_error(&value))
            return value;
        if (sim_value_is_empty(&value))
            error = g_strdup_printf("%s of an empty list", call->name);
        for (guint j = 0; !error && j < sim_value_length(&value); j++) {
            if (sim_value_element(&value, j)->kind == SIM_VALUE_ABSENT)
                continue;
            extend(&best, sim_value_element(&value, j), largest, first, &error);
            first = false;
        }
        sim_value_clear(&value);
        if (error)
            return sim_value_from_error(error);
    }
    best.node = SIM_REF_NONE;
    return sim_value_single(best);
}

static SimValue
eval_reduce(const SimEval *eval, const ScnExpr *call)
{
    ScnFunctionId id = call->function->id;
    if (id == SCN_FN_MIN || id == SCN_FN_MAX)
        return reduce_extreme(eval, call, id == SCN_FN_MAX);
    SimValue value = sim_eval(eval, scn_expr_at(call, 0));
    if (sim_value_is_error(&value))
        return value;
    SimValue result = {0};
    if (sim_value_is_empty(&value))
        result = sim_value_error("%s of an empty list", call->name);
    else if (id == SCN_FN_SUM)
        result = reduce_sum(&value);
    else
        result = reduce_conditions(&value, id == SCN_FN_COUNT);
    sim_value_clear(&value);
    return result;
}

SimValue
sim_function_call(const SimEval *eval, const ScnExpr *call)
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
