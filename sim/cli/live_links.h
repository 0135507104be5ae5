/* The links and cuts of a world, given to the switch that carries a live run's packets. */
#ifndef SIM_CLI_LIVE_LINKS_H
#define SIM_CLI_LIVE_LINKS_H

#include "sim/live/clock.h"
#include "sim/live/namespace.h"
#include "sim/live/switch.h"
#include "sim/world/world.h"

/* Sets the links of the edges from `first` on: delays drawn from latency and jitter, loss, rate and
 * queue, in the machine's time. Returns the number of edges. */
uint32_t live_links_set(LiveSwitch *sw, SimWorld *world, const LiveClock *clock, uint64_t seed,
                        uint32_t first);
/* Cuts the pairs that the world cuts now, and no others. */
void live_links_cut(LiveSwitch *sw, SimWorld *world);
/* Returns the settings of a node's namespace, but for the socket to the parent. TCP sends again
 * after the times of simulated streams, at the clock's speed. */
LiveNamespace live_links_namespace(const LiveClock *clock, uint32_t node);

#endif
