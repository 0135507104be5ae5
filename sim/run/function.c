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

static SimScalar
amount_scalar(__int128 amount, uint32_t node)
{
    return sim_scalar_quantity(SCN_DIM_NUMBER, amount * (SCN_ONE / SCN_TOKEN), node);
}

/* In 10^-12; what is not there yet is null. */
static SimScalar
portion_scalar(int64_t portion, uint32_t node)
{
    return portion < 0 ? sim_scalar_null(node) : sim_scalar_quantity(SCN_DIM_NUMBER, portion, node);
}

static SimScalar
ask_state(const SimFacts *facts, ScnFunctionId id, uint32_t node)
{
    SimScalar scalar;
    switch (id) {
    case SCN_FN_WORK:
        scalar = sim_scalar(SIM_VALUE_WORK, node);
        scalar.work = facts->work(facts->world, node);
        return scalar;
    case SCN_FN_STATE_ROOT:
        scalar = sim_scalar(SIM_VALUE_HASH, node);
        facts->state_root(facts->world, node, scalar.hash);
        return scalar;
    case SCN_FN_SUPPLY_OK:
        return sim_scalar_bool(facts->supply_ok(facts->world, node), node);
    case SCN_FN_ORPHANS:
        return sim_scalar_count(facts->orphans(facts->world, node), node);
    case SCN_FN_CONNECTED:
        return sim_scalar_count(facts->connected(facts->world, node), node);
    case SCN_FN_HEIGHT:
        return sim_scalar_count(facts->height(facts->world, node), node);
    case SCN_FN_BITS:
        return sim_scalar_count(facts->bits(facts->world, node), node);
    case SCN_FN_DIFFICULTY:
        return sim_scalar_quantity(SCN_DIM_NUMBER, facts->difficulty(facts->world, node), node);
    case SCN_FN_PEERS:
        return sim_scalar_count(facts->peers(facts->world, node), node);
    case SCN_FN_CHAIN_GROWTH:
        return portion_scalar(facts->chain_growth(facts->world, node), node);
    default:
        return sim_scalar_block(facts->tip(facts->world, node), node);
    }
}

static SimScalar
ask_about(const SimEval *eval, ScnFunctionId id, uint32_t node, uint32_t ref)
{
    const SimFacts *facts = eval->facts;
    SimScalar scalar;
    switch (id) {
    case SCN_FN_STATUS:
        scalar = sim_scalar(SIM_VALUE_STATUS, node);
        scalar.status = facts->status(facts->world, node, ref);
        return scalar;
    case SCN_FN_ARRIVED:
        return sim_scalar_time(facts->arrived(facts->world, node, ref), node);
    case SCN_FN_IN_MEMPOOL:
        return sim_scalar_bool(facts->in_mempool(facts->world, node, ref), node);
    case SCN_FN_CONFIRMATIONS:
        return sim_scalar_count(facts->confirmations(facts->world, node, ref), node);
    case SCN_FN_FINAL:
        return sim_scalar_bool(facts->confirmations(facts->world, node, ref) >=
                                   eval->scenario->chain.final_after,
                               node);
    case SCN_FN_BALANCE:
        return amount_scalar(facts->balance(facts->world, node, ref), node);
    default:
        return sim_scalar_count(facts->nonce(facts->world, node, ref), node);
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
        if (sim_value_is_error(&second))
            return second;
        missing = sim_value_kind(&second) == SIM_VALUE_NULL;
    }
    g_autoptr(GArray) nodes = nodes_of(eval, set);
    SimValue list = sim_value_list(set->members->len);
    for (guint i = 0; i < set->members->len; i++) {
        const ScnMember *member = &g_array_index(set->members, ScnMember, i);
        uint32_t node = member->node;
        SimScalar scalar = !is_asked(eval, member) ? sim_scalar(SIM_VALUE_ABSENT, node)
                           : call->function->id == SCN_FN_CHAIN_QUALITY
                               ? ask_quality(eval->facts, node, nodes)
                           : missing ? sim_scalar_null(node)
                           : about   ? ask_about(eval, call->function->id, node, ref)
                                     : ask_state(eval->facts, call->function->id, node);
        g_array_append_val(list.list, scalar);
    }
    if (!is_alone(set))
        return list;
    SimValue value = sim_value_single(g_array_index(list.list, SimScalar, 0));
    sim_value_clear(&list);
    return value;
}

/* Sums are of 128 bits: a hundred million blocks of the greatest amount there is fit. */
static __int128
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
total_scalar(ScnFunctionId id, __int128 total, uint32_t node)
{
    if (id == SCN_FN_BYTES)
        return sim_scalar_quantity(SCN_DIM_SIZE, total, node);
    return id == SCN_FN_REVENUE ? amount_scalar(total, node)
                                : sim_scalar_count((int64_t)total, node);
}

static SimValue
eval_total(const SimEval *eval, const ScnExpr *call)
{
    g_autoptr(GArray) nodes = nodes_of(eval, scn_expr_at(call, 0));
    __int128 total = 0;

    if (nodes->len == 0)
        return sim_value_list(0);
    for (guint i = 0; i < nodes->len; i++) {
        __int128 one = ask_total(eval->facts, call, g_array_index(nodes, uint32_t, i));
        total = call->function->shape == SCN_SHAPE_SUM ? total + one : MAX(total, one);
    }
    uint32_t node = nodes->len == 1 ? g_array_index(nodes, uint32_t, 0) : SIM_REF_NONE;
    return sim_value_single(total_scalar(call->function->id, total, node));
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
ask_whole(const SimFacts *facts, const ScnExpr *call, const GArray *nodes, const SimValue *option)
{
    const uint32_t *ids = (const uint32_t *)(const void *)nodes->data;
    ScnNumber number =
        sim_value_kind(option) == SIM_VALUE_QUANTITY ? option->scalar.quantity.value : 0;

    if (sim_value_kind(option) == SIM_VALUE_NULL)
        return sim_value_single(sim_scalar_null(SIM_REF_NONE));
    if (call->function->id == SCN_FN_COMMON_PREFIX)
        return sim_value_single(sim_scalar_bool(
            facts->common_prefix(facts->world, ids, nodes->len, (int64_t)(number / SCN_ONE)),
            SIM_REF_NONE));
    if (call->function->id == SCN_FN_BEST_TIP)
        return sim_value_single(
            sim_scalar_block(facts->best_tip(facts->world, ids, nodes->len), SIM_REF_NONE));
    if (call->function->id == SCN_FN_SAME_TIP)
        return sim_value_single(sim_scalar_bool(
            facts->same_tip(facts->world, ids, nodes->len, (int64_t)(number / SCN_ONE)),
            SIM_REF_NONE));
    return sim_value_single(sim_scalar_time(
        facts->time_to_agree(facts->world, ids, nodes->len, (int64_t)number), SIM_REF_NONE));
}

static SimValue
eval_whole(const SimEval *eval, const ScnExpr *call)
{
    g_autoptr(GArray) nodes = nodes_of(eval, scn_expr_at(call, 0));
    SimValue option = sim_value_single(sim_scalar_quantity(SCN_DIM_NUMBER, 0, SIM_REF_NONE));

    if (nodes->len == 0)
        return sim_value_list(0);
    if (call->function->option)
        option = eval_option(eval, call);
    else if (call->function->id == SCN_FN_COMMON_PREFIX)
        option = sim_eval(eval, scn_expr_at(call, 1));
    if (sim_value_is_error(&option))
        return option;
    SimValue result = ask_whole(eval->facts, call, nodes, &option);
    sim_value_clear(&option);
    return result;
}

/* ---- of no set ---- */

static SimValue
eval_wire_size(const SimEval *eval, const ScnExpr *call)
{
    SimValue block = sim_eval(eval, scn_expr_at(call, 0));
    if (sim_value_is_error(&block) || sim_value_kind(&block) == SIM_VALUE_NULL)
        return block;
    if (sim_value_kind(&block) == SIM_VALUE_BLOCK)
        return sim_value_single(sim_scalar_count(
            eval->facts->wire_size(eval->facts->world, block.scalar.block), SIM_REF_NONE));
    sim_value_clear(&block);
    return sim_value_error("'wire_size' is asked about one block");
}

static SimValue
eval_alone(const SimEval *eval, const ScnExpr *call)
{
    const SimFacts *facts = eval->facts;
    uint32_t index = scn_expr_at(call, 0)->index;
    switch (call->function->id) {
    case SCN_FN_MESSAGES:
        return sim_value_single(
            sim_scalar_count(facts->messages(facts->world, index), SIM_REF_NONE));
    case SCN_FN_PROPAGATION:
        return sim_value_single(
            sim_scalar_time(facts->propagation(facts->world, index), SIM_REF_NONE));
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
