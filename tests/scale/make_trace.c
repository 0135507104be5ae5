/* make_trace FILE NODES HEIGHTS TXS MESSAGES: a trace as made_trace.h has it. */
#include "tests/scale/made_trace.h"

#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    MadeTrace spec;

    if (argc != 6) {
        fprintf(stderr, "usage: make_trace FILE NODES HEIGHTS TXS MESSAGES\n");
        return 2;
    }
    spec = (MadeTrace){.nodes = (uint32_t)strtoul(argv[2], NULL, 10),
                       .heights = (uint32_t)strtoul(argv[3], NULL, 10),
                       .txs = (uint32_t)strtoul(argv[4], NULL, 10),
                       .messages = strtoull(argv[5], NULL, 10)};
    if (made_trace_write(argv[1], &spec, &error))
        return 0;
    fprintf(stderr, "make_trace: %s\n", error->message);
    return 1;
}
