/* The timeline: a scenario's timed statements as events of the engine.
 *
 * Each item of a timed block is an event at its time: actions and marks in class ACTION, checks in
 * class CHECK, ordered by place in the file, then by the firing of the statement. A `when` fires at
 * the end of the first instant in which its condition is true (with `each`, every time it becomes
 * true); its items follow in the same instant.
 */
#ifndef SIM_RUN_TIMELINE_H
#define SIM_RUN_TIMELINE_H

#include "sim/run/action.h"
#include "sim/run/check.h"

typedef struct SimTimeline SimTimeline;

/* Schedules everything. Borrows the arguments, which outlive the timeline. */
SimTimeline *sim_timeline_new(const ScnScenario *scenario, SimWorld *world, SimChecks *checks);
void sim_timeline_free(SimTimeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTimeline, sim_timeline_free)

/* Call at the end of each instant that changed something, before the checks. */
void sim_timeline_instant(SimTimeline *timeline);

/* Returns the actions, which know cuts and trouble. */
SimActions *sim_timeline_actions(const SimTimeline *timeline);

#endif
