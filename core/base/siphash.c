/* SipHash-2-4 as its paper's section 2 describes it. */
#include "core/base/siphash.h"

#include "core/base/bytes.h"

typedef struct {
    uint64_t v[4];
} Sip;

static uint64_t
rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static void
rounds(Sip *s, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        s->v[0] += s->v[1];
        s->v[2] += s->v[3];
        s->v[1] = rotate(s->v[1], 13) ^ s->v[0];
        s->v[3] = rotate(s->v[3], 16) ^ s->v[2];
        s->v[0] = rotate(s->v[0], 32);
        s->v[2] += s->v[1];
        s->v[0] += s->v[3];
        s->v[1] = rotate(s->v[1], 17) ^ s->v[2];
        s->v[3] = rotate(s->v[3], 21) ^ s->v[0];
        s->v[2] = rotate(s->v[2], 32);
    }
}

static void
absorb(Sip *s, uint64_t word)
{
    s->v[3] ^= word;
    rounds(s, 2);
    s->v[0] ^= word;
}

uint64_t
kette_siphash(uint64_t k0, uint64_t k1, const uint8_t *data, size_t len)
{
    Sip s = {{k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
              k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)}};
    uint8_t last[8] = {0};
    size_t whole = len - len % 8;

    for (size_t i = 0; i < whole; i += 8)
        absorb(&s, kette_get_le64(data + i));
    if (len > whole)
        memcpy(last, data + whole, len - whole);
    last[7] = (uint8_t)len;
    absorb(&s, kette_get_le64(last));
    s.v[2] ^= 0xff;
    rounds(&s, 4);
    return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}
