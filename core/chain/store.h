/* The store: immutable blocks, states and the results of pure checks, by content.
 *
 * Many views (KetteChain) may stand on one store: a block is then hashed, verified and executed
 * once, and the other views look the verdict up. Nothing of one node may enter: no clock, no
 * policy, no order of arrival. A view sees only those entries that its own node was given.
 *
 * States of blocks far below the last executed one are dropped, unless a view stands there: every
 * 512th stays, and a dropped state is computed again from it when a branch begins
 * there.
 *
 * The key of a body is SHA-256d(header | body), so a mutated body never takes the good one's place.
 * Not shared between threads. Entries live as long as the store.
 */
#ifndef CORE_CHAIN_STORE_H
#define CORE_CHAIN_STORE_H

#include "core/chain/entry.h"
#include "core/chain/params.h"
#include "core/chain/rules.h"
#include "core/chain/upgrade.h"

typedef struct KetteStore KetteStore;

/* An account that genesis gives tokens to. */
typedef struct {
    KetteAddress address;
    uint64_t balance;
} KetteAllocation;

/* Returns NULL when libcrypto cannot hash. `params` passed kette_params_check(); the allocations
 * name each address once and add up to at most KETTE_AMOUNT_MAX. */
KetteStore *kette_store_new(const KetteParams *params, const KetteAllocation *allocations,
                            size_t count);
void kette_store_free(KetteStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteStore, kette_store_free)

KetteHasher *kette_store_hasher(KetteStore *store);             /* borrowed */
const KetteParams *kette_store_params(const KetteStore *store); /* without any upgrade */
/* Has all nodes on the store know the upgrade (copied), before anything is added. */
void kette_store_add_upgrade(KetteStore *store, const KetteUpgrade *upgrade);
/* Returns the parameters that hold for children of `parent`; NULL: for genesis. */
const KetteParams *kette_store_params_above(const KetteStore *store, const KetteEntry *parent);
/* Returns the version of the blocks that are mined on `parent`. */
int32_t kette_store_version_above(const KetteStore *store, const KetteEntry *parent);
/* Returns the smallest version that a block may have anywhere. */
int32_t kette_store_least_version(const KetteStore *store);
/* Describes the execution of a block on `parent`; borrows from all of it. */
KetteExecution kette_store_execution(const KetteStore *store, const KetteEntry *parent,
                                     const KetteAddress *miner, KetteTx *const *txs,
                                     uint32_t tx_count);
const KetteEntry *kette_store_genesis(const KetteStore *store);
const KetteEntry *kette_store_entry(const KetteStore *store, uint32_t index); /* < count */
uint32_t kette_store_count(const KetteStore *store);

/* Returns the header's id, without hashing when the header is one of those that stand on its parent
 * here. */
KetteHash kette_store_header_id(const KetteStore *store, const KetteHeader *header);
/* Returns NULL when no header of that id was ever added. */
const KetteEntry *kette_store_find(const KetteStore *store, const KetteHash *id);

/* Adds a header. unknown-parent, and what fails on its own (version, bits, proof of work), leave no
 * entry: they cost their sender nothing and must cost us nothing. Every other verdict, good or bad,
 * leaves one (*ret_entry), so that it is given once. */
KETTE_MUST_USE KetteVerdict kette_store_add_header(KetteStore *store, const KetteEntry **ret_entry,
                                                   const KetteHeader *header, const KetteHash *id);

/* Returns the body's verdict on its own. With ok the entry keeps the block. `entry` is the block's.
 */
KETTE_MUST_USE KetteVerdict kette_store_add_body(KetteStore *store, const KetteEntry *entry,
                                                 KetteBlock *block);

/* Adds a body from a node's own log: its signatures were checked before it was saved, and are not
 * checked again. */
KETTE_MUST_USE KetteVerdict kette_store_restore_body(KetteStore *store, const KetteEntry *entry,
                                                     KetteBlock *block);

/* Executes the entry's body on its parent's state, once. The parent connects. */
KETTE_MUST_USE KetteVerdict kette_store_connect(KetteStore *store, const KetteEntry *entry);

/* Returns the state after `entry`, which connects: made again if it was let go. It is borrowed
 * until the next kette_store_connect(); that of an entry on which a view stands, for as long as it
 * does. */
KetteState *kette_store_state(KetteStore *store, const KetteEntry *entry);

/* Notes that a view stands on `entry`, which connects, in place of `before` (either may be NULL):
 * its state is there for as long. */
void kette_store_move_tip(KetteStore *store, const KetteEntry *before, const KetteEntry *entry);

/* Does kette_rules_tx(), once for a good transaction. */
KETTE_MUST_USE KetteVerdict kette_store_check_tx(KetteStore *store, KetteTx *tx);

/* Returns whether balances and unspendable rewards at `entry`, which connects, are what genesis and
 * the subsidies up to its height give. */
bool kette_store_supply_holds(const KetteStore *store, const KetteEntry *entry);

/* Returns the bytes of heap: headers, bodies and states that are there. Walks everything. */
size_t kette_store_memory(const KetteStore *store);

#endif
