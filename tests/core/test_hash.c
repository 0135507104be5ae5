/* SHA-256 (FIPS 180-4 examples), its double, and the order and text of hashes. */
#include "core/base/hash.h"
#include "core/base/bytes.h"
#include "tests/harness/harness.h"

static void
check_sha256(KetteHasher *hasher, const char *text, const char *want)
{
    KetteHash hash = kette_sha256(hasher, text, strlen(text));
    char hex[KETTE_HASH_HEX];

    kette_hex_encode(hex, hash.b, sizeof hash.b);
    TEST_STR_EQUAL(hex, want);
}

static void
test_sha256(void)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();

    check_sha256(hasher, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_sha256(hasher, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_sha256(hasher, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void
test_pair_is_concatenation(void)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    KetteHash whole = kette_sha256d(hasher, "abcdef", 6);
    KetteHash pair = kette_sha256d_pair(hasher, "ab", 2, "cdef", 4);

    CU_ASSERT_TRUE(kette_hash_equal(&whole, &pair));
}

static void
test_text_is_reversed(void)
{
    KetteHash hash = {{0x01}}, back;
    char hex[KETTE_HASH_HEX];

    kette_hash_to_hex(hex, &hash);
    TEST_STR_EQUAL(hex, "0000000000000000000000000000000000000000000000000000000000000001");
    CU_ASSERT_TRUE(kette_hash_from_hex(&back, hex));
    CU_ASSERT_TRUE(kette_hash_equal(&hash, &back));
}

static void
test_order_is_that_of_numbers(void)
{
    KetteHash low = {{0xff}}, high = {{0x00, 0x01}};

    CU_ASSERT_TRUE(kette_hash_compare(&low, &high) < 0);
    CU_ASSERT_TRUE(kette_hash_compare(&high, &low) > 0);
    CU_ASSERT_EQUAL(kette_hash_compare(&low, &low), 0);
}

TEST_SUITE(hash, {"sha256 examples", test_sha256},
           {"a pair is its concatenation", test_pair_is_concatenation},
           {"text is reversed", test_text_is_reversed},
           {"order is that of numbers", test_order_is_that_of_numbers})
