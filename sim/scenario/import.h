/* Graphs from files: topology file="net.graphml" names=label self-loops=drop parallel=first;
 * also .gml and .csv.
 *
 * A reader turns the text of the file into a ScnGraph, or reports an error at its line. The
 * statement then matches the graph's nodes with the scenario's and makes edges and links.
 * Nodes match by label as written; if no label names a node, by id. If all names are whole
 * numbers, they count nodes in order of declaration: 0 to n - 1 if there is a 0, else 1 to n; if
 * some exceed n, the order of the numbers counts. Files are treated as untrusted: SCN_BYTES_MAX
 * covers them too, nesting is limited to what the formats need, and nothing is expanded or fetched.
 */
#ifndef SIM_SCENARIO_IMPORT_H
#define SIM_SCENARIO_IMPORT_H

#include "sim/scenario/resolve.h"

typedef struct {
    const char *id;        /* the name that edges use; unique */
    const char *label;     /* the id if the file has no label */
    const char *name;      /* label or id, compared with the scenario's nodes; set after reading */
    const char *up, *down; /* rates of the node's line as written, or NULL */
    const char *region;    /* may be NULL */
    ScnSpan span;          /* where the file first names the node */
} ScnGraphNode;

typedef struct {
    guint32 key;  /* index into keys */
    guint32 text; /* index into texts */
} ScnGraphValue;

typedef struct {
    guint32 a, b; /* indices into nodes */
    bool one_way;
    guint32 first, count; /* range of the edge's values */
    ScnSpan span;
} ScnGraphEdge;

typedef struct {
    guint32 source;
    GArray *nodes;          /* ScnGraphNode */
    GArray *edges;          /* ScnGraphEdge */
    GArray *values;         /* ScnGraphValue */
    GPtrArray *keys;        /* char *: names of the attributes of edges */
    GPtrArray *texts;       /* const char *: values as written, each once */
    GStringChunk *chunk;    /* storage of all strings here */
    GHashTable *node_by_id; /* id to index + 1 */
    GHashTable *text_index; /* text to index + 1 */
} ScnGraph;

/* Copies the text into storage that lives as long as the graph. */
const char *scn_graph_keep(ScnGraph *graph, const char *text, gssize length);

/* Returns the index of the node with that id; adds the node if it is new. */
guint32 scn_graph_find_or_add(ScnGraph *graph, const char *id, ScnSpan span);
bool scn_graph_find(const ScnGraph *graph, const char *id, guint32 *ret_node);

guint32 scn_graph_key(ScnGraph *graph, const char *name);
/* Adds a value to the edge being read. Its values must be the last ones in the array. */
void scn_graph_add_value(ScnGraph *graph, guint32 key, const char *text, gssize length);

/* Stores a named table of measured times from the file as one of the scenario's sources;
 * empirical(NAME) in the values of edges refers to it. Returns false after reporting that the
 * scenario has too many sources. */
bool scn_graph_add_times(ScnGraph *graph, ScnResolver *resolver, const char *name,
                         const char *text);

/* ---- attributes (import_attribute.c) ---- */

/* Returns the link option that an attribute of edges means, by our name or another tool's, and the
 * unit of a bare number; NULL if it means none. */
const char *scn_graph_link_word(const char *name, const char **ret_unit);
bool scn_graph_is_link_word(const char *name);
const char *scn_graph_nearest_word(const char *name);
/* Returns whether an attribute of nodes is the rate of the node's line, and in which direction. */
bool scn_graph_is_node_rate(const char *name, bool *ret_up);
/* Returns why an unknown attribute must not be ignored: one letter off an option, or clearly about
 * links. The caller frees the text; NULL: it can be ignored. */
char *scn_graph_doubt(const char *name);
/* Returns a value in the spelling of the option; the caller frees it. */
char *scn_graph_value(const char *word, const char *unit, const char *text);

/* ---- reading ---- */

/* Both return false after reporting the error. */
bool scn_graph_read_csv(ScnGraph *graph, ScnResolver *resolver);
bool scn_graph_read_gml(ScnGraph *graph, ScnResolver *resolver);
bool scn_graph_read_graphml(ScnGraph *graph, ScnResolver *resolver);

/* The options of the topology line. */
typedef struct {
    guint32 names, self_loops, parallel; /* indices into the words of scn_topology_options */
    const ScnExpr *path;
} ScnImportOptions;

/* Reads file=; `data` is a ScnImportOptions. */
bool scn_own_file(ScnResolver *resolver, const ScnOption *option, gpointer data);
void scn_import(ScnResolver *resolver, const ScnStmt *stmt);

#endif
