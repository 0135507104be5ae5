/* How headers and bodies come into a view. The fork rule (fork_rule.h) decides which tip follows;
 * chain.h says by which rules. */
#include "core/chain/view.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/chain/rules.h"

KetteChain *
kette_chain_new(KetteStore *store, uint32_t orphan_limit)
{
    KetteChain *chain = g_aligned_alloc0(1, sizeof *chain, KETTE_CACHE_LINE);
    Mark *genesis;

    chain->store = store;
    chain->tip = kette_store_genesis(store);
    kette_store_move_tip(store, NULL, chain->tip);
    chain->rule = kette_fork_rule_get(kette_store_params(store)->fork_choice);
    kette_orphans_init(&chain->orphans, orphan_limit);
    chain->parks = !params_of(chain)->parks_when_synced;
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

bool
kette_chain_parks(const KetteChain *chain)
{
    return chain->parks;
}

void
kette_chain_begin_parking(KetteChain *chain)
{
    chain->parks = true;
}

void
kette_chain_set_clock_offset(KetteChain *chain, int64_t offset_ns)
{
    chain->clock_offset_ns = offset_ns;
}

int64_t
kette_chain_clock_offset(const KetteChain *chain)
{
    return chain->clock_offset_ns;
}

void
kette_chain_free(KetteChain *chain)
{
    if (chain == NULL)
        return;
    kette_orphans_clear(&chain->orphans);
    kette_candidates_clear(chain);
    kette_store_move_tip(chain->store, chain->tip, NULL);
    kette_marks_clear(&chain->marks);
    kette_ghost_clear(&chain->ghost);
    kette_order_clear(chain);
    g_aligned_free(chain);
}

/* --- headers and bodies ------------------------------------------------------------------ */

static bool
is_after_final(const KetteChain *chain, const KetteEntry *entry)
{
    return kette_branch_contradicts_final(chain, entry) && !kette_chain_has_joined(chain, entry);
}

bool
kette_chain_is_next(const KetteChain *chain, const KetteBlock *block, int64_t now_ns)
{
    KetteHasher *hasher = kette_store_hasher(chain->store);
    const KetteEntry *tip = kette_chain_tip(chain);
    const KetteParams *params = kette_store_params_above(chain->store, tip);

    return kette_hash_equal(&block->header.previous, &tip->id) &&
           kette_rules_header(params, hasher, &block->header, &block->id) == KETTE_OK &&
           kette_rules_header_place(params, &block->header, tip) == KETTE_OK &&
           kette_rules_header_clock(
               params, &block->header,
               kette_params_clock_s(params, now_ns + chain->clock_offset_ns)) == KETTE_OK &&
           kette_rules_body_match(hasher, block) == KETTE_OK;
}

KetteVerdict
kette_chain_add_header(KetteChain *chain, const KetteEntry **ret_entry, const KetteHeader *header,
                       const KetteHash *id, int64_t now_ns)
{
    const KetteEntry *entry = kette_chain_find(chain, id), *parent;
    const KetteParams *params;
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
    params = kette_store_params_above(chain->store, parent);
    /* A header from the log passed this check when it came. The clock may be behind it now. */
    if (!chain->restoring) {
        verdict = kette_rules_header_clock(
            params, header, kette_params_clock_s(params, now_ns + chain->clock_offset_ns));
        if (verdict != KETTE_OK)
            return verdict;
    }
    verdict = kette_store_add_header(chain->store, &entry, header, id);
    if (entry == NULL)
        return verdict; /* not worth a place */
    if (verdict == KETTE_OK && kette_chain_is_failed(chain, parent))
        verdict = kette_branch_verdict_above(mark_get(chain, parent));
    mark = kette_chain_mark(chain, entry);
    mark->flags |= MARK_HEADER;
    *ret_entry = entry;
    if (verdict == KETTE_OK)
        return is_after_final(chain, entry) ? KETTE_AFTER_FINAL : KETTE_OK;
    mark_bad(mark, verdict);
    return verdict;
}

/* Returns what decides ties for the block that joins now: a draw or the order of joining; over a
 * restart, what it was before. */
static uint32_t
next_sequence(KetteChain *chain)
{
    if (chain->restoring) {
        chain->sequence = MAX(chain->sequence + 1, chain->restored_preference);
        return chain->restored_preference;
    }
    chain->sequence++;
    if (params_of(chain)->tie == KETTE_TIE_RANDOM && chain->draw != NULL)
        return (uint32_t)(chain->draw(chain->draw_user) >> 32);
    return chain->sequence;
}

/* Unparks the branch that ends with this block, which has joined, if it is now much heavier. A log
 * that is read back says by its tips what was taken. */
static bool
frees_branch(KetteChain *chain, const KetteEntry *entry)
{
    if (chain->restoring ||
        !kette_branch_is_much_heavier(chain, kette_entry_common(chain->tip, entry), entry))
        return false;
    kette_branch_unpark(chain, entry);
    return true;
}

static void
join(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry)
{
    Mark *mark = kette_chain_mark(chain, entry);

    mark->flags |= MARK_JOINED;
    mark->sequence = next_sequence(chain);
    kette_result_add_joined(result, entry);
    if (chain->rule->weigh != NULL)
        chain->rule->weigh(chain, entry);
    if ((mark_get(chain, entry->parent).flags & MARK_PARKED) && !frees_branch(chain, entry))
        kette_branch_park_block(chain, result, entry);
    else if (chain->rule->propose != NULL)
        chain->rule->propose(chain, entry);
}

/* Keeps an orphan that has paid for its place: its own header holds, and the body is the one that
 * the header commits to, so that a wrong body cannot take the place of the right one. */
static KetteVerdict
keep_orphan(KetteChain *chain, KetteBlock *block, uint32_t source, int64_t now_ns)
{
    KetteParams params = *params_of(chain);
    KetteVerdict verdict;

    params.min_version = kette_store_least_version(chain->store); /* its height is not known */
    verdict =
        kette_rules_header(&params, kette_store_hasher(chain->store), &block->header, &block->id);
    if (verdict == KETTE_OK)
        verdict = kette_rules_body_match(kette_store_hasher(chain->store), block);
    if (verdict != KETTE_OK)
        return verdict;
    kette_orphans_add(&chain->orphans, block, source, now_ns);
    return KETTE_UNKNOWN_PARENT;
}

KetteVerdict
kette_chain_join_body(KetteChain *chain, KetteChainResult *result, const KetteEntry **ret_entry,
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
    verdict = chain->restoring ? kette_store_restore_body(chain->store, entry, block)
                               : kette_store_add_body(chain->store, entry, block);
    if (verdict == KETTE_BAD_COMMITMENT || verdict == KETTE_MUTATED_BODY)
        return verdict;
    if (verdict != KETTE_OK) {
        kette_branch_fail(chain, result, entry, verdict);
        return verdict;
    }
    if (!kette_chain_has_joined(chain, entry->parent)) {
        kette_orphans_add(&chain->orphans, block, source, now_ns);
        return KETTE_UNKNOWN_PARENT;
    }
    if (chain->rule->side_blocks_weigh) {
        verdict = kette_store_connect(chain->store, entry);
        if (verdict != KETTE_OK) {
            kette_branch_fail(chain, result, entry, verdict);
            return verdict;
        }
    }
    join(chain, result, entry);
    return KETTE_OK;
}

/* Reports once that an orphan is bad, and who sent it. */
static void
report_orphan(KetteChainResult *result, const KetteJudged *judged)
{
    for (uint32_t i = 0; i < result->failed.count; i++) {
        KetteJudged *told = &((KetteJudged *)result->failed.items)[i];

        if (told->entry == judged->entry) {
            told->source = judged->source;
            return;
        }
    }
    kette_result_add_failed(result, judged);
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
                kette_chain_join_body(chain, result, &entry, orphan.block, orphan.source, now_ns);

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

    kette_result_reset(result, chain->tip);
    if (kette_orphans_has(&chain->orphans, &block->id))
        return KETTE_ALREADY_KNOWN;
    verdict = kette_chain_join_body(chain, result, &entry, block, source, now_ns);
    if (entry == NULL || (verdict != KETTE_OK && !kette_chain_is_failed(chain, entry)))
        return verdict;
    adopt_orphans(chain, result, &block->id, now_ns);
    chain->rule->choose_tip(chain, result);
    if (kette_chain_is_failed(chain, entry))
        return mark_get(chain, entry).verdict;
    return mark_get(chain, entry).flags & MARK_PARKED ? KETTE_REORG_TOO_DEEP : verdict;
}

/* --- orphans ----------------------------------------------------------------------------- */

uint32_t
kette_chain_orphan_count(const KetteChain *chain)
{
    return chain->orphans.count;
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

size_t
kette_chain_memory(const KetteChain *chain)
{
    return sizeof *chain + kette_marks_memory(&chain->marks) + kette_ghost_memory(&chain->ghost) +
           chain->orphans.room * sizeof(KetteOrphan) + chain->orphans.bytes;
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
        !chain->rule->side_blocks_weigh && !kette_branch_misses_checkpoint(chain, entry) &&
        kette_weight_beats_tip(chain, entry) && entry->connected &&
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
    if (kette_branch_misses_checkpoint(chain, chain->tip))
        return "the tip is beside the checkpoint";
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
