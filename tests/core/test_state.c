/* The account trie: persistent, canonical, and its sums right; against a plain table. */
#include "core/chain/state.h"
#include "tests/harness/harness.h"

static KetteAddress
address(uint32_t n)
{
    KetteAddress a = {{0}};

    /* Close neighbours and far ones. */
    a.b[0] = (uint8_t)(n * 37);
    a.b[19] = (uint8_t)n;
    a.b[18] = (uint8_t)(n >> 8);
    return a;
}

static KetteState *
put(KetteState *state, uint32_t n, uint64_t balance, uint64_t nonce)
{
    KetteAddress a = address(n);
    KetteAccount account = {balance, nonce};
    KetteState *after = kette_state_set(state, &a, &account);

    kette_state_unref(state);
    return after;
}

static void
test_reads_what_was_written(void)
{
    g_autoptr(KetteState) state = NULL;
    uint64_t total = 0;

    for (uint32_t i = 0; i < 500; i++) {
        state = put(state, i, 1000 + i, i);
        total += 1000 + i;
    }
    for (uint32_t i = 0; i < 500; i += 7) {
        state = put(state, i, 5, 1);
        total = total - (1000 + i) + 5;
    }
    for (uint32_t i = 0; i < 500; i++) {
        KetteAddress a = address(i);
        KetteAccount account = kette_state_get(state, &a);

        CU_ASSERT_EQUAL(account.balance, i % 7 == 0 ? 5 : 1000 + i);
        CU_ASSERT_EQUAL(account.nonce, i % 7 == 0 ? 1 : i);
    }
    CU_ASSERT_EQUAL(kette_state_total(state), total);
    {
        KetteAddress nobody = address(501);

        CU_ASSERT_EQUAL(kette_state_get(state, &nobody).balance, 0);
    }
}

static void
test_root_does_not_depend_on_order(void)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    g_autoptr(KetteState) up = NULL, down = NULL;
    KetteHash a, b;

    for (uint32_t i = 0; i < 300; i++)
        up = put(up, i, i, 0);
    for (uint32_t i = 300; i-- > 0;)
        down = put(put(down, i, 99, 7), i, i, 0);
    a = kette_state_root(hasher, up);
    b = kette_state_root(hasher, down);
    CU_ASSERT_TRUE(kette_hash_equal(&a, &b));
    down = put(down, 17, 18, 0);
    b = kette_state_root(hasher, down);
    CU_ASSERT_FALSE(kette_hash_equal(&a, &b));
}

static void
test_old_states_stand(void)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    g_autoptr(KetteState) before = NULL, after = NULL;
    KetteHash root, again;
    KetteAddress a = address(3);

    for (uint32_t i = 0; i < 50; i++)
        before = put(before, i, 10, 0);
    root = kette_state_root(hasher, before);
    after = put(kette_state_ref(before), 3, 11, 1);
    CU_ASSERT_EQUAL(kette_state_get(before, &a).balance, 10);
    CU_ASSERT_EQUAL(kette_state_get(after, &a).balance, 11);
    again = kette_state_root(hasher, before);
    CU_ASSERT_TRUE(kette_hash_equal(&root, &again));
    CU_ASSERT_EQUAL(kette_state_total(after), 501);
}

static void
test_nonce_is_in_root(void)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    g_autoptr(KetteState) a = put(NULL, 1, 10, 0), b = put(NULL, 1, 10, 1);
    KetteHash x = kette_state_root(hasher, a), y = kette_state_root(hasher, b);

    CU_ASSERT_FALSE(kette_hash_equal(&x, &y));
}

TEST_SUITE(state, {"reads what was written", test_reads_what_was_written},
           {"the root does not depend on order", test_root_does_not_depend_on_order},
           {"old states stand", test_old_states_stand},
           {"the nonce is in the root", test_nonce_is_in_root})
