/* Matrices of latencies by region: the CSV files that matrix("file.csv", pareto) names.
 *
 *     ms,na,eu
 *     na,32,124
 *     eu,124,11
 *
 * The row is the region of the sender. Rows and columns name the same regions; the file may have
 * more regions than the scenario. Times have a unit or are milliseconds. A cell on the diagonal may
 * be blank or a dash if no two nodes of its region are linked.
 */
#include "sim/scenario/resolve.h"

#include "sim/scenario/lexer.h"
#include "sim/scenario/source.h"

#include <string.h>

#define PARETO_ABOVE_NS (5 * SCN_SECOND_NS / 1000) /* the scale is the mean minus this */
#define PARETO_MAX_NS (5 * SCN_SECOND_NS)          /* limit of the mean: a shape of 1000 */
#define CONSTANT_MAX_NS (3600 * SCN_SECOND_NS)

typedef struct {
    ScnResolver *resolver;
    const ScnSource *source;
    guint32 index;
    GArray *cells; /* ScnSpan, of the current line */
    /* index in the scenario of each column's region, SCN_NONE if it has no such region */
    guint32 regions[SCN_REGIONS_MAX];
    guint columns;
    ScnSpan names[SCN_REGIONS_MAX];
    bool rows[SCN_REGIONS_MAX];
    ScnMatrix *matrix;
} Reader;

static bool
span_is(const Reader *reader, ScnSpan a, ScnSpan b)
{
    return a.length == b.length &&
           memcmp(reader->source->text + a.offset, reader->source->text + b.offset, a.length) == 0;
}

static guint
find_column(const Reader *reader, ScnSpan name)
{
    guint i = 0;
    while (i < reader->columns && !span_is(reader, reader->names[i], name))
        i++;
    return i;
}

static guint32
region_of(const Reader *reader, ScnSpan name)
{
    const GPtrArray *regions = reader->resolver->scenario->regions;
    const char *text = reader->source->text + name.offset;

    for (guint i = 0; i < regions->len; i++) {
        const char *region = regions->pdata[i];
        if (strlen(region) == name.length && memcmp(region, text, name.length) == 0)
            return i;
    }
    return SCN_NONE;
}

static bool
read_header(Reader *reader, ScnSpan line)
{
    scn_csv_cells(reader->source, line, reader->cells);
    if (reader->cells->len < 2 || reader->cells->len > SCN_REGIONS_MAX + 1) {
        scn_report(reader->resolver, line, "the first line is ms,na,eu",
                   "the names of 1 to %d regions are due here", SCN_REGIONS_MAX);
        return false;
    }
    for (guint i = 1; i < reader->cells->len; i++) {
        ScnSpan name = g_array_index(reader->cells, ScnSpan, i);
        if (name.length == 0 || find_column(reader, name) < reader->columns) {
            scn_report(reader->resolver, name.length ? name : line, NULL, "%s",
                       name.length ? "this region stands here twice" : "a region has no name");
            return false;
        }
        reader->names[reader->columns] = name;
        reader->regions[reader->columns++] = region_of(reader, name);
    }
    return true;
}

static bool
is_blank(const Reader *reader, ScnSpan cell)
{
    static const char *const dashes[] = {"", "-", "\xE2\x80\x93", "\xE2\x80\x94"};

    for (guint i = 0; i < G_N_ELEMENTS(dashes); i++) {
        if (cell.length == strlen(dashes[i]) &&
            memcmp(reader->source->text + cell.offset, dashes[i], cell.length) == 0)
            return true;
    }
    return false;
}

static bool
read_mean(Reader *reader, ScnSpan cell, ScnSpan line, bool diagonal, gint64 *ret_ns)
{
    bool spread = reader->matrix->spread;

    if (diagonal && is_blank(reader, cell)) {
        *ret_ns = SCN_MEAN_BLANK;
        return true;
    }
    if (!scn_read_time(reader->source->text + cell.offset, cell.length, ret_ns)) {
        scn_report(reader->resolver, cell.length ? cell : line,
                   "write 80ms, or 80 for milliseconds", "a time is due here");
        return false;
    }
    if (spread ? *ret_ns > PARETO_ABOVE_NS && *ret_ns <= PARETO_MAX_NS : *ret_ns <= CONSTANT_MAX_NS)
        return true;
    scn_report(reader->resolver, cell, spread ? "write matrix(…, constant)" : NULL,
               spread ? "pareto needs a mean above 5ms and up to 5s"
                      : "a latency is at most 1h here");
    return false;
}

static bool
read_row(Reader *reader, ScnSpan line)
{
    guint row;

    scn_csv_cells(reader->source, line, reader->cells);
    row = find_column(reader, g_array_index(reader->cells, ScnSpan, 0));
    if (row == reader->columns || reader->rows[row]) {
        scn_report(reader->resolver, g_array_index(reader->cells, ScnSpan, 0), NULL, "%s",
                   row == reader->columns ? "the first line does not name this region"
                                          : "this region has two lines");
        return false;
    }
    if (reader->cells->len != reader->columns + 1) {
        scn_report(reader->resolver, line, NULL, "%u times are due here, there are %u",
                   reader->columns, reader->cells->len - 1);
        return false;
    }
    reader->rows[row] = true;
    for (guint i = 0; i < reader->columns; i++) {
        guint32 from = reader->regions[row], to = reader->regions[i];
        gint64 mean;

        if (!read_mean(reader, g_array_index(reader->cells, ScnSpan, i + 1), line, i == row, &mean))
            return false;
        if (from != SCN_NONE && to != SCN_NONE)
            reader->matrix->means_ns[from * reader->matrix->count + to] = mean;
    }
    return true;
}

/* Reads the file and reports only its first bad line. */
static bool
read_lines(Reader *reader)
{
    ScnSpan line = {0};
    guint rows = 0;

    for (guint32 i = 1; i <= reader->source->lines->len; i++) {
        line = scn_line_span(reader->source, reader->index, i);
        if (line.length == 0)
            continue;
        if (reader->columns == 0 ? !read_header(reader, line) : !read_row(reader, line))
            return false;
        rows++;
    }
    if (reader->columns > 0 && rows == reader->columns + 1)
        return true;
    for (guint i = 0; i < reader->columns; i++) {
        if (reader->rows[i])
            continue;
        scn_report(reader->resolver, reader->names[i], NULL, "this region has no line");
        return false;
    }
    scn_report(reader->resolver, line, NULL, "there is no matrix in this file");
    return false;
}

static bool
read_file(ScnResolver *resolver, const ScnExpr *path, ScnMatrix *matrix)
{
    Reader reader = {.resolver = resolver, .matrix = matrix};
    bool ok;

    if (!scn_source_include(resolver->sources, path->span, path->name, resolver->errors,
                            &reader.index) ||
        !scn_lexer_check_encoding(resolver->sources, reader.index, resolver->errors))
        return false;
    reader.source = resolver->sources->pdata[reader.index];
    matrix->count = resolver->scenario->regions->len;
    matrix->means_ns = g_new(gint64, (gsize)matrix->count * matrix->count + 1);
    for (guint i = 0; i < matrix->count * matrix->count; i++)
        matrix->means_ns[i] = SCN_MEAN_NONE;
    reader.cells = g_array_new(FALSE, FALSE, sizeof(ScnSpan));
    ok = read_lines(&reader);
    g_array_unref(reader.cells);
    return ok;
}

bool
scn_resolve_matrix(ScnResolver *resolver, const ScnExpr *call, ScnDist *ret_dist)
{
    static const char usage[] =
        "write matrix(\"file.csv\", pareto) or matrix(\"file.csv\", constant)";
    GPtrArray *matrices = resolver->scenario->matrices;
    const ScnExpr *path =
        scn_expr_count(call) == 2 ? scn_follow(resolver, scn_expr_at(call, 0)) : NULL;
    guint spread;

    if (!path || path->kind != SCN_EXPR_TEXT || g_array_index(call->args, ScnArg, 0).name ||
        g_array_index(call->args, ScnArg, 1).name) {
        scn_report(resolver, call->span, usage,
                   "'matrix' takes the name of a file and a distribution");
        return false;
    }
    if (!scn_need_word(resolver, scn_expr_at(call, 1), "distribution", "constant pareto", &spread))
        return false;
    g_ptr_array_add(matrices, g_new0(ScnMatrix, 1));
    ScnMatrix *matrix = matrices->pdata[matrices->len - 1];
    matrix->spread = spread == 1;
    ret_dist->kind = SCN_DIST_MATRIX;
    ret_dist->table = matrices->len - 1;
    return read_file(resolver, path, matrix);
}

/* ---- who it is for ---- */

static ScnSpan
latency_span(const ScnStmt *stmt)
{
    for (guint i = 0; i < stmt->options->len; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);
        if (strcmp(option->name, "latency") == 0)
            return ((const ScnExpr *)option->values->pdata[0])->span;
    }
    return stmt->keyword;
}

static bool
has_region(ScnResolver *resolver, ScnSpan span, const ScnMatrix *matrix, guint32 region)
{
    if (matrix->means_ns[region * matrix->count + region] != SCN_MEAN_NONE)
        return true;
    scn_report(resolver, span, "add it to the file", "the matrix has no region '%s'",
               (const char *)resolver->scenario->regions->pdata[region]);
    return false;
}

static bool
knows_node(ScnResolver *resolver, ScnSpan span, const ScnMatrix *matrix, guint32 index)
{
    const ScnNode *node = &g_array_index(resolver->scenario->nodes, ScnNode, index);

    if (node->region != SCN_NONE)
        return has_region(resolver, span, matrix, node->region);
    scn_report(resolver, span, "write region= at its nodes line",
               "a matrix goes by region, and %s has none", node->name);
    return false;
}

static void
count_regions(const ScnScenario *scenario, const GArray *nodes, guint32 *counts)
{
    for (guint32 i = 0; i < (nodes ? nodes->len : scenario->nodes->len); i++) {
        guint32 node = nodes ? g_array_index(nodes, guint32, i) : i;
        counts[g_array_index(scenario->nodes, ScnNode, node).region]++;
    }
}

/* Checks that no two nodes of a region with a blank latency can be ends of the rule. All their
 * regions are in the matrix. */
static bool
check_within(ScnResolver *resolver, ScnSpan span, const ScnMatrix *matrix, const ScnLinkRule *rule)
{
    const ScnScenario *scenario = resolver->scenario;
    g_autofree guint32 *from = g_new0(guint32, matrix->count + 1);
    g_autofree guint32 *to = g_new0(guint32, matrix->count + 1);
    bool same = rule->every_edge || rule->from == rule->to;

    count_regions(scenario, rule->every_edge ? NULL : rule->from, from);
    count_regions(scenario, rule->every_edge ? NULL : rule->to, to);
    for (guint32 i = 0; i < matrix->count; i++) {
        bool linked = from[i] > 0 && to[i] > 0 && (!same || from[i] > 1);
        if (!linked || matrix->means_ns[i * matrix->count + i] != SCN_MEAN_BLANK)
            continue;
        scn_report(resolver, span, "write it on the diagonal of the file",
                   "the matrix has no latency within '%s', which has several nodes",
                   (const char *)scenario->regions->pdata[i]);
        return false;
    }
    return true;
}

void
scn_check_matrix(ScnResolver *resolver, const ScnStmt *stmt, const ScnLinkRule *rule)
{
    const ScnScenario *scenario = resolver->scenario;
    ScnSpan span = latency_span(stmt);
    const ScnMatrix *matrix;
    bool ok = true;

    if (!scn_link_sets(&rule->link, "latency") || rule->link.latency.kind != SCN_DIST_MATRIX)
        return;
    matrix = scenario->matrices->pdata[rule->link.latency.table];
    /* includes regions that no node has drawn: another seed may draw them */
    for (guint32 i = 0; i < scenario->regions->len && rule->every_edge && ok; i++)
        ok = has_region(resolver, span, matrix, i);
    for (guint32 i = 0; i < scenario->nodes->len && rule->every_edge && ok; i++)
        ok = knows_node(resolver, span, matrix, i);
    for (guint32 i = 0; i < rule->from->len && ok; i++)
        ok = knows_node(resolver, span, matrix, g_array_index(rule->from, guint32, i));
    for (guint32 i = 0; i < rule->to->len && ok; i++)
        ok = knows_node(resolver, span, matrix, g_array_index(rule->to, guint32, i));
    if (ok)
        check_within(resolver, span, matrix, rule);
}
