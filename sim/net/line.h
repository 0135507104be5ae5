/* Models of bandwidth: how messages share the uplinks and downlinks of nodes.
 *
 * A node's uplink carries what it sends over all its edges, its downlink what comes to it.
 *
 *   fair           Transfers share uplinks and downlinks max-min fairly: see fair.h. An edge is one
 *                  connection: it sends one message after another, so it has one transfer at a
 *                  time. A light message, of fewer than SIM_SMALL_BYTES that alone would take less
 *                  than SIM_LIGHT_TIME, takes no share. It goes at the rate of the slowest line,
 *                  after what waits on its edge. sim_net_set_uploads() bounds the transfers of
 *                  SIM_SMALL_BYTES and more that a node has in progress. Edges beyond the bound
 *                  wait in the order in which such a message became the next one on them
 *   uplink         The uplink sends one message after another, over all edges, each for bytes * 8 /
 *                  uplink. Downlinks are not shared: a message is through as soon as the downlink
 *                  and the link alone allow. With sim_net_set_small_first() messages of fewer than
 *                  SIM_SMALL_BYTES neither wait nor occupy it
 *   stop-and-wait  The uplink sends a message for bytes * 8 / min(uplink, downlink, link), and the
 *                  next one leaves when this one has arrived. Messages of fewer than
 * SIM_SMALL_BYTES neither wait nor occupy the uplink. SimBlock sends blocks like this (Aoki et al.,
 *                  2019, arXiv:1901.09777)
 *
 * A link with cut_through is that of a relay which sends each bit on as it comes in (Basu et al.,
 * Falcon, 2016; Corallo's FIBRE): the time on the lines passed when the message came to the relay.
 * Its messages take no line and no time here, in every model. This is exact where the lines behind
 * the relay are at least as fast as those before it.
 *
 * If neither end has a rate, a link with a rate of its own is a line of each edge, in every model.
 * A link's queue bounds what waits on the edge; with `fair` the message on the line counts whole
 * until it is through.
 */
#ifndef SIM_NET_LINE_H
#define SIM_NET_LINE_H

#include "sim/engine/time.h"

#define SIM_LIGHT_TIME SIM_MS

typedef enum { SIM_BANDWIDTH_FAIR, SIM_BANDWIDTH_UPLINK, SIM_BANDWIDTH_STOP_AND_WAIT } SimBandwidth;

#endif
