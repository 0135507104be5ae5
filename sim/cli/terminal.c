/* Prints colours and the progress line; see terminal.h. */
#include "sim/cli/terminal.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_US 1000000
#define EVERY_US 200000

bool
terminal_has_colour(FILE *out)
{
    const char *no_color = g_getenv("NO_COLOR"), *term = g_getenv("TERM");

    return isatty(fileno(out)) && (no_color == NULL || *no_color == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0);
}

void
terminal_progress_init(TerminalProgress *progress, SimTime end, bool quiet)
{
    *progress = (TerminalProgress){
        .enabled = !quiet && isatty(fileno(stderr)),
        .end = end,
        .started_us = g_get_monotonic_time(),
    };
    progress->last_us = progress->started_us;
}

void
terminal_progress_show(TerminalProgress *progress, SimTime now, unsigned long long events)
{
    long long us = g_get_monotonic_time(), spent = us - progress->started_us;
    char at[SIM_TIME_TEXT], end[SIM_TIME_TEXT];
    double left;

    if (!progress->enabled || spent < FIRST_US || us - progress->last_us < EVERY_US)
        return;
    left = now > 0 ? (double)spent * (double)(progress->end - now) / (double)now : 0;
    fprintf(stderr, "\r\033[K%s of %s virtual, %.2f M events/s, %.0f s left",
            sim_time_format(at, now - now % SIM_S), sim_time_format(end, progress->end),
            (double)(events - progress->last_events) / (double)(us - progress->last_us),
            left / 1e6);
    fflush(stderr);
    progress->shown = true;
    progress->last_us = us;
    progress->last_events = events;
}

void
terminal_progress_clear(TerminalProgress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
