/* Records of the log; see record.h for the layout. */
#include "core/node/record.h"

#include "core/base/limits.h"

#define HEAD_BYTES 8
#define RECORD_NAME_MAX 31

static GByteArray *
begin(KetteRecordKind kind)
{
    GByteArray *out = g_byte_array_new();

    kette_write_u64(out, 0); /* length and checksum, when they are known */
    kette_write_u8(out, (uint8_t)kind);
    return out;
}

static GByteArray *
finish(KetteHasher *hasher, GByteArray *out)
{
    KetteHash checksum = kette_sha256d(hasher, out->data + HEAD_BYTES, out->len - HEAD_BYTES);

    kette_put_le32(out->data, out->len - HEAD_BYTES);
    memcpy(out->data + 4, checksum.b, 4);
    return out;
}

GByteArray *
kette_record_block(KetteHasher *hasher, const KetteBlock *block, uint32_t preference)
{
    GByteArray *out = begin(KETTE_RECORD_BLOCK);

    kette_write_u32(out, preference);
    kette_block_serialize(block, out);
    return finish(hasher, out);
}

GByteArray *
kette_record_tip(KetteHasher *hasher, const KetteHash *tip)
{
    GByteArray *out = begin(KETTE_RECORD_TIP);

    kette_write_bytes(out, tip->b, sizeof tip->b);
    return finish(hasher, out);
}

static void
write_name(GByteArray *out, const char *name)
{
    kette_write_u8(out, (uint8_t)strlen(name));
    kette_write_bytes(out, name, strlen(name));
}

GByteArray *
kette_record_mark(KetteHasher *hasher, const KetteHeader *header, KetteVerdict verdict)
{
    GByteArray *out = begin(KETTE_RECORD_MARK);
    uint8_t bytes[KETTE_HEADER_BYTES];

    kette_header_serialize(header, bytes);
    write_name(out, kette_verdict_name(verdict));
    kette_write_bytes(out, bytes, sizeof bytes);
    return finish(hasher, out);
}

GByteArray *
kette_record_hand(KetteHasher *hasher, KetteHand hand, const KetteHash *id)
{
    GByteArray *out = begin(KETTE_RECORD_HAND);

    write_name(out, kette_hand_name(hand));
    kette_write_bytes(out, id->b, sizeof id->b);
    return finish(hasher, out);
}

GByteArray *
kette_record_rules(KetteHasher *hasher, uint32_t upgrades)
{
    GByteArray *out = begin(KETTE_RECORD_RULES);

    kette_write_u32(out, upgrades);
    return finish(hasher, out);
}

GByteArray *
kette_record_caught_up(KetteHasher *hasher)
{
    return finish(hasher, begin(KETTE_RECORD_CAUGHT_UP));
}

/* Reads a name of at most RECORD_NAME_MAX bytes; false if it is longer. */
static bool
read_name(KetteReader *reader, char name[RECORD_NAME_MAX + 1])
{
    uint8_t length = kette_read_u8(reader);

    if (length > RECORD_NAME_MAX)
        return false;
    memset(name, 0, RECORD_NAME_MAX + 1);
    kette_read_bytes(reader, (uint8_t *)name, length);
    return true;
}

static bool
parse_hand(KetteRecord *record, KetteReader *reader)
{
    char name[RECORD_NAME_MAX + 1];
    const char *known;

    if (!read_name(reader, name))
        return false;
    kette_read_bytes(reader, record->id.b, sizeof record->id.b);
    for (record->hand = 0; (known = kette_hand_name(record->hand)) != NULL; record->hand++) {
        if (strcmp(known, name) == 0)
            return kette_reader_done(reader);
    }
    return false;
}

static bool
parse_mark(KetteRecord *record, KetteReader *reader)
{
    char name[RECORD_NAME_MAX + 1];
    uint8_t bytes[KETTE_HEADER_BYTES];

    if (!read_name(reader, name))
        return false;
    kette_read_bytes(reader, bytes, sizeof bytes);
    record->verdict = kette_verdict_find(name);
    kette_header_parse(&record->header, bytes);
    return kette_reader_done(reader) && record->verdict != KETTE_VERDICT_COUNT &&
           (record->verdict == KETTE_OK || record->verdict == KETTE_REORG_TOO_DEEP ||
            kette_verdict_class(record->verdict) == KETTE_CLASS_INVALID);
}

static bool
parse_payload(KetteHasher *hasher, KetteRecord *record, KetteReader *reader)
{
    record->kind = kette_read_u8(reader);
    if (record->kind == KETTE_RECORD_BLOCK) {
        record->preference = kette_read_u32(reader);
        record->block = kette_block_parse(hasher, reader);
        return record->block != NULL && kette_reader_done(reader);
    }
    if (record->kind == KETTE_RECORD_MARK)
        return parse_mark(record, reader);
    if (record->kind == KETTE_RECORD_HAND)
        return parse_hand(record, reader);
    if (record->kind == KETTE_RECORD_RULES) {
        record->upgrades = kette_read_u32(reader);
        return kette_reader_done(reader);
    }
    if (record->kind == KETTE_RECORD_CAUGHT_UP)
        return kette_reader_done(reader);
    if (record->kind != KETTE_RECORD_TIP)
        return false;
    kette_read_bytes(reader, record->id.b, sizeof record->id.b);
    return kette_reader_done(reader);
}

size_t
kette_record_parse(KetteHasher *hasher, KetteRecord *ret_record, const uint8_t *data, size_t len)
{
    KetteRecord record = {0};
    KetteReader reader;
    KetteHash checksum;
    uint32_t length;

    if (len < HEAD_BYTES)
        return 0;
    length = kette_get_le32(data);
    if (length == 0 || length > KETTE_MESSAGE_MAX_BYTES || length > len - HEAD_BYTES)
        return 0;
    checksum = kette_sha256d(hasher, data + HEAD_BYTES, length);
    if (memcmp(checksum.b, data + 4, 4) != 0)
        return 0;
    kette_reader_init(&reader, data + HEAD_BYTES, length);
    if (!parse_payload(hasher, &record, &reader)) {
        kette_record_clear(&record);
        return 0;
    }
    *ret_record = record;
    return HEAD_BYTES + (size_t)length;
}

void
kette_record_clear(KetteRecord *record)
{
    g_clear_pointer(&record->block, kette_block_unref);
}
