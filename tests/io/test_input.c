/* Files within a limit. */
#include "sim/io/input.h"
#include "tests/harness/harness.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
refuses(const char *path, gsize most, const char *part)
{
    g_autoptr(GError) error = NULL;

    CU_ASSERT_PTR_NULL(io_input_read(path, most, &error));
    CU_ASSERT_PTR_NOT_NULL_FATAL(error);
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, part));
}

static void
test_reads(void)
{
    static const char bytes[] = "a\0b\n";
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    GString *text;
    int fd = g_file_open_tmp("kette-XXXXXX", &path, NULL);

    CU_ASSERT_TRUE_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, bytes, 4), 4);
    close(fd);
    text = io_input_read(path, 4, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(text->len, 4);
    CU_ASSERT_EQUAL(memcmp(text->str, bytes, 4), 0);
    g_string_free(text, TRUE);
    refuses(path, 3, "it has more than 3 bytes");
    g_unlink(path);
    refuses(path, 3, "No such file");
    refuses("/dev/zero", 100000, "it has more than 100000 bytes");
    refuses("/", 100000, "Is a directory");
}

TEST_SUITE(io_input, {"reads", test_reads})
