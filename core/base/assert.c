/* The one place in core that writes to stderr: a dying process says where it died. */
#include "core/base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void
kette_assert_fail(const char *expression, const char *file, int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
    abort();
}
