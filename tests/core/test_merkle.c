/* Merkle roots and the duplicate trick of CVE-2012-2459. */
#include "core/chain/merkle.h"
#include "tests/harness/harness.h"

static KetteHash
root_of(const char *leaves, bool *ret_mutated)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    KetteHash hashes[16];
    size_t count = strlen(leaves);

    memset(hashes, 0, sizeof hashes);
    for (size_t i = 0; i < count; i++)
        hashes[i].b[0] = (uint8_t)leaves[i];
    return kette_merkle_root(hasher, ret_mutated, hashes, count);
}

static void
test_single_leaf_is_root(void)
{
    bool mutated;
    KetteHash root = root_of("a", &mutated);

    CU_ASSERT_EQUAL(root.b[0], 'a');
    CU_ASSERT_FALSE(mutated);
}

static void
test_duplicated_tail_is_seen(void)
{
    bool mutated;
    KetteHash good = root_of("abcde", &mutated), bad;

    CU_ASSERT_FALSE(mutated);
    bad = root_of("abcdee", &mutated);
    CU_ASSERT_TRUE(kette_hash_equal(&good, &bad));
    CU_ASSERT_TRUE(mutated);
    bad = root_of("abcdeeee", &mutated); /* the pair on the level above */
    CU_ASSERT_TRUE(kette_hash_equal(&good, &bad));
    CU_ASSERT_TRUE(mutated);
}

static void
test_no_leaves(void)
{
    bool mutated = true;
    KetteHash root = root_of("", &mutated);

    CU_ASSERT_TRUE(kette_hash_is_zero(&root));
    CU_ASSERT_FALSE(mutated);
}

static void
test_order_matters(void)
{
    bool mutated;
    KetteHash ab = root_of("ab", &mutated), ba = root_of("ba", &mutated);

    CU_ASSERT_FALSE(kette_hash_equal(&ab, &ba));
}

TEST_SUITE(merkle, {"no leaves", test_no_leaves}, {"a single leaf", test_single_leaf_is_root},
           {"a duplicated tail is seen", test_duplicated_tail_is_seen},
           {"order matters", test_order_matters})
