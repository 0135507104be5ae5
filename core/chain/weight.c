/* Weight and ties: which of two branches is better, by the chain's rule. */
#include "core/chain/view.h"

#include "core/base/limits.h"

int
kette_weight_compare_work(const KetteEntry *a, const KetteEntry *b)
{
    return kette_u256_compare(&a->work, &b->work);
}

int
kette_weight_compare_height(const KetteEntry *a, const KetteEntry *b)
{
    return (a->height > b->height) - (a->height < b->height);
}

int
kette_weight_compare(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    const KetteParams *params = params_of(chain);

    if (params->compare != NULL)
        return params->compare(params->compare_user, a, b);
    return chain->rule->compare(a, b);
}

bool
kette_weight_breaks_tie(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    if (params_of(chain)->tie == KETTE_TIE_LOWEST_HASH)
        return kette_hash_compare(&a->id, &b->id) < 0;
    if (mark_get(chain, a).sequence != mark_get(chain, b).sequence)
        return mark_get(chain, a).sequence < mark_get(chain, b).sequence;
    /* Two draws may be equal, and two that have settled are: see mark.c. */
    return kette_hash_compare(&a->id, &b->id) < 0;
}

bool
kette_chain_outweighs(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    int order = kette_weight_compare(chain, a, b);

    return order > 0 || (order == 0 && params_of(chain)->tie == KETTE_TIE_LOWEST_HASH &&
                         kette_weight_breaks_tie(chain, a, b));
}

bool
kette_weight_beats_tip(const KetteChain *chain, const KetteEntry *entry)
{
    int order = kette_weight_compare(chain, entry, chain->tip);

    /* Equal weight keeps the first seen, and the tip is that whatever the sequence says. "Lowest
     * hash" would turn every tie into a reorg on half the network, and is a different protocol:
     * see docs/adr/0004-first-seen.md. */
    if (order == 0 && params_of(chain)->tie != KETTE_TIE_FIRST_SEEN)
        return kette_weight_breaks_tie(chain, entry, chain->tip);
    return order > 0;
}

bool
kette_weight_is_near_by_height(const KetteEntry *tip, const KetteEntry *parent,
                               const KetteHeader *header)
{
    (void)header;
    return parent->height + 1 + KETTE_UNASKED_DEPTH >= tip->height;
}

bool
kette_weight_is_near_by_work(const KetteEntry *tip, const KetteEntry *parent,
                             const KetteHeader *header)
{
    KetteU256 work, step, target;

    if (kette_u256_compare(&parent->work, &tip->work) >= 0)
        return true; /* the common case, without a division */
    if (kette_compact_decode(&target, header->bits) != KETTE_COMPACT_OK)
        return true;
    work = kette_work_of_target(&target);
    kette_u256_sub(&step, &tip->work, &tip->parent->work);
    /* A sum beyond 256 bits is more than any tip has. */
    return kette_u256_add(&work, &work, &parent->work) ||
           kette_u256_mul_u64(&step, &step, KETTE_UNASKED_DEPTH) ||
           kette_u256_add(&work, &work, &step) || kette_u256_compare(&work, &tip->work) >= 0;
}

bool
kette_chain_is_near(const KetteChain *chain, const KetteHeader *header)
{
    const KetteEntry *parent = kette_chain_find(chain, &header->previous);

    return parent == NULL || chain->tip->parent == NULL ||
           chain->rule->is_near(chain->tip, parent, header);
}
