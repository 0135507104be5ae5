/* kettensim help WORD: explains a word of the scenario language. */
#include "sim/cli/command.h"
#include "sim/scenario/topic.h"
#include "sim/scenario/word.h"

#include <stdio.h>
#include <string.h>

static GOptionContext *
context_new(void)
{
    GOptionContext *context = g_option_context_new("WORD");

    g_option_context_set_summary(
        context, "Explains a word of the scenario language: a statement with all its options, an\n"
                 "option, an action, a function, a statistic, a message or a verdict.");
    g_option_context_set_description(
        context,
        "Examples:\n"
        "  kettensim help latency\n"
        "  kettensim help link\n"
        "  kettensim help partition\n"
        "  kettensim help statements\n\n"
        "These words list all words of a kind: statements, topologies, actions, functions,\n"
        "statistics, messages, verdicts.\n\n"
        "docs/scenario-language.md describes the whole language. Exit status: 0; 2 no such "
        "word.\n");
    return context;
}

/* Returns the topic that has a statement's options, or NULL if it has its own. */
static const char *
other_topic(const char *word)
{
    if (strcmp(word, "node") == 0)
        return "nodes";
    return strcmp(word, "edge") == 0 ? "link" : NULL;
}

/* Appends the rows of the word in all topics. */
static void
describe(GString *out, const char *word)
{
    for (guint t = 0; scn_topic_name(t) != NULL; t++) {
        g_autoptr(GString) rows = g_string_new(NULL);

        scn_topic_describe(rows, t, strcmp(scn_topic_name(t), word) == 0 ? NULL : word);
        if (out->len > 0 && rows->len > 0)
            g_string_append_c(out, '\n');
        g_string_append_len(out, rows->str, (gssize)rows->len);
    }
}

int
command_help(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new();
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    if (!command_parse("help", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc != 2)
        return command_usage("help", "one word is due, such as latency, partition or functions");
    describe(out, argv[1]);
    if (other_topic(argv[1]) != NULL)
        describe(out, other_topic(argv[1]));
    if (out->len == 0) {
        scn_topic_words(words);
        return command_usage("help", "no word '%s'; did you mean '%s'?", argv[1],
                             scn_word_nearest_of(argv[1], words));
    }
    fputs(out->str, stdout);
    return command_flush("help", 0);
}
