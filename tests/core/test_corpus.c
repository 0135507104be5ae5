/* Replays the fuzzers' corpus: every file through its target, which aborts on a broken promise.
 * Runs from the project's root. */
#include "tests/fuzz/fuzz.h"
#include "tests/harness/harness.h"

static void
test_message_corpus(void)
{
    fuzz_replay("tests/fuzz/corpus/message", fuzz_message);
}

static void
test_node_corpus(void)
{
    fuzz_replay("tests/fuzz/corpus/node", fuzz_node);
}

TEST_SUITE(corpus, {"messages", test_message_corpus}, {"node", test_node_corpus})
