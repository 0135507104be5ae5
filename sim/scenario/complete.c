/* Collects what may be written at a place; see complete.h. */
#include "sim/scenario/complete.h"

#include "sim/scenario/action.h"
#include "sim/scenario/distribution.h"
#include "sim/scenario/function.h"
#include "sim/scenario/strategy.h"
#include "sim/scenario/symbol.h"

#include <string.h>

typedef struct {
    const ScnCursor *cursor;
    const GArray *symbols;
    GArray *offers;
    GHashTable *seen; /* texts offered */
} Completion;

static void
offer_clear(gpointer data)
{
    ScnOffer *offer = data;

    g_free(offer->text);
    g_free(offer->detail);
}

/* Adds an offer, unless it does not begin as the word does. */
static void
add(Completion *c, ScnOfferKind kind, const char *word, const char *after, const char *detail,
    const char *about)
{
    g_autofree char *text = g_strconcat(word, after, NULL);

    if (!g_str_has_prefix(text, c->cursor->word) || g_hash_table_contains(c->seen, text))
        return;
    ScnOffer offer = {kind, g_steal_pointer(&text), g_strdup(detail), about};
    g_hash_table_add(c->seen, g_strdup(offer.text));
    g_array_append_val(c->offers, offer);
}

static void
add_words(Completion *c, const char *words, const char *detail, const char *about)
{
    g_auto(GStrv) list = g_strsplit(words ? words : "", " ", -1);

    for (guint i = 0; list[i] != NULL && *list[i] != '\0'; i++)
        add(c, SCN_OFFER_VALUE, list[i], "", detail, about);
}

/* ---- the tables ---- */

static void
add_statements(Completion *c)
{
    for (guint i = 0; scn_statement_get(i) != NULL; i++) {
        const ScnStatement *statement = scn_statement_get(i);

        if (statement->stands != SCN_STANDS_IN_BLOCK)
            add(c, SCN_OFFER_STATEMENT, statement->word, "", statement->usage, statement->text);
    }
}

static void
add_items(Completion *c)
{
    for (guint i = 0; scn_action_get(i) != NULL; i++)
        add(c, SCN_OFFER_ACTION, scn_action_get(i)->word, "", scn_action_get(i)->usage,
            scn_action_get(i)->text);
    for (guint i = 0; scn_statement_get(i) != NULL; i++) {
        const ScnStatement *statement = scn_statement_get(i);

        if (statement->stands == SCN_STANDS_IN_BLOCK || statement->stands == SCN_STANDS_ANYWHERE)
            add(c, SCN_OFFER_STATEMENT, statement->word, "", statement->usage, statement->text);
    }
}

static void
add_functions(Completion *c, bool sets_only)
{
    for (guint i = 0; scn_function_get(i) != NULL; i++) {
        const ScnFunction *function = scn_function_get(i);

        if (!sets_only || function->shape == SCN_SHAPE_SET)
            add(c, SCN_OFFER_FUNCTION, function->name, "(", function->usage, function->text);
    }
}

static void
add_distributions(Completion *c)
{
    for (guint i = 0; scn_distribution_get(i) != NULL; i++) {
        const ScnDistribution *row = scn_distribution_get(i);

        add(c, SCN_OFFER_FUNCTION, row->word, "(", row->usage, row->text);
    }
}

static void
add_names(Completion *c)
{
    for (guint i = 0; i < c->symbols->len; i++) {
        const ScnSymbol *symbol = &g_array_index(c->symbols, ScnSymbol, i);
        g_autofree char *param = g_strconcat("$", symbol->name, NULL);

        if (symbol->what)
            add(c, SCN_OFFER_NAME, symbol->space == SCN_SYMBOL_BINDING ? param : symbol->name, "",
                symbol->what, NULL);
    }
}

/* ---- options ---- */

static bool
is_given(const Completion *c, const char *name)
{
    const GArray *tokens = c->cursor->tokens;

    for (guint i = 0; i + 1 < tokens->len; i++) {
        const ScnToken *token = &g_array_index(tokens, ScnToken, i);

        if (token->kind == SCN_TOKEN_WORD && token[1].kind == SCN_TOKEN_MARK &&
            strcmp(token[1].mark, "=") == 0 && strcmp(token->text, name) == 0)
            return true;
    }
    return false;
}

static void
add_option(const ScnOptRow *row, gpointer user)
{
    Completion *c = user;
    bool told = row->standard[0] == '(';
    g_autofree char *standard = g_strdup_printf(
        "default %.*s", (int)strlen(row->standard) - 2 * told, row->standard + told);

    if (!is_given(c, row->spec.name))
        add(c, SCN_OFFER_OPTION, row->spec.name, "=", standard, row->text);
}

static void
add_list(Completion *c, const char *const *words, const char *const *texts, const char *what)
{
    for (guint i = 0; words[i] != NULL; i++)
        add(c, SCN_OFFER_VALUE, words[i], "", what, texts[i]);
}

/* Offers what the range of an option that is read by a function of its own speaks of. */
static void
add_own_values(Completion *c, const ScnOptRow *row)
{
    static const struct {
        const char *part;
        const char *const *words, *const *texts;
    } lists[] = {
        {"verdict", scn_verdict_names, scn_verdict_texts},
        {"messages", scn_message_names, scn_message_texts},
    };

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (strstr(row->range, lists[i].part))
            add_list(c, lists[i].words, lists[i].texts, lists[i].part);
    }
    if (strstr(row->range, "strategy")) {
        for (guint i = 0; scn_strategy_row(i) != NULL; i++)
            add(c, SCN_OFFER_VALUE, scn_strategy_row(i)->word, "", "strategy",
                scn_strategy_row(i)->text);
    }
    if (strstr(row->range, "none"))
        add_words(c, "none", row->spec.name, row->text);
    if (strstr(row->range, "distribution") || strstr(row->range, "(…)"))
        add_distributions(c);
    if (strstr(row->range, "node"))
        add_functions(c, true);
}

static void
add_values(Completion *c)
{
    const ScnOptRow *row = c->cursor->row;

    add_words(c, row->spec.words, row->spec.name, row->text);
    if (row->spec.kind == SCN_OPT_OWN)
        add_own_values(c, row);
    add_names(c);
}

/* ---- where the cursor is ---- */

static bool
takes_expression(const char *head)
{
    const ScnStatement *statement = scn_statement_find(head);

    return statement && (statement->kind == SCN_STMT_CHECK || statement->kind == SCN_STMT_MARK ||
                         statement->kind == SCN_STMT_MEASURE || statement->kind == SCN_STMT_STOP);
}

static void
add_topologies(Completion *c)
{
    for (guint i = 0; scn_topology_form(i) != NULL; i++)
        add(c, SCN_OFFER_VALUE, scn_topology_form(i)->word, "", scn_topology_form(i)->usage,
            scn_topology_form(i)->text);
}

/* Offers what a statement or action may have next. */
static void
add_parts(Completion *c, const char *head)
{
    const ScnAction *action = scn_action_find(head);
    const ScnStatement *statement = scn_statement_find(head);

    scn_cursor_each_option(head, add_option, c);
    for (guint i = 0; action && i < SCN_ACTION_FLAGS && action->flags[i]; i++)
        add(c, SCN_OFFER_VALUE, action->flags[i], "", action->usage, NULL);
    if (action && action->lasts)
        add(c, SCN_OFFER_VALUE, "for", "", action->usage, NULL);
    for (guint i = 0;
         action && action->kind == SCN_ITEM_PARTITION && scn_partition_word_get(i) != NULL; i++)
        add(c, SCN_OFFER_VALUE, scn_partition_word_get(i)->word, "",
            scn_partition_word_get(i)->usage, scn_partition_word_get(i)->text);
    if (statement && statement->kind == SCN_STMT_TOPOLOGY && c->cursor->tokens->len == 1)
        add_topologies(c);
    add_names(c);
    add_functions(c, !takes_expression(head));
}

/* At the start of a line. */
static void
add_first(Completion *c)
{
    ScnStmtKind block = c->cursor->block;

    if (block == SCN_STMT_CHECK) {
        add_statements(c);
        return;
    }
    if (block != SCN_STMT_AT)
        add_names(c);
    if (block != SCN_STMT_TREE)
        add_items(c);
    add(c, SCN_OFFER_STATEMENT, "end", "", "ends the block", NULL);
}

GArray *
scn_complete(const ScnCursor *cursor, const GArray *symbols)
{
    Completion c = {cursor, symbols, NULL, NULL};

    c.offers = g_array_new(FALSE, FALSE, sizeof(ScnOffer));
    g_array_set_clear_func(c.offers, offer_clear);
    c.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (cursor->is_text)
        ; /* nothing of the language stands in a comment or a string */
    else if (cursor->word[0] == '$')
        add_names(&c);
    else if (cursor->tokens->len == 0)
        add_first(&c);
    else if (cursor->row)
        add_values(&c);
    else if (cursor->head)
        add_parts(&c, cursor->head);
    else if (cursor->timed && cursor->tokens->len > 1) {
        add_items(&c);
        add_names(&c);
        add_functions(&c, false);
    }
    g_hash_table_unref(c.seen);
    return c.offers;
}
