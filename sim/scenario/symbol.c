/* Collects definitions, then uses; see symbol.h. */
#include "sim/scenario/symbol.h"

#include "sim/scenario/action.h"
#include "sim/scenario/function.h"
#include "sim/scenario/option.h"
#include "sim/scenario/walk.h"

#include <string.h>

typedef struct {
    GArray *symbols;
    const GPtrArray *sources;
    GHashTable *known[SCN_SYMBOL_MEASURE + 1]; /* names with a definition */
    bool defining;
} Search;

static void
symbol_clear(gpointer data)
{
    g_free(((ScnSymbol *)data)->name);
}

static bool
is_known(const Search *search, ScnSymbolSpace space, const char *name)
{
    return g_hash_table_contains(search->known[space], name);
}

static void
add(Search *search, ScnSymbolSpace space, const char *what, const char *name, ScnSpan span)
{
    ScnSymbol symbol = {space, g_strdup(name), what, span};

    symbol.span.length = (guint32)strlen(name);
    g_array_append_val(search->symbols, symbol);
}

/* Adds the first definition; later ones are uses of it. */
static void
define(Search *search, ScnSymbolSpace space, const char *what, const char *name, ScnSpan span)
{
    if (search->defining && !is_known(search, space, name)) {
        g_hash_table_add(search->known[space], g_strdup(name));
        add(search, space, what, name, span);
    }
}

static bool
is_defined_at(const Search *search, ScnSymbolSpace space, ScnSpan span)
{
    const ScnSymbol *symbol = scn_symbol_at(search->symbols, span.source, span.offset);

    return symbol && symbol->space == space && symbol->span.offset == span.offset;
}

static void
use_known(Search *search, ScnSymbolSpace space, const char *name, ScnSpan span)
{
    if (is_known(search, space, name) && !is_defined_at(search, space, span))
        add(search, space, NULL, name, span);
}

/* Adds a use of the name, or of the group that it is a member of. */
static void
use(Search *search, ScnSymbolSpace space, const char *name, ScnSpan span)
{
    gsize length = strlen(name);

    if (search->defining)
        return;
    if (space == SCN_SYMBOL_NAME && !is_known(search, space, name)) {
        while (length > 0 && g_ascii_isdigit(name[length - 1]))
            length--;
    }
    g_autofree char *group = g_strndup(name, length);
    use_known(search, space, group, span);
}

/* ---- statements ---- */

static void
see_listed(Search *search, const ScnStmt *stmt)
{
    for (guint i = 0; stmt->names && i < stmt->names->len; i++) {
        const ScnNamed *named = &g_array_index(stmt->names, ScnNamed, i);
        bool measure = stmt->kind == SCN_STMT_TABLE && i < stmt->by_at;

        if (stmt->kind == SCN_STMT_TABLE || stmt->kind == SCN_STMT_ZIP)
            use(search, measure ? SCN_SYMBOL_MEASURE : SCN_SYMBOL_BINDING, named->name,
                named->span);
    }
}

static void
see_delivery(Search *search, const ScnStmt *stmt)
{
    use(search, SCN_SYMBOL_NAME, stmt->name, stmt->name_span);
    for (guint i = 0; i < stmt->replies->len; i++) {
        const ScnReplySyntax *reply = &g_array_index(stmt->replies, ScnReplySyntax, i);

        if (reply->at)
            use(search, SCN_SYMBOL_NAME, reply->at, reply->at_span);
    }
}

/* Nodes, and the blocks of a tree. */
static void
define_exprs(Search *search, const ScnStmt *stmt, const char *what)
{
    for (guint i = 0; i < stmt->exprs->len; i++) {
        const ScnExpr *expr = stmt->exprs->pdata[i];
        define(search, SCN_SYMBOL_NAME, what, expr->name, expr->span);
    }
}

static void
see_stmt(const ScnStmt *stmt, gpointer user)
{
    static const struct {
        ScnStmtKind kind;
        ScnSymbolSpace space;
        const char *what;
    } named[] = {
        {SCN_STMT_PARAM, SCN_SYMBOL_BINDING, "param"},
        {SCN_STMT_LET, SCN_SYMBOL_BINDING, "let"},
        {SCN_STMT_WALLET, SCN_SYMBOL_NAME, "wallet"},
        {SCN_STMT_TX, SCN_SYMBOL_NAME, "tx"},
        {SCN_STMT_UPGRADE, SCN_SYMBOL_NAME, "upgrade"},
        {SCN_STMT_MARK, SCN_SYMBOL_NAME, "mark"},
        {SCN_STMT_MEASURE, SCN_SYMBOL_MEASURE, "measure"},
    };
    Search *search = user;

    for (guint i = 0; i < G_N_ELEMENTS(named); i++) {
        if (named[i].kind != stmt->kind)
            continue;
        define(search, named[i].space, named[i].what, stmt->name, stmt->name_span);
        use(search, named[i].space, stmt->name, stmt->name_span);
    }
    if (stmt->kind == SCN_STMT_NODES)
        define_exprs(search, stmt, "nodes");
    if (stmt->kind == SCN_STMT_PATH)
        define_exprs(search, stmt, "block");
    if (stmt->kind == SCN_STMT_SWEEP)
        use(search, SCN_SYMBOL_BINDING, stmt->name, stmt->name_span);
    if (stmt->kind == SCN_STMT_BLOCK)
        use(search, SCN_SYMBOL_NAME, stmt->name, stmt->name_span);
    if (stmt->kind == SCN_STMT_DELIVERY)
        see_delivery(search, stmt);
    if (stmt->clauses[SCN_CLAUSE_AS])
        define(search, SCN_SYMBOL_NAME, "block", stmt->clauses[SCN_CLAUSE_AS]->name,
               stmt->clauses[SCN_CLAUSE_AS]->span);
    see_listed(search, stmt);
}

/* name= of an action that makes a cut. */
static void
see_option(const ScnStmt *stmt, const ScnOption *option, gpointer user)
{
    const ScnExpr *value = option->values->len > 0 ? option->values->pdata[0] : NULL;

    if (value && value->kind == SCN_EXPR_NAME && stmt->action && stmt->action->makes_cut &&
        strcmp(option->name, "name") == 0)
        define(user, SCN_SYMBOL_NAME, "cut", value->name, value->span);
}

/* ---- expressions ---- */

/* Returns the row of the option in the table of its statement, or NULL. */
static const ScnOptRow *
row_of(const ScnWalkPlace *place)
{
    for (guint t = 0; scn_option_tables[t]; t++) {
        const ScnOptTable *table = scn_option_tables[t];
        const ScnOptRow *row = scn_option_find(table, place->option->name);
        const char *word = place->stmt->name;
        bool own = place->stmt->action ? table == &scn_action_options
                                       : word && strcmp(table->statement, word) == 0;

        if (row && own)
            return row;
    }
    return NULL;
}

/* Returns whether a word there is one of the language or of the outside world, such as a role, a
 * region or a strategy, and no name. */
static bool
is_plain_word(const ScnWalkPlace *place)
{
    const ScnFunction *function = place->outer && place->outer->kind == SCN_EXPR_CALL
                                      ? scn_function_find(place->outer->name)
                                      : NULL;
    const ScnFunction *set = place->option ? scn_function_find(place->option->name) : NULL;
    const ScnOptRow *row = place->option ? row_of(place) : NULL;

    if (place->option && strcmp(place->option->name, scn_strategy_options.statement) == 0)
        return true;
    return (function && function->shape == SCN_SHAPE_SET) || (set && set->shape == SCN_SHAPE_SET) ||
           (row && row->spec.kind != SCN_OPT_OWN);
}

static void
see_expr(const ScnExpr *expr, const ScnWalkPlace *place, gpointer user)
{
    Search *search = user;
    ScnSpan span = expr->span;
    ScnSymbolSpace space = SCN_SYMBOL_NAME;

    span.offset = scn_expr_start(expr, search->sources);
    if (expr->kind == SCN_EXPR_PARAM) {
        span.offset++;
        use(search, SCN_SYMBOL_BINDING, expr->name, span);
        return;
    }
    if (expr->kind != SCN_EXPR_NAME && expr->kind != SCN_EXPR_INDEX && expr->kind != SCN_EXPR_FIELD)
        return;
    if (is_plain_word(place))
        return;
    if (place->stmt->over != SCN_OVER_NONE && is_known(search, SCN_SYMBOL_MEASURE, expr->name))
        space = SCN_SYMBOL_MEASURE;
    use(search, space, expr->name, span);
}

/* ---- the list ---- */

GArray *
scn_symbols(const ScnSyntax *syntax, const GPtrArray *sources)
{
    static const ScnWalk walk = {.stmt = see_stmt, .option = see_option, .expr = see_expr};
    Search search = {.sources = sources, .defining = true};

    search.symbols = g_array_new(FALSE, FALSE, sizeof(ScnSymbol));
    g_array_set_clear_func(search.symbols, symbol_clear);
    for (guint i = 0; i < G_N_ELEMENTS(search.known); i++)
        search.known[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    scn_walk(syntax, &walk, &search);
    search.defining = false;
    scn_walk(syntax, &walk, &search);
    for (guint i = 0; i < G_N_ELEMENTS(search.known); i++)
        g_hash_table_unref(search.known[i]);
    return search.symbols;
}

const ScnSymbol *
scn_symbol_at(const GArray *symbols, guint32 source, guint32 offset)
{
    for (guint i = 0; i < symbols->len; i++) {
        const ScnSymbol *symbol = &g_array_index(symbols, ScnSymbol, i);
        ScnSpan span = symbol->span;
        guint32 sign = symbol->space == SCN_SYMBOL_BINDING && !symbol->what; /* the $ */

        if (span.source == source && span.offset <= offset + sign &&
            offset <= span.offset + span.length)
            return symbol;
    }
    return NULL;
}

bool
scn_symbol_is_same(const ScnSymbol *a, const ScnSymbol *b)
{
    return a->space == b->space && strcmp(a->name, b->name) == 0;
}

const ScnSymbol *
scn_symbol_definition(const GArray *symbols, const ScnSymbol *symbol)
{
    for (guint i = 0; i < symbols->len; i++) {
        const ScnSymbol *other = &g_array_index(symbols, ScnSymbol, i);

        if (other->what && scn_symbol_is_same(other, symbol))
            return other;
    }
    return NULL;
}

/* Returns whether the language lets a name be written like this. */
static bool
is_name(const char *name)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autofree char *line = g_strdup_printf("let %s = 1", name);
    g_autoptr(GPtrArray) sources = g_ptr_array_new();
    g_autoptr(ScnSource) source = scn_source_new("", line, strlen(line));
    g_autoptr(ScnSyntax) syntax = NULL;

    if (strpbrk(name, " \t\r\n#") != NULL || !g_utf8_validate(name, -1, NULL))
        return false;
    g_ptr_array_add(sources, source);
    syntax = scn_parse_alone(sources, errors);
    return errors->found == 0;
}

char *
scn_symbol_refuse_name(const GArray *symbols, const ScnSymbol *symbol, const char *name)
{
    ScnSymbol wanted = {symbol->space, (char *)name, NULL, symbol->span};

    if (!is_name(name))
        return g_strdup_printf(
            "'%s' is no name: letters, digits and _, and no word of the language", name);
    if (strcmp(name, symbol->name) != 0 && scn_symbol_definition(symbols, &wanted))
        return g_strdup_printf("'%s' is taken: choose another name", name);
    return NULL;
}
