/* Syntax files of the scenario language for Vim and for TextMate grammars; see grammar.h.
 *
 * A word of the language may be a name, too, so options count before their =, functions before
 * their (, and values behind the = alone.
 */
#include "sim/cli/grammar_impl.h"
#include "sim/io/json.h"
#include "sim/scenario/action.h"
#include "sim/scenario/distribution.h"
#include "sim/scenario/function.h"
#include "sim/scenario/option.h"
#include "sim/scenario/strategy.h"

#include <string.h>

/* ---- the words ---- */

static void
add(GPtrArray *words, const char *word)
{
    for (guint i = 0; i < words->len; i++) {
        if (strcmp(words->pdata[i], word) == 0)
            return;
    }
    g_ptr_array_add(words, g_strdup(word));
}

static void
add_statements(GPtrArray *words)
{
    for (guint i = 0; scn_statement_get(i) != NULL; i++)
        add(words, scn_statement_get(i)->word);
}

static void
add_grammar(GPtrArray *words)
{
    for (guint i = 0; scn_grammar_words[i] != NULL; i++)
        add(words, scn_grammar_words[i]);
}

static void
add_actions(GPtrArray *words)
{
    for (guint i = 0; scn_action_get(i) != NULL; i++)
        add(words, scn_action_get(i)->word);
}

static void
add_options(GPtrArray *words)
{
    for (guint t = 0; scn_option_tables[t] != NULL; t++) {
        for (guint i = 0; i < scn_option_tables[t]->count; i++)
            add(words, scn_option_tables[t]->rows[i].spec.name);
    }
    for (guint i = 0; scn_function_get(i) != NULL; i++) {
        if (scn_function_get(i)->option != NULL)
            add(words, scn_function_get(i)->option);
    }
}

static void
add_values(GPtrArray *words)
{
    for (guint t = 0; scn_option_tables[t] != NULL; t++) {
        for (guint i = 0; i < scn_option_tables[t]->count; i++) {
            const char *list = scn_option_tables[t]->rows[i].spec.words;
            g_auto(GStrv) values = g_strsplit(list != NULL ? list : "", " ", -1);

            for (guint k = 0; values[k] != NULL && *values[k] != '\0'; k++)
                add(words, values[k]);
        }
    }
    for (guint i = 0; scn_strategy_row(i) != NULL; i++)
        add(words, scn_strategy_row(i)->word);
    for (guint i = 0; scn_message_names[i] != NULL; i++)
        add(words, scn_message_names[i]);
    for (guint i = 0; scn_verdict_names[i] != NULL; i++)
        add(words, scn_verdict_names[i]);
}

static void
add_functions(GPtrArray *words)
{
    for (guint i = 0; scn_function_get(i) != NULL; i++)
        add(words, scn_function_get(i)->name);
    for (guint i = 0; scn_distribution_get(i) != NULL; i++)
        add(words, scn_distribution_get(i)->word);
}

/* Returns the words with `between` between them; free with g_free. */
static char *
join(void (*add_all)(GPtrArray *words), const char *between)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    add_all(words);
    g_ptr_array_add(words, NULL);
    return g_strjoinv(between, (char **)words->pdata);
}

/* ---- the kinds ---- */

/* The patterns that tell the words of a kind from names. */
static const struct {
    const char *vim;   /* group */
    const char *link;  /* the group of Vim that gives its colour */
    const char *scope; /* of TextMate */
    void (*add)(GPtrArray *words);
    const char *vim_before, *vim_after;   /* patterns around the words; NULL: keywords */
    const char *mate_before, *mate_after; /* the same in Oniguruma's words */
} kinds[] = {
    {"scnValue", "Constant", "constant.language.scn", add_values, "[=,]\\@1<=", "\\>", "(?<=[=,])",
     "(?![\\w-])"},
    {"scnOption", "Identifier", "variable.parameter.scn", add_options, "\\<", "\\ze\\s*=[^=]",
     "(?<![\\w-])", "(?=\\s*=[^=])"},
    {"scnFunction", "Function", "support.function.scn", add_functions, "\\<", "\\ze\\s*(",
     "(?<![\\w-])", "(?=\\s*\\()"},
    {"scnStatement", "Statement", "keyword.control.scn", add_statements, NULL, NULL, "(?<![\\w$-])",
     "(?![\\w-]|\\s*=[^=])"},
    {"scnAction", "PreProc", "keyword.other.scn", add_actions, NULL, NULL, "(?<![\\w$-])",
     "(?![\\w-]|\\s*=[^=])"},
    {"scnOperator", "Operator", "keyword.operator.scn", add_grammar, NULL, NULL, "(?<![\\w$-])",
     "(?![\\w-])"},
};

void
grammar_vim(GString *out)
{
    g_string_append(out,
                    "\" Vim syntax file of kettensim's scenarios (*.scn).\n"
                    "\" Made by 'kettensim help --grammar vim' from the tables of the language.\n"
                    "if exists('b:current_syntax')\n  finish\nendif\n"
                    "syn iskeyword @,48-57,_,-\n\n");
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        bool plain = kinds[i].vim_before == NULL;
        g_autofree char *words = join(kinds[i].add, plain ? " " : "\\|");

        if (plain)
            g_string_append_printf(out, "syn keyword %s %s\n", kinds[i].vim, words);
        else
            g_string_append_printf(out, "syn match %s /%s\\%%(%s\\)%s/\n", kinds[i].vim,
                                   kinds[i].vim_before, words, kinds[i].vim_after);
    }
    g_string_append(out,
                    "syn match scnNumber /\\<\\d\\w*\\%(\\.\\w\\+\\)*%\\?\\%(\\/[smh]\\>\\)\\?/\n"
                    "syn match scnParam /\\$\\h\\w*/\n"
                    "syn match scnContinuation /\\\\\\s*$/\n"
                    "syn region scnString start=/\"/ skip=/\\\\./ end=/\"/ oneline\n"
                    "syn match scnComment /#.*$/ contains=@Spell\n\n");
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        g_string_append_printf(out, "hi def link %s %s\n", kinds[i].vim, kinds[i].link);
    g_string_append(out, "hi def link scnNumber Number\nhi def link scnParam Special\n"
                         "hi def link scnContinuation Special\nhi def link scnString String\n"
                         "hi def link scnComment Comment\n\nlet b:current_syntax = 'scn'\n");
}

static void
add_pattern(JsonBuilder *builder, const char *name, const char *match)
{
    json_builder_begin_object(builder);
    io_json_member_text(builder, "name", name);
    io_json_member_text(builder, "match", match);
    json_builder_end_object(builder);
}

void
grammar_textmate(GString *out)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;

    json_builder_begin_object(builder);
    io_json_member_text(
        builder, "comment",
        "Made by 'kettensim help --grammar textmate' from the tables of the language.");
    io_json_member_text(builder, "name", "kettensim scenario");
    io_json_member_text(builder, "scopeName", "source.scn");
    io_json_member_array(builder, "fileTypes");
    json_builder_add_string_value(builder, "scn");
    json_builder_end_array(builder);
    io_json_member_array(builder, "patterns");
    add_pattern(builder, "comment.line.number-sign.scn", "#.*$");
    add_pattern(builder, "string.quoted.double.scn", "\"(\\\\.|[^\"\\\\])*\"");
    add_pattern(builder, "variable.other.scn", "\\$[A-Za-z_]\\w*");
    add_pattern(builder, "constant.numeric.scn", "(?<![\\w-])\\d\\w*(\\.\\w+)*%?(/[smh]\\b)?");
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *words = join(kinds[i].add, "|");
        g_autofree char *match =
            g_strdup_printf("%s(%s)%s", kinds[i].mate_before, words, kinds[i].mate_after);

        add_pattern(builder, kinds[i].scope, match);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, TRUE);
    g_string_append_printf(out, "%s\n", text);
}
