/* The insides of SimNet, shared by net.c (messages, books), graph.c (nodes, edges, links) and cut.c
 * (partitions); no one else includes it but tests that cook the books.
 */
#ifndef SIM_NET_NET_PRIVATE_H
#define SIM_NET_NET_PRIVATE_H

#include "sim/net/net.h"

typedef struct {
    const char *name;
    uint64_t key;
    uint32_t out_start; /* in SimNet.out_edges */
    uint32_t out_count;
    uint32_t out_size;
    bool up;
} SimNode;

/* One direction. Its reverse is edge ^ 1, whose dst is this one's src. */
typedef struct {
    uint64_t sent;      /* messages so far: numbers events and finds the place in the draws */
    SimTime last_due;   /* of the last message that was not lost */
    SimTime busy_until; /* the line */
    uint32_t dst;
    uint32_t klass : 24;
    uint32_t closed : 1;
    uint32_t epoch : 7; /* closings so far: a message of an older one is lost */
} SimEdge;

_Static_assert(sizeof(SimEdge) == 32, "a directed edge is 32 bytes");

#define SIM_LINK_CLASSES_MAX (1u << 24)

typedef struct {
    SimLinkSpec spec;
    uint64_t sent;
    uint64_t fates[SIM_FATE_COUNT];
} SimLinkClass;

typedef struct SimCut SimCut;

struct SimNet {
    SimEngine *engine;
    SimNetOps ops;
    uint64_t link_seed;
    uint8_t handler;

    SimNode *nodes;
    uint32_t node_count;
    uint32_t node_size;
    GStringChunk *names;

    SimEdge *edges;
    uint32_t edge_count;
    uint32_t edge_size;
    uint32_t *out_edges; /* per node a contiguous part, moved to the end when it is full */
    uint32_t out_used;
    uint32_t out_size;
    uint32_t *pairs; /* look-up of pairs while building: open addressing, pair index + 1 */
    uint32_t pairs_size;
    bool frozen;

    GPtrArray *classes;        /* of SimLinkClass */
    GHashTable *class_by_spec; /* SimLinkSpec -> index + 1; look-up only */

    GPtrArray *cuts;   /* of SimCut, all */
    GPtrArray *active; /* those not ended */
};

void sim_net_graph_init(SimNet *net);
void sim_net_graph_clear(SimNet *net);
void sim_net_cuts_init(SimNet *net);
void sim_net_cuts_clear(SimNet *net);

static inline SimLinkClass *
sim_net_class(const SimNet *net, uint32_t klass)
{
    return g_ptr_array_index(net->classes, klass);
}

#endif
