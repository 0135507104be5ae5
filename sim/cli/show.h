/* What `show` prints: a moment of a trace, or the life of a block or transaction; for people or as
 * JSON. */
#ifndef SIM_CLI_SHOW_H
#define SIM_CLI_SHOW_H

#include "sim/run/trace_moment.h"

#include <stdio.h>

typedef struct {
    FILE *out;
    const SimTraceReader *reader;
    uint32_t node; /* alone; UINT32_MAX: all */
} Show;

/* level is the trace's, for what it cannot tell. */
void show_moment(const Show *show, const SimMoment *moment);
void show_moment_json(const Show *show, const SimMoment *moment);
void show_life(const Show *show, uint32_t block, const GPtrArray *steps);
void show_life_json(const Show *show, uint32_t block, const GPtrArray *steps);
void show_tx_life(const Show *show, uint32_t tx, const GPtrArray *steps);
void show_tx_life_json(const Show *show, uint32_t tx, const GPtrArray *steps);

/* The tree of blocks found by then, with who stands where (show_tree.c). */
void show_tree(const Show *show, const SimMoment *moment);

#endif
