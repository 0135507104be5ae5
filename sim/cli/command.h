/* The commands of kettensim: each parses its own words and returns an exit status. */
#ifndef SIM_CLI_COMMAND_H
#define SIM_CLI_COMMAND_H

#include <glib.h>
#include <stdbool.h>

/* argv[0] is the name of the command. */
typedef int (*CommandFunc)(int argc, char **argv);

int command_run(int argc, char **argv);
int command_check(int argc, char **argv);
int command_fmt(int argc, char **argv);
int command_lsp(int argc, char **argv);
int command_test(int argc, char **argv);
int command_sweep(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_show(int argc, char **argv);
int command_query(int argc, char **argv);
int command_report(int argc, char **argv);
int command_export(int argc, char **argv);
int command_headers(int argc, char **argv);
int command_policy(int argc, char **argv);
int command_explore(int argc, char **argv);
int command_shrink(int argc, char **argv);
int command_live(int argc, char **argv);
int command_node(int argc, char **argv);
int command_node_ctl(int argc, char **argv);
int command_help(int argc, char **argv);

typedef struct {
    const char *name, *summary;
    CommandFunc func;
} Command;

/* The table (command_table.c). _get returns NULL after the last, _find for an unknown name,
 * _nearest if the word has nothing in common with any name. */
const Command *command_get(guint index);
const Command *command_find(const char *name);
const char *command_nearest(const char *word);

/* Returns the help of kettensim itself: what it is, its commands, their exit statuses; free with
 * g_free. */
char *command_overview(void);

/* Runs a command under the name that its help prints. */
int command_run_as(const Command *command, int argc, char **argv);

/* Returns the help of a command as `kettensim COMMAND --help` prints it; free with g_free. */
char *command_help_text(const Command *command);

/* Prints "kettensim COMMAND: …" on stderr, control characters escaped; returns EXIT_USAGE. */
int command_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints the error that ended the command; returns its exit status. */
int command_fail(const char *command, const GError *error);

/* Parses the options and removes them, and a "--", from argv, whose strings stay the caller's.
 * Accepts -j2 for -j 2, as make does. Returns false after reporting an error. */
bool command_parse(const char *command, GOptionContext *context, int *argc, char ***argv);

/* Parses a time as scenarios write it, in virtual ns, not negative. Returns false after an error
 * that names command and option. */
bool command_time(const char *command, const char *option, const char *text, gint64 *ret_ns);

/* Checks that the words, which NULL ends, are one scenario; NULL has none. Returns false after an
 * error that names the command. */
bool command_is_one(const char *command, char *const *words);

/* Read the options of several commands: --seed 7, --jobs 4, --seeds 1..32. A NULL text leaves the
 * results as they are, but for jobs, which are then one a core. Return false after an error that
 * names command and option. */
#define COMMAND_SEEDS_MAX 1000000
bool command_seed(const char *command, const char *text, guint64 *ret_seed);
bool command_jobs(const char *command, const char *text, guint *ret_jobs);
bool command_seeds(const char *command, const char *text, guint64 *ret_first, guint64 *ret_last);

/* Reads two numbers with a text between them, as in 1..32 or 1/4. Returns false unless the first is
 * at most the second, and the second at most `most`. */
bool command_pair(const char *text, const char *between, guint64 most, guint64 *ret_a,
                  guint64 *ret_b);

/* Flushes stdout. Returns `status`, or if the write failed the status of that: lost results matter
 * more than the checks. */
int command_flush(const char *command, int status);

/* Exit statuses common to all commands. */
#define EXIT_USAGE 2
#define EXIT_DIFFERS 3
#define EXIT_LIMIT 4
#define EXIT_ASSERTION 5
#define EXIT_INTERRUPTED 130

#endif
