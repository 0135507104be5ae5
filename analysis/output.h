/* A file that comes to its name whole or not at all; or standard output. What is no regular file (a
 * terminal, a pipe, /dev/null) is written to, never replaced. */
#ifndef ANALYSIS_OUTPUT_H
#define ANALYSIS_OUTPUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct {
    FILE *file;
    char *path;               /* NULL: standard output */
    char *target, *temporary; /* what a link leads to; NULL when there is nothing to rename */
} AnaOutput;

/* NULL or "-": standard output. */
bool ana_output_open(AnaOutput *ret_output, const char *path, GError **error);
/* Gives the file its name. False with an error: nothing is left. */
bool ana_output_commit(AnaOutput *output, GError **error);
/* What is not committed goes away. */
void ana_output_clear(AnaOutput *output);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnaOutput, ana_output_clear)

#endif
