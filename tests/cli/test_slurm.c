/* `kettensim sweep --slurm` against commands that stand in for Slurm's: jobs run while they are
 * submitted, and do what the case wants of them. tests/slurm/run.sh has the real one. */
#include "tests/cli/command.h"

#include <glib/gstdio.h>
#include <string.h>

/* A folder, a parameter and a scenario that a shell must not take apart. */
#define FOLDER "it's 100%A $HOME"
#define SCENARIO                                                                                   \
    "scn 1 \"small\"\nparam p = 10ms\nparam name = 1\nsweep p = 10ms, 40ms\nseeds 1..6\n"          \
    "duration 1m\nnodes n[1..3]\nlink all latency=$p\nmeasure h = height(n1)\n"                    \
    "table h by p stat=n,mean\n"

/* `skip` says which tasks end at once: "2" in one round, "2 2" in two, "all" in every. */
#define SBATCH                                                                                     \
    "#!/bin/sh\n"                                                                                  \
    "cd \"$STAND_IN\" || exit\n"                                                                   \
    "echo \"$*\" >>words\n"                                                                        \
    "for word; do case $word in --array=*) array=${word#--array=} ;; esac; script=$word; done\n"   \
    "if [ -z \"$array\" ]; then\n"                                                                 \
    "    [ ! -e no-merge ] || { echo 'sbatch: error: no more jobs' >&2; exit 1; }\n"               \
    "    \"$script\" >/dev/null; echo 8; exit 0\n"                                                 \
    "fi\n"                                                                                         \
    "for i in 1 2 3 4 5 6; do\n"                                                                   \
    "    case $array in *$i*) ;; 1-[3-9]*) [ $i -lt ${array#1-} ] || continue ;; *) continue ;; "  \
    "esac\n"                                                                                       \
    "    [ ! -e skip-all ] || continue\n"                                                          \
    "    [ ! -e skip-$i ] || { rm skip-$i; continue; }\n"                                          \
    "    SLURM_ARRAY_TASK_ID=$i \"$script\" || echo \"$i: $?\" >>failed\n"                         \
    "done\n"                                                                                       \
    "echo '7;cluster'\n"
#define SQUEUE                                                                                     \
    "#!/bin/sh\n[ ! -e \"$STAND_IN/down\" ] || { echo 'no controller' >&2; exit 1; }\n"            \
    "cat \"$STAND_IN/queue\" 2>/dev/null\nexit 0\n"
#define SCANCEL "#!/bin/sh\necho \"$*\" >>\"$STAND_IN/cancelled\"\n"

typedef struct {
    char *top, *folder, *before; /* before: PATH */
} StandIn;

static void
write_command(const StandIn *slurm, const char *name, const char *text)
{
    g_autofree char *path = folder_write(slurm->top, name, text);

    g_chmod(path, 0755);
}

static StandIn
stand_in(void)
{
    StandIn slurm = {.top = folder_new(), .before = g_strdup(g_getenv("PATH"))};
    g_autofree char *path = g_strdup_printf("%s:%s", slurm.top, slurm.before);

    slurm.folder = folder_path(slurm.top, FOLDER);
    g_free(folder_write(slurm.folder, "s c.scn", SCENARIO));
    write_command(&slurm, "sbatch", SBATCH);
    write_command(&slurm, "squeue", SQUEUE);
    write_command(&slurm, "scancel", SCANCEL);
    g_setenv("PATH", path, TRUE);
    g_setenv("STAND_IN", slurm.top, TRUE);
    return slurm;
}

static void
stand_down(StandIn *slurm)
{
    g_setenv("PATH", slurm->before, TRUE);
    g_unsetenv("STAND_IN");
    folder_remove(slurm->top);
    g_free(slurm->folder);
    g_free(slurm->before);
}

static void
mark(const StandIn *slurm, const char *name)
{
    g_free(folder_write(slurm->top, name, ""));
}

static Result
sweep(const StandIn *slurm, const char *tasks, const char *further)
{
    return COMMAND(slurm->folder, "sweep", "s c.scn", "-P", "name=2", "-o", "a.db", "--slurm",
                   tasks, further);
}

static bool
exists(const char *folder, const char *name)
{
    g_autofree char *path = folder_path(folder, name);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
check_summary(const StandIn *slurm)
{
    static const char sql[] = "SELECT * FROM summary";
    g_auto(Result) local =
        COMMAND(slurm->folder, "sweep", "s c.scn", "-P", "name=2", "-o", "want.db", "-q");
    g_autofree char *want = folder_query(slurm->folder, "want.db", sql);
    g_autofree char *got = folder_query(slurm->folder, "a.db", sql);

    CU_ASSERT_EQUAL(local.status, 0);
    CU_ASSERT(strlen(want) > 50);
    TEST_STR_EQUAL(got, want);
}

static char *
words_said(const StandIn *slurm)
{
    g_autofree char *path = folder_path(slurm->top, "words");
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

static void
test_array(void)
{
    StandIn slurm = stand_in();

    {
        g_auto(Result) result = sweep(&slurm, "5", "--sbatch=--partition=long");
        g_autofree char *words = words_said(&slurm);

        CU_ASSERT_EQUAL(result.status, 0);
        TEST_CONTAINS(result.out, "12 runs, 12 held, 0 failed");
        TEST_CONTAINS(result.err, "12 of 12 runs to do: job 7, tasks 1-5");
        TEST_CONTAINS(words, "--array=1-5 --partition=long ");
        TEST_CONTAINS(words, "--dependency=afterany:7 --partition=long ");
        TEST_CONTAINS(words, "100%%A $HOME/a.db.slurm/logs/%A_%a.log");
    }
    CU_ASSERT_FALSE(exists(slurm.top, "failed"));
    CU_ASSERT_FALSE(exists(slurm.folder, "a.db.slurm"));
    check_summary(&slurm);
    stand_down(&slurm);
}

/* Jobs that end without having done their work are submitted again, by themselves. */
static void
test_again(void)
{
    StandIn slurm = stand_in();

    mark(&slurm, "skip-2");
    mark(&slurm, "skip-4");
    {
        g_auto(Result) result = sweep(&slurm, "4", NULL);

        CU_ASSERT_EQUAL(result.status, 0);
        TEST_CONTAINS(result.err, "submitted again; 6 of 12 runs to do: job 7, tasks 2,4 ");
    }
    check_summary(&slurm);
    stand_down(&slurm);
}

static void
test_no_progress(void)
{
    StandIn slurm = stand_in();

    mark(&slurm, "skip-all");
    {
        g_auto(Result) result = sweep(&slurm, "3", NULL);

        CU_ASSERT_EQUAL(result.status, 1);
        TEST_CONTAINS(result.err, "did none of the 12 runs that are missing");
        TEST_CONTAINS(result.err, "a.db.slurm/logs'");
    }
    stand_down(&slurm);
}

/* The finished runs of three parts are dealt out to two: each gets those of its own six. */
static void
test_another_number(void)
{
    StandIn slurm = stand_in();

    mark(&slurm, "skip-2");
    mark(&slurm, "skip-3");
    {
        g_auto(Result) first = sweep(&slurm, "3", "--no-wait");

        CU_ASSERT_EQUAL(first.status, 0);
        TEST_CONTAINS(first.out, "in Slurm's queue");
    }
    mark(&slurm, "skip-all");
    {
        g_auto(Result) none = sweep(&slurm, "2", NULL);
        g_autofree char *dealt = folder_query(slurm.folder, "a.db.slurm/1-of-2.db",
                                              "SELECT group_concat(id, ',') FROM run");

        CU_ASSERT_EQUAL(none.status, 1);
        TEST_STR_EQUAL(dealt, "1,7\n");
    }
    {
        g_autofree char *path = folder_path(slurm.top, "skip-all");

        g_unlink(path);
    }
    {
        g_auto(Result) rest = sweep(&slurm, "2", NULL);

        CU_ASSERT_EQUAL(rest.status, 0);
        TEST_CONTAINS(rest.err, "8 of 12 runs to do");
    }
    check_summary(&slurm);
    stand_down(&slurm);
}

/* A sweep that runs already is waited for, not submitted twice. Another sweep is refused. */
static void
test_busy(void)
{
    StandIn slurm = stand_in();

    g_free(folder_write(slurm.top, "queue", "RUNNING None\nPENDING Dependency\n"));
    {
        g_auto(Result) left = sweep(&slurm, "3", "--no-wait");
        g_auto(Result) fresh = sweep(&slurm, "3", "--fresh");

        CU_ASSERT_EQUAL(left.status, 0);
        CU_ASSERT_EQUAL(fresh.status, 2);
        TEST_CONTAINS(fresh.err, "scancel --name=s_c-");
        CU_ASSERT_FALSE(exists(slurm.top, "words"));
    }
    g_free(folder_write(slurm.folder, "s c.scn", SCENARIO "# changed\n"));
    {
        g_auto(Result) changed = sweep(&slurm, "3", NULL);

        CU_ASSERT_EQUAL(changed.status, 2);
        TEST_CONTAINS(changed.err, "a.db");
        TEST_CONTAINS(changed.err, "changed");
    }
    stand_down(&slurm);
}

static void
test_refusals(void)
{
    StandIn slurm = stand_in();

    mark(&slurm, "no-merge");
    {
        g_auto(Result) result = sweep(&slurm, "3", NULL);

        CU_ASSERT_EQUAL(result.status, 2);
        TEST_CONTAINS(result.err, "Slurm took no job: sbatch: error: no more jobs");
        CU_ASSERT_TRUE(exists(slurm.top, "cancelled"));
    }
    mark(&slurm, "down");
    {
        g_auto(Result) result = sweep(&slurm, "3", NULL);

        CU_ASSERT_EQUAL(result.status, 2);
        TEST_CONTAINS(result.err, "cannot ask Slurm: no controller");
    }
    g_setenv("PATH", "/nowhere", TRUE);
    {
        g_auto(Result) result = sweep(&slurm, "3", NULL);
        g_auto(Result) zero = sweep(&slurm, "0", NULL);
        g_auto(Result) shard = sweep(&slurm, "3", "--shard=1/2");
        g_auto(Result) alone = COMMAND(slurm.folder, "sweep", "s c.scn", "--no-wait");

        CU_ASSERT_EQUAL(result.status, 2);
        TEST_CONTAINS(result.err, "cannot start squeue");
        CU_ASSERT_EQUAL(zero.status, 2);
        TEST_CONTAINS(zero.err, "--slurm '0'");
        CU_ASSERT_EQUAL(shard.status, 2);
        CU_ASSERT_EQUAL(alone.status, 2);
        TEST_CONTAINS(alone.err, "are of --slurm N");
    }
    stand_down(&slurm);
}

TEST_SUITE(slurm, {"an array", test_array}, {"submitted again", test_again},
           {"no progress", test_no_progress}, {"another number of tasks", test_another_number},
           {"in the queue already", test_busy}, {"refusals", test_refusals})
