/* Prefetching what a message will read, for a host that knows some events before. Changes nothing
 * but time; docs/performance.md has the figures. */
#ifndef CORE_NODE_LOOK_AHEAD_H
#define CORE_NODE_LOOK_AHEAD_H

#include "core/node/node.h"

/* Prefetches stage by stage from 0, each along pointers that the stage before it has brought; the
 * first stage reads the node's first cache line. Returns false when nothing is left to prefetch.
 * `message` may be NULL. */
bool kette_node_prefetch(const KetteNode *node, uint32_t peer, const KetteMessage *message,
                         unsigned stage);

#endif
