/* See novelty.h. */
#include "sim/explore/novelty.h"

#include "sim/engine/random.h"
#include "sim/world/observe.h"

#include <string.h>

struct ExploreNovelty {
    GArray *tips;      /* uint32_t: block, by node */
    GArray *orphans;   /* uint32_t: that came and have not joined, by node */
    GArray *notes;     /* uint64_t: key of the kind of each fault note; 0: it began nothing */
    uint64_t in_force; /* a sum over the faults in force, so that order does not matter */
    GArray *states;    /* ExploreState */
    GHashTable *seen;  /* of the keys of states; look-up only */
};

static uint64_t
bucket(uint64_t n)
{
    return n < 4 ? n : 2 + g_bit_storage((gulong)n);
}

static uint32_t *
of_node(GArray *counts, uint32_t node)
{
    if (counts->len <= node)
        g_array_set_size(counts, node + 1);
    return &g_array_index(counts, uint32_t, node);
}

static uint32_t
count_tips(const ExploreNovelty *novelty)
{
    uint32_t different = 0;

    for (guint i = 0; i < novelty->tips->len; i++) {
        guint k = 0;

        while (g_array_index(novelty->tips, uint32_t, k) !=
               g_array_index(novelty->tips, uint32_t, i))
            k++;
        different += k == i;
    }
    return different;
}

static void
reach(ExploreNovelty *novelty, const SimFact *fact)
{
    ExploreState state = {sim_key_combine(fact->kind, bucket(fact->depth)), fact->time};

    if (fact->name != NULL)
        state.key = sim_key_combine(state.key, sim_key(fact->name));
    state.key = sim_key_combine(state.key, bucket(count_tips(novelty)));
    state.key = sim_key_combine(state.key, bucket(*of_node(novelty->orphans, fact->node)));
    state.key = sim_key_combine(state.key, novelty->in_force);
    if (novelty->states->len >= EXPLORE_STATES_MAX ||
        !g_hash_table_add(novelty->seen, g_memdup2(&state.key, sizeof state.key)))
        return;
    g_array_append_val(novelty->states, state);
}

static void
on_fact(void *user, const SimFact *fact)
{
    ExploreNovelty *novelty = user;

    switch (fact->kind) {
    case SIM_FACT_TIP:
        *of_node(novelty->tips, fact->node) = fact->block;
        reach(novelty, fact);
        break;
    case SIM_FACT_ORPHAN:
        ++*of_node(novelty->orphans, fact->node);
        reach(novelty, fact);
        break;
    case SIM_FACT_BODY:
        if (*of_node(novelty->orphans, fact->node) > 0)
            --*of_node(novelty->orphans, fact->node);
        break;
    case SIM_FACT_VERDICT:
    case SIM_FACT_TX_RETURNED:
    case SIM_FACT_TX_DROPPED:
    case SIM_FACT_BANNED:
        reach(novelty, fact);
        break;
    default:
        break;
    }
}

static void
on_fault(void *user, const SimFaultNote *note)
{
    ExploreNovelty *novelty = user;
    uint64_t key = note->begins ? sim_key(note->kind) : 0;

    for (size_t i = 0; i < note->ended_count; i++)
        novelty->in_force -= g_array_index(novelty->notes, uint64_t, note->ended[i] - 1);
    novelty->in_force += key;
    g_array_append_val(novelty->notes, key);
}

ExploreNovelty *
explore_novelty_new(SimWorld *world)
{
    ExploreNovelty *novelty = g_new0(ExploreNovelty, 1);
    const SimWatcher watcher = {.user = novelty, .fact = on_fact, .fault = on_fault};

    novelty->tips = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    novelty->orphans = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    novelty->notes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    novelty->states = g_array_new(FALSE, FALSE, sizeof(ExploreState));
    novelty->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_array_set_size(novelty->tips, sim_world_node_count(world));
    sim_world_add_watcher(world, &watcher);
    return novelty;
}

void
explore_novelty_free(ExploreNovelty *novelty)
{
    if (novelty == NULL)
        return;
    g_array_unref(novelty->tips);
    g_array_unref(novelty->orphans);
    g_array_unref(novelty->notes);
    g_array_unref(novelty->states);
    g_hash_table_unref(novelty->seen);
    g_free(novelty);
}

const GArray *
explore_novelty_states(const ExploreNovelty *novelty)
{
    return novelty->states;
}
