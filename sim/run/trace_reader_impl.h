/* Shared by trace_reader.c and trace_event.c: the database, and checked values of a row. */
#ifndef SIM_RUN_TRACE_READER_IMPL_H
#define SIM_RUN_TRACE_READER_IMPL_H

#include "sim/io/database.h"
#include "sim/run/trace_reader.h"

sqlite3 *sim_trace_reader_db(const SimTraceReader *reader);

/* A row being read. After the first bad value the others are ignored, so that a caller reads a
 * whole row and checks once. */
typedef struct {
    sqlite3_stmt *stmt;
    int column;
    bool bad;
} SimTraceRow;

/* Reads the next column. NULL reads as `none`; if `none` is 0, NULL means that the file is damaged.
 */
int64_t sim_trace_row_integer(SimTraceRow *row, int64_t low, int64_t high, int64_t none);
/* Reads UTF-8 without a NUL; the statement owns it until its next step. */
const char *sim_trace_row_text(SimTraceRow *row, bool may_be_null);
/* Reads 64 hex digits. */
const char *sim_trace_row_hex(SimTraceRow *row);

/* Sets the error "'x.db' is damaged: WHAT"; returns false. */
bool sim_trace_reader_damaged(const SimTraceReader *reader, const char *what, GError **error);
/* Returns NULL with an error. */
sqlite3_stmt *sim_trace_reader_prepare(SimTraceReader *reader, const char *sql, GError **error);
/* Returns true at a row; false at the end, or with an error. */
bool sim_trace_reader_step(SimTraceReader *reader, sqlite3_stmt *stmt, GError **error);

#endif
