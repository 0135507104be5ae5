/* Text as man(7) markup.
 *
 * A line of roff is a request if it begins with '.' or '\'', and a backslash begins an escape
 * anywhere. The functions here write text so that it can be neither, in ASCII alone.
 */
#ifndef SIM_CLI_ROFF_H
#define SIM_CLI_ROFF_H

#include <glib.h>

/* Appends a text that a page shows unchanged. */
void roff_verbatim(GString *out, const char *text);

/* Appends prose on lines of its own, at most 80 columns where words allow it. Text in `…` or **…**
 * and options such as --seed become bold. */
void roff_prose(GString *out, const char *text);

/* Appends the same without any line break, for a tag. */
void roff_line(GString *out, const char *text);

/* Begins a paragraph, unless a heading has just begun it. */
void roff_paragraph(GString *out);

/* Appends lines as they stand, indented by two. */
void roff_code(GString *out, const char *lines);

/* Appends a usage: words in lower case bold, those with a capital italic. */
void roff_usage(GString *out, const char *usage);

#endif
