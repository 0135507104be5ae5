/* Actions of a scenario, done to a world: one call a firing.
 *
 * Sets that hold random() are drawn at each firing from a stream of the action's own, keyed by its
 * text, so that another action shifts no draw. What `for` limits is undone by an event in class
 * FAULT at the action's place. An action that can do nothing fails the run unless it ends in
 * `maybe`.
 */
#ifndef SIM_RUN_ACTION_H
#define SIM_RUN_ACTION_H

#include "sim/scenario/model.h"
#include "sim/world/world.h"

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

/* Whether there is something to do for an action of that kind: false for marks and checks. */
bool sim_actions_know(ScnItemKind kind);

/* Adds to what could not be done. What a statement could not do for one reason is told once:
 * "FAIL file:line:col  text\n  at T: why\n", and then how often it happened, and when last. */
void sim_actions_complain(SimActions *actions, ScnPlace place, const char *text, const char *why);

/* Start and end of a cut of the scenario, the last one of it; SIM_TIME_NULL while it has not come.
 */
SimTime sim_actions_cut_start(const SimActions *actions, uint32_t cut);
SimTime sim_actions_cut_end(const SimActions *actions, uint32_t cut);

/* What could not be done; "" when there was nothing. Borrowed, until the next call. */
const char *sim_actions_trouble(SimActions *actions);

#endif
