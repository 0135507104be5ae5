/* Finds scenario files; describes tests and differences; see suite.h. */
#include "sim/cli/suite.h"

#include <string.h>

#define SHOWN 12

/* --- finding ------------------------------------------------------------------------------ */

static gint
compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
wanted(const char *path, const char *filter)
{
    g_autofree char *base = NULL;

    if (filter == NULL)
        return true;
    if (strpbrk(filter, "*?") == NULL)
        return strstr(path, filter) != NULL;
    base = g_path_get_basename(path);
    if (g_str_has_suffix(base, ".scn") && g_pattern_match_simple(filter, base))
        return true;
    if (g_str_has_suffix(base, ".scn"))
        base[strlen(base) - strlen(".scn")] = '\0';
    return g_pattern_match_simple(filter, path) || g_pattern_match_simple(filter, base);
}

static bool add_folder(GPtrArray *found, const char *folder, const char *filter, GError **error);

static bool
add_entry(GPtrArray *found, const char *folder, const char *name, const char *filter,
          GError **error)
{
    g_autofree char *path =
        strcmp(folder, ".") == 0 ? g_strdup(name) : g_build_filename(folder, name, NULL);

    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        /* a link may lead back up */
        if (strcmp(name, "include") == 0 || *name == '.' ||
            g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            return true;
        return add_folder(found, path, filter, error);
    }
    if (g_str_has_suffix(name, ".scn") && wanted(path, filter))
        g_ptr_array_add(found, g_steal_pointer(&path));
    return true;
}

static bool
add_folder(GPtrArray *found, const char *folder, const char *filter, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    const char *name;

    if (dir == NULL)
        return false;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (!add_entry(found, folder, name, filter, error))
            return false;
    }
    return true;
}

static void
drop_repeated(GPtrArray *sorted)
{
    for (guint i = sorted->len; i > 1; i--) {
        if (strcmp(g_ptr_array_index(sorted, i - 1), g_ptr_array_index(sorted, i - 2)) == 0)
            g_ptr_array_remove_index(sorted, i - 1);
    }
}

GPtrArray *
suite_find(const char *const *paths, const char *filter, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

    for (; *paths != NULL; paths++) {
        if (!g_file_test(*paths, G_FILE_TEST_EXISTS)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "no file or folder '%s'", *paths);
            return NULL;
        }
        if (!g_file_test(*paths, G_FILE_TEST_IS_DIR)) {
            if (wanted(*paths, filter))
                g_ptr_array_add(found, g_strdup(*paths));
        } else if (!add_folder(found, *paths, filter, error)) {
            return NULL;
        }
    }
    g_ptr_array_sort(found, compare_paths);
    drop_repeated(found);
    return g_steal_pointer(&found);
}

/* --- one test ----------------------------------------------------------------------------- */

void
test_clear(gpointer data)
{
    Test *test = data;

    g_free(test->path);
    g_free(test->failure);
    g_free(test->notice);
    g_free(test->title);
    g_free(test->status);
    g_free(test->digest);
    g_free(test->outcome);
}

char *
test_name(const Test *test)
{
    return test->seed_given ? g_strdup_printf("%s seed %" G_GUINT64_FORMAT, test->path, test->seed)
                            : g_strdup(test->path);
}

/* --- what moved --------------------------------------------------------------------------- */

static void
append_lines(GString *out, char **lines, guint count, char mark)
{
    for (guint i = 0; i < MIN(count, SHOWN); i++)
        g_string_append_printf(out, "    %c %s\n", mark, lines[i]);
    if (count > SHOWN)
        g_string_append_printf(out, "    %c … and %u lines more\n", mark, count - SHOWN);
}

/* Appends the lines that differ of two blocks with the same number of lines. */
static void
append_pairs(GString *out, char **was, char **is, guint count)
{
    guint shown = 0, differ = 0;

    for (guint i = 0; i < count; i++) {
        if (strcmp(was[i], is[i]) == 0)
            continue;
        differ++;
        if (shown++ < SHOWN)
            g_string_append_printf(out, "    - %s\n    + %s\n", was[i], is[i]);
    }
    if (differ > SHOWN)
        g_string_append_printf(out, "    … and %u lines more\n", differ - SHOWN);
}

char *
suite_difference(const char *was, const char *is)
{
    g_auto(GStrv) old = g_strsplit(was, "\n", -1);
    g_auto(GStrv) new = g_strsplit(is, "\n", -1);
    guint old_count = g_strv_length(old), new_count = g_strv_length(new), head = 0, tail = 0;
    guint least = MIN(old_count, new_count);
    GString *out = g_string_new(NULL);

    while (head < least && strcmp(old[head], new[head]) == 0)
        head++;
    while (tail < least - head && strcmp(old[old_count - 1 - tail], new[new_count - 1 - tail]) == 0)
        tail++;
    if (old_count == new_count) {
        append_pairs(out, old + head, new + head, old_count - head - tail);
    } else {
        append_lines(out, old + head, old_count - head - tail, '-');
        append_lines(out, new + head, new_count - head - tail, '+');
    }
    return g_string_free(out, FALSE);
}
