/* Random streams: one per purpose and entity, keyed by names.
 *
 * The state of a stream depends only on (seed, purpose, name). So an additional node, check or
 * fault changes no other draw, and two runs that differ in one parameter share the rest of their
 * random numbers.
 *
 *   SimRandom    xoshiro256** 1.0 (Blackman & Vigna, "Scrambled linear pseudorandom number
 *                generators", ACM TOMS 47(4), 2021), 32 bytes, for entities with many draws.
 *   SimCounter   SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number
 *                generators", OOPSLA 2014): output k is mix(state + k * gamma), so any position of
 *                a stream is reached at once, and a link stores only its position.
 */
#ifndef SIM_ENGINE_RANDOM_H
#define SIM_ENGINE_RANDOM_H

#include <stdint.h>

typedef struct {
    uint64_t s[4];
} SimRandom;

typedef struct {
    uint64_t state;
    uint64_t gamma; /* odd */
} SimCounter;

/* Applies SplitMix64's finalizer (Stafford's variant 13): a bijection in which each input bit flips
 * each output bit with a probability near one half. */
static inline uint64_t
sim_mix64(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Returns the key of a name: FNV-1a over its bytes, then the finalizer. */
uint64_t sim_key(const char *name);

/* Returns the key of an ordered pair of keys: (a, b) and (b, a) differ. */
static inline uint64_t
sim_key_combine(uint64_t a, uint64_t b)
{
    uint64_t turned = (a << 23) | (a >> 41);
    return sim_mix64(turned * UINT64_C(0xff51afd7ed558ccd) + b + UINT64_C(0x9e3779b97f4a7c15));
}

/* Starts the stream of (seed, purpose, name). Both functions give the same stream; one takes keys.
 */
void sim_random_init(SimRandom *r, uint64_t seed, const char *purpose, const char *name);
void sim_random_init_key(SimRandom *r, uint64_t seed, uint64_t purpose_key, uint64_t name_key);

uint64_t sim_random_next(SimRandom *r);

/* Returns a uniform number in [0, n), n > 0, without bias (Lemire, "Fast random integer generation
 * in an interval", ACM TOMACS 29(1), 2019). May use several words of the stream. */
uint64_t sim_random_below(SimRandom *r, uint64_t n);

/* Starts a counter for a name; seed may itself combine seed and purpose. */
void sim_counter_init(SimCounter *c, uint64_t seed, uint64_t name_key);

/* Counts the bits set. Without a popcount instruction in the target, gcc turns its builtin into a
 * call; this code does not. */
static inline unsigned
sim_count_bits(uint64_t z)
{
    z -= z >> 1 & UINT64_C(0x5555555555555555);
    z = (z & UINT64_C(0x3333333333333333)) + (z >> 2 & UINT64_C(0x3333333333333333));
    z = (z + (z >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(z * UINT64_C(0x0101010101010101) >> 56);
}

/* Computes Steele, Lea & Flood's mixGamma: odd, and with enough changes between neighbouring bits.
 */
static inline uint64_t
sim_make_gamma(uint64_t z)
{
    z = (sim_mix64(z) ^ UINT64_C(0x9e3779b97f4a7c15)) | 1;
    return sim_count_bits(z ^ (z >> 1)) < 24 ? z ^ UINT64_C(0xaaaaaaaaaaaaaaaa) : z;
}

/* Starts the stream of sim_counter_init() at `position`. */
static inline void
sim_counter_init_at(SimCounter *c, uint64_t seed, uint64_t name_key, uint64_t position)
{
    uint64_t key = sim_key_combine(seed, name_key);

    c->gamma = sim_make_gamma(key + UINT64_C(0x9e3779b97f4a7c15));
    c->state = key + position * c->gamma;
}

static inline uint64_t
sim_counter_next(SimCounter *c)
{
    c->state += c->gamma;
    return sim_mix64(c->state);
}

/* Like sim_random_below(). */
uint64_t sim_counter_below(SimCounter *c, uint64_t n);

#endif
