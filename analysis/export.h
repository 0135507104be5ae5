/* A trace in the forms that other programs read. */
#ifndef ANALYSIS_EXPORT_H
#define ANALYSIS_EXPORT_H

#include "analysis/database.h"

#include <stdio.h>

typedef struct {
    gint64 from_ns, to_ns; /* events from, and before */
} AnaWindow;

/* Chrome's trace event format, as Perfetto's viewer and chrome://tracing read it: a process "nodes"
 * with two tracks a node (the tip it stands on; its messages, as slices of 1 µs joined by flows),
 * blocks found as instants, and a process "network" with faults as instants, and as spans while
 * they are in force. Messages need a trace of level full. Times are µs of virtual time.
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU */
bool ana_export_perfetto(AnaDatabase *database, AnaWindow window, FILE *out, GError **error);

/* The tree of blocks in Graphviz's language: a node a block (height, hash, miner), an arrow to its
 * parent; stale branches are dashed. Blocks of the window, and the parents they name. */
bool ana_export_dot(AnaDatabase *database, AnaWindow window, FILE *out, GError **error);

/* The links, as `topology file=` reads them back: one edge where both ways are the same, else one
 * a way. http://graphml.graphdrawing.org */
bool ana_export_graphml(AnaDatabase *database, FILE *out, GError **error);

/* A file a table, <folder>/<table>.csv; the folder is made. Files there are overwritten. */
bool ana_export_csv(AnaDatabase *database, const char *folder, GError **error);

#endif
