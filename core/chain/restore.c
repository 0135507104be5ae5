/* How a view survives a restart: what it gives to a log, and how it is rebuilt from one. The log
 * itself is core/node/record.h's. */
#include "core/chain/view.h"

GPtrArray *
kette_chain_take_unsaved(KetteChain *chain, const KetteEntry *entry)
{
    GPtrArray *path = g_ptr_array_new();
    Mark *mark = kette_chain_mark(chain, entry);

    if ((mark->flags & MARK_VERDICT_SAVED) != 0)
        return path;
    g_ptr_array_add(path, (gpointer)entry);
    mark->flags |= MARK_HEADER_SAVED | MARK_VERDICT_SAVED;
    for (;;) { /* genesis has joined */
        entry = entry->parent;
        mark = kette_chain_mark(chain, entry);
        if ((mark->flags & (MARK_JOINED | MARK_HEADER_SAVED)) != 0)
            return path;
        mark->flags |= MARK_HEADER_SAVED;
        g_ptr_array_insert(path, 0, (gpointer)entry);
    }
}

KetteVerdict
kette_chain_restore_block(KetteChain *chain, KetteChainResult *result, KetteBlock *block,
                          uint32_t preference, int64_t now_ns)
{
    const KetteEntry *parent = kette_chain_find(chain, &block->header.previous), *entry;
    KetteVerdict verdict;

    kette_result_reset(result, chain->tip);
    if (parent == NULL || !kette_chain_has_joined(chain, parent))
        return KETTE_UNKNOWN_PARENT; /* a log has no orphans */
    chain->restoring = true;
    chain->restored_preference = preference;
    verdict = kette_chain_join_body(chain, result, &entry, block, KETTE_SOURCE_UNKNOWN, now_ns);
    chain->restoring = false;
    return verdict;
}

void
kette_chain_restore_mark(KetteChain *chain, KetteChainResult *result, const KetteHeader *header,
                         KetteVerdict verdict, int64_t now_ns)
{
    const KetteHash id = kette_header_id(kette_store_hasher(chain->store), header);
    const KetteEntry *entry = NULL;
    KetteVerdict held;
    bool joined;

    kette_result_reset(result, chain->tip);
    chain->restoring = true;
    held = kette_chain_add_header(chain, &entry, header, &id, now_ns);
    chain->restoring = false;
    if (entry == NULL || kette_chain_is_active(chain, entry))
        return;
    joined = kette_chain_has_joined(chain, entry);
    kette_chain_mark(chain, entry)->flags |= MARK_HEADER_SAVED;
    if (verdict == KETTE_REORG_TOO_DEEP && joined && held == KETTE_OK)
        kette_branch_park(chain, result, entry);
    /* Where side blocks weigh, what has joined was executed: the log lies. */
    if (kette_verdict_class(verdict) == KETTE_CLASS_INVALID && held == KETTE_OK &&
        !(joined && chain->rule->side_blocks_weigh))
        kette_branch_fail(chain, result, entry, verdict);
    if (verdict != KETTE_OK)
        kette_chain_mark(chain, entry)->flags |= MARK_VERDICT_SAVED;
}

void
kette_chain_forget_verdicts(KetteChain *chain)
{
    for (uint32_t i = 0; i < kette_store_count(chain->store); i++) {
        const KetteEntry *entry = kette_store_entry(chain->store, i);
        Mark *mark;

        if (!kette_chain_is_failed(chain, entry) || entry->header_verdict != KETTE_OK)
            continue;
        mark = kette_chain_mark(chain, entry);
        mark->flags &= (uint16_t) ~(MARK_BAD | MARK_VERDICT_SAVED);
        mark->verdict = KETTE_OK;
        kette_branch_judge(chain, entry);
    }
}

void
kette_chain_restore_taken(KetteChain *chain, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(chain, id);

    if (params_of(chain)->unpark != 0 && entry != NULL &&
        (mark_get(chain, entry).flags & MARK_PARKED) != 0)
        kette_branch_unpark(chain, entry);
}

/* Unparks the branches that are much heavier than that of the saved tip. */
static void
judge_parked(KetteChain *chain)
{
    for (uint32_t i = 0; params_of(chain)->unpark != 0 && i < kette_store_count(chain->store);
         i++) {
        const KetteEntry *entry = kette_store_entry(chain->store, i);

        if ((mark_get(chain, entry).flags & (MARK_PARKED | MARK_BAD)) == MARK_PARKED &&
            kette_branch_is_much_heavier(chain, kette_entry_common(chain->tip, entry), entry))
            kette_branch_unpark(chain, entry);
    }
}

void
kette_chain_restore_tip(KetteChain *chain, KetteChainResult *result, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(chain, id), *bad;
    uint16_t flags = entry ? mark_get(chain, entry).flags : 0;
    KetteVerdict verdict;

    kette_result_reset(result, chain->tip);
    if ((flags & MARK_JOINED) != 0 && (flags & (MARK_BAD | MARK_PARKED)) == 0 &&
        !kette_branch_misses_checkpoint(chain, entry)) {
        bad = kette_branch_execute(chain, &verdict, kette_entry_common(chain->tip, entry), entry);
        if (bad == NULL)
            kette_view_set_tip(chain, entry);
        else
            kette_branch_fail(chain, result, bad, verdict);
    }
    judge_parked(chain);
    chain->rule->choose_tip_afresh(chain, result);
}
