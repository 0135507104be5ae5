/* Runs a trace again. The trace contains everything needed, including the texts of includes and
 * tables; no other file is read.
 */
#ifndef SIM_RUN_REPLAY_H
#define SIM_RUN_REPLAY_H

#include "sim/run/run.h"
#include "sim/run/trace_reader.h"

typedef struct SimReplay SimReplay;

/* Parses the scenario with the trace's params and seed. Returns NULL with messages in errors, or
 * with SIM_RUN_ERROR_TRACE if the trace is damaged. */
SimReplay *sim_replay_new(SimTraceReader *trace, ScnErrors *errors, GError **error);
void sim_replay_free(SimReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimReplay, sim_replay_free)

const ScnScenario *sim_replay_scenario(const SimReplay *replay);
/* Runs the scenario. Writes a trace of the same level to trace_path unless NULL. Overrides the
 * scenario and trace of the options. Returns NULL with an error. */
SimRun *sim_replay_run(SimReplay *replay, const SimRunOptions *options, const char *trace_path,
                       GError **error);

#endif
