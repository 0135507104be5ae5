/* Describes a scenario and the world it builds, before anything runs: for `kettensim check`.
 *
 * describe_init() computes the description; it is printed as text or as one JSON object.
 */
#ifndef SIM_CLI_DESCRIBE_H
#define SIM_CLI_DESCRIBE_H

#include "sim/cli/lint.h"
#include "sim/net/shape.h"
#include "sim/run/build.h"

#include <stdio.h>

/* When an item takes place. */
typedef struct {
    gint64 time_ns; /* SCN_TIME_NONE: when its condition is true */
    ScnPlace place;
    char *when; /* "10m", "every 10m from 1h", "when height(a1) >= 20" */
    const char *text;
} DescribedItem;

/* Directed links of the same class. */
typedef struct {
    guint32 count;
    char *text;
} DescribedLinks;

typedef struct {
    const ScnScenario *scenario;
    const char *path;
    SimShape shape;
    GArray *regions;  /* guint32: number of nodes in each of the scenario's regions */
    GArray *links;    /* DescribedLinks, most frequent first */
    GArray *timeline; /* DescribedItem, in order of time */
    LintSweep sweep;
    GPtrArray *warnings; /* char * */
} Description;

/* Borrows its arguments, which outlive the description. */
void describe_init(Description *d, const ScnScenario *scenario, SimWorld *world, const char *path);
void describe_clear(Description *d);

void describe_print(FILE *out, const Description *d, bool colour);
void describe_print_json(FILE *out, const Description *d); /* on one line */

/* Prints a line for each param: name = default in range, help. */
void describe_print_params(FILE *out, const ScnScenario *scenario);

#endif
