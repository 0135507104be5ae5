/* Bounded cursors over bytes; see bytes.h for the contract. */
#include "core/base/bytes.h"

void
kette_reader_init(KetteReader *r, const uint8_t *data, size_t len)
{
    r->at = data;
    r->end = data + len;
    r->failed = false;
}

/* Returns the next `len` bytes, or NULL (and fails) when there are fewer. */
static const uint8_t *
take(KetteReader *r, size_t len)
{
    const uint8_t *p = r->at;

    if (r->failed || (size_t)(r->end - r->at) < len) {
        r->failed = true;
        return NULL;
    }
    r->at += len;
    return p;
}

uint8_t
kette_read_u8(KetteReader *r)
{
    const uint8_t *p = take(r, 1);

    return p ? p[0] : 0;
}

uint16_t
kette_read_u16(KetteReader *r)
{
    const uint8_t *p = take(r, 2);

    return p ? (uint16_t)(p[0] | p[1] << 8) : 0;
}

uint32_t
kette_read_u32(KetteReader *r)
{
    const uint8_t *p = take(r, 4);

    return p ? kette_get_le32(p) : 0;
}

uint64_t
kette_read_u64(KetteReader *r)
{
    const uint8_t *p = take(r, 8);

    return p ? kette_get_le64(p) : 0;
}

void
kette_read_bytes(KetteReader *r, uint8_t *ret_data, size_t len)
{
    const uint8_t *p = take(r, len);

    if (p)
        memcpy(ret_data, p, len);
    else
        memset(ret_data, 0, len);
}

size_t
kette_reader_left(const KetteReader *r)
{
    return r->failed ? 0 : (size_t)(r->end - r->at);
}

bool
kette_reader_done(const KetteReader *r)
{
    return !r->failed && r->at == r->end;
}

void
kette_write_u8(GByteArray *out, uint8_t v)
{
    g_byte_array_append(out, &v, 1);
}

void
kette_write_u16(GByteArray *out, uint16_t v)
{
    uint8_t raw[2] = {(uint8_t)v, (uint8_t)(v >> 8)};

    g_byte_array_append(out, raw, sizeof raw);
}

void
kette_write_u32(GByteArray *out, uint32_t v)
{
    uint8_t raw[4];

    kette_put_le32(raw, v);
    g_byte_array_append(out, raw, sizeof raw);
}

void
kette_write_u64(GByteArray *out, uint64_t v)
{
    uint8_t raw[8];

    kette_put_le64(raw, v);
    g_byte_array_append(out, raw, sizeof raw);
}

void
kette_write_bytes(GByteArray *out, const void *data, size_t len)
{
    g_byte_array_append(out, data, (guint)len);
}

void
kette_hex_encode(char *ret_text, const uint8_t *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        ret_text[2 * i] = digits[data[i] >> 4];
        ret_text[2 * i + 1] = digits[data[i] & 15];
    }
    ret_text[2 * len] = '\0';
}

bool
kette_hex_decode(uint8_t *ret_data, size_t len, const char *text)
{
    if (strlen(text) != 2 * len)
        return false;
    for (size_t i = 0; i < 2 * len; i++) {
        if (g_ascii_xdigit_value(text[i]) < 0)
            return false;
    }
    for (size_t i = 0; i < len; i++)
        ret_data[i] = (uint8_t)(g_ascii_xdigit_value(text[2 * i]) << 4 |
                                g_ascii_xdigit_value(text[2 * i + 1]));
    return true;
}
