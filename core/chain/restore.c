/* A view over a restart: what a log needs of it, and how it comes back; see chain.h, and
 * core/node/record.h for the log. */
#include "core/chain/chain_impl.h"

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

    kette_chain_result_reset(chain, result);
    if (parent == NULL || !kette_chain_has_joined(chain, parent))
        return KETTE_UNKNOWN_PARENT; /* nothing waits in a log */
    chain->restoring = true;
    chain->restored_preference = preference;
    verdict = kette_chain_take_block(chain, result, &entry, block, KETTE_NO_LIMIT, now_ns);
    chain->restoring = false;
    return verdict;
}

void
kette_chain_restore_mark(KetteChain *chain, KetteChainResult *result, const KetteHeader *header,
                         KetteVerdict verdict, int64_t now_ns)
{
    const KetteHash id = kette_header_id(kette_store_hasher(chain->store), header);
    const KetteEntry *entry = NULL;
    KetteVerdict held = kette_chain_add_header(chain, &entry, header, &id, now_ns);
    bool joined;

    kette_chain_result_reset(chain, result);
    if (entry == NULL || kette_chain_is_active(chain, entry))
        return;
    joined = kette_chain_has_joined(chain, entry);
    kette_chain_mark(chain, entry)->flags |= MARK_HEADER_SAVED;
    if (verdict == KETTE_REORG_TOO_DEEP && joined && held == KETTE_OK)
        kette_choice_park_branch(chain, result, entry);
    /* Under ghost what has joined was executed: its log lies. */
    if (kette_verdict_class(verdict) == KETTE_CLASS_INVALID && held == KETTE_OK &&
        !(joined && is_ghost(chain)))
        kette_choice_fail_branch(chain, result, entry, verdict);
    if (verdict != KETTE_OK)
        kette_chain_mark(chain, entry)->flags |= MARK_VERDICT_SAVED;
}

/* Everything joined that could take the tip's place; nothing was proposed while restoring. */
static void
propose_all(KetteChain *chain)
{
    for (uint32_t i = 0; i < kette_store_count(chain->store); i++) {
        const KetteEntry *entry = kette_store_entry(chain->store, i);

        if ((mark_get(chain, entry).flags & MARK_JOINED) != 0)
            kette_choice_add_candidate(chain, entry);
    }
}

void
kette_chain_restore_tip(KetteChain *chain, KetteChainResult *result, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(chain, id), *bad;
    uint8_t flags = entry ? mark_get(chain, entry).flags : 0;
    KetteVerdict verdict;

    kette_chain_result_reset(chain, result);
    if ((flags & MARK_JOINED) != 0 && (flags & (MARK_BAD | MARK_PARKED)) == 0) {
        bad = kette_choice_connect(chain, &verdict, kette_entry_common(chain->tip, entry), entry);
        if (bad == NULL)
            kette_chain_set_tip(chain, entry);
        else
            kette_choice_fail_branch(chain, result, bad, verdict);
    }
    if (is_ghost(chain)) {
        kette_ghost_activate(chain, result, kette_store_genesis(chain->store));
        return;
    }
    propose_all(chain);
    kette_choice_activate(chain, result);
}
