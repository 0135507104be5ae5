/* Values of a database on their way into a text: each form has its own way to keep what is quoted
 * quoted. Bytes that are no UTF-8 come out as U+FFFD in all of them. */
#ifndef ANALYSIS_TEXT_H
#define ANALYSIS_TEXT_H

#include <glib.h>
#include <sqlite3.h>
#include <stdio.h>

/* The value as text, as UTF-8; free with g_free. A blob is its hex digits, NULL is "". Reals are
 * the shortest that read back as the same number. */
char *ana_value_text(sqlite3_stmt *stmt, int column);

/* With the quotes; fit for a page: '<' and the separators that JavaScript takes for line ends are
 * escaped too (RFC 8259). */
void ana_put_json_text(FILE *out, const char *text);
/* Integer, real, text, hex digits of a blob, or null. */
void ana_put_json_value(FILE *out, sqlite3_stmt *stmt, int column);
/* A cell (RFC 4180): quoted where it must be. */
void ana_put_csv_text(FILE *out, const char *text);
/* A quoted string of Graphviz's language. */
void ana_put_dot_text(FILE *out, const char *text);
/* Text or an attribute's value; what XML 1.0 has no character for becomes U+FFFD. */
void ana_put_xml_text(FILE *out, const char *text);

#endif
