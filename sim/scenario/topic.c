/* Lists the topics: the tables of options, then those of other words; see topic.h. */
#include "sim/scenario/topic.h"

#include "sim/scenario/action.h"
#include "sim/scenario/distribution.h"
#include "sim/scenario/function.h"
#include "sim/scenario/option.h"
#include "sim/scenario/strategy.h"

#include <string.h>

/* --- rows --------------------------------------------------------------------------------- */

/* Appends a row; escapes bars, which would end a cell. */
static void
append_row(GString *out, const char *usage, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(usage, "|", -1);
    g_autofree char *safe = g_strjoinv("\\|", parts);

    g_string_append_printf(out, "| `%s` | %s |\n", safe, text);
}

/* Returns whether to write the row of `name`; writes the head of the table before the first row. */
static bool
begins_row(GString *out, gsize *start, const char *head, const char *name, const char *word)
{
    if (word != NULL && strcmp(word, name) != 0)
        return false;
    if (out->len == *start)
        g_string_append_printf(out, "%s\n|---|---|\n", head);
    return true;
}

static bool
describe_actions(GString *out, const char *word)
{
    gsize start = out->len;

    for (guint i = 0; scn_action_get(i) != NULL; i++) {
        const ScnAction *action = scn_action_get(i);

        if (!begins_row(out, &start, "| action | what it does |", action->word, word))
            continue;
        append_row(out, action->usage, action->text);
        for (guint k = 0; action->kind == SCN_ITEM_PARTITION && scn_partition_word_get(k); k++)
            append_row(out, scn_partition_word_get(k)->usage, scn_partition_word_get(k)->text);
    }
    return out->len > start;
}

static bool
describe_functions(GString *out, const char *word)
{
    static const char *const shapes[] = {
        [SCN_SHAPE_EACH] = "**each**: a list with one answer a node; for a single node, its answer",
        [SCN_SHAPE_SUM] = "**sum** over the nodes",
        [SCN_SHAPE_MAX] = "**max** over the nodes",
        [SCN_SHAPE_WHOLE] = "**whole**: one answer for the set",
        [SCN_SHAPE_REDUCE] = "**reductions** of a list",
        [SCN_SHAPE_SET] = "**sets** of nodes",
        [SCN_SHAPE_ALONE] = "**without a set**",
    };
    gsize start = out->len;
    int shape = -1;

    for (guint i = 0; scn_function_get(i) != NULL; i++) {
        const ScnFunction *function = scn_function_get(i);

        if (!begins_row(out, &start, "| function | gives |", function->name, word))
            continue;
        if (shape != (int)function->shape)
            g_string_append_printf(out, "| %s | |\n", shapes[function->shape]);
        shape = (int)function->shape;
        append_row(out, function->usage, function->text);
    }
    return out->len > start;
}

static bool
describe_statements(GString *out, const char *word)
{
    gsize start = out->len;

    for (guint i = 0; scn_statement_get(i) != NULL; i++) {
        const ScnStatement *statement = scn_statement_get(i);

        if (begins_row(out, &start, "| statement | what it is |", statement->word, word))
            append_row(out, statement->usage, statement->text);
    }
    return out->len > start;
}

static bool
describe_topologies(GString *out, const char *word)
{
    gsize start = out->len;

    for (guint i = 0; scn_topology_form(i) != NULL; i++) {
        const ScnTopologyForm *form = scn_topology_form(i);

        if (begins_row(out, &start, "| topology | links |", form->word, word))
            append_row(out, form->usage, form->text);
    }
    return out->len > start;
}

static bool
describe_distributions(GString *out, const char *word)
{
    gsize start = out->len;

    for (guint i = 0; scn_distribution_get(i) != NULL; i++) {
        const ScnDistribution *row = scn_distribution_get(i);

        if (begins_row(out, &start, "| distribution | draws |", row->word, word))
            append_row(out, row->usage, row->text);
    }
    return out->len > start;
}

static bool
describe_statistics(GString *out, const char *word)
{
    gsize start = out->len;

    for (guint i = 0; scn_stat_get(i) != NULL; i++) {
        const ScnStatRow *row = scn_stat_get(i);

        if (begins_row(out, &start, "| statistic | of the runs |", row->word, word))
            append_row(out, row->usage, row->text);
    }
    return out->len > start;
}

static bool
describe_messages(GString *out, const char *word)
{
    gsize start = out->len;

    for (guint i = 0; scn_message_names[i] != NULL; i++) {
        if (begins_row(out, &start, "| message | what it is |", scn_message_names[i], word))
            append_row(out, scn_message_names[i], scn_message_texts[i]);
    }
    return out->len > start;
}

static bool
describe_verdicts(GString *out, const char *word)
{
    gsize start = out->len;

    for (guint i = 0; scn_verdict_names[i] != NULL; i++) {
        if (begins_row(out, &start, "| verdict | why |", scn_verdict_names[i], word))
            append_row(out, scn_verdict_names[i], scn_verdict_texts[i]);
    }
    return out->len > start;
}

static bool
describe_strategies(GString *out, const char *word)
{
    gsize start = out->len;

    for (guint i = 0; scn_strategy_row(i) != NULL; i++) {
        const ScnStrategyRow *row = scn_strategy_row(i);
        g_autoptr(GString) usage = g_string_new(row->usage);

        if (!begins_row(out, &start, "| strategy | what it does |", row->word, word))
            continue;
        for (guint k = 0; k < SCN_STRATEGY_TAKES && row->takes[k]; k++)
            g_string_append_printf(usage, k < row->needs ? " %s=" : " [%s=]", row->takes[k]);
        append_row(out, usage->str, row->text);
    }
    return out->len > start;
}

/* --- topics ------------------------------------------------------------------------------- */

/* The topics that follow the tables of options. */
static const struct {
    const char *name;
    bool (*describe)(GString *out, const char *word);
} more[] = {
    {"statements", describe_statements},
    {"topologies", describe_topologies},
    {"actions", describe_actions},
    {"strategies", describe_strategies},
    {"functions", describe_functions},
    {"statistics", describe_statistics},
    {"messages", describe_messages},
    {"verdicts", describe_verdicts},
    {"distributions", describe_distributions},
};

static guint
table_count(void)
{
    guint count = 0;

    while (scn_option_tables[count] != NULL)
        count++;
    return count;
}

const char *
scn_topic_name(guint index)
{
    guint tables = table_count();

    if (index < tables)
        return scn_option_tables[index]->statement;
    return index - tables < G_N_ELEMENTS(more) ? more[index - tables].name : NULL;
}

bool
scn_topic_describe(GString *out, guint index, const char *word)
{
    guint tables = table_count();

    return index < tables ? scn_option_describe(out, scn_option_tables[index], word)
                          : more[index - tables].describe(out, word);
}

void
scn_topic_words(GPtrArray *words)
{
    for (guint t = 0; scn_option_tables[t] != NULL; t++) {
        for (guint i = 0; i < scn_option_tables[t]->count; i++)
            g_ptr_array_add(words, (gpointer)scn_option_tables[t]->rows[i].spec.name);
    }
    for (guint i = 0; scn_statement_get(i) != NULL; i++)
        g_ptr_array_add(words, (gpointer)scn_statement_get(i)->word);
    for (guint i = 0; scn_topology_form(i) != NULL; i++)
        g_ptr_array_add(words, (gpointer)scn_topology_form(i)->word);
    for (guint i = 0; scn_action_get(i) != NULL; i++)
        g_ptr_array_add(words, (gpointer)scn_action_get(i)->word);
    for (guint i = 0; scn_strategy_row(i) != NULL; i++)
        g_ptr_array_add(words, (gpointer)scn_strategy_row(i)->word);
    for (guint i = 0; scn_distribution_get(i) != NULL; i++)
        g_ptr_array_add(words, (gpointer)scn_distribution_get(i)->word);
    scn_function_names(words);
    scn_stat_names(words);
    for (guint i = 0; scn_message_names[i] != NULL; i++)
        g_ptr_array_add(words, (gpointer)scn_message_names[i]);
    for (guint i = 0; scn_verdict_names[i] != NULL; i++)
        g_ptr_array_add(words, (gpointer)scn_verdict_names[i]);
    for (guint i = 0; scn_topic_name(i) != NULL; i++)
        g_ptr_array_add(words, (gpointer)scn_topic_name(i));
}

/* --- one word ----------------------------------------------------------------------------- */

const ScnOptTable *
scn_topic_options(const char *statement)
{
    static const char *const same[][2] = {{"node", "nodes"}, {"edge", "link"}};

    for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
        if (strcmp(same[i][0], statement) == 0)
            statement = same[i][1];
    }
    for (guint t = 0; scn_option_tables[t] != NULL; t++) {
        if (strcmp(scn_option_tables[t]->statement, statement) == 0)
            return scn_option_tables[t];
    }
    return NULL;
}

/* Appends the rows of the word in all topics. */
static void
explain(GString *out, const char *word)
{
    for (guint t = 0; scn_topic_name(t) != NULL; t++) {
        g_autoptr(GString) rows = g_string_new(NULL);

        scn_topic_describe(rows, t, strcmp(scn_topic_name(t), word) == 0 ? NULL : word);
        if (out->len > 0 && rows->len > 0)
            g_string_append_c(out, '\n');
        g_string_append_len(out, rows->str, (gssize)rows->len);
    }
}

bool
scn_topic_explain(GString *out, const char *word)
{
    const ScnOptTable *options = scn_topic_options(word);
    gsize start = out->len;

    explain(out, word);
    /* A statement that has the options of another one, as `edge` those of `link`. */
    if (options != NULL && strcmp(options->statement, word) != 0)
        explain(out, options->statement);
    return out->len > start;
}
