/* The 80 bytes of a header, its id and its seal; see header.h for the layout. */
#include "core/chain/header.h"

#include "core/base/bytes.h"

void
kette_header_serialize(const KetteHeader *header, uint8_t ret_bytes[KETTE_HEADER_BYTES])
{
    kette_put_le32(ret_bytes, (uint32_t)header->version);
    memcpy(ret_bytes + 4, header->previous.b, 32);
    memcpy(ret_bytes + 36, header->commitment.b, 32);
    kette_put_le32(ret_bytes + 68, header->time);
    kette_put_le32(ret_bytes + 72, header->bits);
    kette_put_le32(ret_bytes + 76, header->nonce);
}

void
kette_header_parse(KetteHeader *ret_header, const uint8_t bytes[KETTE_HEADER_BYTES])
{
    ret_header->version = (int32_t)kette_get_le32(bytes);
    memcpy(ret_header->previous.b, bytes + 4, 32);
    memcpy(ret_header->commitment.b, bytes + 36, 32);
    ret_header->time = kette_get_le32(bytes + 68);
    ret_header->bits = kette_get_le32(bytes + 72);
    ret_header->nonce = kette_get_le32(bytes + 76);
}

KetteHash
kette_header_id(KetteHasher *hasher, const KetteHeader *header)
{
    uint8_t bytes[KETTE_HEADER_BYTES];

    kette_header_serialize(header, bytes);
    return kette_sha256d(hasher, bytes, sizeof bytes);
}

uint32_t
kette_header_seal(KetteHasher *hasher, const KetteHeader *header, const KetteHash *key)
{
    uint8_t bytes[32 + KETTE_HEADER_BYTES];
    KetteHash hash;

    memcpy(bytes, key->b, 32);
    kette_header_serialize(header, bytes + 32);
    hash = kette_sha256(hasher, bytes, sizeof bytes - 4);
    return kette_get_le32(hash.b);
}
