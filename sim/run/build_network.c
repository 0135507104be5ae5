/* Builds topologies, edges and links; see build_network.h. */
#include "sim/run/build_network.h"

#include "sim/engine/assert.h"
#include "sim/net/topology.h"
#include "sim/run/link_option.h"
#include "sim/world/fault.h"

#include <string.h>

#define LINK_CLASSES_MAX 2000000 /* slightly below the network's own limit */
#define PARETO_SHIFT (5 * SIM_MS)
#define POLL_LINKS 4096 /* a few milliseconds */

/* Polls now and then. Returns false with an error if building must stop. */
static bool
go_on(const SimBuildOptions *options, guint links, GError **error)
{
    if (options->poll == NULL || links % POLL_LINKS != 0 || options->poll(options->poll_user))
        return true;
    g_set_error_literal(error, SIM_RUN_ERROR, SIM_RUN_ERROR_STOPPED,
                        "stopped while the world was built");
    return false;
}

/* -- links ---------------------------------------------------------------------------------- */

SimDistribution
sim_build_distribution(const SimNet *net, const ScnDist *dist)
{
    int64_t parameter = (int64_t)(dist->shape / (SCN_ONE / SIM_PPB));

    switch (dist->kind) {
    case SCN_DIST_CONSTANT:
        return sim_distribution_constant(dist->a);
    case SCN_DIST_UNIFORM:
        return sim_distribution_uniform(dist->a, dist->b);
    case SCN_DIST_NORMAL:
        return sim_distribution_normal(dist->a, dist->b);
    case SCN_DIST_LOGNORMAL:
        return sim_distribution_lognormal(dist->a, parameter);
    case SCN_DIST_EXPONENTIAL:
        return sim_distribution_exponential(dist->a);
    case SCN_DIST_PARETO:
        return sim_distribution_pareto(dist->a, parameter);
    case SCN_DIST_EMPIRICAL:
        return sim_distribution_empirical(sim_net_times(net, dist->table));
    case SCN_DIST_MATRIX:
        break; /* in links only: see matrix_latency */
    }
    sim_assert(!"a distribution");
    return sim_distribution_constant(0);
}

/* Returns the Pareto distribution of SimBlock (Aoki et al., arXiv 1901.09777): scale mean - 5 ms
 * and shape mean / 5 ms give exactly this mean. */
static SimDistribution
matrix_latency(const ScnScenario *scenario, const ScnDist *dist, uint32_t src, uint32_t dst)
{
    const ScnMatrix *matrix = g_ptr_array_index(scenario->matrices, dist->table);
    uint32_t from = g_array_index(scenario->nodes, ScnNode, src).region;
    uint32_t to = g_array_index(scenario->nodes, ScnNode, dst).region;
    SimTime mean;

    sim_assert(from < matrix->count);
    sim_assert(to < matrix->count);
    mean = matrix->means_ns[from * matrix->count + to];
    sim_assert(mean >= 0);
    if (!matrix->spread)
        return sim_distribution_constant(mean);
    return sim_distribution_pareto(mean - PARETO_SHIFT, mean * (SIM_PPB / PARETO_SHIFT));
}

static gint
compare_nodes(gconstpointer a, gconstpointer b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static bool
holds(const GArray *nodes, uint32_t node)
{
    return g_array_binary_search((GArray *)nodes, &node, compare_nodes, NULL);
}

static gint
compare_pairs(gconstpointer a, gconstpointer b)
{
    const ScnLinkPair *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

/* Returns the link that a rule sets for an edge, or NULL. */
static const ScnLink *
rule_link(const ScnLinkRule *rule, uint32_t src, uint32_t dst)
{
    const ScnLinkPair wanted = {src, dst, 0};
    guint at;

    if (rule->pairs != NULL) {
        if (!g_array_binary_search(rule->pairs, &wanted, compare_pairs, &at))
            return NULL;
        return &g_array_index(rule->values, ScnLink,
                              g_array_index(rule->pairs, ScnLinkPair, at).link);
    }
    if (rule->every_edge || (holds(rule->from, src) && holds(rule->to, dst)) ||
        (rule->both_ways && holds(rule->from, dst) && holds(rule->to, src)))
        return &rule->link;
    return NULL;
}

static void
apply_rule(SimLinkSpec *spec, const SimNet *net, const ScnScenario *scenario, guint rule,
           uint32_t edge)
{
    uint32_t src = sim_net_edge_src(net, edge), dst = sim_net_edge_dst(net, edge);
    const ScnLink *link = rule_link(g_ptr_array_index(scenario->links, rule), src, dst);

    if (link == NULL)
        return;
    sim_link_apply(spec, link);
    if (!scn_link_sets(link, "latency"))
        return;
    spec->latency = link->latency.kind == SCN_DIST_MATRIX
                        ? matrix_latency(scenario, &link->latency, src, dst)
                        : sim_build_distribution(net, &link->latency);
}

static SimLinkSpec
link_of(const SimNet *net, const ScnScenario *scenario, uint32_t edge)
{
    SimLinkSpec spec = sim_link_standard(scenario);

    for (guint i = 0; i < scenario->links->len; i++)
        apply_rule(&spec, net, scenario, i, edge);
    return spec;
}

void
sim_build_link(void *user, SimNet *net, uint32_t edge)
{
    SimLinkSpec spec = link_of(net, user, edge);

    if (sim_link_spec_check(&spec, NULL) && sim_net_class_count(net) < LINK_CLASSES_MAX)
        sim_net_set_link(net, edge, &spec);
}

/* Cannot fail: the same lines were checked at the start. */
uint32_t
sim_build_edge(SimWorld *world, const ScnScenario *scenario, uint32_t a, uint32_t b)
{
    SimNet *net = sim_world_net(world);
    uint32_t edge = sim_net_add_edge(net, a, b);

    sim_build_link((void *)scenario, net, edge);
    sim_build_link((void *)scenario, net, edge ^ 1);
    return sim_world_connect(world, a, b);
}

/* -- all links at once ---------------------------------------------------------------------- */

/* For each node the rules that name it, ascending, at rules[starts[i]] … rules[starts[i + 1]]. An
 * edge needs only the rules of its two ends and those for every edge. */
typedef struct {
    size_t *starts;
    guint *rules;
    GArray *everywhere; /* guint */
    SimLinkSpec standard;
} RuleIndex;

static void
count_or_place(const ScnScenario *scenario, RuleIndex *index, size_t *at, guint *last)
{
    for (guint i = 0; i < scenario->links->len; i++) {
        const ScnLinkRule *rule = g_ptr_array_index(scenario->links, i);
        const GArray *sets[] = {rule->from, rule->to};

        for (guint s = 0; s < G_N_ELEMENTS(sets) && !rule->every_edge; s++) {
            for (guint k = 0; k < sets[s]->len; k++) {
                guint32 node = g_array_index(sets[s], guint32, k);

                if (last[node] == i + 1)
                    continue;
                last[node] = i + 1;
                if (index->rules != NULL)
                    index->rules[at[node]] = i;
                at[node]++;
            }
        }
    }
}

static void
rule_index_init(RuleIndex *index, const ScnScenario *scenario)
{
    size_t n = scenario->nodes->len, total = 0;
    g_autofree guint *last = g_new0(guint, n + 1);
    g_autofree size_t *at = g_new0(size_t, n + 1);

    index->standard = sim_link_standard(scenario);
    index->rules = NULL;
    count_or_place(scenario, index, at, last);
    index->starts = g_new(size_t, n + 1);
    for (size_t i = 0; i <= n; i++) {
        index->starts[i] = total;
        total += at[i];
    }
    memcpy(at, index->starts, (n + 1) * sizeof *at);
    memset(last, 0, (n + 1) * sizeof *last);
    index->rules = g_new(guint, total + 1);
    count_or_place(scenario, index, at, last);
    index->everywhere = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < scenario->links->len; i++) {
        const ScnLinkRule *rule = g_ptr_array_index(scenario->links, i);

        if (rule->every_edge || rule->pairs != NULL)
            g_array_append_val(index->everywhere, i);
    }
}

static void
rule_index_clear(RuleIndex *index)
{
    g_free(index->starts);
    g_free(index->rules);
    g_array_unref(index->everywhere);
}

/* Must agree with link_of(). */
static SimLinkSpec
link_by_index(const SimNet *net, const ScnScenario *scenario, const RuleIndex *index, uint32_t edge)
{
    uint32_t src = sim_net_edge_src(net, edge), dst = sim_net_edge_dst(net, edge);
    size_t a = index->starts[src], a_end = index->starts[src + 1];
    size_t b = index->starts[dst], b_end = index->starts[dst + 1];
    SimLinkSpec spec = index->standard;
    guint every = 0;

    for (;;) {
        guint next;

        while (a < a_end && b < b_end && index->rules[a] != index->rules[b]) {
            if (index->rules[a] < index->rules[b])
                a++;
            else
                b++;
        }
        next = a < a_end && b < b_end ? index->rules[a] : G_MAXUINT;
        while (every < index->everywhere->len &&
               g_array_index(index->everywhere, guint, every) < next)
            apply_rule(&spec, net, scenario, g_array_index(index->everywhere, guint, every++),
                       edge);
        if (next == G_MAXUINT)
            return spec;
        apply_rule(&spec, net, scenario, next, edge);
        a++;
        b++;
    }
}

static const char *
set_link(SimNet *net, const ScnScenario *scenario, const RuleIndex *index, uint32_t edge)
{
    SimLinkSpec spec = link_by_index(net, scenario, index, edge);
    const char *why;

    if (!sim_link_spec_check(&spec, &why))
        return why;
    if (sim_net_class_count(net) >= LINK_CLASSES_MAX)
        return "there are more than 2000000 different links";
    sim_net_set_link(net, edge, &spec);
    return NULL;
}

static bool
set_links(SimNet *net, const ScnScenario *scenario, const SimBuildOptions *options, GError **error)
{
    const char *why = NULL;
    bool ok = true;
    RuleIndex index;

    rule_index_init(&index, scenario);
    for (uint32_t edge = 0; edge < sim_net_edge_count(net) && ok && why == NULL; edge++) {
        ok = go_on(options, edge, error);
        why = set_link(net, scenario, &index, edge);
        if (why != NULL)
            g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO, "link %s -> %s: %s",
                        sim_net_node_name(net, sim_net_edge_src(net, edge)),
                        sim_net_node_name(net, sim_net_edge_dst(net, edge)), why);
    }
    rule_index_clear(&index);
    return ok && why == NULL;
}

/* -- topologies ----------------------------------------------------------------------------- */

static const SimTopology kinds[] = {
    [SCN_TOPOLOGY_MESH] = SIM_TOPOLOGY_MESH,
    [SCN_TOPOLOGY_STAR] = SIM_TOPOLOGY_STAR,
    [SCN_TOPOLOGY_LINE] = SIM_TOPOLOGY_LINE,
    [SCN_TOPOLOGY_RING] = SIM_TOPOLOGY_RING,
    [SCN_TOPOLOGY_NONE] = SIM_TOPOLOGY_NONE,
    [SCN_TOPOLOGY_TREE] = SIM_TOPOLOGY_TREE,
    [SCN_TOPOLOGY_REGULAR] = SIM_TOPOLOGY_REGULAR,
    [SCN_TOPOLOGY_RANDOM] = SIM_TOPOLOGY_RANDOM,
    [SCN_TOPOLOGY_SMALLWORLD] = SIM_TOPOLOGY_SMALLWORLD,
    [SCN_TOPOLOGY_SCALEFREE] = SIM_TOPOLOGY_SCALEFREE,
    [SCN_TOPOLOGY_OUTBOUND] = SIM_TOPOLOGY_OUTBOUND,
    [SCN_TOPOLOGY_DEGREES] = SIM_TOPOLOGY_DEGREES,
    [SCN_TOPOLOGY_REGIONS] = SIM_TOPOLOGY_REGIONS,
};

/* The properties of nodes that topology generators read. */
typedef struct {
    uint64_t *keys;
    bool *no_listen;
    uint32_t *regions;
} NodeTable;

static void
node_table_init(NodeTable *table, const SimNet *net, const ScnScenario *scenario)
{
    guint n = scenario->nodes->len;

    table->keys = g_new(uint64_t, n + 1);
    table->no_listen = g_new(bool, n + 1);
    table->regions = g_new(uint32_t, n + 1);
    for (guint i = 0; i < n; i++) {
        const ScnNode *node = &g_array_index(scenario->nodes, ScnNode, i);

        table->keys[i] = sim_net_node_key(net, i);
        table->no_listen[i] = node->no_listen;
        table->regions[i] = node->region;
    }
}

static void
node_table_clear(NodeTable *table)
{
    g_free(table->keys);
    g_free(table->no_listen);
    g_free(table->regions);
}

/* Returns "outbound", or "outbound 2" for the second of a file. */
static char *
drawing_name(const ScnTopology *topology)
{
    const char *kind = scn_topology_form(topology->kind)->word;

    return topology->number == 0 ? g_strdup(kind)
                                 : g_strdup_printf("%s %u", kind, topology->number + 1);
}

static const char *
advice_for(const ScnTopology *topology)
{
    switch (topology->kind) {
    case SCN_TOPOLOGY_REGULAR:
        return "with k=3 and more nearly all are; for k=2 write topology ring";
    case SCN_TOPOLOGY_RANDOM:
        return "write a larger p=, or topology outbound k=8";
    case SCN_TOPOLOGY_SMALLWORLD:
        return "write a larger k= or a smaller p=";
    default:
        return "write a larger k=, or let more nodes listen";
    }
}

/* Returns advice for a random graph that is not connected: from p = (ln n + 3) / n on, few of n
 * nodes are expected to have no link. ln n is at most 0.6932 for each binary digit of n. */
static char *
advice_on_p(const ScnTopology *topology, guint n)
{
    uint64_t digits = g_bit_storage(n), percent_e4 = (digits * 6932 + 30000) * 100 / MAX(n, 1);

    if (topology->kind != SCN_TOPOLOGY_RANDOM || percent_e4 >= 1000000)
        return g_strdup(advice_for(topology));
    return g_strdup_printf("write p=%" G_GUINT64_FORMAT ".%04" G_GUINT64_FORMAT
                           "%% or more, or topology outbound k=8",
                           percent_e4 / 10000, percent_e4 % 10000);
}

static void
report_unconnected(const ScnScenario *scenario, const ScnTopology *topology, GError **error)
{
    g_autofree char *advice = advice_on_p(topology, scenario->nodes->len);
    g_autofree char *place = scn_scenario_place(scenario, topology->place, ": ");

    g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO,
                "%snone of the graphs drawn for 'topology %s' was connected: %s", place,
                scn_topology_form(topology->kind)->word, advice);
}

/* Returns for each node whether it is in the set; NULL for no set, which means all. */
static bool *
members_of(const GArray *set, guint n)
{
    bool *members = set ? g_new0(bool, n) : NULL;

    for (guint i = 0; set && i < set->len; i++)
        members[g_array_index(set, guint32, i)] = true;
    return members;
}

/* Returns how many links each node has in the one graph of all `topology degrees` lines. */
static uint32_t *
all_degrees(const ScnScenario *scenario)
{
    guint n = scenario->nodes->len;
    uint32_t *degrees = g_new0(uint32_t, n + 1);

    for (guint i = 0; i < scenario->topologies->len; i++) {
        const ScnTopology *line = &g_array_index(scenario->topologies, ScnTopology, i);
        guint count = line->of ? line->of->len : n;

        for (guint k = 0; line->kind == SCN_TOPOLOGY_DEGREES && k < count; k++) {
            guint32 node = line->of ? g_array_index(line->of, guint32, k) : k;

            degrees[node] = line->degrees ? g_array_index(line->degrees, guint32, node) : line->k;
        }
    }
    return degrees;
}

/* Returns how many links each node opens or has, or NULL: k for all. */
static uint32_t *
links_of_nodes(const ScnScenario *scenario, const ScnTopology *topology)
{
    if (topology->kind == SCN_TOPOLOGY_DEGREES)
        return all_degrees(scenario);
    if (topology->degrees == NULL)
        return NULL;
    return g_memdup2(topology->degrees->data, topology->degrees->len * sizeof(uint32_t));
}

static bool
add_topology(GArray *pairs, const ScnScenario *scenario, const ScnTopology *topology,
             const NodeTable *table)
{
    g_autofree char *name = drawing_name(topology);
    g_autofree bool *opens = members_of(topology->of, scenario->nodes->len);
    g_autofree bool *takes = members_of(topology->to, scenario->nodes->len);
    g_autofree uint32_t *ks = links_of_nodes(scenario, topology);
    const SimTopologySpec spec = {
        .kind = kinds[topology->kind],
        .n = scenario->nodes->len,
        .hub = topology->hub,
        .k = topology->k,
        .ks = ks,
        .p_ppt = (uint64_t)(topology->p / (SCN_ONE / (ScnNumber)SIM_PPT)),
        .seed = scenario->seed,
        .name = name,
        .keys = table->keys,
        .opens = opens,
        .takes = takes,
        .no_listen = table->no_listen,
        .regions = table->regions,
        .region_count = scenario->regions->len,
        .inbound = scenario->protocol.inbound,
    };

    return sim_topology_build(pairs, &spec);
}

static bool
add_topologies(GArray *pairs, const SimNet *net, const ScnScenario *scenario, GError **error)
{
    bool ok = true;
    NodeTable table;

    node_table_init(&table, net, scenario);
    for (guint i = 0; i < scenario->topologies->len && ok; i++) {
        const ScnTopology *topology = &g_array_index(scenario->topologies, ScnTopology, i);

        if (topology->kind == SCN_TOPOLOGY_DEGREES && topology->number > 0)
            continue; /* the first line has made the graph of all */
        ok = add_topology(pairs, scenario, topology, &table);
        if (!ok)
            report_unconnected(scenario, topology, error);
    }
    node_table_clear(&table);
    return ok;
}

/* Closes the way back of a pair that only one-way edges join in that direction. */
static bool
shut_ways_back(SimNet *net, const ScnScenario *scenario, const GArray *both_ways,
               const SimBuildOptions *options, GError **error)
{
    g_autofree bool *carries = g_new0(bool, (size_t)sim_net_edge_count(net) + 1);

    for (guint i = 0; i < both_ways->len; i++) {
        SimPair pair = g_array_index(both_ways, SimPair, i);
        uint32_t edge = sim_net_find_edge(net, pair.a, pair.b);

        if (!go_on(options, i, error))
            return false;
        carries[edge] = carries[edge ^ 1] = true;
    }
    for (guint i = 0; i < scenario->edges->len; i++) {
        const ScnEdge *way = &g_array_index(scenario->edges, ScnEdge, i);
        uint32_t edge = sim_net_find_edge(net, way->a, way->b);

        carries[edge] = true;
        carries[edge ^ 1] |= !way->one_way;
    }
    for (uint32_t edge = 0; edge < sim_net_edge_count(net); edge++)
        if (!carries[edge])
            sim_net_shut_edge(net, edge);
    return true;
}

bool
sim_build_network(SimWorld *world, const ScnScenario *scenario, const SimBuildOptions *options,
                  GError **error)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(SimPair));
    SimNet *net = sim_world_net(world);

    if (!add_topologies(pairs, net, scenario, error))
        return false;
    for (guint i = 0; i < pairs->len; i++) {
        SimPair pair = g_array_index(pairs, SimPair, i);

        if (!go_on(options, i, error))
            return false;
        sim_world_connect(world, pair.a, pair.b);
    }
    for (guint i = 0; i < scenario->edges->len; i++) {
        const ScnEdge *edge = &g_array_index(scenario->edges, ScnEdge, i);

        if (!go_on(options, i, error))
            return false;
        sim_world_connect(world, edge->a, edge->b);
    }
    return shut_ways_back(net, scenario, pairs, options, error) &&
           set_links(net, scenario, options, error);
}
