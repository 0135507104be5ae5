/* Commands and files: a command never destroys its input, a neighbour or another database, leaves
 * no file half written, and reports a full disk by its status. */
#include "sim/cli/judge.h"
#include "tests/cli/command.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SMALL "scn 1 \"small\"\nduration 1m\nnodes n[1..3]\n"
#define SWEEP "scn 1 \"s\"\nseeds 1..6\nduration 30s\nnodes a[1..3]\nmeasure m = max(height(all))\n"

static void
has_text(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = folder_path(folder, name);
    g_autofree char *is = NULL;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &is, NULL, NULL));
    TEST_STR_EQUAL(is, text);
}

/* Names that contain `part`. */
static guint
count_names(const char *folder, const char *part)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    guint count = 0;

    while ((name = g_dir_read_name(dir)) != NULL)
        count += strstr(name, part) != NULL;
    g_dir_close(dir);
    return count;
}

static void
held(const char *folder, const char *const *words)
{
    g_auto(Result) result = command_in(folder, words);

    CU_ASSERT_EQUAL(result.status, 0);
}

#define HELD(folder, ...) held((folder), (const char *const[]){__VA_ARGS__, NULL})

static void
test_what_is_read_stays(void)
{
    char *folder = folder_new();
    g_autofree char *before = NULL, *after = NULL;

    g_free(folder_write(folder, "inner.scn", "nodes n[1..3]\n"));
    g_free(folder_write(folder, "m.csv", ",x,y\nx,1,50\ny,50,1\n"));
    g_free(folder_write(folder, "a.scn", "scn 1 \"a\"\nduration 1m\ninclude \"inner.scn\"\n"));
    HELD(folder, "run", "a.scn", "-q", "-o", "a.db");
    before = folder_query(folder, "a.db", "SELECT digest FROM run");
    COMMAND_REFUSED(folder, "this command reads it", "run", "a.scn", "-q", "-o", "a.scn");
    COMMAND_REFUSED(folder, "this command reads it", "run", "a.scn", "-q", "-o", "./inner.scn");
    COMMAND_REFUSED(folder, "this command reads it", "report", "a.db", "-o", "a.db");
    COMMAND_REFUSED(folder, "this command reads it", "export", "a.db", "--format", "dot", "-o",
                    "./a.db");
    COMMAND_REFUSED(folder, "this command reads it", "test", "a.scn", "--junit", "a.scn");
    has_text(folder, "inner.scn", "nodes n[1..3]\n");
    after = folder_query(folder, "a.db", "SELECT digest FROM run");
    TEST_STR_EQUAL(after, before);
    folder_remove(folder);
}

static void
test_another_database_stays(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    HELD(folder, "run", "s.scn", "-q", "-o", "trace.db");
    HELD(folder, "sweep", "s.scn", "-q", "-o", "results.db");
    g_free(folder_query(folder, "results.db", "PRAGMA user_version"));
    COMMAND_REFUSED(folder, "database that another program made", "run", "s.scn", "-q", "-o",
                    "results.db");
    COMMAND_REFUSED(folder, "no results file", "sweep", "s.scn", "-q", "--fresh", "-o", "trace.db");
    COMMAND_REFUSED(folder, "database that another program made", "report", "trace.db", "-o",
                    "results.db");
    HELD(folder, "run", "s.scn", "-q", "-o", "file:results.db?x=y");
    HELD(folder, "run", "s.scn", "-q", "-o", ":memory:");
    HELD(folder, "replay", "file:results.db?x=y", "-q");
    HELD(folder, "query", ":memory:", "nodes");
    HELD(folder, "sweep", "s.scn", "-q", "-o", "file:trace.db");
    HELD(folder, "sweep", "s.scn", "-q", "-o", "results.db");
    CU_ASSERT_EQUAL(count_names(folder, ".db"), 4);
    folder_remove(folder);
}

static void
test_neighbours_stay(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    g_free(folder_write(folder, "foo.new", "mine"));
    g_free(folder_write(folder, "foo.new-journal", "mine"));
    HELD(folder, "sweep", "s.scn", "-q", "-o", "foo");
    CU_ASSERT_EQUAL(count_names(folder, ".lock"), 0);
    g_free(folder_write(folder, "foo.lock", ""));
    COMMAND_REFUSED(folder, "a file of yours", "sweep", "s.scn", "-q", "-o", "foo");
    g_free(folder_write(folder, "foo.lock", "mine"));
    COMMAND_REFUSED(folder, "a file of yours", "sweep", "s.scn", "-q", "-o", "foo");
    g_free(folder_write(folder, "bar-journal", "mine"));
    COMMAND_REFUSED(folder, "bar-journal", "run", "s.scn", "-q", "-o", "bar");
    has_text(folder, "foo.lock", "mine");
    has_text(folder, "foo.new", "mine");
    has_text(folder, "foo.new-journal", "mine");
    has_text(folder, "bar-journal", "mine");
    folder_remove(folder);
}

/* Rows of a results file that are missing are run again, and nothing in the file gets at them. */
static void
forge(const char *sql)
{
    char *folder = folder_new();
    g_autofree char *rows = NULL;

    g_free(folder_write(folder, "s.scn", SWEEP));
    HELD(folder, "sweep", "s.scn", "-q", "-j1", "-o", "r.db");
    g_free(folder_query(folder, "r.db", "DELETE FROM run WHERE id > 4"));
    g_free(folder_query(folder, "r.db", sql));
    COMMAND_REFUSED(folder, "its tables are not those", "sweep", "s.scn", "-q", "-j1", "-o",
                    "r.db");
    COMMAND_REFUSED(folder, "its tables are not those", "merge", "-q", "m.db", "r.db");
    rows = folder_query(folder, "r.db", "SELECT count(*) FROM run WHERE status = 'forged'");
    TEST_STR_EQUAL(rows, "0\n");
    folder_remove(folder);
}

static void
test_results_are_not_believed(void)
{
    forge("CREATE TRIGGER t AFTER INSERT ON run BEGIN UPDATE run SET status = 'forged'; END");
    forge("CREATE TRIGGER t AFTER DELETE ON statistic BEGIN UPDATE run SET status = 'forged'; END");
    forge("ALTER TABLE run ADD COLUMN more ANY AS (7)");
    forge("DROP VIEW summary");
}

static void
test_no_room(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    HELD(folder, "run", "s.scn", "-q", "-o", "t.db");
    {
        g_auto(Result) run =
            COMMAND_UNDER(folder, RLIMIT_FSIZE, 20000, 20000, "run", "s.scn", "-q", "-o", "u.db");
        g_auto(Result) report =
            COMMAND_UNDER(folder, RLIMIT_FSIZE, 2000, 2000, "report", "t.db", "-o", "t.html");
        g_auto(Result) dot = COMMAND_UNDER(folder, RLIMIT_FSIZE, 100, 100, "export", "t.db",
                                           "--format", "dot", "-o", "t.dot");
        g_auto(Result) csv = COMMAND_UNDER(folder, RLIMIT_FSIZE, 100, 100, "export", "t.db",
                                           "--format", "csv", "-o", "tables");

        CU_ASSERT_EQUAL(run.status, 4);
        CU_ASSERT_EQUAL(report.status, 4);
        CU_ASSERT_EQUAL(dot.status, 4);
        CU_ASSERT_EQUAL(csv.status, 4);
        TEST_CONTAINS(report.err, "make room");
    }
    CU_ASSERT_EQUAL(count_names(folder, "part"), 0);
    CU_ASSERT_EQUAL(count_names(folder, "html"), 0);
    folder_remove(folder);
}

/* SQLite sorts many rows in a file. */
static void
test_no_room_to_sort(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn",
                        "scn 1 \"t\"\nduration 20m\nchain spacing=2s\nnodes n[1..20]\n"));
    HELD(folder, "run", "s.scn", "-q", "--trace", "full", "-o", "t.db");
    {
        g_auto(Result) query = COMMAND_UNDER(folder, RLIMIT_FSIZE, 50000, 50000, "query", "t.db",
                                             "SELECT a.seq FROM message a, (SELECT seq FROM "
                                             "message LIMIT 200) b ORDER BY 1 * b.seq");

        CU_ASSERT_EQUAL(query.status, 4);
        TEST_CONTAINS(query.err, "no room for SQLite's temporary files");
    }
    folder_remove(folder);
}

/* The result of the run itself has room: the outcome alone has none. */
static void
test_no_room_for_an_outcome(void)
{
    char *folder = folder_new();
    struct rlimit before, limit;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    Test test = {.path = folder_write(folder, "s.scn", SMALL), .named = true};
    g_autoptr(GBytes) result = judge_run(&test);

    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 10;
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &limit), 0);
    judge_take(&test, result, true);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    CU_ASSERT_EQUAL(test.verdict, TEST_ERROR);
    CU_ASSERT_TRUE(test.is_disk_full);
    CU_ASSERT_EQUAL(count_names(folder, "outcome"), 0);
    test_clear(&test);
    folder_remove(folder);
}

/* GLib ends a process that gets no memory with a signal; a sanitizer takes all addresses itself. */
static void
test_no_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
    char *folder = folder_new();

    g_free(folder_write(folder, "big.scn",
                        "scn 1 \"big\"\nduration 1h\nnodes n[1..200000]\n"
                        "topology regular k=8\n"));
    {
        const rlim_t bytes = 150 << 20;
        g_auto(Result) run =
            COMMAND_UNDER(folder, RLIMIT_AS, bytes, bytes, "run", "big.scn", "-q", "-o", "b.db");

        CU_ASSERT_EQUAL(run.status, 4);
        TEST_CONTAINS(run.err, "memory");
    }
    CU_ASSERT_EQUAL(count_names(folder, "part"), 0);
    folder_remove(folder);
#endif
}

/* A link is asked about before the first is made. */
static void
test_limits_hold_while_a_world_is_built(void)
{
    static const char *const limits[] = {"wall=1us", "memory=1MB"};

    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        char *folder = folder_new();
        g_autofree char *text = g_strdup_printf("%slimit %s\nseeds 1..2\n", SMALL, limits[i]);
        g_autofree char *rows = NULL;

        g_free(folder_write(folder, "s.scn", text));
        {
            g_auto(Result) run = COMMAND(folder, "run", "s.scn", "-q", "-o", "t.db");
            g_auto(Result) sweep = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "r.db");

            CU_ASSERT_EQUAL(run.status, 4);
            TEST_CONTAINS(run.err, "while its world was built");
            CU_ASSERT_EQUAL(sweep.status, 1);
            rows = folder_query(folder, "r.db", "SELECT status, retry FROM run");
            TEST_STR_EQUAL(rows, "limit|1\nlimit|1\n");
        }
        CU_ASSERT_EQUAL(count_names(folder, "t.db"), 0);
        folder_remove(folder);
    }
}

static void
test_output_that_is_closed(void)
{
    char *folder = folder_new();
    g_autofree char *script = NULL;

    g_free(folder_write(folder, "s.scn", SWEEP));
    script = g_strdup_printf("%s sweep s.scn -j1 -o r.db >&-; test $? = 2 && "
                             "%s check s.scn >&-; test $? = 2 && "
                             "%s run s.scn --trace off >&-; test $? = 2",
                             command_path(), command_path(), command_path());
    {
        const char *const words[] = {"/bin/sh", "-c", script, NULL};
        g_autofree char *err = NULL;
        int status;

        CU_ASSERT_TRUE_FATAL(
            g_spawn_sync(folder, (char **)words, NULL, 0, NULL, NULL, NULL, &err, &status, NULL));
        CU_ASSERT_EQUAL(status, 0);
        TEST_CONTAINS(err, "cannot write");
    }
    folder_remove(folder);
}

static void
test_common_words(void)
{
    static const char *const commands[] = {"run", "sweep", "explore", "shrink"};
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SWEEP));
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        COMMAND_REFUSED(folder, "no scenario: name a .scn file", commands[i]);
        COMMAND_REFUSED(folder, "'t.scn' is one too many", commands[i], "s.scn", "t.scn");
    }
    COMMAND_REFUSED(folder, "--jobs 'x' is not a whole number from 1 to 1024", "sweep", "-jx",
                    "s.scn");
    COMMAND_REFUSED(folder, "--jobs '0' is not a whole number from 1 to 1024", "sweep", "-j0",
                    "s.scn");
    COMMAND_REFUSED(folder, "--jobs '2x' is not a whole number from 1 to 1024", "test", "-j2x",
                    "s.scn");
    folder_remove(folder);
}

/* A command whose output cannot be written reports that by its status. */
static void
test_output_that_is_full(void)
{
    static const char *const commands[] = {"run s.scn --trace off",
                                           "check s.scn",
                                           "test s.scn",
                                           "test --tap s.scn",
                                           "sweep s.scn -o r.db",
                                           "merge --force m.db r.db",
                                           "replay t.db",
                                           "diff t.db t.db",
                                           "show t.db",
                                           "query t.db nodes",
                                           "query t.db --schema",
                                           "report t.db -o -",
                                           "export t.db -f dot",
                                           "headers h.bin",
                                           "policy --alpha 20% --gamma 0 --limit 9",
                                           "policy --alpha 20% --gamma 0 --limit 9 -o -",
                                           "policy --alpha 20% --gamma 0 --double-spend",
                                           "--version",
                                           "--help"};
    char *folder = folder_new();
    GString *script = g_string_new("set -x;");

    g_free(folder_write(folder, "s.scn", SMALL));
    HELD(folder, "run", "s.scn", "-q", "-o", "t.db");
    g_string_append(script, " head -c 80 /dev/zero >h.bin;");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        g_string_append_printf(script, " %s %s >/dev/full; test $? = 4 || exit 1;", command_path(),
                               commands[i]);
    {
        const char *const words[] = {"/bin/sh", "-c", script->str, NULL};
        g_autofree char *err = NULL;
        int status;

        CU_ASSERT_TRUE_FATAL(
            g_spawn_sync(folder, (char **)words, NULL, 0, NULL, NULL, NULL, &err, &status, NULL));
        TEST_STR_EQUAL(status == 0 ? "" : err, "");
    }
    g_string_free(script, TRUE);
    folder_remove(folder);
}

/* Names of files, and what SQLite says of names in them, reach the terminal as escapes. */
static void
test_names_that_steer_a_terminal(void)
{
    char *folder = folder_new();
    const char *name = "\033[31m\xe2\x80\xae.scn";

    g_free(folder_write(folder, name, SWEEP));
    g_free(folder_write(folder, "bad/\033.scn", "frob\n"));
    HELD(folder, "run", name, "-q", "-o", "t.db");
    {
        Result results[] = {
            COMMAND(folder, "run", name, "-o", "\033.db"),
            COMMAND(folder, "check", name, "bad/\033.scn"),
            COMMAND(folder, "test", ".", "-j1"),
            COMMAND(folder, "test", ".", "-j1", "--tap"),
            COMMAND(folder, "sweep", name, "-j1", "-o", "\033.results.db"),
            COMMAND(folder, "report", "t.db", "-o", "\033.html"),
            COMMAND(folder, "query", "t.db", "SELECT 1 FROM \"\033\xe2\x80\xae\""),
            COMMAND(folder, "query", "t.db", "SELECT 1 AS \"\033\", char(27, 0x202e)"),
            COMMAND(folder, "query", "\033[2J"),
            COMMAND(folder, "\033"),
            COMMAND(folder, "run", "-\033"),
            COMMAND(folder, "sweep", name, "--seeds", "\033"),
        };

        for (size_t i = 0; i < G_N_ELEMENTS(results); i++) {
            g_autofree char *all = g_strconcat(results[i].out, results[i].err, NULL);

            TEST_STR_EQUAL(strchr(all, '\033') || strstr(all, "\xe2\x80\xae") ? all : "", "");
            TEST_CONTAINS(all, "\\x1b");
        }
        for (size_t i = 0; i < G_N_ELEMENTS(results); i++)
            result_clear(&results[i]);
    }
    folder_remove(folder);
}

TEST_SUITE(files, {"what is read stays", test_what_is_read_stays},
           {"another database stays", test_another_database_stays},
           {"neighbours stay", test_neighbours_stay},
           {"results are not believed", test_results_are_not_believed}, {"no room", test_no_room},
           {"no room to sort", test_no_room_to_sort},
           {"no room for an outcome", test_no_room_for_an_outcome}, {"no memory", test_no_memory},
           {"limits hold while a world is built", test_limits_hold_while_a_world_is_built},
           {"output that is closed", test_output_that_is_closed},
           {"output that is full", test_output_that_is_full},
           {"words of several commands", test_common_words},
           {"names that steer a terminal", test_names_that_steer_a_terminal})
