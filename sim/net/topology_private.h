/* The random generators, for topology.c alone; each makes one try. It appends to `pairs` and
 * returns whether it succeeded; the caller removes what a failed try has appended. */
#ifndef SIM_NET_TOPOLOGY_PRIVATE_H
#define SIM_NET_TOPOLOGY_PRIVATE_H

#include "sim/engine/random.h"
#include "sim/net/topology.h"

static inline void
sim_topology_add(GArray *pairs, uint32_t a, uint32_t b)
{
    SimPair pair = {a, b};

    g_array_append_val(pairs, pair);
}

/* Fisher-Yates. */
void sim_topology_shuffle(uint32_t *values, uint32_t count, SimRandom *r);

bool sim_topology_regular(GArray *pairs, const SimTopologySpec *spec, SimRandom *r);
void sim_topology_random(GArray *pairs, const SimTopologySpec *spec, SimRandom *r);
void sim_topology_smallworld(GArray *pairs, const SimTopologySpec *spec, SimRandom *r);
void sim_topology_scalefree(GArray *pairs, const SimTopologySpec *spec, SimRandom *r);

/* These use random numbers of each node; `attempt` counts from 0. */
void sim_topology_outbound(GArray *pairs, const SimTopologySpec *spec, uint32_t attempt);
void sim_topology_degrees(GArray *pairs, const SimTopologySpec *spec, uint32_t attempt);
void sim_topology_regions(GArray *pairs, const SimTopologySpec *spec, uint32_t attempt);

#endif
