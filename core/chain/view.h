/* The struct behind KetteChain, for the files of the view alone. core/chain/README.md says which
 * file may touch which field, and in which order the files call one another. */
#ifndef CORE_CHAIN_VIEW_H
#define CORE_CHAIN_VIEW_H

#include "core/chain/chain.h"
#include "core/chain/fork_rule.h"
#include "core/chain/mark.h"
#include "core/chain/orphan.h"

typedef struct KetteSubtree KetteSubtree;

/* The weight of every subtree, under ghost. */
typedef struct {
    KetteSubtree *subtrees; /* of each entry, by index; NULL while none */
    uint32_t subtree_count;
} KetteGhost;

struct KetteChain {
    /* The first cache line: all that a message about a block that is not here reads. */
    KetteStore *store;
    const KetteEntry *tip;
    KetteMarks marks;
    KetteOrphanPool orphans;
    const KetteForkRule *rule;
    uint32_t sequence; /* of the block that joined last */
    bool parks;        /* branches that are too deep: see kette_chain_begin_parking() */
    bool restoring;    /* a log is read back: no tip is chosen, and a joining block gets: */
    uint32_t restored_preference;
    KetteSmallList candidates; /* const KetteEntry *: blocks that may take the tip's place */
    const KetteEntry *candidate_slot;
    KetteGhost ghost;
    GPtrArray *in_order; /* joined blocks by place; NULL until one needs it: see order.c */
    uint64_t (*draw)(void *user);
    void *draw_user;
    int64_t clock_offset_ns;
    const KetteEntry *checkpoint; /* NULL: the operator has set none */
};

static inline Mark
mark_get(const KetteChain *chain, const KetteEntry *entry)
{
    return kette_marks_get(&chain->marks, entry);
}

static inline const KetteParams *
params_of(const KetteChain *chain)
{
    return kette_store_params(chain->store);
}

/* --- view.c --- */
void kette_view_set_tip(KetteChain *chain, const KetteEntry *entry);

/* --- result.c --- */
void kette_result_reset(KetteChainResult *result, const KetteEntry *tip);
void kette_result_add_joined(KetteChainResult *result, const KetteEntry *entry);
void kette_result_add_failed(KetteChainResult *result, const KetteJudged *judged);

/* --- weight.c --- */
/* Compares two branches by the chain's rule, or by params.compare. Ties stay open: < 0, 0, > 0. */
int kette_weight_compare(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b);
/* Returns whether `a` is preferred to `b`, which weighs the same. */
bool kette_weight_breaks_tie(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b);
bool kette_weight_beats_tip(const KetteChain *chain, const KetteEntry *entry);
/* Returns whether `a` weighs at least `thousandths` / 1000 times what `b` weighs. */
bool kette_weight_is_times(const KettePart *a, const KettePart *b, uint32_t thousandths);
/* Serve the fork rules. */
int kette_weight_compare_work(const KetteEntry *a, const KetteEntry *b);
int kette_weight_compare_height(const KetteEntry *a, const KetteEntry *b);
KettePart kette_weight_work_above(const KetteChain *chain, const KetteEntry *fork,
                                  const KetteEntry *to);
KettePart kette_weight_height_above(const KetteChain *chain, const KetteEntry *fork,
                                    const KetteEntry *to);
bool kette_weight_is_near_by_work(const KetteEntry *tip, const KetteEntry *parent,
                                  const KetteHeader *header);
bool kette_weight_is_near_by_height(const KetteEntry *tip, const KetteEntry *parent,
                                    const KetteHeader *header);

/* --- branch.c --- */
/* Marks `at` with its verdict, and what stands on it as invalid-ancestor. */
void kette_branch_fail(KetteChain *chain, KetteChainResult *result, const KetteEntry *at,
                       KetteVerdict verdict);
/* Parks one block that has joined. */
void kette_branch_park_block(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry);
/* Parks `at` and what has joined above it. */
void kette_branch_park(KetteChain *chain, KetteChainResult *result, const KetteEntry *at);
/* Unparks one block. Returns false if it was not parked. */
bool kette_branch_unpark_block(KetteChain *chain, const KetteEntry *entry);
/* Unparks the whole tree of parked blocks in which `at` stands, from its lowest block on. */
void kette_branch_unpark(KetteChain *chain, const KetteEntry *at);
/* Returns whether what stands above `fork` on the way to `to` weighs params.unpark times what the
 * active chain has above it: then the branch may win, however deep. */
bool kette_branch_is_much_heavier(const KetteChain *chain, const KetteEntry *fork,
                                  const KetteEntry *to);
/* Returns whether leaving the chain at `fork` for `to` would take out more than max_reorg blocks,
 * though it is not much heavier and no block on the way is one that the operator has unparked. */
bool kette_branch_is_too_deep(const KetteChain *chain, const KetteEntry *fork,
                              const KetteEntry *to);
/* Returns whether the entry is neither above nor below the checkpoint. */
bool kette_branch_misses_checkpoint(const KetteChain *chain, const KetteEntry *entry);
/* Returns whether it is neither above nor below the youngest final block or the checkpoint. */
bool kette_branch_contradicts_final(const KetteChain *chain, const KetteEntry *entry);
/* Returns the verdict on a block that stands on one with this mark, which is bad. */
KetteVerdict kette_branch_verdict_above(Mark parent);
/* Judges a block anew by what the operator did to it, and by its parent, which was
 * judged before. One that was found to be bad stays so. */
void kette_branch_judge(KetteChain *chain, const KetteEntry *entry);
/* Returns `at` and all headers that this view has above it, parents before children. A slow walk:
 * few blocks fail. */
GPtrArray *kette_branch_from(const KetteChain *chain, const KetteEntry *at);
/* Executes the branch from above `fork` to `to`. Returns the first entry that fails, or NULL. */
const KetteEntry *kette_branch_execute(KetteChain *chain, KetteVerdict *ret_verdict,
                                       const KetteEntry *fork, const KetteEntry *to);

/* --- candidate.c, ghost.c: see fork_rule.h --- */
void kette_candidate_on_joined(KetteChain *chain, const KetteEntry *entry);
KettePart kette_ghost_part_above(const KetteChain *chain, const KetteEntry *fork,
                                 const KetteEntry *to);
void kette_candidate_choose_tip(KetteChain *chain, KetteChainResult *result);
void kette_candidate_choose_tip_afresh(KetteChain *chain, KetteChainResult *result);
void kette_candidates_clear(KetteChain *chain);
void kette_ghost_on_joined(KetteChain *chain, const KetteEntry *entry);
void kette_ghost_choose_tip(KetteChain *chain, KetteChainResult *result);
void kette_ghost_choose_tip_afresh(KetteChain *chain, KetteChainResult *result);
void kette_ghost_clear(KetteGhost *ghost);
size_t kette_ghost_memory(const KetteGhost *ghost);

/* --- order.c --- */
/* Puts a block that has joined into its place. */
void kette_order_insert(KetteChain *chain, const KetteEntry *entry);
void kette_order_clear(KetteChain *chain);

/* --- chain.c --- */
/* Joins one body, or says why not, and chooses no tip. *ret_entry is NULL when the view has no
 * entry for it. */
KetteVerdict kette_chain_join_body(KetteChain *chain, KetteChainResult *result,
                                   const KetteEntry **ret_entry, KetteBlock *block, uint32_t source,
                                   int64_t now_ns);

#endif
