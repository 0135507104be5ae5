/* Messages and options common to all commands; see command.h. */
#include "sim/cli/command.h"

#include "analysis/database.h"
#include "sim/io/output.h"
#include "sim/io/text.h"
#include "sim/run/build.h"
#include "sim/scenario/quantity.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define JOBS_MAX 1024

int
command_usage(const char *command, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    io_print(stderr, "kettensim %s: %s\n", command, text);
    return EXIT_USAGE;
}

int
command_fail(const char *command, const GError *error)
{
    command_usage(command, "%s", error->message);
    if (g_error_matches(error, ANA_ERROR, ANA_ERROR_INTERRUPTED) ||
        g_error_matches(error, SIM_RUN_ERROR, SIM_RUN_ERROR_STOPPED))
        return EXIT_INTERRUPTED;
    return g_error_matches(error, IO_ERROR, IO_ERROR_FULL) ||
                   g_error_matches(error, SIM_RUN_ERROR, SIM_RUN_ERROR_LIMIT)
               ? EXIT_LIMIT
               : EXIT_USAGE;
}

/* --- words -------------------------------------------------------------------------------- */

/* Short options whose value is a number. */
#define NUMBERS "j"

/* Returns the number in a word like -j2 or -qj2, or whatever follows the j; NULL for other words.
 */
static const char *
number_in(const char *word)
{
    const char *at = word + 1;

    if (*word != '-')
        return NULL;
    while (g_ascii_isalpha(*at) && strchr(NUMBERS, *at) == NULL)
        at++;
    return *at != '\0' && strchr(NUMBERS, *at) != NULL && at[1] != '\0' ? at + 1 : NULL;
}

/* Splits each -j2 into two words. Returns NULL if there is none. The result lives as long as argv.
 */
static char **
split_numbers(int *ret_argc, int argc, char *const *argv)
{
    static GPtrArray *names; /* new words, owned here because GOption removes words from argv */
    static char **words;
    bool options = true;
    int count = 0;

    g_clear_pointer(&names, g_ptr_array_unref);
    g_free(words);
    names = g_ptr_array_new_with_free_func(g_free);
    words = g_new0(char *, 2 * argc + 1);
    for (int i = 0; i < argc; i++) {
        const char *number;

        options = options && strcmp(argv[i], "--") != 0;
        number = i > 0 && options ? number_in(argv[i]) : NULL;
        if (number != NULL) {
            words[count] = g_strndup(argv[i], (gsize)(number - argv[i]));
            g_ptr_array_add(names, words[count++]);
        }
        words[count++] = number != NULL ? argv[i] + (number - argv[i]) : argv[i];
    }
    *ret_argc = count;
    return names->len > 0 ? words : NULL;
}

/* Parses, and only if that fails splits -j2 and parses again: GOption refuses -j2 as an option, but
 * it can be the value of another one. */
static bool
parse_options(GOptionContext *context, int *argc, char ***argv, GError **error)
{
    GError *first = NULL;
    char **words;
    int count;

    if (g_option_context_parse(context, argc, argv, &first))
        return true;
    words = split_numbers(&count, *argc, *argv);
    if (words == NULL) {
        g_propagate_error(error, first);
        return false;
    }
    g_error_free(first);
    *argc = count;
    *argv = words;
    return g_option_context_parse(context, argc, argv, error);
}

/* Where command_parse() puts the help instead of parsing; NULL: it parses. Every command calls it
 * before it does anything else. */
static char **wanted_help;

char *
command_help_text(const Command *command)
{
    const char *before = g_get_prgname();
    char *help = NULL, *argv[] = {(char *)command->name, NULL};

    wanted_help = &help;
    command_run_as(command, 1, argv);
    wanted_help = NULL;
    g_set_prgname(before);
    return help;
}

bool
command_parse(const char *command, GOptionContext *context, int *argc, char ***argv)
{
    g_autoptr(GError) error = NULL;

    if (wanted_help != NULL) {
        *wanted_help = g_option_context_get_help(context, TRUE, NULL);
        return false;
    }
    if (!parse_options(context, argc, argv, &error)) {
        command_usage(command, "%s; 'kettensim %s --help' lists the options", error->message,
                      command);
        return false;
    }
    if (*argc > 1 && strcmp((*argv)[1], "--") == 0) {
        (*argc)--;
        (*argv)++;
    }
    return true;
}

bool
command_is_one(const char *command, char *const *words)
{
    if (words == NULL || words[0] == NULL)
        command_usage(command, "no scenario: name a .scn file");
    else if (words[1] != NULL)
        command_usage(command, "one scenario at a time: '%s' is one too many", words[1]);
    else
        return true;
    return false;
}

/* --- values ------------------------------------------------------------------------------- */

bool
command_time(const char *command, const char *option, const char *text, gint64 *ret_ns)
{
    g_autofree char *problem = NULL;
    g_autofree char *help = NULL;
    ScnQuantity quantity = {0};
    gsize used = 0;

    if (!scn_quantity_parse(text, strlen(text), &quantity, &used, &problem, &help) ||
        text[used] != '\0' || quantity.value < 0 ||
        (quantity.dim != SCN_DIM_TIME &&
         !(quantity.dim == SCN_DIM_NUMBER && quantity.value == 0))) {
        command_usage(command, "%s '%s' is no time: write 3h0m10s, 20m30s or 250ms", option, text);
        return false;
    }
    *ret_ns = (gint64)quantity.value;
    return true;
}

bool
command_seed(const char *command, const char *text, guint64 *ret_seed)
{
    if (text == NULL || g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, ret_seed, NULL))
        return true;
    command_usage(command, "--seed '%s' is not a whole number from 0 to 2^63 - 1", text);
    return false;
}

bool
command_jobs(const char *command, const char *text, guint *ret_jobs)
{
    guint64 jobs = g_get_num_processors();

    if (text != NULL && !g_ascii_string_to_unsigned(text, 10, 1, JOBS_MAX, &jobs, NULL)) {
        command_usage(command, "--jobs '%s' is not a whole number from 1 to %d", text, JOBS_MAX);
        return false;
    }
    *ret_jobs = (guint)jobs;
    return true;
}

bool
command_pair(const char *text, const char *between, guint64 most, guint64 *ret_a, guint64 *ret_b)
{
    g_auto(GStrv) ends = g_strsplit(text, between, 2);

    return g_strv_length(ends) == 2 &&
           g_ascii_string_to_unsigned(ends[0], 10, 0, most, ret_a, NULL) &&
           g_ascii_string_to_unsigned(ends[1], 10, 0, most, ret_b, NULL) && *ret_a <= *ret_b;
}

bool
command_seeds(const char *command, const char *text, guint64 *ret_first, guint64 *ret_last)
{
    if (text == NULL || (command_pair(text, "..", G_MAXINT64, ret_first, ret_last) &&
                         *ret_last - *ret_first < COMMAND_SEEDS_MAX))
        return true;
    command_usage(command, "--seeds '%s': write 1..32, a million of them at most", text);
    return false;
}

/* A closed pipe (as by head) is no error: the reader has seen enough. */
int
command_flush(const char *command, int status)
{
    int failed;

    /* After a temporary failure errno is lost; writing one more byte fails for the same reason. */
    if (ferror(stdout))
        putchar('\n');
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno == EPIPE)
        return status;
    failed = errno;
    command_usage(command, "cannot write the results: %s", g_strerror(failed));
    return io_errno_is_full(failed) ? EXIT_LIMIT : EXIT_USAGE;
}
