/* Describes the tables of options; see option.h. */
#include "sim/scenario/option.h"

#include <string.h>

const ScnOptTable *const scn_option_tables[] = {
    &scn_chain_options,    &scn_upgrade_options,  &scn_protocol_options, &scn_node_options,
    &scn_strategy_options, &scn_topology_options, &scn_link_options,     &scn_wallet_options,
    &scn_tx_options,       &scn_load_options,     &scn_action_options,   &scn_block_options,
    &scn_script_options,   &scn_limit_options,    &scn_explore_options,  NULL,
};

bool
scn_option_is_none(const char *word)
{
    for (guint t = 0; scn_option_tables[t]; t++) {
        for (guint i = 0; i < scn_option_tables[t]->count; i++) {
            const ScnOptSpec *spec = &scn_option_tables[t]->rows[i].spec;

            if (spec->kind < SCN_OPT_SHARE && spec->words && strcmp(spec->words, word) == 0)
                return true;
        }
    }
    return false;
}

const ScnOptRow *
scn_option_find(const ScnOptTable *table, const char *name)
{
    for (guint i = 0; i < table->count; i++) {
        if (strcmp(table->rows[i].spec.name, name) == 0)
            return &table->rows[i];
    }
    return NULL;
}

/* ---- ranges ---- */

/* Appends a number in groups of three digits if it has five or more: "1 000 000". */
static void
append_grouped(GString *out, gint64 number)
{
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number);
    gsize length = strlen(digits);

    for (gsize i = 0; i < length; i++) {
        if (i > 0 && length > 4 && (length - i) % 3 == 0)
            g_string_append_c(out, ' ');
        g_string_append_c(out, digits[i]);
    }
}

static void
append_limit(GString *out, ScnOptKind kind, gint64 limit)
{
    ScnDim dim = kind == SCN_OPT_TIME   ? SCN_DIM_TIME
                 : kind == SCN_OPT_SIZE ? SCN_DIM_SIZE
                 : kind == SCN_OPT_RATE ? SCN_DIM_RATE
                                        : SCN_DIM_NUMBER;
    g_autofree char *text = scn_quantity_text((ScnQuantity){dim, limit});

    if (dim == SCN_DIM_NUMBER)
        append_grouped(out, limit);
    else if (dim == SCN_DIM_SIZE && limit > 0 && limit % (1 << 20) == 0)
        g_string_append_printf(out, "%" G_GINT64_FORMAT "MiB", limit >> 20);
    else
        g_string_append(out, limit == 0 ? "0" : text);
}

static void
append_limits(GString *out, const ScnOptSpec *spec)
{
    bool plain =
        spec->kind != SCN_OPT_TIME && spec->kind != SCN_OPT_SIZE && spec->kind != SCN_OPT_RATE;

    if (spec->words)
        g_string_append_printf(out, spec->low == 0 ? "%s or 0, " : "%s, ", spec->words);
    if (spec->low < 0) {
        g_string_append(out, "any");
        return;
    }
    if (spec->kind == SCN_OPT_TIME && spec->high == 0 && (spec->low == 1 || spec->words)) {
        g_string_append(out, "above 0");
        return;
    }
    append_limit(out, spec->kind, spec->low);
    if (spec->high > 0) {
        g_string_append(out, " to ");
        append_limit(out, spec->kind, spec->high);
    } else {
        g_string_append(out, " and more");
    }
    if (plain && spec->unit)
        g_string_append_printf(out, " %s", spec->unit);
}

static void
append_range(GString *out, const ScnOptRow *row)
{
    if (row->range) {
        g_string_append(out, row->range);
    } else if (row->spec.kind == SCN_OPT_WORD || row->spec.kind == SCN_OPT_FLAG) {
        g_auto(GStrv) words = g_strsplit(row->spec.words, " ", -1);
        g_autofree char *list = g_strjoinv(", ", words);

        g_string_append(out, list);
    } else if (row->spec.kind == SCN_OPT_SHARE) {
        g_string_append(out, "0% to 100%");
    } else {
        append_limits(out, &row->spec);
    }
}

/* ---- the table ---- */

/* Returns whether the option has that name, or has it as one of the words that it may be. */
static bool
is_about(const ScnOptRow *row, const char *name)
{
    g_auto(GStrv) words = NULL;

    if (!name || strcmp(row->spec.name, name) == 0)
        return true;
    if (row->spec.kind != SCN_OPT_WORD)
        return false;
    words = g_strsplit(row->spec.words, " ", -1);
    return g_strv_contains((const char *const *)words, name);
}

static bool
has_row_about(const ScnOptTable *table, const char *name)
{
    for (guint i = 0; i < table->count; i++) {
        if (is_about(&table->rows[i], name))
            return true;
    }
    return false;
}

bool
scn_option_describe(GString *out, const ScnOptTable *table, const char *name)
{
    if (name && !has_row_about(table, name))
        return false;
    g_string_append_printf(out, "| `%s` option | default | range | meaning |\n|---|---|---|---|\n",
                           table->statement);
    for (guint i = 0; i < table->count; i++) {
        const ScnOptRow *row = &table->rows[i];
        bool told = row->standard[0] == '(';

        if (!is_about(row, name))
            continue;
        g_string_append_printf(out, "| `%s` | %.*s | ", row->spec.name,
                               (int)strlen(row->standard) - 2 * told, row->standard + told);
        append_range(out, row);
        g_string_append_printf(out, " | %s |\n", row->text);
    }
    return true;
}
