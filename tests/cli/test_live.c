/* kettensim live, node and node-ctl, with real processes over the loopback. */
#include "tests/cli/command.h"

#include <string.h>

/* Blocks cross a cut that heals, a crash, a pause and a late start; each expect has two seconds of
 * the machine, which is ample. */
static const char lively[] = "scn 1 \"lively\"\n"
                             "chain pow=off\n"
                             "duration 100s\n"
                             "nodes n[1..3]\n"
                             "node late start=50s\n"
                             "wallet alice funds=10\n"
                             "wallet bob\n"
                             "tx pay from=alice to=bob amount=3\n"
                             "at 1s submit pay at n1\n"
                             "at 2s\n"
                             "  expect within 20s in_mempool(n[1..3], pay)\n"
                             "  expect within 20s connected(n[1..3]) == 2\n"
                             "end\n"
                             "at 25s\n"
                             "  partition {n1} | {n[2..3]} for 20s name=cut\n"
                             "  mine 2 at n1\n"
                             "  mine 2 at n3\n"
                             "  mine 1 at n3 as kept\n"
                             "  crash n2 for 5s\n"
                             "end\n"
                             "at 44s expect not same_tip({n1, n3}) and height(n1) == 2\n"
                             "at 50s expect within 20s tip(n[*]) == kept\n"
                             "at 55s expect within 20s height(late) == 3\n"
                             "at 76s pause n2 for 4s\n"
                             "at 77s mine 1 at n1\n"
                             "at 79s expect height(n2) == 3\n"
                             "finally same_tip(all) and height(all) == 4\n"
                             "finally balance(all, bob) == 3\n"
                             "finally max_reorg(n1) == 2 and mined(n3) == 3\n";

static unsigned
count_of(const char *text, const char *part)
{
    unsigned count = 0;

    while (text != NULL && (text = strstr(text, part)) != NULL) {
        text++;
        count++;
    }
    return count;
}

static void
run_lively(const char *net)
{
    g_autofree char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "lively.scn", lively);
    g_auto(Result) run = COMMAND(folder, "live", "lively.scn", "--speed", "10", "--net", net, "-o",
                                 "t.db", "--keep", "kept");
    g_auto(Result) replay = COMMAND(folder, "replay", "t.db");
    g_auto(Result) show = COMMAND(folder, "show", "t.db", "--at", "44s");
    g_auto(Result) again = COMMAND(folder, "live", "lively.scn", "--speed", "10", "--keep", "kept");

    if (run.status != 0)
        TEST_STR_EQUAL(run.err, "");
    TEST_CONTAINS(run.out, "  live    4 processes, ");
    TEST_CONTAINS(run.out, "  trace   t.db");
    CU_ASSERT_PTR_NULL(strstr(run.out, "digest"));
    TEST_CONTAINS(show.out, "partition {n1} | {n[2..3]} for 20s name=cut");
    CU_ASSERT_EQUAL(replay.status, 2);
    TEST_CONTAINS(replay.err, "'t.db' is of a live run");
    CU_ASSERT_EQUAL(again.status, 2);
    TEST_CONTAINS(again.err, "cannot make the folder 'kept'");
    { /* n2 was killed, and another process took its folder over */
        g_autofree char *name = folder_path(folder, "kept/n2/output");
        g_autofree char *output = NULL;

        CU_ASSERT(g_file_get_contents(name, &output, NULL, NULL));
        CU_ASSERT_EQUAL(count_of(output, " listens on "), 2);
    }
    {
        g_autofree char *rows = folder_query(folder, "t.db",
                                             "SELECT status, speed_ppb FROM run UNION ALL "
                                             "SELECT count(*), max(height) FROM block");

        TEST_STR_EQUAL(rows, "held|10000000000\n7|4\n");
    }
    (void)path;
    folder_remove(g_steal_pointer(&folder));
}

static void
over_the_loopback(void)
{
    run_lively("loopback");
}

/* With links where the machine has namespaces; else over the loopback again. */
static void
as_the_machine_lets_it(void)
{
    run_lively("auto");
}

/* A block is no faster than its link, and a one-way cut stops it in one direction. Where the
 * machine has no links to give, --net links says why. */
static void
links(void)
{
    char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "l.scn",
                                         "scn 1 \"l\"\n"
                                         "chain pow=off\n"
                                         "duration 32s\n"
                                         "nodes n[1..2]\n"
                                         "link all latency=2s transport=stream\n"
                                         "at 14s mine 1 at n1 as slow\n"
                                         "at 20s oneway n1 -> n2 for 6s\n"
                                         "at 21s mine 1 at n1\n"
                                         "at 25s expect height(n2) == 1\n"
                                         "at 26s mine 2 at n2\n"
                                         "finally arrived(n2, slow) - arrived(n1, slow) >= 2s\n"
                                         "finally height(n1) == 3\n");
    g_auto(Result) run = COMMAND(folder, "live", "l.scn", "--speed", "4", "--net", "links");

    if (run.status == 2) {
        TEST_CONTAINS(run.err, "kettensim live: --net links: ");
    } else {
        TEST_STR_EQUAL(run.err, "");
        CU_ASSERT_EQUAL(run.status, 0);
    }
    folder_remove(folder);
}

/* An expect of the instant in which a block is made has time for its way, unless one gives none. */
static void
tolerance(void)
{
    char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "t.scn",
                                         "scn 1 \"t\"\n"
                                         "chain pow=off\n"
                                         "duration 12s\n"
                                         "nodes n[1..2]\n"
                                         "at 1s expect within 5s connected(n1) == 1\n"
                                         "at 6s\n"
                                         "  mine 1 at n1\n"
                                         "  expect height(n2) == 1\n"
                                         "end\n");
    g_auto(Result) some = COMMAND(folder, "live", "t.scn", "--speed", "4", "--net", "loopback",
                                  "--tolerance", "1s", "-q");
    g_auto(Result) none = COMMAND(folder, "live", "t.scn", "--speed", "4", "--net", "loopback",
                                  "--tolerance", "0s", "-q");

    TEST_STR_EQUAL(some.err, "");
    CU_ASSERT_EQUAL(some.status, 0);
    CU_ASSERT_EQUAL(none.status, 1);
    TEST_CONTAINS(none.err, "FAIL t.scn:8:3  expect height(n2) == 1");
    TEST_CONTAINS(none.err, "n2 has 0, expected 1");
    folder_remove(folder);
}

static void
refused(void)
{
    static const struct {
        const char *line, *part;
    } cases[] = {
        {"protocol discovery=on", "discovery=on is for simulations"},
        {"at 1s crash n1 at-write=2", "live.scn:4:7: crash n1 at-write=2: a process is killed"},
        {"at 1s oneway n1 -> n2", "live.scn:4:7: oneway n1 -> n2: over the loopback"},
        {"at 1s loss n1 -> n2 50%", "live.scn:4:7: loss n1 -> n2 50%: live links"},
        {"at 1s partition n1 | n2 style=hold", "a live cut drops what is sent"},
        {"node s role=script", "live.scn:4:1: a process follows no script"},
    };
    char *folder = folder_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("scn 1 \"live\"\nduration 2s\nnodes n[1..2]\n%s\n", cases[i].line);
        g_autofree char *path = folder_write(folder, "live.scn", text);

        COMMAND_REFUSED(folder, cases[i].part, "live", "live.scn", "--net", "loopback");
    }
    COMMAND_REFUSED(folder, "--speed '0'", "live", "live.scn", "--speed", "0");
    COMMAND_REFUSED(folder, "processes tell of no single message", "live", "live.scn", "--trace",
                    "full");
    COMMAND_REFUSED(folder, "--net 'x': write links, loopback or auto", "live", "live.scn", "--net",
                    "x");
    COMMAND_REFUSED(folder, "no node runs in 'nowhere'", "node-ctl", "nowhere", "status");
    COMMAND_REFUSED(folder, "no word 'dance'", "node-ctl", "nowhere", "dance");
    COMMAND_REFUSED(folder, "write 'node-ctl DIR submit NAME'", "node-ctl", "nowhere", "submit");
    COMMAND_REFUSED(folder, "--chain, --name and --data are needed", "node", "--name", "n1");
    COMMAND_REFUSED(folder, "has no node 'x'", "node", "--chain", "live.scn", "--name", "x",
                    "--data", "d");
    COMMAND_REFUSED(folder, "--listen 'here' is no IP address and port", "node", "--chain",
                    "live.scn", "--name", "n1", "--data", "d", "--listen", "here");
    COMMAND_REFUSED(folder, "--mine '2' is no share", "node", "--chain", "live.scn", "--name", "n1",
                    "--data", "d", "--mine", "2");
    COMMAND_REFUSED(folder, "at this speed the chain would be more than 50 years old", "node",
                    "--chain", "live.scn", "--name", "n1", "--data", "d", "--speed", "60");
    COMMAND_REFUSED(folder, "the chain's time begins in the future", "node", "--chain", "live.scn",
                    "--name", "n1", "--data", "d", "--epoch", "4294967295");
    COMMAND_REFUSED(folder, "--epoch 'now' is no Unix time", "node", "--chain", "live.scn",
                    "--name", "n1", "--data", "d", "--epoch", "now");
    folder_remove(folder);
}

/* A check that fails says so as that of a simulation does. */
static void
a_check_that_fails(void)
{
    char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "f.scn",
                                         "scn 1 \"f\"\n"
                                         "chain pow=off\n"
                                         "duration 2s\n"
                                         "nodes n[1..2]\n"
                                         "at 1s mine 1 at n1\n"
                                         "finally height(all) == 2\n");
    g_auto(Result) run =
        COMMAND(folder, "live", "f.scn", "--speed", "2", "--net", "loopback", "-q");

    CU_ASSERT_EQUAL(run.status, 1);
    TEST_CONTAINS(run.err, "FAIL f.scn:6:1  finally height(all) == 2");
    TEST_CONTAINS(run.err, "n1 has 1, expected 2");
    TEST_CONTAINS(run.err, "reproduce: kettensim live f.scn --seed 1 --speed 2 --net loopback\n");
    folder_remove(folder);
}

/* A node whose disk is full ends, says so, and leaves a log that another process reads. */
static void
a_full_disk(void)
{
    char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "f.scn",
                                         "scn 1 \"f\"\n"
                                         "chain spacing=1s\n"
                                         "duration 2s\n"
                                         "nodes n[1..2] port=8301\n");
    g_autofree char *epoch =
        g_strdup_printf("%" G_GINT64_FORMAT, g_get_real_time() / G_USEC_PER_SEC);
    const char *const words[] = {
        "node", "--chain",  "f.scn",          "--name",  "n1",   "--data", "d",    "--epoch",
        epoch,  "--listen", "127.8.1.1:8301", "--speed", "1000", "--mine", "100%", NULL};

    for (unsigned i = 0; i < 2; i++) {
        g_auto(Result) run =
            command_under(folder, RLIMIT_FSIZE, 5000 * (i + 1), RLIM_INFINITY, words);

        CU_ASSERT_EQUAL(run.status, 4);
        TEST_CONTAINS(run.err, "kettensim node: cannot write 'd/log': ");
        TEST_CONTAINS(run.out, i == 0 ? "n1 at height 0 listens" : "n1 at height 2");
    }
    folder_remove(folder);
}

TEST_SUITE(live, {"over_the_loopback", over_the_loopback},
           {"as_the_machine_lets_it", as_the_machine_lets_it}, {"links", links},
           {"tolerance", tolerance}, {"refused", refused},
           {"a_check_that_fails", a_check_that_fails}, {"a_full_disk", a_full_disk})
