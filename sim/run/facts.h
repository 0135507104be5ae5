/* What checks, marks and measures can ask of a world.
 *
 * The evaluator knows a world by this table alone, so its tests run on a made-up world. Blocks,
 * transactions, wallets and nodes are small integers that the world hands out. Nothing here
 * changes the world. What each function of the language asks is the world's to know: it has a row
 * for each (facts_world.c).
 */
#ifndef SIM_RUN_FACTS_H
#define SIM_RUN_FACTS_H

#include "sim/scenario/value.h"
#include "sim/scenario/model.h"

/* A call of a function, its arguments worked out. */
typedef struct {
    ScnFunctionId function;
    const ScnScenario *scenario;
    uint32_t node; /* of functions that are asked of each node of a set */
    /* All nodes of the set that are up, or named alone; in order of declaration, no doubles. */
    const uint32_t *nodes;
    size_t count;
    uint32_t about;   /* the block, transaction, wallet, message kind, verdict or permille */
    ScnNumber number; /* of the other argument, or of the option: as written, ns of a time */
} SimQuestion;

typedef struct SimFacts {
    void *world;
    bool (*node_up)(void *world, uint32_t node);
    /* Answers null for what never happened or does not exist yet. */
    ScnScalar (*ask)(void *world, const SimQuestion *question);
    /* the block of a name in the scenario; NONE while it is not mined */
    uint32_t (*named_block)(void *world, uint32_t named);
    /* naming, for messages and outcome */
    void (*block_hash)(void *world, uint32_t block, uint8_t ret_hash[32]); /* display order */
    int64_t (*block_height)(void *world, uint32_t block);
} SimFacts;

#endif
