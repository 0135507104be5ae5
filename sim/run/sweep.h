/* Many runs of one scenario: every point of its sweeps with every seed.
 *
 * A cell is one run, by number: its point times the number of seeds, plus the place of its seed.
 * Points count as the digits of a number do, the first sweep the slowest. The texts are read once,
 * so that a file that changes meanwhile changes nothing; cells share nothing else, and what comes
 * of one depends on its number alone.
 */
#ifndef SIM_RUN_SWEEP_H
#define SIM_RUN_SWEEP_H

#include "sim/run/run.h"

#define SIM_SWEEP_CELLS_MAX 100000000

typedef struct {
    const char *const *overrides; /* "name=value" of each -P, NULL at the end; or NULL */
    bool seeds_given;             /* else those of the file, or its one seed */
    guint64 first_seed, last_seed;
    guint64 shard, shards; /* cells whose number leaves shard - 1; 1 of 1 is all */
} SimSweepOptions;

typedef struct SimSweep SimSweep;

/* NULL with messages in errors (of the scenario), or with an error. Options are copied. */
SimSweep *sim_sweep_new(const char *path, const SimSweepOptions *options, ScnErrors *errors,
                        GError **error);
/* The same of texts that were kept, ScnSource; they are copied. */
SimSweep *sim_sweep_new_kept(const GPtrArray *texts, const SimSweepOptions *options,
                             ScnErrors *errors, GError **error);
void sim_sweep_free(SimSweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimSweep, sim_sweep_free)

/* The scenario at its first point, with its sweeps. */
const ScnScenario *sim_sweep_scenario(const SimSweep *sweep);
const SimSweepOptions *sim_sweep_options(const SimSweep *sweep);
guint64 sim_sweep_points(const SimSweep *sweep);
guint64 sim_sweep_seeds(const SimSweep *sweep);
guint64 sim_sweep_cells(const SimSweep *sweep);          /* of all shards */
bool sim_sweep_has(const SimSweep *sweep, guint64 cell); /* whether it is in this shard */
guint64 sim_sweep_first_seed(const SimSweep *sweep);

/* "-P latency=20ms --seed 7" of a cell; free with g_free. */
char *sim_sweep_cell_text(const SimSweep *sweep, guint64 cell);
/* The value of a param at a point as written; borrowed. */
const char *sim_sweep_value(const SimSweep *sweep, guint64 point, guint32 param);
/* The scenario at a point; NULL with messages. */
ScnScenario *sim_sweep_parse(const SimSweep *sweep, guint64 cell, ScnErrors *errors);

/* What came of a cell. */
typedef struct {
    guint64 cell;
    char *status; /* held, failed, limit, broken; error: no run could be made; died */
    char *digest, *outcome;
    char *detail; /* why, unless it held */
    int64_t end_ns;
    guint64 events;
    bool retry;     /* to be tried again when the sweep is taken up */
    GArray *values; /* SimCellValue: measures, then samples that stand for no measure */
} SimSweepRow;

void sim_sweep_row_clear(SimSweepRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimSweepRow, sim_sweep_row_clear)

/* Runs a cell and gives its row as bytes, to be taken by sim_sweep_unpack(). */
GBytes *sim_sweep_run(const SimSweep *sweep, guint64 cell);
/* False when the bytes are no row of this sweep. */
bool sim_sweep_unpack(const SimSweep *sweep, GBytes *bytes, SimSweepRow *ret_row);
/* The row of a cell whose process died. */
void sim_sweep_died(const SimSweep *sweep, guint64 cell, const char *detail, SimSweepRow *ret_row);

/* How many values a row has. */
guint sim_sweep_value_count(const SimSweep *sweep);

#endif
