/* Times of the race for blocks; see race.h. */
#include "core/node/race.h"

#include "core/chain/retarget.h"
#include "core/chain/rules.h"

#define NEVER INT64_MAX
#define SECOND_NS INT64_C(1000000000)

uint32_t
kette_race_bits(const KetteStore *store, const KetteEntry *base, int64_t clock_ns)
{
    const KetteParams *params = kette_store_params_above(store, base);
    int64_t clock_s, earliest_s;

    if (params->min_difficulty_after_s == 0)
        return kette_retarget_next_in_time(params, base);
    clock_s = kette_params_clock_s(params, clock_ns);
    earliest_s = kette_rules_earliest_time(params, base);
    return kette_retarget_next(params, base, MAX(clock_s, earliest_s));
}

int64_t
kette_race_until_easier(const KetteStore *store, const KetteEntry *base, uint32_t bits,
                        int64_t clock_ns)
{
    const KetteParams *params = kette_store_params_above(store, base);
    int64_t at_s, rest;

    if (params->min_difficulty_after_s == 0 || bits == kette_params_limit_bits(params) ||
        (base->height + 1) % params->window == 0)
        return NEVER;
    at_s = (int64_t)base->header.time + params->min_difficulty_after_s + 1;
    if (at_s - params->genesis_time > NEVER / SECOND_NS)
        return NEVER;
    rest = (at_s - params->genesis_time) * SECOND_NS - clock_ns;
    return rest > 0 ? rest : NEVER;
}

int64_t
kette_race_mean_ns(const KetteParams *params, uint32_t bits, uint64_t num, uint64_t den)
{
    KetteU256 mean = kette_u256_from_u64((uint64_t)params->spacing_ns);

    if (kette_u256_mul_div(&mean, &mean, den, num))
        return NEVER;
    if (bits != params->genesis_bits) {
        const KetteU256 work = kette_work_of_bits(bits);
        const KetteU256 first = kette_work_of_bits(params->genesis_bits);

        if (kette_u256_mul_ratio(&mean, mean.limb[0], &work, &first))
            return NEVER;
    }
    return kette_u256_bits(&mean) > 62 ? NEVER : (int64_t)mean.limb[0];
}
