/* kettensim fmt: files, standard output, --check and exit statuses. */
#include "tests/cli/command.h"

#include <glib/gstdio.h>
#include <string.h>

#define ROUGH "scn 1 \"t\"\nduration  1h # end\nlink all latency = 80 ms\n"
#define GOOD "scn 1 \"t\"\nduration 1h\nnodes a[1..2]\n"

static void
check_content(const char *path, const char *want)
{
    g_autofree char *text = NULL;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &text, NULL, NULL));
    TEST_STR_EQUAL(text, want);
}

static void
test_in_place(void)
{
    char *folder = folder_new();
    g_autofree char *rough = folder_write(folder, "r.scn", "seed  1 # x\n");
    g_autofree char *good = folder_write(folder, "g.scn", GOOD);
    GStatBuf before, after;

    CU_ASSERT_EQUAL(g_chmod(rough, 0600), 0);
    CU_ASSERT_EQUAL(g_stat(good, &before), 0);
    {
        g_auto(Result) check = COMMAND(folder, "fmt", "--check", "g.scn", "r.scn");
        g_auto(Result) shown = COMMAND(folder, "fmt", "--stdout", "r.scn");

        CU_ASSERT_EQUAL(check.status, 1);
        TEST_STR_EQUAL(check.out, "r.scn\n");
        CU_ASSERT_EQUAL(shown.status, 0);
        TEST_STR_EQUAL(shown.out, "seed 1  # x\n");
        check_content(rough, "seed  1 # x\n");
    }
    {
        g_auto(Result) result = COMMAND(folder, "fmt", "r.scn", "g.scn");
        g_auto(Result) check = COMMAND(folder, "fmt", "--check", "g.scn", "r.scn");

        CU_ASSERT_EQUAL(result.status, 0);
        TEST_STR_EQUAL(result.out, "");
        CU_ASSERT_EQUAL(check.status, 0);
        check_content(rough, "seed 1  # x\n");
        check_content(good, GOOD);
        CU_ASSERT_EQUAL(g_stat(good, &after), 0);
        CU_ASSERT_EQUAL(before.st_ino, after.st_ino); /* not written again */
        CU_ASSERT_EQUAL(g_stat(rough, &after), 0);
        CU_ASSERT_EQUAL(after.st_mode & 0777, 0600);
    }
    folder_remove(folder);
}

static void
test_refused(void)
{
    char *folder = folder_new();
    g_autofree char *bad = folder_write(folder, "bad.scn", ROUGH);
    g_autofree char *other = folder_write(folder, "other.scn", "seed  1\n");
    g_auto(Result) result = COMMAND(folder, "fmt", "bad.scn", "other.scn");
    g_auto(Result) same = COMMAND(folder, "check", "bad.scn");

    CU_ASSERT_EQUAL(result.status, 2);
    TEST_CONTAINS(result.err, "bad.scn:3:23: error: this is not expected here");
    TEST_CONTAINS(same.err, "bad.scn:3:23: error: this is not expected here");
    TEST_CONTAINS(result.err, "help: write 80ms");
    check_content(bad, ROUGH);
    check_content(other, "seed 1\n"); /* the others are formatted */
    COMMAND_REFUSED(folder, "cannot read", "fmt", "none.scn");
    COMMAND_REFUSED(folder, "name .scn files", "fmt");
    COMMAND_REFUSED(folder, "leave one out", "fmt", "--check", "--stdout", "bad.scn");
    COMMAND_REFUSED(folder, "name one", "fmt", "--stdout", "bad.scn", "other.scn");
    folder_remove(folder);
}

/* A full disk, or a limit of the size of files, leaves the file as it was. */
static void
test_full_disk(void)
{
    char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "r.scn", "seed  1 # x\n");
    g_auto(Result) result = COMMAND_UNDER(folder, RLIMIT_FSIZE, 3, 3, "fmt", "r.scn");

    CU_ASSERT_EQUAL(result.status, 4);
    check_content(path, "seed  1 # x\n");
    folder_remove(folder);
}

/* Prints both a text that changes and one that does not. */
static void
test_standard_input(void)
{
    char *folder = folder_new();
    g_autofree char *words = g_strdup_printf("echo 'seed  1' | %s fmt -; echo 'seed 2' | %s fmt -",
                                             command_path(), command_path());
    g_autofree char *out = NULL;
    const char *const shell[] = {"sh", "-c", words, NULL};
    int status;

    CU_ASSERT_TRUE_FATAL(g_spawn_sync(folder, (char **)shell, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                      &out, NULL, &status, NULL));
    CU_ASSERT_EQUAL(status, 0);
    TEST_STR_EQUAL(out, "seed 1\nseed 2\n");
    folder_remove(folder);
}

/* A golden file says the same before and after: checks stand in it as fmt writes them. */
static void
test_golden(void)
{
    char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "g.scn",
                                         "scn 1 \"g\"\nchain pow=off\nduration 1m\nnodes n[1..2]\n"
                                         "at 10s mine 1 at n1\nat 20s\n"
                                         "    expect height(n1)==1\nend\n"
                                         "finally height(all)>=0\n");
    g_auto(Result) bless = COMMAND(folder, "test", "g.scn", "--bless");
    g_autofree char *golden = folder_path(folder, "g.outcome"), *text = NULL;
    g_auto(Result) fmt = COMMAND(folder, "fmt", "g.scn");
    g_auto(Result) test = COMMAND(folder, "test", "g.scn");

    CU_ASSERT_EQUAL(bless.status, 0);
    CU_ASSERT_EQUAL(fmt.status, 0);
    CU_ASSERT_EQUAL(test.status, 0);
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(golden, &text, NULL, NULL));
    TEST_CONTAINS(text, "\ncheck held: expect height(n1) == 1\n");
    TEST_CONTAINS(text, "\ncheck held: finally height(all) >= 0\n");
    folder_remove(folder);
}

TEST_SUITE(fmt, {"in place", test_in_place}, {"refused", test_refused},
           {"full disk", test_full_disk}, {"standard input", test_standard_input},
           {"golden files", test_golden})
