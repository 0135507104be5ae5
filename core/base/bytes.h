/* Bounded cursors over bytes, little-endian, for everything that is serialised or parsed.
 *
 * KetteReader never reads past its end: the first short read sets `failed` and every later read
 * gives zeros, so a parser checks once at its end. KetteWriter appends to a GByteArray.
 */
#ifndef CORE_BASE_BYTES_H
#define CORE_BASE_BYTES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t
kette_get_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
kette_get_le64(const uint8_t *p)
{
    return (uint64_t)kette_get_le32(p) | (uint64_t)kette_get_le32(p + 4) << 32;
}

static inline void
kette_put_le32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static inline void
kette_put_le64(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

typedef struct {
    const uint8_t *at, *end;
    bool failed;
} KetteReader;

void kette_reader_init(KetteReader *r, const uint8_t *data, size_t len);
uint8_t kette_read_u8(KetteReader *r);
uint16_t kette_read_u16(KetteReader *r);
uint32_t kette_read_u32(KetteReader *r);
uint64_t kette_read_u64(KetteReader *r);
void kette_read_bytes(KetteReader *r, uint8_t *ret_data, size_t len);
size_t kette_reader_left(const KetteReader *r);

/* Returns whether nothing failed and nothing is left over: trailing bytes are an error everywhere.
 */
bool kette_reader_done(const KetteReader *r);

void kette_write_u8(GByteArray *out, uint8_t v);
void kette_write_u16(GByteArray *out, uint16_t v);
void kette_write_u32(GByteArray *out, uint32_t v);
void kette_write_u64(GByteArray *out, uint64_t v);
void kette_write_bytes(GByteArray *out, const void *data, size_t len);

/* Writes lower-case hex with a closing NUL: ret_text has 2 * len + 1 bytes. */
void kette_hex_encode(char *ret_text, const uint8_t *data, size_t len);

/* Reads exactly 2 * len hex digits, either case. Returns false for anything else and leaves
 * ret_data as it was. */
bool kette_hex_decode(uint8_t *ret_data, size_t len, const char *text);

#endif
