/* Makes texts of others safe for a terminal.
 *
 * A terminal obeys control characters, and direction marks make a text look like another one
 * (Unicode Technical Report 36, section 3.2). Both are shown as escapes.
 */
#ifndef IO_TEXT_H
#define IO_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/* Digits of a hash in a text for people. Traces and JSON have all of them. */
#define IO_HASH_DIGITS 7

/* Returns whether a terminal shows the character as itself. False for control characters (C0, DEL,
 * C1), line separators, direction marks and other format characters except joiners. */
bool io_is_printable(gunichar c);

/* Returns the text with unprintable bytes or characters as \x1b or \u202e, and invalid UTF-8 as
 * \xff. Keeps characters in `keep`, which may be NULL. Free with g_free. */
char *io_escape(const char *text, gssize length, const char *keep);
/* The same on one line and without tabs. */
char *io_printable(const char *text);

/* Returns the word as a shell passes it on: unchanged, or in quotes. Free with g_free. */
char *io_shell_word(const char *word);

/* Returns a count with its noun, as in "1 link" and "2 links". Free with g_free. */
char *io_count(guint64 count, const char *noun);

/* Prints lines that contain a name or text of others: escapes all but newline and tab. */
void io_print(FILE *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets an error with one printable line that may contain texts of others; returns false. */
bool io_refuse(GError **error, GQuark domain, int code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

#endif
