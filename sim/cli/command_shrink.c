/* kettensim shrink: makes a scenario that fails small. */
#include "sim/cli/command.h"

#include "sim/cli/finding.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/terminal.h"
#include "sim/io/text.h"

#include <stdio.h>
#include <string.h>

#define usage(...) command_usage("shrink", __VA_ARGS__)

typedef struct {
    char **params, **paths;
    char *output, *jobs;
    guint width;
    gboolean model, quiet;
} Words;

typedef struct {
    Words words;
    const char *path;
    guint64 tried;
    TerminalProgress progress;
} Shrink;

static void
words_clear(Words *words)
{
    g_strfreev(words->params);
    g_strfreev(words->paths);
    g_free(words->output);
    g_free(words->jobs);
}

static int
parse_words(Words *words, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
         "Write to this file (default: out/<scenario>-small.scn)", "FILE"},
        {"jobs", 'j', 0, G_OPTION_ARG_STRING, &words->jobs,
         "Run this many at a time (default: one a core)", "N"},
        {"param", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->params, "Set a parameter (repeatable)",
         "NAME=VALUE"},
        {"model", 0, 0, G_OPTION_ARG_NONE, &words->model, "Compare nodes with the reference model",
         NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print nothing", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->paths, NULL, "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(
        context, "Makes a scenario that fails smaller, as long as it fails in the same way.");
    g_option_context_set_description(
        context,
        "Statements, items of blocks, nodes and options are dropped, times are halved, and what\n"
        "still fails by the same check is kept. The file itself is not changed.\n\n"
        "Examples:\n"
        "  kettensim shrink mine.scn\n"
        "  kettensim shrink mine.scn --model -o small.scn\n\n"
        "Exit status: 0 it was made small, or is as small as can be; 1 it does not fail;\n"
        "2 usage or scenario error; 4 a full disk; 130 interrupted.\n");
    if (!command_parse("shrink", context, &argc, &argv))
        return EXIT_USAGE;
    return command_is_one("shrink", words->paths) &&
                   command_jobs("shrink", words->jobs, &words->width)
               ? -1
               : EXIT_USAGE;
}

static void
on_tick(void *user, guint64 begun)
{
    Shrink *shrink = user;
    g_autofree char *tried = io_count(shrink->tried, "run");

    (void)begun;
    terminal_progress_tell(&shrink->progress, "shrinking: %s", tried);
}

static void
print_result(const Finding *finding, guint64 tried)
{
    g_autofree char *lines = io_count(finding->lines, "statement");
    g_autofree char *runs = io_count(tried, "run");

    io_print(stdout, "(%s) %s\n%s  %s: %s, after %s\n", explore_class_name(finding->verdict.class),
             finding->verdict.what, finding->verdict.detail, finding->path, lines, runs);
}

static char *
default_output(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);

    if (g_str_has_suffix(name, ".scn"))
        name[strlen(name) - 4] = '\0';
    return g_strdup_printf("out/%s-small.scn", name);
}

/* Runs the file as it is, and notes how it fails. Returns 0, or an exit status. */
static int
see_it_fail(const Shrink *shrink, Trier *trier, Finding *finding, const ExploreBase *base)
{
    g_autoptr(GPtrArray) none = explore_plan_new();
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    int status = 0;

    g_ptr_array_add(texts, explore_plan_text(base, none, NULL));
    trier->how = (ExploreTrial){.model = shrink->words.model};
    if (!trier_run(trier, texts)) {
        status = trier->is_interrupted ? EXIT_INTERRUPTED : EXIT_LIMIT;
    } else if (trier->results[0].class == EXPLORE_HELD) {
        io_print(stderr, "%s: it does not fail%s\n", shrink->path,
                 shrink->words.model ? "" : "; does it with --model?");
        status = 1;
    } else if (trier->results[0].class == EXPLORE_BAD) {
        io_print(stderr, "%s: it cannot be run: %s", shrink->path, trier->results[0].detail);
        status = EXIT_USAGE;
    } else {
        finding->verdict.class = trier->results[0].class;
        finding->verdict.what = g_strdup(trier->results[0].what);
        finding->verdict.detail = g_strdup(trier->results[0].detail);
    }
    trier_forget(trier);
    return status;
}

static int
run(Shrink *shrink, const ScnScenario *scenario)
{
    g_autoptr(ExploreBase) base = explore_base_new_whole(scenario);
    g_autoptr(GPtrArray) none = explore_plan_new();
    g_autoptr(ExploreShrink) state = explore_shrink_new(base, none);
    g_autofree char *name = g_path_get_basename(shrink->path);
    g_autofree char *origin = g_strdup_printf("Made of %s by kettensim shrink.", name);
    const char *inputs[] = {shrink->path, NULL};
    g_autoptr(GError) error = NULL;
    Trier trier = {
        .path = shrink->path,
        .width = shrink->words.width,
        .tick = on_tick,
        .user = shrink,
    };
    Finding finding = {.path = shrink->words.output};
    int status = see_it_fail(shrink, &trier, &finding, base);

    if (status == 0 && !finding_shrink(&finding, &trier, state, &shrink->tried))
        status = trier.is_interrupted ? EXIT_INTERRUPTED : EXIT_LIMIT;
    terminal_progress_clear(&shrink->progress);
    if ((status == 0 || status == EXIT_INTERRUPTED) && finding.verdict.what != NULL &&
        !finding_write(&finding, &trier, state, origin, inputs, &error))
        status = command_fail("shrink", error);
    else if (status == 0 && !shrink->words.quiet)
        print_result(&finding, shrink->tried);
    explore_verdict_clear(&finding.verdict);
    return status;
}

int
command_shrink(int argc, char **argv)
{
    Shrink shrink = {.path = NULL};
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = NULL;
    int status = parse_words(&shrink.words, argc, argv);

    if (status < 0) {
        const ScnOptions options = {.overrides = (const char *const *)shrink.words.params,
                                    .keeps_syntax = true};

        shrink.path = shrink.words.paths[0];
        if (shrink.words.output == NULL)
            shrink.words.output = default_output(shrink.path);
        interrupt_install();
        terminal_progress_init(&shrink.progress, 0, shrink.words.quiet);
        scenario = scn_parse_file(shrink.path, &options, errors);
        if (scenario == NULL)
            scn_errors_print(errors, stderr, terminal_has_colour(stderr));
        status = scenario == NULL ? EXIT_USAGE : command_flush("shrink", run(&shrink, scenario));
    }
    words_clear(&shrink.words);
    return status;
}
