/* kettensim explore: what it finds it hands over as a scenario that fails alone. */
#include "tests/cli/command.h"

/* Returns the text of a file, for the caller to free. */
static char *
text_of(const char *folder, const char *name)
{
    g_autofree char *path = folder_path(folder, name);
    char *text = NULL;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

#define BASE                                                                                       \
    "scn 1 \"base\"\nduration 15m\nchain spacing=10s\nnodes a[1..4]\nlink all latency=80ms\n"      \
    "finally max_reorg(all) <= 2\n"                                                                \
    "explore partition, crash, loss from 1m until 8m settle 10m\n"

/* The same file however many run at a time; it has one fault and fails with plain run. */
static void
test_finds(void)
{
    char *folder = folder_new();
    g_autofree char *one = NULL, *two = NULL;

    g_free(folder_write(folder, "b.scn", BASE));
    {
        g_auto(Result) found =
            COMMAND(folder, "explore", "b.scn", "--runs", "500", "-o", "x", "-j1");

        CU_ASSERT_EQUAL(found.status, 1);
        TEST_CONTAINS(found.out, "(check): finally max_reorg(all) <= 2\n");
        TEST_CONTAINS(found.out, "x/b-1.scn: 1 fault, ");
    }
    {
        g_auto(Result) again =
            COMMAND(folder, "explore", "b.scn", "--runs", "500", "-o", "y", "-j3");

        CU_ASSERT_EQUAL(again.status, 1);
    }
    {
        g_auto(Result) fails = COMMAND(folder, "run", "x/b-1.scn", "-q", "--trace", "off");

        CU_ASSERT_EQUAL(fails.status, 1);
        TEST_CONTAINS(fails.err, "finally max_reorg(all) <= 2");
    }
    one = text_of(folder, "x/b-1.scn");
    two = text_of(folder, "y/b-1.scn");
    TEST_CONTAINS(one, "# reproduce: kettensim run x/b-1.scn\n");
    TEST_CONTAINS(one, "partition ");
    {
        g_auto(GStrv) parts = g_strsplit(two, "y/b-1.scn", -1);
        g_autofree char *same = g_strjoinv("x/b-1.scn", parts);

        TEST_STR_EQUAL(same, one);
    }
    folder_remove(folder);
}

/* Names that a shell reads otherwise, and one that is no text: the head stays what can be run. */
static void
test_names(void)
{
    char *folder = folder_new();
    g_autofree char *quoted = NULL, *bytes = NULL;

    g_free(folder_write(folder, "b.scn", BASE));
    {
        g_auto(Result) one = COMMAND(folder, "explore", "b.scn", "--runs", "64", "-o", "x y'z");
        g_auto(Result) two = COMMAND(folder, "explore", "b.scn", "--runs", "64", "-o", "x\xff\n");
        g_auto(Result) more = COMMAND(folder, "explore", "b.scn", "-o", "x\xff\n", "--resume");

        CU_ASSERT_TRUE(one.status == 1 && two.status == 1 && more.status == 1);
        TEST_STR_EQUAL(two.err, "");
    }
    quoted = text_of(folder, "x y'z/b-1.scn");
    TEST_CONTAINS(quoted, "\n# reproduce: kettensim run 'x y'\\''z/b-1.scn'\n");
    bytes = text_of(folder, "x\xff\n/b-1.scn");
    TEST_CONTAINS(bytes, "\n# reproduce: kettensim run 'x\\xff\\x0a/b-1.scn'\n");
    folder_remove(folder);
}

/* A check that needs time fails without any fault if the time is cut too far: that is not taken. */
static void
test_keeps_the_fault(void)
{
    char *folder = folder_new();
    g_autofree char *small = NULL;

    g_free(folder_write(folder, "b.scn",
                        "scn 1 \"b\"\nduration 15m\nchain spacing=10s\nnodes a[1..4]\n"
                        "link all latency=80ms\nfinally height(a1) >= 40\n"
                        "explore hash from 1m until 8m settle 10m\n"));
    {
        g_auto(Result) found = COMMAND(folder, "explore", "b.scn", "--runs", "64", "-o", "x");

        CU_ASSERT_EQUAL(found.status, 1);
        TEST_CONTAINS(found.out, "x/b-1.scn: 1 fault, ");
    }
    small = text_of(folder, "x/b-1.scn");
    TEST_CONTAINS(small, " hash {");
    folder_remove(folder);
}

static void
test_finds_nothing(void)
{
    char *folder = folder_new();

    g_free(
        folder_write(folder, "b.scn",
                     "scn 1 \"b\"\nduration 12m\nchain spacing=20s\nnodes a[1..3]\n"
                     "always supply_ok(all)\nexplore crash, pause from 1m until 4m settle 5m\n"));
    {
        g_auto(Result) none = COMMAND(folder, "explore", "b.scn", "--runs", "40", "--json");

        CU_ASSERT_EQUAL(none.status, 0);
        TEST_CONTAINS(none.out, "\"runs\" : 40");
        TEST_CONTAINS(none.out, "\"failures\" : []");
    }
    {
        g_auto(Result) run = COMMAND(folder, "run", "b.scn", "-q", "--trace", "off");

        CU_ASSERT_EQUAL(run.status, 0); /* other commands pass over the line */
    }
    folder_remove(folder);
}

/* A search that ends after 128 runs and goes on is the search that did not end. */
static void
test_resumes(void)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "b.scn", BASE));
    g_free(folder_write(folder, "c.scn", BASE "always height(a1) >= 0\n"));
    {
        g_auto(Result) all = COMMAND(folder, "explore", "b.scn", "--runs", "256", "-o", "x", "-k",
                                     "--json", "--no-model", "--guide", "branch");
        g_auto(Result) half = COMMAND(folder, "explore", "b.scn", "--runs", "128", "-o", "y", "-k",
                                      "--json", "--no-model", "--guide", "branch");
        g_auto(Result) rest = COMMAND(folder, "explore", "b.scn", "--runs", "256", "-o", "y", "-k",
                                      "--json", "--no-model", "--guide", "branch", "--resume");
        g_auto(GStrv) parts = g_strsplit(rest.out, "y/b-", -1);
        g_autofree char *same = g_strjoinv("x/b-", parts);

        CU_ASSERT_EQUAL(half.status, 1);
        TEST_CONTAINS(half.out, "\"runs\" : 128");
        TEST_STR_EQUAL(same, all.out);
        TEST_CONTAINS(all.out, "\"class\" : \"check\"");
    }
    {
        g_auto(Result) seed =
            COMMAND(folder, "explore", "b.scn", "-o", "x", "--seed", "2", "--resume");
        g_auto(Result) base = COMMAND(folder, "explore", "c.scn", "-o", "x", "--resume");
        g_auto(Result) none = COMMAND(folder, "explore", "b.scn", "-o", "z", "--resume");

        CU_ASSERT_TRUE(seed.status == 2 && base.status == 2 && none.status == 2);
        TEST_CONTAINS(seed.err, "x/search is another search: of another scenario, seed, ");
        TEST_CONTAINS(base.err, "x/search is another search: of another scenario, seed, ");
        TEST_CONTAINS(none.err, "z/search");
    }
    {
        g_autofree char *path = folder_path(folder, "x/search"), *bytes = NULL;
        gsize size;

        CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &bytes, &size, NULL));
        for (gsize i = 0; i + 5 < size; i++) {
            if (memcmp(bytes + i, "crash", 5) == 0)
                bytes[i] = 'k';
        }
        CU_ASSERT_TRUE_FATAL(g_file_set_contents(path, bytes, (gssize)size, NULL));
    }
    {
        g_auto(Result) bad = COMMAND(folder, "explore", "b.scn", "-o", "x", "-k", "--resume",
                                     "--no-model", "--guide", "branch");
        g_auto(Result) model = COMMAND(folder, "explore", "b.scn", "-o", "x", "-k", "--resume");
        g_auto(Result) anew = COMMAND(folder, "explore", "b.scn", "-o", "x", "-k");

        TEST_CONTAINS(model.err, "x/search is another search: of another scenario, seed, ");
        CU_ASSERT_EQUAL(anew.status, 2);
        TEST_CONTAINS(anew.err, "x/search is of an earlier search: --resume goes on with it");
        CU_ASSERT_EQUAL(bad.status, 2);
        TEST_CONTAINS(bad.err, "x/search is damaged: leave --resume out to begin anew\n");
        TEST_CONTAINS(bad.err, "unknown action 'krash'");
    }
    g_free(folder_write(folder, "x/search", "no search"));
    {
        g_auto(Result) bad = COMMAND(folder, "explore", "b.scn", "-o", "x", "--resume");

        CU_ASSERT_EQUAL(bad.status, 2);
        TEST_CONTAINS(bad.err, "x/search is damaged, or no search: leave --resume out");
    }
    {
        g_auto(Result) fresh =
            COMMAND(folder, "explore", "b.scn", "-o", "x", "--fresh", "--runs", "1", "--no-model");

        TEST_CONTAINS(fresh.out, "1 run in ");
    }
    folder_remove(folder);
}

/* A scenario of one's own: what the failure does not need is gone, nodes and options too. */
static void
test_shrink(void)
{
    char *folder = folder_new();
    g_autofree char *small = NULL;

    g_free(folder_write(folder, "mine.scn",
                        "scn 1 \"mine\"\nseed 3\nduration 40m\nchain pow=off\nnodes a[1..9]\n"
                        "link all latency=80ms loss=0.1%\nwallet carol funds=5\n"
                        "at 2m crash a3 for 1m\nat 5m\n  mine 1 at a1\n  mine 1 at a2\nend\n"
                        "always supply_ok(all)\nfinally height(a1) < 1\nmeasure m = height(a1)\n"));
    g_free(folder_write(folder, "good.scn", "scn 1 \"good\"\nduration 1m\nnodes a[1..2]\n"));
    {
        g_auto(Result) result = COMMAND(folder, "shrink", "mine.scn", "-o", "x/small.scn");
        g_auto(Result) fails = COMMAND(folder, "run", "x/small.scn", "-q", "--trace", "off");
        g_auto(Result) good = COMMAND(folder, "shrink", "good.scn");

        CU_ASSERT_EQUAL(result.status, 0);
        TEST_CONTAINS(result.out, "(check) finally height(a1) < 1\n");
        CU_ASSERT_EQUAL(fails.status, 1);
        CU_ASSERT_EQUAL(good.status, 1);
        TEST_CONTAINS(good.err, "good.scn: it does not fail; does it with --model?\n");
    }
    small = text_of(folder, "x/small.scn");
    TEST_CONTAINS(small, "# Made of mine.scn by kettensim shrink.\n# reproduce: kettensim run "
                         "x/small.scn\n");
    TEST_CONTAINS(small, "\nnodes a[1..1]\n");
    CU_ASSERT_PTR_NULL(strstr(small, "crash"));
    CU_ASSERT_PTR_NULL(strstr(small, "wallet"));
    CU_ASSERT_PTR_NULL(strstr(small, "loss"));
    CU_ASSERT_PTR_NULL(strstr(small, "at a2"));
    CU_ASSERT_PTR_NULL(strstr(small, "40m"));
    folder_remove(folder);
}

static void
refuse(const char *scenario, const char *option, int status, const char *why)
{
    char *folder = folder_new();

    g_free(folder_write(folder, "b.scn", scenario));
    {
        g_auto(Result) result = COMMAND(folder, "explore", "b.scn", option);

        CU_ASSERT_EQUAL(result.status, status);
        TEST_CONTAINS(result.err, why);
    }
    folder_remove(folder);
}

static void
test_refusals(void)
{
    static const char head[] = "scn 1 \"b\"\nduration 12m\nnodes a[1..3]\n";
    g_autofree char *fails = g_strconcat(head, "finally height(a1) < 0\n", NULL);
    g_autofree char *kind = g_strconcat(head, "explore partitoin from 1m until 2m\n", NULL);
    g_autofree char *late = g_strconcat(head, "explore loss from 5m until 2m\n", NULL);
    g_autofree char *faults = g_strconcat(head, "explore loss faults=0\n", NULL);
    g_autofree char *option = g_strconcat(head, "explore loss fautls=2\n", NULL);

    refuse(fails, "--runs=5", 1, "it fails without faults: finally height(a1) < 0");
    refuse(fails, "--runs=5", 1, "with recovery=no they need not agree. The lines are those of ");
    refuse(kind, "--runs=5", 2, "unknown kind of fault 'partitoin'\n");
    refuse(late, "--runs=5", 2, "no time is left for faults");
    refuse(faults, "--runs=5", 2, "'faults' must be in 1..1000");
    refuse(option, "--runs=5", 2, "help: write faults");
    refuse(head, "--runs=-1", 2, "--runs is a number above 0");
    refuse(head, "--runs=0", 2, "--runs is a number above 0");
    refuse(head, "--seed=x", 2, "--seed 'x' is not a whole number");
    refuse(head, "--guide=best", 2, "--guide is uniform, swarm, novelty or branch");
    refuse(head, "--jobs=-1", 2, "--jobs '-1' is not a whole number from 1 to 1024");
    refuse("scn 1 \"s\"\nchain pow=off\nnode p role=script\nnode n\ntree\n  g - b1\nend\n"
           "script deliver from=p to=n\n  b1 -> tip\nend\n",
           "--runs=5", 2, "it has scripts");
}

TEST_SUITE(explore, {"finds", test_finds}, {"names", test_names},
           {"keeps the fault", test_keeps_the_fault}, {"finds nothing", test_finds_nothing},
           {"resumes", test_resumes}, {"shrink", test_shrink}, {"refusals", test_refusals})
