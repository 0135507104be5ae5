/* The cuts that actions make: partitions and one-way cuts, kept by the network, and closed
 * connections, kept by the world. The scenario numbers them.
 */
#ifndef SIM_RUN_CUT_H
#define SIM_RUN_CUT_H

#include "sim/run/node_set.h"
#include "sim/world/fault.h"

typedef struct SimCuts SimCuts;

/* Borrows the arguments, which outlive the cuts. */
SimCuts *sim_cuts_new(SimWorld *world, SimNodeSets *sets);
void sim_cuts_free(SimCuts *cuts);

/* Sets the number of cuts in the scenario, 0 at first. It can grow; numbers stay the same. */
void sim_cuts_set_count(SimCuts *cuts, uint32_t count);

/* Begins the partition or one-way cut of an action. */
SimFaultId sim_cuts_begin(SimCuts *cuts, const ScnItem *item);

/* Closes the connections between the two sets of an action. Returns SIM_FAULT_NONE if there are
 * none. */
SimFaultId sim_cuts_close(SimCuts *cuts, const ScnItem *item);

/* Ends the cut of that number, or with SCN_NONE all, including other cuts of the network. Returns
 * false if there was none. */
bool sim_cuts_heal(SimCuts *cuts, uint32_t cut);

/* Return the start and the end of the last cut of that number; SCN_TIME_NULL if not reached. */
SimTime sim_cuts_start(const SimCuts *cuts, uint32_t cut);
SimTime sim_cuts_end(const SimCuts *cuts, uint32_t cut);

#endif
