/* One node's view of the tree of blocks: what it has, what it thinks of it, and its tip.
 *
 * A view stands on a store that it may share with others and marks in it what this node was given:
 * headers, bodies, failures. A body *joins* the tree when all its ancestors have; joining is what
 * first-seen counts. Among joined blocks the tip is the one with most work (or height, or by
 * subtree, by parameter), the first joined of equals (or the lowest hash, or a draw). A side branch
 * is executed only when it would win; if a block of it fails, that block and what stands on it are
 * marked and the previous tip stays as it was, since nothing was undone (Bitcoin Core,
 * validation.cpp ActivateBestChain; there with undo records, here with states that nobody
 * overwrites).
 *
 * ghost: at each fork the child with the heaviest subtree is followed (Sompolinsky & Zohar, "Secure
 * high-rate transaction processing in Bitcoin", FC 2015). There blocks are executed on arrival, so
 * that an invalid one never weighs; of equal
 * subtrees the one that had its weight first.
 *
 * max_reorg: a branch that would win by taking out more blocks is parked, and what is built on it;
 * nothing unparks it. finality: a block with that many confirmations is final, and whatever does
 * not descend from it is refused (after-final), not marked.
 *
 * Times: now_ns is the node's clock as ns since the genesis time of the chain.
 */
#ifndef CORE_CHAIN_CHAIN_H
#define CORE_CHAIN_CHAIN_H

#include "core/chain/store.h"

typedef struct KetteChain KetteChain;

/* As Bitcoin Core's getchaintips tells them apart, plus parked. */
typedef enum {
    KETTE_STATUS_UNKNOWN, /* no body here */
    KETTE_STATUS_ACTIVE,
    KETTE_STATUS_SIDE,
    KETTE_STATUS_ORPHAN,
    KETTE_STATUS_INVALID,
    KETTE_STATUS_INVALID_ANCESTOR,
    KETTE_STATUS_PARKED, /* would win, but by taking out more than max_reorg blocks */
} KetteBlockStatus;

#define KETTE_SOURCE_UNKNOWN UINT32_MAX

typedef struct {
    const KetteEntry *entry;
    KetteVerdict verdict;
    uint32_t source; /* of an orphan, whoever sent it; else KETTE_SOURCE_UNKNOWN */
} KetteJudged;

/* What one kette_chain_add_block() did, beyond the verdict on the block itself. Zeros to begin
 * with; reusable. Nearly always one block joins and none fails: that takes nothing from the heap.
 */
typedef struct {
    uint32_t joined_count;          /* blocks that joined, in that order: */
    uint32_t failed_count;          /* blocks newly marked at fault, or parked */
    const KetteEntry *first_joined; /* the first, */
    GPtrArray *more_joined;         /* and const KetteEntry *; NULL while there never were more */
    GArray *failed;                 /* KetteJudged; NULL while there never were any */
    const KetteEntry *old_tip;      /* equal to new_tip when the tip stayed */
    const KetteEntry *new_tip;
    const KetteEntry *fork; /* their last common ancestor */
} KetteChainResult;

void kette_chain_result_clear(KetteChainResult *result);

/* i is below the count. */
static inline const KetteEntry *
kette_chain_result_joined(const KetteChainResult *result, uint32_t i)
{
    return i == 0 ? result->first_joined : g_ptr_array_index(result->more_joined, i - 1);
}

static inline const KetteJudged *
kette_chain_result_failed(const KetteChainResult *result, uint32_t i)
{
    return &g_array_index(result->failed, KetteJudged, i);
}

/* The store is borrowed and outlives the view. The tip is genesis. */
KetteChain *kette_chain_new(KetteStore *store, uint32_t orphan_limit);
/* Where KETTE_TIE_RANDOM draws from: 64 even bits a call, one call a block that joins. */
void kette_chain_set_random(KetteChain *chain, uint64_t (*draw)(void *user), void *user);
/* What the clock on the wall shows beyond the now_ns of the calls, which never goes back: it is
 * the one that headers' times are held against. 0 at first; may be negative. */
void kette_chain_set_clock_offset(KetteChain *chain, int64_t offset_ns);
void kette_chain_free(KetteChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteChain, kette_chain_free)

const KetteEntry *kette_chain_tip(const KetteChain *chain);
KetteStore *kette_chain_store(const KetteChain *chain);

/* The entry of a header that this view was given, else NULL. */
const KetteEntry *kette_chain_find(const KetteChain *chain, const KetteHash *id);
/* Whether the body of `entry` is here with all its ancestors'. */
bool kette_chain_has_joined(const KetteChain *chain, const KetteEntry *entry);
/* Whether the body is here in any form: joined, waiting as an orphan, or known to be bad. */
bool kette_chain_knows_body(const KetteChain *chain, const KetteHash *id);
/* By the chain's rule alone (work or height; the lowest hash where that breaks ties). Under ghost
 * by work: what is worth fetching. */
bool kette_chain_outweighs(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b);
/* Whether a block with this header, of its word, would be within KETTE_UNASKED_DEPTH of the tip, in
 * blocks of the tip's own weight, or above it. True where that cannot be told: an unknown parent,
 * bits that are no target. */
bool kette_chain_is_near(const KetteChain *chain, const KetteHeader *header);
bool kette_chain_is_active(const KetteChain *chain, const KetteEntry *entry);
bool kette_chain_is_failed(const KetteChain *chain, const KetteEntry *entry);
KetteBlockStatus kette_chain_status(const KetteChain *chain, const KetteHash *id);
const char *kette_block_status_name(KetteBlockStatus status);
uint32_t kette_chain_orphan_count(const KetteChain *chain);

/* unknown-parent when the parent's header is not in this view. after-final when it does not descend
 * from the final block and its body has not joined: it has a place all the same, so that what
 * follows it is after-final too. *ret_entry is set where an entry
 * exists: not for unknown-parent, time-too-new, nor for a header that fails on its own
 * (version, bits that are no target, proof of work), which gets no place at all. */
KETTE_MUST_USE KetteVerdict kette_chain_add_header(KetteChain *chain, const KetteEntry **ret_entry,
                                                   const KetteHeader *header, const KetteHash *id,
                                                   int64_t now_ns);

/* Offers a body. ok: it joined (and may be the tip: see result). already-known: held before.
 * unknown-parent: kept as an orphan. reorg-too-deep: it joined and is parked. Everything else:
 * refused for that reason; a fault further down its branch gives invalid-ancestor, and
 * result->failed names the block at fault. */
KETTE_MUST_USE KetteVerdict kette_chain_add_block(KetteChain *chain, KetteChainResult *result,
                                                  KetteBlock *block, uint32_t source,
                                                  int64_t now_ns);

/* The highest ancestor of `entry`, itself included, whose body has joined. */
const KetteEntry *kette_chain_last_joined(const KetteChain *chain, const KetteEntry *entry);
/* Whether fetching the bodies up to `entry` could lead to a new tip: false for what is bad, stands
 * on a parked block, or contradicts a final one. */
bool kette_chain_wants(const KetteChain *chain, const KetteEntry *entry);

/* What decides ties for a joined block: the lower is preferred. */
uint32_t kette_chain_preference(const KetteChain *chain, const KetteEntry *entry);
/* ok, reorg-too-deep for a parked one, or why it failed. */
KetteVerdict kette_chain_verdict(const KetteChain *chain, const KetteEntry *entry);

/* --- over a restart: see core/node/record.h for the log --- */
/* What a log needs so that the verdict on `entry`, not genesis, can be restored: the headers on the
 * way to it that have no body and are not saved yet, then itself. Each is given once: the caller
 * saves them.
 */
GPtrArray *kette_chain_take_unsaved(KetteChain *chain, const KetteEntry *entry);
/* Into a view that is new: a block that had joined, with the preference it had. No tip is chosen.
 * Verdicts as of kette_chain_add_block(); unknown-parent unless the parent has joined. */
KETTE_MUST_USE KetteVerdict kette_chain_restore_block(KetteChain *chain, KetteChainResult *result,
                                                      KetteBlock *block, uint32_t preference,
                                                      int64_t now_ns);
/* A header, and what was thought of it: ok, reorg-too-deep, or a verdict of class invalid. Taken on
 * trust, for the body may be gone; ignored where it cannot be. */
void kette_chain_restore_mark(KetteChain *chain, KetteChainResult *result,
                              const KetteHeader *header, KetteVerdict verdict, int64_t now_ns);
/* Ends the restoring: the saved tip, if it has joined and connects, whatever preference says; then
 * what outweighs it, as a log may end before the tip that its blocks gave. */
void kette_chain_restore_tip(KetteChain *chain, KetteChainResult *result, const KetteHash *id);

typedef enum {
    KETTE_CHAIN_HEAD, /* the first line of it */
    KETTE_CHAIN_WHOLE,
    KETTE_CHAIN_MARKS, /* the newest, once the head is here */
} KetteChainPart;

/* Towards the cache, for whoever knows early that the view will be asked. Changes nothing. */
void kette_chain_prefetch(const KetteChain *chain, KetteChainPart part);

void kette_chain_expire_orphans(KetteChain *chain, int64_t before_ns);
/* When the oldest orphan came; INT64_MAX while there is none. */
int64_t kette_chain_oldest_orphan_ns(const KetteChain *chain);
/* Whoever had this number is gone: its orphans are nobody's. */
void kette_chain_forget_source(KetteChain *chain, uint32_t source);

/* Hashes from the tip back: ten single steps, then doubling (Bitcoin Core, chain.cpp
 * LocatorEntries); the last is genesis. Returns how many of KETTE_LOCATOR_MAX were written. */
size_t kette_chain_locator(const KetteEntry *from, KetteHash *ret_hashes);

/* The first hash of a locator that is on the active chain, or under ghost has joined; genesis when
 * none is. */
const KetteEntry *kette_chain_find_fork(const KetteChain *chain, const KetteHash *hashes,
                                        size_t count);

/* Under ghost: for each of `hashes`, a locator's, the sum (mod 2^64) of 64 bits of the ids of all
 * that has joined up to its place; 0 for what has not joined. Two views with one sum have the same
 * blocks up to there, but for a chance of 2^-64. O(blocks). */
void kette_chain_sums(const KetteChain *chain, uint64_t *ret_sums, const KetteHash *hashes,
                      size_t count);
/* Under ghost: the first of `hashes` that has joined here with the same sum; genesis when none
 * has. */
const KetteEntry *kette_chain_find_agreed(const KetteChain *chain, const KetteHash *hashes,
                                          const uint64_t *sums, size_t count);
/* Under ghost: what has joined after the place of `from` (kette_entry_compare_place), in order, at
 * most `most` of it. */
GPtrArray *kette_chain_joined_after(const KetteChain *chain, const KetteEntry *from, guint most);

/* Checks the view against itself: tip joined, connected and best, marks consistent, pool within
 * bounds, supply conserved. NULL, or what is wrong. For tests; walks everything. */
const char *kette_chain_audit(const KetteChain *chain);

/* What the view takes on the heap beyond its store: marks, and bodies that wait for a parent. */
size_t kette_chain_memory(const KetteChain *chain);

#endif
