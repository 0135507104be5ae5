/* Upgrades: rules that change from a height on, for those who know of it.
 *
 * A store stands for one rule set: the chain's parameters and the upgrades that its nodes know. Two
 * nodes of which only one knows an upgrade stand on two stores.
 *
 * An upgrade is active above a block, that is, for its children:
 *   by height    from `at_height` on: the block of that height is the first with the new rules
 *   by signals   windows of `window` blocks are counted from `at_height`. Once a window has at
 *                least `signals` blocks whose version signals the upgrade, it is locked in, and it
 *                is active after the window that follows (BIP 9: STARTED, LOCKED_IN, ACTIVE)
 *
 * A version signals upgrade number i if its top three bits are 001 and bit i is set (BIP 9). Who
 * knows an upgrade signals it until it is active.
 *
 * Where several active upgrades change the same parameter, the last one counts. All is a function
 * of a block and its ancestors.
 */
#ifndef CORE_CHAIN_UPGRADE_H
#define CORE_CHAIN_UPGRADE_H

#include "core/chain/entry.h"
#include "core/chain/params.h"

#define KETTE_UPGRADES_MAX 8

#define KETTE_SIGNAL_TOP 0x20000000
#define KETTE_SIGNAL_MASK 0xe0000000u

/* X(symbol, field of KetteParams): what an upgrade may change. */
#define KETTE_UPGRADABLE(X)                                                                        \
    X(MAX_BLOCK, max_block_bytes)                                                                  \
    X(REWARD, reward)                                                                              \
    X(HALVING, halving)                                                                            \
    X(MATURITY, maturity)                                                                          \
    X(RETARGET, retarget)                                                                          \
    X(WINDOW, window)                                                                              \
    X(CLAMP, clamp)                                                                                \
    X(HALF_LIFE, half_life_s)                                                                      \
    X(ANCHOR, anchor)                                                                              \
    X(MIN_DIFFICULTY, min_difficulty_after_s)                                                      \
    X(RETARGET_FROM, retarget_from_first)                                                          \
    X(TIMEWARP_GUARD, timewarp_guard_s)                                                            \
    X(WINDOW_ORDER, window_order)                                                                  \
    X(MTP, mtp_window)                                                                             \
    X(MAX_FUTURE, max_future_s)                                                                    \
    X(MIN_VERSION, min_version)

typedef enum {
#define KETTE_CHANGE_ENUM(symbol, field) KETTE_CHANGE_##symbol,
    KETTE_UPGRADABLE(KETTE_CHANGE_ENUM)
#undef KETTE_CHANGE_ENUM
        KETTE_CHANGE_COUNT
} KetteChange;

typedef struct {
    unsigned number; /* below KETTE_UPGRADES_MAX; the same for all nodes, and the bit of signals */
    uint64_t at_height;
    uint32_t signals; /* of a window; 0: by height alone */
    uint32_t window;
    uint32_t changes;   /* bits by KetteChange */
    KetteParams params; /* of which the changed fields count */
} KetteUpgrade;

/* The upgrades that the nodes of one store know, and the parameters under each set of active ones.
 * It starts as zeros. */
typedef struct {
    KetteUpgrade *known;
    unsigned count;
    KetteParams **sets; /* by bits of active numbers; NULL: no block has these */
    uint32_t changes;   /* of all */
    uint32_t maturities[KETTE_UPGRADES_MAX + 1]; /* each that a block may have, once */
    unsigned maturity_count;
} KetteUpgrades;

/* Returns NULL, or what is wrong with the parameters that some of the upgrades make together. */
const char *kette_upgrades_check(const KetteUpgrade *upgrades, size_t count,
                                 const KetteParams *base);
void kette_upgrades_add(KetteUpgrades *upgrades, const KetteParams *base,
                        const KetteUpgrade *upgrade);
void kette_upgrades_clear(KetteUpgrades *upgrades);
/* Fills the entry's upgrades_locked and upgrades_active from its parent, height and version, and
 * makes the parameters of its children if they are new. */
void kette_upgrades_derive(KetteUpgrades *upgrades, const KetteParams *base, KetteEntry *entry);
/* Returns the parameters for children of the entry, which was derived; NULL: of genesis' parent. */
const KetteParams *kette_upgrades_params(const KetteUpgrades *upgrades, const KetteParams *base,
                                         const KetteEntry *parent);
/* Returns the smallest version that a block may have anywhere. */
int32_t kette_upgrades_least_version(const KetteUpgrades *upgrades, const KetteParams *base);
/* Returns the version of a block that a node mines above the entry. */
int32_t kette_upgrades_version(const KetteUpgrades *upgrades, const KetteParams *base,
                               const KetteEntry *parent);

#endif
