/* Who is connected to whom: generators of pairs, in a fixed order.
 *
 *   mesh        every pair (i, j), i < j, by i and then by j
 *   star        (hub, i) for each i but the hub
 *   line        (i, i + 1)
 *   ring        a line, then (n - 1, 0) where n > 2
 *   tree        (parent, i): node 0 is the root, i hangs on (i - 1) / k
 *   regular     each node has k links, all such graphs about equally likely: stubs are paired at
 *               random, what does not fit is paired again (Steger & Wormald, "Generating random
 *               regular graphs quickly", Comb. Probab. Comput. 8(4), 1999); above (n - 1) / 2 the
 *               complement of one with n - 1 - k
 *   random      each pair with probability p (Gilbert, "Random graphs", Ann. Math. Stat. 30(4),
 *               1959); up to p = 1/4 by skips to the next pair (Batagelj & Brandes, "Efficient
 *               generation of large random networks", Phys. Rev. E 71, 2005), above pair by pair
 *   smallworld  a ring in which each node is linked to the k / 2 next on either side, then each
 *               link's far end moved with probability p to any other node (Watts & Strogatz,
 *               Nature 393, 1998)
 *   scalefree   a star of k + 1 nodes, then node after node with links to k different ones, drawn
 *               in proportion to their links (Barabasi & Albert, Science 286, 1999); the nodes
 *               come in an order that is drawn, so that no one is large for being declared first
 *   outbound    node after node opens k links to others drawn evenly: listening, of fewer than
 *               `inbound` opened by others, and not linked to it yet. One that finds fewer opens
 *               fewer. With `opens` only those nodes open links, with `takes` only to those
 *   degrees     node after node opens links to others drawn evenly until it has `ks` links, those
 * that others opened to it included; a node that has as many is offered no more, so the last ones
 * may stay below. A node with 0 takes no part regions     as outbound within each region; then the
 * hubs of all regions are a mesh. A region's hub is its first node that listens, or its first
 *
 * Drawn graphs are drawn until they are connected; outbound with `opens` or `takes` and
 * degrees with `opens` are drawn once, because they need not reach all nodes. Draws are keyed by
 * (seed, "topology", name), in outbound, degrees and regions by the opening node's key too, so that
 * k = 4 of outbound gives the beginning of k = 8;
 * integers only. Time and memory are O(nodes + links); pair by pair, O(n^2) for n^2 / 8 links and
 * more. Nodes are 0 … n - 1, in order of declaration.
 */
#ifndef SIM_NET_TOPOLOGY_H
#define SIM_NET_TOPOLOGY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    SIM_TOPOLOGY_NONE,
    SIM_TOPOLOGY_MESH,
    SIM_TOPOLOGY_STAR,
    SIM_TOPOLOGY_LINE,
    SIM_TOPOLOGY_RING,
    SIM_TOPOLOGY_TREE,
    SIM_TOPOLOGY_REGULAR,
    SIM_TOPOLOGY_RANDOM,
    SIM_TOPOLOGY_SMALLWORLD,
    SIM_TOPOLOGY_SCALEFREE,
    SIM_TOPOLOGY_OUTBOUND,
    SIM_TOPOLOGY_DEGREES,
    SIM_TOPOLOGY_REGIONS,
} SimTopology;

typedef struct {
    uint32_t a;
    uint32_t b;
} SimPair;

#define SIM_PPT UINT64_C(1000000000000) /* one, in units of 10^-12 */
#define SIM_TOPOLOGY_TRIES 100          /* drawings; fewer of large graphs */

/* What a kind does not read may be 0 or NULL. */
typedef struct {
    SimTopology kind;
    uint32_t n;
    uint32_t hub;       /* star: below n */
    uint32_t k;         /* tree: at least 1. smallworld: even. All but tree and regions: below n */
    const uint32_t *ks; /* outbound, degrees: of each node, in the place of k; NULL: k for all */
    uint64_t p_ppt;     /* random, smallworld: at most SIM_PPT */
    uint64_t seed;
    const char *name;          /* of this drawing, for its random numbers */
    const uint64_t *keys;      /* outbound, degrees, regions: of the nodes' names */
    const bool *opens, *takes; /* outbound: of each node; NULL: all do */
    const bool *no_listen;     /* outbound, degrees, regions: who is not chosen; NULL: all are */
    const uint32_t *regions;   /* regions: of each node, below region_count */
    uint32_t region_count;
    uint32_t inbound; /* outbound, regions */
} SimTopologySpec;

/* Appends to ret_pairs, a GArray of SimPair; within one call no pair comes twice. False if none of
 * the drawings was connected: nothing was appended then. */
bool sim_topology_build(GArray *ret_pairs, const SimTopologySpec *spec);

/* How many connected parts n nodes with these pairs fall into; 0 for n = 0. */
uint32_t sim_topology_components(const GArray *pairs, uint32_t n);

#endif
