/* The record of what peers have: it remembers, forgets the oldest, and stays bounded. */
#include "core/node/known.h"
#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "tests/harness/harness.h"

static KetteHash
id_of(uint64_t n)
{
    KetteHash id = {{0}};

    /* Spread as the output of a hash is. */
    kette_put_le64(id.b + 8, (n + 1) * UINT64_C(0x9e3779b97f4a7c15));
    return id;
}

static unsigned
count_known(const KetteKnown *known_by, uint32_t peer, uint64_t from, uint64_t to)
{
    unsigned known = 0;

    for (uint64_t n = from; n < to; n++) {
        KetteHash id = id_of(n);

        known += kette_known_has(known_by, peer, &id);
    }
    return known;
}

static void
test_remembers_and_is_bounded(void)
{
    KetteKnown known = {0};

    CU_ASSERT_EQUAL(count_known(&known, 3, 0, 10), 0);
    CU_ASSERT_PTR_NULL(known.places); /* an idle node holds nothing */
    for (uint64_t n = 0; n < 50000; n++) {
        KetteHash id = id_of(n);

        kette_known_learn(&known, 3, &id, 0);
        CU_ASSERT_TRUE(kette_known_has(&known, 3, &id));
    }
    CU_ASSERT_TRUE(count_known(&known, 3, 0, 50000) <= KETTE_KNOWN_MAX);
    /* The last two hundred are nearly all there, the first thousand gone. */
    CU_ASSERT_TRUE(count_known(&known, 3, 49800, 50000) > 190);
    CU_ASSERT_EQUAL(count_known(&known, 3, 0, 1000), 0);
    kette_known_clear(&known);
}

static void
test_growing_keeps_everything(void)
{
    KetteKnown known = {0};

    for (uint64_t n = 0; n < 150; n++) {
        KetteHash id = id_of(n);

        kette_known_learn(&known, 3, &id, 0);
    }
    CU_ASSERT_EQUAL(count_known(&known, 3, 0, 150), 150);
    kette_known_clear(&known);
}

static void
test_forgets_one(void)
{
    KetteKnown known = {0};
    KetteHash id = id_of(7);

    for (uint64_t n = 0; n < 20; n++) {
        KetteHash other = id_of(n);

        kette_known_learn(&known, 3, &other, 0);
    }
    kette_known_forget(&known, 3, &id);
    CU_ASSERT_FALSE(kette_known_has(&known, 3, &id));
    CU_ASSERT_EQUAL(count_known(&known, 3, 0, 20), 19);
    kette_known_forget(&known, 3, &id);
    kette_known_learn(&known, 3, &id, 0);
    CU_ASSERT_EQUAL(count_known(&known, 3, 0, 20), 20);
    kette_known_clear(&known);
}

/* Far apart in time, things push each other out rather than take more room. */
static void
test_room_is_for_the_young(void)
{
    KetteKnown known = {0};

    for (int64_t n = 0; n < 1000; n++) {
        KetteHash id = id_of((uint64_t)n);

        kette_known_learn(&known, 0, &id, n * 600 * INT64_C(1000000000));
    }
    CU_ASSERT_TRUE(known.sets <= 2);
    CU_ASSERT_TRUE(count_known(&known, 0, 998, 1000) == 2);
    kette_known_clear(&known);
}

static void
test_peers_apart(void)
{
    KetteKnown known = {0};
    KetteHash id = id_of(1), other = id_of(2);

    kette_known_learn(&known, 5, &id, 0);
    kette_known_learn(&known, 200, &id, 0); /* needs more words */
    kette_known_learn(&known, 200, &other, 0);
    CU_ASSERT_TRUE(kette_known_has(&known, 5, &id));
    CU_ASSERT_TRUE(kette_known_has(&known, 200, &id));
    CU_ASSERT_FALSE(kette_known_has(&known, 6, &id));
    CU_ASSERT_FALSE(kette_known_has(&known, 5, &other));
    CU_ASSERT_FALSE(kette_known_has(&known, 100000, &id));
    kette_known_forget_peer(&known, 200);
    CU_ASSERT_FALSE(kette_known_has(&known, 200, &id));
    CU_ASSERT_FALSE(kette_known_has(&known, 200, &other));
    CU_ASSERT_TRUE(kette_known_has(&known, 5, &id));
    kette_known_clear(&known);
}

/* What is learnt of the newest place is still there when others are newer, and when places move. */
static void
test_newest_goes_back(void)
{
    KetteKnown known = {0};

    for (uint64_t n = 0; n < 100; n++) {
        KetteHash id = id_of(n);

        kette_known_learn(&known, 1, &id, 0);
        CU_ASSERT_FALSE(kette_known_learn_if_held(&known, 2, &id));
        CU_ASSERT_FALSE(kette_known_has(&known, 2, &id));
        CU_ASSERT_EQUAL(kette_known_hint(&known, &id), KETTE_KNOWN_LITTLE);
        kette_known_expect(&known, &id);
        CU_ASSERT_EQUAL(kette_known_hint(&known, &id), KETTE_KNOWN_EXPECTED);
        CU_ASSERT_FALSE(kette_known_learn_if_held(&known, 2, &id));
        kette_known_hold(&known, &id, 0);
        CU_ASSERT_EQUAL(kette_known_hint(&known, &id), KETTE_KNOWN_HELD);
        CU_ASSERT_TRUE(kette_known_learn_if_held(&known, 2, &id));
        CU_ASSERT_FALSE(kette_known_learn_if_held(&known, 64, &id)); /* no room for the bit */
    }
    kette_known_forget_peer(&known, 1);
    CU_ASSERT_EQUAL(count_known(&known, 1, 0, 100), 0);
    CU_ASSERT_EQUAL(count_known(&known, 2, 0, 100), 100);
    for (uint64_t n = 0; n < 100; n++) {
        KetteHash id = id_of(n);

        CU_ASSERT_TRUE(kette_known_learn_held(&known, n == 99 ? 64 : 3, &id, 0));
    }
    CU_ASSERT_EQUAL(count_known(&known, 2, 0, 100), 100);
    kette_known_clear(&known);
}

TEST_SUITE(known, {"remembers, and is bounded", test_remembers_and_is_bounded},
           {"growing keeps everything", test_growing_keeps_everything},
           {"forgets one", test_forgets_one}, {"room is for the young", test_room_is_for_the_young},
           {"peers apart", test_peers_apart}, {"the newest goes back", test_newest_goes_back})
