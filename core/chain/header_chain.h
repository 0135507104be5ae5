/* A tree of headers without bodies, from genesis or from a root that is taken on trust.
 *
 * Real Bitcoin headers have our 80 bytes but none of our bodies, so they cannot join a KetteStore,
 * which begins at a genesis of its own. Here they pass the same rules: version, strict bits, proof
 * of work, the bits due, median time past. No rule on the future: there is no clock. A header
 * whose parent came earlier is a branch; the tip has most work, the first of equals.
 *
 * Above a trusted root some rules lack what they look back on, until enough headers are there:
 *   bits    at the first retarget, when its window begins below the root: held only to what one
 *           retarget can reach (the clamp)
 *   time    for the first mtp_window - 1 headers: not held to the median
 * Which heights those were can be asked. One header costs O(log n).
 */
#ifndef CORE_CHAIN_HEADER_CHAIN_H
#define CORE_CHAIN_HEADER_CHAIN_H

#include "core/chain/entry.h"
#include "core/chain/params.h"

typedef struct KetteHeaderChain KetteHeaderChain;

/* Returns NULL when libcrypto cannot hash. `params` passed kette_params_check(); retarget is fixed
 * or epoch. */
KetteHeaderChain *kette_header_chain_new(const KetteParams *params);
void kette_header_chain_free(KetteHeaderChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteHeaderChain, kette_header_chain_free)

/* Makes `bytes` the root of an empty chain, with its height and the work up to and including it.
 * Height and work are believed, and below 2^63 and 2^255; the header must still hold on its own:
 * ok, bad-version, bad-bits, high-hash. */
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

/* Counts the retargets on the way from the root to the tip, and how many of them changed the bits.
 */
uint64_t kette_header_chain_retargets(const KetteHeaderChain *chain, uint64_t *ret_changed);

/* Returns the height at or below the tip whose bits were held to the clamp only; 0 for none. */
uint64_t kette_header_chain_trusted_bits(const KetteHeaderChain *chain);
/* Returns the last height at or below the tip whose time was not held to the median; 0 for none. */
uint64_t kette_header_chain_trusted_times(const KetteHeaderChain *chain);

#endif
