/* Ed25519 through libcrypto's raw keys; see key.h. */
#include "core/base/key.h"

#include <openssl/evp.h>

#include "core/base/assert.h"

struct KetteKey {
    EVP_PKEY *pair;
    KettePublicKey public_key;
};

KetteKey *
kette_key_new(const uint8_t secret[32])
{
    KetteKey *key = g_new0(KetteKey, 1);
    size_t len = sizeof key->public_key.b;

    key->pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, 32);
    kette_assert(key->pair != NULL);
    EVP_PKEY_get_raw_public_key(key->pair, key->public_key.b, &len);
    kette_assert(len == sizeof key->public_key.b);
    return key;
}

void
kette_key_free(KetteKey *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pair);
    g_free(key);
}

const KettePublicKey *
kette_key_public(const KetteKey *key)
{
    return &key->public_key;
}

void
kette_key_sign(const KetteKey *key, uint8_t ret_signature[KETTE_SIGNATURE_BYTES], const void *data,
               size_t len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t got = KETTE_SIGNATURE_BYTES;
    bool ok = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) == 1 &&
              EVP_DigestSign(context, ret_signature, &got, data, len) == 1;

    EVP_MD_CTX_free(context);
    kette_assert(ok);
    kette_assert(got == KETTE_SIGNATURE_BYTES);
}

bool
kette_key_verify(const KettePublicKey *key, const uint8_t signature[KETTE_SIGNATURE_BYTES],
                 const void *data, size_t len)
{
    EVP_PKEY *public_key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->b, sizeof key->b);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = public_key != NULL && context != NULL &&
              EVP_DigestVerifyInit(context, NULL, NULL, NULL, public_key) == 1 &&
              EVP_DigestVerify(context, signature, KETTE_SIGNATURE_BYTES, data, len) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public_key);
    return ok;
}

KetteAddress
kette_address_of(KetteHasher *hasher, const KettePublicKey *key)
{
    KetteHash hash = kette_sha256d(hasher, key->b, sizeof key->b);
    KetteAddress address;

    memcpy(address.b, hash.b, sizeof address.b);
    return address;
}

int
kette_address_compare(const KetteAddress *a, const KetteAddress *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}
