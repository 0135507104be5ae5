/* Scripts: blocks delivered line by line, each when everything that followed from the one before
 * has come to rest, and what the receiver made of each.
 *
 * A line begins when the world is idle (sim_world_idle); its reply is judged when it is idle again,
 * or after SIM_SCRIPT_PATIENCE as things stand. Scripts run from time 0 in file order, and the end
 * of the last one ends the run.
 */
#ifndef SIM_RUN_SCRIPT_H
#define SIM_RUN_SCRIPT_H

#include "sim/run/action.h"
#include "sim/run/check.h"
#include "sim/world/tree.h"

#define SIM_SCRIPT_PATIENCE (60 * SIM_S)

typedef struct SimScripts SimScripts;

/* NULL when the scenario has none; before the world starts. All arguments are borrowed. */
SimScripts *sim_scripts_new(const ScnScenario *scenario, SimWorld *world, SimChecks *checks,
                            SimActions *actions);
void sim_scripts_free(SimScripts *scripts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimScripts, sim_scripts_free)

/* At the end of each instant in which something changed, after the checks. */
void sim_scripts_instant(SimScripts *scripts);

#endif
