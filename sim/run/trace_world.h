/* What of a trace is known only at the end of a run: its nodes, edges, blocks and transactions. */
#ifndef SIM_RUN_TRACE_WORLD_H
#define SIM_RUN_TRACE_WORLD_H

#include "sim/run/trace_writer.h"
#include "sim/world/world.h"

/* The rows of node, edge and block. Texts are kept in `texts`. */
/* regions: by node, NULL where it has none; or NULL. */
void sim_trace_write_world(SimTraceWriter *writer, GStringChunk *texts, SimWorld *world,
                           const char *const *regions);

#endif
