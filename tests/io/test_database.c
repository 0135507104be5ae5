/* Databases by their very name, and what may not act in them. */
#include "sim/io/database.h"

#include "tests/harness/harness.h"

#include <glib/gstdio.h>
#include <unistd.h>

static void
run_sql(sqlite3 *db, const char *sql, int want)
{
    CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), want);
}

/* Makes the file first: none of the modes does. */
static sqlite3 *
open_new(const char *path)
{
    sqlite3 *db = NULL;

    CU_ASSERT_TRUE_FATAL(g_file_set_contents(path, "", 0, NULL));
    CU_ASSERT_EQUAL_FATAL(io_database_open(path, IO_DATABASE_WRITE, &db), SQLITE_OK);
    return db;
}

static void
test_a_name_is_no_uri(void)
{
    static const char *const names[] = {"file:precious.db?x=y", ":memory:", "file::memory:"};
    g_autofree char *folder = g_dir_make_tmp("kettensim-io-XXXXXX", NULL);
    g_autofree char *before = g_get_current_dir();

    CU_ASSERT_EQUAL_FATAL(g_chdir(folder), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        sqlite3 *db = open_new(names[i]);
        GStatBuf st;

        run_sql(db, "CREATE TABLE t(a)", SQLITE_OK);
        sqlite3_close(db);
        CU_ASSERT_EQUAL(g_stat(names[i], &st), 0);
        CU_ASSERT_TRUE(st.st_size > 0);
        CU_ASSERT_EQUAL(io_database_open(names[i], IO_DATABASE_PEEK, &db), SQLITE_OK);
        run_sql(db, "SELECT * FROM t", SQLITE_OK);
        sqlite3_close(db);
        g_unlink(names[i]);
    }
    CU_ASSERT_EQUAL(g_access("precious.db", F_OK), -1);
    CU_ASSERT_EQUAL(g_chdir(before), 0);
    g_rmdir(folder);
}

static void
test_nothing_acts(void)
{
    g_autofree char *folder = g_dir_make_tmp("kettensim-io-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.db", NULL);
    sqlite3 *db = open_new(path);
    sqlite3_stmt *stmt = NULL;

    run_sql(db,
            "CREATE TABLE t(a); CREATE VIEW v AS SELECT 7 AS a;"
            "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 777; END;"
            "INSERT INTO t VALUES(1)",
            SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_prepare_v2(db, "SELECT a FROM t", -1, &stmt, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_step(stmt), SQLITE_ROW);
    CU_ASSERT_EQUAL(sqlite3_column_int(stmt, 0), 1);
    sqlite3_finalize(stmt);
    CU_ASSERT_NOT_EQUAL(sqlite3_exec(db, "SELECT * FROM v", NULL, NULL, NULL), SQLITE_OK);
    CU_ASSERT_NOT_EQUAL(
        sqlite3_exec(db, "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    CU_ASSERT_EQUAL(io_database_open(path, IO_DATABASE_READ, &db), SQLITE_OK);
    CU_ASSERT_NOT_EQUAL(sqlite3_exec(db, "DELETE FROM t", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_whose_schema(void)
{
    static const char *const ours[] = {"CREATE TABLE a(x INTEGER PRIMARY KEY, y ANY) STRICT;",
                                       "CREATE VIEW v AS SELECT y FROM a;", NULL};
    static const struct {
        const char *more;
        bool same;
    } cases[] = {
        {"SELECT 1", true},
        {"ANALYZE", true},
        {"CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; END", false},
        {"CREATE INDEX i ON a(y)", false},
        {"CREATE TABLE b(x)", false},
        {"DROP VIEW v; CREATE VIEW v AS SELECT 7 AS y", false},
        {"ALTER TABLE a ADD COLUMN z ANY AS (7)", false},
        {"DROP VIEW v", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        sqlite3 *db = NULL;

        CU_ASSERT_EQUAL(sqlite3_open(":memory:", &db), SQLITE_OK);
        run_sql(db, ours[0], SQLITE_OK);
        run_sql(db, ours[1], SQLITE_OK);
        run_sql(db, cases[i].more, SQLITE_OK);
        CU_ASSERT_EQUAL(io_database_has_schema(db, ours), cases[i].same);
        sqlite3_close(db);
    }
}

TEST_SUITE(io_database, {"a name is no URI", test_a_name_is_no_uri},
           {"nothing acts", test_nothing_acts}, {"whose schema", test_whose_schema})
