/* Chunks, the writer's thread and the inserts; see trace_writer.h.
 *
 * Measured here on table message (STRICT, two text columns): 2.4 M rows/s with one row a statement,
 * 4.3 with 64; more rows gain nothing. Pages of 8 KB are 6 % slower than 16 KB, but keep a trace of
 * ten blocks small.
 */
#include "sim/run/trace_writer.h"

#include "sim/io/database.h"
#include "sim/io/output.h"
#include "sim/engine/assert.h"
#include "sim/run/trace.h"

#include <sqlite3.h>

#define CHUNK_CELLS 16384
#define CHUNK_LIMIT                                                                                \
    48                /* 6 MB; more than there are tables, or the simulation would wait for ever   \
                       */
#define GROUP_ROWS 64 /* rows of one INSERT */
#define HEX_COLUMNS 2 /* most in any table */

G_STATIC_ASSERT(CHUNK_LIMIT > SIM_TABLE_COUNT + 1);

typedef struct {
    SimTraceTable table; /* SIM_TABLE_COUNT: end of the rows */
    size_t rows;
    SimTraceCell cells[CHUNK_CELLS];
} Chunk;

struct SimTraceWriter {
    /* used by both threads */
    GAsyncQueue *full, *empty;
    gint failed, abandoned; /* atomic */
    /* used by the simulation's thread */
    GThread *thread;
    Chunk *open[SIM_TABLE_COUNT];
    size_t cells[SIM_TABLE_COUNT], capacity[SIM_TABLE_COUNT];
    unsigned chunk_count;
    /* used by the writer's thread while it runs */
    sqlite3 *db;
    sqlite3_stmt *one[SIM_TABLE_COUNT], *many[SIM_TABLE_COUNT];
    char hex[GROUP_ROWS * HEX_COLUMNS][65];
    char *temporary, *path;
    GError *error; /* the first error */
};

/* --- SQLite ------------------------------------------------------------------------------ */

/* Returns the errno behind a result code. ENOSPC is SQLITE_FULL; other lack of room is
 * SQLITE_IOERR, whose errno SQLite keeps for a statement but not for a commit. */
static int
errno_of(const SimTraceWriter *writer, int rc)
{
    int saved_errno;

    if ((rc & 0xff) != SQLITE_IOERR)
        return 0;
    saved_errno = sqlite3_system_errno(writer->db);
    return saved_errno != 0 ? saved_errno : io_output_probe(writer->temporary);
}

/* Stores the first failure; `rc` is the result of the last call on the database. */
static bool
check_result(SimTraceWriter *writer, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE)
        return true;
    if (writer->error == NULL) {
        int saved_errno = errno_of(writer, rc);
        bool full = (rc & 0xff) == SQLITE_FULL || io_errno_is_full(saved_errno);
        const char *why = saved_errno != 0 ? g_strerror(saved_errno)
                          : writer->db     ? sqlite3_errmsg(writer->db)
                                           : sqlite3_errstr(rc);

        io_set_error(&writer->error, writer->path, full, why);
    }
    g_atomic_int_set(&writer->failed, 1);
    return false;
}

static bool
execute(SimTraceWriter *writer, const char *sql)
{
    return check_result(writer, sqlite3_exec(writer->db, sql, NULL, NULL, NULL));
}

/* Uses no journal and no sync: the file is renamed only when complete, and synced once before.
 * Settings whose default differs between builds of SQLite and that the file would show are set
 * here. */
static bool
open_database(SimTraceWriter *writer)
{
    g_autofree char *sql = g_strdup_printf(
        "PRAGMA page_size=8192; PRAGMA encoding='UTF-8'; PRAGMA auto_vacuum=NONE;"
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
        "PRAGMA foreign_keys=OFF; PRAGMA secure_delete=OFF; PRAGMA cache_size=-2048;"
        "PRAGMA application_id=%d; PRAGMA user_version=%d; BEGIN;",
        SIM_TRACE_APPLICATION_ID, SIM_TRACE_SCHEMA);

    return check_result(writer,
                        io_database_open(writer->temporary, IO_DATABASE_MAKE, &writer->db)) &&
           execute(writer, sql) && execute(writer, sim_trace_schema_tables);
}

static sqlite3_stmt *
prepare(SimTraceWriter *writer, SimTraceTable table, unsigned rows)
{
    const SimTraceTableSpec *spec = sim_trace_table(table);
    g_autoptr(GString) sql = g_string_new(NULL);
    size_t columns = sim_trace_table_columns(table);
    sqlite3_stmt *stmt = NULL;

    g_string_printf(sql, "INSERT INTO \"%s\"(%s) VALUES", spec->name, spec->columns);
    for (unsigned row = 0; row < rows; row++) {
        g_string_append(sql, row == 0 ? "(" : ",(");
        for (size_t i = 0; i < columns; i++)
            g_string_append(sql, i == 0 ? "?" : ",?");
        g_string_append_c(sql, ')');
    }
    check_result(writer, sqlite3_prepare_v3(writer->db, sql->str, (int)sql->len + 1,
                                            SQLITE_PREPARE_PERSISTENT, &stmt, NULL));
    return stmt;
}

static int
bind_value(sqlite3_stmt *stmt, int at, const SimTraceCell *cells)
{
    switch ((SimCellKind)cells[0].integer) {
    case SIM_CELL_INTEGER:
        return sqlite3_bind_int64(stmt, at, cells[1].integer);
    case SIM_CELL_REAL:
        return sqlite3_bind_double(stmt, at, cells[1].number);
    case SIM_CELL_TEXT:
        return sqlite3_bind_text(stmt, at, cells[1].text, -1, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(stmt, at);
    }
}

static int
bind_hex(sqlite3_stmt *stmt, int at, char *hex, char type, const SimTraceCell *cells)
{
    KetteHash hash;
    KetteU256 work;

    if (type == 'h') {
        memcpy(&hash, cells, sizeof hash);
        kette_hash_to_hex(hex, &hash);
    } else {
        memcpy(&work, cells, sizeof work);
        kette_u256_to_hex(hex, &work);
    }
    return sqlite3_bind_text(stmt, at, hex, 64, SQLITE_STATIC);
}

/* Binds `rows` rows and inserts them without copying: bound values and texts stay valid until the
 * next call. */
static bool
insert_rows(SimTraceWriter *writer, sqlite3_stmt *stmt, SimTraceTable table,
            const SimTraceCell *cell, unsigned rows)
{
    const char *types = sim_trace_table(table)->types;
    unsigned hexes = 0;
    int at = 1, rc = SQLITE_OK;

    for (unsigned row = 0; row < rows; row++) {
        for (const char *t = types; *t != '\0' && rc == SQLITE_OK; t++, at++) {
            switch (*t) {
            case 'i':
                rc = cell->integer == SIM_TRACE_NULL ? sqlite3_bind_null(stmt, at)
                                                     : sqlite3_bind_int64(stmt, at, cell->integer);
                cell++;
                break;
            case 's':
                rc = sqlite3_bind_text(stmt, at, (cell++)->text, -1, SQLITE_STATIC);
                break;
            case 'v':
                rc = bind_value(stmt, at, cell);
                cell += 2;
                break;
            default:
                sim_assert(hexes < G_N_ELEMENTS(writer->hex));
                rc = bind_hex(stmt, at, writer->hex[hexes++], *t, cell);
                cell += 4;
            }
        }
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (!check_result(writer, rc))
        return false;
    return check_result(writer, sqlite3_reset(stmt));
}

static void
insert_chunk(SimTraceWriter *writer, const Chunk *chunk)
{
    SimTraceTable table = chunk->table;
    size_t width = sim_trace_table_cells(table), row = 0;

    if (chunk->rows >= GROUP_ROWS && writer->many[table] == NULL)
        writer->many[table] = prepare(writer, table, GROUP_ROWS);
    if (chunk->rows % GROUP_ROWS > 0 && writer->one[table] == NULL)
        writer->one[table] = prepare(writer, table, 1);
    if (writer->error != NULL)
        return;
    for (; row + GROUP_ROWS <= chunk->rows; row += GROUP_ROWS) {
        if (!insert_rows(writer, writer->many[table], table, chunk->cells + row * width,
                         GROUP_ROWS))
            return;
    }
    for (; row < chunk->rows; row++) {
        if (!insert_rows(writer, writer->one[table], table, chunk->cells + row * width, 1))
            return;
    }
}

static gpointer
writer_main(gpointer data)
{
    SimTraceWriter *writer = data;
    Chunk *chunk;

    while ((chunk = g_async_queue_pop(writer->full))->table != SIM_TABLE_COUNT) {
        if (writer->error == NULL && !g_atomic_int_get(&writer->abandoned))
            insert_chunk(writer, chunk);
        g_async_queue_push(writer->empty, chunk);
    }
    g_async_queue_push(writer->empty, chunk);
    return NULL;
}

/* --- the simulation's side --------------------------------------------------------------- */

static void
writer_free(SimTraceWriter *writer)
{
    Chunk *chunk;

    for (unsigned table = 0; table < SIM_TABLE_COUNT; table++) {
        sqlite3_finalize(writer->one[table]);
        sqlite3_finalize(writer->many[table]);
        g_free(writer->open[table]);
    }
    /* Cannot fail: no statements are left, and finish has already closed and checked it */
    sqlite3_close(writer->db);
    while ((chunk = g_async_queue_try_pop(writer->empty)) != NULL)
        g_free(chunk);
    g_async_queue_unref(writer->empty);
    g_async_queue_unref(writer->full);
    g_clear_error(&writer->error);
    g_free(writer->temporary);
    g_free(writer->path);
    g_free(writer);
}

SimTraceWriter *
sim_trace_writer_new(const char *temporary, const char *path, GError **error)
{
    SimTraceWriter *writer = g_new0(SimTraceWriter, 1);
    g_autoptr(GError) thread_error = NULL;

    writer->full = g_async_queue_new();
    writer->empty = g_async_queue_new();
    writer->temporary = g_strdup(temporary);
    writer->path = g_strdup(path);
    for (unsigned table = 0; table < SIM_TABLE_COUNT; table++) {
        writer->cells[table] = sim_trace_table_cells(table);
        writer->capacity[table] = CHUNK_CELLS / writer->cells[table] / GROUP_ROWS * GROUP_ROWS;
        sim_assert(writer->capacity[table] > 0);
    }
    if (!open_database(writer)) {
        g_propagate_error(error, g_steal_pointer(&writer->error));
        writer_free(writer);
        return NULL;
    }
    writer->thread = g_thread_try_new("trace", writer_main, writer, &thread_error);
    if (writer->thread == NULL) {
        io_set_error(error, path, true, thread_error->message); /* no memory for a thread */
        writer_free(writer);
        return NULL;
    }
    return writer;
}

/* Returns an empty chunk: a returned one, a new one, or, at the limit, the next to be returned. */
static Chunk *
chunk_take(SimTraceWriter *writer, SimTraceTable table)
{
    Chunk *chunk = g_async_queue_try_pop(writer->empty);

    if (chunk == NULL && writer->chunk_count < CHUNK_LIMIT) {
        chunk = g_new(Chunk, 1);
        writer->chunk_count++;
    }
    if (chunk == NULL)
        chunk = g_async_queue_pop(writer->empty);
    chunk->table = table;
    chunk->rows = 0;
    return chunk;
}

static void
hand_over(SimTraceWriter *writer, SimTraceTable table)
{
    if (writer->open[table] != NULL)
        g_async_queue_push(writer->full, g_steal_pointer(&writer->open[table]));
}

SimTraceCell *
sim_trace_writer_begin(SimTraceWriter *writer, SimTraceTable table)
{
    Chunk *chunk = writer->open[table];

    if (chunk == NULL)
        chunk = writer->open[table] = chunk_take(writer, table);
    return chunk->cells + chunk->rows * writer->cells[table];
}

void
sim_trace_writer_end(SimTraceWriter *writer, SimTraceTable table, const SimTraceCell *end)
{
    Chunk *chunk = writer->open[table];

    chunk->rows++;
    sim_assert(end == chunk->cells + chunk->rows * writer->cells[table]);
    if (chunk->rows == writer->capacity[table])
        hand_over(writer, table);
}

bool
sim_trace_writer_failed(const SimTraceWriter *writer)
{
    return g_atomic_int_get(&writer->failed) != 0;
}

static void
end_thread(SimTraceWriter *writer)
{
    g_async_queue_push(writer->full, chunk_take(writer, SIM_TABLE_COUNT));
    g_thread_join(g_steal_pointer(&writer->thread));
}

/* Now that the thread has ended, the database belongs to this thread. */
bool
sim_trace_writer_finish(SimTraceWriter *writer, GError **error)
{
    bool whole;

    for (unsigned table = 0; table < SIM_TABLE_COUNT; table++)
        hand_over(writer, table);
    end_thread(writer);
    if (writer->error == NULL && execute(writer, sim_trace_schema_views) &&
        execute(writer, "COMMIT")) {
        for (unsigned table = 0; table < SIM_TABLE_COUNT; table++) {
            sqlite3_finalize(g_steal_pointer(&writer->one[table]));
            sqlite3_finalize(g_steal_pointer(&writer->many[table]));
        }
        if (check_result(writer, sqlite3_close(writer->db)))
            writer->db = NULL;
    }
    whole = writer->error == NULL;
    if (!whole)
        g_propagate_error(error, g_steal_pointer(&writer->error));
    writer_free(writer);
    return whole;
}

void
sim_trace_writer_abandon(SimTraceWriter *writer)
{
    if (writer == NULL)
        return;
    g_atomic_int_set(&writer->abandoned, 1);
    end_thread(writer);
    writer_free(writer);
}

size_t
sim_trace_writer_bytes(const SimTraceWriter *writer)
{
    return sizeof *writer + writer->chunk_count * sizeof(Chunk);
}
