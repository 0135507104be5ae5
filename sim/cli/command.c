/* What all commands say in one way; see command.h. */
#include "sim/cli/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
command_usage(const char *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "kettensim %s: ", command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("\n", stderr);
    return EXIT_USAGE;
}

/* A reader that has seen enough (a pipe into head) has lost nothing. */
int
command_flush(const char *command, int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno == EPIPE)
        return status;
    command_usage(command, "cannot write the results: %s", strerror(errno));
    return errno == ENOSPC ? EXIT_LIMIT : EXIT_USAGE;
}
