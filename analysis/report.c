/* Writes the page with its data; see report.h. */
#include "analysis/report.h"

#include "analysis/page.h"
#include "analysis/query.h"
#include "analysis/report_part.h"
#include "analysis/text.h"

#include <inttypes.h>
#include <string.h>

#define MARK "<!--DATA-->"
#define READY_ROWS_MAX 5000
#define WINDOW_NS G_GINT64_CONSTANT(2000000000)

typedef struct {
    AnaDatabase *database;
    FILE *out;
    AnaWindow window;
} Writer;

/* Writes "key":{"columns":[…],"rows":[[…],…]}. */
static bool
put_rows(const Writer *writer, const char *key, const char *sql, int64_t rows_max, GError **error)
{
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(writer->database, sql, error);
    const char *before = "";
    GError *failure = NULL;

    if (stmt == NULL)
        return false;
    if (sqlite3_bind_parameter_count(stmt) == 2) {
        sqlite3_bind_int64(stmt, 1, writer->window.from_ns);
        sqlite3_bind_int64(stmt, 2, writer->window.to_ns);
    }
    fprintf(writer->out, "\"%s\":{\"columns\":[", key);
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        const char *given = sqlite3_column_name(stmt, i);
        g_autofree char *name = g_utf8_make_valid(given != NULL ? given : "", -1);

        fputs(i > 0 ? "," : "", writer->out);
        ana_put_json_text(writer->out, name);
    }
    fputs("],\"rows\":[", writer->out);
    while (rows_max-- > 0 && ana_database_step(writer->database, stmt, &failure)) {
        fputs(before, writer->out);
        before = ",\n";
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            putc(i > 0 ? ',' : '[', writer->out);
            ana_put_json_value(writer->out, stmt, i);
        }
        putc(']', writer->out);
    }
    fputs("]}", writer->out);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static bool
put_part(const Writer *writer, const AnaReportPart *part, GError **error)
{
    const AnaQuery *query;

    if (part->sql != NULL)
        return put_rows(writer, part->key, part->sql, INT64_MAX, error);
    query = ana_query_find(part->key);
    if (ana_query_fits(query, writer->database, NULL))
        return put_rows(writer, part->key, query->sql, READY_ROWS_MAX, error);
    fprintf(writer->out, "\"%s\":{\"columns\":[],\"rows\":[]}", part->key);
    return true;
}

static bool
choose_window(Writer *writer, GError **error)
{
    static const char sql[] =
        "SELECT coalesce((SELECT time_ns FROM tip WHERE reorg_depth > 0"
        " ORDER BY reorg_depth DESC, seq LIMIT 1), (SELECT min(found_ns) FROM block"
        " WHERE miner IS NOT NULL), 0)";
    g_autoptr(sqlite3_stmt) stmt = ana_database_prepare(writer->database, sql, error);
    gint64 middle;

    if (stmt == NULL)
        return false;
    if (!ana_database_step(writer->database, stmt, error))
        return false;
    middle = CLAMP(sqlite3_column_int64(stmt, 0), 0, G_MAXINT64 - WINDOW_NS);
    writer->window = (AnaWindow){MAX(middle - WINDOW_NS, 0), middle + WINDOW_NS};
    return true;
}

static bool
put_group(const Writer *writer, const AnaReportGroup *group, GError **error)
{
    if (group->needed != NULL && !ana_database_has_table(writer->database, group->needed))
        return true;
    for (size_t i = 0; i < group->count; i++) {
        fputs(",\n", writer->out);
        if (!put_part(writer, &group->parts[i], error))
            return false;
    }
    return true;
}

static bool
put_data(const Writer *writer, GError **error)
{
    bool run = ana_database_kind(writer->database) == ANA_KIND_TRACE;
    bool done = true;

    fprintf(writer->out, "{\"kind\":\"%s\"", run ? "run" : "sweep");
    if (run)
        done = put_group(writer, &ana_report_run, error);
    for (size_t i = 0; !run && done && i < ANA_REPORT_SWEEP_GROUPS; i++)
        done = put_group(writer, &ana_report_sweep[i], error);
    fputs("}", writer->out);
    return done;
}

bool
ana_report_has_page(void)
{
    return g_strstr_len(ana_page, (gssize)(ana_page_end - ana_page), MARK) != NULL;
}

bool
ana_report_write(AnaDatabase *database, AnaWindow window, FILE *out, GError **error)
{
    Writer writer = {.database = database, .out = out, .window = window};
    gsize size = (gsize)(ana_page_end - ana_page);
    const char *mark = g_strstr_len(ana_page, (gssize)size, MARK);

    if (mark == NULL) {
        g_set_error(error, ANA_ERROR, ANA_ERROR_INPUT,
                    "this kettensim was built without its report page, because npm was missing: "
                    "type 'make deps' and 'make'");
        return false;
    }
    if (window.to_ns == 0 && ana_database_kind(database) == ANA_KIND_TRACE &&
        !choose_window(&writer, error))
        return false;
    fwrite(ana_page, 1, (size_t)(mark - ana_page), out);
    fputs("<script type=\"application/json\" id=\"data\">", out);
    if (!put_data(&writer, error))
        return false;
    fputs("</script>", out);
    mark += strlen(MARK);
    fwrite(mark, 1, size - (size_t)(mark - ana_page), out);
    return true;
}
