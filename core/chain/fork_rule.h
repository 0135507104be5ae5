/* Fork rules: how a view weighs branches and chooses its tip.
 *
 * A rule is a table of functions, found once by params.fork_choice. The other files of the view
 * ask the rule and never its name. most-work and longest differ in what they compare and share
 * candidate.c, which executes a branch when it would win; ghost weighs whole subtrees (ghost.c).
 */
#ifndef CORE_CHAIN_FORK_RULE_H
#define CORE_CHAIN_FORK_RULE_H

#include "core/chain/chain.h"

/* The weight of a part of the tree, which may need more than 256 bits. */
typedef struct {
    KetteU256 low;
    uint64_t overflows;
} KettePart;

typedef struct {
    /* Compares the branches that end with `a` and `b`: < 0, 0, > 0. Ties stay open. */
    int (*compare)(const KetteEntry *a, const KetteEntry *b);
    /* Returns whether a block with this header, on `parent`, comes within KETTE_UNASKED_DEPTH of
     * the tip. */
    bool (*is_near)(const KetteEntry *tip, const KetteEntry *parent, const KetteHeader *header);
    /* Weighs what stands above `fork` on the way to `to`. */
    KettePart (*part_above)(const KetteChain *chain, const KetteEntry *fork, const KetteEntry *to);
    /* Notes a block that has joined, before it may be parked. NULL: nothing to do. */
    void (*weigh)(KetteChain *chain, const KetteEntry *entry);
    /* Notes a block that has joined and is not parked. NULL: nothing to do. */
    void (*propose)(KetteChain *chain, const KetteEntry *entry);
    /* Moves the tip to the best branch after the blocks of `result` have joined. */
    void (*choose_tip)(KetteChain *chain, KetteChainResult *result);
    /* Does the same when anything may have joined or become good or bad: at the end of a restart,
     * and after an operator's hand. */
    void (*choose_tip_afresh)(KetteChain *chain, KetteChainResult *result);
    /* Blocks beside the chain weigh for good. So a block is executed before it joins, no mark
     * settles, and peers exchange side blocks as well. */
    bool side_blocks_weigh;
} KetteForkRule;

const KetteForkRule *kette_fork_rule_get(KetteForkChoice choice);

#endif
