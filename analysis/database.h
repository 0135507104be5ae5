/* Opens a database for questions: a trace, or the results of a sweep. The file is untrusted.
 *
 * The database is read-only, with triggers off, nothing attached, and bounded memory; an authorizer
 * permits only reading. Errors are one line that names the path.
 *
 * ANA_TRACE_SCHEMA repeats the schema's number because analysis/ links nothing of the simulator;
 * tests/analysis compares the two.
 */
#ifndef ANALYSIS_DATABASE_H
#define ANALYSIS_DATABASE_H

#include "sim/io/database.h"

#include <glib.h>
#include <stdbool.h>

#define ANA_TRACE_ID 0x6b747472   /* "kttr", PRAGMA application_id */
#define ANA_RESULTS_ID 0x4b655273 /* "KeRs" */
#define ANA_TRACE_SCHEMA 9        /* PRAGMA user_version */
#define ANA_RESULTS_SCHEMA 0      /* likewise */

typedef enum { ANA_KIND_TRACE, ANA_KIND_RESULTS } AnaKind;

#define ANA_ERROR ana_error_quark()
typedef enum {
    ANA_ERROR_INPUT,       /* the database or the question is bad */
    ANA_ERROR_INTERRUPTED, /* `stop` returned true */
} AnaError;
GQuark ana_error_quark(void);

typedef struct {
    bool (*stop)(void); /* called from time to time; NULL: never stop */
    gint64 timeout_us;  /* for each statement; 0: no limit */
} AnaLimits;

typedef struct AnaDatabase AnaDatabase;

/* Returns NULL with an error. */
AnaDatabase *ana_database_open(const char *path, AnaLimits limits, GError **error);
void ana_database_free(AnaDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnaDatabase, ana_database_free)

AnaKind ana_database_kind(const AnaDatabase *database);
const char *ana_database_path(const AnaDatabase *database);
/* Returns whether there is a table (not a view) of that name. */
bool ana_database_has_table(AnaDatabase *database, const char *name);
/* Returns "full", "consensus", … for a trace; "" if unknown. Borrowed. */
const char *ana_database_level(const AnaDatabase *database);

/* Prepares one statement that only reads; NULL with an error. The caller finalizes the statement
 * before it closes the database. */
sqlite3_stmt *ana_database_prepare(AnaDatabase *database, const char *sql, GError **error);
/* Returns true at a row; false at the end, or with an error. The time of a statement starts with
 * its first step. */
bool ana_database_step(AnaDatabase *database, sqlite3_stmt *stmt, GError **error);

#endif
