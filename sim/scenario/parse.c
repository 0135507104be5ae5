/* Statements, blocks and includes: the upper half of the grammar. */
#include "sim/scenario/syntax.h"

#include "sim/scenario/source.h"
#include "sim/scenario/remedy.h"

#include <string.h>

static void
option_clear(gpointer data)
{
    ScnOption *option = data;
    g_free(option->name);
    g_ptr_array_unref(option->values);
}

static void
named_clear(gpointer data)
{
    g_free(((ScnNamed *)data)->name);
}

static void
free_expr(gpointer data)
{
    scn_expr_free(data);
}

static void
free_stmt(gpointer data)
{
    scn_stmt_free(data);
}

ScnStmt *
scn_stmt_new(ScnParser *parser, ScnStmtKind kind)
{
    ScnStmt *stmt = g_new0(ScnStmt, 1);
    const ScnToken *first = scn_peek(parser, 0), *last = scn_peek(parser, parser->tokens->len);

    stmt->kind = kind;
    stmt->keyword = first->span;
    stmt->span = first->span;
    stmt->span.length = last->span.offset - first->span.offset;
    stmt->order = ++parser->order;
    stmt->text =
        scn_tokens_text(parser->tokens, parser->at, parser->tokens->len - 1, parser->sources);
    stmt->exprs = g_ptr_array_new_with_free_func(free_expr);
    stmt->items = g_ptr_array_new_with_free_func(free_stmt);
    stmt->options = g_array_new(FALSE, FALSE, sizeof(ScnOption));
    g_array_set_clear_func(stmt->options, option_clear);
    return stmt;
}

void
scn_stmt_free(ScnStmt *stmt)
{
    if (!stmt)
        return;
    g_free(stmt->text);
    g_free(stmt->name);
    g_free(stmt->word);
    g_ptr_array_unref(stmt->exprs);
    g_clear_pointer(&stmt->replies, g_array_unref);
    g_clear_pointer(&stmt->names, g_array_unref);
    g_ptr_array_unref(stmt->items);
    g_array_unref(stmt->options);
    for (guint i = 0; i < SCN_CLAUSES; i++)
        scn_expr_free(stmt->clauses[i]);
    g_free(stmt);
}

/* ---- lines ---- */

bool
scn_next_line(ScnParser *parser)
{
    if (parser->pending) {
        parser->pending = false;
        parser->at = 0;
        return true;
    }
    parser->at = parser->depth = parser->size = parser->value_at = 0;
    parser->line_done = parser->in_options = false;
    if (parser->errors->found >= SCN_ERRORS_HOPELESS)
        return false;
    return scn_lexer_line(&parser->lexer, parser->tokens);
}

void
scn_doubt_line(ScnParser *parser)
{
    for (guint i = 0; i < parser->tokens->len; i++) {
        const ScnToken *token = &g_array_index(parser->tokens, ScnToken, i);
        if (token->kind == SCN_TOKEN_WORD || token->kind == SCN_TOKEN_PARAM)
            g_hash_table_add(parser->syntax->doubtful, g_strdup(token->text));
    }
}

static bool
add_expr(ScnStmt *stmt, ScnExpr *expr)
{
    if (expr)
        g_ptr_array_add(stmt->exprs, expr);
    return expr != NULL;
}

bool
scn_parse_declared(ScnParser *parser, ScnStmt *stmt, const char *what)
{
    g_clear_pointer(&stmt->name, g_free);
    return scn_parse_name(parser, what, &stmt->name, &stmt->name_span);
}

static bool
accept_string(ScnParser *parser, char **ret_text)
{
    const ScnToken *token = scn_peek(parser, 0);
    if (token->kind != SCN_TOKEN_STRING)
        return false;
    g_free(*ret_text);
    *ret_text = g_strdup(token->text);
    parser->at++;
    return true;
}

/* Parses a text for people, of one line. */
static bool
accept_line(ScnParser *parser, char **ret_text)
{
    if (scn_peek(parser, 0)->kind == SCN_TOKEN_STRING &&
        strpbrk(scn_peek(parser, 0)->text, "\n\t") != NULL) {
        scn_report_at_token(parser, "this text is one line, without \\n and \\t", NULL);
        return false;
    }
    return accept_string(parser, ret_text);
}

/* ---- the statements ---- */

/* Parses V..V. For another mark or none between the values the help writes the range. */
static bool
parse_range(ScnParser *parser, ScnStmt *stmt)
{
    if (!add_expr(stmt, scn_parse_val(parser)))
        return false;
    if (!scn_is_mark(parser, 0, "..")) {
        g_autofree char *first =
            scn_tokens_text(parser->tokens, parser->value_at, parser->at, parser->sources);
        g_autofree char *second =
            scn_tokens_text(parser->tokens, parser->at + 1,
                            MIN(parser->at + 2, parser->tokens->len - 1), parser->sources);
        g_autofree char *help = !scn_at_end(parser) ? g_strdup_printf("write %s..%s", first, second)
                                : stmt->kind == SCN_STMT_SEEDS
                                    ? g_strdup_printf("write seeds 1..%s", first)
                                    : g_strdup("a range is written LOW..HIGH");
        scn_report_at_token(parser, "'..' is due here", help);
        return false;
    }
    parser->at++;
    return add_expr(stmt, scn_parse_val(parser));
}

static bool
parse_param(ScnParser *parser, ScnStmt *stmt)
{
    if (!scn_parse_declared(parser, stmt, "a param") || !scn_expect_mark(parser, "=") ||
        !add_expr(stmt, scn_parse_val(parser)))
        return false;
    if (scn_accept_word(parser, "in") && !parse_range(parser, stmt))
        return false;
    return scn_peek(parser, 0)->kind != SCN_TOKEN_STRING || accept_line(parser, &stmt->word);
}

static bool
parse_let(ScnParser *parser, ScnStmt *stmt)
{
    return scn_parse_declared(parser, stmt, "a let") && scn_expect_mark(parser, "=") &&
           add_expr(stmt, scn_parse_val(parser));
}

static bool
parse_value(ScnParser *parser, ScnStmt *stmt)
{
    return add_expr(stmt, scn_parse_val(parser));
}

static bool
parse_sweep(ScnParser *parser, ScnStmt *stmt)
{
    if (!scn_parse_declared(parser, stmt, "a param") || !scn_expect_mark(parser, "=") ||
        !add_expr(stmt, scn_parse_val(parser)))
        return false;
    if (scn_accept_mark(parser, "..")) {
        if (!add_expr(stmt, scn_parse_val(parser)))
            return false;
        if (scn_is_word(parser, 0, "lin") || scn_is_word(parser, 0, "log")) {
            stmt->word = g_strdup(scn_peek(parser, 0)->text);
            stmt->word_span = scn_peek(parser, 0)->span;
            parser->at++;
            return add_expr(stmt, scn_parse_val(parser));
        }
        scn_report_at_token(parser, "lin or log and a number of points is due here",
                            "write lin 5 or log 5");
        return false;
    }
    while (scn_accept_mark(parser, ",")) {
        if (!add_expr(stmt, scn_parse_val(parser)))
            return false;
    }
    return true;
}

static bool
parse_names(ScnParser *parser, ScnStmt *stmt, const char *what)
{
    if (!stmt->names) {
        stmt->names = g_array_new(FALSE, TRUE, sizeof(ScnNamed));
        g_array_set_clear_func(stmt->names, named_clear);
    }
    do {
        ScnNamed named = {0};
        if (!scn_parse_name(parser, what, &named.name, &named.span))
            return false;
        g_array_append_val(stmt->names, named);
    } while (scn_accept_mark(parser, ","));
    return true;
}

static bool
parse_zip(ScnParser *parser, ScnStmt *stmt)
{
    return parse_names(parser, stmt, "a param");
}

static bool
parse_stop(ScnParser *parser, ScnStmt *stmt)
{
    return scn_expect_word(parser, "when") && add_expr(stmt, scn_parse_expr(parser));
}

static bool
parse_nodes(ScnParser *parser, ScnStmt *stmt)
{
    do {
        if (!add_expr(stmt, scn_parse_ref(parser)))
            return false;
    } while (scn_accept_mark(parser, ","));
    return scn_parse_options(parser, stmt);
}

static bool
parse_topology(ScnParser *parser, ScnStmt *stmt)
{
    const ScnToken *token = scn_peek(parser, 0);
    if (token->kind == SCN_TOKEN_WORD && !scn_is_mark(parser, 1, "=")) {
        stmt->word = g_strdup(token->text);
        stmt->word_span = token->span;
        parser->at++;
    }
    return scn_parse_options(parser, stmt);
}

static bool
accept_arrow(ScnParser *parser, ScnStmt *stmt, const char *arrow)
{
    ScnSpan span = scn_peek(parser, 0)->span;
    if (!scn_accept_mark(parser, arrow))
        return false;
    stmt->word = g_strdup(arrow);
    stmt->word_span = span;
    return true;
}

static bool
parse_edge(ScnParser *parser, ScnStmt *stmt)
{
    if (!add_expr(stmt, scn_parse_set(parser)))
        return false;
    accept_arrow(parser, stmt, "->");
    return add_expr(stmt, scn_parse_set(parser)) && scn_parse_options(parser, stmt);
}

static bool
parse_link(ScnParser *parser, ScnStmt *stmt)
{
    if (!add_expr(stmt, scn_parse_set(parser)))
        return false;
    if (accept_arrow(parser, stmt, "->") || accept_arrow(parser, stmt, "<->")) {
        if (!add_expr(stmt, scn_parse_set(parser)))
            return false;
    }
    return scn_parse_options(parser, stmt);
}

static bool
parse_wallet(ScnParser *parser, ScnStmt *stmt)
{
    return scn_parse_declared(parser, stmt, "a wallet") && scn_parse_options(parser, stmt);
}

static bool
parse_upgrade(ScnParser *parser, ScnStmt *stmt)
{
    return scn_parse_declared(parser, stmt, "an upgrade") && scn_parse_options(parser, stmt);
}

static bool
parse_tx(ScnParser *parser, ScnStmt *stmt)
{
    return scn_parse_declared(parser, stmt, "a transaction") && scn_parse_options(parser, stmt);
}

static bool
parse_block(ScnParser *parser, ScnStmt *stmt)
{
    return scn_parse_declared(parser, stmt, "a block") && scn_parse_options(parser, stmt);
}

static bool
parse_measure(ScnParser *parser, ScnStmt *stmt)
{
    return scn_parse_declared(parser, stmt, "a measure") && scn_expect_mark(parser, "=") &&
           add_expr(stmt, scn_parse_expr(parser));
}

/* Parses from T, until T and settle T, in any order. */
static bool
parse_spans(ScnParser *parser, ScnStmt *stmt)
{
    static const struct {
        const char *word;
        ScnClause clause;
    } clauses[] = {
        {"from", SCN_CLAUSE_FROM}, {"until", SCN_CLAUSE_UNTIL}, {"settle", SCN_CLAUSE_SETTLE}};
    bool found = true;

    while (found) {
        found = false;
        for (guint i = 0; i < G_N_ELEMENTS(clauses); i++) {
            ScnClause clause = clauses[i].clause;

            if (!scn_is_word(parser, 0, clauses[i].word))
                continue;
            if (stmt->clauses[clause]) {
                scn_report_at_token(parser, "this is said twice", "leave one out");
                return false;
            }
            stmt->clause_spans[clause] = scn_peek(parser, 0)->span;
            parser->at++;
            stmt->clauses[clause] = scn_parse_val(parser);
            if (!stmt->clauses[clause])
                return false;
            found = true;
        }
    }
    return true;
}

static bool
parse_explore(ScnParser *parser, ScnStmt *stmt)
{
    static const char *const ends[] = {"from", "until", "settle", NULL};
    bool listed = scn_peek(parser, 0)->kind == SCN_TOKEN_WORD && !scn_is_mark(parser, 1, "=");

    for (guint i = 0; ends[i]; i++)
        listed = listed && !scn_is_word(parser, 0, ends[i]);
    if (listed && !parse_names(parser, stmt, "a kind of fault"))
        return false;
    return parse_spans(parser, stmt) && scn_parse_options(parser, stmt);
}

static bool
parse_table(ScnParser *parser, ScnStmt *stmt)
{
    if (!parse_names(parser, stmt, "a measure") || !scn_expect_word(parser, "by"))
        return false;
    stmt->by_at = stmt->names->len;
    return parse_names(parser, stmt, "a param") && scn_parse_options(parser, stmt);
}

/* ---- the table ---- */

/* Rows of the first line and of includes, which make no statement. */
#define HEAD(word, usage, text)                                                                    \
    {                                                                                              \
        word, SCN_STMT_PARAM, NULL, SCN_STANDS_ALONE, usage, text                                  \
    }
#define STATEMENT(word, kind, parse, usage, text)                                                  \
    {                                                                                              \
        word, SCN_STMT_##kind, parse, SCN_STANDS_ALONE, usage, text                                \
    }
#define BLOCK(word, kind, parse, usage, text)                                                      \
    {                                                                                              \
        word, SCN_STMT_##kind, parse, SCN_OPENS_BLOCK, usage, text                                 \
    }
#define CHECK(word, stands, usage, text)                                                           \
    {                                                                                              \
        word, SCN_STMT_CHECK, NULL, stands, usage, text                                            \
    }

static const ScnStatement statements[] = {
    HEAD("scn", "scn 1 \"TITLE\"", "the first line of a file"),
    HEAD("include", "include \"FILE\"", "reads another file in place"),
    STATEMENT("param", PARAM, parse_param, "param NAME = V [in V..V] [\"HELP\"]",
              "a value that `-P NAME=V` sets from outside"),
    STATEMENT("let", LET, parse_let, "let NAME = V", "a value computed from params and lets"),
    STATEMENT("seed", SEED, parse_value, "seed N", "keys every random draw"),
    STATEMENT("seeds", SEEDS, parse_range, "seeds N..N", "the seeds of a sweep"),
    STATEMENT("sweep", SWEEP, parse_sweep, "sweep NAME = V, … or V..V lin|log N",
              "the values that a param takes in turn"),
    STATEMENT("zip", ZIP, parse_zip, "zip NAME, NAME …", "sweeps that advance together"),
    STATEMENT("duration", DURATION, parse_value, "duration T", "how long the run lasts"),
    STATEMENT("stop", STOP, parse_stop, "stop when P", "ends the run once P is true"),
    STATEMENT("chain", CHAIN, scn_parse_options, "chain OPTION=…", "the rules of the chain"),
    STATEMENT("protocol", PROTOCOL, scn_parse_options, "protocol OPTION=…",
              "how nodes talk to each other"),
    STATEMENT("limit", LIMIT, scn_parse_options, "limit OPTION=…",
              "ends a run that takes too much"),
    STATEMENT("load", LOAD, scn_parse_options, "load OPTION=…", "generates random payments"),
    STATEMENT("nodes", NODES, parse_nodes, "nodes REF, … [OPTION=…]",
              "declares nodes, as in a[1..5]"),
    STATEMENT("node", NODES, parse_nodes, "node NAME, … [OPTION=…]", "declares single nodes"),
    STATEMENT("topology", TOPOLOGY, parse_topology, "topology KIND [OPTION=…]",
              "which nodes are linked, by a rule or from a file"),
    STATEMENT("edge", EDGE, parse_edge, "edge S [->] S [OPTION=…]",
              "links each node of one set with each of the other"),
    STATEMENT("link", LINK, parse_link, "link S [-> S | <-> S] OPTION=…",
              "what edges do to messages"),
    STATEMENT("upgrade", UPGRADE, parse_upgrade,
              "upgrade NAME at-height=H [signal=S signal-window=N] OPTION=…",
              "options of the chain that change from a height on, for nodes that know of it"),
    STATEMENT("wallet", WALLET, parse_wallet, "wallet NAME [OPTION=…]", "an account"),
    STATEMENT("tx", TX, parse_tx, "tx NAME OPTION=…", "a transaction, for `submit`"),
    STATEMENT("block", BLOCK, parse_block, "block NAME OPTION=…",
              "sets options of a block in a tree"),
    BLOCK("tree", TREE, scn_parse_tree, "tree … end", "names blocks: g - b1 - b2"),
    BLOCK("script", SCRIPT, scn_parse_script, "script deliver from=n to=n … end",
          "delivers blocks and looks at each reply"),
    BLOCK("at", AT, scn_parse_at, "at T ITEM, or at T … end", "does items at time T"),
    BLOCK("every", EVERY, scn_parse_every, "every T [from T] [until T] ITEM, or … end",
          "does items every T"),
    BLOCK("when", WHEN, scn_parse_when, "when P [each] ITEM, or … end",
          "does items once P is true; with `each`, every time P becomes true"),
    STATEMENT("measure", MEASURE, parse_measure, "measure NAME = E",
              "a value that is read and kept at the end of the run"),
    STATEMENT("table", TABLE, parse_table, "table NAME, … by NAME, … [stat=…]",
              "statistics of measures over a sweep"),
    STATEMENT(
        "explore", EXPLORE, parse_explore,
        "explore KIND, … [from T] [until T] [settle T] [faults=A..B] [ignore-last=K] "
        "[recovery=no]",
        "what `kettensim explore` may do to this scenario; other commands pass over it. Kinds: "
        "partition oneway loss delay duplicate reorder corrupt crash restart pause clock churn "
        "hash byzantine operator; without a list all (operator not with finality or max-reorg). "
        "Faults come from a quarter to three quarters "
        "of "
        "the duration, unless `from` and `until` say otherwise; then the network has "
        "`settle` to recover, by default a quarter of the duration or 15m"),
    {"mark", SCN_STMT_MARK, NULL, SCN_STANDS_IN_BLOCK, "mark NAME = E", "keeps a value for later"},
    CHECK("expect", SCN_STANDS_IN_BLOCK, "expect [within T] P", "P holds now, or within T"),
    CHECK("always", SCN_STANDS_ANYWHERE, "always P [from T] [until T]",
          "P holds at the end of every instant"),
    CHECK("never", SCN_STANDS_ANYWHERE, "never P [from T] [until T]",
          "P holds at the end of no instant"),
    CHECK("sometimes", SCN_STANDS_ANYWHERE, "sometimes P [from T] [until T]",
          "P holds at the end of at least one instant"),
    CHECK("finally", SCN_STANDS_ANYWHERE, "finally P [over seeds|sweep]",
          "P holds at the end of the run, or of many runs"),
};

const ScnStatement *
scn_statement_get(guint index)
{
    return index < G_N_ELEMENTS(statements) ? &statements[index] : NULL;
}

const ScnStatement *
scn_statement_find(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(statements); i++) {
        if (strcmp(statements[i].word, word) == 0)
            return &statements[i];
    }
    return NULL;
}

/* Returns whether such a line stands only outside of blocks. */
bool
scn_is_statement(const char *word)
{
    const ScnStatement *statement = scn_statement_find(word);
    return statement && statement->stands <= SCN_OPENS_BLOCK;
}

/* ---- top level ---- */

static void
fail_unknown_statement(ScnParser *parser)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *word = scn_peek(parser, 0)->text;

    for (guint i = 0; i < G_N_ELEMENTS(statements); i++)
        g_ptr_array_add(words, (gpointer)statements[i].word);
    if (strcmp(word, "end") == 0) {
        scn_report_at_token(parser, "there is no block to end here", "leave it out");
        return;
    }
    g_autofree char *message = g_strdup_printf("unknown statement '%s'", word);
    g_autofree char *help = scn_is_item(word) ? g_strdup_printf("write at TIME %s ...", word)
                                              : scn_remedy_text("statement", word, words);
    if (scn_is_item(word)) {
        g_free(message);
        message = g_strdup_printf("'%s' needs a time", word);
    }
    scn_report_at_token(parser, message, help);
}

static bool parse_source(ScnParser *parser, guint32 source);

static bool
parse_include(ScnParser *parser)
{
    g_autofree char *path = NULL;
    guint32 source;

    parser->at++;
    ScnSpan span = scn_peek(parser, 0)->span;
    if (!accept_string(parser, &path)) {
        scn_report_at_token(parser, "the name of a file is due here",
                            "write include \"other.scn\"");
        return false;
    }
    if (!scn_finish_line(parser))
        return false;
    if (parser->alone)
        return true;
    if (!scn_source_include(parser->sources, span, path, parser->errors, &source))
        return false;
    return parse_source(parser, source);
}

static bool
parse_rule(ScnParser *parser, const ScnStatement *statement)
{
    guint before = parser->errors->found;
    g_autoptr(ScnStmt) stmt = NULL;

    if (!statement->parse) {
        stmt = scn_parse_item(parser); /* a check */
        if (stmt)
            g_ptr_array_add(parser->syntax->stmts, g_steal_pointer(&stmt));
        return parser->errors->found == before;
    }
    stmt = scn_stmt_new(parser, statement->kind);
    stmt->name = g_strdup(statement->word);
    parser->at++;
    bool ok = statement->parse(parser, stmt);
    if (ok && !parser->line_done)
        ok = scn_finish_line(parser);
    if (ok)
        g_ptr_array_add(parser->syntax->stmts, g_steal_pointer(&stmt));
    return ok;
}

/* Returns whether such a line stands only in a block. */
static bool
stands_in_block(const char *word)
{
    const ScnStatement *statement = scn_statement_find(word);
    bool anywhere = statement && statement->stands == SCN_STANDS_ANYWHERE;
    return strcmp(word, "end") == 0 || (scn_is_item(word) && !anywhere);
}

static void
parse_statement(ScnParser *parser)
{
    const ScnToken *token = scn_peek(parser, 0);
    bool word = token->kind == SCN_TOKEN_WORD;
    const ScnStatement *statement = word ? scn_statement_find(token->text) : NULL;
    bool known = statement && (statement->parse || statement->kind == SCN_STMT_CHECK);
    bool ok = false;

    if (word && strcmp(token->text, "include") == 0) {
        parser->after_bad = false;
        ok = parse_include(parser);
        if (!ok)
            scn_doubt_line(parser);
        return;
    }
    if (parser->after_bad && word && stands_in_block(token->text)) {
        scn_doubt_line(parser);
        return;
    }
    if (known) {
        parser->after_bad = false;
        ok = parse_rule(parser, statement);
        parser->after_bad = !ok && statement->stands == SCN_OPENS_BLOCK;
    } else if (word) {
        parser->after_bad = !scn_is_word(parser, 0, "end");
        fail_unknown_statement(parser);
    } else {
        scn_report_at_token(parser, "a statement is due here", "a statement starts with a word");
    }
    if (!ok && !parser->pending)
        scn_doubt_line(parser);
}

/* Parses scn 1 "title". */
static void
parse_header(ScnParser *parser, bool main_file)
{
    char *title = NULL;
    const ScnToken *version = scn_peek(parser, 1);
    parser->at++;
    if (version->kind != SCN_TOKEN_QUANTITY || !version->bare ||
        version->quantity.value != SCN_ONE) {
        scn_report_at_token(parser, "the version of the language is due here",
                            "write scn 1 \"title\"");
        return;
    }
    parser->at++;
    if (scn_peek(parser, 0)->kind != SCN_TOKEN_STRING) {
        scn_report_at_token(parser, "a title is due here", "write scn 1 \"title\"");
        return;
    }
    if (!accept_line(parser, &title))
        return;
    scn_finish_line(parser);
    if (main_file)
        parser->syntax->title = title;
    else
        g_free(title);
}

static void
parse_first(ScnParser *parser, bool main_file)
{
    if (scn_is_word(parser, 0, "scn")) {
        parse_header(parser, main_file);
        return;
    }
    parser->pending = true;
    if (!main_file)
        return;
    const ScnToken *token = scn_peek(parser, 0);
    /* an unknown first word was meant to be scn: this line is finished */
    parser->pending = token->kind == SCN_TOKEN_WORD &&
                      (scn_statement_find(token->text) || scn_is_item(token->text));
    scn_report_at_token(parser, "a scenario starts with scn 1 and a title",
                        "write scn 1 \"title\"");
}

static bool
parse_source(ScnParser *parser, guint32 source)
{
    ScnLexer outer = parser->lexer;
    GArray *outer_tokens = parser->tokens;
    const ScnSource *text = parser->sources->pdata[source];

    if (!scn_lexer_check_text(parser->sources, source, parser->errors))
        return false;
    parser->lexer = (ScnLexer){parser->sources, parser->errors, source, 0};
    if (g_str_has_prefix(text->text, BYTE_ORDER_MARK))
        parser->lexer.at = strlen(BYTE_ORDER_MARK);
    parser->tokens = scn_tokens_new();
    if (scn_next_line(parser))
        parse_first(parser, source == 0 && !parser->alone);
    else if (source == 0 && !parser->alone)
        scn_errors_add(parser->errors, parser->sources, (ScnSpan){0}, "the file says nothing",
                       "a scenario starts with scn 1 \"title\"");
    while (scn_next_line(parser)) {
        if (scn_is_word(parser, 0, "scn"))
            scn_report_at_token(parser, "a file has one scn line, its first", "leave it out");
        else
            parse_statement(parser);
    }
    g_array_unref(parser->tokens);
    parser->tokens = outer_tokens;
    parser->lexer = outer;
    parser->at = outer_tokens ? outer_tokens->len - 1 : 0;
    return true;
}

ScnSyntax *
scn_syntax_new(void)
{
    ScnSyntax *syntax = g_new0(ScnSyntax, 1);

    syntax->stmts = g_ptr_array_new_with_free_func(free_stmt);
    syntax->doubtful = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return syntax;
}

void
scn_syntax_free(ScnSyntax *syntax)
{
    if (!syntax)
        return;
    g_ptr_array_unref(syntax->stmts);
    g_hash_table_unref(syntax->doubtful);
    g_free(syntax->title);
    g_free(syntax);
}

ScnSyntax *
scn_parse_sources(GPtrArray *sources, ScnErrors *errors)
{
    ScnSyntax *syntax = scn_syntax_new();
    ScnParser parser = {.sources = sources, .errors = errors, .syntax = syntax};

    parse_source(&parser, 0);
    syntax->source_count = sources->len;
    return syntax;
}

ScnSyntax *
scn_parse_alone(GPtrArray *sources, ScnErrors *errors)
{
    ScnSyntax *syntax = scn_syntax_new();
    ScnParser parser = {.sources = sources, .errors = errors, .syntax = syntax, .alone = true};

    parse_source(&parser, 0);
    syntax->source_count = sources->len;
    return syntax;
}

/* ---- texts of a line ---- */

static bool
open_line(ScnParser *parser, guint32 source, gsize offset)
{
    parser->lexer = (ScnLexer){parser->sources, parser->errors, source, offset};
    parser->tokens = scn_tokens_new();
    parser->at = parser->depth = parser->size = parser->value_at = 0;
    return scn_lexer_line(&parser->lexer, parser->tokens);
}

ScnSyntax *
scn_parse_lines(GPtrArray *sources, ScnErrors *errors, guint32 source)
{
    ScnSyntax *syntax = scn_syntax_new();
    ScnParser parser = {.sources = sources, .errors = errors, .syntax = syntax};

    syntax->source_count = sources->len;
    if (!scn_lexer_check_text(sources, source, errors))
        return syntax;
    parser.lexer = (ScnLexer){sources, errors, source, 0};
    parser.tokens = scn_tokens_new();
    while (scn_next_line(&parser))
        parse_statement(&parser);
    g_array_unref(parser.tokens);
    return syntax;
}

ScnExpr *
scn_parse_value(GPtrArray *sources, ScnErrors *errors, guint32 source, gsize offset)
{
    g_autoptr(ScnSyntax) syntax = scn_syntax_new();
    ScnParser parser = {.sources = sources, .errors = errors, .syntax = syntax};
    const ScnSource *text = sources->pdata[source];
    ScnExpr *value = NULL;

    if (open_line(&parser, source, offset)) {
        value = scn_parse_val(&parser);
        if (value && !scn_finish_line(&parser))
            g_clear_pointer(&value, scn_expr_free);
    } else {
        scn_errors_add(errors, sources, (ScnSpan){source, (guint32)text->length, 0},
                       "a value is due here", NULL);
    }
    g_array_unref(parser.tokens);
    return value;
}

ScnStmt *
scn_parse_option_line(GPtrArray *sources, ScnErrors *errors, ScnStmtKind kind)
{
    g_autoptr(ScnSyntax) syntax = scn_syntax_new();
    ScnParser parser = {.sources = sources, .errors = errors, .syntax = syntax};
    g_autoptr(ScnStmt) stmt = NULL;
    bool ok = open_line(&parser, sources->len - 1, 0);

    if (ok) {
        stmt = scn_stmt_new(&parser, kind);
        ok = scn_parse_options(&parser, stmt) && scn_finish_line(&parser);
    }
    g_array_unref(parser.tokens);
    return ok ? g_steal_pointer(&stmt) : NULL;
}
