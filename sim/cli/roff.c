/* Escapes text for man(7); see roff.h. */
#include "sim/cli/roff.h"

#include <stdbool.h>
#include <string.h>

#define COLUMNS 80

/* Appends a character, and \& before a dot that would begin a request. A plain '-' would be a
 * hyphen, which a terminal may show as a character that no command takes for a minus. */
static void
append_char(GString *out, gunichar c)
{
    static const struct {
        char plain;
        const char *escape;
    } escapes[] = {
        {'-', "\\-"},   {'\\', "\\e"},  {'\'', "\\(aq"},
        {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"},
    };

    if (c == '.' && (out->len == 0 || out->str[out->len - 1] == '\n'))
        g_string_append(out, "\\&");
    for (guint i = 0; i < G_N_ELEMENTS(escapes); i++) {
        if (c == (gunichar)escapes[i].plain) {
            g_string_append(out, escapes[i].escape);
            return;
        }
    }
    if (c >= 0x80)
        g_string_append_printf(out, "\\[u%04X]", c);
    else
        g_string_append_c(out, (char)c);
}

/* Appends the text up to `end`. */
static void
append_copied(GString *out, const char *text, const char *end)
{
    for (; text < end; text = g_utf8_next_char(text))
        append_char(out, g_utf8_get_char(text));
}

void
roff_verbatim(GString *out, const char *text)
{
    append_copied(out, text, text + strlen(text));
}

static void
append_bold(GString *out, const char *text, const char *end)
{
    g_string_append(out, "\\fB");
    append_copied(out, text, end);
    g_string_append(out, "\\fR");
}

/* Returns the end of the bold part that begins at `at`, or NULL. Stores its text without marks. */
static const char *
find_bold(const char *text, const char *at, const char **ret_begin, const char **ret_end)
{
    bool first = at == text || (!g_ascii_isalnum(at[-1]) && at[-1] != '-');
    gsize marks = *at == '`' ? 1 : g_str_has_prefix(at, "**") ? 2 : 0;
    const char *close = NULL;

    if (marks > 0)
        close = strstr(at + marks, marks == 1 ? "`" : "**");
    if (close != NULL && close > at + marks) {
        *ret_begin = at + marks;
        *ret_end = close;
        return close + marks;
    }
    if (!first || !g_str_has_prefix(at, "--") || !g_ascii_isalpha(at[2]))
        return NULL;
    *ret_begin = at;
    for (at += 2; g_ascii_isalnum(*at) || (*at == '-' && g_ascii_isalnum(at[1])); at++)
        ;
    *ret_end = at;
    return at;
}

void
roff_line(GString *out, const char *text)
{
    const char *at = text, *begin, *end;

    while (*at != '\0') {
        const char *after = find_bold(text, at, &begin, &end);

        if (after != NULL) {
            append_bold(out, begin, end);
            at = after;
            continue;
        }
        append_char(out, g_utf8_get_char(at));
        at = g_utf8_next_char(at);
    }
}

void
roff_prose(GString *out, const char *text)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_auto(GStrv) words = NULL;
    gsize start = out->len;

    roff_line(line, text);
    words = g_strsplit_set(line->str, " \n", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        bool fits = out->len + strlen(words[i]) < start + COLUMNS;

        if (*words[i] == '\0')
            continue;
        if (out->len > start)
            g_string_append_c(out, fits ? ' ' : '\n');
        if (out->len > 0 && out->str[out->len - 1] == '\n') {
            start = out->len;
            g_string_append(out, *words[i] == '.' ? "\\&" : "");
        }
        g_string_append(out, words[i]);
    }
    g_string_append_c(out, '\n');
}

void
roff_paragraph(GString *out)
{
    const char *line = out->str + out->len;

    while (line > out->str && (*line == '\0' || line[-1] != '\n'))
        line--;
    if (!g_str_has_prefix(line, ".SH ") && !g_str_has_prefix(line, ".SS "))
        g_string_append(out, ".PP\n");
}

void
roff_code(GString *out, const char *lines)
{
    roff_paragraph(out);
    g_string_append(out, ".nf\n.RS 2\n");
    roff_verbatim(out, lines);
    g_string_append(out, "\n.RE\n.fi\n");
}

static bool
in_word(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("-.:_", c) != NULL);
}

void
roff_usage(GString *out, const char *usage)
{
    while (*usage != '\0') {
        const char *end = usage;
        bool letters = false, capital = false;

        for (; in_word(*end); end++) {
            letters = letters || g_ascii_isalpha(*end);
            capital = capital || g_ascii_isupper(*end);
        }
        if (letters) {
            g_string_append(out, capital ? "\\fI" : "\\fB");
            append_copied(out, usage, end);
            g_string_append(out, "\\fR");
            usage = end;
            continue;
        }
        append_char(out, g_utf8_get_char(usage));
        usage = g_utf8_next_char(usage);
    }
}
