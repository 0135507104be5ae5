/* kettensim help WORD: what a word of the scenario language is. */
#include "sim/cli/command.h"
#include "sim/scenario/topic.h"
#include "sim/scenario/word.h"

#include <stdio.h>
#include <string.h>

int
command_help(int argc, char **argv)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *word = argv[1];

    if (argc != 2)
        return command_usage("help", "one word is due, such as latency, partition or functions");
    for (guint t = 0; scn_topic_name(t) != NULL; t++) {
        g_autoptr(GString) rows = g_string_new(NULL);

        scn_topic_describe(rows, t, strcmp(scn_topic_name(t), word) == 0 ? NULL : word);
        if (out->len > 0 && rows->len > 0)
            g_string_append_c(out, '\n');
        g_string_append_len(out, rows->str, (gssize)rows->len);
    }
    if (out->len == 0) {
        scn_topic_words(words);
        return command_usage("help", "no option, action or function '%s'; did you mean '%s'?", word,
                             scn_word_nearest_of(word, words));
    }
    fputs(out->str, stdout);
    return command_flush("help", 0);
}
