/* Commands run as a user runs them, in a folder of their own.
 *
 * The binary runs from the project's root; KETTENSIM names another command than build/kettensim. */
#ifndef TESTS_CLI_COMMAND_H
#define TESTS_CLI_COMMAND_H

#include "tests/harness/harness.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/resource.h>

typedef struct {
    int status; /* exit status; -1: a signal */
    char *out, *err;
} Result;

/* Makes an empty folder. Free with folder_remove, which removes its files, too. */
char *folder_new(void);
void folder_remove(char *folder);
/* Writes folder/name, and makes the folders in between. Returns its path, to be freed. */
char *folder_write(const char *folder, const char *name, const char *text);
char *folder_path(const char *folder, const char *name);

/* Returns the rows of a statement on a database in the folder: a line each, with '|' between
 * values. Returns "" after a failure if the statement cannot be run. */
char *folder_query(const char *folder, const char *name, const char *sql);

/* Returns the absolute path of the command under test. */
const char *command_path(void);

/* Runs the command in the folder. NULL ends the words. */
Result command_in(const char *folder, const char *const *words);
/* Runs the command with each process under a limit of the system; see setrlimit(2). */
Result command_under(const char *folder, int resource, rlim_t soft, rlim_t hard,
                     const char *const *words);
void result_clear(Result *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

#define COMMAND(folder, ...) command_in((folder), (const char *const[]){__VA_ARGS__, NULL})

#define COMMAND_UNDER(folder, resource, soft, hard, ...)                                           \
    command_under((folder), (resource), (soft), (hard), (const char *const[]){__VA_ARGS__, NULL})

/* Checks that the command ends with 2 (usage) and that stderr contains `part`. */
#define COMMAND_REFUSED(folder, part, ...)                                                         \
    command_refused((folder), (part), (const char *const[]){__VA_ARGS__, NULL})
void command_refused(const char *folder, const char *part, const char *const *words);

/* Checks that the text contains the part, and prints both if not. */
#define TEST_CONTAINS(text, part) test_contains((text), (part), __FILE__, __LINE__)
void test_contains(const char *text, const char *part, const char *file, unsigned line);

#endif
