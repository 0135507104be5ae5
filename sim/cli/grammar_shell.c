/* Completion of the command in shells; see grammar.h.
 *
 * Commands come from their table, options from the help that each command prints.
 */
#include "sim/cli/grammar_impl.h"
#include "sim/cli/help_text.h"
#include "sim/scenario/topic.h"

#include <string.h>

#define MADE(kind) "# Completion of kettensim. Made by 'kettensim help --grammar " kind "'.\n"

typedef void (*OptionFunc)(GString *out, const Command *command, const HelpOption *option);

/* Calls a function with each option of a command, in the order of its help. */
static void
each_option(GString *out, const Command *command, OptionFunc func)
{
    g_autoptr(HelpText) help = help_text_new(command);

    for (guint i = 0; i < help->options->len; i++)
        func(out, command, help->options->pdata[i]);
}

/* Appends the words that help explains: commands, and the words of the language. */
static void
add_help_words(GString *out)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; command_get(i) != NULL; i++)
        g_ptr_array_add(words, (gpointer)command_get(i)->name);
    scn_topic_words(words);
    for (guint i = 0; i < words->len; i++) {
        if (g_hash_table_add(seen, words->pdata[i]))
            g_string_append_printf(out, "%s%s", i > 0 ? " " : "", (const char *)words->pdata[i]);
    }
}

static void
add_commands(GString *out)
{
    for (guint i = 0; command_get(i) != NULL; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", command_get(i)->name);
}

/* ---- bash ---- */

static void
bash_option(GString *out, const Command *command, const HelpOption *option)
{
    (void)command;
    g_string_append_printf(out, " --%s%s", option->word, *option->value != '\0' ? "=" : "");
    if (*option->letter != '\0')
        g_string_append_printf(out, " -%s", option->letter);
}

void
grammar_bash(GString *out)
{
    g_string_append(out, MADE("bash") "_kettensim()\n{\n    local cur=${COMP_WORDS[COMP_CWORD]} "
                                      "options='' words=''\n    COMPREPLY=()\n"
                                      "    if [ \"$COMP_CWORD\" = 1 ]; then\n        words='");
    add_commands(out);
    g_string_append(out, " --help --version'\n        COMPREPLY=($(compgen -W \"$words\" -- "
                         "\"$cur\"))\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n");
    for (guint i = 0; command_get(i) != NULL; i++) {
        g_string_append_printf(out, "    %s) options='", command_get(i)->name);
        each_option(out, command_get(i), bash_option);
        g_string_append(out, "' ;;\n");
    }
    g_string_append(out, "    esac\n    if [ \"${COMP_WORDS[1]}\" = help ]; then\n        words='");
    add_help_words(out);
    g_string_append(out, "'\n        COMPREPLY=($(compgen -W \"$words $options\" -- \"$cur\"))\n"
                         "    elif [[ $cur == -* ]]; then\n"
                         "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
                         "        [[ ${COMPREPLY[0]:-} == *= ]] && compopt -o nospace 2>/dev/null\n"
                         "    else\n        compopt -o filenames 2>/dev/null\n"
                         "        COMPREPLY=($(compgen -f -X '!*.@(scn|db)' -- \"$cur\") "
                         "$(compgen -d -- \"$cur\"))\n    fi\n    return 0\n}\n"
                         "shopt -s extglob\ncomplete -F _kettensim kettensim\n");
}

/* ---- zsh ---- */

/* Appends a text inside of '…', with a `\` before each of `marks`. */
static void
append_quoted(GString *out, const char *text, const char *marks)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            g_string_append(out, "'\\'");
        else if (strchr(marks, *text))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
}

static void
zsh_option(GString *out, const Command *command, const HelpOption *option)
{
    bool letter = *option->letter != '\0', value = *option->value != '\0';

    (void)command;
    g_string_append(out, " \\\n            ");
    if (letter)
        g_string_append_printf(out, "'*'{-%s%s,--%s%s}'[", option->letter, value ? "+" : "",
                               option->word, value ? "=" : "");
    else
        g_string_append_printf(out, "'*--%s%s[", option->word, value ? "=" : "");
    append_quoted(out, option->text, "[]:\\");
    g_string_append_c(out, ']');
    if (value) {
        g_string_append_c(out, ':');
        append_quoted(out, option->value, ":\\");
        g_string_append(out, ":_files");
    }
    g_string_append_c(out, '\'');
}

void
grammar_zsh(GString *out)
{
    g_string_append(out, "#compdef kettensim\n" MADE(
                             "zsh") "_kettensim() {\n    local -a commands\n    commands=(\n");
    for (guint i = 0; command_get(i) != NULL; i++) {
        g_string_append_printf(out, "        '%s:", command_get(i)->name);
        append_quoted(out, command_get(i)->summary, "");
        g_string_append(out, "'\n");
    }
    g_string_append(out, "    )\n    if (( CURRENT == 2 )); then\n        _describe command "
                         "commands\n        return\n    fi\n    shift words\n    (( CURRENT-- ))\n"
                         "    case $words[1] in\n");
    for (guint i = 0; command_get(i) != NULL; i++) {
        bool help = strcmp(command_get(i)->name, "help") == 0;

        g_string_append_printf(out, "    %s)\n        _arguments -s", command_get(i)->name);
        each_option(out, command_get(i), zsh_option);
        g_string_append(out, " \\\n            ");
        if (help) {
            g_string_append(out, "'*:word:(");
            add_help_words(out);
            g_string_append(out, ")'");
        } else {
            g_string_append(out, "'*:file:_files -g \"*.(scn|db)(-.)\"'");
        }
        g_string_append(out, " ;;\n");
    }
    g_string_append(out, "    esac\n}\nif [ \"$funcstack[1]\" = _kettensim ]; then\n    _kettensim "
                         "\"$@\"\nelse\n    compdef _kettensim kettensim\nfi\n");
}

/* ---- fish ---- */

/* Appends a text as one word of fish. */
static void
append_fish(GString *out, const char *text)
{
    g_string_append_c(out, '\'');
    for (; *text != '\0'; text++)
        g_string_append_printf(out, "%s%c", *text == '\'' || *text == '\\' ? "\\" : "", *text);
    g_string_append_c(out, '\'');
}

static void
fish_option(GString *out, const Command *command, const HelpOption *option)
{
    g_string_append_printf(out, "complete -c kettensim -n '__fish_seen_subcommand_from %s' -l %s",
                           command->name, option->word);
    if (*option->letter != '\0')
        g_string_append_printf(out, " -s %s", option->letter);
    g_string_append(out, *option->value != '\0' ? " -r -d " : " -d ");
    append_fish(out, option->text);
    g_string_append_c(out, '\n');
}

void
grammar_fish(GString *out)
{
    g_string_append(out, MADE("fish"));
    g_string_append(out, "complete -c kettensim -f -n __fish_use_subcommand\n");
    for (guint i = 0; command_get(i) != NULL; i++) {
        g_string_append_printf(out, "complete -c kettensim -n __fish_use_subcommand -f -a %s -d ",
                               command_get(i)->name);
        append_fish(out, command_get(i)->summary);
        g_string_append_c(out, '\n');
        each_option(out, command_get(i), fish_option);
    }
    g_string_append(out, "complete -c kettensim -n '__fish_seen_subcommand_from help' -f -a '");
    add_help_words(out);
    g_string_append(out, "'\n");
}
