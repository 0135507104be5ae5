/* kettensim help: explains a command, or a word of the scenario language. */
#include "sim/cli/command.h"
#include "sim/cli/grammar.h"
#include "sim/cli/manual.h"
#include "sim/scenario/topic.h"
#include "sim/scenario/remedy.h"
#include "sim/scenario/word.h"

#include <stdio.h>
#include <string.h>

static GOptionContext *
context_new(char **grammar, char **page)
{
    const GOptionEntry entries[] = {
        {"grammar", 0, 0, G_OPTION_ARG_STRING, grammar,
         "Print a syntax file of the language (vim, textmate) or a completion of this command "
         "(bash, zsh, fish)",
         "KIND"},
        {"man", 0, 0, G_OPTION_ARG_STRING, page,
         "Print the source of a manual page, such as kettensim-run; 'list' names all pages",
         "PAGE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("COMMAND|WORD");

    g_option_context_set_summary(
        context,
        "Explains a command, or a word of the scenario language: a statement with all its\n"
        "options, an option, an action, a function, a distribution, a statistic, a message or a\n"
        "verdict.");
    g_option_context_set_description(
        context,
        "Examples:\n"
        "  kettensim help run\n"
        "  kettensim help latency\n"
        "  kettensim help link\n"
        "  kettensim help partition\n"
        "  kettensim help statements\n\n"
        "These words list all words of a kind: statements, topologies, actions, functions,\n"
        "distributions, statistics, messages, verdicts.\n\n"
        "docs/scenario-language.md describes the whole language. Exit status: 0; 2 no such "
        "word.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

static int
print_grammar(const char *kind)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) kinds = g_string_new(NULL);

    for (guint i = 0; grammar_kind(i) != NULL; i++)
        g_string_append_printf(kinds, " %s", grammar_kind(i));
    if (!grammar_write(out, kind))
        return command_usage("help", "no grammar '%s'; there are:%s", kind, kinds->str);
    fputs(out->str, stdout);
    return command_flush("help", 0);
}

/* Prints a page, or the names of all with their sections: kettensim-run.1. */
static int
print_page(const char *page)
{
    g_autoptr(GString) out = g_string_new(NULL);
    guint section;
    char *name;

    for (guint i = 0; strcmp(page, "list") == 0 && (name = manual_page(i, &section)); i++) {
        g_string_append_printf(out, "%s.%u\n", name, section);
        g_free(name);
    }
    if (out->len == 0 && !manual_write(out, page))
        return command_usage("help", "no manual page '%s'; 'kettensim help --man list' names them",
                             page);
    fputs(out->str, stdout);
    return command_flush("help", 0);
}

/* Says what the word is called here, if it is somebody else's, or the nearest word. */
static int
refuse_word(const char *word, const GPtrArray *words)
{
    static const char *const kinds[] = {"action", "function", "option", "statistic",
                                        "distribution"};
    const char *near = scn_word_nearest_of(word, words), *command = command_nearest(word);

    if (command != NULL && scn_word_distance(word, command) <= scn_word_distance(word, near))
        near = command;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const char *help = NULL, *right;

        if (!scn_remedy_has(kinds[i], word))
            continue;
        right = scn_remedy_find(kinds[i], word, words, &help);
        if (right != NULL)
            return command_usage("help", "no command or word '%s'; did you mean '%s'?", word,
                                 right);
        if (help != NULL)
            return command_usage("help", "no command or word '%s': %s", word, help);
    }
    if (2 * scn_word_distance(word, near) > MAX(strlen(word), strlen(near)))
        return command_usage("help",
                             "no command or word '%s'; 'kettensim help' lists what there is", word);
    return command_usage("help", "no command or word '%s'; did you mean '%s'?", word, near);
}

int
command_help(int argc, char **argv)
{
    g_autofree char *grammar = NULL;
    g_autofree char *page = NULL;
    g_autoptr(GOptionContext) context = context_new(&grammar, &page);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    char *asked[] = {"", "--help", NULL}; /* ends the process after the help */
    const Command *command;

    if (!command_parse("help", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc == 1 && (grammar != NULL) != (page != NULL))
        return grammar != NULL ? print_grammar(grammar) : print_page(page);
    if (argc != 2 || grammar != NULL || page != NULL)
        return command_usage("help",
                             "one word is due, such as run, latency, partition or functions");
    command = command_find(argv[1]);
    asked[0] = argv[1];
    scn_topic_explain(out, argv[1]);
    if (out->len == 0 && command == NULL) {
        scn_topic_words(words);
        for (guint i = 0; command_get(i) != NULL; i++)
            g_ptr_array_add(words, (gpointer)command_get(i)->name);
        return refuse_word(argv[1], words);
    }
    fputs(out->str, stdout);
    if (command == NULL)
        return command_flush("help", 0);
    if (out->len > 0)
        putchar('\n');
    return command_run_as(command, G_N_ELEMENTS(asked) - 1, asked);
}
