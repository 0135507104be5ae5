/* What trace_reader.c and trace_event.c share: the database, and checked values of a row. */
#ifndef SIM_RUN_TRACE_READER_IMPL_H
#define SIM_RUN_TRACE_READER_IMPL_H

#include "sim/io/database.h"
#include "sim/run/trace_reader.h"

sqlite3 *sim_trace_reader_db(const SimTraceReader *reader);

/* A row being read. The first value that is not what it must be is remembered, and those after it
 * are not looked at: a whole row is read and then asked once. */
typedef struct {
    sqlite3_stmt *stmt;
    int column;
    bool bad;
} SimTraceRow;

/* The next column. A NULL is `none`, or bad when none is 0. */
int64_t sim_trace_row_integer(SimTraceRow *row, int64_t low, int64_t high, int64_t none);
/* UTF-8 without a NUL, of the statement until its next step. */
const char *sim_trace_row_text(SimTraceRow *row, bool may_be_null);
/* 64 hex digits. */
const char *sim_trace_row_hex(SimTraceRow *row);

/* "'x.db' is damaged: WHAT"; gives false. */
bool sim_trace_reader_damaged(const SimTraceReader *reader, const char *what, GError **error);
/* NULL with an error. */
sqlite3_stmt *sim_trace_reader_prepare(SimTraceReader *reader, const char *sql, GError **error);
/* True at a row. False at the end, or with an error. */
bool sim_trace_reader_step(SimTraceReader *reader, sqlite3_stmt *stmt, GError **error);

#endif
