/* What checks, marks and measures can ask of a world: SCENARIO functions as one table of calls.
 *
 * The evaluator knows a world by this table alone, so its tests run on a made-up world. Blocks,
 * transactions, wallets and nodes are small integers that the world hands out. Nothing here
 * changes the world. All `nodes` arrays are in order of declaration, without doubles.
 */
#ifndef SIM_RUN_FACTS_H
#define SIM_RUN_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_REF_NONE UINT32_MAX
#define SIM_TIME_NULL INT64_MIN /* never happened; compares false, prints as null */

typedef struct {
    uint64_t limb[4]; /* 256-bit unsigned, least significant limb first */
} SimWork;

typedef enum {
    SIM_STATUS_UNKNOWN,
    SIM_STATUS_ACTIVE,
    SIM_STATUS_SIDE,
    SIM_STATUS_ORPHAN,
    SIM_STATUS_INVALID,
    SIM_STATUS_INVALID_ANCESTOR,
    SIM_STATUS_PARKED,
} SimBlockStatus;

typedef struct SimFacts {
    void *world;
    bool (*node_up)(void *world, uint32_t node);
    /* each: one answer a node */
    uint32_t (*tip)(void *world, uint32_t node); /* a block */
    int64_t (*height)(void *world, uint32_t node);
    SimWork (*work)(void *world, uint32_t node);
    SimBlockStatus (*status)(void *world, uint32_t node, uint32_t block);
    int64_t (*arrived)(void *world, uint32_t node, uint32_t block); /* ns or SIM_TIME_NULL */
    bool (*in_mempool)(void *world, uint32_t node, uint32_t tx);
    int64_t (*confirmations)(void *world, uint32_t node, uint32_t tx);
    int64_t (*balance)(void *world, uint32_t node, uint32_t wallet); /* 10^-8 tokens */
    int64_t (*nonce)(void *world, uint32_t node, uint32_t wallet);
    void (*state_root)(void *world, uint32_t node, uint8_t ret_root[32]);
    bool (*supply_ok)(void *world, uint32_t node);
    int64_t (*orphans)(void *world, uint32_t node);
    int64_t (*connected)(void *world, uint32_t node); /* peers with a finished handshake */
    int64_t (*bits)(void *world, uint32_t node);
    __int128 (*difficulty)(void *world, uint32_t node); /* in 10^-12 */
    int64_t (*peers)(void *world, uint32_t node);
    /* in 10^-12; -1: there is no block, or no time, yet */
    int64_t (*chain_quality)(void *world, uint32_t node, const uint32_t *of, size_t count);
    int64_t (*chain_growth)(void *world, uint32_t node);
    /* sum and max: the evaluator adds up or takes the greatest */
    int64_t (*reorgs)(void *world, uint32_t node);
    int64_t (*max_reorg)(void *world, uint32_t node);
    int64_t (*mined)(void *world, uint32_t node);
    int64_t (*stale)(void *world, uint32_t node);
    __int128 (*revenue)(void *world, uint32_t node); /* 10^-8 tokens */
    int64_t (*bytes)(void *world, uint32_t node);
    int64_t (*refused)(void *world, uint32_t node, uint32_t verdict);
    /* whole */
    uint32_t (*best_tip)(void *world, const uint32_t *nodes, size_t count);
    bool (*same_tip)(void *world, const uint32_t *nodes, size_t count, int64_t ignore_last);
    int64_t (*time_to_agree)(void *world, const uint32_t *nodes, size_t count, int64_t since_ns);
    bool (*common_prefix)(void *world, const uint32_t *nodes, size_t count, int64_t less);
    /* of no set */
    int64_t (*messages)(void *world, uint32_t kind);
    int64_t (*propagation)(void *world, uint32_t permille); /* ns or SIM_TIME_NULL */
    int64_t (*wire_size)(void *world, uint32_t block);
    /* the block of a name in the scenario; NONE while it is not mined */
    uint32_t (*named_block)(void *world, uint32_t named);
    /* naming, for messages and outcome */
    void (*block_hash)(void *world, uint32_t block, uint8_t ret_hash[32]); /* display order */
    int64_t (*block_height)(void *world, uint32_t block);
} SimFacts;

#endif
