/* Builds the blocks that a scenario writes out; tree.h says how each is broken. */
#include "core/chain/retarget.h"
#include "core/chain/rules.h"
#include "core/base/limits.h"
#include "sim/engine/assert.h"
#include "sim/world/charge.h"
#include "sim/world/world_impl.h"

#include <string.h>

#define MERKLE_TAIL 2 /* with the reward an odd number of leaves, so the last may be repeated */
#define NONCE_GAP 7

/* A block being built. */
typedef struct {
    SimWorld *world;
    const KetteParams *params;
    KetteHasher *hasher;
    const KetteEntry *parent;
    KetteBlockSpec spec;
    GPtrArray *txs;    /* KetteTx: payments of the body */
    KetteState *state; /* state after the block, as the block claims */
} Draft;

static SimNamed *
named_at(const SimWorld *world, uint32_t named)
{
    sim_assert(named < world->named->len);
    return g_ptr_array_index(world->named, named);
}

void
sim_named_free(gpointer data)
{
    SimNamed *named = data;

    if (named == NULL)
        return;
    kette_block_unref(named->block);
    kette_state_unref(named->entry.state);
    g_free(named);
}

/* --- payments ----------------------------------------------------------------------------- */

/* Returns a signed payment from the tree's own key. */
static KetteTx *
own_tx(Draft *draft, uint64_t amount, uint64_t nonce)
{
    g_autoptr(KetteKey) key = sim_world_key_of_name(draft->world, "nobody in particular");
    const KetteAddress to = {{0}};

    return kette_tx_new(draft->hasher, key, &to, amount, 0, nonce,
                        &kette_store_genesis(draft->world->store)->id);
}

/* Returns such a payment with one byte changed. */
static KetteTx *
spoilt_tx(Draft *draft, size_t at, uint8_t value, uint64_t nonce)
{
    g_autoptr(KetteTx) good = own_tx(draft, 1, nonce);
    uint8_t raw[KETTE_TX_BYTES];
    KetteReader reader;

    kette_tx_serialize(good, raw);
    raw[at] = value;
    kette_reader_init(&reader, raw, sizeof raw);
    return kette_tx_parse(draft->hasher, &reader);
}

static void
add_own(Draft *draft, KetteTx *tx)
{
    g_ptr_array_add(draft->txs, tx);
}

/* Fills the block beyond its size limit with unsigned payments; no node gets to their signatures.
 */
static void
fill_up(Draft *draft)
{
    const uint64_t room = draft->params->max_block_bytes;

    for (uint64_t i = 0; KETTE_BLOCK_FIXED_BYTES + draft->txs->len * KETTE_TX_BYTES <= room; i++) {
        uint8_t raw[KETTE_TX_BYTES] = {1};
        KetteReader reader;

        kette_put_le64(raw + 72, i);
        kette_reader_init(&reader, raw, sizeof raw);
        add_own(draft, kette_tx_parse(draft->hasher, &reader));
    }
}

static void
add_duplicate(Draft *draft)
{
    add_own(draft, own_tx(draft, 1, 0));
    add_own(draft, own_tx(draft, 1, 1));
    add_own(draft, own_tx(draft, 1, 0));
}

/* Adds payments until reward and payments are an odd number of leaves: the last is hashed twice. */
static void
make_tail(Draft *draft)
{
    for (uint64_t i = 0; draft->txs->len < MERKLE_TAIL || draft->txs->len % 2 != 0; i++)
        add_own(draft, own_tx(draft, 1, i));
}

/* Breaks what is broken by a payment, or needs payments to be broken. */
static void
break_payments(Draft *draft, KetteVerdict invalid)
{
    switch (invalid) {
    case KETTE_BLOCK_TOO_BIG:
        fill_up(draft);
        break;
    case KETTE_DUPLICATE_TX:
        add_duplicate(draft);
        break;
    case KETTE_MUTATED_BODY:
        make_tail(draft);
        break;
    case KETTE_BAD_ENCODING:
        add_own(draft, spoilt_tx(draft, 0, 2, 0));
        break;
    case KETTE_BAD_AMOUNT:
        add_own(draft, own_tx(draft, 0, 0));
        break;
    case KETTE_BAD_SIGNATURE:
        add_own(draft, spoilt_tx(draft, 80, 0, 0));
        break;
    case KETTE_BAD_NONCE:
        add_own(draft, own_tx(draft, 1, NONCE_GAP));
        break;
    case KETTE_INSUFFICIENT_FUNDS:
        add_own(draft, own_tx(draft, 1, 0));
        break;
    default:
        break;
    }
}

/* --- state -------------------------------------------------------------------------------- */

/* Executes the block; leaves payments that its branch does not allow out of the state. */
static void
execute_payments(Draft *draft)
{
    g_autoptr(GPtrArray) good = g_ptr_array_new();

    for (guint i = 0; i < draft->txs->len; i++)
        g_ptr_array_add(good, g_ptr_array_index(draft->txs, i));
    for (;;) {
        const KetteExecution execution = {
            .height = draft->spec.height,
            .miner = draft->spec.miner,
            .txs = (KetteTx *const *)good->pdata,
            .tx_count = good->len,
            .parent = draft->parent,
        };
        uint32_t bad = good->len;
        KetteVerdict verdict =
            kette_rules_execute(draft->params, &draft->state, &draft->spec.reward, &bad, &execution,
                                draft->parent->state);

        if (verdict == KETTE_OK)
            break;
        if (bad == good->len) { /* no payment is to blame */
            draft->state = kette_state_ref(draft->parent->state);
            draft->spec.reward = kette_params_subsidy(draft->params, draft->spec.height);
            break;
        }
        g_ptr_array_remove_index(good, bad);
    }
    draft->spec.state_root = kette_state_root(draft->hasher, draft->state);
}

/* --- header ------------------------------------------------------------------------------- */

static uint32_t
time_of(const Draft *draft, const SimBlockSpec *spec)
{
    int64_t time = (int64_t)draft->parent->header.time + (spec->time_given ? spec->time_s : 1);

    if (spec->invalid == KETTE_TIME_TOO_OLD)
        time = draft->parent->median_time;
    else if (spec->invalid == KETTE_TIME_TOO_NEW)
        time = draft->params->genesis_time + draft->params->max_future_s + 3600;
    return (uint32_t)CLAMP(time, 0, (int64_t)UINT32_MAX);
}

static uint32_t
bits_of(const Draft *draft, const SimBlockSpec *spec)
{
    KetteU256 target, work;

    if (spec->bits != 0)
        return spec->bits;
    if (spec->work == 0)
        return kette_retarget_next(draft->params, draft->parent, time_of(draft, spec));
    work = kette_work_of_bits(draft->params->genesis_bits);
    if (kette_u256_mul_u64(&work, &work, spec->work))
        return 0x01010000; /* the hardest target */
    target = kette_target_of_work(&work);
    return kette_compact_encode(&target);
}

static bool
meets_target(const Draft *draft, const KetteHeader *header)
{
    KetteHash id = kette_header_id(draft->hasher, header);
    KetteU256 number = kette_u256_from_hash(&id), target;

    return kette_compact_decode(&target, header->bits) != KETTE_COMPACT_OK ||
           kette_u256_compare(&number, &target) <= 0;
}

/* Finds the nonce. Returns false if that would take more than 2^KETTE_GRIND_BITS tries. */
static bool
find_nonce(Draft *draft, KetteVerdict invalid)
{
    KetteHeader *header = &draft->spec.header;
    bool wanted = invalid != KETTE_HIGH_HASH;
    KetteU256 target;

    if (draft->params->pow == KETTE_POW_REAL && wanted &&
        kette_compact_decode(&target, header->bits) == KETTE_COMPACT_OK &&
        kette_u256_bits(&target) < 256 - KETTE_GRIND_BITS)
        return false;
    if (draft->params->pow == KETTE_POW_SIMULATED)
        header->nonce =
            kette_header_seal(draft->hasher, header, &draft->params->seal_key) ^ (uint32_t)!wanted;
    while (draft->params->pow == KETTE_POW_REAL && meets_target(draft, header) != wanted)
        header->nonce++;
    return true;
}

/* Breaks what must be broken before the commitment is computed, so that the commitment is right. */
static void
break_before(Draft *draft, KetteVerdict invalid)
{
    if (invalid == KETTE_BAD_VERSION)
        draft->spec.header.version = 0;
    else if (invalid == KETTE_BAD_BITS)
        draft->spec.header.bits--;
    else if (invalid == KETTE_BAD_HEIGHT)
        draft->spec.height++;
    else if (invalid == KETTE_BAD_STATE_ROOT)
        draft->spec.state_root.b[0] ^= 1;
    else if (invalid == KETTE_BAD_REWARD)
        draft->spec.reward++;
}

static void
set_commitment(Draft *draft, KetteVerdict invalid)
{
    bool mutated;

    draft->spec.txs = (KetteTx *const *)draft->txs->pdata;
    draft->spec.tx_count = draft->txs->len;
    draft->spec.header.commitment = kette_block_commitment(draft->hasher, &mutated, &draft->spec);
    (void)mutated; /* if two transactions are equal, the receiver must find that */
    if (invalid == KETTE_BAD_COMMITMENT)
        draft->spec.header.commitment.b[0] ^= 1;
}

/* Appends the last payment again, which leaves the root as it is. */
static void
repeat_last_payment(Draft *draft)
{
    g_ptr_array_add(draft->txs, kette_tx_ref(g_ptr_array_index(draft->txs, draft->txs->len - 1)));
    draft->spec.txs = (KetteTx *const *)draft->txs->pdata;
    draft->spec.tx_count = draft->txs->len;
}

/* --- a block ------------------------------------------------------------------------------ */

static void
begin_draft(Draft *draft, SimWorld *world, const SimBlockSpec *spec)
{
    const KetteEntry *parent = spec->parent == SIM_BLOCK_NONE
                                   ? kette_store_genesis(world->store)
                                   : &named_at(world, spec->parent)->entry;

    *draft = (Draft){
        .world = world,
        .params = kette_store_params(world->store),
        .hasher = world->hasher,
        .parent = parent,
        .txs = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref),
        .spec =
            {
                .header = {.version = kette_store_params(world->store)->min_version,
                           .previous = parent->id},
                .height = parent->height + 1,
                .miner = sim_world_address_of_name(world, spec->miner),
            },
    };
    for (size_t i = 0; i < spec->tx_count; i++) {
        const SimTx *tx = g_ptr_array_index(world->txs, spec->txs[i]);

        g_ptr_array_add(draft->txs, kette_tx_ref(tx->tx));
    }
}

/* Sets the entry of the block: the place in the tree that it claims. */
static void
set_entry(SimNamed *named, Draft *draft)
{
    KetteEntry *entry = &named->entry;

    *entry = (KetteEntry){
        .id = named->block->id,
        .header = named->block->header,
        .parent = draft->parent,
        .header_verdict = KETTE_OK,
        .body_known = true,
        .block = named->block,
        .connected = true,
        .state = draft->state,
    };
    kette_entry_derive(entry, draft->params->mtp_window);
}

static bool
build(SimNamed *named, SimWorld *world, const SimBlockSpec *spec)
{
    Draft draft;
    bool proven;

    begin_draft(&draft, world, spec);
    break_payments(&draft, spec->invalid);
    execute_payments(&draft);
    draft.spec.header.bits = bits_of(&draft, spec);
    draft.spec.header.time = time_of(&draft, spec);
    break_before(&draft, spec->invalid);
    set_commitment(&draft, spec->invalid);
    proven = find_nonce(&draft, spec->invalid);
    if (spec->invalid == KETTE_MUTATED_BODY)
        repeat_last_payment(&draft);
    named->block = kette_block_new(draft.hasher, &draft.spec);
    set_entry(named, &draft);
    g_ptr_array_unref(draft.txs);
    return proven;
}

bool
sim_world_add_block(SimWorld *world, uint32_t named, const SimBlockSpec *spec, bool genesis)
{
    SimNamed *n = g_new0(SimNamed, 1);
    bool built = true;

    if (named >= world->named->len)
        g_ptr_array_set_size(world->named, (gint)named + 1);
    sim_assert(g_ptr_array_index(world->named, named) == NULL);
    if (spec != NULL)
        built = build(n, world, spec);
    else if (genesis)
        n->block = kette_block_ref(kette_store_genesis(world->store)->block);
    g_ptr_array_index(world->named, named) = n;
    return built;
}

KetteVerdict
sim_world_mine_named(SimWorld *world, uint32_t node, uint32_t named)
{
    SimHost *host = sim_world_host(world, node);
    SimNamed *n = named_at(world, named);
    KetteVerdict verdict;

    g_clear_pointer(&n->block, kette_block_unref);
    n->block = sim_mining_make(host, &verdict);
    return verdict;
}

uint32_t
sim_world_named_count(const SimWorld *world)
{
    return world->named->len;
}

/* --- asking ------------------------------------------------------------------------------- */

const KetteHash *
sim_world_named_id(const SimWorld *world, uint32_t named)
{
    const SimNamed *n = named_at(world, named);

    return n->block != NULL ? &n->block->id : NULL;
}

uint32_t
sim_world_named_ref(const SimWorld *world, uint32_t named)
{
    const KetteHash *id = sim_world_named_id(world, named);

    return id != NULL ? sim_ledger_find(&world->ledger, id) : SIM_BLOCK_NONE;
}

uint32_t
sim_world_named_bytes(const SimWorld *world, uint32_t named)
{
    const SimNamed *n = named_at(world, named);

    if (n->block != NULL && world->declares_blocks)
        return sim_world_declared_bytes(world, &n->block->id);
    return n->block != NULL ? KETTE_FRAME_BYTES + (uint32_t)kette_block_bytes(n->block) : 0;
}

KetteBlockStatus
sim_world_named_status(const SimWorld *world, uint32_t node, uint32_t named)
{
    const KetteHash *id = sim_world_named_id(world, named);

    return id == NULL ? KETTE_STATUS_UNKNOWN
                      : kette_chain_status(kette_node_chain(sim_world_host(world, node)->node), id);
}
