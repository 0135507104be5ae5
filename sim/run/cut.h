/* The cuts that actions make: partitions and one-way cuts, which the network keeps, and closed
 * connections, which the world keeps. Each has the number that the scenario gives it.
 */
#ifndef SIM_RUN_CUT_H
#define SIM_RUN_CUT_H

#include "sim/run/node_set.h"
#include "sim/world/fault.h"

typedef struct SimCuts SimCuts;

/* The arguments are borrowed and outlive the cuts. */
SimCuts *sim_cuts_new(SimWorld *world, SimNodeSets *sets);
void sim_cuts_free(SimCuts *cuts);

/* How many cuts the scenario has: none at first; it may grow, and the first keep their numbers. */
void sim_cuts_set_count(SimCuts *cuts, uint32_t count);

/* Begins the partition or one-way cut of an action. */
SimFaultId sim_cuts_begin(SimCuts *cuts, const ScnItem *item);

/* Closes the connections between the two sets of an action; SIM_FAULT_NONE: there is none. */
SimFaultId sim_cuts_close(SimCuts *cuts, const ScnItem *item);

/* Ends the cut of that number, or all for SCN_NONE, other cuts of the network among them. False
 * when none stood. */
bool sim_cuts_heal(SimCuts *cuts, uint32_t cut);

/* Start and end of the last cut of that number; SCN_TIME_NULL while it has not come. */
SimTime sim_cuts_start(const SimCuts *cuts, uint32_t cut);
SimTime sim_cuts_end(const SimCuts *cuts, uint32_t cut);

#endif
