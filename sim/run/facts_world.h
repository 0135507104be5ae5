/* The world as checks see it: fills a SimFacts from a SimWorld. */
#ifndef SIM_RUN_FACTS_WORLD_H
#define SIM_RUN_FACTS_WORLD_H

#include "sim/run/facts.h"
#include "sim/world/world.h"

/* The facts borrow the world. */
SimFacts sim_facts_of_world(SimWorld *world);

#endif
