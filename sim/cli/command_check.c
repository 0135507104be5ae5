/* kettensim check: reads, builds and describes scenarios without running them. */
#include "sim/cli/command.h"
#include "sim/io/text.h"
#include "sim/cli/describe.h"
#include "sim/cli/refusal.h"
#include "sim/cli/terminal.h"

typedef struct {
    char **params;
    char *seed_text;
    gboolean json, list_params, quiet;
    char **paths;
    guint64 seed;
} Words;

#define usage(...) command_usage("check", __VA_ARGS__)

static void
words_clear(Words *words)
{
    g_strfreev(words->params);
    g_strfreev(words->paths);
    g_free(words->seed_text);
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"param", 'P', 0, G_OPTION_ARG_STRING_ARRAY, &words->params,
         "Set a parameter of the scenarios, within its range (repeatable)", "NAME=VALUE"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &words->seed_text, "Use this seed, not the file's",
         "N"},
        {"list-params", 0, 0, G_OPTION_ARG_NONE, &words->list_params,
         "Print only the parameters, and build nothing", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json,
         "Print one JSON object a file, each on its own line", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Print only errors and warnings", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->paths, NULL, NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("FILE…");

    g_option_context_set_summary(
        context, "Describes scenarios without running them: the network and its links, what\n"
                 "happens when, what is judged, and the parameters. Warns of what its author can\n"
                 "hardly mean, such as a node that bridges a cut or a mark that nothing reads.");
    g_option_context_set_description(
        context,
        "A link counts once; kinds of links count each direction. Beyond some thousand nodes the\n"
        "diameter is a lower bound, and the output says so.\n\n"
        "Examples:\n"
        "  kettensim check scenarios/partition_heal.scn\n"
        "  kettensim check scenarios/partition_heal.scn --list-params\n"
        "  kettensim check scenarios/partition_heal.scn -P side=50 --json\n"
        "  kettensim check -q scenarios/*.scn\n\n"
        "Exit status: 0 all scenarios are valid, with or without warnings; 2 usage or scenario "
        "error.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);

    if (!command_parse("check", context, &argc, &argv))
        return EXIT_USAGE;
    if (words->paths == NULL)
        return usage("no scenario: name a .scn file");
    if (words->json && words->list_params)
        return usage("--json has the parameters in it: leave --list-params out");
    return command_seed("check", words->seed_text, &words->seed) ? -1 : EXIT_USAGE;
}

static void
print_warnings(const Description *d)
{
    for (guint i = 0; i < d->warnings->len; i++)
        io_print(stderr, "%s: warning: %s\n", d->path,
                 (const char *)g_ptr_array_index(d->warnings, i));
}

static int
describe(const Words *words, const ScnScenario *scenario, const char *path)
{
    const SimBuildOptions options = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(SimWorld) world = sim_build_world(scenario, &options, &error);
    Description description;

    if (world == NULL)
        refusal_print_built(path, error->message, words->json ? REFUSAL_LINES : REFUSAL_TEXT);
    if (world == NULL && g_str_has_prefix(error->message, path)) /* the message has a place */
        return usage("%s", error->message);
    if (world == NULL)
        return usage("%s: %s", path, error->message);
    describe_init(&description, scenario, world, path);
    if (words->json)
        describe_print_json(stdout, &description);
    else if (words->quiet)
        print_warnings(&description);
    else
        describe_print(stdout, &description, terminal_has_colour(stdout));
    describe_clear(&description);
    return 0;
}

static int
check_file(const Words *words, const char *path)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const ScnOptions options = {.overrides = (const char *const *)words->params,
                                .seed_given = words->seed_text != NULL,
                                .seed = words->seed};
    g_autoptr(ScnScenario) scenario = scn_parse_file(path, &options, errors);

    if (scenario == NULL) {
        refusal_print(path, errors, words->json ? REFUSAL_LINES : REFUSAL_TEXT);
        return EXIT_USAGE;
    }
    if (!words->list_params)
        return describe(words, scenario, path);
    describe_print_params(stdout, scenario);
    return 0;
}

int
command_check(int argc, char **argv)
{
    Words words = {.params = NULL};
    int status = parse_words(&words, argc, argv);

    if (status < 0) {
        bool text = !words.json && !words.quiet;

        status = 0;
        for (char **path = words.paths; *path != NULL; path++) {
            if (text && path != words.paths)
                putchar('\n');
            if (words.list_params && words.paths[1] != NULL)
                io_print(stdout, "%s\n", *path);
            if (check_file(&words, *path) != 0)
                status = EXIT_USAGE;
        }
        status = command_flush("check", status);
    }
    words_clear(&words);
    return status;
}
