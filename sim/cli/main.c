/* kettensim: finds the command and calls it. */
#include "sim/cli/command.h"

#include "sim/io/text.h"

#include <fcntl.h>
#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *name, *summary;
    CommandFunc func;
} Command;

static const Command commands[] = {
    {"run", "run a scenario and judge it", command_run},
    {"check", "describe a scenario without running it", command_check},
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
    {"policy", "work out what a miner that withholds blocks should do", command_policy},
    {"help", "explain a word of the scenario language: help latency", command_help},
    {"headers", "check a file of 80-byte headers against the rules", command_headers},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static void
print_help(FILE *out)
{
    fputs("Usage: kettensim COMMAND [OPTION…] …\n\n"
          "A deterministic discrete-event simulator of the Volkskette network.\n\nCommands:\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fputs("\n'kettensim COMMAND --help' says more. Exit status: 0 all checks hold; 1 one failed\n"
          "or was vacuous; 2 usage or scenario error; 3 a replay or a trace differs; 4 a limit or\n"
          "a full disk; 5 an assertion failed; 130 interrupted.\n",
          out);
}

/* Sets the program name that the command's help prints. */
static int
run_command(size_t i, int argc, char **argv)
{
    g_autofree char *name = g_strconcat("kettensim ", commands[i].name, NULL);

    g_set_prgname(name);
    return commands[i].func(argc, argv);
}

/* Opens substitutes for closed standard streams; otherwise a file opened later could get descriptor
 * 1 and receive the output. The substitutes cannot be written, so lost results are reported. */
static void
hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(EXIT_USAGE);
    }
}

int
main(int argc, char **argv)
{
    hold_standard_streams();
    /* UTF-8 in messages; numbers keep their decimal point. */
    setlocale(LC_CTYPE, "");
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        (strcmp(argv[1], "help") == 0 && argc == 2)) {
        print_help(stdout);
        return command_flush("help", 0);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("kettensim " KETTENSIM_VERSION);
        return command_flush("version", 0);
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return run_command(i, argc - 1, argv + 1);
    }
    io_print(stderr, "kettensim: no command '%s'; 'kettensim --help' lists them\n", argv[1]);
    return EXIT_USAGE;
}
