/* Joining results of one sweep: what `kettensim merge` does, and a cluster's parts need. */
#ifndef SIM_CLI_MERGE_H
#define SIM_CLI_MERGE_H

#include "sim/run/results.h"

typedef struct {
    SimSweep *sweep; /* the whole, as the first part says */
    SimResults *results;
    guint64 doubles, differing; /* runs that parts share; those of them that contradict */
} Merge;

/* Joins `parts` (paths, NULL at the end, one at least) into a new file that takes the place of
 * `out`, which may be one of them. 0, or an exit status after a message: then `out` is untouched.
 * After 0 `results` are finished and open. */
int merge_parts(Merge *merge, const char *command, const char *out, char *const *parts);
void merge_clear(Merge *merge);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Merge, merge_clear)

#endif
