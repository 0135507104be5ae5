/* kettensim run: runs one scenario once and judges it. */
#include "sim/cli/command.h"
#include "sim/io/text.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/refusal.h"
#include "sim/cli/report_file.h"
#include "sim/cli/summary.h"
#include "sim/cli/terminal.h"
#include "sim/run/run.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char **params;
    char *seed;
    char *output;
    char *trace;
    char **nodes, **kinds;
    gboolean isolate, wire, model, json, quiet, log, stats;
    gboolean report;
    char *report_path; /* NULL: beside the trace */
    char *path;        /* of the scenario */
    SimTraceLevel level;
} Words;

#define usage(...) command_usage("run", __VA_ARGS__)

/* --- words -------------------------------------------------------------------------------- */

static void
words_clear(Words *words)
{
    g_strfreev(words->params);
    g_strfreev(words->nodes);
    g_strfreev(words->kinds);
    g_free(words->seed);
    g_free(words->output);
    g_free(words->trace);
    g_free(words->path);
    g_free(words->report_path);
}

static gboolean
on_report(const char *name, const char *value, gpointer data, GError **error)
{
    Words *words = data;

    (void)name, (void)error;
    words->report = TRUE;
    g_free(words->report_path);
    words->report_path = g_strdup(value);
    return TRUE;
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"param", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->params,
         "Set a parameter of the scenario, within its range (repeatable)", "NAME=VALUE"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &words->seed, "Use this seed, not the file's", "N"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
         "Write the trace to this file (default: out/<scenario>.db)", "FILE"},
        {"trace", 0, 0, G_OPTION_ARG_STRING, &words->trace,
         "How much to trace: off, summary, consensus (default), full", "LEVEL"},
        {"isolate", 0, 0, G_OPTION_ARG_NONE, &words->isolate,
         "Give each node its own store; the digest stays the same", NULL},
        {"wire", 0, 0, G_OPTION_ARG_NONE, &words->wire,
         "Serialise and parse each message; the digest stays the same", NULL},
        {"model", 0, 0, G_OPTION_ARG_NONE, &words->model,
         "Compare what nodes think with the reference model; the digest stays the same", NULL},
        {"stats", 0, 0, G_OPTION_ARG_NONE, &words->stats,
         "Print memory by kind of data, and processor time", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print failures only", NULL},
        {"log", 0, 0, G_OPTION_ARG_NONE, &words->log, "Print one line an event on stderr", NULL},
        {"node", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->nodes,
         "Log only this node (repeatable; implies --log)", "NAME"},
        {"kind", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->kinds,
         "Log only this kind (repeatable; implies --log)", "KIND"},
        {"report", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, (gpointer)on_report,
         "Also write the HTML report (default: beside the trace)", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("FILE");
    GOptionGroup *group = g_option_group_new("", "", "", words, NULL);
    g_autofree char *kinds = sim_log_kinds();
    g_autofree char *description = g_strdup_printf(
        "Kinds for --kind: %s.\n\n"
        "Examples:\n"
        "  kettensim run scenarios/partition_heal.scn\n"
        "  kettensim run scenarios/partition_heal.scn -P major=75%% -P split=1h --seed 7\n"
        "  kettensim run scenarios/partition_heal.scn --kind tip --node b4\n"
        "  kettensim run scenarios/partition_heal.scn --trace full -o /tmp/full.db\n"
        "  kettensim run scenarios/partition_heal.scn --json --trace off\n"
        "  kettensim run scenarios/bitcoin_day.scn --trace off --stats\n\n"
        "Exit status: 0 all checks hold; 1 a check failed or was vacuous, or an action could do\n"
        "nothing; 2 usage or scenario error; 4 a limit or a full disk; 5 an assertion failed;\n"
        "130 interrupted.\n",
        kinds);

    g_option_context_set_summary(context, "Runs a scenario and judges its checks.");
    g_option_context_set_description(context, description);
    g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    return context;
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);
    const char *unknown;

    if (!command_parse("run", context, &argc, &argv))
        return EXIT_USAGE;
    if (!command_is_one("run", argv + 1))
        return EXIT_USAGE;
    words->path = g_strdup(argv[1]);
    words->level = SIM_TRACE_CONSENSUS;
    if (words->trace != NULL && !sim_trace_level_parse(&words->level, words->trace))
        return usage("no trace level '%s': write off, summary, consensus or full", words->trace);
    if (words->level == SIM_TRACE_OFF && words->output != NULL)
        return usage("--output has nothing to hold with --trace off: leave one of them out");
    if (words->level == SIM_TRACE_OFF && words->report)
        return usage("--report tells of a trace, and there is none with --trace off");
    unknown = sim_log_unknown_kind((const char *const *)words->kinds);
    if (unknown != NULL)
        return usage("no kind '%s' to log; 'kettensim run --help' lists them", unknown);
    words->log = words->log || words->nodes != NULL || words->kinds != NULL;
    return -1;
}

/* --- the scenario ------------------------------------------------------------------------- */

static ScnScenario *
read_scenario(const Words *words)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnOptions options = {.overrides = (const char *const *)words->params,
                          .seed_given = words->seed != NULL};
    ScnScenario *scenario;

    if (!command_seed("run", words->seed, &options.seed))
        return NULL;
    scenario = scn_parse_file(words->path, &options, errors);
    if (scenario == NULL)
        refusal_print(words->path, errors, words->json ? REFUSAL_JSON : REFUSAL_TEXT);
    return scenario;
}

static bool
known_nodes(const Words *words, const ScnScenario *scenario)
{
    for (char **name = words->nodes; name != NULL && *name != NULL; name++) {
        if (scn_scenario_find_node(scenario, *name) == SCN_NONE) {
            usage("no node '%s' to log in %s", *name, words->path);
            return false;
        }
    }
    return true;
}

/* Returns out/<scenario>.db; creates the folder. NULL after a message. */
static char *
default_trace_path(const char *scenario)
{
    g_autofree char *base = g_path_get_basename(scenario);
    g_autofree char *name = NULL;

    if (g_str_has_suffix(base, ".scn"))
        base[strlen(base) - strlen(".scn")] = '\0';
    name = g_strconcat(base, ".db", NULL);
    if (g_mkdir_with_parents("out", 0777) != 0) {
        usage("cannot make the folder 'out' for the trace: %s; name a file with --output, or use "
              "--trace off",
              g_strerror(errno));
        return NULL;
    }
    return g_build_filename("out", name, NULL);
}

/* --- the run ------------------------------------------------------------------------------ */

static bool
on_poll(void *user, SimTime now, uint64_t events)
{
    terminal_progress_show(user, now, events);
    return !interrupt_asked();
}

static int
report(const Words *words, const SimRun *run, const char *trace_path, double seconds)
{
    SimRunStatus status = sim_run_status(run);
    Stats stats;

    if (status == SIM_STATUS_INTERRUPTED) {
        char at[SIM_TIME_TEXT];

        sim_time_format(at, sim_run_end(run));
        if (trace_path != NULL)
            usage("interrupted at %s of virtual time; %s has the run up to there", at, trace_path);
        else
            usage("interrupted at %s of virtual time", at);
        return EXIT_INTERRUPTED;
    }
    if (words->stats)
        stats = stats_take(run);
    if (words->json)
        summary_print_json(stdout, run, words->path, words->stats ? &stats : NULL);
    else if (!words->quiet)
        summary_print(stdout, run, trace_path, seconds, terminal_has_colour(stdout));
    if (words->stats && !words->json)
        stats_print(stdout, &stats, terminal_has_colour(stdout));
    summary_print_failures(stderr, run, words->path, "");
    return command_flush("run", sim_run_exit_status(status));
}

static int
run_scenario(const Words *words, const ScnScenario *scenario, const char *trace_path)
{
    const SimLogOptions log = {stderr, (const char *const *)words->nodes,
                               (const char *const *)words->kinds};
    TerminalProgress progress;
    const SimRunOptions options = {
        .build = {.isolate = words->isolate, .wire = words->wire, .model = words->model},
        .scenario_name = words->path,
        .trace_path = trace_path,
        .trace_level = words->level,
        .log = words->log ? &log : NULL,
        .poll = on_poll,
        .poll_user = &progress,
    };
    g_autoptr(SimRun) run = NULL;
    g_autoptr(GError) error = NULL;
    int64_t started_us = g_get_monotonic_time();

    terminal_progress_init(&progress, scenario->duration_ns,
                           words->quiet || words->json || words->log);
    run = sim_run_new(scenario, &options, &error);
    if (run == NULL) {
        refusal_print_built(words->path, error->message, words->json ? REFUSAL_JSON : REFUSAL_TEXT);
        return command_flush("run", command_fail("run", error));
    }
    if (!sim_run_execute(run, &error)) {
        terminal_progress_clear(&progress);
        return command_fail("run", error);
    }
    terminal_progress_clear(&progress);
    return report(words, run, trace_path, (double)(g_get_monotonic_time() - started_us) / 1e6);
}

static void
tell_first_point(const Words *words, const ScnScenario *scenario)
{
    g_autofree char *point = scn_scenario_reproduce(scenario);

    if (scenario->sweeps->len > 0 || (scenario->seeds_given && words->seed == NULL))
        io_print(stderr, "kettensim run: the first run of a sweep: %s; kettensim sweep does all\n",
                 point);
}

/* Writes the report, which the user asked for: without it, even a run that held fails. */
static int
write_report(const Words *words, const char *trace_path, int status)
{
    g_autofree char *path =
        words->report_path != NULL ? g_strdup(words->report_path) : report_file_path(trace_path);
    int written;

    if (status != 0 && status != 1)
        return status;
    written = report_file_write("run", trace_path, path, (AnaWindow){0, 0});
    if (written == 0 && !words->quiet && !words->json)
        io_print(stdout, "  report  %s\n", path);
    return command_flush("run", written != 0 ? written : status);
}

int
command_run(int argc, char **argv)
{
    Words words = {.params = NULL};
    g_autoptr(ScnScenario) scenario = NULL;
    g_autofree char *trace_path = NULL;
    int status = parse_words(&words, argc, argv);

    if (status < 0) {
        interrupt_install();
        scenario = read_scenario(&words);
        status = scenario != NULL && known_nodes(&words, scenario)
                     ? -1
                     : command_flush("run", EXIT_USAGE);
    }
    if (status < 0 && !words.quiet && !words.json)
        tell_first_point(&words, scenario);
    if (status < 0 && words.level != SIM_TRACE_OFF) {
        trace_path = words.output ? g_strdup(words.output) : default_trace_path(words.path);
        status = trace_path != NULL ? -1 : EXIT_USAGE;
    }
    if (status < 0)
        status = run_scenario(&words, scenario, trace_path);
    if (words.report && trace_path != NULL)
        status = write_report(&words, trace_path, status);
    words_clear(&words);
    return status;
}
