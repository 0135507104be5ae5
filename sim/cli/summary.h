/* The final output of a run: text for people, or one JSON object for scripts. */
#ifndef SIM_CLI_SUMMARY_H
#define SIM_CLI_SUMMARY_H

#include "sim/cli/stats.h"

#include <stdio.h>

/* Prints each check with its verdict, the nodes, forks, propagation, measures, digests, and how to
 * open the trace. trace_path may be NULL. */
void summary_print(FILE *out, const SimRun *run, const char *trace_path, double seconds,
                   bool colour);

/* Prints FAIL lines with time, event and a command to reproduce; nothing if all checks held.
 * `options` end that command: "" or " --speed 5". */
void summary_print_failures(FILE *out, const SimRun *run, const char *path, const char *options);

/* Prints one object: scenario, title, params, seed, status, digest, outcome, end_ns, events,
 * checks[], measures{}, nodes[]; stats{} unless stats is NULL. */
void summary_print_json(FILE *out, const SimRun *run, const char *path, const Stats *stats);

#endif
