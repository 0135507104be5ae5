/* Walking the tree of headers; see entry.h. */
#include "core/chain/entry.h"

#include "core/base/assert.h"

static uint64_t
without_lowest_bit(uint64_t n)
{
    return n & (n - 1);
}

uint64_t
kette_entry_skip_height(uint64_t height)
{
    if (height < 2)
        return 0;
    return (height & 1) != 0 ? without_lowest_bit(without_lowest_bit(height - 1)) + 1
                             : without_lowest_bit(height);
}

/* Bitcoin Core's rule: take the skip unless the parent's skip is a better step. */
static bool
skip_is_better(uint64_t at, uint64_t want)
{
    uint64_t skip = kette_entry_skip_height(at), parent_skip = kette_entry_skip_height(at - 1);

    return skip == want || (skip > want && !(parent_skip + 2 < skip && parent_skip >= want));
}

const KetteEntry *
kette_entry_ancestor(const KetteEntry *entry, uint64_t height)
{
    if (height > entry->height)
        return NULL;
    while (entry->height > height) {
        if (entry->skip != NULL && skip_is_better(entry->height, height))
            entry = entry->skip;
        else
            entry = entry->parent;
    }
    return entry;
}

const KetteEntry *
kette_entry_common(const KetteEntry *a, const KetteEntry *b)
{
    uint64_t height = MIN(a->height, b->height);

    a = kette_entry_ancestor(a, height);
    b = kette_entry_ancestor(b, height);
    while (a != b) {
        if (a->skip != NULL && a->skip != b->skip) {
            a = a->skip;
            b = b->skip;
        } else {
            a = a->parent;
            b = b->parent;
        }
    }
    kette_assert(a != NULL);
    return a;
}

bool
kette_entry_is_ancestor(const KetteEntry *ancestor, const KetteEntry *of)
{
    return kette_entry_ancestor(of, ancestor->height) == ancestor;
}
