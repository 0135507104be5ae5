/* Spawning the command, and folders that go away; see command.h. */
#include "tests/cli/command.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>

char *
folder_new(void)
{
    char *folder = g_dir_make_tmp("kettensim-test-XXXXXX", NULL);

    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    return folder;
}

static void
remove_all(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        if (g_file_test(inner, G_FILE_TEST_IS_DIR) && !g_file_test(inner, G_FILE_TEST_IS_SYMLINK))
            remove_all(inner);
        else
            g_unlink(inner);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_rmdir(path);
}

void
folder_remove(char *folder)
{
    remove_all(folder);
    g_free(folder);
}

char *
folder_path(const char *folder, const char *name)
{
    return g_build_filename(folder, name, NULL);
}

char *
folder_write(const char *folder, const char *name, const char *text)
{
    char *path = folder_path(folder, name);
    g_autofree char *parent = g_path_get_dirname(path);

    CU_ASSERT_EQUAL_FATAL(g_mkdir_with_parents(parent, 0777), 0);
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(path, text, -1, NULL));
    return path;
}

char *
folder_query(const char *folder, const char *name, const char *sql)
{
    g_autofree char *path = folder_path(folder, name);
    GString *out = g_string_new(NULL);
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int code;

    CU_ASSERT_EQUAL(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *text = (const char *)sqlite3_column_text(stmt, i);

            g_string_append_printf(out, "%s%s", i > 0 ? "|" : "", text ? text : "");
        }
        g_string_append_c(out, '\n');
    }
    CU_ASSERT_EQUAL(code, SQLITE_DONE);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return g_string_free(out, FALSE);
}

const char *
command_path(void)
{
    static char *path;

    if (path == NULL)
        path = g_canonicalize_filename(
            g_getenv("KETTENSIM") ? g_getenv("KETTENSIM") : "build/kettensim", NULL);
    return path;
}

static Result
run(const char *folder, GSpawnChildSetupFunc setup, gpointer user, const char *const *words)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    Result result = {.status = -1};
    int status;

    g_ptr_array_add(argv, (gpointer)command_path());
    for (; *words != NULL; words++)
        g_ptr_array_add(argv, (gpointer)*words);
    g_ptr_array_add(argv, NULL);
    CU_ASSERT_TRUE_FATAL(g_spawn_sync(folder, (char **)argv->pdata, NULL, 0, setup, user,
                                      &result.out, &result.err, &status, NULL));
    if (WIFEXITED(status))
        result.status = WEXITSTATUS(status);
    return result;
}

Result
command_in(const char *folder, const char *const *words)
{
    return run(folder, NULL, NULL, words);
}

typedef struct {
    int resource;
    struct rlimit limit;
} Limit;

static void
set_limit(gpointer user)
{
    const Limit *limit = user;

    setrlimit(limit->resource, &limit->limit);
}

Result
command_under(const char *folder, int resource, rlim_t soft, rlim_t hard, const char *const *words)
{
    Limit limit = {resource, {soft, hard}};

    return run(folder, set_limit, &limit, words);
}

void
result_clear(Result *result)
{
    g_free(result->out);
    g_free(result->err);
}

void
test_contains(const char *text, const char *part, const char *file, unsigned line)
{
    if (text == NULL || strstr(text, part) == NULL)
        test_str_equal(text, part, file, line);
}

void
command_refused(const char *folder, const char *part, const char *const *words)
{
    g_auto(Result) result = command_in(folder, words);

    CU_ASSERT_EQUAL(result.status, 2);
    TEST_CONTAINS(result.err, part);
}
