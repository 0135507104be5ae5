/* kettensim replay: runs a trace again and checks that the results are the same. */
#include "sim/io/text.h"
#include "sim/cli/command.h"
#include "sim/cli/diff_text.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/terminal.h"
#include "sim/run/replay.h"

#include <glib/gstdio.h>
#include <string.h>

#define usage(...) command_usage("replay", __VA_ARGS__)

typedef struct {
    gboolean quiet;
    char *path;
} Words;

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print only differences", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("TRACE.db");

    g_option_context_set_summary(
        context, "Runs a trace again from its own contents, and compares digest and outcome.");
    g_option_context_set_description(
        context,
        "The command reads scenario, includes, parameters and seed from the trace, and nothing\n"
        "from other files. If the digest differs, it traces the run again at the trace's level\n"
        "and shows the first event that differs.\n\n"
        "Examples:\n"
        "  kettensim run scenarios/partition_heal.scn --seed 7\n"
        "  kettensim replay out/partition_heal.db\n\n"
        "Exit status: 0 the same; 3 different; 2 usage, or a file that is no trace; 4 a full\n"
        "disk; 5 an assertion failed; 130 interrupted.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

static bool
on_poll(void *user, SimTime now, uint64_t events)
{
    terminal_progress_show(user, now, events);
    return !interrupt_asked();
}

/* --- when it differs ---------------------------------------------------------------------- */

static bool
on_quiet_poll(void *user, SimTime now, uint64_t events)
{
    (void)user;
    (void)now;
    (void)events;
    return !interrupt_asked();
}

/* Writes a new trace to `path` and compares. Returns false with an error, or if interrupted. */
static bool
show_first(SimTraceReader *trace, SimReplay *replay, const Words *words, const char *path,
           GError **error)
{
    const SimRunOptions options = {.poll = on_quiet_poll};
    g_autoptr(SimRun) run = sim_replay_run(replay, &options, path, error);
    bool whole = run != NULL && sim_run_status(run) != SIM_STATUS_INTERRUPTED;
    g_autoptr(SimTraceReader) again = whole ? sim_trace_reader_open(path, error) : NULL;
    g_auto(SimTraceDiff) diff = {.same = false};

    if (again == NULL || !sim_trace_compare(trace, again, &diff, error))
        return false;
    diff_print(stdout, &diff, words->path, "this replay");
    return true;
}

static int
show_difference(SimTraceReader *trace, SimReplay *replay, const Words *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("kettensim-replay-XXXXXX", &error);
    g_autofree char *path = folder ? g_build_filename(folder, "again.db", NULL) : NULL;
    bool shown;

    if (folder == NULL)
        return command_fail("replay", error);
    shown = show_first(trace, replay, words, path, &error);
    g_unlink(path);
    g_rmdir(folder);
    if (!shown && error == NULL)
        return EXIT_INTERRUPTED;
    return shown ? command_flush("replay", EXIT_DIFFERS) : command_fail("replay", error);
}

/* --- the replay --------------------------------------------------------------------------- */

static void
tell_version(const SimTraceHead *head)
{
    g_autofree char *version = io_printable(head->version);

    if (strcmp(head->version, KETTENSIM_VERSION) != 0)
        fprintf(stderr, "kettensim replay: the trace is of kettensim %s, this is %s\n", version,
                KETTENSIM_VERSION);
}

static SimRun *
run_again(const SimReplay *replay, const Words *words, GError **error)
{
    TerminalProgress progress;
    const SimRunOptions options = {.poll = on_poll, .poll_user = &progress};
    SimRun *run;

    terminal_progress_init(&progress, sim_replay_scenario(replay)->duration_ns, words->quiet);
    run = sim_replay_run((SimReplay *)replay, &options, NULL, error);
    terminal_progress_clear(&progress);
    return run;
}

static int
judge(SimTraceReader *trace, SimReplay *replay, const SimRun *run, const Words *words)
{
    const SimTraceHead *head = sim_trace_reader_head(trace);
    bool same = strcmp(sim_run_digest(run), head->digest) == 0;
    bool outcome = strcmp(sim_run_outcome(run), head->outcome) == 0;
    const char *status = sim_run_status_name(sim_run_status(run));

    if (same && outcome && strcmp(status, head->status) == 0) {
        if (!words->quiet)
            printf("the same: %s, digest %s\n", status, sim_run_digest(run));
        return command_flush("replay", 0);
    }
    printf("it differs: digest  %s in the trace, %s now\n", head->digest, sim_run_digest(run));
    printf("            outcome %s in the trace, %s now\n", head->outcome, sim_run_outcome(run));
    return show_difference(trace, replay, words);
}

static int
replay_trace(const Words *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(SimTraceReader) trace = sim_trace_reader_open(words->path, &error);
    g_autoptr(SimReplay) replay = NULL;
    g_autoptr(SimRun) run = NULL;

    if (trace == NULL)
        return command_fail("replay", error);
    if (g_strcmp0(sim_trace_reader_head(trace)->status,
                  sim_run_status_name(SIM_STATUS_INTERRUPTED)) == 0)
        return usage("the run in '%s' was interrupted: a whole run alone can be compared; "
                     "'kettensim show' shows what there is",
                     words->path);
    if (sim_trace_reader_head(trace)->speed_ppb > 0)
        return usage("'%s' is of a live run, and processes cannot be run the same again; "
                     "'kettensim run' simulates its scenario",
                     words->path);
    tell_version(sim_trace_reader_head(trace));
    replay = sim_replay_new(trace, errors, &error);
    if (replay == NULL && error != NULL)
        return command_fail("replay", error);
    if (replay == NULL) {
        usage("the scenario in '%s' is not one that this kettensim runs:", words->path);
        scn_errors_print(errors, stderr, terminal_has_colour(stderr));
        return EXIT_USAGE;
    }
    run = run_again(replay, words, &error);
    if (run == NULL)
        return command_fail("replay", error);
    if (sim_run_status(run) == SIM_STATUS_INTERRUPTED)
        return EXIT_INTERRUPTED;
    return judge(trace, replay, run, words);
}

int
command_replay(int argc, char **argv)
{
    Words words = {.path = NULL};
    g_autoptr(GOptionContext) context = context_new(&words);

    if (!command_parse("replay", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc != 2)
        return usage("one trace is due, and %d came", argc - 1);
    words.path = argv[1];
    interrupt_install();
    return replay_trace(&words);
}
