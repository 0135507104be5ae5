/* Replays the fuzzers' corpus: every file through its target, which aborts on a broken promise.
 * Runs from the project's root. */
#include "tests/fuzz/fuzz.h"
#include "tests/harness/harness.h"

#include <glib.h>

static void
replay(const char *folder, void (*target)(const uint8_t *data, size_t size))
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    unsigned files = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *data = NULL;
        gsize size;

        CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &data, &size, NULL));
        target((const uint8_t *)data, size);
        files++;
    }
    CU_ASSERT_TRUE(files > 0);
}

static void
test_message_corpus(void)
{
    replay("tests/fuzz/corpus/message", fuzz_message);
}

static void
test_node_corpus(void)
{
    replay("tests/fuzz/corpus/node", fuzz_node);
}

TEST_SUITE(corpus, {"messages", test_message_corpus}, {"node", test_node_corpus})
