/* Ed25519: RFC 8032's tests, and Wycheproof's edge cases.
 *
 * Libraries differ on signatures that no honest signer makes (small-order points, encodings that
 * are not reduced), and the chain's rule is what libcrypto says: there is one implementation in a
 * simulation. So libcrypto is asked directly and must agree with kette_key_verify() everywhere.
 * libcrypto 3 differs from the file nowhere; one that does fails here and is to be looked at, since
 * it would split a chain from those that run on another.
 */
#include <openssl/evp.h>
#include <stdio.h>

#include "core/base/key.h"
#include "tests/harness/harness.h"
#include "tests/vectors/vectors.h"

static void
test_rfc8032(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("rfc8032.json");
    JsonArray *cases = json_object_get_array_member(vectors_root(parser), "vectors");

    CU_ASSERT_EQUAL(json_array_get_length(cases), 4);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *c = vectors_at(cases, i);
        g_autoptr(GByteArray) secret = vectors_bytes(c, "sk"), public = vectors_bytes(c, "pk");
        g_autoptr(GByteArray) message = vectors_bytes(c, "msg"), want = vectors_bytes(c, "sig");
        g_autoptr(KetteKey) key = kette_key_new(secret->data);
        uint8_t got[KETTE_SIGNATURE_BYTES];

        CU_ASSERT_EQUAL(memcmp(kette_key_public(key)->b, public->data, 32), 0);
        kette_key_sign(key, got, message->data, message->len);
        CU_ASSERT_EQUAL(memcmp(got, want->data, sizeof got), 0);
        CU_ASSERT_TRUE(kette_key_verify(kette_key_public(key), got, message->data, message->len));
        got[i] ^= 1;
        CU_ASSERT_FALSE(kette_key_verify(kette_key_public(key), got, message->data, message->len));
    }
}

static bool
libcrypto_says(const GByteArray *public, const GByteArray *signature, const GByteArray *message)
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public->data, public->len);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = key != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestVerify(context, signature->data, signature->len, message->data,
                               message->len) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}

/* A signature of another length than 64 cannot stand in a transaction: ours refuses it by having no
 * place for it, and libcrypto and the file must refuse it too. */
static bool
check_case(const KettePublicKey *key, const GByteArray *public, JsonObject *c)
{
    g_autoptr(GByteArray) signature = vectors_bytes(c, "sig"), message = vectors_bytes(c, "msg");
    bool want = strcmp(json_object_get_string_member(c, "result"), "valid") == 0;
    bool theirs = libcrypto_says(public, signature, message);
    bool ours = signature->len == KETTE_SIGNATURE_BYTES &&
                kette_key_verify(key, signature->data, message->data, message->len);

    CU_ASSERT_EQUAL(ours, theirs);
    if (theirs != want) {
        g_autofree char *text =
            g_strdup_printf("tcId %d: %s", (int)json_object_get_int_member(c, "tcId"),
                            theirs ? "valid" : "invalid");

        TEST_STR_EQUAL(text, json_object_get_string_member(c, "result"));
    }
    return theirs != want;
}

static void
test_wycheproof(void)
{
    g_autoptr(JsonParser) parser = vectors_parse("wycheproof_ed25519_test.json");
    JsonObject *root = vectors_root(parser);
    JsonArray *groups = json_object_get_array_member(root, "testGroups");
    unsigned seen = 0, different = 0;

    for (guint i = 0; i < json_array_get_length(groups); i++) {
        JsonObject *group = vectors_at(groups, i);
        g_autoptr(GByteArray) public =
            vectors_bytes(json_object_get_object_member(group, "publicKey"), "pk");
        JsonArray *cases = json_object_get_array_member(group, "tests");
        KettePublicKey key;

        CU_ASSERT_EQUAL_FATAL(public->len, sizeof key.b);
        memcpy(key.b, public->data, sizeof key.b);
        for (guint k = 0; k < json_array_get_length(cases); k++, seen++)
            different += check_case(&key, public, vectors_at(cases, k));
    }
    CU_ASSERT_EQUAL(seen, json_object_get_int_member(root, "numberOfTests"));
    printf("wycheproof: %u cases, libcrypto differs from the file in %u\n", seen, different);
}

TEST_SUITE(signatures, {"RFC 8032", test_rfc8032}, {"Wycheproof", test_wycheproof})
