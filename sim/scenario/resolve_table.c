/* Tables of measured values: the CSV files that empirical("file.csv") names.
 *
 * The file has one column and one value on each line: a time with a unit (80ms) or in milliseconds,
 * a size (535kB) or bytes, a rate (20Mbps) or Mbit/s, or a count. A first line that does not begin
 * like a number is a heading; empty lines are skipped. The file becomes a source of the scenario,
 * so that errors point into it.
 */
#include "sim/scenario/resolve.h"

#include "sim/scenario/source.h"

#include <string.h>

ScnSpan
scn_line_span(const ScnSource *source, guint32 index, guint32 line)
{
    gsize length;
    const char *text = scn_source_line(source, line, &length);

    if (line == 1 && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    while (length > 0 && g_ascii_isspace(text[length - 1]))
        length--;
    while (length > 0 && g_ascii_isspace(*text)) {
        text++;
        length--;
    }
    return (ScnSpan){index, (guint32)(text - source->text), (guint32)length};
}

static bool
looks_like_number(char c)
{
    return g_ascii_isdigit(c) || c == '.' || c == '-' || c == '+';
}

/* The unit of a number that has none, in ns, bytes or bit/s. */
static ScnNumber
bare_unit(ScnDim dim)
{
    return dim == SCN_DIM_SIZE ? 1 : 1000000; /* ms and Mbit/s */
}

/* Reads a value of 0 and more. */
static bool
read_value(const char *text, gsize length, ScnDim dim, gint64 *ret_value)
{
    g_autofree char *problem = NULL;
    g_autofree char *help = NULL;
    ScnQuantity quantity = {0};
    gsize used = 0;

    if (length == 0 || !looks_like_number(*text)) /* a unit alone would read as 0 of it */
        return false;
    if (!scn_quantity_parse(text, length, &quantity, &used, &problem, &help) || used != length)
        return false;
    if (quantity.dim == SCN_DIM_NUMBER)
        quantity.value /= SCN_ONE / bare_unit(dim);
    else if (quantity.dim != dim)
        return false;
    if (quantity.value < 0 || quantity.value > G_MAXINT64)
        return false;
    *ret_value = (gint64)quantity.value;
    return true;
}

bool
scn_read_time(const char *text, gsize length, gint64 *ret_ns)
{
    return read_value(text, length, SCN_DIM_TIME, ret_ns);
}

static bool
read_size(const char *text, gsize length, gint64 *ret_bytes)
{
    return read_value(text, length, SCN_DIM_SIZE, ret_bytes) && *ret_bytes > 0 &&
           *ret_bytes <= SCN_BLOCK_SIZE_MAX;
}

static bool
read_rate(const char *text, gsize length, gint64 *ret_bps)
{
    return read_value(text, length, SCN_DIM_RATE, ret_bps) && *ret_bps > 0;
}

/* How the lines of a table are read, and what is said of one that cannot be. */
typedef struct {
    bool (*read)(const char *text, gsize length, gint64 *ret_value);
    const char *what, *help;
} Column;

static bool
read_degree(const char *text, gsize length, gint64 *ret_count)
{
    gint64 count = 0;

    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i]) || count > SCN_NODES_MAX)
            return false;
        count = 10 * count + (text[i] - '0');
    }
    *ret_count = count;
    return count >= 1 && count <= SCN_NODES_MAX;
}

static const Column times_column = {scn_read_time, "a time of 0 or more is due here",
                                    "write one time a line: 80ms, or 80 for milliseconds"};
static const Column sizes_column = {read_size, "a size of 1B to 1GB is due here",
                                    "write one size a line: 535kB, or 535000 for bytes"};
static const Column rates_column = {read_rate, "a rate above 0 is due here",
                                    "write one rate a line: 20Mbps, or 20 for Mbit/s"};
static const Column degrees_column = {read_degree, "a number of links is due here",
                                      "write one whole number a line, 1 or more"};

/* Reads the file and reports only its first bad line. */
static GArray *
read_column(ScnResolver *resolver, guint32 index, const Column *column)
{
    const ScnSource *source = resolver->sources->pdata[index];
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(gint64));
    bool first = true;

    for (guint32 line = 1; line <= source->lines->len; line++) {
        ScnSpan span = scn_line_span(source, index, line);
        const char *text = source->text + span.offset;
        gint64 value;

        if (span.length == 0)
            continue;
        if (column->read(text, span.length, &value)) {
            g_array_append_val(values, value);
        } else if (!first || looks_like_number(*text)) {
            scn_report(resolver, span, column->help, "%s", column->what);
            return NULL;
        }
        first = false;
    }
    return g_steal_pointer(&values);
}

static bool
are_equal(const GArray *a, const GArray *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len * sizeof(gint64)) == 0;
}

/* Adds a table, or returns the index of an equal one. */
static guint32
add_table(ScnScenario *scenario, guint32 source, GArray *times)
{
    for (guint32 i = 0; i < scenario->tables->len; i++) {
        if (are_equal(scenario->tables->pdata[i], times)) {
            g_array_unref(times);
            return i;
        }
    }
    g_ptr_array_add(scenario->tables, times);
    g_array_append_val(scenario->table_sources, source);
    return scenario->tables->len - 1;
}

/* Finds the table of that name in the graph that is being imported. */
static bool
find_in_graph(const ScnResolver *resolver, const char *name, guint32 *ret_source)
{
    const ScnSource *graph = resolver->sources->pdata[resolver->graph_source];
    g_autofree char *wanted = g_strdup_printf("%s#%s", graph->name, name);

    for (guint32 i = resolver->graph_source + 1; i < resolver->sources->len; i++) {
        const ScnSource *source = resolver->sources->pdata[i];
        if (source->included_by != (gint32)resolver->graph_source ||
            strcmp(source->name, wanted) != 0)
            continue;
        *ret_source = i;
        return resolver->graph_source != 0;
    }
    return false;
}

static bool
read_table(ScnResolver *resolver, ScnSpan named, guint32 index, ScnDim dim, guint32 *ret_table)
{
    g_autoptr(GArray) values = read_column(resolver, index,
                                           dim == SCN_DIM_TIME   ? &times_column
                                           : dim == SCN_DIM_SIZE ? &sizes_column
                                                                 : &rates_column);

    if (!values)
        return false;
    if (values->len == 0) {
        scn_report(resolver, named, NULL, "there is no %s in this file",
                   dim == SCN_DIM_TIME   ? "time"
                   : dim == SCN_DIM_SIZE ? "size"
                                         : "rate");
        return false;
    }
    *ret_table = add_table(resolver->scenario, index, g_steal_pointer(&values));
    return true;
}

static gint
compare_counts(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

    return (x > y) - (x < y);
}

/* Opens the file that empirical("file.csv") names. */
static bool
open_named(ScnResolver *resolver, const ScnExpr *call, guint32 *ret_index)
{
    const ScnExpr *path =
        scn_expr_count(call) == 1 ? scn_follow(resolver, scn_expr_at(call, 0)) : NULL;

    if (!path || path->kind != SCN_EXPR_TEXT || g_array_index(call->args, ScnArg, 0).name) {
        scn_report(resolver, call->span, "write empirical(\"file.csv\")",
                   "'%s' takes the name of a file", call->name);
        return false;
    }
    return scn_source_include(resolver->sources, path->span, path->name, resolver->errors,
                              ret_index) &&
           scn_lexer_check_encoding(resolver->sources, *ret_index, resolver->errors);
}

GArray *
scn_resolve_degrees(ScnResolver *resolver, const ScnExpr *call)
{
    g_autoptr(GArray) degrees = NULL;
    guint32 index;

    if (!open_named(resolver, call, &index))
        return NULL;
    degrees = read_column(resolver, index, &degrees_column);
    if (degrees && degrees->len == 0)
        scn_report(resolver, call->span, NULL, "there is no number of links in this file");
    if (!degrees || degrees->len == 0)
        return NULL;
    g_array_sort(degrees, compare_counts);
    return g_steal_pointer(&degrees);
}

bool
scn_resolve_measured(ScnResolver *resolver, const ScnExpr *call, ScnDim dim, guint32 *ret_table)
{
    const ScnExpr *path =
        scn_expr_count(call) == 1 ? scn_follow(resolver, scn_expr_at(call, 0)) : NULL;
    guint32 index;

    if (path && path->kind == SCN_EXPR_NAME && find_in_graph(resolver, path->name, &index))
        return read_table(resolver, path->span, index, dim, ret_table);
    if (!open_named(resolver, call, &index))
        return false;
    return read_table(resolver, path->span, index, dim, ret_table);
}
