/* What all commands say in one way; see command.h. */
#include "sim/cli/command.h"
#include "sim/scenario/quantity.h"

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

bool
command_time(const char *command, const char *option, const char *text, gint64 *ret_ns)
{
    g_autofree char *problem = NULL;
    g_autofree char *help = NULL;
    ScnQuantity quantity = {0};
    gsize used = 0;

    if (!scn_quantity_parse(text, strlen(text), &quantity, &used, &problem, &help) ||
        text[used] != '\0' || quantity.value < 0 ||
        (quantity.dim != SCN_DIM_TIME &&
         !(quantity.dim == SCN_DIM_NUMBER && quantity.value == 0))) {
        command_usage(command, "%s '%s' is no time: write 3h0m10s, 20m30s or 250ms", option, text);
        return false;
    }
    *ret_ns = (gint64)quantity.value;
    return true;
}

/* A reader that has seen enough (a pipe into head) has lost nothing. */
int
command_flush(const char *command, int status)
{
    /* A write that failed in passing has left no reason: one byte more is refused for the same. */
    if (ferror(stdout))
        putchar('\n');
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno == EPIPE)
        return status;
    command_usage(command, "cannot write the results: %s", strerror(errno));
    return errno == ENOSPC ? EXIT_LIMIT : EXIT_USAGE;
}
