/* Graphs from CSV: a heading, then one line for each edge.
 *
 *     a,b,latency,loss
 *     n1,n2,20ms,0.1%
 *     n2,n3,"lognormal(80ms, 0.5)",
 *
 * The first two columns are the ends (a,b or source,target or from,to, in any case); each further
 * column is a link option. An empty cell leaves its option unset. Columns that Gephi writes are
 * ignored (Id, Label, Weight), except Type: Directed or Undirected.
 */
#include "sim/scenario/import.h"

#include <string.h>

typedef struct {
    ScnGraph *graph;
    ScnResolver *resolver;
    const ScnSource *source;
    GArray *cells; /* ScnSpan */
    GArray *keys;  /* guint32: key of each column from the third on, or a KEY_ constant below */
} Reader;

#define KEY_NOTHING G_MAXUINT32
#define KEY_TYPE (G_MAXUINT32 - 1)

/* Returns whether the column is a known one of another tool. */
static bool
is_foreign(const char *name, guint32 *ret_key)
{
    static const char *const passed[] = {"Id", "Label", "Weight", "timeset", "Kind"};

    *ret_key = g_ascii_strcasecmp(name, "Type") == 0 ? KEY_TYPE : KEY_NOTHING;
    for (guint i = 0; i < G_N_ELEMENTS(passed) && *ret_key == KEY_NOTHING; i++) {
        if (g_ascii_strcasecmp(name, passed[i]) == 0)
            return true;
    }
    return *ret_key == KEY_TYPE;
}

static char *
cell_text(const Reader *reader, guint i)
{
    ScnSpan cell = g_array_index(reader->cells, ScnSpan, i);
    return g_strndup(reader->source->text + cell.offset, cell.length);
}

static bool
names_ends(const Reader *reader)
{
    static const char *const pairs[][2] = {{"a", "b"}, {"source", "target"}, {"from", "to"}};

    if (reader->cells->len < 2)
        return false;
    g_autofree char *first = cell_text(reader, 0);
    g_autofree char *second = cell_text(reader, 1);
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (g_ascii_strcasecmp(first, pairs[i][0]) == 0 &&
            g_ascii_strcasecmp(second, pairs[i][1]) == 0)
            return true;
    }
    return false;
}

static bool
read_heading(Reader *reader, ScnSpan line)
{
    scn_csv_cells(reader->source, line, reader->cells);
    if (!names_ends(reader)) {
        scn_report(reader->resolver, line, "write a,b or a,b,latency",
                   "the first line names the columns");
        return false;
    }
    for (guint i = 2; i < reader->cells->len; i++) {
        g_autofree char *name = cell_text(reader, i);
        guint32 key;
        if (is_foreign(name, &key)) {
            g_array_append_val(reader->keys, key);
            continue;
        }
        if (!scn_graph_is_link_word(name)) {
            g_autofree char *help = g_strdup_printf("write %s", scn_graph_nearest_word(name));
            scn_report(reader->resolver, *name ? g_array_index(reader->cells, ScnSpan, i) : line,
                       help, "a link has no '%s'", name);
            return false;
        }
        guint known = reader->graph->keys->len;
        key = scn_graph_key(reader->graph, name);
        if (key < known) {
            scn_report(reader->resolver, g_array_index(reader->cells, ScnSpan, i), "leave one out",
                       "'%s' has two columns", name);
            return false;
        }
        g_array_append_val(reader->keys, key);
    }
    return true;
}

static bool
read_type(Reader *reader, ScnSpan cell, bool *ret_one_way)
{
    g_autofree char *text = g_strndup(reader->source->text + cell.offset, cell.length);

    *ret_one_way = g_ascii_strcasecmp(text, "Directed") == 0;
    if (*ret_one_way || *text == '\0' || g_ascii_strcasecmp(text, "Undirected") == 0)
        return true;
    scn_report(reader->resolver, cell, "write Directed or Undirected", "unknown type of edge '%s'",
               text);
    return false;
}

static bool
read_edge(Reader *reader, ScnSpan line)
{
    ScnGraph *graph = reader->graph;
    ScnGraphEdge edge = {.first = graph->values->len, .span = line};
    guint columns = reader->keys->len + 2;

    scn_csv_cells(reader->source, line, reader->cells);
    if (reader->cells->len != columns) {
        scn_report(reader->resolver, line, NULL, "%u cells are due here, there are %u", columns,
                   reader->cells->len);
        return false;
    }
    g_autofree char *a = cell_text(reader, 0);
    g_autofree char *b = cell_text(reader, 1);
    if (*a == '\0' || *b == '\0') {
        scn_report(reader->resolver, line, NULL, "an edge joins two nodes");
        return false;
    }
    edge.a = scn_graph_find_or_add(graph, a, g_array_index(reader->cells, ScnSpan, 0));
    edge.b = scn_graph_find_or_add(graph, b, g_array_index(reader->cells, ScnSpan, 1));
    for (guint i = 2; i < columns; i++) {
        ScnSpan cell = g_array_index(reader->cells, ScnSpan, i);
        guint32 key = g_array_index(reader->keys, guint32, i - 2);
        if (key == KEY_TYPE && !read_type(reader, cell, &edge.one_way))
            return false;
        if (key < KEY_TYPE)
            scn_graph_add_value(graph, key, reader->source->text + cell.offset, cell.length);
    }
    edge.count = graph->values->len - edge.first;
    g_array_append_val(graph->edges, edge);
    return true;
}

static bool
read_lines(Reader *reader)
{
    bool heading = true;
    ScnSpan line = {.source = reader->graph->source};

    for (guint32 i = 1; i <= reader->source->lines->len; i++) {
        line = scn_line_span(reader->source, reader->graph->source, i);
        if (line.length == 0)
            continue;
        if (heading ? !read_heading(reader, line) : !read_edge(reader, line))
            return false;
        heading = false;
    }
    if (heading)
        scn_report(reader->resolver, line, "write a,b or a,b,latency",
                   "the first line names the columns");
    return !heading;
}

bool
scn_graph_read_csv(ScnGraph *graph, ScnResolver *resolver)
{
    Reader reader = {graph, resolver, resolver->sources->pdata[graph->source],
                     g_array_new(FALSE, FALSE, sizeof(ScnSpan)),
                     g_array_new(FALSE, FALSE, sizeof(guint32))};
    bool ok = read_lines(&reader);

    g_array_unref(reader.cells);
    g_array_unref(reader.keys);
    return ok;
}
