/* Makes a run from a trace; see replay.h. */
#include "sim/run/replay.h"

#include <json-glib/json-glib.h>
#include <string.h>

struct SimReplay {
    SimTraceReader *trace;
    ScnScenario *scenario;
};

/* --- parameters --------------------------------------------------------------------------- */

static bool
report_damaged(GError **error)
{
    g_set_error_literal(error, SIM_RUN_ERROR, SIM_RUN_ERROR_TRACE,
                        "the trace is damaged: its params are no names with texts");
    return false;
}

/* Returns whether nothing is nested: the text is untrusted, and the parser recurses. */
static bool
is_flat(const char *json)
{
    bool in_text = false;
    guint depth = 0;

    for (; *json != '\0'; json++) {
        if (in_text && *json == '\\' && json[1] != '\0')
            json++;
        else if (*json == '"')
            in_text = !in_text;
        else if (!in_text && (*json == '{' || *json == '['))
            depth++;
    }
    return depth <= 1;
}

static JsonObject *
parse_params(const char *params, JsonParser *parser, GError **error)
{
    JsonNode *root;

    if (!is_flat(params) || !json_parser_load_from_data(parser, params, -1, NULL)) {
        report_damaged(error);
        return NULL;
    }
    root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        report_damaged(error);
        return NULL;
    }
    return json_node_get_object(root);
}

/* Returns whether the file's own default is the same, so that no override is needed. */
static bool
is_default(const ScnScenario *plain, const char *name, const char *value)
{
    for (guint i = 0; plain != NULL && i < plain->params->len; i++) {
        const ScnParam *param = &g_array_index(plain->params, ScnParam, i);

        if (strcmp(param->name, name) == 0)
            return strcmp(param->value, value) == 0;
    }
    return false;
}

/* Returns "name=value" for each param that differs from the file's default; NULL at the end. */
static GPtrArray *
overrides(const ScnScenario *plain, const char *params, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object = parse_params(params, parser, error);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GList) names = object ? json_object_get_members(object) : NULL;

    if (object == NULL)
        return NULL;
    for (GList *at = names; at != NULL; at = at->next) {
        JsonNode *node = json_object_get_member(object, at->data);
        const char *value;

        if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING) {
            report_damaged(error);
            return NULL;
        }
        value = json_node_get_string(node);
        if (!is_default(plain, at->data, value))
            g_ptr_array_add(words, g_strdup_printf("%s=%s", (const char *)at->data, value));
    }
    g_ptr_array_add(words, NULL);
    return g_steal_pointer(&words);
}

/* --- the scenario ------------------------------------------------------------------------- */

static ScnScenario *
parse(SimTraceReader *trace, ScnErrors *errors, GError **error)
{
    const SimTraceHead *head = sim_trace_reader_head(trace);
    g_autoptr(GPtrArray) texts = sim_trace_reader_sources(trace, error);
    g_autoptr(ScnErrors) unread = scn_errors_new();
    g_autoptr(ScnScenario) plain = NULL;
    g_autoptr(GPtrArray) words = NULL;
    ScnOptions options = {.seed_given = true, .seed = head->seed};

    if (texts == NULL)
        return NULL;
    plain = scn_parse_kept(texts, &options, unread);
    words = overrides(plain, head->params, error);
    if (words == NULL)
        return NULL;
    if (plain != NULL && words->len == 1)
        return g_steal_pointer(&plain);
    options.overrides = (const char *const *)words->pdata;
    return scn_parse_kept(texts, &options, errors);
}

SimReplay *
sim_replay_new(SimTraceReader *trace, ScnErrors *errors, GError **error)
{
    ScnScenario *scenario = parse(trace, errors, error);
    SimReplay *replay;

    if (scenario == NULL)
        return NULL;
    replay = g_new0(SimReplay, 1);
    replay->trace = trace;
    replay->scenario = scenario;
    return replay;
}

void
sim_replay_free(SimReplay *replay)
{
    if (replay == NULL)
        return;
    scn_scenario_free(replay->scenario);
    g_free(replay);
}

const ScnScenario *
sim_replay_scenario(const SimReplay *replay)
{
    return replay->scenario;
}

SimRun *
sim_replay_run(SimReplay *replay, const SimRunOptions *options, const char *trace_path,
               GError **error)
{
    const SimTraceHead *head = sim_trace_reader_head(replay->trace);
    SimRunOptions mine = *options;
    g_autoptr(SimRun) run = NULL;

    mine.scenario_name = head->scenario;
    mine.trace_path = trace_path;
    mine.trace_level = head->level;
    run = sim_run_new(replay->scenario, &mine, error);
    if (run == NULL || !sim_run_execute(run, error))
        return NULL;
    return g_steal_pointer(&run);
}
