/* Writes values as text, and explains why a condition is true or false. */
#include "sim/run/eval.h"

#include "sim/io/text.h"

#include <string.h>

/* ---- writing ---- */

#define TIPS_SHOWN 4
#define NAMES_SHOWN 4

static void
append_hash(GString *out, const uint8_t hash[32], bool exact)
{
    char hex[65];

    for (int i = 0; i < 32; i++)
        g_snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    g_string_append_len(out, hex, exact ? 64 : IO_HASH_DIGITS);
}

static void
append_work(GString *out, const ScnWork *work)
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
    append_hash(out, hash, exact);
    if (!exact)
        g_string_append_printf(out, " height %" G_GINT64_FORMAT,
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
append_scalar(GString *out, const SimEval *eval, const ScnScalar *scalar, bool exact)
{
    switch (scalar->kind) {
    case SCN_VALUE_BOOL:
        g_string_append(out, !scalar->flag ? "false" : scalar->by_null ? "null" : "true");
        break;
    case SCN_VALUE_QUANTITY:
        append_quantity(out, scalar->quantity, exact);
        break;
    case SCN_VALUE_WORK:
        append_work(out, &scalar->work);
        break;
    case SCN_VALUE_BLOCK:
        append_block(out, eval, scalar->block, exact);
        break;
    case SCN_VALUE_STATUS:
        g_string_append(out, scn_status_names[scalar->status]);
        break;
    case SCN_VALUE_HASH:
        append_hash(out, scalar->hash, exact);
        break;
    default:
        g_string_append(out, "null");
        break;
    }
}

static void
append_value(GString *out, const SimEval *eval, const ScnValue *value, bool exact)
{
    if (scn_value_is_error(value)) {
        g_string_append(out, exact ? "null" : value->error);
        return;
    }
    if (value->scalar.kind != SCN_VALUE_LIST) {
        append_scalar(out, eval, &value->scalar, exact);
        return;
    }
    g_string_append_c(out, '[');
    for (guint i = 0, shown = 0; i < value->list->len; i++) {
        if (scn_value_element(value, i)->kind == SCN_VALUE_ABSENT)
            continue;
        g_string_append(out, shown++ ? ", " : "");
        append_scalar(out, eval, scn_value_element(value, i), exact);
    }
    g_string_append_c(out, ']');
}

void
sim_value_append(GString *out, const SimEval *eval, const ScnValue *value)
{
    append_value(out, eval, value, false);
}

void
sim_value_append_exact(GString *out, const SimEval *eval, const ScnValue *value)
{
    append_value(out, eval, value, true);
}

/* ---- explaining ---- */

static const char *
node_name(const SimEval *eval, uint32_t node)
{
    return g_array_index(eval->scenario->nodes, ScnNode, node).name;
}

/* Appends the expression as written, with single blanks. */
static void
append_source(GString *out, const SimEval *eval, const ScnTerm *term)
{
    const ScnSource *source = eval->scenario->sources->pdata[term->span.source];
    bool blank = false;
    for (guint32 i = 0; i < term->span.length; i++) {
        char c = source->text[term->span.offset + i];
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\\';
        if (blank && !space)
            g_string_append_c(out, ' ');
        if (!space)
            g_string_append_c(out, c);
        blank = space;
    }
}

/* Returns the words before the expected value; "" for ==. */
static void
append_op(GString *out, ScnOp op, bool negated)
{
    ScnOp holds = negated ? scn_op_opposite(op) : op;

    if (holds != SCN_OP_EQ)
        g_string_append_printf(out, "%s ", scn_op_text(holds));
}

/* Returns the index of the first element that is false (if negated, true), or the length. */
static guint
first_fault(const ScnValue *value, bool negated)
{
    guint i = 0;
    while (i < scn_value_length(value) &&
           !(negated ? scn_scalar_is_true : scn_scalar_is_false)(scn_value_element(value, i)))
        i++;
    return i;
}

/* A block and the nodes whose tip it is. */
typedef struct {
    uint32_t block, count;
    uint32_t nodes[NAMES_SHOWN];
} Tip;

/* Returns the tips (Tip) of the nodes of a set that are asked, in order of their first node. */
static GArray *
tips_of(const SimEval *eval, const ScnTerm *set)
{
    g_autoptr(GHashTable) places = g_hash_table_new(NULL, NULL); /* block to its place + 1 */
    GArray *tips = g_array_new(FALSE, FALSE, sizeof(Tip));

    for (guint i = 0; i < set->members->len; i++) {
        const ScnMember *member = &g_array_index(set->members, ScnMember, i);
        SimQuestion q = {SCN_FN_TIP, eval->scenario, member->node, NULL, 0, SCN_NONE, 0};
        ScnScalar block;
        guint place;

        if (!member->even_down && !eval->facts->node_up(eval->facts->world, member->node))
            continue;
        block = eval->facts->ask(eval->facts->world, &q);
        if (block.kind != SCN_VALUE_BLOCK)
            continue;
        place = GPOINTER_TO_UINT(g_hash_table_lookup(places, GUINT_TO_POINTER(block.block)));
        if (place == 0) {
            const Tip tip = {.block = block.block};

            g_array_append_val(tips, tip);
            place = tips->len;
            g_hash_table_insert(places, GUINT_TO_POINTER(block.block), GUINT_TO_POINTER(place));
        }
        Tip *tip = &g_array_index(tips, Tip, place - 1);
        if (tip->count < NAMES_SHOWN)
            tip->nodes[tip->count] = member->node;
        tip->count++;
    }
    return tips;
}

/* Appends "d416ede height 162 at a1, a2 and 3 more; 30b9609 height 104 at b1". */
static void
append_tips(GString *out, const SimEval *eval, const ScnTerm *set)
{
    g_autoptr(GArray) tips = tips_of(eval, set);

    for (guint i = 0; i < MIN(tips->len, TIPS_SHOWN); i++) {
        const Tip *tip = &g_array_index(tips, Tip, i);

        g_string_append(out, i > 0 ? "; " : "");
        append_block(out, eval, tip->block, false);
        for (guint k = 0; k < MIN(tip->count, NAMES_SHOWN); k++)
            g_string_append_printf(out, "%s%s", k == 0 ? " at " : ", ",
                                   node_name(eval, tip->nodes[k]));
        if (tip->count > NAMES_SHOWN)
            g_string_append_printf(out, " and %u more", tip->count - NAMES_SHOWN);
    }
    if (tips->len > TIPS_SHOWN)
        g_string_append_printf(out, "; and %u more tips", tips->len - TIPS_SHOWN);
}

/* Returns whether the term asks whether the nodes of a set agree. */
static bool
is_of_tips(const ScnTerm *term)
{
    return term->kind == SCN_TERM_FACT &&
           (term->function->id == SCN_FN_SAME_TIP || term->function->id == SCN_FN_COMMON_PREFIX);
}

static void
explain_generic(GString *out, const SimEval *eval, const ScnTerm *term, bool negated)
{
    ScnValue value = sim_eval(eval, term);
    guint fault = scn_value_is_error(&value) ? 0 : first_fault(&value, negated);
    if (scn_value_is_error(&value)) {
        g_string_append(out, value.error);
    } else {
        uint32_t node =
            fault < scn_value_length(&value) ? scn_value_element(&value, fault)->node : SCN_NONE;
        if (node != SCN_NONE)
            g_string_append_printf(out, "%s: ", node_name(eval, node));
        append_source(out, eval, term);
        g_string_append(out, negated ? " is true" : " is false");
        if (is_of_tips(term)) {
            g_string_append(out, ": ");
            append_tips(out, eval, scn_term_at(term, 0));
        }
    }
    scn_value_clear(&value);
}

static void
explain_pair(GString *out, const SimEval *eval, const ScnTerm *term, const ScnScalar *a,
             const ScnScalar *b, bool negated)
{
    bool tip = a->kind == SCN_VALUE_BLOCK;
    uint32_t node = a->node != SCN_NONE ? a->node : b->node;
    if (node != SCN_NONE)
        g_string_append_printf(out, "%s %s ", node_name(eval, node), tip ? "is on" : "has");
    else
        g_string_append(out, "got ");
    append_scalar(out, eval, a, false);
    g_string_append(out, ", expected ");
    append_op(out, term->op, negated);
    append_scalar(out, eval, b, false);
}

static void
explain_comparison(GString *out, const SimEval *eval, const ScnTerm *term, bool negated)
{
    ScnValue a = sim_eval(eval, scn_term_at(term, 0)), b = sim_eval(eval, scn_term_at(term, 1));
    if (scn_value_is_error(&a) || scn_value_is_error(&b)) {
        g_string_append(out, scn_value_is_error(&a) ? a.error : b.error);
    } else {
        ScnValue truth = sim_eval(eval, term);
        guint fault = scn_value_is_error(&truth) ? 0 : first_fault(&truth, negated);
        if (scn_value_is_error(&truth))
            g_string_append(out, truth.error);
        else if (fault < scn_value_length(&truth))
            explain_pair(out, eval, term, scn_value_element(&a, fault),
                         scn_value_element(&b, fault), negated);
        else
            explain_generic(out, eval, term, negated);
        scn_value_clear(&truth);
    }
    scn_value_clear(&a);
    scn_value_clear(&b);
}

static ScnTruth
truth_of(const SimEval *eval, const ScnTerm *term)
{
    ScnValue value = sim_eval(eval, term);
    ScnTruth truth = scn_value_truth(&value);
    scn_value_clear(&value);
    return truth;
}

static bool
is_comparison(const ScnTerm *term)
{
    return term->kind == SCN_TERM_OPERATOR && (scn_op_class(term->op) == SCN_OP_CLASS_EQUALITY ||
                                               scn_op_class(term->op) == SCN_OP_CLASS_ORDER);
}

void
sim_eval_explain(GString *out, const SimEval *eval, const ScnTerm *condition, bool negated)
{
    if (scn_term_is_operator(condition, SCN_OP_NOT)) {
        sim_eval_explain(out, eval, scn_term_at(condition, 0), !negated);
    } else if (scn_term_is_operator(condition, SCN_OP_AND) && !negated) {
        bool left = truth_of(eval, scn_term_at(condition, 0)) != SCN_TRUTH_TRUE;
        sim_eval_explain(out, eval, scn_term_at(condition, left ? 0 : 1), negated);
    } else if (is_comparison(condition)) {
        explain_comparison(out, eval, condition, negated);
    } else {
        explain_generic(out, eval, condition, negated);
    }
}
