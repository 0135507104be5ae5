/* The page of the scenario language; see manual.h.
 *
 * Its tables are those of `kettensim help TOPIC`, turned from Markdown into man(7) row by row, so
 * that each word is described in one place.
 */
#include "sim/cli/manual_impl.h"

#include "sim/cli/roff.h"
#include "sim/scenario/quantity.h"
#include "sim/scenario/topic.h"

#include <string.h>

const char manual_example[] = "scn 1 \"A cut and its heal\"\n"
                              "param split = 10m in 1m..1d \"how long the cut lasts\"\n"
                              "duration ($split + 20m)\n"
                              "chain spacing=10s\n"
                              "nodes a[1..5] share=60%\n"
                              "nodes b[1..5] share=40%\n"
                              "link all latency=lognormal(80ms, 0.5) loss=0.1%\n"
                              "at 10m partition {a[*]} | {b[*]} for $split name=cut\n"
                              "finally same_tip(all, ignore-last=6)\n"
                              "measure heal_time = time_to_agree(all, since=cut.end)";

static const char *const introduction[] = {
    "A scenario says which nodes there are, how they are linked, what happens when, and what must "
    "then be true. `kettensim run FILE.scn` runs it and judges its checks. The same file, "
    "parameters and seed give the same run on every machine.",
    "A file is UTF-8 text with one statement a line, and begins with `scn 1 \"TITLE\"`. `#` starts "
    "a comment. `\\` at the end of a line continues it on the next. An `at`, `every` or `when` "
    "line with nothing after its time or condition opens a block, which `end` closes. `$name` "
    "reads a param or a let.",
    "An unknown statement, option, word or unit is an error, which shows its place and the nearest "
    "known word. A check that was never judged fails the run unless its line ends in `maybe`.",
    "The texts between the lists, to which a `see below` points, are in scenario-language.md, in "
    "share/doc/kettensim below the prefix of the installation.",
    "In the lists below V is a value, T a time, N a whole number, E an expression, P a condition "
    "and S a set of nodes.",
};

/* ---- tables ---- */

/* Appends a row of a tag and a text. Of four cells, the second and third get the names that the
 * head of the table has for them: the default and the range. */
static void
append_row(GString *out, char **head, char **cells)
{
    guint count = g_strv_length(cells);

    g_string_append(out, ".TP\n");
    roff_line(out, cells[0]);
    g_string_append_c(out, '\n');
    roff_prose(out, cells[count - 1]);
    if (count == 2)
        return;
    g_string_append(out, ".br\n");
    for (guint i = 1; i + 1 < count; i++) {
        g_autofree char *cell = g_strdup_printf("\\fI%s\\fR: ", head[i]);
        gsize start = out->len;

        roff_prose(out, cells[i]);
        g_string_insert(out, (gssize)start, cell);
        if (i + 2 < count)
            g_string_insert(out, (gssize)out->len - 1, ".");
    }
    g_string_insert(out, (gssize)out->len - 1, ".");
}

/* Returns the cells of a line; `\|` in a cell is a bar. */
static char **
split_row(const char *line)
{
    g_autofree char *inner = g_strndup(line + 2, strlen(line) - 4);
    char **cells = g_strsplit(inner, " | ", -1);

    for (guint i = 0; cells[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(cells[i], "\\|", -1);

        g_free(cells[i]);
        cells[i] = g_strjoinv("|", parts);
    }
    return cells;
}

/* Appends the rows of a table, and a line of its own where a row is the title of those below. */
static void
append_table(GString *out, const char *table)
{
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    g_auto(GStrv) head = split_row(lines[0]);

    for (guint i = 2; lines[i] != NULL && *lines[i] != '\0'; i++) {
        g_auto(GStrv) cells = NULL;

        if (g_str_has_suffix(lines[i], " | |")) {
            g_autofree char *title = g_strndup(lines[i] + 2, strlen(lines[i]) - 6);

            roff_paragraph(out);
            roff_prose(out, title);
            continue;
        }
        cells = split_row(lines[i]);
        append_row(out, head, cells);
    }
}

static bool
is_options(const char *topic)
{
    const ScnOptTable *table = scn_topic_options(topic);

    return table != NULL && strcmp(table->statement, topic) == 0;
}

/* Appends a topic under its name: a section, or for the options of a statement a part of one. */
static void
append_topic(GString *out, guint index)
{
    g_autoptr(GString) table = g_string_new(NULL);
    g_autofree char *title = g_ascii_strup(scn_topic_name(index), -1);

    scn_topic_describe(table, index, NULL);
    if (is_options(scn_topic_name(index)))
        g_string_append_printf(out, ".SS Options of %s\n", scn_topic_name(index));
    else
        g_string_append_printf(out, ".SH %s\n", title);
    append_table(out, table->str);
}

/* Appends the topics: the statements, their options, then all other words. */
static void
append_topics(GString *out)
{
    for (guint i = 0; scn_topic_name(i) != NULL; i++) {
        if (strcmp(scn_topic_name(i), "statements") == 0)
            append_topic(out, i);
    }
    g_string_append(out, ".SH OPTIONS\n");
    for (guint i = 0; scn_topic_name(i) != NULL; i++) {
        if (is_options(scn_topic_name(i)))
            append_topic(out, i);
    }
    for (guint i = 0; scn_topic_name(i) != NULL; i++) {
        if (!is_options(scn_topic_name(i)) && strcmp(scn_topic_name(i), "statements") != 0)
            append_topic(out, i);
    }
}

static void
append_units(GString *out)
{
    ScnDim dim, last = SCN_DIM_NUMBER;
    const char *unit;

    g_string_append(out, ".SH UNITS\nOnly 0 may stand without its unit. Decimals are exact.\n");
    for (guint i = 0; (unit = scn_unit_get(i, &dim)) != NULL; i++) {
        bool first = i == 0 || dim != last;

        if (*unit == '\0')
            continue;
        if (first)
            g_string_append_printf(out, "%s.TP\n%s\n", i > 0 ? "\n" : "", scn_dim_name(dim));
        g_string_append(out, first ? "" : " ");
        roff_verbatim(out, unit);
        last = dim;
    }
    g_string_append_c(out, '\n');
}

void
manual_language(GString *out)
{
    manual_head(out, MANUAL_LANGUAGE, 5, "the scenario language of kettensim");
    g_string_append(out, ".SH DESCRIPTION\n");
    for (guint i = 0; i < G_N_ELEMENTS(introduction); i++) {
        roff_paragraph(out);
        roff_prose(out, introduction[i]);
    }
    g_string_append(out, ".SH EXAMPLE\n");
    roff_code(out, manual_example);
    append_units(out);
    append_topics(out);
    g_string_append(out, ".SH SEE ALSO\n.BR kettensim (1),\n.BR kettensim\\-check (1),\n"
                         ".BR kettensim\\-help (1),\n.BR kettensim\\-run (1)\n");
}
