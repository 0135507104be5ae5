/* The report of a large run stays small enough to open and to send. */
#include "analysis/report.h"
#include "tests/cli/command.h"
#include "tests/scale/made_trace.h"

#define BYTES_MAX 5000000

/* Ten thousand nodes and a day of blocks. */
static void
test_ten_thousand_nodes(void)
{
    const MadeTrace spec = {.nodes = 10000, .heights = 144, .txs = 2, .messages = 100000};
    char *folder = folder_new();
    g_autofree char *path = folder_path(folder, "day.db");
    g_autofree char *page = folder_path(folder, "day.html");
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize size = 0;

    CU_ASSERT_TRUE_FATAL(made_trace_write(path, &spec, &error));
    if (ana_report_has_page()) {
        g_auto(Result) report = COMMAND(folder, "report", "day.db");

        TEST_STR_EQUAL(report.err, "");
        CU_ASSERT_TRUE_FATAL(g_file_get_contents(page, &text, &size, NULL));
        CU_ASSERT_TRUE(size > 1000000);
        if (size > BYTES_MAX) {
            g_autofree char *bytes = g_strdup_printf("%" G_GSIZE_FORMAT " bytes", size);

            TEST_STR_EQUAL(bytes, "less than 5 MB");
        }
    }
    folder_remove(folder);
}

TEST_SUITE(report_size, {"ten thousand nodes and a day", test_ten_thousand_nodes})
