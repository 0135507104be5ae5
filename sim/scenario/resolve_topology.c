/* `topology`: its kind, its options and what they cannot be. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/draw.h"
#include "sim/scenario/import.h"
#include "sim/scenario/remedy.h"

#include <stddef.h>
#include <string.h>

#define LINKS_MAX 16000000 /* total of all topologies */
#define REGION_LINKS 4     /* links that a node opens within its region */

typedef struct {
    ScnTopology topology;
    GArray *measured; /* gint64, rising: the numbers of links in the file of k=empirical; or NULL */
    const ScnOption *hub, *k, *p;
} TopologyRecord;

/* By ScnTopologyKind. is_optional() says which of its options a kind does not require. */
static const ScnTopologyForm forms[] = {
    {"mesh", {NULL}, "mesh", "every pair; the default of a file without `topology` lines"},
    {"star", {"hub"}, "star hub=a1", "the hub with each other node"},
    {"line", {NULL}, "line", "each node with the next"},
    {"ring", {NULL}, "ring", "each node with the next, and the last with the first"},
    {"none", {NULL}, "none", "none"},
    {"tree",
     {"k"},
     "tree k=2",
     "the first node is the root; each node has k children, filled row by row"},
    {"regular",
     {"k"},
     "regular k=8",
     "every node has k links; random, all such graphs about equally likely (nodes × k must be "
     "even)"},
    {"random", {"p"}, "random p=0.1", "each pair with probability p (Gilbert's G(n, p))"},
    {"smallworld",
     {"k", "p"},
     "smallworld k=6 p=0.1",
     "a ring in which each node is linked to the next k ÷ 2 on either side; then the far end of "
     "each link moves, with probability p, to any other node (Watts and Strogatz)"},
    {"scalefree",
     {"m"},
     "scalefree m=4",
     "a star of m + 1 nodes; each further node is linked to m different nodes, drawn in proportion "
     "to their links; the order of the nodes is random too (Barabási and Albert)"},
    {"outbound",
     {"k", "of", "to"},
     "outbound k=8",
     "each node (of=SET: of those) opens k links to different nodes (to=SET: of those) that listen "
     "(`listen=yes`) and have accepted "
     "fewer than `protocol inbound=` links; links serve both ways, and a pair has one. A node that "
     "finds fewer opens fewer"},
    {"degrees",
     {"k", "of"},
     "degrees k=8",
     "each node (of=SET: each of those) has k links in all: node after node opens links to others, "
     "drawn evenly, until it has k with those that others opened to it. A node that listens is "
     "offered until it has k, so the last nodes may find fewer. Several lines make one graph in "
     "which each node has the k of its line"},
    {"regions",
     {"k"},
     "regions k=4",
     "as `outbound` within each region (a region of k + 1 nodes or fewer is a mesh); then the hubs "
     "of all regions are linked with each other. A region's hub is its first node that listens. k "
     "defaults to 4; every node needs a region"},
};

const ScnTopologyForm *
scn_topology_form(guint kind)
{
    return kind < G_N_ELEMENTS(forms) ? &forms[kind] : NULL;
}

/* ---- options ---- */

static bool
own_hub(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    TopologyRecord *record = data;
    const ScnExpr *value = scn_option_value(resolver, option);

    record->hub = option;
    return value && scn_resolve_node(resolver, value, &record->topology.hub);
}

static bool
own_p(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    TopologyRecord *record = data;
    const ScnExpr *value = scn_option_value(resolver, option);

    record->p = option;
    return value && scn_need_portion(resolver, value, "p", &record->topology.p);
}

/* Reads k=empirical("file.csv"). */
static bool
read_degrees(ScnResolver *resolver, const ScnExpr *call, TopologyRecord *record)
{
    GArray *degrees;

    if (record->topology.kind != SCN_TOPOLOGY_OUTBOUND &&
        record->topology.kind != SCN_TOPOLOGY_DEGREES) {
        scn_report(resolver, call->span, "write k=8",
                   "only outbound and degrees take k from a file");
        return false;
    }
    degrees = scn_resolve_degrees(resolver, call);
    if (!degrees)
        return false;
    g_clear_pointer(&record->measured, g_array_unref);
    record->measured = degrees;
    record->topology.k = (guint32)g_array_index(degrees, gint64, degrees->len - 1);
    return true;
}

static bool
own_k(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    TopologyRecord *record = data;
    const ScnExpr *value = scn_option_value(resolver, option);
    guint64 count;

    record->k = option;
    if (value && scn_follow(resolver, value)->kind == SCN_EXPR_CALL &&
        strcmp(scn_follow(resolver, value)->name, "empirical") == 0)
        return read_degrees(resolver, scn_follow(resolver, value), record);
    if (!value || !scn_need_count(resolver, value, option->name, 1, SCN_NODES_MAX, &count))
        return false;
    record->topology.k = (guint32)count;
    return true;
}

static bool
own_set(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnTopology *topology = &((TopologyRecord *)data)->topology;
    const ScnExpr *value = scn_option_value(resolver, option);
    GArray **set = strcmp(option->name, "of") == 0 ? &topology->of : &topology->to;

    if (!value)
        return false;
    *set = scn_resolve_nodes(resolver, value, true);
    return *set != NULL;
}

#define OF_FILE(field) offsetof(ScnImportOptions, field)

/* `data` of the rows from `file` on is a ScnImportOptions */
static const ScnOptRow rows[] = {
    SCN_ROW_OWN("hub", own_hub, "(must be given)", "a node", "centre of a star"),
    SCN_ROW_OWN(
        "k", own_k, "(must be given)", "1 and more, below the number of nodes",
        "links of a node; of `outbound` and `degrees` also `empirical(\"degrees.csv\")`, see "
        "below"),
    SCN_ROW_OWN("m", own_k, "(must be given)", "1 and more, below the number of nodes",
                "links of each new node of `scalefree`"),
    SCN_ROW_OWN("p", own_p, "(must be given)", "0% to 100%",
                "probability of a link, or of moving its end"),
    SCN_ROW_OWN("of", own_set, "(all)", "a set of nodes",
                "which nodes of `outbound` open links, or of `degrees` have k"),
    SCN_ROW_OWN("to", own_set, "(all)", "a set of nodes", "to which nodes `outbound` opens them"),
    SCN_ROW_OWN("file", scn_own_file, "(none)", "\"net.graphml\", .gml or .csv",
                "a graph from a file, in place of a kind"),
    SCN_ROW_WORD("names", OF_FILE(names), "label id", "(labels if they name nodes, else ids)",
                 "whether labels or ids name the nodes of the file"),
    SCN_ROW_WORD("self-loops", OF_FILE(self_loops), "error drop", "error",
                 "refuse an edge from a node to itself, or drop it"),
    SCN_ROW_WORD("parallel", OF_FILE(parallel), "error first", "error",
                 "refuse a pair that is joined twice, or keep its first edge"),
};

const ScnOptTable scn_topology_options = {"topology", rows, G_N_ELEMENTS(rows), NULL};

static ScnSpan
value_span(const ScnOption *option)
{
    return ((const ScnExpr *)option->values->pdata[0])->span;
}

/* Returns the number of links of the topology, or their mean number if they are drawn. */
static ScnNumber
count_links(const ScnTopology *topology, guint64 n)
{
    ScnNumber mesh = (ScnNumber)n * (n - 1) / 2;

    switch (topology->kind) {
    case SCN_TOPOLOGY_MESH:
        return mesh;
    case SCN_TOPOLOGY_RANDOM:
        return mesh * topology->p / SCN_ONE;
    case SCN_TOPOLOGY_REGULAR:
    case SCN_TOPOLOGY_SMALLWORLD:
        return (ScnNumber)n * topology->k / 2;
    case SCN_TOPOLOGY_SCALEFREE:
    case SCN_TOPOLOGY_OUTBOUND:
    case SCN_TOPOLOGY_DEGREES:
    case SCN_TOPOLOGY_REGIONS:
        return MIN((ScnNumber)(topology->of ? topology->of->len : n) * topology->k, mesh);
    default:
        return n;
    }
}

static void
check_size(ScnResolver *resolver, ScnSpan span, const ScnTopology *topology)
{
    guint n = resolver->scenario->nodes->len;
    ScnNumber links = count_links(topology, n), before = resolver->links;

    if (n > 0)
        resolver->links += links;
    if (resolver->links <= LINKS_MAX || before > LINKS_MAX)
        return;
    if (links <= LINKS_MAX)
        scn_report(resolver, span, "leave one out",
                   "this graph and those before it have %" G_GINT64_FORMAT " links, more than %d",
                   (gint64)resolver->links, LINKS_MAX);
    else
        scn_report(resolver, span, "write topology outbound k=8",
                   "%s of %u nodes has %" G_GINT64_FORMAT " links, more than %d",
                   topology->kind == SCN_TOPOLOGY_MESH ? "a mesh" : "this graph", n, (gint64)links,
                   LINKS_MAX);
}

/* Checks k against the number of nodes. */
static bool
check_k(ScnResolver *resolver, const TopologyRecord *record)
{
    guint64 n = resolver->scenario->nodes->len, k = record->topology.k;
    ScnTopologyKind kind = record->topology.kind;

    if (!record->k || kind == SCN_TOPOLOGY_TREE || kind == SCN_TOPOLOGY_REGIONS)
        return true;
    if (record->topology.to && k > record->topology.to->len) {
        scn_report(resolver, value_span(record->k), NULL,
                   "'k' must be at most the number of nodes in to=, %u", record->topology.to->len);
        return false;
    }
    if (k >= n) {
        scn_report(resolver, value_span(record->k), NULL,
                   "'%s' must be below the number of nodes, %" G_GUINT64_FORMAT, record->k->name,
                   n);
        return false;
    }
    if (kind == SCN_TOPOLOGY_REGULAR && n * k % 2 != 0) {
        scn_report(resolver, value_span(record->k), "make one of the two even",
                   "%" G_GUINT64_FORMAT " nodes cannot have %" G_GUINT64_FORMAT
                   " links each: that is an odd number of ends",
                   n, k);
        return false;
    }
    if (kind == SCN_TOPOLOGY_SMALLWORLD && k % 2 != 0) {
        scn_report(resolver, value_span(record->k), NULL,
                   "'k' must be even: half of the links on either side");
        return false;
    }
    return true;
}

static bool
check_regions(ScnResolver *resolver, const ScnStmt *stmt)
{
    const GArray *nodes = resolver->scenario->nodes;

    for (guint i = 0; i < nodes->len; i++) {
        const ScnNode *node = &g_array_index(nodes, ScnNode, i);
        if (node->region != SCN_NONE)
            continue;
        scn_report(resolver, stmt->word_span, "write region= at its nodes line", "%s has no region",
                   node->name);
        return false;
    }
    return true;
}

static guint32
number_of(const ScnScenario *scenario, ScnTopologyKind kind)
{
    guint32 number = 0;
    for (guint i = 0; i < scenario->topologies->len; i++)
        number += g_array_index(scenario->topologies, ScnTopology, i).kind == kind;
    return number;
}

static bool
find_kind(ScnResolver *resolver, const ScnStmt *stmt, ScnTopologyKind *ret_kind)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_ptr_array_add(words, (gpointer)forms[i].word);
        if (strcmp(stmt->word, forms[i].word) != 0)
            continue;
        *ret_kind = (ScnTopologyKind)i;
        return true;
    }
    g_autofree char *help = scn_remedy_text("topology", stmt->word, words);
    scn_report(resolver, stmt->word_span, help, "unknown topology '%s'", stmt->word);
    return false;
}

static bool
is_optional(ScnTopologyKind kind, const char *word)
{
    return kind == SCN_TOPOLOGY_REGIONS ||
           ((kind == SCN_TOPOLOGY_OUTBOUND || kind == SCN_TOPOLOGY_DEGREES) && word[0] != 'k');
}

/* Returns whether all required options are given, valid or not. */
static bool
has_options(ScnResolver *resolver, const ScnStmt *stmt, ScnTopologyKind kind)
{
    const ScnTopologyForm *form = &forms[kind];
    g_autofree char *help = g_strconcat("write ", form->usage, NULL);

    for (guint i = 0; form->takes[i]; i++) {
        bool second = form->takes[1] && !is_optional(kind, form->takes[1]);

        if (is_optional(kind, form->takes[i]) || scn_is_given(stmt, form->takes[i]))
            continue;
        if (kind == SCN_TOPOLOGY_STAR)
            scn_report(resolver, stmt->word_span, help, "a star needs its hub");
        else
            scn_report(resolver, stmt->word_span, help, "'%s' needs %s=%s%s%s", stmt->word,
                       form->takes[0], second ? " and " : "", second ? form->takes[1] : "",
                       second ? "=" : "");
        return false;
    }
    return true;
}

/* Gives the nodes of a line the measured numbers of links in their exact shares: the quantiles,
 * shuffled. */
static GArray *
deal_degrees(const ScnScenario *scenario, const GArray *measured, const ScnTopology *topology)
{
    const char *kind = topology->kind == SCN_TOPOLOGY_DEGREES ? "degrees " : "";
    g_autofree char *name = g_strdup_printf("%s%u", kind, topology->number);
    GArray *degrees = g_array_new(FALSE, FALSE, sizeof(guint32)), *of_all;
    guint64 n = topology->of ? topology->of->len : scenario->nodes->len;

    for (guint64 i = 0; i < n; i++) {
        guint64 at = (2 * i + 1) * measured->len / (2 * n);
        guint32 degree = (guint32)g_array_index(measured, gint64, at);

        g_array_append_val(degrees, degree);
    }
    scn_draw_some(degrees, degrees->len, scenario->seed, "degree", name);
    if (!topology->of)
        return degrees;
    of_all = g_array_new(FALSE, TRUE, sizeof(guint32));
    g_array_set_size(of_all, scenario->nodes->len);
    for (guint i = 0; i < topology->of->len; i++)
        g_array_index(of_all, guint32, g_array_index(topology->of, guint32, i)) =
            g_array_index(degrees, guint32, i);
    g_array_unref(degrees);
    return of_all;
}

void
scn_resolve_topology(ScnResolver *resolver, const ScnStmt *stmt)
{
    TopologyRecord record = {.topology = {.hub = SCN_NONE, .place = scn_place(resolver, stmt)}};
    ScnTopology *topology = &record.topology;
    guint before = resolver->errors->found;

    if (!stmt->word) {
        scn_import(resolver, stmt);
        return;
    }
    if (!find_kind(resolver, stmt, &topology->kind))
        return;
    if (topology->kind == SCN_TOPOLOGY_REGIONS)
        topology->k = REGION_LINKS;
    scn_apply_table(resolver, stmt, &scn_topology_options, forms[topology->kind].takes, &record);
    topology->number = number_of(resolver->scenario, topology->kind);
    if (record.measured) {
        topology->degrees = deal_degrees(resolver->scenario, record.measured, topology);
        g_array_unref(record.measured);
    }
    /* Skip this if nodes were refused: their number is unknown */
    if (has_options(resolver, stmt, topology->kind) && before == 0 &&
        resolver->errors->found == 0 && check_k(resolver, &record) &&
        (topology->kind != SCN_TOPOLOGY_REGIONS || check_regions(resolver, stmt)))
        check_size(resolver, stmt->word_span, topology);
    g_array_append_val(resolver->scenario->topologies, *topology);
}

void
scn_resolve_default_topology(ScnResolver *resolver)
{
    ScnTopology mesh = {.kind = SCN_TOPOLOGY_MESH, .hub = SCN_NONE};
    gsize length;

    scn_source_line(resolver->sources->pdata[0], 1, &length);
    if (resolver->errors->found == 0)
        check_size(resolver, (ScnSpan){0, 0, (guint32)length}, &mesh);
    g_array_append_val(resolver->scenario->topologies, mesh);
}
