/* What of a trace is known only at the end of a run: its nodes, edges, blocks and transactions. */
#ifndef SIM_RUN_TRACE_WORLD_H
#define SIM_RUN_TRACE_WORLD_H

#include "sim/run/trace_writer.h"
#include "sim/scenario/model.h"
#include "sim/world/world.h"

/* The rows of node, edge and block. Texts are kept in `texts`. The scenario has the names of
 * regions and measured times; NULL where there are none. */
void sim_trace_write_world(SimTraceWriter *writer, GStringChunk *texts, SimWorld *world,
                           const ScnScenario *scenario);

#endif
