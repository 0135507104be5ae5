/* The timeline: a scenario's timed statements as events of the engine.
 *
 * Each item of a timed block is an event at its time: actions and marks in class ACTION, checks in
 * class CHECK, both ranked by their place in the file; the end of a partition's `for` is in class
 * FAULT at its partition's place. An action that can do nothing fails the run unless it ends in
 * `maybe`.
 */
#ifndef SIM_RUN_TIMELINE_H
#define SIM_RUN_TIMELINE_H

#include "sim/run/check.h"
#include "sim/scenario/model.h"
#include "sim/world/world.h"

typedef struct SimTimeline SimTimeline;

/* Schedules everything; all arguments are borrowed and outlive the timeline. */
SimTimeline *sim_timeline_new(const ScnScenario *scenario, SimWorld *world, SimChecks *checks);
void sim_timeline_free(SimTimeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTimeline, sim_timeline_free)

/* Start and end of a cut of the scenario, SIM_TIME_NULL while it has not come. */
SimTime sim_timeline_cut_start(const SimTimeline *timeline, uint32_t cut);
SimTime sim_timeline_cut_end(const SimTimeline *timeline, uint32_t cut);

/* The actions that could do nothing, a line each; "" when there were none. */
const char *sim_timeline_trouble(const SimTimeline *timeline);

#endif
