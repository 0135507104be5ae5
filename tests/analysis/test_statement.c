/* Statements of one's own: the four forms of an answer, what they may not do, and the functions
 * that they have beside SQLite's. */
#include "tests/analysis/world.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* --- forms -------------------------------------------------------------------------------- */

static void
test_forms(void)
{
    static const char sql[] =
        "SELECT 1 AS n, 'a|b' AS \"x\"\"y\", NULL AS n UNION ALL SELECT 20, 'p,\"q\"', 0.5";
    World world = world_new();
    g_autofree char *table = world_ask(&world, sql, ANA_FORM_TABLE);
    g_autofree char *csv = world_ask(&world, sql, ANA_FORM_CSV);
    g_autofree char *json = world_ask(&world, sql, ANA_FORM_JSON);
    g_autofree char *markdown = world_ask(&world, sql, ANA_FORM_MARKDOWN);
    g_autofree char *none = world_ask(&world, "SELECT 1 WHERE 0", ANA_FORM_JSON);

    TEST_STR_EQUAL(table, " n  x\"y    n_2\n--  -----  ---\n 1  a|b       \n20  p,\"q\"  0.5\n");
    TEST_STR_EQUAL(csv, "n,\"x\"\"y\",n_2\n1,a|b,\n20,\"p,\"\"q\"\"\",0.5\n");
    TEST_STR_EQUAL(json, "[\n {\"n\":1,\"x\\\"y\":\"a|b\",\"n_2\":null},\n"
                         " {\"n\":20,\"x\\\"y\":\"p,\\\"q\\\"\",\"n_2\":0.5}\n]\n");
    TEST_STR_EQUAL(markdown, "|  n | x\"y   | n\\_2 |\n|---:|-------|-----:|\n"
                             "|  1 | a\\|b  |      |\n| 20 | p,\"q\" |  0.5 |\n");
    TEST_STR_EQUAL(none, "[]\n");
    world_clear(&world);
}

/* A terminal obeys control characters, and C's strings end at a zero byte. */
static void
test_hostile_text(void)
{
    static const char sql[] = "SELECT char(27) || '[2J' AS e, CAST(x'ff41' AS TEXT) AS bad,"
                              " '<script>' AS s, 9007199254740993 AS big, 9e999 AS inf";
    World world = world_new();
    g_autofree char *table = world_ask(&world, sql, ANA_FORM_TABLE);
    g_autofree char *json = world_ask(&world, sql, ANA_FORM_JSON);
    g_autoptr(JsonNode) parsed = json_from_string(json, NULL);

    CU_ASSERT_PTR_NULL(strchr(table, 27));
    TEST_CONTAINS(table, "\\x1b[2J");
    CU_ASSERT_PTR_NOT_NULL(parsed);
    CU_ASSERT_PTR_NULL(strchr(json, '<'));
    TEST_CONTAINS(json, "\"bad\":\"\xef\xbf\xbd"
                        "A\"");
    TEST_CONTAINS(json, "\"big\":9007199254740993,\"inf\":null");
    world_clear(&world);
}

/* --- what a statement may not do ---------------------------------------------------------- */

static void
test_read_only(void)
{
    static const char *const refused[] = {
        "DELETE FROM node",
        "UPDATE node SET name = 'x'",
        "UPDATE sqlite_master SET sql = ''",
        "INSERT INTO node(id) VALUES(9)",
        "CREATE TABLE t(x)",
        "CREATE TEMP TABLE t(x)",
        "ATTACH ':memory:' AS m",
        "PRAGMA query_only = OFF",
        "PRAGMA journal_mode = WAL",
        "SELECT load_extension('x')",
        "VACUUM INTO 'copy.db'",
        "BEGIN",
        "SELECT 1; SELECT 2",
        "-- nothing",
        "",
        "SELECT nothing FROM nowhere",
        "SELECT zeroblob(100000000)",
    };
    World world = world_new();

    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *got = world_ask(&world, refused[i], ANA_FORM_CSV);
        const char *error = strstr(got, "cannot read '");

        if (error == NULL || strchr(error, '\n') != NULL)
            TEST_STR_EQUAL(refused[i], got);
    }
    {
        g_autofree char *more =
            world_ask(&world, "SELECT count(*) AS n FROM json_each('[1,2]'); -- and no more\n ;",
                      ANA_FORM_CSV);

        TEST_STR_EQUAL(more, "n\n2\n");
    }
    world_clear(&world);
}

/* The functions that group without sorting, against GROUP BY on rows enough to let tables grow. */
static void
test_tally(void)
{
    static const char rows[] =
        "WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 20000),"
        " r AS MATERIALIZED (SELECT i * 7919 % 3000 - 1000 AS a, 'k' || (i * 31 % 17) || '\"\\' AS "
        "t,"
        " i * 13 % 101 AS v,"
        " CASE i % 5 WHEN 0 THEN 0 WHEN 1 THEN '0' WHEN 2 THEN NULL WHEN 3 THEN -1 ELSE 'x' END"
        " AS m, CASE i % 3 WHEN 0 THEN 'x' WHEN 1 THEN 0 END AS n FROM c) ";
    static const char *const pairs[][2] = {
        {"SELECT a, count(*), sum(v) FROM r GROUP BY a ORDER BY a",
         "SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each((SELECT tally(v, a) FROM r))"
         " ORDER BY 1"},
        {"SELECT t, a % 7, count(*), sum(v) FROM r GROUP BY 1, 2 ORDER BY 1, 2",
         "SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM"
         " json_each((SELECT tally(v, t, a % 7) FROM r)) ORDER BY 1, 2"},
        {"SELECT abs(a), count(DISTINCT v) FROM r GROUP BY 1 ORDER BY 1",
         "SELECT value ->> 0, value ->> 1 FROM json_each((SELECT spread(abs(a), v) FROM r))"
         " ORDER BY 1"},
        {"SELECT typeof(m), m, count(*), sum(v) FROM r GROUP BY m ORDER BY 1, 2",
         "SELECT typeof(value ->> 0), value ->> 0, value ->> 1, value ->> 2 FROM"
         " json_each((SELECT tally(v, m) FROM r)) ORDER BY 1, 2"},
        {"SELECT typeof(m), m, typeof(n), n, count(*) FROM r GROUP BY m, n ORDER BY 1, 2, 3, 4",
         "SELECT typeof(value ->> 0), value ->> 0, typeof(value ->> 1), value ->> 1, value ->> 2"
         " FROM json_each((SELECT tally(v, m, n) FROM r)) ORDER BY 1, 2, 3, 4"},
        {"SELECT '[]', '[]'", "SELECT tally(v, a), spread(a, v) FROM r WHERE v < 0"},
    };
    World world = world_new();

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *plain = g_strconcat(rows, pairs[i][0], NULL);
        g_autofree char *quick = g_strconcat(rows, pairs[i][1], NULL);
        g_autofree char *want = world_ask(&world, plain, ANA_FORM_CSV);
        g_autofree char *got = world_ask(&world, quick, ANA_FORM_CSV);

        CU_ASSERT_PTR_NOT_NULL_FATAL(strchr(want, '\n'));
        CU_ASSERT_PTR_NOT_NULL_FATAL(strchr(got, '\n'));
        TEST_STR_EQUAL(strchr(got, '\n'), strchr(want, '\n'));
    }
    {
        g_autofree char *far = world_ask(&world, "SELECT spread(-1, 1)", ANA_FORM_CSV);
        g_autofree char *few = world_ask(&world, "SELECT tally(1)", ANA_FORM_CSV);
        g_autofree char *real = world_ask(&world, "SELECT tally(1, 1.5)", ANA_FORM_CSV);
        /* told when it is known, not when memory for it and its list has been taken */
        g_autofree char *many =
            world_ask(&world,
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                      " WHERE i <= 1 << 22) SELECT tally(1, -i) FROM n",
                      ANA_FORM_CSV);

        TEST_CONTAINS(many, "too many groups");
        TEST_CONTAINS(far, "no small number");
        TEST_CONTAINS(few, "one to four keys");
        TEST_CONTAINS(real, "an integer, a text or null");
    }
    world_clear(&world);
}

static bool
stop_at_once(void)
{
    return true;
}

static void
test_stop(void)
{
    static const char sql[] =
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT count(*) FROM c";
    World world = world_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) late = NULL;
    g_autoptr(AnaDatabase) stopped = ana_database_open(world.path, (AnaLimits){NULL, 1000}, NULL);
    g_autoptr(AnaDatabase) opened =
        ana_database_open(world.path, (AnaLimits){stop_at_once, 0}, NULL);
    FILE *out;

    CU_ASSERT_PTR_NOT_NULL_FATAL(stopped);
    CU_ASSERT_PTR_NOT_NULL_FATAL(opened);
    out = fopen("/dev/null", "w");
    CU_ASSERT_FALSE(ana_query_print(stopped, sql, ANA_FORM_CSV, out, &late));
    TEST_CONTAINS(late->message, "longer than --timeout");
    CU_ASSERT_FALSE(ana_query_print(opened, sql, ANA_FORM_CSV, out, &error));
    fclose(out);
    CU_ASSERT_TRUE(g_error_matches(error, ANA_ERROR, ANA_ERROR_INTERRUPTED));
    world_clear(&world);
}

TEST_SUITE(statement, {"four forms", test_forms}, {"hostile text", test_hostile_text},
           {"statements that do more than read", test_read_only},
           {"grouping without sorting", test_tally}, {"statements that do not end", test_stop})
