/* File names, settings and schemas of databases; see database.h. */
#include "sim/io/database.h"

#include <string.h>

/* --- names -------------------------------------------------------------------------------- */

/* Returns the name, with "./" in front if SQLite could interpret it. */
static char *
very_name(const char *path)
{
    return g_path_is_absolute(path) ? g_strdup(path) : g_strconcat("./", path, NULL);
}

/* Opens a file that nobody writes. SQLite allows that only by URI; escaping keeps the name a name.
 */
static int
open_immutable(const char *path, sqlite3 **ret_db)
{
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    g_autofree char *file = g_filename_to_uri(whole, NULL, NULL);
    g_autofree char *uri = file != NULL ? g_strconcat(file, "?immutable=1", NULL) : NULL;

    return uri != NULL
               ? sqlite3_open_v2(uri, ret_db,
                                 SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL)
               : SQLITE_CANTOPEN;
}

static int
open_by_name(const char *path, IoDatabaseMode mode, sqlite3 **ret_db)
{
    g_autofree char *name = very_name(path);
    int flags = mode == IO_DATABASE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

    return sqlite3_open_v2(name, ret_db, flags | SQLITE_OPEN_NOMUTEX, NULL);
}

/* --- switches ----------------------------------------------------------------------------- */

static int
switch_off(sqlite3 *db, IoDatabaseMode mode)
{
    static const int off[] = {SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW,
                              SQLITE_DBCONFIG_TRUSTED_SCHEMA,
                              SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION};
    const char *pragmas =
        mode == IO_DATABASE_READ || mode == IO_DATABASE_PEEK
            ? "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA query_only=ON"
            : "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0";

    for (size_t i = 0; i < G_N_ELEMENTS(off); i++)
        sqlite3_db_config(db, off[i], 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, mode != IO_DATABASE_MAKE, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, IO_VALUE_BYTES_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    /* A new database contains nothing by others, so it needs no protection */
    return mode == IO_DATABASE_MAKE ? SQLITE_OK : sqlite3_exec(db, pragmas, NULL, NULL, NULL);
}

int
io_database_open(const char *path, IoDatabaseMode mode, sqlite3 **ret_db)
{
    int rc;

    *ret_db = NULL;
    rc = mode == IO_DATABASE_PEEK ? open_immutable(path, ret_db) : open_by_name(path, mode, ret_db);
    if (rc == SQLITE_OK)
        sqlite3_extended_result_codes(*ret_db, 1);
    return rc == SQLITE_OK ? switch_off(*ret_db, mode) : rc;
}

/* --- files of strangers ------------------------------------------------------------------- */

bool
io_database_open_file(const char *path, sqlite3 **ret_db, char **ret_why)
{
    int rc;

    *ret_db = NULL;
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        *ret_why = g_strdup("there is no such file");
        return false;
    }
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        *ret_why = g_strdup("it is no regular file");
        return false;
    }
    rc = io_database_open(path, IO_DATABASE_READ, ret_db);
    if (rc != SQLITE_OK)
        *ret_why = g_strdup(*ret_db != NULL ? sqlite3_errmsg(*ret_db) : sqlite3_errstr(rc));
    return rc == SQLITE_OK;
}

static bool
read_integer(sqlite3 *db, const char *sql, gint64 *ret_value)
{
    g_autoptr(sqlite3_stmt) stmt = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_ROW)
        return false;
    *ret_value = sqlite3_column_int64(stmt, 0);
    return true;
}

bool
io_database_read_kind(sqlite3 *db, gint64 *ret_application, gint64 *ret_version)
{
    return read_integer(db, "PRAGMA application_id", ret_application) &&
           read_integer(db, "PRAGMA user_version", ret_version);
}

char *
io_database_check_version(gint64 version, gint64 known)
{
    if (version == known)
        return NULL;
    return g_strdup_printf(
        "it has schema %" G_GINT64_FORMAT ", and this kettensim reads %" G_GINT64_FORMAT ": %s",
        version, known, version > known ? "use a newer kettensim" : "run its scenario again");
}

/* --- schemas ------------------------------------------------------------------------------ */

static bool
is_same_schema(sqlite3 *a, sqlite3 *b)
{
    static const char sql[] = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema"
                              " WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'"
                              " ORDER BY type, name, tbl_name";
    g_autoptr(sqlite3_stmt) x = NULL;
    g_autoptr(sqlite3_stmt) y = NULL;
    int rx, ry;

    if (sqlite3_prepare_v2(a, sql, -1, &x, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(b, sql, -1, &y, NULL) != SQLITE_OK)
        return false;
    do {
        rx = sqlite3_step(x);
        ry = sqlite3_step(y);
        for (int i = 0; rx == SQLITE_ROW && ry == SQLITE_ROW && i < sqlite3_column_count(x); i++) {
            if (g_strcmp0((const char *)sqlite3_column_text(x, i),
                          (const char *)sqlite3_column_text(y, i)) != 0)
                return false;
        }
    } while (rx == SQLITE_ROW && ry == SQLITE_ROW);
    return rx == SQLITE_DONE && ry == SQLITE_DONE;
}

bool
io_database_has_schema(sqlite3 *db, const char *const *texts)
{
    sqlite3 *ours = NULL;
    bool same = sqlite3_open_v2(":memory:", &ours, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK;

    for (; same && *texts != NULL; texts++)
        same = sqlite3_exec(ours, *texts, NULL, NULL, NULL) == SQLITE_OK;
    same = same && is_same_schema(db, ours);
    sqlite3_close(ours);
    return same;
}
