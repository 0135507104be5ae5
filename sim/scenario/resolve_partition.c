/* Partitions: the groups that each form makes.
 *
 * The groups stand between bars, or one of the named forms below makes them. The run makes random
 * groups when the action fires.
 */
#include "sim/scenario/action.h"
#include "sim/scenario/resolve.h"

#include <string.h>

static const ScnExpr *
expr_at(const ScnStmt *stmt, guint i)
{
    return stmt->exprs->pdata[i];
}

static void
add_group(ScnItem *item, GArray *nodes)
{
    g_ptr_array_add(item->groups, nodes);
}

static void
resolve_groups(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    guint count = resolver->scenario->nodes->len;
    g_autofree guint8 *seen = g_new0(guint8, count + 1);

    for (guint i = 0; i < stmt->exprs->len; i++) {
        const ScnExpr *expr = expr_at(stmt, i);
        GArray *nodes = scn_resolve_nodes(resolver, expr, true);
        if (!nodes)
            continue;
        add_group(item, nodes);
        for (guint j = 0; j < nodes->len; j++) {
            guint32 node = g_array_index(nodes, guint32, j);
            if (seen[node]) {
                scn_report(resolver, expr->span, NULL, "'%s' is on two sides",
                           g_array_index(resolver->scenario->nodes, ScnNode, node).name);
                break;
            }
            seen[node] = 1;
        }
    }
}

/* Splits all nodes in order of declaration; the first half is the larger one; `via` is in both. */
static void
split_in_halves(ScnResolver *resolver, ScnItem *item, guint32 via)
{
    guint32 count = resolver->scenario->nodes->len, others = count - (via != SCN_NONE), taken = 0;
    GArray *halves[2] = {g_array_new(FALSE, FALSE, sizeof(guint32)),
                         g_array_new(FALSE, FALSE, sizeof(guint32))};

    for (guint32 node = 0; node < count; node++) {
        bool second = taken >= (others + 1) / 2;
        if (node == via || !second)
            g_array_append_val(halves[0], node);
        if (node == via || second)
            g_array_append_val(halves[1], node);
        taken += node != via;
    }
    add_group(item, halves[0]);
    add_group(item, halves[1]);
}

static void
form_bridge(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, const ScnExpr *via)
{
    guint32 node;
    if (!via)
        scn_report(resolver, stmt->word_span, "write partition bridge via=a1",
                   "a bridge needs its node");
    else if (scn_resolve_node(resolver, via, &node))
        split_in_halves(resolver, item, node);
}

static void
form_random(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, const ScnExpr *via)
{
    const ScnExpr *call = expr_at(stmt, 0);
    guint64 count;

    (void)via;
    if (call->kind != SCN_EXPR_CALL || scn_expr_count(call) != 1) {
        scn_report(resolver, call->span, "write partition random(2)",
                   "'random' needs the number of groups");
        return;
    }
    if (scn_need_count(resolver, scn_expr_at(call, 0), "random", 2, 1000, &count))
        item->count = (guint32)count;
    item->form = SCN_PARTITION_RANDOM;
}

static void
form_halves(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, const ScnExpr *via)
{
    (void)stmt, (void)via;
    split_in_halves(resolver, item, SCN_NONE);
}

static void
form_isolate(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, const ScnExpr *via)
{
    (void)via;
    item->form = SCN_PARTITION_ISOLATE;
    item->set = scn_resolve_drawn_set(resolver, expr_at(stmt, 0));
}

static void
form_ring(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, const ScnExpr *via)
{
    (void)resolver, (void)stmt, (void)via;
    item->form = SCN_PARTITION_RING;
}

/* ---- the table ---- */

static const ScnPartitionWord words[] = {
    {"halves", "", form_halves, "partition halves",
     "two halves in order of declaration; the first takes the odd node"},
    {"isolate", "s", form_isolate, "partition isolate n", "n apart from the rest"},
    {"bridge", "", form_bridge, "partition bridge via=n",
     "two halves of the other nodes, with n in both"},
    {"ring", "", form_ring, "partition ring",
     "each node hears only its two neighbours in order of declaration"},
    {"random", "c", form_random, "partition random(K)", "K groups, drawn at random"},
};

const ScnPartitionWord *
scn_partition_word_find(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i].word, word) == 0)
            return &words[i];
    }
    return NULL;
}

const ScnPartitionWord *
scn_partition_word_get(guint index)
{
    return index < G_N_ELEMENTS(words) ? &words[index] : NULL;
}

void
scn_resolve_partition(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, const ScnExpr *via)
{
    item->groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    if (stmt->word)
        scn_partition_word_find(stmt->word)->resolve(resolver, stmt, item, via);
    else
        resolve_groups(resolver, stmt, item);
}
