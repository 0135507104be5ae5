/* kettensim export: writes a trace in formats of other programs. */
#include "analysis/export.h"
#include "sim/io/output.h"
#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"

#include <string.h>

#define usage(...) command_usage("export", __VA_ARGS__)

typedef struct {
    char *format, *output, *from, *to;
    char *path;
    AnaWindow window;
} Words;

static void
words_clear(Words *words)
{
    g_free(words->format);
    g_free(words->output);
    g_free(words->from);
    g_free(words->to);
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"format", 'f', 0, G_OPTION_ARG_STRING, &words->format, "perfetto, dot, graphml or csv",
         "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
         "Write to this file (default: -, standard output); csv needs the name of a folder",
         "FILE"},
        {"from", 0, 0, G_OPTION_ARG_STRING, &words->from,
         "Export only what happened from this time (perfetto, dot)", "TIME"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &words->to,
         "Export only what happened before this time (perfetto, dot)", "TIME"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("TRACE.db --format FORMAT");

    g_option_context_set_summary(
        context,
        "Writes a trace as\n"
        "  perfetto  Chrome's trace JSON: nodes as tracks, messages as flows, faults as spans;\n"
        "            open it at ui.perfetto.dev or chrome://tracing (messages: --trace full)\n"
        "  dot       the tree of blocks for Graphviz, stale branches dashed\n"
        "  graphml   the links, as `topology file=` reads them back\n"
        "  csv       one file a table, in a folder");
    g_option_context_set_description(
        context, "Examples:\n"
                 "  kettensim export out/partition_heal.db --format dot | dot -Tsvg -o tree.svg\n"
                 "  kettensim export full.db --format perfetto --from 10m --to 11m -o trace.json\n"
                 "  kettensim export out/partition_heal.db --format csv -o tables\n\n"
                 "Exit status: 0; 2 usage, or a file that is no trace; 4 a full disk; 130\n"
                 "interrupted.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    static const char *const formats[] = {"perfetto", "dot", "graphml", "csv", NULL};
    g_autoptr(GOptionContext) context = context_new(words);

    if (!command_parse("export", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc != 2)
        return usage("one trace is due, and %d came", argc - 1);
    if (words->format == NULL || !g_strv_contains(formats, words->format))
        return usage("%s%s%s: write --format perfetto, dot, graphml or csv",
                     words->format ? "no format '" : "no format",
                     words->format ? words->format : "", words->format ? "'" : "");
    if (strcmp(words->format, "csv") == 0 &&
        (words->output == NULL || strcmp(words->output, "-") == 0))
        return usage("csv is a file a table: name a folder with --output");
    if ((words->from != NULL || words->to != NULL) && strcmp(words->format, "perfetto") != 0 &&
        strcmp(words->format, "dot") != 0)
        return usage("--from and --to are for perfetto and dot");
    words->window = (AnaWindow){0, G_MAXINT64};
    if ((words->from != NULL &&
         !command_time("export", "--from", words->from, &words->window.from_ns)) ||
        (words->to != NULL && !command_time("export", "--to", words->to, &words->window.to_ns)))
        return EXIT_USAGE;
    words->path = argv[1];
    return -1;
}

static bool
export_text(AnaDatabase *database, const Words *words, GError **error)
{
    const char *const inputs[] = {words->path, NULL};
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    bool done;

    if (!io_output_open(&output, words->output, inputs, error))
        return false;
    if (strcmp(words->format, "perfetto") == 0)
        done = ana_export_perfetto(database, words->window, output.file, error);
    else if (strcmp(words->format, "dot") == 0)
        done = ana_export_dot(database, words->window, output.file, error);
    else
        done = ana_export_graphml(database, output.file, error);
    return done && io_output_commit(&output, error);
}

static int
export_trace(const Words *words)
{
    g_autoptr(GError) error = NULL;
    AnaLimits limits = {.stop = interrupt_asked};
    g_autoptr(AnaDatabase) database = ana_database_open(words->path, limits, &error);

    if (database == NULL)
        return usage("%s", error->message);
    if (ana_database_kind(database) != ANA_KIND_TRACE && strcmp(words->format, "csv") != 0)
        return usage("'%s' is the results of a sweep: only csv is for those", words->path);
    if (strcmp(words->format, "csv") == 0 ? ana_export_csv(database, words->output, &error)
                                          : export_text(database, words, &error))
        return 0;
    return command_fail("export", error);
}

int
command_export(int argc, char **argv)
{
    Words words = {.path = NULL};
    int status = parse_words(&words, argc, argv);

    if (status < 0) {
        interrupt_install();
        status = export_trace(&words);
    }
    words_clear(&words);
    return status;
}
