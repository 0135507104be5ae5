/* Prints why a scenario is refused; see refusal.h. */
#include "sim/cli/refusal.h"
#include "sim/io/json.h"
#include "sim/cli/terminal.h"

static JsonBuilder *
begin(const char *path)
{
    JsonBuilder *builder = json_builder_new();
    g_autofree char *valid = g_utf8_make_valid(path, -1);

    json_builder_begin_object(builder);
    io_json_member_text(builder, "scenario", valid);
    io_json_member_text(builder, "status", "refused");
    io_json_member_array(builder, "errors");
    return builder;
}

static void
end(JsonBuilder *builder, RefusalForm form)
{
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    io_json_print(builder, stdout, form == REFUSAL_JSON);
    g_object_unref(builder);
}

static void
add_error(JsonBuilder *builder, const char *place, const char *message, const char *line,
          const char *help)
{
    json_builder_begin_object(builder);
    io_json_member_text(builder, "place", place);
    io_json_member_text(builder, "message", message);
    io_json_member_text(builder, "line", line);
    io_json_member_text(builder, "help", help);
    json_builder_end_object(builder);
}

void
refusal_print(const char *path, const ScnErrors *errors, RefusalForm form)
{
    JsonBuilder *builder;

    scn_errors_print(errors, stderr, terminal_has_colour(stderr));
    if (form == REFUSAL_TEXT)
        return;
    builder = begin(path);
    for (guint i = 0; i < errors->items->len; i++) {
        const ScnError *error = g_ptr_array_index(errors->items, i);

        add_error(builder, error->place[0] != '\0' ? error->place : NULL, error->message,
                  error->line, error->help);
    }
    end(builder, form);
}

void
refusal_print_built(const char *path, const char *message, RefusalForm form)
{
    JsonBuilder *builder;

    if (form == REFUSAL_TEXT)
        return;
    builder = begin(path);
    add_error(builder, NULL, message, NULL, NULL);
    end(builder, form);
}
