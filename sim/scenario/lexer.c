/* Turns characters into tokens; see lexer.h. */
#include "sim/scenario/lexer.h"

#include "sim/scenario/remedy.h"

#include "sim/io/text.h"

#include <string.h>

static const ScnSource *
source_of(const ScnLexer *lexer)
{
    return lexer->sources->pdata[lexer->source];
}

static char
peek_byte(const ScnLexer *lexer, gsize ahead)
{
    const ScnSource *source = source_of(lexer);
    return lexer->at + ahead < source->length ? source->text[lexer->at + ahead] : '\0';
}

static ScnSpan
span_from(const ScnLexer *lexer, gsize start)
{
    return (ScnSpan){lexer->source, (guint32)start, (guint32)(lexer->at - start)};
}

static bool
is_word_start(char c)
{
    return g_ascii_isalpha(c) || c == '_';
}

static bool
is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

static void
token_clear(gpointer data)
{
    g_free(((ScnToken *)data)->text);
}

GArray *
scn_tokens_new(void)
{
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(ScnToken));
    g_array_set_clear_func(tokens, token_clear);
    return tokens;
}

/* ---- blanks ---- */

/* Returns the length of a line join at this `\` (with blanks before the newline), or 0 if it is
 * none. */
static gsize
join_length(const ScnLexer *lexer)
{
    gsize n = 1;
    while (peek_byte(lexer, n) == ' ' || peek_byte(lexer, n) == '\t' || peek_byte(lexer, n) == '\r')
        n++;
    return peek_byte(lexer, n) == '\n' ? n + 1 : 0;
}

static bool
skip_blanks(ScnLexer *lexer)
{
    gsize start = lexer->at;
    for (;;) {
        char c = peek_byte(lexer, 0);
        if (c == ' ' || c == '\t' || c == '\r')
            lexer->at++;
        else if (c == '\\' && join_length(lexer) > 0)
            lexer->at += join_length(lexer);
        else if (c == '#')
            while (lexer->at < source_of(lexer)->length && peek_byte(lexer, 0) != '\n')
                lexer->at++;
        else
            break;
    }
    return lexer->at > start;
}

/* ---- tokens ---- */

static void
report_bad_token(ScnLexer *lexer, ScnToken *token, const char *message, const char *help)
{
    token->kind = SCN_TOKEN_BAD;
    scn_errors_add(lexer->errors, lexer->sources, token->span, message, help);
}

static void
read_word(ScnLexer *lexer, ScnToken *token)
{
    gsize start = lexer->at;
    const char *text = source_of(lexer)->text;

    for (;; lexer->at++) {
        char c = peek_byte(lexer, 0);
        bool joins = c == '-' && is_word(text[lexer->at - 1]) && is_word(peek_byte(lexer, 1));
        if (!is_word(c) && !joins)
            break;
    }
    token->kind = SCN_TOKEN_WORD;
    token->text = g_strndup(text + start, lexer->at - start);
    token->span = span_from(lexer, start);
}

static void
read_param(ScnLexer *lexer, ScnToken *token)
{
    gsize start = lexer->at++;
    while (is_word(peek_byte(lexer, 0)))
        lexer->at++;
    token->kind = SCN_TOKEN_PARAM;
    token->span = span_from(lexer, start);
    token->text = g_strndup(source_of(lexer)->text + start + 1, token->span.length - 1);
    if (!is_word_start(token->text[0]))
        report_bad_token(lexer, token, "'$' needs the name of a param or let", "write $name");
}

static void
read_hex(ScnLexer *lexer, ScnToken *token)
{
    gsize start = lexer->at;
    guint digits = 0;
    bool good = true;

    lexer->at += 2;
    for (; is_word(peek_byte(lexer, 0)); lexer->at++) {
        int digit = g_ascii_xdigit_value(peek_byte(lexer, 0));
        good = good && digit >= 0 && ++digits <= 16;
        if (good)
            token->quantity.value = token->quantity.value * 16 + digit;
    }
    token->kind = SCN_TOKEN_HEX;
    token->span = span_from(lexer, start);
    token->quantity.value *= SCN_ONE;
    if (!good || digits == 0)
        report_bad_token(lexer, token, "not a hexadecimal number",
                         "write 0x and 1 to 16 digits 0-9 a-f");
}

static void
read_quantity(ScnLexer *lexer, ScnToken *token)
{
    gsize start = lexer->at, used = 0;
    g_autofree char *problem = NULL;
    g_autofree char *help = NULL;
    const ScnSource *source = source_of(lexer);
    bool ok = scn_quantity_parse(source->text + start, source->length - start, &token->quantity,
                                 &used, &problem, &help);
    lexer->at += MAX(used, (gsize)1);
    token->kind = SCN_TOKEN_QUANTITY;
    token->span = span_from(lexer, start);
    token->bare = g_ascii_isdigit(source->text[lexer->at - 1]);
    if (ok && is_word(peek_byte(lexer, 0))) {
        while (is_word(peek_byte(lexer, 0)))
            lexer->at++;
        token->span = span_from(lexer, start);
        report_bad_token(lexer, token, "a number ends in the middle of a word",
                         "write a blank after it");
    } else if (!ok) {
        report_bad_token(lexer, token, problem, help);
    }
}

static char
unescape(char c)
{
    static const char from[] = "\"\\nt", to[] = "\"\\\n\t";
    const char *found = c ? strchr(from, c) : NULL;
    return found ? to[found - from] : '\0';
}

/* Reads a string up to its closing quote or the end of the line. */
static void
read_string(ScnLexer *lexer, ScnToken *token)
{
    gsize start = lexer->at++;
    GString *text = g_string_new(NULL);
    bool bad_escape = false;

    while (peek_byte(lexer, 0) != '"' && peek_byte(lexer, 0) != '\n' &&
           peek_byte(lexer, 0) != '\0') {
        char c = peek_byte(lexer, 0);
        if (c == '\\') {
            c = unescape(peek_byte(lexer, 1));
            bad_escape |= c == '\0';
            lexer->at += peek_byte(lexer, 1) != '\0' && peek_byte(lexer, 1) != '\n';
        }
        g_string_append_c(text, c ? c : '?');
        lexer->at++;
    }
    bool closed = peek_byte(lexer, 0) == '"';
    lexer->at += closed;
    token->kind = SCN_TOKEN_STRING;
    token->text = g_string_free(text, FALSE);
    token->span = span_from(lexer, start);
    if (!closed)
        report_bad_token(lexer, token, "a text without its closing quote", "write \" at its end");
    else if (bad_escape)
        report_bad_token(lexer, token, "unknown escape in a text", "write \\\" \\\\ \\n or \\t");
}

static void
read_unknown(ScnLexer *lexer, ScnToken *token)
{
    gsize start = lexer->at++;
    while (((guchar)peek_byte(lexer, 0) & 0xC0) == 0x80)
        lexer->at++;
    token->span = span_from(lexer, start);
    report_bad_token(lexer, token, "this character does not belong here", NULL);
}

/* Returns the longest mark of the language that stands here, or NULL. */
static const char *
find_mark(const ScnLexer *lexer)
{
    static const char *const marks[] = {"<->", "->", "..", "==", "!=", "<=", ">=", "<", ">",
                                        "=",   "(",  ")",  "[",  "]",  "{",  "}",  ",", "|",
                                        "*",   "/",  "%",  "^",  "+",  "-",  ":",  "."};

    for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (g_str_has_prefix(source_of(lexer)->text + lexer->at, marks[i]))
            return marks[i];
    }
    return NULL;
}

static void
read_mark(ScnLexer *lexer, ScnToken *token)
{
    const char *mark = find_mark(lexer);
    gsize start = lexer->at;

    if (!mark) {
        read_unknown(lexer, token);
        return;
    }
    lexer->at += strlen(mark);
    token->kind = SCN_TOKEN_MARK;
    memcpy(token->mark, mark, strlen(mark) + 1);
    token->span = span_from(lexer, start);
}

/* ---- marks of other languages ---- */

/* Returns the row of the wrong mark that stands here; NULL if a mark of the language does. */
static const ScnRemedyMark *
find_wrong_mark(const ScnLexer *lexer)
{
    const ScnRemedyMark *wrong = scn_remedy_mark(source_of(lexer)->text + lexer->at);
    const char *mark = wrong ? find_mark(lexer) : NULL;

    return mark && strlen(mark) >= strlen(wrong->wrong) ? NULL : wrong;
}

/* Reports the mark and puts in its place what was meant. Returns false if that is no token. */
static bool
replace_wrong_mark(ScnLexer *lexer, ScnToken *token, const ScnRemedyMark *wrong)
{
    g_autofree char *help =
        wrong->help ? g_strdup(wrong->help) : g_strdup_printf("write %s", wrong->right);
    gsize start = lexer->at;

    lexer->at += strlen(wrong->wrong);
    token->span = span_from(lexer, start);
    report_bad_token(lexer, token, "this mark does not belong here", help);
    if (wrong->then == SCN_REMEDY_COMMENT || wrong->then == SCN_REMEDY_TEXT)
        while (lexer->at < source_of(lexer)->length && peek_byte(lexer, 0) != '\n')
            lexer->at++;
    if (wrong->then == SCN_REMEDY_WORD) {
        token->kind = SCN_TOKEN_WORD;
        token->text = g_strdup(wrong->right);
    } else if (wrong->then == SCN_REMEDY_MARK) {
        token->kind = SCN_TOKEN_MARK;
        memcpy(token->mark, wrong->right, strlen(wrong->right) + 1);
    }
    return wrong->then != SCN_REMEDY_COMMENT && wrong->then != SCN_REMEDY_LINE;
}

static void
read_token(ScnLexer *lexer, ScnToken *token)
{
    char c = peek_byte(lexer, 0);
    if (is_word_start(c))
        read_word(lexer, token);
    else if (c == '0' && (peek_byte(lexer, 1) == 'x' || peek_byte(lexer, 1) == 'X'))
        read_hex(lexer, token);
    else if (g_ascii_isdigit(c))
        read_quantity(lexer, token);
    else if (c == '"')
        read_string(lexer, token);
    else if (c == '$')
        read_param(lexer, token);
    else
        read_mark(lexer, token);
}

static void
add_end(ScnLexer *lexer, GArray *tokens)
{
    /* Points just behind the last token, where a missing token is reported */
    ScnToken end = {.kind = SCN_TOKEN_END};
    const ScnToken *last = &g_array_index(tokens, ScnToken, tokens->len - 1);
    end.span = (ScnSpan){last->span.source, last->span.offset + last->span.length, 0};
    g_array_append_val(tokens, end);
    if (peek_byte(lexer, 0) == '\n')
        lexer->at++;
}

/* Adds the token that stands here. Returns false if the line ends there instead. */
static bool
add_token(ScnLexer *lexer, GArray *tokens, bool blank)
{
    ScnToken token = {.blank_before = blank || tokens->len == 0};
    const ScnRemedyMark *wrong = find_wrong_mark(lexer);

    if (!wrong)
        read_token(lexer, &token);
    else if (!replace_wrong_mark(lexer, &token, wrong))
        return wrong->then != SCN_REMEDY_LINE;
    g_array_append_val(tokens, token);
    return true;
}

bool
scn_lexer_line(ScnLexer *lexer, GArray *tokens)
{
    const ScnSource *source = source_of(lexer);

    g_array_set_size(tokens, 0);
    while (lexer->at < source->length && lexer->errors->found < SCN_ERRORS_HOPELESS) {
        bool blank = skip_blanks(lexer);
        if (tokens->len > 0)
            g_array_index(tokens, ScnToken, tokens->len - 1).blank_after =
                blank || lexer->at >= source->length || peek_byte(lexer, 0) == '\n';
        if (lexer->at < source->length && peek_byte(lexer, 0) != '\n') {
            if (!add_token(lexer, tokens, blank) && tokens->len > 0)
                break;
        } else if (tokens->len > 0) {
            break;
        } else {
            lexer->at++;
        }
    }
    if (tokens->len == 0)
        return false;
    g_array_index(tokens, ScnToken, tokens->len - 1).blank_after = true;
    add_end(lexer, tokens);
    return true;
}

bool
scn_lexer_check_encoding(const GPtrArray *sources, guint32 source_index, ScnErrors *errors)
{
    const ScnSource *source = sources->pdata[source_index];
    const char *bad = NULL;

    if (g_utf8_validate(source->text, (gssize)source->length, &bad))
        return true;
    ScnSpan span = {source_index, (guint32)(bad - source->text), 1};
    scn_errors_add(errors, sources, span,
                   *bad == '\0' ? "a NUL byte: this is no text" : "this is not UTF-8",
                   "save the file as UTF-8 text");
    return false;
}

bool
scn_lexer_check_text(const GPtrArray *sources, guint32 source_index, ScnErrors *errors)
{
    const ScnSource *source = sources->pdata[source_index];
    const char *text = source->text;
    g_autofree char *message = NULL;

    if (!scn_lexer_check_encoding(sources, source_index, errors))
        return false;
    if (g_str_has_prefix(text, BYTE_ORDER_MARK))
        text += strlen(BYTE_ORDER_MARK);
    while (*text != '\0' && (strchr("\t\r\n", *text) || io_is_printable(g_utf8_get_char(text))))
        text = g_utf8_next_char(text);
    if (*text == '\0')
        return true;
    message = g_strdup_printf("a character that does not show (U+%04X)", g_utf8_get_char(text));
    scn_errors_add(errors, sources,
                   (ScnSpan){source_index, (guint32)(text - source->text),
                             (guint32)(g_utf8_next_char(text) - text)},
                   message, "take it out: control characters and direction marks are refused");
    return false;
}

char *
scn_tokens_text(const GArray *tokens, guint from, guint to, const GPtrArray *sources)
{
    GString *out = g_string_new(NULL);
    for (guint i = from; i < to; i++) {
        const ScnToken *token = &g_array_index(tokens, ScnToken, i);
        const ScnSource *source = sources->pdata[token->span.source];
        if (i > from && token->blank_before)
            g_string_append_c(out, ' ');
        g_string_append_len(out, source->text + token->span.offset, token->span.length);
    }
    return g_string_free(out, FALSE);
}
