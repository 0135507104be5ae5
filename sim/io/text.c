/* Escapes everything printed; see text.h. */
#include "sim/io/text.h"

#include <stdarg.h>
#include <string.h>

#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER 0x200d

bool
io_is_printable(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
        return false;
    case G_UNICODE_FORMAT:
        return c == ZERO_WIDTH_NON_JOINER || c == ZERO_WIDTH_JOINER;
    default:
        return true;
    }
}

static void
append_escape(GString *out, gunichar c)
{
    if (c < 0x100)
        g_string_append_printf(out, "\\x%02x", c);
    else
        g_string_append_printf(out, c > 0xffff ? "\\u{%x}" : "\\u%04x", c);
}

char *
io_escape(const char *text, gssize length, const char *keep)
{
    const char *end = text + (length >= 0 ? (gsize)length : strlen(text));
    GString *out = g_string_sized_new((gsize)(end - text));

    while (text < end) {
        gunichar c = g_utf8_get_char_validated(text, end - text);

        /* (gunichar)-1 and -2: no character begins here, or the text ends inside one */
        if (c >= (gunichar)-2) {
            append_escape(out, (guchar)*text++);
            continue;
        }
        if (io_is_printable(c) || (keep != NULL && c != 0 && c < 0x80 && strchr(keep, (int)c)))
            g_string_append_unichar(out, c);
        else
            append_escape(out, c);
        text = g_utf8_next_char(text);
    }
    return g_string_free(out, FALSE);
}

char *
io_printable(const char *text)
{
    return io_escape(text, -1, NULL);
}

char *
io_shell_word(const char *word)
{
    return *word == '\0' || strpbrk(word, " \t\n'\"\\$&|;<>()*?[]{}~#!`") != NULL
               ? g_shell_quote(word)
               : g_strdup(word);
}

char *
io_count(guint64 count, const char *noun)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s%s", count, noun, count == 1 ? "" : "s");
}

void
io_print(FILE *out, const char *format, ...)
{
    g_autofree char *text = NULL, *shown = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    shown = io_escape(text, -1, "\n\t");
    fputs(shown, out);
}

bool
io_refuse(GError **error, GQuark domain, int code, const char *format, ...)
{
    g_autofree char *text = NULL, *shown = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    shown = io_printable(text);
    g_set_error_literal(error, domain, code, shown);
    return false;
}
