/* The commands of kettensim: each takes its own words and gives an exit status. */
#ifndef SIM_CLI_COMMAND_H
#define SIM_CLI_COMMAND_H

#include <glib.h>
#include <stdbool.h>

/* argv[0] is the command's name. */
typedef int (*CommandFunc)(int argc, char **argv);

int command_run(int argc, char **argv);
int command_check(int argc, char **argv);
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
int command_help(int argc, char **argv);

/* "kettensim COMMAND: …" on stderr, with what a terminal would obey escaped; gives EXIT_USAGE. */
int command_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for an error that ended the command: gives the exit status that it means. */
int command_fail(const char *command, const GError *error);

/* Reads the options and takes them, and a "--", out of argv, whose strings stay the caller's. Takes
 * -j2 for -j 2, as make does. False: said. */
bool command_parse(const char *command, GOptionContext *context, int *argc, char ***argv);

/* A time as scenarios write it, in virtual ns, not negative. False: said in the names of command
 * and option. */
bool command_time(const char *command, const char *option, const char *text, gint64 *ret_ns);

/* Flushes stdout and gives status, or what it means that results could not be written: they are
 * lost, whatever the checks say. */
int command_flush(const char *command, int status);

/* Exit statuses that all commands share. */
#define EXIT_USAGE 2
#define EXIT_DIFFERS 3
#define EXIT_LIMIT 4
#define EXIT_ASSERTION 5
#define EXIT_INTERRUPTED 130

#endif
