/* Syntax files and completions: every word of the tables is in them, and a shell takes them. */
#include "sim/cli/command.h"
#include "sim/cli/grammar.h"
#include "sim/scenario/action.h"
#include "sim/scenario/function.h"
#include "sim/scenario/topic.h"
#include "tests/cli/command.h"

#include <json-glib/json-glib.h>
#include <string.h>

static char *
grammar(const char *kind)
{
    GString *out = g_string_new(NULL);

    CU_ASSERT(grammar_write(out, kind));
    return g_string_free(out, FALSE);
}

/* Fails unless the text has the word, and no more of a word around it. */
static void
check_word(const char *text, const char *word)
{
    g_autofree char *pattern = g_strdup_printf("(?<![\\w-])%s(?![\\w-])", word);
    bool found = g_regex_match_simple(pattern, text, 0, 0);

    CU_ASSERT(found);
    if (!found)
        printf("     no '%s'\n", word);
}

static void
test_words(void)
{
    static const char *const kinds[] = {"vim", "textmate"};

    for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
        g_autofree char *text = grammar(kinds[k]);

        for (guint i = 0; scn_statement_get(i) != NULL; i++)
            check_word(text, scn_statement_get(i)->word);
        for (guint i = 0; scn_action_get(i) != NULL; i++)
            check_word(text, scn_action_get(i)->word);
        for (guint i = 0; scn_function_get(i) != NULL; i++) {
            check_word(text, scn_function_get(i)->name);
            if (scn_function_get(i)->option != NULL)
                check_word(text, scn_function_get(i)->option);
        }
        for (guint t = 0; scn_option_tables[t] != NULL; t++) {
            for (guint i = 0; i < scn_option_tables[t]->count; i++)
                check_word(text, scn_option_tables[t]->rows[i].spec.name);
        }
        check_word(text, "lognormal");
        check_word(text, "bad-nonce");
        check_word(text, "selfish");
        check_word(text, "unless");
    }
}

static void
test_commands(void)
{
    static const char *const kinds[] = {"bash", "zsh", "fish"};

    for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
        g_autofree char *text = grammar(kinds[k]);

        for (guint i = 0; command_get(i) != NULL; i++) {
            g_autofree char *help = command_help_text(command_get(i));

            CU_ASSERT_PTR_NOT_NULL_FATAL(help);
            TEST_CONTAINS(help, "--help");
            check_word(text, command_get(i)->name);
        }
        TEST_CONTAINS(text, "junit");
        check_word(text, "smallworld");
        TEST_CONTAINS(text, "double-spend");
    }
}

static void
test_textmate(void)
{
    g_autofree char *text = grammar("textmate");
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *patterns;

    CU_ASSERT_FATAL(json_parser_load_from_data(parser, text, -1, NULL));
    patterns = json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)),
                                            "patterns");
    CU_ASSERT(json_array_get_length(patterns) > 8);
    for (guint i = 0; i < json_array_get_length(patterns); i++) {
        JsonObject *pattern = json_array_get_object_element(patterns, i);
        const char *match = json_object_get_string_member(pattern, "match");
        g_autoptr(GRegex) regex = g_regex_new(match, 0, 0, NULL);

        CU_ASSERT_PTR_NOT_NULL_FATAL(regex);
        if (strcmp(json_object_get_string_member(pattern, "name"), "constant.language.scn") == 0) {
            CU_ASSERT(g_regex_match(regex, "protocol relay=compact", 0, NULL));
            CU_ASSERT(!g_regex_match(regex, "node compact", 0, NULL)); /* a name */
        }
    }
}

static void
test_bash(void)
{
    static const struct {
        const char *typed, *want;
    } lines[] = {
        {"kettensim f", "fmt"},
        {"kettensim fmt --c", "--check"},
        {"kettensim help logn", "lognormal"},
        {"kettensim help par", "parallel param pareto partition"},
        {"kettensim check m", "mine.scn"},
        {"kettensim check sub", "sub"},
        {"kettensim check o", ""},
    };
    char *folder = folder_new();
    g_autofree char *text = grammar("bash");

    g_free(folder_write(folder, "kettensim", text));
    g_free(folder_write(folder, "mine.scn", ""));
    g_free(folder_write(folder, "other.txt", ""));
    g_free(folder_write(folder, "sub/x", ""));
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *script = g_strdup_printf(
            "source ./kettensim; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
            "_kettensim; printf '%%s\\n' \"${COMPREPLY[@]}\" | LC_ALL=C sort | tr '\\n' ' '",
            lines[i].typed);
        const char *const words[] = {"bash", "-c", script, NULL};
        g_autofree char *out = NULL;
        g_autofree char *err = NULL;

        CU_ASSERT_TRUE_FATAL(g_spawn_sync(folder, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL,
                                          NULL, &out, &err, NULL, NULL));
        TEST_STR_EQUAL(err, "");
        TEST_STR_EQUAL(g_strstrip(out), lines[i].want);
    }
    COMMAND_REFUSED(folder, "no grammar 'emacs'; there are: vim textmate bash zsh fish", "help",
                    "--grammar", "emacs");
    folder_remove(folder);
}

/* The option lines of shells that a machine may lack: with a letter and a value, with neither, and
 * with a quote in the text. */
static void
test_options(void)
{
    g_autofree char *zsh = grammar("zsh");
    g_autofree char *fish = grammar("fish");
    g_autofree char *bash = grammar("bash");

    TEST_CONTAINS(bash, " --param= -P");
    TEST_CONTAINS(zsh, " '*'{-P+,--param=}'[Set a parameter (repeatable)]:NAME=VALUE:_files'");
    TEST_CONTAINS(zsh, " '*--seed=[Use this seed, not the file'\\''s]:N:_files'");
    TEST_CONTAINS(zsh, " '*--stdout[Print the formatted text");
    TEST_CONTAINS(zsh, "'run:run a scenario and judge it'\n");
    TEST_CONTAINS(zsh, "shift words\n    (( CURRENT-- ))\n");
    TEST_CONTAINS(fish, "complete -c kettensim -n __fish_use_subcommand -f -a run -d 'run a ");
    TEST_CONTAINS(fish, "'__fish_seen_subcommand_from run' -l param -s P -r -d 'Set a ");
    TEST_CONTAINS(fish, "-l seed -r -d 'Use this seed, not the file\\'s'\n");
    TEST_CONTAINS(fish, "'__fish_seen_subcommand_from fmt' -l stdout -d 'Print ");
}

TEST_SUITE(grammar, {"words", test_words}, {"commands", test_commands}, {"textmate", test_textmate},
           {"bash", test_bash}, {"options", test_options})
