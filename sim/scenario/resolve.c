/* Reports, and the order in which a scenario is resolved. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/remedy.h"

#include <stdarg.h>
#include <string.h>

/* ---- making and freeing ---- */

static void
mark_value_clear(gpointer data)
{
    scn_term_free(((ScnMarkValue *)data)->term);
}

ScnResolver *
scn_resolver_new(ScnScenario *scenario, const ScnSyntax *syntax, ScnErrors *errors)
{
    ScnResolver *resolver = g_new0(ScnResolver, 1);

    resolver->scenario = scenario;
    resolver->errors = errors;
    resolver->sources = scenario->sources;
    resolver->stmts = syntax->stmts;
    resolver->doubtful = syntax->doubtful;
    resolver->bindings = g_array_new(FALSE, FALSE, sizeof(ScnBinding));
    resolver->binding_index = g_hash_table_new(g_str_hash, g_str_equal);
    resolver->override_exprs = g_ptr_array_new_with_free_func((GDestroyNotify)scn_expr_free);
    resolver->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    resolver->name_list = g_ptr_array_new();
    resolver->group_index = g_hash_table_new(g_str_hash, g_str_equal);
    resolver->marks = g_array_new(FALSE, FALSE, sizeof(ScnMarkValue));
    g_array_set_clear_func(resolver->marks, mark_value_clear);
    resolver->over_checks = g_array_new(FALSE, FALSE, sizeof(ScnOverCheck));
    return resolver;
}

void
scn_resolver_free(ScnResolver *resolver)
{
    if (!resolver)
        return;
    g_array_unref(resolver->bindings);
    g_hash_table_unref(resolver->binding_index);
    g_ptr_array_unref(resolver->override_exprs);
    g_hash_table_unref(resolver->names);
    g_ptr_array_unref(resolver->name_list);
    g_hash_table_unref(resolver->group_index);
    g_array_unref(resolver->marks);
    g_array_unref(resolver->over_checks);
    g_clear_pointer(&resolver->all, g_array_unref);
    g_free(resolver->hidden);
    g_free(resolver);
}

/* ---- reports ---- */

void
scn_report(ScnResolver *resolver, ScnSpan span, const char *help, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    scn_errors_add(resolver->errors, resolver->sources, span, message, help);
}

static bool
has_doubt(const ScnResolver *resolver, const char *name, gsize length)
{
    g_autofree char *stem = g_strndup(name, length);
    return g_hash_table_contains(resolver->doubtful, stem);
}

/* Returns whether a line that did not parse contains the name, or the name of its group. */
bool
scn_is_doubtful(const ScnResolver *resolver, const char *name)
{
    gsize length = strlen(name);
    if (has_doubt(resolver, name, length))
        return true;
    while (length > 0 && g_ascii_isdigit(name[length - 1]))
        length--;
    return length > 0 && has_doubt(resolver, name, length);
}

void
scn_report_unknown(ScnResolver *resolver, ScnSpan span, const char *what, const char *name,
                   const GPtrArray *words)
{
    g_autofree char *message = g_strdup_printf("unknown %s '%s'", what, name);
    if (scn_is_doubtful(resolver, name)) {
        if (!resolver->hidden) {
            resolver->hidden = g_steal_pointer(&message);
            resolver->hidden_span = span;
        }
        return;
    }
    g_autofree char *help = words ? scn_remedy_text(what, name, words) : NULL;
    scn_errors_add(resolver->errors, resolver->sources, span, message, help);
}

char *
scn_span_text(const ScnResolver *resolver, ScnSpan span)
{
    const ScnSource *source = resolver->sources->pdata[span.source];
    return g_strndup(source->text + span.offset, span.length);
}

ScnPlace
scn_place(const ScnResolver *resolver, const ScnStmt *stmt)
{
    ScnPlace place = {.source = stmt->keyword.source, .order = stmt->order};
    scn_source_locate(resolver->sources->pdata[place.source], stmt->keyword.offset, &place.line,
                      &place.column);
    return place;
}

/* ---- what this version does not run ---- */

/* Refuses timed statements beside a script: the last line of a script ends the run, and its lines
 * wait for results, not for times.
 */
static void
refuse_script_with_times(ScnResolver *resolver)
{
    const ScnStmt *script = NULL, *timed = NULL;
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_SCRIPT)
            script = stmt;
        else if (stmt->kind == SCN_STMT_AT || stmt->kind == SCN_STMT_EVERY ||
                 stmt->kind == SCN_STMT_WHEN)
            timed = stmt;
    }
    if (script && timed)
        scn_report(resolver, timed->keyword,
                   "write it as a line of the script, or as a file of its own",
                   "a file has scripts or timed statements, not both");
}

/* Reports required parts that are missing, unless there are other errors: a line that did not
 * parse may contain them. */
static void
check_whole(ScnResolver *resolver)
{
    ScnScenario *scenario = resolver->scenario;
    const ScnSource *source = resolver->sources->pdata[0];
    gsize length;

    if (resolver->errors->found > 0)
        return;
    if (resolver->hidden) {
        scn_errors_add(resolver->errors, resolver->sources, resolver->hidden_span, resolver->hidden,
                       NULL);
        return;
    }
    scn_source_line(source, 1, &length);
    ScnSpan first = {0, 0, (guint32)length};
    if (scenario->nodes->len == 0)
        scn_report(resolver, first, "write nodes a[1..5]", "this scenario has no nodes");
    if (scenario->duration_ns == 0 && !scenario->stop && scenario->scripts->len == 0)
        scn_report(resolver, first, "write duration 1h", "this scenario has no duration");
    scn_check_supply(resolver);
}

static void
add_unused(ScnResolver *resolver, const char *what, const char *name, ScnPlace place)
{
    const ScnUnused unused = {g_strdup(name), what, place};

    g_array_append_val(resolver->scenario->unused, unused);
}

/* Lists what no expression reads. */
static void
find_unused(ScnResolver *resolver)
{
    for (guint i = 0; i < resolver->bindings->len; i++) {
        const ScnBinding *binding = &g_array_index(resolver->bindings, ScnBinding, i);
        ScnPlace place = {.source = binding->name_span.source};

        scn_source_locate(resolver->sources->pdata[place.source], binding->name_span.offset,
                          &place.line, &place.column);
        if (!binding->used)
            add_unused(resolver, binding->is_param ? "param" : "let", binding->name, place);
    }
    for (guint i = 0; i < resolver->marks->len; i++) {
        const ScnMark *mark = &g_array_index(resolver->scenario->marks, ScnMark, i);

        if (!g_array_index(resolver->marks, ScnMarkValue, i).used)
            add_unused(resolver, "mark", mark->name, mark->place);
    }
}

bool
scn_resolve(ScnResolver *resolver, const ScnOptions *options)
{
    scn_resolve_bindings(resolver, options);
    scn_resolve_world(resolver);
    scn_resolve_declarations(resolver);
    scn_resolve_network(resolver);
    scn_resolve_timed(resolver);
    scn_resolve_results(resolver);
    refuse_script_with_times(resolver);
    check_whole(resolver);
    find_unused(resolver);
    return resolver->errors->found == 0;
}
