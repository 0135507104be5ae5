/* The rules of consensus, each a pure function that gives a verdict.
 *
 * In order of cost: a header on its own, a header in its place, a header against a clock, a body
 * on its own, a body in its place, a body executed on its parent's state. docs/consensus-rules.md
 * lists them by name with their sources.
 */
#ifndef CORE_CHAIN_RULES_H
#define CORE_CHAIN_RULES_H

#include "core/chain/entry.h"
#include "core/chain/params.h"

#define KETTE_BLOCK_VERSION 1 /* of genesis */

/* Checks a header on its own: bad-version, bad-bits (not a target, or easier than the limit),
 * high-hash. */
KETTE_MUST_USE KetteVerdict kette_rules_header(const KetteParams *params, KetteHasher *hasher,
                                               const KetteHeader *header, const KetteHash *id);

/* Checks the target and the proof of work alone, as kette_rules_header() does. */
KETTE_MUST_USE KetteVerdict kette_rules_header_pow(const KetteParams *params, KetteHasher *hasher,
                                                   const KetteHeader *header, const KetteHash *id);

/* Checks the bits: bad-bits when they are not those due. */
KETTE_MUST_USE KetteVerdict kette_rules_header_bits(const KetteParams *params,
                                                    const KetteHeader *header,
                                                    const KetteEntry *parent);

/* Checks the time: time-too-old when it is not above the median time of the parent; time-warp when
 * it breaks timewarp_guard or window_order. Above a trusted root, window_order is not checked in
 * the window of the root. */
KETTE_MUST_USE KetteVerdict kette_rules_header_time(const KetteParams *params,
                                                    const KetteHeader *header,
                                                    const KetteEntry *parent);

/* Returns the earliest time that a child of `parent` may have. */
int64_t kette_rules_earliest_time(const KetteParams *params, const KetteEntry *parent);

/* Checks the work: work-overflow when the work of the branch would not fit 256 bits, and could not
 * be compared. */
KETTE_MUST_USE KetteVerdict kette_rules_header_work(const KetteHeader *header,
                                                    const KetteEntry *parent);

/* Checks all three: a header in its place. */
KETTE_MUST_USE KetteVerdict kette_rules_header_place(const KetteParams *params,
                                                     const KetteHeader *header,
                                                     const KetteEntry *parent);

/* Checks against a clock: time-too-new, never stored because it is one clock's opinion. now_s is
 * unix seconds. */
KETTE_MUST_USE KetteVerdict kette_rules_header_clock(const KetteParams *params,
                                                     const KetteHeader *header, int64_t now_s);

/* Checks a body against its header: bad-commitment, mutated-body. These two speak of the body alone
 * and never condemn the header: another body may be the right one (CVE-2012-2459). */
KETTE_MUST_USE KetteVerdict kette_rules_body_match(KetteHasher *hasher, const KetteBlock *block);

/* Checks a body on its own: block-too-big, bad-height, duplicate-tx; kette_rules_tx() judges its
 * transactions one by one. */
KETTE_MUST_USE KetteVerdict kette_rules_body(const KetteParams *params, const KetteBlock *block,
                                             uint64_t height);

/* Checks a transaction: bad-encoding (unknown version), bad-amount (nothing paid, or out of range),
 * bad-signature. */
KETTE_MUST_USE KetteVerdict kette_rules_tx(const KetteTx *tx, const KetteHash *genesis);
/* The same but for the signature. */
KETTE_MUST_USE KetteVerdict kette_rules_tx_unsigned(const KetteTx *tx);

/* A body and where it stands: the input of execution. */
typedef struct {
    uint64_t height;
    KetteAddress miner;
    KetteTx *const *txs;
    uint32_t tx_count;
    const KetteEntry *parent;
    /* The maturities that blocks below may have, each once; NULL: that of the parameters alone. */
    const uint32_t *maturities;
    unsigned maturity_count;
} KetteExecution;

/* Executes a body on its parent's state: bad-nonce, insufficient-funds, bad-amount (a sum out of
 * range), bad-reward, bad-state-root. `execution` is that of the block; `before` is the parent's
 * state. *ret_state is the state after, owned by the caller, and written only with ok. */
KETTE_MUST_USE KetteVerdict kette_rules_connect(const KetteParams *params, KetteHasher *hasher,
                                                KetteState **ret_state,
                                                const KetteExecution *execution,
                                                const KetteBlock *block, KetteState *before);

/* The same execution without the checks on reward and root: what a builder needs to know.
 * On failure *ret_bad_tx is the index of the transaction at fault. */
KETTE_MUST_USE KetteVerdict kette_rules_execute(const KetteParams *params, KetteState **ret_state,
                                                uint64_t *ret_reward, uint32_t *ret_bad_tx,
                                                const KetteExecution *execution,
                                                KetteState *before);

#endif
