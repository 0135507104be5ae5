/* Formats a scenario line by line; see format.h.
 *
 * The tokens say what a line has, the syntax tree says what a mark means: an = after the name of an
 * option is written without blanks, others with. A physical line is laid out alone; then
 * neighbouring lines are compared to keep columns.
 */
#include "sim/scenario/format.h"

#include "sim/scenario/source.h"
#include "sim/scenario/walk.h"

#include <string.h>

#define INDENT 2
#define COMMENT_GAP 2

/* What the syntax tree says of the token at an offset. */
typedef enum {
    ROLE_NONE,
    ROLE_OPTION, /* name of an option */
    ROLE_NAMED,  /* name of an argument */
    ROLE_CALLED, /* name of a function that is called */
    ROLE_SIGN,   /* + or - of one value */
    ROLE_OPENS,  /* first word of a statement with a block below it */
} Role;

typedef struct {
    guint first, count; /* tokens */
    char *comment;      /* NULL: none */
    bool continues;     /* ends in `\` */
    bool continued;     /* the line before does */
    guint column;       /* where the text of the line begins in the source */
    guint comment_column;
    guint indent; /* where it begins in the output */
    guint depth;
    GArray *starts; /* guint: where each token begins in the output */
    guint width;    /* of the output without the comment */
} Line;

typedef struct {
    GPtrArray *sources;
    const ScnSource *source;
    GArray *tokens; /* ScnToken, without ends of lines */
    GArray *lines;  /* Line */
    GHashTable *roles;
} Format;

/* ---- what tokens mean ---- */

static void
set_role(Format *format, guint32 offset, Role role)
{
    g_hash_table_insert(format->roles, GUINT_TO_POINTER(offset + 1), GINT_TO_POINTER(role));
}

static Role
role_of(const Format *format, const ScnToken *token)
{
    return GPOINTER_TO_INT(
        g_hash_table_lookup(format->roles, GUINT_TO_POINTER(token->span.offset + 1)));
}

static void
see_stmt(const ScnStmt *stmt, gpointer user)
{
    const ScnStmt *first = stmt->items->len > 0 ? stmt->items->pdata[0] : NULL;
    bool timed =
        stmt->kind == SCN_STMT_AT || stmt->kind == SCN_STMT_EVERY || stmt->kind == SCN_STMT_WHEN;
    bool below = !first || first->keyword.offset >= stmt->span.offset + stmt->span.length;

    if (stmt->kind == SCN_STMT_TREE || stmt->kind == SCN_STMT_SCRIPT || (timed && below))
        set_role(user, stmt->keyword.offset, ROLE_OPENS);
}

static void
see_option(const ScnStmt *stmt, const ScnOption *option, gpointer user)
{
    (void)stmt;
    set_role(user, option->name_span.offset, ROLE_OPTION);
}

static void
see_argument(const ScnArg *arg, gpointer user)
{
    set_role(user, arg->name_span.offset, ROLE_NAMED);
}

static void
see_expr(const ScnExpr *expr, const ScnWalkPlace *place, gpointer user)
{
    Format *format = user;

    (void)place;
    if (expr->kind == SCN_EXPR_CALL)
        set_role(format, scn_expr_start(expr, format->sources), ROLE_CALLED);
    if (scn_expr_is_operator(expr, SCN_OP_MINUS) || scn_expr_is_operator(expr, SCN_OP_PLUS))
        set_role(format, scn_expr_start(expr, format->sources), ROLE_SIGN);
}

/* ---- lines ---- */

static const ScnToken *
token_at(const Format *format, guint i)
{
    return &g_array_index(format->tokens, ScnToken, i);
}

static void
line_clear(gpointer data)
{
    Line *line = data;

    g_free(line->comment);
    g_clear_pointer(&line->starts, g_array_unref);
}

/* Returns the number of columns that the text takes. A tab goes on to a multiple of eight. */
static guint
columns_of(const char *text, gsize length)
{
    guint column = 0;

    for (gsize i = 0; i < length; i++) {
        if (text[i] == '\t')
            column += 8 - column % 8;
        else
            column += ((guchar)text[i] & 0xC0) != 0x80;
    }
    return column;
}

static gsize
skip_blanks(const char *text, gsize at, gsize end)
{
    while (at < end && strchr(" \t\r", text[at]))
        at++;
    return at;
}

/* Reads what stands after the last token of a line: a comment, a `\`, or nothing. */
static void
read_tail(const Format *format, Line *line, gsize start, gsize end)
{
    const char *text = format->source->text;
    gsize at = start, last = end;

    if (line->count > 0) {
        ScnSpan span = token_at(format, line->first + line->count - 1)->span;
        at = span.offset + span.length;
    }
    at = skip_blanks(text, at, end);
    line->column = columns_of(text + start, at - start);
    if (line->count > 0)
        line->column = columns_of(text + start, token_at(format, line->first)->span.offset - start);
    if (at < end && text[at] == '#') {
        while (last > at && strchr(" \t\r", text[last - 1]))
            last--;
        line->comment = g_strndup(text + at, last - at);
        line->comment_column = columns_of(text + start, at - start);
    }
    line->continues = at < end && text[at] == '\\';
}

/* Cuts the source into lines and gives each its tokens. */
static void
read_lines(Format *format)
{
    gsize head = g_str_has_prefix(format->source->text, BYTE_ORDER_MARK) ? 3 : 0;
    guint next = 0;
    bool continued = false;

    for (guint i = 0; i < format->source->lines->len; i++) {
        gsize start = MAX(g_array_index(format->source->lines, gsize, i), head), length;
        Line line = {.first = next, .continued = continued};
        const char *text = scn_source_line(format->source, i + 1, &length);
        gsize end = MAX((gsize)(text - format->source->text) + length, start);

        while (next < format->tokens->len && token_at(format, next)->span.offset < end)
            next++;
        line.count = next - line.first;
        read_tail(format, &line, start, end);
        continued = line.continues;
        g_array_append_val(format->lines, line);
    }
}

static Line *
line_at(const Format *format, guint i)
{
    return &g_array_index(format->lines, Line, i);
}

/* Returns whether a line has only the word `end`. */
static bool
is_end(const Format *format, const Line *line)
{
    return line->count == 1 && !line->continued && token_at(format, line->first)->text &&
           strcmp(token_at(format, line->first)->text, "end") == 0;
}

/* Gives each line the number of blocks around it, and its indentation. */
static void
indent_lines(Format *format)
{
    guint depth = 0;
    bool opens = false; /* the statement of this line has a block below it */

    for (guint i = 0; i < format->lines->len; i++) {
        Line *line = line_at(format, i);

        if (is_end(format, line) && depth > 0)
            depth--;
        line->depth = depth;
        line->indent = depth * INDENT;
        if (line->continued)
            line->indent = MAX(line->column, line->indent + INDENT);
        if (line->count > 0 && role_of(format, token_at(format, line->first)) == ROLE_OPENS)
            opens = true;
        depth += opens && !line->continues;
        opens = opens && line->continues;
    }
}

/* ---- blanks between two tokens ---- */

static bool
is_mark(const ScnToken *token, const char *mark)
{
    return token->kind == SCN_TOKEN_MARK && strcmp(token->mark, mark) == 0;
}

static bool
is_one_of(const ScnToken *token, const char *const *marks)
{
    return token->kind == SCN_TOKEN_MARK && g_strv_contains(marks, token->mark);
}

/* Returns whether token `i` is a comma between the values of an option. */
static bool
is_list_comma(const Format *format, const Line *line, guint i)
{
    static const char *const open[] = {"(", "[", "{", NULL}, *const close[] = {")", "]", "}", NULL};
    guint inner = 0;

    if (!is_mark(token_at(format, i), ","))
        return false;
    while (i-- > 0) {
        const ScnToken *token = token_at(format, i);

        inner += is_one_of(token, close);
        if (is_one_of(token, open) && inner-- == 0)
            return false;
        if (inner == 0 && role_of(format, token) == ROLE_OPTION)
            return true;
        if (i < line->first && !line->continued)
            return false;
    }
    return false;
}

/* Returns whether the = at `i` follows the name of an option or of an argument. */
static bool
is_tight_equals(const Format *format, guint i)
{
    Role role = i > 0 ? role_of(format, token_at(format, i - 1)) : ROLE_NONE;

    return is_mark(token_at(format, i), "=") && (role == ROLE_OPTION || role == ROLE_NAMED);
}

/* Returns whether a blank stands before token `i`, which is not the first of its line. */
static bool
has_blank(const Format *format, const Line *line, guint i)
{
    static const char *const after[] = {"(", "[", "{", ":", "..", ".", "^", NULL};
    static const char *const before[] = {",", ")", "]", "}", ":", "..", ".", "^", "[", NULL};
    const ScnToken *last = token_at(format, i - 1), *token = token_at(format, i);

    if (is_one_of(token, before) || is_one_of(last, after) || role_of(format, last) == ROLE_SIGN)
        return false;
    if (is_mark(token, "("))
        return role_of(format, last) != ROLE_CALLED && !is_tight_equals(format, i - 1);
    return !is_tight_equals(format, i) && !is_tight_equals(format, i - 1) &&
           !is_list_comma(format, line, i - 1);
}

/* ---- layout ---- */

static guint
token_width(const Format *format, const ScnToken *token)
{
    return columns_of(format->source->text + token->span.offset, token->span.length);
}

/* Returns where a token begins in the source, as a column. */
static guint
source_column(const Format *format, guint i)
{
    guint32 offset = token_at(format, i)->span.offset, row, column;

    scn_source_locate(format->source, offset, &row, &column);
    gsize start = g_array_index(format->source->lines, gsize, row - 1);
    return columns_of(format->source->text + start, offset - start);
}

static guint *
start_of(const Line *line, guint k)
{
    return &g_array_index(line->starts, guint, k);
}

/* Places the tokens of a line from the k-th on, one blank where one is due. */
static void
place_tokens(const Format *format, Line *line, guint from)
{
    for (guint k = from; k < line->count; k++) {
        guint i = line->first + k;

        *start_of(line, k) = *start_of(line, k - 1) + token_width(format, token_at(format, i - 1)) +
                             has_blank(format, line, i);
    }
    line->width = line->indent;
    if (line->count > 0)
        line->width = *start_of(line, line->count - 1) +
                      token_width(format, token_at(format, line->first + line->count - 1));
}

/* Returns the token that follows the n-th blank of a line; 0 if it has not so many. */
static guint
cell_start(const Format *format, const Line *line, guint n)
{
    for (guint k = 1; k < line->count; k++) {
        if (has_blank(format, line, line->first + k) && n-- == 0)
            return k;
    }
    return 0;
}

/* Returns whether the two lines, neighbours, may share columns: they begin with the same word. */
static bool
are_alike(const Format *format, const Line *a, const Line *b)
{
    const ScnToken *first = a->count > 0 ? token_at(format, a->first) : NULL;
    const ScnToken *second = b->count > 0 ? token_at(format, b->first) : NULL;

    return first && second && a->depth == b->depth && a->continued == b->continued && first->text &&
           second->text && strcmp(first->text, second->text) == 0;
}

/* Returns whether the author left more than one blank before the k-th token. */
static bool
has_wide_gap(const Format *format, const Line *line, guint k)
{
    const ScnToken *last = token_at(format, line->first + k - 1);

    return source_column(format, line->first + k) >
           source_column(format, line->first + k - 1) + token_width(format, last) + 1;
}

/* Puts the cells after the n-th blank of lines from..to below each other. */
static void
align_cells(const Format *format, guint from, guint to, guint n)
{
    guint column = 0;

    for (guint i = from; i < to; i++) {
        const Line *line = line_at(format, i);
        column = MAX(column, *start_of(line, cell_start(format, line, n)));
    }
    for (guint i = from; i < to; i++) {
        Line *line = line_at(format, i);
        guint k = cell_start(format, line, n);

        *start_of(line, k) = column;
        place_tokens(format, line, k + 1);
    }
}

/* Finds the lines among from..to whose cells after the n-th blank stand below each other, and keeps
 * them so. Returns whether any line has that many cells. */
static bool
align_column(const Format *format, guint from, guint to, guint n)
{
    bool any = false;

    for (guint i = from; i < to;) {
        guint k = cell_start(format, line_at(format, i), n), end = i + 1;
        bool wide = k > 0 && has_wide_gap(format, line_at(format, i), k);

        any = any || k > 0;
        for (; k > 0 && end < to; end++) {
            guint other = cell_start(format, line_at(format, end), n);

            if (other == 0 || source_column(format, line_at(format, end)->first + other) !=
                                  source_column(format, line_at(format, i)->first + k))
                break;
            wide = wide || has_wide_gap(format, line_at(format, end), other);
        }
        if (wide && end > i + 1)
            align_cells(format, i, end, n);
        i = end;
    }
    return any;
}

static void
align_lines(const Format *format)
{
    for (guint i = 0, end; i < format->lines->len; i = end) {
        end = i + 1;
        while (end < format->lines->len &&
               are_alike(format, line_at(format, i), line_at(format, end)))
            end++;
        for (guint n = 0; end > i + 1 && align_column(format, i, end, n); n++)
            ;
    }
}

/* Returns whether a comment follows tokens on its line. */
static bool
is_trailing(const Line *line)
{
    return line->comment && line->count > 0;
}

/* Moves comments after statements that are too long for them; those that stood below each other in
 * neighbouring lines still do. */
static void
align_comments(const Format *format)
{
    for (guint i = 0, end; i < format->lines->len; i = end) {
        Line *line = line_at(format, i);
        guint column = line->comment_column;

        for (end = i; end < format->lines->len; end++) {
            const Line *other = line_at(format, end);

            if (!is_trailing(other) || other->comment_column != line->comment_column)
                break;
            column = MAX(column, other->width + COMMENT_GAP);
        }
        for (guint k = i; k < end; k++)
            line_at(format, k)->comment_column = column;
        end = MAX(end, i + 1);
    }
}

static void
lay_out(Format *format)
{
    indent_lines(format);
    for (guint i = 0; i < format->lines->len; i++) {
        Line *line = line_at(format, i);

        line->starts = g_array_sized_new(FALSE, TRUE, sizeof(guint), line->count);
        g_array_set_size(line->starts, line->count);
        if (line->count > 0)
            *start_of(line, 0) = line->indent;
        place_tokens(format, line, 1);
    }
    align_lines(format);
    align_comments(format);
}

/* ---- output ---- */

static void
pad_to(GString *out, guint *column, guint want)
{
    for (; *column < want; (*column)++)
        g_string_append_c(out, ' ');
}

static void
write_line(const Format *format, const Line *line, GString *out)
{
    guint column = 0;

    for (guint k = 0; k < line->count; k++) {
        const ScnToken *token = token_at(format, line->first + k);

        pad_to(out, &column, *start_of(line, k));
        g_string_append_len(out, format->source->text + token->span.offset, token->span.length);
        column += token_width(format, token);
    }
    if (line->comment) {
        pad_to(out, &column, line->count > 0 ? line->comment_column : line->indent);
        g_string_append(out, line->comment);
    }
    if (line->continues) {
        pad_to(out, &column, line->count > 0 ? line->width + 1 : line->indent);
        g_string_append_c(out, '\\');
    }
    g_string_append_c(out, '\n');
}

/* An empty line after a `\` ends its statement, so it is never left out. */
static char *
write_lines(const Format *format)
{
    GString *out = g_string_new(NULL);
    guint blank = 0;
    bool any = false;

    if (g_str_has_prefix(format->source->text, BYTE_ORDER_MARK))
        g_string_append(out, BYTE_ORDER_MARK);
    for (guint i = 0; i < format->lines->len; i++) {
        const Line *line = line_at(format, i);

        if (line->count == 0 && !line->comment && !line->continues) {
            blank++;
            continue;
        }
        if (blank > 0 && any)
            g_string_append_c(out, '\n');
        blank = 0;
        any = true;
        write_line(format, line, out);
    }
    return g_string_free(out, FALSE);
}

/* ---- the file ---- */

static void
format_clear(Format *format)
{
    g_ptr_array_unref(format->sources);
    g_array_unref(format->tokens);
    g_array_unref(format->lines);
    g_hash_table_unref(format->roles);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Format, format_clear)

static void
format_init(Format *format, const char *name, const char *text, gsize length)
{
    format->sources = scn_sources_new();
    g_ptr_array_add(format->sources, scn_source_new(name, text, length));
    format->source = format->sources->pdata[0];
    format->tokens = scn_tokens_new();
    format->lines = g_array_new(FALSE, FALSE, sizeof(Line));
    g_array_set_clear_func(format->lines, line_clear);
    format->roles = g_hash_table_new(NULL, NULL);
}

/* Collects the tokens of all lines; the array of each line keeps its texts no longer. */
static void
read_tokens(Format *format, ScnErrors *errors)
{
    g_autoptr(GArray) tokens = scn_tokens_new();
    ScnLexer lexer = {.sources = format->sources, .errors = errors};

    if (g_str_has_prefix(format->source->text, BYTE_ORDER_MARK))
        lexer.at = strlen(BYTE_ORDER_MARK);
    while (scn_lexer_line(&lexer, tokens)) {
        for (guint i = 0; i + 1 < tokens->len; i++) {
            ScnToken token = g_array_index(tokens, ScnToken, i);

            g_array_index(tokens, ScnToken, i).text = NULL;
            g_array_append_val(format->tokens, token);
        }
    }
}

/* Reads the text. Returns false after reporting why it is refused. */
static bool
read_text(Format *format, ScnErrors *errors)
{
    static const ScnWalk walk = {see_stmt, see_option, see_argument, see_expr};
    g_autoptr(ScnSyntax) syntax = scn_parse_alone(format->sources, errors);

    if (errors->found > 0)
        return false;
    scn_walk(syntax, &walk, format);
    read_tokens(format, errors);
    read_lines(format);
    return true;
}

static bool
is_same_token(const Format *a, const Format *b, guint i)
{
    ScnSpan one = token_at(a, i)->span, other = token_at(b, i)->span;

    return one.length == other.length &&
           memcmp(a->source->text + one.offset, b->source->text + other.offset, one.length) == 0;
}

/* Returns the next line from *at on that is not empty, or NULL. */
static const Line *
next_line(const Format *format, guint *at)
{
    while (*at < format->lines->len) {
        const Line *line = line_at(format, (*at)++);

        if (line->count > 0 || line->comment || line->continues)
            return line;
    }
    return NULL;
}

/* Returns whether both texts have the same tokens, comments and continuations in the same lines. */
static bool
is_same_text(const Format *format, const char *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_auto(Format) other = {NULL};
    guint at = 0, other_at = 0;
    const Line *line, *now;
    bool same;

    format_init(&other, "", text, strlen(text));
    same = read_text(&other, errors) && other.tokens->len == format->tokens->len;
    for (guint i = 0; same && i < format->tokens->len; i++)
        same = is_same_token(format, &other, i);
    do {
        line = next_line(format, &at);
        now = next_line(&other, &other_at);
        same = same && !line == !now &&
               (!line || (line->count == now->count && line->continues == now->continues &&
                          g_strcmp0(line->comment, now->comment) == 0));
    } while (same && line);
    return same;
}

char *
scn_format(const char *name, const char *text, gsize length, ScnErrors *errors)
{
    g_auto(Format) format = {NULL};
    g_autofree char *out = NULL;

    if (length > SCN_BYTES_MAX) {
        scn_errors_add_bare(errors, SCN_TOO_LONG);
        return NULL;
    }
    format_init(&format, name, text, length);
    if (!read_text(&format, errors))
        return NULL;
    lay_out(&format);
    out = write_lines(&format);
    if (is_same_text(&format, out))
        return g_steal_pointer(&out);
    scn_errors_add_bare(errors, "formatting would change what the file says: this is a bug of "
                                "kettensim; the file stays as it is");
    return NULL;
}

char *
scn_format_statement(const char *text, bool alone)
{
    const char *before = alone ? "" : "at 0s ";
    g_autofree char *line = g_strconcat(before, text, "\n", NULL);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autofree char *formatted = scn_format("", line, strlen(line), errors);

    return formatted != NULL ? g_strchomp(g_strdup(formatted + strlen(before))) : g_strdup(text);
}
