/* kettensim help, and what is said of a command that is none. */
#include "tests/cli/command.h"

#include <string.h>

static void
test_words(void)
{
    char *folder = folder_new();
    g_auto(Result) one = COMMAND(folder, "help", "rate");
    g_auto(Result) whole = COMMAND(folder, "help", "limit");
    g_auto(Result) commands = COMMAND(folder, "help");
    g_auto(Result) rule = COMMAND(folder, "help", "cw-144");

    CU_ASSERT_EQUAL(one.status, 0);
    TEST_CONTAINS(one.out, "| `link` option |");
    TEST_CONTAINS(one.out, "| `load` option |"); /* each statement that has it */
    CU_ASSERT_PTR_NULL(strstr(one.out, "latency"));
    CU_ASSERT_EQUAL(whole.status, 0);
    TEST_CONTAINS(whole.out, "| `wall` | none |");
    TEST_CONTAINS(whole.out, "| `memory` | none |");
    CU_ASSERT_EQUAL(commands.status, 0);
    TEST_CONTAINS(commands.out, "Usage: kettensim COMMAND");
    TEST_CONTAINS(rule.out, "| `algorithm` | fixed |"); /* a word that an option may be */
    CU_ASSERT_PTR_NULL(strstr(rule.out, "`window`"));
    COMMAND_REFUSED(folder, "did you mean 'latency'?", "help", "latencyy");
    COMMAND_REFUSED(folder, "one word is due", "help", "rate", "queue");
    folder_remove(folder);
}

static void
test_commands(void)
{
    char *folder = folder_new();
    g_auto(Result) run = COMMAND(folder, "help", "run");
    g_auto(Result) direct = COMMAND(folder, "run", "--help");
    g_auto(Result) both = COMMAND(folder, "help", "sweep");

    CU_ASSERT_EQUAL(run.status, 0);
    TEST_STR_EQUAL(run.out, direct.out);
    CU_ASSERT_EQUAL(both.status, 0);
    TEST_CONTAINS(both.out, "| `sweep NAME = V, … or V..V lin\\|log N` |"); /* the statement */
    TEST_CONTAINS(both.out, "kettensim sweep [OPTION…] FILE");
    COMMAND_REFUSED(folder, "did you mean 'report'?", "help", "reprot");
    folder_remove(folder);
}

static void
test_typing_errors(void)
{
    char *folder = folder_new();

    COMMAND_REFUSED(folder, "kettensim: no command 'rn'; did you mean 'run'?\n", "rn");
    COMMAND_REFUSED(folder, "did you mean 'sweep'?", "sewep", "x.scn");
    COMMAND_REFUSED(folder, "write kettensim run x.scn\n", "x.scn");
    COMMAND_REFUSED(folder, "no command '%'; 'kettensim --help' lists them", "%");
    folder_remove(folder);
}

TEST_SUITE(help, {"words", test_words}, {"commands", test_commands},
           {"typing errors", test_typing_errors})
