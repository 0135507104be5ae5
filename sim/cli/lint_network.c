/* Lints of the graph: parts without a link, empty regions, a mesh that is too large. */
#include "sim/cli/lint_impl.h"

#include "sim/io/text.h"

#define MESH_NODES 2000 /* a mesh of that many takes seconds and gigabytes */

guint32
lint_sets_find(guint32 *parents, guint32 node)
{
    while (parents[node] != node)
        node = parents[node] = parents[parents[node]];
    return node;
}

guint32 *
lint_sets_new(const Lint *lint)
{
    guint count = lint->scenario->nodes->len;
    guint32 *parents = g_new(guint32, count + 1);

    for (guint32 i = 0; i < count; i++)
        parents[i] = i;
    return parents;
}

bool
lint_is_script(const Lint *lint, guint32 node)
{
    return g_array_index(lint->scenario->nodes, ScnNode, node).role == SCN_ROLE_SCRIPT;
}

/* Joins the members of each pool, because they share their blocks. */
static void
join_pools(const Lint *lint, guint32 *parents)
{
    const ScnScenario *scenario = lint->scenario;
    g_autofree guint32 *first = g_new0(guint32, scenario->strategies->len + 1); /* node + 1 */

    for (guint32 i = 0; i < scenario->nodes->len; i++) {
        guint32 strategy = g_array_index(scenario->nodes, ScnNode, i).strategy;

        if (strategy == SCN_NONE ||
            g_array_index(scenario->strategies, ScnStrategy, strategy).is_alone)
            continue;
        if (first[strategy] != 0)
            parents[lint_sets_find(parents, i)] = lint_sets_find(parents, first[strategy] - 1);
        first[strategy] = first[strategy] != 0 ? first[strategy] : i + 1;
    }
}

/* Counts the parts of the network, and those of one node. Leaves out nodes of scripts, which
 * connect by themselves. */
static void
count_parts(const Lint *lint, guint *ret_parts, guint *ret_alone)
{
    const SimNet *net = lint->network->net;
    guint count = lint->scenario->nodes->len;
    g_autofree guint32 *parents = lint_sets_new(lint), *sizes = g_new0(guint32, count + 1);

    for (uint32_t edge = 0; edge < sim_net_edge_count(net); edge++)
        parents[lint_sets_find(parents, sim_net_edge_src(net, edge))] =
            lint_sets_find(parents, sim_net_edge_dst(net, edge));
    join_pools(lint, parents);
    for (guint32 i = 0; i < count; i++)
        sizes[lint_sets_find(parents, i)] += !lint_is_script(lint, i);
    *ret_parts = *ret_alone = 0;
    for (guint32 i = 0; i < count; i++) {
        *ret_parts += sizes[i] > 0;
        *ret_alone += sizes[i] == 1;
    }
}

/* Returns whether the file joins its nodes by `edge` lines alone. */
static bool
is_laid_out(const ScnScenario *scenario)
{
    bool laid_out = scenario->edges->len > 0;

    for (guint i = 0; i < scenario->topologies->len; i++)
        laid_out = laid_out &&
                   g_array_index(scenario->topologies, ScnTopology, i).kind == SCN_TOPOLOGY_NONE;
    return laid_out;
}

/* Warns of a network in parts. Leaves out parts that are laid out by hand, and scenarios that make
 * no block: their authors mean it. */
void
lint_unconnected(Lint *lint)
{
    guint parts, alone;

    if (lint->scenario->protocol.discovery || lint->scenario->scripts->len > 0)
        return;
    count_parts(lint, &parts, &alone);
    g_autofree char *lonely = io_count(alone, "node");
    if (parts <= 1 || (alone == 0 && (is_laid_out(lint->scenario) || lint_count_blocks(lint) == 0)))
        return;
    if (alone == 0)
        lint_warn(lint, lint_nowhere, "the network is not connected: it falls into %u parts",
                  parts);
    else
        lint_warn(lint, lint_nowhere,
                  "the network is not connected: it falls into %u parts, and %s %s no link", parts,
                  lonely, alone == 1 ? "has" : "have");
}

/* Leaves out scenarios whose nodes draw their regions: a small one may stay empty by chance. */
void
lint_empty_regions(Lint *lint)
{
    for (guint i = 0; !lint->scenario->draws_regions && i < lint->network->regions->len; i++) {
        if (g_array_index(lint->network->regions, guint32, i) == 0)
            lint_warn(lint, lint_nowhere, "no node is in the region '%s'",
                      (const char *)g_ptr_array_index(lint->scenario->regions, i));
    }
}

void
lint_large_mesh(Lint *lint)
{
    guint64 nodes = lint->scenario->nodes->len;

    for (guint i = 0; nodes >= MESH_NODES && i < lint->scenario->topologies->len; i++) {
        const ScnTopology *topology = &g_array_index(lint->scenario->topologies, ScnTopology, i);

        if (topology->kind == SCN_TOPOLOGY_MESH)
            lint_warn(lint, topology->place,
                      "a full mesh of %" G_GUINT64_FORMAT " nodes has %" G_GUINT64_FORMAT
                      " links; topology outbound k=8 has %" G_GUINT64_FORMAT,
                      nodes, nodes * (nodes - 1) / 2, nodes * 8);
    }
}
