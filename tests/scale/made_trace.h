/* Traces of any size that no run has made: for how reading them scales.
 *
 * A day of blocks over many nodes: every block reaches every node within three seconds, every
 * twentieth height has two blocks and half of the nodes give one up at the next height, each
 * transaction reaches every node and is in one block. All of it follows from the spec, and the
 * rows hang together as a run's do, but for digests and work.
 */
#ifndef TESTS_SCALE_MADE_TRACE_H
#define TESTS_SCALE_MADE_TRACE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t nodes;    /* 2 at least */
    uint32_t heights;  /* over a day */
    uint32_t txs;      /* each with a row a node */
    uint64_t messages; /* with any, the level is full */
} MadeTrace;

/* Writes the file; false with an error. */
bool made_trace_write(const char *path, const MadeTrace *spec, GError **error);

#endif
