/* Measures a graph: degrees, connected parts and diameter, for `kettensim check` and tests.
 *
 * The diameter is the largest distance in links within one part. It is exact while nodes * (nodes +
 * links) stays below SIM_SHAPE_EXACT; above, a lower bound from searches that start where the last
 * one ended (Magnien, Latapy & Habib, "Fast computation of empirically tight bounds for the
 * diameter of massive graphs", ACM JEA 13, 2009), which is rarely off by more than one. */
#ifndef SIM_NET_SHAPE_H
#define SIM_NET_SHAPE_H

#include "sim/net/topology.h"

#define SIM_SHAPE_EXACT UINT64_C(100000000)

typedef struct {
    uint32_t nodes, links;
    uint32_t degree_min, degree_max; /* the mean is 2 * links / nodes */
    uint32_t parts;
    uint32_t alone; /* nodes without a link */
    uint32_t diameter;
    bool diameter_exact;
} SimShape;

/* `pairs` is a GArray of SimPair with each pair once; n > 0. */
SimShape sim_shape_measure(const GArray *pairs, uint32_t n);

#endif
