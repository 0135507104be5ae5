/* Writes and reads members of JSON objects, one call each, with JSON-GLib, which escapes and nests.
 */
#ifndef IO_JSON_H
#define IO_JSON_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

void io_json_member_text(JsonBuilder *builder, const char *name, const char *text); /* NULL: null */
void io_json_member_int(JsonBuilder *builder, const char *name, int64_t value);
void io_json_member_real(JsonBuilder *builder, const char *name, double value);
void io_json_member_bool(JsonBuilder *builder, const char *name, bool value);
/* The caller ends it with json_builder_end_array() or json_builder_end_object(). */
void io_json_member_array(JsonBuilder *builder, const char *name);
void io_json_member_object(JsonBuilder *builder, const char *name);

/* Return a member of that type. Return NULL, or `otherwise`, if the object is NULL, lacks the
 * member or has it with another type. */
JsonObject *io_json_read_object(JsonObject *object, const char *name);
const char *io_json_read_text(JsonObject *object, const char *name);
int64_t io_json_read_int(JsonObject *object, const char *name, int64_t otherwise);

/* Returns the object that was built as one line, to be freed. */
char *io_json_line(JsonBuilder *builder);
/* Prints the object and a newline. */
void io_json_print(JsonBuilder *builder, FILE *out, bool pretty);

#endif
