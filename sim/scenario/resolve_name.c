/* The namespace of the scenario, and sets of nodes. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/draw.h"
#include "sim/scenario/remedy.h"

#include <string.h>

#define MEMBERS_MAX (64u << 20) /* total size of all sets of a file */

/* ---- names ---- */

const ScnName *
scn_find_name(const ScnResolver *resolver, const char *name)
{
    return g_hash_table_lookup(resolver->names, name);
}

/* Returns the help for a name that is taken, to be freed. */
static char *
declared_where(const ScnResolver *resolver, const ScnName *name)
{
    const ScnSource *source = resolver->sources->pdata[name->span.source];
    guint32 line, column;

    if (source->is_unnamed)
        return g_strdup("choose another name");
    scn_source_locate(source, name->span.offset, &line, &column);
    return g_strdup_printf("it stands at %s:%u:%u; choose another name", source->name, line,
                           column);
}

void
scn_declare(ScnResolver *resolver, ScnNameKind kind, const char *name, guint32 index, ScnSpan span)
{
    const ScnName *old = scn_find_name(resolver, name);
    if (old) {
        g_autofree char *help = declared_where(resolver, old);
        scn_report(resolver, span, help, "the name '%s' is taken", name);
        return;
    }
    ScnName *entry = g_new(ScnName, 1);
    char *key = g_strdup(name);
    *entry = (ScnName){kind, index, span};
    g_hash_table_insert(resolver->names, key, entry);
    g_ptr_array_add(resolver->name_list, key);
}

void
scn_undeclare(ScnResolver *resolver, guint count)
{
    while (resolver->name_list->len > count) {
        const char *name = resolver->name_list->pdata[resolver->name_list->len - 1];
        g_hash_table_remove(resolver->names, name);
        g_ptr_array_set_size(resolver->name_list, (gint)resolver->name_list->len - 1);
    }
}

void
scn_report_unknown_name(ScnResolver *resolver, ScnSpan span, const char *what, const char *name,
                        const char *const *more)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (guint i = 0; i < resolver->name_list->len; i++)
        g_ptr_array_add(words, resolver->name_list->pdata[i]);
    for (guint i = 0; more && more[i]; i++)
        g_ptr_array_add(words, (gpointer)more[i]);
    scn_report_unknown(resolver, span, what, name, words);
}

/* Returns the help that says how names of the kind are declared, to be freed; NULL if several
 * statements do. */
static char *
declaring_help(ScnNameKind kind)
{
    const char *word = kind == SCN_NAME_WALLET    ? "wallet"
                       : kind == SCN_NAME_TX      ? "tx"
                       : kind == SCN_NAME_UPGRADE ? "upgrade"
                                                  : NULL;

    if (kind == SCN_NAME_BLOCK)
        return g_strdup("name a block where it is found: mine at NODE as NAME");
    return word ? g_strdup_printf("declare it: %s", scn_statement_find(word)->usage) : NULL;
}

void
scn_report_unknown_kind(ScnResolver *resolver, ScnSpan span, const char *what, const char *name,
                        ScnNameKind kind)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *help = declaring_help(kind);
    for (guint i = 0; i < resolver->name_list->len; i++) {
        const char *known = resolver->name_list->pdata[i];
        if (scn_find_name(resolver, known)->kind == kind)
            g_ptr_array_add(words, (gpointer)known);
    }
    if (kind == SCN_NAME_NODE)
        g_ptr_array_add(words, (gpointer) "all");
    if (words->len > 0 || !help || scn_is_doubtful(resolver, name)) {
        scn_report_unknown(resolver, span, what, name, words);
        return;
    }
    scn_report(resolver, span, help, "unknown %s '%s'", what, name);
}

static const ScnNodeGroup *
find_group(const ScnResolver *resolver, const char *name)
{
    gpointer index;
    if (!g_hash_table_lookup_extended(resolver->group_index, name, NULL, &index))
        return NULL;
    return &g_array_index(resolver->scenario->groups, ScnNodeGroup, GPOINTER_TO_UINT(index));
}

static bool
is_group(const ScnResolver *resolver, const char *name)
{
    return find_group(resolver, name) != NULL;
}

static const char *
kind_name(ScnNameKind kind)
{
    static const char *const names[] = {"a node", "a wallet", "a transaction", "a mark",
                                        "a cut",  "a block",  "an upgrade"};
    return names[kind];
}

/* Returns the name that expr refers to; reports an error unless its kind is `kind`. */
static const ScnName *
find_of_kind(ScnResolver *resolver, const ScnExpr *expr, ScnNameKind kind, const char *what)
{
    const ScnName *name = scn_find_name(resolver, expr->name);
    g_autofree char *declare = kind == SCN_NAME_BLOCK ? declaring_help(kind) : NULL;
    if (name && name->kind == kind)
        return name;
    if (name)
        scn_report(resolver, expr->span, declare, "'%s' is %s, and %s is due here", expr->name,
                   kind_name(name->kind), kind_name(kind));
    else if (kind == SCN_NAME_NODE && is_group(resolver, expr->name)) {
        g_autofree char *help = g_strdup_printf("write %s[*] for all of it", expr->name);
        scn_report(resolver, expr->span, help, "'%s' is a group of nodes", expr->name);
    } else {
        scn_report_unknown_kind(resolver, expr->span, what, expr->name, kind);
    }
    return NULL;
}

bool
scn_resolve_thing(ScnResolver *resolver, const ScnExpr *expr, ScnNameKind kind, const char *what,
                  guint32 *ret_index)
{
    const ScnName *name = NULL;
    if (expr->kind == SCN_EXPR_BAD)
        return false;
    if (expr->kind != SCN_EXPR_NAME)
        scn_report(resolver, expr->span, NULL, "the name of %s is due here", kind_name(kind));
    else
        name = find_of_kind(resolver, expr, kind, what);
    if (name)
        *ret_index = name->index;
    return name != NULL;
}

/* ---- sets ---- */

bool
scn_index_bounds(ScnResolver *resolver, const ScnExpr *expr, guint64 *ret_first, guint64 *ret_last)
{
    const guint64 limit = G_MAXUINT32;
    if (!scn_need_count(resolver, scn_expr_at(expr, 0), expr->name, 0, limit, ret_first))
        return false;
    *ret_last = *ret_first;
    if (scn_expr_count(expr) < 2)
        return true;
    if (!scn_need_count(resolver, scn_expr_at(expr, 1), expr->name, 0, limit, ret_last))
        return false;
    if (*ret_last >= *ret_first)
        return true;
    scn_report(resolver, expr->span, NULL,
               "%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT " is an empty range", *ret_first,
               *ret_last);
    return false;
}

/* A set under construction: one mark for each node, which keeps the order and merges duplicates. */
typedef struct {
    guint8 *mark; /* 0: not in the set; 1: in while up; 2: in even when down */
    guint32 count;
} Marks;

static bool mark_set(ScnResolver *resolver, const ScnExpr *expr, Marks *marks);

static void
mark_node(Marks *marks, guint32 node, guint8 how)
{
    marks->mark[node] = MAX(marks->mark[node], how);
}

static bool
mark_group(ScnResolver *resolver, const ScnExpr *expr, Marks *marks)
{
    const GArray *groups = resolver->scenario->groups;
    const ScnNodeGroup *group = find_group(resolver, expr->name);
    for (guint i = 0; group && i < group->nodes->len; i++)
        mark_node(marks, g_array_index(group->nodes, guint32, i), 1);
    if (group)
        return true;
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (guint i = 0; i < groups->len; i++)
        g_ptr_array_add(words, g_array_index(groups, ScnNodeGroup, i).name);
    ScnSpan span = expr->span;
    span.length = (guint32)strlen(expr->name);
    scn_report_unknown(resolver, span, "group of nodes", expr->name, words);
    return false;
}

static bool
mark_index(ScnResolver *resolver, const ScnExpr *expr, Marks *marks)
{
    guint64 first, last;
    if (scn_expr_count(expr) == 0)
        return mark_group(resolver, expr, marks);
    if (!scn_index_bounds(resolver, expr, &first, &last))
        return false;
    for (guint64 i = first; i <= last; i++) {
        g_autofree char *text = g_strdup_printf("%s%" G_GUINT64_FORMAT, expr->name, i);
        const ScnName *name = scn_find_name(resolver, text);
        if (!name || name->kind != SCN_NAME_NODE) {
            if (scn_is_doubtful(resolver, expr->name))
                scn_report_unknown(resolver, expr->span, "node", expr->name, NULL);
            else
                scn_report_unknown_kind(resolver, expr->span, "node", text, SCN_NAME_NODE);
            return false;
        }
        mark_node(marks, name->index, first == last && scn_expr_count(expr) == 1 ? 2 : 1);
    }
    return true;
}

static bool
mark_role(ScnResolver *resolver, const ScnExpr *expr, Marks *marks)
{
    guint role;
    if (scn_expr_count(expr) != 1) {
        scn_report(resolver, expr->span, "write role(miner) or role(full)",
                   "'role' needs one role");
        return false;
    }
    if (!scn_need_word(resolver, scn_expr_at(expr, 0), "role", "miner full script", &role))
        return false;
    for (guint32 i = 0; i < marks->count; i++) {
        if (g_array_index(resolver->scenario->nodes, ScnNode, i).role == (ScnRole)role)
            mark_node(marks, i, 1);
    }
    return true;
}

static bool
mark_region(ScnResolver *resolver, const ScnExpr *expr, Marks *marks)
{
    const ScnScenario *scenario = resolver->scenario;
    const ScnExpr *name = scn_expr_count(expr) == 1 ? scn_expr_at(expr, 0) : NULL;
    if (!name) {
        scn_report(resolver, expr->span, "as in region(eu)", "'region' needs one region");
        return false;
    }
    const char *word = scn_region_name(resolver, name);
    if (!word)
        return false;
    for (guint region = 0; region < scenario->regions->len; region++) {
        if (strcmp(scenario->regions->pdata[region], word) != 0)
            continue;
        for (guint32 i = 0; i < marks->count; i++) {
            if (g_array_index(scenario->nodes, ScnNode, i).region == region)
                mark_node(marks, i, 1);
        }
        return true;
    }
    scn_report_unknown(resolver, name->span, "region", word, scenario->regions);
    return false;
}

static bool
random_count(ScnResolver *resolver, const ScnExpr *expr, guint32 *ret_count)
{
    guint64 count;
    if (scn_expr_count(expr) != 1) {
        scn_report(resolver, expr->span, "as in random(3)", "'random' needs a number of nodes");
        return false;
    }
    if (!scn_need_count(resolver, scn_expr_at(expr, 0), "random", 1,
                        MAX(resolver->scenario->nodes->len, 1), &count))
        return false;
    *ret_count = (guint32)count;
    return true;
}

/* Marks a random() set that is drawn once; its place in the file is the key of the draw. */
static bool
mark_random(ScnResolver *resolver, const ScnExpr *expr, Marks *marks)
{
    g_autoptr(GArray) nodes = g_array_sized_new(FALSE, FALSE, sizeof(guint32), marks->count);
    g_autofree char *text = scn_span_text(resolver, expr->span);
    g_autofree char *key = g_strdup_printf("%s %u:%u", text, expr->span.source, expr->span.offset);
    guint32 count;
    if (!random_count(resolver, expr, &count))
        return false;
    for (guint32 i = 0; i < marks->count; i++)
        g_array_append_val(nodes, i);
    scn_draw_some(nodes, count, resolver->scenario->seed, "random set", key);
    for (guint32 i = 0; i < MIN(count, marks->count); i++)
        mark_node(marks, g_array_index(nodes, guint32, i), 1);
    return true;
}

static bool
mark_call(ScnResolver *resolver, const ScnExpr *expr, Marks *marks)
{
    static const char *const sets[] = {"role", "region", "random", NULL};
    ScnSpan span = expr->span;
    span.length = (guint32)strlen(expr->name);
    if (strcmp(expr->name, "role") == 0)
        return mark_role(resolver, expr, marks);
    if (strcmp(expr->name, "region") == 0)
        return mark_region(resolver, expr, marks);
    if (strcmp(expr->name, "random") == 0)
        return mark_random(resolver, expr, marks);
    g_autofree char *help = scn_remedy_text_of("set", expr->name, sets);
    scn_report(resolver, span, help, "'%s' gives no set of nodes", expr->name);
    return false;
}

static bool
mark_name(ScnResolver *resolver, const ScnExpr *expr, Marks *marks)
{
    if (strcmp(expr->name, "all") == 0) {
        for (guint32 i = 0; i < marks->count; i++)
            mark_node(marks, i, 1);
        return true;
    }
    const ScnName *name = find_of_kind(resolver, expr, SCN_NAME_NODE, "node");
    if (name)
        mark_node(marks, name->index, 2);
    return name != NULL;
}

static bool
mark_difference(ScnResolver *resolver, const ScnExpr *expr, Marks *marks)
{
    resolver->member_count += marks->count;
    if (resolver->member_count > MEMBERS_MAX) {
        scn_report(resolver, expr->span, NULL, "the sets of this file are too large");
        return false;
    }
    Marks without = {g_new0(guint8, marks->count + 1), marks->count};
    Marks with = {g_new0(guint8, marks->count + 1), marks->count};
    bool ok = mark_set(resolver, scn_expr_at(expr, 0), &with);
    ok = mark_set(resolver, scn_expr_at(expr, 1), &without) && ok;
    for (guint32 i = 0; i < marks->count; i++) {
        if (!without.mark[i])
            mark_node(marks, i, with.mark[i]);
    }
    g_free(without.mark);
    g_free(with.mark);
    return ok;
}

static bool
mark_set(ScnResolver *resolver, const ScnExpr *expr, Marks *marks)
{
    bool ok = true;
    switch (expr->kind) {
    case SCN_EXPR_BAD:
        return false;
    case SCN_EXPR_NAME:
        return mark_name(resolver, expr, marks);
    case SCN_EXPR_INDEX:
        return mark_index(resolver, expr, marks);
    case SCN_EXPR_CALL:
        return mark_call(resolver, expr, marks);
    case SCN_EXPR_BRACES:
        for (guint i = 0; i < scn_expr_count(expr); i++)
            ok = mark_set(resolver, scn_expr_at(expr, i), marks) && ok;
        return ok;
    case SCN_EXPR_OPERATOR:
        if (expr->op == SCN_OP_SUB)
            return mark_difference(resolver, expr, marks);
        G_GNUC_FALLTHROUGH;
    default:
        scn_report(resolver, expr->span, "as in a1, a[1..5], a[*], all",
                   "a node or a set of nodes is due here");
        return false;
    }
}

/* Resolves a set of one named node, the usual case, without visiting all nodes. */
static GArray *
single_node(ScnResolver *resolver, const ScnExpr *expr)
{
    const ScnName *name = find_of_kind(resolver, expr, SCN_NAME_NODE, "node");
    if (!name)
        return NULL;
    ScnMember member = {name->index, true};
    GArray *members = g_array_new(FALSE, FALSE, sizeof(ScnMember));
    g_array_append_val(members, member);
    return members;
}

GArray *
scn_resolve_set(ScnResolver *resolver, const ScnExpr *expr)
{
    bool all = expr->kind == SCN_EXPR_NAME && strcmp(expr->name, "all") == 0;
    if (all && resolver->all)
        return g_array_ref(resolver->all);
    if (expr->kind == SCN_EXPR_NAME && !all)
        return single_node(resolver, expr);
    Marks marks = {NULL, resolver->scenario->nodes->len};
    marks.mark = g_new0(guint8, marks.count + 1);
    GArray *members = NULL;
    if (mark_set(resolver, expr, &marks)) {
        members = g_array_new(FALSE, FALSE, sizeof(ScnMember));
        for (guint32 i = 0; i < marks.count; i++) {
            ScnMember member = {i, marks.mark[i] == 2};
            if (marks.mark[i])
                g_array_append_val(members, member);
        }
        resolver->member_count += members->len;
    }
    g_free(marks.mark);
    if (resolver->member_count > MEMBERS_MAX) {
        scn_report(resolver, expr->span, NULL, "the sets of this file are too large");
        g_clear_pointer(&members, g_array_unref);
    }
    if (all && members)
        resolver->all = g_array_ref(members);
    return members;
}

GArray *
scn_resolve_nodes(ScnResolver *resolver, const ScnExpr *expr, bool not_empty)
{
    g_autoptr(GArray) members = scn_resolve_set(resolver, expr);
    if (!members)
        return NULL;
    if (members->len == 0 && not_empty) {
        if (!resolver->scenario->nodes->len && resolver->errors->found)
            return NULL; /* the nodes themselves are wrong */
        scn_report(resolver, expr->span, NULL, "there is no node in this set");
        return NULL;
    }
    GArray *nodes = g_array_sized_new(FALSE, FALSE, sizeof(guint32), members->len);
    for (guint i = 0; i < members->len; i++)
        g_array_append_val(nodes, g_array_index(members, ScnMember, i).node);
    resolver->member_count += nodes->len;
    return nodes;
}

static bool
has_random(const ScnExpr *expr)
{
    if (expr->kind == SCN_EXPR_CALL)
        return strcmp(expr->name, "random") == 0;
    for (guint i = 0; i < scn_expr_count(expr); i++) {
        if (has_random(scn_expr_at(expr, i)))
            return true;
    }
    return false;
}

ScnSet *
scn_resolve_drawn_set(ScnResolver *resolver, const ScnExpr *expr)
{
    const ScnExpr *target = scn_follow(resolver, expr);
    ScnSet *set = g_new0(ScnSet, 1);
    bool ok = true;

    if (scn_expr_is_operator(target, SCN_OP_SUB) && has_random(target)) {
        set->of = scn_resolve_drawn_set(resolver, scn_expr_at(target, 0));
        set->without = scn_resolve_drawn_set(resolver, scn_expr_at(target, 1));
        ok = set->of && set->without;
    } else if (target->kind == SCN_EXPR_CALL && has_random(target)) {
        ok = random_count(resolver, target, &set->random);
    } else {
        set->nodes = scn_resolve_nodes(resolver, target, true);
        ok = set->nodes != NULL;
    }
    if (ok)
        return set;
    scn_set_free(set);
    return NULL;
}

bool
scn_resolve_node(ScnResolver *resolver, const ScnExpr *expr, guint32 *ret_node)
{
    const ScnExpr *target = scn_follow(resolver, expr);
    g_autoptr(GArray) nodes = scn_resolve_nodes(resolver, target, true);
    if (!nodes)
        return false;
    if (nodes->len != 1) {
        scn_report(resolver, expr->span, "as in a1", "one node is due here, not a set");
        return false;
    }
    *ret_node = g_array_index(nodes, guint32, 0);
    return true;
}

/* Returns whether the expression is a set of nodes, so that `-` means set difference. */
bool
scn_is_set(const ScnResolver *resolver, const ScnExpr *expr)
{
    const ScnFunction *function;
    const ScnName *name;
    switch (expr->kind) {
    case SCN_EXPR_INDEX:
    case SCN_EXPR_BRACES:
        return true;
    case SCN_EXPR_NAME:
        name = scn_find_name(resolver, expr->name);
        return strcmp(expr->name, "all") == 0 || (name && name->kind == SCN_NAME_NODE) ||
               (!name && is_group(resolver, expr->name));
    case SCN_EXPR_CALL:
        function = scn_function_find(expr->name);
        return function && function->shape == SCN_SHAPE_SET;
    case SCN_EXPR_OPERATOR:
        return expr->op == SCN_OP_SUB && scn_is_set(resolver, scn_expr_at(expr, 0)) &&
               scn_is_set(resolver, scn_expr_at(expr, 1));
    default:
        return false;
    }
}
