/* The resources of a run: time, and memory by its owner. */
#ifndef SIM_CLI_STATS_H
#define SIM_CLI_STATS_H

#include "sim/run/run.h"
#include "sim/world/observe.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

typedef struct {
    SimWorldMemory world; /* at the end of the run */
    size_t trace, heap;   /* heap: all allocated by the process, including the scenario */
    size_t peak;          /* of the process, as the system reports it */
    double cpu_s;         /* of the process so far, in all threads */
    uint64_t events, messages;
    uint32_t nodes, links; /* links: both directions count as one */
} Stats;

/* Call after sim_run_execute(). */
Stats stats_take(const SimRun *run);
void stats_print(FILE *out, const Stats *stats, bool colour);
/* Adds a member "stats" to the object under construction, in bytes and seconds. */
void stats_build(JsonBuilder *builder, const Stats *stats);

#endif
