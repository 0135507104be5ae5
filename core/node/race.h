/* The race for the next block: how hard it is, and how long a share of the hash power needs.
 *
 * A host that simulates proof of work draws its miners' times from these. Finding blocks is a
 * Poisson process: the time to the next block is exponential with mean
 * spacing * (work due / genesis work) / share. The exponential distribution is memoryless, so a
 * draw stays valid when the tip changes; only another difficulty needs a new draw. Times are ns;
 * INT64_MAX is never.
 */
#ifndef CORE_NODE_RACE_H
#define CORE_NODE_RACE_H

#include "core/chain/store.h"

/* Returns the bits of a block on `base` that is made at clock_ns, the node's clock on the wall
 * since the genesis time. */
uint32_t kette_race_bits(const KetteStore *store, const KetteEntry *base, int64_t clock_ns);
/* Returns how long until min-difficulty-after makes these bits easier. */
int64_t kette_race_until_easier(const KetteStore *store, const KetteEntry *base, uint32_t bits,
                                int64_t clock_ns);
/* Returns the mean time to a block of these bits with num/den of the hash power; num, den > 0. */
int64_t kette_race_mean_ns(const KetteParams *params, uint32_t bits, uint64_t num, uint64_t den);

#endif
