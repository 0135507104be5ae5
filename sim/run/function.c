/* Evaluates the functions of the language by shape; see function.h. */
#include "sim/run/function.h"

/* ---- of nodes ---- */

static bool
is_asked(const SimEval *eval, const ScnMember *member)
{
    return member->even_down || eval->facts->node_up(eval->facts->world, member->node);
}

/* Returns the nodes of a set that are up, or named alone. */
static GArray *
nodes_of(const SimEval *eval, const ScnTerm *set)
{
    GArray *nodes = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), set->members->len);
    for (guint i = 0; i < set->members->len; i++) {
        const ScnMember *member = &g_array_index(set->members, ScnMember, i);
        if (is_asked(eval, member))
            g_array_append_val(nodes, member->node);
    }
    return nodes;
}

/* Evaluates the second argument: a block, or the index of a transaction or wallet. */
static ScnValue
second_argument(const SimEval *eval, const ScnTerm *call, uint32_t *ret_ref)
{
    const ScnTerm *arg = scn_term_at(call, 1);
    if (arg->kind == SCN_TERM_TX || arg->kind == SCN_TERM_WALLET) {
        *ret_ref = arg->index;
        return scn_value_single(scn_scalar_bool(true, SCN_NONE));
    }
    ScnValue value = sim_eval(eval, arg);
    if (scn_value_kind(&value) == SCN_VALUE_BLOCK)
        *ret_ref = value.scalar.block;
    else if (scn_value_kind(&value) != SCN_VALUE_NULL && !scn_value_is_error(&value)) {
        ScnValue error = scn_value_error("'%s' is asked about one block", call->function->name);
        scn_value_clear(&value);
        return error;
    }
    return value;
}

static SimQuestion
question(const SimEval *eval, const ScnTerm *call, const GArray *nodes)
{
    return (SimQuestion){
        .function = call->function->id,
        .scenario = eval->scenario,
        .node = SCN_NONE,
        .nodes = nodes ? (const uint32_t *)(const void *)nodes->data : NULL,
        .count = nodes ? nodes->len : 0,
        .about = SCN_NONE,
    };
}

static bool
is_alone(const ScnTerm *set)
{
    return set->members->len == 1 && g_array_index(set->members, ScnMember, 0).even_down;
}

/* Returns the value of the named argument, or its default, 0; of a word its number. */
static ScnValue
eval_option(const SimEval *eval, const ScnTerm *call)
{
    const ScnTerm *option = call->option;
    if (option && call->function->option_type == SCN_TYPE_AVERAGE)
        return scn_value_single(
            scn_scalar_quantity(SCN_DIM_NUMBER, (ScnNumber)option->index, SCN_NONE));
    bool time = call->function->option_type == SCN_TYPE_TIME;
    if (!option)
        return scn_value_single(
            scn_scalar_quantity(time ? SCN_DIM_TIME : SCN_DIM_NUMBER, 0, SCN_NONE));
    ScnValue value = sim_eval(eval, option);
    bool fits = scn_value_kind(&value) == SCN_VALUE_QUANTITY &&
                (value.scalar.quantity.dim == (time ? SCN_DIM_TIME : SCN_DIM_NUMBER) ||
                 value.scalar.quantity.value == 0);
    if (fits && !time)
        fits = value.scalar.quantity.value >= 0 && value.scalar.quantity.value % SCN_ONE == 0 &&
               value.scalar.quantity.value / SCN_ONE <= G_MAXINT64;
    if (fits || scn_value_is_error(&value) || scn_value_kind(&value) == SCN_VALUE_NULL)
        return value;
    scn_value_clear(&value);
    return scn_value_error("'%s' needs %s", call->function->option,
                           time ? "a time" : "a whole number that is not negative");
}

static ScnValue
eval_each(const SimEval *eval, const ScnTerm *call)
{
    const ScnTerm *set = scn_term_at(call, 0);
    g_autoptr(GArray) nodes = nodes_of(eval, set);
    SimQuestion q = question(eval, call, nodes);
    bool missing = false;

    if (call->function->second != SCN_TYPE_ANY) {
        ScnValue second = second_argument(eval, call, &q.about);
        if (scn_value_is_error(&second))
            return second;
        missing = scn_value_kind(&second) == SCN_VALUE_NULL;
    }
    if (call->function->option) {
        ScnValue option = eval_option(eval, call);
        if (scn_value_is_error(&option))
            return option;
        missing = missing || scn_value_kind(&option) == SCN_VALUE_NULL;
        q.number = missing ? 0 : option.scalar.quantity.value;
        scn_value_clear(&option);
    }
    ScnValue list = scn_value_list(set->members->len);
    for (guint i = 0; i < set->members->len; i++) {
        const ScnMember *member = &g_array_index(set->members, ScnMember, i);
        ScnScalar scalar;

        q.node = member->node;
        scalar = !is_asked(eval, member) ? scn_scalar(SCN_VALUE_ABSENT, q.node)
                 : missing               ? scn_scalar_null(q.node)
                                         : eval->facts->ask(eval->facts->world, &q);
        g_array_append_val(list.list, scalar);
    }
    if (!is_alone(set))
        return list;
    ScnValue value = scn_value_single(g_array_index(list.list, ScnScalar, 0));
    scn_value_clear(&list);
    return value;
}

/* Adds in 128 bits: enough for the largest amounts of a million nodes. */
static ScnValue
eval_total(const SimEval *eval, const ScnTerm *call)
{
    g_autoptr(GArray) nodes = nodes_of(eval, scn_term_at(call, 0));
    SimQuestion q = question(eval, call, nodes);
    ScnScalar total = scn_scalar_null(SCN_NONE);

    if (nodes->len == 0)
        return scn_value_list(0);
    if (call->function->second != SCN_TYPE_ANY)
        q.about = scn_term_at(call, 1)->index;
    for (guint i = 0; i < nodes->len; i++) {
        ScnScalar one;

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
        total.node = SCN_NONE;
    return scn_value_single(total);
}

static ScnValue
eval_whole(const SimEval *eval, const ScnTerm *call)
{
    g_autoptr(GArray) nodes = nodes_of(eval, scn_term_at(call, 0));
    SimQuestion q = question(eval, call, nodes);
    ScnValue other = scn_value_single(scn_scalar_count(0, SCN_NONE));

    if (nodes->len == 0)
        return scn_value_list(0);
    if (call->function->option)
        other = eval_option(eval, call);
    else if (call->function->second != SCN_TYPE_ANY)
        other = sim_eval(eval, scn_term_at(call, 1));
    if (scn_value_is_error(&other) || scn_value_kind(&other) == SCN_VALUE_NULL)
        return other;
    if (scn_value_kind(&other) == SCN_VALUE_QUANTITY)
        q.number = other.scalar.quantity.value;
    scn_value_clear(&other);
    return scn_value_single(eval->facts->ask(eval->facts->world, &q));
}

/* ---- of no set ---- */

static ScnValue
eval_alone(const SimEval *eval, const ScnTerm *call)
{
    SimQuestion q = question(eval, call, NULL);
    const ScnTerm *arg;

    if (call->function->second == SCN_TYPE_ANY)
        return scn_value_single(eval->facts->ask(eval->facts->world, &q));
    arg = scn_term_at(call, 0);
    q.about = arg->index;
    q.number = call->option ? (ScnNumber)call->option->index : 0; /* an average, the only kind */
    if (call->function->second == SCN_TYPE_BLOCK) {
        ScnValue block = sim_eval(eval, arg);

        if (scn_value_is_error(&block) || scn_value_kind(&block) == SCN_VALUE_NULL)
            return block;
        if (scn_value_kind(&block) != SCN_VALUE_BLOCK) {
            scn_value_clear(&block);
            return scn_value_error("'%s' is asked about one block", call->function->name);
        }
        q.about = block.scalar.block;
    }
    return scn_value_single(eval->facts->ask(eval->facts->world, &q));
}

ScnValue
sim_function_call(const SimEval *eval, const ScnTerm *call)
{
    switch (call->function->shape) {
    case SCN_SHAPE_EACH:
        return eval_each(eval, call);
    case SCN_SHAPE_SUM:
    case SCN_SHAPE_MAX:
        return eval_total(eval, call);
    case SCN_SHAPE_ALONE:
        return eval_alone(eval, call);
    default:
        return eval_whole(eval, call);
    }
}
