/* The fork rule ghost: at each fork it follows the child with the heaviest subtree; see chain.h. */
#include "core/chain/view.h"

/* What has joined from an entry on. */
struct KetteSubtree {
    KetteU256 work;
    uint32_t overflows;     /* of `work`: each branch fits 256 bits, but their sum may not */
    uint32_t last_sequence; /* of the block in it that joined last */
};

void
kette_ghost_clear(KetteGhost *ghost)
{
    g_free(ghost->subtrees);
}

size_t
kette_ghost_memory(const KetteGhost *ghost)
{
    return ghost->subtree_count * sizeof *ghost->subtrees;
}

static const KetteSubtree *
subtree_of(const KetteChain *chain, const KetteEntry *entry)
{
    static const KetteSubtree none = {.work = {{0}}};

    return entry->index < chain->ghost.subtree_count ? &chain->ghost.subtrees[entry->index] : &none;
}

static void
make_room(KetteChain *chain, uint32_t index)
{
    uint32_t count = index + 1 + index / 4;

    if (index < chain->ghost.subtree_count)
        return;
    chain->ghost.subtrees = g_renew(KetteSubtree, chain->ghost.subtrees, count);
    memset(chain->ghost.subtrees + chain->ghost.subtree_count, 0,
           (count - chain->ghost.subtree_count) * sizeof *chain->ghost.subtrees);
    chain->ghost.subtree_count = count;
}

/* Adds the block's weight to all its ancestors: O(height) a block. */
static void
weigh(KetteChain *chain, const KetteEntry *entry)
{
    uint32_t sequence = mark_get(chain, entry).sequence;
    KetteU256 own;

    kette_u256_sub(&own, &entry->work, &entry->parent->work);
    make_room(chain, entry->index);
    for (; entry != NULL; entry = entry->parent) {
        KetteSubtree *subtree = &chain->ghost.subtrees[entry->index];

        subtree->overflows += kette_u256_add(&subtree->work, &subtree->work, &own);
        subtree->last_sequence = MAX(subtree->last_sequence, sequence);
    }
}

void
kette_ghost_on_joined(KetteChain *chain, const KetteEntry *entry)
{
    kette_order_insert(chain, entry);
    weigh(chain, entry);
}

/* Weighs the subtree in which the way to `to` begins, and the headers at the end of the way whose
 * bodies are not here yet: they will weigh in it. */
KettePart
kette_ghost_part_above(const KetteChain *chain, const KetteEntry *fork, const KetteEntry *to)
{
    const KetteEntry *joined = kette_chain_last_joined(chain, to);
    KettePart part = {.overflows = 0};
    const KetteSubtree *subtree;
    KetteU256 headers;

    if (fork == to)
        return part;
    subtree = subtree_of(chain, kette_entry_ancestor(to, fork->height + 1));
    kette_u256_sub(&headers, &to->work, &joined->work);
    part.overflows = subtree->overflows + kette_u256_add(&part.low, &subtree->work, &headers);
    return part;
}

/* Weighs all that has joined and is good. */
static void
weigh_afresh(KetteChain *chain)
{
    memset(chain->ghost.subtrees, 0, chain->ghost.subtree_count * sizeof *chain->ghost.subtrees);
    for (uint32_t i = 1; i < kette_store_count(chain->store); i++) {
        const KetteEntry *entry = kette_store_entry(chain->store, i);

        if ((mark_get(chain, entry).flags & (MARK_JOINED | MARK_BAD)) == MARK_JOINED)
            weigh(chain, entry);
    }
}

/* Returns whether to follow `a` rather than `b`. Of equal subtrees, first-seen follows the one that
 * had its weight first. That is the active one if either is active; a tip saved before a restart
 * stays active whatever the order of the log. */
static bool
is_heavier(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    const KetteSubtree *of_a = subtree_of(chain, a), *of_b = subtree_of(chain, b);
    int order = kette_u256_compare(&of_a->work, &of_b->work);

    if (of_a->overflows != of_b->overflows)
        return of_a->overflows > of_b->overflows;
    if (order != 0)
        return order > 0;
    if (params_of(chain)->tie != KETTE_TIE_FIRST_SEEN)
        return kette_weight_breaks_tie(chain, a, b);
    if (kette_chain_is_active(chain, a) || kette_chain_is_active(chain, b))
        return kette_chain_is_active(chain, a);
    return of_a->last_sequence < of_b->last_sequence;
}

/* Returns the child of `at` to follow, or NULL when none can be. */
static const KetteEntry *
heaviest_child(const KetteChain *chain, const KetteEntry *at)
{
    const KetteEntry *best = NULL;

    for (const KetteEntry *child = at->first_child; child != NULL; child = child->next_sibling) {
        uint16_t flags = mark_get(chain, child).flags;

        if ((flags & MARK_JOINED) && !(flags & (MARK_BAD | MARK_PARKED)) &&
            !kette_branch_misses_checkpoint(chain, child) &&
            (best == NULL || is_heavier(chain, child, best)))
            best = child;
    }
    return best;
}

/* Returns the lowest entry above which a subtree has changed its weight. */
static const KetteEntry *
lowest_change(const KetteChain *chain, const KetteChainResult *result)
{
    const KetteEntry *from = chain->tip;

    for (uint32_t i = 0; i < result->joined.count; i++)
        from = kette_entry_common(from, kette_chain_result_joined(result, i));
    return from;
}

/* Follows the heaviest subtrees up from `from`. All that has joined is executed already. A branch
 * that is too deep is parked, and the walk begins again. */
static void
follow_heaviest(KetteChain *chain, KetteChainResult *result, const KetteEntry *from)
{
    const KetteEntry *to, *next, *fork;

    for (;;) {
        for (to = from; (next = heaviest_child(chain, to)) != NULL; to = next)
            ;
        fork = kette_entry_common(chain->tip, to);
        if (fork == to || !kette_branch_is_too_deep(chain, fork, to))
            break;
        kette_branch_park(chain, result, kette_entry_ancestor(to, fork->height + 1));
    }
    if (to != chain->tip) {
        result->new_tip = to;
        kette_view_set_tip(chain, to);
        result->fork = fork;
    }
}

void
kette_ghost_choose_tip(KetteChain *chain, KetteChainResult *result)
{
    follow_heaviest(chain, result, lowest_change(chain, result));
}

void
kette_ghost_choose_tip_afresh(KetteChain *chain, KetteChainResult *result)
{
    if (chain->ghost.subtrees != NULL)
        weigh_afresh(chain);
    follow_heaviest(chain, result, kette_store_genesis(chain->store));
}
