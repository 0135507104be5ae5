/* word=value options by table: the statements differ in their specs, not in code. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/word.h"

#include <string.h>

const ScnExpr *
scn_option_value(ScnResolver *resolver, const ScnOption *option)
{
    const ScnExpr *value = option->values->pdata[0];
    if (option->values->len > 1) {
        scn_report(resolver, ((const ScnExpr *)option->values->pdata[1])->span, NULL,
                   "'%s' takes one value", option->name);
        return NULL;
    }
    if (value->kind == SCN_EXPR_RANGE || value->kind == SCN_EXPR_LABELLED) {
        scn_report(resolver, value->span, NULL, "'%s' takes one value", option->name);
        return NULL;
    }
    return value;
}

/* ---- words ---- */

/* The words of a spec; those with ? lose it and are noted in ret_later. */
static GPtrArray *
split_words(const char *words, guint64 *ret_later)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);

    *ret_later = 0;
    for (guint i = 0; parts[i]; i++) {
        bool later = parts[i][0] == '?';
        *ret_later |= (guint64)later << i;
        g_ptr_array_add(list, g_strdup(parts[i] + later));
    }
    return list;
}

static char *
join_now(const GPtrArray *list, guint64 later)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++) {
        if (later >> i & 1)
            continue;
        g_string_append(out, out->len ? " or " : "");
        g_string_append(out, list->pdata[i]);
    }
    return g_string_free(out, FALSE);
}

bool
scn_need_word(ScnResolver *resolver, const ScnExpr *expr, const char *what, const char *words,
              guint *ret_index)
{
    guint64 later;
    g_autoptr(GPtrArray) list = split_words(words, &later);
    g_autofree char *now = join_now(list, later);
    ScnConst value = scn_const(resolver, expr);

    if (value.kind == SCN_CONST_BAD)
        return false;
    if (value.kind != SCN_CONST_WORD) {
        g_autofree char *help = g_strdup_printf("write %s", now);
        scn_report(resolver, expr->span, help, "'%s' needs a word", what);
        return false;
    }
    for (guint i = 0; i < list->len; i++) {
        if (strcmp(list->pdata[i], value.text) != 0)
            continue;
        if (later >> i & 1) {
            g_autofree char *full = g_strdup_printf("%s=%s", what, value.text);
            scn_report_later(resolver, expr->span, full);
            return false;
        }
        *ret_index = i;
        return true;
    }
    g_autofree char *help = g_strdup_printf("write %s", scn_word_nearest_of(value.text, list));
    scn_report(resolver, expr->span, help, "unknown %s '%s'", what, value.text);
    return false;
}

/* ---- one option ---- */

static bool
says(const ScnResolver *resolver, const ScnConst *value, const char *words)
{
    (void)resolver;
    return value->kind == SCN_CONST_WORD && strcmp(value->text, words) == 0;
}

/* Limits of amounts are whole tokens, of counts the counts themselves. */
static bool
in_limits(ScnResolver *resolver, const ScnOptSpec *spec, const ScnExpr *expr, ScnQuantity quantity)
{
    ScnNumber scale = quantity.dim == SCN_DIM_NUMBER ? SCN_ONE : 1;
    ScnNumber low = (ScnNumber)spec->low * scale, high = (ScnNumber)spec->high * scale;
    if (quantity.value >= low && (spec->high == 0 || quantity.value <= high))
        return true;
    g_autofree char *low_text = scn_quantity_text((ScnQuantity){quantity.dim, low});
    g_autofree char *high_text = scn_quantity_text((ScnQuantity){quantity.dim, high});
    if (spec->high == 0)
        scn_report(resolver, expr->span, NULL, "'%s' must be at least %s", spec->name, low_text);
    else
        scn_report(resolver, expr->span, NULL, "'%s' must be in %s..%s", spec->name, low_text,
                   high_text);
    return false;
}

static ScnDim
dim_of(ScnOptKind kind)
{
    switch (kind) {
    case SCN_OPT_TIME:
        return SCN_DIM_TIME;
    case SCN_OPT_SIZE:
        return SCN_DIM_SIZE;
    case SCN_OPT_RATE:
        return SCN_DIM_RATE;
    default:
        return SCN_DIM_NUMBER;
    }
}

/* What one stored unit is in the quantity's own: counts are whole, amounts have 8 decimals. */
static ScnNumber
scale_of(ScnOptKind kind)
{
    if (dim_of(kind) != SCN_DIM_NUMBER)
        return 1;
    return kind == SCN_OPT_AMOUNT ? SCN_ONE / SCN_TOKEN : SCN_ONE;
}

static void
store(const ScnOptSpec *spec, gpointer record, gint64 value)
{
    char *field = (char *)record + spec->field;
    if (spec->kind == SCN_OPT_COUNT || spec->kind == SCN_OPT_WORD)
        *(guint32 *)field = (guint32)value;
    else
        *(gint64 *)field = value;
}

static bool
apply_number(ScnResolver *resolver, const ScnOptSpec *spec, const ScnExpr *expr, gpointer record)
{
    ScnConst value = scn_const(resolver, expr);
    ScnNumber scale = scale_of(spec->kind);
    ScnQuantity quantity;

    if (spec->words && says(resolver, &value, spec->words)) {
        store(spec, record, 0);
        return true;
    }
    if (!scn_need(resolver, expr, spec->name, dim_of(spec->kind), spec->unit ? spec->unit : "",
                  &quantity))
        return false;
    if (quantity.value % scale != 0) {
        scn_report(resolver, expr->span, NULL,
                   spec->kind == SCN_OPT_AMOUNT ? "'%s' has at most 8 decimals"
                                                : "'%s' needs a whole number",
                   spec->name);
        return false;
    }
    if (quantity.value / scale > G_MAXINT64 || quantity.value / scale < -G_MAXINT64) {
        scn_report(resolver, expr->span, NULL, "'%s' is too large", spec->name);
        return false;
    }
    if (!in_limits(resolver, spec, expr, quantity))
        return false;
    store(spec, record, (gint64)(quantity.value / scale));
    return true;
}

/* An option that this version knows at its default alone. */
static bool
apply_only(ScnResolver *resolver, const ScnOptSpec *spec, const ScnExpr *expr)
{
    ScnConst value = scn_const(resolver, expr);
    ScnQuantity wanted = {0};
    gsize used = 0;
    g_autofree char *problem = NULL;
    g_autofree char *help = NULL;

    if (value.kind == SCN_CONST_BAD)
        return false;
    if (says(resolver, &value, spec->words))
        return true;
    if (value.kind == SCN_CONST_QUANTITY && g_ascii_isdigit(spec->words[0]) &&
        scn_quantity_parse(spec->words, strlen(spec->words), &wanted, &used, &problem, &help) &&
        wanted.value == value.quantity.value &&
        (wanted.dim == value.quantity.dim || wanted.value == 0))
        return true;
    g_autofree char *text = scn_span_text(resolver, expr->span);
    g_autofree char *full = g_strdup_printf("%s=%s", spec->name, text);
    scn_report_later(resolver, expr->span, full);
    return false;
}

static bool
apply_option(ScnResolver *resolver, const ScnOptSpec *spec, const ScnOption *option,
             gpointer record, ScnOptOwn own, gpointer data)
{
    guint word = 0;
    if (spec->kind == SCN_OPT_OWN)
        return own(resolver, option, data);
    if (spec->kind == SCN_OPT_LATER) {
        scn_report_later(resolver, option->name_span, option->name);
        return false;
    }
    const ScnExpr *value = scn_option_value(resolver, option);
    if (!value)
        return false;
    if (spec->kind == SCN_OPT_ONLY)
        return apply_only(resolver, spec, value);
    if (spec->kind != SCN_OPT_WORD)
        return apply_number(resolver, spec, value, record);
    if (!scn_need_word(resolver, value, spec->name, spec->words, &word))
        return false;
    store(spec, record, word);
    return true;
}

static bool
is_repeated(const ScnStmt *stmt, guint i)
{
    const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);
    for (guint j = 0; j < i; j++) {
        if (strcmp(g_array_index(stmt->options, ScnOption, j).name, option->name) == 0)
            return true;
    }
    return false;
}

static void
report_option(ScnResolver *resolver, const ScnOption *option, const ScnOptSpec *specs)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (const ScnOptSpec *spec = specs; spec->name; spec++)
        g_ptr_array_add(words, (gpointer)spec->name);
    const char *nearest = scn_word_nearest_of(option->name, words);
    g_autofree char *help =
        nearest ? g_strdup_printf("write %s", nearest) : g_strdup("it takes no options");
    scn_report(resolver, option->name_span, help, "unknown option '%s'", option->name);
}

#define OPTIONS_MAX 200 /* of one line; repeats are looked for one by one */

guint64
scn_apply_options(ScnResolver *resolver, const ScnStmt *stmt, const ScnOptSpec *specs,
                  gpointer record, ScnOptOwn own, gpointer data)
{
    guint64 given = 0;
    for (guint i = 0; i < stmt->options->len; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);
        const ScnOptSpec *spec = specs;
        while (spec->name && strcmp(spec->name, option->name) != 0)
            spec++;
        if (i >= OPTIONS_MAX || is_repeated(stmt, i)) {
            scn_report(resolver, option->name_span, "leave one out", "'%s' is given twice",
                       option->name);
            if (i >= OPTIONS_MAX)
                break;
        } else if (!spec->name) {
            report_option(resolver, option, specs);
        } else if (apply_option(resolver, spec, option, record, own, data)) {
            given |= (guint64)1 << (spec - specs);
        }
    }
    return given;
}
