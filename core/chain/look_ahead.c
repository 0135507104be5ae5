/* Prefetching a view; see look_ahead.h. */
#include "core/chain/look_ahead.h"

#include "core/base/limits.h"
#include "core/chain/view.h"

static void
prefetch_newest_mark(const KetteChain *chain)
{
    const KetteMarks *marks = &chain->marks;
    uint32_t young = kette_store_count(chain->store) - marks->base;

    if (young > 0 && marks->count > 0)
        __builtin_prefetch(&marks->young[MIN(young, marks->count) - 1], 1);
}

void
kette_chain_prefetch(const KetteChain *chain, KetteChainPart part)
{
    switch (part) {
    case KETTE_CHAIN_HEAD:
        __builtin_prefetch(chain, 1);
        break;
    case KETTE_CHAIN_WHOLE:
        for (size_t at = 0; at < sizeof *chain; at += KETTE_CACHE_LINE)
            __builtin_prefetch((const char *)chain + at, 1);
        break;
    case KETTE_CHAIN_MARKS:
        prefetch_newest_mark(chain);
    }
}
