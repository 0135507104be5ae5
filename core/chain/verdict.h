/* Verdicts: what a rule says of a header, block or transaction.
 *
 * One list, in one place; the kebab-case names are the ones that scenarios, traces, messages and
 * docs use, and none is ever renamed. Classes:
 *   ok        nothing against it
 *   invalid   for ever, whoever asks
 *   not-yet   may be right later (clocks); never stored, marked or scored
 *   missing   cannot be judged: something it needs is not here
 *   refused   policy of this node; another may accept it
 */
#ifndef CORE_CHAIN_VERDICT_H
#define CORE_CHAIN_VERDICT_H

#include <glib.h>

typedef enum {
    KETTE_CLASS_OK,
    KETTE_CLASS_INVALID,
    KETTE_CLASS_NOT_YET,
    KETTE_CLASS_MISSING,
    KETTE_CLASS_REFUSED,
} KetteVerdictClass;

/* X(symbol, name, class) */
#define KETTE_VERDICTS(X)                                                                          \
    X(OK, "ok", OK)                                                                                \
    /* header */                                                                                   \
    X(BAD_VERSION, "bad-version", INVALID)                                                         \
    X(HIGH_HASH, "high-hash", INVALID)                                                             \
    X(BAD_BITS, "bad-bits", INVALID)                                                               \
    X(TIME_TOO_OLD, "time-too-old", INVALID)                                                       \
    X(TIME_TOO_NEW, "time-too-new", NOT_YET)                                                       \
    /* block */                                                                                    \
    X(BAD_HEIGHT, "bad-height", INVALID)                                                           \
    X(BAD_COMMITMENT, "bad-commitment", INVALID)                                                   \
    X(MUTATED_BODY, "mutated-body", INVALID)                                                       \
    X(BLOCK_TOO_BIG, "block-too-big", INVALID)                                                     \
    X(DUPLICATE_TX, "duplicate-tx", INVALID)                                                       \
    X(BAD_ENCODING, "bad-encoding", INVALID)                                                       \
    X(BAD_AMOUNT, "bad-amount", INVALID)                                                           \
    X(BAD_SIGNATURE, "bad-signature", INVALID)                                                     \
    /* connecting */                                                                               \
    X(BAD_NONCE, "bad-nonce", INVALID)                                                             \
    X(INSUFFICIENT_FUNDS, "insufficient-funds", INVALID)                                           \
    X(BAD_STATE_ROOT, "bad-state-root", INVALID)                                                   \
    X(BAD_REWARD, "bad-reward", INVALID)                                                           \
    /* place */                                                                                    \
    X(UNKNOWN_PARENT, "unknown-parent", MISSING)                                                   \
    X(INVALID_ANCESTOR, "invalid-ancestor", INVALID)                                               \
    X(REORG_TOO_DEEP, "reorg-too-deep", REFUSED)                                                   \
    X(AFTER_FINAL, "after-final", REFUSED)                                                         \
    X(WORK_OVERFLOW, "work-overflow", INVALID)                                                     \
    X(TOO_HARD, "too-hard", REFUSED)                                                               \
    /* mempool */                                                                                  \
    X(ALREADY_KNOWN, "already-known", REFUSED)                                                     \
    X(NONCE_TOO_LOW, "nonce-too-low", REFUSED)                                                     \
    X(NONCE_GAP, "nonce-gap", REFUSED)                                                             \
    X(FEE_TOO_LOW, "fee-too-low", REFUSED)                                                         \
    X(MEMPOOL_FULL, "mempool-full", REFUSED)                                                       \
    /* later ones, at the end because digests count the rows: header, place */                     \
    X(TIME_WARP, "time-warp", INVALID)                                                             \
    X(INVALIDATED, "invalidated", REFUSED)

typedef enum {
#define KETTE_VERDICT_ENUM(symbol, name, class) KETTE_##symbol,
    KETTE_VERDICTS(KETTE_VERDICT_ENUM)
#undef KETTE_VERDICT_ENUM
        KETTE_VERDICT_COUNT
} KetteVerdict;

#define KETTE_MUST_USE G_GNUC_WARN_UNUSED_RESULT

const char *kette_verdict_name(KetteVerdict verdict);
KetteVerdictClass kette_verdict_class(KetteVerdict verdict);
const char *kette_verdict_class_name(KetteVerdictClass class);

/* Returns KETTE_VERDICT_COUNT when no verdict has that name. */
KetteVerdict kette_verdict_find(const char *name);

#endif
