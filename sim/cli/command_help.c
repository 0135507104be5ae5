/* kettensim help WORD: what a word of the scenario language is. */
#include "sim/cli/command.h"
#include "sim/scenario/option.h"
#include "sim/scenario/word.h"

#include <stdio.h>
#include <string.h>

/* The nearest statement or option, for a word that is neither. */
static const char *
nearest(const char *word)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (guint t = 0; scn_option_tables[t] != NULL; t++) {
        g_ptr_array_add(words, (gpointer)scn_option_tables[t]->statement);
        for (guint i = 0; i < scn_option_tables[t]->count; i++)
            g_ptr_array_add(words, (gpointer)scn_option_tables[t]->rows[i].spec.name);
    }
    return scn_word_nearest_of(word, words);
}

int
command_help(int argc, char **argv)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *word = argv[1];

    if (argc != 2)
        return command_usage("help", "one word is due, such as latency or chain");
    for (guint t = 0; scn_option_tables[t] != NULL; t++) {
        const ScnOptTable *table = scn_option_tables[t];
        bool whole = strcmp(table->statement, word) == 0;

        if (out->len > 0 && (whole || scn_option_find(table, word) != NULL))
            g_string_append_c(out, '\n');
        scn_option_describe(out, table, whole ? NULL : word);
    }
    if (out->len == 0)
        return command_usage("help", "no option or statement '%s'; did you mean '%s'?", word,
                             nearest(word));
    fputs(out->str, stdout);
    return command_flush("help", 0);
}
