/* A database opened to be asked: a trace, or the results of a sweep. The file may be anything.
 *
 * It is opened read-only, with triggers off, nothing attached, and memory bounded; an authorizer
 * lets a statement read and nothing else. Errors are one line that names the path.
 *
 * The shape of a trace is stated once more here (ANA_TRACE_SCHEMA), because analysis/ links
 * nothing of the simulator; tests/analysis fails when the two differ.
 */
#ifndef ANALYSIS_DATABASE_H
#define ANALYSIS_DATABASE_H

#include "sim/io/database.h"

#include <glib.h>
#include <stdbool.h>

#define ANA_TRACE_ID 0x6b747472   /* "kttr", PRAGMA application_id */
#define ANA_RESULTS_ID 0x4b655273 /* "KeRs" */
#define ANA_TRACE_SCHEMA 6        /* PRAGMA user_version */
#define ANA_RESULTS_SCHEMA 0      /* likewise */

typedef enum { ANA_KIND_TRACE, ANA_KIND_RESULTS } AnaKind;

#define ANA_ERROR ana_error_quark()
typedef enum {
    ANA_ERROR_INPUT,       /* the database, or what is asked of it */
    ANA_ERROR_INTERRUPTED, /* the caller's stop said so */
} AnaError;
GQuark ana_error_quark(void);

typedef struct {
    bool (*stop)(void); /* asked now and then; NULL: never stops */
    gint64 timeout_us;  /* for each statement; 0: as long as it takes */
} AnaLimits;

typedef struct AnaDatabase AnaDatabase;

/* NULL with an error. */
AnaDatabase *ana_database_open(const char *path, AnaLimits limits, GError **error);
void ana_database_free(AnaDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnaDatabase, ana_database_free)

AnaKind ana_database_kind(const AnaDatabase *database);
const char *ana_database_path(const AnaDatabase *database);
/* Whether there is a table (no view) of that name. */
bool ana_database_has_table(AnaDatabase *database, const char *name);
/* "full", "consensus", … of a trace; "" where it does not say. Borrowed. */
const char *ana_database_level(const AnaDatabase *database);

/* One statement that reads; NULL with an error. Ends with the database at the latest: the caller
 * finalizes it first. */
sqlite3_stmt *ana_database_prepare(AnaDatabase *database, const char *sql, GError **error);
/* True: a row. False: the end, or an error. The clock of a statement starts with its first step. */
bool ana_database_step(AnaDatabase *database, sqlite3_stmt *stmt, GError **error);

#endif
