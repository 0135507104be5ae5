/* Ed25519 against RFC 8032 section 7.1, tests 1 to 3 and SHA(abc). */
#include "core/base/key.h"
#include "core/base/bytes.h"
#include "tests/harness/harness.h"

typedef struct {
    const char *secret, *public_key, *message, *signature;
} Vector;

static const Vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fe"
     "ebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431"
     "e0303dca179c138ac17ad9bef1177331a704"},
};

static void
check_vector(const Vector *v)
{
    uint8_t secret[32], message[64], signature[64], want[64];
    size_t len = strlen(v->message) / 2;
    g_autoptr(KetteKey) key = NULL;
    char hex[65];

    CU_ASSERT_TRUE_FATAL(kette_hex_decode(secret, 32, v->secret));
    CU_ASSERT_TRUE_FATAL(kette_hex_decode(message, len, v->message));
    CU_ASSERT_TRUE_FATAL(kette_hex_decode(want, 64, v->signature));
    key = kette_key_new(secret);
    kette_hex_encode(hex, kette_key_public(key)->b, 32);
    TEST_STR_EQUAL(hex, v->public_key);
    kette_key_sign(key, signature, message, len);
    CU_ASSERT_EQUAL(memcmp(signature, want, 64), 0);
    CU_ASSERT_TRUE(kette_key_verify(kette_key_public(key), signature, message, len));
    signature[63] ^= 0x20; /* a scalar out of range */
    CU_ASSERT_FALSE(kette_key_verify(kette_key_public(key), signature, message, len));
}

static void
test_rfc_8032(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++)
        check_vector(&vectors[i]);
}

static void
test_wrong_key_refuses(void)
{
    uint8_t one[32] = {1}, two[32] = {2}, signature[64];
    g_autoptr(KetteKey) a = kette_key_new(one), b = kette_key_new(two);

    kette_key_sign(a, signature, "x", 1);
    CU_ASSERT_TRUE(kette_key_verify(kette_key_public(a), signature, "x", 1));
    CU_ASSERT_FALSE(kette_key_verify(kette_key_public(b), signature, "x", 1));
    CU_ASSERT_FALSE(kette_key_verify(kette_key_public(a), signature, "y", 1));
}

TEST_SUITE(key, {"RFC 8032", test_rfc_8032}, {"wrong key or message", test_wrong_key_refuses})
