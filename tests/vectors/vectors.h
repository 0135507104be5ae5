/* Other people's published cases, read where they stand: $KETTE_VECTORS or ../shared/vectors beside
 * the project's root. They are not part of the project; when they are not there the binary says so
 * and ends with status 1, since a check that looked at nothing has not passed.
 */
#ifndef TESTS_VECTORS_VECTORS_H
#define TESTS_VECTORS_VECTORS_H

#include <json-glib/json-glib.h>

#include "core/base/u256.h"

/* The whole file; *ret_len may be NULL. Ends the program when it cannot be read. */
char *vectors_read(const char *name, size_t *ret_len);
/* The same, but NULL, and a loud line, when it is not there: for files beyond the set that every
 * check has. */
char *vectors_read_if_there(const char *name, size_t *ret_len);
/* Parsed; the root object is borrowed from the parser. */
JsonParser *vectors_parse(const char *name);
JsonObject *vectors_root(JsonParser *parser);

/* Element `i` of an array of objects. */
JsonObject *vectors_at(JsonArray *array, guint i);
/* A member that is a string of hex digits: as a number, or as bytes. Both fail the test when it is
 * not. Up to 64 digits; any even number. */
KetteU256 vectors_number(JsonObject *object, const char *member);
GByteArray *vectors_bytes(JsonObject *object, const char *member);
uint32_t vectors_bits(JsonObject *object, const char *member);

/* Any number in decimal digits. */
KetteU256 vectors_decimal(const char *digits);
void vectors_check_number(const KetteU256 *got, const KetteU256 *want);

#endif
