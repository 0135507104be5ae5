/* kettensim merge: joins the shards of a sweep into one results file. */
#include "sim/cli/command.h"
#include "sim/io/text.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/merge.h"
#include "sim/cli/sweep_report.h"

#define TOLD_MAX 5
#define EXIT_GAPS 1

#define usage(...) command_usage("merge", __VA_ARGS__)

typedef struct {
    char **rest; /* OUT PART… */
    gboolean strict, csv, json, quiet, force;
} Words;

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"force", 0, 0, G_OPTION_ARG_NONE, &words->force, "Overwrite OUT", NULL},
        {"strict", 0, 0, G_OPTION_ARG_NONE, &words->strict, "A failed run makes the exit status 1",
         NULL},
        {"csv", 0, 0, G_OPTION_ARG_NONE, &words->csv, "Print the tables as CSV", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print failures only", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->rest, NULL, NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("OUT PART…");

    g_option_context_set_summary(context,
                                 "Joins the results of a sweep's shards, or of its seeds.");
    g_option_context_set_description(
        context,
        "The parts must be of one sweep: the same scenario, build and points, and seeds that make\n"
        "one range. A run that two parts have must be the same in both. The command names missing\n"
        "runs; 'kettensim sweep FILE -o OUT' with the same options does them.\n\n"
        "Examples:\n"
        "  kettensim merge all.db part1.db part2.db\n"
        "  kettensim merge --csv all.db part*.db\n\n"
        "Exit status: as for sweep; also 1 if runs are missing, and 3 if parts contradict each\n"
        "other: then OUT is not written.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Counts runs that no part has; prints the first few. */
static guint64
tell_gaps(const Merge *merge, const char *out)
{
    guint64 cells = sim_sweep_cells(merge->sweep);
    guint64 missing = cells - sim_results_count(merge->results), told = 0;

    for (guint64 i = 0; i < cells && told < MIN(missing, TOLD_MAX); i++) {
        if (!sim_results_has(merge->results, i)) {
            g_autofree char *cell = sim_sweep_cell_text(merge->sweep, i);

            io_print(stderr, "kettensim merge: missing: %s\n", cell);
            told++;
        }
    }
    if (missing > 0)
        io_print(stderr,
                 "kettensim merge: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                 " runs are missing; 'kettensim sweep FILE -o %s' does them\n",
                 missing, cells, out);
    return missing;
}

static int
merge(const Words *words)
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
    g_auto(Merge) merge = {.sweep = NULL};
    guint64 missing;
    int status;

    interrupt_install();
    status = merge_parts(&merge, "merge", words->rest[0], words->rest + 1);
    if (status != 0)
        return status;
    missing = tell_gaps(&merge, words->rest[0]);
    status = sweep_report(&report, merge.results);
    return status == 0 && missing > 0 ? EXIT_GAPS : status;
}

int
command_merge(int argc, char **argv)
{
    Words words = {.rest = NULL};
    g_autoptr(GOptionContext) context = context_new(&words);
    int status;

    if (!command_parse("merge", context, &argc, &argv))
        status = EXIT_USAGE;
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
