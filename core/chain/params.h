/* The parameters of a chain: everything that all of its nodes must agree on.
 *
 * Plain data, copied into the store. Times of blocks are unix seconds; spacing is in ns because
 * `fixed` chains may be faster than a block a second. Amounts count 10^-8 tokens.
 */
#ifndef CORE_CHAIN_PARAMS_H
#define CORE_CHAIN_PARAMS_H

#include "core/base/hash.h"
#include "core/base/u256.h"

struct KetteEntry;

typedef enum {
    KETTE_RETARGET_FIXED,  /* every block has the genesis bits */
    KETTE_RETARGET_EPOCH,  /* Bitcoin's: every `window` blocks, measured over window - 1 gaps */
    KETTE_RETARGET_ASERT,  /* aserti3-2d, anchored at genesis, with `half_life_s` */
    KETTE_RETARGET_LWMA,   /* linearly weighted over the last `window` blocks */
    KETTE_RETARGET_LWMA_1, /* the same, rounded as zawy12's code does */
    KETTE_RETARGET_EDA,    /* EPOCH, and easier by a quarter while blocks are very late */
    KETTE_RETARGET_CW_144, /* by the work of the last `window` blocks over the time they took */
} KetteRetarget;

/* The block from which ASERT counts. */
typedef struct {
    uint64_t height;
    uint32_t bits;       /* 0: those of the block of that height on the branch */
    int64_t parent_time; /* with bits: of the anchor's parent */
} KetteAnchor;

typedef enum {
    KETTE_POW_REAL,      /* id, as a number, is at most the target */
    KETTE_POW_SIMULATED, /* the nonce is a seal: a keyed hash of the rest of the header */
    KETTE_POW_OFF,       /* no hash test */
} KettePow;

typedef enum {
    KETTE_FORK_MOST_WORK,
    KETTE_FORK_LONGEST,
    KETTE_FORK_GHOST, /* the heaviest subtree at each fork (Sompolinsky & Zohar 2015) */
} KetteForkChoice;

typedef enum {
    KETTE_TIE_FIRST_SEEN, /* whose data joined first */
    KETTE_TIE_LOWEST_HASH,
    KETTE_TIE_RANDOM, /* a draw of the node's for each block */
} KetteTie;

#define KETTE_NO_LIMIT UINT32_MAX

typedef struct {
    int64_t spacing_ns; /* intended time between blocks, > 0; whole seconds but with FIXED */
    KetteRetarget retarget;
    uint32_t genesis_bits; /* difficulty of genesis */
    uint32_t limit_bits;   /* the easiest target allowed; 0: that of genesis */
    uint32_t window;       /* blocks between retargets, >= 2 */
    uint32_t clamp;        /* a retarget moves by at most this factor, >= 1 */
    int64_t half_life_s;   /* of ASERT, > 0 */
    KetteAnchor anchor;    /* of ASERT; height 0 without bits: genesis */
    /* EPOCH: a block dated more than this after its parent has the easiest target; 0: never. */
    int64_t min_difficulty_after_s;
    bool retarget_from_first; /* EPOCH: from the bits of the window's first block, not its last */
    int64_t timewarp_guard_s; /* the first block of a window is at most so much before its parent;
                               * 0: no such rule */
    bool window_order;        /* the last block of a window is not before the first one */
    KettePow pow;
    KetteHash seal_key; /* of this run; KETTE_POW_SIMULATED */
    KetteForkChoice fork_choice;
    KetteTie tie;
    uint32_t max_reorg;       /* a branch that would take out more is parked; KETTE_NO_LIMIT */
    uint32_t unpark;          /* in thousandths: a parked branch is taken when its part above the
                               * fork weighs so many times the active one; 0: never */
    bool parks_when_synced;   /* nothing is parked before the node has caught up */
    uint32_t finality;        /* confirmations that make a block final; 0 never */
    bool free_bits;           /* a block's bits are taken as those due: scripted trees */
    uint32_t maturity;        /* blocks before a reward can be spent */
    uint64_t reward;          /* subsidy of the first blocks */
    uint64_t halving;         /* blocks between halvings of the subsidy; 0 never */
    uint32_t max_block_bytes; /* of the whole block, header included */
    int32_t min_version;      /* of a header, 1 to 0x20000000 */
    uint32_t mtp_window;      /* blocks the median time is taken over, odd, 1..31 */
    int64_t max_future_s;     /* how far ahead of a node's clock a block's time may be */
    uint64_t min_fee;         /* policy: mempools refuse less */
    int64_t genesis_time;     /* unix seconds of virtual time 0 */
    /* In place of work or height: above 0 when `a` is the better tip, below when `b` is, 0 for a
     * tie. NULL: as fork_choice says. An order, and a function of the two entries alone. */
    int (*compare)(void *user, const struct KetteEntry *a, const struct KetteEntry *b);
    void *compare_user;
} KetteParams;

void kette_params_init(KetteParams *params); /* the defaults of the scenario language */
/* Sets what the headers of Bitcoin's main chain obey. */
void kette_params_init_bitcoin(KetteParams *params);

/* Returns the bits of the easiest target that a block may have. */
uint32_t kette_params_limit_bits(const KetteParams *params);

/* Returns NULL when the parameters can be used together, else a sentence that says why not. */
const char *kette_params_check(const KetteParams *params);

/* Returns the new tokens of the block at `height`: the reward, halved every `halving` blocks
 * (Bitcoin Core, validation.cpp GetBlockSubsidy); genesis has none. */
uint64_t kette_params_subsidy(const KetteParams *params, uint64_t height);

/* Returns the unix seconds, rounded down, at `ns` from the genesis time; ns may be negative. */
int64_t kette_params_clock_s(const KetteParams *params, int64_t ns);

#endif
