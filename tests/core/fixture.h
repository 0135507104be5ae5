/* What the tests of core share: a chain without hash test, keys by name, and blocks made to order.
 *
 * Blocks are built on a store of the fixture's own, so that what a test gives to a view is only
 * what it means to give.
 */
#ifndef TESTS_CORE_FIXTURE_H
#define TESTS_CORE_FIXTURE_H

#include "core/chain/chain.h"
#include "core/chain/mempool.h"
#include "core/chain/rules.h"

typedef struct {
    KetteParams params;
    KetteAllocation allocation; /* alice has 1000 tokens */
    KetteKey *alice, *bob;
    KetteAddress alice_address, bob_address;
    KetteStore *builder;
    uint32_t step_s;   /* a block's time is its parent's plus this; 1 */
    uint32_t bits;     /* of the blocks built; 0: those due */
    GPtrArray *blocks; /* everything built, freed with the fixture */
} Fixture;

/* Parameters: pow off, fixed, maturity 2. */
void fixture_init(Fixture *f);
void fixture_clear(Fixture *f);
/* A fresh store over the same genesis. */
KetteStore *fixture_store(const Fixture *f);
const KetteBlock *fixture_genesis(const Fixture *f);

KetteTx *fixture_pay(Fixture *f, const KetteKey *from, const KetteAddress *to, uint64_t amount,
                     uint64_t fee, uint64_t nonce);

/* A valid block on `parent`; `label` is its miner, so that siblings differ. Borrowed. */
KetteBlock *fixture_block(Fixture *f, const KetteBlock *parent, unsigned label, KetteTx **txs,
                          uint32_t tx_count);
/* The same, then changed by `spoil` before the commitment is made. */
KetteBlock *fixture_bad_block(Fixture *f, const KetteBlock *parent, unsigned label,
                              void (*spoil)(KetteBlockSpec *spec));
/* On a parent that does not connect: header right, body of no worth. */
KetteBlock *fixture_child_of_bad(Fixture *f, const KetteBlock *parent, unsigned label);

#endif
