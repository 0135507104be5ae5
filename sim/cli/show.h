/* The output of `show`: a moment of a trace, or the life of a block or transaction; as text or
 * JSON. */
#ifndef SIM_CLI_SHOW_H
#define SIM_CLI_SHOW_H

#include "sim/run/trace_moment.h"

#include <stdio.h>

typedef struct {
    FILE *out;
    const SimTraceReader *reader;
    uint32_t node; /* the only node to show; UINT32_MAX: all */
} Show;

/* `level` is that of the trace: it decides what is unknown. */
void show_moment(const Show *show, const SimMoment *moment);
void show_moment_json(const Show *show, const SimMoment *moment);
void show_life(const Show *show, uint32_t block, const GPtrArray *steps);
void show_life_json(const Show *show, uint32_t block, const GPtrArray *steps);
void show_tx_life(const Show *show, uint32_t tx, const GPtrArray *steps);
void show_tx_life_json(const Show *show, uint32_t tx, const GPtrArray *steps);

/* Shows the tree of the blocks found so far and the nodes at each (show_tree.c). */
void show_tree(const Show *show, const SimMoment *moment);

#endif
