/* Two traces side by side: where they first go different ways.
 *
 * Kinds of events that both levels have are compared row by row, in order, with nodes, blocks and
 * transactions by name and hash rather than by number. Of the first rows that differ, one a kind,
 * the earliest is the divergence; when there is none, what is known only at the end is compared:
 * blocks, digest, outcome.
 */
#ifndef SIM_RUN_COMPARE_H
#define SIM_RUN_COMPARE_H

#include "sim/run/trace_reader.h"

#define SIM_DIFF_CONTEXT 10

typedef struct {
    SimTime time;
    char *text;
} SimDiffLine;

typedef struct {
    bool same;
    bool has_event;            /* the lines below tell of a divergence */
    SimTime time;              /* of it */
    SimEventKind kind;         /* of its event */
    GPtrArray *before;         /* SimDiffLine: the last in both, at most SIM_DIFF_CONTEXT */
    GPtrArray *first, *second; /* from the divergence on, in each; the first is what differs */
    char *rest;                /* without an event: what differs; "" when same */
    const char *uncompared;    /* kinds that one of them lacks, or "" */
} SimTraceDiff;

/* False with SIM_RUN_ERROR_TRACE when one is damaged. */
bool sim_trace_compare(SimTraceReader *a, SimTraceReader *b, SimTraceDiff *ret_diff,
                       GError **error);
void sim_trace_diff_clear(SimTraceDiff *diff);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimTraceDiff, sim_trace_diff_clear)

#endif
