/* topology: its kind, its options, and what cannot be. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/import.h"
#include "sim/scenario/word.h"

#include <stddef.h>
#include <string.h>

#define LINKS_MAX 16000000 /* of all topologies together */
#define REGION_LINKS 4     /* that a node opens within its region */

const char *const scn_topology_names[] = {
    "mesh",   "star",       "line",      "ring",     "none",    "tree", "regular",
    "random", "smallworld", "scalefree", "outbound", "regions", NULL,
};

enum { GIVEN_HUB = 1 << 0, GIVEN_K = 1 << 1, GIVEN_P = 1 << 2 };

typedef struct {
    ScnTopology topology;
    const ScnOption *hub, *k, *p;
} TopologyRecord;

static const ScnOptSpec none_specs[] = {{NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL}};
static const ScnOptSpec hub_specs[] = {
    {"hub", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};
static const ScnOptSpec k_specs[] = {
    {"k", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};
static const ScnOptSpec p_specs[] = {
    {"p", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};
static const ScnOptSpec k_p_specs[] = {
    {"k", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"p", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};
static const ScnOptSpec m_specs[] = {
    {"m", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

/* In the order of ScnTopologyKind. `needs` are the options that must be there. */
static const struct {
    const ScnOptSpec *specs;
    guint needs;
    const char *usage;
} forms[] = {
    {none_specs, 0, NULL},
    {hub_specs, GIVEN_HUB, "write star hub=a1"},
    {none_specs, 0, NULL},
    {none_specs, 0, NULL},
    {none_specs, 0, NULL},
    {k_specs, GIVEN_K, "write tree k=2"},
    {k_specs, GIVEN_K, "write regular k=8"},
    {p_specs, GIVEN_P, "write random p=0.1"},
    {k_p_specs, GIVEN_K | GIVEN_P, "write smallworld k=6 p=0.1"},
    {m_specs, GIVEN_K, "write scalefree m=4"},
    {k_specs, GIVEN_K, "write outbound k=8"},
    {k_specs, 0, NULL},
};

static bool
own(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    TopologyRecord *record = data;
    const ScnExpr *value = scn_option_value(resolver, option);
    guint64 count;

    if (strcmp(option->name, "hub") == 0) {
        record->hub = option;
        return value && scn_resolve_node(resolver, value, &record->topology.hub);
    }
    if (strcmp(option->name, "p") == 0) {
        record->p = option;
        return value && scn_need_portion(resolver, value, "p", &record->topology.p);
    }
    record->k = option;
    if (!value || !scn_need_count(resolver, value, option->name, 1, SCN_NODES_MAX, &count))
        return false;
    record->topology.k = (guint32)count;
    return true;
}

static ScnSpan
value_span(const ScnOption *option)
{
    return ((const ScnExpr *)option->values->pdata[0])->span;
}

/* Links that this topology has, or is to have in the mean. */
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
    case SCN_TOPOLOGY_REGIONS:
        return MIN((ScnNumber)n * topology->k, mesh);
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

/* k against the number of nodes. */
static bool
check_k(ScnResolver *resolver, const TopologyRecord *record)
{
    guint64 n = resolver->scenario->nodes->len, k = record->topology.k;
    ScnTopologyKind kind = record->topology.kind;

    if (!record->k || kind == SCN_TOPOLOGY_TREE || kind == SCN_TOPOLOGY_REGIONS)
        return true;
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
    for (guint i = 0; scn_topology_names[i]; i++) {
        if (strcmp(stmt->word, scn_topology_names[i]) != 0)
            continue;
        *ret_kind = (ScnTopologyKind)i;
        return true;
    }
    g_autofree char *help =
        g_strdup_printf("write %s", scn_word_nearest(stmt->word, scn_topology_names));
    scn_report(resolver, stmt->word_span, help, "unknown topology '%s'", stmt->word);
    return false;
}

/* Whether all options that it needs are there, be they right or not. */
static bool
has_options(ScnResolver *resolver, const ScnStmt *stmt, const TopologyRecord *record)
{
    guint kind = record->topology.kind, needs = forms[kind].needs;

    if ((!(needs & GIVEN_HUB) || record->hub) && (!(needs & GIVEN_K) || record->k) &&
        (!(needs & GIVEN_P) || record->p))
        return true;
    if (kind == SCN_TOPOLOGY_STAR)
        scn_report(resolver, stmt->word_span, forms[kind].usage, "a star needs its hub");
    else
        scn_report(resolver, stmt->word_span, forms[kind].usage, "'%s' needs %s", stmt->word,
                   needs & GIVEN_P                  ? needs & GIVEN_K ? "k= and p=" : "p="
                   : kind == SCN_TOPOLOGY_SCALEFREE ? "m="
                                                    : "k=");
    return false;
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
    scn_apply_options(resolver, stmt, forms[topology->kind].specs, &record, own, &record);
    topology->number = number_of(resolver->scenario, topology->kind);
    /* Of nodes that were not understood there may be more. */
    if (has_options(resolver, stmt, &record) && before == 0 && resolver->errors->found == 0 &&
        check_k(resolver, &record) &&
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
