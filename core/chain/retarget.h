/* Difficulty: the bits that the next block must carry.
 *
 * Whatever the rule, no target is easier than kette_params_limit_bits().
 *
 * fixed   the genesis bits.
 * epoch   Bitcoin Core, pow.cpp CalculateNextWorkRequired: at each height that `window` divides,
 *         new target = old target * actual / (window * spacing), where `actual` is the time from
 *         the first to the last block of the window, i.e. over window - 1 gaps (Bitcoin's known
 *         off-by-one, kept), clamped to a factor of `clamp` either way.
 *         The product is taken with 320 bits, so no target is too large for it.
 *         The old target is that of the window's last block; with retarget_from_first it is that
 *         of the first one (BIP 94; Core's enforce_BIP94).
 *         With min_difficulty_after (the 20-minute rule of Bitcoin's test networks; Core, pow.cpp
 *         GetNextWorkRequired): between retargets a block dated more than that after its parent
 *         has the easiest target there is. Any other block has the bits of the last block of its
 *         window that are not those of the easiest target, and if there is none, those of the
 *         window's first block. At a retarget the exception does not hold, but the old target may
 *         be that of a block that used it: the known flaw, which retarget_from_first mends.
 * asert   aserti3-2d (Bitcoin Cash, CHIP 2020-11; Lundeberg & Toomim): an absolutely scheduled
 *         exponential. target = anchor * 2^((time - spacing * (height + 1)) / half-life), with time
 *         and height counted from the anchor's parent, by a cubic in 16-bit fixed point that must
 *         be matched bit for bit. Blocks up to the anchor's height have the genesis bits. The
 *         parent of an anchor at genesis is taken as one spacing before it.
 * lwma    zawy12's LWMA-1: with solve times s_1 … s_N (oldest first, made to rise by at least 1 s,
 *         each at most 6 T), target = mean target * sum(i * s_i) / (N (N + 1) T / 2). Until N
 *         blocks are there, the genesis bits. Integers only; each target is divided by N before
 *         adding.
 * lwma-1  the same sum as zawy12's code has it (github.com/zawy12/difficulty-algorithms, issue 3,
 *         "LWMA-1 for BTC and Zcash clones"): each target is divided by N * k, with
 *         k = N (N + 1) T / 2, and the sum multiplied by sum(i * s_i); until N blocks are there,
 * the easiest target. The code multiplies within 256 bits; a product beyond them is the easiest
 *         target here.
 * eda     Bitcoin Cash, August 2017 (Bitcoin ABC, pow/eda.cpp): `epoch`, and at every other height
 *         one quarter easier when the median time of the parent is 72 spacings (12 h) or more after
 *         that of the block six before it; otherwise the parent's bits.
 * cw-144  Bitcoin Cash, November 2017 (Bitcoin ABC, pow/daa.cpp): W is the work from one block to
 *         another, t the time between them, held within half and twice what `window` blocks should
 *         take; target = 2^256 / (W * spacing / t) - 1. The one is the median by time of the parent
 *         and the two below it, the other of the block `window` below the parent and the two below
 *         that. Bitcoin Cash has a window of 144. Before that many are there, the genesis bits.
 */
#ifndef CORE_CHAIN_RETARGET_H
#define CORE_CHAIN_RETARGET_H

#include "core/chain/entry.h"
#include "core/chain/params.h"

/* Does the arithmetic of `asert` alone, with times in s and heights from the anchor's parent and
 * the anchor. Returns false for a height_diff at which spacing * (height_diff + 1) leaves int64. */
bool kette_retarget_asert(uint32_t *ret_bits, const KetteParams *params, uint32_t anchor_bits,
                          int64_t time_diff, uint64_t height_diff);

/* Returns the bits due for a child of `parent` that is dated `time`. Returns 0 if the rule looks
 * below the root of a tree that begins above genesis. */
uint32_t kette_retarget_next(const KetteParams *params, const KetteEntry *parent, int64_t time);

/* Returns the bits due for a child of `parent` that is dated as its parent: those without
 * min_difficulty_after. */
uint32_t kette_retarget_next_in_time(const KetteParams *params, const KetteEntry *parent);

/* Does the arithmetic of `epoch` alone, for a caller that has times but no entries. */
uint32_t kette_retarget_epoch(const KetteParams *params, uint32_t bits, int64_t first_time,
                              int64_t last_time);

/* Returns whether one `epoch` retarget could lead from bits `from` to `to`, whatever the times
 * (Bitcoin Core, pow.cpp PermittedDifficultyTransition). `from` passed kette_rules_header(). */
bool kette_retarget_epoch_permits(const KetteParams *params, uint32_t from, uint32_t to);

#endif
