/* Exports a trace to formats of other programs. */
#ifndef ANALYSIS_EXPORT_H
#define ANALYSIS_EXPORT_H

#include "analysis/database.h"

#include <stdio.h>

typedef struct {
    gint64 from_ns, to_ns; /* from_ns <= time < to_ns */
} AnaWindow;

/* Writes Chrome's trace event format, for Perfetto's viewer and chrome://tracing. A process "nodes"
 * has two tracks for each node (its tip; its messages, as slices of 1 ns joined by flows) and new
 * blocks as instants. A process "network" shows faults as instants, and as spans while they are in
 * force. Messages need a trace of level full. Times are µs of virtual time.
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU */
bool ana_export_perfetto(AnaDatabase *database, AnaWindow window, FILE *out, GError **error);

/* Writes the block tree in Graphviz's language: a node for each block (height, hash, miner) with an
 * arrow to its parent; stale branches are dashed. Contains the blocks of the window and their
 * parents. */
bool ana_export_dot(AnaDatabase *database, AnaWindow window, FILE *out, GError **error);

/* Writes the links so that `topology file=` reads them back: one edge if both directions are the
 * same, else one for each direction. http://graphml.graphdrawing.org */
bool ana_export_graphml(AnaDatabase *database, FILE *out, GError **error);

/* Writes each table to <folder>/<table>.csv. Creates the folder; overwrites files. */
bool ana_export_csv(AnaDatabase *database, const char *folder, GError **error);

#endif
