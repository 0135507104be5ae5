/* Nodes: their options, and their shares of the hash power. */
#include "sim/scenario/resolve.h"
#include "sim/scenario/strategy.h"

#include <stddef.h>
#include <string.h>

typedef struct {
    ScnNode node; /* values for all nodes of the line */
    const ScnOption *region, *uplink, *downlink;
    bool exact_quota;
    ScnSpan share_span;
} NodeRecord;

#define NODE(field) offsetof(NodeRecord, node.field)
#define RECORD(field) offsetof(NodeRecord, field) /* without a standard: it has no place there */
#define DRIFT_MAX (SCN_ONE / 10)                  /* of a clock, in either direction */

static bool
own_drift(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    ScnQuantity quantity;
    if (!value || !scn_need(resolver, value, "drift", SCN_DIM_NUMBER, "ppm", &quantity))
        return false;
    if (quantity.value > DRIFT_MAX || quantity.value < -DRIFT_MAX) {
        scn_report(resolver, value->span, NULL, "'drift' must be in -10%%..10%%");
        return false;
    }
    ((ScnNode *)data)->drift = quantity.value;
    return true;
}

/* Accepts at once; the option is read when the nodes and their regions are known. */
static bool
own_later(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    NodeRecord *record = data;
    (void)resolver;
    *(option->name[0] == 'r'   ? &record->region
      : option->name[0] == 'u' ? &record->uplink
                               : &record->downlink) = option;
    return true;
}

static bool
own_validate(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnExpr *value = scn_option_value(resolver, option);

    return value && scn_need_draw(resolver, value, option->name, SCN_DIM_TIME,
                                  &((ScnNode *)data)->drawn[SCN_DRAWN_VALIDATE]);
}

static bool
own_validate_rate(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnExpr *value = scn_option_value(resolver, option);

    return value && scn_need_draw(resolver, value, option->name, SCN_DIM_RATE,
                                  &((ScnNode *)data)->drawn[SCN_DRAWN_VALIDATE_RATE]);
}

static bool
own_share(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    NodeRecord *record = data;
    const ScnExpr *value = scn_option_value(resolver, option);
    ScnNumber share;

    resolver->shares_given = true;
    if (!value || !scn_need_portion(resolver, value, "share", &share)) {
        resolver->shares_bad = true;
        return false;
    }
    record->node.share_num = (guint64)share;
    record->share_span = value->span;
    resolver->share_span = value->span;
    return true;
}

/* Accepts: scn_finish_nodes() reads it, when transactions are known. */
static bool
own_elsewhere(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    (void)resolver, (void)option, (void)data;
    return true;
}

static bool
own_without(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    return scn_resolve_without(resolver, option, &((ScnNode *)data)->without);
}

static const ScnOptRow node_rows[] = {
    SCN_ROW_WORD("role", NODE(role), "miner full script", "miner",
                 "a full node has no hash power, but `mine` works there too; a script node sends "
                 "what a `script` says"),
    SCN_ROW_OWN("share", own_share, "(see below)", "0% to 100%",
                "share of the hash power, split evenly over the nodes of the statement"),
    SCN_ROW_WORD("relay", NODE(relay), "flood inventory compact push", "(the protocol's)",
                 "how this node relays; modes may be mixed"),
    SCN_ROW("mempool", SIZE, NODE(mempool_bytes), NULL, 1, 0, "MB", "5MB",
            "size; a transaction takes 144 B; a full mempool evicts the lowest fee"),
    SCN_ROW("min-work", COUNT, NODE(min_work), NULL, 0, 1000000000, "blocks", "0",
            "headers of a chain with less work, in blocks of the first `bits`, genesis among them, "
            "are read and not kept, and no blocks of it; Bitcoin Core's minimum chain work. Not "
            "with `fork-choice=ghost`"),
    SCN_ROW("port", COUNT, NODE(port), NULL, 1, 65535, NULL, "(8001)",
            "port told in handshakes; a group counts up from it"),
    SCN_ROW_OWN("region", own_later, "(none)", "a name, or names with shares",
                "region of the nodes, [see below](#regions)"),
    SCN_ROW_FLAG("quota", RECORD(exact_quota), "drawn exact", "(drawn)",
                 "how shares of regions count: drawn: each node draws; exact: as many nodes as the "
                 "shares say"),
    SCN_ROW_OWN("uplink", own_later, "(none)",
                "none, 1bps and more, a distribution, or one of these for each region",
                "rate of sending, shared by all edges of the node; of a distribution each node "
                "draws once"),
    SCN_ROW_OWN("downlink", own_later, "(none)",
                "none, 1bps and more, a distribution, or one of these for each region",
                "upper bound on the rate of each incoming message"),
    SCN_ROW_FLAG("listen", NODE(no_listen), "yes no", "yes",
                 "whether others may open connections to it"),
    SCN_ROW_OWN("validate", own_validate, "(0)", "0 and more, or a distribution",
                "virtual time to check a block; of a distribution each node draws once"),
    SCN_ROW_OWN("validate-rate", own_validate_rate, "(none)",
                "none, 1bps and more, or a distribution",
                "checking a block takes its size ÷ this, too; of a distribution each node draws "
                "once"),
    SCN_ROW("start", TIME, NODE(start_ns), NULL, 0, 0, "m", "0",
            "the node is down until this time"),
    SCN_ROW("clock", TIME, NODE(clock_ns), NULL, -G_MAXINT64, 0, "s", "0",
            "how far its clock is ahead; behind if below 0"),
    SCN_ROW_OWN("strategy", own_elsewhere, "honest", "a [strategy](#strategies)",
                "what its miners do with the blocks they find, or the node with its messages"),
    SCN_ROW_OWN("without", own_without, "(none)", "an upgrade, or several",
                "upgrades that the nodes know nothing of"),
    SCN_ROW_OWN("drift", own_drift, "0", "-10% to 10%",
                "how much its clock runs fast; slow if below 0"),
};

const ScnOptTable scn_node_options = {"nodes", node_rows, G_N_ELEMENTS(node_rows),
                                      &scn_strategy_options};

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
        ScnNode made = record->node;

        made.name = node->name;
        made.group = node->group;
        made.index = node->index;
        made.place = node->place;
        made.port = made.port ? made.port + (i - first) : 0;
        made.region = SCN_NONE;
        made.strategy = SCN_NONE;
        /* For now the number of nodes that divide the share, until the sum of shares is known */
        made.share_den = count;
        *node = made;
    }
    if (count > 0 && record->node.port && record->node.port + count - 1 > 65535)
        scn_report(resolver, stmt->keyword, NULL, "the ports of this group go beyond 65535");
    if (record->node.role != SCN_ROLE_MINER && record->node.share_num != 0)
        scn_report(resolver, record->share_span, "only miners have hash power",
                   "a node that does not mine has no share");
}

/* Reports a quota= on a line that gives its regions no shares. */
static void
check_quota(ScnResolver *resolver, const ScnStmt *stmt, const ScnOption *region)
{
    const ScnExpr *value = region ? region->values->pdata[0] : NULL;

    for (guint i = 0; i < stmt->options->len; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);

        if (strcmp(option->name, "quota") != 0 ||
            (value && (region->values->len > 1 || value->kind == SCN_EXPR_LABELLED)))
            continue;
        scn_report(resolver, option->name_span, "write region=na:40%,eu:60%",
                   "a quota goes with shares of regions");
    }
}

void
scn_declare_nodes(ScnResolver *resolver, const ScnStmt *stmt)
{
    NodeRecord record = {.node = resolver->node_standard};
    guint first = resolver->scenario->nodes->len;

    scn_apply_table(resolver, stmt, &scn_node_options, NULL, &record);
    record.node.own_relay = scn_is_given(stmt, "relay");
    for (guint i = 0; i < stmt->exprs->len; i++) {
        const ScnExpr *ref = stmt->exprs->pdata[i];
        if (ref->kind == SCN_EXPR_BAD || add_ref(resolver, stmt, ref))
            continue;
        g_hash_table_add(resolver->doubtful, g_strdup(ref->name));
        resolver->shares_bad = true;
    }
    fill_nodes(resolver, stmt, &record, first);
    if (record.region)
        scn_resolve_regions(resolver, record.region, record.exact_quota, first);
    check_quota(resolver, stmt, record.region);
    if (record.uplink)
        scn_resolve_node_rates(resolver, record.uplink, first);
    if (record.downlink)
        scn_resolve_node_rates(resolver, record.downlink, first);
}

/* ---- strategies ---- */

/* Reports a script node with a strategy: it sends what its script says. */
static void
check_role(ScnResolver *resolver, const ScnStmt *stmt, const ScnNode *node)
{
    if (node->role == SCN_ROLE_SCRIPT)
        scn_report(resolver, stmt->keyword, "write another role",
                   "a node with role=script has no strategy");
}

/* Reports min-work where blocks beside the chain weigh: headers are not screened there. */
static void
check_min_work(ScnResolver *resolver, const ScnStmt *stmt, const ScnNode *node)
{
    if (node->min_work > 0 && resolver->scenario->chain.fork_choice == SCN_FORK_GHOST)
        scn_report(resolver, stmt->keyword, "leave out min-work, or write another fork-choice",
                   "min-work does not go with fork-choice=ghost, where side blocks weigh");
}

void
scn_finish_nodes(ScnResolver *resolver)
{
    GArray *nodes = resolver->scenario->nodes;
    guint next = 0;

    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        guint first = next;
        guint32 strategy;

        if (stmt->kind != SCN_STMT_NODES)
            continue;
        strategy = scn_resolve_strategy_of_nodes(resolver, stmt);
        while (next < nodes->len && g_array_index(nodes, ScnNode, next).place.order == stmt->order)
            g_array_index(nodes, ScnNode, next++).strategy = strategy;
        if (next > first)
            check_min_work(resolver, stmt, &g_array_index(nodes, ScnNode, first));
        if (strategy != SCN_NONE && next > first)
            check_role(resolver, stmt, &g_array_index(nodes, ScnNode, first));
    }
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

/* Checks that the shares of all groups add up to 1. A sum off by rounding in the twelfth decimal
 * (thirds) is accepted; dividing by the sum corrects it. */
static void
share_as_given(ScnResolver *resolver, GArray *nodes)
{
    static const guint64 slack = 1000;
    guint64 total = 0;

    for (guint i = 0; i < nodes->len;) {
        const ScnNode *node = &g_array_index(nodes, ScnNode, i);
        total += node->share_num;
        i += (guint)node->share_den; /* first node of the next statement */
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
