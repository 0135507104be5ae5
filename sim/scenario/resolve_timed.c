/* Timed statements, their actions, checks, marks and measures. */
#include "sim/scenario/resolve.h"

#include <string.h>

/* ---- shared ---- */

static bool
take_time(ScnResolver *resolver, const ScnExpr *expr, const char *what, gint64 *ret_ns)
{
    return expr && scn_need_time(resolver, expr, what, ret_ns);
}

/* Hands an expression over from the statement to the model. */
static ScnExpr *
take_expr(const ScnStmt *stmt, guint i)
{
    ScnExpr *expr = stmt->exprs->pdata[i];
    stmt->exprs->pdata[i] = NULL;
    return expr;
}

static const ScnOption *
find_option(const ScnStmt *stmt, const char *name)
{
    for (guint i = 0; i < stmt->options->len; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);
        if (strcmp(option->name, name) == 0)
            return option;
    }
    return NULL;
}

void
scn_declare_cuts(ScnResolver *resolver)
{
    GArray *cuts = resolver->scenario->cuts;
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        for (guint j = 0; stmt->kind == SCN_STMT_AT && j < stmt->items->len; j++) {
            const ScnStmt *item = stmt->items->pdata[j];
            if (item->kind != SCN_STMT_ACTION || strcmp(item->name, "partition") != 0)
                continue;
            ScnCut cut = {.place = scn_place(resolver, item)};
            const ScnOption *option = find_option(item, "name");
            const ScnExpr *name = option ? option->values->pdata[0] : NULL;
            if (name && name->kind == SCN_EXPR_NAME) {
                cut.name = g_strdup(name->name);
                scn_declare(resolver, SCN_NAME_CUT, cut.name, cuts->len, name->span);
            }
            g_array_append_val(cuts, cut);
        }
    }
}

/* ---- actions ---- */

static const ScnOptSpec no_specs[] = {{NULL, SCN_OPT_LATER, 0, NULL, 0, 0, NULL}};

static bool
own_name(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    (void)data;
    const ScnExpr *value = scn_option_value(resolver, option);
    if (value && value->kind != SCN_EXPR_NAME && value->kind != SCN_EXPR_BAD)
        scn_report(resolver, value->span, NULL, "the name of a cut is due here");
    return value && value->kind == SCN_EXPR_NAME;
}

static void
resolve_groups(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    guint count = resolver->scenario->nodes->len;
    g_autofree guint8 *seen = g_new0(guint8, count + 1);

    item->groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (guint i = 0; i < stmt->exprs->len; i++) {
        const ScnExpr *expr = stmt->exprs->pdata[i];
        GArray *nodes = scn_resolve_nodes(resolver, expr, true);
        if (!nodes)
            continue;
        g_ptr_array_add(item->groups, nodes);
        for (guint j = 0; j < nodes->len; j++) {
            guint32 node = g_array_index(nodes, guint32, j);
            if (seen[node]) {
                scn_report(resolver, expr->span, NULL, "'%s' is on two sides",
                           g_array_index(resolver->scenario->nodes, ScnNode, node).name);
                break;
            }
            seen[node] = 1;
        }
    }
}

static void
resolve_partition(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    static const ScnOptSpec specs[] = {
        {"style", SCN_OPT_WORD, 0, "drop ?hold ?slow", 0, 0, NULL},
        {"name", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
        {"by", SCN_OPT_LATER, 0, NULL, 0, 0, NULL},
        {NULL, SCN_OPT_LATER, 0, NULL, 0, 0, NULL},
    };
    guint32 style;
    const ScnExpr *length = stmt->clauses[SCN_CLAUSE_FOR];

    if (stmt->word) {
        g_autofree char *what = g_strdup_printf("partition %s", stmt->word);
        scn_report_later(resolver, stmt->word_span, what);
        return;
    }
    scn_apply_options(resolver, stmt, specs, &style, own_name, NULL);
    resolve_groups(resolver, stmt, item);
    item->for_ns = SCN_TIME_NONE;
    if (length && take_time(resolver, length, "for", &item->for_ns) && item->for_ns == 0)
        scn_report(resolver, length->span, NULL, "'for' must be above 0");
}

static void
resolve_heal(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    item->cut = SCN_NONE;
    if (stmt->exprs->len > 0)
        scn_resolve_thing(resolver, stmt->exprs->pdata[0], SCN_NAME_CUT, "cut", &item->cut);
}

static void
resolve_mine(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    guint64 count = 1;
    if (stmt->clauses[SCN_CLAUSE_AS])
        scn_report_later(resolver, stmt->clause_spans[SCN_CLAUSE_AS], "mine ... as");
    if (stmt->exprs->len > 1)
        scn_need_count(resolver, stmt->exprs->pdata[0], "mine", 1, 100000, &count);
    item->count = (guint32)count;
    scn_resolve_node(resolver, stmt->exprs->pdata[stmt->exprs->len - 1], &item->node);
}

static void
resolve_submit(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item)
{
    scn_resolve_thing(resolver, stmt->exprs->pdata[0], SCN_NAME_TX, "transaction", &item->tx);
    scn_resolve_node(resolver, stmt->exprs->pdata[1], &item->node);
}

/* `for` and `as` where they mean nothing, options where there are none. */
static void
refuse_extras(ScnResolver *resolver, const ScnStmt *stmt)
{
    bool partition = strcmp(stmt->name, "partition") == 0;
    if (!partition)
        scn_apply_options(resolver, stmt, no_specs, NULL, NULL, NULL);
    if (!partition && stmt->clauses[SCN_CLAUSE_FOR])
        scn_report(resolver, stmt->clause_spans[SCN_CLAUSE_FOR], "leave it out",
                   "'%s' takes no for", stmt->name);
    if (strcmp(stmt->name, "mine") != 0 && stmt->clauses[SCN_CLAUSE_AS])
        scn_report(resolver, stmt->clause_spans[SCN_CLAUSE_AS], "leave it out", "'%s' takes no as",
                   stmt->name);
}

static void
resolve_action(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, guint32 *next_cut)
{
    if (!scn_is_supported_action(stmt->name)) {
        scn_report_later(resolver, stmt->keyword, stmt->name);
        return;
    }
    refuse_extras(resolver, stmt);
    if (strcmp(stmt->name, "partition") == 0) {
        item->kind = SCN_ITEM_PARTITION;
        item->cut = (*next_cut)++;
        resolve_partition(resolver, stmt, item);
    } else if (strcmp(stmt->name, "heal") == 0) {
        item->kind = SCN_ITEM_HEAL;
        resolve_heal(resolver, stmt, item);
    } else if (strcmp(stmt->name, "mine") == 0) {
        item->kind = SCN_ITEM_MINE;
        resolve_mine(resolver, stmt, item);
    } else if (strcmp(stmt->name, "submit") == 0) {
        item->kind = SCN_ITEM_SUBMIT;
        resolve_submit(resolver, stmt, item);
    } else {
        item->kind = SCN_ITEM_MINING;
        item->on = strcmp(stmt->word, "on") == 0;
        item->nodes = scn_resolve_nodes(resolver, stmt->exprs->pdata[0], true);
    }
}

/* ---- checks ---- */

static ScnCheckKind
check_kind(const ScnStmt *stmt)
{
    static const char *const words[] = {"expect", "", "always", "never", "sometimes", "finally"};
    guint kind = 0;
    while (strcmp(words[kind], stmt->name) != 0)
        kind++;
    if (kind == SCN_CHECK_EXPECT && stmt->clauses[SCN_CLAUSE_WITHIN])
        kind = SCN_CHECK_WITHIN;
    return (ScnCheckKind)kind;
}

static ScnExpr *
resolve_guard(ScnResolver *resolver, ScnStmt *stmt)
{
    ScnExpr *yes = g_steal_pointer(&stmt->clauses[SCN_CLAUSE_IF]);
    ScnExpr *no = g_steal_pointer(&stmt->clauses[SCN_CLAUSE_UNLESS]);
    ScnExpr *both = NULL;

    if (yes)
        scn_need_condition(resolver, yes);
    if (no) {
        scn_need_condition(resolver, no);
        both = scn_expr_new(SCN_EXPR_NOT, no->span);
        scn_expr_add(both, no);
        no = both;
    }
    if (!yes || !no)
        return yes ? yes : no;
    both = scn_expr_new(SCN_EXPR_AND, yes->span);
    scn_expr_add(both, yes);
    scn_expr_add(both, no);
    return both;
}

static void
resolve_window(ScnResolver *resolver, const ScnStmt *stmt, ScnCheck *check)
{
    static const ScnClause clauses[] = {SCN_CLAUSE_FROM, SCN_CLAUSE_UNTIL};
    bool lasting = check->kind == SCN_CHECK_ALWAYS || check->kind == SCN_CHECK_NEVER ||
                   check->kind == SCN_CHECK_SOMETIMES;
    for (guint i = 0; i < G_N_ELEMENTS(clauses); i++) {
        const ScnExpr *value = stmt->clauses[clauses[i]];
        const char *word = i == 0 ? "from" : "until";
        if (!value)
            continue;
        if (!lasting)
            scn_report(resolver, stmt->clause_spans[clauses[i]],
                       "it goes with always, never and sometimes", "'%s' takes no %s", stmt->name,
                       word);
        else
            take_time(resolver, value, word, i == 0 ? &check->from_ns : &check->until_ns);
    }
    if (lasting && check->until_ns <= check->from_ns)
        scn_report(resolver, stmt->clauses[SCN_CLAUSE_UNTIL]->span, NULL,
                   "'until' must be after 'from'");
}

static void
resolve_deadline(ScnResolver *resolver, const ScnStmt *stmt, ScnCheck *check)
{
    const ScnExpr *value = stmt->clauses[SCN_CLAUSE_WITHIN];
    gint64 end = resolver->scenario->duration_ns;

    if (check->kind != SCN_CHECK_WITHIN || !take_time(resolver, value, "within", &check->within_ns))
        return;
    if (check->at_ns == SCN_TIME_NONE || end == 0)
        return;
    if (check->at_ns > end || check->within_ns > end - check->at_ns) {
        g_autofree char *text = scn_time_text(end);
        scn_report(resolver, value->span, "make the duration longer or the time shorter",
                   "the deadline is after the end of the run (%s)", text);
    }
}

static guint32
resolve_check(ScnResolver *resolver, ScnStmt *stmt, gint64 at_ns)
{
    GPtrArray *checks = resolver->scenario->checks;
    ScnCheck *check = g_new0(ScnCheck, 1);

    g_ptr_array_add(checks, check);
    check->kind = check_kind(stmt);
    check->place = scn_place(resolver, stmt);
    check->text = g_strdup(stmt->text);
    check->condition = take_expr(stmt, 0);
    check->at_ns = at_ns;
    check->until_ns = SCN_TIME_NONE;
    check->maybe = stmt->maybe;
    if (stmt->over)
        scn_report_later(resolver, stmt->word_span, "over");
    if (at_ns == SCN_TIME_NONE && check->kind <= SCN_CHECK_WITHIN)
        scn_report(resolver, stmt->keyword, "write at TIME expect ...",
                   "'expect' stands in a timed statement");
    scn_need_condition(resolver, check->condition);
    resolve_window(resolver, stmt, check);
    resolve_deadline(resolver, stmt, check);
    check->guard = resolve_guard(resolver, stmt);
    return checks->len - 1;
}

/* ---- timed statements ---- */

/* An action that never comes is a mistake, unless it may do nothing. A check that never comes is
 * vacuous, which the run reports. */
static void
refuse_after_end(ScnResolver *resolver, const ScnStmt *stmt, const ScnTimed *timed)
{
    gint64 end = resolver->scenario->duration_ns;
    if (end == 0 || timed->at_ns <= end)
        return;
    for (guint i = 0; i < stmt->items->len; i++) {
        const ScnStmt *item = stmt->items->pdata[i];
        if (item->kind != SCN_STMT_ACTION || item->maybe)
            continue;
        g_autofree char *text = scn_time_text(end);
        scn_report(resolver, ((const ScnExpr *)stmt->exprs->pdata[0])->span, NULL,
                   "this is after the end of the run (%s)", text);
        return;
    }
}

static ScnItem *
resolve_item(ScnResolver *resolver, ScnStmt *stmt, gint64 at_ns, guint32 *next_cut,
             guint32 *next_mark)
{
    ScnItem *item = g_new0(ScnItem, 1);
    item->place = scn_place(resolver, stmt);
    item->text = g_strdup(stmt->text);
    item->maybe = stmt->maybe;
    if (stmt->kind == SCN_STMT_MARK) {
        item->kind = SCN_ITEM_MARK;
        item->mark = (*next_mark)++;
        item->value = take_expr(stmt, 0);
    } else if (stmt->kind == SCN_STMT_CHECK) {
        item->kind = SCN_ITEM_CHECK;
        item->check = resolve_check(resolver, stmt, at_ns);
    } else {
        resolve_action(resolver, stmt, item, next_cut);
    }
    return item;
}

static void
resolve_at(ScnResolver *resolver, const ScnStmt *stmt, guint32 *next_cut, guint32 *next_mark)
{
    ScnTimed *timed = g_new0(ScnTimed, 1);
    g_ptr_array_add(resolver->scenario->timed, timed);
    timed->place = scn_place(resolver, stmt);
    timed->items = g_ptr_array_new();
    bool known = take_time(resolver, stmt->exprs->pdata[0], "at", &timed->at_ns);
    if (known)
        refuse_after_end(resolver, stmt, timed);
    for (guint i = 0; i < stmt->items->len; i++)
        g_ptr_array_add(timed->items, resolve_item(resolver, stmt->items->pdata[i],
                                                   known ? timed->at_ns : 0, next_cut, next_mark));
}

/* Marks first: what they hold is known to every check, also to one above them. */
static void
resolve_marks(ScnResolver *resolver)
{
    for (guint i = 0; i < resolver->scenario->marks->len; i++) {
        ScnType any = SCN_TYPE_ANY;
        g_array_append_val(resolver->mark_types, any);
    }
    guint32 mark = 0;
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        for (guint j = 0; stmt->kind == SCN_STMT_AT && j < stmt->items->len; j++) {
            const ScnStmt *item = stmt->items->pdata[j];
            if (item->kind != SCN_STMT_MARK)
                continue;
            ScnExpr *value = item->exprs->pdata[0];
            ScnType type = scn_resolve_expr(resolver, value);
            if (type == SCN_TYPE_NODES || type == SCN_TYPE_WALLET || type == SCN_TYPE_TX)
                scn_report(resolver, value->span, "ask something of it, as in height(a1)",
                           "%s cannot be kept in a mark", scn_type_name(type));
            else
                g_array_index(resolver->mark_types, ScnType, mark) = type;
            mark++;
        }
    }
}

static void
resolve_measure(ScnResolver *resolver, const ScnStmt *stmt)
{
    GPtrArray *measures = resolver->scenario->measures;
    for (guint i = 0; i < measures->len; i++) {
        const ScnMeasure *other = measures->pdata[i];
        if (strcmp(other->name, stmt->name) != 0)
            continue;
        scn_report(resolver, stmt->name_span, "choose another name",
                   "the measure '%s' is declared already", stmt->name);
        break;
    }
    ScnMeasure *measure = g_new0(ScnMeasure, 1);
    g_ptr_array_add(measures, measure);
    measure->name = g_strdup(stmt->name);
    measure->text = g_strdup(stmt->text);
    measure->place = scn_place(resolver, stmt);
    measure->value = take_expr(stmt, 0);
    ScnType type = scn_resolve_expr(resolver, measure->value);
    if (type == SCN_TYPE_NODES || type == SCN_TYPE_WALLET || type == SCN_TYPE_TX)
        scn_report(resolver, measure->value->span, "ask something of it, as in height(a1)",
                   "%s cannot be measured", scn_type_name(type));
}

void
scn_resolve_timed(ScnResolver *resolver)
{
    guint32 next_cut = 0, next_mark = 0;
    resolve_marks(resolver);
    for (guint i = 0; i < resolver->stmts->len; i++) {
        ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_AT)
            resolve_at(resolver, stmt, &next_cut, &next_mark);
        else if (stmt->kind == SCN_STMT_CHECK)
            resolve_check(resolver, stmt, SCN_TIME_NONE);
        else if (stmt->kind == SCN_STMT_MEASURE)
            resolve_measure(resolver, stmt);
    }
}
