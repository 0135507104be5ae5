/* The world as checks see it: fills a SimFacts from a SimWorld. */
#ifndef SIM_RUN_FACTS_WORLD_H
#define SIM_RUN_FACTS_WORLD_H

#include "sim/run/facts.h"
#include "sim/world/world.h"

/* Whether a world can answer that function; the evaluator reduces lists and sets by itself. */
bool sim_facts_know(ScnFunctionId function);

/* The facts borrow the world. */
SimFacts sim_facts_of_world(SimWorld *world);

#endif
