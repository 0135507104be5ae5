/* Takes a help text apart; see help_text.h. */
#include "sim/cli/help_text.h"

#include <string.h>

static void
option_free(gpointer data)
{
    HelpOption *option = data;

    g_free(option->letter);
    g_free(option->word);
    g_free(option->value);
    g_free(option->text);
    g_free(option);
}

static void
add_options(GPtrArray *options, const char *lines)
{
    g_autoptr(GRegex) line = g_regex_new("^  (?:-(\\w), )?--([\\w-]+)(?:=(\\S+))? {2,}(.*)$",
                                         G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_regex_match(line, lines, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        HelpOption *option = g_new0(HelpOption, 1);

        option->letter = g_match_info_fetch(match, 1);
        option->word = g_match_info_fetch(match, 2);
        option->value = g_match_info_fetch(match, 3);
        option->text = g_match_info_fetch(match, 4);
        g_ptr_array_add(options, option);
    }
}

HelpText *
help_text_new(const Command *command)
{
    g_autofree char *text = command_help_text(command);
    g_auto(GStrv) parts = g_strsplit(text, "\n\n", -1);
    HelpText *help = g_new0(HelpText, 1);

    help->options = g_ptr_array_new_with_free_func(option_free);
    help->summary = g_ptr_array_new_with_free_func(g_free);
    help->rest = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; parts[i] != NULL; i++) {
        if (i == 0 && g_str_has_prefix(parts[i], "Usage:"))
            help->usage = g_strstrip(g_strdup(parts[i] + strlen("Usage:")));
        else if (g_str_has_prefix(parts[i], "Help Options:\n") ||
                 g_str_has_prefix(parts[i], "Application Options:\n"))
            add_options(help->options, parts[i]);
        else if (*g_strchomp(parts[i]) != '\0')
            g_ptr_array_add(help->options->len > 0 ? help->rest : help->summary,
                            g_strdup(parts[i] + strspn(parts[i], "\n")));
    }
    return help;
}

void
help_text_free(HelpText *help)
{
    if (help == NULL)
        return;
    g_free(help->usage);
    g_ptr_array_unref(help->options);
    g_ptr_array_unref(help->summary);
    g_ptr_array_unref(help->rest);
    g_free(help);
}
