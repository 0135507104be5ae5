/* Early payments: those that came before the payment that they follow. A sender's payments overtake
 * one another on their ways, and one that the mempool must refuse for a gap is wanted a moment
 * later.
 *
 * A plain array in order of arrival, bounded in all and for each source. When a source has its
 * share, or the pool is full, the payment that is furthest off gives way: the highest nonce of the
 * sender that has most payments here, which may be the new one itself. So a flood of payments that
 * are far off cannot push out the next ones, nor one sender's flood those of others.
 */
#ifndef CORE_NODE_EARLY_H
#define CORE_NODE_EARLY_H

#include "core/chain/mempool.h"

#include <stdbool.h>

#define KETTE_EARLY_SOURCE_GONE UINT32_MAX

typedef struct {
    KetteTx *tx;     /* owned */
    uint32_t source; /* or KETTE_EARLY_SOURCE_GONE */
} KetteEarly;

typedef struct {
    KetteEarly *items; /* NULL while there are none */
    uint32_t count, room;
} KetteEarlyPool;

void kette_early_clear(KetteEarlyPool *pool);
/* Takes a reference. *ret_pushed_out is the one that gave way, which the caller owns and which may
 * be the new one; its tx is NULL when none did. False when it is there already. */
bool kette_early_add(KetteEarlyPool *pool, KetteEarly *ret_pushed_out, KetteTx *tx,
                     uint32_t source);
/* Forgets who sent the payments of this source. */
void kette_early_forget_source(KetteEarlyPool *pool, uint32_t source);
/* Returns whether a payment of `from` waits that this source sent. */
bool kette_early_is_of(const KetteEarlyPool *pool, const KetteAddress *from, uint32_t source);
bool kette_early_has(const KetteEarlyPool *pool, const KetteHash *id);
/* Takes out the lowest nonce of that sender that is not above `nonce`, of several the oldest; false
 * when there is none. The caller owns it. */
bool kette_early_take(KetteEarlyPool *pool, KetteEarly *ret_early, const KetteAddress *from,
                      uint64_t nonce);

/* Checks the bounds, and that each still waits: `mempool`, on `state`, would take none of their
 * nonces. NULL, or what is wrong. For tests. */
const char *kette_early_audit(const KetteEarlyPool *pool, const KetteMempool *mempool,
                              const KetteState *state);

#endif
