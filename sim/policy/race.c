/* States with the options of each; sweeps over them. See race.h. */
#include "sim/policy/race.h"

#include "sim/policy/assert.h"

#include <string.h>

#define WAYS 3          /* outcomes of an action at most */
#define END G_MAXUINT32 /* the next state is the start: the cycle is over */
#define NEAR 1e-10      /* values this close count as equal when an action is chosen */

/* An outcome of an action. */
typedef struct {
    double probability;
    RaceState next;
    bool ends;
    guint32 own, others; /* blocks that stay by it */
} Way;

typedef struct {
    int action;
    double probability[WAYS];
    guint32 next[WAYS]; /* index of a state, or END */
    double reward;      /* weights · what is expected in this step */
} Option;

typedef struct {
    RaceState state;
    guint32 first, end; /* options */
    guint32 chosen;
} Place;

struct Race {
    RaceRules rules;
    RaceActions actions;
    gpointer user_data;
    GArray *places;  /* of Place, by a + h downwards */
    GArray *options; /* of Option */
    GArray *gains;   /* of RaceSum: what an option is expected to bring in its step */
    double *values;
    RaceSum *sums;
    guint32 begin[2]; /* states after the first block: the pool's, the others' */
};

double
policy_race_alpha(double alpha, double stale)
{
    return alpha / (1 - stale * (1 - alpha));
}

/* --- what actions lead to ----------------------------------------------------------------- */

/* Where a < h, irrelevant and relevant are one state. Where h is 0, all are irrelevant. */
static RaceState
state_of(guint32 a, guint32 h, PolicyFork fork)
{
    if (h == 0 || (a < h && fork == POLICY_RELEVANT))
        fork = POLICY_IRRELEVANT;
    return (RaceState){a, h, fork};
}

/* The next block from branches of a and h. Returns the number of ways. */
static guint
next_block(const RaceRules *rules, guint32 a, guint32 h, Way *ret_ways)
{
    ret_ways[0] = (Way){rules->alpha, state_of(a + 1, h, POLICY_IRRELEVANT), false, 0, 0};
    ret_ways[1] = (Way){1 - rules->alpha, state_of(a, h + 1, POLICY_RELEVANT), false, 0, 0};
    return 2;
}

static guint
adopt(RaceState state, Way *ret_ways)
{
    ret_ways[0] = (Way){1, {0, 0, POLICY_IRRELEVANT}, true, 0, state.h};
    return 1;
}

static guint
override(const RaceRules *rules, RaceState state, Way *ret_ways)
{
    guint32 left = state.a - state.h - 1;
    guint count = 1;

    if (left == 0)
        ret_ways[0] = (Way){1, {0, 0, POLICY_IRRELEVANT}, true, 0, 0};
    else
        count = next_block(rules, left, 0, ret_ways);
    for (guint i = 0; i < count; i++)
        ret_ways[i].own = state.h + 1;
    return count;
}

/* The next block while others mine on both branches. */
static guint
divided(const RaceRules *rules, RaceState state, Way *ret_ways)
{
    double others = 1 - rules->alpha;

    ret_ways[0] = (Way){rules->alpha, {state.a + 1, state.h, POLICY_ACTIVE}, false, 0, 0};
    ret_ways[1] = (Way){others * rules->gamma, state_of(state.a - state.h, 1, POLICY_RELEVANT),
                        false, state.h, 0};
    ret_ways[2] = (Way){others * (1 - rules->gamma),
                        state_of(state.a, state.h + 1, POLICY_RELEVANT), false, 0, 0};
    return 3;
}

static guint
ways_of(const RaceRules *rules, RaceState state, int action, Way *ret_ways)
{
    switch (action) {
    case POLICY_ADOPT:
        return adopt(state, ret_ways);
    case POLICY_OVERRIDE:
        return override(rules, state, ret_ways);
    case POLICY_MATCH:
        return state.fork == POLICY_RELEVANT || rules->coin
                   ? divided(rules, state, ret_ways)
                   : next_block(rules, state.a, state.h, ret_ways);
    case POLICY_WAIT:
        return state.fork == POLICY_ACTIVE ? divided(rules, state, ret_ways)
                                           : next_block(rules, state.a, state.h, ret_ways);
    case RACE_SPEND:
        ret_ways[0] = (Way){1, {0, 0, POLICY_IRRELEVANT}, true, state.a, 0};
        return 1;
    default:
        policy_assert(action == RACE_CASH);
        ret_ways[0] = (Way){1, {0, 0, POLICY_IRRELEVANT}, true, 0, 0};
        return 1;
    }
}

/* --- what cash pays ----------------------------------------------------------------------- */

/* No policy gets more from a state than this and a new cycle. With a >= h: all blocks of the pool
 * until the others have as many, without any loss. With a < h: the same if the pool draws level at
 * all, else the loss of h. The difference of the branches is a random walk: it returns to 0 after
 * |a − h| / (1 − 2 alpha) blocks on average, and from below it does so with probability
 * (alpha / (1 − alpha))^(h − a), under which condition it takes the same time. */
static RaceSum
cash(const RaceRules *rules, RaceState state)
{
    guint32 apart = state.a > state.h ? state.a - state.h : state.h - state.a;
    double length = 0.5 * (state.a + state.h + apart / (1 - 2 * rules->alpha));
    double level = 1;

    if (state.a >= state.h)
        return (RaceSum){.own = length};
    for (guint32 i = 0; i < apart; i++)
        level *= rules->alpha / (1 - rules->alpha);
    return (RaceSum){.own = level * length, .others = (1 - level) * state.h};
}

/* --- building ----------------------------------------------------------------------------- */

/* Numbers from 1, so that NULL is none. */
static gpointer
key_of(RaceState state)
{
    guint64 key = ((guint64)state.a * (2 * POLICY_LENGTH_MAX) + state.h) * POLICY_FORKS;

    return GSIZE_TO_POINTER(key + (guint)state.fork + 1);
}

static guint
actions_of(const Race *race, RaceState state)
{
    guint mask = race->actions(state, race->user_data);

    for (int action = 0; action < POLICY_ACTIONS; action++) {
        if (!policy_action_is_legal(state.a, state.h, state.fork, (PolicyAction)action))
            mask &= ~(1u << action);
    }
    policy_assert(mask != 0);
    return mask;
}

static void
add_place(Race *race, GHashTable *seen, RaceState state)
{
    Place place = {.state = state};

    policy_assert(policy_state_occurs(state.a, state.h, state.fork));
    if (g_hash_table_add(seen, key_of(state)))
        g_array_append_val(race->places, place);
}

static void
find_places(Race *race)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    Way ways[WAYS];

    next_block(&race->rules, 0, 0, ways);
    add_place(race, seen, ways[0].next);
    add_place(race, seen, ways[1].next);
    for (guint i = 0; i < race->places->len; i++) {
        RaceState state = g_array_index(race->places, Place, i).state;
        guint mask = actions_of(race, state);

        for (int action = 0; action < RACE_ACTIONS; action++) {
            guint count = mask >> action & 1 ? ways_of(&race->rules, state, action, ways) : 0;

            for (guint k = 0; k < count; k++) {
                if (!ways[k].ends)
                    add_place(race, seen, ways[k].next);
            }
        }
    }
}

/* Longest branches first: blocks make branches longer, so that a sweep in this order carries the
 * end of a race to its beginning. */
static gint
compare_places(gconstpointer x, gconstpointer y)
{
    const RaceState *p = &((const Place *)x)->state, *q = &((const Place *)y)->state;

    if (p->a + p->h != q->a + q->h)
        return p->a + p->h > q->a + q->h ? -1 : 1;
    if (p->a != q->a)
        return p->a > q->a ? -1 : 1;
    return (int)p->fork - (int)q->fork;
}

static guint32
index_of(GHashTable *index, RaceState state)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(index, key_of(state)));

    policy_assert(number > 0);
    return number - 1;
}

static void
add_option(Race *race, GHashTable *index, RaceState state, int action)
{
    Option option = {.action = action, .next = {END, END, END}};
    RaceSum gain = {.spends = action == RACE_SPEND};
    Way ways[WAYS];
    guint count = ways_of(&race->rules, state, action, ways);

    for (guint i = 0; i < count; i++) {
        option.probability[i] = ways[i].probability;
        option.next[i] = ways[i].ends ? END : index_of(index, ways[i].next);
        gain.own += ways[i].probability * ways[i].own;
        gain.others += ways[i].probability * ways[i].others;
        gain.steps += ways[i].ends ? 0 : ways[i].probability;
    }
    if (action == RACE_CASH)
        gain = cash(&race->rules, state);
    g_array_append_val(race->options, option);
    g_array_append_val(race->gains, gain);
}

static void
add_options(Race *race)
{
    g_autoptr(GHashTable) index = g_hash_table_new(g_direct_hash, g_direct_equal);
    Way ways[WAYS];

    for (guint i = 0; i < race->places->len; i++)
        g_hash_table_insert(index, key_of(g_array_index(race->places, Place, i).state),
                            GUINT_TO_POINTER(i + 1));
    for (guint i = 0; i < race->places->len; i++) {
        Place *place = &g_array_index(race->places, Place, i);
        guint mask = actions_of(race, place->state);

        place->first = place->chosen = race->options->len;
        for (int action = 0; action < RACE_ACTIONS; action++) {
            if (mask >> action & 1)
                add_option(race, index, place->state, action);
        }
        place->end = race->options->len;
    }
    next_block(&race->rules, 0, 0, ways);
    race->begin[0] = index_of(index, ways[0].next);
    race->begin[1] = index_of(index, ways[1].next);
}

Race *
race_new(const RaceRules *rules, RaceActions actions, gpointer user_data)
{
    Race *race = g_new0(Race, 1);

    policy_assert(rules->alpha > 0 && rules->alpha < 0.5);
    policy_assert(rules->gamma >= 0 && rules->gamma <= 1);
    race->rules = *rules;
    race->actions = actions;
    race->user_data = user_data;
    race->places = g_array_new(FALSE, FALSE, sizeof(Place));
    race->options = g_array_new(FALSE, FALSE, sizeof(Option));
    race->gains = g_array_new(FALSE, FALSE, sizeof(RaceSum));
    find_places(race);
    g_array_sort(race->places, compare_places);
    add_options(race);
    race->values = g_new0(double, race->places->len);
    race->sums = g_new0(RaceSum, race->places->len);
    return race;
}

void
race_free(Race *race)
{
    if (race == NULL)
        return;
    g_array_unref(race->places);
    g_array_unref(race->options);
    g_array_unref(race->gains);
    g_free(race->values);
    g_free(race->sums);
    g_free(race);
}

guint
race_states(const Race *race)
{
    return race->places->len;
}

/* --- sweeps ------------------------------------------------------------------------------- */

static double
distance(double x, double y)
{
    return x > y ? x - y : y - x;
}

static double
larger(double x, double y)
{
    return x > y ? x : y;
}

/* Notes the sweep's change. Returns whether sweeps go on; else sets how they ended. */
static bool
goes_on(RaceEffort *effort, guint *sweeps, double change, RaceEnd *ret_end)
{
    effort->sweeps++;
    effort->change = change;
    (*sweeps)++;
    *ret_end = RACE_CONVERGED;
    if (change <= RACE_TOLERANCE)
        return false;
    *ret_end = RACE_STOPPED;
    if (effort->tick != NULL && !effort->tick(effort->user_data))
        return false;
    *ret_end = RACE_UNSTEADY;
    return *sweeps < RACE_SWEEPS_MAX;
}

static double
value_of(const Race *race, const Option *option)
{
    double value = option->reward;

    for (guint i = 0; i < WAYS; i++) {
        if (option->next[i] != END)
            value += option->probability[i] * race->values[option->next[i]];
    }
    return value;
}

static double
best_value(const Race *race, const Place *place)
{
    const Option *options = &g_array_index(race->options, Option, 0);
    double best = value_of(race, &options[place->first]);

    for (guint32 i = place->first + 1; i < place->end; i++)
        best = larger(best, value_of(race, &options[i]));
    return best;
}

static RaceEnd
sweep_values(Race *race, RaceEffort *effort)
{
    guint sweeps = 0;
    double change;
    RaceEnd end;

    do {
        change = 0;
        for (guint i = 0; i < race->places->len; i++) {
            double value = best_value(race, &g_array_index(race->places, Place, i));
            double moved = distance(value, race->values[i]);

            /* Values near 0 are differences of sums that are not. */
            change = larger(change, moved / (1 + distance(value, 0)));
            race->values[i] = value;
        }
    } while (goes_on(effort, &sweeps, change, &end));
    return end;
}

static void
choose_options(Race *race)
{
    for (guint i = 0; i < race->places->len; i++) {
        Place *place = &g_array_index(race->places, Place, i);
        double best = best_value(race, place);

        place->chosen = place->first;
        while (value_of(race, &g_array_index(race->options, Option, place->chosen)) < best - NEAR)
            place->chosen++;
    }
}

RaceEnd
race_choose(Race *race, const RaceSum *weights, RaceEffort *effort)
{
    RaceEnd end;

    for (guint i = 0; i < race->options->len; i++) {
        const RaceSum *gain = &g_array_index(race->gains, RaceSum, i);

        g_array_index(race->options, Option, i).reward =
            weights->own * gain->own + weights->others * gain->others +
            weights->steps * gain->steps + weights->spends * gain->spends;
    }
    end = sweep_values(race, effort);
    if (end == RACE_CONVERGED)
        choose_options(race);
    return end;
}

static void
add_sum(RaceSum *sum, double factor, const RaceSum *other)
{
    sum->own += factor * other->own;
    sum->others += factor * other->others;
    sum->steps += factor * other->steps;
    sum->spends += factor * other->spends;
}

static RaceSum
sum_of(const Race *race, guint32 chosen)
{
    const Option *option = &g_array_index(race->options, Option, chosen);
    RaceSum sum = g_array_index(race->gains, RaceSum, chosen);

    for (guint i = 0; i < WAYS; i++) {
        if (option->next[i] != END)
            add_sum(&sum, option->probability[i], &race->sums[option->next[i]]);
    }
    return sum;
}

/* Sums are not negative and grow from 0. A double spend can be rare: a part of it counts as much as
 * a part of another sum. */
static double
part_moved(double before, double after)
{
    return after > 0 ? distance(before, after) / after : 0;
}

static double
change_of(const RaceSum *before, const RaceSum *after)
{
    return larger(
        larger(part_moved(before->own, after->own), part_moved(before->others, after->others)),
        larger(part_moved(before->steps, after->steps), part_moved(before->spends, after->spends)));
}

RaceEnd
race_sum(Race *race, RaceSum *ret_sum, RaceEffort *effort)
{
    guint sweeps = 0;
    double change;
    RaceEnd end;

    memset(race->sums, 0, race->places->len * sizeof(RaceSum));
    do {
        change = 0;
        for (guint i = 0; i < race->places->len; i++) {
            RaceSum sum = sum_of(race, g_array_index(race->places, Place, i).chosen);

            change = larger(change, change_of(&race->sums[i], &sum));
            race->sums[i] = sum;
        }
    } while (goes_on(effort, &sweeps, change, &end));
    if (end != RACE_CONVERGED)
        return end;
    *ret_sum = (RaceSum){.steps = 1};
    add_sum(ret_sum, race->rules.alpha, &race->sums[race->begin[0]]);
    add_sum(ret_sum, 1 - race->rules.alpha, &race->sums[race->begin[1]]);
    return RACE_CONVERGED;
}

void
race_write_table(const Race *race, PolicyTable *table)
{
    for (guint i = 0; i < race->places->len; i++) {
        const Place *place = &g_array_index(race->places, Place, i);
        int action = g_array_index(race->options, Option, place->chosen).action;

        policy_assert(action < POLICY_ACTIONS);
        policy_table_set(table, place->state.a, place->state.h, place->state.fork,
                         (PolicyAction)action);
    }
}
