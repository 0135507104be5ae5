/* Makes edges and links of a graph read from a file; see import.h. */
#include "sim/scenario/import.h"

#include "sim/scenario/lexer.h"
#include "sim/scenario/source.h"
#include "sim/scenario/word.h"

#include <stddef.h>
#include <string.h>

/* ---- the graph ---- */

static void
graph_init(ScnGraph *graph, guint32 source)
{
    *graph = (ScnGraph){.source = source};
    graph->nodes = g_array_new(FALSE, FALSE, sizeof(ScnGraphNode));
    graph->edges = g_array_new(FALSE, FALSE, sizeof(ScnGraphEdge));
    graph->values = g_array_new(FALSE, FALSE, sizeof(ScnGraphValue));
    graph->keys = g_ptr_array_new();
    graph->texts = g_ptr_array_new();
    graph->chunk = g_string_chunk_new(1 << 12);
    graph->node_by_id = g_hash_table_new(g_str_hash, g_str_equal);
    graph->text_index = g_hash_table_new(g_str_hash, g_str_equal);
}

static void
graph_clear(ScnGraph *graph)
{
    g_array_unref(graph->nodes);
    g_array_unref(graph->edges);
    g_array_unref(graph->values);
    g_ptr_array_unref(graph->keys);
    g_ptr_array_unref(graph->texts);
    g_hash_table_unref(graph->node_by_id);
    g_hash_table_unref(graph->text_index);
    g_string_chunk_free(graph->chunk);
}

const char *
scn_graph_keep(ScnGraph *graph, const char *text, gssize length)
{
    return g_string_chunk_insert_len(graph->chunk, text, length);
}

bool
scn_graph_find(const ScnGraph *graph, const char *id, guint32 *ret_node)
{
    guint32 found = GPOINTER_TO_UINT(g_hash_table_lookup(graph->node_by_id, id));
    if (found != 0)
        *ret_node = found - 1;
    return found != 0;
}

guint32
scn_graph_find_or_add(ScnGraph *graph, const char *id, ScnSpan span)
{
    guint32 index;
    if (scn_graph_find(graph, id, &index))
        return index;
    ScnGraphNode node = {.id = scn_graph_keep(graph, id, -1), .span = span};
    node.label = node.id;
    g_array_append_val(graph->nodes, node);
    g_hash_table_insert(graph->node_by_id, (gpointer)node.id, GUINT_TO_POINTER(graph->nodes->len));
    return graph->nodes->len - 1;
}

guint32
scn_graph_key(ScnGraph *graph, const char *name)
{
    guint32 i = 0;
    while (i < graph->keys->len && strcmp(graph->keys->pdata[i], name) != 0)
        i++;
    if (i == graph->keys->len)
        g_ptr_array_add(graph->keys, (gpointer)scn_graph_keep(graph, name, -1));
    return i;
}

void
scn_graph_add_value(ScnGraph *graph, guint32 key, const char *text, gssize length)
{
    g_autofree char *copy = length < 0 ? g_strdup(text) : g_strndup(text, (gsize)length);
    const char *stripped = g_strstrip(copy);
    guint32 found = GPOINTER_TO_UINT(g_hash_table_lookup(graph->text_index, stripped));

    if (*stripped == '\0')
        return;
    if (found == 0) {
        const char *kept = scn_graph_keep(graph, stripped, -1);
        g_ptr_array_add(graph->texts, (gpointer)kept);
        found = graph->texts->len;
        g_hash_table_insert(graph->text_index, (gpointer)kept, GUINT_TO_POINTER(found));
    }
    ScnGraphValue value = {key, found - 1};
    g_array_append_val(graph->values, value);
}

bool
scn_graph_add_times(ScnGraph *graph, ScnResolver *resolver, const char *name, const char *text)
{
    const ScnSource *file = resolver->sources->pdata[graph->source];
    g_autofree char *full = g_strdup_printf("%s#%s", file->name, name);
    ScnSource *source;

    if (resolver->sources->len >= SCN_SOURCES_MAX)
        return false;
    source = scn_source_new(full, text, strlen(text));
    source->included_by = (gint32)graph->source;
    g_free(source->local_name);
    source->local_name = g_strdup_printf("%s#%s", file->local_name, name);
    g_ptr_array_add(resolver->sources, source);
    return true;
}

/* ---- nodes ---- */

typedef struct {
    ScnResolver *resolver;
    const ScnStmt *stmt;
    ScnGraph graph;
    guint32 *nodes; /* index in the scenario, by index in the graph */
    ScnLinkRule *rule;
    GHashTable *link_index; /* ScnGraphEdge to index of its link + 1 */
    ScnImportOptions options;
} Import;

enum { NAMES_LABEL, NAMES_ID, NAMES_EITHER };
enum { ODD_EDGE_ERROR, ODD_EDGE_DROP };

static ScnGraphNode *
node_at(const Import *import, guint i)
{
    return &g_array_index(import->graph.nodes, ScnGraphNode, i);
}

static const ScnGraphEdge *
edge_at(const Import *import, guint i)
{
    return &g_array_index(import->graph.edges, ScnGraphEdge, i);
}

/* Returns whether all names are whole numbers. */
static bool
read_numbers(const Import *import, guint64 *ret_numbers)
{
    for (guint i = 0; i < import->graph.nodes->len; i++) {
        if (!g_ascii_string_to_unsigned(node_at(import, i)->name, 10, 0, G_MAXUINT64,
                                        &ret_numbers[i], NULL))
            return false;
    }
    return true;
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;
    return (x > y) - (x < y);
}

static bool
match_numbers(Import *import, const guint64 *numbers)
{
    guint count = import->graph.nodes->len, n = import->resolver->scenario->nodes->len;
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(guint64));
    guint64 first, last;

    g_array_append_vals(sorted, numbers, count);
    g_array_sort(sorted, compare_numbers);
    first = g_array_index(sorted, guint64, 0) == 0 ? 0 : 1;
    last = g_array_index(sorted, guint64, count - 1);
    if (count > n) {
        scn_report(import->resolver, import->stmt->keyword, NULL,
                   "the file has %u nodes, the scenario %u", count, n);
        return false;
    }
    for (guint i = 0; i < count; i++) {
        guint rank = 0;
        if (last - first >= n)
            g_array_binary_search(sorted, &numbers[i], compare_numbers, &rank);
        import->nodes[i] = last - first >= n ? rank : (guint32)(numbers[i] - first);
    }
    return true;
}

static bool
is_node(const Import *import, const char *text)
{
    const ScnName *name = scn_find_name(import->resolver, text);

    return g_ascii_isdigit(*text) || (name && name->kind == SCN_NAME_NODE);
}

/* Returns whether a label, or an id, of the graph names a node of the scenario. */
static bool
any_is_node(const Import *import, guint32 names)
{
    for (guint i = 0; i < import->graph.nodes->len; i++) {
        const ScnGraphNode *node = node_at(import, i);
        if (is_node(import, names == NAMES_ID ? node->id : node->label))
            return true;
    }
    return false;
}

/* Returns the name of a node that is at most two edits away, or NULL. */
static const char *
similar_node(const ScnResolver *resolver, const char *name)
{
    const char *best = NULL;
    guint least = 3;

    for (guint i = 0; i < resolver->name_list->len; i++) {
        const char *known = resolver->name_list->pdata[i];
        guint distance = scn_word_distance(name, known);
        if (distance >= least || scn_find_name(resolver, known)->kind != SCN_NAME_NODE)
            continue;
        best = known;
        least = distance;
    }
    return best;
}

/* A file whose labels and ids are all unknown was most likely meant by its labels. */
static void
report_undeclared(Import *import, const ScnGraphNode *node)
{
    bool by_label = import->options.names == NAMES_EITHER && !any_is_node(import, NAMES_ID) &&
                    strcmp(node->label, node->id) != 0;
    g_autofree char *message =
        by_label ? g_strdup_printf("unknown node '%s' (id '%s')", node->label, node->id)
                 : g_strdup_printf("unknown node '%s'", node->name);
    const char *nearest = similar_node(import->resolver, by_label ? node->label : node->name);
    g_autofree char *help =
        g_strconcat("declare it in a nodes line", nearest ? ", or write " : NULL, nearest, NULL);

    scn_report(import->resolver, node->span, help, "%s", message);
}

static bool
match_names(Import *import)
{
    for (guint i = 0; i < import->graph.nodes->len; i++) {
        const ScnGraphNode *node = node_at(import, i);
        const ScnName *name = scn_find_name(import->resolver, node->name);
        if (!name || name->kind != SCN_NAME_NODE) {
            report_undeclared(import, node);
            return false;
        }
        import->nodes[i] = name->index;
    }
    return true;
}

/* Chooses ids over labels if no label names a node: many files have labels for people ("New York").
 */
static void
choose_names(Import *import)
{
    bool ids = import->options.names == NAMES_ID ||
               (import->options.names == NAMES_EITHER && !any_is_node(import, NAMES_LABEL));

    for (guint i = 0; i < import->graph.nodes->len; i++) {
        ScnGraphNode *node = node_at(import, i);
        node->name = ids ? node->id : node->label;
    }
}

static bool
match_nodes(Import *import)
{
    guint count = import->graph.nodes->len;
    g_autofree guint64 *numbers = g_new(guint64, count + 1);
    g_autofree guint32 *taken = g_new0(guint32, import->resolver->scenario->nodes->len + 1);
    bool ok;

    choose_names(import);
    ok = count == 0 ||
         (read_numbers(import, numbers) ? match_numbers(import, numbers) : match_names(import));

    for (guint i = 0; i < count && ok; i++) {
        const ScnGraphNode *node = node_at(import, i);
        if (taken[import->nodes[i]]++ == 0)
            continue;
        scn_report(import->resolver, node->span, NULL, "two nodes of this file are '%s'",
                   node->name);
        ok = false;
    }
    return ok;
}

/* ---- values ---- */

/* Sets an option in *link as a link line would, and its bit in `set`; adds errors to `errors`. */
static void
set_option(ScnResolver *resolver, ScnErrors *errors, const char *word, const char *value,
           ScnLink *link)
{
    ScnSource *source = scn_source_new("value", value, strlen(value));
    ScnErrors *outer = resolver->errors;
    guint32 index = resolver->sources->len;
    ScnStmt stmt = {.kind = SCN_STMT_LINK};
    ScnExpr *expr;

    source->is_argument = true;
    g_ptr_array_add(resolver->sources, source);
    resolver->errors = errors;
    expr = scn_parse_value(resolver->sources, errors, index, 0);
    if (expr) {
        ScnOption option = {(char *)word, {index, 0, 0}, g_ptr_array_new()};
        g_ptr_array_add(option.values, expr);
        stmt.options = g_array_new(FALSE, FALSE, sizeof(ScnOption));
        g_array_append_val(stmt.options, option);
        link->set |= (guint32)scn_apply_table(resolver, &stmt, &scn_link_options, NULL, link);
        g_array_unref(stmt.options);
        g_ptr_array_unref(option.values);
        scn_expr_free(expr);
    }
    resolver->errors = outer;
    g_ptr_array_set_size(resolver->sources, (gint)index);
}

/* Sets the link option that the attribute means from a text of the file. */
static bool
resolve_text(Import *import, ScnSpan span, const char *attribute, const char *written,
             ScnLink *link)
{
    const char *unit, *word = scn_graph_link_word(attribute, &unit);
    g_autofree char *text = scn_graph_value(word ? word : "rate", unit, written);
    g_autoptr(ScnErrors) errors = scn_errors_new();

    if (strpbrk(text, "$\"#\\")) {
        scn_report(import->resolver, span, NULL,
                   "a value of '%s' here is a quantity, a word or a distribution", attribute);
        return false;
    }
    if (word && scn_link_sets(link, word)) {
        scn_report(import->resolver, span, "leave one out", "'%s' is given twice", attribute);
        return false;
    }
    set_option(import->resolver, errors, word ? word : "rate", text, link);
    if (errors->items->len == 0)
        return true;
    const ScnError *first = errors->items->pdata[0];
    scn_report(import->resolver, span, first->help, "%s=%s: %s", attribute, written,
               first->message);
    return false;
}

/* The scenario's own rates and regions of a node have priority over the file's. */
static bool
set_rate(Import *import, const ScnGraphNode *node, const char *attribute, const char *text,
         guint32 *draw)
{
    ScnLink link = {0};

    if (!text || *draw != 0)
        return true;
    if (!resolve_text(import, node->span, attribute, text, &link))
        return false;
    *draw = scn_add_draw(import->resolver->scenario,
                         &(ScnDist){.kind = SCN_DIST_CONSTANT, .a = link.rate_bps});
    return true;
}

static bool
set_lines(Import *import)
{
    for (guint i = 0; i < import->graph.nodes->len; i++) {
        const ScnGraphNode *from = node_at(import, i);
        ScnNode *node =
            &g_array_index(import->resolver->scenario->nodes, ScnNode, import->nodes[i]);
        if (!set_rate(import, from, "uplink", from->up, &node->drawn[SCN_DRAWN_UPLINK]) ||
            !set_rate(import, from, "downlink", from->down, &node->drawn[SCN_DRAWN_DOWNLINK]))
            return false;
        if (from->region && node->region == SCN_NONE &&
            !scn_find_or_add_region(import->resolver, from->span, from->region, &node->region))
            return false;
    }
    return true;
}

/* ---- links ---- */

/* Values of an edge, for comparison: edges with equal values share one link. */
typedef struct {
    const ScnGraphValue *values;
    guint32 count;
} ValueList;

static guint
hash_values(gconstpointer data)
{
    const ValueList *list = data;
    guint hash = list->count;
    for (guint32 i = 0; i < list->count; i++)
        hash = (hash ^ list->values[i].key) * 31 + list->values[i].text * 2654435761u;
    return hash;
}

static gboolean
equal_values(gconstpointer a, gconstpointer b)
{
    const ValueList *x = a, *y = b;
    return x->count == y->count &&
           (x->count == 0 || memcmp(x->values, y->values, x->count * sizeof *x->values) == 0);
}

static void
note_in_rule(ScnLinkRule *rule, const ScnLink *link)
{
    bool known = scn_link_sets(&rule->link, "transport");

    if (scn_link_sets(link, "transport"))
        rule->link.stream = link->stream && (!known || rule->link.stream);
    rule->link.set |= link->set;
}

/* Finds or makes the link of the edge among the rule's values. */
static bool
link_of(Import *import, const ScnGraphEdge *edge, guint32 *ret_link)
{
    const ScnGraphValue *values = &g_array_index(import->graph.values, ScnGraphValue, edge->first);
    ValueList wanted = {values, edge->count};
    guint32 found = GPOINTER_TO_UINT(g_hash_table_lookup(import->link_index, &wanted));
    ScnLink link = import->resolver->scenario->link_standard;

    link.set = 0;

    for (guint32 i = 0; i < edge->count && found == 0; i++) {
        if (!resolve_text(import, edge->span, import->graph.keys->pdata[values[i].key],
                          import->graph.texts->pdata[values[i].text], &link))
            return false;
    }
    if (found == 0) {
        ValueList *list = g_new(ValueList, 1);
        *list = wanted;
        g_array_append_val(import->rule->values, link);
        found = import->rule->values->len;
        g_hash_table_insert(import->link_index, list, GUINT_TO_POINTER(found));
        note_in_rule(import->rule, &link);
    }
    *ret_link = found - 1;
    return true;
}

/* ---- edges ---- */

/* During sorting, `link` holds the index of the edge. */
static gint
compare_pairs(gconstpointer a, gconstpointer b)
{
    const ScnLinkPair *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return (x->link > y->link) - (x->link < y->link);
}

static bool
refuse_edge(Import *import, const ScnGraphEdge *edge, const char *help, const char *what)
{
    scn_report(import->resolver, edge->span, help, "'%s' and '%s' are joined %s",
               node_at(import, edge->a)->name, node_at(import, edge->b)->name, what);
    return false;
}

/* Records an edge in that direction. Returns false if there is one already. */
static bool
note_direction(Import *import, GHashTable *seen, guint32 from, guint32 to)
{
    gint64 key = (gint64)((guint64)import->nodes[from] << 32 | import->nodes[to]);

    return g_hash_table_add(seen, g_memdup2(&key, sizeof key));
}

static bool
has_direction(const Import *import, GHashTable *seen, guint32 from, guint32 to)
{
    gint64 key = (gint64)((guint64)import->nodes[from] << 32 | import->nodes[to]);

    return g_hash_table_contains(seen, &key);
}

/* Drops or refuses, by the options, edges of a node to itself and all but the first between two
 * nodes. */
static bool
sort_out_edges(Import *import)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(ScnGraphEdge));

    for (guint32 i = 0; i < import->graph.edges->len; i++) {
        const ScnGraphEdge *edge = edge_at(import, i);
        bool loop = edge->a == edge->b;
        bool twice = !loop && (has_direction(import, seen, edge->a, edge->b) ||
                               (!edge->one_way && has_direction(import, seen, edge->b, edge->a)));
        if (loop && import->options.self_loops == ODD_EDGE_ERROR) {
            scn_report(import->resolver, edge->span, "write topology file=… self-loops=drop",
                       "this edge joins '%s' to itself", node_at(import, edge->a)->name);
            return false;
        }
        if (twice && import->options.parallel == ODD_EDGE_ERROR)
            return refuse_edge(import, edge, "leave one out, or write parallel=first", "twice");
        if (loop || twice)
            continue;
        note_direction(import, seen, edge->a, edge->b);
        if (!edge->one_way)
            note_direction(import, seen, edge->b, edge->a);
        g_array_append_val(kept, *edge);
    }
    g_array_unref(import->graph.edges);
    import->graph.edges = g_steal_pointer(&kept);
    return true;
}

static void
add_pairs(Import *import)
{
    GArray *pairs = import->rule->pairs;

    for (guint32 i = 0; i < import->graph.edges->len; i++) {
        const ScnGraphEdge *edge = edge_at(import, i);
        ScnLinkPair there = {import->nodes[edge->a], import->nodes[edge->b], i};
        ScnLinkPair back = {there.to, there.from, i};
        g_array_append_val(pairs, there);
        if (!edge->one_way)
            g_array_append_val(pairs, back);
    }
    g_array_sort(pairs, compare_pairs);
}

static bool
set_links(Import *import)
{
    g_autofree guint32 *links = g_new(guint32, import->graph.edges->len + 1);
    GArray *pairs = import->rule->pairs;

    add_pairs(import);
    for (guint i = 0; i < import->graph.edges->len; i++) {
        if (!link_of(import, edge_at(import, i), &links[i]))
            return false;
        import->rule->streams +=
            g_array_index(import->rule->values, ScnLink, links[i]).stream ? 1 : 0;
    }
    for (guint i = 0; i < pairs->len; i++) {
        ScnLinkPair *pair = &g_array_index(pairs, ScnLinkPair, i);
        pair->link = links[pair->link];
    }
    return true;
}

static void
add_edges(Import *import)
{
    ScnPlace place = scn_place(import->resolver, import->stmt);

    for (guint i = 0; i < import->graph.edges->len; i++) {
        const ScnGraphEdge *edge = edge_at(import, i);
        ScnEdge added = {import->nodes[edge->a], import->nodes[edge->b], edge->one_way, place};
        g_array_append_val(import->resolver->scenario->edges, added);
    }
}

static void
make_edges(Import *import)
{
    g_autoptr(ScnLinkRule) rule = g_new0(ScnLinkRule, 1);

    rule->place = scn_place(import->resolver, import->stmt);
    rule->from = g_array_new(FALSE, FALSE, sizeof(guint32));
    rule->to = g_array_ref(rule->from);
    rule->pairs = g_array_new(FALSE, FALSE, sizeof(ScnLinkPair));
    rule->values = g_array_new(FALSE, FALSE, sizeof(ScnLink));
    import->rule = rule;
    import->nodes = g_new(guint32, import->graph.nodes->len + 1);
    import->link_index = g_hash_table_new_full(hash_values, equal_values, g_free, NULL);
    if (match_nodes(import) && set_lines(import) && sort_out_edges(import) && set_links(import)) {
        add_edges(import);
        if (rule->link.set)
            g_ptr_array_add(import->resolver->scenario->links, g_steal_pointer(&rule));
    }
    g_hash_table_unref(import->link_index);
    g_free(import->nodes);
}

/* ---- the statement ---- */

typedef bool (*Reader)(ScnGraph *graph, ScnResolver *resolver);

static Reader
reader_for(const char *path)
{
    static const struct {
        const char *suffix;
        Reader reader;
    } readers[] = {{".graphml", scn_graph_read_graphml},
                   {".gml", scn_graph_read_gml},
                   {".csv", scn_graph_read_csv}};

    for (guint i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (g_str_has_suffix(path, readers[i].suffix))
            return readers[i].reader;
    }
    return NULL;
}

bool
scn_own_file(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnExpr *value = scn_option_value(resolver, option);

    value = value ? scn_follow(resolver, value) : NULL;
    if (value && value->kind != SCN_EXPR_TEXT) {
        scn_report(resolver, value->span, "write file=\"net.graphml\"",
                   "'file' needs the name of a file");
        return false;
    }
    ((ScnImportOptions *)data)->path = value;
    return value != NULL;
}

/* Returns false after reporting an error. */
static bool
read_options(Import *import)
{
    ScnResolver *resolver = import->resolver;
    const ScnStmt *stmt = import->stmt;
    static const char *const takes[] = {"file", "names", "self-loops", "parallel", NULL};
    guint before = resolver->errors->found;

    import->options.names = NAMES_EITHER;
    if (!scn_is_given(stmt, "file")) {
        const ScnOption *first =
            stmt->options->len > 0 ? &g_array_index(stmt->options, ScnOption, 0) : NULL;
        scn_report(resolver, first ? first->name_span : stmt->keyword,
                   "write topology mesh, or topology file=\"net.graphml\"",
                   "a kind or a file is due here");
        return false;
    }
    scn_apply_table(resolver, stmt, &scn_topology_options, takes, &import->options);
    return import->options.path != NULL && resolver->errors->found == before;
}

void
scn_import(ScnResolver *resolver, const ScnStmt *stmt)
{
    Import import = {.resolver = resolver, .stmt = stmt};
    guint before = resolver->errors->found;
    const ScnExpr *path;
    Reader reader;
    guint32 source;

    if (!read_options(&import))
        return;
    path = import.options.path;
    reader = reader_for(path->name);
    if (!reader) {
        scn_report(resolver, path->span, "name a .graphml, .gml or .csv file",
                   "the name of the file does not tell its format");
        return;
    }
    if (!scn_source_include(resolver->sources, path->span, path->name, resolver->errors, &source) ||
        !scn_lexer_check_encoding(resolver->sources, source, resolver->errors))
        return;
    graph_init(&import.graph, source);
    resolver->graph_source = source;
    /* Skip this if nodes were refused: their number is unknown */
    if (reader(&import.graph, resolver) && before == 0)
        make_edges(&import);
    resolver->graph_source = 0;
    graph_clear(&import.graph);
}
