/* Virtual time: int64 nanoseconds from the start of a run.
 *
 * 2^63 ns are 292 years. Times are never held in a double, so that sums are exact and the same
 * everywhere. Printed times are in the form of the scenario language and can be pasted into a
 * scenario.
 */
#ifndef SIM_ENGINE_TIME_H
#define SIM_ENGINE_TIME_H

#include <stdint.h>

typedef int64_t SimTime;

#define SIM_NS ((SimTime)1)
#define SIM_US (1000 * SIM_NS)
#define SIM_MS (1000 * SIM_US)
#define SIM_S (1000 * SIM_MS)
#define SIM_MIN (60 * SIM_S)
#define SIM_HOUR (60 * SIM_MIN)
#define SIM_DAY (24 * SIM_HOUR)
#define SIM_TIME_NEVER INT64_MAX

/* Large enough for the text of any time: "-2562047h47m16.854775808s" and its NUL, rounded up. */
#define SIM_TIME_TEXT 32

/* Writes t as "20m30s", "1m0.25s", "1.5ms", "7ns", "0s". Hours are the largest unit, every digit is
 * exact, SIM_TIME_NEVER is "never". Returns buf. */
const char *sim_time_format(char buf[SIM_TIME_TEXT], SimTime t);

/* Returns a + b for b >= 0, limited to SIM_TIME_NEVER instead of overflowing. */
static inline SimTime
sim_time_add(SimTime a, SimTime b)
{
    SimTime sum;
    return __builtin_add_overflow(a, b, &sum) ? SIM_TIME_NEVER : sum;
}

#endif
