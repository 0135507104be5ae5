/* Finds the parts of a scenario that a live run cannot do, or leaves out. */
#ifndef SIM_CLI_LIVE_LIMITS_H
#define SIM_CLI_LIVE_LIMITS_H

#include "sim/scenario/model.h"

/* Returns the place of the first statement that processes cannot carry out, and why, to be freed.
 * Returns NULL if they can carry out all. */
char *live_limits_find(const ScnScenario *scenario, bool has_links);
/* Returns a line that lists the options of links and nodes that a live run ignores, to be freed.
 * Returns NULL if it ignores none. */
char *live_limits_left_out(const ScnScenario *scenario, bool has_links);

#endif
