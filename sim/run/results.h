/* results.db: what came of a sweep, run by run, and the statistics of each point.
 *
 * One SQLite file, STRICT tables; times are in ns, sizes in bytes, rates in bits a second,
 * frequencies a second, conditions 0 or 1. What a sweep is made of stands in it too (texts,
 * version, -P, seeds, shard), so that it can be taken up where it was left, and so that rows of
 * another sweep never get in.
 *
 *   sweep     one row: scenario, title, version, options, seeds, shard
 *   source    the scenario's text and its includes
 *   param     name, its column in `point`, unit, whether it is swept
 *   measure   name, its column in `run`, unit, text; samples of checks over seeds, too
 *   point     id from 1, a column a parameter
 *   run       id from 1, point, seed, status, digest, outcome, end_ns, events, a column a measure
 *   statistic a row a point and measure, written at the end
 *   summary   a view: `point` with `statistic`
 *
 * Rows are committed in batches: a process killed at any moment leaves every batch before whole,
 * and what was lost is run again.
 */
#ifndef SIM_RUN_RESULTS_H
#define SIM_RUN_RESULTS_H

#include "sim/io/output.h"
#include "sim/run/statistic.h"
#include "sim/run/sweep.h"

typedef struct SimResults SimResults;

#define SIM_RESULTS_APPLICATION 0x4b655273 /* "KeRs", PRAGMA application_id */

/* Takes a file up, or makes it; `fresh` starts it over. The sweep is borrowed. A file of another
 * sweep is refused, with what differs; one that is no results file even with `fresh`. */
SimResults *sim_results_open(const char *path, const SimSweep *sweep, bool fresh, GError **error);
/* Makes results in an output that the caller publishes. */
SimResults *sim_results_new(const IoOutput *output, const SimSweep *sweep, GError **error);
void sim_results_free(SimResults *results); /* drops what is not committed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimResults, sim_results_free)

/* Whether a row of this cell is there that need not be tried again. */
bool sim_results_has(const SimResults *results, guint64 cell);
guint64 sim_results_count(const SimResults *results); /* of such rows */

/* In a batch that sim_results_commit() ends. */
bool sim_results_put(SimResults *results, const SimSweepRow *row, GError **error);
bool sim_results_commit(SimResults *results, GError **error);
/* Whether the row that is there of this cell is the same; there is one. */
bool sim_results_agrees(SimResults *results, const SimSweepRow *row);
guint sim_results_pending(const SimResults *results); /* rows since the last commit */

/* Reads the runs and writes `statistic`. Needed by all that follows. */
bool sim_results_finish(SimResults *results, GError **error);

typedef struct {
    guint64 runs, held, failed, limit, other;
} SimResultsCounts;

SimResultsCounts sim_results_counts(const SimResults *results);

/* The values of a column (measure, then samples without one) in the finished runs, in order of
 * cells: an array of SimSeedValue a group. `groups` has the group of each point. */
GPtrArray *sim_results_split(const SimResults *results, guint column, const guint32 *groups,
                             guint count);
guint sim_results_column_of_sample(const SimResults *results, guint sample);
const SimSweep *sim_results_sweep(const SimResults *results);

/* ---- parts ---- */

/* A results file to be read: what its sweep is made of, and its rows in order. */
typedef struct SimPart SimPart;

SimPart *sim_part_open(const char *path, GError **error);
void sim_part_free(SimPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimPart, sim_part_free)

/* The whole sweep that it is a part of; NULL when this version cannot read it any more. */
SimSweep *sim_part_sweep(const SimPart *part, GError **error);
/* False with what differs when the part is of another sweep; shards may differ. */
bool sim_part_belongs(const SimPart *part, const SimSweep *sweep, GError **error);
/* How many rows a file has that need not be tried again, and how many of them did not hold; takes
 * no lock, so that whoever writes the file is not held up: what it says is for a progress bar.
 * False when the file cannot be read just now. */
bool sim_part_peek(const char *path, guint64 *ret_done, guint64 *ret_failed);
/* False, with the error, ends the walk; the row is the part's. */
typedef bool (*SimPartFunc)(void *user, const SimSweepRow *row, GError **error);

/* Every row, in order, of a sweep that the part belongs to: False when `func` said so or the part
 * cannot be read. */
bool sim_part_each(SimPart *part, const SimSweep *sweep, SimPartFunc func, void *user,
                   GError **error);

#endif
