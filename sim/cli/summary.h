/* What a run prints when it is over: for people, or as one JSON object for scripts. */
#ifndef SIM_CLI_SUMMARY_H
#define SIM_CLI_SUMMARY_H

#include "sim/cli/stats.h"

#include <stdio.h>

/* Each check with its verdict, the nodes, forks, propagation, measures, digests, and how to open
 * the trace. trace_path may be NULL. */
void summary_print(FILE *out, const SimRun *run, const char *trace_path, double seconds,
                   bool colour);

/* FAIL lines with time, event and a line that reproduces; nothing when all held. */
void summary_print_failures(FILE *out, const SimRun *run, const char *path);

/* One object: scenario, title, params, seed, status, digest, outcome, end_ns, events, checks[],
 * measures{}, nodes[]; stats{} unless stats is NULL. */
void summary_print_json(FILE *out, const SimRun *run, const char *path, const Stats *stats);

#endif
