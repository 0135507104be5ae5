/* Graphs from GML (Himsolt, "GML: a portable graph file format", 1997): the part that NetworkX,
 * igraph and Gephi write.
 *
 *     graph [
 *       directed 0
 *       node [ id 0 label "n1" ]
 *       edge [ source 0 target 1 latency "20ms" ]
 *     ]
 *
 * The value of a key is a number, a "text" or a list in brackets. Nodes come before the edges that
 * name them. Unknown keys are skipped, with everything inside if the value is a list. Entities in
 * texts are not decoded: no name or value of a scenario contains any.
 */
#include "sim/scenario/import.h"

#include <string.h>

#define DEPTH_MAX 100 /* nesting of skipped lists */

typedef enum { GML_END, GML_KEY, GML_NUMBER, GML_TEXT, GML_OPEN, GML_CLOSE, GML_BAD } TokenKind;

typedef struct {
    ScnGraph *graph;
    ScnResolver *resolver;
    const ScnSource *source;
    gsize at;
    /* the next token */
    TokenKind kind;
    gsize start, length; /* of a text: without its quotes */
    bool directed;
} Reader;

static ScnSpan
token_span(const Reader *reader)
{
    return (ScnSpan){reader->graph->source, (guint32)reader->start, (guint32)reader->length};
}

static bool
report_bad_token(Reader *reader, const char *message)
{
    scn_report(reader->resolver, token_span(reader), NULL, "%s",
               reader->kind == GML_END ? "the file ends in the middle of the graph" : message);
    return false;
}

static char *
token_text(const Reader *reader)
{
    return g_strndup(reader->source->text + reader->start, reader->length);
}

static bool
token_is(const Reader *reader, const char *word)
{
    return reader->kind == GML_KEY && reader->length == strlen(word) &&
           memcmp(reader->source->text + reader->start, word, reader->length) == 0;
}

/* ---- tokens ---- */

static void
skip_blanks(Reader *reader)
{
    const char *text = reader->source->text;
    bool at_line = reader->at == 0 || text[reader->at - 1] == '\n';

    for (; reader->at < reader->source->length; reader->at++) {
        char c = text[reader->at];
        if (c == '#' && at_line) {
            while (reader->at + 1 < reader->source->length && text[reader->at + 1] != '\n')
                reader->at++;
        } else if (!g_ascii_isspace(c)) {
            return;
        } else {
            at_line = c == '\n' || at_line;
        }
    }
}

static bool
in_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '+' || c == '-' || c == '.';
}

static void
take_text(Reader *reader)
{
    const char *text = reader->source->text + reader->at;
    const char *end = memchr(text, '"', reader->source->length - reader->at);

    reader->start = reader->at;
    reader->kind = end ? GML_TEXT : GML_END;
    reader->length = end ? (gsize)(end - text) : 0;
    reader->at = end ? reader->at + reader->length + 1 : reader->source->length;
}

static void
read_token(Reader *reader)
{
    const char *text = reader->source->text;
    char c;

    skip_blanks(reader);
    reader->start = reader->at;
    reader->length = 0;
    reader->kind = GML_END;
    if (reader->at == reader->source->length)
        return;
    c = text[reader->at++];
    if (c == '"') {
        take_text(reader);
        return;
    }
    reader->kind = c == '[' ? GML_OPEN : c == ']' ? GML_CLOSE : GML_BAD;
    if (in_word(c)) {
        while (reader->at < reader->source->length && in_word(text[reader->at]))
            reader->at++;
        reader->kind = g_ascii_isalpha(c) || c == '_' ? GML_KEY : GML_NUMBER;
    }
    reader->length = reader->at - reader->start;
}

static bool
is_value(const Reader *reader)
{
    return reader->kind == GML_NUMBER || reader->kind == GML_TEXT;
}

/* ---- lists ---- */

/* Skips the next value; a list with everything inside. Does not check that keys and values
 * alternate in it. */
static bool
skip_value(Reader *reader)
{
    guint depth = 0;

    do {
        if (reader->kind == GML_OPEN)
            depth++;
        else if (reader->kind == GML_CLOSE && depth > 0)
            depth--;
        else if (!is_value(reader) && (reader->kind != GML_KEY || depth == 0))
            return report_bad_token(reader, "a value is due here");
        if (depth > DEPTH_MAX)
            return report_bad_token(reader, "this is nested too deeply");
        read_token(reader);
    } while (depth > 0);
    return true;
}

static bool
enter_list(Reader *reader)
{
    if (reader->kind != GML_OPEN)
        return report_bad_token(reader, "a list in [ ] is due here");
    read_token(reader);
    return true;
}

/* Reads the next key for the caller to free, or the end of the list: then *ret_key is NULL. */
static bool
next_key(Reader *reader, char **ret_key)
{
    *ret_key = NULL;
    if (reader->kind == GML_CLOSE) {
        read_token(reader);
        return true;
    }
    if (reader->kind != GML_KEY)
        return report_bad_token(reader, "a key is due here");
    *ret_key = token_text(reader);
    read_token(reader);
    return true;
}

static bool
refuse_doubtful(Reader *reader, const char *key)
{
    g_autofree char *doubt = scn_graph_doubt(key);

    if (doubt)
        scn_report(reader->resolver, token_span(reader), NULL, "%s", doubt);
    return doubt != NULL;
}

static bool
read_node(Reader *reader)
{
    ScnSpan span = token_span(reader);
    g_autofree char *id = NULL;
    g_autofree char *label = NULL;
    const char *up = NULL, *down = NULL, *region = NULL;
    ScnGraphNode *added;
    guint32 node;

    if (!enter_list(reader))
        return false;
    for (;;) {
        g_autofree char *key = NULL;
        char **field;
        bool is_up;
        if (!next_key(reader, &key))
            return false;
        if (!key)
            break;
        if (scn_graph_is_node_rate(key, &is_up) && is_value(reader))
            *(is_up ? &up : &down) = scn_graph_keep(
                reader->graph, reader->source->text + reader->start, (gssize)reader->length);
        else if (strcmp(key, "region") == 0 && is_value(reader))
            region = scn_graph_keep(reader->graph, reader->source->text + reader->start,
                                    (gssize)reader->length);
        else if (refuse_doubtful(reader, key))
            return false;
        field = strcmp(key, "id") == 0 ? &id : strcmp(key, "label") == 0 ? &label : NULL;
        if (field && is_value(reader) && !*field) {
            span = token_span(reader);
            *field = token_text(reader);
        }
        if (!skip_value(reader))
            return false;
    }
    if (!id || scn_graph_find(reader->graph, id, &node)) {
        scn_report(reader->resolver, span, NULL, "%s",
                   id ? "two nodes have this id" : "a node needs an id");
        return false;
    }
    node = scn_graph_find_or_add(reader->graph, id, span);
    added = &g_array_index(reader->graph->nodes, ScnGraphNode, node);
    added->up = up;
    added->down = down;
    added->region = region;
    if (label)
        added->label = scn_graph_keep(reader->graph, label, -1);
    return true;
}

static bool
read_end(Reader *reader, guint32 *ret_node)
{
    g_autofree char *id = token_text(reader);
    if (is_value(reader) && scn_graph_find(reader->graph, id, ret_node))
        return skip_value(reader);
    return report_bad_token(reader, "no node above has this id");
}

static bool
read_attribute(Reader *reader, const char *key)
{
    if (refuse_doubtful(reader, key))
        return false;
    if (scn_graph_is_link_word(key) && is_value(reader))
        scn_graph_add_value(reader->graph, scn_graph_key(reader->graph, key),
                            reader->source->text + reader->start, (gssize)reader->length);
    else if (scn_graph_is_link_word(key))
        return report_bad_token(reader, "a number or a text is due here");
    return skip_value(reader);
}

static bool
read_edge(Reader *reader)
{
    ScnGraphEdge edge = {.a = SCN_NONE, .b = SCN_NONE, .first = reader->graph->values->len};
    bool ok = true;

    edge.span = token_span(reader);
    if (!enter_list(reader))
        return false;
    while (ok) {
        g_autofree char *key = NULL;
        if (!next_key(reader, &key))
            return false;
        if (!key)
            break;
        if (strcmp(key, "source") == 0 || strcmp(key, "target") == 0) {
            edge.span = token_span(reader);
            ok = read_end(reader, key[0] == 's' ? &edge.a : &edge.b);
        } else {
            ok = read_attribute(reader, key);
        }
    }
    if (!ok)
        return false;
    if (edge.a == SCN_NONE || edge.b == SCN_NONE) {
        scn_report(reader->resolver, edge.span, NULL, "an edge needs a source and a target");
        return false;
    }
    edge.count = reader->graph->values->len - edge.first;
    g_array_append_val(reader->graph->edges, edge);
    return true;
}

static bool
read_graph(Reader *reader)
{
    bool ok = enter_list(reader);

    while (ok) {
        g_autofree char *key = NULL;
        if (!next_key(reader, &key))
            return false;
        if (!key)
            break;
        if (strcmp(key, "node") == 0) {
            ok = read_node(reader);
        } else if (strcmp(key, "edge") == 0) {
            ok = read_edge(reader);
        } else {
            if (strcmp(key, "directed") == 0 && is_value(reader))
                reader->directed = reader->source->text[reader->start] == '1';
            ok = skip_value(reader);
        }
    }
    return ok;
}

bool
scn_graph_read_gml(ScnGraph *graph, ScnResolver *resolver)
{
    Reader reader = {.graph = graph, .resolver = resolver};

    reader.source = resolver->sources->pdata[graph->source];
    read_token(&reader);
    while (!token_is(&reader, "graph")) {
        if (reader.kind == GML_END) {
            scn_report(resolver, token_span(&reader), NULL, "there is no graph in this file");
            return false;
        }
        if (reader.kind != GML_KEY)
            return report_bad_token(&reader, "a key is due here");
        read_token(&reader);
        if (!skip_value(&reader))
            return false;
    }
    read_token(&reader);
    if (!read_graph(&reader))
        return false;
    for (guint i = 0; i < graph->edges->len; i++)
        g_array_index(graph->edges, ScnGraphEdge, i).one_way = reader.directed;
    return true;
}
