/* The trace: what happened in a run, as a SQLite database.
 *
 * Levels: summary (run, nodes, edges, blocks with their transactions, checks, measures, faults),
 * consensus (and every tip, arrival, verdict, transaction event and connection), full (and every
 * message). Rows are
 * queued in blocks to a writer thread that owns the database, so that SQLite is off the path of
 * the simulation; the rows and their order, and so the file's bytes, do not depend on timing.
 *
 * The database is written under a temporary name in the same folder and gets its own when it is
 * whole: a run that is killed, fails or fills the disk leaves nothing under the final name.
 * docs/trace-schema.md lists tables, columns and units.
 */
#ifndef SIM_RUN_TRACE_H
#define SIM_RUN_TRACE_H

#include "sim/run/cell.h"
#include "sim/scenario/model.h"
#include "sim/world/world.h"

#include <glib.h>

#define SIM_TRACE_SCHEMA 6 /* PRAGMA user_version */

typedef enum {
    SIM_TRACE_OFF,
    SIM_TRACE_SUMMARY,
    SIM_TRACE_CONSENSUS,
    SIM_TRACE_FULL,
} SimTraceLevel;

bool sim_trace_level_parse(SimTraceLevel *ret_level, const char *name);
const char *sim_trace_level_name(SimTraceLevel level);

typedef struct SimTrace SimTrace;

/* NULL with an error in IO_ERROR when the file cannot be made; the message names the path. `inputs`
 * as of io_output_open_database(). level is not OFF. */
SimTrace *sim_trace_open(const char *path, SimTraceLevel level, const char *const *inputs,
                         GError **error);
/* Without sim_trace_finish() before it, removes the temporary file. NULL is fine. */
void sim_trace_free(SimTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTrace, sim_trace_free)

/* Whether the writer has failed already, so that a long run can end early; sim_trace_finish() then
 * says why. */
bool sim_trace_failed(const SimTrace *trace);

/* Follows a world from before its start. */
void sim_trace_watch(SimTrace *trace, SimWorld *world);

/* One row of table `check`; strings are copied. time_ns: when decided, or -1. */
void sim_trace_check(SimTrace *trace, unsigned line, const char *text, const char *kind,
                     const char *verdict, SimTime time_ns, const char *detail);
/* One row of `measure`; `text` is for people. Strings are copied. */
void sim_trace_measure(SimTrace *trace, const char *name, SimCellValue value, const char *text);

/* One row of `source`: a text that the scenario was read from, by its name seen from the folder of
 * the first. Nothing is copied: it lives until the trace is finished. */
void sim_trace_source(SimTrace *trace, const char *name, const char *text);
/* One row of `block_name`: what the scenario calls a block of the world. The name is borrowed. */
void sim_trace_block_name(SimTrace *trace, uint32_t block, const char *name);

/* What stands in the one row of `run`. */
typedef struct {
    const char *scenario; /* file name as given, without folders */
    const char *title;
    const char *source; /* the whole text */
    const char *params; /* a JSON object of names and values in force */
    uint64_t seed;
    const char *status; /* "held", "failed", … */
    const char *digest, *outcome;
    SimTime end_ns;
    uint64_t events;
    const ScnScenario *model; /* for what the world has no names of; or NULL */
} SimTraceRun;

/* Writes what is known only at the end, indexes and views, waits for the writer, and gives the
 * file its name. The world still stands. False with an error as sim_trace_open; nothing stands
 * under the temporary name then. Called once; only sim_trace_free() may follow. */
bool sim_trace_finish(SimTrace *trace, const SimTraceRun *run, GError **error);

/* What it took on the heap at most, with what SQLite has in this process; 0 until it is finished.
 */
size_t sim_trace_bytes(const SimTrace *trace);

#endif
