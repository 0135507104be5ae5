/* Reads a results file to merge it with others; see results.h. */
#include "sim/run/results_impl.h"
#include "sim/run/sweep_map.h"

#include "sim/io/text.h"

#include <string.h>

struct SimPart {
    char *path;
    sqlite3 *db;
};

SimPart *
sim_part_open(const char *path, GError **error)
{
    g_autoptr(SimPart) part = g_new0(SimPart, 1);

    part->path = g_strdup(path);
    /* Writable: a killed process may have left a journal to play back */
    part->db = sim_results_connect(path, IO_DATABASE_WRITE, error);
    return part->db != NULL ? g_steal_pointer(&part) : NULL;
}

void
sim_part_free(SimPart *part)
{
    if (part == NULL)
        return;
    sqlite3_close(part->db);
    g_free(part->path);
    g_free(part);
}

static bool
report_damaged(const SimPart *part, const char *what, GError **error)
{
    return sim_results_damaged(part->path, what, error);
}

static bool
read_options(const SimPart *part, SimSweepOptions *options, char ***ret_words, GError **error)
{
    sqlite3_stmt *stmt = sim_results_prepare(
        part->db, part->path, "SELECT options, first_seed, last_seed FROM sweep", error);
    bool ok;

    if (stmt == NULL)
        return false;
    ok = sqlite3_step(stmt) == SQLITE_ROW;
    if (ok) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);

        *ret_words = text && *text ? g_strsplit(text, "\n", -1) : g_new0(char *, 1);
        options->first_seed = (guint64)sqlite3_column_int64(stmt, 1);
        options->last_seed = (guint64)sqlite3_column_int64(stmt, 2);
        ok = sqlite3_column_int64(stmt, 1) >= 0 &&
             sqlite3_column_int64(stmt, 2) >= sqlite3_column_int64(stmt, 1);
    }
    sqlite3_finalize(stmt);
    options->seeds_given = true;
    return ok || report_damaged(part, "no sweep in them", error);
}

SimSweep *
sim_part_sweep(const SimPart *part, GError **error)
{
    return sim_part_sweep_of_seeds(part, G_MAXUINT64, 0, error);
}

SimSweep *
sim_part_sweep_of_seeds(const SimPart *part, guint64 first, guint64 last, GError **error)
{
    g_autoptr(GPtrArray) sources = sim_results_sources(part->db, part->path, error);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_auto(GStrv) words = NULL;
    SimSweepOptions options = {.shard = 1, .shards = 1};
    SimSweep *sweep;

    if (sources == NULL || !read_options(part, &options, &words, error))
        return NULL;
    options.overrides = (const char *const *)words;
    options.first_seed = MIN(options.first_seed, first);
    options.last_seed = MAX(options.last_seed, last);
    sweep = sim_sweep_new_kept(sources, &options, errors, error);
    if (sweep == NULL && errors->items->len > 0) {
        const ScnError *why = errors->items->pdata[0];
        g_autofree char *text =
            g_strdup_printf("%s%s%s", why->place, *why->place ? ": " : "", why->message);

        report_damaged(part, text, error);
    }
    return sweep;
}

bool
sim_part_is_like(const SimPart *part, const SimSweep *sweep, GError **error)
{
    return sim_results_alike(part->db, part->path, sweep, error);
}

static char *
column_text(sqlite3_stmt *stmt, int at)
{
    const char *text = (const char *)sqlite3_column_text(stmt, at);

    return g_strdup(text ? text : "");
}

static SimCellValue
column_value(sqlite3_stmt *stmt, int at)
{
    switch (sqlite3_column_type(stmt, at)) {
    case SQLITE_INTEGER:
        return (SimCellValue){.kind = SIM_CELL_INTEGER, .integer = sqlite3_column_int64(stmt, at)};
    case SQLITE_FLOAT:
        return (SimCellValue){.kind = SIM_CELL_REAL, .real = sqlite3_column_double(stmt, at)};
    case SQLITE_TEXT:
        return (SimCellValue){.kind = SIM_CELL_TEXT, .text = column_text(stmt, at)};
    default:
        return (SimCellValue){.kind = SIM_CELL_NULL};
    }
}

static sqlite3_stmt *
prepare_rows(const SimPart *part, const SimSweep *sweep, GError **error)
{
    g_autoptr(GArray) columns = sim_results_measure_columns(sweep);
    GString *sql =
        g_string_new("SELECT id, status, digest, outcome, end_ns, events, detail, retry");
    sqlite3_stmt *stmt;

    for (guint i = 0; i < columns->len; i++)
        g_string_append_printf(sql, ", \"%s\"", g_array_index(columns, SimResultsColumn, i).column);
    g_string_append(sql, " FROM run ORDER BY id");
    stmt = sim_results_prepare(part->db, part->path, sql->str, error);
    g_string_free(sql, TRUE);
    return stmt;
}

/* Reads the current row of the statement. */
static bool
read_row(const SimPart *part, sqlite3_stmt *stmt, const SimSweep *sweep, SimSweepRow *ret_row,
         GError **error)
{
    if (sqlite3_column_int64(stmt, 0) < 1 ||
        (guint64)sqlite3_column_int64(stmt, 0) > sim_sweep_cells(sweep))
        return report_damaged(part, "a run that the sweep does not have", error);
    sim_sweep_died(sweep, (guint64)sqlite3_column_int64(stmt, 0) - 1, "", ret_row);
    g_free(ret_row->status);
    g_free(ret_row->digest);
    g_free(ret_row->outcome);
    g_free(ret_row->detail);
    ret_row->status = column_text(stmt, 1);
    ret_row->digest = column_text(stmt, 2);
    ret_row->outcome = column_text(stmt, 3);
    ret_row->end_ns = sqlite3_column_int64(stmt, 4);
    ret_row->events = (guint64)sqlite3_column_int64(stmt, 5);
    ret_row->detail = column_text(stmt, 6);
    ret_row->retry = sqlite3_column_int64(stmt, 7) != 0;
    for (guint i = 0; i < ret_row->values->len; i++)
        g_array_index(ret_row->values, SimCellValue, i) = column_value(stmt, (int)i + 8);
    return true;
}

bool
sim_part_each(SimPart *part, const SimSweep *sweep, SimPartFunc func, void *user, GError **error)
{
    sqlite3_stmt *stmt = prepare_rows(part, sweep, error);
    int code = SQLITE_ROW;
    bool ok = stmt != NULL;

    while (ok && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        g_auto(SimSweepRow) row = {.cell = 0};

        ok = read_row(part, stmt, sweep, &row, error) && func(user, &row, error);
    }
    if (ok && code != SQLITE_DONE)
        ok = report_damaged(part, sqlite3_errmsg(part->db), error);
    sqlite3_finalize(stmt);
    return ok;
}

typedef struct {
    const SimPart *part;
    const SimSweep *from;
    const SimSweepMap *map;
    SimPartFunc func;
    void *user;
} Carrying;

/* Says which run of the part the sweep does not have. */
static bool
report_left_out(const Carrying *carrying, guint64 cell, GError **error)
{
    g_autofree char *text = sim_sweep_cell_text(carrying->from, cell);

    return io_refuse(error, SIM_RUN_ERROR, SIM_RUN_ERROR_OTHER_SWEEP,
                     "'%s' has a run that is left out here: %s", carrying->part->path, text);
}

static bool
carry_row(void *user, const SimSweepRow *row, GError **error)
{
    const Carrying *carrying = user;
    SimSweepRow there = *row;

    return (sim_sweep_map_get(carrying->map, row->cell, &there.cell) ||
            report_left_out(carrying, row->cell, error)) &&
           carrying->func(carrying->user, &there, error);
}

bool
sim_part_carry(SimPart *part, const SimSweep *sweep, SimPartFunc func, void *user, GError **error)
{
    g_autoptr(SimSweep) own = sim_part_sweep(part, error);
    g_autoptr(SimSweepMap) map = own != NULL ? sim_sweep_map_new(own, sweep) : NULL;
    Carrying carrying = {part, own, map, func, user};

    return own != NULL && sim_part_each(part, own, carry_row, &carrying, error);
}

bool
sim_part_peek(const char *path, guint64 *ret_done, guint64 *ret_failed)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    bool ok = io_database_open(path, IO_DATABASE_PEEK, &db) == SQLITE_OK &&
              sqlite3_prepare_v2(db,
                                 "SELECT count(*), coalesce(sum(status <> 'held'), 0) FROM run "
                                 "WHERE retry = 0",
                                 -1, &stmt, NULL) == SQLITE_OK &&
              sqlite3_step(stmt) == SQLITE_ROW;

    if (ok) {
        *ret_done = (guint64)sqlite3_column_int64(stmt, 0);
        *ret_failed = (guint64)sqlite3_column_int64(stmt, 1);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return ok;
}
