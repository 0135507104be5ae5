/* Scripts: deliver blocks line by line, each once all effects of the previous line have settled,
 * and judge the receiver's replies.
 *
 * A line begins when the world is idle (sim_world_idle); its reply is judged when the world is idle
 * again, or after SIM_SCRIPT_PATIENCE. Scripts run from time 0 in file order; the end of the last
 * one ends the run.
 */
#ifndef SIM_RUN_SCRIPT_H
#define SIM_RUN_SCRIPT_H

#include "sim/run/action.h"
#include "sim/run/check.h"
#include "sim/world/tree.h"

#define SIM_SCRIPT_PATIENCE (60 * SIM_S)

typedef struct SimScripts SimScripts;

/* Call before the world starts. Returns NULL if the scenario has no scripts. Borrows all arguments.
 */
SimScripts *sim_scripts_new(const ScnScenario *scenario, SimWorld *world, SimChecks *checks,
                            SimActions *actions);
void sim_scripts_free(SimScripts *scripts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimScripts, sim_scripts_free)

/* Call at the end of each instant that changed something, after the checks. */
void sim_scripts_instant(SimScripts *scripts);

#endif
