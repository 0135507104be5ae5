/* Cursors never pass their end; hex is strict. */
#include "core/base/bytes.h"
#include "tests/harness/harness.h"

static void
test_reader_stops_at_end(void)
{
    const uint8_t raw[] = {1, 2, 3, 4, 5};
    KetteReader r;

    kette_reader_init(&r, raw, sizeof raw);
    CU_ASSERT_EQUAL(kette_read_u32(&r), 0x04030201);
    CU_ASSERT_EQUAL(kette_reader_left(&r), 1);
    CU_ASSERT_EQUAL(kette_read_u16(&r), 0);
    CU_ASSERT_TRUE(r.failed);
    /* A failed reader stays failed, even for what would have fitted. */
    CU_ASSERT_EQUAL(kette_read_u8(&r), 0);
    CU_ASSERT_FALSE(kette_reader_done(&r));
}

static void
test_reader_wants_everything_read(void)
{
    const uint8_t raw[] = {1, 2};
    KetteReader r;

    kette_reader_init(&r, raw, sizeof raw);
    kette_read_u8(&r);
    CU_ASSERT_FALSE(kette_reader_done(&r));
    kette_read_u8(&r);
    CU_ASSERT_TRUE(kette_reader_done(&r));
}

static void
test_writer_is_little_endian(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    const uint8_t want[] = {0x02, 0x01, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01};

    kette_write_u16(out, 0x0102);
    kette_write_u64(out, UINT64_C(0x0102030405060708));
    CU_ASSERT_EQUAL(out->len, sizeof want);
    CU_ASSERT_EQUAL(memcmp(out->data, want, sizeof want), 0);
}

static void
test_hex_is_strict(void)
{
    uint8_t raw[2] = {9, 9};
    char text[5];

    CU_ASSERT_FALSE(kette_hex_decode(raw, 2, "0g00"));
    CU_ASSERT_FALSE(kette_hex_decode(raw, 2, "000"));
    CU_ASSERT_FALSE(kette_hex_decode(raw, 2, "00000"));
    CU_ASSERT_EQUAL(raw[0], 9);
    CU_ASSERT_TRUE(kette_hex_decode(raw, 2, "aB01"));
    kette_hex_encode(text, raw, 2);
    TEST_STR_EQUAL(text, "ab01");
}

TEST_SUITE(bytes, {"reader stops at its end", test_reader_stops_at_end},
           {"reader wants everything read", test_reader_wants_everything_read},
           {"writer is little-endian", test_writer_is_little_endian},
           {"hex is strict", test_hex_is_strict})
