/* What all commands say in one way; see command.h. */
#include "sim/cli/command.h"

#include <stdarg.h>
#include <stdio.h>

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
