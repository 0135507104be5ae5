/* results.db: the results of a sweep, run by run, and the statistics of each point.
 *
 * One SQLite file, STRICT tables; times are in ns, sizes in bytes, rates in bits a second,
 * frequencies a second, conditions 0 or 1. The file also describes its sweep (texts, version, -P,
 * seeds, shard), so that the sweep can be resumed and rows of another sweep are refused.
 *
 *   sweep     one row: scenario, title, version, options, seeds, shard
 *   source    the scenario's text and its includes
 *   param     name, its column in `point`, unit, whether it is swept
 *   measure   name, its column in `run`, unit, text; also samples of checks over seeds
 *   point     id from 1, a column a parameter
 *   run       id from 1, point, seed, status, digest, outcome, end_ns, events, a column a measure
 *   statistic a row a point and measure, written at the end
 *   summary   a view: `point` with `statistic`
 *
 * Rows are committed in batches: a process killed at any moment leaves all earlier batches intact;
 * lost rows are run again.
 */
#ifndef SIM_RUN_RESULTS_H
#define SIM_RUN_RESULTS_H

#include "sim/io/output.h"
#include "sim/run/statistic.h"
#include "sim/run/sweep.h"

typedef struct SimResults SimResults;

/* Returns `ns`, `B`, `bps`, `/s`, or "" for all other types. */
const char *sim_results_unit(ScnType type);

#define SIM_RESULTS_APPLICATION 0x4b655273 /* "KeRs", PRAGMA application_id */

/* Which existing files sim_results_open() takes.
 *
 * SAME    only a file of exactly this sweep
 * GROW    also a file of the same scenario and build that has fewer points or seeds, or whose text
 *         differs but has the same meaning (sim/scenario/meaning.h). The file is rewritten for this
 *         sweep and keeps its runs. A shard does not grow
 * FRESH   any results file; its contents are dropped
 */
typedef enum {
    SIM_RESULTS_SAME,
    SIM_RESULTS_GROW,
    SIM_RESULTS_FRESH,
} SimResultsMode;

/* Opens or creates a results file. Borrows the sweep. Fails with SIM_RUN_ERROR_OTHER_SWEEP, saying
 * what differs, for a file that the mode refuses; and, even with SIM_RESULTS_FRESH, for a file that
 * is not a results file. */
SimResults *sim_results_open(const char *path, const SimSweep *sweep, SimResultsMode mode,
                             GError **error);
/* Creates results in an output that the caller publishes. */
SimResults *sim_results_new(const IoOutput *output, const SimSweep *sweep, GError **error);
void sim_results_free(SimResults *results); /* drops uncommitted rows */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimResults, sim_results_free)

/* Returns whether this cell has a row that need not be tried again. */
bool sim_results_has(const SimResults *results, guint64 cell);
guint64 sim_results_count(const SimResults *results); /* number of such rows */

/* Adds a row to the batch; sim_results_commit() ends the batch. */
bool sim_results_put(SimResults *results, const SimSweepRow *row, GError **error);
bool sim_results_commit(SimResults *results, GError **error);
/* Returns whether the existing row of this cell is equal to `row`. */
bool sim_results_agrees(SimResults *results, const SimSweepRow *row);
guint sim_results_pending(const SimResults *results); /* rows since the last commit */

/* Reads the runs and writes `statistic`. The functions below need it. */
bool sim_results_finish(SimResults *results, GError **error);

typedef struct {
    guint64 runs, held, failed, limit, other;
} SimResultsCounts;

SimResultsCounts sim_results_counts(const SimResults *results);

/* Groups the values of a column (measures, then samples without a measure) of finished runs, in
 * order of cells. Returns an array of SimSeedValue for each group; `groups` maps points to groups.
 */
GPtrArray *sim_results_split(const SimResults *results, guint column, const guint32 *groups,
                             guint count);
guint sim_results_column_of_sample(const SimResults *results, guint sample);
const SimSweep *sim_results_sweep(const SimResults *results);

/* ---- parts ---- */

/* A results file opened for reading: the description of its sweep, and its rows in order. */
typedef struct SimPart SimPart;

SimPart *sim_part_open(const char *path, GError **error);
void sim_part_free(SimPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimPart, sim_part_free)

/* Returns the whole sweep that the part belongs to; NULL with an error if this version cannot read
 * the scenario. */
SimSweep *sim_part_sweep(const SimPart *part, GError **error);
/* Returns the same with the seeds from `first` to `last`, too, and those between. */
SimSweep *sim_part_sweep_of_seeds(const SimPart *part, guint64 first, guint64 last, GError **error);
/* Returns false with the difference if the part is of another scenario or build. Points, seeds and
 * shards may differ, and what does not bear on runs (sim/scenario/meaning.h). */
bool sim_part_is_like(const SimPart *part, const SimSweep *sweep, GError **error);
/* Counts, for a progress bar, the rows that need not be tried again and those that did not hold.
 * Takes no lock, so that it does not delay the writer. Returns false if the file is unreadable at
 * the moment. */
bool sim_part_peek(const char *path, guint64 *ret_done, guint64 *ret_failed);
/* Returns false with the error to stop. The part owns the row. */
typedef bool (*SimPartFunc)(void *user, const SimSweepRow *row, GError **error);

/* Calls func for every row, in order, of a part of that sweep. Returns false if func did or the
 * part is unreadable. */
bool sim_part_each(SimPart *part, const SimSweep *sweep, SimPartFunc func, void *user,
                   GError **error);
/* Calls func for every row of a part that is like the sweep, with the row's cell there. Returns
 * false, too, if the sweep does not have one of the runs. */
bool sim_part_carry(SimPart *part, const SimSweep *sweep, SimPartFunc func, void *user,
                    GError **error);

#endif
