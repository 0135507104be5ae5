/* Prints lines, TAP, XML and JSON; see test_report.h. */
#include "sim/cli/test_report.h"
#include "sim/io/json.h"

#include "sim/io/text.h"

#include <string.h>

#define GREEN "\033[32m"
#define RED "\033[31m"
#define PLAIN "\033[0m"
#define AGAIN_ABOVE 20 /* tests: with fewer all lines are on the screen */

static const Test *
test_at(const GArray *tests, guint i)
{
    return &g_array_index(tests, Test, i);
}

guint
report_count(const GArray *tests, TestVerdict from, TestVerdict to)
{
    guint count = 0;

    for (guint i = 0; i < tests->len; i++)
        count += test_at(tests, i)->verdict >= from && test_at(tests, i)->verdict <= to;
    return count;
}

/* --- lines for people --------------------------------------------------------------------- */

static void
tell_indented(FILE *out, const char *text, const char *before)
{
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        if (**line != '\0' || line[1] != NULL)
            io_print(out, "%s%s\n", before, *line);
    }
}

static void
tell_text(const Report *report, const Test *test)
{
    bool good = test->verdict == TEST_PASSED;
    g_autofree char *raw = test_name(test), *name = io_printable(raw);

    fprintf(report->out, "%s%s%s %-56s %6.2f s\n",
            !report->colour ? ""
            : good          ? GREEN
                            : RED,
            good ? "ok  " : "FAIL", report->colour ? PLAIN : "", name, test->seconds);
    tell_indented(report->out, test->failure, "  ");
    tell_indented(report->out, test->notice, "  ");
}

/* --- TAP ---------------------------------------------------------------------------------- */

/* Escapes '#', which begins a directive. */
static void
tell_tap(const Report *report, const Test *test, guint number)
{
    g_autofree char *raw = test_name(test), *name = io_printable(raw);
    g_auto(GStrv) parts = g_strsplit(name, "#", -1);
    g_autofree char *escaped = g_strjoinv("\\#", parts);

    fprintf(report->out, "%s %u - %s\n", test->verdict == TEST_PASSED ? "ok" : "not ok", number,
            escaped);
    tell_indented(report->out, test->failure, "# ");
    tell_indented(report->out, test->notice, "# ");
}

/* --- JSON --------------------------------------------------------------------------------- */

static const char *const verdict_names[] = {"undone", "passed", "failed", "error"};
static const char *const golden_names[] = {"none", "same", "differs", "written"};

static void
json_test(JsonBuilder *builder, const Test *test)
{
    g_autofree char *path = g_utf8_make_valid(test->path, -1);

    json_builder_begin_object(builder);
    io_json_member_text(builder, "scenario", path);
    io_json_member_text(builder, "title", test->title);
    io_json_member_int(builder, "seed", (gint64)test->seed);
    io_json_member_text(builder, "verdict", verdict_names[test->verdict]);
    io_json_member_text(builder, "status", test->status);
    io_json_member_text(builder, "golden", golden_names[test->golden]);
    io_json_member_text(builder, "failure", test->failure);
    io_json_member_text(builder, "digest", test->digest);
    io_json_member_int(builder, "checks", test->checks);
    io_json_member_int(builder, "events", (gint64)test->events);
    io_json_member_int(builder, "end_ns", test->end_ns);
    io_json_member_real(builder, "seconds", test->seconds);
    json_builder_end_object(builder);
}

static void
tell_json(const Report *report, bool interrupted)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    io_json_member_int(builder, "passed", report_count(report->tests, TEST_PASSED, TEST_PASSED));
    io_json_member_int(builder, "failed", report_count(report->tests, TEST_FAILED, TEST_ERROR));
    io_json_member_int(builder, "undone", report_count(report->tests, TEST_UNDONE, TEST_UNDONE));
    io_json_member_bool(builder, "interrupted", interrupted);
    io_json_member_array(builder, "tests");
    for (guint i = 0; i < report->tests->len; i++)
        json_test(builder, test_at(report->tests, i));
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    io_json_print(builder, report->out, true);
}

/* --- in order ----------------------------------------------------------------------------- */

void
report_begin(Report *report)
{
    if (report->form == REPORT_TAP)
        fprintf(report->out, "TAP version 13\n1..%u\n", report->tests->len);
}

static void
tell_next_tap(Report *report)
{
    const Test *test = test_at(report->tests, report->told++);

    if (test->verdict != TEST_UNDONE)
        tell_tap(report, test, report->told);
}

void
report_tell(Report *report, guint index)
{
    const Test *test = test_at(report->tests, index);

    if (report->form == REPORT_TEXT && (!report->quiet || test->verdict != TEST_PASSED))
        tell_text(report, test);
    while (report->form == REPORT_TAP && report->told < report->tests->len &&
           test_at(report->tests, report->told)->verdict != TEST_UNDONE)
        tell_next_tap(report);
    fflush(report->out);
}

/* Prints the failures again below the other lines. */
static void
tell_failures(const Report *report, guint failed)
{
    if (failed == 0 || report->quiet || report->tests->len <= AGAIN_ABOVE)
        return;
    fputs("\nFailures\n", report->out);
    for (guint i = 0; i < report->tests->len; i++) {
        if (test_at(report->tests, i)->verdict > TEST_PASSED)
            tell_text(report, test_at(report->tests, i));
    }
}

void
report_end(Report *report, bool interrupted, double seconds)
{
    guint passed = report_count(report->tests, TEST_PASSED, TEST_PASSED);
    guint failed = report_count(report->tests, TEST_FAILED, TEST_ERROR);
    guint undone = report_count(report->tests, TEST_UNDONE, TEST_UNDONE);

    while (report->form == REPORT_TAP && report->told < report->tests->len)
        tell_next_tap(report);
    if (report->form == REPORT_JSON) {
        tell_json(report, interrupted);
        return;
    }
    if (report->form == REPORT_TAP) {
        if (undone > 0)
            fprintf(report->out, "Bail out! %s\n",
                    interrupted ? "interrupted" : "stopped at the first failure");
        fprintf(report->out, "# %u passed, %u failed\n", passed, failed);
        return;
    }
    tell_failures(report, failed);
    if (undone > 0)
        fprintf(report->out, "%u not run\n", undone);
    fprintf(report->out, "%u passed, %u failed in %.1f s\n", passed, failed, seconds);
}

/* --- JUnit -------------------------------------------------------------------------------- */

/* Returns whether XML 1.0 can represent the character, escaped or not. Others become U+FFFD. */
static bool
xml_can_hold(gunichar c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xD800) ||
           (c >= 0xE000 && c < 0xFFFE) || c >= 0x10000;
}

static void
append_escaped(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (strchr("&<>\"'\r", (int)c) != NULL && c < 0x80)
            g_string_append_printf(out, "&#%u;", c);
        else
            g_string_append_unichar(out, xml_can_hold(c) ? c : 0xFFFD);
    }
}

static void
append_attribute(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, " %s=\"", name);
    append_escaped(out, value);
    g_string_append_c(out, '"');
}

static void
append_seconds(GString *out, double seconds)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    append_attribute(out, "time", g_ascii_formatd(text, sizeof text, "%.3f", seconds));
}

static void
append_failure(GString *out, const Test *test)
{
    const char *element = test->verdict == TEST_ERROR ? "error" : "failure";
    const char *newline = strchr(test->failure, '\n');
    g_autofree char *first = newline ? g_strndup(test->failure, (gsize)(newline - test->failure))
                                     : g_strdup(test->failure);

    g_string_append_printf(out, "      <%s", element);
    append_attribute(out, "message", first);
    g_string_append_c(out, '>');
    append_escaped(out, test->failure);
    g_string_append_printf(out, "</%s>\n", element);
}

static void
append_case(GString *out, const Test *test)
{
    g_autofree char *name = test_name(test);
    g_autofree char *folder = g_path_get_dirname(test->path);
    g_autofree char *class = g_strdelimit(g_strdup(folder), "/", '.');

    g_string_append(out, "    <testcase");
    append_attribute(out, "classname", class);
    append_attribute(out, "name", name);
    append_attribute(out, "file", test->path);
    append_seconds(out, test->seconds);
    if (test->verdict == TEST_PASSED) {
        g_string_append(out, "/>\n");
        return;
    }
    g_string_append(out, ">\n");
    if (test->verdict == TEST_UNDONE)
        g_string_append(out, "      <skipped message=\"interrupted\"/>\n");
    else
        append_failure(out, test);
    g_string_append(out, "    </testcase>\n");
}

static void
append_totals(GString *out, const GArray *tests)
{
    double seconds = 0;

    for (guint i = 0; i < tests->len; i++)
        seconds += test_at(tests, i)->seconds;
    g_string_append_printf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
                           tests->len, report_count(tests, TEST_FAILED, TEST_FAILED),
                           report_count(tests, TEST_ERROR, TEST_ERROR),
                           report_count(tests, TEST_UNDONE, TEST_UNDONE));
    append_seconds(out, seconds);
}

char *
report_junit(const GArray *tests)
{
    GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");

    append_totals(out, tests);
    g_string_append(out, ">\n  <testsuite name=\"kettensim\"");
    append_totals(out, tests);
    g_string_append(out, ">\n");
    for (guint i = 0; i < tests->len; i++)
        append_case(out, test_at(tests, i));
    g_string_append(out, "  </testsuite>\n</testsuites>\n");
    return g_string_free(out, FALSE);
}
