/* The tables of a trace: their SQL, and the layout of their rows on the way to the writer.
 *
 * A row is a fixed number of 8-byte cells. The letter of a column says how many it needs:
 *
 *   i  1 cell   integer; SIM_TRACE_NULL is NULL
 *   s  1 cell   text that lives until the writer is closed; NULL is NULL
 *   v  2 cells  value of any type: its SimCellKind, then an integer, a number or a text
 *   h  4 cells  hash, as the bytes of a KetteHash; stored in display order
 *   w  4 cells  work, as a KetteU256; stored as 64 hex digits
 *
 * docs/trace-schema.md documents the tables for readers of a trace.
 */
#ifndef SIM_RUN_TRACE_SCHEMA_H
#define SIM_RUN_TRACE_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

#define SIM_TRACE_APPLICATION_ID 0x6b747472 /* "kttr" */
#define SIM_TRACE_NULL INT64_MIN

/* In the order in which open chunks are flushed at the end. */
typedef enum {
    SIM_TABLE_RUN,
    SIM_TABLE_SOURCE,
    SIM_TABLE_NODE,
    SIM_TABLE_EDGE,
    SIM_TABLE_BLOCK,
    SIM_TABLE_BLOCK_NAME,
    SIM_TABLE_BLOCK_TX,
    SIM_TABLE_TX,
    SIM_TABLE_ARRIVAL,
    SIM_TABLE_TIP,
    SIM_TABLE_TX_EVENT,
    SIM_TABLE_VERDICT,
    SIM_TABLE_CONNECTION,
    SIM_TABLE_MESSAGE,
    SIM_TABLE_FAULT,
    SIM_TABLE_FAULT_NODE,
    SIM_TABLE_STRATEGY,
    SIM_TABLE_UNDONE,
    SIM_TABLE_CHECK,
    SIM_TABLE_MEASURE,
    SIM_TABLE_COUNT
} SimTraceTable;

typedef union {
    int64_t integer;
    double number;
    const char *text;
    uint64_t bits; /* part of a hash or work */
} SimTraceCell;

typedef struct {
    const char *name;
    const char *columns; /* columns of a row, separated by commas; seq numbers itself */
    const char *types;   /* one letter for each column */
} SimTraceTableSpec;

const SimTraceTableSpec *sim_trace_table(SimTraceTable table);
size_t sim_trace_table_columns(SimTraceTable table);
size_t sim_trace_table_cells(SimTraceTable table);

/* SQL to run before the first row, and after the last. */
extern const char sim_trace_schema_tables[];
extern const char sim_trace_schema_views[];

#endif
