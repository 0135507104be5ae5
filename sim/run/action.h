/* Actions of a scenario, done to a world: one call a firing.
 *
 * Sets that hold random() are drawn at each firing from a stream of the action's own, keyed by its
 * text, so that another action shifts no draw. What `for` limits is undone by an event in class
 * FAULT at the action's place. An action that can do nothing fails the run unless it ends in
 * `maybe`.
 */
#ifndef SIM_RUN_ACTION_H
#define SIM_RUN_ACTION_H

#include "sim/run/cut.h"
#include "sim/run/trouble.h"

typedef struct SimActions SimActions;

/* The arguments are borrowed and outlive the actions. */
SimActions *sim_actions_new(const ScnScenario *scenario, SimWorld *world);
void sim_actions_free(SimActions *actions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimActions, sim_actions_free)

/* Now; `iteration` counts the firings of its statement from 0. Not for marks and checks. */
void sim_actions_do(SimActions *actions, const ScnItem *item, uint32_t iteration);

/* For a message made by hand, where a script stands at it: opens the connections that it goes over
 * and that are not ready for it. True when all are. */
bool sim_actions_connect(SimActions *actions, const ScnItem *item);

/* A longer version of the same scenario, for actions that were not in it at first: what it declares
 * begins with what the old one does. Borrowed. */
void sim_actions_adopt(SimActions *actions, const ScnScenario *scenario);

/* Returns whether that kind has an entry in the table of actions; marks and checks have none. */
bool sim_actions_know(ScnItemKind kind);

/* Adds to the trouble of the run: what the statement at that place could not do. */
void sim_actions_complain(SimActions *actions, ScnPlace place, const char *text, const char *why);

/* The trouble of the run. Its recent part is that of the last action done. */
SimTrouble *sim_actions_trouble(SimActions *actions);
const SimCuts *sim_actions_cuts(const SimActions *actions);

#endif
