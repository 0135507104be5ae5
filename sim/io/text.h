/* Texts that somebody else wrote, on their way to a terminal.
 *
 * A terminal obeys control characters, and direction marks make a text read as what it is not
 * (Unicode Technical Report 36, section 3.2). Both are shown as escapes instead. */
#ifndef IO_TEXT_H
#define IO_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/* Returns whether a terminal shows the character as itself. False: control characters (C0, DEL,
 * C1), direction marks and other characters of format but the joiners, separators of lines. */
bool io_is_printable(gunichar c);

/* Returns the text, a byte or character that is not printable as \x1b or \u202e; what is no UTF-8
 * as \xff. Characters in `keep` (NULL: none) stay. Free with g_free. */
char *io_escape(const char *text, gssize length, const char *keep);
/* Likewise, on one line and without tabs. */
char *io_printable(const char *text);

/* Prints lines with a name or text of somebody else's in them: escaped but for newline and tab. */
void io_print(FILE *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets an error whose text, some of which is somebody else's, is one printable line; returns false.
 */
bool io_refuse(GError **error, GQuark domain, int code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

#endif
