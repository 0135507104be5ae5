/* A run that is interrupted: its trace ends early and says so. */
#include "tests/cli/command.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts the run, interrupts it after the first line of its log, and returns how it ended. */
static int
interrupt_run(const char *folder, GString *ret_err)
{
    const char *argv[] = {command_path(), "run", "x.scn",  "-o", "x.db",
                          "--kind",       "tip", "--node", "n1", NULL};
    int err, status = 0;
    bool asked = false;
    GPid pid;
    char c;

    CU_ASSERT_TRUE_FATAL(g_spawn_async_with_pipes(folder, (char **)argv, NULL,
                                                  G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                                                  NULL, &err, NULL));
    while (read(err, &c, 1) == 1) {
        g_string_append_c(ret_err, c);
        if (c == '\n' && !asked)
            asked = kill(pid, SIGINT) == 0;
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    close(err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
test_run(void)
{
    char *folder = folder_new();
    g_autoptr(GString) err = g_string_new(NULL);
    g_autofree char *status = NULL, *tips = NULL;

    g_free(folder_write(folder, "x.scn",
                        "scn 1 \"x\"\nduration 100000h\nnodes n[1..9]\nfinally same_tip(all)\n"));
    CU_ASSERT_EQUAL(interrupt_run(folder, err), 130);
    TEST_CONTAINS(err->str, "kettensim run: interrupted at ");
    TEST_CONTAINS(err->str, "; x.db has the run up to there\n");
    status = folder_query(folder, "x.db", "SELECT status, end_ns > 0, end_ns < 3.6e17 FROM run");
    TEST_STR_EQUAL(status, "interrupted|1|1\n");
    tips = folder_query(folder, "x.db", "SELECT count(*) > 0 FROM tip");
    TEST_STR_EQUAL(tips, "1\n");
    {
        g_auto(Result) show = COMMAND(folder, "show", "x.db", "--at", "1s");
        g_auto(Result) checks = COMMAND(folder, "query", "x.db", "SELECT verdict FROM \"check\"");

        CU_ASSERT_EQUAL(show.status, 0);
        TEST_CONTAINS(checks.out, "skipped");
    }
    COMMAND_REFUSED(folder, "the run in 'x.db' was interrupted", "replay", "x.db");
    folder_remove(folder);
}

TEST_SUITE(cut_short, {"run", test_run})
