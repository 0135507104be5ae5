/* Formats times; see time.h. */
#include "sim/engine/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Writes value/scale and the unit without trailing zeros: 1500000/1000000 "ms" -> 1.5ms. scale is
 * 10^digits. Returns the end. */
static char *
put_decimal(char *at, char *end, uint64_t value, uint64_t scale, int digits, const char *unit)
{
    char fraction[24];
    int length = digits;

    at += snprintf(at, (size_t)(end - at), "%" PRIu64, value / scale);
    snprintf(fraction, sizeof fraction, "%0*" PRIu64, digits, value % scale);
    while (length > 0 && fraction[length - 1] == '0')
        length--;
    fraction[length] = '\0';
    if (value % scale != 0)
        at += snprintf(at, (size_t)(end - at), ".%s", fraction);
    return at + snprintf(at, (size_t)(end - at), "%s", unit);
}

static char *
put_below_second(char *at, char *end, uint64_t ns)
{
    if (ns >= SIM_MS)
        return put_decimal(at, end, ns, SIM_MS, 6, "ms");
    if (ns >= SIM_US)
        return put_decimal(at, end, ns, SIM_US, 3, "us");
    return put_decimal(at, end, ns, 1, 0, ns == 0 ? "s" : "ns");
}

const char *
sim_time_format(char buf[SIM_TIME_TEXT], SimTime t)
{
    char *at = buf, *end = buf + SIM_TIME_TEXT;
    uint64_t ns = t < 0 ? -(uint64_t)t : (uint64_t)t;

    if (t == SIM_TIME_NEVER)
        return memcpy(buf, "never", sizeof "never");
    if (t < 0)
        *at++ = '-';
    if (ns < (uint64_t)SIM_S) {
        put_below_second(at, end, ns);
        return buf;
    }
    if (ns >= (uint64_t)SIM_HOUR)
        at = put_decimal(at, end, ns / SIM_HOUR, 1, 0, "h");
    if (ns / SIM_MIN % 60 != 0)
        at = put_decimal(at, end, ns / SIM_MIN % 60, 1, 0, "m");
    if (ns % SIM_MIN != 0)
        put_decimal(at, end, ns % SIM_MIN, SIM_S, 9, "s");
    return buf;
}
