/* What of a text bears on runs; see meaning.h. */
#include "sim/scenario/meaning.h"

#include "sim/scenario/lexer.h"

#include <string.h>

/* Returns whether a line is one of those that say how often and where to run. A line of a tree
 * begins with names, too, but a mark follows the first. */
static bool
is_plan(const GArray *tokens)
{
    static const char *const words[] = {"scn", "explore", "seeds", "sweep", "table", "zip"};
    const ScnToken *first = &g_array_index(tokens, ScnToken, 0);

    if (first->kind != SCN_TOKEN_WORD || tokens->len < 2 ||
        g_array_index(tokens, ScnToken, 1).kind == SCN_TOKEN_MARK)
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(first->text, words[i]) == 0)
            return true;
    }
    return false;
}

GString *
scn_meaning(const GPtrArray *sources, guint32 i)
{
    const ScnSource *source = sources->pdata[i];
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(GArray) tokens = scn_tokens_new();
    ScnLexer lexer = {.sources = sources, .errors = errors, .source = i};
    GString *meaning = g_string_new(NULL);

    if (!g_str_has_suffix(source->local_name, ".scn")) {
        g_string_append_len(meaning, source->text, (gssize)source->length);
        return meaning;
    }
    /* One blank between any two tokens: a formatter may add and remove blanks. */
    while (scn_lexer_line(&lexer, tokens)) {
        for (guint t = 0; !is_plan(tokens) && t + 1 < tokens->len; t++) {
            g_autofree char *text = scn_tokens_text(tokens, t, t + 1, sources);

            g_string_append_printf(meaning, "%s%c", text, t + 2 < tokens->len ? ' ' : '\n');
        }
    }
    return meaning;
}
