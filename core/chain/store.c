/* Blocks, states and verdicts by content; see store.h for what may and may not stand here. */
#include "core/chain/store.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/chain/rules.h"
#include "core/chain/upgrade.h"

/* How far below a block that is executed states are let go, and which stay: a branch from below is
 * executed again over half a stride, as a rule. */
#define STATE_DEPTH 128
#define STATE_STRIDE 512

/* A power of two. What is asked for is nearly always one of the last few blocks: a comparison,
 * where a look into the table is five dependent reads. */
#define RECENT 8u

struct KetteStore {
    KetteParams params;
    KetteUpgrades upgrades;
    KetteHasher *hasher;
    GPtrArray *entries;         /* KetteEntry, by index */
    GHashTable *by_id;          /* &entry->id -> entry */
    KetteEntry *recent[RECENT]; /* found last, by the first bits of the id */
    GHashTable *tx_checks;      /* &tx->id -> verdict + 1 */
    GPtrArray *txs;             /* what tx_checks borrows its keys from */
};

static void
entry_free(gpointer data)
{
    KetteEntry *entry = data;

    kette_block_unref(entry->block);
    kette_state_unref(entry->state);
    g_free(entry);
}

/* Returns the entry to be written: callers outside hold entries const, and the store is where they
 * change. */
static KetteEntry *
own(KetteStore *store, const KetteEntry *entry)
{
    kette_assert(entry->index < store->entries->len);
    kette_assert(g_ptr_array_index(store->entries, entry->index) == entry);
    return g_ptr_array_index(store->entries, entry->index);
}

static KetteEntry *
entry_new(KetteStore *store, const KetteHeader *header, const KetteHash *id,
          const KetteEntry *parent, KetteVerdict verdict)
{
    KetteEntry *entry = g_new0(KetteEntry, 1);

    entry->id = *id;
    entry->header = *header;
    entry->parent = parent;
    entry->header_verdict = verdict;
    entry->height = parent != NULL ? parent->height + 1 : 0;
    entry->maturity = kette_store_params_above(store, parent)->maturity;
    if (store->upgrades.count > 0)
        kette_upgrades_derive(&store->upgrades, &store->params, entry);
    kette_entry_derive(entry, kette_store_params_above(store, entry)->mtp_window);
    if (parent != NULL) {
        KetteEntry *mine = own(store, parent);

        entry->next_sibling = mine->first_child;
        mine->first_child = entry;
    }
    entry->index = store->entries->len;
    g_ptr_array_add(store->entries, entry);
    g_hash_table_insert(store->by_id, &entry->id, entry);
    return entry;
}

static void
add_genesis(KetteStore *store, const KetteAllocation *allocations, size_t count)
{
    KetteBlockSpec spec = {.header = {.version = KETTE_BLOCK_VERSION}};
    KetteState *state = NULL;
    KetteEntry *entry;
    bool mutated;

    for (size_t i = 0; i < count; i++) {
        KetteAccount account = {allocations[i].balance, 0};
        KetteState *after = kette_state_set(state, &allocations[i].address, &account);

        kette_state_unref(state);
        state = after;
    }
    kette_assert(kette_state_total(state) <= KETTE_AMOUNT_MAX);
    spec.header.time = (uint32_t)store->params.genesis_time;
    spec.header.bits = store->params.genesis_bits;
    spec.state_root = kette_state_root(store->hasher, state);
    spec.header.commitment = kette_block_commitment(store->hasher, &mutated, &spec);
    {
        KetteBlock *block = kette_block_new(store->hasher, &spec);

        entry = entry_new(store, &block->header, &block->id, NULL, KETTE_OK);
        entry->body_known = true;
        entry->body_key = block->body_key;
        entry->block = block;
        entry->connected = true;
        entry->state = state;
    }
}

KetteStore *
kette_store_new(const KetteParams *params, const KetteAllocation *allocations, size_t count)
{
    KetteHasher *hasher = kette_hasher_new();
    KetteStore *store;

    if (hasher == NULL)
        return NULL;
    store = g_new0(KetteStore, 1);
    store->params = *params;
    store->hasher = hasher;
    store->entries = g_ptr_array_new_with_free_func(entry_free);
    store->by_id = g_hash_table_new(kette_hash_table_hash, kette_hash_table_equal);
    store->tx_checks = g_hash_table_new(kette_hash_table_hash, kette_hash_table_equal);
    store->txs = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    add_genesis(store, allocations, count);
    return store;
}

void
kette_store_add_upgrade(KetteStore *store, const KetteUpgrade *upgrade)
{
    KetteEntry *genesis = g_ptr_array_index(store->entries, 0);

    kette_assert(store->entries->len == 1);
    kette_upgrades_add(&store->upgrades, &store->params, upgrade);
    kette_upgrades_derive(&store->upgrades, &store->params, genesis);
    kette_entry_derive(genesis, kette_store_params_above(store, genesis)->mtp_window);
}

void
kette_store_free(KetteStore *store)
{
    if (store == NULL)
        return;
    kette_upgrades_clear(&store->upgrades);
    g_hash_table_unref(store->by_id);
    g_hash_table_unref(store->tx_checks);
    g_ptr_array_unref(store->txs);
    g_ptr_array_unref(store->entries);
    kette_hasher_free(store->hasher);
    g_free(store);
}

KetteHasher *
kette_store_hasher(KetteStore *store)
{
    return store->hasher;
}

const KetteParams *
kette_store_params(const KetteStore *store)
{
    return &store->params;
}

const KetteParams *
kette_store_params_above(const KetteStore *store, const KetteEntry *parent)
{
    return kette_upgrades_params(&store->upgrades, &store->params, parent);
}

int32_t
kette_store_least_version(const KetteStore *store)
{
    return kette_upgrades_least_version(&store->upgrades, &store->params);
}

int32_t
kette_store_version_above(const KetteStore *store, const KetteEntry *parent)
{
    return kette_upgrades_version(&store->upgrades, &store->params, parent);
}

KetteExecution
kette_store_execution(const KetteStore *store, const KetteEntry *parent, const KetteAddress *miner,
                      KetteTx *const *txs, uint32_t tx_count)
{
    const KetteUpgrades *upgrades = &store->upgrades;

    return (KetteExecution){
        .height = parent->height + 1,
        .miner = *miner,
        .txs = txs,
        .tx_count = tx_count,
        .parent = parent,
        .maturities = upgrades->count > 0 ? upgrades->maturities : NULL,
        .maturity_count = upgrades->maturity_count,
    };
}

const KetteEntry *
kette_store_genesis(const KetteStore *store)
{
    return g_ptr_array_index(store->entries, 0);
}

const KetteEntry *
kette_store_entry(const KetteStore *store, uint32_t index)
{
    kette_assert(index < store->entries->len);
    return g_ptr_array_index(store->entries, index);
}

uint32_t
kette_store_count(const KetteStore *store)
{
    return store->entries->len;
}

const KetteEntry *
kette_store_find(const KetteStore *store, const KetteHash *id)
{
    KetteEntry **recent = (KetteEntry **)&store->recent[id->b[0] % RECENT];

    if (*recent == NULL || !kette_hash_equal(&(*recent)->id, id)) {
        KetteEntry *found = g_hash_table_lookup(store->by_id, id);

        if (found == NULL)
            return NULL;
        *recent = found;
    }
    return *recent;
}

/* Siblings that are compared before a header is hashed: hostile ones cost no more. */
#define SIBLINGS_LOOKED_AT 4

_Static_assert(sizeof(KetteHeader) == KETTE_HEADER_BYTES, "no padding to compare");

/* Compares before it hashes: in a simulation each header comes to every node, and a comparison is a
 * fifth of a hash. */
KetteHash
kette_store_header_id(const KetteStore *store, const KetteHeader *header)
{
    const KetteEntry *entry = kette_store_find(store, &header->previous);

    entry = entry != NULL ? entry->first_child : NULL;
    for (unsigned i = 0; entry != NULL && i < SIBLINGS_LOOKED_AT; i++) {
        if (memcmp(&entry->header, header, sizeof *header) == 0)
            return entry->id;
        entry = entry->next_sibling;
    }
    return kette_header_id(store->hasher, header);
}

KetteVerdict
kette_store_add_header(KetteStore *store, const KetteEntry **ret_entry, const KetteHeader *header,
                       const KetteHash *id)
{
    const KetteEntry *entry = kette_store_find(store, id), *parent;
    const KetteParams *params;
    KetteVerdict verdict;

    if (entry == NULL) {
        parent = kette_store_find(store, &header->previous);
        if (parent == NULL)
            return KETTE_UNKNOWN_PARENT;
        /* What has no work behind it gets no memory. */
        params = kette_store_params_above(store, parent);
        verdict = kette_rules_header(params, store->hasher, header, id);
        if (verdict != KETTE_OK)
            return verdict;
        if (parent->header_verdict != KETTE_OK)
            verdict = KETTE_INVALID_ANCESTOR;
        else
            verdict = kette_rules_header_place(params, header, parent);
        entry = entry_new(store, header, id, parent, verdict);
    }
    *ret_entry = entry;
    return entry->header_verdict;
}

/* Checks a matching body on its own: the block's rules, then each transaction's. */
static KetteVerdict
judge_body(KetteStore *store, const KetteEntry *entry, const KetteBlock *block, bool is_own)
{
    KetteVerdict verdict =
        kette_rules_body(kette_store_params_above(store, entry->parent), block, entry->height);

    for (uint32_t i = 0; i < block->tx_count && verdict == KETTE_OK; i++) {
        verdict = is_own ? kette_rules_tx_unsigned(block->txs[i])
                         : kette_store_check_tx(store, block->txs[i]);
    }
    return verdict;
}

static KetteVerdict
add_body(KetteStore *store, const KetteEntry *entry, KetteBlock *block, bool is_own)
{
    KetteEntry *mine = own(store, entry);
    KetteVerdict verdict;

    kette_assert(kette_hash_equal(&entry->id, &block->id));
    if (mine->body_known && kette_hash_equal(&mine->body_key, &block->body_key))
        return mine->body_verdict;
    verdict = kette_rules_body_match(store->hasher, block);
    if (verdict != KETTE_OK)
        return verdict;
    /* Two bodies that match one commitment would be a collision of SHA-256d. */
    kette_assert(!mine->body_known);
    mine->body_known = true;
    mine->body_key = block->body_key;
    mine->body_verdict = judge_body(store, mine, block, is_own);
    if (mine->body_verdict == KETTE_OK)
        mine->block = kette_block_ref(block);
    return mine->body_verdict;
}

KetteVerdict
kette_store_add_body(KetteStore *store, const KetteEntry *entry, KetteBlock *block)
{
    return add_body(store, entry, block, false);
}

KetteVerdict
kette_store_restore_body(KetteStore *store, const KetteEntry *entry, KetteBlock *block)
{
    return add_body(store, entry, block, true);
}

/* --- states ------------------------------------------------------------------------------ */

static KetteVerdict
connect(KetteStore *store, KetteState **ret_state, const KetteEntry *entry, KetteState *parent)
{
    const KetteBlock *block = entry->block;
    const KetteExecution execution =
        kette_store_execution(store, entry->parent, &block->miner, block->txs, block->tx_count);

    return kette_rules_connect(kette_store_params_above(store, entry->parent), store->hasher,
                               ret_state, &execution, block, parent);
}

static KetteState *
execute(KetteStore *store, const KetteEntry *entry, KetteState *parent)
{
    KetteState *state = NULL;
    KetteVerdict verdict = connect(store, &state, entry, parent);

    kette_assert(verdict == KETTE_OK); /* it was so the first time */
    return state;
}

/* Makes a state again that was let go. */
static void
restore_state(KetteStore *store, KetteEntry *entry)
{
    g_autoptr(GPtrArray) above = g_ptr_array_new();
    const KetteEntry *from = entry;
    KetteState *state;

    for (; from->state_gone; from = from->parent)
        g_ptr_array_add(above, (gpointer)from);
    state = kette_state_ref(from->state);
    for (guint i = above->len; i-- > 0;) {
        KetteState *next = execute(store, g_ptr_array_index(above, i), state);

        kette_state_unref(state);
        state = next;
    }
    entry->state = state;
    entry->state_gone = false;
}

KetteState *
kette_store_state(KetteStore *store, const KetteEntry *entry)
{
    if (entry->state_gone)
        restore_state(store, own(store, entry));
    return entry->state;
}

static void
let_go_below(KetteStore *store, const KetteEntry *entry)
{
    const KetteEntry *old = entry->height > STATE_DEPTH
                                ? kette_entry_ancestor(entry, entry->height - STATE_DEPTH)
                                : NULL;
    KetteEntry *mine;

    if (old == NULL || old->tips > 0 || old->state_gone || old->height % STATE_STRIDE == 0)
        return;
    mine = own(store, old);
    g_clear_pointer(&mine->state, kette_state_unref);
    mine->state_gone = true;
}

void
kette_store_move_tip(KetteStore *store, const KetteEntry *before, const KetteEntry *entry)
{
    if (before != NULL)
        own(store, before)->tips--;
    if (entry != NULL) {
        KetteEntry *mine = own(store, entry);

        mine->tips++;
        kette_store_state(store, mine);
    }
}

KetteVerdict
kette_store_connect(KetteStore *store, const KetteEntry *entry)
{
    KetteEntry *mine = own(store, entry);

    if (!mine->connected) {
        kette_assert(mine->block != NULL);
        kette_assert(mine->parent->connected);
        kette_assert(mine->parent->connect_verdict == KETTE_OK);
        mine->connect_verdict =
            connect(store, &mine->state, mine, kette_store_state(store, mine->parent));
        mine->connected = true;
        let_go_below(store, mine);
    }
    return mine->connect_verdict;
}

KetteVerdict
kette_store_check_tx(KetteStore *store, KetteTx *tx)
{
    unsigned known = GPOINTER_TO_UINT(g_hash_table_lookup(store->tx_checks, &tx->id));
    KetteVerdict verdict;

    if (known != 0)
        return known - 1;
    verdict = kette_rules_tx(tx, &kette_store_genesis(store)->id);
    /* Good ones alone are remembered, for what nobody signed costs its sender nothing; and a
     * bounded number of them, for an empty account can sign as many as it likes. */
    if (store->txs->len == KETTE_TX_CHECKS_MAX) {
        g_hash_table_remove_all(store->tx_checks);
        g_ptr_array_set_size(store->txs, 0);
    }
    if (verdict == KETTE_OK) {
        g_ptr_array_add(store->txs, kette_tx_ref(tx));
        g_hash_table_insert(store->tx_checks, &tx->id, GUINT_TO_POINTER(verdict + 1));
    }
    return verdict;
}

/* Returns the sum of subsidies up to a height, halving by halving and not block by block. */
static uint64_t
issued(const KetteParams *params, uint64_t height)
{
    uint64_t sum = 0, from = 1;

    if (params->halving == 0)
        return height * params->reward;
    while (from <= height) {
        uint64_t next = (from / params->halving + 1) * params->halving;
        uint64_t count = MIN(next, height + 1) - from;
        uint64_t subsidy = kette_params_subsidy(params, from);

        if (subsidy == 0)
            break;
        sum += count * subsidy;
        from += count;
    }
    return sum;
}

/* Returns the same where upgrades have changed the subsidy. */
static uint64_t
issued_by(const KetteStore *store, const KetteEntry *entry)
{
    const uint32_t changes = 1u << KETTE_CHANGE_REWARD | 1u << KETTE_CHANGE_HALVING;
    uint64_t sum = 0;

    if ((store->upgrades.changes & changes) == 0)
        return issued(&store->params, entry->height);
    for (; entry->parent != NULL; entry = entry->parent)
        sum += kette_params_subsidy(kette_store_params_above(store, entry->parent), entry->height);
    return sum;
}

bool
kette_store_supply_holds(const KetteStore *store, const KetteEntry *entry)
{
    const KetteEntry *genesis = kette_store_genesis(store);
    uint32_t longest = store->params.maturity;
    uint64_t immature = 0;

    for (unsigned i = 0; i < store->upgrades.maturity_count; i++)
        longest = MAX(longest, store->upgrades.maturities[i]);
    for (const KetteEntry *at = entry; at != genesis && entry->height - at->height < longest;
         at = at->parent)
        immature += at->height + at->maturity > entry->height ? at->block->reward : 0;
    return kette_state_total(entry->state) + immature ==
           kette_state_total(genesis->state) + issued_by(store, entry);
}

size_t
kette_store_memory(const KetteStore *store)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    size_t bytes = sizeof *store + store->txs->len * (sizeof(KetteTx) + 4 * sizeof(gpointer));

    for (guint i = 0; i < store->entries->len; i++) {
        const KetteEntry *entry = g_ptr_array_index(store->entries, i);

        /* a place in the array, and two in the table */
        bytes += sizeof *entry + 3 * sizeof(gpointer) + kette_state_memory(entry->state, seen);
        if (entry->block != NULL)
            bytes += sizeof *entry->block + entry->block->tx_count * sizeof(KetteTx *);
    }
    return bytes;
}
