/* Distributions: of latencies and other times, of sizes and of rates.
 *
 * A time may be drawn as 0, and what would be below counts as 0. A size or a rate of 0 has no
 * meaning, so a distribution that can give one is refused; the others count as at least 1 B or
 * 1 bps.
 */
#include "sim/scenario/distribution.h"
#include "sim/scenario/resolve.h"

#include <string.h>

typedef struct {
    ScnDistribution row;
    ScnDistKind kind;
    bool second;   /* has sd or hi */
    bool shape;    /* has sigma or shape */
    bool can_be_0; /* whatever its values are */
} DistForm;

static const DistForm dist_forms[] = {
    {{"uniform", "uniform(LO, HI)", "every value of the range is as likely"},
     SCN_DIST_UNIFORM,
     true,
     false,
     false},
    {{"normal", "normal(MEAN, SD)", "the normal distribution; a time below 0 counts as 0"},
     SCN_DIST_NORMAL,
     true,
     false,
     true},
    {{"lognormal", "lognormal(MEDIAN, SIGMA)", "its logarithm is normal: a long tail upwards"},
     SCN_DIST_LOGNORMAL,
     false,
     true,
     false},
    {{"exponential", "exponential(MEAN)", "as between events that come at random"},
     SCN_DIST_EXPONENTIAL,
     false,
     false,
     true},
    {{"pareto", "pareto(SCALE, SHAPE)", "never below the scale; a heavy tail"},
     SCN_DIST_PARETO,
     false,
     true,
     false},
};

/* Those that are read elsewhere, or for some options alone. */
static const ScnDistribution others[] = {
    {"empirical", "empirical(\"FILE.csv\")", "values measured elsewhere, one a line"},
    {"matrix", "matrix(\"FILE.csv\", pareto)",
     "for `latency` of links: a mean for each pair of regions"},
    {"gilbert", "gilbert(good=, bad=, to-bad=, to-good=)",
     "for `loss` of links: losses in bursts (Gilbert-Elliott)"},
};

const ScnDistribution *
scn_distribution_get(guint index)
{
    if (index < G_N_ELEMENTS(dist_forms))
        return &dist_forms[index].row;
    index -= G_N_ELEMENTS(dist_forms);
    return index < G_N_ELEMENTS(others) ? &others[index] : NULL;
}

static ScnSpan
name_span(const ScnExpr *call)
{
    ScnSpan span = call->span;
    span.length = (guint32)strlen(call->name);
    return span;
}

static void
report_dist(ScnResolver *resolver, const ScnExpr *call)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    if (strcmp(call->name, "matrix") == 0) {
        scn_report(resolver, name_span(call), "write link all latency=matrix(…)",
                   "'matrix' is for the latency of links");
        return;
    }
    if (strcmp(call->name, "gilbert") == 0) {
        scn_report(resolver, name_span(call), "write loss=gilbert(…)", "'gilbert' is for loss");
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(dist_forms); i++)
        g_ptr_array_add(words, (gpointer)dist_forms[i].row.word);
    g_ptr_array_add(words, (gpointer) "empirical");
    scn_report_unknown(resolver, name_span(call), "distribution", call->name, words);
}

static const char *
unit_of(ScnDim dim)
{
    return dim == SCN_DIM_TIME ? "ms" : dim == SCN_DIM_SIZE ? "kB" : "Mbps";
}

static bool
may_be_0(ScnDim dim)
{
    return dim == SCN_DIM_TIME;
}

static bool
need_value(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim dim, gint64 *ret)
{
    gint64 least = may_be_0(dim) ? 0 : 1;
    ScnQuantity quantity;

    if (!scn_need(resolver, expr, what, dim, unit_of(dim), &quantity))
        return false;
    if (quantity.value < least) {
        g_autofree char *text = scn_quantity_text((ScnQuantity){dim, least});

        scn_report(resolver, expr->span, NULL, "'%s' must be at least %s", what, text);
        return false;
    }
    *ret = (gint64)quantity.value;
    return true;
}

static bool
need_shape(ScnResolver *resolver, const ScnExpr *expr, const DistForm *form, ScnNumber *ret_shape)
{
    ScnQuantity quantity;
    bool pareto = form->kind == SCN_DIST_PARETO;
    if (!scn_need(resolver, expr, form->row.word, SCN_DIM_NUMBER, "", &quantity))
        return false;
    if (quantity.value < 0 || (pareto && quantity.value == 0) || quantity.value > 100 * SCN_ONE) {
        scn_report(resolver, expr->span, NULL, "'%s' needs %s in %s..100", form->row.word,
                   pareto ? "a shape" : "a sigma", pareto ? "above 0" : "0");
        return false;
    }
    *ret_shape = quantity.value;
    return true;
}

static bool
check_form(ScnResolver *resolver, const ScnExpr *call, const DistForm *form, const char *what,
           ScnDim dim)
{
    guint wanted = form->second || form->shape ? 2 : 1;
    g_autofree char *help = g_strdup_printf("write %s", form->row.usage);

    if (form->can_be_0 && !may_be_0(dim)) {
        scn_report(resolver, name_span(call), "write lognormal(MEDIAN, SIGMA) or uniform(LO, HI)",
                   "'%s' can be 0 or below, which '%s' cannot", form->row.word, what);
        return false;
    }
    for (guint i = 0; i < scn_expr_count(call); i++) {
        if (!g_array_index(call->args, ScnArg, i).name)
            continue;
        scn_report(resolver, call->span, help, "'%s' takes no named values", form->row.word);
        return false;
    }
    if (scn_expr_count(call) == wanted)
        return true;
    scn_report(resolver, call->span, help, "'%s' takes %u value%s", form->row.word, wanted,
               wanted > 1 ? "s" : "");
    return false;
}

static bool
resolve_call(ScnResolver *resolver, const ScnExpr *call, const DistForm *form, ScnDim dim,
             ScnDist *ret_dist)
{
    ScnDist dist = {.kind = form->kind};

    if (!need_value(resolver, scn_expr_at(call, 0), form->row.word, dim, &dist.a))
        return false;
    if (form->second && !need_value(resolver, scn_expr_at(call, 1), form->row.word, dim, &dist.b))
        return false;
    if (form->shape && !need_shape(resolver, scn_expr_at(call, 1), form, &dist.shape))
        return false;
    if (form->kind == SCN_DIST_UNIFORM && dist.b < dist.a) {
        scn_report(resolver, call->span, "write uniform(LO, HI)", "this range is empty");
        return false;
    }
    *ret_dist = dist;
    return true;
}

bool
scn_resolve_dist(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim dim,
                 ScnDist *ret_dist)
{
    const ScnExpr *call = scn_follow(resolver, expr);
    bool plain = call->kind != SCN_EXPR_CALL || strcmp(call->name, "min") == 0 ||
                 strcmp(call->name, "max") == 0;

    if (plain) {
        *ret_dist = (ScnDist){.kind = SCN_DIST_CONSTANT};
        return need_value(resolver, expr, what, dim, &ret_dist->a);
    }
    if (strcmp(call->name, "empirical") == 0) {
        *ret_dist = (ScnDist){.kind = SCN_DIST_EMPIRICAL};
        return scn_resolve_measured(resolver, call, dim, &ret_dist->table);
    }
    for (guint i = 0; i < G_N_ELEMENTS(dist_forms); i++) {
        if (strcmp(dist_forms[i].row.word, call->name) == 0)
            return check_form(resolver, call, &dist_forms[i], what, dim) &&
                   resolve_call(resolver, call, &dist_forms[i], dim, ret_dist);
    }
    report_dist(resolver, call);
    return false;
}

/* ---- what nodes draw ---- */

static bool
are_equal(const ScnDist *a, const ScnDist *b)
{
    return a->kind == b->kind && a->a == b->a && a->b == b->b && a->shape == b->shape &&
           a->table == b->table;
}

/* Looks only at the last one, which is that of the nodes before. */
guint32
scn_add_draw(ScnScenario *scenario, const ScnDist *dist)
{
    GArray *draws = scenario->draws;

    if (are_equal(dist, &g_array_index(draws, ScnDist, 0)))
        return 0;
    if (!are_equal(dist, &g_array_index(draws, ScnDist, draws->len - 1)))
        g_array_append_vals(draws, dist, 1);
    return draws->len - 1;
}

bool
scn_need_draw(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim dim,
              guint32 *ret_draw)
{
    bool is_call = scn_follow(resolver, expr)->kind == SCN_EXPR_CALL;
    ScnConst word = is_call ? (ScnConst){.kind = SCN_CONST_QUANTITY} : scn_const(resolver, expr);
    ScnDist dist;

    *ret_draw = 0;
    if (word.kind == SCN_CONST_WORD && strcmp(word.text, "none") == 0 && !may_be_0(dim))
        return true;
    if (word.kind == SCN_CONST_BAD || !scn_resolve_dist(resolver, expr, what, dim, &dist))
        return false;
    *ret_draw = scn_add_draw(resolver->scenario, &dist);
    return true;
}
