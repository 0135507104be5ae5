/* kettensim help, its manual pages, and the answer to a command that does not exist. */
#include "sim/cli/command.h"
#include "sim/cli/manual.h"
#include "sim/cli/roff.h"
#include "sim/scenario/topic.h"
#include "tests/cli/command.h"

#include <string.h>

static void
test_words(void)
{
    char *folder = folder_new();
    g_auto(Result) one = COMMAND(folder, "help", "rate");
    g_auto(Result) whole = COMMAND(folder, "help", "limit");
    g_auto(Result) commands = COMMAND(folder, "help");
    g_auto(Result) rule = COMMAND(folder, "help", "cw-144");

    CU_ASSERT_EQUAL(one.status, 0);
    TEST_CONTAINS(one.out, "| `link` option |");
    TEST_CONTAINS(one.out, "| `load` option |"); /* each statement that has it */
    CU_ASSERT_PTR_NULL(strstr(one.out, "latency"));
    CU_ASSERT_EQUAL(whole.status, 0);
    TEST_CONTAINS(whole.out, "| `wall` | none |");
    TEST_CONTAINS(whole.out, "| `memory` | none |");
    CU_ASSERT_EQUAL(commands.status, 0);
    TEST_CONTAINS(commands.out, "Usage: kettensim COMMAND");
    TEST_CONTAINS(rule.out, "| `algorithm` | fixed |"); /* a word that an option may be */
    CU_ASSERT_PTR_NULL(strstr(rule.out, "`window`"));
    COMMAND_REFUSED(folder, "did you mean 'latency'?", "help", "latencyy");
    COMMAND_REFUSED(folder, "one word is due", "help", "rate", "queue");
    folder_remove(folder);
}

static void
test_commands(void)
{
    char *folder = folder_new();
    g_auto(Result) run = COMMAND(folder, "help", "run");
    g_auto(Result) direct = COMMAND(folder, "run", "--help");
    g_auto(Result) both = COMMAND(folder, "help", "sweep");

    CU_ASSERT_EQUAL(run.status, 0);
    TEST_STR_EQUAL(run.out, direct.out);
    CU_ASSERT_EQUAL(both.status, 0);
    TEST_CONTAINS(both.out, "| `sweep NAME = V, … or V..V lin\\|log N` |"); /* the statement */
    TEST_CONTAINS(both.out, " |\n\nUsage:\n  kettensim sweep [OPTION…] FILE");
    COMMAND_REFUSED(folder, "did you mean 'report'?", "help", "reprot");
    folder_remove(folder);
}

static void
test_typing_errors(void)
{
    char *folder = folder_new();

    COMMAND_REFUSED(folder, "kettensim: no command 'rn'; did you mean 'run'?\n", "rn");
    COMMAND_REFUSED(folder, "did you mean 'sweep'?", "sewep", "x.scn");
    COMMAND_REFUSED(folder, "write kettensim run x.scn\n", "x.scn");
    COMMAND_REFUSED(folder, "no command '%'; 'kettensim --help' lists them", "%");
    folder_remove(folder);
}

/* --- manual pages --------------------------------------------------------------------------- */

/* Appends each match of `pattern` in `text`, by the template, a line each. */
static char *
matches(const char *pattern, const char *text, const char *template)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    GString *out = g_string_new(NULL);

    g_regex_match(regex, text, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *line = g_match_info_expand_references(match, template, NULL);

        g_string_append_printf(out, "%s\n", line);
    }
    return g_string_free(out, FALSE);
}

/* Returns the part of a page from a heading up to the next; free with g_free(). */
static char *
section(const char *page, const char *heading)
{
    g_autofree char *line = g_strdup_printf("\n.SH %s\n", heading);
    const char *begin = strstr(page, line), *end;

    if (begin == NULL)
        return g_strdup("");
    begin += strlen(line);
    end = strstr(begin, "\n.SH ");
    return g_strndup(begin, end != NULL ? (gsize)(end + 1 - begin) : strlen(begin));
}

/* Only macros begin with a dot, only known escapes with a backslash, and all is ASCII. */
static void
check_markup(const char *name, const char *page)
{
    g_auto(GStrv) lines = g_strsplit(page, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        bool clean = *lines[i] != '\'' && g_str_is_ascii(lines[i]);

        if (*lines[i] == '.')
            clean = clean &&
                    g_regex_match_simple("^\\.(TH|SH|SS|TP|PP|B|BR|br|nf|fi|RS|RE|\\\\\")( |$)",
                                         lines[i], 0, 0);
        if (!g_str_has_prefix(lines[i], ".\\\""))
            clean = clean && g_regex_match_simple("^([^\\\\`]|\\\\(-|e|&|\\((aq|ga|ha|ti)|f[BIR]|"
                                                  "\\[u[0-9A-F]{4,6}\\]))*$",
                                                  lines[i], 0, 0);
        CU_ASSERT(clean);
        if (!clean)
            printf("     %s: line %u: %s\n", name, i + 1, lines[i]);
    }
}

static void
test_pages(void)
{
    char *folder = folder_new();
    g_auto(Result) list = COMMAND(folder, "help", "--man", "list");
    g_auto(GStrv) names = g_strsplit(g_strchomp(list.out), "\n", -1);
    guint commands = 0;

    for (; command_get(commands) != NULL; commands++)
        ;
    CU_ASSERT_EQUAL(g_strv_length(names), commands + 2); /* kettensim(1), kettensim-scenario(5) */
    for (guint i = 0; names[i] != NULL; i++) {
        g_autofree char *name = g_strndup(names[i], strlen(names[i]) - 2);
        g_auto(Result) page = COMMAND(folder, "help", "--man", name);

        CU_ASSERT_EQUAL(page.status, 0);
        TEST_CONTAINS(page.out, "\n.SH NAME\n");
        TEST_CONTAINS(page.out, "\n.SH SEE ALSO\n");
        check_markup(names[i], page.out);
    }
    COMMAND_REFUSED(folder, "no manual page 'run'; 'kettensim help --man list' names them", "help",
                    "--man", "run");
    folder_remove(folder);
}

/* The page of a command has the options of its help, in the same order with the same values. */
static void
test_page_of_command(void)
{
    char *folder = folder_new();

    for (guint i = 0; command_get(i) != NULL; i++) {
        g_autofree char *name = g_strconcat("kettensim-", command_get(i)->name, NULL);
        g_auto(Result) page = COMMAND(folder, "help", "--man", name);
        g_auto(Result) help = COMMAND(folder, command_get(i)->name, "--help");
        g_autofree char *options = section(page.out, "OPTIONS");
        g_autofree char *statuses = section(page.out, "EXIT STATUS");
        g_autofree char *want = matches("^  ((-\\w, )?--[\\w-]+(=\\S+)?)  +\\S", help.out, "\\1");
        g_autofree char *marked = matches("^\\.TP\n(.*)$", options, "\\1");
        g_autoptr(GString) summary = g_string_new(" \\- ");
        g_autoptr(GRegex) markup = g_regex_new("\\\\f[BIR]|\\\\", 0, 0, NULL);
        g_autofree char *plain = g_regex_replace(markup, marked, -1, 0, "", 0, NULL);

        TEST_STR_EQUAL(plain, want);
        CU_ASSERT(*want != '\0' && *statuses != '\0');
        roff_line(summary, command_get(i)->summary);
        TEST_CONTAINS(page.out, summary->str);
    }
    folder_remove(folder);
}

/* The page of the language has each row of each topic, and a scenario that can be run. */
static void
test_page_of_language(void)
{
    g_autoptr(GString) page = g_string_new(NULL);
    char *folder = folder_new();
    g_autofree char *example = folder_write(folder, "example.scn", manual_example);
    g_auto(Result) run = COMMAND(folder, "run", "example.scn", "--trace", "off");
    guint rows = 0, tags = 0;

    CU_ASSERT(manual_write(page, "kettensim-scenario"));
    for (guint t = 0; scn_topic_name(t) != NULL; t++) {
        g_autoptr(GString) table = g_string_new(NULL);
        g_auto(GStrv) lines = NULL;

        scn_topic_describe(table, t, NULL);
        lines = g_strsplit(table->str, "\n| `", -1);
        rows += g_strv_length(lines) - 1;
    }
    for (const char *at = page->str; (at = strstr(at, "\n.TP\n\\fB")) != NULL; at++)
        tags++;
    CU_ASSERT_EQUAL(tags, rows);
    TEST_CONTAINS(page->str, "\n\\fBfork\\-choice\\fR\n");
    TEST_CONTAINS(page->str,
                  "\\fIdefault\\fR: most\\-work.\n\\fIrange\\fR: most\\-work, longest, ghost.\n");
    TEST_CONTAINS(page->str, "\nbps kbps Mbps Gbps\n");
    CU_ASSERT_EQUAL(run.status, 0);
    folder_remove(folder);
}

/* Checks the sections of kettensim(1), and the parts of the pages of commands and the language. */
static void
test_parts_of_pages(void)
{
    g_autoptr(GString) all = g_string_new(NULL);
    g_autoptr(GString) fmt = g_string_new(NULL);
    g_autoptr(GString) node_ctl = g_string_new(NULL);
    g_autoptr(GString) language = g_string_new(NULL);
    guint number = 0;

    CU_ASSERT(manual_write(all, "kettensim"));
    TEST_CONTAINS(all->str, "\n.SH COMMANDS\n.TP\n.BR kettensim\\-run (1)\n");
    TEST_CONTAINS(all->str, "\n.SH ENVIRONMENT\n.TP\n\\fINO_COLOR\\fR\n");
    TEST_CONTAINS(all->str, "\n.SH FILES\n");
    CU_ASSERT(manual_write(fmt, "kettensim-fmt"));
    TEST_CONTAINS(fmt->str, "\n.SH EXIT STATUS\n.TP\n.B 0\nsuccess\n.TP\n.B 1\nwith ");
    TEST_CONTAINS(fmt->str, "\n.SH EXAMPLES\n.nf\n.RS 2\nkettensim fmt mine.scn\nkettensim fmt ");
    TEST_CONTAINS(fmt->str, "\n.SH SYNOPSIS\n\\fBkettensim\\fR \\fBfmt\\fR [\\fIOPTION\\fR");
    CU_ASSERT(strstr(fmt->str, ".BR kettensim\\-fmt (1)") == NULL);
    CU_ASSERT(manual_write(node_ctl, "kettensim-node-ctl"));
    TEST_CONTAINS(node_ctl->str, "\n.TP\n\\fBsubmit\\fR \\fINAME\\fR\noffer it ");
    CU_ASSERT(manual_write(language, "kettensim-scenario"));
    TEST_CONTAINS(language->str, "\n.SH EXAMPLE\n.nf\n.RS 2\nscn 1 ");
    TEST_CONTAINS(language->str, "lin|log");
    g_free(manual_page(0, &number));
    CU_ASSERT_EQUAL(number, 1);
    g_free(manual_page(1, &number));
    CU_ASSERT_EQUAL(number, 5);
}

static void
test_roff(void)
{
    static const struct {
        const char *text, *prose;
    } cases[] = {
        {".so here", "\\&.so here\n"},
        {"'so here", "\\(aqso here\n"},
        {"a\\fB-b", "a\\efB\\-b\n"},
        {"use --seed-x, -P or `a-b`", "use \\fB\\-\\-seed\\-x\\fR, \\-P or \\fBa\\-b\\fR\n"},
        {"10⁻⁸ ÷ x", "10\\[u207B]\\[u2078] \\[u00F7] x\n"},
        {"`", "\\(ga\n"},
        {"x ===================================================================================== "
         ".y",
         "x\n====================================================================================="
         "\n\\&."
         "y\n"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        roff_prose(out, cases[i].text);
        TEST_STR_EQUAL(out->str, cases[i].prose);
    }
    g_autoptr(GString) code = g_string_new("x\n");
    g_autoptr(GString) usage = g_string_new(NULL);
    roff_code(code, "a.b\n.c");
    TEST_STR_EQUAL(code->str, "x\n.PP\n.nf\n.RS 2\na.b\n\\&.c\n.RE\n.fi\n");
    roff_usage(usage, ".. --set=NAME [a] ..");
    TEST_STR_EQUAL(usage->str, "\\&.. \\fB\\-\\-set\\fR=\\fINAME\\fR [\\fBa\\fR] ..");
}

TEST_SUITE(help, {"words", test_words}, {"commands", test_commands},
           {"typing errors", test_typing_errors}, {"pages", test_pages},
           {"page of a command", test_page_of_command},
           {"page of the language", test_page_of_language}, {"parts of pages", test_parts_of_pages},
           {"markup", test_roff})
