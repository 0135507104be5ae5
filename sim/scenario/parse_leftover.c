/* What is left of a line after its end, and what was probably meant: one row for each mistake. */
#include "sim/scenario/remedy.h"
#include "sim/scenario/syntax.h"

#include <string.h>

/* Returns the token that is `back` before the one reported. */
static const ScnToken *
token_before(const ScnParser *parser, guint back)
{
    static const ScnToken none = {.kind = SCN_TOKEN_END};

    return parser->at >= back ? &g_array_index(parser->tokens, ScnToken, parser->at - back) : &none;
}

static bool
is_mark_token(const ScnToken *token, const char *mark)
{
    return token->kind == SCN_TOKEN_MARK && strcmp(token->mark, mark) == 0;
}

static char *
text_between(const ScnParser *parser, guint from, guint to)
{
    return scn_tokens_text(parser->tokens, from, to, parser->sources);
}

/* ---- the mistakes ----
 *
 * Each function returns the help, or NULL if the line has another mistake. */

/* 5 % */
static char *
blank_before_percent(ScnParser *parser)
{
    return scn_is_mark(parser, 0, "%") && token_before(parser, 1)->bare &&
                   scn_peek(parser, 1)->kind != SCN_TOKEN_QUANTITY
               ? g_strdup("a percentage has no blank before its %")
               : NULL;
}

/* 80 ms */
static char *
blank_before_unit(ScnParser *parser)
{
    const ScnToken *number = token_before(parser, 1), *unit = scn_peek(parser, 0);
    ScnQuantity quantity;
    gsize used = 0;

    if (number->kind != SCN_TOKEN_QUANTITY || !number->bare || unit->kind != SCN_TOKEN_WORD ||
        is_mark_token(scn_peek(parser, 1), "=")) /* the name of an option */
        return NULL;
    g_autofree char *digits = text_between(parser, parser->at - 1, parser->at);
    g_autofree char *joined = g_strconcat(digits, unit->text, NULL);
    g_autofree char *problem = NULL;
    g_autofree char *help = NULL;
    if (!scn_quantity_parse(joined, strlen(joined), &quantity, &used, &problem, &help))
        return help && g_str_has_prefix(help, "write ") ? g_steal_pointer(&help) : NULL;
    return g_strdup_printf("write %s", joined);
}

/* Returns the place after the sum that begins at `start`, or `start` if there is none. */
static guint
end_of_sum(ScnParser *parser, guint start)
{
    g_autoptr(ScnErrors) unseen = scn_errors_new();
    ScnErrors *errors = parser->errors;
    guint at = parser->at, depth = parser->depth, size = parser->size, end;

    parser->errors = unseen;
    parser->at = start;
    g_autoptr(ScnExpr) sum = scn_parse_sum(parser);
    end = sum && unseen->found == 0 ? parser->at : start;
    parser->errors = errors;
    parser->at = at;
    parser->depth = depth;
    parser->size = size;
    return end;
}

/* duration $a + 20m */
static char *
bare_expression(ScnParser *parser)
{
    static const char *const operators[] = {"+", "-", "*", "/", "%", "^"};
    bool is_operator = false;
    guint end;

    for (guint i = 0; i < G_N_ELEMENTS(operators); i++)
        is_operator = is_operator || scn_is_mark(parser, 0, operators[i]);
    if (!is_operator || parser->value_at >= parser->at)
        return NULL;
    end = end_of_sum(parser, parser->value_at);
    if (end <= parser->at)
        return NULL;
    g_autofree char *sum = text_between(parser, parser->value_at, end);
    return g_strdup_printf("write (%s)", sum);
}

/* chain spacing=10s, algorithm=fixed */
static char *
comma_between_options(ScnParser *parser)
{
    bool at_comma = scn_is_mark(parser, 0, ",") && scn_is_mark(parser, 2, "=");
    bool behind = scn_is_mark(parser, 0, "=") && parser->at > 1 &&
                  is_mark_token(token_before(parser, 2), ",");

    return at_comma || behind ? g_strdup("options stand without commas between them") : NULL;
}

/* latency: 80ms, share==60% */
static char *
other_equals(ScnParser *parser)
{
    const ScnToken *word = scn_peek(parser, 0);

    if (word->kind != SCN_TOKEN_WORD ||
        (!scn_is_mark(parser, 1, ":") && !scn_is_mark(parser, 1, "==")) ||
        scn_peek(parser, 2)->kind == SCN_TOKEN_END)
        return NULL;
    g_autofree char *value = text_between(parser, parser->at + 2, parser->at + 3);
    return g_strdup_printf("write %s=%s", word->text, value);
}

/* at 5m: mine 1 at a1 */
static char *
colon_before_item(ScnParser *parser)
{
    return scn_is_mark(parser, 0, ":") || scn_is_mark(parser, 0, ",") ? g_strdup("leave it out")
                                                                      : NULL;
}

/* height(a1) > 2 AND height(b1) > 2; NOT same_tip(all) */
static char *
other_operator(ScnParser *parser)
{
    static const char *const words[] = {"and", "or", "not"};
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        g_ptr_array_add(known, (gpointer)words[i]);
    for (guint back = 0; back < 2; back++) {
        const ScnToken *token = token_before(parser, back);
        const char *right, *help = NULL;

        if (token->kind != SCN_TOKEN_WORD || !scn_remedy_has("operator", token->text))
            continue;
        right = scn_remedy_find("operator", token->text, known, &help);
        return help ? g_strdup(help) : g_strdup_printf("write %s", right);
    }
    return NULL;
}

/* crash a1 wiped */
static char *
no_equals(ScnParser *parser)
{
    const ScnToken *token = scn_peek(parser, 0);

    return parser->in_options && token->kind == SCN_TOKEN_WORD &&
                   scn_peek(parser, 1)->kind != SCN_TOKEN_END
               ? g_strdup_printf("an option is written %s=value", token->text)
               : NULL;
}

/* wallet w[1..8] */
static char *
range_of_names(ScnParser *parser)
{
    const ScnToken *word = token_before(parser, 2);

    return scn_is_mark(parser, 0, "[") && token_before(parser, 3)->kind == SCN_TOKEN_END &&
                   word->kind == SCN_TOKEN_WORD
               ? g_strdup_printf("only nodes have ranges: write a line for each %s", word->text)
               : NULL;
}

static char *(*const mistakes[])(ScnParser *parser) = {
    range_of_names, blank_before_percent, blank_before_unit, bare_expression, comma_between_options,
    other_equals,   colon_before_item,    other_operator,    no_equals,
};

char *
scn_leftover_help(ScnParser *parser)
{
    char *help = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(mistakes) && !help; i++)
        help = mistakes[i](parser);
    return help;
}

void
scn_report_leftover(ScnParser *parser)
{
    g_autofree char *help = scn_leftover_help(parser);

    scn_report_at_token(parser, "this is not expected here",
                        help ? help : "the statement is complete before it");
}

bool
scn_finish_line(ScnParser *parser)
{
    if (scn_at_end(parser))
        return true;
    scn_report_leftover(parser);
    return false;
}
