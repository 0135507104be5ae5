/* The sets of nodes that actions work on. A set with random() is drawn anew at each firing, from
 * the action's own stream. */
#ifndef SIM_RUN_NODE_SET_H
#define SIM_RUN_NODE_SET_H

#include "sim/scenario/model.h"
#include "sim/world/world.h"

typedef struct SimNodeSets SimNodeSets;

/* Borrows the world, which outlives the sets. */
SimNodeSets *sim_node_sets_new(SimWorld *world, guint64 seed);
void sim_node_sets_free(SimNodeSets *sets);

/* Both return an array of uint32_t that the caller unrefs. A drawn set is sorted and free of
 * duplicates. */
GArray *sim_node_sets_draw(SimNodeSets *sets, const ScnItem *item, const ScnSet *set);
GArray *sim_node_sets_all(const SimNodeSets *sets);
GArray *sim_node_sets_shuffle(SimNodeSets *sets, const ScnItem *item); /* all nodes, shuffled */

/* Returns whether a sorted set contains the node. */
bool sim_nodes_hold(const GArray *nodes, uint32_t node);

static inline const uint32_t *
sim_nodes_ids(const GArray *nodes)
{
    return (const uint32_t *)(const void *)nodes->data;
}

static inline uint32_t
sim_nodes_at(const GArray *nodes, guint i)
{
    return g_array_index(nodes, uint32_t, i);
}

#endif
