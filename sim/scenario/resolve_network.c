/* Edges and links. */
#include "sim/scenario/resolve.h"

#include <stddef.h>
#include <string.h>

#define EDGES_MAX 16000000 /* total of all edge lines */

/* ---- link options ---- */

/* Reads gilbert(…). good and bad default to 0 and 100 %; the probabilities of changing state are
 * required. */
static bool
resolve_gilbert(ScnResolver *resolver, const ScnExpr *call, ScnLink *link)
{
    static const char usage[] = "write gilbert(good=0, bad=100%, to-bad=1%, to-good=20%)";
    struct {
        const char *name;
        ScnNumber *field;
        bool given;
    } values[] = {{"good", &link->loss, false},
                  {"bad", &link->bad_loss, false},
                  {"to-bad", &link->to_bad, false},
                  {"to-good", &link->to_good, false}};

    link->loss = 0;
    link->bad_loss = SCN_ONE;
    for (guint i = 0; i < scn_expr_count(call); i++) {
        const ScnArg *arg = &g_array_index(call->args, ScnArg, i);
        guint at = 0;

        while (at < G_N_ELEMENTS(values) && g_strcmp0(values[at].name, arg->name) != 0)
            at++;
        if (at == G_N_ELEMENTS(values) || values[at].given) {
            scn_report(resolver, arg->name ? arg->name_span : arg->value->span, usage,
                       "'gilbert' takes good=, bad=, to-bad= and to-good=, once each");
            return false;
        }
        values[at].given = true;
        if (!scn_need_portion(resolver, arg->value, values[at].name, values[at].field))
            return false;
    }
    if (values[2].given && values[3].given)
        return true;
    scn_report(resolver, call->span, usage, "'gilbert' needs to-bad= and to-good=");
    return false;
}

static bool
own_loss(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnLink *link = data;
    const ScnExpr *value = scn_option_value(resolver, option);
    const ScnExpr *call = value ? scn_follow(resolver, value) : NULL;

    if (call && call->kind == SCN_EXPR_CALL && strcmp(call->name, "gilbert") == 0)
        return resolve_gilbert(resolver, call, link);
    return value && scn_need_portion(resolver, value, "loss", &link->loss);
}

static bool
own_latency(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnLink *link = data;
    const ScnExpr *value = scn_option_value(resolver, option);
    const ScnExpr *call = value ? scn_follow(resolver, value) : NULL;

    if (call && call->kind == SCN_EXPR_CALL && strcmp(call->name, "matrix") == 0)
        return scn_resolve_matrix(resolver, call, &link->latency);
    return value && scn_resolve_dist(resolver, value, "latency", SCN_DIM_TIME, &link->latency);
}

#define LINK(field) offsetof(ScnLink, field)

static const ScnOptRow link_rows[] = {
    SCN_ROW_OWN("latency", own_latency, "50ms", "0 and more, or a distribution",
                "delay in one direction"),
    SCN_ROW_FLAG("draw", LINK(per_link), "message link", "message",
                 "message: each message draws its latency. link: all messages of a link have one "
                 "draw, the same in both directions"),
    SCN_ROW_FLAG("cut-through", LINK(cut_through), "no yes", "no",
                 "yes: messages take the latency alone, and no time on `uplink`, `downlink` and "
                 "`rate`: the link of a relay that sends each bit on as it comes in"),
    SCN_ROW("min", TIME, LINK(min_ns), NULL, 0, 0, "ms", "0", "lower bound of the latency"),
    SCN_ROW("jitter", TIME, LINK(jitter_ns), NULL, 0, 0, "ms", "0",
            "adds a uniform random time from 0 to this"),
    SCN_ROW("small", TIME, LINK(small_ns), NULL, 0, 0, "ms", "0",
            "added to messages of fewer than 1000 bytes"),
    SCN_ROW_OWN("loss", own_loss, "0", "0% to 100%, or `gilbert(…)`",
                "probability that a message is lost: each by itself, or in runs"),
    SCN_ROW_SHARE("duplicate", LINK(duplicate), "0",
                  "probability that a message that is not lost arrives a second time, later, with "
                  "a latency of its own"),
    SCN_ROW_SHARE("reorder", LINK(reorder), "0",
                  "probability that a message takes one more sample of the latency; the messages "
                  "behind it do not wait"),
    SCN_ROW_SHARE(
        "corrupt", LINK(corrupt), "0",
        "probability that a message is damaged; its checksum fails and the receiver drops it"),
    SCN_ROW("rate", RATE, LINK(rate_bps), "none", 1, 0, "Mbps", "none",
            "bandwidth of the line; a message occupies the line for its size ÷ rate"),
    SCN_ROW("queue", SIZE, LINK(queue_bytes), NULL, 0, 0, "kB", "1MB",
            "how much may wait for the line; more is dropped; needs `rate`"),
    SCN_ROW_FLAG("order", LINK(fifo), "any fifo", "fifo",
                 "fifo: a message never arrives before an earlier one of the same edge"),
    SCN_ROW_FLAG("transport", LINK(stream), "datagram stream", "datagram",
                 "datagram: a lost message stays lost. stream: see below"),
};

const ScnOptTable scn_link_options = {"link", link_rows, G_N_ELEMENTS(link_rows), NULL};

ScnLink
scn_resolve_link_options(ScnResolver *resolver, const ScnStmt *stmt)
{
    ScnLink link = resolver->scenario->link_standard;

    link.set = (guint32)scn_apply_table(resolver, stmt, &scn_link_options, NULL, &link);
    return link;
}

/* ---- statements ---- */

static void
add_edges(ScnResolver *resolver, const ScnStmt *stmt, const GArray *from, const GArray *to)
{
    GArray *edges = resolver->scenario->edges;
    guint before = edges->len;

    if ((guint64)from->len * to->len > EDGES_MAX - MIN(edges->len, EDGES_MAX)) {
        scn_report(resolver, stmt->keyword, "use topology", "these are too many edges");
        return;
    }
    for (guint i = 0; i < from->len; i++) {
        for (guint j = 0; j < to->len; j++) {
            ScnEdge edge = {g_array_index(from, guint32, i), g_array_index(to, guint32, j),
                            stmt->word != NULL, scn_place(resolver, stmt)};
            if (edge.a != edge.b)
                g_array_append_val(edges, edge);
        }
    }
    if (edges->len == before)
        scn_report(resolver, stmt->keyword, NULL, "an edge joins two nodes");
}

static void
resolve_edge(ScnResolver *resolver, const ScnStmt *stmt)
{
    g_autoptr(ScnLinkRule) rule = g_new0(ScnLinkRule, 1);
    rule->from = scn_resolve_nodes(resolver, stmt->exprs->pdata[0], true);
    rule->to = scn_resolve_nodes(resolver, stmt->exprs->pdata[1], true);
    rule->link = scn_resolve_link_options(resolver, stmt);
    rule->both_ways = stmt->word == NULL;
    rule->place = scn_place(resolver, stmt);
    if (!rule->from || !rule->to)
        return;
    add_edges(resolver, stmt, rule->from, rule->to);
    scn_check_matrix(resolver, stmt, rule);
    if (rule->link.set)
        g_ptr_array_add(resolver->scenario->links, g_steal_pointer(&rule));
}

static void
resolve_link(ScnResolver *resolver, const ScnStmt *stmt)
{
    g_autoptr(ScnLinkRule) rule = g_new0(ScnLinkRule, 1);
    const ScnExpr *first = stmt->exprs->pdata[0];
    bool pair = stmt->exprs->len > 1;

    rule->place = scn_place(resolver, stmt);
    rule->link = scn_resolve_link_options(resolver, stmt);
    rule->every_edge = !pair && first->kind == SCN_EXPR_NAME && strcmp(first->name, "all") == 0;
    rule->both_ways = pair && strcmp(stmt->word, "<->") == 0;
    if (rule->every_edge) {
        rule->from = g_array_new(FALSE, FALSE, sizeof(guint32));
        rule->to = g_array_ref(rule->from);
    } else {
        rule->from = scn_resolve_nodes(resolver, first, true);
        if (pair)
            rule->to = scn_resolve_nodes(resolver, stmt->exprs->pdata[1], true);
        else if (rule->from)
            rule->to = g_array_ref(rule->from);
    }
    if (!rule->from || !rule->to)
        return;
    scn_check_matrix(resolver, stmt, rule);
    g_ptr_array_add(resolver->scenario->links, g_steal_pointer(&rule));
}

void
scn_resolve_network(ScnResolver *resolver)
{
    bool topology = false;
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        topology |= stmt->kind == SCN_STMT_TOPOLOGY;
        if (stmt->kind == SCN_STMT_TOPOLOGY)
            scn_resolve_topology(resolver, stmt);
        else if (stmt->kind == SCN_STMT_EDGE)
            resolve_edge(resolver, stmt);
        else if (stmt->kind == SCN_STMT_LINK)
            resolve_link(resolver, stmt);
    }
    if (!topology)
        scn_resolve_default_topology(resolver);
}
