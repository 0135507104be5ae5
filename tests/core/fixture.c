/* Blocks made to order; see fixture.h. */
#include "tests/core/fixture.h"

#include "core/base/limits.h"
#include "core/chain/retarget.h"
#include "tests/harness/harness.h"

static KetteKey *
key_of(uint8_t n)
{
    uint8_t secret[32] = {n};

    return kette_key_new(secret);
}

void
fixture_init(Fixture *f)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();

    *f = (Fixture){.step_s = 1};
    kette_params_init(&f->params);
    f->params.pow = KETTE_POW_OFF;
    f->params.maturity = 2;
    f->alice = key_of(1);
    f->bob = key_of(2);
    f->alice_address = kette_address_of(hasher, kette_key_public(f->alice));
    f->bob_address = kette_address_of(hasher, kette_key_public(f->bob));
    f->allocation = (KetteAllocation){f->alice_address, 1000 * KETTE_AMOUNT_UNIT};
    f->builder = fixture_store(f);
    f->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)kette_block_unref);
}

void
fixture_clear(Fixture *f)
{
    g_ptr_array_unref(f->blocks);
    kette_store_free(f->builder);
    kette_key_free(f->alice);
    kette_key_free(f->bob);
}

KetteStore *
fixture_store(const Fixture *f)
{
    return kette_store_new(&f->params, &f->allocation, 1);
}

const KetteBlock *
fixture_genesis(const Fixture *f)
{
    return kette_store_genesis(f->builder)->block;
}

KetteTx *
fixture_pay(Fixture *f, const KetteKey *from, const KetteAddress *to, uint64_t amount, uint64_t fee,
            uint64_t nonce)
{
    return kette_tx_new(kette_store_hasher(f->builder), from, to, amount, fee, nonce,
                        &fixture_genesis(f)->id);
}

static KetteBlockSpec
header_on(Fixture *f, const KetteBlock *parent, unsigned label)
{
    const KetteEntry *entry = kette_store_find(f->builder, &parent->id);
    KetteBlockSpec spec = {.header = {.version = 1, .previous = parent->id}};

    spec.height = parent->height + 1;
    memset(spec.miner.b, (int)label, sizeof spec.miner.b);
    spec.header.bits = f->params.genesis_bits;
    spec.header.time = parent->header.time + f->step_s;
    if (entry != NULL)
        spec.header.bits = kette_retarget_next_in_time(&f->params, entry);
    if (f->bits != 0)
        spec.header.bits = f->bits;
    return spec;
}

static KetteBlock *
keep(Fixture *f, KetteBlockSpec *spec)
{
    KetteHasher *hasher = kette_store_hasher(f->builder);
    KetteBlock *block;
    bool mutated;

    spec->header.commitment = kette_block_commitment(hasher, &mutated, spec);
    block = kette_block_new(hasher, spec);
    g_ptr_array_add(f->blocks, block);
    return block;
}

static KetteBlockSpec
executed_on(Fixture *f, const KetteBlock *parent, unsigned label, KetteTx **txs, uint32_t tx_count)
{
    const KetteEntry *entry = kette_store_find(f->builder, &parent->id);
    KetteBlockSpec spec = header_on(f, parent, label);
    g_autoptr(KetteState) state = NULL;
    KetteExecution execution;
    uint32_t bad_tx;
    KetteVerdict verdict;

    spec.txs = txs;
    spec.tx_count = tx_count;
    execution = (KetteExecution){.height = spec.height,
                                 .miner = spec.miner,
                                 .txs = txs,
                                 .tx_count = tx_count,
                                 .parent = entry};
    verdict = kette_rules_execute(&f->params, &state, &spec.reward, &bad_tx, &execution,
                                  kette_store_state(f->builder, entry));
    CU_ASSERT_EQUAL_FATAL(verdict, KETTE_OK);
    spec.state_root = kette_state_root(kette_store_hasher(f->builder), state);
    return spec;
}

KetteBlock *
fixture_block(Fixture *f, const KetteBlock *parent, unsigned label, KetteTx **txs,
              uint32_t tx_count)
{
    KetteBlockSpec spec = executed_on(f, parent, label, txs, tx_count);
    KetteBlock *block = keep(f, &spec);
    const KetteEntry *entry;
    KetteVerdict verdict = kette_store_add_header(f->builder, &entry, &block->header, &block->id);

    CU_ASSERT_EQUAL_FATAL(verdict, KETTE_OK);
    verdict = kette_store_add_body(f->builder, entry, block);
    CU_ASSERT_EQUAL_FATAL(verdict, KETTE_OK);
    verdict = kette_store_connect(f->builder, entry);
    CU_ASSERT_EQUAL_FATAL(verdict, KETTE_OK);
    return block;
}

KetteBlock *
fixture_bad_block(Fixture *f, const KetteBlock *parent, unsigned label,
                  void (*spoil)(KetteBlockSpec *spec))
{
    KetteBlockSpec spec = executed_on(f, parent, label, NULL, 0);

    spoil(&spec);
    return keep(f, &spec);
}

KetteBlock *
fixture_child_of_bad(Fixture *f, const KetteBlock *parent, unsigned label)
{
    KetteBlockSpec spec = header_on(f, parent, label);

    return keep(f, &spec);
}
