/* Random streams: published answers, no bias, independence of names. */
#include "sim/engine/random.h"
#include "tests/harness/harness.h"

/* First outputs of SplitMix64 for seed 1234567, as published at rosettacode.org and in the test
 * suites of several libraries. */
static void
test_splitmix(void)
{
    static const uint64_t want[] = {
        UINT64_C(6457827717110365317),  UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423),  UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };
    SimCounter c = {1234567, UINT64_C(0x9e3779b97f4a7c15)};

    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        CU_ASSERT_EQUAL(sim_counter_next(&c), want[i]);
}

/* Outputs of the authors' xoshiro256starstar.c for the state 1, 2, 3, 4; rand_xoshiro tests with
 * the same. */
static void
test_xoshiro(void)
{
    static const uint64_t want[] = {
        11520,
        0,
        1509978240,
        UINT64_C(1215971899390074240),
        UINT64_C(1216172134540287360),
        UINT64_C(607988272756665600),
        UINT64_C(16172922978634559625),
        UINT64_C(8476171486693032832),
        UINT64_C(10595114339597558777),
        UINT64_C(2904607092377533576),
    };
    SimRandom r = {{1, 2, 3, 4}};

    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        CU_ASSERT_EQUAL(sim_random_next(&r), want[i]);
}

static void
test_keys(void)
{
    uint64_t a = sim_key("a"), b = sim_key("b");
    SimRandom by_name, by_key, other;

    CU_ASSERT(a != b);
    CU_ASSERT(sim_key("ab") != sim_key("ba"));
    CU_ASSERT(sim_key_combine(a, b) != sim_key_combine(b, a));
    CU_ASSERT_EQUAL(sim_key(""), sim_mix64(UINT64_C(0xcbf29ce484222325))); /* FNV's offset basis */
    sim_random_init(&by_name, 1, "mine", "a");
    sim_random_init_key(&by_key, 1, sim_key("mine"), a);
    sim_random_init(&other, 1, "mine", "b");
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(by_name.s[i], by_key.s[i]);
    CU_ASSERT(sim_random_next(&by_name) != sim_random_next(&other));
    sim_random_init(&by_name, 2, "mine", "a");
    CU_ASSERT(by_name.s[0] != by_key.s[0]);
    sim_random_init(&by_name, 1, "load", "a");
    CU_ASSERT(by_name.s[0] != by_key.s[0]);
}

/* A range of 3 * 2^62 shows the bias of a plain multiplication or remainder at once: a third of
 * the results would be twice as likely. */
static void
test_below(void)
{
    uint64_t n = UINT64_C(3) << 62, thirds[3] = {0, 0, 0};
    unsigned counts[6] = {0};
    SimRandom r;
    SimCounter c;
    const int draws = 600000;

    sim_random_init(&r, 1, "test", "below");
    sim_counter_init(&c, 1, 1);
    for (int i = 0; i < draws; i++) {
        uint64_t x = i % 2 == 0 ? sim_random_below(&r, n) : sim_counter_below(&c, n);

        CU_ASSERT_FATAL(x < n);
        thirds[x % 3]++;
        counts[sim_random_below(&r, 6)]++;
    }
    /* 4.5 standard deviations: sqrt(draws * p * (1 - p)). */
    for (int i = 0; i < 3; i++)
        CU_ASSERT(thirds[i] > draws / 3 - 1645 && thirds[i] < draws / 3 + 1645);
    for (int i = 0; i < 6; i++)
        CU_ASSERT(counts[i] > draws / 6 - 1300 && counts[i] < draws / 6 + 1300);
    CU_ASSERT_EQUAL(sim_random_below(&r, 1), 0);
}

static void
test_counter_positions(void)
{
    SimCounter run, jump;

    sim_counter_init(&run, 5, sim_key("a->b"));
    CU_ASSERT_EQUAL(run.gamma & 1, 1);
    for (uint64_t i = 0; i < 200; i++) {
        uint64_t drawn = sim_counter_next(&run);

        sim_counter_init_at(&jump, 5, sim_key("a->b"), i);
        CU_ASSERT_EQUAL(sim_counter_next(&jump), drawn);
    }
    sim_counter_init(&jump, 5, sim_key("b->a"));
    CU_ASSERT(jump.gamma != run.gamma);
}

/* Each of 64 bits is set in half of the draws: 4.5 standard deviations of 20000 are 318. */
static void
test_bits(void)
{
    unsigned set[2][64] = {{0}};
    SimRandom r;
    SimCounter c;

    sim_random_init(&r, 1, "test", "bits");
    sim_counter_init(&c, 1, 2);
    for (int i = 0; i < 20000; i++) {
        uint64_t x = sim_random_next(&r), y = sim_counter_next(&c);

        for (int bit = 0; bit < 64; bit++) {
            set[0][bit] += x >> bit & 1;
            set[1][bit] += y >> bit & 1;
        }
    }
    for (int i = 0; i < 128; i++)
        CU_ASSERT(set[i / 64][i % 64] > 9682 && set[i / 64][i % 64] < 10318);
}

TEST_SUITE(random, {"splitmix", test_splitmix}, {"xoshiro", test_xoshiro}, {"keys", test_keys},
           {"below", test_below}, {"counter-positions", test_counter_positions},
           {"bits", test_bits})
