/* Prefetching for messages that come soon: with many nodes each is at another one, whose memory is
 * far away. Changes nothing but time; docs/performance.md has the figures. */
#ifndef SIM_NET_LOOK_AHEAD_H
#define SIM_NET_LOOK_AHEAD_H

#include "sim/net/net.h"

/* A message some events before it comes. The op look_ahead is given some of them, may read what
 * their payloads point at, and may change the array. */
struct SimLookedAt {
    uint32_t dst;
    uint32_t back; /* as in SimPacket */
    uint8_t kind;
    const void *payload;
};

/* Prefetches what sending on all edges of a node reads, in stages 0 to 3. */
void sim_net_prefetch_out(const SimNet *net, uint32_t node, unsigned stage);

#endif
