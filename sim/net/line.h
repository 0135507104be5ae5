/* How messages share the lines of nodes.
 *
 * A node's uplink carries what it sends over all its edges, its downlink what comes to it. Models:
 *
 *   fair           transfers share: see fair.h. One edge is one connection: its messages go one
 *                  after the other, and the first of them is the transfer. A light
 *                  message, of fewer than SIM_SMALL_BYTES and through in less than SIM_LIGHT_TIME
 *                  if alone, takes no share: it goes at the rate of the slowest line, after what
 *                  waits on its edge
 *   uplink         a message occupies its sender's uplink for bytes * 8 / uplink, one after the
 *                  other over all edges; receivers are not shared, but a message is through no
 *                  sooner than its receiver's downlink and its link allow it alone
 *   stop-and-wait  a message occupies its sender's uplink from bytes * 8 / min(uplink, downlink,
 *                  link) on until it has arrived; those of fewer than SIM_SMALL_BYTES neither wait
 *                  nor occupy. As SimBlock sends blocks (Aoki et al., 2019, arXiv:1901.09777)
 *
 * Where neither end has a rate, a link's own rate makes a line of each edge, in every model.
 */
#ifndef SIM_NET_LINE_H
#define SIM_NET_LINE_H

#include "sim/engine/time.h"

#define SIM_LIGHT_TIME SIM_MS

typedef enum { SIM_BANDWIDTH_FAIR, SIM_BANDWIDTH_UPLINK, SIM_BANDWIDTH_STOP_AND_WAIT } SimBandwidth;

#endif
