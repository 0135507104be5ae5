/* The mempool: valid, unconfirmed transactions, by sender and nonce.
 *
 * Each sender's transactions continue its account's nonce without a gap and its balance pays for
 * all of them, so any prefix of them can go into a block. A second transaction with the same nonce
 * replaces the first only with a fee higher by a tenth and at least one unit. A sender has at most
 * KETTE_MEMPOOL_PER_SENDER. When the pool is full, the last transaction of a sender with the lowest
 * fee gives way to a higher one.
 *
 * A reorganisation returns what the old branch had confirmed and is still valid, in order of
 * nonce and however deep it goes, and drops what is not.
 *
 * Signatures are judged by the caller (kette_store_check_tx) before a transaction comes here.
 */
#ifndef CORE_CHAIN_MEMPOOL_H
#define CORE_CHAIN_MEMPOOL_H

#include "core/chain/entry.h"

typedef struct KetteMempool KetteMempool;

/* Makes a pool. limit_bytes counts serialised transactions; min_fee is in 10^-8 tokens. */
KetteMempool *kette_mempool_new(size_t limit_bytes, uint64_t min_fee);
void kette_mempool_free(KetteMempool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteMempool, kette_mempool_free)

size_t kette_mempool_count(const KetteMempool *pool);
/* Counts the payments of an address that wait. The nonce of its next one is its account's plus
 * this. */
size_t kette_mempool_pending(const KetteMempool *pool, const KetteAddress *address);
/* Returns the payment of that sender and nonce; NULL when it is not here. */
KetteTx *kette_mempool_at(const KetteMempool *pool, const KetteAddress *sender, uint64_t nonce);
KetteTx *kette_mempool_find(const KetteMempool *pool, const KetteHash *id);

/* Prefetches what finding the payment reads. */
void kette_mempool_prefetch(const KetteMempool *pool, const KetteHash *id);

/* Counts the payments that have left the pool since it was made: what was here at one count is here
 * while the count stays. */
uint64_t kette_mempool_departures(const KetteMempool *pool);

/* Adds a transaction: ok, or already-known, nonce-too-low, nonce-gap, fee-too-low,
 * insufficient-funds, mempool-full. Takes a reference with ok. `state` is the one at the tip.
 * `dropped` (may be NULL) gets what this one replaced or pushed out (owned references). */
KETTE_MUST_USE KetteVerdict kette_mempool_add(KetteMempool *pool, GPtrArray *dropped,
                                              const KetteState *state, KetteTx *tx);

/* Follows a change of tip. `returned` gets what came back from the old branch and `dropped` what
 * neither the pool nor the new branch has any more (owned KetteTx references; either may be NULL).
 */
void kette_mempool_follow(KetteMempool *pool, GPtrArray *returned, GPtrArray *dropped,
                          const KetteEntry *old_tip, const KetteEntry *fork,
                          const KetteEntry *new_tip);

/* Returns at most max_count transactions for a block on `state`: highest fee first, each sender's
 * in order of nonce. The array holds references. */
GPtrArray *kette_mempool_select(const KetteMempool *pool, size_t max_count);

/* Calls func for every transaction, by address of the sender and by nonce. func must not change the
 * pool. */
void kette_mempool_each(const KetteMempool *pool, void (*func)(void *user, KetteTx *tx),
                        void *user);

/* Checks the pool against `state`. NULL, or what is wrong. For tests. */
const char *kette_mempool_audit(const KetteMempool *pool, const KetteState *state);

/* Returns the bytes of heap beyond the transactions, which nodes share. */
size_t kette_mempool_memory(const KetteMempool *pool);

#endif
