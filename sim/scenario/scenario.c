/* The way from a file to a model: read, parse, resolve. */
#include "sim/scenario/resolve.h"
#include "sim/scenario/source.h"

static void
resolver_init(ScnResolver *resolver, ScnScenario *scenario, ScnParser *parser)
{
    *resolver = (ScnResolver){
        .scenario = scenario,
        .errors = parser->errors,
        .sources = parser->sources,
        .stmts = parser->stmts,
        .doubtful = parser->doubtful,
    };
    resolver->bindings = g_array_new(FALSE, FALSE, sizeof(ScnBinding));
    resolver->binding_index = g_hash_table_new(g_str_hash, g_str_equal);
    resolver->override_exprs = g_ptr_array_new_with_free_func((GDestroyNotify)scn_expr_free);
    resolver->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    resolver->name_list = g_ptr_array_new();
    resolver->group_index = g_hash_table_new(g_str_hash, g_str_equal);
    resolver->mark_types = g_array_new(FALSE, FALSE, sizeof(ScnType));
}

static void
resolver_clear(ScnResolver *resolver)
{
    g_array_unref(resolver->bindings);
    g_hash_table_unref(resolver->binding_index);
    g_ptr_array_unref(resolver->override_exprs);
    g_hash_table_unref(resolver->names);
    g_ptr_array_unref(resolver->name_list);
    g_hash_table_unref(resolver->group_index);
    g_array_unref(resolver->mark_types);
    g_clear_pointer(&resolver->all, g_array_unref);
    g_free(resolver->hidden);
}

/* sources[0] is there; the scenario owns the sources. */
static bool
parse_sources(ScnScenario *scenario, const ScnOptions *options, ScnErrors *errors)
{
    ScnParser parser;
    ScnResolver resolver;

    scn_parser_init(&parser, scenario->sources, errors);
    scn_parser_run(&parser);
    scenario->title = g_steal_pointer(&parser.title);
    resolver_init(&resolver, scenario, &parser);
    if (options && options->seed_given) {
        scenario->seed = options->seed;
        scenario->seed_overridden = true;
    }
    /* Of a file not read to its end nothing can be said that is sure. */
    bool ok = errors->found < SCN_ERRORS_HOPELESS;
    if (ok) {
        scn_resolve_bindings(&resolver, options, &parser);
        ok = scn_resolve(&resolver);
    }
    resolver_clear(&resolver);
    scn_parser_clear(&parser);
    return ok;
}

static ScnScenario *
finish(ScnScenario *made, const ScnOptions *options, ScnErrors *errors)
{
    g_autoptr(ScnScenario) scenario = made;
    ScnSource *first = scenario->sources->pdata[0];
    if (!parse_sources(scenario, options, errors))
        return NULL;
    first->library = NULL;
    /* The -P arguments have served; what they changed stands in params. */
    while (scenario->sources->len > 0) {
        const ScnSource *last = scenario->sources->pdata[scenario->sources->len - 1];
        if (!last->is_argument)
            break;
        g_ptr_array_set_size(scenario->sources, (gint)scenario->sources->len - 1);
    }
    return g_steal_pointer(&scenario);
}

ScnScenario *
scn_parse_file(const char *path, const ScnOptions *options, ScnErrors *errors)
{
    g_autoptr(ScnScenario) scenario = scn_scenario_new();
    if (!scn_source_open(scenario->sources, path, errors))
        return NULL;
    return finish(g_steal_pointer(&scenario), options, errors);
}

ScnScenario *
scn_parse_text(const char *name, const char *text, gsize length, const ScnOptions *options,
               ScnErrors *errors)
{
    g_autoptr(ScnScenario) scenario = scn_scenario_new();
    if (length > SCN_BYTES_MAX) {
        scn_errors_add_bare(errors, SCN_TOO_LONG);
        return NULL;
    }
    g_ptr_array_add(scenario->sources, scn_source_new(name, text, length));
    return finish(g_steal_pointer(&scenario), options, errors);
}

bool
scn_keep_text(GPtrArray *texts, const char *name, const char *text, gsize length)
{
    ScnSource *source;
    gsize total = length;

    for (guint i = 0; i < texts->len; i++)
        total += ((const ScnSource *)texts->pdata[i])->length;
    if (texts->len >= SCN_SOURCES_MAX || total > SCN_BYTES_MAX)
        return false;
    source = scn_source_new(name, text, length);
    g_free(source->local_name);
    source->local_name = g_strdup(name);
    g_ptr_array_add(texts, source);
    return true;
}

ScnScenario *
scn_parse_kept(const GPtrArray *texts, const ScnOptions *options, ScnErrors *errors)
{
    g_autoptr(ScnScenario) scenario = scn_scenario_new();
    const ScnSource *kept = texts->pdata[0];
    ScnSource *first = NULL;

    if (kept->length > SCN_BYTES_MAX) {
        scn_errors_add_bare(errors, SCN_TOO_LONG);
        return NULL;
    }
    first = scn_source_new(kept->local_name, kept->text, kept->length);
    first->library = texts;
    g_ptr_array_add(scenario->sources, first);
    return finish(g_steal_pointer(&scenario), options, errors);
}
