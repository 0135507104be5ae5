/* The table of commands; see command.h. */
#include "sim/cli/command.h"

#include "sim/scenario/word.h"

#include <string.h>

static const Command commands[] = {
    {"run", "run a scenario and judge it", command_run},
    {"check", "describe a scenario without running it", command_check},
    {"fmt", "format scenarios", command_fmt},
    {"lsp", "answer an editor about scenarios (Language Server Protocol)", command_lsp},
    {"test", "run scenario files as a regression suite", command_test},
    {"sweep", "run every point of a scenario's sweeps with every seed", command_sweep},
    {"merge", "join the results of a sweep's shards", command_merge},
    {"replay", "run a trace again and compare the results", command_replay},
    {"diff", "show where two traces first differ", command_diff},
    {"show", "show the world of a trace at a moment, or the life of a block", command_show},
    {"query", "query a trace or the results of a sweep", command_query},
    {"report", "write one HTML file about a run or a sweep", command_report},
    {"export", "write a trace as Perfetto JSON, Graphviz, GraphML or CSV", command_export},
    {"explore", "search for faults that break a scenario", command_explore},
    {"shrink", "make a scenario that fails small", command_shrink},
    {"live", "run a scenario on real processes and judge it", command_live},
    {"node", "run one node of a scenario on real sockets", command_node},
    {"node-ctl", "ask or order a node that runs", command_node_ctl},
    {"policy", "work out what a miner that withholds blocks should do", command_policy},
    {"help", "explain a command or a word of the scenario language", command_help},
    {"headers", "check a file of 80-byte headers against the rules", command_headers},
};

const Command *
command_get(guint index)
{
    return index < G_N_ELEMENTS(commands) ? &commands[index] : NULL;
}

const Command *
command_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

const char *
command_nearest(const char *word)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *near;

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        g_ptr_array_add(names, (gpointer)commands[i].name);
    near = scn_word_nearest_of(word, names);
    return scn_word_distance(word, near) < MAX(strlen(word), strlen(near)) ? near : NULL;
}

char *
command_overview(void)
{
    GString *out = g_string_new("Usage: kettensim COMMAND [OPTION…] …\n\n"
                                "A deterministic discrete-event simulator of the Volkskette "
                                "network. Many nodes run\n"
                                "the real chain and consensus code; a virtual clock and simulated "
                                "links replace\n"
                                "sockets. A scenario file says what happens.\n\nCommands:\n");

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        g_string_append_printf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    g_string_append(
        out,
        "\n'kettensim COMMAND --help' says more. Exit status: 0 all checks hold; 1 one failed\n"
        "or was vacuous; 2 usage or scenario error; 3 a replay or a trace differs; 4 a limit or\n"
        "a full disk; 5 an assertion failed; 130 interrupted.\n");
    return g_string_free(out, FALSE);
}

int
command_run_as(const Command *command, int argc, char **argv)
{
    g_autofree char *name = g_strconcat("kettensim ", command->name, NULL);

    g_set_prgname(name);
    return command->func(argc, argv);
}
