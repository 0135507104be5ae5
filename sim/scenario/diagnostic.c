/* Sources, lines and columns, and the layout of messages. */
#include "sim/scenario/diagnostic.h"

#include "sim/io/text.h"

#include <string.h>

#define SHOWN_MAX 160 /* characters of a line; longer ones are shown around the place */
#define CARET_MAX 80

ScnSource *
scn_source_new(const char *name, const char *text, gsize length)
{
    ScnSource *source = g_new0(ScnSource, 1);
    gsize start = 0;

    source->name = g_strdup(name);
    source->local_name = g_path_get_basename(name);
    source->text = g_malloc(length + 1);
    if (length > 0)
        memcpy(source->text, text, length);
    source->text[length] = '\0';
    source->length = length;
    source->included_by = -1;
    source->lines = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_array_append_val(source->lines, start);
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '\n') {
            start = i + 1;
            g_array_append_val(source->lines, start);
        }
    }
    return source;
}

void
scn_source_free(ScnSource *source)
{
    if (!source)
        return;
    g_free(source->name);
    g_free(source->local_name);
    g_free(source->text);
    if (source->lines)
        g_array_unref(source->lines);
    g_free(source);
}

static void
free_source(gpointer source)
{
    scn_source_free(source);
}

GPtrArray *
scn_sources_new(void)
{
    return g_ptr_array_new_with_free_func(free_source);
}

static guint32
line_of(const ScnSource *source, gsize offset)
{
    guint low = 0, high = source->lines->len;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(source->lines, gsize, middle) <= offset)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

/* Counts bytes that do not continue a UTF-8 character; good enough for other bytes too. */
static gsize
count_characters(const char *text, gsize length)
{
    gsize count = 0;
    for (gsize i = 0; i < length; i++)
        count += ((guchar)text[i] & 0xC0) != 0x80;
    return count;
}

void
scn_source_locate(const ScnSource *source, gsize offset, guint32 *ret_line, guint32 *ret_column)
{
    *ret_line = line_of(source, offset);
    gsize start = g_array_index(source->lines, gsize, *ret_line - 1);
    *ret_column = (guint32)count_characters(source->text + start, offset - start) + 1;
}

const char *
scn_source_line(const ScnSource *source, guint32 line, gsize *ret_length)
{
    gsize start = g_array_index(source->lines, gsize, line - 1);
    gsize end =
        line < source->lines->len ? g_array_index(source->lines, gsize, line) - 1 : source->length;
    if (end > start && source->text[end - 1] == '\r')
        end--;
    *ret_length = end - start;
    return source->text + start;
}

/* ---- messages ---- */

static void
error_free(gpointer data)
{
    ScnError *error = data;
    g_free(error->place);
    g_free(error->message);
    g_free(error->line);
    g_free(error->caret);
    g_free(error->help);
    g_free(error);
}

ScnErrors *
scn_errors_new(void)
{
    ScnErrors *errors = g_new0(ScnErrors, 1);
    errors->items = g_ptr_array_new_with_free_func(error_free);
    return errors;
}

void
scn_errors_free(ScnErrors *errors)
{
    if (!errors)
        return;
    g_ptr_array_unref(errors->items);
    g_free(errors);
}

/* Escapes what cannot be printed; keeps tabs. */
static char *
printable(const char *text, gsize length)
{
    return io_escape(text, (gssize)length, "\t");
}

static gsize
forward(const char *text, gsize length, gsize from, gsize characters)
{
    gsize i = from;
    while (i < length && characters > 0) {
        i++;
        while (i < length && ((guchar)text[i] & 0xC0) == 0x80)
            i++;
        characters--;
    }
    return i;
}

static gsize
backward(const char *text, gsize from, gsize characters)
{
    gsize i = from;
    while (i > 0 && characters > 0) {
        i--;
        while (i > 0 && ((guchar)text[i] & 0xC0) == 0x80)
            i--;
        characters--;
    }
    return i;
}

/* Copies the line around the span and puts ^ under the span. Both lines keep their tabs, so that
 * they stay aligned. */
static void
show_line(ScnError *error, const ScnSource *source, gsize offset, gsize span_length)
{
    guint32 line = line_of(source, offset);
    gsize length, start = g_array_index(source->lines, gsize, line - 1);
    const char *text = scn_source_line(source, line, &length);
    gsize at = MIN(offset - start, length), end = MIN(at + span_length, length);
    gsize head = start < source->head_length ? MIN(source->head_length - start, at) : 0;
    gsize from = head, to = length;

    if (count_characters(text + head, length - head) > SHOWN_MAX) {
        from = MAX(backward(text, at, SHOWN_MAX / 2), head);
        to = forward(text, length, at, SHOWN_MAX / 2);
    }
    g_autofree char *before = printable(text + from, at - from);
    g_autofree char *shown = printable(text + from, to - from);
    GString *caret = g_string_new(from > head ? "   " : NULL);
    for (const char *p = before; *p; p = g_utf8_next_char(p))
        g_string_append_c(caret, *p == '\t' ? '\t' : ' ');
    g_autofree char *spanned = printable(text + at, MIN(end, to) - MIN(at, to));
    gsize width = at < end ? (gsize)g_utf8_strlen(spanned, -1) : 1;
    for (gsize i = 0; i < CLAMP(width, 1, CARET_MAX); i++)
        g_string_append_c(caret, '^');
    error->line = g_strconcat(from > head ? "..." : "", shown, to < length ? "..." : "", NULL);
    error->caret = g_string_free(caret, FALSE);
}

/* Returns whether `error` sorts after a new error at that place; at the same place the older stays
 * first. */
static bool
comes_after(const ScnError *error, gint64 rank, guint32 offset)
{
    return error->rank > rank || (error->rank == rank && error->offset > offset);
}

/* Returns NULL if SCN_ERRORS_MAX errors stand before that place. */
static ScnError *
add_error(ScnErrors *errors, gint64 rank, guint32 offset, const char *message, const char *help)
{
    guint at = errors->items->len;

    errors->found++;
    while (at > 0 && comes_after(errors->items->pdata[at - 1], rank, offset))
        at--;
    if (at == SCN_ERRORS_MAX)
        return NULL;
    if (errors->items->len == SCN_ERRORS_MAX)
        g_ptr_array_set_size(errors->items, SCN_ERRORS_MAX - 1);
    ScnError *error = g_new0(ScnError, 1);
    error->rank = rank;
    error->offset = offset;
    error->message = printable(message, strlen(message));
    error->help = help != NULL ? printable(help, strlen(help)) : NULL;
    g_ptr_array_insert(errors->items, (gint)at, error);
    return error;
}

/* Returns the span, or that of the include in the first source that led to it. */
static ScnSpan
span_in_first(const GPtrArray *sources, ScnSpan span)
{
    const ScnSource *source = sources->pdata[span.source];

    while (source->included_by >= 0) {
        span = source->included_at;
        source = sources->pdata[source->included_by];
    }
    return span;
}

void
scn_errors_add(ScnErrors *errors, const GPtrArray *sources, ScnSpan span, const char *message,
               const char *help)
{
    const ScnSource *source = sources->pdata[span.source];
    /* Arguments are read after the files, but their errors come first. */
    gint64 rank = (gint64)span.source - (source->is_argument ? G_MAXUINT32 : 0);
    ScnError *error = add_error(errors, rank, span.offset, message, help);
    guint32 line, column;

    if (!error)
        return;
    error->span = span_in_first(sources, span);
    error->is_included = source->included_by >= 0;
    gsize offset = MIN((gsize)span.offset, source->length);
    scn_source_locate(source, offset, &line, &column);
    if (source->is_argument) {
        g_autofree char *text = printable(source->text, MIN(source->length, (gsize)SHOWN_MAX));
        error->place = g_strdup_printf("%s %s", source->name, text);
    } else if (source->is_unnamed) {
        error->place = g_strdup("");
    } else {
        g_autofree char *name = io_printable(source->name);
        error->place = g_strdup_printf("%s:%u:%u", name, line, column);
    }
    show_line(error, source, offset, span.length);
}

void
scn_errors_add_bare(ScnErrors *errors, const char *message)
{
    ScnError *error = add_error(errors, G_MININT64, 0, message, NULL);
    if (error)
        error->place = g_strdup("");
}

void
scn_errors_format(const ScnErrors *errors, GString *out, bool colour)
{
    const char *bold = colour ? "\033[1m" : "", *red = colour ? "\033[1;31m" : "";
    const char *green = colour ? "\033[1;32m" : "", *plain = colour ? "\033[0m" : "";

    for (guint i = 0; i < errors->items->len; i++) {
        const ScnError *error = errors->items->pdata[i];
        if (error->place[0])
            g_string_append_printf(out, "%s%s:%s ", bold, error->place, plain);
        g_string_append_printf(out, "%serror:%s %s%s%s\n", red, plain, bold, error->message, plain);
        if (error->line)
            g_string_append_printf(out, "  %s\n  %s%s%s\n", error->line, green, error->caret,
                                   plain);
        if (error->help)
            g_string_append_printf(out, "  help: %s\n", error->help);
    }
    if (errors->found > errors->items->len)
        g_string_append(out, "more errors follow; these are the first twenty\n");
}

void
scn_errors_print(const ScnErrors *errors, FILE *out, bool colour)
{
    GString *text = g_string_new(NULL);
    scn_errors_format(errors, text, colour);
    fputs(text->str, out);
    g_string_free(text, TRUE);
}
