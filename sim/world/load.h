/* Load: generated payments between wallets.
 *
 * Payments are a Poisson process: the time to the next one is exponential with the given mean. Each
 * payment draws uniformly a sender, a different receiver, an amount, and a node that is up. (After
 * 16 draws of nodes that are down, it takes the next node in order that is up; if there is none,
 * the payment is skipped.) The real code builds and signs it. Like a wallet that asks its node, it
 * uses the nonce that follows the sender's account and mempool entries at that node. So two nodes
 * may use the same nonce before they have heard of each other, and one of the two payments loses. A
 * refused payment is not repeated; refused(S, verdict) counts it.
 *
 * The waits are drawn from a stream of the load, keyed by its place among the loads, and each
 * payment has a stream keyed by its number. So a fault changes neither the times of other payments
 * nor what they draw.
 */
#ifndef SIM_WORLD_LOAD_H
#define SIM_WORLD_LOAD_H

#include "sim/world/world.h"

typedef struct SimWorld SimWorld;

#define SIM_WALLET_RANDOM UINT32_MAX

typedef struct {
    SimTime gap;                      /* mean time between two payments, above 0 */
    uint32_t from, to;                /* wallets, or SIM_WALLET_RANDOM: needs two wallets */
    uint64_t amount_low, amount_high; /* 10^-8 tokens, inclusive */
    uint64_t fee;
    const uint32_t *nodes; /* at least one; copied */
    size_t node_count;
} SimLoadSpec;

/* Adds a load; call it before the run starts. */
void sim_world_add_load(SimWorld *world, const SimLoadSpec *spec);

#endif
