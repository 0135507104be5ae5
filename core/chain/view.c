/* What a view knows: look-ups by id and by mark. Nothing here changes a mark or chooses a tip. */
#include "core/chain/view.h"

#include "core/base/assert.h"

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

bool
kette_chain_needs_side_blocks(const KetteChain *chain)
{
    return chain->rule->side_blocks_weigh;
}

void
kette_view_set_tip(KetteChain *chain, const KetteEntry *entry)
{
    kette_store_move_tip(chain->store, chain->tip, entry);
    chain->tip = entry;
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

KetteBlockStatus
kette_chain_status(const KetteChain *chain, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(chain, id);
    uint16_t flags = entry ? mark_get(chain, entry).flags : 0;

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

/* Finds the end by halving, because joined blocks are a prefix of any branch. */
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
