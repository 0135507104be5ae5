/* Binds single lines; see line.h. */
#include "sim/scenario/line.h"

#include "sim/scenario/bind.h"

#include <string.h>

/* Replaces the text of the last line. All lines share one source, so the offset of what an earlier
 * line has declared means nothing in it. */
static void
set_text(ScnResolver *resolver, const char *text, gsize head_length)
{
    ScnSource *source = scn_source_new("network", text, strlen(text));

    source->is_unnamed = true;
    source->head_length = head_length;
    if (resolver->line_source == 0) {
        resolver->line_source = resolver->sources->len;
        g_ptr_array_add(resolver->sources, source);
        return;
    }
    scn_source_free(resolver->sources->pdata[resolver->line_source]);
    resolver->sources->pdata[resolver->line_source] = source;
}

/* Parses `head` and the text as one statement. Returns NULL after reporting an error. */
static ScnSyntax *
open_line(ScnResolver *resolver, const char *head, const char *text, ScnErrors *errors)
{
    g_autofree char *line = g_strconcat(head, text, "\n", NULL);
    g_autoptr(ScnSyntax) syntax = NULL;

    resolver->errors = errors;
    resolver->member_count = 0; /* the bound holds for a file, or for one line */
    if (strchr(text, '\n') != NULL) {
        scn_errors_add_bare(errors, "this is more than one line");
        return NULL;
    }
    set_text(resolver, line, strlen(head));
    syntax = scn_parse_lines(resolver->sources, errors, resolver->line_source);
    if (errors->found == 0 && syntax->stmts->len != 1)
        scn_errors_add_bare(errors, "this is no statement");
    return errors->found == 0 ? g_steal_pointer(&syntax) : NULL;
}

/* Binds a question. */
static ScnTerm *
bind_line(ScnScenario *scenario, const char *head, const char *text, ScnErrors *errors,
          bool condition)
{
    ScnResolver *resolver = scenario->resolver;
    g_autoptr(ScnSyntax) syntax = open_line(resolver, head, text, errors);
    const ScnStmt *stmt;

    if (syntax == NULL)
        return NULL;
    stmt = syntax->stmts->pdata[0];
    return condition ? scn_bind_condition(resolver, stmt->exprs->pdata[0])
                     : scn_bind_kept(resolver, stmt->exprs->pdata[0], "measured");
}

ScnTerm *
scn_line_condition(ScnScenario *scenario, const char *text, ScnErrors *errors)
{
    return bind_line(scenario, "finally ", text, errors, true);
}

ScnTerm *
scn_line_value(ScnScenario *scenario, const char *text, ScnErrors *errors)
{
    return bind_line(scenario, "measure asked = ", text, errors, false);
}

/* Returns the index of the mark, which is declared if its name is new; SCN_NONE after reporting
 * that the name is of something else, or of a mark with other values. */
static guint32
find_or_add_mark(ScnResolver *resolver, const ScnStmt *mark, ScnType type)
{
    const ScnName *name = scn_find_name(resolver, mark->name);
    guint32 index = resolver->scenario->marks->len;
    const ScnMark declared = {g_strdup(mark->name), {0}};
    const ScnMarkValue value = {.type = type, .bound = true};

    if (name != NULL && name->kind == SCN_NAME_MARK &&
        g_array_index(resolver->marks, ScnMarkValue, name->index).type == type) {
        g_free(declared.name);
        return name->index;
    }
    if (name != NULL) {
        g_free(declared.name);
        scn_declare(resolver, SCN_NAME_MARK, mark->name, index, mark->name_span);
        return SCN_NONE;
    }
    scn_declare(resolver, SCN_NAME_MARK, mark->name, index, mark->name_span);
    g_array_append_val(resolver->scenario->marks, declared);
    g_array_append_val(resolver->marks, value);
    return index;
}

/* Resolves a mark. A mark of that name from before gets the new value. */
static ScnItem *
bind_mark(ScnResolver *resolver, const ScnStmt *mark)
{
    ScnTerm *value = scn_bind_kept(resolver, mark->exprs->pdata[0], "kept in a mark");
    ScnItem *item;
    guint32 index;

    if (value == NULL)
        return NULL;
    index = find_or_add_mark(resolver, mark, value->type);
    if (index == SCN_NONE) {
        scn_term_free(value);
        return NULL;
    }
    item = g_new0(ScnItem, 1);
    item->kind = SCN_ITEM_MARK;
    item->text = g_strdup(mark->text);
    item->mark = index;
    item->value = value;
    return item;
}

/* Resolves an action; removes its declarations again if it is refused. */
static ScnItem *
bind_action(ScnResolver *resolver, ScnSyntax *syntax)
{
    ScnScenario *scenario = resolver->scenario;
    const ScnStmt *stmt = syntax->stmts->pdata[0], *action = stmt->items->pdata[0];
    guint names = resolver->name_list->len, cuts = scenario->cuts->len;
    guint blocks = scenario->blocks->len;
    ScnNext next = {.cut = cuts};
    ScnItem *item;

    if (action->kind == SCN_STMT_MARK)
        return bind_mark(resolver, action);
    if (action->kind != SCN_STMT_ACTION) {
        scn_report(resolver, action->keyword, "ask for it instead", "that is no action");
        return NULL;
    }
    scn_declare_cuts(resolver);
    scn_declare_blocks(resolver);
    item = scn_resolve_item(resolver, action, (ScnStand){.at_ns = 0}, &next);
    if (resolver->errors->found == 0)
        return item;
    scn_item_free(item);
    scn_undeclare(resolver, names);
    g_array_set_size(scenario->cuts, cuts);
    g_array_set_size(scenario->blocks, blocks);
    return NULL;
}

ScnItem *
scn_line_action(ScnScenario *scenario, const char *text, ScnErrors *errors)
{
    ScnResolver *resolver = scenario->resolver;
    GPtrArray *stmts = resolver->stmts;
    g_autoptr(ScnSyntax) syntax = open_line(resolver, "at 0 ", text, errors);
    ScnItem *item;

    if (syntax == NULL)
        return NULL;
    resolver->stmts = syntax->stmts;
    item = bind_action(resolver, syntax);
    resolver->stmts = stmts;
    return item;
}
