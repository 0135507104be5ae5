/* One node's view: what it was given, how a body joins, and what others may ask of it. Which tip
 * follows is choice.c's and ghost.c's to say; see chain.h for the rules. */
#include "core/chain/chain_impl.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/chain/rules.h"

void
kette_chain_result_clear(KetteChainResult *result)
{
    if (result->more_joined != NULL)
        g_ptr_array_unref(result->more_joined);
    if (result->failed != NULL)
        g_array_unref(result->failed);
    *result = (KetteChainResult){0};
}

static void
add_joined(KetteChainResult *result, const KetteEntry *entry)
{
    if (result->joined_count++ == 0) {
        result->first_joined = entry;
        return;
    }
    if (result->more_joined == NULL)
        result->more_joined = g_ptr_array_new();
    g_ptr_array_add(result->more_joined, (gpointer)entry);
}

void
kette_chain_result_add_failed(KetteChainResult *result, const KetteJudged *judged)
{
    if (result->failed == NULL)
        result->failed = g_array_new(FALSE, FALSE, sizeof(KetteJudged));
    g_array_append_vals(result->failed, judged, 1);
    result->failed_count++;
}

void
kette_chain_set_tip(KetteChain *chain, const KetteEntry *entry)
{
    kette_store_move_tip(chain->store, chain->tip, entry);
    chain->tip = entry;
}

void
kette_chain_result_reset(const KetteChain *chain, KetteChainResult *result)
{
    if (result->more_joined != NULL)
        g_ptr_array_set_size(result->more_joined, 0);
    if (result->failed != NULL)
        g_array_set_size(result->failed, 0);
    result->joined_count = result->failed_count = 0;
    result->old_tip = result->new_tip = result->fork = chain->tip;
}

KetteChain *
kette_chain_new(KetteStore *store, uint32_t orphan_limit)
{
    KetteChain *chain = g_aligned_alloc0(1, sizeof *chain, KETTE_CACHE_LINE);
    Mark *genesis;

    chain->store = store;
    chain->tip = kette_store_genesis(store);
    kette_store_move_tip(store, NULL, chain->tip);
    kette_orphans_init(&chain->orphans, orphan_limit);
    genesis = kette_chain_mark(chain, chain->tip);
    genesis->flags = MARK_HEADER | MARK_JOINED;
    genesis->sequence = ++chain->sequence;
    return chain;
}

void
kette_chain_set_random(KetteChain *chain, uint64_t (*draw)(void *user), void *user)
{
    chain->draw = draw;
    chain->draw_user = user;
}

void
kette_chain_set_clock_offset(KetteChain *chain, int64_t offset_ns)
{
    chain->clock_offset_ns = offset_ns;
}

void
kette_chain_free(KetteChain *chain)
{
    if (chain == NULL)
        return;
    kette_orphans_clear(&chain->orphans);
    if (chain->candidates != NULL)
        g_ptr_array_unref(chain->candidates);
    kette_store_move_tip(chain->store, chain->tip, NULL);
    g_free(chain->marks);
    g_clear_pointer(&chain->odd_marks, g_array_unref);
    g_free(chain->subtrees);
    g_clear_pointer(&chain->in_order, g_ptr_array_unref);
    g_aligned_free(chain);
}

const KetteEntry *
kette_chain_tip(const KetteChain *chain)
{
    return chain->tip;
}

KetteStore *
kette_chain_store(const KetteChain *chain)
{
    return chain->store;
}

const KetteEntry *
kette_chain_find(const KetteChain *chain, const KetteHash *id)
{
    const KetteEntry *entry = kette_store_find(chain->store, id);

    return entry != NULL && (mark_get(chain, entry).flags & MARK_HEADER) != 0 ? entry : NULL;
}

bool
kette_chain_has_joined(const KetteChain *chain, const KetteEntry *entry)
{
    return (mark_get(chain, entry).flags & MARK_JOINED) != 0;
}

bool
kette_chain_is_failed(const KetteChain *chain, const KetteEntry *entry)
{
    return (mark_get(chain, entry).flags & MARK_BAD) != 0;
}

bool
kette_chain_is_active(const KetteChain *chain, const KetteEntry *entry)
{
    return kette_entry_is_ancestor(entry, chain->tip);
}

bool
kette_chain_knows_body(const KetteChain *chain, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(chain, id);

    if (entry != NULL && (mark_get(chain, entry).flags & (MARK_JOINED | MARK_BAD)) != 0)
        return true;
    return kette_orphans_has(&chain->orphans, id);
}

uint32_t
kette_chain_orphan_count(const KetteChain *chain)
{
    return chain->orphans.count;
}

KetteBlockStatus
kette_chain_status(const KetteChain *chain, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(chain, id);
    uint8_t flags = entry ? mark_get(chain, entry).flags : 0;

    if (flags & MARK_FAILED)
        return KETTE_STATUS_INVALID;
    if (flags & MARK_FAILED_ANCESTOR)
        return KETTE_STATUS_INVALID_ANCESTOR;
    if (flags & MARK_PARKED)
        return KETTE_STATUS_PARKED;
    if (flags & MARK_JOINED)
        return kette_chain_is_active(chain, entry) ? KETTE_STATUS_ACTIVE : KETTE_STATUS_SIDE;
    return kette_orphans_has(&chain->orphans, id) ? KETTE_STATUS_ORPHAN : KETTE_STATUS_UNKNOWN;
}

const char *
kette_block_status_name(KetteBlockStatus status)
{
    static const char names[][20] = {"unknown", "active",           "side",  "orphan",
                                     "invalid", "invalid-ancestor", "parked"};

    kette_assert(status < G_N_ELEMENTS(names));
    return names[status];
}

static void
prefetch_marks(const KetteChain *chain)
{
    uint32_t young = kette_store_count(chain->store) - chain->mark_base;

    if (young > 0 && chain->mark_count > 0)
        __builtin_prefetch(&chain->marks[MIN(young, chain->mark_count) - 1], 1);
}

void
kette_chain_prefetch(const KetteChain *chain, KetteChainPart part)
{
    switch (part) {
    case KETTE_CHAIN_HEAD:
        __builtin_prefetch(chain, 1);
        break;
    case KETTE_CHAIN_WHOLE:
        for (size_t at = 0; at < sizeof *chain; at += KETTE_CACHE_LINE)
            __builtin_prefetch((const char *)chain + at, 1);
        break;
    case KETTE_CHAIN_MARKS:
        prefetch_marks(chain);
    }
}

/* --- taking in --------------------------------------------------------------------------- */

static bool
is_after_final(const KetteChain *chain, const KetteEntry *entry)
{
    return kette_choice_contradicts_final(chain, entry) && !kette_chain_has_joined(chain, entry);
}

KetteVerdict
kette_chain_add_header(KetteChain *chain, const KetteEntry **ret_entry, const KetteHeader *header,
                       const KetteHash *id, int64_t now_ns)
{
    const KetteParams *params = params_of(chain);
    const KetteEntry *entry = kette_chain_find(chain, id), *parent;
    KetteVerdict verdict;
    Mark *mark;

    if (entry != NULL) {
        *ret_entry = entry;
        if (kette_chain_is_failed(chain, entry))
            return mark_get(chain, entry).verdict;
        return is_after_final(chain, entry) ? KETTE_AFTER_FINAL : KETTE_OK;
    }
    parent = kette_chain_find(chain, &header->previous);
    if (parent == NULL)
        return KETTE_UNKNOWN_PARENT;
    verdict = kette_rules_header_clock(
        params, header, kette_params_clock_s(params, now_ns + chain->clock_offset_ns));
    if (verdict != KETTE_OK)
        return verdict;
    verdict = kette_store_add_header(chain->store, &entry, header, id);
    if (entry == NULL)
        return verdict; /* not worth a place */
    if (verdict == KETTE_OK && kette_chain_is_failed(chain, parent))
        verdict = KETTE_INVALID_ANCESTOR;
    mark = kette_chain_mark(chain, entry);
    mark->flags |= MARK_HEADER;
    *ret_entry = entry;
    if (verdict == KETTE_OK)
        return is_after_final(chain, entry) ? KETTE_AFTER_FINAL : KETTE_OK;
    mark_bad(mark, verdict);
    return verdict;
}

static void
join(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry)
{
    Mark *mark = kette_chain_mark(chain, entry);

    mark->flags |= MARK_JOINED;
    mark->sequence = ++chain->sequence;
    if (params_of(chain)->tie == KETTE_TIE_RANDOM && chain->draw != NULL && !chain->restoring)
        mark->sequence = (uint32_t)(chain->draw(chain->draw_user) >> 32);
    if (chain->restoring) {
        mark->sequence = chain->restored_preference;
        chain->sequence = MAX(chain->sequence, mark->sequence);
    }
    add_joined(result, entry);
    if (mark_get(chain, entry->parent).flags & MARK_PARKED)
        kette_choice_park(chain, result, entry);
    else if (!is_ghost(chain) && !chain->restoring)
        kette_choice_add_candidate(chain, entry);
    if (is_ghost(chain))
        kette_ghost_join(chain, entry);
}

/* An orphan must at least have paid for its place: its own header holds, and the body is the one
 * that the header commits to, so that a wrong body cannot keep the place of the right one. */
static KetteVerdict
keep_orphan(KetteChain *chain, KetteBlock *block, uint32_t source, int64_t now_ns)
{
    KetteVerdict verdict = kette_rules_header(params_of(chain), kette_store_hasher(chain->store),
                                              &block->header, &block->id);

    if (verdict == KETTE_OK)
        verdict = kette_rules_body_match(kette_store_hasher(chain->store), block);
    if (verdict != KETTE_OK)
        return verdict;
    kette_orphans_add(&chain->orphans, block, source, now_ns);
    return KETTE_UNKNOWN_PARENT;
}

/* Joins one body or says why not; *ret_entry is NULL when the view has no entry for it. */
KetteVerdict
kette_chain_take_block(KetteChain *chain, KetteChainResult *result, const KetteEntry **ret_entry,
                       KetteBlock *block, uint32_t source, int64_t now_ns)
{
    const KetteEntry *entry = NULL;
    KetteVerdict verdict =
        kette_chain_add_header(chain, &entry, &block->header, &block->id, now_ns);

    *ret_entry = entry;
    if (verdict == KETTE_UNKNOWN_PARENT)
        return keep_orphan(chain, block, source, now_ns);
    if (verdict != KETTE_OK)
        return verdict;
    if (kette_chain_has_joined(chain, entry))
        return KETTE_ALREADY_KNOWN;
    verdict = kette_store_add_body(chain->store, entry, block);
    if (verdict == KETTE_BAD_COMMITMENT || verdict == KETTE_MUTATED_BODY)
        return verdict;
    if (verdict != KETTE_OK) {
        kette_choice_fail_branch(chain, result, entry, verdict);
        return verdict;
    }
    if (!kette_chain_has_joined(chain, entry->parent)) {
        kette_orphans_add(&chain->orphans, block, source, now_ns);
        return KETTE_UNKNOWN_PARENT;
    }
    if (is_ghost(chain)) {
        verdict = kette_store_connect(chain->store, entry);
        if (verdict != KETTE_OK) {
            kette_choice_fail_branch(chain, result, entry, verdict);
            return verdict;
        }
    }
    join(chain, result, entry);
    return KETTE_OK;
}

/* Says once that an orphan is bad, and who sent it. */
static void
report_orphan(KetteChainResult *result, const KetteJudged *judged)
{
    for (uint32_t i = 0; i < result->failed_count; i++) {
        KetteJudged *told = &g_array_index(result->failed, KetteJudged, i);

        if (told->entry == judged->entry) {
            told->source = judged->source;
            return;
        }
    }
    kette_chain_result_add_failed(result, judged);
}

/* Lets orphans in whose parent has just joined, or has just turned out bad. */
static void
adopt_orphans(KetteChain *chain, KetteChainResult *result, const KetteHash *parent, int64_t now_ns)
{
    g_autoptr(GArray) parents = NULL;
    KetteOrphan orphan;

    if (chain->orphans.count == 0)
        return;
    parents = g_array_new(FALSE, FALSE, sizeof(KetteHash));
    g_array_append_vals(parents, parent, 1);
    for (guint i = 0; i < parents->len; i++) {
        KetteHash id = g_array_index(parents, KetteHash, i);

        while (kette_orphans_take_child(&chain->orphans, &orphan, &id)) {
            const KetteEntry *entry;
            KetteVerdict verdict =
                kette_chain_take_block(chain, result, &entry, orphan.block, orphan.source, now_ns);

            /* Only what joined or is marked changes anything for those that wait above it; a wrong
             * body did neither, and its children would come back here without end. */
            if (entry != NULL && (mark_get(chain, entry).flags & (MARK_JOINED | MARK_BAD)) != 0)
                g_array_append_vals(parents, &orphan.block->id, 1);
            if (entry != NULL && kette_chain_is_failed(chain, entry))
                report_orphan(result, &(KetteJudged){entry, verdict, orphan.source});
            kette_block_unref(orphan.block);
        }
    }
}

KetteVerdict
kette_chain_add_block(KetteChain *chain, KetteChainResult *result, KetteBlock *block,
                      uint32_t source, int64_t now_ns)
{
    const KetteEntry *entry;
    KetteVerdict verdict;

    kette_chain_result_reset(chain, result);
    if (kette_orphans_has(&chain->orphans, &block->id))
        return KETTE_ALREADY_KNOWN;
    verdict = kette_chain_take_block(chain, result, &entry, block, source, now_ns);
    if (entry == NULL || (verdict != KETTE_OK && !kette_chain_is_failed(chain, entry)))
        return verdict;
    adopt_orphans(chain, result, &block->id, now_ns);
    if (is_ghost(chain))
        kette_ghost_activate(chain, result, kette_ghost_changed_from(chain, result));
    else
        kette_choice_activate(chain, result);
    if (kette_chain_is_failed(chain, entry))
        return mark_get(chain, entry).verdict;
    return mark_get(chain, entry).flags & MARK_PARKED ? KETTE_REORG_TOO_DEEP : verdict;
}

/* Joined blocks are a prefix of any branch: its end is found by halving. */
const KetteEntry *
kette_chain_last_joined(const KetteChain *chain, const KetteEntry *entry)
{
    uint64_t low = kette_entry_common(chain->tip, entry)->height, high = entry->height;

    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;

        if (kette_chain_has_joined(chain, kette_entry_ancestor(entry, middle)))
            low = middle;
        else
            high = middle - 1;
    }
    return kette_entry_ancestor(entry, low);
}

bool
kette_chain_wants(const KetteChain *chain, const KetteEntry *entry)
{
    return !kette_chain_is_failed(chain, entry) && !kette_choice_contradicts_final(chain, entry) &&
           (params_of(chain)->max_reorg == KETTE_NO_LIMIT ||
            (mark_get(chain, kette_chain_last_joined(chain, entry)).flags & MARK_PARKED) == 0);
}

uint32_t
kette_chain_preference(const KetteChain *chain, const KetteEntry *entry)
{
    return mark_get(chain, entry).sequence;
}

KetteVerdict
kette_chain_verdict(const KetteChain *chain, const KetteEntry *entry)
{
    Mark mark = mark_get(chain, entry);

    if ((mark.flags & MARK_BAD) != 0)
        return mark.verdict;
    return (mark.flags & MARK_PARKED) != 0 ? KETTE_REORG_TOO_DEEP : KETTE_OK;
}

/* --- locators ---------------------------------------------------------------------------- */

size_t
kette_chain_locator(const KetteEntry *from, KetteHash *ret_hashes)
{
    size_t count = 0;
    uint64_t step = 1;

    while (from->height > 0 && count < KETTE_LOCATOR_MAX - 1) {
        ret_hashes[count++] = from->id;
        from = kette_entry_ancestor(from, from->height - MIN(step, from->height));
        if (count >= 10)
            step *= 2;
    }
    while (from->parent != NULL)
        from = kette_entry_ancestor(from, 0);
    ret_hashes[count++] = from->id;
    return count;
}

const KetteEntry *
kette_chain_find_fork(const KetteChain *chain, const KetteHash *hashes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const KetteEntry *entry = kette_chain_find(chain, &hashes[i]);

        if (entry != NULL && (is_ghost(chain) ? kette_chain_has_joined(chain, entry)
                                              : kette_chain_is_active(chain, entry)))
            return entry;
    }
    return kette_store_genesis(chain->store);
}

void
kette_chain_expire_orphans(KetteChain *chain, int64_t before_ns)
{
    kette_orphans_expire(&chain->orphans, before_ns);
}

int64_t
kette_chain_oldest_orphan_ns(const KetteChain *chain)
{
    return chain->orphans.count > 0 ? chain->orphans.items[0].since_ns : INT64_MAX;
}

void
kette_chain_forget_source(KetteChain *chain, uint32_t source)
{
    kette_orphans_forget_source(&chain->orphans, source);
}

/* --- audit ------------------------------------------------------------------------------- */

static const char *
audit_entry(const KetteChain *chain, const KetteEntry *entry, Mark mark)
{
    Mark parent = entry->parent ? mark_get(chain, entry->parent) : mark;

    if (entry->parent != NULL && entry->height != entry->parent->height + 1)
        return "heights are not contiguous";
    if ((mark.flags & MARK_HEADER) && !(parent.flags & MARK_HEADER))
        return "a header is here without its parent's";
    if ((mark.flags & MARK_JOINED) && !(parent.flags & MARK_JOINED))
        return "a block joined before its parent";
    if ((parent.flags & MARK_BAD) && !(mark.flags & MARK_BAD))
        return "a block on a bad one is not marked";
    if ((parent.flags & MARK_PARKED) && (mark.flags & MARK_JOINED) && !(mark.flags & MARK_PARKED))
        return "a block on a parked one is not parked";
    if ((mark.flags & MARK_JOINED) && !(mark.flags & (MARK_BAD | MARK_PARKED)) &&
        !is_ghost(chain) && kette_choice_beats_tip(chain, entry) && entry->connected &&
        entry->connect_verdict == KETTE_OK)
        return "a connected block beats the tip";
    return NULL;
}

const char *
kette_chain_audit(const KetteChain *chain)
{
    Mark tip = mark_get(chain, chain->tip);

    if (!(tip.flags & MARK_JOINED) || (tip.flags & MARK_BAD))
        return "the tip is not a good, joined block";
    if (!chain->tip->connected || chain->tip->connect_verdict != KETTE_OK)
        return "the tip is not connected";
    if (!kette_store_supply_holds(chain->store, chain->tip))
        return "supply is not conserved";
    if (chain->orphans.count > chain->orphans.limit)
        return "the orphan pool is over its limit";
    for (uint32_t i = 0; i < kette_store_count(chain->store); i++) {
        const KetteEntry *entry = kette_store_entry(chain->store, i);
        Mark mark = mark_get(chain, entry);
        const char *wrong = (mark.flags & MARK_HEADER) ? audit_entry(chain, entry, mark) : NULL;

        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}
