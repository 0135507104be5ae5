/* Events as JSON; see event.h. */
#include "sim/live/event.h"

#include "core/base/bytes.h"
#include "sim/io/json.h"

#include <string.h>

#define KINDS (KETTE_NOTE_UPGRADE_NEEDED + 1)

const char *
live_event_name(KetteNoteKind kind)
{
    static const char *const names[KINDS] = {
        [KETTE_NOTE_HEADER] = "header",
        [KETTE_NOTE_BODY] = "body",
        [KETTE_NOTE_ORPHAN] = "orphan",
        [KETTE_NOTE_REFUSED] = "refused",
        [KETTE_NOTE_TIP] = "tip",
        [KETTE_NOTE_TX_ACCEPTED] = "tx-accepted",
        [KETTE_NOTE_TX_RETURNED] = "tx-returned",
        [KETTE_NOTE_TX_DROPPED] = "tx-dropped",
        [KETTE_NOTE_READY] = "ready",
        [KETTE_NOTE_BANNED] = "banned",
        [KETTE_NOTE_UPGRADE_NEEDED] = "upgrade-needed",
    };

    return names[kind];
}

static void
add_bytes(JsonBuilder *out, const char *name, const uint8_t *data, size_t len)
{
    g_autofree char *text = g_malloc(2 * len + 1);

    kette_hex_encode(text, data, len);
    io_json_member_text(out, name, text);
}

static void
add_id(JsonBuilder *out, const KetteHash *id)
{
    char text[KETTE_HASH_HEX];

    kette_hash_to_hex(text, id);
    io_json_member_text(out, "id", text);
}

static void
add_block(JsonBuilder *out, const KetteBlock *block)
{
    g_autoptr(GByteArray) raw = g_byte_array_new();

    kette_block_serialize(block, raw);
    add_bytes(out, "block", raw->data, raw->len);
}

static void
add_tx(JsonBuilder *out, const KetteTx *tx)
{
    uint8_t raw[KETTE_TX_BYTES];

    kette_tx_serialize(tx, raw);
    add_bytes(out, "tx", raw, sizeof raw);
}

char *
live_event_text(const KetteNote *note, const char *from, int64_t now_ns)
{
    g_autoptr(JsonBuilder) out = json_builder_new();
    const KetteHash *id = note->id      ? note->id
                          : note->tx    ? &note->tx->id
                          : note->entry ? &note->entry->id
                                        : NULL;

    json_builder_begin_object(out);
    io_json_member_text(out, "event", live_event_name(note->kind));
    io_json_member_int(out, "at", now_ns);
    io_json_member_text(out, "from", from);
    if (id != NULL)
        add_id(out, id);
    if (note->entry != NULL) {
        io_json_member_int(out, "height", (gint64)note->entry->height);
    }
    if (note->kind == KETTE_NOTE_BODY)
        add_block(out, note->entry->block);
    if (note->tx != NULL)
        add_tx(out, note->tx);
    if (note->kind == KETTE_NOTE_REFUSED)
        io_json_member_text(out, "verdict", kette_verdict_name(note->verdict));
    if (note->kind == KETTE_NOTE_BANNED)
        io_json_member_text(out, "reason", note->reason);
    json_builder_end_object(out);
    return io_json_line(out);
}

/* --- reading ------------------------------------------------------------------------------ */

static bool
parse_kind(KetteNoteKind *ret_kind, const char *name)
{
    for (unsigned kind = 0; name != NULL && kind < KINDS; kind++) {
        if (strcmp(live_event_name((KetteNoteKind)kind), name) == 0) {
            *ret_kind = (KetteNoteKind)kind;
            return true;
        }
    }
    return false;
}

/* Returns the bytes of a member in hex; empty if there is none or it is no hex. */
static GByteArray *
read_bytes(JsonObject *object, const char *name)
{
    const char *hex = io_json_read_text(object, name);
    GByteArray *bytes = g_byte_array_new();

    if (hex == NULL)
        return bytes;
    g_byte_array_set_size(bytes, (guint)(strlen(hex) / 2));
    if (!kette_hex_decode(bytes->data, bytes->len, hex))
        g_byte_array_set_size(bytes, 0);
    return bytes;
}

static KetteBlock *
read_block(KetteHasher *hasher, JsonObject *object)
{
    g_autoptr(GByteArray) bytes = read_bytes(object, "block");
    KetteReader reader;

    kette_reader_init(&reader, bytes->data, bytes->len);
    return bytes->len > 0 ? kette_block_parse(hasher, &reader) : NULL;
}

static KetteTx *
read_tx(KetteHasher *hasher, JsonObject *object)
{
    g_autoptr(GByteArray) bytes = read_bytes(object, "tx");
    KetteReader reader;

    kette_reader_init(&reader, bytes->data, bytes->len);
    return bytes->len > 0 ? kette_tx_parse(hasher, &reader) : NULL;
}

/* Returns whether an event has every member that its kind needs. */
static bool
is_whole(const LiveEvent *event)
{
    switch (event->kind) {
    case KETTE_NOTE_BODY:
        return event->block != NULL;
    case KETTE_NOTE_TX_ACCEPTED:
        return event->tx != NULL;
    case KETTE_NOTE_REFUSED:
        return event->verdict != KETTE_VERDICT_COUNT;
    default:
        return true;
    }
}

bool
live_event_parse(LiveEvent *ret_event, KetteHasher *hasher, JsonObject *object)
{
    const char *id = io_json_read_text(object, "id"),
               *verdict = io_json_read_text(object, "verdict");
    LiveEvent event = {.verdict =
                           verdict != NULL ? kette_verdict_find(verdict) : KETTE_VERDICT_COUNT};

    if (!parse_kind(&event.kind, io_json_read_text(object, "event")) ||
        (id != NULL && !kette_hash_from_hex(&event.id, id)))
        return false;
    event.at_ns = io_json_read_int(object, "at", 0);
    event.from = io_json_read_text(object, "from");
    event.reason = io_json_read_text(object, "reason");
    event.block = read_block(hasher, object);
    event.tx = read_tx(hasher, object);
    if (!is_whole(&event)) {
        live_event_clear(&event);
        return false;
    }
    *ret_event = event;
    return true;
}

void
live_event_clear(LiveEvent *event)
{
    g_clear_pointer(&event->block, kette_block_unref);
    g_clear_pointer(&event->tx, kette_tx_unref);
}
