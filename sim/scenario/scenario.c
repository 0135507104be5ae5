/* Turns a file into a model: read, parse, resolve. */
#include "sim/scenario/resolve.h"
#include "sim/scenario/source.h"

/* Removes the -P arguments; their effect is in params. */
static void
drop_arguments(GPtrArray *sources)
{
    while (sources->len > 0) {
        const ScnSource *last = sources->pdata[sources->len - 1];

        if (!last->is_argument)
            break;
        g_ptr_array_set_size(sources, (gint)sources->len - 1);
    }
}

/* Resolves the syntax; the scenario's sources are already there. */
static bool
resolve_syntax(ScnScenario *scenario, const ScnSyntax *syntax, const ScnOptions *options,
               ScnErrors *errors)
{
    g_autoptr(ScnResolver) resolver = scn_resolver_new(scenario, syntax, errors);

    scenario->title = g_strdup(syntax->title);
    if (options && options->seed_given) {
        scenario->seed = options->seed;
        scenario->seed_overridden = true;
    }
    if (!scn_resolve(resolver, options))
        return false;
    if (options && options->keeps_names)
        scenario->resolver = g_steal_pointer(&resolver);
    else
        drop_arguments(scenario->sources);
    return true;
}

/* Frees the statements that later lines cannot refer to: all but params, lets and the sweeps that
 * give params their values. */
static void
keep_bindings(ScnSyntax *syntax)
{
    for (guint i = syntax->stmts->len; i-- > 0;) {
        const ScnStmt *stmt = syntax->stmts->pdata[i];

        if (stmt->kind != SCN_STMT_PARAM && stmt->kind != SCN_STMT_LET &&
            stmt->kind != SCN_STMT_SWEEP)
            g_ptr_array_remove_index_fast(syntax->stmts, i);
    }
}

/* Parses and resolves; sources[0] is already there. Takes ownership of the scenario. */
static ScnScenario *
parse_and_resolve(ScnScenario *made, const ScnOptions *options, ScnErrors *errors)
{
    g_autoptr(ScnScenario) scenario = made;
    ScnSource *first = scenario->sources->pdata[0];
    bool ok;

    scenario->syntax = scn_parse_sources(scenario->sources, errors);
    /* A file that was not read to its end cannot be resolved */
    ok = errors->found < SCN_ERRORS_HOPELESS &&
         resolve_syntax(scenario, scenario->syntax, options, errors);
    first->library = NULL;
    if (options && options->keeps_names)
        keep_bindings(scenario->syntax);
    if (!options || (!options->keeps_syntax && !options->keeps_names))
        g_clear_pointer(&scenario->syntax, scn_syntax_free);
    return ok ? g_steal_pointer(&scenario) : NULL;
}

/* Copies the texts; each copy gets the name relative to the folder of the first source. */
static void
copy_sources(GPtrArray *sources, const ScnScenario *from)
{
    for (guint i = 0; i < from->syntax->source_count; i++) {
        const ScnSource *source = from->sources->pdata[i];
        ScnSource *copy = scn_source_new(source->local_name, source->text, source->length);

        copy->included_by = source->included_by;
        copy->included_at = source->included_at;
        g_ptr_array_add(sources, copy);
    }
}

ScnScenario *
scn_parse_again(const ScnScenario *from, const ScnOptions *options, ScnErrors *errors)
{
    g_autoptr(ScnScenario) scenario = scn_scenario_new();
    ScnSource *first;
    bool ok;

    copy_sources(scenario->sources, from);
    first = scenario->sources->pdata[0];
    first->library = from->sources;
    ok = resolve_syntax(scenario, from->syntax, options, errors);
    first->library = NULL;
    return ok ? g_steal_pointer(&scenario) : NULL;
}

ScnScenario *
scn_parse_file(const char *path, const ScnOptions *options, ScnErrors *errors)
{
    g_autoptr(ScnScenario) scenario = scn_scenario_new();
    if (!scn_source_open(scenario->sources, path, errors))
        return NULL;
    return parse_and_resolve(g_steal_pointer(&scenario), options, errors);
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
    ScnSource *source = scn_source_new(name, text, length);
    source->is_unnamed = options && options->is_unnamed;
    g_ptr_array_add(scenario->sources, source);
    return parse_and_resolve(g_steal_pointer(&scenario), options, errors);
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
    return parse_and_resolve(g_steal_pointer(&scenario), options, errors);
}
