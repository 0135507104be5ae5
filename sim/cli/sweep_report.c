/* Prints progress, tables and checks; see sweep_report.h. */
#include "sim/cli/sweep_report.h"
#include "sim/io/json.h"

#include "sim/io/text.h"
#include "sim/cli/command.h"
#include "sim/cli/terminal.h"
#include "sim/run/results_judge.h"
#include "sim/run/results_table.h"

#include <string.h>
#include <unistd.h>

#define BAR 30
#define TERMINAL_US 200000
#define PLAIN_US 5000000
#define EXIT_FAILED 1

/* --- progress ----------------------------------------------------------------------------- */

void
sweep_progress_init(SweepProgress *progress, guint64 total, guint64 before, bool quiet)
{
    *progress = (SweepProgress){
        .enabled = !quiet,
        .is_terminal = isatty(STDERR_FILENO),
        .has_colour = terminal_has_colour(stderr),
        .total = total,
        .done = before,
        .before = before,
        .started_us = g_get_monotonic_time(),
    };
    progress->last_us = progress->started_us;
}

static void
append_bar(GString *line, const SweepProgress *progress)
{
    guint full = progress->total > 0 ? (guint)(progress->done * BAR / progress->total) : BAR;

    g_string_append_c(line, '[');
    for (guint i = 0; i < BAR; i++)
        g_string_append_c(line, i < full ? '#' : '.');
    g_string_append(line, "] ");
}

void
sweep_progress_show(SweepProgress *progress)
{
    gint64 now = g_get_monotonic_time();
    double spent = (double)(now - progress->started_us) / 1e6;
    double rate = spent > 0 ? (double)(progress->done - progress->before) / spent : 0;
    GString *line;

    if (!progress->enabled ||
        now - progress->last_us < (progress->is_terminal ? TERMINAL_US : PLAIN_US))
        return;
    line = g_string_new(NULL);
    if (progress->is_terminal)
        append_bar(line, progress);
    g_autofree char *total = io_count(progress->total, "run");
    g_string_append_printf(line, "%" G_GUINT64_FORMAT "/%s, %.4g a second", progress->done, total,
                           rate);
    if (rate > 0) {
        g_autofree char *left =
            terminal_duration((double)(progress->total - progress->done) / rate);

        g_string_append_printf(line, ", %s left", left);
    }
    if (progress->failed > 0)
        g_string_append_printf(line, ", %s%" G_GUINT64_FORMAT " failed%s",
                               progress->has_colour ? "\033[31m" : "", progress->failed,
                               progress->has_colour ? "\033[0m" : "");
    g_string_append(line, progress->note);
    if (progress->is_terminal)
        fprintf(stderr, "\r\033[K%s", line->str);
    else
        fprintf(stderr, "%s\n", line->str);
    fflush(stderr);
    progress->shown = progress->is_terminal;
    progress->last_us = now;
    g_string_free(line, TRUE);
}

void
sweep_progress_clear(SweepProgress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

/* --- tables ------------------------------------------------------------------------------- */

static const SimTableCell *
cell_at(const SimTable *table, guint row, guint column)
{
    return &g_array_index(table->cells, SimTableCell, row * table->heads->len + column);
}

static void
print_field(const char *text, glong width, bool left)
{
    glong length = g_utf8_strlen(text, -1);

    printf("%*s%s%*s", left ? 0 : (int)(width - length), "", text, left ? (int)(width - length) : 0,
           "");
}

static void
print_aligned(const SimTable *table)
{
    g_autofree glong *widths = g_new0(glong, table->heads->len);

    for (guint i = 0; i < table->heads->len; i++) {
        widths[i] = g_utf8_strlen(table->heads->pdata[i], -1);
        for (guint row = 0; row < table->rows; row++)
            widths[i] = MAX(widths[i], g_utf8_strlen(cell_at(table, row, i)->text, -1));
    }
    putchar('\n');
    for (guint i = 0; i < table->heads->len; i++) {
        fputs(i > 0 ? "  " : "", stdout);
        print_field(table->heads->pdata[i], widths[i], false);
    }
    putchar('\n');
    for (guint row = 0; row < table->rows; row++) {
        for (guint i = 0; i < table->heads->len; i++) {
            fputs(i > 0 ? "  " : "", stdout);
            print_field(cell_at(table, row, i)->text, widths[i], cell_at(table, row, i)->is_word);
        }
        putchar('\n');
    }
}

/* Prints a cell as in RFC 4180, with plain newlines. */
static void
print_csv_field(const char *text)
{
    if (strpbrk(text, ",\"\n") == NULL) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

/* Returns the heading with the unit of the column, to be freed. */
static char *
csv_head(const SimTable *table, guint column)
{
    const char *head = table->heads->pdata[column], *unit = table->units->pdata[column];

    return *unit != '\0' ? g_strdup_printf("%s (%s)", head, unit) : g_strdup(head);
}

static void
print_csv(const SimTable *table)
{
    for (guint i = 0; i < table->heads->len; i++) {
        g_autofree char *head = csv_head(table, i);

        fputs(i > 0 ? "," : "", stdout);
        print_csv_field(head);
    }
    putchar('\n');
    for (guint row = 0; row < table->rows; row++) {
        for (guint i = 0; i < table->heads->len; i++) {
            fputs(i > 0 ? "," : "", stdout);
            print_csv_field(cell_at(table, row, i)->exact);
        }
        putchar('\n');
    }
}

static void
add_json_cell(JsonBuilder *builder, const SimTableCell *cell)
{
    if (cell->is_word || strcmp(cell->exact, "inf") == 0)
        json_builder_add_string_value(builder, cell->exact);
    else if (*cell->exact == '\0')
        json_builder_add_null_value(builder);
    else if (strpbrk(cell->exact, ".e") != NULL)
        json_builder_add_double_value(builder, g_ascii_strtod(cell->exact, NULL));
    else
        json_builder_add_int_value(builder, g_ascii_strtoll(cell->exact, NULL, 10));
}

static void
add_json_table(JsonBuilder *builder, const SimTable *table)
{
    json_builder_begin_object(builder);
    io_json_member_array(builder, "columns");
    for (guint i = 0; i < table->heads->len; i++)
        json_builder_add_string_value(builder, table->heads->pdata[i]);
    json_builder_end_array(builder);
    io_json_member_array(builder, "units");
    for (guint i = 0; i < table->units->len; i++)
        json_builder_add_string_value(builder, table->units->pdata[i]);
    json_builder_end_array(builder);
    io_json_member_array(builder, "rows");
    for (guint row = 0; row < table->rows; row++) {
        json_builder_begin_array(builder);
        for (guint i = 0; i < table->heads->len; i++)
            add_json_cell(builder, cell_at(table, row, i));
        json_builder_end_array(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static void
print_tables(const SweepReport *report, const GPtrArray *tables)
{
    for (guint i = 0; i < tables->len; i++) {
        if (report->form == SWEEP_CSV) {
            if (i > 0)
                putchar('\n');
            print_csv(tables->pdata[i]);
        } else if (!report->quiet) {
            print_aligned(tables->pdata[i]);
        }
    }
}

/* --- the whole ---------------------------------------------------------------------------- */

static void
add_json_checks(JsonBuilder *builder, const GArray *judged)
{
    io_json_member_array(builder, "checks");
    for (guint i = 0; i < judged->len; i++) {
        const SimOverResult *result = &g_array_index(judged, SimOverResult, i);

        json_builder_begin_object(builder);
        io_json_member_text(builder, "file", result->file);
        io_json_member_int(builder, "line", result->check->place.line);
        io_json_member_text(builder, "text", result->check->text);
        io_json_member_text(builder, "verdict", sim_check_verdict_name(result->verdict));
        io_json_member_int(builder, "places", result->places);
        io_json_member_int(builder, "bad", result->bad);
        io_json_member_text(builder, "detail", result->detail);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
print_json(const SweepReport *report, const SimResults *results, const GArray *judged,
           const GPtrArray *tables)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    SimResultsCounts counts = sim_results_counts(results);
    const SimSweep *sweep = sim_results_sweep(results);

    json_builder_begin_object(builder);
    io_json_member_text(builder, "results", report->path);
    io_json_member_text(builder, "title", sim_sweep_scenario(sweep)->title);
    io_json_member_int(builder, "points", sim_sweep_points(sweep));
    io_json_member_int(builder, "seeds", sim_sweep_seeds(sweep));
    io_json_member_int(builder, "runs", counts.runs);
    io_json_member_int(builder, "held", counts.held);
    io_json_member_int(builder, "failed", counts.failed);
    io_json_member_int(builder, "limit", counts.limit);
    io_json_member_int(builder, "died", counts.other);
    add_json_checks(builder, judged);
    io_json_member_array(builder, "tables");
    for (guint i = 0; i < tables->len; i++)
        add_json_table(builder, tables->pdata[i]);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    io_json_print(builder, stdout, true);
}

static void
print_counts(const SweepReport *report, const SimResults *results)
{
    SimResultsCounts counts = sim_results_counts(results);
    const SimSweep *sweep = sim_results_sweep(results);
    g_autofree char *points = io_count(sim_sweep_points(sweep), "point");
    g_autofree char *seeds = io_count(sim_sweep_seeds(sweep), "seed");
    g_autofree char *runs = io_count(counts.runs, "run");

    printf("%s\n%s x %s: %s, %" G_GUINT64_FORMAT " held, %" G_GUINT64_FORMAT " failed",
           sim_sweep_scenario(sweep)->title, points, seeds, runs, counts.held, counts.failed);
    if (counts.limit > 0)
        printf(", %" G_GUINT64_FORMAT " ended by a limit", counts.limit);
    if (counts.other > 0)
        printf(", %" G_GUINT64_FORMAT " died", counts.other);
    if (report->seconds > 0 && report->ran > 0)
        printf("; %" G_GUINT64_FORMAT " in %.1f s, %.4g a second", report->ran, report->seconds,
               (double)report->ran / report->seconds);
    io_print(stdout, "\nresults: %s\n", report->path);
}

/* Prints failures on stderr, and in text form the checks that held on stdout. */
static bool
print_checks(const SweepReport *report, const GArray *judged)
{
    bool ok = true;

    for (guint i = 0; i < judged->len; i++) {
        const SimOverResult *result = &g_array_index(judged, SimOverResult, i);
        bool fails = sim_over_fails(result);
        GString *text = g_string_new(NULL);

        sim_over_format(text, result);
        if (fails)
            io_print(stderr, "%s", text->str);
        else if (report->form == SWEEP_TEXT && !report->quiet)
            io_print(stdout, "%s%s", i == 0 ? "\n" : "", text->str);
        g_string_free(text, TRUE);
        ok = ok && !fails;
    }
    return ok;
}

int
sweep_report(const SweepReport *report, const SimResults *results)
{
    SimResultsCounts counts = sim_results_counts(results);
    g_autoptr(GArray) judged = report->part ? g_array_new(FALSE, FALSE, sizeof(SimOverResult))
                                            : sim_results_judge(results);
    g_autoptr(GPtrArray) tables = report->part ? g_ptr_array_new() : sim_results_tables(results);
    bool ok = counts.limit == 0 && counts.other == 0;

    if (report->form == SWEEP_JSON)
        print_json(report, results, judged, tables);
    else if (report->form == SWEEP_TEXT && !report->quiet)
        print_counts(report, results);
    if (report->form != SWEEP_JSON)
        print_tables(report, tables);
    ok = print_checks(report, judged) && ok;
    if (report->strict)
        ok = ok && counts.failed == 0;
    return command_flush(report->command, ok ? 0 : EXIT_FAILED);
}
