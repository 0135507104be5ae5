/* Compares two traces and finds their first divergence.
 *
 * The kinds of events that both levels record are compared row by row, in order; nodes, blocks and
 * transactions by name and hash instead of number. Each kind has at most one first difference; the
 * earliest of them is the divergence. If there is none, the final records are compared: blocks,
 * digest, outcome.
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
    bool has_event;    /* there is a divergence; the fields below describe it */
    SimTime time;      /* of the divergence */
    SimEventKind kind; /* of the event at the divergence */
    GPtrArray *before; /* SimDiffLine: last lines common to both, at most SIM_DIFF_CONTEXT */
    GPtrArray *first, *second; /* each side from the divergence on, which is line 0 */
    char *rest;                /* without an event: the difference; "" if there is none */
    const char *uncompared;    /* kinds that one of the traces lacks, or "" */
} SimTraceDiff;

/* Returns false with SIM_RUN_ERROR_TRACE if a trace is damaged. */
bool sim_trace_compare(SimTraceReader *a, SimTraceReader *b, SimTraceDiff *ret_diff,
                       GError **error);
void sim_trace_diff_clear(SimTraceDiff *diff);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimTraceDiff, sim_trace_diff_clear)

#endif
