/* 32-byte hashes, and the hasher that makes them.
 *
 * A KetteHash is the raw SHA-256(d) output; people see it as Bitcoin shows it, with the bytes
 * reversed (kette_hash_to_hex), because proof of work compares it as a little-endian number.
 *
 * KetteHasher holds one fetched SHA-256 and one context that is used again for every digest: an
 * 80-byte header costs a third of what libcrypto's implicit fetch makes of it. It is not
 * shared between threads; whoever needs digests is given one.
 */
#ifndef CORE_BASE_HASH_H
#define CORE_BASE_HASH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    uint8_t b[32];
} KetteHash;

#define KETTE_HASH_HEX 65 /* 64 digits and the closing NUL */

typedef struct KetteHasher KetteHasher;

/* Returns NULL when libcrypto has no SHA-256, which only a broken installation lacks. */
KetteHasher *kette_hasher_new(void);
void kette_hasher_free(KetteHasher *hasher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteHasher, kette_hasher_free)

KetteHash kette_sha256(KetteHasher *hasher, const void *data, size_t len);
KetteHash kette_sha256d(KetteHasher *hasher, const void *data, size_t len);
/* Returns SHA-256d of two pieces as if they stood side by side. */
KetteHash kette_sha256d_pair(KetteHasher *hasher, const void *a, size_t a_len, const void *b,
                             size_t b_len);

/* Compares words in place of a call of memcmp(): different ids differ in the first. */
static inline bool
kette_hash_equal(const KetteHash *a, const KetteHash *b)
{
    uint64_t x[4], y[4];

    memcpy(x, a->b, sizeof x);
    memcpy(y, b->b, sizeof y);
    return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

static inline bool
kette_hash_is_zero(const KetteHash *a)
{
    static const KetteHash zero;

    return kette_hash_equal(a, &zero);
}

/* Compares hashes as numbers, least significant byte first: < 0, 0, > 0. */
int kette_hash_compare(const KetteHash *a, const KetteHash *b);

void kette_hash_to_hex(char ret_text[KETTE_HASH_HEX], const KetteHash *hash);
bool kette_hash_from_hex(KetteHash *ret_hash, const char *text);

/* Serve a GHashTable whose keys are `const KetteHash *`. Ids are outputs of SHA-256, so their first
 * bytes are spread already. */
guint kette_hash_table_hash(gconstpointer hash);
gboolean kette_hash_table_equal(gconstpointer a, gconstpointer b);

#endif
