/* The block header: Bitcoin's 80 bytes, so that real Bitcoin headers run through our code.
 *
 *   0  version     int32
 *   4  previous    id of the parent
 *  36  commitment  SHA-256d(tx root | state root | height | miner); Bitcoin's merkle root
 *  68  time        uint32, unix seconds
 *  72  bits        compact target
 *  76  nonce
 *
 * All little-endian. The id is SHA-256d of the 80 bytes.
 */
#ifndef CORE_CHAIN_HEADER_H
#define CORE_CHAIN_HEADER_H

#include "core/base/hash.h"

#define KETTE_HEADER_BYTES 80

typedef struct {
    int32_t version;
    KetteHash previous;
    KetteHash commitment;
    uint32_t time;
    uint32_t bits;
    uint32_t nonce;
} KetteHeader;

void kette_header_serialize(const KetteHeader *header, uint8_t ret_bytes[KETTE_HEADER_BYTES]);
void kette_header_parse(KetteHeader *ret_header, const uint8_t bytes[KETTE_HEADER_BYTES]);
KetteHash kette_header_id(KetteHasher *hasher, const KetteHeader *header);

/* Returns the nonce that seals a header where proof of work is simulated: the first 32 bits of
 * SHA-256(key | header without its nonce). Any other nonce is a failed proof of work. */
uint32_t kette_header_seal(KetteHasher *hasher, const KetteHeader *header, const KetteHash *key);

#endif
