/* Opens databases, authorizes statements and stops them; see database.h. */
#include "analysis/database.h"

#include "analysis/tally.h"
#include "sim/io/output.h"
#include "sim/io/text.h"

#include <string.h>

#define SQL_BYTES_MAX (1 << 20)
#define HEAP_BYTES_MAX (G_GINT64_CONSTANT(4) << 30)
#define BUSY_MS 5000
#define STOP_EVERY 4096 /* instructions of SQLite's machine between polls: about 100 µs */

struct AnaDatabase {
    char *path;
    sqlite3 *db;
    AnaKind kind;
    char *level;
    AnaLimits limits;
    gint64 started_us; /* of the running statement */
    bool stopped, late;
};

G_DEFINE_QUARK(ana - error, ana_error)

static void
report_unreadable(const AnaDatabase *database, const char *why, GError **error)
{
    g_autofree char *line = g_strdup(why);

    /* SQLite's messages quote the statement, which may have several lines. */
    g_strdelimit(line, "\n\r\t", ' ');
    io_refuse(error, ANA_ERROR, ANA_ERROR_INPUT, "cannot read '%s': %s", database->path, line);
}

/* --- what a statement may do -------------------------------------------------------------- */

/* Returns whether a pragma only describes tables; all others change the connection or reach
 * further. */
static bool
may_ask_pragma(const char *name)
{
    static const char *const told[] = {"table_info",       "table_xinfo", "table_list",
                                       "index_list",       "index_info",  "index_xinfo",
                                       "foreign_key_list", NULL};

    return name != NULL && g_strv_contains(told, name);
}

static int
authorize(void *user, int action, const char *first, const char *second, const char *schema,
          const char *trigger)
{
    (void)user, (void)schema, (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return second != NULL && g_ascii_strcasecmp(second, "load_extension") == 0 ? SQLITE_DENY
                                                                                   : SQLITE_OK;
    case SQLITE_UPDATE:
        /* SQLite declares table-valued functions (json_each, pragmas) this way. A statement that
         * really writes there is refused as not read-only. */
        return g_strcmp0(first, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA:
        return may_ask_pragma(first) ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static int
on_progress(void *user)
{
    AnaDatabase *database = user;
    const AnaLimits *limits = &database->limits;

    database->stopped = limits->stop != NULL && limits->stop();
    database->late = limits->timeout_us > 0 &&
                     g_get_monotonic_time() - database->started_us > limits->timeout_us;
    return database->stopped || database->late;
}

/* --- opening ------------------------------------------------------------------------------ */

static bool
open_file(AnaDatabase *database, GError **error)
{
    g_autofree char *why = NULL;

    sqlite3_hard_heap_limit64(HEAP_BYTES_MAX);
    if (!io_database_open_file(database->path, &database->db, &why))
        return report_unreadable(database, why, error), false;
    /* A question may name the views of a trace; they can do what a question can: read. */
    sqlite3_db_config(database->db, SQLITE_DBCONFIG_ENABLE_VIEW, 1, NULL);
    sqlite3_limit(database->db, SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES_MAX);
    sqlite3_busy_timeout(database->db, BUSY_MS); /* a sweep commits from time to time */
    sqlite3_progress_handler(database->db, STOP_EVERY, on_progress, database);
    if (!ana_tally_register(database->db))
        return report_unreadable(database, sqlite3_errmsg(database->db), error), false;
    return true;
}

/* Returns whether a temporary file had no room: sorting many rows needs one. */
static bool
has_no_room(sqlite3 *db)
{
    int code = sqlite3_errcode(db) & 0xff;

    return code == SQLITE_FULL ||
           (code == SQLITE_IOERR && io_errno_is_full(sqlite3_system_errno(db)));
}

/* Reports a failed statement. A database left half-written by a killed process can be repaired only
 * by opening it for writing. */
static bool
refuse_failed(const AnaDatabase *database, GError **error)
{
    if (has_no_room(database->db)) {
        io_refuse(error, IO_ERROR, IO_ERROR_FULL,
                  "cannot read '%s': no room for SQLite's temporary files: make room, or name "
                  "another folder for them in SQLITE_TMPDIR",
                  database->path);
        return false;
    }
    report_unreadable(
        database,
        sqlite3_extended_errcode(database->db) == SQLITE_READONLY_ROLLBACK
            ? "it was being written when that was broken off: give the command that wrote it "
              "again"
            : sqlite3_errmsg(database->db),
        error);
    return false;
}

/* Every question that follows parents ends, because each has one id and stands lower. */
static bool
check_chain(AnaDatabase *database, GError **error)
{
    static const char *const none[] = {
        "SELECT 1 FROM block b LEFT JOIN block p ON p.id = b.parent WHERE b.parent IS NOT NULL AND"
        " (typeof(b.height) <> 'integer' OR typeof(p.height) <> 'integer' OR p.height >= b.height)"
        " LIMIT 1",
        "SELECT 1 FROM block GROUP BY id HAVING count(*) > 1 LIMIT 1"};

    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autoptr(GError) failure = NULL;
        g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(database, none[i], error);

        if (stmt == NULL)
            return false;
        if (ana_database_step(database, stmt, &failure))
            return report_unreadable(
                       database, "it is damaged: a block does not stand above its parent", error),
                   false;
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
    }
    return true;
}

static bool
check_trace(AnaDatabase *database, gint64 version, GError **error)
{
    static const char *const tables[] = {
        "run",   "source",     "node",    "edge",       "block",    "block_name", "block_tx",
        "tx",    "arrival",    "tip",     "verdict",    "tx_event", "message",    "fault",
        "check", "connection", "measure", "fault_node", "strategy", "undone"};
    g_autofree char *why = io_database_check_version(version, ANA_TRACE_SCHEMA);

    for (size_t i = 0; why == NULL && i < G_N_ELEMENTS(tables); i++) {
        if (!ana_database_has_table(database, tables[i]))
            why = g_strdup_printf("it is damaged: table %s is missing", tables[i]);
    }
    if (why != NULL)
        return report_unreadable(database, why, error), false;
    return check_chain(database, error);
}

static bool
check_kind(AnaDatabase *database, GError **error)
{
    gint64 id, version;

    if (!io_database_read_kind(database->db, &id, &version))
        return refuse_failed(database, error);
    sqlite3_set_authorizer(database->db, authorize, NULL);
    if (id == ANA_TRACE_ID) {
        database->kind = ANA_KIND_TRACE;
        return check_trace(database, version, error);
    }
    database->kind = ANA_KIND_RESULTS;
    if (id == ANA_RESULTS_ID && version > ANA_RESULTS_SCHEMA)
        return report_unreadable(database, "a newer kettensim wrote it: use that one", error),
               false;
    if (id == ANA_RESULTS_ID)
        return true;
    return report_unreadable(database, "it is neither a trace nor the results of a sweep", error),
           false;
}

static bool
read_level(AnaDatabase *database, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(sqlite3_stmt) stmt =
        ana_database_prepare(database, "SELECT level FROM run", &failure);

    if (stmt != NULL && ana_database_step(database, stmt, &failure)) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);

        database->level = g_strdup(text != NULL ? text : "");
        return true;
    }
    if (failure == NULL)
        return report_unreadable(database, "it tells of no run", error), false;
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

AnaDatabase *
ana_database_open(const char *path, AnaLimits limits, GError **error)
{
    g_autoptr(AnaDatabase) database = g_new0(AnaDatabase, 1);

    database->path = g_strdup(path);
    database->limits = limits;
    if (!open_file(database, error) || !check_kind(database, error))
        return NULL;
    if (database->kind == ANA_KIND_TRACE && !read_level(database, error))
        return NULL;
    return g_steal_pointer(&database);
}

void
ana_database_free(AnaDatabase *database)
{
    if (database == NULL)
        return;
    sqlite3_close(database->db);
    g_free(database->level);
    g_free(database->path);
    g_free(database);
}

/* --- asking ------------------------------------------------------------------------------- */

AnaKind
ana_database_kind(const AnaDatabase *database)
{
    return database->kind;
}

const char *
ana_database_path(const AnaDatabase *database)
{
    return database->path;
}

const char *
ana_database_level(const AnaDatabase *database)
{
    return database->level != NULL ? database->level : "";
}

bool
ana_database_has_table(AnaDatabase *database, const char *name)
{
    g_autoptr(sqlite3_stmt) stmt = NULL;

    if (sqlite3_prepare_v2(database->db,
                           "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", -1,
                           &stmt, NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    return sqlite3_step(stmt) == SQLITE_ROW;
}

/* Returns whether only blanks, comments and semicolons are left, which SQLite turns into no
 * statement. */
static bool
is_end(AnaDatabase *database, const char *rest)
{
    while (*rest != '\0') {
        g_autoptr(sqlite3_stmt) stmt = NULL;
        const char *tail = NULL;

        if (sqlite3_prepare_v2(database->db, rest, -1, &stmt, &tail) != SQLITE_OK || stmt != NULL)
            return false;
        if (tail == rest)
            break;
        rest = tail;
    }
    return true;
}

sqlite3_stmt *
ana_database_prepare(AnaDatabase *database, const char *sql, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = NULL;
    const char *rest = NULL;
    int rc;

    database->started_us = g_get_monotonic_time();
    rc = sqlite3_prepare_v2(database->db, sql, -1, &stmt, &rest);
    if (rc == SQLITE_AUTH)
        return report_unreadable(database, "a statement may read this database and do nothing else",
                                 error),
               NULL;
    if (rc != SQLITE_OK)
        return report_unreadable(database, sqlite3_errmsg(database->db), error), NULL;
    if (stmt == NULL)
        return report_unreadable(database, "there is no statement to run", error), NULL;
    if (!is_end(database, rest))
        return report_unreadable(database, "one statement at a time", error), NULL;
    if (!sqlite3_stmt_readonly(stmt))
        return report_unreadable(database, "a statement may read this database and do nothing else",
                                 error),
               NULL;
    return g_steal_pointer(&stmt);
}

bool
ana_database_step(AnaDatabase *database, sqlite3_stmt *stmt, GError **error)
{
    int rc;

    if (!sqlite3_stmt_busy(stmt))
        database->started_us = g_get_monotonic_time();
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_INTERRUPT && database->stopped)
        g_set_error(error, ANA_ERROR, ANA_ERROR_INTERRUPTED, "interrupted");
    else if (rc == SQLITE_INTERRUPT && database->late)
        report_unreadable(database, "the statement took longer than --timeout allows", error);
    else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        refuse_failed(database, error);
    return rc == SQLITE_ROW;
}
