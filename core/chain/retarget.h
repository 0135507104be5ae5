/* Difficulty: the bits that the next block must carry.
 *
 * fixed  the genesis bits.
 * epoch  Bitcoin Core, pow.cpp CalculateNextWorkRequired: at each height that `window` divides,
 *        new target = old target * actual / (window * spacing), where `actual` is the time from
 *        the first to the last block of the window, i.e. over window - 1 gaps (Bitcoin's known
 *        off-by-one, kept), clamped to a factor of `clamp` either way and to the genesis target.
 *        The product is taken with 320 bits, so no target is too large for it.
 */
#ifndef CORE_CHAIN_RETARGET_H
#define CORE_CHAIN_RETARGET_H

#include "core/chain/entry.h"
#include "core/chain/params.h"

/* Bits due for a child of `parent`. */
uint32_t kette_retarget_next(const KetteParams *params, const KetteEntry *parent);

/* The arithmetic of `epoch` alone, for whoever has times but no entries. */
uint32_t kette_retarget_epoch(const KetteParams *params, uint32_t bits, int64_t first_time,
                              int64_t last_time);

#endif
