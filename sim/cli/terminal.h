/* What a terminal is told: colours where they are wanted, one progress line on stderr. */
#ifndef SIM_CLI_TERMINAL_H
#define SIM_CLI_TERMINAL_H

#include "sim/engine/time.h"

#include <stdbool.h>
#include <stdio.h>

/* A terminal, and NO_COLOR (no-color.org) is not set or empty, and TERM is not dumb. */
bool terminal_has_colour(FILE *out);

/* A progress line: virtual time, events a second, time left; shown from the first second on, some
 * five times a second, and only on a terminal. */
typedef struct {
    bool shown, enabled;
    SimTime end;
    long long started_us, last_us;
    unsigned long long last_events;
} TerminalProgress;

void terminal_progress_init(TerminalProgress *progress, SimTime end, bool quiet);
void terminal_progress_show(TerminalProgress *progress, SimTime now, unsigned long long events);
void terminal_progress_clear(TerminalProgress *progress);

#endif
