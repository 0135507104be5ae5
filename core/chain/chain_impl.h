/* What chain.c, mark.c, choice.c, ghost.c and restore.c share: one node's view, and its marks.
 * Nobody else includes this. */
#ifndef CORE_CHAIN_CHAIN_IMPL_H
#define CORE_CHAIN_CHAIN_IMPL_H

#include "core/chain/chain.h"
#include "core/chain/orphan.h"

enum {
    MARK_HEADER = 1 << 0,          /* this node was given the header */
    MARK_JOINED = 1 << 1,          /* body here, and all ancestors' */
    MARK_FAILED = 1 << 2,          /* at fault itself */
    MARK_FAILED_ANCESTOR = 1 << 3, /* stands on one that is */
    MARK_PARKED = 1 << 4,          /* would win, but too deep; or stands on one */
    MARK_HEADER_SAVED = 1 << 5,    /* the log has the header, or soon the body */
    MARK_VERDICT_SAVED = 1 << 6,   /* the log has that it failed or is parked */
};
#define MARK_BAD (MARK_FAILED | MARK_FAILED_ANCESTOR)

/* What this node knows of one entry. */
typedef struct {
    uint32_t sequence; /* the lower is preferred among equals: order of joining, or a draw */
    uint8_t flags;
    uint8_t verdict; /* of a failed one */
} Mark;

/* Under ghost: what has joined from an entry on. */
typedef struct {
    KetteU256 work;
    uint32_t last_sequence; /* of the block in it that joined last */
} Subtree;

/* A mark that does not settle to what most do. */
typedef struct {
    uint32_t index;
    Mark mark;
} OddMark;

struct KetteChain {
    /* what a message about a block that is not here looks at: the first cache line */
    KetteStore *store;
    const KetteEntry *tip;
    Mark *marks;         /* of the entries from mark_base on; see mark.c */
    uint32_t mark_base;  /* below: settled */
    uint32_t mark_count; /* room in marks */
    uint32_t sequence;
    bool restoring; /* what joins has this preference, and no tip is chosen yet */
    uint32_t restored_preference;
    KetteOrphanPool orphans;
    /* and the rest */
    /* joined, not bad, better than the tip: the first, and the others; NULL while there are none */
    const KetteEntry *candidate;
    GPtrArray *candidates;
    Subtree *subtrees; /* ghost: of each entry, by index; else NULL */
    uint32_t subtree_count;
    GPtrArray *in_order; /* ghost: what has joined, by place; else NULL */
    GArray *odd_marks;   /* OddMark, settled ones, in order of index; NULL: none */
    uint64_t (*draw)(void *user);
    void *draw_user;
    int64_t clock_offset_ns;
};

/* mark.c */
Mark kette_mark_settled(const KetteChain *chain, uint32_t index); /* below mark_base */
/* Of an entry of the store; room for it is made. Valid until the next such call. */
Mark *kette_chain_mark(KetteChain *chain, const KetteEntry *entry);

static inline Mark
mark_get(const KetteChain *chain, const KetteEntry *entry)
{
    if (entry->index < chain->mark_base)
        return kette_mark_settled(chain, entry->index);
    return entry->index - chain->mark_base < chain->mark_count
               ? chain->marks[entry->index - chain->mark_base]
               : (Mark){0};
}

/* Marks as bad, with what is wrong with it. */
static inline void
mark_bad(Mark *mark, KetteVerdict verdict)
{
    mark->flags |= verdict == KETTE_INVALID_ANCESTOR ? MARK_FAILED_ANCESTOR : MARK_FAILED;
    mark->verdict = (uint8_t)verdict;
}

static inline const KetteParams *
params_of(const KetteChain *chain)
{
    return kette_store_params(chain->store);
}

static inline bool
is_ghost(const KetteChain *chain)
{
    return params_of(chain)->fork_choice == KETTE_FORK_GHOST;
}

/* chain.c */
void kette_chain_set_tip(KetteChain *chain, const KetteEntry *entry);
void kette_chain_result_add_failed(KetteChainResult *result, const KetteJudged *judged);
void kette_chain_result_reset(const KetteChain *chain, KetteChainResult *result);
/* Joins one body or says why not; *ret_entry is NULL when the view has no entry for it. No tip is
 * chosen. */
KetteVerdict kette_chain_take_block(KetteChain *chain, KetteChainResult *result,
                                    const KetteEntry **ret_entry, KetteBlock *block,
                                    uint32_t source, int64_t now_ns);

/* choice.c */
/* Of two of equal weight, whether `a` is preferred. */
bool kette_choice_tie_prefers(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b);
bool kette_choice_beats_tip(const KetteChain *chain, const KetteEntry *entry);
bool kette_choice_contradicts_final(const KetteChain *chain, const KetteEntry *entry);
/* A joined block that may take the tip's place; nothing happens when it is lighter. */
void kette_choice_add_candidate(KetteChain *chain, const KetteEntry *entry);
/* Marks `at` with its verdict and what stands on it as invalid-ancestor. */
void kette_choice_fail_branch(KetteChain *chain, KetteChainResult *result, const KetteEntry *at,
                              KetteVerdict verdict);
void kette_choice_park(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry);
/* Parks `at` and what has joined above it. */
void kette_choice_park_branch(KetteChain *chain, KetteChainResult *result, const KetteEntry *at);
bool kette_choice_is_too_deep(const KetteChain *chain, const KetteEntry *fork);
/* Executes the branch from above `fork` to `to`. The first entry that fails, or NULL. */
const KetteEntry *kette_choice_connect(KetteChain *chain, KetteVerdict *ret_verdict,
                                       const KetteEntry *fork, const KetteEntry *to);
/* Moves the tip to the best candidate that connects. */
void kette_choice_activate(KetteChain *chain, KetteChainResult *result);

/* ghost.c */
/* A block has joined: it weighs on all its ancestors, and takes its place in in_order. */
void kette_ghost_join(KetteChain *chain, const KetteEntry *entry);
/* The lowest point where the last block offered changed a weight. */
const KetteEntry *kette_ghost_changed_from(const KetteChain *chain, const KetteChainResult *result);
/* Follows the heaviest subtrees up from `from`. */
void kette_ghost_activate(KetteChain *chain, KetteChainResult *result, const KetteEntry *from);

#endif
