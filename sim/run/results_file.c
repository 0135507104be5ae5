/* Creates a results file, and compares the sweep of an existing one; see results.h. */
#include "sim/run/build_id.h"
#include "sim/run/results_impl.h"

#include "sim/io/text.h"
#include "sim/scenario/meaning.h"

#include <string.h>

/* --- errors and statements ---------------------------------------------------------------- */

bool
sim_results_fail(sqlite3 *db, const char *path, GError **error)
{
    int code = sqlite3_extended_errcode(db);
    /* SQLite reports only a full disk as such; a quota or a file-size limit is a failed write, and
     * lack of memory is not the file's fault. */
    bool full =
        (code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_WRITE || (code & 0xff) == SQLITE_NOMEM;

    return io_refuse(error, IO_ERROR, full ? IO_ERROR_FULL : IO_ERROR_OUTPUT,
                     "cannot write results '%s': %s%s", path, sqlite3_errmsg(db),
                     full ? ": make room; the same command goes on from here" : "");
}

bool
sim_results_exec(sqlite3 *db, const char *path, const char *sql, GError **error)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           sim_results_fail(db, path, error);
}

sqlite3_stmt *
sim_results_prepare(sqlite3 *db, const char *path, const char *sql, GError **error)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        sim_results_fail(db, path, error);
    return stmt;
}

/* --- columns ------------------------------------------------------------------------------ */

static void
column_clear(gpointer data)
{
    SimResultsColumn *column = data;

    g_free(column->name);
    g_free(column->column);
}

static bool
is_taken(const GArray *columns, const char *const *words, const char *name)
{
    for (guint i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(words[i], name) == 0)
            return true;
    }
    for (guint i = 0; i < columns->len; i++) {
        if (g_ascii_strcasecmp(g_array_index(columns, SimResultsColumn, i).column, name) == 0)
            return true;
    }
    return false;
}

/* Makes a column name that differs from the table's own: "seed" becomes "seed_". SQLite ignores
 * case. */
static void
add_column(GArray *columns, const char *const *words, const char *name, const char *unit)
{
    GString *column = g_string_new(name);
    SimResultsColumn fresh = {g_strdup(name), NULL, unit};

    while (is_taken(columns, words, column->str))
        g_string_append_c(column, '_');
    fresh.column = g_string_free(column, FALSE);
    g_array_append_val(columns, fresh);
}

static GArray *
columns_new(void)
{
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(SimResultsColumn));

    g_array_set_clear_func(columns, column_clear);
    return columns;
}

const char *
sim_results_unit(ScnType type)
{
    switch (type) {
    case SCN_TYPE_TIME:
        return "ns";
    case SCN_TYPE_SIZE:
        return "B";
    case SCN_TYPE_RATE:
        return "bps";
    case SCN_TYPE_FREQUENCY:
        return "/s";
    default:
        return "";
    }
}

const char *
sim_results_param_unit(const ScnParam *param)
{
    return param->is_quantity
               ? sim_results_unit((ScnType)(SCN_TYPE_NUMBER + (int)param->quantity.dim))
               : "";
}

GArray *
sim_results_param_columns(const SimSweep *sweep)
{
    /* The view joins both tables */
    static const char *const words[] = {"id",  "point",  "measure", "n",  "nulls", "mean",
                                        "se",  "ci_low", "ci_high", "p5", "p50",   "p95",
                                        "max", "min",    "sd",      NULL};
    const GArray *params = sim_sweep_scenario(sweep)->params;
    GArray *columns = columns_new();

    for (guint i = 0; i < params->len; i++) {
        const ScnParam *param = &g_array_index(params, ScnParam, i);

        add_column(columns, words, param->name, sim_results_param_unit(param));
    }
    return columns;
}

GArray *
sim_results_measure_columns(const SimSweep *sweep)
{
    static const char *const words[] = {"id",     "point",  "seed",   "status", "digest", "outcome",
                                        "end_ns", "events", "detail", "retry",  "rowid",  NULL};
    const ScnScenario *scenario = sim_sweep_scenario(sweep);
    GArray *columns = columns_new();

    for (guint i = 0; i < scenario->measures->len; i++) {
        const ScnMeasure *measure = scenario->measures->pdata[i];

        add_column(columns, words, measure->name, sim_results_unit(measure->type));
    }
    for (guint i = 0; i < scenario->samples->len; i++) {
        g_autofree char *name = g_strdup_printf("sample_%u", i + 1);

        if (g_array_index(scenario->samples, ScnSample, i).measure == SCN_NONE)
            add_column(columns, words, name, "");
    }
    return columns;
}

/* --- making ------------------------------------------------------------------------------- */

static const char *const fixed_schema =
    "CREATE TABLE sweep(id INTEGER PRIMARY KEY CHECK(id = 1), scenario TEXT NOT NULL,"
    " title TEXT NOT NULL, version TEXT NOT NULL, options TEXT NOT NULL,"
    " first_seed INTEGER NOT NULL, last_seed INTEGER NOT NULL, points INTEGER NOT NULL,"
    " runs INTEGER NOT NULL, shard INTEGER NOT NULL, shards INTEGER NOT NULL) STRICT;"
    "CREATE TABLE source(id INTEGER PRIMARY KEY, name TEXT NOT NULL, text BLOB NOT NULL) STRICT;"
    "CREATE TABLE param(id INTEGER PRIMARY KEY, name TEXT NOT NULL, column_name TEXT NOT NULL,"
    " unit TEXT NOT NULL, swept INTEGER NOT NULL) STRICT;"
    "CREATE TABLE measure(id INTEGER PRIMARY KEY, name TEXT NOT NULL, column_name TEXT NOT NULL,"
    " unit TEXT NOT NULL) STRICT;"
    "CREATE TABLE statistic(point INTEGER NOT NULL, measure INTEGER NOT NULL, n INTEGER NOT NULL,"
    " nulls INTEGER NOT NULL, mean REAL, se REAL, ci_low REAL, ci_high REAL, p5 ANY, p50 ANY,"
    " p95 ANY, max ANY, PRIMARY KEY(point, measure)) STRICT, WITHOUT ROWID;";

static char *
table_schema(const SimSweep *sweep)
{
    g_autoptr(GArray) params = sim_results_param_columns(sweep);
    g_autoptr(GArray) measures = sim_results_measure_columns(sweep);
    GString *sql = g_string_new("CREATE TABLE point(id INTEGER PRIMARY KEY");

    for (guint i = 0; i < params->len; i++)
        g_string_append_printf(sql, ", \"%s\" ANY",
                               g_array_index(params, SimResultsColumn, i).column);
    g_string_append(sql, ") STRICT; CREATE TABLE run(id INTEGER PRIMARY KEY,"
                         " point INTEGER NOT NULL, seed INTEGER NOT NULL, status TEXT NOT NULL,"
                         " digest TEXT, outcome TEXT, end_ns INTEGER NOT NULL,"
                         " events INTEGER NOT NULL, detail TEXT, retry INTEGER NOT NULL");
    for (guint i = 0; i < measures->len; i++)
        g_string_append_printf(sql, ", \"%s\" ANY",
                               g_array_index(measures, SimResultsColumn, i).column);
    g_string_append(sql, ") STRICT; CREATE VIEW summary AS SELECT s.point AS point");
    for (guint i = 0; i < params->len; i++)
        g_string_append_printf(sql, ", p.\"%s\"",
                               g_array_index(params, SimResultsColumn, i).column);
    g_string_append(sql,
                    ", m.name AS measure, s.n, s.nulls, s.mean, s.se, s.ci_low, s.ci_high,"
                    " s.p5, s.p50, s.p95, s.max FROM statistic s JOIN point p ON p.id ="
                    " s.point JOIN measure m ON m.id = s.measure ORDER BY s.point, s.measure;");
    return g_string_free(sql, FALSE);
}

/* Runs a statement with values in order: i (gint64), t (const char *), ended by NUL. */
static bool
insert_row(sqlite3 *db, const char *path, const char *sql, GError **error, const char *types, ...)
{
    sqlite3_stmt *stmt = sim_results_prepare(db, path, sql, error);
    va_list args;
    bool ok;

    if (stmt == NULL)
        return false;
    va_start(args, types);
    for (int i = 0; types[i] != '\0'; i++) {
        if (types[i] == 'i')
            sqlite3_bind_int64(stmt, i + 1, va_arg(args, gint64));
        else
            sqlite3_bind_text(stmt, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
    }
    va_end(args);
    ok = sqlite3_step(stmt) == SQLITE_DONE || sim_results_fail(db, path, error);
    sqlite3_finalize(stmt);
    return ok;
}

static bool
insert_sources(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    const GPtrArray *sources = sim_sweep_scenario(sweep)->sources;
    sqlite3_stmt *stmt =
        sim_results_prepare(db, path, "INSERT INTO source(name, text) VALUES(?, ?)", error);
    bool ok = stmt != NULL;

    for (guint i = 0; ok && i < sources->len; i++) {
        const ScnSource *source = sources->pdata[i];

        sqlite3_bind_text(stmt, 1, source->local_name, -1, SQLITE_TRANSIENT);
        sqlite3_bind_blob64(stmt, 2, source->text, source->length, SQLITE_STATIC);
        ok = sqlite3_step(stmt) == SQLITE_DONE || sim_results_fail(db, path, error);
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return ok;
}

static char *
options_text(const SimSweep *sweep)
{
    return g_strjoinv("\n", (char **)sim_sweep_options(sweep)->overrides);
}

/* Another build may produce other runs even with the same version number. */
static char *
build_text(void)
{
    return g_strconcat(KETTENSIM_VERSION "+", sim_build_id, NULL);
}

static bool
insert_sweep(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    const ScnScenario *scenario = sim_sweep_scenario(sweep);
    const SimSweepOptions *options = sim_sweep_options(sweep);
    g_autofree char *name =
        g_path_get_basename(((const ScnSource *)scenario->sources->pdata[0])->name);
    g_autofree char *given = options_text(sweep);
    g_autofree char *build = build_text();

    return insert_row(db, path, "INSERT INTO sweep VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", error,
                      "ttttiiiiii", name, scenario->title, build, given,
                      (gint64)options->first_seed, (gint64)options->last_seed,
                      (gint64)sim_sweep_points(sweep), (gint64)sim_sweep_cells(sweep),
                      (gint64)options->shard, (gint64)options->shards);
}

static bool
is_swept(const SimSweep *sweep, guint32 param)
{
    const GArray *sweeps = sim_sweep_scenario(sweep)->sweeps;

    for (guint i = 0; i < sweeps->len; i++) {
        if (g_array_index(sweeps, ScnSweep, i).param == param)
            return true;
    }
    return false;
}

static bool
insert_columns(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    g_autoptr(GArray) params = sim_results_param_columns(sweep);
    g_autoptr(GArray) measures = sim_results_measure_columns(sweep);
    bool ok = true;

    for (guint i = 0; ok && i < params->len; i++) {
        const SimResultsColumn *column = &g_array_index(params, SimResultsColumn, i);

        ok = insert_row(db, path, "INSERT INTO param VALUES(?, ?, ?, ?, ?)", error, "ittti",
                        (gint64)i + 1, column->name, column->column, column->unit,
                        (gint64)is_swept(sweep, i));
    }
    for (guint i = 0; ok && i < measures->len; i++) {
        const SimResultsColumn *column = &g_array_index(measures, SimResultsColumn, i);

        ok = insert_row(db, path, "INSERT INTO measure VALUES(?, ?, ?, ?)", error, "ittt",
                        (gint64)i + 1, column->name, column->column, column->unit);
    }
    return ok;
}

static void
bind_param(sqlite3_stmt *stmt, int at, const ScnParam *param)
{
    SimCellValue value = {.kind = SIM_CELL_TEXT};

    if (param->is_quantity)
        value = sim_cell_quantity(param->quantity);
    if (value.kind == SIM_CELL_INTEGER)
        sqlite3_bind_int64(stmt, at, value.integer);
    else if (value.kind == SIM_CELL_REAL)
        sqlite3_bind_double(stmt, at, value.real);
    else
        sqlite3_bind_text(stmt, at, param->value, -1, SQLITE_TRANSIENT);
}

/* Inserts a point; reports a point without a valid scenario before any run starts. */
static bool
insert_point(sqlite3 *db, const char *path, sqlite3_stmt *stmt, const SimSweep *sweep,
             guint64 point, GError **error)
{
    guint64 cell = point * sim_sweep_seeds(sweep);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = sim_sweep_parse(sweep, cell, errors);
    bool ok;

    if (scenario == NULL) {
        g_autofree char *where = sim_sweep_cell_text(sweep, cell);
        GString *text = g_string_new(NULL);

        scn_errors_format(errors, text, false);
        g_strchomp(text->str);
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO,
                    "a point of the sweep is no scenario (%s):\n%s", where, text->str);
        g_string_free(text, TRUE);
        return false;
    }
    sqlite3_bind_int64(stmt, 1, (gint64)point + 1);
    for (guint i = 0; i < scenario->params->len; i++)
        bind_param(stmt, (int)i + 2, &g_array_index(scenario->params, ScnParam, i));
    ok = sqlite3_step(stmt) == SQLITE_DONE || sim_results_fail(db, path, error);
    sqlite3_reset(stmt);
    return ok;
}

static bool
insert_points(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    GString *sql = g_string_new("INSERT INTO point VALUES(?");
    sqlite3_stmt *stmt;
    bool ok;

    for (guint i = 0; i < sim_sweep_scenario(sweep)->params->len; i++)
        g_string_append(sql, ", ?");
    g_string_append(sql, ")");
    stmt = sim_results_prepare(db, path, sql->str, error);
    ok = stmt != NULL;
    for (guint64 i = 0; ok && i < sim_sweep_points(sweep); i++)
        ok = insert_point(db, path, stmt, sweep, i, error);
    sqlite3_finalize(stmt);
    g_string_free(sql, TRUE);
    return ok;
}

bool
sim_results_make(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    g_autofree char *tables = table_schema(sweep);
    g_autofree char *mark = g_strdup_printf("PRAGMA application_id = %d", SIM_RESULTS_APPLICATION);

    return sim_results_exec(db, path, mark, error) &&
           sim_results_exec(db, path, "BEGIN IMMEDIATE", error) &&
           sim_results_exec(db, path, fixed_schema, error) &&
           sim_results_exec(db, path, tables, error) && insert_sources(db, path, sweep, error) &&
           insert_sweep(db, path, sweep, error) && insert_columns(db, path, sweep, error) &&
           insert_points(db, path, sweep, error) && sim_results_exec(db, path, "COMMIT", error);
}

/* --- whose is it -------------------------------------------------------------------------- */

static gint64
read_integer(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    gint64 value = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

bool
sim_results_damaged(const char *path, const char *what, GError **error)
{
    return io_refuse(error, SIM_RUN_ERROR, SIM_RUN_ERROR_TRACE, "results '%s' are damaged: %s",
                     path, what);
}

GPtrArray *
sim_results_sources(sqlite3 *db, const char *path, GError **error)
{
    g_autoptr(GPtrArray) sources = scn_sources_new();
    sqlite3_stmt *stmt =
        sim_results_prepare(db, path, "SELECT name, text FROM source ORDER BY id", error);
    bool fits = true;

    if (stmt == NULL)
        return NULL;
    while (fits && sqlite3_step(stmt) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        const char *text = sqlite3_column_blob(stmt, 1);

        fits = scn_keep_text(sources, name ? name : "", text ? text : "",
                             (gsize)sqlite3_column_bytes(stmt, 1));
    }
    sqlite3_finalize(stmt);
    if (fits && sources->len > 0)
        return g_steal_pointer(&sources);
    sim_results_damaged(
        path, fits ? "they contain no scenario" : "their scenario is " SCN_KEPT_TOO_MUCH, error);
    return NULL;
}

/* Returns "" if there is no row. */
static char *
read_text(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    char *text = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        text = g_strdup((const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return text != NULL ? text : g_strdup("");
}

sqlite3 *
sim_results_connect(const char *path, IoDatabaseMode mode, GError **error)
{
    sqlite3 *db = NULL;
    int rc = io_database_open(path, mode, &db);

    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(db, 60000);
        if (read_integer(db, "PRAGMA application_id") == SIM_RESULTS_APPLICATION) {
            if (read_integer(db, "PRAGMA user_version") <= SIM_RESULTS_SCHEMA)
                return db;
            io_refuse(error, SIM_RUN_ERROR, SIM_RUN_ERROR_TRACE,
                      "a newer kettensim wrote '%s': use that one, or name another file", path);
            sqlite3_close(db);
            return NULL;
        }
        rc = sqlite3_errcode(db);
    }
    io_refuse(error, SIM_RUN_ERROR, SIM_RUN_ERROR_TRACE,
              "'%s' is no results file of a sweep%s%s: name another file", path,
              rc == SQLITE_OK ? "" : ": ", rc == SQLITE_OK ? "" : sqlite3_errstr(rc));
    sqlite3_close(db);
    return NULL;
}

/* Returns whether the tables are exactly those of this sweep: an additional trigger, view or
 * computed column could change values of the rows. */
static bool
same_schema(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    g_autofree char *tables = table_schema(sweep);
    const char *const begun[] = {fixed_schema, tables, NULL};
    const char *const finished[] = {fixed_schema, tables, sim_results_table_schema, NULL};

    return io_database_has_schema(db, begun) || io_database_has_schema(db, finished) ||
           io_refuse(error, SIM_RUN_ERROR, SIM_RUN_ERROR_TRACE,
                     "'%s' is damaged: its tables are not those that a sweep makes: name another "
                     "file",
                     path);
}

static bool report_difference(const char *path, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static bool
report_difference(const char *path, GError **error, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    return io_refuse(error, SIM_RUN_ERROR, SIM_RUN_ERROR_OTHER_SWEEP,
                     "'%s' is of another sweep: %s", path, what);
}

/* Returns whether both have the same files: to the byte, or with `by_meaning` to their meaning. */
static bool
same_sources(const GPtrArray *was, const GPtrArray *is, const char *path, bool by_meaning,
             GError **error)
{
    if (was->len != is->len)
        return report_difference(path, error, "the scenario %s files",
                                 was->len > is->len ? "had more" : "has more");
    for (guint i = 0; i < is->len; i++) {
        const ScnSource *old = was->pdata[i], *now = is->pdata[i];
        g_autoptr(GString) meant = NULL;
        g_autoptr(GString) means = NULL;

        if (strcmp(old->local_name, now->local_name) != 0 && (i > 0 || !by_meaning))
            return report_difference(path, error, "its files are others: '%s' there, '%s' here",
                                     old->local_name, now->local_name);
        if (old->length == now->length && memcmp(old->text, now->text, now->length) == 0)
            continue;
        if (by_meaning) {
            meant = scn_meaning(was, i);
            means = scn_meaning(is, i);
        }
        if (!by_meaning || !g_string_equal(meant, means))
            return report_difference(path, error, "the text of '%s' has changed since",
                                     old->local_name);
    }
    return true;
}

static bool
same_seeds(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    const SimSweepOptions *options = sim_sweep_options(sweep);
    gint64 first = read_integer(db, "SELECT first_seed FROM sweep");
    gint64 last = read_integer(db, "SELECT last_seed FROM sweep");

    return (first == (gint64)options->first_seed && last == (gint64)options->last_seed) ||
           report_difference(path, error,
                             "seeds %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT
                             " there, %" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT " here",
                             first, last, options->first_seed, options->last_seed);
}

static bool
same_build(sqlite3 *db, const char *path, GError **error)
{
    g_autofree char *version = read_text(db, "SELECT version FROM sweep");
    g_autofree char *build = build_text();

    return strcmp(version, build) == 0 ||
           report_difference(path, error, "kettensim %s made it, and this is %s", version, build);
}

static bool
same_shard(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    const SimSweepOptions *options = sim_sweep_options(sweep);
    gint64 shard = read_integer(db, "SELECT shard FROM sweep");
    gint64 shards = read_integer(db, "SELECT shards FROM sweep");

    return (shard == (gint64)options->shard && shards == (gint64)options->shards) ||
           report_difference(path, error,
                             "shard %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT
                             " there, %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " here",
                             shard, shards, options->shard, options->shards);
}

static bool
same_options(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    g_autofree char *was = read_text(db, "SELECT options FROM sweep");
    g_autofree char *is = options_text(sweep);

    if (strcmp(was, is) == 0)
        return true;
    g_strdelimit(was, "\n", ' ');
    g_strdelimit(is, "\n", ' ');
    return report_difference(path, error, "other parameters: '%s' there, '%s' here", was, is);
}

bool
sim_results_same(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    g_autoptr(GPtrArray) sources = sim_results_sources(db, path, error);

    return sources != NULL && same_build(db, path, error) &&
           same_sources(sources, sim_sweep_scenario(sweep)->sources, path, false, error) &&
           same_options(db, path, sweep, error) && same_seeds(db, path, sweep, error) &&
           same_shard(db, path, sweep, error) && same_schema(db, path, sweep, error);
}

bool
sim_results_alike(sqlite3 *db, const char *path, const SimSweep *sweep, GError **error)
{
    g_autoptr(GPtrArray) sources = sim_results_sources(db, path, error);

    return sources != NULL && same_build(db, path, error) &&
           same_sources(sources, sim_sweep_scenario(sweep)->sources, path, true, error) &&
           same_schema(db, path, sweep, error);
}
