/* Answers the questions of checks from a SimWorld. */
#ifndef SIM_RUN_FACTS_WORLD_H
#define SIM_RUN_FACTS_WORLD_H

#include "sim/run/facts.h"
#include "sim/world/world.h"

/* Returns whether a world answers that function. The evaluator handles reductions and sets itself.
 */
bool sim_facts_know(ScnFunctionId function);

/* The facts borrow the world. */
SimFacts sim_facts_of_world(SimWorld *world);

#endif
