/* Load: transactions that come by themselves, as from users of wallets.
 *
 * They come as a Poisson process: the time to the next one is exponential with the mean given. Each
 * draws a sender, a receiver that is not the sender, an amount, and a node that is up, evenly
 * (after 16 that are down it is the next one in order that is up; when none is, there is no
 * payment). It is built and signed by the real code with the nonce that follows, at that node, the
 * sender's account and what waits in the mempool for it, as a wallet that asks its node does: two
 * nodes may give out the same nonce before they have heard of each other, and then one of the two
 * loses. What the node refuses is gone; refused(S, verdict) counts it.
 *
 * The waits have a stream of the load's own, by its place among the loads, and each payment has one
 * by its number: a fault moves neither the others' times nor what they draw.
 */
#ifndef SIM_WORLD_LOAD_H
#define SIM_WORLD_LOAD_H

#include "sim/world/world.h"

typedef struct SimWorld SimWorld;

#define SIM_WALLET_RANDOM UINT32_MAX

typedef struct {
    SimTime gap;                      /* mean time between two, above 0 */
    uint32_t from, to;                /* wallets, or SIM_WALLET_RANDOM: needs two wallets */
    uint64_t amount_low, amount_high; /* 10^-8 tokens, both included */
    uint64_t fee;
    const uint32_t *nodes; /* at least one; copied */
    size_t node_count;
} SimLoadSpec;

/* Before the run starts. */
void sim_world_add_load(SimWorld *world, const SimLoadSpec *spec);

#endif
