/* The trace: a SQLite database of what happened in a run.
 *
 * Level summary records the run, nodes, edges, blocks with their transactions, checks, measures and
 * faults; consensus adds every tip, arrival, verdict, transaction event, connection and what
 * strategies withhold; full adds every message. Rows go in blocks to a writer thread that owns the
 * database, so that SQLite does not delay the simulation. The rows and their order, and so the
 * bytes of the file, do not depend on timing.
 *
 * The database has a temporary name in the same folder and is renamed once complete: a run that is
 * killed, fails or fills the disk leaves nothing under the final name. docs/trace-schema.md lists
 * tables, columns and units.
 */
#ifndef SIM_RUN_TRACE_H
#define SIM_RUN_TRACE_H

#include "sim/run/cell.h"
#include "sim/scenario/model.h"
#include "sim/world/world.h"

#include <glib.h>

#define SIM_TRACE_SCHEMA 9 /* PRAGMA user_version */

typedef enum {
    SIM_TRACE_OFF,
    SIM_TRACE_SUMMARY,
    SIM_TRACE_CONSENSUS,
    SIM_TRACE_FULL,
} SimTraceLevel;

bool sim_trace_level_parse(SimTraceLevel *ret_level, const char *name);
const char *sim_trace_level_name(SimTraceLevel level);

typedef struct SimTrace SimTrace;

/* Returns NULL with an error in IO_ERROR that names the path if the file cannot be made. See
 * io_output_open_database() for `inputs`. level is not OFF. */
SimTrace *sim_trace_open(const char *path, SimTraceLevel level, const char *const *inputs,
                         GError **error);
/* Frees the trace; removes the temporary file unless sim_trace_finish() was called. NULL is
 * allowed. */
void sim_trace_free(SimTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTrace, sim_trace_free)

/* Returns whether the writer has failed, so that a long run can end early; sim_trace_finish() then
 * returns the error. */
bool sim_trace_failed(const SimTrace *trace);

/* Records a world; call before its start. */
void sim_trace_watch(SimTrace *trace, SimWorld *world);

/* Adds a row of `check`. Copies strings. time_ns: of the decision, or -1. */
void sim_trace_check(SimTrace *trace, unsigned line, const char *text, const char *kind,
                     const char *verdict, SimTime time_ns, const char *detail);
/* Adds a row of `measure`; `text` is for people. Copies strings. */
void sim_trace_measure(SimTrace *trace, const char *name, SimCellValue value, const char *text);

/* Adds a row of `source`: a text of the scenario, and its name relative to the folder of the first
 * source. Borrows both until the trace is finished. */
void sim_trace_source(SimTrace *trace, const char *name, const char *text);
/* Adds a row of `block_name`: the scenario's name of a block. Borrows the name. */
void sim_trace_block_name(SimTrace *trace, uint32_t block, const char *name);

/* The one row of `run`. */
typedef struct {
    const char *scenario; /* file name without folders */
    const char *title;
    const char *source; /* the whole text */
    const char *params; /* a JSON object of the params in force */
    uint64_t seed;
    const char *status; /* "held", "failed", … */
    const char *digest, *outcome;
    SimTime end_ns;
    uint64_t events;
    const ScnScenario *model; /* for names that the world does not know; may be NULL */
} SimTraceRun;

/* Writes the final records, indexes and views, waits for the writer and renames the file. The world
 * still exists. Returns false with an error like sim_trace_open(); then the temporary file is gone.
 * Call once; afterwards only sim_trace_free() is allowed. */
bool sim_trace_finish(SimTrace *trace, const SimTraceRun *run, GError **error);

/* Returns the peak heap use, including SQLite's in this process; 0 until finished. */
size_t sim_trace_bytes(const SimTrace *trace);

#endif
