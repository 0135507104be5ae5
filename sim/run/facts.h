/* The questions that checks, marks and measures can ask a world.
 *
 * The evaluator knows a world only by this table, so its tests use a made-up world. Blocks,
 * transactions, wallets and nodes are small integers that the world assigns. No question changes
 * the world. facts_world.c has a row for each function of the language.
 */
#ifndef SIM_RUN_FACTS_H
#define SIM_RUN_FACTS_H

#include "sim/scenario/value.h"
#include "sim/scenario/model.h"

/* A call of a function with its arguments evaluated. */
typedef struct {
    ScnFunctionId function;
    const ScnScenario *scenario;
    uint32_t node; /* for functions asked of each node of a set */
    /* The nodes of the set that are up or named alone, in order of declaration, no duplicates. */
    const uint32_t *nodes;
    size_t count;
    uint32_t about;   /* the block, transaction, wallet, message kind, verdict or permille */
    ScnNumber number; /* the other argument or the option: as written; a time in ns */
} SimQuestion;

typedef struct SimFacts {
    void *world;
    bool (*node_up)(void *world, uint32_t node);
    /* Returns null for what never happened or does not exist yet. */
    ScnScalar (*ask)(void *world, const SimQuestion *question);
    /* returns the block of a name in the scenario; NONE before it is mined */
    uint32_t (*named_block)(void *world, uint32_t named);
    /* names and hashes, for messages and the outcome */
    void (*block_hash)(void *world, uint32_t block, uint8_t ret_hash[32]); /* display order */
    int64_t (*block_height)(void *world, uint32_t block);
} SimFacts;

#endif
