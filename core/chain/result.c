/* What kette_chain_add_block() reports: see KetteChainResult in chain.h. */
#include "core/chain/view.h"

void
kette_chain_result_clear(KetteChainResult *result)
{
    kette_small_list_clear(&result->joined, &result->joined_slot);
    kette_small_list_clear(&result->failed, NULL);
    *result = (KetteChainResult){0};
}

void
kette_result_add_joined(KetteChainResult *result, const KetteEntry *entry)
{
    const KetteEntry **item =
        kette_small_list_add(&result->joined, &result->joined_slot, sizeof *item);

    *item = entry;
}

void
kette_result_add_failed(KetteChainResult *result, const KetteJudged *judged)
{
    KetteJudged *item = kette_small_list_add(&result->failed, NULL, sizeof *item);

    *item = *judged;
}

void
kette_result_reset(KetteChainResult *result, const KetteEntry *tip)
{
    kette_chain_result_clear(result);
    result->old_tip = result->new_tip = result->fork = tip;
}
