/* What an operator does to a view by hand: invalidate, reconsider, unpark, checkpoint; see chain.h.
 */
#include "core/chain/view.h"

/* Returns whether the operator has marked this very block. */
static bool
is_invalidated(Mark mark)
{
    return (mark.flags & MARK_FAILED) != 0 && mark.verdict == KETTE_INVALIDATED;
}

static bool
invalidate(KetteChain *chain, KetteChainResult *result, const KetteEntry *at)
{
    g_autoptr(GPtrArray) branch = NULL;
    const Mark of_at = mark_get(chain, at);

    if (at->parent == NULL || (of_at.flags & MARK_FAILED) != 0 ||
        ((of_at.flags & MARK_BAD) != 0 && of_at.verdict != KETTE_INVALIDATED))
        return false;
    branch = kette_branch_from(chain, at);
    for (guint i = 0; i < branch->len; i++) {
        const KetteEntry *entry = g_ptr_array_index(branch, i);
        Mark *mark = kette_chain_mark(chain, entry);

        if ((mark->flags & MARK_BAD) != 0)
            continue;
        mark_bad(mark, KETTE_INVALIDATED);
        kette_result_add_failed(result,
                                &(KetteJudged){entry, KETTE_INVALIDATED, KETTE_SOURCE_UNKNOWN});
    }
    kette_chain_mark(chain, at)->flags |= MARK_FAILED;
    return true;
}

/* Takes the operator's mark from the block; false if it has none. */
static bool
clear(KetteChain *chain, const KetteEntry *entry)
{
    if (!is_invalidated(mark_get(chain, entry)))
        return false;
    kette_chain_mark(chain, entry)->flags ^= MARK_FAILED | MARK_FAILED_ANCESTOR;
    return true;
}

/* Judges anew a block that stands on an invalidated one, or did: by its parent, which was judged
 * before. */
static void
judge_by_parent(KetteChain *chain, const KetteEntry *entry)
{
    Mark *mark = kette_chain_mark(chain, entry), parent;

    if (mark->verdict != KETTE_INVALIDATED || (mark->flags & MARK_FAILED) != 0)
        return;
    mark->flags &= (uint8_t)~MARK_BAD;
    mark->verdict = KETTE_OK;
    parent = mark_get(chain, entry->parent);
    if ((parent.flags & MARK_BAD) != 0)
        mark_bad(mark, kette_branch_verdict_above(parent));
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
        judge_by_parent(chain, g_ptr_array_index(branch, i));
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
    branch = kette_branch_from(chain, at);
    for (guint i = 0; i < branch->len; i++)
        kette_chain_mark(chain, g_ptr_array_index(branch, i))->flags &= (uint8_t)~MARK_PARKED;
    kette_chain_mark(chain, at)->flags |= MARK_UNPARKED;
    for (at = at->parent; (mark_get(chain, at).flags & MARK_PARKED) != 0; at = at->parent)
        kette_chain_mark(chain, at)->flags &= (uint8_t)~MARK_PARKED;
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
