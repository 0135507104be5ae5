/* An operator's actions on blocks: invalidate, reconsider, unpark, checkpoint; see
 * chain.h. */
#include "core/chain/view.h"

static bool
invalidate(KetteChain *chain, KetteChainResult *result, const KetteEntry *at)
{
    g_autoptr(GPtrArray) branch = NULL;

    if (at->parent == NULL || (mark_get(chain, at).flags & MARK_INVALIDATED) != 0)
        return false;
    kette_chain_mark(chain, at)->flags |= MARK_INVALIDATED;
    branch = kette_branch_from(chain, at);
    for (guint i = 0; i < branch->len; i++) {
        const KetteEntry *entry = g_ptr_array_index(branch, i);
        const bool was_good = !kette_chain_is_failed(chain, entry);

        kette_branch_judge(chain, entry);
        if (was_good && kette_chain_is_failed(chain, entry))
            kette_result_add_failed(result,
                                    &(KetteJudged){entry, KETTE_INVALIDATED, KETTE_SOURCE_UNKNOWN});
    }
    return true;
}

/* Takes the operator's mark from the block; false if it has none. */
static bool
clear(KetteChain *chain, const KetteEntry *entry)
{
    if ((mark_get(chain, entry).flags & MARK_INVALIDATED) == 0)
        return false;
    kette_chain_mark(chain, entry)->flags &= (uint16_t)~MARK_INVALIDATED;
    return true;
}

/* Like Bitcoin Core's reconsiderblock, takes the marks of the block, of those below it and of those
 * above it (validation.cpp ResetBlockFailureFlags). */
static bool
reconsider(KetteChain *chain, const KetteEntry *at)
{
    g_autoptr(GPtrArray) above = kette_branch_from(chain, at), branch = NULL;
    const KetteEntry *lowest = at;
    bool changed = false;

    for (const KetteEntry *entry = at; entry != NULL; entry = entry->parent) {
        if (clear(chain, entry)) {
            changed = true;
            lowest = entry;
        }
    }
    for (guint i = 0; i < above->len; i++)
        changed |= clear(chain, g_ptr_array_index(above, i));
    branch = kette_branch_from(chain, lowest);
    for (guint i = 0; changed && i < branch->len; i++)
        kette_branch_judge(chain, g_ptr_array_index(branch, i));
    return changed;
}

/* Unparks the block with what stands on it, and what it stands on. */
static bool
unpark(KetteChain *chain, const KetteEntry *at)
{
    g_autoptr(GPtrArray) branch = NULL;

    at = kette_chain_last_joined(chain, at);
    if ((mark_get(chain, at).flags & MARK_PARKED) == 0)
        return false;
    kette_chain_mark(chain, at)->flags |= MARK_UNPARKED;
    branch = kette_branch_from(chain, at);
    for (guint i = 0; i < branch->len; i++)
        kette_branch_unpark_block(chain, g_ptr_array_index(branch, i));
    do
        at = at->parent;
    while (kette_branch_unpark_block(chain, at));
    return true;
}

static bool
set_checkpoint(KetteChain *chain, const KetteEntry *at)
{
    if (at == chain->checkpoint)
        return false;
    chain->checkpoint = at;
    return true;
}

bool
kette_chain_mark_by_hand(KetteChain *chain, KetteChainResult *result, KetteHand hand,
                         const KetteEntry *entry)
{
    kette_result_reset(result, chain->tip);
    switch (hand) {
    case KETTE_HAND_INVALIDATE:
        return invalidate(chain, result, entry);
    case KETTE_HAND_RECONSIDER:
        return reconsider(chain, entry);
    case KETTE_HAND_UNPARK:
        return unpark(chain, entry);
    case KETTE_HAND_CHECKPOINT:
        return set_checkpoint(chain, entry);
    }
    return false;
}

bool
kette_chain_act_by_hand(KetteChain *chain, KetteChainResult *result, KetteHand hand,
                        const KetteEntry *entry)
{
    const KetteEntry *tip = chain->tip;

    if (!kette_chain_mark_by_hand(chain, result, hand, entry))
        return false;
    while (kette_chain_is_failed(chain, tip) || kette_branch_misses_checkpoint(chain, tip))
        tip = tip->parent;
    if (tip != chain->tip) {
        result->new_tip = result->fork = tip;
        kette_view_set_tip(chain, tip);
    }
    chain->rule->choose_tip_afresh(chain, result);
    return true;
}

const char *
kette_hand_name(KetteHand hand)
{
    static const char names[][12] = {"invalidate", "reconsider", "unpark", "checkpoint"};

    return (size_t)hand < G_N_ELEMENTS(names) ? names[hand] : NULL;
}
