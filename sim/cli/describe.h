/* A scenario and the world that it builds, told before anything runs: for `kettensim check`.
 *
 * What is told is worked out once (describe_init) and printed as text or as one JSON object. */
#ifndef SIM_CLI_DESCRIBE_H
#define SIM_CLI_DESCRIBE_H

#include "sim/net/shape.h"
#include "sim/run/build.h"

#include <stdio.h>

/* When an item comes. */
typedef struct {
    gint64 time_ns; /* SCN_TIME_NONE: when its condition says so */
    guint32 order;
    guint32 line;
    char *when; /* "10m", "every 10m from 1h", "when height(a1) >= 20" */
    const char *text;
} DescribedItem;

/* Directed links of one class. */
typedef struct {
    guint32 count;
    char *text;
} DescribedLinks;

typedef struct {
    const ScnScenario *scenario;
    const char *path;
    SimShape shape;
    GArray *regions;  /* guint32: nodes of each of the scenario's regions */
    GArray *links;    /* DescribedLinks, the most frequent first */
    GArray *timeline; /* DescribedItem, in order of time */
    GPtrArray *warnings;
} Description;

/* Everything is borrowed and outlives the description. */
void describe_init(Description *d, const ScnScenario *scenario, SimWorld *world, const char *path);
void describe_clear(Description *d);

void describe_print(FILE *out, const Description *d, bool colour);
void describe_print_json(FILE *out, const Description *d); /* in one line */

/* A line a param: name = default in range, help. */
void describe_print_params(FILE *out, const ScnScenario *scenario);

#endif
