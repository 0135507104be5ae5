/* kettensim report: writes one HTML file about a run or a sweep. */
#include "sim/cli/command.h"
#include "sim/io/text.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/report_file.h"

#include <string.h>

#define NS_PER_SEC G_GINT64_CONSTANT(1000000000)
#define usage(...) command_usage("report", __VA_ARGS__)

typedef struct {
    char *output, *from, *to;
    char *path;
    AnaWindow window;
} Words;

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
         "Write to this file (default: beside the database, .html; -: standard output)", "FILE"},
        {"from", 0, 0, G_OPTION_ARG_STRING, &words->from,
         "Show single messages from this time (default: around the deepest reorganisation)",
         "TIME"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &words->to,
         "Show single messages before this time (default: 4 s later)", "TIME"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("DB");

    g_option_context_set_summary(
        context, "Writes one HTML file about a run or a sweep. It needs no network and no server:\n"
                 "open it in a browser.");
    g_option_context_set_description(
        context, "Examples:\n"
                 "  kettensim report out/partition_heal.db\n"
                 "  kettensim report full.db --from 19m58s --to 20m5s -o heal.html\n\n"
                 "Exit status: 0; 2 usage, or a file that is no such database; 4 a full disk; 130\n"
                 "interrupted.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

static bool
parse_window(Words *words)
{
    AnaWindow *window = &words->window;

    if (words->from == NULL && words->to == NULL)
        return true;
    if (words->from != NULL && !command_time("report", "--from", words->from, &window->from_ns))
        return false;
    window->to_ns = MIN(window->from_ns, G_MAXINT64 - 4 * NS_PER_SEC) + 4 * NS_PER_SEC;
    if (words->to != NULL && !command_time("report", "--to", words->to, &window->to_ns))
        return false;
    if (window->to_ns <= window->from_ns)
        return usage("--to is not after --from: there is nothing in between"), false;
    return true;
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);

    if (!command_parse("report", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc != 2)
        return usage("one database is due, and %d came", argc - 1);
    words->path = argv[1];
    return parse_window(words) ? -1 : EXIT_USAGE;
}

int
command_report(int argc, char **argv)
{
    Words words = {.path = NULL};
    int status = parse_words(&words, argc, argv);

    if (status < 0) {
        g_autofree char *output =
            words.output != NULL ? g_strdup(words.output) : report_file_path(words.path);

        interrupt_install();
        status = report_file_write("report", words.path, output, words.window);
        if (status == 0 && strcmp(output, "-") != 0)
            io_print(stdout, "%s\n", output);
        if (status == 0)
            status = command_flush("report", status);
    }
    g_free(words.output);
    g_free(words.from);
    g_free(words.to);
    return status;
}
