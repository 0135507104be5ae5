/* Actions, marks and checks: what may stand in a timed block. */
#include "sim/scenario/action.h"
#include "sim/scenario/syntax.h"

#include <string.h>

bool
scn_is_check(const char *word)
{
    const ScnStatement *statement = scn_statement_find(word);
    return statement && statement->kind == SCN_STMT_CHECK;
}

static bool
stands_in_block(const ScnStatement *statement)
{
    return statement->stands == SCN_STANDS_IN_BLOCK || statement->stands == SCN_STANDS_ANYWHERE;
}

bool
scn_is_item(const char *word)
{
    const ScnStatement *statement = scn_statement_find(word);
    return scn_action_find(word) || (statement && stands_in_block(statement));
}

void
scn_item_words(GPtrArray *words)
{
    for (guint i = 0; scn_action_get(i); i++)
        g_ptr_array_add(words, (gpointer)scn_action_get(i)->word);
    for (guint i = 0; scn_statement_get(i); i++) {
        if (stands_in_block(scn_statement_get(i)))
            g_ptr_array_add(words, (gpointer)scn_statement_get(i)->word);
    }
}

static bool
add_expr(ScnStmt *stmt, ScnExpr *expr)
{
    if (expr)
        g_ptr_array_add(stmt->exprs, expr);
    return expr != NULL;
}

static void
take_word(ScnParser *parser, ScnStmt *stmt)
{
    stmt->word = g_strdup(scn_peek(parser, 0)->text);
    stmt->word_span = scn_peek(parser, 0)->span;
    parser->at++;
}

/* Parses the groups A | B of a partition, or a named form (stored in word). */
static bool
parse_partition(ScnParser *parser, ScnStmt *stmt)
{
    const ScnToken *token = scn_peek(parser, 0);
    bool group = scn_is_mark(parser, 1, "|") || scn_is_mark(parser, 1, "[");
    const ScnPartitionWord *named =
        token->kind == SCN_TOKEN_WORD && !group ? scn_partition_word_find(token->text) : NULL;

    if (named != NULL) {
        take_word(parser, stmt);
        if (strcmp(named->form, "c") == 0)
            parser->at--;
        return *named->form == '\0' || add_expr(stmt, scn_parse_set(parser));
    }
    if (!add_expr(stmt, scn_parse_set(parser)) || !scn_expect_mark(parser, "|"))
        return false;
    do {
        if (!add_expr(stmt, scn_parse_set(parser)))
            return false;
    } while (scn_accept_mark(parser, "|"));
    return true;
}

static bool
parse_off_on(ScnParser *parser, ScnStmt *stmt)
{
    if (!scn_is_word(parser, 0, "on") && !scn_is_word(parser, 0, "off")) {
        scn_report_at_token(parser, "on or off is due here", "write off or on");
        return false;
    }
    take_word(parser, stmt);
    return true;
}

static bool
parse_name_expr(ScnParser *parser, ScnStmt *stmt, const char *what)
{
    g_autofree char *name = NULL;
    ScnSpan span;
    if (!scn_parse_name(parser, what, &name, &span))
        return false;
    ScnExpr *expr = scn_expr_new(SCN_EXPR_NAME, span);
    expr->name = g_steal_pointer(&name);
    return add_expr(stmt, expr);
}

static bool
parse_form_part(ScnParser *parser, ScnStmt *stmt, char part)
{
    switch (part) {
    case 's':
    case 'o':
        return add_expr(stmt, scn_parse_set(parser));
    case 'v':
        return add_expr(stmt, scn_parse_val(parser));
    case 'V':
        return scn_is_word(parser, 0, "at") || add_expr(stmt, scn_parse_val(parser));
    case 'n':
        return parse_name_expr(parser, stmt, "a transaction or block");
    case 'N':
        return scn_at_end(parser) || scn_is_word(parser, 0, "maybe") ||
               parse_name_expr(parser, stmt, "a cut");
    case 'w':
        return parse_off_on(parser, stmt);
    case '>':
        return scn_expect_mark(parser, "->");
    case '=':
        return scn_expect_mark(parser, "=");
    case '@':
        return scn_expect_word(parser, "at");
    case 'b':
        return scn_expect_word(parser, "by");
    case 'f':
        return scn_expect_word(parser, "from");
    case 't':
        return scn_expect_word(parser, "to");
    default:
        return parse_partition(parser, stmt);
    }
}

static bool
parse_clause(ScnParser *parser, ScnStmt *stmt, ScnClause clause, ScnExpr *(*parse)(ScnParser *))
{
    ScnSpan span = scn_peek(parser, 0)->span;
    if (stmt->clauses[clause]) {
        scn_report_at_token(parser, "this is said twice", "leave one out");
        return false;
    }
    parser->at++;
    stmt->clauses[clause] = parse(parser);
    stmt->clause_spans[clause] = span;
    return stmt->clauses[clause] != NULL;
}

static bool
accept_flag(ScnParser *parser, ScnStmt *stmt)
{
    for (guint i = 0; i < SCN_ACTION_FLAGS && stmt->action->flags[i]; i++) {
        if (scn_accept_word(parser, stmt->action->flags[i])) {
            stmt->flags |= 1u << i;
            return true;
        }
    }
    return false;
}

static bool
parse_action_tail(ScnParser *parser, ScnStmt *stmt)
{
    while (!scn_at_end(parser)) {
        if (scn_is_word(parser, 0, "for")) {
            if (!parse_clause(parser, stmt, SCN_CLAUSE_FOR, scn_parse_val))
                return false;
        } else if (scn_is_word(parser, 0, "as")) {
            if (!parse_clause(parser, stmt, SCN_CLAUSE_AS, scn_parse_ref))
                return false;
        } else if (scn_accept_word(parser, "maybe")) {
            stmt->maybe = true;
        } else if (scn_is_mark(parser, 1, "=")) {
            guint before = parser->at;
            if (!scn_parse_options(parser, stmt))
                return false;
            if (parser->at == before) {
                scn_report_leftover(parser);
                return false;
            }
        } else if (!accept_flag(parser, stmt)) {
            scn_report_leftover(parser);
            return false;
        }
    }
    return true;
}

static bool
parse_action(ScnParser *parser, ScnStmt *stmt)
{
    stmt->action = scn_action_find(stmt->name);
    parser->in_options = true;
    for (const char *part = stmt->action->form; *part; part++) {
        if (!parse_form_part(parser, stmt, *part))
            return false;
    }
    return parse_action_tail(parser, stmt);
}

static bool
parse_mark(ScnParser *parser, ScnStmt *stmt)
{
    g_clear_pointer(&stmt->name, g_free);
    if (!scn_parse_name(parser, "a mark", &stmt->name, &stmt->name_span) ||
        !scn_expect_mark(parser, "="))
        return false;
    parser->depth = 0;
    if (!add_expr(stmt, scn_parse_expr(parser)))
        return false;
    if (!scn_at_end(parser))
        scn_report_leftover(parser);
    return scn_at_end(parser);
}

static bool
parse_over(ScnParser *parser, ScnStmt *stmt)
{
    if (stmt->over != SCN_OVER_NONE) {
        scn_report_at_token(parser, "this is said twice", "leave one out");
        return false;
    }
    stmt->word_span = scn_peek(parser, 0)->span;
    parser->at++;
    if (scn_is_word(parser, 0, "seeds") || scn_is_word(parser, 0, "sweep")) {
        stmt->over = scn_is_word(parser, 0, "seeds") ? SCN_OVER_SEEDS : SCN_OVER_SWEEP;
        parser->at++;
        return true;
    }
    scn_report_at_token(parser, "seeds or sweep is due here", "write over seeds or over sweep");
    return false;
}

static bool
parse_check_tail(ScnParser *parser, ScnStmt *stmt)
{
    while (!scn_at_end(parser)) {
        bool ok = true;
        parser->depth = 0;
        if (scn_is_word(parser, 0, "from"))
            ok = parse_clause(parser, stmt, SCN_CLAUSE_FROM, scn_parse_val);
        else if (scn_is_word(parser, 0, "until"))
            ok = parse_clause(parser, stmt, SCN_CLAUSE_UNTIL, scn_parse_val);
        else if (scn_is_word(parser, 0, "if"))
            ok = parse_clause(parser, stmt, SCN_CLAUSE_IF, scn_parse_expr);
        else if (scn_is_word(parser, 0, "unless"))
            ok = parse_clause(parser, stmt, SCN_CLAUSE_UNLESS, scn_parse_expr);
        else if (scn_is_word(parser, 0, "over"))
            ok = parse_over(parser, stmt);
        else if (scn_accept_word(parser, "maybe"))
            stmt->maybe = true;
        else
            ok = false, scn_report_leftover(parser);
        if (!ok)
            return false;
    }
    return true;
}

static bool
parse_check(ScnParser *parser, ScnStmt *stmt)
{
    if (strcmp(stmt->name, "expect") == 0 && scn_is_word(parser, 0, "within") &&
        !parse_clause(parser, stmt, SCN_CLAUSE_WITHIN, scn_parse_val))
        return false;
    parser->depth = 0;
    return add_expr(stmt, scn_parse_expr(parser)) && parse_check_tail(parser, stmt);
}

ScnStmt *
scn_parse_item(ScnParser *parser)
{
    const char *word = scn_peek(parser, 0)->text;
    bool mark = strcmp(word, "mark") == 0, check = scn_is_check(word);
    ScnStmtKind kind = mark ? SCN_STMT_MARK : check ? SCN_STMT_CHECK : SCN_STMT_ACTION;
    g_autoptr(ScnStmt) stmt = scn_stmt_new(parser, kind);
    bool ok;

    stmt->name = g_strdup(word);
    parser->at++;
    if (mark)
        ok = parse_mark(parser, stmt);
    else if (check)
        ok = parse_check(parser, stmt);
    else
        ok = parse_action(parser, stmt);
    return ok ? g_steal_pointer(&stmt) : NULL;
}
