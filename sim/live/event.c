/* Events as JSON; see event.h. */
#include "sim/live/event.h"

#include <json-glib/json-glib.h>

const char *
live_event_name(KetteNoteKind kind)
{
    static const char *const names[] = {
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
add_text(JsonBuilder *out, const char *name, const char *text)
{
    json_builder_set_member_name(out, name);
    if (text != NULL)
        json_builder_add_string_value(out, text);
    else
        json_builder_add_null_value(out);
}

static void
add_bytes(JsonBuilder *out, const char *name, const uint8_t *data, size_t len)
{
    g_autofree char *text = g_malloc(2 * len + 1);

    kette_hex_encode(text, data, len);
    add_text(out, name, text);
}

static void
add_id(JsonBuilder *out, const KetteHash *id)
{
    char text[KETTE_HASH_HEX];

    kette_hash_to_hex(text, id);
    add_text(out, "id", text);
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
    g_autoptr(JsonNode) root = NULL;
    const KetteHash *id = note->id      ? note->id
                          : note->tx    ? &note->tx->id
                          : note->entry ? &note->entry->id
                                        : NULL;

    json_builder_begin_object(out);
    add_text(out, "event", live_event_name(note->kind));
    json_builder_set_member_name(out, "at");
    json_builder_add_int_value(out, now_ns);
    add_text(out, "from", from);
    if (id != NULL)
        add_id(out, id);
    if (note->entry != NULL) {
        json_builder_set_member_name(out, "height");
        json_builder_add_int_value(out, (gint64)note->entry->height);
    }
    if (note->kind == KETTE_NOTE_BODY)
        add_block(out, note->entry->block);
    if (note->tx != NULL)
        add_tx(out, note->tx);
    if (note->kind == KETTE_NOTE_REFUSED)
        add_text(out, "verdict", kette_verdict_name(note->verdict));
    if (note->kind == KETTE_NOTE_BANNED)
        add_text(out, "reason", note->reason);
    json_builder_end_object(out);
    root = json_builder_get_root(out);
    return json_to_string(root, FALSE);
}
