/* Fork choice by work or height: candidates, ties, finality, what is too deep, and the branch that
 * is executed when it would win; see chain.h for the rules. */
#include "core/chain/chain_impl.h"

#include "core/base/assert.h"
#include "core/base/limits.h"

/* By the chain's rule alone, ties open: < 0, 0, > 0. */
static int
compare_weight(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    const KetteParams *params = params_of(chain);

    if (params->compare != NULL)
        return params->compare(params->compare_user, a, b);
    if (params->fork_choice == KETTE_FORK_LONGEST)
        return (a->height > b->height) - (a->height < b->height);
    return kette_u256_compare(&a->work, &b->work);
}

/* Of two of equal weight, whether `a` is preferred. */
bool
kette_choice_tie_prefers(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    if (params_of(chain)->tie == KETTE_TIE_LOWEST_HASH)
        return kette_hash_compare(&a->id, &b->id) < 0;
    return mark_get(chain, a).sequence < mark_get(chain, b).sequence;
}

bool
kette_chain_outweighs(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    int order = compare_weight(chain, a, b);

    return order > 0 || (order == 0 && params_of(chain)->tie == KETTE_TIE_LOWEST_HASH &&
                         kette_choice_tie_prefers(chain, a, b));
}

bool
kette_choice_beats_tip(const KetteChain *chain, const KetteEntry *entry)
{
    int order = compare_weight(chain, entry, chain->tip);

    /* Equal weight keeps the first seen, and the tip is that whatever the sequence says. "Lowest
     * hash" would turn every tie into a reorg on half the network, and is a different protocol:
     * see docs/adr/0004-first-seen.md. */
    if (order == 0 && params_of(chain)->tie != KETTE_TIE_FIRST_SEEN)
        return kette_choice_tie_prefers(chain, entry, chain->tip);
    return order > 0;
}

bool
kette_chain_is_near(const KetteChain *chain, const KetteHeader *header)
{
    const KetteEntry *parent = kette_chain_find(chain, &header->previous), *tip = chain->tip;
    KetteU256 work, step, target;

    if (parent == NULL || tip->parent == NULL)
        return true;
    if (params_of(chain)->fork_choice == KETTE_FORK_LONGEST)
        return parent->height + 1 + KETTE_UNASKED_DEPTH >= tip->height;
    if (kette_u256_compare(&parent->work, &tip->work) >= 0)
        return true; /* the common case, without a division */
    if (kette_compact_decode(&target, header->bits) != KETTE_COMPACT_OK)
        return true;
    work = kette_work_of_target(&target);
    kette_u256_sub(&step, &tip->work, &tip->parent->work);
    /* A sum that leaves the range is more than any tip has. */
    return kette_u256_add(&work, &work, &parent->work) ||
           kette_u256_mul_u64(&step, &step, KETTE_UNASKED_DEPTH) ||
           kette_u256_add(&work, &work, &step) || kette_u256_compare(&work, &tip->work) >= 0;
}

/* The youngest block that is final, or NULL while there is none. */
static const KetteEntry *
final_entry(const KetteChain *chain)
{
    uint32_t finality = params_of(chain)->finality;

    if (finality == 0 || chain->tip->height + 1 <= finality)
        return NULL;
    return kette_entry_ancestor(chain->tip, chain->tip->height + 1 - finality);
}

bool
kette_choice_contradicts_final(const KetteChain *chain, const KetteEntry *entry)
{
    const KetteEntry *final = final_entry(chain);

    return final != NULL && !kette_entry_is_ancestor(final, entry) &&
           !kette_entry_is_ancestor(entry, final);
}

void
kette_choice_add_candidate(KetteChain *chain, const KetteEntry *entry)
{
    if (!kette_choice_beats_tip(chain, entry))
        return;
    if (chain->candidate == NULL && chain->candidates == NULL) {
        chain->candidate = entry; /* as nearly always: nothing from the heap for it */
        return;
    }
    if (chain->candidates == NULL)
        chain->candidates = g_ptr_array_new();
    g_ptr_array_add(chain->candidates, (gpointer)entry);
}

static bool
is_candidate(const KetteChain *chain, const KetteEntry *entry)
{
    return (mark_get(chain, entry).flags & (MARK_BAD | MARK_PARKED)) == 0 &&
           kette_choice_beats_tip(chain, entry);
}

/* The heaviest candidate, of equals the preferred one; NULL when none beats the tip. */
static const KetteEntry *
best_candidate(KetteChain *chain)
{
    const KetteEntry *best;

    if (chain->candidate != NULL && !is_candidate(chain, chain->candidate))
        chain->candidate = NULL;
    best = chain->candidate;
    for (guint i = 0; chain->candidates != NULL && i < chain->candidates->len;) {
        const KetteEntry *entry = g_ptr_array_index(chain->candidates, i);
        int order;

        if (!is_candidate(chain, entry)) {
            g_ptr_array_remove_index(chain->candidates, i);
            continue;
        }
        order = best ? compare_weight(chain, entry, best) : 1;
        if (order > 0 || (order == 0 && kette_choice_tie_prefers(chain, entry, best)))
            best = entry;
        i++;
    }
    if (best == NULL && chain->candidates != NULL)
        g_clear_pointer(&chain->candidates, g_ptr_array_unref);
    return best;
}

static void
mark_failed(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry,
            KetteVerdict verdict)
{
    Mark *mark = kette_chain_mark(chain, entry);

    mark_bad(mark, verdict);
    kette_chain_result_add_failed(result, &(KetteJudged){entry, verdict, KETTE_SOURCE_UNKNOWN});
}

static gint
compare_place(gconstpointer a, gconstpointer b)
{
    return kette_entry_compare_place(*(const KetteEntry *const *)a, *(const KetteEntry *const *)b);
}

/* `at` and what this view has above it, parents before children. Rarely asked for; a walk may be
 * long. */
static GPtrArray *
branch_from(const KetteChain *chain, const KetteEntry *at)
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
kette_choice_fail_branch(KetteChain *chain, KetteChainResult *result, const KetteEntry *at,
                         KetteVerdict verdict)
{
    g_autoptr(GPtrArray) branch = branch_from(chain, at);

    mark_failed(chain, result, at, verdict);
    for (guint i = 1; i < branch->len; i++) {
        if (!kette_chain_is_failed(chain, g_ptr_array_index(branch, i)))
            mark_failed(chain, result, g_ptr_array_index(branch, i), KETTE_INVALID_ANCESTOR);
    }
}

void
kette_choice_park(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry)
{
    kette_chain_mark(chain, entry)->flags |= MARK_PARKED;
    kette_chain_result_add_failed(
        result, &(KetteJudged){entry, KETTE_REORG_TOO_DEEP, KETTE_SOURCE_UNKNOWN});
}

/* What has joined above a parked block is parked with it. */
void
kette_choice_park_branch(KetteChain *chain, KetteChainResult *result, const KetteEntry *at)
{
    g_autoptr(GPtrArray) branch = branch_from(chain, at);

    for (guint i = 0; i < branch->len; i++) {
        const KetteEntry *entry = g_ptr_array_index(branch, i);

        if ((mark_get(chain, entry).flags & (MARK_JOINED | MARK_PARKED)) == MARK_JOINED)
            kette_choice_park(chain, result, entry);
    }
}

bool
kette_choice_is_too_deep(const KetteChain *chain, const KetteEntry *fork)
{
    return chain->tip->height - fork->height > params_of(chain)->max_reorg;
}

/* Executes the branch from above `fork` to `to`. The first entry that fails, or NULL. */
const KetteEntry *
kette_choice_connect(KetteChain *chain, KetteVerdict *ret_verdict, const KetteEntry *fork,
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

/* Moves the tip to the best candidate that connects; each failure marks at least one block bad,
 * so this ends. */
void
kette_choice_activate(KetteChain *chain, KetteChainResult *result)
{
    const KetteEntry *best, *bad, *fork;
    KetteVerdict verdict;

    while ((best = best_candidate(chain)) != NULL) {
        fork = kette_entry_common(chain->tip, best);
        if (kette_choice_is_too_deep(chain, fork)) {
            kette_choice_park_branch(chain, result, best);
            continue;
        }
        bad = kette_choice_connect(chain, &verdict, fork, best);
        if (bad == NULL) {
            result->new_tip = best;
            kette_chain_set_tip(chain, best);
            result->fork = fork;
            continue;
        }
        /* What stands below the fault is good, and a candidate already if it beats the tip. */
        kette_choice_fail_branch(chain, result, bad, verdict);
    }
}
