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
explore_plan_new(void)
{
    return g_ptr_array_new_with_free_func(fault_free);
}

GPtrArray *
explore_plan_copy(const GPtrArray *plan)
{
    GPtrArray *copy = explore_plan_new();

    for (guint i = 0; i < plan->len; i++)
        g_ptr_array_add(copy, fault_copy(g_ptr_array_index(plan, i)));
    return copy;
}

/* --- draws --------------------------------------------------------------------------------
 *
 * A compiler evaluates the arguments of a call in any order. So no call here has two draws among
 * its arguments: else the same seed would search differently on another machine. */

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
partition(Draw *d, const char *word)
{
    g_autofree char *rest = NULL, *apart = some(d, &rest);

    return g_strdup_printf("%s %s | %s%s", word, apart, rest,
                           ONE_OF(d, "", "", "", " style=hold", " style=slow by=3s"));
}

static char *
oneway(Draw *d, const char *word)
{
    g_autofree char *rest = NULL, *from = some(d, &rest);

    return below(d, 2) == 0 ? g_strdup_printf("%s %s -> %s", word, from, rest)
                            : g_strdup_printf("%s %s -> %s", word, rest, from);
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
    bool is_to_all, is_from_all;

    if (below(d, 3) > 0) {
        const char *kind = scn_message_names[below(d, message_count())];

        /* Often exactly one message, or two: bugs need few (PCT: Burckhardt et al., ASPLOS 2010).
         */
        what = below(d, 2) == 0
                   ? g_strdup_printf(" msg=%s", kind)
                   : g_strdup_printf(" msg=%s first=%" G_GUINT64_FORMAT, kind, few(d, 3));
    }
    is_to_all = below(d, 3) == 0;
    is_from_all = below(d, 3) == 0;
    return g_strdup_printf("%s %s -> %s %s%s", word, is_from_all ? "all" : from,
                           is_to_all ? "all" : to, strength, what != NULL ? what : "");
}

static char *
loss(Draw *d, const char *word)
{
    return impair(d, word, ONE_OF(d, "100%", "100%", "50%", "10%"));
}

static char *
delay(Draw *d, const char *word)
{
    return impair(d, word, ONE_OF(d, "+1s", "+7s", "+30s", "+3m"));
}

/* `duplicate`, `reorder` and `corrupt`. */
static char *
garble(Draw *d, const char *word)
{
    return impair(d, word, ONE_OF(d, "100%", "20%"));
}

static char *
crash(Draw *d, const char *word)
{
    const char *how = ONE_OF(d, "", "", " wipe", " at-write=1", " at-write=3 torn");

    return g_strdup_printf("%s %s%s", word, node(d), how);
}

/* `restart` and `pause`. */
static char *
act_on_node(Draw *d, const char *word)
{
    return g_strdup_printf("%s %s", word, node(d));
}

static char *
set_clock(Draw *d, const char *word)
{
    const char *by = ONE_OF(d, "+1m", "-1m", "+50m", "-50m");

    return g_strdup_printf("%s %s %s", word, node(d), by);
}

static char *
churn(Draw *d, const char *word)
{
    g_autofree char *set = some(d, NULL);
    const char *absence = ONE_OF(d, "5s", "1m"), *session = ONE_OF(d, "20s", "2m");

    return g_strdup_printf("%s %s session=exponential(%s) absence=exponential(%s)", word, set,
                           session, absence);
}

static char *
set_hash(Draw *d, const char *word)
{
    g_autofree char *set = some(d, NULL);

    return g_strdup_printf("%s %s = %s", word, set, ONE_OF(d, "0", "30%", "90%"));
}

#define STRATEGY "strategy "

static char *
byzantine(Draw *d, const char *word)
{
    const char *how =
        ONE_OF(d, "silent", "lag by=20s", "lag by=500ms", "spam rate=1/s send=orphans",
               "spam rate=1/s send=headers", "spam rate=1/s send=junk",
               "spam rate=1/s send=forgeries", "spam rate=1/s send=forgeries",
               "spam rate=1/s send=payments", "spam rate=1/s send=payments", "liar", "liar");

    (void)word; /* the action has another name than the kind */
    return g_strdup_printf(STRATEGY "%s %s", node(d), how);
}

#define OF_TIP " tip at "

/* An operator's hand on the tip of the moment. All are taken back when the network settles. */
static char *
act_by_hand(Draw *d, const char *word)
{
    const char *hand = ONE_OF(d, "invalidate", "invalidate", "checkpoint");

    (void)word;
    return g_strdup_printf("%s" OF_TIP "%s", hand, node(d));
}

/* How the action of each kind is drawn. */
static const struct {
    char *(*draw)(Draw *d, const char *word);
    bool is_between; /* it needs two nodes */
    bool is_moment;  /* it takes no `for` */
} drawers[SCN_EXPLORE_COUNT] = {
    [SCN_EXPLORE_PARTITION] = {.draw = partition, .is_between = true},
    [SCN_EXPLORE_ONEWAY] = {.draw = oneway, .is_between = true},
    [SCN_EXPLORE_LOSS] = {.draw = loss, .is_between = true},
    [SCN_EXPLORE_DELAY] = {.draw = delay, .is_between = true},
    [SCN_EXPLORE_DUPLICATE] = {.draw = garble, .is_between = true},
    [SCN_EXPLORE_REORDER] = {.draw = garble, .is_between = true},
    [SCN_EXPLORE_CORRUPT] = {.draw = garble, .is_between = true},
    [SCN_EXPLORE_CRASH] = {.draw = crash},
    [SCN_EXPLORE_RESTART] = {.draw = act_on_node, .is_moment = true},
    [SCN_EXPLORE_PAUSE] = {.draw = act_on_node},
    [SCN_EXPLORE_CLOCK] = {.draw = set_clock, .is_moment = true},
    [SCN_EXPLORE_CHURN] = {.draw = churn},
    [SCN_EXPLORE_HASH] = {.draw = set_hash, .is_moment = true},
    [SCN_EXPLORE_BYZANTINE] = {.draw = byzantine},
    [SCN_EXPLORE_OPERATOR] = {.draw = act_by_hand, .is_moment = true},
};

static void
draw_action(Draw *d, ExploreFault *fault, ScnExploreKind kind)
{
    if (d->base->names->len < 2 && drawers[kind].is_between)
        kind = SCN_EXPLORE_CRASH; /* nothing lies between a node and itself */
    fault->action = drawers[kind].draw(d, scn_explore_kinds[kind]);
    if (drawers[kind].is_moment)
        fault->for_ns = 0;
    if (kind == SCN_EXPLORE_BYZANTINE) {
        const char *node = fault->action + strlen(STRATEGY);

        g_autofree char *name = g_strndup(node, strcspn(node, " "));

        /* Who misbehaved is banned. If that lasts, it comes back as another. */
        fault->after =
            d->base->bans_last
                ? g_strdup_printf(STRATEGY "%s honest maybe\n  reconnect %s all", name, name)
                : g_strdup_printf(STRATEGY "%s honest", name);
    }
}

/* Draws when it begins, from `from_ns` on, and how long it lasts: the rest of the search's time,
 * divided by four up to five times, each number of times as often. */
static void
draw_times(Draw *d, ExploreFault *fault, gint64 from_ns)
{
    const ScnExplore *bounds = &d->base->bounds;
    gint64 room = MAX(bounds->until_ns - from_ns, STEP), most;

    fault->at_ns = from_ns + (gint64)below(d, (guint64)(room / STEP)) * STEP;
    most = bounds->until_ns - fault->at_ns;
    fault->for_ns = most;
    for (guint64 i = below(d, 6); i > 0 && fault->for_ns > 10 * STEP; i--)
        fault->for_ns /= 4;
    fault->for_ns = MAX(fault->for_ns / STEP * STEP, STEP);
}

typedef struct {
    guint weights[SCN_EXPLORE_COUNT];
    guint total;
} Swarm;

static Swarm
draw_swarm(Draw *d)
{
    guint kinds[SCN_EXPLORE_COUNT], count = 0, taken;
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

/* All kinds that the base allows, each as likely. */
static Swarm
even_swarm(const Draw *d)
{
    Swarm swarm = {.total = 0};

    for (guint i = 0; scn_explore_kinds[i] != NULL; i++) {
        swarm.weights[i] = d->base->bounds.kinds >> i & 1;
        swarm.total += swarm.weights[i];
    }
    return swarm;
}

static ExploreFault *
draw_fault(Draw *d, const Swarm *swarm, gint64 from_ns)
{
    ExploreFault *fault = g_new0(ExploreFault, 1);
    guint at = (guint)below(d, swarm->total), kind = 0;

    while (at >= swarm->weights[kind])
        at -= swarm->weights[kind++];
    draw_times(d, fault, from_ns);
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

static GPtrArray *
draw_plan(Draw *d, const Swarm *swarm)
{
    const ScnExplore *bounds = &d->base->bounds;
    GPtrArray *plan = explore_plan_new();
    guint64 spread = bounds->faults_high - bounds->faults_low + 1;
    guint64 count = bounds->faults_low + below(d, spread);

    for (guint64 i = 0; i < count; i++)
        g_ptr_array_add(plan, draw_fault(d, swarm, bounds->from_ns));
    g_ptr_array_sort(plan, compare_faults);
    return plan;
}

GPtrArray *
explore_plan_draw(const ExploreBase *base, SimRandom *random)
{
    Draw d = {base, random};
    Swarm swarm = draw_swarm(&d);

    return draw_plan(&d, &swarm);
}

GPtrArray *
explore_plan_draw_even(const ExploreBase *base, SimRandom *random)
{
    Draw d = {base, random};
    Swarm swarm = even_swarm(&d);

    return draw_plan(&d, &swarm);
}

GPtrArray *
explore_plan_branch(const ExploreBase *base, const GPtrArray *plan, gint64 moment,
                    SimRandom *random)
{
    Draw d = {base, random};
    Swarm swarm = draw_swarm(&d);
    GPtrArray *branch = explore_plan_new();
    guint most;
    gint64 from_ns =
        CLAMP(moment / STEP * STEP, base->bounds.from_ns, base->bounds.until_ns - STEP);

    for (guint i = 0; i < plan->len; i++) {
        const ExploreFault *fault = g_ptr_array_index(plan, i);

        if (fault->at_ns <= from_ns)
            g_ptr_array_add(branch, fault_copy(fault));
    }
    most = branch->len + (guint)few(&d, 4);
    most = CLAMP(most, base->bounds.faults_low, base->bounds.faults_high);
    while (branch->len < most)
        g_ptr_array_add(branch, draw_fault(&d, &swarm, from_ns));
    g_ptr_array_sort(branch, compare_faults);
    return branch;
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
                g_ptr_array_add(changed, draw_fault(&d, &swarm, base->bounds.from_ns));
            break;
        case 1:
            if (changed->len > base->bounds.faults_low)
                g_ptr_array_remove_fast(changed, fault);
            break;
        default:
            if (fault == NULL)
                break;
            draw_times(&d, &fresh, base->bounds.from_ns);
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
        g_string_append_printf(out, "at %s\n  %s maybe\nend\n", end, fault->after);
}

/* Without faults and mining, nothing may be left open; and all must agree once one block more has
 * been found, because two branches of one weight may stand beside each other for good. Until then a
 * payment that one of them has confirmed may be missing to nodes on the other. Without polls a node
 * that was cut off learns what it missed from the next block on the best branch; so mining goes on
 * for a while before. */
static bool
has_action(const GPtrArray *plan, const char *part)
{
    for (guint i = 0; i < plan->len; i++) {
        if (strstr(((const ExploreFault *)g_ptr_array_index(plan, i))->action, part) != NULL)
            return true;
    }
    return false;
}

/* Returns whether anything that is left open must be a fault. Not where payments go on to the end;
 * nor where a crash may have lost a payment, or a forger sent one out of turn: others then wait, in
 * vain, for the one before it. */
static bool
may_ask_what_waits(const ExploreBase *base, const GPtrArray *plan)
{
    return !base->has_load && !has_action(plan, "send=payments") &&
           !(base->has_payments && (has_action(plan, "crash ") || has_action(plan, "restart ")));
}

static void
put_recovery(GString *out, const ExploreBase *base, const GPtrArray *plan)
{
    const ScnExplore *bounds = &base->bounds;
    gint64 half = bounds->settle_ns / 2 / STEP * STEP;
    gint64 last = half + (base->polls ? STEP : half / 2 / STEP * STEP);
    g_autofree char *until = time_text(bounds->until_ns),
                    *quiet = time_text(bounds->until_ns + half),
                    *up = time_text(bounds->until_ns + STEP),
                    *early = time_text(bounds->until_ns + half + STEP),
                    *late = time_text(bounds->until_ns + half + half / 4 / STEP * STEP),
                    *judged = time_text(bounds->until_ns + last);

    g_string_append_printf(out, "at %s mining off all\n", until);
    /* When everybody is up. */
    if (has_action(plan, OF_TIP))
        g_string_append_printf(
            out,
            "at %s\n  reconsider genesis at all maybe\n  checkpoint genesis at all maybe\nend\n",
            up);
    if (may_ask_what_waits(base, plan))
        g_string_append_printf(
            out,
            "at %s expect waiting(all) == 0 if same_tip(all) maybe\nfinally waiting(all) == 0\n",
            quiet);
    for (guint i = 0; i < base->rogues->len; i++) {
        const char *rogue = g_ptr_array_index(base->rogues, i);

        g_string_append_printf(
            out, "at %s\n  strategy %s honest maybe\n  release all at %s maybe\nend\n", until,
            rogue, rogue);
    }
    if (!base->polls)
        g_string_append_printf(out, "at %s mining on all\nat %s mining off all\n", early, late);
    if (base->judge != NULL)
        g_string_append_printf(out, "at %s mine 1 at %s\n", judged, base->judge);
    if (bounds->ignore_last > 0)
        g_string_append_printf(out, "finally same_tip(all, ignore-last=%u)\n", bounds->ignore_last);
    else
        g_string_append(out, "finally same_tip(all)\n");
}

char *
explore_plan_text(const ExploreBase *base, const GPtrArray *plan, const char *head)
{
    const ScnExplore *bounds = &base->bounds;
    g_autofree char *length = time_text(bounds->until_ns + bounds->settle_ns);
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "scn 1 \"%s\"\n", base->title);
    if (head != NULL)
        g_string_append(out, head);
    if (!base->is_whole)
        g_string_append_printf(out, "seed %" G_GUINT64_FORMAT "\nduration %s\n", base->seed,
                               length);
    for (guint i = 0; i < base->lines->len; i++)
        g_string_append_printf(out, "%s\n", (char *)g_ptr_array_index(base->lines, i));
    for (guint i = 0; i < plan->len; i++)
        put_fault(out, g_ptr_array_index(plan, i));
    if (base->most_events > 0)
        g_string_append_printf(out, "limit events=%" G_GUINT64_FORMAT "\n", base->most_events);
    /* An honest node is never banned: core/node/conduct.h gives no points for what it may do. */
    if (!base->is_whole && base->is_one_version)
        g_string_append(out, "never blamed(all) > 0 maybe\n");
    if (!base->is_whole && bounds->recovery)
        put_recovery(out, base, plan);
    return g_string_free(out, FALSE);
}
