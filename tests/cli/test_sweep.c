/* The commands `sweep` and `merge`: the same summary however the runs were spread, broken off or
 * put together; what a run that dies does to the others; whose results a file holds. */
#include "tests/cli/command.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL                                                                                      \
    "scn 1 \"small\"\nparam p = 10ms\nsweep p = 10ms, 40ms\nseeds 1..3\n" SMALL_REST               \
    "table h by p stat=n,mean\n"
#define SMALL_REST "duration 1m\nnodes n[1..3]\nlink all latency=$p\nmeasure h = height(n1)\n"
#define ENDLESS                                                                                    \
    "scn 1 \"endless\"\nparam p = 1m\nsweep p = 1m, 100000h, 2m\nduration $p\nnodes n[1..9]\n"
#define SHARDS 7

static void
check_query(const char *folder, const char *name, const char *sql, const char *want)
{
    g_autofree char *got = folder_query(folder, name, sql);

    TEST_STR_EQUAL(got, want);
}

/* --- one summary -------------------------------------------------------------------------- */

static char *
latency_split(void)
{
    return g_canonicalize_filename("scenarios/sweeps/latency_split.scn", NULL);
}

static void
sweep_quietly(const char *folder, const char *path, const char *jobs, const char *output)
{
    g_auto(Result) result = COMMAND(folder, "sweep", path, "-P", "side=2", "--seeds", "1..2", "-j",
                                    jobs, "-o", output, "-q");

    CU_ASSERT(result.status == 0 || result.status == 1);
    TEST_STR_EQUAL(result.out, "");
}

static void
merge_shards(const char *folder, const char *path)
{
    char *words[] = {"merge", "-q", "m.db", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};

    for (guint i = 0; i < SHARDS; i++) {
        /* From 4 on, then round: any order will do. */
        guint shard = (i + 3) % SHARDS + 1;
        g_autofree char *which = g_strdup_printf("%u/%u", shard, SHARDS);
        char *output = g_strdup_printf("s%u.db", shard);
        g_auto(Result) result = COMMAND(folder, "sweep", path, "-P", "side=2", "--seeds", "1..2",
                                        "--shard", which, "-o", output, "-q");

        CU_ASSERT_EQUAL(result.status, 0);
        words[3 + i] = output;
    }
    {
        g_auto(Result) result = command_in(folder, (const char *const *)words);

        CU_ASSERT(result.status == 0 || result.status == 1);
        CU_ASSERT_PTR_NULL(strstr(result.err, "missing"));
    }
    for (guint i = 0; i < SHARDS; i++)
        g_free(words[3 + i]);
}

/* A third of the rows goes, as if it had never been. */
static void
resume_part(const char *folder, const char *path)
{
    sweep_quietly(folder, path, "2", "k.db");
    check_query(folder, "k.db", "DELETE FROM run WHERE id % 3 = 1", "");
    {
        g_auto(Result) result = COMMAND(folder, "sweep", path, "-P", "side=2", "--seeds", "1..2",
                                        "-j", "2", "-o", "k.db");

        TEST_CONTAINS(result.out, "144 runs");
        TEST_CONTAINS(result.out, "; 48 in ");
    }
}

static void
test_one_summary(void)
{
    static const char *const others[] = {"b.db", "k.db", "m.db"};
    static const char sql[] = "SELECT * FROM summary";
    char *folder = folder_new();
    g_autofree char *path = latency_split();
    g_autofree char *want = NULL;

    sweep_quietly(folder, path, "1", "a.db");
    sweep_quietly(folder, path, "3", "b.db");
    resume_part(folder, path);
    merge_shards(folder, path);
    want = folder_query(folder, "a.db", sql);
    CU_ASSERT(strlen(want) > 5000);
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *got = folder_query(folder, others[i], sql);
        g_autofree char *rows = folder_query(folder, others[i], "SELECT * FROM run ORDER BY id");
        g_autofree char *want_rows = folder_query(folder, "a.db", "SELECT * FROM run ORDER BY id");

        CU_ASSERT(strcmp(got, want) == 0);
        CU_ASSERT(strcmp(rows, want_rows) == 0);
    }
    folder_remove(folder);
}

/* --- broken off --------------------------------------------------------------------------- */

static gint64
count_runs(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    gint64 count = 0;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT count(*) FROM run", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        count = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return count;
}

/* Gets a signal once its first batch is there, if it has not ended. */
static GPid
spawn_until_first_batch(const char *folder, int number, int *ret_status)
{
    const char *argv[] = {command_path(), "sweep", "s.scn", "--seeds", "1..1500", "-j", "2",
                          "-o",           "k.db",  "-q",    NULL};
    g_autofree char *path = folder_path(folder, "k.db");
    GPid pid;

    CU_ASSERT_TRUE_FATAL(g_spawn_async(folder, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                       NULL, &pid, NULL));
    while (count_runs(path) == 0 && waitpid(pid, ret_status, WNOHANG) == 0)
        continue;
    kill(pid, number);
    return pid;
}

static void
wait_for(GPid pid, int *ret_status)
{
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        continue;
}

static void
signal_after_first_batch(const char *folder, int number, int *ret_status)
{
    wait_for(spawn_until_first_batch(folder, number, ret_status), ret_status);
}

static void
test_killed(void)
{
    char *folder = folder_new();
    g_autofree char *text = folder_write(folder, "s.scn", SMALL);
    int status = 0;

    signal_after_first_batch(folder, SIGKILL, &status);
    CU_ASSERT_TRUE(WIFSIGNALED(status));
    {
        g_auto(Result) again =
            COMMAND(folder, "sweep", "s.scn", "--seeds", "1..1500", "-o", "k.db");
        g_auto(Result) fresh =
            COMMAND(folder, "sweep", "s.scn", "--seeds", "1..1500", "-o", "f.db");
        g_autofree char *got = folder_query(folder, "k.db", "SELECT * FROM summary");
        g_autofree char *want = folder_query(folder, "f.db", "SELECT * FROM summary");

        CU_ASSERT_EQUAL(again.status, 0);
        TEST_CONTAINS(again.out, "3000 runs, 3000 held");
        CU_ASSERT_PTR_NULL(strstr(again.out, "; 3000 in "));
        TEST_STR_EQUAL(got, want);
    }
    folder_remove(folder);
}

/* While one is at it (here it stands still), no other writes the same results; that it was killed
 * holds nobody up. */
static void
test_two_at_once(void)
{
    char *folder = folder_new();
    g_autofree char *lock = folder_path(folder, "k.db.lock");
    g_autofree char *link = folder_path(folder, "link.db");
    int status = 0;
    GPid pid;

    g_free(folder_write(folder, "s.scn", SMALL));
    CU_ASSERT_EQUAL_FATAL(symlink("k.db", link), 0);
    pid = spawn_until_first_batch(folder, SIGSTOP, &status);
    COMMAND_REFUSED(folder, "is writing 'k.db': wait until it has ended, or name another file",
                    "sweep", "s.scn", "--seeds", "1..1500", "-o", "k.db");
    COMMAND_REFUSED(folder, "is writing 'link.db'", "sweep", "s.scn", "--seeds", "1..1500", "-o",
                    "link.db", "--fresh");
    COMMAND_REFUSED(folder, "is writing 'k.db'", "merge", "k.db", "k.db", "--force");
    {
        g_auto(Result) other = COMMAND(folder, "sweep", "s.scn", "-o", "other.db");

        CU_ASSERT_EQUAL(other.status, 0);
    }
    kill(pid, SIGKILL);
    wait_for(pid, &status);
    CU_ASSERT_TRUE(WIFSIGNALED(status));
    {
        g_auto(Result) again =
            COMMAND(folder, "sweep", "s.scn", "--seeds", "1..1500", "-o", "k.db");

        CU_ASSERT_EQUAL(again.status, 0);
        TEST_CONTAINS(again.out, "3000 runs, 3000 held");
    }
    CU_ASSERT_FALSE(g_file_test(lock, G_FILE_TEST_EXISTS));
    folder_remove(folder);
}

/* On a terminal: a bar, which is gone when the sweep ends. */
static void
test_terminal(void)
{
    char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "s.scn", SMALL);
    const char *argv[] = {command_path(), "sweep", path, "--seeds", "1..500000", NULL};
    GString *seen = g_string_new(NULL);
    int terminal = -1, status = 0;
    char bytes[512];
    ssize_t got;
    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

    if (pid == 0) {
        if (chdir(folder) == 0)
            execv(argv[0], (char **)argv);
        _exit(127);
    }
    CU_ASSERT_FATAL(pid > 0);
    while ((got = read(terminal, bytes, sizeof bytes)) > 0) {
        bool before = strstr(seen->str, " left") != NULL;

        g_string_append_len(seen, bytes, got);
        if (!before && strstr(seen->str, " left") != NULL)
            kill(pid, SIGINT);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(terminal);
    CU_ASSERT_TRUE(WIFEXITED(status));
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 130);
    TEST_CONTAINS(seen->str, "\r\033[K[");
    TEST_CONTAINS(seen->str, "/1000000 runs, ");
    TEST_CONTAINS(seen->str, "\r\033[Kkettensim sweep: interrupted; ");
    g_string_free(seen, TRUE);
    folder_remove(folder);
}

static void
test_interrupted(void)
{
    char *folder = folder_new();
    g_autofree char *text = folder_write(folder, "s.scn", SMALL);
    int status = 0;

    signal_after_first_batch(folder, SIGINT, &status);
    CU_ASSERT_TRUE(WIFEXITED(status));
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 130);
    {
        g_auto(Result) again =
            COMMAND(folder, "sweep", "s.scn", "--seeds", "1..1500", "-o", "k.db");

        CU_ASSERT_EQUAL(again.status, 0);
        TEST_CONTAINS(again.out, "3000 runs, 3000 held");
    }
    folder_remove(folder);
}

/* The system kills the worker in the middle point; the others are done, and its cell is told. */
static void
test_a_run_dies(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", ENDLESS));
    {
        g_auto(Result) result =
            COMMAND_UNDER(folder, RLIMIT_CPU, 1, 60, "sweep", "s.scn", "-j", "1", "-o", "r.db");

        CU_ASSERT_EQUAL(result.status, 1);
        TEST_CONTAINS(result.out, "3 runs, 2 held, 0 failed, 1 died");
        TEST_CONTAINS(result.err, "-P p=100000h --seed 1 (died): the run died with signal 24");
    }
    check_query(folder, "r.db", "SELECT status FROM run ORDER BY id", "held\ndied\nheld\n");
    folder_remove(folder);
}

/* A run that takes too much memory is tried again; its neighbours, which came after it, are not: a
 * process does not answer for what the one before it took. */
static void
test_memory_limit(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "m.scn",
                        "scn 1 \"m\"\nparam k = 9\nsweep k = 9, 20000, 10\nduration 10m\n"
                        "nodes n[1..$k]\ntopology outbound k=2\nlimit memory=40MB\n"));
    for (guint i = 0; i < 2; i++) {
        g_auto(Result) result = COMMAND(folder, "sweep", "m.scn", "-j", "1");

        CU_ASSERT_EQUAL(result.status, 1);
        TEST_CONTAINS(result.out, i == 0 ? "3 runs, 2 held, 0 failed, 1 ended by a limit; 3 in "
                                         : "3 runs, 2 held, 0 failed, 1 ended by a limit; 1 in ");
        TEST_CONTAINS(result.err, "-P k=20000 --seed 1 (limit): the run took more memory");
    }
    folder_remove(folder);
}

/* Limits of real time are tried again, a limit of events is what came of the run. */
static void
test_limits(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "w.scn",
                        "scn 1 \"w\"\nseeds 1..2\nduration 100h\nnodes n[1..9]\n"
                        "limit wall=1ms memory=4GB\n"));
    g_free(folder_write(folder, "e.scn",
                        "scn 1 \"e\"\nseeds 1..2\nduration 1h\nnodes n[1..9]\n"
                        "limit events=100\n"));
    for (guint i = 0; i < 2; i++) {
        g_auto(Result) wall = COMMAND(folder, "sweep", "w.scn");
        g_auto(Result) events = COMMAND(folder, "sweep", "e.scn");

        CU_ASSERT_EQUAL(wall.status, 1);
        CU_ASSERT_EQUAL(events.status, 1);
        TEST_CONTAINS(wall.out, "2 runs, 0 held, 0 failed, 2 ended by a limit; 2 in ");
        TEST_CONTAINS(events.out, i == 0 ? "2 ended by a limit; 2 in " : "2 ended by a limit\n");
    }
    folder_remove(folder);
}

static void
test_full_disk(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    {
        g_auto(Result) full = COMMAND_UNDER(folder, RLIMIT_FSIZE, 120000, 120000, "sweep", "s.scn",
                                            "--seeds", "1..1500", "-o", "r.db", "-q");
        g_auto(Result) again =
            COMMAND(folder, "sweep", "s.scn", "--seeds", "1..1500", "-o", "r.db");

        CU_ASSERT_EQUAL(full.status, 4);
        TEST_CONTAINS(full.err, "cannot write results 'r.db'");
        CU_ASSERT_EQUAL(again.status, 0);
        TEST_CONTAINS(again.out, "3000 runs, 3000 held");
    }
    folder_remove(folder);
}

/* As root, a rename would have put a file in the place of /dev/null. */
static void
test_device(void)
{
    char *folder = folder_new();
    g_autofree char *text = folder_write(folder, "s.scn", SMALL);
    g_autofree char *link = folder_path(folder, "null.db");

    CU_ASSERT_EQUAL_FATAL(symlink("/dev/null", link), 0);
    {
        g_auto(Result) sweep = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "null.db");
        g_auto(Result) part = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "part.db");
        g_auto(Result) merge = COMMAND(folder, "merge", "-q", "--force", "null.db", "part.db");

        CU_ASSERT_EQUAL(sweep.status, 2);
        CU_ASSERT_EQUAL(part.status, 0);
        CU_ASSERT_EQUAL(merge.status, 2);
        TEST_CONTAINS(sweep.err, "no regular file");
        TEST_CONTAINS(merge.err, "not a regular file");
        CU_ASSERT_TRUE(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    }
    folder_remove(folder);
}

/* --- whose it is -------------------------------------------------------------------------- */

static void
test_other_sweep(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    g_free(folder_write(folder, "note.txt", "no database, and it must stay"));
    {
        g_auto(Result) first = COMMAND(folder, "sweep", "s.scn", "-o", "r.db");

        CU_ASSERT_EQUAL(first.status, 0);
    }
    COMMAND_REFUSED(folder, "has a run that is left out here: -P p=10ms --seed 3", "sweep", "s.scn",
                    "-o", "r.db", "--seeds", "1..2");
    COMMAND_REFUSED(folder,
                    "left out here: -P p=10ms --seed 1; name another file with -o, or start",
                    "sweep", "s.scn", "-o", "r.db", "-P", "p=5ms");
    COMMAND_REFUSED(folder, "shard 1/1 there, 1/2 here", "sweep", "s.scn", "-o", "r.db", "--shard",
                    "1/2");
    COMMAND_REFUSED(folder, "no results file", "sweep", "s.scn", "-o", "note.txt", "--fresh");
    g_free(folder_write(folder, "s.scn", SMALL "nodes another\n"));
    COMMAND_REFUSED(folder, "the text of 's.scn' has changed", "sweep", "s.scn", "-o", "r.db");
    check_query(folder, "r.db", "UPDATE sweep SET version = '0.0'", "");
    COMMAND_REFUSED(folder, "kettensim 0.0 made it", "sweep", "s.scn", "-o", "r.db");
    {
        g_auto(Result) fresh = COMMAND(folder, "sweep", "s.scn", "-o", "r.db", "--fresh");

        CU_ASSERT_EQUAL(fresh.status, 0);
    }
    folder_remove(folder);
}

/* More seeds, more points, another comment: what is finished stays, and the file is then that of
 * the larger sweep, as if it had been made at once. */
static void
test_growth(void)
{
    static const char *const sql = "SELECT id, point, seed, status, digest, h FROM run ORDER BY id";
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    {
        g_auto(Result) first = COMMAND(folder, "sweep", "s.scn", "-o", "r.db");
        g_auto(Result) seeds = COMMAND(folder, "sweep", "s.scn", "-o", "r.db", "--seeds", "0..4");

        CU_ASSERT_EQUAL(first.status, 0);
        TEST_CONTAINS(seeds.out, "10 runs, 10 held, 0 failed; 4 in ");
    }
    {
        g_autofree char *more = g_strdup(SMALL "table h by p stat=max # another word\n");
        char *at = strstr(more, "sweep p = 10ms");

        memcpy(at, "sweep p = 99ms", 14);
        g_free(folder_write(folder, "t.scn", more));
    }
    COMMAND_REFUSED(folder, "left out here: -P p=10ms --seed 0", "sweep", "t.scn", "-o", "r.db",
                    "--seeds", "0..4");
    g_free(folder_write(folder, "t.scn",
                        "scn 1 \"more\"\nparam p = 10ms # as it was\n"
                        "sweep p = 99ms, 40ms, 0.01s\n\n" SMALL_REST
                        "table h by p stat=max\nexplore loss from 20s until 30s\n"));
    {
        g_auto(Result) grown = COMMAND(folder, "sweep", "t.scn", "-o", "r.db", "--seeds", "0..4");
        g_auto(Result) fresh = COMMAND(folder, "sweep", "t.scn", "-o", "f.db", "--seeds", "0..4");
        g_autofree char *got = folder_query(folder, "r.db", sql);
        g_autofree char *want = folder_query(folder, "f.db", sql);

        TEST_CONTAINS(grown.out, "15 runs, 15 held, 0 failed; 5 in ");
        TEST_STR_EQUAL(got, want);
        CU_ASSERT_EQUAL(fresh.status, 0);
    }
    folder_remove(folder);
}

/* Seeds are added until each point's interval is narrow enough, and not once more by the same
 * command. */
static void
test_until(void)
{
    static const char *const wide = "SELECT count(*), max(ci_high - ci_low) / 2 < 0.04 * min(mean) "
                                    "FROM summary WHERE measure = 'h'";
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL "measure none = 1 / (height(n1) - height(n1))\n"));
    {
        g_auto(Result) first = COMMAND(folder, "sweep", "s.scn", "--until", "halfwidth(h) < 4%");
        g_autofree char *narrow = folder_query(folder, "out/s.results.db", wide);
        g_auto(Result) again = COMMAND(folder, "sweep", "s.scn", "--until", "halfwidth(h)<4%");
        g_auto(Result) value = COMMAND(folder, "sweep", "s.scn", "--until", "halfwidth(h) < 1000");

        CU_ASSERT_EQUAL(first.status, 0);
        TEST_CONTAINS(first.err, "3 seeds: h is ");
        CU_ASSERT_PTR_NULL(strstr(first.out, "x 3 seeds"));
        TEST_STR_EQUAL(narrow, "2|1\n");
        CU_ASSERT_EQUAL(again.status, 0);
        CU_ASSERT_PTR_NULL(strstr(again.out, " a second")); /* nothing was run */
        TEST_CONTAINS(first.out, " a second");
        CU_ASSERT_EQUAL(value.status, 0);
    }
    {
        g_auto(Result) hopeless =
            COMMAND(folder, "sweep", "s.scn", "--until", "halfwidth(none) < 4%", "-o", "none.db");

        CU_ASSERT_EQUAL(hopeless.status, 1);
        TEST_CONTAINS(hopeless.err, "'none' has a value in 0 of ");
        TEST_CONTAINS(hopeless.err, "not narrow enough: halfwidth(none) < 4%");
    }
    COMMAND_REFUSED(folder, "no measure 'k'", "sweep", "s.scn", "--until", "halfwidth(k) < 1%");
    COMMAND_REFUSED(folder, "must be a number", "sweep", "s.scn", "--until", "halfwidth(h) < 1s");
    COMMAND_REFUSED(folder, "no bound above 0", "sweep", "s.scn", "--until", "halfwidth(h) < 0%");
    COMMAND_REFUSED(folder, "write 'halfwidth", "sweep", "s.scn", "--until", "h < 1%");
    COMMAND_REFUSED(folder, "leave --shard", "sweep", "s.scn", "--until", "halfwidth(h) < 1%",
                    "--shard", "1/2");
    folder_remove(folder);
}

/* --- forms -------------------------------------------------------------------------------- */

static void
test_forms(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn",
                        SMALL "finally mean(h) < 0 over seeds\n"
                              "sometimes height(n1) < 0 over sweep\n"));
    g_free(folder_write(folder, "f.scn", SMALL "finally height(n1) < 0\n"));
    g_free(folder_write(folder, "b.scn",
                        SMALL "param c = 1\nsweep c = 1, 3\n"
                              "nodes m[$c..2]\n"));
    {
        g_auto(Result) csv = COMMAND(folder, "sweep", "s.scn", "--csv");
        g_auto(Result) json = COMMAND(folder, "sweep", "s.scn", "--json");
        g_auto(Result) rows = COMMAND(folder, "sweep", "f.scn");
        g_auto(Result) strict = COMMAND(folder, "sweep", "f.scn", "--strict");
        g_auto(Result) one = COMMAND(folder, "run", "s.scn", "--trace", "off");

        CU_ASSERT_EQUAL(csv.status, 1);
        CU_ASSERT(g_str_has_prefix(csv.out, "p (ns),h n,h mean\n10000000,3,"));
        TEST_CONTAINS(csv.err, "FAIL s.scn:10:1  finally mean(h) < 0 over seeds\n  at -P p=10ms: ");
        TEST_CONTAINS(json.out, "\"verdict\" : \"failed\"");
        TEST_CONTAINS(json.out, "\"runs\" : 6");
        CU_ASSERT_EQUAL(rows.status, 0);
        TEST_CONTAINS(rows.out, "6 runs, 0 held, 6 failed");
        {
            g_auto(Result) again = COMMAND(folder, "sweep", "s.scn", "-o", "over.db", "-q");
            g_autofree char *path = folder_path(folder, "over.db");

            CU_ASSERT_EQUAL(again.status, 1);
            check_query(folder, "over.db",
                        "SELECT sum(verdict = 'failed' AND detail LIKE 'at -P p=10ms: mean is %')"
                        " * 10 + count(*) FROM over_check",
                        "12\n");
            g_unlink(path);
        }
        CU_ASSERT_EQUAL(strict.status, 1);
        CU_ASSERT_EQUAL(one.status, 0);
        TEST_CONTAINS(one.err, "the first run of a sweep: -P p=10ms --seed 1");
        TEST_CONTAINS(one.out, "skipped");
    }
    {
        g_auto(Result) joined = COMMAND(folder, "sweep", "s.scn", "-qj2", "-o", "one.db");
        g_auto(Result) value = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "-j2");
        g_auto(Result) two = COMMAND(folder, "sweep", "-j2", "s.scn", "-o", "two.db");

        CU_ASSERT_EQUAL(joined.status, 1);
        CU_ASSERT_EQUAL(value.status, 1);
        CU_ASSERT_EQUAL(two.status, 1);
        TEST_CONTAINS(two.out, "results: two.db");
    }
    check_query(folder, "one.db", "SELECT count(*) FROM run", "6\n");
    check_query(folder, "-j2", "SELECT count(*) FROM run", "6\n");
    COMMAND_REFUSED(folder, "--jobs '0' is not", "sweep", "s.scn", "-j0");
    COMMAND_REFUSED(folder, "--jobs '2x' is not a whole number", "sweep", "-j2x", "s.scn");
    COMMAND_REFUSED(folder, "--shard '3/2'", "sweep", "s.scn", "--shard", "3/2");
    COMMAND_REFUSED(folder, "--seeds '5'", "sweep", "s.scn", "--seeds", "5");
    COMMAND_REFUSED(folder, "no scenario", "sweep");
    COMMAND_REFUSED(folder, "a point of the sweep is no scenario", "sweep", "b.scn");
    folder_remove(folder);
}

/* A line of a table stands for all points with its values, and names the first of them. */
static void
test_table_points(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn",
                        "scn 1 \"s\"\nparam x = 1\nparam y = 5\nsweep x = 1, 2, 3\nsweep y = 5, 6\n"
                        "duration 10s\nnodes a\nmeasure m = $x * 10 + $y\ntable m by x stat=mean\n"
                        "table m by y stat=mean\n"));
    {
        g_auto(Result) made = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "r.db");

        TEST_STR_EQUAL(made.err, "");
        CU_ASSERT_EQUAL(made.status, 0);
    }
    check_query(folder, "r.db",
                "SELECT result, line, p.x, p.y, n, value FROM result_value v"
                " JOIN point p ON p.id = v.point ORDER BY result, line",
                "1|1|1|5|2|15.5\n1|2|2|5|2|25.5\n1|3|3|5|2|35.5\n"
                "2|1|1|5|3|25\n2|2|1|6|3|26\n");
    folder_remove(folder);
}

/* A measure that only a null makes true has no value; one that a null makes false is false. */
static void
test_measure_by_null(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn",
                        "scn 1 \"s\"\nchain pow=off\nduration 1m\nseeds 1..2\nnodes a\nnodes b\n"
                        "at 10s partition {a} | {b}\nat 20s mine 1 at a\n"
                        "measure late = time_to_agree(all, since=30s) > 1s\n"
                        "measure soon = not time_to_agree(all, since=30s) > 1s\n"));
    {
        g_auto(Result) made = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "r.db");

        TEST_STR_EQUAL(made.err, "");
        CU_ASSERT_EQUAL(made.status, 0);
    }
    check_query(folder, "r.db", "SELECT late, soon IS NULL FROM run", "0|1\n0|1\n");
    folder_remove(folder);
}

TEST_SUITE(sweep, {"one summary", test_one_summary}, {"killed", test_killed},
           {"two at once", test_two_at_once}, {"interrupted", test_interrupted},
           {"terminal", test_terminal}, {"a run dies", test_a_run_dies}, {"limits", test_limits},
           {"memory limit", test_memory_limit}, {"full disk", test_full_disk},
           {"a device", test_device}, {"another sweep", test_other_sweep}, {"growth", test_growth},
           {"until", test_until}, {"forms", test_forms},
           {"tables name their points", test_table_points},
           {"a measure by null", test_measure_by_null})
