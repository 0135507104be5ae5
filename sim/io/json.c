/* Thin wrappers of JSON-GLib; see json.h. */
#include "sim/io/json.h"

void
io_json_member_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    if (text != NULL)
        json_builder_add_string_value(builder, text);
    else
        json_builder_add_null_value(builder);
}

void
io_json_member_int(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

void
io_json_member_real(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_double_value(builder, value);
}

void
io_json_member_bool(JsonBuilder *builder, const char *name, bool value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

void
io_json_member_array(JsonBuilder *builder, const char *name)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
}

void
io_json_member_object(JsonBuilder *builder, const char *name)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_object(builder);
}

JsonObject *
io_json_read_object(JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* Returns the member if it holds a value of that type, else NULL. */
static JsonNode *
find_value(JsonObject *object, const char *name, GType type)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type
               ? node
               : NULL;
}

const char *
io_json_read_text(JsonObject *object, const char *name)
{
    JsonNode *node = find_value(object, name, G_TYPE_STRING);

    return node != NULL ? json_node_get_string(node) : NULL;
}

int64_t
io_json_read_int(JsonObject *object, const char *name, int64_t otherwise)
{
    JsonNode *node = find_value(object, name, G_TYPE_INT64);

    return node != NULL ? json_node_get_int(node) : otherwise;
}

char *
io_json_line(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);

    return json_to_string(root, FALSE);
}

void
io_json_print(JsonBuilder *builder, FILE *out, bool pretty)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, pretty);

    fprintf(out, "%s\n", text);
}
