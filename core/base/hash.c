/* SHA-256 through one fetched method and one reused context; see hash.h. */
#include "core/base/hash.h"

#include <openssl/evp.h>

#include "core/base/assert.h"
#include "core/base/bytes.h"

struct KetteHasher {
    EVP_MD *method;
    EVP_MD_CTX *context;
};

KetteHasher *
kette_hasher_new(void)
{
    KetteHasher *hasher = g_new0(KetteHasher, 1);

    hasher->method = EVP_MD_fetch(NULL, "SHA256", NULL);
    hasher->context = EVP_MD_CTX_new();
    if (hasher->method == NULL || hasher->context == NULL) {
        kette_hasher_free(hasher);
        return NULL;
    }
    return hasher;
}

void
kette_hasher_free(KetteHasher *hasher)
{
    if (hasher == NULL)
        return;
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->method);
    g_free(hasher);
}

static void
begin(KetteHasher *hasher)
{
    int ok = EVP_DigestInit_ex2(hasher->context, hasher->method, NULL);

    kette_assert(ok == 1);
}

static void
update(KetteHasher *hasher, const void *data, size_t len)
{
    int ok = EVP_DigestUpdate(hasher->context, data, len);

    kette_assert(ok == 1);
}

static KetteHash
finish(KetteHasher *hasher)
{
    KetteHash hash;
    int ok = EVP_DigestFinal_ex(hasher->context, hash.b, NULL);

    kette_assert(ok == 1);
    return hash;
}

KetteHash
kette_sha256(KetteHasher *hasher, const void *data, size_t len)
{
    begin(hasher);
    update(hasher, data, len);
    return finish(hasher);
}

KetteHash
kette_sha256d(KetteHasher *hasher, const void *data, size_t len)
{
    KetteHash once = kette_sha256(hasher, data, len);

    return kette_sha256(hasher, once.b, sizeof once.b);
}

KetteHash
kette_sha256d_pair(KetteHasher *hasher, const void *a, size_t a_len, const void *b, size_t b_len)
{
    KetteHash once;

    begin(hasher);
    update(hasher, a, a_len);
    update(hasher, b, b_len);
    once = finish(hasher);
    return kette_sha256(hasher, once.b, sizeof once.b);
}

int
kette_hash_compare(const KetteHash *a, const KetteHash *b)
{
    for (int i = 31; i >= 0; i--) {
        if (a->b[i] != b->b[i])
            return a->b[i] < b->b[i] ? -1 : 1;
    }
    return 0;
}

static KetteHash
reversed(const KetteHash *hash)
{
    KetteHash back;

    for (int i = 0; i < 32; i++)
        back.b[i] = hash->b[31 - i];
    return back;
}

void
kette_hash_to_hex(char ret_text[KETTE_HASH_HEX], const KetteHash *hash)
{
    KetteHash shown = reversed(hash);

    kette_hex_encode(ret_text, shown.b, sizeof shown.b);
}

bool
kette_hash_from_hex(KetteHash *ret_hash, const char *text)
{
    KetteHash shown;

    if (!kette_hex_decode(shown.b, sizeof shown.b, text))
        return false;
    *ret_hash = reversed(&shown);
    return true;
}

guint
kette_hash_table_hash(gconstpointer hash)
{
    return kette_get_le32(((const KetteHash *)hash)->b);
}

gboolean
kette_hash_table_equal(gconstpointer a, gconstpointer b)
{
    return kette_hash_equal(a, b);
}
