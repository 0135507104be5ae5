/* Makes and frees terms. */
#include "sim/scenario/term.h"

static void
free_term(gpointer term)
{
    scn_term_free(term);
}

ScnTerm *
scn_term_new(ScnTermKind kind, ScnType type, ScnSpan span)
{
    ScnTerm *term = g_new0(ScnTerm, 1);

    term->kind = kind;
    term->type = type;
    term->span = span;
    return term;
}

ScnTerm *
scn_term_quantity(ScnQuantity quantity, ScnSpan span)
{
    ScnTerm *term = scn_term_new(SCN_TERM_QUANTITY, scn_type_of_dim(quantity.dim), span);

    term->quantity = quantity;
    return term;
}

void
scn_term_free(ScnTerm *term)
{
    if (!term)
        return;
    g_clear_pointer(&term->members, g_array_unref);
    g_clear_pointer(&term->args, g_ptr_array_unref);
    scn_term_free(term->option);
    g_free(term);
}

void
scn_term_add(ScnTerm *term, ScnTerm *arg)
{
    if (!term->args)
        term->args = g_ptr_array_new_with_free_func(free_term);
    g_ptr_array_add(term->args, arg);
}

bool
scn_term_has_statistic(const ScnTerm *term)
{
    if (term->kind == SCN_TERM_STATISTIC)
        return true;
    for (guint i = 0; i < scn_term_count(term); i++) {
        if (scn_term_has_statistic(scn_term_at(term, i)))
            return true;
    }
    return false;
}
