/* A node's clock: the machine's monotonic clock, from a moment that is 0 and at a speed.
 *
 * Processes of one machine that are given the same moment and speed agree on the time. With speed
 * 60 a minute of the chain takes a second.
 */
#ifndef SIM_LIVE_CLOCK_H
#define SIM_LIVE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define LIVE_SPEED_UNIT 1000 /* speeds are in thousandths */
#define LIVE_SPEED_MAX (1000 * LIVE_SPEED_UNIT)

typedef struct {
    int64_t zero_ns; /* moment of CLOCK_MONOTONIC; negative before the start of the machine */
    uint32_t speed;  /* 1 to LIVE_SPEED_MAX, in 1/LIVE_SPEED_UNIT */
} LiveClock;

int64_t live_clock_monotonic_ns(void);
/* Returns the time since zero at the clock's speed; 0 before zero. */
int64_t live_clock_now(const LiveClock *clock);
/* Returns the moment of CLOCK_MONOTONIC at which the clock shows `now_ns`, saturating. */
int64_t live_clock_moment(const LiveClock *clock, int64_t now_ns);
/* Returns how long `delay_ns` of the clock takes, rounded up to at least 1, saturating. */
int64_t live_clock_wait(const LiveClock *clock, int64_t delay_ns);
/* Reads a speed such as "60" or "0.25". Returns false unless it is a number in the range. */
bool live_clock_parse_speed(const char *text, uint32_t *ret_speed);

#endif
