/* Expressions, values, refs, sets and options: the lower half of the grammar.
 *
 * The parser is recursive descent. Nesting and size are limited because files are untrusted, and
 * every later walk recurses as deep as the tree.
 */
#include "sim/scenario/syntax.h"

#include <string.h>

#define DEPTH_MAX 64
#define SIZE_MAX_EXPR 1000 /* operators and arguments of one expression */

const char *const scn_grammar_words[] = {"and",    "or",    "not",   "if",   "unless",
                                         "from",   "until", "maybe", "over", "end",
                                         "within", "for",   "each",  NULL};

bool
scn_is_word(const ScnParser *parser, guint ahead, const char *word)
{
    const ScnToken *token = scn_peek(parser, ahead);
    return token->kind == SCN_TOKEN_WORD && strcmp(token->text, word) == 0;
}

bool
scn_is_mark(const ScnParser *parser, guint ahead, const char *mark)
{
    const ScnToken *token = scn_peek(parser, ahead);
    return token->kind == SCN_TOKEN_MARK && strcmp(token->mark, mark) == 0;
}

bool
scn_accept_word(ScnParser *parser, const char *word)
{
    if (!scn_is_word(parser, 0, word))
        return false;
    parser->at++;
    return true;
}

bool
scn_accept_mark(ScnParser *parser, const char *mark)
{
    if (!scn_is_mark(parser, 0, mark))
        return false;
    parser->at++;
    return true;
}

bool
scn_expect_word(ScnParser *parser, const char *word)
{
    if (scn_accept_word(parser, word))
        return true;
    g_autofree char *message = g_strdup_printf("'%s' is due here", word);
    g_autofree char *help = g_strdup_printf("write %s", word);
    scn_report_at_token(parser, message, help);
    return false;
}

bool
scn_expect_mark(ScnParser *parser, const char *mark)
{
    if (scn_accept_mark(parser, mark))
        return true;
    g_autofree char *message = g_strdup_printf("'%s' is due here", mark);
    g_autofree char *help = g_strdup_printf("write %s", mark);
    scn_report_at_token(parser, message, help);
    return false;
}

bool
scn_at_end(const ScnParser *parser)
{
    return scn_peek(parser, 0)->kind == SCN_TOKEN_END;
}

void
scn_report_at_token(ScnParser *parser, const char *message, const char *help)
{
    const ScnToken *token = scn_peek(parser, 0);
    if (token->kind != SCN_TOKEN_BAD)
        scn_errors_add(parser->errors, parser->sources, token->span, message, help);
}

static bool
is_grammar_word(const char *word)
{
    return g_strv_contains(scn_grammar_words, word);
}

bool
scn_parse_name(ScnParser *parser, const char *what, char **ret_name, ScnSpan *ret_span)
{
    const ScnToken *token = scn_peek(parser, 0);
    bool good = token->kind == SCN_TOKEN_WORD && !is_grammar_word(token->text) &&
                strcmp(token->text, "all") != 0;

    if (!good || strchr(token->text, '-')) {
        g_autofree char *message = g_strdup_printf("the name of %s is due here", what);
        scn_report_at_token(parser, message,
                            "a name is letters, digits and _, and no word of the language");
        return false;
    }
    *ret_name = g_strdup(token->text);
    *ret_span = token->span;
    parser->at++;
    return true;
}

/* ---- trees ---- */

static ScnSpan
join_spans(ScnSpan a, ScnSpan b)
{
    a.length = b.offset + b.length - a.offset;
    return a;
}

static bool
count_node(ScnParser *parser)
{
    if (++parser->size <= SIZE_MAX_EXPR)
        return true;
    scn_report_at_token(parser, "this expression is too long", "split it with let or mark");
    return false;
}

/* Takes ownership of a and b. Returns NULL if b is NULL. */
static ScnExpr *
new_binary(ScnParser *parser, ScnExprKind kind, ScnExpr *a, ScnExpr *b)
{
    g_autoptr(ScnExpr) left = a;
    g_autoptr(ScnExpr) right = b;
    if (!right || !count_node(parser))
        return NULL;
    ScnExpr *expr = scn_expr_new(kind, join_spans(left->span, right->span));
    scn_expr_add(expr, g_steal_pointer(&left));
    scn_expr_add(expr, g_steal_pointer(&right));
    return expr;
}

static ScnExpr *
binary(ScnParser *parser, ScnOp op, ScnExpr *a, ScnExpr *b)
{
    ScnExpr *expr = new_binary(parser, SCN_EXPR_OPERATOR, a, b);
    if (expr)
        expr->op = op;
    return expr;
}

static ScnExpr *
unary(ScnOp op, ScnSpan span, ScnExpr *operand)
{
    if (!operand)
        return NULL;
    ScnExpr *expr = scn_expr_new(SCN_EXPR_OPERATOR, join_spans(span, operand->span));
    expr->op = op;
    scn_expr_add(expr, operand);
    return expr;
}

static ScnExpr *
token_expr(ScnParser *parser, ScnExprKind kind)
{
    const ScnToken *token = scn_peek(parser, 0);
    ScnExpr *expr = scn_expr_new(kind, token->span);
    expr->quantity = token->quantity;
    expr->name = g_strdup(token->text);
    parser->at++;
    return expr;
}

static void
end_span(const ScnParser *parser, ScnExpr *expr)
{
    expr->span =
        join_spans(expr->span, g_array_index(parser->tokens, ScnToken, parser->at - 1).span);
}

static bool
enter_nesting(ScnParser *parser)
{
    if (parser->depth == 0)
        parser->size = 0;
    if (++parser->depth <= DEPTH_MAX)
        return true;
    scn_report_at_token(parser, "this is nested too deeply", "split it with let or mark");
    return false;
}

/* ---- refs, calls, sets ---- */

static bool
parse_bounds(ScnParser *parser, ScnExpr *expr)
{
    do {
        ScnExpr *bound = scn_parse_sum(parser);
        if (!bound)
            return false;
        scn_expr_add(expr, bound);
    } while (scn_expr_count(expr) < 2 && scn_accept_mark(parser, ".."));
    return true;
}

/* Parses [*], [i] or [i..j] at the bracket. */
static bool
parse_index(ScnParser *parser, ScnExpr *expr)
{
    expr->kind = SCN_EXPR_INDEX;
    parser->at++;
    if (!enter_nesting(parser))
        return false;
    bool ok = scn_accept_mark(parser, "*") || parse_bounds(parser, expr);
    parser->depth--;
    if (ok && (scn_is_mark(parser, 0, ":") || scn_is_mark(parser, 0, ","))) {
        scn_report_at_token(parser, "']' is due here", "write a[1..5], or {a1, a5}");
        return false;
    }
    return ok && scn_expect_mark(parser, "]");
}

ScnExpr *
scn_parse_ref(ScnParser *parser)
{
    const ScnToken *token = scn_peek(parser, 0);
    if (token->kind != SCN_TOKEN_WORD || is_grammar_word(token->text)) {
        scn_report_at_token(parser, "a node or a set of nodes is due here",
                            "as in a1, a[1..5], a[*] or all");
        return NULL;
    }
    g_autoptr(ScnExpr) expr = token_expr(parser, SCN_EXPR_NAME);
    if (scn_is_mark(parser, 0, "[") && !parse_index(parser, expr))
        return NULL;
    end_span(parser, expr);
    return g_steal_pointer(&expr);
}

static bool
parse_arg(ScnParser *parser, ScnExpr *call)
{
    ScnArg arg = {0};
    if (scn_peek(parser, 0)->kind == SCN_TOKEN_WORD && scn_is_mark(parser, 1, "=")) {
        arg.name = g_strdup(scn_peek(parser, 0)->text);
        arg.name_span = scn_peek(parser, 0)->span;
        parser->at += 2;
    }
    arg.value = scn_parse_expr(parser);
    if (!arg.value || !count_node(parser)) {
        g_free(arg.name);
        scn_expr_free(arg.value);
        return false;
    }
    scn_expr_add_arg(call, arg);
    return true;
}

static ScnExpr *
parse_call(ScnParser *parser)
{
    g_autoptr(ScnExpr) call = token_expr(parser, SCN_EXPR_CALL);
    parser->at++; /* ( */
    if (!scn_is_mark(parser, 0, ")")) {
        do {
            if (!parse_arg(parser, call))
                return NULL;
        } while (scn_accept_mark(parser, ","));
    }
    if (!scn_expect_mark(parser, ")"))
        return NULL;
    end_span(parser, call);
    return g_steal_pointer(&call);
}

static ScnExpr *
parse_braces(ScnParser *parser)
{
    g_autoptr(ScnExpr) braces = scn_expr_new(SCN_EXPR_BRACES, scn_peek(parser, 0)->span);
    parser->at++;
    do {
        ScnExpr *ref = scn_parse_ref(parser);
        if (!ref)
            return NULL;
        scn_expr_add(braces, ref);
    } while (scn_accept_mark(parser, ","));
    if (!scn_expect_mark(parser, "}"))
        return NULL;
    end_span(parser, braces);
    return g_steal_pointer(&braces);
}

static ScnExpr *
parse_set_part(ScnParser *parser)
{
    ScnExpr *part = NULL;
    if (!enter_nesting(parser))
        return NULL;
    if (scn_is_mark(parser, 0, "{"))
        part = parse_braces(parser);
    else if (scn_peek(parser, 0)->kind == SCN_TOKEN_WORD && scn_is_mark(parser, 1, "("))
        part = parse_call(parser);
    else
        part = scn_parse_ref(parser);
    parser->depth--;
    return part;
}

static bool
at_difference(const ScnParser *parser)
{
    const ScnToken *token = scn_peek(parser, 0);
    return scn_is_mark(parser, 0, "-") && token->blank_before && token->blank_after;
}

ScnExpr *
scn_parse_set(ScnParser *parser)
{
    parser->depth = parser->size = 0;
    ScnExpr *set = parse_set_part(parser);
    while (set && at_difference(parser)) {
        parser->at++;
        set = binary(parser, SCN_OP_SUB, set, parse_set_part(parser));
    }
    return set;
}

/* ---- values and operators ---- */

static ScnExpr *
parse_field(ScnParser *parser)
{
    g_autoptr(ScnExpr) field = token_expr(parser, SCN_EXPR_FIELD);
    parser->at++; /* . */
    if (scn_peek(parser, 0)->kind != SCN_TOKEN_WORD) {
        scn_report_at_token(parser, "start or end is due here", "write .start or .end");
        return NULL;
    }
    field->field = g_strdup(scn_peek(parser, 0)->text);
    parser->at++;
    end_span(parser, field);
    return g_steal_pointer(&field);
}

static ScnExpr *
parse_word(ScnParser *parser)
{
    if (scn_is_mark(parser, 1, "("))
        return parse_call(parser);
    if (scn_is_mark(parser, 1, "."))
        return parse_field(parser);
    return scn_parse_ref(parser);
}

static ScnExpr *
parse_group(ScnParser *parser)
{
    ScnSpan open = scn_peek(parser, 0)->span;
    parser->at++;
    g_autoptr(ScnExpr) inner = scn_parse_expr(parser);
    if (!inner || !scn_expect_mark(parser, ")"))
        return NULL;
    inner->parenthesised = true;
    inner->span = open;
    end_span(parser, inner);
    return g_steal_pointer(&inner);
}

static ScnExpr *
parse_prim(ScnParser *parser)
{
    const ScnToken *token = scn_peek(parser, 0);
    switch (token->kind) {
    case SCN_TOKEN_QUANTITY:
    case SCN_TOKEN_HEX:
        return token_expr(parser, SCN_EXPR_QUANTITY);
    case SCN_TOKEN_STRING:
        return token_expr(parser, SCN_EXPR_TEXT);
    case SCN_TOKEN_PARAM:
        return token_expr(parser, SCN_EXPR_PARAM);
    case SCN_TOKEN_BAD:
        return token_expr(parser, SCN_EXPR_BAD);
    case SCN_TOKEN_WORD:
        if (!is_grammar_word(token->text))
            return parse_word(parser);
        break;
    case SCN_TOKEN_MARK:
        if (token->mark[0] == '(')
            return parse_group(parser);
        if (token->mark[0] == '{')
            return parse_braces(parser);
        break;
    case SCN_TOKEN_END:
        break;
    }
    scn_report_at_token(parser, "a value is due here",
                        scn_is_mark(parser, 0, "=") ? "leave the = out" : NULL);
    return NULL;
}

static ScnExpr *
parse_signed(ScnParser *parser)
{
    ScnSpan span = scn_peek(parser, 0)->span;
    if (scn_accept_mark(parser, "-"))
        return unary(SCN_OP_MINUS, span, parse_prim(parser));
    if (scn_accept_mark(parser, "+"))
        return unary(SCN_OP_PLUS, span, parse_prim(parser));
    return parse_prim(parser);
}

ScnExpr *
scn_parse_val(ScnParser *parser)
{
    parser->depth = parser->size = 0;
    parser->value_at = parser->at;
    return parse_signed(parser);
}

static ScnExpr *
parse_power(ScnParser *parser)
{
    ScnExpr *expr = parse_signed(parser);
    if (!expr || !scn_accept_mark(parser, "^"))
        return expr;
    expr = binary(parser, SCN_OP_POW, expr, parse_signed(parser));
    if (expr && scn_is_mark(parser, 0, "^")) {
        scn_report_at_token(parser, "two powers in a row can be read two ways",
                            "write parentheses");
        g_clear_pointer(&expr, scn_expr_free);
    }
    return expr;
}

/* Accepts the % of a remainder, and reports one without a blank before it: directly after a number,
 * % is the unit of a percentage. */
static bool
accept_remainder(ScnParser *parser)
{
    if (scn_peek(parser, 0)->blank_before)
        return scn_accept_mark(parser, "%");
    scn_report_at_token(parser, "the % of a remainder has a blank before it", "write a % b");
    return false;
}

static ScnExpr *
parse_mul(ScnParser *parser)
{
    ScnExpr *expr = parse_power(parser);
    while (expr) {
        if (scn_accept_mark(parser, "*"))
            expr = binary(parser, SCN_OP_MUL, expr, parse_power(parser));
        else if (scn_accept_mark(parser, "/"))
            expr = binary(parser, SCN_OP_DIV, expr, parse_power(parser));
        else if (!scn_is_mark(parser, 0, "%"))
            break;
        else if (accept_remainder(parser))
            expr = binary(parser, SCN_OP_REM, expr, parse_power(parser));
        else
            g_clear_pointer(&expr, scn_expr_free);
    }
    return expr;
}

ScnExpr *
scn_parse_sum(ScnParser *parser)
{
    ScnExpr *expr = parse_mul(parser);
    while (expr) {
        if (scn_accept_mark(parser, "+")) {
            expr = binary(parser, SCN_OP_ADD, expr, parse_mul(parser));
        } else if (at_difference(parser)) {
            parser->at++;
            expr = binary(parser, SCN_OP_SUB, expr, parse_mul(parser));
        } else if (scn_is_mark(parser, 0, "-")) {
            bool is_index = parser->at > 1 &&
                            g_array_index(parser->tokens, ScnToken, parser->at - 2).mark[0] == '[';
            scn_report_at_token(parser, "a minus stands between blanks",
                                is_index ? "write a[1..5] for a range, a - b for a difference"
                                         : "write a - b");
            g_clear_pointer(&expr, scn_expr_free);
        } else {
            break;
        }
    }
    return expr;
}

static bool
accept_comparison(ScnParser *parser, ScnOp *ret_op)
{
    for (ScnOp op = SCN_OP_EQ; op <= SCN_OP_GE; op++) {
        if (scn_accept_mark(parser, scn_op_text(op))) {
            *ret_op = op;
            return true;
        }
    }
    return false;
}

static ScnExpr *
parse_comparison(ScnParser *parser)
{
    ScnOp op;
    ScnExpr *expr = scn_parse_sum(parser);
    if (!expr || !accept_comparison(parser, &op))
        return expr;
    expr = binary(parser, op, expr, scn_parse_sum(parser));
    guint at = parser->at;
    if (expr && accept_comparison(parser, &op)) {
        parser->at = at;
        scn_report_at_token(parser, "comparisons do not chain", "join two of them with and");
        g_clear_pointer(&expr, scn_expr_free);
    }
    return expr;
}

static ScnExpr *
parse_not(ScnParser *parser)
{
    ScnSpan span = scn_peek(parser, 0)->span;
    ScnExpr *expr = NULL;
    if (!scn_accept_word(parser, "not"))
        return parse_comparison(parser);
    if (!enter_nesting(parser))
        return NULL;
    expr = unary(SCN_OP_NOT, span, parse_not(parser));
    parser->depth--;
    return expr;
}

static ScnExpr *
parse_and(ScnParser *parser)
{
    ScnExpr *expr = parse_not(parser);
    while (expr && scn_accept_word(parser, "and"))
        expr = binary(parser, SCN_OP_AND, expr, parse_not(parser));
    return expr;
}

ScnExpr *
scn_parse_expr(ScnParser *parser)
{
    ScnExpr *expr = NULL;
    if (!enter_nesting(parser))
        return NULL;
    expr = parse_and(parser);
    while (expr && scn_accept_word(parser, "or"))
        expr = binary(parser, SCN_OP_OR, expr, parse_and(parser));
    parser->depth--;
    if (expr && scn_is_mark(parser, 0, "=")) {
        scn_report_at_token(parser, "'=' gives a value; to compare, two are due", "write ==");
        g_clear_pointer(&expr, scn_expr_free);
    }
    return expr;
}

/* ---- options ---- */

static ScnExpr *
parse_option_value(ScnParser *parser)
{
    ScnTokenKind first = scn_peek(parser, 0)->kind;
    g_autoptr(ScnExpr) label = NULL;

    if ((first == SCN_TOKEN_WORD || first == SCN_TOKEN_STRING) && scn_is_mark(parser, 1, ":")) {
        label = token_expr(parser, SCN_EXPR_LABELLED);
        parser->at++;
    }
    g_autoptr(ScnExpr) value = scn_parse_val(parser);
    if (value && scn_accept_mark(parser, ".."))
        value = new_binary(parser, SCN_EXPR_RANGE, g_steal_pointer(&value), scn_parse_val(parser));
    if (!value || !label)
        return g_steal_pointer(&value);
    scn_expr_add(label, g_steal_pointer(&value));
    end_span(parser, label);
    return g_steal_pointer(&label);
}

static void
free_expr(gpointer data)
{
    scn_expr_free(data);
}

bool
scn_parse_options(ScnParser *parser, ScnStmt *stmt)
{
    parser->in_options = true;
    while (scn_peek(parser, 0)->kind == SCN_TOKEN_WORD && scn_is_mark(parser, 1, "=")) {
        const ScnToken *token = scn_peek(parser, 0);
        ScnOption option = {.name = g_strdup(token->text), .name_span = token->span};
        option.values = g_ptr_array_new_with_free_func(free_expr);
        g_array_append_val(stmt->options, option);
        parser->at += 2;
        do {
            ScnExpr *value = parse_option_value(parser);
            if (!value)
                return false;
            g_ptr_array_add(option.values, value);
        } while (scn_accept_mark(parser, ","));
    }
    return true;
}
