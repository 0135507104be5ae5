/* Writes names and values with JSON-GLib, which escapes them. */
#include "sim/run/params_json.h"

#include <json-glib/json-glib.h>

char *
sim_params_json(const ScnScenario *scenario)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;

    json_builder_begin_object(builder);
    for (guint i = 0; i < scenario->params->len; i++) {
        const ScnParam *param = &g_array_index(scenario->params, ScnParam, i);

        json_builder_set_member_name(builder, param->name);
        json_builder_add_string_value(builder, param->value);
    }
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    return json_to_string(root, FALSE);
}
