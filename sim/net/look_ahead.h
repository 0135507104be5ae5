/* Prefetching for messages that are due soon: with many nodes each goes to another node, whose
 * memory is not cached. It changes nothing but speed; docs/performance.md has the figures. */
#ifndef SIM_NET_LOOK_AHEAD_H
#define SIM_NET_LOOK_AHEAD_H

#include "sim/net/net.h"

/* A message that is due a few events later. The op look_ahead gets an array of them; it may read
 * what their payloads point at and may change the array. */
struct SimLookedAt {
    uint32_t dst;
    uint32_t back; /* as in SimPacket */
    uint8_t kind;
    const void *payload;
};

/* Prefetches what sending on all edges of a node reads, in stages 0 to 3. */
void sim_net_prefetch_out(const SimNet *net, uint32_t node, unsigned stage);

#endif
