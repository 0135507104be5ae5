/* Builds the network of a world: topologies, edges and links. See build.h. */
#ifndef SIM_RUN_BUILD_NETWORK_H
#define SIM_RUN_BUILD_NETWORK_H

#include "sim/run/build.h"

/* Call once nodes and tables are there. Returns false with an error if no connected graph was
 * drawn, a link is out of range, or the poll returned false. */
bool sim_build_network(SimWorld *world, const ScnScenario *scenario, const SimBuildOptions *options,
                       GError **error);

/* Sets the link of an edge that discovery makes during a run; user is the ScnScenario. */
void sim_build_link(void *user, SimNet *net, uint32_t edge);

#endif
