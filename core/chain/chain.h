/* One node's view of the tree of blocks: what it was given, its verdicts, and its tip.
 *
 * A view stands on a store, which it may share with other views, and marks in it what its own node
 * was given: headers, bodies, failures. A body *joins* the tree when all its ancestors have joined;
 * first-seen counts the order of joining. The tip is the joined block with most work (or height, or
 * by subtree: params.fork_choice); among equals the one that joined first (or has the lowest hash,
 * or the lowest draw: params.tie).
 *
 * most-work, longest: a side branch is executed only when it would win. If one of its blocks fails,
 * that block and all that stand on it are marked, and the tip stays, because nothing was undone
 * (Bitcoin Core, validation.cpp ActivateBestChain, does it with undo records; here states are
 * immutable).
 *
 * ghost: at each fork the child with the heaviest subtree is followed (Sompolinsky & Zohar, "Secure
 * high-rate transaction processing in Bitcoin", FC 2015); among equal subtrees the one that had its
 * weight first. A block is executed on arrival, so an invalid one never weighs.
 *
 * max_reorg: a branch that would win by taking out more blocks is parked, with all that is built on
 * it, unless the operator unparks it, or the branch comes to weigh params.unpark times what it
 * would take out (its work, height or subtree above the fork, as fork_choice has it). That is
 * judged when a block would be parked or joins a parked branch, and at the end of a restart.
 * finality: a block with that many confirmations is final, and a block that does not descend from
 * it is refused (after-final) but not marked.
 *
 * Times: now_ns is the node's clock as ns since the genesis time of the chain.
 */
#ifndef CORE_CHAIN_CHAIN_H
#define CORE_CHAIN_CHAIN_H

#include "core/base/small_list.h"
#include "core/chain/store.h"

typedef struct KetteChain KetteChain;

/* The statuses of Bitcoin Core's getchaintips, and parked. */
typedef enum {
    KETTE_STATUS_UNKNOWN, /* no body here */
    KETTE_STATUS_ACTIVE,
    KETTE_STATUS_SIDE,
    KETTE_STATUS_ORPHAN,
    KETTE_STATUS_INVALID,
    KETTE_STATUS_INVALID_ANCESTOR,
    KETTE_STATUS_PARKED, /* it would win, but by taking out more than max_reorg blocks */
} KetteBlockStatus;

#define KETTE_SOURCE_UNKNOWN UINT32_MAX

typedef struct {
    const KetteEntry *entry;
    KetteVerdict verdict;
    uint32_t source; /* the sender of an orphan; else KETTE_SOURCE_UNKNOWN */
} KetteJudged;

/* What one kette_chain_add_block() did, beyond the verdict on the block itself. It starts as zeros
 * and can be reused. Nearly always one block joins and none fails, which allocates nothing. */
typedef struct {
    KetteSmallList joined; /* const KetteEntry *, in order of joining */
    const KetteEntry *joined_slot;
    KetteSmallList failed;     /* KetteJudged: blocks newly marked as failed or parked */
    const KetteEntry *old_tip; /* equal to new_tip when the tip stayed */
    const KetteEntry *new_tip;
    const KetteEntry *fork; /* their last common ancestor */
} KetteChainResult;

void kette_chain_result_clear(KetteChainResult *result);

/* Returns the block that joined as number `i`, which is below joined.count. */
static inline const KetteEntry *
kette_chain_result_joined(const KetteChainResult *result, uint32_t i)
{
    return ((const KetteEntry **)result->joined.items)[i];
}

/* Returns the failure number `i`, which is below failed.count. */
static inline const KetteJudged *
kette_chain_result_failed(const KetteChainResult *result, uint32_t i)
{
    return &((const KetteJudged *)result->failed.items)[i];
}

/* Makes a view whose tip is genesis. The store is borrowed and outlives it. */
KetteChain *kette_chain_new(KetteStore *store, uint32_t orphan_limit);
/* Sets the source of draws for KETTE_TIE_RANDOM: 64 even bits a call, one call for each block that
 * joins. */
void kette_chain_set_random(KetteChain *chain, uint64_t (*draw)(void *user), void *user);
/* Returns whether the view parks: always, but with params.parks_when_synced only once the node has
 * said that it has caught up with its peers. */
bool kette_chain_parks(const KetteChain *chain);
void kette_chain_begin_parking(KetteChain *chain);
/* Sets how far the clock on the wall is ahead of now_ns, which never goes back. Times of headers
 * are compared with the clock on the wall. 0 at first; may be negative. */
void kette_chain_set_clock_offset(KetteChain *chain, int64_t offset_ns);
int64_t kette_chain_clock_offset(const KetteChain *chain);
void kette_chain_free(KetteChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteChain, kette_chain_free)

const KetteEntry *kette_chain_tip(const KetteChain *chain);
KetteStore *kette_chain_store(const KetteChain *chain);

/* Returns the entry of a header that this view was given, else NULL. */
const KetteEntry *kette_chain_find(const KetteChain *chain, const KetteHash *id);
/* Returns whether the body of `entry` is here and those of all its ancestors. */
bool kette_chain_has_joined(const KetteChain *chain, const KetteEntry *entry);
/* Returns whether the body is here in any form: joined, waiting as an orphan, or known to be bad.
 */
bool kette_chain_knows_body(const KetteChain *chain, const KetteHash *id);
/* Returns whether `a` weighs more than `b` by the chain's rule alone: work or height, and the
 * lowest hash where that breaks ties. Under ghost by work, which says what is worth fetching. */
bool kette_chain_outweighs(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b);
/* Returns whether a block with this header would stand above the tip, or at most
 * KETTE_UNASKED_DEPTH blocks of the tip's own weight below it, if the header is believed. True
 * where that cannot be told: bits that are no target. The parent need not be in this view: its
 * height and work count alone. */
bool kette_chain_is_near(const KetteChain *chain, const KetteEntry *parent,
                         const KetteHeader *header);
/* Returns whether the block stands right above the tip, its header holds there, and the header
 * commits to this body: what is cheap to check. Changes nothing. */
bool kette_chain_is_next(const KetteChain *chain, const KetteBlock *block, int64_t now_ns);
/* Returns whether blocks beside the chain weigh in the choice of a tip (ghost), so that nodes must
 * exchange them as well. */
bool kette_chain_needs_side_blocks(const KetteChain *chain);
bool kette_chain_is_active(const KetteChain *chain, const KetteEntry *entry);
bool kette_chain_is_failed(const KetteChain *chain, const KetteEntry *entry);
KetteBlockStatus kette_chain_status(const KetteChain *chain, const KetteHash *id);
const char *kette_block_status_name(KetteBlockStatus status);

/* Adds a header. unknown-parent when the parent's header is not in this view. after-final when it
 * does not descend from the final block and its body has not joined: the header gets an entry all
 * the same, so that what follows it is after-final too. *ret_entry is set where an entry exists:
 * not for unknown-parent or time-too-new, nor for a header that fails on its own (version, bits
 * that are no target, proof of work), which gets none. */
KETTE_MUST_USE KetteVerdict kette_chain_add_header(KetteChain *chain, const KetteEntry **ret_entry,
                                                   const KetteHeader *header, const KetteHash *id,
                                                   int64_t now_ns);

/* Adds a body. ok: it joined, and may be the tip (see result). already-known: it was here before.
 * unknown-parent: it is kept as an orphan. reorg-too-deep: it joined and is parked. Any other
 * verdict refuses it; a fault further down its branch gives invalid-ancestor, and result->failed
 * names the block at fault. */
KETTE_MUST_USE KetteVerdict kette_chain_add_block(KetteChain *chain, KetteChainResult *result,
                                                  KetteBlock *block, uint32_t source,
                                                  int64_t now_ns);

/* Returns the highest ancestor of `entry`, itself included, whose body has joined. */
const KetteEntry *kette_chain_last_joined(const KetteChain *chain, const KetteEntry *entry);
/* Returns whether fetching the bodies up to `entry` could lead to a new tip: false if it is bad,
 * stands on a parked block, or contradicts a final one. */
bool kette_chain_wants(const KetteChain *chain, const KetteEntry *entry);

/* Returns the number that decides ties between joined blocks: the lower is preferred. */
uint32_t kette_chain_preference(const KetteChain *chain, const KetteEntry *entry);
/* Returns ok, reorg-too-deep for a parked block, or why the block failed. */
KetteVerdict kette_chain_verdict(const KetteChain *chain, const KetteEntry *entry);

/* --- by the operator's hand --- */
/* invalidate   the block (not genesis) is bad, and all that stands on it: Bitcoin Core's
 *              invalidateblock. Nobody is to blame for sending such a block
 * reconsider   takes such marks back: of the block, of those below it and of those above it
 * unpark       the branch of the block may win, however deep (Bitcoin Cash Node's unparkblock)
 * checkpoint   only branches with the block may win from now on (its finalizeblock); the last one
 *              that was set counts
 *
 * They stand above max_reorg and finality: the tip goes back as far as it must. */
typedef enum {
    KETTE_HAND_INVALIDATE,
    KETTE_HAND_RECONSIDER,
    KETTE_HAND_UNPARK,
    KETTE_HAND_CHECKPOINT,
} KetteHand;

const char *kette_hand_name(KetteHand hand); /* NULL: there is no such hand */
/* Acts on an entry of this view and chooses the tip. Returns false if nothing was to do. */
bool kette_chain_act_by_hand(KetteChain *chain, KetteChainResult *result, KetteHand hand,
                             const KetteEntry *entry);
/* Does the same to the marks alone, for a log that is read back. */
bool kette_chain_mark_by_hand(KetteChain *chain, KetteChainResult *result, KetteHand hand,
                              const KetteEntry *entry);

/* --- restarts: core/node/record.h describes the log --- */
/* Returns the headers that a log needs so that the verdict on `entry` (not genesis) can be
 * restored: those on the way to it that have no body and are not saved yet, then its own. Each is
 * returned once: the caller saves them. */
GPtrArray *kette_chain_take_unsaved(KetteChain *chain, const KetteEntry *entry);
/* Adds to a new view a block that had joined, with the preference it had, and chooses no tip. The
 * verdicts are those of kette_chain_add_block(); unknown-parent unless the parent has joined. */
KETTE_MUST_USE KetteVerdict kette_chain_restore_block(KetteChain *chain, KetteChainResult *result,
                                                      KetteBlock *block, uint32_t preference,
                                                      int64_t now_ns);
/* Restores a header and its verdict: ok, reorg-too-deep, or one of class invalid. The verdict is
 * believed, because the body may be gone; it is ignored where it cannot be true. */
void kette_chain_restore_mark(KetteChain *chain, KetteChainResult *result,
                              const KetteHeader *header, KetteVerdict verdict, int64_t now_ns);
/* Forgets what was found to be bad, but for what an operator has invalidated. */
void kette_chain_forget_verdicts(KetteChain *chain);
/* Notes that the log says that the tip moved here: a branch that was taken was no longer parked. */
void kette_chain_restore_taken(KetteChain *chain, const KetteHash *id);
/* Ends the restoring: moves to the saved tip, if it has joined and connects, whatever the
 * preference says; then to what outweighs it, or is parked and much heavier, because a log may end
 * before the tip that its blocks led to. */
void kette_chain_restore_tip(KetteChain *chain, KetteChainResult *result, const KetteHash *id);

/* --- orphans --- */
uint32_t kette_chain_orphan_count(const KetteChain *chain);
void kette_chain_expire_orphans(KetteChain *chain, int64_t before_ns);
/* Returns when the oldest orphan came; INT64_MAX while there is none. */
int64_t kette_chain_oldest_orphan_ns(const KetteChain *chain);
/* Forgets who sent the orphans of a source that is gone. */
void kette_chain_forget_source(KetteChain *chain, uint32_t source);

/* --- locators --- */
/* Writes hashes from `from` back: ten single steps, then doubling ones (Bitcoin Core, chain.cpp
 * LocatorEntries); the last is genesis. None steps over `through`, which is `from` or an ancestor
 * of it. Returns how many of KETTE_LOCATOR_MAX were written. */
size_t kette_chain_locator(const KetteEntry *from, const KetteEntry *through,
                           KetteHash *ret_hashes);

/* Returns the first hash of a locator that is on the active chain (where side blocks weigh: that
 * has joined); genesis when none is. */
const KetteEntry *kette_chain_find_fork(const KetteChain *chain, const KetteHash *hashes,
                                        size_t count);

/* Writes, where side blocks weigh, for each hash of a locator the sum (mod 2^64) of 64 bits of the
 * ids of all blocks that have joined up to its place; 0 for a hash that has not joined. Two views
 * with the same sum have the same blocks up to there, but for a chance of 2^-64. O(blocks). */
void kette_chain_sums(const KetteChain *chain, uint64_t *ret_sums, const KetteHash *hashes,
                      size_t count);
/* Returns, where side blocks weigh, the first of `hashes` that has joined here with the same sum;
 * genesis when none has. */
const KetteEntry *kette_chain_find_agreed(const KetteChain *chain, const KetteHash *hashes,
                                          const uint64_t *sums, size_t count);
/* Returns, where side blocks weigh, up to `most` blocks that have joined and come after `from`, in
 * order of place (kette_entry_compare_place). */
GPtrArray *kette_chain_joined_after(const KetteChain *chain, const KetteEntry *from, guint most);

/* --- tests and measurements --- */
/* Checks the view against itself: tip joined, connected and best, marks consistent, pool within
 * bounds, supply conserved. Returns NULL, or what is wrong. Walks everything. */
const char *kette_chain_audit(const KetteChain *chain);

/* Returns the bytes of heap beyond the store: marks, and bodies that wait for a parent. */
size_t kette_chain_memory(const KetteChain *chain);

#endif
