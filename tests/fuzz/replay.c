#include "tests/fuzz/fuzz.h"
#include "tests/harness/harness.h"

#include <glib.h>

void
fuzz_replay(const char *folder, void (*target)(const uint8_t *data, size_t size))
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
