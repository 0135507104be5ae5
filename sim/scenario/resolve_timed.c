/* Timed statements, checks, marks and measures; actions are in resolve_action.c. */
#include "sim/scenario/bind.h"
#include "sim/scenario/format.h"

#include <string.h>

/* ---- shared ---- */

static bool
take_time(ScnResolver *resolver, const ScnExpr *expr, const char *what, gint64 *ret_ns)
{
    return expr && scn_need_time(resolver, expr, what, ret_ns);
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

static ScnTerm *
make_operator(ScnOp op, ScnSpan span, ScnTerm *first, ScnTerm *second)
{
    ScnTerm *term = scn_term_new(SCN_TERM_OPERATOR, SCN_TYPE_BOOL, span);

    term->op = op;
    scn_term_add(term, first);
    if (second)
        scn_term_add(term, second);
    return term;
}

/* Joins `if` and `unless` to one condition. Returns NULL if there is none, or after reporting an
 * error. */
static ScnTerm *
bind_guard(ScnResolver *resolver, const ScnStmt *stmt)
{
    const ScnExpr *if_expr = stmt->clauses[SCN_CLAUSE_IF];
    const ScnExpr *unless_expr = stmt->clauses[SCN_CLAUSE_UNLESS];
    ScnTerm *yes = if_expr ? scn_bind_condition(resolver, if_expr) : NULL;
    ScnTerm *no = unless_expr ? scn_bind_condition(resolver, unless_expr) : NULL;

    if (no)
        no = make_operator(SCN_OP_NOT, no->span, no, NULL);
    if (yes && no)
        return make_operator(SCN_OP_AND, yes->span, yes, no);
    return yes ? yes : no;
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

static void
refuse_over(ScnResolver *resolver, const ScnStmt *stmt, const ScnCheck *check)
{
    bool guarded = stmt->clauses[SCN_CLAUSE_IF] || stmt->clauses[SCN_CLAUSE_UNLESS];
    if (check->over == SCN_OVER_NONE)
        return;
    if (check->kind != SCN_CHECK_FINALLY && check->kind != SCN_CHECK_SOMETIMES)
        scn_report(resolver, stmt->word_span, "write finally p95(x) <= 10m over seeds",
                   "'%s' is judged in each run: 'over' goes with finally and sometimes",
                   stmt->name);
    else if (!check->alone)
        scn_report(resolver, stmt->word_span, "write it outside the block",
                   "a check over many runs stands alone");
    else if (check->kind == SCN_CHECK_FINALLY && guarded)
        scn_report(resolver, stmt->word_span, "put the condition into what is measured",
                   "a check over many runs takes no if or unless");
}

static guint32
resolve_check(ScnResolver *resolver, const ScnStmt *stmt, ScnStand stand)
{
    GPtrArray *checks = resolver->scenario->checks;
    const ScnOverCheck over = {checks->len, stmt->exprs->pdata[0]};
    ScnCheck *check = g_new0(ScnCheck, 1);

    g_ptr_array_add(checks, check);
    check->kind = check_kind(stmt);
    check->place = scn_place(resolver, stmt);
    check->text = scn_format_statement(stmt->text, stand.alone);
    check->at_ns = stand.at_ns;
    check->alone = stand.alone;
    check->repeats = stand.repeats;
    check->until_ns = SCN_TIME_NONE;
    check->maybe = stmt->maybe;
    check->over = stmt->over;
    if (stand.alone && check->kind <= SCN_CHECK_WITHIN)
        scn_report(resolver, stmt->keyword, "write at TIME expect ...",
                   "'expect' stands in a timed statement");
    refuse_over(resolver, stmt, check);
    /* scn_resolve_results() binds a finally over seeds, once all measures are known */
    if (check->over != SCN_OVER_NONE)
        g_array_append_val(resolver->over_checks, over);
    if (check->over == SCN_OVER_NONE || check->kind != SCN_CHECK_FINALLY)
        check->condition = scn_bind_condition(resolver, over.condition);
    resolve_window(resolver, stmt, check);
    resolve_deadline(resolver, stmt, check);
    check->guard = bind_guard(resolver, stmt);
    return checks->len - 1;
}

/* ---- timed statements ---- */

/* Refuses an action after the end of the run, unless it may do nothing. A check after the end is
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

ScnItem *
scn_resolve_item(ScnResolver *resolver, const ScnStmt *stmt, ScnStand stand, ScnNext *next)
{
    ScnItem *item = g_new0(ScnItem, 1);
    item->place = scn_place(resolver, stmt);
    item->text = g_strdup(stmt->text);
    item->maybe = stmt->maybe;
    if (stmt->kind == SCN_STMT_MARK) {
        item->kind = SCN_ITEM_MARK;
        item->mark = next->mark++;
        item->value =
            g_steal_pointer(&g_array_index(resolver->marks, ScnMarkValue, item->mark).term);
    } else if (stmt->kind == SCN_STMT_CHECK) {
        item->kind = SCN_ITEM_CHECK;
        item->check = resolve_check(resolver, stmt, stand);
    } else {
        scn_resolve_action(resolver, stmt, item, &next->cut);
    }
    return item;
}

static ScnTimed *
add_timed(ScnResolver *resolver, const ScnStmt *stmt, ScnTimedKind kind)
{
    ScnTimed *timed = g_new0(ScnTimed, 1);
    g_ptr_array_add(resolver->scenario->timed, timed);
    timed->kind = kind;
    timed->place = scn_place(resolver, stmt);
    timed->items = g_ptr_array_new();
    timed->until_ns = SCN_TIME_NONE;
    return timed;
}

static void
add_items(ScnResolver *resolver, const ScnStmt *stmt, ScnTimed *timed, ScnStand stand,
          ScnNext *next)
{
    for (guint i = 0; i < stmt->items->len; i++)
        g_ptr_array_add(timed->items,
                        scn_resolve_item(resolver, stmt->items->pdata[i], stand, next));
}

static void
resolve_at(ScnResolver *resolver, const ScnStmt *stmt, ScnNext *next)
{
    ScnTimed *timed = add_timed(resolver, stmt, SCN_TIMED_AT);
    bool known = take_time(resolver, stmt->exprs->pdata[0], "at", &timed->at_ns);
    if (known)
        refuse_after_end(resolver, stmt, timed);
    ScnStand stand = {.at_ns = known ? timed->at_ns : 0};
    add_items(resolver, stmt, timed, stand, next);
}

/* Reads every X from A until B: A, A + X, … < B. */
static void
resolve_every(ScnResolver *resolver, const ScnStmt *stmt, ScnNext *next)
{
    ScnTimed *timed = add_timed(resolver, stmt, SCN_TIMED_EVERY);
    const ScnExpr *period = stmt->exprs->pdata[0], *from = stmt->clauses[SCN_CLAUSE_FROM];
    const ScnExpr *until = stmt->clauses[SCN_CLAUSE_UNTIL];
    bool known = take_time(resolver, period, "every", &timed->period_ns);

    if (known && timed->period_ns == 0)
        scn_report(resolver, period->span, NULL, "'every' must be above 0");
    timed->at_ns = timed->period_ns;
    if (from && take_time(resolver, from, "from", &timed->at_ns) && known)
        refuse_after_end(resolver, stmt, timed);
    if (until && take_time(resolver, until, "until", &timed->until_ns) &&
        timed->until_ns <= timed->at_ns)
        scn_report(resolver, until->span, NULL, "'until' must be after 'from'");
    add_items(resolver, stmt, timed, (ScnStand){.repeats = true, .at_ns = SCN_TIME_NONE}, next);
}

static void
resolve_when(ScnResolver *resolver, const ScnStmt *stmt, ScnNext *next)
{
    ScnTimed *timed = add_timed(resolver, stmt, SCN_TIMED_WHEN);
    timed->condition = scn_bind_condition(resolver, stmt->exprs->pdata[0]);
    timed->each = stmt->each;
    add_items(resolver, stmt, timed, (ScnStand){.repeats = stmt->each, .at_ns = SCN_TIME_NONE},
              next);
}

static void
resolve_stop(ScnResolver *resolver, const ScnStmt *stmt)
{
    ScnScenario *scenario = resolver->scenario;
    scn_term_free(scenario->stop);
    scenario->stop = scn_bind_condition(resolver, stmt->exprs->pdata[0]);
    scenario->stop_place = scn_place(resolver, stmt);
}

/* Resolves marks first: a check may name a mark that is declared below it. */
static void
resolve_marks(ScnResolver *resolver)
{
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        for (guint j = 0; j < stmt->items->len; j++) {
            const ScnStmt *item = stmt->items->pdata[j];
            ScnMarkValue value = {0};
            if (item->kind != SCN_STMT_MARK)
                continue;
            value.expr = item->exprs->pdata[0];
            g_array_append_val(resolver->marks, value);
        }
    }
    for (guint32 mark = 0; mark < resolver->marks->len; mark++)
        scn_bind_mark(resolver, mark);
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
    measure->value = scn_bind_kept(resolver, stmt->exprs->pdata[0], "measured");
    measure->type = measure->value ? measure->value->type : SCN_TYPE_ANY;
}

void
scn_resolve_timed(ScnResolver *resolver)
{
    ScnNext next = {0, 0};
    scn_resolve_blocks(resolver);
    resolve_marks(resolver);
    for (guint i = 0; i < resolver->stmts->len; i++) {
        ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_AT)
            resolve_at(resolver, stmt, &next);
        else if (stmt->kind == SCN_STMT_EVERY)
            resolve_every(resolver, stmt, &next);
        else if (stmt->kind == SCN_STMT_WHEN)
            resolve_when(resolver, stmt, &next);
        else if (stmt->kind == SCN_STMT_SCRIPT)
            scn_resolve_script(resolver, stmt, &next);
        else if (stmt->kind == SCN_STMT_STOP)
            resolve_stop(resolver, stmt);
        else if (stmt->kind == SCN_STMT_CHECK)
            resolve_check(resolver, stmt, (ScnStand){.alone = true, .at_ns = SCN_TIME_NONE});
        else if (stmt->kind == SCN_STMT_MEASURE)
            resolve_measure(resolver, stmt);
    }
}
