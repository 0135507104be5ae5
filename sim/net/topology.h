/* Who is connected to whom: generators of pairs, in a fixed order.
 *
 *   mesh    every pair (i, j), i < j, by i and then by j
 *   star    (hub, i) for each i but the hub
 *   line    (i, i + 1)
 *   ring    a line, then (n - 1, 0) where n > 2
 *
 * A generator draws nothing and knows nodes only as 0 … n - 1, in order of declaration.
 */
#ifndef SIM_NET_TOPOLOGY_H
#define SIM_NET_TOPOLOGY_H

#include <glib.h>
#include <stdint.h>

typedef enum {
    SIM_TOPOLOGY_NONE,
    SIM_TOPOLOGY_MESH,
    SIM_TOPOLOGY_STAR,
    SIM_TOPOLOGY_LINE,
    SIM_TOPOLOGY_RING,
} SimTopology;

typedef struct {
    uint32_t a;
    uint32_t b;
} SimPair;

/* Appends to ret_pairs, a GArray of SimPair. hub < n matters to the star alone. */
void sim_topology_build(GArray *ret_pairs, SimTopology kind, uint32_t n, uint32_t hub);

/* How many connected parts n nodes with these pairs fall into; 0 for n = 0. */
uint32_t sim_topology_components(const GArray *pairs, uint32_t n);

#endif
