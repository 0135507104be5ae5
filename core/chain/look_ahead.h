/* Prefetching a view, for a node that knows early that a message will ask it. Changes nothing but
 * time; docs/performance.md has the figures. */
#ifndef CORE_CHAIN_LOOK_AHEAD_H
#define CORE_CHAIN_LOOK_AHEAD_H

#include "core/chain/chain.h"

typedef enum {
    KETTE_CHAIN_HEAD, /* the first cache line */
    KETTE_CHAIN_WHOLE,
    KETTE_CHAIN_MARKS, /* the newest; reads the head */
} KetteChainPart;

void kette_chain_prefetch(const KetteChain *chain, KetteChainPart part);

#endif
