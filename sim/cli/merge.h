/* Joins results of one sweep: for `kettensim merge`, and for the parts of a cluster. */
#ifndef SIM_CLI_MERGE_H
#define SIM_CLI_MERGE_H

#include "sim/run/results.h"

typedef struct {
    SimSweep *sweep; /* the whole sweep, from the first part */
    SimResults *results;
    guint64 doubles, differing; /* runs in more than one part; those of them that differ */
} Merge;

/* Joins `parts` (paths, NULL at the end, at least one) into a new file that replaces `out`, which
 * may be one of them. Returns 0, with `results` finished and open; or an exit status after a
 * message, with `out` unchanged. */
int merge_parts(Merge *merge, const char *command, const char *out, char *const *parts);
void merge_clear(Merge *merge);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Merge, merge_clear)

#endif
