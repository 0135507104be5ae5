/* The record of what a peer has: it remembers, forgets the oldest, and stays bounded. */
#include "core/node/peer.h"
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
count_known(const KettePeer *peer, uint64_t from, uint64_t to)
{
    unsigned known = 0;

    for (uint64_t n = from; n < to; n++) {
        KetteHash id = id_of(n);

        known += kette_peer_knows(peer, &id);
    }
    return known;
}

static void
test_remembers_and_is_bounded(void)
{
    KettePeer peer = {0};

    CU_ASSERT_EQUAL(count_known(&peer, 0, 10), 0);
    CU_ASSERT_PTR_NULL(peer.known); /* an idle peer holds nothing */
    for (uint64_t n = 0; n < 5000; n++) {
        KetteHash id = id_of(n);

        kette_peer_learn(&peer, &id);
        CU_ASSERT_TRUE(kette_peer_knows(&peer, &id));
    }
    CU_ASSERT_TRUE(count_known(&peer, 0, 5000) <= KETTE_KNOWN_MAX);
    /* The last two hundred are nearly all there, the first thousand gone. */
    CU_ASSERT_TRUE(count_known(&peer, 4800, 5000) > 190);
    CU_ASSERT_EQUAL(count_known(&peer, 0, 1000), 0);
    kette_peer_clear(&peer);
}

static void
test_growing_keeps_everything(void)
{
    KettePeer peer = {0};

    for (uint64_t n = 0; n < 150; n++) {
        KetteHash id = id_of(n);

        kette_peer_learn(&peer, &id);
    }
    CU_ASSERT_EQUAL(count_known(&peer, 0, 150), 150);
    kette_peer_clear(&peer);
}

static void
test_forgets_one(void)
{
    KettePeer peer = {0};
    KetteHash id = id_of(7);

    for (uint64_t n = 0; n < 20; n++) {
        KetteHash other = id_of(n);

        kette_peer_learn(&peer, &other);
    }
    kette_peer_forget(&peer, &id);
    CU_ASSERT_FALSE(kette_peer_knows(&peer, &id));
    CU_ASSERT_EQUAL(count_known(&peer, 0, 20), 19);
    kette_peer_forget(&peer, &id);
    kette_peer_learn(&peer, &id);
    CU_ASSERT_EQUAL(count_known(&peer, 0, 20), 20);
    kette_peer_clear(&peer);
}

TEST_SUITE(peer, {"remembers, and is bounded", test_remembers_and_is_bounded},
           {"growing keeps everything", test_growing_keeps_everything},
           {"forgets one", test_forgets_one})
