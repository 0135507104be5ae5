/* What a live run can do of a scenario. */
#ifndef SIM_CLI_LIVE_LIMITS_H
#define SIM_CLI_LIVE_LIMITS_H

#include "sim/scenario/model.h"

/* Returns NULL, or the first thing of the scenario that processes cannot do, over the loopback or
 * with links, with its place and why, to be freed. */
char *live_limits_find(const ScnScenario *scenario, bool has_links);
/* Returns what the scenario says of links and nodes and a live run leaves out, as one line, to be
 * freed; NULL: nothing. */
char *live_limits_left_out(const ScnScenario *scenario, bool has_links);

#endif
