/* Writes a folder of CSV files; see export.h. */
#include "analysis/export.h"
#include "analysis/query.h"
#include "analysis/text.h"
#include "sim/io/output.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Returns whether a table's name is safe as a file name, unlike a hostile "../x". */
static bool
is_plain(const char *name)
{
    return *name != '\0' && strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789") == strlen(name);
}

static bool
export_table(AnaDatabase *database, const char *folder, const char *table, GError **error)
{
    const char *const inputs[] = {ana_database_path(database), NULL};
    g_autofree char *file = g_strconcat(table, ".csv", NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autofree char *sql = g_strdup_printf("SELECT * FROM \"%s\"", table);
    g_auto(IoOutput) output = IO_OUTPUT_INIT;

    return io_output_open(&output, path, inputs, error) &&
           ana_query_print(database, sql, ANA_FORM_CSV, output.file, error) &&
           io_output_commit(&output, error);
}

static GPtrArray *
find_tables(AnaDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(
        database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid", error);
    GError *failure = NULL;

    if (stmt == NULL)
        return NULL;
    while (ana_database_step(database, stmt, &failure)) {
        char *name = ana_value_text(stmt, 0);

        if (is_plain(name) && !g_str_has_prefix(name, "sqlite_"))
            g_ptr_array_add(tables, name);
        else
            g_free(name);
    }
    if (failure == NULL)
        return g_steal_pointer(&tables);
    g_propagate_error(error, failure);
    return NULL;
}

bool
ana_export_csv(AnaDatabase *database, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) tables = find_tables(database, error);

    if (tables == NULL)
        return false;
    if (g_mkdir_with_parents(folder, 0777) != 0)
        return io_set_errno(error, folder, errno);
    for (guint i = 0; i < tables->len; i++) {
        if (!export_table(database, folder, g_ptr_array_index(tables, i), error))
            return false;
    }
    return true;
}
