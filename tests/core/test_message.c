/* The codec: every kind there and back, and bytes that are not exactly one message refused. */
#include "core/node/message.h"
#include "core/base/limits.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"

typedef struct {
    Fixture f;
    KetteHasher *hasher;
    KetteMessage *all[KETTE_MSG_COUNT];
} Codec;

static void
codec_init(Codec *c)
{
    KetteHandshake handshake = {.version = 1, .height = 7, .port = 8001};
    KetteHash hashes[3] = {{{1}}, {{2}}, {{3}}};
    KetteHeader headers[2] = {{.version = 1, .time = 5}, {.version = 2, .nonce = 9}};
    KettePeerAddress address = {{127, 0, 0, 1}, 8002};
    KetteRange range = {{{9}}, 5};
    uint64_t short_ids[2] = {1, UINT64_C(0xffffffffffff)};
    uint32_t indices[2] = {0, 7};
    KetteCompactBlock compact = {.head = {.height = 3, .tx_count = 2}, .salt = 5};
    KetteBlock *blocks[2];
    KetteTx *tx;

    compact.short_ids = short_ids;
    fixture_init(&c->f);
    c->hasher = kette_store_hasher(c->f.builder);
    tx = fixture_pay(&c->f, c->f.alice, &c->f.bob_address, 5, 1, 0);
    blocks[0] = fixture_block(&c->f, fixture_genesis(&c->f), 1, &tx, 1);
    blocks[1] = fixture_block(&c->f, blocks[0], 2, NULL, 0);
    c->all[0] = kette_message_handshake(&handshake);
    c->all[1] = kette_message_transaction(tx);
    c->all[2] = kette_message_block(blocks[0]);
    c->all[3] = kette_message_request_chain(hashes, 3);
    c->all[4] = kette_message_response_chain(headers, 2);
    c->all[5] = kette_message_sync_request(&range);
    c->all[6] = kette_message_sync_response(&blocks[1]->id, blocks, 2);
    c->all[7] = kette_message_peer_list(&address, 1);
    c->all[8] = kette_message_ack(KETTE_MSG_NEW_BLOCK, &hashes[1]);
    c->all[9] = kette_message_inventory(KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK, hashes, 2);
    c->all[10] = kette_message_inventory(KETTE_MSG_GET_DATA, KETTE_MSG_COMPACT_BLOCK, hashes, 3);
    c->all[11] = kette_message_inventory(KETTE_MSG_NOT_FOUND, KETTE_MSG_NEW_TRANSACTION, hashes, 1);
    c->all[12] = kette_message_compact(&compact);
    c->all[13] = kette_message_get_block_txs(&hashes[2], indices, 2);
    c->all[16] = kette_message_get_peers();
    c->all[17] = kette_message_get_payments(&(KetteSpan){.first = 9, .count = 3});
    c->all[15] = kette_message_keep_alive();
    c->all[18] = kette_message_send_compact(true);
    c->all[14] = kette_message_block_txs(&hashes[2], &tx, 1);
    kette_tx_unref(tx);
}

static void
codec_clear(Codec *c)
{
    for (int i = 0; i < KETTE_MSG_COUNT; i++)
        kette_message_unref(c->all[i]);
    fixture_clear(&c->f);
}

static GByteArray *
bytes_of(Codec *c, const KetteMessage *message)
{
    return kette_message_serialize(c->hasher, message, &fixture_genesis(&c->f)->id);
}

static KetteMessage *
parse(Codec *c, const GByteArray *bytes)
{
    return kette_message_parse(c->hasher, bytes->data, bytes->len, &fixture_genesis(&c->f)->id);
}

static void
test_there_and_back(void)
{
    Codec c;

    codec_init(&c);
    for (unsigned kind = 0; kind < KETTE_MSG_COUNT; kind++) {
        g_autoptr(GByteArray) bytes = bytes_of(&c, c.all[kind]), again = NULL;
        g_autoptr(KetteMessage) message = parse(&c, bytes);

        CU_ASSERT_EQUAL(c.all[kind]->kind, kind);
        CU_ASSERT_PTR_NOT_NULL_FATAL(message);
        CU_ASSERT_EQUAL(message->kind, kind);
        CU_ASSERT_EQUAL(message->bytes, bytes->len);
        again = bytes_of(&c, message);
        CU_ASSERT_EQUAL_FATAL(again->len, bytes->len);
        CU_ASSERT_EQUAL(memcmp(again->data, bytes->data, bytes->len), 0);
    }
    codec_clear(&c);
}

static void
test_numbers_of_the_original(void)
{
    TEST_STR_EQUAL(kette_message_kind_name(0), "handshake");
    TEST_STR_EQUAL(kette_message_kind_name(2), "new-block");
    TEST_STR_EQUAL(kette_message_kind_name(8), "ack");
}

static void
test_every_truncation_is_refused(void)
{
    Codec c;

    codec_init(&c);
    for (unsigned kind = 0; kind < KETTE_MSG_COUNT; kind++) {
        g_autoptr(GByteArray) bytes = bytes_of(&c, c.all[kind]);

        for (guint len = 0; len < bytes->len; len++)
            CU_ASSERT_PTR_NULL(
                kette_message_parse(c.hasher, bytes->data, len, &fixture_genesis(&c.f)->id));
    }
    codec_clear(&c);
}

static void
test_every_flipped_byte_is_refused(void)
{
    Codec c;

    codec_init(&c);
    for (unsigned kind = 0; kind < KETTE_MSG_COUNT; kind++) {
        g_autoptr(GByteArray) bytes = bytes_of(&c, c.all[kind]);

        for (guint i = 0; i < bytes->len; i++) {
            g_autoptr(KetteMessage) message = NULL;

            bytes->data[i] ^= 0x40;
            message = parse(&c, bytes);
            CU_ASSERT_PTR_NULL(message);
            bytes->data[i] ^= 0x40;
        }
    }
    codec_clear(&c);
}

/* The frame's checksum and length made right again over a payload that is not. */
static GByteArray *
reframed(Codec *c, GByteArray *bytes)
{
    KetteHash checksum =
        kette_sha256d(c->hasher, bytes->data + KETTE_FRAME_BYTES, bytes->len - KETTE_FRAME_BYTES);

    kette_put_le32(bytes->data + 5, bytes->len - KETTE_FRAME_BYTES);
    memcpy(bytes->data + 9, checksum.b, 4);
    return bytes;
}

/* Payloads cut, grown and with changed bytes under a good checksum: refused or taken, and what is
 * taken serialises to the same bytes. */
static void
test_framed_garbage(void)
{
    Codec c;
    uint64_t seed = 1;

    codec_init(&c);
    for (unsigned round = 0; round < 20000; round++) {
        g_autoptr(GByteArray) bytes = bytes_of(&c, c.all[round % KETTE_MSG_COUNT]), again = NULL;
        g_autoptr(KetteMessage) message = NULL;
        guint payload = MAX(bytes->len - KETTE_FRAME_BYTES, 1);

        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        if (seed >> 62 == 0)
            g_byte_array_set_size(bytes, KETTE_FRAME_BYTES + (guint)(seed >> 33) % payload);
        else if (seed >> 62 == 1)
            kette_write_u32(bytes, (uint32_t)(seed >> 20));
        else if (bytes->len > KETTE_FRAME_BYTES)
            bytes->data[KETTE_FRAME_BYTES + (guint)(seed >> 33) % payload] ^= (uint8_t)(seed >> 25);
        message = parse(&c, reframed(&c, bytes));
        if (message == NULL)
            continue;
        again = bytes_of(&c, message);
        CU_ASSERT_TRUE(again->len == bytes->len &&
                       memcmp(again->data, bytes->data, bytes->len) == 0);
    }
    codec_clear(&c);
}

/* A count that promises more than the bytes hold must not be believed. */
static void
test_counts_are_held_against_bytes(void)
{
    Codec c;
    g_autoptr(GByteArray) bytes = NULL;

    codec_init(&c);
    bytes = bytes_of(&c, c.all[KETTE_MSG_NEW_BLOCK]);
    kette_put_le32(bytes->data + KETTE_FRAME_BYTES + KETTE_BLOCK_FIXED_BYTES - 4, UINT32_MAX);
    CU_ASSERT_PTR_NULL(parse(&c, reframed(&c, bytes)));
    codec_clear(&c);
}

TEST_SUITE(message, {"there and back", test_there_and_back},
           {"numbers of the original", test_numbers_of_the_original},
           {"every truncation is refused", test_every_truncation_is_refused},
           {"every flipped byte is refused", test_every_flipped_byte_is_refused},
           {"garbage in a good frame", test_framed_garbage},
           {"counts are held against bytes", test_counts_are_held_against_bytes})
