/* The floor: what a flood of blocks costs with nothing around it.
 *
 * The same announcements, requests and blocks on a graph of the same kind as scenarios/
 * bitcoin_day.scn (each node opens 8 links to others at random, regions by share, Pareto latencies
 * of reference-figures by pair of regions, a block's send time by the slower line and one at a time
 * a sender), with nothing but a 4-ary heap, a random latency and the digest's bytes: no chain, no
 * rules, no state, no books. What a simulator takes beyond this is what its substance costs.
 */
#ifndef TESTS_BENCH_FLOOD_H
#define TESTS_BENCH_FLOOD_H

#include <stdint.h>

typedef struct {
    uint32_t nodes, blocks;
    uint32_t block_bytes;
    uint64_t seed;
} FloodSpec;

typedef struct {
    uint64_t messages;
    double cpu_seconds;
    double p50_s, p90_s; /* medians over blocks of the time to half and nine tenths of the nodes */
    uint8_t digest[32];
} FloodResult;

void flood_run(FloodResult *ret_result, const FloodSpec *spec);

#endif
