/* Replays the fuzzer's corpus through its target, which aborts on a broken promise. Runs from the
 * project's root. */
#include "tests/fuzz/fuzz.h"
#include "tests/harness/harness.h"

static void
test_corpus(void)
{
    fuzz_replay("tests/fuzz/corpus/policy", fuzz_policy);
}

TEST_SUITE(policy_corpus, {"files", test_corpus})
