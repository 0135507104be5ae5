/* Graphs from files: topology file="net.graphml" names=label self-loops=drop parallel=first; .gml
 * and .csv, too.
 *
 * A reader turns the file's text into a ScnGraph, or reports what is wrong at its line; scn_import
 * matches names with nodes and makes edges and links of it. Names are matched with the scenario's
 * nodes as they are written; where the labels are no nodes, ids are. If all are whole numbers they
 * are nodes in order of declaration: 0 to n - 1 where there is a 0, else 1 to n; where they go
 * beyond n, in ascending order. Files are hostile: at most SCN_BYTES_MAX with all else, nothing
 * nested beyond what the formats need, nothing expanded, nothing fetched.
 */
#ifndef SIM_SCENARIO_IMPORT_H
#define SIM_SCENARIO_IMPORT_H

#include "sim/scenario/resolve.h"

typedef struct {
    const char *id;        /* what edges say; unique */
    const char *name;      /* for the match: the id where there is no label */
    const char *up, *down; /* rates of its line as written, or NULL */
    const char *region;    /* or NULL */
    ScnSpan span;          /* where it is named first */
} ScnGraphNode;

typedef struct {
    guint32 key;  /* into keys */
    guint32 text; /* into texts */
} ScnGraphValue;

typedef struct {
    guint32 a, b; /* into nodes */
    bool one_way;
    guint32 first, count; /* of its values */
    ScnSpan span;
} ScnGraphEdge;

typedef struct {
    guint32 source;
    GArray *nodes;          /* ScnGraphNode */
    GArray *edges;          /* ScnGraphEdge */
    GArray *values;         /* ScnGraphValue */
    GPtrArray *keys;        /* char *: names of the attributes that edges have */
    GPtrArray *texts;       /* const char *: values as written, each once */
    GStringChunk *chunk;    /* what all of these are in */
    GHashTable *node_by_id; /* to index + 1 */
    GHashTable *text_index; /* to index + 1 */
} ScnGraph;

/* The text, kept as long as the graph. */
const char *scn_graph_keep(ScnGraph *graph, const char *text, gssize length);

/* The node of that id; one that is not there is added. */
guint32 scn_graph_find_or_add(ScnGraph *graph, const char *id, ScnSpan span);
bool scn_graph_find(const ScnGraph *graph, const char *id, guint32 *ret_node);

guint32 scn_graph_key(ScnGraph *graph, const char *name);
/* Adds a value to the edge that is being read: its values are the last ones. */
void scn_graph_add_value(ScnGraph *graph, guint32 key, const char *text, gssize length);

/* Keeps measured times that the file has under a name, as a text of the scenario's: what
 * empirical(NAME) means in the values of edges. False: the scenario has too many texts. */
bool scn_graph_add_times(ScnGraph *graph, ScnResolver *resolver, const char *name,
                         const char *text);

/* ---- attributes (import_attribute.c) ---- */

/* The option of link lines that an attribute of edges means, by its name or by that of another
 * tool, with the unit of a bare number; NULL: none. */
const char *scn_graph_link_word(const char *name, const char **ret_unit);
bool scn_graph_is_link_word(const char *name);
const char *scn_graph_nearest_word(const char *name);
/* Whether an attribute of nodes is the rate of their line, up or down. */
bool scn_graph_is_node_rate(const char *name, bool *ret_up);
/* Why an attribute that is no option cannot be passed over: it is one but one letter, or sounds
 * like one. To be freed; NULL: it can. */
char *scn_graph_doubt(const char *name);
/* A value as an option has it; to be freed. */
char *scn_graph_value(const char *word, const char *unit, const char *text);

/* ---- reading ---- */

/* False: reported. */
bool scn_graph_read_csv(ScnGraph *graph, ScnResolver *resolver);
bool scn_graph_read_gml(ScnGraph *graph, ScnResolver *resolver);
bool scn_graph_read_graphml(ScnGraph *graph, ScnResolver *resolver);

/* What the topology line says of the file. */
typedef struct {
    guint32 names, self_loops, parallel; /* by the words of scn_topology_options */
    const ScnExpr *path;
} ScnImportOptions;

/* Reads file=; the record is a ScnImportOptions. */
bool scn_own_file(ScnResolver *resolver, const ScnOption *option, gpointer data);
void scn_import(ScnResolver *resolver, const ScnStmt *stmt);

#endif
