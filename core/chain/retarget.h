/* Difficulty: the bits that the next block must carry.
 *
 * Whatever the rule, no target is easier than kette_params_limit_bits().
 *
 * fixed  the genesis bits.
 * epoch  Bitcoin Core, pow.cpp CalculateNextWorkRequired: at each height that `window` divides,
 *        new target = old target * actual / (window * spacing), where `actual` is the time from
 *        the first to the last block of the window, i.e. over window - 1 gaps (Bitcoin's known
 *        off-by-one, kept), clamped to a factor of `clamp` either way.
 *        The product is taken with 320 bits, so no target is too large for it.
 * asert  aserti3-2d (Bitcoin Cash, CHIP 2020-11; Lundeberg & Toomim): an absolutely scheduled
 *        exponential. target = anchor * 2^((time - spacing * (height + 1)) / half-life), with time
 *        and height counted from the anchor's parent, by a cubic in 16-bit fixed point that must be
 *        matched bit for bit. The anchor is genesis, its parent taken as one spacing before it.
 * lwma   zawy12's LWMA-1: with solve times s_1 … s_N (oldest first, made to rise by at least 1 s,
 *        each at most 6 T), target = mean target * sum(i * s_i) / (N (N + 1) T / 2). Until N blocks
 *        are there, the genesis bits. Integers only; each target is divided by N before adding.
 */
#ifndef CORE_CHAIN_RETARGET_H
#define CORE_CHAIN_RETARGET_H

#include "core/chain/entry.h"
#include "core/chain/params.h"

/* Does the arithmetic of `asert` alone, with times in s and heights from the anchor's parent and
 * the anchor. Returns false for a height_diff at which spacing * (height_diff + 1) leaves int64. */
bool kette_retarget_asert(uint32_t *ret_bits, const KetteParams *params, uint32_t anchor_bits,
                          int64_t time_diff, uint64_t height_diff);

/* Returns the bits due for a child of `parent`. */
uint32_t kette_retarget_next(const KetteParams *params, const KetteEntry *parent);

/* Does the arithmetic of `epoch` alone, for a caller that has times but no entries. */
uint32_t kette_retarget_epoch(const KetteParams *params, uint32_t bits, int64_t first_time,
                              int64_t last_time);

/* Returns whether one `epoch` retarget could lead from bits `from` to `to`, whatever the times
 * (Bitcoin Core, pow.cpp PermittedDifficultyTransition). `from` passed kette_rules_header(). */
bool kette_retarget_epoch_permits(const KetteParams *params, uint32_t from, uint32_t to);

#endif
