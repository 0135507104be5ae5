/* A block's place in the tree of headers: its ancestors, height and cumulative work.
 *
 * Entries are made and owned by a KetteStore (or a KetteHeaderChain, which has no bodies) and live
 * as long as it does; everybody else holds them const. All that stands here is a pure function of
 * the header and its ancestors, so nodes that share a store share entries.
 */
#ifndef CORE_CHAIN_ENTRY_H
#define CORE_CHAIN_ENTRY_H

#include "core/base/u256.h"
#include "core/chain/block.h"
#include "core/chain/state.h"
#include "core/chain/verdict.h"

typedef struct KetteEntry KetteEntry;
struct KetteEntry {
    KetteHash id;
    KetteHeader header;
    const KetteEntry *parent; /* NULL for genesis alone */
    const KetteEntry *skip;   /* some ancestor, for kette_entry_ancestor */
    /* Children in the order in which the store met them, which is nobody's order of arrival:
     * whoever walks them must not let that order show. */
    const KetteEntry *first_child, *next_sibling;
    KetteU256 work; /* cumulative, this block included */
    uint64_t height;
    uint32_t index;       /* in the store, from 0; parents come before children */
    uint32_t median_time; /* median of the last mtp_window times, this block's included */
    KetteVerdict header_verdict;
    uint32_t maturity;                        /* blocks after which its reward can be spent */
    uint8_t upgrades_locked, upgrades_active; /* above it, bits by number: see upgrade.h */

    /* The body whose commitment the header carries; at most one exists. */
    bool body_known;
    KetteHash body_key;
    KetteVerdict body_verdict;
    KetteBlock *block; /* when body_verdict is ok */

    /* The result of executing the body on the parent's state; lazily. */
    bool connected;
    bool state_gone; /* let go, to be made again when somebody asks */
    uint32_t tips;   /* views that stand on it: their state stays */
    KetteVerdict connect_verdict;
    KetteState *state; /* after this block, when connect_verdict is ok; see kette_store_state() */
};

/* Fills height, skip, work and median_time from the parent, the header and its verdict. The median
 * is over `mtp_window` times, or over all there are. An invalid header adds no work; a sum beyond
 * 256 bits, which only scripted targets reach, stays at the largest number. */
void kette_entry_derive(KetteEntry *entry, uint32_t mtp_window);

/* Returns the ancestor at `height` (the entry itself at its own); NULL above it, and below the root
 * of a tree that begins higher. O(log height) through the skip pointers, which are laid as Bitcoin
 * Core's pskip (chain.cpp GetSkipHeight). */
const KetteEntry *kette_entry_ancestor(const KetteEntry *entry, uint64_t height);
uint64_t kette_entry_skip_height(uint64_t height);

/* Returns the last common ancestor; never NULL within one store. */
const KetteEntry *kette_entry_common(const KetteEntry *a, const KetteEntry *b);

/* Compares places, by height and then by id: < 0, 0, > 0. Every view agrees on this order, whatever
 * its store has met first; parents come before children. */
int kette_entry_compare_place(const KetteEntry *a, const KetteEntry *b);

bool kette_entry_is_ancestor(const KetteEntry *ancestor, const KetteEntry *of);

#endif
