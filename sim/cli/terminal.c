/* Prints colours and the progress line; see terminal.h. */
#include "sim/cli/terminal.h"

#include <glib.h>
#include <stdarg.h>
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

char *
terminal_duration(double seconds)
{
    guint64 whole = seconds > 0 && seconds < 1e15 ? (guint64)(seconds + 0.5) : 0;
    guint64 minutes = (whole + 30) / 60;

    if (whole < 120)
        return g_strdup_printf("%" G_GUINT64_FORMAT "s", whole);
    if (minutes < 60)
        return g_strdup_printf("%" G_GUINT64_FORMAT "m", minutes);
    if (minutes % 60 == 0)
        return g_strdup_printf("%" G_GUINT64_FORMAT "h", minutes / 60);
    return g_strdup_printf("%" G_GUINT64_FORMAT "h%" G_GUINT64_FORMAT "m", minutes / 60,
                           minutes % 60);
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

/* Returns whether the line is due, and notes that it is shown. */
static bool
is_due(TerminalProgress *progress, long long us)
{
    if (!progress->enabled || us - progress->started_us < FIRST_US ||
        us - progress->last_us < EVERY_US)
        return false;
    progress->shown = true;
    progress->last_us = us;
    return true;
}

void
terminal_progress_show(TerminalProgress *progress, SimTime now, unsigned long long events)
{
    long long us = g_get_monotonic_time(), spent = us - progress->started_us;
    long long since_us = us - progress->last_us;
    char at[SIM_TIME_TEXT], end[SIM_TIME_TEXT];
    double left;

    if (!is_due(progress, us))
        return;
    left = now > 0 ? (double)spent * (double)(progress->end - now) / (double)now : 0;
    g_autofree char *left_text = terminal_duration(left / 1e6);
    fprintf(stderr, "\r\033[K%s of %s virtual, %.2f M events/s, %s left",
            sim_time_format(at, now - now % SIM_S), sim_time_format(end, progress->end),
            (double)(events - progress->last_events) / (double)since_us, left_text);
    fflush(stderr);
    progress->last_events = events;
}

void
terminal_progress_tell(TerminalProgress *progress, const char *format, ...)
{
    va_list args;

    if (!is_due(progress, g_get_monotonic_time()))
        return;
    fputs("\r\033[K", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fflush(stderr);
}

void
terminal_progress_clear(TerminalProgress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
