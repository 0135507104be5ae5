/* All blocks that have joined, in order of place, and sums of their ids: how two nodes find out
 * which side blocks they do not share. Kept only where side blocks weigh. */
#include "core/chain/view.h"

#include "core/base/bytes.h"

/* Returns the index of the first block that comes after `entry`. Nearly always the end. */
static guint
place_after(const GPtrArray *in_order, const KetteEntry *entry)
{
    guint low = 0, high = in_order != NULL ? in_order->len : 0;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (kette_entry_compare_place(in_order->pdata[middle], entry) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void
kette_order_insert(KetteChain *chain, const KetteEntry *entry)
{
    if (chain->in_order == NULL)
        chain->in_order = g_ptr_array_new();
    g_ptr_array_insert(chain->in_order, (gint)place_after(chain->in_order, entry), (gpointer)entry);
}

void
kette_order_clear(KetteChain *chain)
{
    g_clear_pointer(&chain->in_order, g_ptr_array_unref);
}

GPtrArray *
kette_chain_joined_after(const KetteChain *chain, const KetteEntry *from, guint most)
{
    const GPtrArray *in_order = chain->in_order;
    GPtrArray *found = g_ptr_array_new();

    for (guint at = place_after(in_order, from);
         in_order != NULL && at < in_order->len && found->len < most; at++)
        g_ptr_array_add(found, in_order->pdata[at]);
    return found;
}

/* Adds up the ids of the blocks from index `low` to below `high`. */
static uint64_t
sum_between(const GPtrArray *in_order, guint low, guint high)
{
    uint64_t sum = 0;

    for (; low < high; low++)
        sum += kette_get_le64(((const KetteEntry *)in_order->pdata[low])->id.b);
    return sum;
}

/* Places fall along a locator: sums up the first hash whole, and takes off for each later one the
 * blocks in between. */
void
kette_chain_sums(const KetteChain *chain, uint64_t *ret_sums, const KetteHash *hashes, size_t count)
{
    const GPtrArray *in_order = chain->in_order;
    const KetteEntry *above = NULL;
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        const KetteEntry *entry = kette_chain_find(chain, &hashes[i]);

        ret_sums[i] = 0;
        if (entry == NULL || !kette_chain_has_joined(chain, entry) ||
            (above != NULL && kette_entry_compare_place(entry, above) > 0))
            continue;
        if (above == NULL)
            sum = sum_between(in_order, 0, place_after(in_order, entry));
        else
            sum -=
                sum_between(in_order, place_after(in_order, entry), place_after(in_order, above));
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
