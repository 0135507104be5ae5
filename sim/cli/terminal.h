/* Output to a terminal: colours, and a progress line on stderr. */
#ifndef SIM_CLI_TERMINAL_H
#define SIM_CLI_TERMINAL_H

#include "sim/engine/time.h"

#include <stdbool.h>
#include <stdio.h>

/* Returns whether out is a terminal, NO_COLOR (no-color.org) is unset or empty, and TERM is not
 * dumb. */
bool terminal_has_colour(FILE *out);

/* Returns a time for people, as scenarios write it: 45s, 12m, 3h36m. Free with g_free. */
char *terminal_duration(double seconds);

/* A progress line with virtual time, events a second and time left. It appears only on a terminal,
 * after one second, about five times a second. */
typedef struct {
    bool shown, enabled;
    SimTime end;
    long long started_us, last_us;
    unsigned long long last_events;
} TerminalProgress;

void terminal_progress_init(TerminalProgress *progress, SimTime end, bool quiet);
void terminal_progress_show(TerminalProgress *progress, SimTime now, unsigned long long events);
/* The same line with a text of the caller's. */
void terminal_progress_tell(TerminalProgress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void terminal_progress_clear(TerminalProgress *progress);

#endif
