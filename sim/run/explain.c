/* Values as text, and why a condition is as it is. */
#include "sim/run/eval.h"

#include <string.h>

/* ---- writing ---- */

static void
append_hex(GString *out, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        g_string_append_printf(out, "%02x", bytes[i]);
}

static void
append_work(GString *out, const SimWork *work)
{
    int top = 3;
    while (top > 0 && work->limb[top] == 0)
        top--;
    g_string_append_printf(out, "0x%" G_GINT64_MODIFIER "x", work->limb[top]);
    while (top-- > 0)
        g_string_append_printf(out, "%016" G_GINT64_MODIFIER "x", work->limb[top]);
}

static void
append_block(GString *out, const SimEval *eval, uint32_t block, bool exact)
{
    uint8_t hash[32];
    eval->facts->block_hash(eval->facts->world, block, hash);
    append_hex(out, hash, exact ? sizeof hash : 2);
    if (!exact)
        g_string_append_printf(out, "… height %" G_GINT64_FORMAT,
                               eval->facts->block_height(eval->facts->world, block));
}

static void
append_quantity(GString *out, ScnQuantity quantity, bool exact)
{
    bool whole = quantity.dim != SCN_DIM_NUMBER && quantity.dim != SCN_DIM_FREQUENCY;
    g_autofree char *text = exact && whole
                                ? g_strdup_printf("%" G_GINT64_FORMAT, (gint64)quantity.value)
                                : scn_quantity_text(quantity);
    g_string_append(out, text);
}

static void
append_scalar(GString *out, const SimEval *eval, const SimScalar *scalar, bool exact)
{
    switch (scalar->kind) {
    case SIM_VALUE_BOOL:
        g_string_append(out, !scalar->flag ? "false" : scalar->by_null ? "null" : "true");
        break;
    case SIM_VALUE_QUANTITY:
        append_quantity(out, scalar->quantity, exact);
        break;
    case SIM_VALUE_WORK:
        append_work(out, &scalar->work);
        break;
    case SIM_VALUE_BLOCK:
        append_block(out, eval, scalar->block, exact);
        break;
    case SIM_VALUE_STATUS:
        g_string_append(out, sim_status_names[scalar->status]);
        break;
    case SIM_VALUE_HASH:
        append_hex(out, scalar->hash, exact ? 32 : 2);
        g_string_append(out, exact ? "" : "…");
        break;
    default:
        g_string_append(out, "null");
        break;
    }
}

static void
append_value(GString *out, const SimEval *eval, const SimValue *value, bool exact)
{
    if (sim_value_is_error(value)) {
        g_string_append(out, exact ? "null" : value->error);
        return;
    }
    if (value->scalar.kind != SIM_VALUE_LIST) {
        append_scalar(out, eval, &value->scalar, exact);
        return;
    }
    g_string_append_c(out, '[');
    for (guint i = 0, shown = 0; i < value->list->len; i++) {
        if (sim_value_element(value, i)->kind == SIM_VALUE_ABSENT)
            continue;
        g_string_append(out, shown++ ? ", " : "");
        append_scalar(out, eval, sim_value_element(value, i), exact);
    }
    g_string_append_c(out, ']');
}

void
sim_value_append(GString *out, const SimEval *eval, const SimValue *value)
{
    append_value(out, eval, value, false);
}

void
sim_value_append_exact(GString *out, const SimEval *eval, const SimValue *value)
{
    append_value(out, eval, value, true);
}

/* ---- explaining ---- */

static const char *
node_name(const SimEval *eval, uint32_t node)
{
    return g_array_index(eval->scenario->nodes, ScnNode, node).name;
}

/* The expression as the file has it, blanks single. */
static void
append_source(GString *out, const SimEval *eval, const ScnExpr *expr)
{
    const ScnSource *source = eval->scenario->sources->pdata[expr->span.source];
    bool blank = false;
    for (guint32 i = 0; i < expr->span.length; i++) {
        char c = source->text[expr->span.offset + i];
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\\';
        if (blank && !space)
            g_string_append_c(out, ' ');
        if (!space)
            g_string_append_c(out, c);
        blank = space;
    }
}

static const char *
op_text(ScnExprKind op, bool negated)
{
    static const char *const plain[] = {"", "!= ", "< ", "<= ", "> ", ">= "};
    static const char *const turned[] = {"!= ", "", ">= ", "> ", "<= ", "< "};
    return (negated ? turned : plain)[op - SCN_EXPR_EQ];
}

/* The first element that is false, or when negated true; the length if there is none. */
static guint
first_fault(const SimValue *value, bool negated)
{
    guint i = 0;
    while (i < sim_value_length(value) &&
           !(negated ? sim_scalar_is_true : sim_scalar_is_false)(sim_value_element(value, i)))
        i++;
    return i;
}

static void
explain_generic(GString *out, const SimEval *eval, const ScnExpr *expr, bool negated)
{
    SimValue value = sim_eval(eval, expr);
    guint fault = sim_value_is_error(&value) ? 0 : first_fault(&value, negated);
    if (sim_value_is_error(&value)) {
        g_string_append(out, value.error);
    } else {
        uint32_t node = fault < sim_value_length(&value) ? sim_value_element(&value, fault)->node
                                                         : SIM_REF_NONE;
        if (node != SIM_REF_NONE)
            g_string_append_printf(out, "%s: ", node_name(eval, node));
        append_source(out, eval, expr);
        g_string_append(out, negated ? " is true" : " is false");
    }
    sim_value_clear(&value);
}

static void
explain_pair(GString *out, const SimEval *eval, const ScnExpr *expr, const SimScalar *a,
             const SimScalar *b, bool negated)
{
    bool tip = a->kind == SIM_VALUE_BLOCK;
    uint32_t node = a->node != SIM_REF_NONE ? a->node : b->node;
    if (node != SIM_REF_NONE)
        g_string_append_printf(out, "%s %s ", node_name(eval, node), tip ? "is on" : "has");
    else
        g_string_append(out, "got ");
    append_scalar(out, eval, a, false);
    g_string_append_printf(out, ", expected %s", op_text(expr->kind, negated));
    append_scalar(out, eval, b, false);
}

static void
explain_comparison(GString *out, const SimEval *eval, const ScnExpr *expr, bool negated)
{
    SimValue a = sim_eval(eval, scn_expr_at(expr, 0)), b = sim_eval(eval, scn_expr_at(expr, 1));
    if (sim_value_is_error(&a) || sim_value_is_error(&b)) {
        g_string_append(out, sim_value_is_error(&a) ? a.error : b.error);
    } else {
        SimValue truth = sim_eval(eval, expr);
        guint fault = sim_value_is_error(&truth) ? 0 : first_fault(&truth, negated);
        if (sim_value_is_error(&truth))
            g_string_append(out, truth.error);
        else if (fault < sim_value_length(&truth))
            explain_pair(out, eval, expr, sim_value_element(&a, fault),
                         sim_value_element(&b, fault), negated);
        else
            explain_generic(out, eval, expr, negated);
        sim_value_clear(&truth);
    }
    sim_value_clear(&a);
    sim_value_clear(&b);
}

static SimTruth
truth_of(const SimEval *eval, const ScnExpr *expr)
{
    SimValue value = sim_eval(eval, expr);
    SimTruth truth = sim_value_truth(&value);
    sim_value_clear(&value);
    return truth;
}

void
sim_eval_explain(GString *out, const SimEval *eval, const ScnExpr *condition, bool negated)
{
    if (condition->kind == SCN_EXPR_NOT) {
        sim_eval_explain(out, eval, scn_expr_at(condition, 0), !negated);
    } else if (condition->kind == SCN_EXPR_AND && !negated) {
        bool left = truth_of(eval, scn_expr_at(condition, 0)) != SIM_TRUTH_TRUE;
        sim_eval_explain(out, eval, scn_expr_at(condition, left ? 0 : 1), negated);
    } else if (condition->kind >= SCN_EXPR_EQ && condition->kind <= SCN_EXPR_GE) {
        explain_comparison(out, eval, condition, negated);
    } else {
        explain_generic(out, eval, condition, negated);
    }
}
