/* Lints of heights that no chain reaches, where only actions make blocks. */
#include "sim/cli/lint_impl.h"

#include "sim/io/text.h"
#include "sim/scenario/operator.h"

/* Returns how often the items of a block can happen, at most. */
static gint64
firings_of(const Lint *lint, const ScnTimed *timed)
{
    gint64 end = lint->scenario->duration_ns;

    if (timed == NULL || timed->kind == SCN_TIMED_AT ||
        (timed->kind == SCN_TIMED_WHEN && !timed->each))
        return 1;
    if (timed->kind == SCN_TIMED_WHEN || (end == 0 && timed->until_ns == SCN_TIME_NONE))
        return LINT_MANY;
    end = end > 0 ? MIN(end, timed->until_ns) : timed->until_ns;
    return end < timed->at_ns ? 0 : (end - timed->at_ns) / timed->period_ns + 1;
}

static gint64
nodes_in(const Lint *lint, const ScnSet *set)
{
    return set != NULL && set->nodes != NULL ? set->nodes->len : lint->scenario->nodes->len;
}

/* Adds the blocks that an action can make. */
static void
add_blocks(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    gint64 *total = user, made;

    if (item->kind == SCN_ITEM_DELIVER || item->kind == SCN_ITEM_ANNOUNCE)
        *total = LINT_MANY;
    if (item->kind != SCN_ITEM_MINE || *total == LINT_MANY)
        return;
    if (__builtin_mul_overflow(firings_of(lint, timed), (gint64)item->count, &made) ||
        __builtin_mul_overflow(made, nodes_in(lint, item->set), &made) ||
        __builtin_add_overflow(*total, made, total))
        *total = LINT_MANY;
}

/* Returns whether the term asks for heights: height(S), or the least or greatest of them. */
static bool
is_of_height(const ScnTerm *term)
{
    if (term->kind == SCN_TERM_REDUCE && scn_term_count(term) == 1 &&
        (term->function->id == SCN_FN_MIN || term->function->id == SCN_FN_MAX))
        return is_of_height(scn_term_at(term, 0));
    return term->kind == SCN_TERM_FACT &&
           (term->function->id == SCN_FN_HEIGHT || term->function->id == SCN_FN_MINED);
}

/* Returns the least height at which the condition can hold; 0 if it does not say. */
static gint64
height_wanted(const ScnTerm *term)
{
    const ScnTerm *left, *right;
    ScnOp op = term->op;

    if (scn_term_is_operator(term, SCN_OP_AND))
        return MAX(height_wanted(scn_term_at(term, 0)), height_wanted(scn_term_at(term, 1)));
    if (term->kind != SCN_TERM_OPERATOR || scn_term_count(term) != 2)
        return 0;
    left = scn_term_at(term, 0);
    right = scn_term_at(term, 1);
    if (left->kind == SCN_TERM_QUANTITY && is_of_height(right)) {
        const ScnTerm *swap = left;

        left = right;
        right = swap;
        op = op == SCN_OP_LT ? SCN_OP_GT : op == SCN_OP_LE ? SCN_OP_GE : op;
    }
    if (!is_of_height(left) || right->kind != SCN_TERM_QUANTITY || right->quantity.value < 0 ||
        right->quantity.value > SCN_ONE * G_MAXINT32)
        return 0;
    if (op == SCN_OP_EQ || op == SCN_OP_GE)
        return (gint64)((right->quantity.value + SCN_ONE - 1) / SCN_ONE);
    return op == SCN_OP_GT ? (gint64)(right->quantity.value / SCN_ONE) + 1 : 0;
}

static void
warn_of_height(Lint *lint, ScnPlace place, const ScnTerm *condition, gint64 blocks)
{
    gint64 wanted = condition != NULL ? height_wanted(condition) : 0;
    g_autofree char *made = io_count((guint64)blocks, "block");

    if (wanted <= blocks)
        return;
    if (blocks == 0)
        lint_warn(lint, place,
                  "height %" G_GINT64_FORMAT " is out of reach: with pow=off only `mine` "
                  "makes blocks, and nothing mines",
                  wanted);
    else
        lint_warn(lint, place,
                  "height %" G_GINT64_FORMAT " is out of reach: with pow=off only `mine` "
                  "makes blocks, %s here",
                  wanted, made);
}

/* Returns how many blocks can be made; LINT_MANY if there is a race, or that cannot be told. */
gint64
lint_count_blocks(Lint *lint)
{
    gint64 blocks = lint->scenario->chain.pow == SCN_POW_OFF && lint->scenario->scripts->len == 0
                        ? 0
                        : LINT_MANY;

    lint_each_item(lint, add_blocks, &blocks);
    return blocks;
}

void
lint_unreachable_heights(Lint *lint)
{
    const ScnScenario *scenario = lint->scenario;
    gint64 blocks = lint_count_blocks(lint);

    if (blocks == LINT_MANY)
        return;
    for (guint i = 0; i < scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(scenario->checks, i);

        if (check->kind != SCN_CHECK_NEVER && check->over == SCN_OVER_NONE && check->guard == NULL)
            warn_of_height(lint, check->place, check->condition, blocks);
    }
    for (guint i = 0; i < scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(scenario->timed, i);

        warn_of_height(lint, timed->place, timed->condition, blocks);
    }
    warn_of_height(lint, scenario->stop_place, scenario->stop, blocks);
}
