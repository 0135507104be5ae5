/* The marks of a view: what it knows of each entry, in memory that does not grow with the chain.
 *
 * Young entries have a place each, by index. Those that come before all that could still matter to
 * the choice of a tip settle: nearly all of them are here and have joined, and take no room; the
 * odd ones (never given to this node, refused, parked) are listed. A settled mark can still be read
 * and written, so how deep is deep is a matter of room alone and changes no result; what is lost is
 * the order of joining, which decides between equals: of work less than the tip's, none ever is.
 */
#include "core/chain/chain_impl.h"

#include <string.h>

/* Blocks below the tip. More keeps room for what a reorganisation would make odd. */
#define SETTLED_DEPTH 32
#define SETTLED_FLAGS (MARK_HEADER | MARK_JOINED)

/* Where index stands among the odd ones, or would stand. */
static guint
find_odd(const KetteChain *chain, uint32_t index)
{
    guint low = 0, high = chain->odd_marks != NULL ? chain->odd_marks->len : 0;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (g_array_index(chain->odd_marks, OddMark, middle).index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
is_odd_at(const KetteChain *chain, guint at, uint32_t index)
{
    return chain->odd_marks != NULL && at < chain->odd_marks->len &&
           g_array_index(chain->odd_marks, OddMark, at).index == index;
}

Mark
kette_mark_settled(const KetteChain *chain, uint32_t index)
{
    guint at = find_odd(chain, index);

    return is_odd_at(chain, at, index) ? g_array_index(chain->odd_marks, OddMark, at).mark
                                       : (Mark){.flags = SETTLED_FLAGS};
}

static Mark *
insert_odd(KetteChain *chain, guint at, uint32_t index, Mark mark)
{
    const OddMark odd = {index, mark};

    if (chain->odd_marks == NULL)
        chain->odd_marks = g_array_new(FALSE, FALSE, sizeof(OddMark));
    g_array_insert_val(chain->odd_marks, at, odd);
    return &g_array_index(chain->odd_marks, OddMark, at).mark;
}

/* The tip's work never falls, except while a log is read back. Under ghost a light block may lead
 * to the tip, and its order of joining counts. */
static bool
may_settle(const KetteChain *chain, const KetteEntry *entry)
{
    return entry->height + SETTLED_DEPTH < chain->tip->height &&
           kette_u256_compare(&entry->work, &chain->tip->work) < 0;
}

static void
settle(KetteChain *chain)
{
    uint32_t most = MIN(chain->mark_count, kette_store_count(chain->store) - chain->mark_base);
    uint32_t count = 0;

    if (chain->restoring || is_ghost(chain))
        return;
    for (; count < most; count++) {
        uint32_t index = chain->mark_base + count;

        if (!may_settle(chain, kette_store_entry(chain->store, index)))
            break;
        if (chain->marks[count].flags != SETTLED_FLAGS)
            insert_odd(chain, chain->odd_marks != NULL ? chain->odd_marks->len : 0, index,
                       chain->marks[count]);
    }
    chain->mark_base += count;
    memmove(chain->marks, chain->marks + count, (chain->mark_count - count) * sizeof(Mark));
    memset(chain->marks + chain->mark_count - count, 0, count * sizeof(Mark));
}

static void
make_room(KetteChain *chain, uint32_t index)
{
    uint32_t count;

    if (chain->mark_count > 0)
        settle(chain);
    if (index - chain->mark_base < chain->mark_count)
        return;
    count = MAX(index - chain->mark_base + 1, chain->mark_count + chain->mark_count / 4 + 8);
    chain->marks = g_renew(Mark, chain->marks, count);
    memset(chain->marks + chain->mark_count, 0, (count - chain->mark_count) * sizeof(Mark));
    chain->mark_count = count;
}

Mark *
kette_chain_mark(KetteChain *chain, const KetteEntry *entry)
{
    if (entry->index < chain->mark_base) {
        guint at = find_odd(chain, entry->index);

        return is_odd_at(chain, at, entry->index)
                   ? &g_array_index(chain->odd_marks, OddMark, at).mark
                   : insert_odd(chain, at, entry->index, (Mark){.flags = SETTLED_FLAGS});
    }
    if (entry->index - chain->mark_base >= chain->mark_count)
        make_room(chain, entry->index);
    return &chain->marks[entry->index - chain->mark_base];
}

size_t
kette_chain_memory(const KetteChain *chain)
{
    return sizeof *chain + chain->mark_count * sizeof(Mark) +
           (chain->odd_marks != NULL ? chain->odd_marks->len * sizeof(OddMark) : 0) +
           chain->subtree_count * sizeof(Subtree) + chain->orphans.room * sizeof(KetteOrphan) +
           chain->orphans.bytes;
}
