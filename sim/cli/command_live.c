/* kettensim live: a scenario on real processes, judged as a simulation is. */
#define _GNU_SOURCE /* nftw() */
#include "sim/cli/command.h"

#include "sim/cli/interrupt.h"
#include "sim/cli/live_limits.h"
#include "sim/cli/live_stage.h"
#include "sim/cli/refusal.h"
#include "sim/cli/summary.h"
#include "sim/cli/terminal.h"
#include "sim/io/text.h"
#include "sim/live/namespace.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 1
#define MEMORY_FOLDER "/dev/shm"
#define TOLERANCE_NS (50 * SIM_MS)

typedef struct {
    char **params;
    char *seed, *speed, *output, *trace, *keep, *tolerance, *net, *path;
    gboolean json, quiet, log;
    bool has_links;
    char *no_links; /* why not; NULL if nobody wanted them */
    SimTraceLevel level;
    uint32_t speed_milli;
    gint64 tolerance_ns; /* real */
    ScnScenario *scenario;
} Words;

#define usage(...) command_usage("live", __VA_ARGS__)

/* --- words -------------------------------------------------------------------------------- */

static void
words_clear(Words *words)
{
    g_strfreev(words->params);
    g_free(words->seed);
    g_free(words->speed);
    g_free(words->output);
    g_free(words->trace);
    g_free(words->keep);
    g_free(words->tolerance);
    g_free(words->net);
    g_free(words->no_links);
    g_free(words->path);
    g_clear_pointer(&words->scenario, scn_scenario_free);
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"param", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->params,
         "Set a parameter of the scenario, within its range (repeatable)", "NAME=VALUE"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &words->seed, "Use this seed, not the file's", "N"},
        {"speed", 0, 0, G_OPTION_ARG_STRING, &words->speed,
         "Let the chain's time pass so fast: 60 makes a minute a second (default: 1)", "N"},
        {"net", 0, 0, G_OPTION_ARG_STRING, &words->net,
         "links: a network namespace for each node, with the scenario's latency, loss, rates and "
         "cuts; loopback; auto (default): links where the machine allows it",
         "KIND"},
        {"tolerance", 0, 0, G_OPTION_ARG_STRING, &words->tolerance,
         "Give each expect so much more real time to hold (default: 50ms)", "TIME"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
         "Write the trace to this file (default: none)", "FILE"},
        {"trace", 0, 0, G_OPTION_ARG_STRING, &words->trace,
         "How much to trace: summary or consensus (default)", "LEVEL"},
        {"keep", 0, 0, G_OPTION_ARG_FILENAME, &words->keep,
         "Keep the nodes' records and output in this folder, which is new", "DIR"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print failures only", NULL},
        {"log", 0, 0, G_OPTION_ARG_NONE, &words->log, "Print one line an event on stderr", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("FILE");

    g_option_context_set_summary(context, "Runs a scenario on a process for each node.");
    g_option_context_set_description(
        context,
        "The nodes talk over TCP, on ports from 8001 up. The scenario's actions are done to the\n"
        "processes at their times: a crash is a kill, a pause stops the process. Where the\n"
        "machine has network namespaces, packets have the scenario's latency, loss and rate, and\n"
        "a cut loses them; else the nodes are on the loopback, and a cut closes connections. The\n"
        "checks are judged by what the processes tell. A live run is no simulation: times differ\n"
        "from run to run, and --speed multiplies the machine's own time, some 0.3 to 1 ms a "
        "hop.\n\n"
        "Examples:\n"
        "  kettensim live scenarios/three_nodes.scn\n"
        "  kettensim live scenarios/partition_heal.scn --speed 60 -o /tmp/live.db\n\n"
        "Exit status: as that of 'kettensim run'.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

static bool
parse_numbers(Words *words, ScnOptions *options)
{
    words->speed_milli = LIVE_SPEED_UNIT;
    words->tolerance_ns = TOLERANCE_NS;
    words->level = SIM_TRACE_CONSENSUS;
    if (words->speed != NULL && !live_clock_parse_speed(words->speed, &words->speed_milli)) {
        usage("--speed '%s' is no number from 0.001 to 1000", words->speed);
        return false;
    }
    if (words->tolerance != NULL &&
        !command_time("live", "--tolerance", words->tolerance, &words->tolerance_ns))
        return false;
    if (words->trace != NULL && (!sim_trace_level_parse(&words->level, words->trace) ||
                                 words->level == SIM_TRACE_OFF || words->level == SIM_TRACE_FULL)) {
        usage("--trace '%s': write summary or consensus; processes tell of no single message",
              words->trace);
        return false;
    }
    options->seed_given = words->seed != NULL;
    return command_seed("live", words->seed, &options->seed);
}

/* Decides whether the links of the scenario are applied. */
static bool
choose_net(Words *words)
{
    g_autoptr(GError) error = NULL;
    bool is_auto = words->net == NULL || strcmp(words->net, "auto") == 0;

    if (!is_auto && strcmp(words->net, "loopback") == 0)
        return true;
    if (!is_auto && strcmp(words->net, "links") != 0) {
        usage("--net '%s': write links, loopback or auto", words->net);
        return false;
    }
    words->has_links = live_namespace_prepare(&error);
    if (words->has_links)
        return true;
    words->no_links = g_strdup(error->message);
    if (!is_auto)
        usage("--net links: %s", error->message);
    return is_auto;
}

static bool
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnOptions options = {0};
    g_autofree char *cannot = NULL;

    if (!command_parse("live", context, &argc, &argv))
        return false;
    if (argc != 2) {
        usage("name one scenario");
        return false;
    }
    words->path = g_strdup(argv[1]);
    options.overrides = (const char *const *)words->params;
    if (!parse_numbers(words, &options))
        return false;
    words->scenario = scn_parse_file(words->path, &options, errors);
    if (words->scenario == NULL) {
        refusal_print(words->path, errors, words->json ? REFUSAL_JSON : REFUSAL_TEXT);
        return false;
    }
    if (!choose_net(words))
        return false;
    cannot = live_limits_find(words->scenario, words->has_links);
    if (cannot != NULL)
        usage("%s", cannot);
    return cannot == NULL;
}

/* --- folders ------------------------------------------------------------------------------ */

static int
remove_one(const char *path, const struct stat *state, int type, struct FTW *walk)
{
    (void)state, (void)type, (void)walk;
    (void)g_remove(path);
    return 0;
}

/* Returns where folders go that nobody keeps: in memory if it can be, since nodes sync what they
 * write and a disk would take its time. */
static const char *
base_folder(void)
{
    return g_access(MEMORY_FOLDER, W_OK | X_OK) == 0 ? MEMORY_FOLDER : g_get_tmp_dir();
}

/* Returns the folder of the nodes, which is new; NULL after a message. */
static char *
make_folder(const Words *words)
{
    char *folder = words->keep != NULL ? g_strdup(words->keep)
                                       : g_build_filename(base_folder(), "kettensim-XXXXXX", NULL);

    if (words->keep != NULL ? g_mkdir(folder, 0777) == 0 : g_mkdtemp(folder) != NULL)
        return folder;
    usage("cannot make the folder '%s': %s", folder, g_strerror(errno));
    g_free(folder);
    return NULL;
}

/* --- the run ------------------------------------------------------------------------------ */

typedef struct {
    const Words *words;
    LiveStage *stage;
    SimRun *run;
    TerminalProgress progress;
} Live;

static bool
on_instant(void *user)
{
    live_stage_connect(((Live *)user)->stage);
    return false;
}

/* Lets the run follow the processes to its end. Returns false with an error. */
static bool
follow(Live *live, GError **error)
{
    SimEngine *engine = sim_world_engine(sim_run_world(live->run));
    SimTime end = live->words->scenario->duration_ns > 0 ? live->words->scenario->duration_ns
                                                         : SIM_TIME_NEVER - 1;

    for (;;) {
        SimTime now;

        if (!live_stage_pump(live->stage, TICK_MS, error))
            return false;
        if (interrupt_asked())
            sim_run_interrupt(live->run);
        now = MIN(live_stage_now(live->stage), end);
        if (!sim_run_until(live->run, now))
            return true;
        terminal_progress_show(&live->progress, now, sim_run_events(live->run));
        if (sim_engine_now(engine) < now || now >= end) /* 'stop when', or the end */
            return live_stage_compare(live->stage, error);
    }
}

static bool
run_live(Live *live, GError **error)
{
    sim_run_set_probe(live->run, on_instant, live);
    if (!live_stage_prepare(live->stage, sim_run_world(live->run), error))
        return false;
    sim_run_start(live->run);
    return live_stage_begin(live->stage, error) && follow(live, error);
}

static void
print_place(const Live *live)
{
    const Words *words = live->words;
    g_autofree char *left_out = live_limits_left_out(words->scenario, words->has_links);
    g_autofree char *place = live_stage_addresses(live->stage);

    printf("\n  live    %u processes, %s, %g times real time, with %s\n",
           words->scenario->nodes->len, place, (double)words->speed_milli / LIVE_SPEED_UNIT,
           words->has_links ? "the scenario's links" : "the loopback's links");
    if (words->speed_milli > 2 * LIVE_SPEED_UNIT)
        printf("          a millisecond of the machine is %g ms here\n",
               (double)words->speed_milli / LIVE_SPEED_UNIT);
    if (words->no_links != NULL)
        io_print(stdout, "          over the loopback, because this machine allows %s\n",
                 words->no_links);
    if (left_out != NULL)
        printf("          left out: %s\n", left_out);
}

/* Returns the options with which the same may come again. */
static char *
same_options(const Words *words)
{
    g_autofree char *speed = words->speed ? g_strconcat(" --speed ", words->speed, NULL) : NULL;
    g_autofree char *net = words->net ? g_strconcat(" --net ", words->net, NULL) : NULL;
    g_autofree char *tolerance =
        words->tolerance ? g_strconcat(" --tolerance ", words->tolerance, NULL) : NULL;

    return g_strdup_printf("%s%s%s", speed ? speed : "", net ? net : "",
                           tolerance ? tolerance : "");
}

static int
report(const Live *live, double seconds)
{
    const Words *words = live->words;

    if (sim_run_status(live->run) == SIM_STATUS_INTERRUPTED) {
        usage("interrupted");
        return EXIT_INTERRUPTED;
    }
    if (words->json) {
        summary_print_json(stdout, live->run, words->path, NULL);
    } else if (!words->quiet) {
        summary_print(stdout, live->run, words->output, seconds, terminal_has_colour(stdout));
        print_place(live);
    }
    {
        g_autofree char *options = same_options(words);

        summary_print_failures(stderr, live->run, words->path, options);
    }
    return command_flush("live", sim_run_exit_status(sim_run_status(live->run)));
}

static int
run_scenario(const Words *words, LiveStage *stage)
{
    const SimLogOptions log = {stderr, NULL, NULL};
    const SimRunOptions options = {
        .live_speed_ppb = (uint64_t)words->speed_milli * (1000000000 / LIVE_SPEED_UNIT),
        .tolerance_ns = words->tolerance_ns / LIVE_SPEED_UNIT * words->speed_milli,
        .build = {.remote = live_stage_remote(stage)},
        .scenario_name = words->path,
        .trace_path = words->output,
        .trace_level = words->level,
        .log = words->log ? &log : NULL,
    };
    Live live = {.words = words, .stage = stage};
    g_autoptr(GError) error = NULL;
    int64_t started_us = g_get_monotonic_time();
    int status = EXIT_USAGE;

    live.run = sim_run_new(words->scenario, &options, &error);
    if (live.run == NULL)
        return command_fail("live", error);
    terminal_progress_init(&live.progress, words->scenario->duration_ns,
                           words->quiet || words->json || words->log);
    if (!run_live(&live, &error) || !sim_run_finish(live.run, &error)) {
        terminal_progress_clear(&live.progress);
        usage("%s", error->message);
    } else {
        terminal_progress_clear(&live.progress);
        status = report(&live, (double)(g_get_monotonic_time() - started_us) / 1e6);
    }
    sim_run_free(live.run);
    return status;
}

int
command_live(int argc, char **argv)
{
    Words words = {.params = NULL};
    g_autofree char *folder = NULL;
    int status = EXIT_USAGE;

    if (parse_words(&words, argc, argv))
        folder = make_folder(&words);
    if (folder != NULL) {
        const LiveStageSpec spec = {words.scenario, words.path,        words.params,
                                    folder,         words.speed_milli, words.has_links};
        g_autoptr(GError) error = NULL;
        LiveStage *stage = live_stage_new(&spec, &error);

        interrupt_install();
        if (stage != NULL)
            status = run_scenario(&words, stage);
        else
            usage("%s", error->message);
        live_stage_free(stage);
        if (words.keep == NULL)
            (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
    words_clear(&words);
    return status;
}
