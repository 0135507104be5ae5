/* See shrink.h. */
#include "sim/explore/shrink.h"

#include <string.h>

typedef enum { FAULTS, LINES, LENGTHS, TIMES, LAYERS } Layer;

/* A plan and the lines of the base that it keeps. */
typedef struct {
    GPtrArray *plan;
    gboolean *keeps;
} Candidate;

struct ExploreShrink {
    const ExploreBase *base;
    Candidate best;
    Layer layer;
    guint chunk;      /* faults dropped together */
    bool improved;    /* something was accepted since the first layer began */
    GPtrArray *round; /* Candidate */
};

static Candidate *
candidate_new(const ExploreShrink *shrink)
{
    Candidate *candidate = g_new(Candidate, 1);

    candidate->plan = explore_plan_copy(shrink->best.plan);
    candidate->keeps =
        g_memdup2(shrink->best.keeps, sizeof(gboolean) * (shrink->base->lines->len + 1));
    return candidate;
}

static void
candidate_free(gpointer data)
{
    Candidate *candidate = data;

    g_ptr_array_unref(candidate->plan);
    g_free(candidate->keeps);
    g_free(candidate);
}

ExploreShrink *
explore_shrink_new(const ExploreBase *base, const GPtrArray *plan)
{
    ExploreShrink *shrink = g_new0(ExploreShrink, 1);

    shrink->base = base;
    shrink->best.plan = explore_plan_copy(plan);
    shrink->best.keeps = g_new(gboolean, base->lines->len + 1);
    for (guint i = 0; i <= base->lines->len; i++)
        shrink->best.keeps[i] = TRUE;
    shrink->chunk = MAX(plan->len / 2, 1);
    shrink->round = g_ptr_array_new_with_free_func(candidate_free);
    return shrink;
}

void
explore_shrink_free(ExploreShrink *shrink)
{
    if (shrink == NULL)
        return;
    g_ptr_array_unref(shrink->best.plan);
    g_free(shrink->best.keeps);
    g_ptr_array_unref(shrink->round);
    g_free(shrink);
}

/* --- candidates --------------------------------------------------------------------------- */

static void
propose_faults(ExploreShrink *shrink)
{
    for (guint at = 0; at < shrink->best.plan->len; at += shrink->chunk) {
        Candidate *candidate = candidate_new(shrink);
        guint count = MIN(shrink->chunk, shrink->best.plan->len - at);

        g_ptr_array_remove_range(candidate->plan, at, count);
        g_ptr_array_add(shrink->round, candidate);
    }
}

/* A statement without which the file is no scenario fails in another way, so each may be tried. */
static void
propose_lines(ExploreShrink *shrink)
{
    for (guint i = shrink->base->lines->len; i-- > 0;) {
        Candidate *candidate;

        if (!shrink->best.keeps[i])
            continue;
        candidate = candidate_new(shrink);
        candidate->keeps[i] = FALSE;
        g_ptr_array_add(shrink->round, candidate);
    }
}

static void
propose_lengths(ExploreShrink *shrink)
{
    for (guint i = 0; i < shrink->best.plan->len; i++) {
        const ExploreFault *fault = g_ptr_array_index(shrink->best.plan, i);
        Candidate *candidate;

        if (fault->for_ns < 2 * SCN_SECOND_NS)
            continue;
        candidate = candidate_new(shrink);
        ((ExploreFault *)g_ptr_array_index(candidate->plan, i))->for_ns =
            fault->for_ns / 2 / SCN_SECOND_NS * SCN_SECOND_NS;
        g_ptr_array_add(shrink->round, candidate);
    }
}

static void
propose_times(ExploreShrink *shrink)
{
    const gint64 minute = 60 * SCN_SECOND_NS;

    for (guint i = 0; i < shrink->best.plan->len; i++) {
        const ExploreFault *fault = g_ptr_array_index(shrink->best.plan, i);
        gint64 at = fault->at_ns / minute * minute;
        Candidate *candidate;

        if (at == fault->at_ns || at < shrink->base->bounds.from_ns)
            continue;
        candidate = candidate_new(shrink);
        ((ExploreFault *)g_ptr_array_index(candidate->plan, i))->at_ns = at;
        g_ptr_array_add(shrink->round, candidate);
    }
}

/* Goes to the next layer, or back to the first if anything has become smaller. Returns false at the
 * end. */
static bool
go_on(ExploreShrink *shrink)
{
    if (shrink->layer == FAULTS && shrink->chunk > 1) {
        shrink->chunk = shrink->chunk / 2;
        return true;
    }
    if (++shrink->layer < LAYERS)
        return true;
    if (!shrink->improved)
        return false;
    shrink->improved = false;
    shrink->layer = FAULTS;
    shrink->chunk = 1;
    return true;
}

GPtrArray *
explore_shrink_propose(ExploreShrink *shrink)
{
    static void (*const layers[])(ExploreShrink * shrink) = {propose_faults, propose_lines,
                                                             propose_lengths, propose_times};
    GPtrArray *texts;

    if (shrink->layer >= LAYERS)
        return NULL;
    for (g_ptr_array_set_size(shrink->round, 0); shrink->round->len == 0;) {
        layers[shrink->layer](shrink);
        if (shrink->round->len == 0 && !go_on(shrink))
            return NULL;
    }
    texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < shrink->round->len; i++) {
        const Candidate *candidate = g_ptr_array_index(shrink->round, i);

        g_ptr_array_add(texts,
                        explore_plan_text(shrink->base, candidate->plan, candidate->keeps, NULL));
    }
    return texts;
}

GPtrArray *
explore_shrink_controls(const ExploreShrink *shrink)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    GPtrArray *texts;

    if (shrink->layer != LINES)
        return NULL;
    texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < shrink->round->len; i++) {
        const Candidate *candidate = g_ptr_array_index(shrink->round, i);

        g_ptr_array_add(texts, explore_plan_text(shrink->base, none, candidate->keeps, NULL));
    }
    return texts;
}

void
explore_shrink_accept(ExploreShrink *shrink, guint index)
{
    Candidate *taken;

    if (index >= shrink->round->len) {
        if (!go_on(shrink))
            shrink->layer = LAYERS;
        return;
    }
    taken = g_ptr_array_index(shrink->round, index);
    g_ptr_array_unref(shrink->best.plan);
    g_free(shrink->best.keeps);
    shrink->best.plan = g_ptr_array_ref(taken->plan);
    shrink->best.keeps = g_steal_pointer(&taken->keeps);
    shrink->improved = true;
    shrink->chunk = MAX(MIN(shrink->chunk, shrink->best.plan->len), 1);
}

char *
explore_shrink_text(const ExploreShrink *shrink, const char *head)
{
    return explore_plan_text(shrink->base, shrink->best.plan, shrink->best.keeps, head);
}

guint
explore_shrink_faults(const ExploreShrink *shrink)
{
    return shrink->best.plan->len;
}
