/* The timeline: a scenario's timed statements as events of the engine.
 *
 * Each item of a timed block is an event at its time: actions and marks in class ACTION, checks in
 * class CHECK, both ranked by their place in the file, then by the firing of their statement. A
 * `when` fires at the end of the first instant in which its condition is true (with `each`, at
 * every rise): its items follow in that same instant.
 */
#ifndef SIM_RUN_TIMELINE_H
#define SIM_RUN_TIMELINE_H

#include "sim/run/action.h"
#include "sim/run/check.h"

typedef struct SimTimeline SimTimeline;

/* Schedules everything; all arguments are borrowed and outlive the timeline. */
SimTimeline *sim_timeline_new(const ScnScenario *scenario, SimWorld *world, SimChecks *checks);
void sim_timeline_free(SimTimeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTimeline, sim_timeline_free)

/* At the end of each instant in which something changed, before the checks look at it. */
void sim_timeline_instant(SimTimeline *timeline);

/* What does the actions: cuts and trouble are asked of it. */
SimActions *sim_timeline_actions(const SimTimeline *timeline);

#endif
