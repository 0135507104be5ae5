/* kettensim sweep: runs every point of a scenario's sweeps with every seed. */
#include "sim/cli/command.h"
#include "sim/io/text.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/report_file.h"
#include "sim/cli/results_lock.h"
#include "sim/cli/sweep_report.h"
#include "sim/cli/sweep_slurm.h"
#include "sim/cli/sweep_until.h"
#include "sim/cli/terminal.h"
#include "sim/cli/workers.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define BATCH_ROWS 256
#define BATCH_US 1000000
#define EXIT_WIDE 1 /* the interval of --until is too wide still */
#define TOLD_MAX 5  /* unfinished runs printed one by one */

#define usage(...) command_usage("sweep", __VA_ARGS__)

typedef struct {
    char **params, **rest, **sbatch;
    char *jobs, *output, *seeds, *shard, *slurm, *until;
    gboolean fresh, strict, csv, json, quiet, report, no_wait;
    SimSweepOptions options;
    SweepUntil aim; /* of --until; measure is NULL without it */
    guint width;
    guint64 tasks; /* of a Slurm array; 0: no Slurm */
    bool is_short; /* --until asks for more seeds, or for more than help */
    char *path;    /* of the results */
} Words;

typedef struct {
    const SimSweep *sweep;
    SimResults *results;
    SweepProgress progress;
    guint64 cursor, ran, told;
    gint64 committed_us;
    GError *error;
} Run;

/* --- words -------------------------------------------------------------------------------- */

static void
words_clear(Words *words)
{
    g_strfreev(words->params);
    g_strfreev(words->rest);
    g_strfreev(words->sbatch);
    g_free(words->slurm);
    g_free(words->jobs);
    g_free(words->output);
    g_free(words->seeds);
    g_free(words->shard);
    g_free(words->until);
    sweep_until_clear(&words->aim);
    g_free(words->path);
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"jobs", 'j', 0, G_OPTION_ARG_STRING, &words->jobs,
         "Run this many at a time (default: one a core)", "N"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
         "Write the results to this file (default: out/<scenario>.results.db)", "FILE"},
        {"param", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->params,
         "Set a parameter; a swept parameter keeps this value (repeatable)", "NAME=VALUE"},
        {"seeds", 0, 0, G_OPTION_ARG_STRING, &words->seeds, "Use these seeds, not the file's",
         "A..B"},
        {"shard", 0, 0, G_OPTION_ARG_STRING, &words->shard,
         "Do only every N-th run, from the I-th on; kettensim merge joins the results", "I/N"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &words->until,
         "Add seeds until the 95 % interval of a measure's mean is narrow enough at every point, "
         "as "
         "in 'halfwidth(reorg_max) < 2%'",
         "AIM"},
        {"slurm", 0, 0, G_OPTION_ARG_STRING, &words->slurm,
         "Run on the cluster: a job array of N shards, and a job that joins them", "N"},
        {"no-wait", 0, 0, G_OPTION_ARG_NONE, &words->no_wait,
         "With --slurm: return when the jobs are submitted", NULL},
        {"sbatch", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->sbatch,
         "With --slurm: a further option for sbatch, as --sbatch=--partition=long (repeatable)",
         "OPTION"},
        {"fresh", 0, 0, G_OPTION_ARG_NONE, &words->fresh,
         "Start over, whatever the results file holds", NULL},
        {"strict", 0, 0, G_OPTION_ARG_NONE, &words->strict, "A failed run makes the exit status 1",
         NULL},
        {"csv", 0, 0, G_OPTION_ARG_NONE, &words->csv, "Print the tables as CSV", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {"report", 0, 0, G_OPTION_ARG_NONE, &words->report,
         "Also write the HTML report beside the results", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print failures only", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->rest, NULL, NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("FILE");

    g_option_context_set_summary(
        context, "Runs a scenario at every point of its sweeps with each of its seeds.");
    g_option_context_set_description(
        context,
        "A run that fails, hits a limit or crashes is a row of the results; the sweep goes on.\n"
        "Ctrl-C ends the sweep after the runs in flight. The same command continues it; no\n"
        "finished run is lost, even if the process was killed. With more seeds or points it goes "
        "on\n"
        "as well.\n\n"
        "Examples:\n"
        "  kettensim sweep scenarios/sweeps/latency_split.scn\n"
        "  kettensim sweep scenarios/sweeps/latency_split.scn -P split=10m --seeds 1..100 --csv\n"
        "  kettensim sweep scenarios/sweeps/latency_split.scn --until 'halfwidth(reorg_max) < 5%'\n"
        "  kettensim sweep scenarios/sweeps/latency_split.scn --shard 1/2 -o part1.db\n"
        "  kettensim sweep scenarios/sweeps/latency_split.scn --slurm 64 --sbatch=--time=30\n"
        "  sqlite3 -csv -header out/latency_split.results.db 'SELECT * FROM summary'\n\n"
        "Exit status: 0 every run finished, and every check over seeds or over the sweep holds;\n"
        "1 otherwise, or if with --strict a run failed, or a cluster left runs undone; 2 usage or\n"
        "scenario error, or a results file of another sweep or in use, or Slurm refuses; 4 a full\n"
        "disk; 130 interrupted.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

static int
check_slurm(Words *words)
{
    if (words->slurm == NULL)
        return words->no_wait || words->sbatch != NULL
                   ? usage("--no-wait and --sbatch are of --slurm N")
                   : -1;
    if (!g_ascii_string_to_unsigned(words->slurm, 10, 1, SIM_SWEEP_CELLS_MAX, &words->tasks, NULL))
        return usage("--slurm '%s' is not a number of tasks", words->slurm);
    if (words->shard != NULL)
        return usage("--slurm makes the shards itself: leave --shard out");
    if (words->no_wait && (words->csv || words->json || words->report))
        return usage("with --no-wait there is nothing to print yet: the same command without it "
                     "waits and prints");
    return -1;
}

static int
check_until(Words *words)
{
    g_autofree char *problem = NULL;

    if (words->until == NULL)
        return -1;
    if (words->shard != NULL || words->slurm != NULL)
        return usage("--until judges a whole sweep: leave --shard and --slurm out");
    problem = sweep_until_parse(words->until, &words->aim);
    return problem != NULL ? usage("--until \"%s\": %s", words->until, problem) : -1;
}

/* Checks the options and stores the values they set. Returns an exit status, or -1 to go on. */
static int
check_words(Words *words)
{
    SimSweepOptions *options = &words->options;
    int status;

    if (!command_is_one("sweep", words->rest) ||
        !command_jobs("sweep", words->jobs, &words->width) ||
        !command_seeds("sweep", words->seeds, &options->first_seed, &options->last_seed))
        return EXIT_USAGE;
    if (words->shard != NULL &&
        (!command_pair(words->shard, "/", SIM_SWEEP_CELLS_MAX, &options->shard, &options->shards) ||
         options->shard == 0))
        return usage("--shard '%s': write 1/4 to 4/4", words->shard);
    if (words->csv && words->json)
        return usage("--csv and --json both go to the output: leave one of them out");
    options->seeds_given = words->seeds != NULL;
    options->overrides = (const char *const *)words->params;
    status = check_until(words);
    return status < 0 ? check_slurm(words) : status;
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);

    if (!command_parse("sweep", context, &argc, &argv))
        return EXIT_USAGE;
    return check_words(words);
}

/* Sets out/<scenario>.results.db, or for a shard out/<scenario>.results.1of4.db; creates the
 * folder. */
static bool
choose_path(Words *words)
{
    g_autofree char *base = g_path_get_basename(words->rest[0]);
    g_autofree char *name = NULL;

    if (words->output != NULL) {
        words->path = g_strdup(words->output);
        return true;
    }
    if (g_str_has_suffix(base, ".scn"))
        base[strlen(base) - strlen(".scn")] = '\0';
    name = words->shard == NULL
               ? g_strdup_printf("%s.results.db", base)
               : g_strdup_printf("%s.results.%" G_GUINT64_FORMAT "of%" G_GUINT64_FORMAT ".db", base,
                                 words->options.shard, words->options.shards);
    words->path = g_build_filename("out", name, NULL);
    if (g_mkdir_with_parents("out", 0777) == 0)
        return true;
    usage("cannot make the folder 'out' for the results: %s; name a file with --output",
          g_strerror(errno));
    return false;
}

/* --- running ------------------------------------------------------------------------------ */

static GBytes *
on_job(void *user, guint64 cell)
{
    return sim_sweep_run(((Run *)user)->sweep, cell);
}

static bool
on_next(void *user, guint64 *ret_cell)
{
    Run *run = user;
    guint64 cells = sim_sweep_cells(run->sweep);

    while (run->cursor < cells &&
           (!sim_sweep_has(run->sweep, run->cursor) || sim_results_has(run->results, run->cursor)))
        run->cursor++;
    if (run->cursor >= cells)
        return false;
    *ret_cell = run->cursor++;
    return true;
}

static char *
tell_death(const PoolResult *result)
{
    g_autofree char *how =
        result->signal != 0
            ? g_strdup_printf("signal %d (%s)", result->signal, g_strsignal(result->signal))
            : g_strdup_printf("exit status %d", result->exit_status);

    return g_strdup_printf("the run died with %s%s%s", how, *result->output ? ": " : "",
                           result->output);
}

/* Prints a run that did not finish, up to TOLD_MAX of them. */
static void
tell_unfinished(Run *run, const SimSweepRow *row)
{
    const ScnSource *source = g_ptr_array_index(sim_sweep_scenario(run->sweep)->sources, 0);
    g_autofree char *file = io_shell_word(source->name);
    g_autofree char *cell = NULL;

    if (strcmp(row->status, "held") == 0 || strcmp(row->status, "failed") == 0 ||
        run->told++ >= TOLD_MAX)
        return;
    cell = sim_sweep_cell_text(run->sweep, row->cell);
    sweep_progress_clear(&run->progress);
    io_print(stderr, "kettensim sweep: %s (%s): %s\n  reproduce: kettensim run %s %s\n", cell,
             row->status, row->detail, file, cell);
    if (run->told == TOLD_MAX)
        fputs("kettensim sweep: further ones stand in the results alone\n", stderr);
}

static bool
on_done(void *user, guint64 cell, const PoolResult *result)
{
    Run *run = user;
    g_auto(SimSweepRow) row = {.cell = cell};

    if (result->result == NULL || !sim_sweep_unpack(run->sweep, result->result, &row)) {
        g_autofree char *detail = tell_death(result);

        sim_sweep_died(run->sweep, cell, detail, &row);
    }
    row.cell = cell;
    run->ran++;
    run->progress.done++;
    run->progress.failed += strcmp(row.status, "held") != 0;
    tell_unfinished(run, &row);
    return sim_results_put(run->results, &row, &run->error);
}

static bool
on_tick(void *user)
{
    Run *run = user;
    gint64 now = g_get_monotonic_time();

    sweep_progress_show(&run->progress);
    if (sim_results_pending(run->results) < BATCH_ROWS && now - run->committed_us < BATCH_US)
        return true;
    run->committed_us = now;
    return sim_results_commit(run->results, &run->error);
}

static guint64
shard_size(const SimSweep *sweep)
{
    const SimSweepOptions *options = sim_sweep_options(sweep);

    return (sim_sweep_cells(sweep) + options->shards - options->shard) / options->shards;
}

/* A process does not return memory of finished runs to the system, so if memory is limited, each
 * run gets its own process. */
static Workers
workers_of(const Words *words, Run *run)
{
    guint64 left = shard_size(run->sweep) - sim_results_count(run->results);

    return (Workers){
        .width = (guint)CLAMP(left, 1, words->width),
        .lifetime = sim_sweep_scenario(run->sweep)->limit.memory_bytes > 0 ? 1 : 0,
        .job = on_job,
        .next = on_next,
        .done = on_done,
        .tick = on_tick,
        .user = run,
    };
}

static int
interrupted(const Run *run)
{
    fprintf(stderr,
            "kettensim sweep: interrupted; %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
            " runs are in the results, and the same command goes on\n",
            sim_results_count(run->results), shard_size(run->sweep));
    return EXIT_INTERRUPTED;
}

static int
conclude(const Words *words, Run *run, double seconds)
{
    const SweepReport report = {
        .command = "sweep",
        .path = words->path,
        .form = words->csv    ? SWEEP_CSV
                : words->json ? SWEEP_JSON
                              : SWEEP_TEXT,
        .quiet = words->quiet,
        .strict = words->strict,
        .part = words->options.shards > 1,
        .seconds = seconds,
        .ran = run->ran,
    };

    int status = sweep_report(&report, run->results);

    if (status != 0 || !words->is_short)
        return status;
    io_print(stderr, "kettensim sweep: the interval is not narrow enough: %s\n", words->until);
    return EXIT_WIDE;
}

/* Returns whether the aim of --until asks for more seeds, and sets the last one. Says on stderr how
 * wide the widest interval is. */
static bool
wants_more(Words *words, Run *run)
{
    const SimSweepOptions *options = sim_sweep_options(run->sweep);
    g_auto(SweepWidth) width = {.seeds = 0};
    guint64 seeds;

    if (words->aim.measure == NULL)
        return false;
    width = sweep_until_judge(&words->aim, run->results);
    seeds = MIN(width.seeds, COMMAND_SEEDS_MAX);
    words->is_short = width.widest != NULL;
    words->options.seeds_given = true;
    words->options.first_seed = options->first_seed;
    words->options.last_seed = options->first_seed + seeds - 1;
    if (width.widest != NULL && !words->quiet)
        io_print(stderr, "kettensim sweep: %" G_GUINT64_FORMAT " seeds: %s\n",
                 sim_sweep_seeds(run->sweep), width.widest);
    return width.widest != NULL && !width.hopeless && seeds > sim_sweep_seeds(run->sweep);
}

/* Returns an exit status, or -1 to go on with more seeds. */
static int
run_sweep(Words *words, const SimSweep *sweep, SimResults *results)
{
    Run run = {.sweep = sweep, .results = results, .committed_us = g_get_monotonic_time()};
    Workers workers = workers_of(words, &run);
    gint64 started_us = g_get_monotonic_time();
    WorkersEnd end;
    int status;

    sweep_progress_init(&run.progress, shard_size(sweep), sim_results_count(results), words->quiet);
    end = workers_run(&workers);
    sweep_progress_clear(&run.progress);
    if (end == WORKERS_STOPPED)
        status = command_fail("sweep", run.error);
    else if (end == WORKERS_FAILED)
        status = usage("cannot start a process: %s", g_strerror(errno));
    else if (!sim_results_commit(results, &run.error))
        status = command_fail("sweep", run.error);
    else if (end == WORKERS_INTERRUPTED)
        status = interrupted(&run);
    else if (!sim_results_finish(results, &run.error))
        status = command_fail("sweep", run.error);
    else if (wants_more(words, &run))
        status = -1;
    else
        status = conclude(words, &run, (double)(g_get_monotonic_time() - started_us) / 1e6);
    g_clear_error(&run.error);
    return status;
}

/* Prints why the results file is not used, and what to do if it is of another sweep. */
static int
refuse_results(const GError *error)
{
    if (g_error_matches(error, SIM_RUN_ERROR, SIM_RUN_ERROR_OTHER_SWEEP))
        return usage("%s; name another file with -o, or start over with --fresh", error->message);
    return command_fail("sweep", error);
}

/* --- on a cluster ------------------------------------------------------------------------- */

static int
report_slurm(const Words *words, const SimSweep *sweep)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimResults) results = sim_results_open(words->path, sweep, SIM_RESULTS_SAME, &error);
    Run run = {.sweep = sweep, .results = results};
    int status;

    if (results == NULL)
        return refuse_results(error);
    status = sim_results_finish(results, &run.error) ? conclude(words, &run, -1)
                                                     : command_fail("sweep", run.error);
    g_clear_error(&run.error);
    return status;
}

static int
run_slurm(const Words *words, const SimSweep *sweep)
{
    const SweepSlurm slurm = {
        .scenario = words->rest[0],
        .path = words->path,
        .sweep = sweep,
        .seeds = words->seeds,
        .params = words->params,
        .sbatch = words->sbatch,
        .shards = MIN(words->tasks, sim_sweep_cells(sweep)),
        .cpus = words->jobs != NULL ? words->width : 0,
        .fresh = words->fresh,
        .wait = !words->no_wait,
        .quiet = words->quiet,
    };
    bool complete;
    int status = sweep_slurm(&slurm, &complete);

    if (status == 0 && complete)
        return report_slurm(words, sweep);
    if (status == 0 && !words->quiet)
        io_print(stdout,
                 "the jobs are in Slurm's queue; the same command without --no-wait waits for "
                 "them\nresults: %s\n",
                 words->path);
    return status;
}

static SimSweep *
make_sweep(const Words *words, int *ret_status)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(GError) error = NULL;
    SimSweep *sweep = sim_sweep_new(words->rest[0], &words->options, errors, &error);

    if (sweep == NULL && error == NULL)
        scn_errors_print(errors, stderr, terminal_has_colour(stderr));
    *ret_status = error != NULL ? command_fail("sweep", error) : EXIT_USAGE;
    return sweep;
}

/* With --until, a file that an earlier command left may have more seeds already: they stay. Returns
 * whether there are any. */
static bool
keep_seeds(Words *words, const SimSweep *sweep)
{
    g_autoptr(SimPart) part = NULL;
    g_autoptr(SimSweep) own = NULL;
    SimSweepOptions *options = &words->options;

    if (words->aim.measure == NULL || words->fresh || !g_file_test(words->path, G_FILE_TEST_EXISTS))
        return false;
    part = sim_part_open(words->path, NULL);
    own = part != NULL ? sim_part_sweep(part, NULL) : NULL;
    if (own == NULL)
        return false; /* opening the results says what is wrong */
    options->seeds_given = true;
    options->first_seed =
        MIN(sim_sweep_options(sweep)->first_seed, sim_sweep_options(own)->first_seed);
    options->last_seed =
        MAX(sim_sweep_options(sweep)->last_seed, sim_sweep_options(own)->last_seed);
    return true;
}

/* Runs what is missing. Returns an exit status, or -1 to go on with more seeds. */
static int
run_round(Words *words)
{
    int status;
    g_autoptr(SimSweep) sweep = make_sweep(words, &status);
    g_autoptr(GError) error = NULL;
    g_auto(ResultsLock) lock = {.fd = -1};
    g_autoptr(SimResults) results = NULL;
    g_autofree char *problem = NULL;

    if (sweep == NULL)
        return status;
    if (words->aim.measure != NULL)
        problem = sweep_until_check(&words->aim, sim_sweep_scenario(sweep));
    if (problem != NULL)
        return usage("--until \"%s\": %s", words->until, problem);
    if (words->path == NULL && !choose_path(words))
        return EXIT_USAGE;
    if (words->tasks > 0)
        return run_slurm(words, sweep);
    if (!results_lock_take(&lock, words->path, &error))
        return command_fail("sweep", error);
    if (keep_seeds(words, sweep)) {
        g_clear_pointer(&sweep, sim_sweep_free);
        sweep = make_sweep(words, &status);
        if (sweep == NULL)
            return status;
    }
    results = sim_results_open(words->path, sweep,
                               words->fresh ? SIM_RESULTS_FRESH : SIM_RESULTS_GROW, &error);
    if (results == NULL)
        return refuse_results(error);
    words->fresh = false;
    return run_sweep(words, sweep, results);
}

static int
start(Words *words)
{
    int status;

    do {
        status = run_round(words);
    } while (status < 0);
    return status;
}

/* Writes the report, which the user asked for: without it, even a sweep that held fails. */
static int
write_report(const Words *words, int status)
{
    g_autofree char *path = report_file_path(words->path);
    int written;

    if (status != 0 && status != 1)
        return status;
    written = report_file_write("sweep", words->path, path, (AnaWindow){0, 0});
    if (written == 0 && !words->quiet && !words->csv && !words->json)
        io_print(stdout, "report: %s\n", path);
    return command_flush("sweep", written != 0 ? written : status);
}

int
command_sweep(int argc, char **argv)
{
    Words words = {.options = {.shard = 1, .shards = 1}};
    int status = parse_words(&words, argc, argv);

    if (status < 0) {
        interrupt_install();
        status = start(&words);
        if (words.report && words.path != NULL)
            status = write_report(&words, status);
    }
    words_clear(&words);
    return status;
}
