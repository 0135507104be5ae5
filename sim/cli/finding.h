/* A finding: a failure, made small, and the file that shows it. */
#ifndef SIM_CLI_FINDING_H
#define SIM_CLI_FINDING_H

#include "sim/cli/trier.h"
#include "sim/explore/shrink.h"

typedef struct {
    ExploreVerdict verdict;
    guint64 run, times; /* the run that found it, from 0; how many have */
    char *path;         /* of the file */
    guint faults, lines;
} Finding;

void finding_free(gpointer finding);

/* Makes the failure small. *ret_tried counts the runs that this took, while they go on. Returns
 * false if that was interrupted: then it is as small as it came to be. */
bool finding_shrink(Finding *finding, Trier *trier, ExploreShrink *shrink, guint64 *ret_tried);

/* Writes the file with a head of comments: what fails, `origin` (a sentence), and how to see it.
 * `inputs`: the files that were read. */
bool finding_write(Finding *finding, Trier *trier, const ExploreShrink *shrink, const char *origin,
                   const char *const *inputs, GError **error);

#endif
