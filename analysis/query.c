/* Ready queries, and the four formats of an answer; see query.h. */
#include "analysis/query.h"

#include "analysis/text.h"
#include "sim/io/text.h"

#include <string.h>
#include <unistd.h>

#define ALIGNED_ROWS 500

/* --- ready queries ------------------------------------------------------------------------ */

const AnaQuery *
ana_query_find(const char *name)
{
    for (const AnaQuery *query = ana_queries; query->name != NULL; query++) {
        if (strcmp(query->name, name) == 0)
            return query;
    }
    return NULL;
}

char *
ana_query_question(const AnaQuery *query)
{
    const char *start = query->sql + strlen("-- ");

    return g_strndup(start, strcspn(start, "\n"));
}

/* Returns the rest of the line "-- for: …"; free with g_free. */
static char *
query_subject(const AnaQuery *query)
{
    const char *start = strstr(query->sql, "\n-- for: ");

    if (start == NULL)
        return g_strdup("");
    start += strlen("\n-- for: ");
    return g_strndup(start, strcspn(start, "\n"));
}

AnaKind
ana_query_kind(const AnaQuery *query)
{
    g_autofree char *subject = query_subject(query);

    return g_str_has_prefix(subject, "results") ? ANA_KIND_RESULTS : ANA_KIND_TRACE;
}

bool
ana_query_fits(const AnaQuery *query, const AnaDatabase *database, GError **error)
{
    g_autofree char *subject = query_subject(query);
    const char *level = ana_database_level(database);
    bool full = strcmp(level, "full") == 0;

    if (ana_query_kind(query) != ana_database_kind(database)) {
        g_set_error(error, ANA_ERROR, ANA_ERROR_INPUT, "query '%s' is for %s, and '%s' is %s",
                    query->name,
                    ana_query_kind(query) == ANA_KIND_TRACE ? "traces" : "results of sweeps",
                    ana_database_path(database),
                    ana_database_kind(database) == ANA_KIND_TRACE ? "a trace" : "none");
        return false;
    }
    if ((strstr(subject, "level full") != NULL && !full) ||
        (strstr(subject, "level consensus") != NULL && !full && strcmp(level, "consensus") != 0)) {
        g_set_error(error, ANA_ERROR, ANA_ERROR_INPUT,
                    "query '%s' needs a trace of %s, and '%s' is of another level: run the "
                    "scenario again with --trace full",
                    query->name, strstr(subject, "level"), ana_database_path(database));
        return false;
    }
    return true;
}

/* --- names of columns --------------------------------------------------------------------- */

/* Returns unique names: the second "n" becomes "n_2". Free with g_strfreev. */
static char **
column_names(sqlite3_stmt *stmt)
{
    int count = sqlite3_column_count(stmt);
    char **names = g_new0(char *, (gsize)count + 1);

    for (int i = 0; i < count; i++) {
        const char *given = sqlite3_column_name(stmt, i);
        g_autofree char *name = g_utf8_make_valid(given != NULL ? given : "", -1);

        names[i] = g_strdup(name);
        for (int again = 2, j = 0; j < i; j++) {
            if (strcmp(names[j], names[i]) != 0)
                continue;
            g_free(names[i]);
            names[i] = g_strdup_printf("%s_%d", name, again++);
            j = -1;
        }
    }
    return names;
}

/* --- CSV and JSON ------------------------------------------------------------------------- */

/* Writes a CSV cell: to a program as stored, to a terminal escaped. */
static void
put_csv_cell(FILE *out, const char *text)
{
    g_autofree char *shown = isatty(fileno(out)) ? io_printable(text) : NULL;

    ana_put_csv_text(out, shown != NULL ? shown : text);
}

static bool
print_csv(AnaDatabase *database, sqlite3_stmt *stmt, FILE *out, GError **error)
{
    g_auto(GStrv) names = column_names(stmt);
    int count = sqlite3_column_count(stmt);
    GError *failure = NULL;

    for (int i = 0; i < count; i++) {
        fputs(i > 0 ? "," : "", out);
        put_csv_cell(out, names[i]);
    }
    putc('\n', out);
    while (ana_database_step(database, stmt, &failure)) {
        for (int i = 0; i < count; i++) {
            g_autofree char *text = ana_value_text(stmt, i);

            fputs(i > 0 ? "," : "", out);
            put_csv_cell(out, text);
        }
        putc('\n', out);
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static bool
print_json(AnaDatabase *database, sqlite3_stmt *stmt, FILE *out, GError **error)
{
    g_auto(GStrv) names = column_names(stmt);
    int count = sqlite3_column_count(stmt);
    const char *before = "[\n ";
    GError *failure = NULL;

    while (ana_database_step(database, stmt, &failure)) {
        fputs(before, out);
        before = ",\n ";
        for (int i = 0; i < count; i++) {
            putc(i > 0 ? ',' : '{', out);
            ana_put_json_text(out, names[i]);
            putc(':', out);
            ana_put_json_value(out, stmt, i);
        }
        putc('}', out);
    }
    fputs(*before == '[' ? "[]\n" : "\n]\n", out);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

/* --- tables ------------------------------------------------------------------------------- */

typedef struct {
    FILE *out;
    bool markdown;
    int count;
    char **names;
    GPtrArray *cells; /* char *, row by row, held until widths are known */
    glong *widths;
    gboolean *right;
    bool flowing; /* the held rows are printed */
} Table;

static char *
cell_text(const Table *table, const char *text)
{
    g_autofree char *clean = io_printable(text);
    GString *escaped;

    if (!table->markdown)
        return g_steal_pointer(&clean);
    escaped = g_string_new(NULL);
    for (const char *at = clean; *at != '\0'; at++) {
        if (strchr("|\\`*_<>[]&", *at) != NULL)
            g_string_append_c(escaped, '\\');
        g_string_append_c(escaped, *at);
    }
    return g_string_free(escaped, FALSE);
}

static void
put_cell(const Table *table, int column, const char *text)
{
    int pad = (int)(table->widths[column] - g_utf8_strlen(text, -1));
    bool last = column == table->count - 1;

    if (table->markdown)
        fputs(column == 0 ? "| " : " | ", table->out);
    else
        fputs(column == 0 ? "" : "  ", table->out);
    if (table->right[column] && pad > 0)
        fprintf(table->out, "%*s", pad, "");
    fputs(text, table->out);
    if (!table->right[column] && pad > 0 && (table->markdown || !last))
        fprintf(table->out, "%*s", pad, "");
    if (last)
        fputs(table->markdown ? " |\n" : "\n", table->out);
}

static void
put_rule(const Table *table)
{
    for (int i = 0; i < table->count; i++) {
        if (table->markdown)
            putc('|', table->out);
        else
            fputs(i == 0 ? "" : "  ", table->out);
        for (glong k = 0; k < table->widths[i] + (table->markdown ? 1 : 0); k++)
            putc('-', table->out);
        if (table->markdown)
            putc(table->right[i] ? ':' : '-', table->out);
    }
    fputs(table->markdown ? "|\n" : "\n", table->out);
}

/* Prints the head and the held rows. */
static void
put_first_rows(Table *table)
{
    if (table->flowing)
        return;
    table->flowing = true;
    for (int i = 0; i < table->count; i++)
        put_cell(table, i, table->names[i]);
    put_rule(table);
    for (guint i = 0; i < table->cells->len; i++)
        put_cell(table, (int)(i % (guint)table->count), g_ptr_array_index(table->cells, i));
    g_ptr_array_set_size(table->cells, 0);
}

static void
take_row(Table *table, sqlite3_stmt *stmt)
{
    for (int i = 0; i < table->count; i++) {
        int type = sqlite3_column_type(stmt, i);
        g_autofree char *raw = ana_value_text(stmt, i);
        char *text = cell_text(table, raw);

        if (table->flowing) {
            put_cell(table, i, text);
            g_free(text);
            continue;
        }
        table->widths[i] = MAX(table->widths[i], g_utf8_strlen(text, -1));
        table->right[i] = table->right[i] &&
                          (type == SQLITE_NULL || type == SQLITE_INTEGER || type == SQLITE_FLOAT);
        g_ptr_array_add(table->cells, text);
    }
    if (table->cells->len >= ALIGNED_ROWS * (guint)table->count)
        put_first_rows(table);
}

static bool
print_table(AnaDatabase *database, sqlite3_stmt *stmt, Table *table, GError **error)
{
    g_auto(GStrv) names = column_names(stmt);
    GError *failure = NULL;

    table->count = sqlite3_column_count(stmt);
    table->names = names;
    table->cells = g_ptr_array_new_with_free_func(g_free);
    table->widths = g_new(glong, (gsize)table->count);
    table->right = g_new(gboolean, (gsize)table->count);
    for (int i = 0; i < table->count; i++) {
        char *name = cell_text(table, names[i]);

        g_free(names[i]);
        names[i] = name;
        table->widths[i] = g_utf8_strlen(name, -1);
        table->right[i] = TRUE;
    }
    while (ana_database_step(database, stmt, &failure))
        take_row(table, stmt);
    if (failure == NULL)
        put_first_rows(table);
    else
        g_propagate_error(error, failure);
    g_ptr_array_unref(table->cells);
    g_free(table->widths);
    g_free(table->right);
    return failure == NULL;
}

bool
ana_query_print(AnaDatabase *database, const char *sql, AnaForm form, FILE *out, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(database, sql, error);
    Table table = {.out = out, .markdown = form == ANA_FORM_MARKDOWN};

    if (stmt == NULL)
        return false;
    if (sqlite3_column_count(stmt) == 0) {
        g_set_error(error, ANA_ERROR, ANA_ERROR_INPUT, "the statement asks for nothing");
        return false;
    }
    if (form == ANA_FORM_CSV)
        return print_csv(database, stmt, out, error);
    if (form == ANA_FORM_JSON)
        return print_json(database, stmt, out, error);
    return print_table(database, stmt, &table, error);
}
