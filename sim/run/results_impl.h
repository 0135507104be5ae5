/* Shared by the results_*.c files: statements, columns, and the description of the sweep. */
#ifndef SIM_RUN_RESULTS_IMPL_H
#define SIM_RUN_RESULTS_IMPL_H

#include "sim/io/database.h"
#include "sim/io/output.h"
#include "sim/run/results.h"

#define SIM_RESULTS_SCHEMA 0 /* PRAGMA user_version */

typedef struct {
    char *name;   /* of the param, measure or sample */
    char *column; /* name in the table, unique there */
    const char *unit;
} SimResultsColumn;

/* Returns the unit of a param's values in files. */
const char *sim_results_param_unit(const ScnParam *param);
GArray *sim_results_param_columns(const SimSweep *sweep);   /* SimResultsColumn */
GArray *sim_results_measure_columns(const SimSweep *sweep); /* and samples without a measure */

/* Sets an error in IO_ERROR that names the file; returns false. */
bool sim_results_fail(sqlite3 *db, const char *path, GError **error);
bool sim_results_exec(sqlite3 *db, const char *path, const char *sql, GError **error);
sqlite3_stmt *sim_results_prepare(sqlite3 *db, const char *path, const char *sql, GError **error);

/* Opens an existing file and checks that it is a results file. Returns NULL with an error. */
sqlite3 *sim_results_connect(const char *path, IoDatabaseMode mode, GError **error);
/* Sets an error that the file is damaged; returns false. */
bool sim_results_damaged(const char *path, const char *what, GError **error);
/* Returns the texts that the file holds (ScnSource); NULL with an error. */
GPtrArray *sim_results_sources(sqlite3 *db, const char *path, GError **error);
/* Returns false with the difference between the file's sweep and this one, or if the tables are not
 * ours.
 */
bool sim_results_same(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error);
/* Returns false with the difference in build, meaning or columns: what is not a matter of points,
 * seeds and shards. */
bool sim_results_alike(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error);
/* Recreates the tables of a finished file. */
extern const char sim_results_table_schema[];
/* Writes the tables of the scenario, inside the caller's transaction. */
bool sim_results_write_tables(sqlite3 *db, const char *path, const SimResults *results,
                              GError **error);
/* Creates all tables in an empty database and describes the sweep in them. */
bool sim_results_make(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error);

#endif
