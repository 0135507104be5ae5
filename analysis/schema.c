/* Prints the notes; see schema.h. */
#include "analysis/schema.h"

#include "analysis/schema_note.h"
#include "analysis/text.h"
#include "sim/io/text.h"

#include <string.h>

static const AnaNote *
notes_of(const AnaDatabase *database)
{
    return ana_database_kind(database) == ANA_KIND_TRACE ? ana_trace_notes : ana_results_notes;
}

static const AnaNote *
find_note(const AnaDatabase *database, const char *table, const char *column)
{
    const AnaNote *any = NULL;

    for (const AnaNote *note = notes_of(database); note->table != NULL; note++) {
        if (strcmp(note->table, table) != 0)
            continue;
        if (g_strcmp0(note->column, column) == 0)
            return note;
        if (column != NULL && g_strcmp0(note->column, "*") == 0)
            any = note;
    }
    return any;
}

/* Replaces Markdown's signs in a name: unlike a note, a table may have any name. */
static void
put_name(FILE *out, const char *name)
{
    g_autofree char *clean = io_printable(name);

    g_strdelimit(clean, "`|<>", '?');
    fputs(clean, out);
}

static bool
print_columns(AnaDatabase *database, const char *table, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(
        database, "SELECT name, type, pk FROM pragma_table_xinfo(?1) ORDER BY cid", error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
    fputs("| column | type | unit | meaning |\n|---|---|---|---|\n", out);
    while (ana_database_step(database, stmt, &failure)) {
        g_autofree char *name = ana_value_text(stmt, 0);
        g_autofree char *type = ana_value_text(stmt, 1);
        const AnaNote *note = find_note(database, table, name);

        fputs("| ", out);
        put_name(out, name);
        fputs(" | ", out);
        put_name(out, type);
        fprintf(out, " | %s | %s%s |\n", note ? note->unit : "",
                sqlite3_column_int(stmt, 2) > 0 ? "key; " : "",
                note ? note->text : "not described");
    }
    putc('\n', out);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static bool
print_kind(AnaDatabase *database, const char *type, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt =
        ana_database_prepare(database,
                             "SELECT name FROM sqlite_schema WHERE type = ?1 AND name NOT LIKE "
                             "'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
                             error);
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    sqlite3_bind_text(stmt, 1, type, -1, SQLITE_STATIC);
    while (ana_database_step(database, stmt, &failure)) {
        g_autofree char *name = ana_value_text(stmt, 0);
        const AnaNote *note = find_note(database, name, NULL);

        fputs("### ", out);
        put_name(out, name);
        fprintf(out, "\n\n%s\n\n", note ? note->text : "not described");
        if (!print_columns(database, name, out, &failure))
            break;
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static bool
print_indexes(AnaDatabase *database, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(
        database,
        "SELECT i.name, i.tbl_name, (SELECT group_concat(c.name, ', ') FROM"
        " pragma_index_info(i.name) c) FROM sqlite_schema i WHERE type = 'index' AND sql IS NOT"
        " NULL ORDER BY i.rowid",
        error);
    GError *failure = NULL;
    bool any = false;

    if (stmt == NULL)
        return false;
    while (ana_database_step(database, stmt, &failure)) {
        static const char *const before[] = {"- `", "` on ", " ("};

        for (int i = 0; i < 3; i++) {
            g_autofree char *text = ana_value_text(stmt, i);

            fputs(before[i], out);
            put_name(out, text);
        }
        fputs(")\n", out);
        any = true;
    }
    if (!any)
        fputs("None but those of the keys.\n", out);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

bool
ana_schema_print(AnaDatabase *database, FILE *out, GError **error)
{
    fputs("## Tables\n\n", out);
    if (!print_kind(database, "table", out, error))
        return false;
    fputs("## Views\n\n", out);
    if (!print_kind(database, "view", out, error))
        return false;
    fputs("## Indexes\n\n", out);
    return print_indexes(database, out, error);
}

char *
ana_schema_stray_note(AnaDatabase *database)
{
    for (const AnaNote *note = notes_of(database); note->table != NULL; note++) {
        g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(
            database,
            "SELECT 1 FROM pragma_table_xinfo(?1) WHERE ?2 IS NULL OR ?2 = '*' OR name = ?2", NULL);

        if (stmt == NULL)
            return g_strdup(note->table);
        sqlite3_bind_text(stmt, 1, note->table, -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 2, note->column, -1, SQLITE_STATIC);
        if (!ana_database_step(database, stmt, NULL))
            return g_strdup_printf("%s.%s", note->table, note->column ? note->column : "");
    }
    return NULL;
}
