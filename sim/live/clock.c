/* The clock of a live node; see clock.h. */
#include "sim/live/clock.h"

#include <glib.h>
#include <time.h>

int64_t
live_clock_monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int64_t
live_clock_now(const LiveClock *clock)
{
    __int128 passed = (__int128)live_clock_monotonic_ns() - clock->zero_ns;

    if (passed <= 0)
        return 0;
    passed = passed * clock->speed / LIVE_SPEED_UNIT;
    return passed > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)passed;
}

int64_t
live_clock_wait(const LiveClock *clock, int64_t delay_ns)
{
    __int128 wait =
        ((__int128)delay_ns * LIVE_SPEED_UNIT + clock->speed - 1) / (__int128)clock->speed;

    return wait < 1 ? 1 : wait > INT64_MAX ? INT64_MAX : (int64_t)wait;
}

int64_t
live_clock_moment(const LiveClock *clock, int64_t now_ns)
{
    __int128 moment = (__int128)clock->zero_ns + live_clock_wait(clock, now_ns);

    return moment > INT64_MAX ? INT64_MAX : (int64_t)moment;
}

bool
live_clock_parse_speed(const char *text, uint32_t *ret_speed)
{
    uint64_t speed = 0, unit = LIVE_SPEED_UNIT;
    bool has_point = false, has_digit = false;

    for (; *text != '\0'; text++) {
        if (*text == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (!g_ascii_isdigit(*text) || unit == (has_point ? 1u : 0u) || speed > LIVE_SPEED_MAX)
            return false;
        has_digit = true;
        if (has_point) {
            unit /= 10;
            speed += (uint64_t)(*text - '0') * unit;
        } else {
            speed = speed * 10 + (uint64_t)(*text - '0') * LIVE_SPEED_UNIT;
        }
    }
    if (!has_digit || speed < 1 || speed > LIVE_SPEED_MAX)
        return false;
    *ret_speed = (uint32_t)speed;
    return true;
}
