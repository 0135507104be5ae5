/* Locators: how two nodes find where their chains part. */
#include "core/chain/view.h"

#include "core/base/limits.h"

size_t
kette_chain_locator(const KetteEntry *from, const KetteEntry *through, KetteHash *ret_hashes)
{
    size_t count = 0;
    uint64_t step = 1;

    while (from->height > 0 && count < KETTE_LOCATOR_MAX - 1) {
        uint64_t down = MIN(step, from->height);

        if (from->height > through->height)
            down = MIN(down, from->height - through->height);
        ret_hashes[count++] = from->id;
        from = kette_entry_ancestor(from, from->height - down);
        if (count >= 10)
            step *= 2;
    }
    ret_hashes[count++] = kette_entry_ancestor(from, 0)->id;
    return count;
}

const KetteEntry *
kette_chain_find_fork(const KetteChain *chain, const KetteHash *hashes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const KetteEntry *entry = kette_chain_find(chain, &hashes[i]);

        if (entry != NULL && (chain->rule->side_blocks_weigh ? kette_chain_has_joined(chain, entry)
                                                             : kette_chain_is_active(chain, entry)))
            return entry;
    }
    return kette_store_genesis(chain->store);
}
