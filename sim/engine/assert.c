/* Reports failed assertions and their place in the run; see assert.h. */
#include "sim/engine/assert.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local const SimAssertContext *current;

const SimAssertContext *
sim_assert_context(const SimAssertContext *context)
{
    const SimAssertContext *before = current;

    current = context;
    return before;
}

void
sim_assert_describe(char *buf, size_t size)
{
    const SimAssertContext *c = current;
    char at[SIM_TIME_TEXT];

    if (size == 0)
        return;
    buf[0] = '\0';
    if (c != NULL)
        snprintf(buf, size, "seed %" PRIu64 ", event %" PRIu64 ", at %s", c->seed, *c->events,
                 sim_time_format(at, *c->now));
}

void
sim_assert_failed(const char *file, int line, const char *expression)
{
    char where[128];

    sim_assert_describe(where, sizeof where);
    fprintf(stderr, "kettensim: %s:%d: assertion failed: %s%s%s\n", file, line, expression,
            where[0] != '\0' ? "\n  in the run with " : "", where);
    fflush(stderr);
    abort();
}
