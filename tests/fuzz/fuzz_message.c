/* The codec under any bytes, as a frame of its own and as a payload in a good frame. */
#include "core/node/message.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

static void
round_trip(KetteHasher *hasher, const uint8_t *data, size_t size, const KetteHash *genesis)
{
    g_autoptr(KetteMessage) message = kette_message_parse(hasher, data, size, genesis);
    g_autoptr(GByteArray) again = NULL;

    if (message == NULL)
        return;
    again = kette_message_serialize(hasher, message, genesis);
    if (again->len != size || memcmp(again->data, data, size) != 0)
        abort();
}

void
fuzz_message(const uint8_t *data, size_t size)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    g_autofree uint8_t *framed = NULL;
    KetteHash genesis = {{0}}, checksum;

    round_trip(hasher, data, size, &genesis);
    if (size == 0)
        return;
    framed = g_malloc0(KETTE_FRAME_BYTES + size);
    framed[4] = data[0];
    kette_put_le32(framed + 5, (uint32_t)(size - 1));
    memcpy(framed + KETTE_FRAME_BYTES, data + 1, size - 1);
    checksum = kette_sha256d(hasher, data + 1, size - 1);
    memcpy(framed + 9, checksum.b, 4);
    round_trip(hasher, framed, KETTE_FRAME_BYTES + size - 1, &genesis);
}
