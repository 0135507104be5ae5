/* The writer: takes rows by table from the simulation's thread and writes them to a SQLite database
 * in its own thread.
 *
 * The simulation fills rows (trace_schema.h) into chunks, one open chunk for each table. A queue
 * passes full chunks to the writer's thread; another returns them for reuse. The number of chunks
 * is fixed, so the run waits if the disk is slower. The order of inserts depends only on the
 * numbers of rows, never on timing.
 *
 * After a failed insert the writer discards what follows and returns the first error at the end.
 */
#ifndef SIM_RUN_TRACE_WRITER_H
#define SIM_RUN_TRACE_WRITER_H

#include "core/base/hash.h"
#include "core/base/u256.h"
#include "sim/run/cell.h"
#include "sim/run/trace_schema.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

typedef struct SimTraceWriter SimTraceWriter;

/* Creates the tables in the empty file `temporary`; errors name `path`. */
SimTraceWriter *sim_trace_writer_new(const char *temporary, const char *path, GError **error);

/* To add a row: begin, fill the cells in order with the functions below, end. */
SimTraceCell *sim_trace_writer_begin(SimTraceWriter *writer, SimTraceTable table);
void sim_trace_writer_end(SimTraceWriter *writer, SimTraceTable table, const SimTraceCell *end);

/* Returns whether anything has failed: then further rows are lost. */
bool sim_trace_writer_failed(const SimTraceWriter *writer);

/* Writes the remaining rows, indexes and views, and closes the database. Frees the writer; texts in
 * rows must live until this returns. Returns false with the first error. */
bool sim_trace_writer_finish(SimTraceWriter *writer, GError **error);
/* Closes without writing the remaining rows; the file is useless. NULL is allowed. */
void sim_trace_writer_abandon(SimTraceWriter *writer);

static inline SimTraceCell *
sim_trace_put_integer(SimTraceCell *cell, int64_t value)
{
    cell->integer = value;
    return cell + 1;
}

/* A node or block; NONE becomes NULL. */
static inline SimTraceCell *
sim_trace_put_ref(SimTraceCell *cell, uint32_t ref)
{
    return sim_trace_put_integer(cell, ref == UINT32_MAX ? SIM_TRACE_NULL : (int64_t)ref);
}

/* A time; a negative one becomes NULL. */
static inline SimTraceCell *
sim_trace_put_time(SimTraceCell *cell, int64_t time_ns)
{
    return sim_trace_put_integer(cell, time_ns < 0 ? SIM_TRACE_NULL : time_ns);
}

static inline SimTraceCell *
sim_trace_put_text(SimTraceCell *cell, const char *text)
{
    cell->text = text;
    return cell + 1;
}

/* A text must live as long as with sim_trace_put_text(). */
static inline SimTraceCell *
sim_trace_put_value(SimTraceCell *cell, const SimCellValue *value)
{
    cell[0].integer = value->kind;
    if (value->kind == SIM_CELL_REAL)
        cell[1].number = value->real;
    else if (value->kind == SIM_CELL_TEXT)
        cell[1].text = value->text;
    else
        cell[1].integer = value->integer;
    return cell + 2;
}

static inline SimTraceCell *
sim_trace_put_hash(SimTraceCell *cell, const uint8_t *hash)
{
    memcpy(cell, hash, sizeof(KetteHash));
    return cell + 4;
}

static inline SimTraceCell *
sim_trace_put_work(SimTraceCell *cell, const KetteU256 *work)
{
    memcpy(cell, work, sizeof *work);
    return cell + 4;
}

G_STATIC_ASSERT(sizeof(SimTraceCell) == 8);
G_STATIC_ASSERT(sizeof(KetteHash) == 4 * sizeof(SimTraceCell));
G_STATIC_ASSERT(sizeof(KetteU256) == 4 * sizeof(SimTraceCell));

size_t sim_trace_writer_bytes(const SimTraceWriter *writer); /* of its buffers */

#endif
