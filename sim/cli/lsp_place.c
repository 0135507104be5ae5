/* Places in UTF-16 units; see lsp.h. */
#include "sim/cli/lsp.h"

#include <string.h>

/* Returns the number of UTF-16 units of the character that begins with this byte. */
static guint
units_of(char first)
{
    guchar byte = (guchar)first;

    return byte >= 0xF0 ? 2 : (byte & 0xC0) != 0x80;
}

gsize
lsp_offset(const ScnSource *source, gint64 line, gint64 character)
{
    gsize length, at = 0;
    const char *text;

    if (line < 0 || character < 0)
        return 0;
    if (line >= source->lines->len)
        return source->length;
    text = scn_source_line(source, (guint32)line + 1, &length);
    for (gint64 units = 0; at < length; at++) {
        units += units_of(text[at]);
        if (units > character)
            break;
    }
    return (gsize)(text - source->text) + at;
}

void
lsp_add_position(JsonBuilder *builder, const char *name, const ScnSource *source, gsize offset)
{
    guint32 line, column;
    gint64 character = 0;
    gsize at = MIN(offset, source->length);

    scn_source_locate(source, at, &line, &column);
    for (gsize i = g_array_index(source->lines, gsize, line - 1); i < at; i++)
        character += units_of(source->text[i]);
    io_json_member_object(builder, name);
    io_json_member_int(builder, "line", (gint64)line - 1);
    io_json_member_int(builder, "character", character);
    json_builder_end_object(builder);
}

void
lsp_add_range(JsonBuilder *builder, const char *name, const ScnSource *source, ScnSpan span)
{
    if (name != NULL)
        json_builder_set_member_name(builder, name);
    json_builder_begin_object(builder);
    lsp_add_position(builder, "start", source, span.offset);
    lsp_add_position(builder, "end", source, (gsize)span.offset + span.length);
    json_builder_end_object(builder);
}
