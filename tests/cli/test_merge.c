/* The command `merge`: what it refuses, and which of two rows it keeps. */
#include "tests/cli/command.h"

#include <string.h>

#define SMALL                                                                                      \
    "scn 1 \"small\"\nparam p = 10ms\nsweep p = 10ms, 40ms\nseeds 1..3\nduration 1m\n"             \
    "nodes n[1..3]\nlink all latency=$p\n"

static void
run_query(const char *folder, const char *name, const char *sql, const char *want)
{
    g_autofree char *got = folder_query(folder, name, sql);

    TEST_STR_EQUAL(got, want);
}

static void
test_refuses(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    {
        g_auto(Result) one = COMMAND(folder, "sweep", "s.scn", "--shard", "1/2", "-o", "1.db");
        g_auto(Result) two = COMMAND(folder, "sweep", "s.scn", "--shard", "2/2", "-o", "2.db");
        g_auto(Result) odd = COMMAND(folder, "sweep", "s.scn", "-P", "p=1ms", "-o", "odd.db");
        g_auto(Result) gaps = COMMAND(folder, "merge", "g.db", "1.db");
        g_auto(Result) rest = COMMAND(folder, "sweep", "s.scn", "-o", "g.db");

        CU_ASSERT_EQUAL(one.status + two.status + odd.status, 0);
        CU_ASSERT_EQUAL(gaps.status, 1);
        TEST_CONTAINS(gaps.err, "missing: -P p=10ms --seed 2");
        TEST_CONTAINS(gaps.err, "3 of 6 runs are missing");
        TEST_CONTAINS(rest.out, "6 runs, 6 held, 0 failed; 3 in ");
    }
    COMMAND_REFUSED(folder, "'odd.db' has a run that is left out here: -P p=1ms --seed 1", "merge",
                    "m.db", "1.db", "odd.db");
    COMMAND_REFUSED(folder, "no results file", "merge", "m.db", "s.scn");
    COMMAND_REFUSED(folder, "is there already", "merge", "2.db", "1.db");
    {
        g_auto(Result) twice = COMMAND(folder, "merge", "m.db", "1.db", "2.db", "1.db");

        CU_ASSERT_EQUAL(twice.status, 0);
    }
    run_query(folder, "g.db", "UPDATE run SET digest = 'another' WHERE id = 2", "");
    {
        g_auto(Result) differs = COMMAND(folder, "merge", "d.db", "1.db", "2.db", "g.db");
        g_autofree char *path = folder_path(folder, "d.db");

        CU_ASSERT_EQUAL(differs.status, 3);
        TEST_CONTAINS(differs.err, "'g.db' contradicts another part: -P p=10ms --seed 2");
        CU_ASSERT_FALSE(g_file_test(path, G_FILE_TEST_EXISTS));
    }
    folder_remove(folder);
}

/* Parts of other seeds make one sweep of all of them. */
static void
test_seeds(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    {
        g_auto(Result) high = COMMAND(folder, "sweep", "s.scn", "--seeds", "4..5", "-o", "high.db");
        g_auto(Result) low = COMMAND(folder, "sweep", "s.scn", "-o", "low.db");
        g_auto(Result) both = COMMAND(folder, "merge", "both.db", "high.db", "low.db");
        g_auto(Result) far = COMMAND(folder, "sweep", "s.scn", "--seeds", "8..8", "-o", "far.db");
        g_auto(Result) gaps = COMMAND(folder, "merge", "gaps.db", "both.db", "far.db");

        CU_ASSERT_EQUAL(high.status + low.status + far.status, 0);
        CU_ASSERT_EQUAL(both.status, 0);
        TEST_CONTAINS(both.out, "10 runs, 10 held");
        CU_ASSERT_EQUAL(gaps.status, 1);
        TEST_CONTAINS(gaps.err, "missing: -P p=10ms --seed 6");
    }
    run_query(folder, "both.db", "SELECT group_concat(seed) FROM run WHERE point = 2",
              "1,2,3,4,5\n");
    folder_remove(folder);
}

/* Texts of a file about its sweep are printed on one line, with control characters escaped. */
static void
check_one_line(const char *folder, const char *first, const char *second, const char *part)
{
    g_auto(Result) result = COMMAND(folder, "merge", "m.db", first, second);

    CU_ASSERT_EQUAL(result.status, 2);
    TEST_CONTAINS(result.err, part);
    CU_ASSERT_PTR_EQUAL(strchr(result.err, '\n'), result.err + strlen(result.err) - 1);
    CU_ASSERT_PTR_NULL(strchr(result.err, '\033'));
}

static void
test_hostile_files(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    for (const char *const *name =
             (const char *const[]){"good.db", "options.db", "version.db", NULL};
         *name != NULL; name++) {
        g_auto(Result) made = COMMAND(folder, "sweep", "s.scn", "-o", *name);

        CU_ASSERT_EQUAL(made.status, 0);
    }
    run_query(folder, "options.db",
              "UPDATE sweep SET options = 'p=1' || char(10) || char(27) || '[31mx=3'", "");
    run_query(folder, "version.db", "UPDATE sweep SET version = '1' || char(10, 27) || '[31m'", "");
    check_one_line(folder, "options.db", "good.db", "are damaged: -P p=1: 'p' needs a time");
    check_one_line(folder, "good.db", "options.db", "are damaged: -P p=1: 'p' needs a time");
    check_one_line(folder, "good.db", "version.db", "kettensim 1\\x0a\\x1b[31m made it");
    folder_remove(folder);
}

/* Whichever comes first: a run that a limit of real time ended gives way to one that finished. */
static void
test_retry_gives_way(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL));
    {
        g_auto(Result) good = COMMAND(folder, "sweep", "s.scn", "-o", "good.db");
        g_auto(Result) late = COMMAND(folder, "sweep", "s.scn", "-o", "late.db");

        CU_ASSERT_EQUAL(good.status + late.status, 0);
    }
    run_query(folder, "late.db", "UPDATE run SET status = 'limit', retry = 1 WHERE id = 2", "");
    {
        g_auto(Result) first = COMMAND(folder, "merge", "a.db", "late.db", "good.db");
        g_auto(Result) last = COMMAND(folder, "merge", "b.db", "good.db", "late.db");

        CU_ASSERT_EQUAL(first.status, 0);
        CU_ASSERT_EQUAL(last.status, 0);
        TEST_CONTAINS(first.out, "6 runs, 6 held");
        TEST_CONTAINS(last.out, "6 runs, 6 held");
    }
    folder_remove(folder);
}

/* Runs whose checks failed are results; --strict makes the exit status tell of them. */
static void
test_strict(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "s.scn", SMALL "finally height(n1) < 0\n"));
    {
        g_auto(Result) part = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "part.db");
        g_auto(Result) plain = COMMAND(folder, "merge", "-q", "a.db", "part.db");
        g_auto(Result) strict = COMMAND(folder, "merge", "-q", "--strict", "b.db", "part.db");

        CU_ASSERT_EQUAL(part.status, 0);
        CU_ASSERT_EQUAL(plain.status, 0);
        CU_ASSERT_EQUAL(strict.status, 1);
    }
    folder_remove(folder);
}

TEST_SUITE(merge, {"refuses", test_refuses}, {"seeds", test_seeds},
           {"hostile files", test_hostile_files}, {"strict", test_strict},
           {"what is to be tried again gives way", test_retry_gives_way})
