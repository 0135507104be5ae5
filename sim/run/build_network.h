/* Topologies, edges and links: the network's part of build.h. */
#ifndef SIM_RUN_BUILD_NETWORK_H
#define SIM_RUN_BUILD_NETWORK_H

#include "sim/run/build.h"

/* Once nodes and tables are there. False with an error when no connected graph was drawn, a link is
 * out of range, or the poll of the options said so. */
bool sim_build_network(SimWorld *world, const ScnScenario *scenario, const SimBuildOptions *options,
                       GError **error);

/* The link of an edge that discovery makes in the middle of a run; user is the ScnScenario. */
void sim_build_link(void *user, SimNet *net, uint32_t edge);

#endif
