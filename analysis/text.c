/* Escapes values, once for each format; see text.h. */
#include "analysis/text.h"

#include "sim/io/text.h"

#include <math.h>
#include <string.h>

char *
ana_value_text(sqlite3_stmt *stmt, int column)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    const unsigned char *bytes;
    GString *hex;
    int length;

    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_NULL:
        return g_strdup("");
    case SQLITE_FLOAT:
        for (int digits = 15; digits <= 17; digits++) {
            char format[8];

            g_snprintf(format, sizeof format, "%%.%dg", digits);
            g_ascii_formatd(number, sizeof number, format, sqlite3_column_double(stmt, column));
            if (g_ascii_strtod(number, NULL) == sqlite3_column_double(stmt, column))
                break;
        }
        return g_strdup(number);
    case SQLITE_BLOB:
        bytes = sqlite3_column_blob(stmt, column);
        length = sqlite3_column_bytes(stmt, column);
        hex = g_string_sized_new(2 * (gsize)length);
        for (int i = 0; i < length; i++)
            g_string_append_printf(hex, "%02x", bytes[i]);
        return g_string_free(hex, FALSE);
    default:
        bytes = sqlite3_column_text(stmt, column);
        length = sqlite3_column_bytes(stmt, column);
        return bytes != NULL ? g_utf8_make_valid((const char *)bytes, length) : g_strdup("");
    }
}

void
ana_put_json_text(FILE *out, const char *text)
{
    putc('"', out);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", (int)c);
        else if (c <= 0xffff && (!io_is_printable(c) || c == '<' || c == '>' || c == '&'))
            fprintf(out, "\\u%04x", c);
        else if (!io_is_printable(c)) /* a surrogate pair: RFC 8259, section 7 */
            fprintf(out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
        else
            fwrite(at, 1, (gsize)(g_utf8_next_char(at) - at), out);
    }
    putc('"', out);
}

void
ana_put_json_value(FILE *out, sqlite3_stmt *stmt, int column)
{
    int type = sqlite3_column_type(stmt, column);
    g_autofree char *text = ana_value_text(stmt, column);

    /* JSON has no infinity; SQLite has no NaN. */
    if (type == SQLITE_NULL ||
        (type == SQLITE_FLOAT && !isfinite(sqlite3_column_double(stmt, column))))
        fputs("null", out);
    else if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
        fputs(text, out);
    else
        ana_put_json_text(out, text);
}

void
ana_put_csv_text(FILE *out, const char *text)
{
    if (strpbrk(text, "\",\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

void
ana_put_dot_text(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if (*text == '\n')
            fputs("\\n", out);
        else if (io_is_printable(g_utf8_get_char(text)))
            fwrite(text, 1, (gsize)(g_utf8_next_char(text) - text), out);
        else
            putc('?', out);
    }
    putc('"', out);
}

void
ana_put_xml_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        switch (c) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\t':
        case '\n':
        case '\r':
            fprintf(out, "&#%u;", c);
            break;
        default:
            /* U+FFFE and U+FFFF are valid in UTF-8 but not in XML. */
            if (c < 0x20 || c == 0xfffe || c == 0xffff)
                fputs("\xef\xbf\xbd", out);
            else if (!io_is_printable(c))
                fprintf(out, "&#%u;", c);
            else
                fwrite(text, 1, (gsize)(g_utf8_next_char(text) - text), out);
        }
    }
}
