/* kettensim fmt: formats scenarios in place, or says which ones would change. */
#include "sim/cli/command.h"
#include "sim/cli/terminal.h"
#include "sim/io/input.h"
#include "sim/io/output.h"
#include "sim/io/text.h"
#include "sim/scenario/format.h"
#include "sim/scenario/source.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    gboolean check, to_stdout;
    char **paths;
} Words;

#define usage(...) command_usage("fmt", __VA_ARGS__)

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"check", 0, 0, G_OPTION_ARG_NONE, &words->check,
         "Change nothing; print the names of the files that would change", NULL},
        {"stdout", 0, 0, G_OPTION_ARG_NONE, &words->to_stdout,
         "Print the formatted text and leave the file as it is", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->paths, NULL, NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("FILE…");

    g_option_context_set_summary(
        context, "Formats scenarios in place: indentation, blanks around operators, empty lines.\n"
                 "Comments, columns and the ends of lines stay. A file that does not parse stays\n"
                 "as it is, and the error is printed. '-' reads standard input and prints the\n"
                 "result.");
    g_option_context_set_description(
        context, "Examples:\n"
                 "  kettensim fmt mine.scn\n"
                 "  kettensim fmt --check scenarios/*.scn\n"
                 "  kettensim fmt - < mine.scn\n\n"
                 "Exit status: 0; 1 with --check if a file would change; 2 a file cannot be read "
                 "or\nwritten, or does not parse; 4 a full disk.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);

    if (!command_parse("fmt", context, &argc, &argv))
        return EXIT_USAGE;
    if (words->paths == NULL)
        return usage("no scenario: name .scn files, or '-' for standard input");
    if (words->check && words->to_stdout)
        return usage("--check prints names, --stdout prints texts: leave one out");
    if (words->to_stdout && words->paths[1] != NULL)
        return usage("--stdout prints one file: name one");
    return -1;
}

static bool
is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Replaces the file and keeps its permissions. Returns an exit status. */
static int
replace(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;
    GStatBuf before;
    bool known = g_stat(path, &before) == 0;

    if (!io_output_write(path, text, NULL, &error))
        return command_fail("fmt", error);
    if (known && g_chmod(path, before.st_mode & 07777) != 0)
        return usage("%s is formatted, but has lost its permissions: %s", path, g_strerror(errno));
    return 0;
}

/* Prints or writes the new text; returns an exit status. */
static int
put(const Words *words, const char *path, const GString *text, const char *formatted)
{
    bool changes = strcmp(text->str, formatted) != 0;

    if (words->check) {
        if (changes)
            io_print(stdout, "%s\n", path);
        return changes;
    }
    if (words->to_stdout || is_stdin(path)) {
        fputs(formatted, stdout);
        return 0;
    }
    return changes ? replace(path, formatted) : 0;
}

static int
format_file(const Words *words, const char *path)
{
    const char *name = is_stdin(path) ? "standard input" : path;
    g_autoptr(GError) error = NULL;
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autofree char *formatted = NULL;
    GString *text = io_input_read(is_stdin(path) ? "/dev/stdin" : path, SCN_BYTES_MAX, &error);
    int status = EXIT_USAGE;

    if (text == NULL)
        return command_fail("fmt", error);
    formatted = scn_format(name, text->str, text->len, errors);
    if (formatted == NULL)
        scn_errors_print(errors, stderr, terminal_has_colour(stderr));
    else
        status = put(words, path, text, formatted);
    g_string_free(text, TRUE);
    return status;
}

int
command_fmt(int argc, char **argv)
{
    Words words = {.check = FALSE};
    int status = parse_words(&words, argc, argv);

    signal(SIGXFSZ, SIG_IGN); /* write() returns an error at a file-size limit */
    if (status < 0) {
        status = 0;
        for (char **path = words.paths; *path != NULL; path++) {
            int other = format_file(&words, *path);

            status = MAX(status, other);
        }
        status = command_flush("fmt", status);
    }
    g_strfreev(words.paths);
    return status;
}
