/* Named blocks: trees, `block` statements, and the scripts that deliver blocks. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/remedy.h"

#include <string.h>

#define GENESIS_NAME "g"
#define WORK_MAX 1000000

#define FIRST_FAULT 1 /* index of the first verdict that a block can be built to get */
#define LAST_FAULT 17

/* ---- names ---- */

static guint32
add_block(ScnResolver *resolver, const char *name, ScnSpan span, ScnBlockOrigin origin,
          ScnPlace place)
{
    GArray *blocks = resolver->scenario->blocks;
    ScnBlock block = {
        .name = g_strdup(name),
        .origin = origin,
        .parent = SCN_NONE,
        .time_s = G_MININT64,
        .place = place,
    };
    g_array_append_val(blocks, block);
    scn_declare(resolver, SCN_NAME_BLOCK, name, blocks->len - 1, span);
    return blocks->len - 1;
}

static bool
is_block(const ScnResolver *resolver, const char *name, guint32 *ret_block)
{
    const ScnName *known = scn_find_name(resolver, name);
    if (!known || known->kind != SCN_NAME_BLOCK)
        return false;
    *ret_block = known->index;
    return true;
}

static ScnBlock *
block_at(const ScnResolver *resolver, guint32 block)
{
    return &g_array_index(resolver->scenario->blocks, ScnBlock, block);
}

/* Makes each block of a path the child of the one before it. */
static void
declare_path(ScnResolver *resolver, const ScnStmt *path)
{
    guint32 before = SCN_NONE, block;

    for (guint i = 0; i < path->exprs->len; i++) {
        const ScnExpr *expr = path->exprs->pdata[i];
        bool genesis = strcmp(expr->name, GENESIS_NAME) == 0;
        if (!is_block(resolver, expr->name, &block))
            block =
                add_block(resolver, expr->name, expr->span,
                          genesis ? SCN_BLOCK_GENESIS : SCN_BLOCK_TREE, scn_place(resolver, path));
        ScnBlock *b = block_at(resolver, block);
        if (before != SCN_NONE && genesis)
            scn_report(resolver, expr->span, NULL, "genesis has no parent");
        else if (before != SCN_NONE && b->parent != SCN_NONE && b->parent != before)
            scn_report(resolver, expr->span, NULL, "'%s' hangs on '%s' already", b->name,
                       block_at(resolver, b->parent)->name);
        else if (before != SCN_NONE)
            b->parent = before;
        before = block;
    }
}

void
scn_declare_blocks(ScnResolver *resolver)
{
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        for (guint j = 0; j < stmt->items->len; j++) {
            const ScnStmt *item = stmt->items->pdata[j];
            const ScnExpr *name = item->clauses[SCN_CLAUSE_AS];
            if (item->kind == SCN_STMT_PATH)
                declare_path(resolver, item);
            else if (item->kind == SCN_STMT_ACTION && name && name->kind == SCN_EXPR_NAME)
                add_block(resolver, name->name, name->span, SCN_BLOCK_MINED,
                          scn_place(resolver, item));
        }
    }
}

/* ---- roots ---- */

/* Checks that the ancestors of a block lead to genesis, not into a circle. */
static void
check_root(ScnResolver *resolver, guint32 block)
{
    guint32 at = block, steps = 0, count = resolver->scenario->blocks->len;
    const ScnBlock *b = block_at(resolver, block);

    while (block_at(resolver, at)->parent != SCN_NONE && steps++ <= count)
        at = block_at(resolver, at)->parent;
    if (block_at(resolver, at)->origin == SCN_BLOCK_GENESIS && steps <= count)
        return;
    const ScnName *name = scn_find_name(resolver, b->name);
    if (name->kind != SCN_NAME_BLOCK)
        return; /* the name belongs to another thing, which has been reported */
    if (steps > count)
        scn_report(resolver, name->span, NULL, "'%s' is its own ancestor", b->name);
    else if (at == block)
        scn_report(resolver, name->span, "as in g - b1 - b2", "'%s' hangs on nothing", b->name);
}

/* ---- what `block` says ---- */

typedef struct {
    ScnBlock *block;
    guint64 work;
} BlockRecord;

static const ScnExpr *
followed_value(ScnResolver *resolver, const ScnOption *option)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    return value ? scn_follow(resolver, value) : NULL;
}

static bool
own_time(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnExpr *value = followed_value(resolver, option);
    ScnQuantity quantity;
    if (!value || !scn_need(resolver, value, "time", SCN_DIM_TIME, "s", &quantity))
        return false;
    if (quantity.value % SCN_SECOND_NS != 0) {
        scn_report(resolver, value->span, NULL, "'time' needs whole seconds");
        return false;
    }
    ((BlockRecord *)data)->block->time_s = (gint64)(quantity.value / SCN_SECOND_NS);
    return true;
}

/* Reports a transaction named twice: invalid=duplicate-tx is the way to get a block with a
 * duplicate. */
static bool
is_named_before(ScnResolver *resolver, const ScnOption *option, guint at, const GArray *txs)
{
    for (guint i = 0; i + 1 < txs->len; i++) {
        if (g_array_index(txs, guint32, i) != g_array_index(txs, guint32, txs->len - 1))
            continue;
        scn_report(resolver, ((const ScnExpr *)option->values->pdata[at])->span,
                   "name it once; invalid=duplicate-tx makes a block with one twice",
                   "a block has a transaction once");
        return true;
    }
    return false;
}

static bool
own_txs(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnBlock *block = ((BlockRecord *)data)->block;
    g_clear_pointer(&block->txs, g_array_unref);
    block->txs = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < option->values->len; i++) {
        guint32 tx;
        if (!scn_resolve_thing(resolver, option->values->pdata[i], SCN_NAME_TX, "transaction", &tx))
            return false;
        g_array_append_val(block->txs, tx);
        if (is_named_before(resolver, option, i, block->txs))
            return false;
    }
    return true;
}

/* Reads miner=; an account is known only by the name that its key is derived from. */
static bool
own_miner(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnBlock *block = ((BlockRecord *)data)->block;
    const ScnExpr *value = followed_value(resolver, option);
    if (!value)
        return false;
    if (value->kind != SCN_EXPR_NAME) {
        scn_report(resolver, value->span, "as in miner=alice", "'miner' needs a name");
        return false;
    }
    g_free(block->miner);
    block->miner = g_strdup(value->name);
    return true;
}

static bool
find_verdict(ScnResolver *resolver, ScnSpan span, const char *name, guint32 *ret_verdict)
{
    for (guint i = FIRST_FAULT; scn_verdict_names[i]; i++) {
        if (strcmp(scn_verdict_names[i], name) != 0)
            continue;
        *ret_verdict = i;
        return true;
    }
    g_autofree char *help = scn_remedy_text_of("verdict", name, scn_verdict_names + FIRST_FAULT);
    scn_report(resolver, span, help, "unknown verdict '%s'", name);
    return false;
}

static bool
own_invalid(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnChain *chain = &resolver->scenario->chain;
    const ScnExpr *value = followed_value(resolver, option);
    const char *why = NULL;
    guint32 verdict;

    if (!value)
        return false;
    if (value->kind != SCN_EXPR_NAME) {
        scn_report(resolver, value->span, "as in invalid=bad-nonce", "'invalid' needs a verdict");
        return false;
    }
    if (!find_verdict(resolver, value->span, value->name, &verdict))
        return false;
    bool high_hash = strcmp(value->name, "high-hash") == 0;
    bool bad_bits = strcmp(value->name, "bad-bits") == 0;
    if (verdict > LAST_FAULT)
        why = "no block can be built so: it depends on what stands before it";
    else if (high_hash && chain->pow == SCN_POW_OFF)
        why = "with pow=off no hash is too high";
    else if (bad_bits && chain->pow == SCN_POW_OFF && chain->algorithm == SCN_RETARGET_FIXED)
        why = "with algorithm=fixed pow=off a scripted block's bits are free";
    if (why) {
        scn_report(resolver, value->span, NULL, "%s", why);
        return false;
    }
    ((BlockRecord *)data)->block->invalid = verdict;
    return true;
}

static bool
own_bits(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnExpr *value = followed_value(resolver, option);
    guint64 bits;
    if (!value || !scn_need_count(resolver, value, "bits", 1, G_MAXUINT32, &bits))
        return false;
    ((BlockRecord *)data)->block->bits = (guint32)bits;
    return true;
}

static const ScnOptRow block_rows[] = {
    SCN_ROW("work", LARGE, offsetof(BlockRecord, work), NULL, 1, WORK_MAX, NULL,
            "(what the chain asks for)", "work of the block ÷ genesis work"),
    SCN_ROW_OWN("bits", own_bits, "(what the chain asks for)", "a compact target, 0x207fffff",
                "target of the block"),
    SCN_ROW_OWN("time", own_time, "(the spacing)", "whole seconds, either way",
                "time after the parent's"),
    SCN_ROW_OWN("txs", own_txs, "(none)", "transactions, as in a,b", "transactions in the block"),
    SCN_ROW_OWN("miner", own_miner, "(the block's name)", "a name",
                "the account that gets the reward"),
    SCN_ROW_OWN("invalid", own_invalid, "(the block is valid)", "a verdict",
                "how the block is broken after it was built right"),
};

const ScnOptTable scn_block_options = {"block", block_rows, G_N_ELEMENTS(block_rows), NULL};

static void
resolve_block(ScnResolver *resolver, const ScnStmt *stmt)
{
    BlockRecord record = {0};
    guint32 index;

    if (!is_block(resolver, stmt->name, &index) ||
        block_at(resolver, index)->origin != SCN_BLOCK_TREE) {
        scn_report(resolver, stmt->name_span, "write it into a tree, as in g - b1",
                   "'%s' stands in no tree", stmt->name);
        return;
    }
    record.block = block_at(resolver, index);
    scn_apply_table(resolver, stmt, &scn_block_options, NULL, &record);
    if (record.work)
        record.block->work = record.work;
    if (record.block->work && record.block->bits)
        scn_report(resolver, stmt->name_span, "leave one out",
                   "'%s' has both work= and bits=", stmt->name);
}

void
scn_resolve_blocks(ScnResolver *resolver)
{
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_BLOCK)
            resolve_block(resolver, stmt);
    }
    for (guint i = 0; i < resolver->scenario->blocks->len; i++) {
        if (block_at(resolver, i)->origin == SCN_BLOCK_TREE)
            check_root(resolver, i);
    }
}

/* ---- scripts ---- */

static bool
find_block(ScnResolver *resolver, ScnSpan span, const char *name, guint32 *ret_block)
{
    g_autoptr(ScnExpr) expr = scn_expr_new(SCN_EXPR_NAME, span);
    expr->name = g_strdup(name);
    return scn_resolve_thing(resolver, expr, SCN_NAME_BLOCK, "block", ret_block);
}

static void
add_reply(ScnResolver *resolver, ScnLine *line, const ScnReplySyntax *syntax)
{
    ScnReply reply = {(ScnReplyKind)syntax->kind, SCN_NONE, line->block};
    if (syntax->verdict &&
        !find_verdict(resolver, syntax->verdict_span, syntax->verdict, &reply.verdict))
        return;
    if (syntax->at && !find_block(resolver, syntax->at_span, syntax->at, &reply.at))
        return;
    g_array_append_val(line->replies, reply);
}

/* Adds the check that a reply is judged by. */
static guint32
add_reply_check(ScnResolver *resolver, const ScnStmt *stmt)
{
    GPtrArray *checks = resolver->scenario->checks;
    ScnCheck *check = g_new0(ScnCheck, 1);
    check->kind = SCN_CHECK_REPLY;
    check->place = scn_place(resolver, stmt);
    check->text = g_strdup(stmt->text);
    check->at_ns = SCN_TIME_NONE;
    check->until_ns = SCN_TIME_NONE;
    g_ptr_array_add(checks, check);
    return checks->len - 1;
}

static void
resolve_line(ScnResolver *resolver, ScnStmt *stmt, ScnScript *script, ScnNext *next)
{
    ScnLine *line = g_new0(ScnLine, 1);
    line->replies = g_array_new(FALSE, FALSE, sizeof(ScnReply));
    line->check = line->block = SCN_NONE;
    line->place = scn_place(resolver, stmt);
    g_ptr_array_add(script->lines, line);
    if (stmt->kind != SCN_STMT_DELIVERY) {
        line->item = scn_resolve_item(resolver, stmt, (ScnStand){.at_ns = SCN_TIME_NONE}, next);
        return;
    }
    if (!find_block(resolver, stmt->name_span, stmt->name, &line->block))
        return;
    for (guint i = 0; i < stmt->replies->len; i++)
        add_reply(resolver, line, &g_array_index(stmt->replies, ScnReplySyntax, i));
    if (stmt->replies->len > 0)
        line->check = add_reply_check(resolver, stmt);
}

static bool
script_own(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnScript *script = data;
    const ScnExpr *value = scn_option_value(resolver, option);
    return value &&
           scn_resolve_node(resolver, value, option->name[0] == 'f' ? &script->from : &script->to);
}

static const ScnOptRow script_rows[] = {
    SCN_ROW_OWN("from", script_own, "(must be given)", "a node with role=script", "who delivers"),
    SCN_ROW_OWN("to", script_own, "(must be given)", "a node", "who receives the blocks"),
};

const ScnOptTable scn_script_options = {"script", script_rows, G_N_ELEMENTS(script_rows), NULL};

void
scn_resolve_script(ScnResolver *resolver, const ScnStmt *stmt, ScnNext *next)
{
    ScnScript *script = g_new0(ScnScript, 1);
    guint before = resolver->errors->found;

    g_ptr_array_add(resolver->scenario->scripts, script);
    script->place = scn_place(resolver, stmt);
    script->lines = g_ptr_array_new();
    script->from = script->to = SCN_NONE;
    if (scn_apply_table(resolver, stmt, &scn_script_options, NULL, script) != 3 &&
        resolver->errors->found == before)
        scn_report(resolver, stmt->keyword, "write script deliver from=peer to=n",
                   "a script needs from= and to=");
    else if (script->from == script->to && resolver->errors->found == before)
        scn_report(resolver, stmt->keyword, NULL, "a script delivers from one node to another");
    for (guint i = 0; i < stmt->items->len; i++)
        resolve_line(resolver, stmt->items->pdata[i], script, next);
}
