/* See shrink.h. */
#include "sim/explore/shrink.h"

#include "sim/explore/words.h"

#include <string.h>

typedef struct {
    ExploreBase *base;
    GPtrArray *plan;
} Candidate;

struct ExploreShrink {
    Candidate *best;
    guint layer;
    guint chunk;      /* faults dropped together */
    bool improved;    /* something was accepted since the first layer began */
    GPtrArray *round; /* Candidate */
};

static Candidate *
candidate_new(const ExploreBase *base, const GPtrArray *plan)
{
    Candidate *candidate = g_new(Candidate, 1);

    candidate->base = explore_base_copy(base);
    candidate->plan = explore_plan_copy(plan);
    return candidate;
}

static void
candidate_free(gpointer data)
{
    Candidate *candidate = data;

    explore_base_free(candidate->base);
    g_ptr_array_unref(candidate->plan);
    g_free(candidate);
}

ExploreShrink *
explore_shrink_new(const ExploreBase *base, const GPtrArray *plan)
{
    ExploreShrink *shrink = g_new0(ExploreShrink, 1);

    shrink->best = candidate_new(base, plan);
    shrink->chunk = MAX(plan->len / 2, 1);
    shrink->round = g_ptr_array_new_with_free_func(candidate_free);
    return shrink;
}

void
explore_shrink_free(ExploreShrink *shrink)
{
    if (shrink == NULL)
        return;
    candidate_free(shrink->best);
    g_ptr_array_unref(shrink->round);
    g_free(shrink);
}

/* --- candidates --------------------------------------------------------------------------- */

/* Adds a candidate, equal to the best one; the caller changes it. */
static Candidate *
propose(ExploreShrink *shrink)
{
    Candidate *candidate = candidate_new(shrink->best->base, shrink->best->plan);

    g_ptr_array_add(shrink->round, candidate);
    return candidate;
}

static ExploreFault *
fault_at(const GPtrArray *plan, guint i)
{
    return g_ptr_array_index(plan, i);
}

/* Adds a candidate with another line; takes over the text. */
static void
propose_line(ExploreShrink *shrink, guint i, char *text)
{
    Candidate *candidate = propose(shrink);

    g_free(candidate->base->lines->pdata[i]);
    candidate->base->lines->pdata[i] = text;
}

static void
propose_tail(ExploreShrink *shrink)
{
    const ExploreBase *base = shrink->best->base;
    gint64 end = base->bounds.from_ns + SCN_SECOND_NS;

    for (guint i = 0; i < shrink->best->plan->len; i++) {
        const ExploreFault *fault = fault_at(shrink->best->plan, i);

        end = MAX(end, fault->at_ns + fault->for_ns);
    }
    end = (end + SCN_SECOND_NS - 1) / SCN_SECOND_NS * SCN_SECOND_NS;
    if (base->is_whole)
        return;
    if (end < base->bounds.until_ns)
        propose(shrink)->base->bounds.until_ns = end;
}

static void
propose_faults(ExploreShrink *shrink)
{
    for (guint at = 0; at < shrink->best->plan->len; at += shrink->chunk) {
        guint count = MIN(shrink->chunk, shrink->best->plan->len - at);

        g_ptr_array_remove_range(propose(shrink)->plan, at, count);
    }
}

static void
propose_members(ExploreShrink *shrink)
{
    for (guint i = 0; i < shrink->best->plan->len; i++) {
        char *shorter;

        for (guint k = 0;
             (shorter = explore_words_without_member(fault_at(shrink->best->plan, i)->action, k)) !=
             NULL;
             k++) {
            ExploreFault *fault = fault_at(propose(shrink)->plan, i);

            g_free(fault->action);
            fault->action = shorter;
        }
    }
}

/* A statement without which the file is no scenario fails in another way, so each may be tried. */
static void
propose_lines(ExploreShrink *shrink)
{
    const GPtrArray *lines = shrink->best->base->lines;

    for (guint i = lines->len; i-- > 0;) {
        char *shorter;

        g_ptr_array_remove_index(propose(shrink)->base->lines, i);
        for (guint k = 0; (shorter = explore_words_without_item(lines->pdata[i], k)) != NULL; k++)
            propose_line(shrink, i, shorter);
    }
}

static void
propose_nodes(ExploreShrink *shrink)
{
    const GPtrArray *lines = shrink->best->base->lines;

    for (guint i = 0; i < lines->len; i++) {
        char *half = explore_words_with_fewer(lines->pdata[i], true);
        char *less = explore_words_with_fewer(lines->pdata[i], false);

        if (half != NULL)
            propose_line(shrink, i, half);
        if (less != NULL)
            propose_line(shrink, i, less);
    }
}

static void
propose_options(ExploreShrink *shrink)
{
    const GPtrArray *lines = shrink->best->base->lines, *plan = shrink->best->plan;
    char *shorter;

    for (guint i = 0; i < lines->len; i++) {
        for (guint k = 0; (shorter = explore_words_without_option(lines->pdata[i], k)) != NULL; k++)
            propose_line(shrink, i, shorter);
    }
    for (guint i = 0; i < plan->len; i++) {
        for (guint k = 0;
             (shorter = explore_words_without_option(fault_at(plan, i)->action, k)) != NULL; k++) {
            ExploreFault *fault = fault_at(propose(shrink)->plan, i);

            g_free(fault->action);
            fault->action = shorter;
        }
    }
}

static void
propose_lengths(ExploreShrink *shrink)
{
    const GPtrArray *lines = shrink->best->base->lines;

    for (guint i = 0; i < shrink->best->plan->len; i++) {
        gint64 length = fault_at(shrink->best->plan, i)->for_ns;

        if (length >= 2 * SCN_SECOND_NS)
            fault_at(propose(shrink)->plan, i)->for_ns = length / 2 / SCN_SECOND_NS * SCN_SECOND_NS;
    }
    for (guint i = 0; shrink->best->base->is_whole && i < lines->len; i++) {
        char *shorter = explore_words_with_half_time(lines->pdata[i]);

        if (shorter != NULL)
            propose_line(shrink, i, shorter);
    }
}

static void
propose_times(ExploreShrink *shrink)
{
    const gint64 minute = 60 * SCN_SECOND_NS;

    for (guint i = 0; i < shrink->best->plan->len; i++) {
        gint64 exact = fault_at(shrink->best->plan, i)->at_ns, at = exact / minute * minute;

        if (at != exact && at >= shrink->best->base->bounds.from_ns)
            fault_at(propose(shrink)->plan, i)->at_ns = at;
    }
}

/* --- rounds ------------------------------------------------------------------------------- */

static const struct {
    void (*propose)(ExploreShrink *shrink);
    bool changes_base; /* so each candidate has a control; mining ends with the tail */
} layers[] = {
    {propose_tail, true},     {propose_faults, false}, {propose_members, false},
    {propose_lines, true},    {propose_nodes, true},   {propose_options, true},
    {propose_lengths, false}, {propose_times, false},
};

/* Goes to the next layer, or back to the first if anything has become smaller. Returns false at the
 * end. */
static bool
go_on(ExploreShrink *shrink)
{
    if (layers[shrink->layer].propose == propose_faults && shrink->chunk > 1) {
        shrink->chunk = shrink->chunk / 2;
        return true;
    }
    if (++shrink->layer < G_N_ELEMENTS(layers))
        return true;
    if (!shrink->improved)
        return false;
    shrink->improved = false;
    shrink->layer = 0;
    shrink->chunk = 1;
    return true;
}

GPtrArray *
explore_shrink_propose(ExploreShrink *shrink)
{
    GPtrArray *texts;

    if (shrink->layer >= G_N_ELEMENTS(layers))
        return NULL;
    for (g_ptr_array_set_size(shrink->round, 0); shrink->round->len == 0;) {
        layers[shrink->layer].propose(shrink);
        if (shrink->round->len == 0 && !go_on(shrink))
            return NULL;
    }
    texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < shrink->round->len; i++) {
        const Candidate *candidate = g_ptr_array_index(shrink->round, i);

        g_ptr_array_add(texts, explore_plan_text(candidate->base, candidate->plan, NULL));
    }
    return texts;
}

GPtrArray *
explore_shrink_controls(const ExploreShrink *shrink)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    GPtrArray *texts;

    if (!layers[shrink->layer].changes_base || shrink->best->base->is_whole)
        return NULL;
    texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < shrink->round->len; i++) {
        const Candidate *candidate = g_ptr_array_index(shrink->round, i);

        g_ptr_array_add(texts, explore_plan_text(candidate->base, none, NULL));
    }
    return texts;
}

void
explore_shrink_accept(ExploreShrink *shrink, guint index)
{
    if (index >= shrink->round->len) {
        if (!go_on(shrink))
            shrink->layer = G_N_ELEMENTS(layers);
        return;
    }
    candidate_free(shrink->best);
    shrink->best = g_ptr_array_steal_index(shrink->round, index);
    shrink->improved = true;
    shrink->chunk = MAX(MIN(shrink->chunk, shrink->best->plan->len), 1);
}

char *
explore_shrink_text(const ExploreShrink *shrink, const char *head)
{
    return explore_plan_text(shrink->best->base, shrink->best->plan, head);
}

guint
explore_shrink_faults(const ExploreShrink *shrink)
{
    return shrink->best->plan->len;
}
