/* What kette_chain_add_block() reports: see KetteChainResult in chain.h. */
#include "core/chain/view.h"

void
kette_chain_result_clear(KetteChainResult *result)
{
    if (result->more_joined != NULL)
        g_ptr_array_unref(result->more_joined);
    if (result->failed != NULL)
        g_array_unref(result->failed);
    *result = (KetteChainResult){0};
}

void
kette_result_add_joined(KetteChainResult *result, const KetteEntry *entry)
{
    if (result->joined_count++ == 0) {
        result->first_joined = entry;
        return;
    }
    if (result->more_joined == NULL)
        result->more_joined = g_ptr_array_new();
    g_ptr_array_add(result->more_joined, (gpointer)entry);
}

void
kette_result_add_failed(KetteChainResult *result, const KetteJudged *judged)
{
    if (result->failed == NULL)
        result->failed = g_array_new(FALSE, FALSE, sizeof(KetteJudged));
    g_array_append_vals(result->failed, judged, 1);
    result->failed_count++;
}

void
kette_result_reset(KetteChainResult *result, const KetteEntry *tip)
{
    if (result->more_joined != NULL)
        g_ptr_array_set_size(result->more_joined, 0);
    if (result->failed != NULL)
        g_array_set_size(result->failed, 0);
    result->joined_count = result->failed_count = 0;
    result->old_tip = result->new_tip = result->fork = tip;
}
