/* Keys, xoshiro256** and SplitMix64; see random.h. */
#include "sim/engine/random.h"

#include "sim/engine/assert.h"

typedef unsigned __int128 u128;

#define GOLDEN UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio, odd: SplitMix64's default */

uint64_t
sim_key(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (const unsigned char *p = (const unsigned char *)name; *p != '\0'; p++)
        hash = (hash ^ *p) * UINT64_C(0x100000001b3);
    return sim_mix64(hash);
}

void
sim_random_init_key(SimRandom *r, uint64_t seed, uint64_t purpose_key, uint64_t name_key)
{
    uint64_t key = sim_key_combine(sim_key_combine(seed, purpose_key), name_key);
    SimCounter fill = {key, GOLDEN};

    /* Four consecutive outputs of SplitMix64 are never all zero, xoshiro's only invalid state. */
    for (int i = 0; i < 4; i++)
        r->s[i] = sim_counter_next(&fill);
}

void
sim_random_init(SimRandom *r, uint64_t seed, const char *purpose, const char *name)
{
    sim_random_init_key(r, seed, sim_key(purpose), sim_key(name));
}

static inline uint64_t
rotate(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t
sim_random_next(SimRandom *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

/* Lemire's method: uses the high word of draw * n and draws again if the low word would favour some
 * results. 2^64 mod n is computed only if needed. */
uint64_t
sim_random_below(SimRandom *r, uint64_t n)
{
    u128 product = (u128)sim_random_next(r) * n;

    sim_assert(n > 0);
    if ((uint64_t)product < n) {
        uint64_t unfair = -n % n;

        while ((uint64_t)product < unfair)
            product = (u128)sim_random_next(r) * n;
    }
    return (uint64_t)(product >> 64);
}

uint64_t
sim_counter_below(SimCounter *c, uint64_t n)
{
    u128 product = (u128)sim_counter_next(c) * n;

    sim_assert(n > 0);
    if ((uint64_t)product < n) {
        uint64_t unfair = -n % n;

        while ((uint64_t)product < unfair)
            product = (u128)sim_counter_next(c) * n;
    }
    return (uint64_t)(product >> 64);
}

void
sim_counter_init(SimCounter *c, uint64_t seed, uint64_t name_key)
{
    sim_counter_init_at(c, seed, name_key, 0);
}
