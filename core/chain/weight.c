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

KettePart
kette_weight_work_above(const KetteChain *chain, const KetteEntry *fork, const KetteEntry *to)
{
    KettePart part = {.overflows = 0};

    (void)chain;
    kette_u256_sub(&part.low, &to->work, &fork->work);
    return part;
}

KettePart
kette_weight_height_above(const KetteChain *chain, const KetteEntry *fork, const KetteEntry *to)
{
    (void)chain;
    return (KettePart){.low = kette_u256_from_u64(to->height - fork->height)};
}

/* Multiplies exactly: *ret_high * 2^128 + *ret_low, which has no more than 128 bits. */
static void
multiply(KetteU256 *ret_high, KetteU256 *ret_low, const KettePart *part, uint32_t by)
{
    const KetteU256 *a = &part->low;
    KetteU256 carry;

    *ret_low = (KetteU256){{a->limb[0], a->limb[1]}};
    *ret_high = (KetteU256){{a->limb[2], a->limb[3], part->overflows}};
    kette_u256_mul_u64(ret_low, ret_low, by);
    kette_u256_mul_u64(ret_high, ret_high, by);
    kette_u256_shift_right(&carry, ret_low, 128);
    kette_u256_add(ret_high, ret_high, &carry);
    ret_low->limb[2] = ret_low->limb[3] = 0;
}

bool
kette_weight_is_times(const KettePart *a, const KettePart *b, uint32_t thousandths)
{
    KetteU256 high_a, low_a, high_b, low_b;
    int order;

    multiply(&high_a, &low_a, a, 1000);
    multiply(&high_b, &low_b, b, thousandths);
    order = kette_u256_compare(&high_a, &high_b);
    return order > 0 || (order == 0 && kette_u256_compare(&low_a, &low_b) >= 0);
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
kette_chain_is_near(const KetteChain *chain, const KetteEntry *parent, const KetteHeader *header)
{
    return chain->tip->parent == NULL || chain->rule->is_near(chain->tip, parent, header);
}
