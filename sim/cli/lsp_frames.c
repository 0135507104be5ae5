/* Messages behind headers with Content-Length; see lsp.h. */
#include "sim/cli/lsp.h"

#include <string.h>

#define LENGTH "content-length:"

void
lsp_frames_init(LspFrames *frames)
{
    *frames = (LspFrames){.bytes = g_string_new(NULL)};
}

void
lsp_frames_clear(LspFrames *frames)
{
    g_string_free(frames->bytes, TRUE);
}

void
lsp_frames_feed(LspFrames *frames, const char *bytes, gsize length)
{
    gsize skipped = MIN(frames->skip, (guint64)length);

    frames->skip -= skipped;
    g_string_append_len(frames->bytes, bytes + skipped, (gssize)(length - skipped));
}

/* Returns the length that a header of complete lines gives; false if it gives none. */
static bool
read_length(const char *header, guint64 *ret_length)
{
    g_auto(GStrv) lines = g_strsplit(header, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);

        if (g_ascii_strncasecmp(line, LENGTH, strlen(LENGTH)) == 0)
            return g_ascii_string_to_unsigned(g_strchug((char *)line + strlen(LENGTH)), 10, 0,
                                              G_MAXINT64, ret_length, NULL);
    }
    return false;
}

/* Returns the number of bytes of the header with its empty line; 0 if it is not complete. */
static gsize
header_length(const GString *bytes)
{
    for (gsize i = 0; i + 1 < bytes->len && i < LSP_HEADER_MAX; i++) {
        if (bytes->str[i] == '\n' && bytes->str[i + 1] == '\n')
            return i + 2;
        if (bytes->str[i] == '\n' && i + 2 < bytes->len && bytes->str[i + 1] == '\r' &&
            bytes->str[i + 2] == '\n')
            return i + 3;
    }
    return 0;
}

LspFrame
lsp_frames_next(LspFrames *frames, GString **ret_message)
{
    gsize head = header_length(frames->bytes), body;
    g_autofree char *header = g_strndup(frames->bytes->str, head);
    guint64 length = 0;

    if (head == 0)
        return frames->bytes->len > LSP_HEADER_MAX ? LSP_FRAME_BROKEN : LSP_FRAME_NONE;
    if (!read_length(header, &length))
        return LSP_FRAME_BROKEN;
    body = frames->bytes->len - head;
    if (length > LSP_MESSAGE_MAX) {
        frames->skip = length - MIN((guint64)body, length);
        g_string_erase(frames->bytes, 0, (gssize)(head + MIN((guint64)body, length)));
        return LSP_FRAME_TOO_LONG;
    }
    if (body < length)
        return LSP_FRAME_NONE;
    *ret_message = g_string_new_len(frames->bytes->str + head, (gssize)length);
    g_string_erase(frames->bytes, 0, (gssize)(head + length));
    return LSP_FRAME_MESSAGE;
}

char *
lsp_frame_write(const char *message)
{
    return g_strdup_printf("Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", strlen(message),
                           message);
}
