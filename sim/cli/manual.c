/* The pages of the commands, and that of all; see manual.h. */
#include "sim/cli/manual_impl.h"

#include "sim/cli/help_text.h"
#include "sim/cli/roff.h"

#include <string.h>

#define INDEX "kettensim"

/* Entries of kettensim(1) that concern all commands, so the help of none has them. */
static const struct {
    const char *section, *tag, *text;
} common[] = {
    {"ENVIRONMENT", "NO_COLOR",
     "If it is set and not empty, the output has no colours, not even on a terminal."},
    {"ENVIRONMENT", "KETTENSIM_INCLUDE",
     "Folders, with colons between them, in which a file that a scenario names is looked for if it "
     "is not beside the scenario."},
    {"FILES", "out/NAME.db", "The trace of NAME.scn: a SQLite database."},
    {"FILES", "out/NAME.results.db", "The results of a sweep of NAME.scn: a SQLite database."},
    {"FILES", "share/kettensim/scenarios",
     "Examples, below the prefix of the installation: /usr or /usr/local."},
    {"FILES", "share/kettensim/include",
     "Networks that a scenario may include by name, such as bitcoin-2019.scn."},
};

char *
manual_page(guint index, guint *ret_section)
{
    const Command *command = index >= 2 ? command_get(index - 2) : NULL;

    *ret_section = index == 1 ? 5 : 1;
    if (index < 2)
        return g_strdup(index == 0 ? INDEX : MANUAL_LANGUAGE);
    return command != NULL ? g_strconcat(INDEX "-", command->name, NULL) : NULL;
}

/* ---- parts ---- */

void
manual_head(GString *out, const char *name, guint section, const char *summary)
{
    g_autofree char *title = g_ascii_strup(name, -1);

    g_string_append(out, ".\\\" Made by 'kettensim help --man' from the help of the command.\n"
                         ".TH ");
    roff_verbatim(out, title);
    g_string_append_printf(out, " %u \"\" \"kettensim " KETTENSIM_VERSION "\" ", section);
    g_string_append(out, section == 1 ? "\"User Commands\"\n" : "\"File Formats\"\n");
    g_string_append(out, ".SH NAME\n");
    roff_verbatim(out, name);
    g_string_append(out, " \\- ");
    roff_line(out, summary);
    g_string_append_c(out, '\n');
}

/* Appends lines that are indented by two as code. */
static void
append_code(GString *out, const char *lines)
{
    g_auto(GStrv) parts = g_strsplit(lines, "\n  ", -1);
    g_autofree char *flush = g_strjoinv("\n", parts);

    roff_code(out, flush + strspn(flush, " "));
}

/* Appends lines that are indented: rows of a tag and a text, or code if one is not such a row. */
static void
append_indented(GString *out, const char *lines)
{
    g_autoptr(GRegex) row = g_regex_new("^  (\\S(?:.*?\\S)?) {2,}(\\S.*)$", 0, 0, NULL);
    g_autoptr(GString) rows = g_string_new(NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(GStrv) each = g_strsplit(lines, "\n", -1);

    for (guint i = 0; each[i] != NULL; i++) {
        g_autoptr(GMatchInfo) match = NULL;
        bool more = g_str_has_prefix(each[i], "      ") && i > 0;

        if (!more && !g_regex_match(row, each[i], 0, &match)) {
            append_code(out, lines);
            return;
        }
        if (!more) {
            g_autofree char *tag = g_match_info_fetch(match, 1);
            g_autofree char *first = g_match_info_fetch(match, 2);

            g_string_append(rows, ".TP\n");
            roff_usage(rows, tag);
            g_string_append_c(rows, '\n');
            g_string_assign(text, first);
        } else {
            g_string_append_printf(text, " %s", each[i] + strspn(each[i], " "));
        }
        if (each[i + 1] == NULL || !g_str_has_prefix(each[i + 1], "      "))
            roff_prose(rows, text->str);
    }
    g_string_append_len(out, rows->str, (gssize)rows->len);
}

/* Appends a paragraph of help: prose, and lines that are indented. */
static void
append_paragraph(GString *out, const char *paragraph)
{
    g_auto(GStrv) lines = g_strsplit(paragraph, "\n", -1);

    for (guint i = 0; lines[i] != NULL;) {
        g_autoptr(GString) run = g_string_new(lines[i]);
        bool indented = g_str_has_prefix(lines[i], "  ");

        for (i++; lines[i] != NULL && g_str_has_prefix(lines[i], "  ") == indented; i++)
            g_string_append_printf(run, "\n%s", lines[i]);
        if (indented) {
            append_indented(out, run->str);
        } else {
            roff_paragraph(out);
            roff_prose(out, run->str);
        }
    }
}

static void
append_options(GString *out, const GPtrArray *options)
{
    g_string_append(out, ".SH OPTIONS\n");
    for (guint i = 0; i < options->len; i++) {
        const HelpOption *option = options->pdata[i];

        g_string_append(out, ".TP\n");
        if (*option->letter != '\0')
            g_string_append_printf(out, "\\fB\\-%s\\fR, ", option->letter);
        g_string_append(out, "\\fB\\-\\-");
        roff_verbatim(out, option->word);
        g_string_append(out, "\\fR");
        if (*option->value != '\0') {
            g_string_append(out, "=\\fI");
            roff_verbatim(out, option->value);
            g_string_append(out, "\\fR");
        }
        g_string_append_c(out, '\n');
        roff_prose(out, option->text);
    }
}

/* Appends EXIT STATUS: "0 all checks hold; 1 one failed; 2 …", each number with its meaning. */
static void
append_statuses(GString *out, const char *text)
{
    g_autofree char *line = g_strdelimit(g_strdup(text), "\n", ' ');
    g_auto(GStrv) items = g_regex_split_simple(";\\s+(?=\\d)", line, 0, 0);

    g_string_append(out, ".SH EXIT STATUS\n");
    for (guint i = 0; items[i] != NULL; i++) {
        gsize digits = strspn(items[i], "0123456789");
        const char *meaning = items[i] + digits + strspn(items[i] + digits, " ");

        if (digits == 0)
            roff_paragraph(out);
        else
            g_string_append_printf(out, ".TP\n.B %.*s\n", (int)digits, items[i]);
        g_strdelimit(items[i] + strlen(items[i]) - 1, ".", '\0');
        roff_prose(out, digits > 0 && *meaning == '\0' ? "success" : meaning);
    }
}

/* Appends a paragraph of help to DESCRIPTION, but its exit statuses and examples to the other two.
 */
static void
sort_paragraph(GString *description, GString *statuses, GString *examples, const char *paragraph)
{
    const char *status = strstr(paragraph, "Exit status:");
    g_autofree char *before = status ? g_strndup(paragraph, (gsize)(status - paragraph)) : NULL;

    if (g_str_has_prefix(paragraph, "Examples:\n")) {
        g_string_append(examples, ".SH EXAMPLES\n");
        append_code(examples, paragraph + strlen("Examples:\n"));
        return;
    }
    if (status == NULL)
        append_paragraph(description, paragraph);
    else if (*g_strstrip(before) != '\0')
        append_paragraph(description, before);
    if (status != NULL)
        append_statuses(statuses, status + strlen("Exit status: "));
}

/* ---- pages ---- */

/* Appends SEE ALSO: the page of all commands, the language, and the commands that the help names.
 */
static void
append_see_also(GString *out, const Command *self)
{
    g_autofree char *help = command_help_text(self);

    g_string_append(out, ".SH SEE ALSO\n.BR kettensim (1),\n");
    for (guint i = 0; command_get(i) != NULL; i++) {
        const Command *command = command_get(i);
        g_autofree char *pattern = g_strdup_printf("kettensim %s(?![\\w-])", command->name);

        if (command == self || !g_regex_match_simple(pattern, help, 0, 0))
            continue;
        g_string_append(out, ".BR ");
        roff_verbatim(out, "kettensim-");
        roff_verbatim(out, command->name);
        g_string_append(out, " (1),\n");
    }
    g_string_append(out, ".BR kettensim\\-scenario (5)\n");
}

static void
write_command(GString *out, const Command *command)
{
    g_autoptr(HelpText) help = help_text_new(command);
    g_autoptr(GString) statuses = g_string_new(NULL);
    g_autoptr(GString) examples = g_string_new(NULL);
    g_autofree char *name = g_strconcat(INDEX "-", command->name, NULL);

    manual_head(out, name, 1, command->summary);
    g_string_append(out, ".SH SYNOPSIS\n");
    roff_usage(out, help->usage);
    g_string_append(out, "\n.SH DESCRIPTION\n");
    for (guint i = 0; i < help->summary->len; i++)
        sort_paragraph(out, statuses, examples, help->summary->pdata[i]);
    for (guint i = 0; i < help->rest->len; i++)
        sort_paragraph(out, statuses, examples, help->rest->pdata[i]);
    append_options(out, help->options);
    g_string_append_len(out, statuses->str, (gssize)statuses->len);
    g_string_append_len(out, examples->str, (gssize)examples->len);
    append_see_also(out, command);
}

static void
append_commands(GString *out)
{
    g_string_append(out, ".SH COMMANDS\n");
    for (guint i = 0; command_get(i) != NULL; i++) {
        g_string_append(out, ".TP\n.BR kettensim\\-");
        roff_verbatim(out, command_get(i)->name);
        g_string_append(out, " (1)\n");
        roff_prose(out, command_get(i)->summary);
    }
}

static void
append_common(GString *out)
{
    for (guint i = 0; i < G_N_ELEMENTS(common); i++) {
        if (i == 0 || strcmp(common[i].section, common[i - 1].section) != 0)
            g_string_append_printf(out, ".SH %s\n", common[i].section);
        g_string_append(out, ".TP\n");
        roff_usage(out, common[i].tag);
        g_string_append_c(out, '\n');
        roff_prose(out, common[i].text);
    }
}

static void
write_index(GString *out)
{
    g_autofree char *overview = command_overview();
    g_auto(GStrv) parts = g_strsplit(overview, "\n\n", -1);
    g_autoptr(GString) statuses = g_string_new(NULL);

    manual_head(out, INDEX, 1, "simulate networks of Volkskette nodes");
    g_string_append(out, ".SH SYNOPSIS\n");
    roff_usage(out, parts[0] + strlen("Usage: "));
    g_string_append(out, "\n.SH DESCRIPTION\n");
    for (guint i = 1; parts[i] != NULL; i++) {
        if (!g_str_has_prefix(parts[i], "Commands:"))
            sort_paragraph(out, statuses, statuses, g_strchomp(parts[i]));
    }
    append_commands(out);
    g_string_append_len(out, statuses->str, (gssize)statuses->len);
    append_common(out);
    g_string_append(out, ".SH SEE ALSO\n.BR kettensim\\-scenario (5),\n.BR sqlite3 (1)\n");
}

bool
manual_write(GString *out, const char *name)
{
    const Command *command =
        g_str_has_prefix(name, INDEX "-") ? command_find(name + strlen(INDEX "-")) : NULL;

    if (strcmp(name, INDEX) == 0)
        write_index(out);
    else if (strcmp(name, MANUAL_LANGUAGE) == 0)
        manual_language(out);
    else if (command != NULL)
        write_command(out, command);
    else
        return false;
    return true;
}
