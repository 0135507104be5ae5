/* Stores rows and computes statistics; see results.h. */
#include "sim/run/results_impl.h"

#include "sim/engine/assert.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

struct SimResults {
    char *path;
    const SimSweep *sweep;
    sqlite3 *db;
    sqlite3_stmt *insert;
    guint8 *done; /* one bit for each cell */
    guint64 done_count;
    guint pending;
    /* after sim_results_finish(), by finished run in order of cells */
    GArray *columns;    /* GArray * of SimSeedValue, one for each column */
    GArray *run_points; /* guint64, from 0 */
    SimResultsCounts counts;
};

/* --- opening ------------------------------------------------------------------------------ */

static void
mark_done(SimResults *results, guint64 cell)
{
    guint8 bit = (guint8)(1u << (cell % 8));

    if (results->done[cell / 8] & bit)
        return;
    results->done[cell / 8] |= bit;
    results->done_count++;
}

bool
sim_results_has(const SimResults *results, guint64 cell)
{
    return results->done[cell / 8] >> (cell % 8) & 1;
}

static bool
read_done(SimResults *results, GError **error)
{
    sqlite3_stmt *stmt = sim_results_prepare(results->db, results->path,
                                             "SELECT id FROM run WHERE retry = 0", error);
    guint64 cells = sim_sweep_cells(results->sweep);
    int code = SQLITE_DONE;

    if (stmt == NULL)
        return false;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        gint64 id = sqlite3_column_int64(stmt, 0);

        if (id >= 1 && (guint64)id <= cells)
            mark_done(results, (guint64)id - 1);
    }
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE || sim_results_fail(results->db, results->path, error);
}

/* Creates the file under a temporary name and renames it when complete. */
static bool
make_file(const char *path, const SimSweep *sweep, GError **error)
{
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    sqlite3 *db = NULL;
    bool ok;

    if (!io_output_open_database(&output, path, SIM_RESULTS_APPLICATION, NULL, error))
        return false;
    ok = io_database_open(output.temporary, IO_DATABASE_MAKE, &db) == SQLITE_OK ||
         sim_results_fail(db, path, error);
    ok = ok && sim_results_exec(db, path, "PRAGMA journal_mode=MEMORY", error) &&
         sim_results_make(db, path, sweep, error);
    if (sqlite3_close(db) != SQLITE_OK && ok)
        ok = sim_results_fail(db, path, error);
    return ok && io_output_commit(&output, error);
}

static bool
is_results(const char *path, GError **error)
{
    sqlite3 *db = sim_results_connect(path, IO_DATABASE_WRITE, error);

    sqlite3_close(db);
    return db != NULL;
}

static bool
find_or_make(const char *path, const SimSweep *sweep, bool fresh, GError **error)
{
    GStatBuf st;
    bool exists = g_stat(path, &st) == 0;
    bool there = exists && st.st_size > 0; /* an empty file from mktemp counts as absent */

    if (exists && !S_ISREG(st.st_mode))
        return io_set_error(error, path, false, "it is no regular file");
    if (there && fresh && !is_results(path, error))
        return false;
    return (there && !fresh) || make_file(path, sweep, error);
}

static bool
prepare_insert(SimResults *results, GError **error)
{
    GString *sql = g_string_new("INSERT OR REPLACE INTO run VALUES(?,?,?,?,?,?,?,?,?,?");

    for (guint i = 0; i < sim_sweep_value_count(results->sweep); i++)
        g_string_append(sql, ",?");
    g_string_append(sql, ")");
    results->insert = sim_results_prepare(results->db, results->path, sql->str, error);
    g_string_free(sql, TRUE);
    return results->insert != NULL;
}

static SimResults *
results_new(const char *path, const SimSweep *sweep)
{
    SimResults *results = g_new0(SimResults, 1);

    results->path = g_strdup(path);
    results->sweep = sweep;
    results->done = g_malloc0(sim_sweep_cells(sweep) / 8 + 1);
    return results;
}

static bool
put_carried(void *user, const SimSweepRow *row, GError **error)
{
    return sim_results_put(user, row, error);
}

/* Rewrites a file of a sweep like this one for this sweep, with its runs. Fails if one of them is
 * not of this sweep, and leaves the file as it is then. */
static bool
grow(const char *path, const SimSweep *sweep, GError **error)
{
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    g_autoptr(SimPart) part = sim_part_open(path, error);
    g_autoptr(SimResults) grown = NULL;

    if (part == NULL || !sim_part_is_like(part, sweep, error) ||
        !io_output_open_database(&output, path, SIM_RESULTS_APPLICATION, NULL, error))
        return false;
    grown = sim_results_new(&output, sweep, error);
    if (grown == NULL || !sim_part_carry(part, sweep, put_carried, grown, error) ||
        !sim_results_commit(grown, error))
        return false;
    g_clear_pointer(&grown, sim_results_free);
    return io_output_commit(&output, error);
}

/* Opens a file of this sweep; one of a sweep like it may grow. */
static sqlite3 *
connect_or_grow(const char *path, const SimSweep *sweep, SimResultsMode mode, GError **error)
{
    g_autoptr(GError) difference = NULL;
    const bool may_grow = mode == SIM_RESULTS_GROW && sim_sweep_options(sweep)->shards == 1;
    sqlite3 *db = sim_results_connect(path, IO_DATABASE_WRITE, error);

    if (db == NULL || sim_results_same(db, path, sweep, &difference))
        return db;
    sqlite3_close(db);
    if (!may_grow) {
        g_propagate_error(error, g_steal_pointer(&difference));
        return NULL;
    }
    return grow(path, sweep, error) ? sim_results_connect(path, IO_DATABASE_WRITE, error) : NULL;
}

SimResults *
sim_results_open(const char *path, const SimSweep *sweep, SimResultsMode mode, GError **error)
{
    g_autoptr(SimResults) results = results_new(path, sweep);

    if (!find_or_make(path, sweep, mode == SIM_RESULTS_FRESH, error))
        return NULL;
    results->db = connect_or_grow(path, sweep, mode, error);
    if (results->db == NULL)
        return NULL;
    if (!sim_results_exec(results->db, path, "PRAGMA synchronous = NORMAL; DELETE FROM statistic",
                          error) ||
        !read_done(results, error) || !prepare_insert(results, error))
        return NULL;
    return g_steal_pointer(&results);
}

SimResults *
sim_results_new(const IoOutput *output, const SimSweep *sweep, GError **error)
{
    g_autoptr(SimResults) results = results_new(output->path, sweep);

    if (io_database_open(output->temporary, IO_DATABASE_MAKE, &results->db) != SQLITE_OK) {
        sim_results_fail(results->db, results->path, error);
        return NULL;
    }
    if (!sim_results_exec(results->db, results->path, "PRAGMA journal_mode=MEMORY", error) ||
        !sim_results_make(results->db, results->path, sweep, error) ||
        !prepare_insert(results, error))
        return NULL;
    return g_steal_pointer(&results);
}

void
sim_results_free(SimResults *results)
{
    if (results == NULL)
        return;
    sqlite3_finalize(results->insert);
    sqlite3_close(results->db);
    for (guint i = 0; results->columns != NULL && i < results->columns->len; i++)
        g_array_unref(g_array_index(results->columns, GArray *, i));
    g_clear_pointer(&results->columns, g_array_unref);
    g_clear_pointer(&results->run_points, g_array_unref);
    g_free(results->done);
    g_free(results->path);
    g_free(results);
}

guint64
sim_results_count(const SimResults *results)
{
    return results->done_count;
}

const SimSweep *
sim_results_sweep(const SimResults *results)
{
    return results->sweep;
}

/* --- rows --------------------------------------------------------------------------------- */

static void
bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    if (text == NULL || *text == '\0')
        sqlite3_bind_null(stmt, at);
    else
        sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

static void
bind_value(sqlite3_stmt *stmt, int at, const SimCellValue *value)
{
    switch (value->kind) {
    case SIM_CELL_INTEGER:
        sqlite3_bind_int64(stmt, at, value->integer);
        break;
    case SIM_CELL_REAL:
        sqlite3_bind_double(stmt, at, value->real);
        break;
    case SIM_CELL_TEXT:
        bind_text(stmt, at, value->text);
        break;
    default:
        sqlite3_bind_null(stmt, at);
        break;
    }
}

bool
sim_results_put(SimResults *results, const SimSweepRow *row, GError **error)
{
    sqlite3_stmt *stmt = results->insert;
    guint64 seeds = sim_sweep_seeds(results->sweep);
    int code;

    sim_assert(row->values->len == sim_sweep_value_count(results->sweep));
    if (results->pending == 0 &&
        !sim_results_exec(results->db, results->path, "BEGIN IMMEDIATE", error))
        return false;
    sqlite3_bind_int64(stmt, 1, (gint64)row->cell + 1);
    sqlite3_bind_int64(stmt, 2, (gint64)(row->cell / seeds) + 1);
    sqlite3_bind_int64(stmt, 3, (gint64)(sim_sweep_first_seed(results->sweep) + row->cell % seeds));
    bind_text(stmt, 4, row->status);
    bind_text(stmt, 5, row->digest);
    bind_text(stmt, 6, row->outcome);
    sqlite3_bind_int64(stmt, 7, row->end_ns);
    sqlite3_bind_int64(stmt, 8, (gint64)row->events);
    bind_text(stmt, 9, row->detail);
    sqlite3_bind_int64(stmt, 10, row->retry);
    for (guint i = 0; i < row->values->len; i++)
        bind_value(stmt, (int)i + 11, &g_array_index(row->values, SimCellValue, i));
    code = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    if (code != SQLITE_DONE)
        return sim_results_fail(results->db, results->path, error);
    results->pending++;
    if (!row->retry)
        mark_done(results, row->cell);
    return true;
}

bool
sim_results_agrees(SimResults *results, const SimSweepRow *row)
{
    sqlite3_stmt *stmt = NULL;
    const char *const is[] = {row->status, row->digest, row->outcome};
    bool same =
        sqlite3_prepare_v2(results->db, "SELECT status, digest, outcome FROM run WHERE id = ?", -1,
                           &stmt, NULL) == SQLITE_OK;

    sqlite3_bind_int64(stmt, 1, (gint64)row->cell + 1);
    same = same && sqlite3_step(stmt) == SQLITE_ROW;
    for (int i = 0; same && i < 3; i++) {
        const char *was = (const char *)sqlite3_column_text(stmt, i);

        same = strcmp(was != NULL ? was : "", is[i]) == 0;
    }
    sqlite3_finalize(stmt);
    return same;
}

bool
sim_results_commit(SimResults *results, GError **error)
{
    if (results->pending == 0)
        return true;
    results->pending = 0;
    return sim_results_exec(results->db, results->path, "COMMIT", error);
}

guint
sim_results_pending(const SimResults *results)
{
    return results->pending;
}

/* --- statistics --------------------------------------------------------------------------- */

static void
count_row(SimResultsCounts *counts, const char *status)
{
    counts->runs++;
    if (g_strcmp0(status, "held") == 0)
        counts->held++;
    else if (g_strcmp0(status, "failed") == 0)
        counts->failed++;
    else if (g_strcmp0(status, "limit") == 0)
        counts->limit++;
    else
        counts->other++;
}

static void
take_run(SimResults *results, sqlite3_stmt *stmt)
{
    const char *status = (const char *)sqlite3_column_text(stmt, 1);
    guint64 point = (guint64)sqlite3_column_int64(stmt, 0) - 1;

    count_row(&results->counts, status);
    if (point >= sim_sweep_points(results->sweep) ||
        (g_strcmp0(status, "held") != 0 && g_strcmp0(status, "failed") != 0))
        return;
    gint64 seed = sqlite3_column_int64(stmt, (int)results->columns->len + 2);

    g_array_append_val(results->run_points, point);
    for (guint i = 0; i < results->columns->len; i++) {
        int type = sqlite3_column_type(stmt, (int)i + 2);
        const SimSeedValue value = {type == SQLITE_INTEGER || type == SQLITE_FLOAT
                                        ? sqlite3_column_double(stmt, (int)i + 2)
                                        : NAN,
                                    seed};

        g_array_append_val(g_array_index(results->columns, GArray *, i), value);
    }
}

static bool
read_runs(SimResults *results, GError **error)
{
    g_autoptr(GArray) names = sim_results_measure_columns(results->sweep);
    GString *sql = g_string_new("SELECT point, status");
    sqlite3_stmt *stmt;
    int code = SQLITE_ROW;

    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(sql, ", \"%s\"", g_array_index(names, SimResultsColumn, i).column);
    g_string_append(sql, ", seed FROM run ORDER BY id");
    stmt = sim_results_prepare(results->db, results->path, sql->str, error);
    g_string_free(sql, TRUE);
    if (stmt == NULL)
        return false;
    results->columns = g_array_new(FALSE, FALSE, sizeof(GArray *));
    results->run_points = g_array_new(FALSE, FALSE, sizeof(guint64));
    for (guint i = 0; i < names->len; i++) {
        GArray *column = g_array_new(FALSE, FALSE, sizeof(SimSeedValue));

        g_array_append_val(results->columns, column);
    }
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
        take_run(results, stmt);
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE || sim_results_fail(results->db, results->path, error);
}

static void
bind_number(sqlite3_stmt *stmt, int at, double value)
{
    if (isnan(value))
        sqlite3_bind_null(stmt, at);
    else if (value >= -1e15 && value <= 1e15 && value == (double)(gint64)value)
        sqlite3_bind_int64(stmt, at, (gint64)value);
    else
        sqlite3_bind_double(stmt, at, value);
}

static bool
write_statistic(SimResults *results, sqlite3_stmt *stmt, guint64 point, guint column,
                const GArray *values)
{
    static const ScnStat last[] = {{SCN_STAT_QUANTILE, 5},
                                   {SCN_STAT_QUANTILE, 50},
                                   {SCN_STAT_QUANTILE, 95},
                                   {SCN_STAT_MAX, 0}};
    g_auto(SimStatistic) statistic = {0};
    double half;
    int code;

    (void)results;
    sim_statistic_init(&statistic, (const SimSeedValue *)(const void *)values->data, values->len);
    half = sim_statistic_half_width(&statistic, 0.95);
    sqlite3_bind_int64(stmt, 1, (gint64)point + 1);
    sqlite3_bind_int64(stmt, 2, (gint64)column + 1);
    sqlite3_bind_int64(stmt, 3, statistic.n);
    sqlite3_bind_int64(stmt, 4, statistic.nulls);
    sqlite3_bind_double(stmt, 5, statistic.mean); /* NaN is bound as NULL */
    sqlite3_bind_double(stmt, 6, statistic.se);
    sqlite3_bind_double(stmt, 7, statistic.mean - half);
    sqlite3_bind_double(stmt, 8, statistic.mean + half);
    for (guint i = 0; i < G_N_ELEMENTS(last); i++)
        bind_number(stmt, (int)i + 9, sim_statistic_get(&statistic, last[i]));
    code = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    return code == SQLITE_DONE;
}

/* Computes the statistics of every point. Runs are in order of cells, so those of a point are
 * adjacent. */
static bool
write_statistics(SimResults *results, sqlite3_stmt *stmt)
{
    guint measures = sim_sweep_scenario(results->sweep)->measures->len;
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(SimSeedValue));
    const guint64 *points = (const guint64 *)(const void *)results->run_points->data;

    for (guint first = 0, next; first < results->run_points->len; first = next) {
        for (next = first; next < results->run_points->len && points[next] == points[first];)
            next++;
        for (guint i = 0; i < measures; i++) {
            const GArray *column = g_array_index(results->columns, GArray *, i);

            g_array_set_size(values, 0);
            g_array_append_vals(values, &g_array_index(column, SimSeedValue, first), next - first);
            if (!write_statistic(results, stmt, points[first], i, values))
                return false;
        }
    }
    return true;
}

bool
sim_results_finish(SimResults *results, GError **error)
{
    sqlite3_stmt *stmt;
    bool ok;

    if (!sim_results_commit(results, error) || !read_runs(results, error) ||
        !sim_results_exec(results->db, results->path, "BEGIN IMMEDIATE; DELETE FROM statistic",
                          error))
        return false;
    stmt = sim_results_prepare(results->db, results->path,
                               "INSERT INTO statistic VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", error);
    if (stmt == NULL)
        return false;
    ok = write_statistics(results, stmt) || sim_results_fail(results->db, results->path, error);
    sqlite3_finalize(stmt);
    return ok && sim_results_write_tables(results->db, results->path, results, error) &&
           sim_results_exec(results->db, results->path, "COMMIT", error);
}

SimResultsCounts
sim_results_counts(const SimResults *results)
{
    return results->counts;
}

GPtrArray *
sim_results_split(const SimResults *results, guint column, const guint32 *groups, guint count)
{
    const GArray *all = g_array_index(results->columns, GArray *, column);
    GPtrArray *split = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    for (guint i = 0; i < count; i++)
        g_ptr_array_add(split, g_array_new(FALSE, FALSE, sizeof(SimSeedValue)));
    for (guint i = 0; i < all->len; i++) {
        guint32 group = groups[g_array_index(results->run_points, guint64, i)];

        g_array_append_val((GArray *)split->pdata[group], g_array_index(all, SimSeedValue, i));
    }
    return split;
}

guint
sim_results_column_of_sample(const SimResults *results, guint sample)
{
    const ScnScenario *scenario = sim_sweep_scenario(results->sweep);
    guint column = scenario->measures->len;

    if (g_array_index(scenario->samples, ScnSample, sample).measure != SCN_NONE)
        return g_array_index(scenario->samples, ScnSample, sample).measure;
    for (guint i = 0; i < sample; i++)
        column += g_array_index(scenario->samples, ScnSample, i).measure == SCN_NONE;
    return column;
}
