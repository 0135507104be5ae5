/* Running a trace again: what stands in it is enough, and the same must come of it.
 *
 * Reads nothing but the trace: texts of includes and tables come from it too.
 */
#ifndef SIM_RUN_REPLAY_H
#define SIM_RUN_REPLAY_H

#include "sim/run/run.h"
#include "sim/run/trace_reader.h"

typedef struct SimReplay SimReplay;

/* Parses the scenario with the trace's params and seed. NULL with messages in errors, or with
 * SIM_RUN_ERROR_TRACE when the trace is damaged. */
SimReplay *sim_replay_new(SimTraceReader *trace, ScnErrors *errors, GError **error);
void sim_replay_free(SimReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimReplay, sim_replay_free)

const ScnScenario *sim_replay_scenario(const SimReplay *replay);
/* Runs; trace_path may be NULL, else a trace of the same level is written there. What options say
 * of scenario and trace is replaced. NULL with an error. */
SimRun *sim_replay_run(SimReplay *replay, const SimRunOptions *options, const char *trace_path,
                       GError **error);

#endif
