/* Reads and writes the file of failures; see failures.h. */
#include "sim/cli/failures.h"

#include "sim/io/output.h"

#include <glib/gstdio.h>

static char *
escaped_name(const Test *test)
{
    g_autofree char *name = test_name(test);

    return g_strescape(name, NULL);
}

/* Returns the names in the file (owned by *ret_lines) as a set. */
static GHashTable *
read_names(char ***ret_lines)
{
    g_autofree char *text = NULL;
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

    g_file_get_contents(FAILURES_PATH, &text, NULL, NULL);
    *ret_lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (char **line = *ret_lines; *line != NULL; line++) {
        if (**line != '\0')
            g_hash_table_add(names, *line);
    }
    return names;
}

bool
failures_select(GArray *tests)
{
    g_auto(GStrv) lines = NULL;
    g_autoptr(GHashTable) names = read_names(&lines);

    for (guint i = tests->len; i-- > 0;) {
        g_autofree char *name = escaped_name(&g_array_index(tests, Test, i));

        if (!g_hash_table_contains(names, name))
            g_array_remove_index(tests, i);
    }
    return tests->len > 0;
}

void
failures_keep(const GArray *tests)
{
    g_auto(GStrv) lines = NULL;
    g_autoptr(GHashTable) names = read_names(&lines), ended = NULL;
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = g_string_new(NULL);
    guint before = g_hash_table_size(names);

    ended = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < tests->len; i++) {
        const Test *test = &g_array_index(tests, Test, i);
        char *name = escaped_name(test);

        g_ptr_array_add(owned, name);
        if (test->verdict == TEST_UNDONE)
            continue;
        g_hash_table_add(ended, name);
        if (test->verdict != TEST_PASSED)
            g_string_append_printf(text, "%s\n", name);
    }
    for (char **line = lines; *line != NULL; line++) {
        if (**line != '\0' && !g_hash_table_contains(ended, *line))
            g_string_append_printf(text, "%s\n", *line);
    }
    if ((text->len > 0 || before > 0) && g_mkdir_with_parents("out", 0777) == 0)
        (void)io_output_write(FAILURES_PATH, text->str, NULL, NULL);
}
