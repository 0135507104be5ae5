/* Actions: their table, and what only one of them needs.
 *
 * The parser has split an action by its form; here the parts become sets, numbers and cuts.
 * Whatever depends on the state of the run (is a node down, which cut is in force) is checked
 * during the run.
 */
#include "sim/scenario/action.h"
#include "sim/scenario/strategy.h"

#include <string.h>

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
expr_at(const ScnStmt *stmt, guint i)
{
    return stmt->exprs->pdata[i];
}

/* ---- cuts ---- */

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
            if (item->kind == SCN_STMT_ACTION && item->action->makes_cut)
                declare_cut(resolver, item);
        }
    }
}

/* ---- options ---- */

#define RECORD(field) offsetof(ScnActionOptions, field)

static bool
own_name(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    (void)data;
    if (value && value->kind != SCN_EXPR_NAME && value->kind != SCN_EXPR_BAD)
        scn_report(resolver, value->span, NULL, "the name of a cut is due here");
    return value && value->kind == SCN_EXPR_NAME;
}

static bool
own_via(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ((ScnActionOptions *)data)->via = scn_option_value(resolver, option);
    return ((ScnActionOptions *)data)->via != NULL;
}

/* Reads msg=a,b as bits by index of the kinds. */
static bool
own_kinds(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnItem *item = ((ScnActionOptions *)data)->item;
    g_autofree char *words = g_strjoinv(" ", (char **)scn_message_names);
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
own_times(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnItem *item = ((ScnActionOptions *)data)->item;
    const ScnExpr *value = scn_option_value(resolver, option);
    return value &&
           scn_resolve_dist(resolver, value, option->name, SCN_DIM_TIME,
                            strcmp(option->name, "session") == 0 ? &item->session : &item->absence);
}

static const ScnOptRow rows[] = {
    SCN_ROW_OWN("name", own_name, "(none)", "a name",
                "name of the cut: `heal NAME` ends it, `NAME.start` and `NAME.end` are its times"),
    SCN_ROW_WORD("style", RECORD(style), "drop hold slow", "(drop)",
                 "what happens to messages at the cut"),
    SCN_ROW("by", TIME, RECORD(by_ns), NULL, 1, 0, "ms", "(none)",
            "with `style=slow`: how much later messages pass"),
    SCN_ROW_OWN("via", own_via, "(none)", "a node", "bridge: the node that hears both halves"),
    SCN_ROW_OWN("msg", own_kinds, "(all)", "kinds of messages",
                "which messages are lost, delayed and so on: `new-block,inventory`"),
    SCN_ROW("first", COUNT, RECORD(first), NULL, 1, 1000000000, "messages", "(all)",
            "only the first K messages of these kinds that pass, over all links together, are "
            "lost, delayed and so on"),
    SCN_ROW("at-write", COUNT, RECORD(at_write), NULL, 1, 1000000000, NULL, "(none)",
            "crash in the middle of the K-th record from now"),
    SCN_ROW_OWN("session", own_times, "(must be given)", "a time or a distribution",
                "churn: how long a node stays"),
    SCN_ROW_OWN("absence", own_times, "(must be given)", "a time or a distribution",
                "churn: how long a node is away"),
};

const ScnOptTable scn_action_options = {"action", rows, G_N_ELEMENTS(rows), NULL};

/* Reads `for T`; sets SCN_TIME_NONE if there is none. */
static void
resolve_for(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    const ScnExpr *length = stmt->clauses[SCN_CLAUSE_FOR];
    if (length && scn_need_time(resolver, length, "for", &item->for_ns) && item->for_ns == 0)
        scn_report(resolver, length->span, NULL, "'for' must be above 0");
}

/* ---- what is particular to each ---- */

static void
resolve_cut(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
            const ScnActionOptions *options)
{
    const ScnOption *by = find_option(stmt, "by");

    item->style = (ScnStyle)options->style;
    item->by_ns = options->by_ns;
    if (by && item->style != SCN_STYLE_SLOW)
        scn_report(resolver, by->name_span, "write style=slow", "'by' goes with style=slow");
    else if (!by && item->style == SCN_STYLE_SLOW)
        scn_report(resolver, find_option(stmt, "style")->name_span, "add by=200ms",
                   "style=slow needs by=");
}

static void
resolve_partition(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                  const ScnActionOptions *options)
{
    const ScnOption *via = find_option(stmt, "via");
    bool bridge = stmt->word && strcmp(stmt->word, "bridge") == 0;

    resolve_cut(resolver, stmt, item, options);
    if (via && !bridge)
        scn_report(resolver, via->name_span, "leave it out", "'via' goes with a bridge");
    scn_resolve_partition(resolver, stmt, item, options->via);
}

static void
resolve_heal(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
             const ScnActionOptions *options)
{
    (void)options;
    item->cut = SCN_NONE;
    if (stmt->exprs->len > 0)
        scn_resolve_thing(resolver, expr_at(stmt, 0), SCN_NAME_CUT, "cut", &item->cut);
}

static void
resolve_impair(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
               const ScnActionOptions *options)
{
    item->count = options->first;
    item->impair = (ScnImpair)stmt->action->variant;
    if (!find_option(stmt, "msg"))
        item->kinds = G_MAXUINT32;
    if (item->impair == SCN_IMPAIR_DELAY)
        scn_need_time(resolver, expr_at(stmt, 2), "delay", &item->time_ns);
    else
        scn_need_portion(resolver, expr_at(stmt, 2), stmt->name, &item->portion);
}

static void
resolve_crash(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
              const ScnActionOptions *options)
{
    item->count = options->at_write;
    item->wipe = (stmt->flags & 1) != 0;
    item->torn = (stmt->flags & 2) != 0;
    if (item->torn && item->count == 0)
        scn_report(resolver, stmt->keyword, "add at-write=1",
                   "a torn write needs to know which: at-write=");
    resolver->scenario->keeps_records = true;
}

/* A node that is up is stopped first, so this action also reads what the node saved. */
static void
resolve_restart(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                const ScnActionOptions *options)
{
    (void)stmt, (void)item, (void)options;
    resolver->scenario->keeps_records = true;
}

static void
resolve_churn(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
              const ScnActionOptions *options)
{
    (void)item, (void)options;
    if (!find_option(stmt, "session") || !find_option(stmt, "absence"))
        scn_report(resolver, stmt->keyword, "as in session=exponential(1h) absence=10m",
                   "'churn' needs session= and absence=");
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
resolve_clock(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
              const ScnActionOptions *options)
{
    (void)options;
    need_offset(resolver, expr_at(stmt, 1), &item->time_ns);
}

#define POWER_MAX 100 /* multiple of the initial hash power */

/* Reads a hash power. A network that has grown has more than 100 %. */
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
resolve_hash(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
             const ScnActionOptions *options)
{
    (void)options;
    need_power(resolver, expr_at(stmt, 1), &item->portion);
}

static void
resolve_mining(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
               const ScnActionOptions *options)
{
    (void)resolver, (void)options;
    item->on = strcmp(stmt->word, "on") == 0;
}

static void
resolve_mine(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
             const ScnActionOptions *options)
{
    const ScnExpr *as = stmt->clauses[SCN_CLAUSE_AS];
    guint64 count = 1;

    (void)options;
    item->block = SCN_NONE;
    if (stmt->exprs->len > 1)
        scn_need_count(resolver, expr_at(stmt, 0), "mine", 1, 100000, &count);
    if (as)
        scn_resolve_thing(resolver, as, SCN_NAME_BLOCK, "block", &item->block);
    if (as && count > 1)
        scn_report(resolver, stmt->clause_spans[SCN_CLAUSE_AS], "mine one at a time",
                   "one block is due where it gets a name");
    item->count = (guint32)count;
}

static void
resolve_strategy(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                 const ScnActionOptions *options)
{
    (void)options;
    item->strategy = scn_resolve_strategy(resolver, stmt, expr_at(stmt, 1));
}

static void
resolve_withhold(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                 const ScnActionOptions *options)
{
    (void)options;
    item->strategy =
        strcmp(stmt->word, "on") == 0 ? scn_add_strategy(resolver, stmt, "withhold") : SCN_NONE;
}

/* Reads the number of blocks; `all`, or none, is 0. */
static void
resolve_release(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                const ScnActionOptions *options)
{
    const ScnExpr *first = expr_at(stmt, 0);
    guint64 count = 0;

    (void)options;
    if (stmt->exprs->len > 1 && (first->kind != SCN_EXPR_NAME || strcmp(first->name, "all") != 0))
        scn_need_count(resolver, first, "release", 1, 100000, &count);
    item->count = (guint32)count;
}

static void
resolve_submit(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
               const ScnActionOptions *options)
{
    (void)options;
    scn_resolve_thing(resolver, expr_at(stmt, 0), SCN_NAME_TX, "transaction", &item->tx);
}

static void
resolve_deliver(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                const ScnActionOptions *options)
{
    (void)options;
    scn_resolve_thing(resolver, expr_at(stmt, 0), SCN_NAME_BLOCK, "block", &item->block);
}

static void
resolve_upgrade(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                const ScnActionOptions *options)
{
    const ScnExpr *name = expr_at(stmt, 0);

    (void)options;
    resolver->scenario->keeps_records = true;
    item->upgrade = SCN_NONE;
    if (name->kind != SCN_EXPR_NAME || strcmp(name->name, "all") != 0)
        scn_resolve_thing(resolver, name, SCN_NAME_UPGRADE, "upgrade", &item->upgrade);
    else if (resolver->scenario->upgrades->len == 0)
        scn_report(resolver, name->span, "write upgrade NAME at-height=100 max-block=2MB",
                   "there is no upgrade");
}

/* A block is named, or it is the node's `tip`, or `genesis`. */
static void
resolve_hand(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
             const ScnActionOptions *options)
{
    const ScnExpr *block = expr_at(stmt, 0);

    (void)options;
    item->hand = scn_action_find(stmt->name)->variant;
    item->block = SCN_HAND_ON_TIP;
    if (block->kind == SCN_EXPR_NAME && !scn_find_name(resolver, block->name)) {
        if (strcmp(block->name, "tip") == 0)
            return;
        item->block = SCN_HAND_ON_GENESIS;
        if (strcmp(block->name, "genesis") == 0)
            return;
    }
    scn_resolve_thing(resolver, block, SCN_NAME_BLOCK, "block", &item->block);
}

/* ---- the table ---- */

#define IMPAIR(name, kind_of, how, says)                                                           \
    {                                                                                              \
        .word = name, .kind = SCN_ITEM_IMPAIR, .form = "s>sv", .variant = kind_of,                 \
        .takes = {"msg", "first"}, .lasts = true, .resolve = resolve_impair, .usage = how,         \
        .text = says                                                                               \
    }

static const ScnAction actions[] = {
    {.word = "partition",
     .kind = SCN_ITEM_PARTITION,
     .form = "|",
     .takes = {"style", "by", "name", "via"},
     .lasts = true,
     .makes_cut = true,
     .resolve = resolve_partition,
     .usage = "partition A | B | … [style=drop|hold|slow] [for T] [name=X]",
     .text = "no message passes between the groups. `style=hold`: messages wait until the cut "
             "ends, and go on in the order in which they were sent, each with its latency. "
             "`style=slow by=T`: messages pass T later"},
    {.word = "heal",
     .kind = SCN_ITEM_HEAL,
     .form = "N",
     .resolve = resolve_heal,
     .usage = "heal [X]",
     .text = "ends the cut of that name, or all cuts"},
    {.word = "oneway",
     .kind = SCN_ITEM_ONEWAY,
     .form = "s>s",
     .takes = {"style", "by", "name"},
     .lasts = true,
     .makes_cut = true,
     .resolve = resolve_cut,
     .usage = "oneway A -> B [style=drop|hold|slow] [for T] [name=X]",
     .text = "messages from A to B are lost; messages from B to A pass"},
    {.word = "cut",
     .kind = SCN_ITEM_CUT,
     .form = "ss",
     .takes = {"name"},
     .lasts = true,
     .makes_cut = true,
     .usage = "cut A B [for T] [name=X]",
     .text = "closes the connections between A and B and tells both ends; messages in flight are "
             "lost. The end of the cut opens them again. Two cuts of one connection last until "
             "both have ended"},
    {.word = "join-edge",
     .kind = SCN_ITEM_JOIN_EDGE,
     .form = "ss",
     .lasts = true,
     .usage = "join-edge A B [for T]",
     .text = "opens a closed connection, also one closed by a cut, or makes a new one; its end "
             "closes the connection"},
    IMPAIR("loss", SCN_IMPAIR_LOSS, "loss A -> B P [for T] [msg=KIND,…] [first=K]",
           "loses the share P of the messages; `msg` limits it to some kinds"),
    IMPAIR("delay", SCN_IMPAIR_DELAY, "delay A -> B +T [for T] [msg=KIND,…] [first=K]",
           "each message arrives T later"),
    IMPAIR("duplicate", SCN_IMPAIR_DUPLICATE, "duplicate A -> B P [for T] [msg=KIND,…] [first=K]",
           "the share P of the messages arrives twice"),
    IMPAIR("reorder", SCN_IMPAIR_REORDER, "reorder A -> B P [for T] [msg=KIND,…] [first=K]",
           "the share P of the messages is overtaken by others"),
    IMPAIR("corrupt", SCN_IMPAIR_CORRUPT, "corrupt A -> B P [for T] [msg=KIND,…] [first=K]",
           "flips bits in the share P of the messages; the receiver detects it and drops them"),
    {.word = "crash",
     .kind = SCN_ITEM_CRASH,
     .form = "s",
     .takes = {"at-write"},
     .flags = {"wipe", "torn"},
     .lasts = true,
     .resolve = resolve_crash,
     .usage = "crash A [for T] [wipe] [at-write=K [torn]]",
     .text = "the node loses its memory: mempool, orphans, connections. It keeps what was saved: "
             "blocks, the tip with the order of arrival, marks and the address book; with `wipe` "
             "only the address book. What others send is dropped; they are not told. `at-write=K` "
             "crashes the node in the middle of its K-th record from now; `torn` leaves half of "
             "that record written"},
    {.word = "restart",
     .kind = SCN_ITEM_RESTART,
     .form = "s",
     .resolve = resolve_restart,
     .usage = "restart A",
     .text = "starts the node again; a node that is up is stopped first"},
    {.word = "pause",
     .kind = SCN_ITEM_PAUSE,
     .form = "s",
     .lasts = true,
     .usage = "pause A [for T]",
     .text = "timers, messages and checks of blocks wait"},
    {.word = "resume",
     .kind = SCN_ITEM_RESUME,
     .form = "s",
     .usage = "resume A",
     .text = "what waited is handled in the order in which it was due"},
    {.word = "leave",
     .kind = SCN_ITEM_LEAVE,
     .form = "s",
     .lasts = true,
     .usage = "leave A [for T]",
     .text = "closes all connections of A"},
    {.word = "join",
     .kind = SCN_ITEM_JOIN,
     .form = "s",
     .usage = "join A",
     .text = "opens the connections of A again. A node that left both by `leave` and by a churn "
             "comes back when both have ended, or by `join`"},
    {.word = "churn",
     .kind = SCN_ITEM_CHURN,
     .form = "s",
     .takes = {"session", "absence"},
     .lasts = true,
     .resolve = resolve_churn,
     .usage = "churn A session=DIST absence=DIST [for T]",
     .text = "each node leaves and joins at times of its own, drawn from the distributions"},
    {.word = "clock",
     .kind = SCN_ITEM_CLOCK,
     .form = "sv",
     .resolve = resolve_clock,
     .usage = "clock A +T",
     .text = "sets the wall clock of A to T ahead of virtual time"},
    {.word = "hash",
     .kind = SCN_ITEM_HASH,
     .form = "s=v",
     .resolve = resolve_hash,
     .usage = "hash A = P",
     .text = "sets the share of hash power of all of A together, from now on; 0 is none"},
    {.word = "mining",
     .kind = SCN_ITEM_MINING,
     .form = "ws",
     .resolve = resolve_mining,
     .usage = "mining off|on A",
     .text = "stops A's mining, or starts it again"},
    {.word = "eclipse",
     .kind = SCN_ITEM_ECLIPSE,
     .form = "sbs",
     .lasts = true,
     .usage = "eclipse V by A [for T]",
     .text = "closes V's connections to nodes outside A, and refuses new ones; meanwhile A passes "
             "V nothing that was made outside A"},
    {.word = "mine",
     .kind = SCN_ITEM_MINE,
     .form = "V@o",
     .names_block = true,
     .resolve = resolve_mine,
     .usage = "mine [K] at n [as B]",
     .text = "finds one block at once, or K blocks; `as` names the block"},
    {.word = "strategy",
     .kind = SCN_ITEM_STRATEGY,
     .form = "sv",
     .options = &scn_strategy_options,
     .resolve = resolve_strategy,
     .usage = "strategy A NAME [OPTION=…]",
     .text = "gives the nodes another strategy; `honest` ends it. They leave the pools that they "
             "were in; what is withheld stays withheld"},
    {.word = "withhold",
     .kind = SCN_ITEM_STRATEGY,
     .form = "ws",
     .resolve = resolve_withhold,
     .usage = "withhold off|on A",
     .text = "`on` is `strategy A withhold`, `off` is `strategy A honest`"},
    {.word = "release",
     .kind = SCN_ITEM_RELEASE,
     .form = "V@o",
     .resolve = resolve_release,
     .usage = "release [K|all] at n",
     .text = "the pool of n publishes the oldest K blocks that it withholds, or all"},
    {.word = "submit",
     .kind = SCN_ITEM_SUBMIT,
     .form = "n@o",
     .resolve = resolve_submit,
     .usage = "submit X at n",
     .text = "gives a transaction to a node"},
    {.word = "deliver",
     .kind = SCN_ITEM_DELIVER,
     .form = "nfoto",
     .resolve = resolve_deliver,
     .usage = "deliver B from P to N",
     .text = "P sends block B to N"},
    {.word = "announce",
     .kind = SCN_ITEM_ANNOUNCE,
     .form = "nfoto",
     .resolve = resolve_deliver,
     .usage = "announce B from P to N",
     .text = "P tells N that it has block B"},
    {.word = "invalidate",
     .kind = SCN_ITEM_HAND,
     .variant = SCN_HAND_INVALIDATE,
     .form = "n@s",
     .resolve = resolve_hand,
     .usage = "invalidate B|tip|genesis at A",
     .text = "the operators of A mark a block as invalid, with all that stands on it: their nodes "
             "leave its branch, over restarts too, and hold nothing against who sends it "
             "(invalidateblock)"},
    {.word = "reconsider",
     .kind = SCN_ITEM_HAND,
     .variant = SCN_HAND_RECONSIDER,
     .form = "n@s",
     .resolve = resolve_hand,
     .usage = "reconsider B|tip|genesis at A",
     .text = "takes back such marks of the block, of those below it and of those above it "
             "(reconsiderblock)"},
    {.word = "unpark",
     .kind = SCN_ITEM_HAND,
     .variant = SCN_HAND_UNPARK,
     .form = "n@s",
     .resolve = resolve_hand,
     .usage = "unpark B|tip|genesis at A",
     .text = "a branch that `max-reorg` has parked may win after all (unparkblock)"},
    {.word = "checkpoint",
     .kind = SCN_ITEM_HAND,
     .variant = SCN_HAND_CHECKPOINT,
     .form = "n@s",
     .resolve = resolve_hand,
     .usage = "checkpoint B|tip|genesis at A",
     .text = "only branches with the block may win from now on, whatever they weigh; the last "
             "checkpoint of a node counts (finalizeblock)"},
    {.word = "upgrade",
     .kind = SCN_ITEM_UPGRADE,
     .form = "v@s",
     .resolve = resolve_upgrade,
     .usage = "upgrade NAME|all at A",
     .text = "A restart with a version that knows the upgrade, or all of them; what they found to "
             "be bad they judge anew"},
    {.word = "reconnect",
     .kind = SCN_ITEM_RECONNECT,
     .form = "ss",
     .usage = "reconnect A B",
     .text = "opens a new connection, which also lifts a ban"},
};

const ScnAction *
scn_action_find(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (strcmp(actions[i].word, word) == 0)
            return &actions[i];
    }
    return NULL;
}

const ScnAction *
scn_action_get(guint index)
{
    return index < G_N_ELEMENTS(actions) ? &actions[index] : NULL;
}

/* ---- all of them ---- */

/* Reports `for` and `as` on actions that do not accept them. */
static void
refuse_extras(ScnResolver *resolver, const ScnStmt *stmt)
{
    if (!stmt->action->lasts && stmt->clauses[SCN_CLAUSE_FOR])
        scn_report(resolver, stmt->clause_spans[SCN_CLAUSE_FOR], "leave it out",
                   "'%s' takes no for", stmt->name);
    if (!stmt->action->names_block && stmt->clauses[SCN_CLAUSE_AS])
        scn_report(resolver, stmt->clause_spans[SCN_CLAUSE_AS], "leave it out", "'%s' takes no as",
                   stmt->name);
}

/* Resolves a set of exactly one node, named or drawn. */
static ScnSet *
resolve_one(ScnResolver *resolver, const ScnExpr *expr)
{
    ScnSet *set = scn_resolve_drawn_set(resolver, expr);
    bool many = set && (set->random > 1 || (set->nodes && set->nodes->len > 1));

    if (many)
        scn_report(resolver, expr->span, "as in a1", "one node is due here, not a set");
    return set;
}

/* Resolves the sets of the form, from the last to the first because an optional part comes first.
 */
static void
resolve_sets(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    guint at = stmt->exprs->len;
    ScnSet *last = NULL;

    for (const char *part_of = strchr(stmt->action->form, '\0');
         part_of-- > stmt->action->form && at > 0;) {
        if (*part_of == 's' || *part_of == 'o') {
            const ScnExpr *expr = expr_at(stmt, --at);

            item->other = last;
            last = item->set = *part_of == 's' ? scn_resolve_drawn_set(resolver, expr)
                                               : resolve_one(resolver, expr);
        } else if (strchr("vVnN", *part_of)) {
            at--;
        }
    }
}

void
scn_resolve_action(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, guint32 *next_cut)
{
    const ScnAction *action = stmt->action;
    ScnActionOptions options = {.item = item};

    item->kind = action->kind;
    item->word = action->word;
    item->for_ns = SCN_TIME_NONE;
    if (action->makes_cut)
        item->cut = (*next_cut)++;
    refuse_extras(resolver, stmt);
    resolve_sets(resolver, stmt, item);
    if (!action->options)
        scn_apply_table(resolver, stmt, &scn_action_options, action->takes, &options);
    if (action->resolve)
        action->resolve(resolver, stmt, item, &options);
    if (action->lasts)
        resolve_for(resolver, stmt, item);
}
