/* Graphs from GraphML (Brandes et al., "GraphML progress report", Graph Drawing 2001), through
 * libxml2's SAX interface.
 *
 * The name of a node is its attribute "name" or "label" if it has one, else its id. <key for="edge"
 * attr.name="latency"> declares an attribute of edges; <key for="graph" attr.name="times1">
 * declares a list of measured times, for a latency empirical(times1). Directed edges are one-way.
 * Nodes come before the edges that name them. Hyperedges and nested graphs are errors. A document
 * type declaration is refused before it is read, so no entity is declared, expanded or fetched.
 */
#include "sim/scenario/import.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#define TIMES "times" /* prefix of the graph attributes that hold measured times */

typedef enum {
    FOR_NOTHING,
    FOR_NAME,
    FOR_REGION,
    FOR_UPLINK,
    FOR_DOWNLINK,
    FOR_EDGE,
    FOR_TIMES
} KeyUse;

typedef struct {
    KeyUse use;
    guint32 key; /* index in the graph's keys */
    const char *name;
} Key;

typedef struct {
    ScnGraph *graph;
    ScnResolver *resolver;
    const ScnSource *source;
    xmlParserCtxt *context;
    GHashTable *keys; /* id to Key */
    bool failed, directed, in_node, in_edge;
    guint graphs;
    const Key *data;   /* of the open <data>, or NULL */
    GString *text;     /* text of the open <data> */
    guint32 node;      /* the open node */
    ScnGraphEdge edge; /* the open edge */
} Reader;

static ScnSpan
current_line(const Reader *reader)
{
    int line = reader->context->input ? reader->context->input->line : 1;
    int last = (int)reader->source->lines->len;

    return scn_line_span(reader->source, reader->graph->source, (guint32)CLAMP(line, 1, last));
}

static void
report_and_stop(Reader *reader, const char *format, const char *word)
{
    g_autofree char *message = word ? g_strdup_printf("%s '%s'", format, word) : g_strdup(format);

    if (!reader->failed)
        scn_report(reader->resolver, current_line(reader), NULL, "%s", message);
    reader->failed = true;
    xmlStopParser(reader->context);
}

/* Returns the value of an attribute, for the caller to free; NULL if missing. libxml2 passes an
 * attribute as five pointers: name, prefix, URI, begin and end of the value. */
static char *
find_attribute(const xmlChar **attributes, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        const xmlChar **one = attributes + 5 * i;
        if (strcmp((const char *)one[0], name) == 0)
            return g_strndup((const char *)one[3], (gsize)(one[4] - one[3]));
    }
    return NULL;
}

static bool
is_times(const char *name)
{
    const char *digits = name + strlen(TIMES);

    return g_str_has_prefix(name, TIMES) && *digits != '\0' &&
           digits[strspn(digits, "0123456789")] == '\0';
}

/* ---- elements ---- */

static void
start_key(Reader *reader, const xmlChar **attributes, int count)
{
    g_autofree char *id = find_attribute(attributes, count, "id");
    g_autofree char *use = find_attribute(attributes, count, "for");
    g_autofree char *name = find_attribute(attributes, count, "attr.name");
    bool any = use == NULL || strcmp(use, "all") == 0;
    g_autofree char *doubt = NULL;
    Key key = {FOR_NOTHING, 0, NULL};
    bool is_up;

    if (id == NULL) {
        report_and_stop(reader, "a key needs an id", NULL);
        return;
    }
    if (name != NULL && (any || strcmp(use, "node") == 0) &&
        (strcmp(name, "name") == 0 || strcmp(name, "label") == 0))
        key.use = FOR_NAME;
    if (name != NULL && !any && strcmp(use, "node") == 0 && strcmp(name, "region") == 0)
        key.use = FOR_REGION;
    if (name != NULL && !any && strcmp(use, "node") == 0 && scn_graph_is_node_rate(name, &is_up))
        key.use = is_up ? FOR_UPLINK : FOR_DOWNLINK;
    else if (name != NULL && (any || strcmp(use, "node") == 0 || strcmp(use, "edge") == 0) &&
             (doubt = scn_graph_doubt(name)) != NULL) {
        report_and_stop(reader, doubt, NULL);
        return;
    }
    if (name != NULL && (any || strcmp(use, "edge") == 0)) {
        if (scn_graph_is_link_word(name))
            key = (Key){FOR_EDGE, scn_graph_key(reader->graph, name), NULL};
    }
    if (name != NULL && use != NULL && strcmp(use, "graph") == 0 && is_times(name))
        key = (Key){FOR_TIMES, 0, scn_graph_keep(reader->graph, name, -1)};
    g_hash_table_insert(reader->keys, g_strdup(id), g_memdup2(&key, sizeof key));
}

static void
start_graph(Reader *reader, const xmlChar **attributes, int count)
{
    g_autofree char *way = find_attribute(attributes, count, "edgedefault");

    if (reader->graphs++ > 0) {
        report_and_stop(reader, "one graph in a file, and none in another", NULL);
        return;
    }
    reader->directed = way != NULL && strcmp(way, "directed") == 0;
}

static void
start_node(Reader *reader, const xmlChar **attributes, int count)
{
    g_autofree char *id = find_attribute(attributes, count, "id");

    if (id == NULL || scn_graph_find(reader->graph, id, &reader->node)) {
        report_and_stop(reader, id ? "two nodes have the id" : "a node needs an id", id);
        return;
    }
    reader->node = scn_graph_find_or_add(reader->graph, id, current_line(reader));
    reader->in_node = true;
}

static bool
find_end(Reader *reader, const xmlChar **attributes, int count, const char *which,
         guint32 *ret_node)
{
    g_autofree char *id = find_attribute(attributes, count, which);

    if (id != NULL && scn_graph_find(reader->graph, id, ret_node))
        return true;
    report_and_stop(reader, id ? "no node above has the id" : "an edge needs a source and a target",
                    id);
    return false;
}

static void
start_edge(Reader *reader, const xmlChar **attributes, int count)
{
    g_autofree char *directed = find_attribute(attributes, count, "directed");

    reader->edge = (ScnGraphEdge){
        .one_way = directed ? strcmp(directed, "true") == 0 : reader->directed,
        .first = reader->graph->values->len,
        .span = current_line(reader),
    };
    reader->in_edge = find_end(reader, attributes, count, "source", &reader->edge.a) &&
                      find_end(reader, attributes, count, "target", &reader->edge.b);
}

static void
start_data(Reader *reader, const xmlChar **attributes, int count)
{
    g_autofree char *id = find_attribute(attributes, count, "key");

    g_string_truncate(reader->text, 0);
    reader->data = id ? g_hash_table_lookup(reader->keys, id) : NULL;
}

static void
end_data(Reader *reader)
{
    const Key *key = reader->data;
    const char *text = g_strstrip(reader->text->str);

    reader->data = NULL;
    if (key == NULL || *text == '\0')
        return;
    if (key->use == FOR_TIMES) {
        if (!scn_graph_add_times(reader->graph, reader->resolver, key->name, text))
            report_and_stop(reader, "there are too many tables of times", NULL);
    } else if (key->use == FOR_EDGE && reader->in_edge) {
        scn_graph_add_value(reader->graph, key->key, text, -1);
    } else if (reader->in_node && key->use != FOR_NOTHING && key->use != FOR_EDGE) {
        ScnGraphNode *node = &g_array_index(reader->graph->nodes, ScnGraphNode, reader->node);
        *(key->use == FOR_NAME     ? &node->label
          : key->use == FOR_REGION ? &node->region
          : key->use == FOR_UPLINK ? &node->up
                                   : &node->down) = scn_graph_keep(reader->graph, text, -1);
    }
}

static void
end_edge(Reader *reader)
{
    if (!reader->in_edge)
        return;
    reader->in_edge = false;
    reader->edge.count = reader->graph->values->len - reader->edge.first;
    g_array_append_val(reader->graph->edges, reader->edge);
}

/* ---- SAX ---- */

static void
on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
         int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted,
         const xmlChar **attributes)
{
    static const struct {
        const char *name;
        void (*start)(Reader *reader, const xmlChar **attributes, int count);
    } elements[] = {{"key", start_key},
                    {"graph", start_graph},
                    {"node", start_node},
                    {"edge", start_edge},
                    {"data", start_data}};
    Reader *reader = user;

    (void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)defaulted;
    if (reader->failed)
        return;
    if (strcmp((const char *)name, "hyperedge") == 0) {
        report_and_stop(reader, "an edge joins two nodes: there are no hyperedges", NULL);
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(elements); i++) {
        if (strcmp((const char *)name, elements[i].name) == 0)
            elements[i].start(reader, attributes, attribute_count);
    }
}

static void
on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    Reader *reader = user;

    (void)prefix, (void)uri;
    if (reader->failed)
        return;
    if (strcmp((const char *)name, "data") == 0)
        end_data(reader);
    else if (strcmp((const char *)name, "edge") == 0)
        end_edge(reader);
    else if (strcmp((const char *)name, "node") == 0)
        reader->in_node = false;
}

static void
on_text(void *user, const xmlChar *text, int length)
{
    Reader *reader = user;

    if (reader->data != NULL && !reader->failed)
        g_string_append_len(reader->text, (const char *)text, length);
}

static void
on_document_type(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name, (void)external, (void)system;
    report_and_stop(user, "a graph has no document type: leave <!DOCTYPE …> out", NULL);
}

static void
on_error(void *user, xmlErrorPtr error)
{
    Reader *reader = user;
    g_autofree char *message = NULL;

    if (reader->failed || error->level < XML_ERR_ERROR)
        return;
    message = g_strdup_printf("this is no XML: %s", error->message ? error->message : "?");
    report_and_stop(reader, g_strstrip(message), NULL);
}

static bool
parse(Reader *reader)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .internalSubset = on_document_type,
        .serror = on_error,
    };

    reader->context = xmlCreateMemoryParserCtxt(reader->source->text, (int)reader->source->length);
    if (reader->context == NULL) {
        scn_report(reader->resolver, scn_line_span(reader->source, reader->graph->source, 1), NULL,
                   "there is no graph in this file");
        return false;
    }
    xmlCtxtUseOptions(reader->context, XML_PARSE_NONET);
    *reader->context->sax = handler;
    reader->context->userData = reader;
    xmlParseDocument(reader->context);
    if (!reader->failed && !reader->context->wellFormed)
        report_and_stop(reader, "this is no XML", NULL);
    if (!reader->failed && reader->graphs == 0)
        report_and_stop(reader, "there is no graph in this file", NULL);
    xmlFreeParserCtxt(reader->context);
    return !reader->failed;
}

bool
scn_graph_read_graphml(ScnGraph *graph, ScnResolver *resolver)
{
    Reader reader = {.graph = graph, .resolver = resolver};
    bool ok;

    reader.source = resolver->sources->pdata[graph->source];
    reader.keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    reader.text = g_string_new(NULL);
    ok = parse(&reader);
    g_hash_table_unref(reader.keys);
    g_string_free(reader.text, TRUE);
    return ok;
}
