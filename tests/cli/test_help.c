/* kettensim help WORD. */
#include "tests/cli/command.h"

#include <string.h>

static void
test_words(void)
{
    char *folder = folder_new();
    g_auto(Result) one = COMMAND(folder, "help", "rate");
    g_auto(Result) whole = COMMAND(folder, "help", "limit");
    g_auto(Result) commands = COMMAND(folder, "help");

    CU_ASSERT_EQUAL(one.status, 0);
    TEST_CONTAINS(one.out, "| `link` option |");
    TEST_CONTAINS(one.out, "| `load` option |"); /* each statement that has it */
    CU_ASSERT_PTR_NULL(strstr(one.out, "latency"));
    CU_ASSERT_EQUAL(whole.status, 0);
    TEST_CONTAINS(whole.out, "| `wall` | none |");
    TEST_CONTAINS(whole.out, "| `memory` | none |");
    CU_ASSERT_EQUAL(commands.status, 0);
    TEST_CONTAINS(commands.out, "Usage: kettensim COMMAND");
    COMMAND_REFUSED(folder, "did you mean 'latency'?", "help", "latencyy");
    COMMAND_REFUSED(folder, "one word is due", "help", "rate", "queue");
    folder_remove(folder);
}

TEST_SUITE(help, {"words", test_words})
