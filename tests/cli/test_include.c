/* Includes by name: where they are looked for, and that nothing remembers where they were found. */
#include "tests/cli/command.h"

#include <string.h>

#define MAIN                                                                                       \
    "scn 1 \"t\"\nduration 2m\nchain pow=off\ninclude \"nets/n.scn\"\n"                            \
    "at 1m mine 1 at a1\nfinally height(all) == 1\n"
#define NET "scn 1 \"net\"\nnodes a[1..3]\nlink all latency=empirical(\"times.csv\")\n"

/* Returns the digest of a run, or NULL if it is refused; keeps the trace as t.db. */
static char *
digest(const char *folder, const char *path, const char *include, Result *ret_result)
{
    static const char head[] = "digest  ";
    char *at;

    g_setenv("KETTENSIM_INCLUDE", include, TRUE);
    *ret_result = COMMAND(folder, "run", path, "-o", "t.db");
    g_unsetenv("KETTENSIM_INCLUDE");
    at = strstr(ret_result->out, head);
    return at != NULL ? g_strndup(at + strlen(head), 64) : NULL;
}

static void
test_places(void)
{
    char *folder = folder_new();
    g_auto(Result) one = {0};
    g_auto(Result) other = {0};
    g_auto(Result) none = {0};

    g_free(folder_write(folder, "beside/m.scn", MAIN));
    g_free(folder_write(folder, "beside/nets/n.scn", NET));
    g_free(folder_write(folder, "beside/nets/times.csv", "10ms\n20ms\n"));
    g_free(folder_write(folder, "away/m.scn", MAIN));
    g_free(folder_write(folder, "lib/nets/n.scn", NET));
    g_free(folder_write(folder, "lib/nets/times.csv", "10ms\n20ms\n"));
    g_free(folder_write(folder, "wrong/nets/n.scn", "scn 1 \"net\"\nnodes a[1..4]\n"));
    g_autofree char *beside = digest(folder, "beside/m.scn", "wrong", &one);
    g_autofree char *away = digest(folder, "away/m.scn", "nowhere:lib:wrong", &other);
    g_autofree char *refused = digest(folder, "away/m.scn", "nowhere:beside/x", &none);

    CU_ASSERT_EQUAL(one.status, 0);
    CU_ASSERT_EQUAL(other.status, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(beside);
    TEST_STR_EQUAL(away, beside);
    CU_ASSERT_PTR_NULL(refused);
    CU_ASSERT_EQUAL(none.status, 2);
    TEST_CONTAINS(none.err, "away/m.scn:4:9: error: cannot read away/nets/n.scn: No such file");
    TEST_CONTAINS(none.err, "help: looked in away/nets, nowhere, beside/x, ");
    TEST_CONTAINS(none.err, "/share/kettensim/include; KETTENSIM_INCLUDE may name more folders");
    folder_remove(folder);
}

/* A trace is run again without the search path, and has no path of the machine in it. */
static void
test_kept(void)
{
    char *folder = folder_new();
    g_auto(Result) run = {0};

    g_free(folder_write(folder, "m.scn", MAIN));
    g_free(folder_write(folder, "lib/nets/n.scn", NET));
    g_free(folder_write(folder, "lib/nets/times.csv", "10ms\n20ms\n"));
    g_autofree char *lib = folder_path(folder, "lib");
    g_autofree char *first = digest(folder, "m.scn", lib, &run);
    g_autofree char *names = folder_query(folder, "t.db", "SELECT name FROM source ORDER BY rowid");
    g_auto(Result) replay = COMMAND(folder, "replay", "t.db");

    CU_ASSERT_PTR_NOT_NULL(first);
    TEST_STR_EQUAL(names, "m.scn\n$KETTENSIM_INCLUDE/nets/n.scn\n"
                          "$KETTENSIM_INCLUDE/nets/times.csv\n");
    CU_ASSERT_EQUAL(replay.status, 0);
    folder_remove(folder);
}

TEST_SUITE(include, {"places", test_places}, {"what is kept", test_kept})
