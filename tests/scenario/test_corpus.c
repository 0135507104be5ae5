/* Replays the fuzzer's corpus through its target, which aborts on a broken promise. Runs from the
 * project's root. */
#include "tests/fuzz/fuzz.h"
#include "tests/harness/harness.h"

static void
test_corpus(void)
{
    fuzz_replay("tests/fuzz/corpus/scenario", fuzz_scenario);
}

TEST_SUITE(scenario_corpus, {"files", test_corpus})
