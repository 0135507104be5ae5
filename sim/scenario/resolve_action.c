/* Actions: a table of what each takes, and one function a form.
 *
 * The parser has read an action's parts by its form; here they become sets, numbers and cuts. What
 * depends on the state of the run (whether a node is down, which cut stands) is the run's to judge.
 */
#include "sim/scenario/resolve.h"

#include <string.h>

const char *const scn_message_names[] = {
    "handshake",
    "new-transaction",
    "new-block",
    "request-chain",
    "response-chain",
    "sync-request",
    "sync-response",
    "peer-list",
    "ack",
    "inventory",
    "get-data",
    "not-found",
    "compact-block",
    "get-block-txs",
    "block-txs",
    "keep-alive",
    "get-peers",
    "get-payments",
    NULL,
};

static const ScnOption *
find_option(const ScnStmt *stmt, const char *name)
{
    for (guint i = 0; i < stmt->options->len; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);
        if (strcmp(option->name, name) == 0)
            return option;
    }
    return NULL;
}

static const ScnExpr *
part(const ScnStmt *stmt, guint i)
{
    return stmt->exprs->pdata[i];
}

/* ---- cuts ---- */

static bool
makes_cut(const char *action)
{
    static const char *const words[] = {"partition", "oneway", "cut", NULL};
    return g_strv_contains(words, action);
}

static void
declare_cut(ScnResolver *resolver, const ScnStmt *item)
{
    GArray *cuts = resolver->scenario->cuts;
    ScnCut cut = {.place = scn_place(resolver, item)};
    const ScnOption *option = find_option(item, "name");
    const ScnExpr *name = option ? option->values->pdata[0] : NULL;

    if (name && name->kind == SCN_EXPR_NAME) {
        cut.name = g_strdup(name->name);
        scn_declare(resolver, SCN_NAME_CUT, cut.name, cuts->len, name->span);
    }
    g_array_append_val(cuts, cut);
}

void
scn_declare_cuts(ScnResolver *resolver)
{
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        for (guint j = 0; j < stmt->items->len; j++) {
            const ScnStmt *item = stmt->items->pdata[j];
            if (item->kind == SCN_STMT_ACTION && makes_cut(item->name))
                declare_cut(resolver, item);
        }
    }
}

/* ---- options ---- */

typedef struct {
    ScnResolver *resolver;
    ScnItem *item;
    guint32 style;
    gint64 by_ns;
    guint32 at_write;
    const ScnExpr *via;
} ActionRecord;

#define RECORD(field) offsetof(ActionRecord, field)

static const ScnOptSpec cut_specs[] = {
    {"name", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static const ScnOptSpec oneway_specs[] = {
    {"style", SCN_OPT_WORD, RECORD(style), "drop hold slow", 0, 0, NULL},
    {"by", SCN_OPT_TIME, RECORD(by_ns), NULL, 1, 0, "ms"},
    {"name", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static const ScnOptSpec partition_specs[] = {
    {"style", SCN_OPT_WORD, RECORD(style), "drop hold slow", 0, 0, NULL},
    {"by", SCN_OPT_TIME, RECORD(by_ns), NULL, 1, 0, "ms"},
    {"name", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"via", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static const ScnOptSpec impair_specs[] = {
    {"msg", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static const ScnOptSpec crash_specs[] = {
    {"at-write", SCN_OPT_COUNT, RECORD(at_write), NULL, 1, 1000000000, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static const ScnOptSpec churn_specs[] = {
    {"session", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"absence", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static const ScnOptSpec no_specs[] = {{NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL}};

static char *
message_words(void)
{
    return g_strjoinv(" ", (char **)scn_message_names);
}

/* msg=a,b: the bits of those kinds. */
static bool
own_kinds(ScnResolver *resolver, const ScnOption *option, ScnItem *item)
{
    g_autofree char *words = message_words();
    item->kinds = 0;
    for (guint i = 0; i < option->values->len; i++) {
        guint kind;
        if (!scn_need_word(resolver, option->values->pdata[i], "msg", words, &kind))
            return false;
        item->kinds |= 1u << kind;
    }
    return true;
}

static bool
action_own(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ActionRecord *record = data;
    if (strcmp(option->name, "msg") == 0)
        return own_kinds(resolver, option, record->item);
    const ScnExpr *value = scn_option_value(resolver, option);
    if (!value)
        return false;
    if (strcmp(option->name, "session") == 0)
        return scn_resolve_dist(resolver, value, "session", &record->item->session);
    if (strcmp(option->name, "absence") == 0)
        return scn_resolve_dist(resolver, value, "absence", &record->item->absence);
    if (strcmp(option->name, "via") == 0) {
        record->via = value;
        return true;
    }
    if (value->kind != SCN_EXPR_NAME && value->kind != SCN_EXPR_BAD)
        scn_report(resolver, value->span, NULL, "the name of a cut is due here");
    return value->kind == SCN_EXPR_NAME;
}

static guint64
read_options(ScnResolver *resolver, const ScnStmt *stmt, const ScnOptSpec *specs,
             ActionRecord *record)
{
    return scn_apply_options(resolver, stmt, specs, record, action_own, record);
}

/* for T; without it SCN_TIME_NONE. */
static void
resolve_for(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    const ScnExpr *length = stmt->clauses[SCN_CLAUSE_FOR];
    if (length && scn_need_time(resolver, length, "for", &item->for_ns) && item->for_ns == 0)
        scn_report(resolver, length->span, NULL, "'for' must be above 0");
}

/* ---- partitions ---- */

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
        const ScnExpr *expr = part(stmt, i);
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

/* In order of declaration, the first half takes the odd one; `via` is in both. */
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
resolve_bridge(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, const ScnExpr *via)
{
    guint32 node;
    if (!via)
        scn_report(resolver, stmt->word_span, "write partition bridge via=a1",
                   "a bridge needs its node");
    else if (scn_resolve_node(resolver, via, &node))
        split_in_halves(resolver, item, node);
}

static void
resolve_random_groups(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    const ScnExpr *call = part(stmt, 0);
    guint64 count;
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
resolve_named_partition(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                        const ScnExpr *via)
{
    if (strcmp(stmt->word, "halves") == 0) {
        split_in_halves(resolver, item, SCN_NONE);
    } else if (strcmp(stmt->word, "bridge") == 0) {
        resolve_bridge(resolver, stmt, item, via);
    } else if (strcmp(stmt->word, "ring") == 0) {
        item->form = SCN_PARTITION_RING;
    } else if (strcmp(stmt->word, "random") == 0) {
        resolve_random_groups(resolver, stmt, item);
    } else {
        item->form = SCN_PARTITION_ISOLATE;
        item->set = scn_resolve_drawn_set(resolver, part(stmt, 0));
    }
}

/* What all cuts have: their style, their length and their number. */
static void
resolve_cut_options(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                    const ScnOptSpec *specs, ActionRecord *record)
{
    read_options(resolver, stmt, specs, record);
    item->style = (ScnStyle)record->style;
    item->by_ns = record->by_ns;
    const ScnOption *by = find_option(stmt, "by");
    if (by && item->style != SCN_STYLE_SLOW)
        scn_report(resolver, by->name_span, "write style=slow", "'by' goes with style=slow");
    else if (!by && item->style == SCN_STYLE_SLOW)
        scn_report(resolver, find_option(stmt, "style")->name_span, "add by=200ms",
                   "style=slow needs by=");
    resolve_for(resolver, stmt, item);
}

static void
resolve_partition(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    ActionRecord record = {.item = item};
    const ScnOption *via = find_option(stmt, "via");
    bool bridge = stmt->word && strcmp(stmt->word, "bridge") == 0;

    item->kind = SCN_ITEM_PARTITION;
    item->groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    resolve_cut_options(resolver, stmt, item, partition_specs, &record);
    if (via && !bridge)
        scn_report(resolver, via->name_span, "leave it out", "'via' goes with a bridge");
    if (stmt->word)
        resolve_named_partition(resolver, stmt, item, record.via);
    else
        resolve_groups(resolver, stmt, item);
}

static void
resolve_two_sets(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->set = scn_resolve_drawn_set(resolver, part(stmt, 0));
    item->other = scn_resolve_drawn_set(resolver, part(stmt, 1));
}

static void
resolve_oneway(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    ActionRecord record = {.item = item};
    item->kind = SCN_ITEM_ONEWAY;
    resolve_two_sets(resolver, stmt, item);
    resolve_cut_options(resolver, stmt, item, oneway_specs, &record);
}

/* It closes connections: what a partition's style does to messages has no meaning here. */
static void
resolve_cut(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    ActionRecord record = {.item = item};
    item->kind = SCN_ITEM_CUT;
    resolve_two_sets(resolver, stmt, item);
    resolve_cut_options(resolver, stmt, item, cut_specs, &record);
}

static void
resolve_heal(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = SCN_ITEM_HEAL;
    item->cut = SCN_NONE;
    if (stmt->exprs->len > 0)
        scn_resolve_thing(resolver, part(stmt, 0), SCN_NAME_CUT, "cut", &item->cut);
}

/* ---- links ---- */

static void
resolve_impair(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    static const char *const words[] = {"loss", "delay", "duplicate", "reorder", "corrupt", NULL};
    ActionRecord record = {.item = item};
    guint which = 0;

    while (strcmp(words[which], stmt->name) != 0)
        which++;
    item->kind = SCN_ITEM_IMPAIR;
    item->impair = (ScnImpair)which;
    item->kinds = G_MAXUINT32;
    resolve_two_sets(resolver, stmt, item);
    if (item->impair == SCN_IMPAIR_DELAY)
        scn_need_time(resolver, part(stmt, 2), "delay", &item->time_ns);
    else
        scn_need_portion(resolver, part(stmt, 2), stmt->name, &item->portion);
    read_options(resolver, stmt, impair_specs, &record);
    resolve_for(resolver, stmt, item);
}

static void
resolve_join_edge(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = SCN_ITEM_JOIN_EDGE;
    resolve_two_sets(resolver, stmt, item);
    resolve_for(resolver, stmt, item);
}

/* ---- nodes ---- */

static void
resolve_crash(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    ActionRecord record = {.item = item};
    item->kind = SCN_ITEM_CRASH;
    item->set = scn_resolve_drawn_set(resolver, part(stmt, 0));
    read_options(resolver, stmt, crash_specs, &record);
    item->count = record.at_write;
    item->wipe = stmt->wipe;
    item->torn = stmt->torn;
    if (item->torn && item->count == 0)
        scn_report(resolver, stmt->keyword, "add at-write=1",
                   "a torn write needs to know which: at-write=");
    resolve_for(resolver, stmt, item);
    resolver->scenario->keeps_records = true;
}

/* A node that is up is stopped first, so what it saved is read here too. */
static void
resolve_restart(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = SCN_ITEM_RESTART;
    item->set = scn_resolve_drawn_set(resolver, part(stmt, 0));
    resolver->scenario->keeps_records = true;
}

static void
resolve_churn(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    ActionRecord record = {.item = item};
    guint before = resolver->errors->found;
    item->kind = SCN_ITEM_CHURN;
    item->set = scn_resolve_drawn_set(resolver, part(stmt, 0));
    if (read_options(resolver, stmt, churn_specs, &record) != 3 &&
        resolver->errors->found == before)
        scn_report(resolver, stmt->keyword, "as in session=exponential(1h) absence=10m",
                   "'churn' needs session= and absence=");
    resolve_for(resolver, stmt, item);
}

static bool
need_offset(ScnResolver *resolver, const ScnExpr *expr, gint64 *ret_ns)
{
    ScnQuantity quantity;
    if (!scn_need(resolver, expr, "clock", SCN_DIM_TIME, "s", &quantity))
        return false;
    *ret_ns = (gint64)quantity.value;
    return true;
}

static void
resolve_clock(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = SCN_ITEM_CLOCK;
    item->set = scn_resolve_drawn_set(resolver, part(stmt, 0));
    need_offset(resolver, part(stmt, 1), &item->time_ns);
}

#define POWER_MAX 100 /* times what the network begins with */

/* More than 100 % is a network that has grown. */
static bool
need_power(ScnResolver *resolver, const ScnExpr *expr, ScnNumber *ret_power)
{
    ScnQuantity quantity;
    if (!scn_need(resolver, expr, "hash", SCN_DIM_NUMBER, "%", &quantity))
        return false;
    if (quantity.value < 0 || quantity.value > POWER_MAX * SCN_ONE) {
        scn_report(resolver, expr->span, "write a share such as 60%", "'hash' must be in 0%%..%d%%",
                   POWER_MAX * 100);
        return false;
    }
    *ret_power = quantity.value;
    return true;
}

static void
resolve_hash(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = SCN_ITEM_HASH;
    item->set = scn_resolve_drawn_set(resolver, part(stmt, 0));
    need_power(resolver, part(stmt, 1), &item->portion);
}

static void
resolve_eclipse(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = SCN_ITEM_ECLIPSE;
    resolve_two_sets(resolver, stmt, item);
    resolve_for(resolver, stmt, item);
}

static void
resolve_mining(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = SCN_ITEM_MINING;
    item->on = strcmp(stmt->word, "on") == 0;
    item->set = scn_resolve_drawn_set(resolver, part(stmt, 0));
}

/* One node, or one drawn. */
static ScnSet *
resolve_one(ScnResolver *resolver, const ScnExpr *expr)
{
    ScnSet *set = scn_resolve_drawn_set(resolver, expr);
    bool many = set && (set->random > 1 || (set->nodes && set->nodes->len > 1));

    if (many)
        scn_report(resolver, expr->span, "as in a1", "one node is due here, not a set");
    return set;
}

static void
resolve_mine(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    guint64 count = 1;
    item->kind = SCN_ITEM_MINE;
    item->block = SCN_NONE;
    if (stmt->exprs->len > 1)
        scn_need_count(resolver, part(stmt, 0), "mine", 1, 100000, &count);
    if (stmt->clauses[SCN_CLAUSE_AS])
        scn_resolve_thing(resolver, stmt->clauses[SCN_CLAUSE_AS], SCN_NAME_BLOCK, "block",
                          &item->block);
    if (stmt->clauses[SCN_CLAUSE_AS] && count > 1)
        scn_report(resolver, stmt->clause_spans[SCN_CLAUSE_AS], "mine one at a time",
                   "one block is due where it gets a name");
    item->count = (guint32)count;
    item->set = resolve_one(resolver, part(stmt, stmt->exprs->len - 1));
}

static void
resolve_submit(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = SCN_ITEM_SUBMIT;
    scn_resolve_thing(resolver, part(stmt, 0), SCN_NAME_TX, "transaction", &item->tx);
    item->set = resolve_one(resolver, part(stmt, 1));
}

/* ---- messages made by hand ---- */

/* deliver and announce: what, from whom, to whom. */
static void
resolve_deliver(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = strcmp(stmt->name, "deliver") == 0 ? SCN_ITEM_DELIVER : SCN_ITEM_ANNOUNCE;
    scn_resolve_thing(resolver, part(stmt, 0), SCN_NAME_BLOCK, "block", &item->block);
    item->set = resolve_one(resolver, part(stmt, 1));
    item->other = resolve_one(resolver, part(stmt, 2));
}

static void
resolve_reconnect(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->kind = SCN_ITEM_RECONNECT;
    resolve_two_sets(resolver, stmt, item);
}

/* ---- the table ---- */

typedef void (*Resolve)(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item);

/* plain: restart and its like, which take a set and nothing else. */
typedef struct {
    const char *word;
    Resolve resolve;
    ScnItemKind plain;
    bool lasts;   /* takes for */
    bool options; /* reads its own */
} Action;

static const Action actions[] = {
    {"partition", resolve_partition, 0, true, true},
    {"heal", resolve_heal, 0, false, false},
    {"oneway", resolve_oneway, 0, true, true},
    {"cut", resolve_cut, 0, true, true},
    {"join-edge", resolve_join_edge, 0, true, false},
    {"loss", resolve_impair, 0, true, true},
    {"delay", resolve_impair, 0, true, true},
    {"duplicate", resolve_impair, 0, true, true},
    {"reorder", resolve_impair, 0, true, true},
    {"corrupt", resolve_impair, 0, true, true},
    {"crash", resolve_crash, 0, true, true},
    {"restart", resolve_restart, 0, false, false},
    {"pause", NULL, SCN_ITEM_PAUSE, true, false},
    {"resume", NULL, SCN_ITEM_RESUME, false, false},
    {"leave", NULL, SCN_ITEM_LEAVE, true, false},
    {"join", NULL, SCN_ITEM_JOIN, false, false},
    {"clock", resolve_clock, 0, false, false},
    {"hash", resolve_hash, 0, false, false},
    {"mining", resolve_mining, 0, false, false},
    {"mine", resolve_mine, 0, false, false},
    {"submit", resolve_submit, 0, false, false},
    {"eclipse", resolve_eclipse, 0, true, false},
    {"churn", resolve_churn, 0, true, true},
    {"deliver", resolve_deliver, 0, false, false},
    {"announce", resolve_deliver, 0, false, false},
    {"reconnect", resolve_reconnect, 0, false, false},
};

static const Action *
find_action(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (strcmp(actions[i].word, word) == 0)
            return &actions[i];
    }
    return NULL;
}

/* `for` and `as` where they mean nothing, options where there are none. */
static void
refuse_extras(ScnResolver *resolver, const ScnStmt *stmt, const Action *action)
{
    bool crash = action->resolve == resolve_crash;
    if (!action->options)
        scn_apply_options(resolver, stmt, no_specs, NULL, NULL, NULL);
    if (!action->lasts && stmt->clauses[SCN_CLAUSE_FOR])
        scn_report(resolver, stmt->clause_spans[SCN_CLAUSE_FOR], "leave it out",
                   "'%s' takes no for", stmt->name);
    if (strcmp(stmt->name, "mine") != 0 && stmt->clauses[SCN_CLAUSE_AS])
        scn_report(resolver, stmt->clause_spans[SCN_CLAUSE_AS], "leave it out", "'%s' takes no as",
                   stmt->name);
    if (!crash && (stmt->wipe || stmt->torn))
        scn_report(resolver, stmt->keyword, "leave it out", "'%s' takes no wipe or torn",
                   stmt->name);
}

void
scn_resolve_action(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, guint32 *next_cut)
{
    const Action *action = find_action(stmt->name);

    item->for_ns = SCN_TIME_NONE;
    if (makes_cut(stmt->name))
        item->cut = (*next_cut)++;
    refuse_extras(resolver, stmt, action);
    if (action->resolve) {
        action->resolve(resolver, stmt, item);
        return;
    }
    item->kind = action->plain;
    item->set = scn_resolve_drawn_set(resolver, part(stmt, 0));
    resolve_for(resolver, stmt, item);
}
