/* Replays the fuzzer's corpus through its target, which aborts on a broken promise. Runs from the
 * project's root. */
#include "tests/fuzz/fuzz.h"
#include "tests/harness/harness.h"

#include <glib.h>

#define FOLDER "tests/fuzz/corpus/policy"

static void
test_corpus(void)
{
    g_autoptr(GDir) dir = g_dir_open(FOLDER, 0, NULL);
    const char *name;
    unsigned files = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(FOLDER, name, NULL);
        g_autofree char *data = NULL;
        gsize size;

        CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &data, &size, NULL));
        fuzz_policy((const uint8_t *)data, size);
        files++;
    }
    CU_ASSERT_TRUE(files > 0);
}

TEST_SUITE(policy_corpus, {"files", test_corpus})
