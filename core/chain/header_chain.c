/* Headers without bodies; see header_chain.h for which rules hold where. */
#include "core/chain/header_chain.h"

#include "core/base/assert.h"
#include "core/chain/retarget.h"
#include "core/chain/rules.h"

struct KetteHeaderChain {
    KetteParams params;
    KetteHasher *hasher;
    GPtrArray *entries; /* KetteEntry, owned; the root first */
    GHashTable *by_id;  /* &entry->id -> entry */
    const KetteEntry *tip;
};

KetteHeaderChain *
kette_header_chain_new(const KetteParams *params)
{
    KetteHasher *hasher = kette_hasher_new();
    KetteHeaderChain *chain;

    kette_assert(params->retarget == KETTE_RETARGET_FIXED ||
                 params->retarget == KETTE_RETARGET_EPOCH);
    if (hasher == NULL)
        return NULL;
    chain = g_new0(KetteHeaderChain, 1);
    chain->params = *params;
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

/* Returns the first retarget above the root when its window begins below the root, else 0. */
static uint64_t
first_blind_retarget(const KetteHeaderChain *chain)
{
    uint64_t root = kette_header_chain_root(chain)->height, window = chain->params.window;

    if (chain->params.retarget != KETTE_RETARGET_EPOCH || root % window == 0)
        return 0;
    return (root / window + 1) * window;
}

/* Returns the last height whose parent's median looks below the root; 0 when the root is genesis.
 */
static uint64_t
last_blind_time(const KetteHeaderChain *chain)
{
    uint64_t root = kette_header_chain_root(chain)->height;

    return root > 0 ? root + chain->params.mtp_window - 1 : 0;
}

uint64_t
kette_header_chain_trusted_bits(const KetteHeaderChain *chain)
{
    uint64_t height = chain->tip ? first_blind_retarget(chain) : 0;

    return height > 0 && height <= chain->tip->height ? height : 0;
}

uint64_t
kette_header_chain_trusted_times(const KetteHeaderChain *chain)
{
    uint64_t last = chain->tip ? MIN(last_blind_time(chain), chain->tip->height) : 0;

    return last > 0 && last > kette_header_chain_root(chain)->height ? last : 0;
}

static KetteVerdict
check_place(const KetteHeaderChain *chain, const KetteHeader *header, const KetteEntry *parent)
{
    uint64_t height = parent->height + 1;
    KetteVerdict verdict;

    if (height == first_blind_retarget(chain))
        verdict = kette_retarget_epoch_permits(&chain->params, parent->header.bits, header->bits)
                      ? KETTE_OK
                      : KETTE_BAD_BITS;
    else
        verdict = kette_rules_header_bits(&chain->params, header, parent);
    if (verdict == KETTE_OK && height > last_blind_time(chain))
        verdict = kette_rules_header_time(header, parent);
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
    kette_entry_derive(entry, chain->params.mtp_window);
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
    kette_assert(kette_u256_bits(work) < 256);
    kette_header_parse(&header, bytes);
    id = kette_header_id(chain->hasher, &header);
    verdict = kette_rules_header(&chain->params, chain->hasher, &header, &id);
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
    verdict = kette_rules_header(&chain->params, chain->hasher, &header, &id);
    if (verdict == KETTE_OK && parent != NULL)
        verdict = check_place(chain, &header, parent);
    if (verdict == KETTE_OK)
        keep(chain, &header, &id, parent);
    return verdict;
}

uint64_t
kette_header_chain_retargets(const KetteHeaderChain *chain, uint64_t *ret_changed)
{
    uint64_t count = 0, changed = 0;

    if (chain->params.retarget == KETTE_RETARGET_EPOCH) {
        for (const KetteEntry *at = chain->tip; at != NULL && at->parent != NULL; at = at->parent) {
            if (at->height % chain->params.window != 0)
                continue;
            count++;
            changed += at->header.bits != at->parent->header.bits;
        }
    }
    *ret_changed = changed;
    return count;
}
