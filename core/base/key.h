/* Ed25519 keys (RFC 8032), and the addresses made of them.
 *
 * Ed25519 because signing is deterministic: the same transaction has the same bytes in every run.
 * A KetteKey is a secret with its public half; an address is the first 20 bytes of SHA-256d of
 * the public key, so a payment need not know the key of whom it pays.
 */
#ifndef CORE_BASE_KEY_H
#define CORE_BASE_KEY_H

#include "core/base/hash.h"

#define KETTE_SIGNATURE_BYTES 64

typedef struct {
    uint8_t b[32];
} KettePublicKey;

typedef struct {
    uint8_t b[20];
} KetteAddress;

typedef struct KetteKey KetteKey;

/* Makes a key of 32 secret bytes; free it with kette_key_free. */
KetteKey *kette_key_new(const uint8_t secret[32]);
void kette_key_free(KetteKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteKey, kette_key_free)

const KettePublicKey *kette_key_public(const KetteKey *key);
void kette_key_sign(const KetteKey *key, uint8_t ret_signature[KETTE_SIGNATURE_BYTES],
                    const void *data, size_t len);

/* Returns whether the signature is right; false for any key or signature that libcrypto does not
 * accept. */
bool kette_key_verify(const KettePublicKey *key, const uint8_t signature[KETTE_SIGNATURE_BYTES],
                      const void *data, size_t len);

KetteAddress kette_address_of(KetteHasher *hasher, const KettePublicKey *key);
int kette_address_compare(const KetteAddress *a, const KetteAddress *b);

#endif
