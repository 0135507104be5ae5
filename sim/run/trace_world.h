/* The part of a trace that is known only at the end of a run: nodes, edges, blocks and
 * transactions. */
#ifndef SIM_RUN_TRACE_WORLD_H
#define SIM_RUN_TRACE_WORLD_H

#include "sim/run/trace_writer.h"
#include "sim/scenario/model.h"
#include "sim/world/world.h"

/* Writes the rows of node, edge and block. Stores texts in `texts`. The scenario, which may be
 * NULL, has the names of regions and of measured times. */
void sim_trace_write_world(SimTraceWriter *writer, GStringChunk *texts, SimWorld *world,
                           const ScnScenario *scenario);

#endif
