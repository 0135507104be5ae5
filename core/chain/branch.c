/* Branches as a whole: executed, failed, parked, or shut out by a final block; see chain.h. */
#include "core/chain/view.h"

#include "core/base/assert.h"

/* Returns the youngest final block, or NULL while there is none. */
static const KetteEntry *
final_entry(const KetteChain *chain)
{
    uint32_t finality = params_of(chain)->finality;

    if (finality == 0 || chain->tip->height + 1 <= finality)
        return NULL;
    return kette_entry_ancestor(chain->tip, chain->tip->height + 1 - finality);
}

/* Returns whether the entry stands on another branch than `on`, which may be NULL. */
static bool
misses(const KetteEntry *on, const KetteEntry *entry)
{
    return on != NULL && !kette_entry_is_ancestor(on, entry) && !kette_entry_is_ancestor(entry, on);
}

bool
kette_branch_misses_checkpoint(const KetteChain *chain, const KetteEntry *entry)
{
    return misses(chain->checkpoint, entry);
}

bool
kette_branch_contradicts_final(const KetteChain *chain, const KetteEntry *entry)
{
    return misses(final_entry(chain), entry) || misses(chain->checkpoint, entry);
}

KetteVerdict
kette_branch_verdict_above(Mark parent)
{
    return parent.verdict == KETTE_INVALIDATED ? KETTE_INVALIDATED : KETTE_INVALID_ANCESTOR;
}

void
kette_branch_judge(KetteChain *chain, const KetteEntry *entry)
{
    Mark *mark = kette_chain_mark(chain, entry), parent;

    if (entry->parent == NULL || (mark->verdict != KETTE_OK && mark->verdict != KETTE_INVALIDATED))
        return;
    parent = mark_get(chain, entry->parent);
    mark->flags &= (uint16_t)~MARK_BAD;
    mark->verdict = KETTE_OK;
    if ((mark->flags & MARK_INVALIDATED) != 0)
        mark_bad(mark, KETTE_INVALIDATED);
    else if ((parent.flags & MARK_BAD) != 0)
        mark_bad(mark, kette_branch_verdict_above(parent));
}

bool
kette_branch_is_much_heavier(const KetteChain *chain, const KetteEntry *fork, const KetteEntry *to)
{
    KettePart ours, theirs;

    if (params_of(chain)->unpark == 0)
        return false;
    ours = chain->rule->part_above(chain, fork, chain->tip);
    theirs = chain->rule->part_above(chain, fork, to);
    return kette_weight_is_times(&theirs, &ours, params_of(chain)->unpark);
}

bool
kette_chain_wants(const KetteChain *chain, const KetteEntry *entry)
{
    return !kette_chain_is_failed(chain, entry) && !kette_branch_contradicts_final(chain, entry) &&
           (params_of(chain)->max_reorg == KETTE_NO_LIMIT ||
            (mark_get(chain, kette_chain_last_joined(chain, entry)).flags & MARK_PARKED) == 0 ||
            kette_branch_is_much_heavier(chain, kette_entry_common(chain->tip, entry), entry));
}

bool
kette_branch_is_too_deep(const KetteChain *chain, const KetteEntry *fork, const KetteEntry *to)
{
    if (chain->tip->height - fork->height <= params_of(chain)->max_reorg)
        return false;
    if (!chain->parks || kette_branch_is_much_heavier(chain, fork, to))
        return false;
    for (; to != fork; to = to->parent) {
        if ((mark_get(chain, to).flags & MARK_UNPARKED) != 0)
            return false;
    }
    return true;
}

static void
mark_failed(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry,
            KetteVerdict verdict)
{
    Mark *mark = kette_chain_mark(chain, entry);

    mark_bad(mark, verdict);
    kette_result_add_failed(result, &(KetteJudged){entry, verdict, KETTE_SOURCE_UNKNOWN});
}

static gint
compare_place(gconstpointer a, gconstpointer b)
{
    return kette_entry_compare_place(*(const KetteEntry *const *)a, *(const KetteEntry *const *)b);
}

GPtrArray *
kette_branch_from(const KetteChain *chain, const KetteEntry *at)
{
    GPtrArray *branch = g_ptr_array_new();

    g_ptr_array_add(branch, (gpointer)at);
    for (guint i = 0; i < branch->len; i++) {
        const KetteEntry *child = ((const KetteEntry *)g_ptr_array_index(branch, i))->first_child;

        for (; child != NULL; child = child->next_sibling) {
            if (mark_get(chain, child).flags & MARK_HEADER)
                g_ptr_array_add(branch, (gpointer)child);
        }
    }
    g_ptr_array_sort(branch, compare_place);
    return branch;
}

void
kette_branch_fail(KetteChain *chain, KetteChainResult *result, const KetteEntry *at,
                  KetteVerdict verdict)
{
    g_autoptr(GPtrArray) branch = kette_branch_from(chain, at);

    mark_failed(chain, result, at, verdict);
    for (guint i = 1; i < branch->len; i++) {
        if (!kette_chain_is_failed(chain, g_ptr_array_index(branch, i)))
            mark_failed(chain, result, g_ptr_array_index(branch, i), KETTE_INVALID_ANCESTOR);
    }
}

void
kette_branch_park_block(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry)
{
    kette_chain_mark(chain, entry)->flags |= MARK_PARKED;
    kette_result_add_failed(result,
                            &(KetteJudged){entry, KETTE_REORG_TOO_DEEP, KETTE_SOURCE_UNKNOWN});
}

void
kette_branch_park(KetteChain *chain, KetteChainResult *result, const KetteEntry *at)
{
    g_autoptr(GPtrArray) branch = kette_branch_from(chain, at);

    for (guint i = 0; i < branch->len; i++) {
        const KetteEntry *entry = g_ptr_array_index(branch, i);

        if ((mark_get(chain, entry).flags & (MARK_JOINED | MARK_PARKED)) == MARK_JOINED)
            kette_branch_park_block(chain, result, entry);
    }
}

bool
kette_branch_unpark_block(KetteChain *chain, const KetteEntry *entry)
{
    if ((mark_get(chain, entry).flags & MARK_PARKED) == 0)
        return false;
    /* If the block is parked again, that is saved again. */
    kette_chain_mark(chain, entry)->flags &= (uint16_t) ~(MARK_PARKED | MARK_VERDICT_SAVED);
    return true;
}

void
kette_branch_unpark(KetteChain *chain, const KetteEntry *at)
{
    g_autoptr(GPtrArray) branch = NULL;

    while (at->parent != NULL && (mark_get(chain, at->parent).flags & MARK_PARKED) != 0)
        at = at->parent;
    branch = kette_branch_from(chain, at);
    for (guint i = 0; i < branch->len; i++) {
        const KetteEntry *entry = g_ptr_array_index(branch, i);

        /* Parking had taken it from the candidates; if what made the branch heavy enough turns out
         * bad, the rest of it is judged again. */
        if (kette_branch_unpark_block(chain, entry) && chain->rule->propose != NULL)
            chain->rule->propose(chain, entry);
    }
}

const KetteEntry *
kette_branch_execute(KetteChain *chain, KetteVerdict *ret_verdict, const KetteEntry *fork,
                     const KetteEntry *to)
{
    uint64_t length = to->height - fork->height;
    g_autofree const KetteEntry **branch = NULL;

    if (length == 1) {
        kette_assert(kette_chain_has_joined(chain, to));
        *ret_verdict = kette_store_connect(chain->store, to);
        return *ret_verdict == KETTE_OK ? NULL : to;
    }
    branch = g_new(const KetteEntry *, length);
    for (uint64_t i = length; i-- > 0; to = to->parent)
        branch[i] = to;
    for (uint64_t i = 0; i < length; i++) {
        kette_assert(kette_chain_has_joined(chain, branch[i]));
        *ret_verdict = kette_store_connect(chain->store, branch[i]);
        if (*ret_verdict != KETTE_OK)
            return branch[i];
    }
    return NULL;
}
