/* A tree of headers without bodies, from genesis or from a root that is taken on trust.
 *
 * Real Bitcoin headers have our 80 bytes but none of our bodies, so they cannot join a KetteStore,
 * which begins at a genesis of its own. Here they pass the same rules: version, strict bits, proof
 * of work, the bits due, the work of the branch, median time past. No rule on the future: there is
 * no clock. A header whose parent came earlier is a branch; the tip has most work, the first of
 * equals.
 *
 * Above a trusted root some rules lack what they look back on, until enough headers are there:
 *   bits    where kette_retarget_next() looks below the root: with plain `epoch`, at the first
 *           retarget, they are held to what one retarget can reach (the clamp); else to the limit
 *   time    for the first mtp_window - 1 headers: not held to the median
 * Which heights those were can be asked. One header costs O(log n), and O(window) with `lwma`, or
 * after a run of blocks of the easiest target with min_difficulty_after.
 */
#ifndef CORE_CHAIN_HEADER_CHAIN_H
#define CORE_CHAIN_HEADER_CHAIN_H

#include "core/chain/entry.h"
#include "core/chain/header_rules.h"

typedef struct KetteHeaderChain KetteHeaderChain;

/* Returns NULL when libcrypto cannot hash. */
KetteHeaderChain *kette_header_chain_new(const KetteHeaderRules *rules);
void kette_header_chain_free(KetteHeaderChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteHeaderChain, kette_header_chain_free)

/* Makes `bytes` the root of an empty chain, with its height and the work up to and including it.
 * Height and work are believed, and the height is below 2^63; the header must still hold on its
 * own: ok, bad-version, bad-bits, high-hash. */
KETTE_MUST_USE KetteVerdict kette_header_chain_trust(KetteHeaderChain *chain,
                                                     const uint8_t bytes[KETTE_HEADER_BYTES],
                                                     uint64_t height, const KetteU256 *work);

/* Adds the next header. Without a root the first one is genesis: its previous id must be zero. A
 * refused header leaves nothing, so a header on it has an unknown-parent; already-known for a
 * repeated one. */
KETTE_MUST_USE KetteVerdict kette_header_chain_add(KetteHeaderChain *chain,
                                                   const uint8_t bytes[KETTE_HEADER_BYTES]);

/* Returns NULL while the chain is empty. */
const KetteEntry *kette_header_chain_root(const KetteHeaderChain *chain);
const KetteEntry *kette_header_chain_tip(const KetteHeaderChain *chain);

/* Counts the heights at which the rule sets bits anew on the way from the root to the tip (all but
 * with fixed, and those that the window divides with epoch), and how many of them changed the bits.
 */
uint64_t kette_header_chain_retargets(const KetteHeaderChain *chain, uint64_t *ret_changed);

/* Returns the last height at or below the tip whose bits were not held to the rule; 0 for none.
 * *ret_count is how many there are. */
uint64_t kette_header_chain_trusted_bits(const KetteHeaderChain *chain, uint64_t *ret_count);
/* Returns the last height at or below the tip whose time was not held to the median; 0 for none. */
uint64_t kette_header_chain_trusted_times(const KetteHeaderChain *chain);

#endif
