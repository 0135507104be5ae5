/* See plan.h. */
#include "sim/explore/plan.h"

#include <string.h>

#define STEP (SCN_SECOND_NS / 10) /* times are whole tenths of a second */

static void
fault_free(gpointer data)
{
    ExploreFault *fault = data;

    g_free(fault->action);
    g_free(fault->after);
    g_free(fault);
}

static ExploreFault *
fault_copy(const ExploreFault *fault)
{
    ExploreFault *copy = g_new(ExploreFault, 1);

    *copy = (ExploreFault){fault->at_ns, fault->for_ns, g_strdup(fault->action),
                           g_strdup(fault->after)};
    return copy;
}

GPtrArray *
explore_plan_copy(const GPtrArray *plan)
{
    GPtrArray *copy = g_ptr_array_new_with_free_func(fault_free);

    for (guint i = 0; i < plan->len; i++)
        g_ptr_array_add(copy, fault_copy(g_ptr_array_index(plan, i)));
    return copy;
}

/* --- draws -------------------------------------------------------------------------------- */

typedef struct {
    const ExploreBase *base;
    SimRandom *random;
} Draw;

static guint64
below(Draw *d, guint64 n)
{
    return sim_random_below(d->random, n);
}

#define ONE_OF(d, ...)                                                                             \
    ((const char *const[]){                                                                        \
        __VA_ARGS__}[below(d, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))])

static const char *
node(Draw *d)
{
    return g_ptr_array_index(d->base->names, below(d, d->base->names->len));
}

/* Returns 1 to n: small numbers far more often than large ones. */
static guint64
few(Draw *d, guint64 n)
{
    guint64 k = 1;

    while (k < n && below(d, 3) == 0)
        k++;
    return k;
}

/* Returns a set of a few nodes, and the set of the others; at least one node is in each. */
static char *
some(Draw *d, char **ret_rest)
{
    guint count = d->base->names->len, chosen = 0, wanted;
    GString *some = g_string_new("{"), *rest = g_string_new("{");

    wanted = (guint)few(d, MAX(count - 1, 1));
    for (guint i = 0; i < count; i++) {
        bool take = below(d, count - i) < wanted - chosen;
        GString *to = take ? some : rest;

        chosen += take;
        g_string_append_printf(to, "%s%s", to->len > 1 ? ", " : "",
                               (char *)g_ptr_array_index(d->base->names, i));
    }
    g_string_append_c(some, '}');
    g_string_append_c(rest, '}');
    if (ret_rest != NULL)
        *ret_rest = g_strdup(rest->str);
    g_string_free(rest, TRUE);
    return g_string_free(some, FALSE);
}

static char *
partition(Draw *d)
{
    g_autofree char *rest = NULL, *apart = some(d, &rest);

    return g_strdup_printf("partition %s | %s%s", apart, rest,
                           ONE_OF(d, "", "", "", " style=hold", " style=slow by=3s"));
}

static char *
oneway(Draw *d)
{
    g_autofree char *rest = NULL, *from = some(d, &rest);

    return below(d, 2) == 0 ? g_strdup_printf("oneway %s -> %s", from, rest)
                            : g_strdup_printf("oneway %s -> %s", rest, from);
}

static guint
message_count(void)
{
    guint count = 0;

    while (scn_message_names[count] != NULL)
        count++;
    return count;
}

/* Most losses hit one kind of message, because the loss of exactly one message of a dialogue is
 * what strands a node. */
static char *
impair(Draw *d, const char *word, const char *strength)
{
    g_autofree char *from = some(d, NULL), *to = some(d, NULL);
    g_autofree char *what = NULL;

    if (below(d, 3) > 0)
        what = g_strdup_printf(" msg=%s", scn_message_names[below(d, message_count())]);
    return g_strdup_printf("%s %s -> %s %s%s", word, below(d, 3) == 0 ? "all" : from,
                           below(d, 3) == 0 ? "all" : to, strength, what != NULL ? what : "");
}

static char *
crash(Draw *d)
{
    return g_strdup_printf("crash %s%s", node(d),
                           ONE_OF(d, "", "", " wipe", " at-write=1", " at-write=3 torn"));
}

static char *
byzantine(Draw *d)
{
    return g_strdup_printf("strategy %s %s", node(d),
                           ONE_OF(d, "silent", "lag by=20s", "lag by=500ms",
                                  "spam rate=1/s send=orphans", "spam rate=1/s send=headers",
                                  "spam rate=1/s send=junk"));
}

/* Fills the action of a kind, by its place in scn_explore_kinds. */
static void
draw_action(Draw *d, ExploreFault *fault, guint kind)
{
    const char *word = scn_explore_kinds[kind];
    bool lasts = true;

    if (d->base->names->len < 2 && kind < 7) {
        fault->action = crash(d); /* nothing lies between a node and itself */
    } else if (strcmp(word, "partition") == 0) {
        fault->action = partition(d);
    } else if (strcmp(word, "oneway") == 0) {
        fault->action = oneway(d);
    } else if (strcmp(word, "loss") == 0) {
        fault->action = impair(d, word, ONE_OF(d, "100%", "100%", "50%", "10%"));
    } else if (strcmp(word, "delay") == 0) {
        fault->action = impair(d, word, ONE_OF(d, "+1s", "+7s", "+30s", "+3m"));
    } else if (strcmp(word, "duplicate") == 0 || strcmp(word, "reorder") == 0 ||
               strcmp(word, "corrupt") == 0) {
        fault->action = impair(d, word, ONE_OF(d, "100%", "20%"));
    } else if (strcmp(word, "crash") == 0) {
        fault->action = crash(d);
    } else if (strcmp(word, "restart") == 0) {
        fault->action = g_strdup_printf("restart %s", node(d));
        lasts = false;
    } else if (strcmp(word, "pause") == 0) {
        fault->action = g_strdup_printf("pause %s", node(d));
    } else if (strcmp(word, "clock") == 0) {
        fault->action =
            g_strdup_printf("clock %s %s", node(d), ONE_OF(d, "+1m", "-1m", "+50m", "-50m"));
        lasts = false;
    } else if (strcmp(word, "churn") == 0) {
        g_autofree char *set = some(d, NULL);

        fault->action = g_strdup_printf("churn %s session=exponential(%s) absence=exponential(%s)",
                                        set, ONE_OF(d, "20s", "2m"), ONE_OF(d, "5s", "1m"));
    } else if (strcmp(word, "hash") == 0) {
        g_autofree char *set = some(d, NULL);

        fault->action = g_strdup_printf("hash %s = %s", set, ONE_OF(d, "0", "30%", "90%"));
        lasts = false;
    } else {
        fault->action = byzantine(d);
        fault->after = g_strdup_printf("strategy %.*s honest", (int)strcspn(fault->action + 9, " "),
                                       fault->action + 9);
    }
    if (!lasts)
        fault->for_ns = 0;
}

/* Draws when it begins, and how long it lasts: the rest of the search's time, divided by four up to
 * five times, each number of times as often. */
static void
draw_times(Draw *d, ExploreFault *fault)
{
    const ScnExplore *bounds = &d->base->bounds;
    gint64 room = bounds->until_ns - bounds->from_ns, most;

    fault->at_ns = bounds->from_ns + (gint64)below(d, (guint64)(room / STEP)) * STEP;
    most = bounds->until_ns - fault->at_ns;
    fault->for_ns = most;
    for (guint64 i = below(d, 6); i > 0 && fault->for_ns > 10 * STEP; i--)
        fault->for_ns /= 4;
    fault->for_ns = MAX(fault->for_ns / STEP * STEP, STEP);
}

typedef struct {
    guint weights[32];
    guint total;
} Swarm;

static Swarm
draw_swarm(Draw *d)
{
    guint kinds[32], count = 0, taken;
    Swarm swarm = {.total = 0};

    for (guint i = 0; scn_explore_kinds[i] != NULL; i++) {
        if (d->base->bounds.kinds >> i & 1)
            kinds[count++] = i;
    }
    taken = 1 + (guint)below(d, count);
    for (guint i = 0; i < taken; i++) {
        guint at = i + (guint)below(d, count - i), kind = kinds[at];

        kinds[at] = kinds[i];
        swarm.weights[kind] = 1 + (guint)below(d, 100);
        swarm.total += swarm.weights[kind];
    }
    return swarm;
}

static ExploreFault *
draw_fault(Draw *d, const Swarm *swarm)
{
    ExploreFault *fault = g_new0(ExploreFault, 1);
    guint at = (guint)below(d, swarm->total), kind = 0;

    while (at >= swarm->weights[kind])
        at -= swarm->weights[kind++];
    draw_times(d, fault);
    draw_action(d, fault, kind);
    return fault;
}

static gint
compare_faults(gconstpointer a, gconstpointer b)
{
    const ExploreFault *x = *(ExploreFault *const *)a, *y = *(ExploreFault *const *)b;

    return x->at_ns != y->at_ns ? (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns)
                                : strcmp(x->action, y->action);
}

GPtrArray *
explore_plan_draw(const ExploreBase *base, SimRandom *random)
{
    Draw d = {base, random};
    Swarm swarm = draw_swarm(&d);
    GPtrArray *plan = g_ptr_array_new_with_free_func(fault_free);
    guint64 spread = base->bounds.faults_high - base->bounds.faults_low + 1;
    guint64 count = base->bounds.faults_low + below(&d, spread);

    for (guint64 i = 0; i < count; i++)
        g_ptr_array_add(plan, draw_fault(&d, &swarm));
    g_ptr_array_sort(plan, compare_faults);
    return plan;
}

GPtrArray *
explore_plan_mutate(const ExploreBase *base, const GPtrArray *plan, SimRandom *random)
{
    Draw d = {base, random};
    Swarm swarm = draw_swarm(&d);
    GPtrArray *changed = explore_plan_copy(plan);

    for (guint64 steps = few(&d, 4); steps > 0; steps--) {
        ExploreFault *fault =
            changed->len > 0 ? g_ptr_array_index(changed, below(&d, changed->len)) : NULL;
        ExploreFault fresh = {0};

        switch (below(&d, 4)) {
        case 0:
            if (changed->len < base->bounds.faults_high)
                g_ptr_array_add(changed, draw_fault(&d, &swarm));
            break;
        case 1:
            if (changed->len > base->bounds.faults_low)
                g_ptr_array_remove_fast(changed, fault);
            break;
        default:
            if (fault == NULL)
                break;
            draw_times(&d, &fresh);
            fault->at_ns = fresh.at_ns;
            fault->for_ns = fault->for_ns > 0 ? fresh.for_ns : 0;
        }
    }
    g_ptr_array_sort(changed, compare_faults);
    return changed;
}

/* --- text --------------------------------------------------------------------------------- */

static char *
time_text(gint64 ns)
{
    return scn_quantity_text((ScnQuantity){SCN_DIM_TIME, ns});
}

static void
put_fault(GString *out, const ExploreFault *fault)
{
    g_autofree char *at = time_text(fault->at_ns), *length = time_text(fault->for_ns),
                    *end = time_text(fault->at_ns + fault->for_ns);

    g_string_append_printf(out, "at %s %s", at, fault->action);
    if (fault->for_ns > 0 && fault->after == NULL)
        g_string_append_printf(out, " for %s", length);
    g_string_append(out, " maybe\n");
    if (fault->after != NULL)
        g_string_append_printf(out, "at %s %s maybe\n", end, fault->after);
}

/* Without faults and mining, nothing may be left open; and all must agree once one block more has
 * been found, because two branches of one weight may stand beside each other for good. */
static void
put_recovery(GString *out, const ExploreBase *base)
{
    const ScnExplore *bounds = &base->bounds;
    gint64 half = bounds->settle_ns / 2 / STEP * STEP;
    g_autofree char *until = time_text(bounds->until_ns),
                    *quiet = time_text(bounds->until_ns + half),
                    *judged = time_text(bounds->until_ns + half + STEP);

    g_string_append_printf(out, "at %s mining off all\n", until);
    if (!base->has_load)
        g_string_append_printf(out, "at %s expect waiting(all) == 0\n", quiet);
    for (guint i = 0; i < base->rogues->len; i++) {
        const char *rogue = g_ptr_array_index(base->rogues, i);

        g_string_append_printf(
            out, "at %s\n  strategy %s honest maybe\n  release all at %s maybe\nend\n", until,
            rogue, rogue);
    }
    if (base->judge != NULL)
        g_string_append_printf(out, "at %s mine 1 at %s\n", judged, base->judge);
    if (bounds->ignore_last > 0)
        g_string_append_printf(out, "finally same_tip(all, ignore-last=%u)\n", bounds->ignore_last);
    else
        g_string_append(out, "finally same_tip(all)\n");
}

char *
explore_plan_text(const ExploreBase *base, const GPtrArray *plan, const gboolean *keeps,
                  const char *head)
{
    const ScnExplore *bounds = &base->bounds;
    g_autofree char *length = time_text(bounds->until_ns + bounds->settle_ns);
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "scn 1 \"%s\"\n", base->title);
    if (head != NULL)
        g_string_append(out, head);
    g_string_append_printf(out, "seed %" G_GUINT64_FORMAT "\nduration %s\n", base->seed, length);
    for (guint i = 0; i < base->lines->len; i++) {
        if (keeps == NULL || keeps[i])
            g_string_append_printf(out, "%s\n", (char *)g_ptr_array_index(base->lines, i));
    }
    for (guint i = 0; i < plan->len; i++)
        put_fault(out, g_ptr_array_index(plan, i));
    put_recovery(out, base);
    return g_string_free(out, FALSE);
}
