/* Reads word=value options by table: statements differ in their rows, not in code. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/source.h"
#include "sim/scenario/remedy.h"

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

bool
scn_need_word(ScnResolver *resolver, const ScnExpr *expr, const char *what, const char *words,
              guint *ret_index)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    g_autoptr(GPtrArray) nearest = g_ptr_array_new();
    ScnConst value = scn_const(resolver, expr);

    if (value.kind == SCN_CONST_BAD)
        return false;
    if (value.kind != SCN_CONST_WORD) {
        g_autofree char *all = g_strjoinv(" or ", list);
        g_autofree char *help = g_strdup_printf("write %s", all);
        scn_report(resolver, expr->span, help, "'%s' needs a word", what);
        return false;
    }
    for (guint i = 0; list[i]; i++) {
        g_ptr_array_add(nearest, list[i]);
        if (strcmp(list[i], value.text) != 0)
            continue;
        *ret_index = i;
        return true;
    }
    g_autofree char *help = scn_remedy_text(what, value.text, nearest);
    scn_report(resolver, expr->span, help, "unknown %s '%s'", what, value.text);
    return false;
}

/* ---- one option ---- */

static bool
is_word(const ScnResolver *resolver, const ScnConst *value, const char *words)
{
    (void)resolver;
    return value->kind == SCN_CONST_WORD && strcmp(value->text, words) == 0;
}

/* Checks the limits of a row, which are whole tokens for amounts and plain numbers for counts. */
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

/* Returns one stored unit in the quantity's unit: counts are whole, amounts have 8 decimals. */
static ScnNumber
scale_of(ScnOptKind kind)
{
    if (dim_of(kind) != SCN_DIM_NUMBER)
        return 1;
    return kind == SCN_OPT_AMOUNT ? SCN_ONE / SCN_TOKEN : SCN_ONE;
}

static void
store_in_field(const ScnOptSpec *spec, gpointer record, gint64 value)
{
    char *field = (char *)record + spec->field;
    if (spec->kind == SCN_OPT_FLAG)
        *(bool *)field = value == 1;
    else if (spec->kind == SCN_OPT_COUNT || spec->kind == SCN_OPT_WORD)
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

    if (spec->words && is_word(resolver, &value, spec->words)) {
        store_in_field(spec, record, 0);
        return true;
    }
    const char *unit = dim_of(spec->kind) == SCN_DIM_NUMBER ? "" : spec->unit;
    if (!scn_need(resolver, expr, spec->name, dim_of(spec->kind), unit, &quantity))
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
    store_in_field(spec, record, (gint64)(quantity.value / scale));
    return true;
}

static bool
apply_option(ScnResolver *resolver, const ScnOptRow *row, const ScnOption *option, gpointer record)
{
    const ScnOptSpec *spec = &row->spec;
    guint word = 0;
    if (spec->kind == SCN_OPT_OWN)
        return row->own(resolver, option, record);
    const ScnExpr *value = scn_option_value(resolver, option);
    if (!value)
        return false;
    if (spec->kind == SCN_OPT_SHARE)
        return scn_need_portion(resolver, value, spec->name,
                                (ScnNumber *)(gpointer)((char *)record + spec->field));
    if (spec->kind != SCN_OPT_WORD && spec->kind != SCN_OPT_FLAG)
        return apply_number(resolver, spec, value, record);
    if (!scn_need_word(resolver, value, spec->name, spec->words, &word))
        return false;
    store_in_field(spec, record, word);
    return true;
}

bool
scn_is_given(const ScnStmt *stmt, const char *name)
{
    for (guint i = 0; i < stmt->options->len; i++) {
        if (strcmp(g_array_index(stmt->options, ScnOption, i).name, name) == 0)
            return true;
    }
    return false;
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

/* Returns whether the line may have the option of that row; see scn_apply_table() for `takes`. */
static bool
is_taken(const ScnOptRow *row, const char *const *takes)
{
    return !takes || g_strv_contains(takes, row->spec.name);
}

/* Returns "it is an option of A, B" for the statements that have the option; NULL if none has. */
static char *
owners_help(const char *name)
{
    g_autoptr(GString) owners = g_string_new(NULL);

    for (guint i = 0; scn_option_tables[i]; i++) {
        if (scn_option_find(scn_option_tables[i], name))
            g_string_append_printf(owners, "%s%s", owners->len > 0 ? ", " : "",
                                   scn_option_tables[i]->statement);
    }
    return owners->len > 0 ? g_strdup_printf("it is an option of %s", owners->str) : NULL;
}

static void
report_unchangeable(ScnResolver *resolver, const ScnOption *option)
{
    g_autofree char *list = g_strjoinv(", ", (char **)(gpointer)scn_upgrade_changes);
    g_autofree char *help = g_strdup_printf("it can change %s", list);

    scn_report(resolver, option->name_span, help, "an upgrade cannot change '%s'", option->name);
}

static void
report_option(ScnResolver *resolver, const ScnOption *option, const ScnOptTable *table,
              const char *const *takes)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    if (takes == scn_upgrade_changes && scn_option_find(table, option->name)) {
        report_unchangeable(resolver, option);
        return;
    }
    for (const ScnOptTable *each = table; each; each = each == table ? table->also : NULL) {
        for (guint i = 0; i < each->count; i++) {
            if (is_taken(&each->rows[i], takes))
                g_ptr_array_add(words, (gpointer)each->rows[i].spec.name);
        }
    }
    g_autofree char *help = words->len == 0 ? g_strdup("it takes no options") : NULL;
    if (!help && !scn_option_find(table, option->name) && !scn_remedy_has("option", option->name))
        help = owners_help(option->name);
    if (!help)
        help = scn_remedy_text("option", option->name, words);
    scn_report(resolver, option->name_span, help, "unknown option '%s'", option->name);
}

/* Whether another reading of the line takes the word or reports it. A line with two tables is read
 * once with each. The one whose `also` has an `also` of its own leaves unknown words to that one,
 * so that no word is reported twice. */
static bool
is_read_elsewhere(const ScnOptTable *also, const char *name)
{
    return also->also || scn_option_find(also, name);
}

#define OPTIONS_MAX 200 /* of one line; duplicates are found by comparing all pairs */

guint64
scn_apply_table(ScnResolver *resolver, const ScnStmt *stmt, const ScnOptTable *table,
                const char *const *takes, gpointer record)
{
    guint64 given = 0;
    for (guint i = 0; i < stmt->options->len; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);
        const ScnOptRow *row = scn_option_find(table, option->name);
        if (!row && table->also && is_read_elsewhere(table->also, option->name))
            continue;
        if (i >= OPTIONS_MAX || is_repeated(stmt, i)) {
            scn_report(resolver, option->name_span, "leave one out", "'%s' is given twice",
                       option->name);
            if (i >= OPTIONS_MAX)
                break;
        } else if (!row || !is_taken(row, takes)) {
            report_option(resolver, option, table, takes);
        } else if (apply_option(resolver, row, option, record)) {
            given |= (guint64)1 << (row - table->rows);
        }
    }
    return given;
}

/* Parses the defaults like a line of a file, so that they mean the same as there. */
void
scn_apply_standards(ScnResolver *resolver, const ScnOptTable *table, gpointer record)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint32 index = resolver->sources->len;

    for (guint i = 0; i < table->count; i++) {
        const ScnOptRow *row = &table->rows[i];
        if (row->standard[0] != '(')
            g_string_append_printf(text, "%s=%s ", row->spec.name, row->standard);
    }
    ScnSource *source = scn_source_new("default", text->str, text->len);
    source->is_argument = true;
    g_ptr_array_add(resolver->sources, source);
    g_autoptr(ScnStmt) stmt =
        scn_parse_option_line(resolver->sources, resolver->errors, SCN_STMT_LINK);
    if (stmt)
        scn_apply_table(resolver, stmt, table, NULL, record);
    g_ptr_array_set_size(resolver->sources, (gint)index);
}
