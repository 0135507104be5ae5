/* kettensim merge: the shards of a sweep become one results file. */
#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/sweep_report.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define TOLD_MAX 5
#define EXIT_GAPS 1
#define BATCH_ROWS 4096

#define usage(...) command_usage("merge", __VA_ARGS__)

typedef struct {
    char **rest; /* OUT PART… */
    gboolean strict, csv, json, quiet, force;
} Words;

typedef struct {
    const SimSweep *sweep;
    SimResults *results;
    guint64 doubles, differing;
} Merge;

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"force", 0, 0, G_OPTION_ARG_NONE, &words->force, "Write over OUT", NULL},
        {"strict", 0, 0, G_OPTION_ARG_NONE, &words->strict, "A failed run makes the exit status 1",
         NULL},
        {"csv", 0, 0, G_OPTION_ARG_NONE, &words->csv, "Print the tables as CSV", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print failures only", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->rest, NULL, NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("OUT PART…");

    g_option_context_set_summary(context, "Joins the results of a sweep's shards.");
    g_option_context_set_description(
        context,
        "The parts are of one sweep: the same texts, version, parameters and seeds. A run that\n"
        "two of them have must be the same in both. What is missing is told, and\n"
        "'kettensim sweep FILE -o OUT' with the same words does it.\n\n"
        "Examples:\n"
        "  kettensim merge all.db part1.db part2.db\n"
        "  kettensim merge --csv all.db part*.db\n\n"
        "Exit status: as of sweep; 1 also when runs are missing, 3 when parts contradict one\n"
        "another: then OUT is not written.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

static int
fail(const GError *error)
{
    usage("%s", error->message);
    return g_error_matches(error, SIM_RUN_ERROR, SIM_RUN_ERROR_FULL) ? EXIT_LIMIT : EXIT_USAGE;
}

/* A run that finished is worth more than one to be tried again. */
static bool
take_row(Merge *merge, const SimSweepRow *row, const char *path, GError **error)
{
    bool there = sim_results_has(merge->results, row->cell);

    if (!there)
        return sim_results_put(merge->results, row, error);
    if (row->retry)
        return true;
    merge->doubles++;
    if (sim_results_agrees(merge->results, row))
        return true;
    if (merge->differing++ < TOLD_MAX) {
        g_autofree char *cell = sim_sweep_cell_text(merge->sweep, row->cell);

        usage("'%s' contradicts another part: %s gave another digest or outcome", path, cell);
    }
    return true;
}

static bool
take_part(Merge *merge, const char *path, GError **error)
{
    g_autoptr(SimPart) part = sim_part_open(path, error);
    GError *problem = NULL;
    bool ok = part != NULL && sim_part_belongs(part, merge->sweep, error);

    while (ok) {
        g_auto(SimSweepRow) row = {.cell = 0};

        if (!sim_part_next(part, merge->sweep, &row, &problem))
            break;
        ok = take_row(merge, &row, path, error);
        if (ok && sim_results_pending(merge->results) >= BATCH_ROWS)
            ok = sim_results_commit(merge->results, error);
    }
    if (problem != NULL)
        g_propagate_error(error, problem);
    return ok && problem == NULL;
}

/* How many runs no part has; the first few are told. */
static guint64
tell_gaps(const Merge *merge, const char *out)
{
    guint64 cells = sim_sweep_cells(merge->sweep);
    guint64 missing = cells - sim_results_count(merge->results), told = 0;

    for (guint64 i = 0; i < cells && told < MIN(missing, TOLD_MAX); i++) {
        if (!sim_results_has(merge->results, i)) {
            g_autofree char *cell = sim_sweep_cell_text(merge->sweep, i);

            fprintf(stderr, "kettensim merge: missing: %s\n", cell);
            told++;
        }
    }
    if (missing > 0)
        fprintf(stderr,
                "kettensim merge: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                " runs are missing; 'kettensim sweep FILE -o %s' does them\n",
                missing, cells, out);
    return missing;
}

static int
conclude(const Words *words, Merge *merge, const char *temporary)
{
    const SweepReport report = {
        .command = "merge",
        .path = words->rest[0],
        .form = words->csv    ? SWEEP_CSV
                : words->json ? SWEEP_JSON
                              : SWEEP_TEXT,
        .quiet = words->quiet,
        .strict = words->strict,
        .seconds = -1,
    };
    g_autoptr(GError) error = NULL;
    guint64 missing;
    int status;

    if (merge->differing > 0) {
        usage("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
              " runs that parts share differ; nothing was written",
              merge->differing, merge->doubles);
        return EXIT_DIFFERS;
    }
    if (!sim_results_finish(merge->results, &error))
        return fail(error);
    if (g_rename(temporary, words->rest[0]) != 0)
        return usage("cannot write '%s': %s", words->rest[0], g_strerror(errno));
    missing = tell_gaps(merge, words->rest[0]);
    status = sweep_report(&report, merge->results);
    return status == 0 && missing > 0 ? EXIT_GAPS : status;
}

static int
merge_into(const Words *words, const char *temporary)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimPart) first = sim_part_open(words->rest[1], &error);
    g_autoptr(SimSweep) sweep = first != NULL ? sim_part_sweep(first, &error) : NULL;
    g_autoptr(SimResults) results =
        sweep != NULL ? sim_results_open(temporary, sweep, SIM_RESULTS_MAKE, &error) : NULL;
    Merge merge = {.sweep = sweep, .results = results};

    if (results == NULL)
        return fail(error);
    for (char **path = words->rest + 1; *path != NULL; path++) {
        if (!take_part(&merge, *path, &error))
            return fail(error);
    }
    if (!sim_results_commit(results, &error))
        return fail(error);
    return conclude(words, &merge, temporary);
}

static int
merge(const Words *words)
{
    g_autofree char *temporary = g_strdup_printf("%s.merge-%d", words->rest[0], (int)getpid());
    g_autofree char *journal = g_strconcat(temporary, "-journal", NULL);
    int status;

    interrupt_install();
    interrupt_unlink(temporary);
    status = merge_into(words, temporary);
    interrupt_unlink(NULL);
    g_unlink(temporary); /* gone, unless something failed */
    g_unlink(journal);
    return status;
}

int
command_merge(int argc, char **argv)
{
    Words words = {.rest = NULL};
    g_autoptr(GOptionContext) context = context_new(&words);
    g_autoptr(GError) error = NULL;
    int status;

    if (!g_option_context_parse(context, &argc, &argv, &error))
        status = usage("%s; 'kettensim merge --help' lists the options", error->message);
    else if (words.rest == NULL || words.rest[1] == NULL)
        status = usage("write kettensim merge OUT PART…");
    else if (words.csv && words.json)
        status = usage("--csv and --json both go to the output: leave one of them out");
    else if (g_file_test(words.rest[0], G_FILE_TEST_EXISTS) && !words.force)
        status = usage("'%s' is there already: name another file, or write over it with --force",
                       words.rest[0]);
    else
        status = merge(&words);
    g_strfreev(words.rest);
    return status;
}
