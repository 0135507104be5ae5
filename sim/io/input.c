/* Reads in pieces; see input.h. */
#include "sim/io/input.h"

#include <errno.h>
#include <stdio.h>

#define PIECE 65536

static GString *
fail(GString *text, const char *path, const char *why, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot read '%s': %s", path, why);
    g_string_free(text, TRUE);
    return NULL;
}

GString *
io_input_read(const char *path, gsize most, GError **error)
{
    GString *text = g_string_new(NULL);
    FILE *file = fopen(path, "rb");
    gsize got = file != NULL ? 1 : 0, before;
    int failed = file != NULL ? 0 : errno;

    while (got > 0 && text->len <= most) {
        before = text->len;
        g_string_set_size(text, before + PIECE);
        got = fread(text->str + before, 1, PIECE, file);
        g_string_truncate(text, before + got);
    }
    if (file != NULL) {
        failed = ferror(file) ? errno : 0;
        fclose(file);
    }
    if (failed != 0)
        return fail(text, path, g_strerror(failed), error);
    if (text->len > most) {
        g_autofree char *why = g_strdup_printf("it has more than %" G_GSIZE_FORMAT " bytes", most);

        return fail(text, path, why, error);
    }
    return text;
}
