/* Fork choice by subtree: weights and the walk along them; see chain.h. */
#include "core/chain/chain_impl.h"

static KetteU256
subtree_of(const KetteChain *chain, const KetteEntry *entry)
{
    return entry->index < chain->subtree_count ? chain->subtrees[entry->index] : (KetteU256){{0}};
}

/* A joined block weighs on all its ancestors. O(height) a block, and only under ghost. */
void
kette_ghost_add_weight(KetteChain *chain, const KetteEntry *entry)
{
    KetteU256 own;

    kette_u256_sub(&own, &entry->work, &entry->parent->work);
    if (entry->index >= chain->subtree_count) {
        uint32_t count = entry->index + 1 + entry->index / 4;

        chain->subtrees = g_renew(KetteU256, chain->subtrees, count);
        memset(chain->subtrees + chain->subtree_count, 0,
               (count - chain->subtree_count) * sizeof *chain->subtrees);
        chain->subtree_count = count;
    }
    for (; entry != NULL; entry = entry->parent)
        kette_u256_add(&chain->subtrees[entry->index], &chain->subtrees[entry->index], &own);
}

/* The child of `at` to follow: the heaviest subtree, then the active one or as the tie says. */
static const KetteEntry *
heaviest_child(const KetteChain *chain, const KetteEntry *at)
{
    const KetteEntry *best = NULL;

    for (const KetteEntry *child = at->first_child; child != NULL; child = child->next_sibling) {
        uint8_t flags = mark_get(chain, child).flags;
        KetteU256 weight = subtree_of(chain, child), best_weight;
        int order = 1;

        if (!(flags & MARK_JOINED) || (flags & (MARK_BAD | MARK_PARKED)))
            continue;
        if (best != NULL) {
            best_weight = subtree_of(chain, best);
            order = kette_u256_compare(&weight, &best_weight);
        }
        if (order == 0 && params_of(chain)->tie == KETTE_TIE_FIRST_SEEN &&
            kette_chain_is_active(chain, best))
            continue;
        if (order > 0 || (order == 0 && (kette_choice_tie_prefers(chain, child, best) ||
                                         (params_of(chain)->tie == KETTE_TIE_FIRST_SEEN &&
                                          kette_chain_is_active(chain, child)))))
            best = child;
    }
    return best;
}

/* The lowest point where a subtree has changed its weight. */
const KetteEntry *
kette_ghost_changed_from(const KetteChain *chain, const KetteChainResult *result)
{
    const KetteEntry *from = chain->tip;

    for (uint32_t i = 0; i < result->joined_count; i++)
        from = kette_entry_common(from, kette_chain_result_joined(result, i));
    return from;
}

/* Follows the heaviest subtrees. Everything joined is connected already. A branch that is too deep
 * is parked and the walk begins again. */
void
kette_ghost_activate(KetteChain *chain, KetteChainResult *result, const KetteEntry *from)
{
    const KetteEntry *to, *next, *fork;

    for (;;) {
        for (to = from; (next = heaviest_child(chain, to)) != NULL; to = next)
            ;
        fork = kette_entry_common(chain->tip, to);
        if (fork == to || !kette_choice_is_too_deep(chain, fork))
            break;
        kette_choice_park_branch(chain, result, kette_entry_ancestor(to, fork->height + 1));
    }
    if (to != chain->tip) {
        result->new_tip = to;
        kette_chain_set_tip(chain, to);
        result->fork = fork;
    }
}
