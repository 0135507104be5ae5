/* Finds statement, block and option around a place; see cursor.h. */
#include "sim/scenario/cursor.h"

#include "sim/scenario/action.h"
#include "sim/scenario/topic.h"

#include <string.h>

/* ---- the line ---- */

static bool
is_word_byte(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-';
}

/* Returns where the line that contains `at` begins. */
static gsize
line_start(const char *text, gsize at)
{
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

/* Returns whether the line before `start` ends in a `\`. */
static bool
is_continued(const char *text, gsize start)
{
    gsize at = start > 0 ? start - 1 : 0;

    while (at > 0 && strchr(" \t\r", text[at - 1]))
        at--;
    return at > 0 && text[at - 1] == '\\';
}

static gsize
statement_start(const char *text, gsize at)
{
    gsize start = line_start(text, at);

    while (start > 0 && is_continued(text, start))
        start = line_start(text, start - 1);
    return start;
}

/* Returns whether a comment or a string is open at the end. */
static bool
ends_in_text(const char *text, gsize from, gsize to)
{
    bool quoted = false, comment = false;

    for (gsize i = from; i < to; i++) {
        if (text[i] == '\n')
            quoted = comment = false;
        else if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"' && !comment)
            quoted = !quoted;
        else if (text[i] == '#' && !quoted)
            comment = true;
    }
    return quoted || comment;
}

/* ---- statements and blocks ---- */

static bool
is_timed(const char *word)
{
    const ScnStatement *statement = scn_statement_find(word);

    return statement && statement->stands == SCN_OPENS_BLOCK && statement->kind >= SCN_STMT_AT &&
           statement->kind <= SCN_STMT_WHEN;
}

/* Returns the index of the action, mark or check in a timed statement; 0 if there is none yet. */
static guint
find_item(const GArray *tokens)
{
    for (guint i = 1; i < tokens->len; i++) {
        const ScnToken *token = &g_array_index(tokens, ScnToken, i);
        const ScnToken *next = i + 1 < tokens->len ? token + 1 : NULL;
        bool called = next && next->kind == SCN_TOKEN_MARK && strchr("(=.[", next->mark[0]);

        if (token->kind == SCN_TOKEN_WORD && scn_is_item(token->text) && !called && i > 1)
            return i;
    }
    return 0;
}

/* Follows blocks over one statement. */
static ScnStmtKind
block_after(ScnStmtKind block, const GArray *tokens)
{
    const ScnToken *first = &g_array_index(tokens, ScnToken, 0);
    const ScnStatement *statement =
        first->kind == SCN_TOKEN_WORD ? scn_statement_find(first->text) : NULL;

    if (first->kind != SCN_TOKEN_WORD)
        return block;
    if (strcmp(first->text, "end") == 0)
        return SCN_STMT_CHECK;
    if (!statement || statement->stands > SCN_OPENS_BLOCK ||
        (tokens->len > 1 && first[1].kind == SCN_TOKEN_MARK && first[1].mark[0] == '-'))
        return block;
    if (is_timed(first->text))
        return find_item(tokens) > 0 ? SCN_STMT_CHECK : SCN_STMT_AT;
    return statement->stands == SCN_OPENS_BLOCK ? statement->kind : SCN_STMT_CHECK;
}

static void
drop_end(GArray *tokens)
{
    if (tokens->len > 0)
        g_array_set_size(tokens, tokens->len - 1);
}

/* Reads the statements before `start`, to know in which block it is. */
static ScnStmtKind
block_at(ScnCursor *cursor, gsize start)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(GArray) tokens = scn_tokens_new();
    ScnLexer lexer = {.sources = cursor->sources, .errors = errors};
    ScnStmtKind block = SCN_STMT_CHECK;

    while (lexer.at < start && scn_lexer_line(&lexer, tokens)) {
        drop_end(tokens);
        if (g_array_index(tokens, ScnToken, 0).span.offset >= start)
            break;
        block = block_after(block, tokens);
    }
    return block;
}

/* ---- options ---- */

typedef struct {
    const char *name;
    const ScnOptRow *found;
} RowSearch;

static void
compare_row(const ScnOptRow *row, gpointer user)
{
    RowSearch *search = user;

    if (!search->found && strcmp(row->spec.name, search->name) == 0)
        search->found = row;
}

static void
each_row(const ScnOptTable *table, ScnCursorRow func, gpointer user)
{
    for (guint i = 0; table && i < table->count; i++)
        func(&table->rows[i], user);
}

void
scn_cursor_each_option(const char *head, ScnCursorRow func, gpointer user)
{
    const ScnAction *action = scn_action_find(head);
    const ScnOptTable *table = scn_topic_options(head);

    if (action && action->options)
        each_row(action->options, func, user);
    for (guint i = 0; action && !action->options && i < SCN_ACTION_TAKES && action->takes[i]; i++)
        func(scn_option_find(&scn_action_options, action->takes[i]), user);
    if (table && table != &scn_action_options) {
        each_row(table, func, user);
        each_row(table->also, func, user);
    }
}

static const ScnOptRow *
find_row(const char *head, const char *name)
{
    RowSearch search = {.name = name};

    scn_cursor_each_option(head, compare_row, &search);
    return search.found;
}

/* Finds the option whose value is due behind the last token. */
static void
find_option(ScnCursor *cursor)
{
    guint i = cursor->tokens->len, inner = 0;
    const ScnToken *tokens = (const ScnToken *)(void *)cursor->tokens->data;

    if (!cursor->head || i == 0 || tokens[i - 1].kind != SCN_TOKEN_MARK ||
        !strchr("=,:.([{+-*/", tokens[i - 1].mark[0]))
        return;
    while (i-- > 1) {
        const ScnToken *token = &tokens[i];

        if (token->kind != SCN_TOKEN_MARK)
            continue;
        inner += strchr(")]}", token->mark[0]) != NULL;
        if (strchr("([{", token->mark[0]) && inner > 0)
            inner--;
        if (strcmp(token->mark, "=") == 0 && inner == 0 && tokens[i - 1].kind == SCN_TOKEN_WORD &&
            find_row(cursor->head, tokens[i - 1].text)) {
            cursor->option = tokens[i - 1].text;
            cursor->row = find_row(cursor->head, cursor->option);
            return;
        }
    }
}

static void
find_head(ScnCursor *cursor)
{
    const ScnToken *first =
        cursor->tokens->len > 0 ? &g_array_index(cursor->tokens, ScnToken, 0) : NULL;
    guint item;

    if (!first || first->kind != SCN_TOKEN_WORD)
        return;
    cursor->head = first->text;
    if (!is_timed(first->text))
        return;
    cursor->timed = first->text;
    item = find_item(cursor->tokens);
    cursor->head = item > 0 ? g_array_index(cursor->tokens, ScnToken, item).text : NULL;
}

/* ---- the cursor ---- */

/* Reads the tokens from `start` to the word. */
static void
read_tokens(ScnCursor *cursor, const char *text, gsize start)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(GPtrArray) sources = scn_sources_new();
    ScnLexer lexer = {.sources = sources, .errors = errors};

    g_ptr_array_add(sources, scn_source_new("", text + start, cursor->from - start));
    cursor->tokens = scn_tokens_new();
    scn_lexer_line(&lexer, cursor->tokens);
    drop_end(cursor->tokens);
}

void
scn_cursor_init(ScnCursor *cursor, const char *text, gsize length, gsize offset, bool whole)
{
    gsize at = MIN(offset, length), from = at, start;

    *cursor = (ScnCursor){.to = (guint32)at, .block = SCN_STMT_CHECK};
    cursor->sources = scn_sources_new();
    g_ptr_array_add(cursor->sources, scn_source_new("", text, length));
    text = ((ScnSource *)cursor->sources->pdata[0])->text;
    while (from > 0 && is_word_byte(text[from - 1]))
        from--;
    while (whole && cursor->to < length && is_word_byte(text[cursor->to]))
        cursor->to++;
    from -= from > 0 && text[from - 1] == '$';
    cursor->from = (guint32)from;
    cursor->word = g_strndup(text + from, cursor->to - from);
    start = statement_start(text, from);
    cursor->is_text = ends_in_text(text, start, from);
    read_tokens(cursor, text, start);
    cursor->block = block_at(cursor, start);
    find_head(cursor);
    find_option(cursor);
}

void
scn_cursor_clear(ScnCursor *cursor)
{
    g_clear_pointer(&cursor->sources, g_ptr_array_unref);
    g_clear_pointer(&cursor->tokens, g_array_unref);
    g_clear_pointer(&cursor->word, g_free);
}

/* Returns the table that has the row, to describe it. */
static const ScnOptTable *
table_of(const ScnOptRow *row)
{
    for (guint t = 0; scn_option_tables[t]; t++) {
        const ScnOptTable *table = scn_option_tables[t];

        if (row >= table->rows && row < table->rows + table->count)
            return table;
    }
    return NULL;
}

bool
scn_cursor_explain(const ScnCursor *cursor, GString *out)
{
    const ScnOptRow *row = cursor->head ? find_row(cursor->head, cursor->word) : NULL;

    if (cursor->is_text || *cursor->word == '\0')
        return false;
    if (cursor->row && cursor->row->spec.kind == SCN_OPT_WORD)
        row = cursor->row;
    if (row && table_of(row))
        return scn_option_describe(out, table_of(row), row->spec.name);
    return scn_topic_explain(out, cursor->word);
}
