/* Headers without bodies; see header_chain.h for which rules hold where. */
#include "core/chain/header_chain.h"

#include "core/base/assert.h"
#include "core/chain/retarget.h"
#include "core/chain/rules.h"

struct KetteHeaderChain {
    KetteHeaderRules rules;
    KetteHasher *hasher;
    GPtrArray *entries; /* KetteEntry, owned; the root first */
    GHashTable *by_id;  /* &entry->id -> entry */
    const KetteEntry *tip;
};

KetteHeaderChain *
kette_header_chain_new(const KetteHeaderRules *rules)
{
    KetteHasher *hasher = kette_hasher_new();
    KetteHeaderChain *chain;

    if (hasher == NULL)
        return NULL;
    chain = g_new0(KetteHeaderChain, 1);
    chain->rules = *rules;
    chain->hasher = hasher;
    chain->entries = g_ptr_array_new_with_free_func(g_free);
    chain->by_id = g_hash_table_new(kette_hash_table_hash, kette_hash_table_equal);
    return chain;
}

void
kette_header_chain_free(KetteHeaderChain *chain)
{
    if (chain == NULL)
        return;
    g_hash_table_unref(chain->by_id);
    g_ptr_array_unref(chain->entries);
    kette_hasher_free(chain->hasher);
    g_free(chain);
}

const KetteEntry *
kette_header_chain_root(const KetteHeaderChain *chain)
{
    return chain->entries->len > 0 ? g_ptr_array_index(chain->entries, 0) : NULL;
}

const KetteEntry *
kette_header_chain_tip(const KetteHeaderChain *chain)
{
    return chain->tip;
}

/* --- what is taken on trust --------------------------------------------------------------- */

/* Returns the last height whose parent's median looks below the root; 0 when the root is genesis.
 */
static uint64_t
last_blind_time(const KetteHeaderChain *chain)
{
    uint64_t root = kette_header_chain_root(chain)->height;

    return root > 0 ? root + kette_header_rules_at(&chain->rules, root)->mtp_window - 1 : 0;
}

/* Returns the bits due for a child of `parent`; 0 when the rule looks below the root. */
static uint32_t
due_bits(const KetteHeaderChain *chain, const KetteEntry *parent, int64_t time)
{
    const KetteParams *params = kette_header_rules_at(&chain->rules, parent->height + 1);

    return kette_retarget_next(params, parent, time);
}

/* Returns how far below a block its rule looks at most. */
static uint64_t
reach(const KetteHeaderRules *rules)
{
    uint64_t most = 0;

    for (unsigned i = 0; i < rules->count; i++)
        most = MAX(most, rules->stages[i].params.window + UINT64_C(31)); /* a median, or two more */
    return most;
}

uint64_t
kette_header_chain_trusted_bits(const KetteHeaderChain *chain, uint64_t *ret_count)
{
    const KetteEntry *root = kette_header_chain_root(chain);
    uint64_t last = 0, highest;

    *ret_count = 0;
    if (chain->tip == NULL || root->height == 0)
        return 0;
    highest = MIN(chain->tip->height, root->height + reach(&chain->rules));
    for (const KetteEntry *at = kette_entry_ancestor(chain->tip, highest); at->parent != NULL;
         at = at->parent) {
        if (due_bits(chain, at->parent, at->header.time) != 0)
            continue;
        last = MAX(last, at->height);
        ++*ret_count;
    }
    return last;
}

uint64_t
kette_header_chain_trusted_times(const KetteHeaderChain *chain)
{
    uint64_t last = chain->tip ? MIN(last_blind_time(chain), chain->tip->height) : 0;

    return last > 0 && last > kette_header_chain_root(chain)->height ? last : 0;
}

/* Checks bits on which the rule has no say: it looks below the root. */
static KetteVerdict
check_blind_bits(const KetteParams *params, const KetteHeader *header, const KetteEntry *parent)
{
    const bool plain = params->retarget == KETTE_RETARGET_EPOCH &&
                       params->min_difficulty_after_s == 0 && !params->retarget_from_first;

    return !plain || kette_retarget_epoch_permits(params, parent->header.bits, header->bits)
               ? KETTE_OK
               : KETTE_BAD_BITS;
}

static KetteVerdict
check_place(const KetteHeaderChain *chain, const KetteHeader *header, const KetteEntry *parent)
{
    const KetteParams *params = kette_header_rules_at(&chain->rules, parent->height + 1);
    uint32_t due = kette_retarget_next(params, parent, header->time);
    KetteVerdict verdict = KETTE_OK;

    if (due == 0)
        verdict = check_blind_bits(params, header, parent);
    else if (header->bits != due)
        verdict = KETTE_BAD_BITS;
    if (verdict == KETTE_OK)
        verdict = kette_rules_header_work(header, parent);
    if (verdict == KETTE_OK && parent->height + 1 > last_blind_time(chain))
        verdict = kette_rules_header_time(params, header, parent);
    return verdict;
}

/* --- taking in ---------------------------------------------------------------------------- */

static KetteEntry *
keep(KetteHeaderChain *chain, const KetteHeader *header, const KetteHash *id,
     const KetteEntry *parent)
{
    KetteEntry *entry = g_new0(KetteEntry, 1);

    entry->id = *id;
    entry->header = *header;
    entry->parent = parent;
    entry->index = chain->entries->len;
    kette_entry_derive(entry, chain->rules.stages[0].params.mtp_window);
    g_ptr_array_add(chain->entries, entry);
    g_hash_table_insert(chain->by_id, &entry->id, entry);
    if (chain->tip == NULL || kette_u256_compare(&entry->work, &chain->tip->work) > 0)
        chain->tip = entry;
    return entry;
}

KetteVerdict
kette_header_chain_trust(KetteHeaderChain *chain, const uint8_t bytes[KETTE_HEADER_BYTES],
                         uint64_t height, const KetteU256 *work)
{
    KetteHeader header;
    KetteHash id;
    KetteVerdict verdict;
    KetteEntry *root;

    kette_assert(chain->entries->len == 0);
    kette_assert(height < UINT64_C(1) << 63);
    kette_header_parse(&header, bytes);
    id = kette_header_id(chain->hasher, &header);
    verdict = kette_rules_header(kette_header_rules_at(&chain->rules, height), chain->hasher,
                                 &header, &id);
    if (verdict != KETTE_OK)
        return verdict;
    root = keep(chain, &header, &id, NULL);
    root->height = height;
    root->work = *work;
    return KETTE_OK;
}

KetteVerdict
kette_header_chain_add(KetteHeaderChain *chain, const uint8_t bytes[KETTE_HEADER_BYTES])
{
    const KetteEntry *parent;
    KetteHeader header;
    KetteHash id;
    KetteVerdict verdict;

    kette_header_parse(&header, bytes);
    id = kette_header_id(chain->hasher, &header);
    if (g_hash_table_contains(chain->by_id, &id))
        return KETTE_ALREADY_KNOWN;
    parent = g_hash_table_lookup(chain->by_id, &header.previous);
    if (parent == NULL && (chain->entries->len > 0 || !kette_hash_is_zero(&header.previous)))
        return KETTE_UNKNOWN_PARENT;
    verdict = kette_rules_header(
        kette_header_rules_at(&chain->rules, parent != NULL ? parent->height + 1 : 0),
        chain->hasher, &header, &id);
    if (verdict == KETTE_OK && parent != NULL)
        verdict = check_place(chain, &header, parent);
    if (verdict == KETTE_OK)
        keep(chain, &header, &id, parent);
    return verdict;
}

/* Returns whether the rule sets the bits of this height anew. */
static bool
is_retarget(const KetteParams *params, uint64_t height)
{
    return params->retarget != KETTE_RETARGET_FIXED &&
           (params->retarget != KETTE_RETARGET_EPOCH || height % params->window == 0);
}

uint64_t
kette_header_chain_retargets(const KetteHeaderChain *chain, uint64_t *ret_changed)
{
    uint64_t count = 0, changed = 0;

    for (const KetteEntry *at = chain->tip; at != NULL && at->parent != NULL; at = at->parent) {
        if (!is_retarget(kette_header_rules_at(&chain->rules, at->height), at->height))
            continue;
        count++;
        changed += at->header.bits != at->parent->header.bits;
    }
    *ret_changed = changed;
    return count;
}
