/* Writes values of a database into a text format, escaped as the format requires. Invalid UTF-8
 * becomes U+FFFD in all formats. */
#ifndef ANALYSIS_TEXT_H
#define ANALYSIS_TEXT_H

#include <glib.h>
#include <sqlite3.h>
#include <stdio.h>

/* Returns the value as UTF-8; free with g_free. A blob becomes hex digits, NULL becomes "". A real
 * is the shortest text that reads back as the same number. */
char *ana_value_text(sqlite3_stmt *stmt, int column);

/* Writes a quoted string that is safe inside a page: '<' and the characters that JavaScript reads
 * as line ends are escaped too (RFC 8259). */
void ana_put_json_text(FILE *out, const char *text);
/* Writes an integer, a real, a text, the hex digits of a blob, or null. */
void ana_put_json_value(FILE *out, sqlite3_stmt *stmt, int column);
/* Writes a cell (RFC 4180), quoted if necessary. */
void ana_put_csv_text(FILE *out, const char *text);
/* Writes a quoted string of Graphviz's language. */
void ana_put_dot_text(FILE *out, const char *text);
/* Writes text or an attribute's value; characters that XML 1.0 lacks become U+FFFD. */
void ana_put_xml_text(FILE *out, const char *text);

#endif
