/* kettensim explore: draws faults, runs, and hands over the smallest scenario that shows what went
 * wrong. */
#include "sim/cli/command.h"

#include "sim/cli/interrupt.h"
#include "sim/io/json.h"
#include "sim/cli/search.h"
#include "sim/cli/terminal.h"
#include "sim/io/output.h"
#include "sim/io/text.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define usage(...) command_usage("explore", __VA_ARGS__)
#define NOT_GIVEN G_MININT64
#define MODES_EVERY 50 /* runs between two that are compared isolated and over the wire */
#define SAVE_EVERY_US 2000000

typedef struct {
    char **params, **paths;
    char *seed_text, *time_text, *folder, *guide_text, *jobs;
    gint64 runs, time_ns;
    guint width;
    guint64 seed;
    SearchGuide guide;
    gboolean keep_going, json, quiet, no_model, resume, fresh;
} Words;

typedef struct {
    Words words;
    const char *path;
    ExploreBase *base;
    Search search;
    Trier trier;
    guint64 begun_before; /* runs of earlier sessions of this search */
    guint64 shrinking;    /* runs that making small has taken; 0: the search goes on */
    gint64 started_us, saved_us;
    TerminalProgress progress;
    bool is_interrupted;
} Explore;

/* --- words -------------------------------------------------------------------------------- */

static void
words_clear(Words *words)
{
    g_strfreev(words->params);
    g_strfreev(words->paths);
    g_free(words->seed_text);
    g_free(words->jobs);
    g_free(words->time_text);
    g_free(words->guide_text);
    g_free(words->folder);
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"runs", 'n', 0, G_OPTION_ARG_INT64, &words->runs, "Do this many runs (default: 1000)",
         "N"},
        {"time", 't', 0, G_OPTION_ARG_STRING, &words->time_text,
         "Search this long in real time, as 10m, instead", "T"},
        {"jobs", 'j', 0, G_OPTION_ARG_STRING, &words->jobs,
         "Run this many at a time (default: one a core)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &words->seed_text, "Seed of the search (default: 1)",
         "N"},
        {"param", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->params, "Set a parameter (repeatable)",
         "NAME=VALUE"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->folder,
         "Write what was found to this folder (default: out/<scenario>.explored)", "DIR"},
        {"resume", 0, 0, G_OPTION_ARG_NONE, &words->resume,
         "Go on with the search whose folder this is", NULL},
        {"fresh", 0, 0, G_OPTION_ARG_NONE, &words->fresh,
         "Begin anew in the folder of an earlier search", NULL},
        {"keep-going", 'k', 0, G_OPTION_ARG_NONE, &words->keep_going,
         "Go on after the first failure", NULL},
        {"guide", 0, 0, G_OPTION_ARG_STRING, &words->guide_text,
         "What guides the search: uniform, swarm (default), novelty, branch", "GUIDE"},
        {"no-model", 0, 0, G_OPTION_ARG_NONE, &words->no_model,
         "Do not compare nodes with the reference model", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print failures only", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->paths, NULL, "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(
        context, "Runs a scenario under faults drawn at random, and makes small what fails.");
    g_option_context_set_description(
        context,
        "A run fails by a check of the file (always, never, finally), by an audit of a node, by\n"
        "the books of the network, if a node thinks otherwise than the reference model, by an\n"
        "assertion, or if it does not recover: when the faults have ended and mining has\n"
        "stopped, all nodes must agree, and nothing may be left open. The line explore of the\n"
        "file says which faults and when; see docs/explore.md.\n\n"
        "Examples:\n"
        "  kettensim explore scenarios/partition_heal.scn --runs 500\n"
        "  kettensim explore scenarios/load.scn --time 10m --keep-going --seed 7\n"
        "  kettensim explore scenarios/load.scn --time 10m --keep-going --seed 7 --resume\n\n"
        "Exit status: 0 nothing was found; 1 something was; 2 usage or scenario error;\n"
        "4 a full disk; 130 interrupted.\n");
    return context;
}

/* Reads a number of the search's options. Returns an exit status, or -1 to go on. */
static int
check_words(Words *words)
{
    if (!command_is_one("explore", words->paths))
        return EXIT_USAGE;
    if (words->time_text != NULL &&
        !command_time("explore", "--time", words->time_text, &words->time_ns))
        return EXIT_USAGE;
    if (words->time_text != NULL && words->runs != NOT_GIVEN)
        return usage("--runs and --time exclude each other");
    if (words->runs <= 0 && words->runs != NOT_GIVEN)
        return usage("--runs is a number above 0");
    if (words->time_text != NULL && words->time_ns == 0)
        return usage("--time is above 0");
    if (words->runs == NOT_GIVEN)
        words->runs = words->time_text != NULL ? G_MAXINT64 : 1000;
    words->seed = 1;
    if (!command_seed("explore", words->seed_text, &words->seed) ||
        !command_jobs("explore", words->jobs, &words->width))
        return EXIT_USAGE;
    words->guide = SEARCH_UNIFORM;
    if (words->guide_text == NULL)
        words->guide = SEARCH_SWARM;
    else if (!g_strv_contains(search_guide_names, words->guide_text))
        return usage("--guide is uniform, swarm, novelty or branch");
    else
        while (strcmp(search_guide_names[words->guide], words->guide_text) != 0)
            words->guide++;
    return -1;
}

static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);

    words->runs = NOT_GIVEN;
    return command_parse("explore", context, &argc, &argv) ? check_words(words) : EXIT_USAGE;
}

/* --- progress ----------------------------------------------------------------------------- */

static gint64
elapsed_ns(const Explore *explore)
{
    return (g_get_monotonic_time() - explore->started_us) * 1000;
}

static bool
is_late(void *user)
{
    const Explore *explore = user;

    return explore->shrinking == 0 && explore->words.time_text != NULL &&
           elapsed_ns(explore) >= explore->words.time_ns;
}

/* Returns how long the search still takes, as far as can be told. */
static double
seconds_left(const Explore *explore, guint64 runs)
{
    const Words *words = &explore->words;
    double seconds = (double)elapsed_ns(explore) / 1e9;

    if (words->time_text != NULL)
        return MAX((double)words->time_ns / 1e9 - seconds, 0);
    return seconds / (double)MAX(runs - explore->begun_before, 1) *
           (double)(words->runs - (gint64)MIN(runs, (guint64)words->runs));
}

static void
on_tick(void *user, guint64 begun)
{
    Explore *explore = user;
    guint64 runs = explore->search.done + begun;
    double seconds = MAX((double)elapsed_ns(explore) / 1e9, 0.001);

    g_autofree char *done = io_count(explore->shrinking > 0 ? explore->shrinking : runs, "run");
    g_autofree char *left = terminal_duration(seconds_left(explore, runs));
    g_autofree char *states = io_count(explore->search.states->len, "state");
    g_autofree char *failures = io_count(explore->search.found->len, "failure");

    if (explore->shrinking > 0)
        terminal_progress_tell(&explore->progress, "shrinking: %s", done);
    else
        terminal_progress_tell(&explore->progress, "%s, %.3g a second, %s, %s, %s left", done,
                               (double)(runs - explore->begun_before) / seconds, states, failures,
                               left);
}

/* --- what was found ----------------------------------------------------------------------- */

static void
print_finding(const Explore *explore, const Finding *finding)
{
    g_autofree char *faults = io_count(finding->faults, "fault");
    g_autofree char *lines = io_count(finding->lines, "statement");

    if (explore->words.json)
        return;
    io_print(stdout, "found in run %" G_GUINT64_FORMAT " (%s): %s\n%s  %s: %s, %s\n",
             finding->run + 1, explore_class_name(finding->verdict.class), finding->verdict.what,
             finding->verdict.detail, finding->path, faults, lines);
    fflush(stdout);
}

static char *
path_of_finding(const Explore *explore)
{
    g_autofree char *base = g_path_get_basename(explore->path), *name = NULL;

    if (g_str_has_suffix(base, ".scn"))
        base[strlen(base) - 4] = '\0';
    name = g_strdup_printf("%s-%u.scn", base, explore->search.found->len + 1);
    return g_build_filename(explore->words.folder, name, NULL);
}

/* Makes a failure small and writes it. Returns 0, or an exit status. */
static int
add_finding(Explore *explore, const GPtrArray *plan, const ExploreVerdict *verdict, guint64 run)
{
    g_autoptr(ExploreShrink) shrink = explore_shrink_new(explore->base, plan);
    const char *inputs[] = {explore->path, NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_path_get_basename(explore->path);
    g_autofree char *origin = NULL;
    Finding *finding = g_new0(Finding, 1);
    bool whole;

    *finding = (Finding){.verdict = {.class = verdict->class,
                                     .what = g_strdup(verdict->what),
                                     .detail = g_strdup(verdict->detail)},
                         .run = run,
                         .times = 1,
                         .path = path_of_finding(explore)};
    explore->shrinking = 1;
    whole = finding_shrink(finding, &explore->trier, shrink, &explore->shrinking);
    explore->is_interrupted = explore->trier.is_interrupted;
    if (!whole && !explore->is_interrupted) {
        finding_free(finding);
        return EXIT_LIMIT;
    }
    terminal_progress_clear(&explore->progress);
    origin = g_strdup_printf("Found in %s with --seed %" G_GUINT64_FORMAT ", run %" G_GUINT64_FORMAT
                             ".%s",
                             name, explore->search.seed, run + 1,
                             whole ? "" : " Shrinking was interrupted: it could be smaller.");
    if (!finding_write(finding, &explore->trier, shrink, origin, inputs, &error)) {
        finding_free(finding);
        return command_fail("explore", error);
    }
    explore->shrinking = 0;
    print_finding(explore, finding);
    g_ptr_array_add(explore->search.found, finding);
    return explore->is_interrupted ? EXIT_INTERRUPTED : 0;
}

/* --- the search --------------------------------------------------------------------------- */

static char *
path_of_search(const Explore *explore)
{
    return g_build_filename(explore->words.folder, "search", NULL);
}

static int
save(Explore *explore)
{
    g_autofree char *path = path_of_search(explore);
    g_autoptr(GError) error = NULL;

    if (g_mkdir_with_parents(explore->words.folder, 0777) != 0)
        io_set_errno(&error, explore->words.folder, errno);
    else if (search_save(&explore->search, path, &error))
        explore->saved_us = g_get_monotonic_time();
    return error != NULL ? command_fail("explore", error) : 0;
}

/* No plan that was drawn is like this, only one that was read. */
static int
refuse_plan(const Explore *explore, const ExploreVerdict *verdict)
{
    g_autofree char *path = path_of_search(explore);

    io_print(stderr, "%s is damaged: leave --resume out to begin anew\n%s", path, verdict->detail);
    return EXIT_USAGE;
}

/* Takes the round over, in order of runs; results are copied, because shrinking tries others. */
static int
judge_round(Explore *explore)
{
    Trier round = explore->trier;
    int status = 0;

    explore->trier.texts = NULL;
    explore->trier.results = NULL;
    explore->trier.has_result = NULL;
    for (guint i = 0; i < round.texts->len; i++) {
        if (!round.has_result[i] || status == EXIT_USAGE)
            continue;
        if (round.results[i].class == EXPLORE_BAD && explore->words.resume)
            status = refuse_plan(explore, &round.results[i]);
        else if (search_judge(&explore->search, i, &round.results[i]) && status == 0)
            status = add_finding(explore, g_ptr_array_index(explore->search.plans, i),
                                 &round.results[i], explore->search.done - 1);
    }
    trier_forget(&round);
    return status;
}

static bool
is_over(Explore *explore)
{
    return explore->search.done >= (guint64)explore->words.runs || is_late(explore) ||
           (explore->search.found->len > 0 && !explore->words.keep_going);
}

static void
prepare_round(Explore *explore)
{
    explore->trier.first = explore->search.done;
    explore->trier.modes_every = MODES_EVERY;
    explore->trier.how = (ExploreTrial){.modes = true,
                                        .model = explore->search.has_model,
                                        .states = explore->search.guide >= SEARCH_NOVELTY};
}

static bool
has_failure(const Trier *trier)
{
    for (guint i = 0; i < trier->texts->len; i++) {
        if (trier->has_result[i] && trier->results[i].class != EXPLORE_HELD)
            return true;
    }
    return false;
}

/* Does a round. Before it makes a failure small, which takes long, and when it is interrupted, the
 * search is saved as it was before the round: from there it goes on as if it had never stopped. */
static int
do_round(Explore *explore)
{
    GPtrArray *texts =
        search_draw(&explore->search, (guint64)explore->words.runs - explore->search.done);
    int status = 0;
    bool whole;

    prepare_round(explore);
    whole = trier_run(&explore->trier, texts);
    if (!whole && !explore->trier.is_interrupted)
        return EXIT_LIMIT;
    explore->is_interrupted = explore->trier.is_interrupted;
    if (!whole || has_failure(&explore->trier))
        status = save(explore);
    if (status == 0)
        status = judge_round(explore);
    return explore->is_interrupted ? MAX(status, EXIT_INTERRUPTED) : status;
}

static int
search(Explore *explore)
{
    int status = 0;

    while (status == 0 && !is_over(explore)) {
        status = do_round(explore);
        if (status == 0 && g_get_monotonic_time() - explore->saved_us >= SAVE_EVERY_US)
            status = save(explore);
    }
    terminal_progress_clear(&explore->progress);
    if (status == 0)
        status = save(explore);
    return status;
}

/* Tells that the base fails as a search runs it, and writes that down. */
static int
tell_base(const Explore *explore, const ExploreVerdict *verdict)
{
    g_autoptr(GPtrArray) none = explore_plan_new();
    g_autofree char *text = explore_plan_text(explore->base, none, NULL);
    g_autofree char *path = g_build_filename(explore->words.folder, "base.scn", NULL);
    g_autofree char *quoted = g_shell_quote(path);
    g_autofree char *until = scn_time_text(explore->base->bounds.until_ns);
    g_autofree char *settle = scn_time_text(explore->base->bounds.settle_ns);
    const char *inputs[] = {explore->path, NULL};
    g_autoptr(GError) error = NULL;

    if (g_mkdir_with_parents(explore->words.folder, 0777) != 0)
        io_set_errno(&error, explore->words.folder, errno);
    else
        io_output_write(path, text, inputs, &error);
    if (error != NULL)
        return command_fail("explore", error);
    io_print(stderr,
             "%s: it fails without faults: %s\n%sA search stops mining at %s and lets the network "
             "settle for %s; then all nodes must agree. The line 'explore' says when, and with "
             "recovery=no they need not agree. The lines are those of %s.\n"
             "  reproduce: kettensim run %s\n",
             explore->path, verdict->what, verdict->detail, until, settle, path, quoted);
    return 1;
}

/* Runs the base without faults: what fails then is no find. */
static int
check_base(Explore *explore, const ScnScenario *scenario)
{
    g_autoptr(GPtrArray) none = explore_plan_new();
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    int status = 0;

    g_ptr_array_add(texts, explore_plan_text(explore->base, none, NULL));
    prepare_round(explore);
    if (!trier_run(&explore->trier, texts)) {
        explore->is_interrupted = explore->trier.is_interrupted;
        status = explore->is_interrupted ? EXIT_INTERRUPTED : EXIT_LIMIT;
    } else if (explore->trier.results[0].class != EXPLORE_HELD) {
        status = tell_base(explore, &explore->trier.results[0]);
    } else {
        explore_base_limit(explore->base, scenario, explore->trier.results[0].events);
    }
    trier_forget(&explore->trier);
    return status;
}

/* --- the end ------------------------------------------------------------------------------ */

static void
print_json(const Explore *explore)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    const Search *search = &explore->search;

    json_builder_begin_object(builder);
    io_json_member_text(builder, "scenario", explore->path);
    io_json_member_int(builder, "seed", (gint64)search->seed);
    io_json_member_text(builder, "guide", search_guide_names[search->guide]);
    io_json_member_int(builder, "runs", (gint64)search->done);
    io_json_member_int(builder, "states", search->states->len);
    io_json_member_array(builder, "failures");
    for (guint i = 0; i < search->found->len; i++) {
        const Finding *finding = g_ptr_array_index(search->found, i);

        json_builder_begin_object(builder);
        io_json_member_text(builder, "class", explore_class_name(finding->verdict.class));
        io_json_member_text(builder, "what", finding->verdict.what);
        io_json_member_text(builder, "file", finding->path);
        io_json_member_int(builder, "run", (gint64)finding->run + 1);
        io_json_member_int(builder, "times", (gint64)finding->times);
        io_json_member_int(builder, "faults", finding->faults);
        io_json_member_int(builder, "statements", finding->lines);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    io_json_print(builder, stdout, true);
}

static void
print_end(const Explore *explore)
{
    const Search *search = &explore->search;
    g_autofree char *runs = io_count(search->done - explore->begun_before, "run");
    g_autofree char *states = io_count(search->states->len, "state");

    if (explore->is_interrupted)
        io_print(stderr,
                 "kettensim explore: interrupted; the same command with --resume goes on\n");
    if (explore->words.json)
        print_json(explore);
    else if (!explore->words.quiet)
        io_print(stdout, "%s in %.3g s, %s, kinds of failures: %u (seed %" G_GUINT64_FORMAT ")\n",
                 runs, (double)elapsed_ns(explore) / 1e9, states, search->found->len, search->seed);
}

/* Reads an earlier search back. Returns 0, or an exit status. */
static int
resume(Explore *explore)
{
    g_autofree char *path = path_of_search(explore);
    g_autoptr(GError) error = NULL;

    if (!search_load(&explore->search, path, &error))
        return command_fail("explore", error);
    explore->begun_before = explore->search.done;
    if (!explore->words.quiet && !explore->words.json)
        io_print(stdout, "resumes after %" G_GUINT64_FORMAT " run%s\n", explore->search.done,
                 explore->search.done == 1 ? "" : "s");
    return 0;
}

static void
set_defaults(Explore *explore)
{
    Words *words = &explore->words;
    g_autofree char *name = g_path_get_basename(explore->path);

    if (g_str_has_suffix(name, ".scn"))
        name[strlen(name) - 4] = '\0';
    if (words->folder == NULL)
        words->folder = g_strdup_printf("out/%s.explored", name);
    explore->trier = (Trier){
        .path = explore->path,
        .width = words->width,
        .is_late = is_late,
        .tick = on_tick,
        .user = explore,
    };
    explore->search.guide = words->guide;
    explore->search.seed = words->seed;
    explore->search.keep_going = words->keep_going;
    explore->search.has_model = !words->no_model;
}

static int
run(Explore *explore, const ScnScenario *scenario)
{
    g_autofree char *why = NULL, *file = NULL;
    int status = 0;

    explore->base = explore_base_new(scenario, &why);
    if (explore->base == NULL)
        return usage("%s: %s", explore->path, why);
    search_init(&explore->search, explore->base);
    set_defaults(explore);
    file = path_of_search(explore);
    interrupt_install();
    explore->started_us = explore->saved_us = g_get_monotonic_time();
    terminal_progress_init(&explore->progress, 0, explore->words.quiet || explore->words.json);
    if (explore->words.resume)
        status = resume(explore);
    else if (!explore->words.fresh && g_file_test(file, G_FILE_TEST_EXISTS))
        status = usage("%s is of an earlier search: --resume goes on with it, --fresh begins anew",
                       file);
    if (status == 0)
        status = check_base(explore, scenario);
    if (status == 0)
        status = search(explore);
    if (status == 0 || status == EXIT_INTERRUPTED)
        print_end(explore);
    return status == 0 && explore->search.found->len > 0 ? 1 : status;
}

int
command_explore(int argc, char **argv)
{
    Explore explore = {.path = NULL};
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = NULL;
    int status = parse_words(&explore.words, argc, argv);

    if (status < 0) {
        const ScnOptions options = {.overrides = (const char *const *)explore.words.params,
                                    .keeps_syntax = true};

        explore.path = explore.words.paths[0];
        scenario = scn_parse_file(explore.path, &options, errors);
        if (scenario == NULL) {
            scn_errors_print(errors, stderr, terminal_has_colour(stderr));
            status = EXIT_USAGE;
        } else {
            status = command_flush("explore", run(&explore, scenario));
        }
        search_clear(&explore.search);
        explore_base_free(explore.base);
    }
    words_clear(&explore.words);
    return status;
}
