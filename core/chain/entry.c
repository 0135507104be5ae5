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

/* Returns whether the skip is the better step, by Bitcoin Core's rule: unless the parent's skip is
 * a better one. */
static bool
skip_is_better(uint64_t at, uint64_t want)
{
    uint64_t skip = kette_entry_skip_height(at), parent_skip = kette_entry_skip_height(at - 1);

    return skip == want || (skip > want && !(parent_skip + 2 < skip && parent_skip >= want));
}

static uint32_t
median_time(const KetteEntry *entry, uint32_t mtp_window)
{
    uint32_t times[31];
    unsigned count = 0;

    kette_assert(mtp_window <= G_N_ELEMENTS(times));
    for (; entry != NULL && count < mtp_window; entry = entry->parent) {
        uint32_t time = entry->header.time;
        unsigned at = count++;

        for (; at > 0 && times[at - 1] > time; at--)
            times[at] = times[at - 1];
        times[at] = time;
    }
    return times[count / 2];
}

static KetteU256
cumulative_work(const KetteEntry *entry)
{
    KetteU256 own, work = {{0}};

    if (entry->parent != NULL)
        work = entry->parent->work;
    if (entry->header_verdict != KETTE_OK)
        return work;
    own = kette_work_of_bits(entry->header.bits);
    if (kette_u256_add(&work, &work, &own))
        work = (KetteU256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    return work;
}

void
kette_entry_derive(KetteEntry *entry, uint32_t mtp_window)
{
    const KetteEntry *parent = entry->parent;

    entry->height = parent ? parent->height + 1 : 0;
    entry->skip =
        parent ? kette_entry_ancestor(parent, kette_entry_skip_height(entry->height)) : NULL;
    entry->work = cumulative_work(entry);
    entry->median_time = median_time(entry, mtp_window);
}

const KetteEntry *
kette_entry_ancestor(const KetteEntry *entry, uint64_t height)
{
    if (height > entry->height)
        return NULL;
    while (entry != NULL && entry->height > height) {
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

int
kette_entry_compare_place(const KetteEntry *a, const KetteEntry *b)
{
    if (a->height != b->height)
        return a->height < b->height ? -1 : 1;
    return kette_hash_compare(&a->id, &b->id);
}
