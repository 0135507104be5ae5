/* A timer of the main loop that can be set repeatedly. */
#ifndef SIM_LIVE_TIMER_H
#define SIM_LIVE_TIMER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct LiveTimer LiveTimer;

/* Makes a timer of this thread's loop, not set. */
LiveTimer *live_timer_new(void (*func)(void *user), void *user);
void live_timer_free(LiveTimer *timer);
/* Calls func once at that moment of CLOCK_MONOTONIC, in place of what was set before. */
void live_timer_set(LiveTimer *timer, int64_t moment_ns);
void live_timer_stop(LiveTimer *timer);
bool live_timer_is_set(const LiveTimer *timer);

#endif
