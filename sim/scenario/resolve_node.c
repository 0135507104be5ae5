/* Nodes: their options, and their shares of the mining power. */
#include "sim/scenario/resolve.h"

#include <stddef.h>
#include <string.h>

#define MEMPOOL_BYTES 5000000
#define RELAY_NOT_GIVEN G_MAXUINT32

typedef struct {
    guint32 role, port, relay, listen;
    gint64 mempool, start, clock, validate;
    ScnNumber drift;
    const ScnOption *region, *uplink, *downlink;
    bool share_given;
    ScnNumber share;
    ScnSpan share_span;
} NodeRecord;

#define NODE(field) offsetof(NodeRecord, field)
#define DRIFT_MAX (SCN_ONE / 10) /* of a clock, either way */

static const ScnOptSpec node_specs[] = {
    {"share", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"role", SCN_OPT_WORD, offsetof(NodeRecord, role), "miner full script", 0, 0, NULL},
    {"port", SCN_OPT_COUNT, offsetof(NodeRecord, port), NULL, 1, 65535, NULL},
    {"region", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"clock", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"drift", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"uplink", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"downlink", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"listen", SCN_OPT_WORD, NODE(listen), "yes no", 0, 0, NULL},
    {"mempool", SCN_OPT_SIZE, offsetof(NodeRecord, mempool), NULL, 1, 0, "MB"},
    {"validate", SCN_OPT_TIME, NODE(validate), NULL, 0, 0, "ms"},
    {"start", SCN_OPT_TIME, NODE(start), NULL, 0, 0, "m"},
    {"relay", SCN_OPT_WORD, offsetof(NodeRecord, relay), "flood inventory compact", 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static bool
own_clock(ScnResolver *resolver, const ScnExpr *value, NodeRecord *record)
{
    ScnQuantity quantity;
    if (!scn_need(resolver, value, "clock", SCN_DIM_TIME, "s", &quantity))
        return false;
    record->clock = (gint64)quantity.value;
    return true;
}

static bool
own_drift(ScnResolver *resolver, const ScnExpr *value, NodeRecord *record)
{
    ScnQuantity quantity;
    if (!scn_need(resolver, value, "drift", SCN_DIM_NUMBER, "ppm", &quantity))
        return false;
    if (quantity.value > DRIFT_MAX || quantity.value < -DRIFT_MAX) {
        scn_report(resolver, value->span, NULL, "'drift' must be in -10%%..10%%");
        return false;
    }
    record->drift = quantity.value;
    return true;
}

static bool
node_own(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    NodeRecord *record = data;
    const ScnOption **later = strcmp(option->name, "region") == 0     ? &record->region
                              : strcmp(option->name, "uplink") == 0   ? &record->uplink
                              : strcmp(option->name, "downlink") == 0 ? &record->downlink
                                                                      : NULL;
    if (later) {
        *later = option; /* once the nodes, and their regions, are known */
        return true;
    }
    const ScnExpr *value = scn_option_value(resolver, option);

    if (strcmp(option->name, "clock") == 0)
        return value && own_clock(resolver, value, record);
    if (strcmp(option->name, "drift") == 0)
        return value && own_drift(resolver, value, record);
    record->share_given = true;
    resolver->shares_given = true;
    if (!value || !scn_need_portion(resolver, value, "share", &record->share)) {
        resolver->shares_bad = true;
        return false;
    }
    record->share_span = value->span;
    resolver->share_span = value->span;
    return true;
}

static guint32
find_or_add_group(ScnResolver *resolver, const char *name)
{
    GArray *groups = resolver->scenario->groups;
    gpointer index;
    if (g_hash_table_lookup_extended(resolver->group_index, name, NULL, &index))
        return GPOINTER_TO_UINT(index);
    ScnNodeGroup group = {g_strdup(name), g_array_new(FALSE, FALSE, sizeof(guint32))};
    g_array_append_val(groups, group);
    g_hash_table_insert(resolver->group_index, group.name, GUINT_TO_POINTER(groups->len - 1));
    return groups->len - 1;
}

static void
add_node(ScnResolver *resolver, const ScnStmt *stmt, const ScnExpr *ref, gint64 index)
{
    ScnScenario *scenario = resolver->scenario;
    guint32 id = scenario->nodes->len;
    ScnNode node = {.index = index, .place = scn_place(resolver, stmt)};

    node.name =
        index < 0 ? g_strdup(ref->name) : g_strdup_printf("%s%" G_GINT64_FORMAT, ref->name, index);
    node.group = find_or_add_group(resolver, ref->name);
    g_array_append_val(scenario->nodes, node);
    g_array_append_val(g_array_index(scenario->groups, ScnNodeGroup, node.group).nodes, id);
    scn_declare(resolver, SCN_NAME_NODE, node.name, id, ref->span);
}

static bool
add_ref(ScnResolver *resolver, const ScnStmt *stmt, const ScnExpr *ref)
{
    guint64 first, last;
    if (strchr(ref->name, '-') || strcmp(ref->name, "all") == 0) {
        scn_report(resolver, ref->span, "a name is letters, digits and _",
                   "'%s' cannot be the name of a node", ref->name);
        return false;
    }
    if (ref->kind == SCN_EXPR_NAME) {
        add_node(resolver, stmt, ref, -1);
        return true;
    }
    if (scn_expr_count(ref) == 0) {
        scn_report(resolver, ref->span, "write a range such as [1..5]",
                   "how many nodes are there in '%s'?", ref->name);
        return false;
    }
    if (!scn_index_bounds(resolver, ref, &first, &last))
        return false;
    if (last - first >= SCN_NODES_MAX - resolver->scenario->nodes->len) {
        scn_report(resolver, ref->span, NULL, "a scenario has at most %d nodes", SCN_NODES_MAX);
        return false;
    }
    guint before = resolver->errors->found;
    for (guint64 i = first; i <= last && resolver->errors->found == before; i++)
        add_node(resolver, stmt, ref, (gint64)i);
    return true;
}

static void
fill_nodes(ScnResolver *resolver, const ScnStmt *stmt, const NodeRecord *record, guint first)
{
    GArray *nodes = resolver->scenario->nodes;
    guint count = nodes->len - first;

    for (guint i = first; i < nodes->len; i++) {
        ScnNode *node = &g_array_index(nodes, ScnNode, i);
        node->role = (ScnRole)record->role;
        node->port = record->port ? record->port + (i - first) : 0;
        node->mempool_bytes = record->mempool;
        node->own_relay = record->relay != RELAY_NOT_GIVEN;
        node->relay = node->own_relay ? (ScnRelay)record->relay : SCN_RELAY_FLOOD;
        node->start_ns = record->start;
        node->clock_ns = record->clock;
        node->drift = record->drift;
        node->validate_ns = record->validate;
        node->no_listen = record->listen == 1;
        /* Not final: share of all shares, until their sum is known. */
        node->share_num = (guint64)record->share;
        node->share_den = count;
    }
    if (count > 0 && record->port && record->port + count - 1 > 65535)
        scn_report(resolver, stmt->keyword, NULL, "the ports of this group go beyond 65535");
    if (record->role != SCN_ROLE_MINER && record->share != 0)
        scn_report(resolver, record->share_span, "only miners have hash power",
                   "a node that does not mine has no share");
}

static void
clear_regions(ScnResolver *resolver, guint first)
{
    GArray *nodes = resolver->scenario->nodes;
    for (guint i = first; i < nodes->len; i++)
        g_array_index(nodes, ScnNode, i).region = SCN_NONE;
}

void
scn_declare_nodes(ScnResolver *resolver, const ScnStmt *stmt)
{
    NodeRecord record = {.mempool = MEMPOOL_BYTES, .relay = RELAY_NOT_GIVEN};
    guint first = resolver->scenario->nodes->len;

    scn_apply_options(resolver, stmt, node_specs, &record, node_own, &record);
    for (guint i = 0; i < stmt->exprs->len; i++) {
        const ScnExpr *ref = stmt->exprs->pdata[i];
        if (ref->kind == SCN_EXPR_BAD || add_ref(resolver, stmt, ref))
            continue;
        g_hash_table_add(resolver->doubtful, g_strdup(ref->name));
        resolver->shares_bad = true;
    }
    fill_nodes(resolver, stmt, &record, first);
    if (record.region)
        scn_resolve_regions(resolver, record.region, first);
    else
        clear_regions(resolver, first);
    if (record.uplink)
        scn_resolve_node_rates(resolver, record.uplink, first);
    if (record.downlink)
        scn_resolve_node_rates(resolver, record.downlink, first);
}

/* ---- shares ---- */

static guint64
divisor_of(guint64 a, guint64 b)
{
    while (b != 0) {
        guint64 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void
set_share(ScnNode *node, guint64 num, guint64 den)
{
    guint64 divisor = num == 0 ? den : divisor_of(num, den);
    node->share_num = num / divisor;
    node->share_den = den / divisor;
}

static void
share_evenly(GArray *nodes)
{
    guint64 miners = 0;
    for (guint i = 0; i < nodes->len; i++)
        miners += g_array_index(nodes, ScnNode, i).role == SCN_ROLE_MINER;
    for (guint i = 0; i < nodes->len; i++) {
        ScnNode *node = &g_array_index(nodes, ScnNode, i);
        set_share(node, node->role == SCN_ROLE_MINER, MAX(miners, 1));
    }
}

/* The groups' shares must add up to 1; what thirds lose in the twelfth decimal is forgiven, and
 * made good by dividing by the sum. */
static void
share_as_given(ScnResolver *resolver, GArray *nodes)
{
    static const guint64 slack = 1000;
    guint64 total = 0;

    for (guint i = 0; i < nodes->len;) {
        const ScnNode *node = &g_array_index(nodes, ScnNode, i);
        total += node->share_num;
        i += (guint)node->share_den; /* on to the next statement's nodes */
    }
    if (total + slack < (guint64)SCN_ONE || total > (guint64)SCN_ONE + slack) {
        g_autofree char *sum = scn_number_text((ScnNumber)total * 100);
        scn_report(resolver, resolver->share_span, "the shares of all nodes add to 100%",
                   "the shares add to %s%%, not to 100%%", sum);
        return;
    }
    for (guint i = 0; i < nodes->len; i++) {
        ScnNode *node = &g_array_index(nodes, ScnNode, i);
        set_share(node, node->share_num, node->share_den * total);
    }
}

void
scn_resolve_shares(ScnResolver *resolver)
{
    GArray *nodes = resolver->scenario->nodes;
    if (!resolver->shares_given)
        share_evenly(nodes);
    else if (!resolver->shares_bad && resolver->errors->found == 0)
        share_as_given(resolver, nodes);
}
