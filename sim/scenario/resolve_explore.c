/* `explore`: what a search over faults may draw. */
#include "sim/scenario/resolve.h"

#include <stddef.h>
#include <string.h>

const char *const scn_explore_kinds[] = {
    [SCN_EXPLORE_PARTITION] = "partition", [SCN_EXPLORE_ONEWAY] = "oneway",
    [SCN_EXPLORE_LOSS] = "loss",           [SCN_EXPLORE_DELAY] = "delay",
    [SCN_EXPLORE_DUPLICATE] = "duplicate", [SCN_EXPLORE_REORDER] = "reorder",
    [SCN_EXPLORE_CORRUPT] = "corrupt",     [SCN_EXPLORE_CRASH] = "crash",
    [SCN_EXPLORE_RESTART] = "restart",     [SCN_EXPLORE_PAUSE] = "pause",
    [SCN_EXPLORE_CLOCK] = "clock",         [SCN_EXPLORE_CHURN] = "churn",
    [SCN_EXPLORE_HASH] = "hash",           [SCN_EXPLORE_BYZANTINE] = "byzantine",
    [SCN_EXPLORE_OPERATOR] = "operator",   [SCN_EXPLORE_COUNT] = NULL,
};

#define FAULTS_MAX 1000

static bool
own_faults(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnExplore *explore = data;
    const ScnExpr *value = option->values->pdata[0];
    guint64 low, high;

    if (option->values->len != 1) {
        scn_report(resolver, value->span, "write faults=1..12", "'faults' takes one range");
        return false;
    }
    if (value->kind == SCN_EXPR_RANGE) {
        if (!scn_need_count(resolver, scn_expr_at(value, 0), "faults", 1, FAULTS_MAX, &low) ||
            !scn_need_count(resolver, scn_expr_at(value, 1), "faults", low, FAULTS_MAX, &high))
            return false;
    } else {
        if (!scn_need_count(resolver, value, "faults", 1, FAULTS_MAX, &low))
            return false;
        high = low;
    }
    explore->faults_low = (guint32)low;
    explore->faults_high = (guint32)high;
    return true;
}

static const ScnOptRow rows[] = {
    SCN_ROW_OWN("faults", own_faults, "1..12", "1 to 1 000, or a range of that",
                "how many faults a run gets"),
    SCN_ROW("ignore-last", COUNT, offsetof(ScnExplore, ignore_last), NULL, 0, 1000000, "blocks",
            "0", "recovery: how many blocks at the end of the chains may still differ"),
    SCN_ROW_FLAG("recovery", offsetof(ScnExplore, recovery), "no yes", "yes",
                 "no: nobody promises that the network agrees again, as with `finality=3`: a split "
                 "is no failure"),
};

const ScnOptTable scn_explore_options = {"explore", rows, G_N_ELEMENTS(rows), NULL};

/* Returns all kinds of faults. Whoever leaves the others by hand for long is final on his own
 * branch: then no recovery can be promised. */
static guint32
all_kinds(const ScnChain *chain)
{
    guint32 kinds = (1u << SCN_EXPLORE_COUNT) - 1;

    if (chain->finality > 0 || chain->max_reorg != SCN_NONE)
        kinds &= ~(1u << SCN_EXPLORE_OPERATOR);
    return kinds;
}

static guint32
read_kinds(ScnResolver *resolver, const ScnStmt *stmt)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    guint32 kinds = 0;

    for (guint i = 0; scn_explore_kinds[i]; i++)
        g_ptr_array_add(words, (gpointer)scn_explore_kinds[i]);
    for (guint k = 0; stmt->names && k < stmt->names->len; k++) {
        const ScnNamed *named = &g_array_index(stmt->names, ScnNamed, k);
        guint i = 0;

        while (i < words->len && strcmp(words->pdata[i], named->name) != 0)
            i++;
        if (i == words->len)
            scn_report_unknown(resolver, named->span, "kind of fault", named->name, words);
        else
            kinds |= 1u << i;
    }
    return stmt->names ? kinds : all_kinds(&resolver->scenario->chain);
}

static void
read_spans(ScnResolver *resolver, const ScnStmt *stmt, ScnExplore *explore)
{
    const ScnExpr *from = stmt->clauses[SCN_CLAUSE_FROM], *until = stmt->clauses[SCN_CLAUSE_UNTIL],
                  *settle = stmt->clauses[SCN_CLAUSE_SETTLE];

    if (from)
        scn_need_time(resolver, from, "from", &explore->from_ns);
    if (until)
        scn_need_time(resolver, until, "until", &explore->until_ns);
    if (settle)
        scn_need_time(resolver, settle, "settle", &explore->settle_ns);
    if (explore->from_ns >= explore->until_ns)
        scn_report(resolver, stmt->keyword, "write from 1m until 30m settle 15m",
                   "no time is left for faults: 'until' is not after 'from'");
    else if (explore->settle_ns < SCN_SECOND_NS)
        scn_report(resolver, settle ? settle->span : stmt->keyword, "write settle 15m",
                   "'settle' must be at least 1s");
}

void
scn_resolve_explore(ScnResolver *resolver)
{
    ScnScenario *scenario = resolver->scenario;
    gint64 duration = scenario->duration_ns > 0 ? scenario->duration_ns : 3600 * SCN_SECOND_NS;
    const ScnStmt *last = NULL;

    scenario->explore = (ScnExplore){
        .kinds = all_kinds(&scenario->chain),
        .from_ns = duration / 4,
        .until_ns = duration / 4 * 3,
        .settle_ns = MAX(duration / 4, 900 * SCN_SECOND_NS),
    };
    scn_apply_standards(resolver, &scn_explore_options, &scenario->explore);
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];

        if (stmt->kind == SCN_STMT_EXPLORE)
            last = stmt;
    }
    if (!last)
        return;
    scenario->explore.kinds = read_kinds(resolver, last);
    scn_apply_table(resolver, last, &scn_explore_options, NULL, &scenario->explore);
    read_spans(resolver, last, &scenario->explore);
}
