/* What a run took: time, and memory by what holds it. */
#ifndef SIM_CLI_STATS_H
#define SIM_CLI_STATS_H

#include "sim/run/run.h"
#include "sim/world/observe.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

typedef struct {
    SimWorldMemory world; /* at the end of the run */
    size_t trace, heap;   /* heap: all that the process has allocated, the scenario too */
    size_t peak;          /* of the process, as the system counts it */
    double cpu_s;         /* of the process so far, all threads */
    uint64_t events, messages;
    uint32_t nodes, links; /* links: both directions are one */
} Stats;

/* After sim_run_execute(). */
Stats stats_take(const SimRun *run);
void stats_print(FILE *out, const Stats *stats, bool colour);
/* A member "stats" of the object that is being built: bytes, and seconds. */
void stats_build(JsonBuilder *builder, const Stats *stats);

#endif
