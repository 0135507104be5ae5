/* kettensim: finds the command and calls it. */
#include "sim/cli/command.h"

#include "sim/io/text.h"

#include <fcntl.h>
#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
print_help(FILE *out)
{
    g_autofree char *text = command_overview();

    fputs(text, out);
}

/* Tells that there is no such command, and what was probably meant. */
static int
refuse(const char *word)
{
    const char *near = command_nearest(word);

    if (g_str_has_suffix(word, ".scn"))
        io_print(stderr, "kettensim: '%s' is a scenario; write kettensim run %s\n", word, word);
    else if (near != NULL)
        io_print(stderr, "kettensim: no command '%s'; did you mean '%s'?\n", word, near);
    else
        io_print(stderr, "kettensim: no command '%s'; 'kettensim --help' lists them\n", word);
    return EXIT_USAGE;
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
    const Command *command;

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
    command = command_find(argv[1]);
    return command != NULL ? command_run_as(command, argc - 1, argv + 1) : refuse(argv[1]);
}
