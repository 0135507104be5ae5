/* The fork rules most-work and longest: a block that joins and beats the tip is a candidate, and
 * its branch is executed when it would win. */
#include "core/chain/view.h"

void
kette_candidates_clear(KetteChain *chain)
{
    kette_small_list_clear(&chain->candidates, &chain->candidate_slot);
}

static void
propose(KetteChain *chain, const KetteEntry *entry)
{
    const KetteEntry **item;

    if (!kette_weight_beats_tip(chain, entry))
        return;
    item = kette_small_list_add(&chain->candidates, &chain->candidate_slot, sizeof *item);
    *item = entry;
}

/* Proposes a block that has joined. A restart proposes everything at its end, with the preference
 * that each block had. */
void
kette_candidate_on_joined(KetteChain *chain, const KetteEntry *entry)
{
    if (!chain->restoring)
        propose(chain, entry);
}

static bool
is_candidate(const KetteChain *chain, const KetteEntry *entry)
{
    return (mark_get(chain, entry).flags & (MARK_BAD | MARK_PARKED)) == 0 &&
           !kette_branch_misses_checkpoint(chain, entry) && kette_weight_beats_tip(chain, entry);
}

/* Returns the heaviest candidate, of equals the preferred one, or NULL when none beats the tip. */
static const KetteEntry *
best_candidate(KetteChain *chain)
{
    const KetteEntry *best = NULL;

    for (uint32_t i = 0; i < chain->candidates.count;) {
        const KetteEntry *entry = ((const KetteEntry **)chain->candidates.items)[i];
        int order;

        if (!is_candidate(chain, entry)) {
            kette_small_list_remove(&chain->candidates, &chain->candidate_slot, i, sizeof entry);
            continue;
        }
        order = best ? kette_weight_compare(chain, entry, best) : 1;
        if (order > 0 || (order == 0 && kette_weight_breaks_tie(chain, entry, best)))
            best = entry;
        i++;
    }
    return best;
}

/* Ends because each failure marks at least one block as bad. */
void
kette_candidate_choose_tip(KetteChain *chain, KetteChainResult *result)
{
    const KetteEntry *best, *bad, *fork;
    KetteVerdict verdict;

    while ((best = best_candidate(chain)) != NULL) {
        fork = kette_entry_common(chain->tip, best);
        if (kette_branch_is_too_deep(chain, fork, best)) {
            kette_branch_park(chain, result, best);
            continue;
        }
        bad = kette_branch_execute(chain, &verdict, fork, best);
        if (bad == NULL) {
            result->new_tip = best;
            kette_view_set_tip(chain, best);
            result->fork = fork;
            continue;
        }
        /* What stands below the fault is good, and a candidate already if it beats the tip. */
        kette_branch_fail(chain, result, bad, verdict);
    }
}

void
kette_candidate_choose_tip_afresh(KetteChain *chain, KetteChainResult *result)
{
    kette_candidates_clear(chain);
    for (uint32_t i = 0; i < kette_store_count(chain->store); i++) {
        const KetteEntry *entry = kette_store_entry(chain->store, i);

        if ((mark_get(chain, entry).flags & MARK_JOINED) != 0)
            propose(chain, entry);
    }
    kette_candidate_choose_tip(chain, result);
}
