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

/* Roots worked out by an independent program from the layout in state.h: the leaf, a fork in the
 * last bit of the addresses, and one in the first above it. */
static void
test_vectors(void)
{
    static const char *const roots[] = {
        "86d34a1762447b3654e78d5aae68990cf2b8abca37fe303aba4e01df8233f3a6",
        "11abc2bdec74f6360be54591e020f194ef9e97f5ac19f89407b5fdf1d7e7f789",
        "03b3442547b264f2e42d300eb935cf1e2c5e47cc3d0ac6951ec5de04d8dbc3b2"};
    static const struct {
        uint8_t first, last;
        KetteAccount account;
    } accounts[] = {{0x11, 0x11, {5, 1}}, {0x11, 0x10, {7, 2}}, {0x91, 0x91, {1000000000000, 0}}};
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    g_autoptr(KetteState) state = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++) {
        KetteAddress a;
        KetteState *after;
        KetteHash root;
        char hex[KETTE_HASH_HEX];

        memset(a.b, accounts[i].first, sizeof a.b);
        a.b[19] = accounts[i].last;
        after = kette_state_set(state, &a, &accounts[i].account);
        kette_state_unref(state);
        state = after;
        root = kette_state_root(hasher, state);
        kette_hash_to_hex(hex, &root);
        TEST_STR_EQUAL(hex, roots[i]);
    }
}

TEST_SUITE(state, {"vectors", test_vectors},
           {"reads what was written", test_reads_what_was_written},
           {"the root does not depend on order", test_root_does_not_depend_on_order},
           {"old states stand", test_old_states_stand},
           {"the nonce is in the root", test_nonce_is_in_root})
