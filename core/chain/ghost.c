/* Fork choice by subtree: weights and the walk along them; see chain.h. */
#include "core/chain/chain_impl.h"

#include "core/base/bytes.h"

static const Subtree *
subtree_of(const KetteChain *chain, const KetteEntry *entry)
{
    static const Subtree none = {.work = {{0}}};

    return entry->index < chain->subtree_count ? &chain->subtrees[entry->index] : &none;
}

static void
make_room(KetteChain *chain, uint32_t index)
{
    uint32_t count = index + 1 + index / 4;

    if (index < chain->subtree_count)
        return;
    chain->subtrees = g_renew(Subtree, chain->subtrees, count);
    memset(chain->subtrees + chain->subtree_count, 0,
           (count - chain->subtree_count) * sizeof *chain->subtrees);
    chain->subtree_count = count;
}

/* The first place in in_order that comes after `entry`'s. Nearly always the end. */
static guint
place_after(const KetteChain *chain, const KetteEntry *entry)
{
    guint low = 0, high = chain->in_order->len;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (kette_entry_compare_place(chain->in_order->pdata[middle], entry) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* O(height) a block, and only under ghost. */
void
kette_ghost_join(KetteChain *chain, const KetteEntry *entry)
{
    uint32_t sequence = mark_get(chain, entry).sequence;
    KetteU256 own;

    if (chain->in_order == NULL)
        chain->in_order = g_ptr_array_new();
    g_ptr_array_insert(chain->in_order, (gint)place_after(chain, entry), (gpointer)entry);
    kette_u256_sub(&own, &entry->work, &entry->parent->work);
    make_room(chain, entry->index);
    for (; entry != NULL; entry = entry->parent) {
        Subtree *subtree = &chain->subtrees[entry->index];

        kette_u256_add(&subtree->work, &subtree->work, &own);
        subtree->last_sequence = MAX(subtree->last_sequence, sequence);
    }
}

GPtrArray *
kette_chain_joined_after(const KetteChain *chain, const KetteEntry *from, guint most)
{
    GPtrArray *found = g_ptr_array_new();
    guint at = chain->in_order != NULL ? place_after(chain, from) : 0;

    for (; chain->in_order != NULL && at < chain->in_order->len && found->len < most; at++)
        g_ptr_array_add(found, chain->in_order->pdata[at]);
    return found;
}

static uint64_t
sum_up_to(const KetteChain *chain, const KetteEntry *entry)
{
    guint end = chain->in_order != NULL ? place_after(chain, entry) : 0;
    uint64_t sum = 0;

    for (guint i = 0; i < end; i++)
        sum += kette_get_le64(((const KetteEntry *)chain->in_order->pdata[i])->id.b);
    return sum;
}

/* Places fall along a locator, so the sum of the first is taken and what lies between is taken off.
 */
void
kette_chain_sums(const KetteChain *chain, uint64_t *ret_sums, const KetteHash *hashes, size_t count)
{
    const KetteEntry *above = NULL;
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        const KetteEntry *entry = kette_chain_find(chain, &hashes[i]);

        ret_sums[i] = 0;
        if (entry == NULL || !kette_chain_has_joined(chain, entry) ||
            (above != NULL && kette_entry_compare_place(entry, above) > 0))
            continue;
        if (above == NULL) {
            sum = sum_up_to(chain, entry);
        } else {
            guint low = chain->in_order != NULL ? place_after(chain, entry) : 0;
            guint high = chain->in_order != NULL ? place_after(chain, above) : 0;

            for (; low < high; low++)
                sum -= kette_get_le64(((const KetteEntry *)chain->in_order->pdata[low])->id.b);
        }
        ret_sums[i] = sum;
        above = entry;
    }
}

const KetteEntry *
kette_chain_find_agreed(const KetteChain *chain, const KetteHash *hashes, const uint64_t *sums,
                        size_t count)
{
    g_autofree uint64_t *own = g_new(uint64_t, MAX(count, 1));

    kette_chain_sums(chain, own, hashes, count);
    for (size_t i = 0; i < count; i++) {
        const KetteEntry *entry = kette_chain_find(chain, &hashes[i]);

        if (entry != NULL && own[i] == sums[i] && kette_chain_has_joined(chain, entry))
            return entry;
    }
    return kette_store_genesis(chain->store);
}

/* Whether `a` is to be followed rather than `b`. Of equal subtrees, first-seen follows the one
 * that had its weight first. That is the active one if either is, but for a tip that was saved
 * before a restart and keeps its place whatever the order of the log. */
static bool
is_heavier(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    const Subtree *of_a = subtree_of(chain, a), *of_b = subtree_of(chain, b);
    int order = kette_u256_compare(&of_a->work, &of_b->work);

    if (order != 0)
        return order > 0;
    if (params_of(chain)->tie != KETTE_TIE_FIRST_SEEN)
        return kette_choice_tie_prefers(chain, a, b);
    if (kette_chain_is_active(chain, a) || kette_chain_is_active(chain, b))
        return kette_chain_is_active(chain, a);
    return of_a->last_sequence < of_b->last_sequence;
}

/* The child of `at` to follow. */
static const KetteEntry *
heaviest_child(const KetteChain *chain, const KetteEntry *at)
{
    const KetteEntry *best = NULL;

    for (const KetteEntry *child = at->first_child; child != NULL; child = child->next_sibling) {
        uint8_t flags = mark_get(chain, child).flags;

        if ((flags & MARK_JOINED) && !(flags & (MARK_BAD | MARK_PARKED)) &&
            (best == NULL || is_heavier(chain, child, best)))
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
