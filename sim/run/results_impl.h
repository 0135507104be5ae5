/* Shared by the results_*.c files: statements, columns, what a file says of its sweep. */
#ifndef SIM_RUN_RESULTS_IMPL_H
#define SIM_RUN_RESULTS_IMPL_H

#include "sim/io/database.h"
#include "sim/io/output.h"
#include "sim/run/results.h"

#define SIM_RESULTS_SCHEMA 0 /* PRAGMA user_version */

typedef struct {
    char *name;   /* of the param, measure or sample */
    char *column; /* its name in a table, which no other column there has */
    const char *unit;
} SimResultsColumn;

GArray *sim_results_param_columns(const SimSweep *sweep);   /* SimResultsColumn */
GArray *sim_results_measure_columns(const SimSweep *sweep); /* samples without a measure, too */

/* False with an error in IO_ERROR that names the file. */
bool sim_results_fail(sqlite3 *db, const char *path, GError **error);
bool sim_results_exec(sqlite3 *db, const char *path, const char *sql, GError **error);
sqlite3_stmt *sim_results_prepare(sqlite3 *db, const char *path, const char *sql, GError **error);

/* Opens a file that is there; checks that it is a results file. NULL with an error. */
sqlite3 *sim_results_connect(const char *path, IoDatabaseMode mode, GError **error);
/* False with what differs between the file's sweep and this one, or when its tables are not ours.
 */
bool sim_results_same(sqlite3 *db, const char *path, const SimSweep *sweep, bool same_shard,
                      GError **error);
/* Makes the tables of a file that is finished, anew. */
extern const char sim_results_table_schema[];
/* Writes what the tables of the scenario say, anew; inside a transaction of the caller's. */
bool sim_results_write_tables(sqlite3 *db, const char *path, const SimResults *results,
                              GError **error);
/* Makes all tables of an empty database and fills those that say what the sweep is. */
bool sim_results_make(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error);

#endif
