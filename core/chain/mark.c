/* Memory for marks that does not grow with the chain.
 *
 * Young entries have a place each, by index. An entry settles when no choice of a tip can depend on
 * its order of joining any more. Nearly all settled entries are on the chain and take no room; the
 * exceptions (never given to this node, refused, parked) are listed, and blocks beside the chain as
 * deep as SIDE_DEPTH. A settled mark is read and written as before, so SETTLED_DEPTH changes memory
 * and no result: what is lost is the order of joining, which decides between equals, and no block
 * of less work than the tip is ever its equal. An operator may take the tip back: then the tip is
 * preferred to its equals whatever the order, and equals beside the chain have theirs; below
 * SIDE_DEPTH ids decide. Where a draw decides instead of the order, nothing settles.
 */
#include "core/chain/view.h"

#include "core/base/limits.h"

#include <string.h>

/* Blocks below the tip. More keeps room for what a reorganisation would make odd. */
#define SETTLED_DEPTH 32
/* Blocks beside the chain keep their order so deep: as deep as others are taken unasked. */
#define SIDE_DEPTH KETTE_UNASKED_DEPTH
#define SETTLED_FLAGS (MARK_HEADER | MARK_JOINED)

/* A settled mark that differs from SETTLED_FLAGS. */
typedef struct {
    uint32_t index;
    Mark mark;
} OddMark;

/* Returns where `index` stands among the odd marks, or would stand. */
static guint
find_odd(const KetteMarks *marks, uint32_t index)
{
    guint low = 0, high = marks->odd != NULL ? marks->odd->len : 0;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (g_array_index(marks->odd, OddMark, middle).index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
is_odd_at(const KetteMarks *marks, guint at, uint32_t index)
{
    return marks->odd != NULL && at < marks->odd->len &&
           g_array_index(marks->odd, OddMark, at).index == index;
}

Mark
kette_marks_settled(const KetteMarks *marks, uint32_t index)
{
    guint at = find_odd(marks, index);

    return is_odd_at(marks, at, index) ? g_array_index(marks->odd, OddMark, at).mark
                                       : (Mark){.flags = SETTLED_FLAGS};
}

static Mark *
insert_odd(KetteMarks *marks, guint at, uint32_t index, Mark mark)
{
    const OddMark odd = {index, mark};

    if (marks->odd == NULL)
        marks->odd = g_array_new(FALSE, FALSE, sizeof(OddMark));
    g_array_insert_val(marks->odd, at, odd);
    return &g_array_index(marks->odd, OddMark, at).mark;
}

/* Returns whether no choice of a tip can depend on the order in which `entry` joined: the tip's
 * work falls only while a log is read back (see settle()) or by an operator's hand. */
static bool
may_settle(const KetteChain *chain, const KetteEntry *entry)
{
    return entry->height + SETTLED_DEPTH < chain->tip->height &&
           kette_u256_compare(&entry->work, &chain->tip->work) < 0;
}

/* Lets go of the order of blocks beside the chain that are deep below the tip. */
static void
forget_side_blocks(KetteChain *chain)
{
    GArray *odd = chain->marks.odd;
    guint kept = 0;

    for (guint i = 0; odd != NULL && i < odd->len; i++) {
        const OddMark *it = &g_array_index(odd, OddMark, i);

        if (it->mark.flags != SETTLED_FLAGS ||
            kette_store_entry(chain->store, it->index)->height + SIDE_DEPTH >= chain->tip->height)
            g_array_index(odd, OddMark, kept++) = *it;
    }
    if (odd != NULL)
        g_array_set_size(odd, kept);
}

/* Settles the entries that may, in order of index. Where side blocks weigh, a light block may lead
 * to the tip and its order of joining counts, so none does. */
static void
settle(KetteChain *chain)
{
    KetteMarks *marks = &chain->marks;
    uint32_t most = MIN(marks->count, kette_store_count(chain->store) - marks->base);
    uint32_t count = 0;

    if (chain->restoring || chain->rule->side_blocks_weigh ||
        params_of(chain)->tie == KETTE_TIE_RANDOM)
        return;
    for (; count < most; count++) {
        uint32_t index = marks->base + count;
        const KetteEntry *entry = kette_store_entry(chain->store, index);

        if (!may_settle(chain, entry))
            break;
        if (marks->young[count].flags != SETTLED_FLAGS || !kette_chain_is_active(chain, entry))
            insert_odd(marks, marks->odd != NULL ? marks->odd->len : 0, index, marks->young[count]);
    }
    forget_side_blocks(chain);
    marks->base += count;
    memmove(marks->young, marks->young + count, (marks->count - count) * sizeof(Mark));
    memset(marks->young + marks->count - count, 0, count * sizeof(Mark));
}

static void
make_room(KetteChain *chain, uint32_t index)
{
    KetteMarks *marks = &chain->marks;
    uint32_t count;

    if (marks->count > 0)
        settle(chain);
    if (index - marks->base < marks->count)
        return;
    count = MAX(index - marks->base + 1, marks->count + marks->count / 4 + 8);
    marks->young = g_renew(Mark, marks->young, count);
    memset(marks->young + marks->count, 0, (count - marks->count) * sizeof(Mark));
    marks->count = count;
}

Mark *
kette_chain_mark(KetteChain *chain, const KetteEntry *entry)
{
    KetteMarks *marks = &chain->marks;

    if (entry->index < marks->base) {
        guint at = find_odd(marks, entry->index);

        return is_odd_at(marks, at, entry->index)
                   ? &g_array_index(marks->odd, OddMark, at).mark
                   : insert_odd(marks, at, entry->index, (Mark){.flags = SETTLED_FLAGS});
    }
    if (entry->index - marks->base >= marks->count)
        make_room(chain, entry->index);
    return &marks->young[entry->index - marks->base];
}

void
kette_marks_clear(KetteMarks *marks)
{
    g_free(marks->young);
    g_clear_pointer(&marks->odd, g_array_unref);
}

size_t
kette_marks_memory(const KetteMarks *marks)
{
    return marks->count * sizeof(Mark) +
           (marks->odd != NULL ? marks->odd->len * sizeof(OddMark) : 0);
}
