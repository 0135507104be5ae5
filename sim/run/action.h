/* Carries out the actions of a scenario on a world, one call for each firing.
 *
 * Sets with random() are drawn at each firing from the action's own stream, keyed by its text, so
 * that an additional action changes no other draw. An event of class FAULT, at the action's place,
 * ends what `for` limits. An action without effect fails the run unless it ends in `maybe`.
 */
#ifndef SIM_RUN_ACTION_H
#define SIM_RUN_ACTION_H

#include "sim/run/cut.h"
#include "sim/run/trouble.h"

typedef struct SimActions SimActions;

/* Borrows the arguments, which outlive the actions. */
SimActions *sim_actions_new(const ScnScenario *scenario, SimWorld *world);
/* Adds to the trouble, at the end of a run: faults that never began, and cuts, impairments and
 * eclipses that hit nothing in all their time, unless they are `maybe`. */
void sim_actions_judge_faults(SimActions *actions);
void sim_actions_free(SimActions *actions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimActions, sim_actions_free)

/* Carries out an item now; `iteration` counts the firings of its statement from 0. Marks and checks
 * are not accepted. */
void sim_actions_do(SimActions *actions, const ScnItem *item, uint32_t iteration);

/* For a handmade message in a script: opens the connections that the message needs and that are not
 * ready. Returns true if all are ready. */
bool sim_actions_connect(SimActions *actions, const ScnItem *item);

/* Replaces the scenario by a longer version of it, for actions added later: its declarations begin
 * with those of the old one. Borrowed. */
void sim_actions_adopt(SimActions *actions, const ScnScenario *scenario);

/* Returns whether the table of actions has an entry for that kind; marks and checks have none. */
bool sim_actions_know(ScnItemKind kind);

/* Adds to the trouble of the run: the statement at that place failed, and why. */
void sim_actions_complain(SimActions *actions, ScnPlace place, const char *text, const char *why);

/* Returns the trouble of the run. Its recent part belongs to the last action carried out. */
SimTrouble *sim_actions_trouble(SimActions *actions);
const SimCuts *sim_actions_cuts(const SimActions *actions);

#endif
