/* Many runs of one scenario: every point of its sweeps with every seed.
 *
 * A cell is one run; its number is the point times the number of seeds, plus the index of the seed.
 * Points count like the digits of a number; the first sweep changes slowest. The texts are read
 * once, so that later changes of the files have no effect. Cells share nothing else: the result of
 * a cell depends only on its number.
 */
#ifndef SIM_RUN_SWEEP_H
#define SIM_RUN_SWEEP_H

#include "sim/run/run.h"

#define SIM_SWEEP_CELLS_MAX 100000000

typedef struct {
    const char *const *overrides; /* "name=value" of each -P, NULL at the end; may be NULL */
    bool seeds_given;             /* else the file's seeds, or its one seed */
    guint64 first_seed, last_seed;
    guint64 shard, shards; /* the cells with number % shards == shard - 1; 1 of 1: all */
} SimSweepOptions;

typedef struct SimSweep SimSweep;

/* Returns how many points the sweeps of a scenario have, 1 without any; G_MAXINT64 if they are more.
 */
guint64 sim_sweep_count_points(const ScnScenario *scenario);
/* Returns NULL with messages in errors (of the scenario), or with an error. Copies the options. */
SimSweep *sim_sweep_new(const char *path, const SimSweepOptions *options, ScnErrors *errors,
                        GError **error);
/* Like sim_sweep_new(), for a list of texts (ScnSource), which are copied. */
SimSweep *sim_sweep_new_kept(const GPtrArray *texts, const SimSweepOptions *options,
                             ScnErrors *errors, GError **error);
void sim_sweep_free(SimSweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimSweep, sim_sweep_free)

/* Returns the scenario at its first point, with its sweeps. */
const ScnScenario *sim_sweep_scenario(const SimSweep *sweep);
const SimSweepOptions *sim_sweep_options(const SimSweep *sweep);
guint64 sim_sweep_points(const SimSweep *sweep);
guint64 sim_sweep_seeds(const SimSweep *sweep);
guint64 sim_sweep_cells(const SimSweep *sweep);          /* of all shards */
bool sim_sweep_has(const SimSweep *sweep, guint64 cell); /* whether this shard has the cell */
guint64 sim_sweep_first_seed(const SimSweep *sweep);

/* Returns "-P latency=20ms --seed 7" for a cell; free with g_free. */
char *sim_sweep_cell_text(const SimSweep *sweep, guint64 cell);
/* Returns the value of a param at a point as written; borrowed. */
const char *sim_sweep_value(const SimSweep *sweep, guint64 point, guint32 param);
/* Returns the scenario of a cell; NULL with messages. */
ScnScenario *sim_sweep_parse(const SimSweep *sweep, guint64 cell, ScnErrors *errors);

/* The result of a cell. */
typedef struct {
    guint64 cell;
    char *status; /* held, failed, limit, broken; error: no run could be built; died */
    char *digest, *outcome;
    char *detail; /* the reason, unless it held */
    int64_t end_ns;
    guint64 events;
    bool retry;     /* try again when the sweep is resumed */
    GArray *values; /* SimCellValue: measures, then samples without a measure */
} SimSweepRow;

void sim_sweep_row_clear(SimSweepRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimSweepRow, sim_sweep_row_clear)

/* Runs a cell and returns its row as bytes, for sim_sweep_unpack(). */
GBytes *sim_sweep_run(const SimSweep *sweep, guint64 cell);
/* Returns false if the bytes are not a row of this sweep. */
bool sim_sweep_unpack(const SimSweep *sweep, GBytes *bytes, SimSweepRow *ret_row);
/* Makes the row of a cell whose process died. */
void sim_sweep_died(const SimSweep *sweep, guint64 cell, const char *detail, SimSweepRow *ret_row);

/* Returns the number of values in a row. */
guint sim_sweep_value_count(const SimSweep *sweep);

#endif
