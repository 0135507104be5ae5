/* Load: transactions that come by themselves, as from users of wallets.
 *
 * They come as a Poisson process: the time to the next one is exponential with the mean given. Each
 * draws a node that is up (of 16 draws the first), a sender, a receiver that is not the sender, and
 * an amount, evenly. It is built and signed by the real code with the nonce that follows, at that
 * node, the sender's account and what waits in the mempool for it, as a wallet that asks its node
 * does: two nodes may give out the same nonce before they have heard of each other, and then one of
 * the two loses. What the node refuses is gone; refused(S, verdict) counts it.
 *
 * All draws are of a stream of the load's own, by its place among the loads.
 */
#ifndef SIM_WORLD_LOAD_H
#define SIM_WORLD_LOAD_H

#include "sim/engine/time.h"

#include <stddef.h>
#include <stdint.h>

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
/* Transactions that loads have made so far, and how many of them their first node took. */
uint64_t sim_world_load_made(const SimWorld *world);
uint64_t sim_world_load_taken(const SimWorld *world);

#endif
