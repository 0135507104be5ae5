/* Timed statements, trees and scripts: everything that ends with `end`. */
#include "sim/scenario/action.h"
#include "sim/scenario/syntax.h"

#include "sim/scenario/remedy.h"
#include "sim/scenario/word.h"

#include <string.h>

static bool
add_expr(ScnStmt *stmt, ScnExpr *expr)
{
    if (expr)
        g_ptr_array_add(stmt->exprs, expr);
    return expr != NULL;
}

static void
fail_unknown_item(ScnParser *parser)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *word = scn_peek(parser, 0)->text;

    scn_item_words(words);
    g_ptr_array_add(words, (gpointer) "end");
    g_autofree char *message = g_strdup_printf("unknown action '%s'", word);
    g_autofree char *help = scn_remedy_text("action", word, words);
    scn_report_at_token(parser, message, help);
}

static bool
parse_item_line(ScnParser *parser, ScnStmt *stmt)
{
    const ScnToken *token = scn_peek(parser, 0);
    if (token->kind != SCN_TOKEN_WORD) {
        g_autofree char *help = scn_leftover_help(parser);
        scn_report_at_token(parser, "an action, mark or check is due here", help);
        return false;
    }
    if (!scn_is_item(token->text)) {
        fail_unknown_item(parser);
        return false;
    }
    ScnStmt *item = scn_parse_item(parser);
    if (item)
        g_ptr_array_add(stmt->items, item);
    return item != NULL;
}

static bool
parse_block_name(ScnParser *parser, ScnStmt *stmt)
{
    g_autofree char *name = NULL;
    ScnSpan span;
    if (!scn_parse_name(parser, "a block", &name, &span))
        return false;
    ScnExpr *expr = scn_expr_new(SCN_EXPR_NAME, span);
    expr->name = g_steal_pointer(&name);
    return add_expr(stmt, expr);
}

static bool
parse_tree_line(ScnParser *parser, ScnStmt *stmt)
{
    g_autoptr(ScnStmt) path = scn_stmt_new(parser, SCN_STMT_PATH);
    do {
        if (!parse_block_name(parser, path))
            return false;
    } while (scn_accept_mark(parser, "-"));
    if (!scn_finish_line(parser))
        return false;
    g_ptr_array_add(stmt->items, g_steal_pointer(&path));
    return true;
}

const char *const scn_reply_words[] = {"tip", "side", "orphan", "dup", "parked", "reject", NULL};

static guint
reply_kind(const char *word)
{
    guint kind = 0;
    while (scn_reply_words[kind] && strcmp(scn_reply_words[kind], word) != 0)
        kind++;
    return kind;
}

/* Parses the rest of reject [VERDICT] [at BLOCK]. */
static bool
parse_reject(ScnParser *parser, ScnReplySyntax *reply)
{
    const ScnToken *token = scn_peek(parser, 0);
    if (token->kind == SCN_TOKEN_WORD && !scn_is_word(parser, 0, "at")) {
        reply->verdict = g_strdup(token->text);
        reply->verdict_span = token->span;
        parser->at++;
    }
    return !scn_accept_word(parser, "at") ||
           scn_parse_name(parser, "a block", &reply->at, &reply->at_span);
}

static bool
parse_reply(ScnParser *parser, ScnStmt *delivery)
{
    const ScnToken *token = scn_peek(parser, 0);
    ScnReplySyntax reply = {.kind = G_N_ELEMENTS(scn_reply_words) - 1};

    if (token->kind == SCN_TOKEN_WORD)
        reply.kind = reply_kind(token->text);
    if (!scn_reply_words[reply.kind]) {
        g_autofree char *help = NULL;
        if (token->kind == SCN_TOKEN_WORD)
            help = scn_remedy_text_of("reply", token->text, scn_reply_words);
        scn_report_at_token(parser, "a reply is due here: tip, side, orphan, dup, parked or reject",
                            help);
        return false;
    }
    bool reject = scn_is_word(parser, 0, "reject");
    parser->at++;
    bool ok = !reject || parse_reject(parser, &reply);
    g_array_append_val(delivery->replies, reply);
    return ok;
}

static void
clear_reply(gpointer data)
{
    ScnReplySyntax *reply = data;
    g_free(reply->verdict);
    g_free(reply->at);
}

static bool
parse_delivery(ScnParser *parser, ScnStmt *stmt)
{
    g_autoptr(ScnStmt) delivery = scn_stmt_new(parser, SCN_STMT_DELIVERY);
    delivery->replies = g_array_new(FALSE, FALSE, sizeof(ScnReplySyntax));
    g_array_set_clear_func(delivery->replies, clear_reply);
    if (!scn_parse_declared(parser, delivery, "a block"))
        return false;
    if (scn_accept_mark(parser, "->")) {
        do {
            if (!parse_reply(parser, delivery))
                return false;
        } while (scn_accept_mark(parser, "|"));
    }
    if (!scn_finish_line(parser))
        return false;
    g_ptr_array_add(stmt->items, g_steal_pointer(&delivery));
    return true;
}

static bool
parse_script_line(ScnParser *parser, ScnStmt *stmt)
{
    const ScnToken *token = scn_peek(parser, 0);
    if (token->kind == SCN_TOKEN_WORD && scn_is_item(token->text))
        return parse_item_line(parser, stmt);
    return parse_delivery(parser, stmt);
}

/* Returns whether the line is `end`, or a lone word that must be a misspelt `end` (then reported).
 * In trees and scripts a line may be a lone word, so only `end` ends them. */
static bool
is_block_end(ScnParser *parser, ScnStmtKind kind)
{
    const ScnToken *token = scn_peek(parser, 0);
    if (token->kind != SCN_TOKEN_WORD)
        return false;
    if (strcmp(token->text, "end") == 0) {
        parser->at++;
        scn_finish_line(parser);
        return true;
    }
    if (kind == SCN_STMT_TREE || kind == SCN_STMT_SCRIPT ||
        scn_peek(parser, 1)->kind != SCN_TOKEN_END || scn_word_distance(token->text, "end") > 1)
        return false;
    scn_report_at_token(parser, "unknown word", "write end");
    return true;
}

/* A word may be both, as `upgrade` is: in a block of actions it is the action. */
static bool
is_action_here(ScnStmtKind block, const char *word)
{
    return block != SCN_STMT_TREE && block != SCN_STMT_SCRIPT && scn_action_find(word) != NULL;
}

static bool
starts_statement(const ScnParser *parser, ScnStmtKind block)
{
    const ScnToken *token = scn_peek(parser, 0);
    if (token->kind != SCN_TOKEN_WORD || scn_is_mark(parser, 1, "->") ||
        (scn_is_mark(parser, 1, "-") && strcmp(token->text, "edge") != 0))
        return false;
    return scn_is_statement(token->text) && !is_action_here(block, token->text);
}

static void
parse_block_lines(ScnParser *parser, ScnStmt *stmt, bool (*parse_line)(ScnParser *, ScnStmt *))
{
    while (scn_next_line(parser)) {
        if (is_block_end(parser, stmt->kind)) {
            parser->line_done = true;
            return;
        }
        if (starts_statement(parser, stmt->kind)) {
            scn_report_at_token(parser, "the block before this has no end",
                                "write end above this line");
            parser->pending = parser->line_done = true;
            return;
        }
        guint before = parser->errors->found;
        if (!parse_line(parser, stmt) || !scn_finish_line(parser) || parser->errors->found > before)
            scn_doubt_line(parser);
    }
    parser->line_done = true;
    if (parser->errors->found < SCN_ERRORS_HOPELESS)
        scn_errors_add(parser->errors, parser->sources, stmt->keyword, "this block has no end",
                       "write end after its last line");
}

/* Parses an item on the rest of the line, or a block of items up to `end`. */
static bool
parse_items(ScnParser *parser, ScnStmt *stmt)
{
    if (!scn_at_end(parser))
        return parse_item_line(parser, stmt);
    parse_block_lines(parser, stmt, parse_item_line);
    return true;
}

bool
scn_parse_at(ScnParser *parser, ScnStmt *stmt)
{
    return add_expr(stmt, scn_parse_val(parser)) && parse_items(parser, stmt);
}

static bool
accept_clause(ScnParser *parser, ScnStmt *stmt, ScnClause clause, const char *word)
{
    stmt->clause_spans[clause] = scn_peek(parser, 0)->span;
    if (!scn_accept_word(parser, word))
        return true;
    stmt->clauses[clause] = scn_parse_val(parser);
    return stmt->clauses[clause] != NULL;
}

bool
scn_parse_every(ScnParser *parser, ScnStmt *stmt)
{
    if (!add_expr(stmt, scn_parse_val(parser)))
        return false;
    if (!accept_clause(parser, stmt, SCN_CLAUSE_FROM, "from") ||
        !accept_clause(parser, stmt, SCN_CLAUSE_UNTIL, "until"))
        return false;
    return parse_items(parser, stmt);
}

bool
scn_parse_when(ScnParser *parser, ScnStmt *stmt)
{
    if (!add_expr(stmt, scn_parse_expr(parser)))
        return false;
    stmt->each = scn_accept_word(parser, "each");
    return parse_items(parser, stmt);
}

bool
scn_parse_tree(ScnParser *parser, ScnStmt *stmt)
{
    if (!scn_finish_line(parser))
        return false;
    parse_block_lines(parser, stmt, parse_tree_line);
    return true;
}

bool
scn_parse_script(ScnParser *parser, ScnStmt *stmt)
{
    if (!scn_expect_word(parser, "deliver") || !scn_parse_options(parser, stmt) ||
        !scn_finish_line(parser))
        return false;
    parse_block_lines(parser, stmt, parse_script_line);
    return true;
}
