/* One function for each kind of action; see action.h. */
#include "sim/run/action.h"

#include "sim/engine/assert.h"
#include "sim/run/build.h"
#include "sim/run/cut.h"
#include "sim/run/strategy.h"
#include "sim/world/fault.h"
#include "sim/world/observe.h"
#include "sim/world/tree.h"

/* Faults that a `for` ends. */
typedef struct {
    const ScnItem *item;
    GArray *faults; /* SimFaultId */
} Ending;

/* A fault that can hit nothing, begun by an action of the scenario. */
typedef struct {
    const ScnItem *item;
    SimFaultId fault;
} Hit;

struct SimActions {
    const ScnScenario *scenario;
    SimWorld *world;
    SimNodeSets *sets;
    SimCuts *cuts;
    GPtrArray *endings; /* Ending, of the whole run */
    SimTrouble *trouble;
    uint8_t end_handler;
    uint32_t iteration; /* of the current action */
    GArray *begun;      /* SimFaultId: faults begun by the current action */
    GArray *hits;       /* Hit, in order */
    GHashTable *done;   /* ScnItem: carried out at least once; look-up only */
};

/* How to carry out a kind of action. `run` resolves the sets and calls the one other function that
 * the kind needs. It returns whether watchers and the digest are told of the action as a fact;
 * beginnings and ends of faults are told in any case. */
typedef struct Doing Doing;
struct Doing {
    bool (*run)(SimActions *actions, const ScnItem *item, const Doing *doing);
    bool (*whole)(SimActions *actions, const ScnItem *item);
    /* Begins a fault of one node; returns SIM_FAULT_NONE if that has no effect. */
    SimFaultId (*begin)(SimActions *actions, const ScnItem *item, uint32_t node);
    /* Makes a permanent change to one node; returns false if that has no effect. */
    bool (*once)(SimActions *actions, const ScnItem *item, uint32_t node);
    bool (*pair)(SimActions *actions, const ScnItem *item, uint32_t from, uint32_t to);
    const char *cannot; /* message for a node, or a pair, without effect */
    const char *inert;  /* message for faults that hit nothing in all their time */
    bool is_fault;      /* a fault: it must begin */
};

static SimTime
now_of(const SimActions *actions)
{
    return sim_engine_now(sim_world_engine(actions->world));
}

static SimNet *
net_of(const SimActions *actions)
{
    return sim_world_net(actions->world);
}

static const char *
name_of(const SimActions *actions, uint32_t node)
{
    return sim_world_node_name(actions->world, node);
}

/* --- what could not be done --------------------------------------------------------------- */

void
sim_actions_complain(SimActions *actions, ScnPlace place, const char *text, const char *why)
{
    g_autofree char *at = scn_scenario_place(actions->scenario, place, "  ");
    g_autofree char *where = g_strconcat(at, text, NULL);

    sim_trouble_add(actions->trouble, where, why, now_of(actions));
}

static void
cannot(SimActions *actions, const ScnItem *item, const char *why)
{
    if (!item->maybe)
        sim_actions_complain(actions, item->place, item->text, why);
}

static void
cannot_node(SimActions *actions, const ScnItem *item, uint32_t node, const char *why)
{
    g_autofree char *text = g_strdup_printf("%s %s", name_of(actions, node), why);

    cannot(actions, item, text);
}

/* --- ends --------------------------------------------------------------------------------- */

static void
ending_free(gpointer data)
{
    Ending *ending = data;

    g_array_unref(ending->faults);
    g_free(ending);
}

/* Stores a fault that the action has begun. Returns false if there is none. */
static bool
note_begun(SimActions *actions, SimFaultId fault)
{
    if (fault != SIM_FAULT_NONE)
        g_array_append_val(actions->begun, fault);
    return fault != SIM_FAULT_NONE;
}

/* Schedules the end that `for` asks for. */
static void
end_later(SimActions *actions, const ScnItem *item)
{
    Ending *ending;

    if (item->for_ns == SCN_TIME_NONE || actions->begun->len == 0)
        return;
    ending = g_new(Ending, 1);
    *ending = (Ending){item, g_array_ref(actions->begun)};
    g_ptr_array_add(actions->endings, ending);
    sim_engine_schedule(sim_world_engine(actions->world),
                        sim_time_add(now_of(actions), item->for_ns), SIM_CLASS_FAULT,
                        item->place.order, actions->iteration, actions->end_handler, ending, 0);
}

static bool
end_one(SimActions *actions, const Ending *ending)
{
    bool ended = false;

    for (guint i = 0; i < ending->faults->len; i++)
        ended |= sim_world_undo(actions->world, g_array_index(ending->faults, SimFaultId, i));
    return ended;
}

/* Ends what `for` limits. A fault that has already ended is no error. */
static void
on_end(void *user, const SimEvent *event)
{
    SimActions *actions = user;
    const Ending *ending = event->data;
    g_autofree char *text = NULL;

    if (!end_one(actions, ending))
        return;
    text = g_strdup_printf("end of %s", ending->item->text);
    sim_world_note_fault(actions->world, "end", text);
}

/* --- cuts --------------------------------------------------------------------------------- */

static bool
do_cut(SimActions *actions, const ScnItem *item)
{
    return note_begun(actions, sim_cuts_begin(actions->cuts, item));
}

static bool
do_close(SimActions *actions, const ScnItem *item)
{
    if (note_begun(actions, sim_cuts_close(actions->cuts, item)))
        return true;
    cannot(actions, item, "no connection is between them");
    return false;
}

static bool
do_heal(SimActions *actions, const ScnItem *item)
{
    if (sim_cuts_heal(actions->cuts, item->cut))
        return true;
    cannot(actions, item, "no such cut stands: there is nothing to heal");
    return false;
}

/* --- links -------------------------------------------------------------------------------- */

static bool
do_impair(SimActions *actions, const ScnItem *item)
{
    static const SimImpairKind kinds[] = {
        [SCN_IMPAIR_LOSS] = SIM_IMPAIR_LOSS,           [SCN_IMPAIR_DELAY] = SIM_IMPAIR_DELAY,
        [SCN_IMPAIR_DUPLICATE] = SIM_IMPAIR_DUPLICATE, [SCN_IMPAIR_REORDER] = SIM_IMPAIR_REORDER,
        [SCN_IMPAIR_CORRUPT] = SIM_IMPAIR_CORRUPT,
    };
    g_autoptr(GArray) from = sim_node_sets_draw(actions->sets, item, item->set);
    g_autoptr(GArray) to = sim_node_sets_draw(actions->sets, item, item->other);
    const SimImpairSpec spec = {
        .kind = kinds[item->impair],
        .ppb = (uint32_t)(item->portion / (SCN_ONE / SIM_PPB)),
        .delay = item->time_ns,
        .kinds = item->kinds == G_MAXUINT32 ? SIM_KINDS_ALL : item->kinds,
        .first = item->count,
        .from = sim_nodes_ids(from),
        .from_count = from->len,
        .to = sim_nodes_ids(to),
        .to_count = to->len,
    };

    sim_world_note_nodes(actions->world, spec.from, spec.from_count);
    sim_world_note_nodes(actions->world, spec.to, spec.to_count);
    return note_begun(
        actions, sim_world_name_impair(actions->world, sim_net_impair(net_of(actions), &spec)));
}

static bool
do_join_edge(SimActions *actions, const ScnItem *item)
{
    g_autoptr(GArray) from = sim_node_sets_draw(actions->sets, item, item->set);
    g_autoptr(GArray) to = sim_node_sets_draw(actions->sets, item, item->other);
    bool for_a_time = item->for_ns != SCN_TIME_NONE, done = false;

    for (guint i = 0; i < from->len; i++) {
        for (guint j = 0; j < to->len; j++) {
            uint32_t a = sim_nodes_at(from, i), b = sim_nodes_at(to, j);
            uint32_t edge;

            if (a == b || sim_world_connected(actions->world, a, b))
                continue;
            edge = sim_build_edge(actions->world, actions->scenario, a, b);
            (void)note_begun(actions, sim_world_joined(actions->world, edge, for_a_time));
            done = true;
        }
    }
    if (!done)
        cannot(actions, item, "they are connected already");
    return done;
}

/* --- nodes -------------------------------------------------------------------------------- */

static SimFaultId
crash_node(SimActions *actions, const ScnItem *item, uint32_t node)
{
    const SimCrash crash = {item->wipe, item->count, item->torn};

    return sim_world_crash(actions->world, node, &crash);
}

static SimFaultId
churn_node(SimActions *actions, const ScnItem *item, uint32_t node)
{
    SimDistribution session = sim_build_distribution(net_of(actions), &item->session);
    SimDistribution absence = sim_build_distribution(net_of(actions), &item->absence);

    return sim_world_churn(actions->world, node, &session, &absence);
}

static SimFaultId
eclipse_node(SimActions *actions, const ScnItem *item, uint32_t node)
{
    g_autoptr(GArray) by = sim_node_sets_draw(actions->sets, item, item->other);

    return sim_world_eclipse(actions->world, node, sim_nodes_ids(by), by->len);
}

static SimFaultId
pause_node(SimActions *actions, const ScnItem *item, uint32_t node)
{
    (void)item;
    return sim_world_pause(actions->world, node);
}

static SimFaultId
leave_node(SimActions *actions, const ScnItem *item, uint32_t node)
{
    (void)item;
    return sim_world_leave(actions->world, node);
}

static bool
restart_node(SimActions *actions, const ScnItem *item, uint32_t node)
{
    (void)item;
    sim_world_restart(actions->world, node);
    return true;
}

static bool
resume_node(SimActions *actions, const ScnItem *item, uint32_t node)
{
    (void)item;
    return sim_world_resume(actions->world, node);
}

static bool
join_node(SimActions *actions, const ScnItem *item, uint32_t node)
{
    (void)item;
    return sim_world_join(actions->world, node);
}

static bool
set_clock(SimActions *actions, const ScnItem *item, uint32_t node)
{
    sim_world_set_clock(actions->world, node, item->time_ns);
    return true;
}

/* Returns false if the action has no effect on that node. */
static bool
do_at(SimActions *actions, const ScnItem *item, const Doing *doing, uint32_t node)
{
    return doing->once != NULL ? doing->once(actions, item, node)
                               : note_begun(actions, doing->begin(actions, item, node));
}

static bool
do_at_nodes(SimActions *actions, const ScnItem *item, const Doing *doing)
{
    g_autoptr(GArray) nodes = sim_node_sets_draw(actions->sets, item, item->set);
    bool done = false;

    for (guint i = 0; i < nodes->len; i++) {
        uint32_t node = sim_nodes_at(nodes, i);

        if (do_at(actions, item, doing, node))
            done = true;
        else
            cannot_node(actions, item, node, doing->cannot);
    }
    if (nodes->len == 0)
        cannot(actions, item, "the set that was drawn is empty");
    return done;
}

/* --- mining and transactions -------------------------------------------------------------- */

static bool
do_mining(SimActions *actions, const ScnItem *item)
{
    g_autoptr(GArray) nodes = sim_node_sets_draw(actions->sets, item, item->set);

    for (guint i = 0; i < nodes->len; i++)
        sim_world_set_mining(actions->world, sim_nodes_at(nodes, i), item->on);
    return true;
}

static uint64_t
divisor_of(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Divides the hash power evenly among the set. */
static bool
do_hash(SimActions *actions, const ScnItem *item)
{
    g_autoptr(GArray) nodes = sim_node_sets_draw(actions->sets, item, item->set);
    uint64_t num = (uint64_t)item->portion, den = (uint64_t)SCN_ONE * MAX(nodes->len, 1);
    uint64_t divisor = divisor_of(den, num);

    for (guint i = 0; i < nodes->len; i++) {
        uint32_t node = sim_nodes_at(nodes, i);

        if (sim_world_node_is_miner(actions->world, node))
            sim_world_set_share(actions->world, node, num / divisor, den / divisor);
        else
            cannot_node(actions, item, node, "is no miner");
    }
    return true;
}

static void
refused(SimActions *actions, const ScnItem *item, uint32_t node, const char *what,
        KetteVerdict verdict)
{
    g_autofree char *why = g_strdup_printf("%s: %s", what, kette_verdict_name(verdict));

    cannot_node(actions, item, node, why);
}

static bool
mine(SimActions *actions, const ScnItem *item, uint32_t node)
{
    KetteVerdict verdict = item->block != SCN_NONE
                               ? sim_world_mine_named(actions->world, node, item->block)
                               : sim_world_mine(actions->world, node, item->count);

    if (verdict != KETTE_OK)
        refused(actions, item, node, "can make no further block now", verdict);
    return true;
}

static bool
submit(SimActions *actions, const ScnItem *item, uint32_t node)
{
    g_autofree char *what =
        g_strdup_printf("refused %s", sim_world_tx_name(actions->world, item->tx));
    KetteVerdict verdict = sim_world_submit(actions->world, item->tx, node);

    if (verdict != KETTE_OK)
        refused(actions, item, node, what, verdict);
    return true;
}

static bool
do_if_up(SimActions *actions, const ScnItem *item, const Doing *doing)
{
    g_autoptr(GArray) nodes = sim_node_sets_draw(actions->sets, item, item->set);

    for (guint i = 0; i < nodes->len; i++) {
        uint32_t node = sim_nodes_at(nodes, i);

        if (sim_world_node_up(actions->world, node))
            doing->once(actions, item, node);
        else
            cannot_node(actions, item, node, doing->cannot);
    }
    return false;
}

/* --- strategies --------------------------------------------------------------------------- */

/* Draws the nodes, without those that have a script: these say what the script says. */
static GArray *
draw_strategists(SimActions *actions, const ScnItem *item)
{
    GArray *nodes = sim_node_sets_draw(actions->sets, item, item->set);

    if (nodes->len == 0)
        cannot(actions, item, "the set that was drawn is empty");
    for (guint i = 0; i < nodes->len;) {
        uint32_t node = sim_nodes_at(nodes, i);

        if (!sim_world_node_is_script(actions->world, node)) {
            i++;
            continue;
        }
        cannot_node(actions, item, node, "has role=script and follows its script");
        g_array_remove_index(nodes, i);
    }
    return nodes;
}

static bool
is_any_dishonest(const SimActions *actions, const GArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++) {
        if (sim_world_strategy(actions->world, sim_nodes_at(nodes, i)) != NULL)
            return true;
    }
    return false;
}

static bool
is_pool(const ScnScenario *scenario, const ScnItem *item)
{
    return item->strategy != SCN_NONE &&
           !g_array_index(scenario->strategies, ScnStrategy, item->strategy).is_alone;
}

static bool
do_strategy(SimActions *actions, const ScnItem *item)
{
    g_autoptr(GArray) nodes = draw_strategists(actions, item);

    if (nodes->len > 0 && item->strategy == SCN_NONE && !is_any_dishonest(actions, nodes))
        cannot(actions, item, "they are honest already");
    if (is_pool(actions->scenario, item) &&
        !sim_world_can_be_pool(actions->world, sim_nodes_ids(nodes), nodes->len)) {
        cannot(actions, item, "they know different upgrades, so they cannot be one pool");
        return true;
    }
    sim_strategy_set(actions->world, actions->scenario, item->strategy, sim_nodes_ids(nodes),
                     nodes->len, item->maybe);
    return true;
}

static bool
release(SimActions *actions, const ScnItem *item, uint32_t node)
{
    if (sim_world_release(actions->world, node, item->count) == 0)
        cannot_node(actions, item, node, "withholds nothing");
    return true;
}

static bool
upgrade(SimActions *actions, const ScnItem *item, uint32_t node)
{
    uint32_t all = (1u << actions->scenario->upgrades->len) - 1;
    uint32_t wanted = item->upgrade == SCN_NONE ? all : 1u << item->upgrade;
    const char *why = sim_world_upgrade(actions->world, node, wanted);

    if (why != NULL)
        cannot_node(actions, item, node, why);
    return true;
}

static bool
act_by_hand(SimActions *actions, const ScnItem *item, uint32_t node)
{
    static const KetteHand hands[] = {
        [SCN_HAND_INVALIDATE] = KETTE_HAND_INVALIDATE,
        [SCN_HAND_RECONSIDER] = KETTE_HAND_RECONSIDER,
        [SCN_HAND_UNPARK] = KETTE_HAND_UNPARK,
        [SCN_HAND_CHECKPOINT] = KETTE_HAND_CHECKPOINT,
    };
    uint32_t block = item->block == SCN_HAND_ON_TIP       ? SIM_NAMED_TIP
                     : item->block == SCN_HAND_ON_GENESIS ? SIM_NAMED_GENESIS
                                                          : item->block;
    const char *why = sim_world_act_by_hand(actions->world, node, hands[item->hand], block);

    if (why != NULL)
        cannot_node(actions, item, node, why);
    return true;
}

/* --- messages made by hand ---------------------------------------------------------------- */

static bool
deliver(SimActions *actions, const ScnItem *item, uint32_t from, uint32_t to)
{
    return sim_world_deliver(actions->world, item->block, from, to);
}

static bool
announce(SimActions *actions, const ScnItem *item, uint32_t from, uint32_t to)
{
    return sim_world_announce(actions->world, item->block, from, to);
}

static bool
reconnect(SimActions *actions, const ScnItem *item, uint32_t from, uint32_t to)
{
    (void)item;
    sim_world_reconnect(actions->world, from, to);
    return true;
}

static bool
do_to_pairs(SimActions *actions, const ScnItem *item, const Doing *doing)
{
    g_autoptr(GArray) from = sim_node_sets_draw(actions->sets, item, item->set);
    g_autoptr(GArray) to = sim_node_sets_draw(actions->sets, item, item->other);

    for (guint i = 0; i < from->len; i++) {
        for (guint j = 0; j < to->len; j++) {
            uint32_t a = sim_nodes_at(from, i), b = sim_nodes_at(to, j);

            if (a == b && (from->len > 1 || to->len > 1))
                continue;
            if (a == b || !doing->pair(actions, item, a, b)) {
                cannot(actions, item, doing->cannot);
                return false;
            }
        }
    }
    return false;
}

bool
sim_actions_connect(SimActions *actions, const ScnItem *item)
{
    g_autoptr(GArray) from = sim_node_sets_draw(actions->sets, item, item->set);
    g_autoptr(GArray) to = sim_node_sets_draw(actions->sets, item, item->other);
    bool ready = true;

    for (guint i = 0; i < from->len; i++) {
        for (guint j = 0; j < to->len; j++) {
            uint32_t a = sim_nodes_at(from, i), b = sim_nodes_at(to, j);

            if (a == b || sim_world_ready(actions->world, a, b))
                continue;
            sim_world_reconnect(actions->world, a, b);
            ready = false;
        }
    }
    sim_world_note_change(actions->world, item->word, item->text);
    return ready;
}

#define NOTHING_STOPPED "the cut stopped nothing"
#define NO_CONNECTION "no connection stands between them, or there is no such block yet"

static bool
do_whole(SimActions *actions, const ScnItem *item, const Doing *doing)
{
    return doing->whole(actions, item);
}

/* --- all of them -------------------------------------------------------------------------- */

/* How to carry out each kind; sim/scenario/resolve_action.c has the words. */
static const Doing doings[] = {
    [SCN_ITEM_PARTITION] = {do_whole, .whole = do_cut, .inert = NOTHING_STOPPED, .is_fault = true},
    [SCN_ITEM_ONEWAY] = {do_whole, .whole = do_cut, .inert = NOTHING_STOPPED, .is_fault = true},
    [SCN_ITEM_CUT] = {do_whole, .whole = do_close, .is_fault = true},
    [SCN_ITEM_HEAL] = {do_whole, .whole = do_heal},
    [SCN_ITEM_IMPAIR] = {do_whole, .whole = do_impair,
                         .inert = "it changed nothing: no message passed where it stands",
                         .is_fault = true},
    [SCN_ITEM_JOIN_EDGE] = {do_whole, .whole = do_join_edge},
    [SCN_ITEM_MINING] = {do_whole, .whole = do_mining},
    [SCN_ITEM_HASH] = {do_whole, .whole = do_hash},
    [SCN_ITEM_CRASH] = {do_at_nodes, .begin = crash_node, .cannot = "is down already",
                        .is_fault = true},
    [SCN_ITEM_PAUSE] = {do_at_nodes, .begin = pause_node, .cannot = "is down or paused already",
                        .is_fault = true},
    [SCN_ITEM_LEAVE] = {do_at_nodes, .begin = leave_node, .cannot = "has left already",
                        .is_fault = true},
    [SCN_ITEM_ECLIPSE] = {do_at_nodes, .begin = eclipse_node, .cannot = "is eclipsed already",
                          .inert = "it kept nothing from its victim", .is_fault = true},
    [SCN_ITEM_CHURN] = {do_at_nodes, .begin = churn_node, .is_fault = true},
    [SCN_ITEM_RESTART] = {do_at_nodes, .once = restart_node},
    [SCN_ITEM_RESUME] = {do_at_nodes, .once = resume_node, .cannot = "is not paused"},
    [SCN_ITEM_JOIN] = {do_at_nodes, .once = join_node, .cannot = "has not left"},
    [SCN_ITEM_CLOCK] = {do_at_nodes, .once = set_clock},
    [SCN_ITEM_MINE] = {do_if_up, .once = mine, .cannot = "is down"},
    [SCN_ITEM_STRATEGY] = {do_whole, .whole = do_strategy},
    [SCN_ITEM_RELEASE] = {do_if_up, .once = release, .cannot = "is down"},
    [SCN_ITEM_SUBMIT] = {do_if_up, .once = submit, .cannot = "is down"},
    [SCN_ITEM_DELIVER] = {do_to_pairs, .pair = deliver, .cannot = NO_CONNECTION},
    [SCN_ITEM_ANNOUNCE] = {do_to_pairs, .pair = announce, .cannot = NO_CONNECTION},
    [SCN_ITEM_HAND] = {do_if_up, .once = act_by_hand, .cannot = "is down"},
    [SCN_ITEM_UPGRADE] = {do_at_nodes, .once = upgrade},
    [SCN_ITEM_RECONNECT] = {do_to_pairs, .pair = reconnect, .cannot = "a node is not its own peer"},
};

bool
sim_actions_know(ScnItemKind kind)
{
    return kind < G_N_ELEMENTS(doings) && doings[kind].run != NULL;
}

static void
note_hits(SimActions *actions, const ScnItem *item, const Doing *doing)
{
    g_hash_table_add(actions->done, (gpointer)item);
    for (guint i = 0; doing->inert != NULL && i < actions->begun->len; i++) {
        const Hit hit = {item, g_array_index(actions->begun, SimFaultId, i)};

        g_array_append_val(actions->hits, hit);
    }
}

/* Returns whether one of the faults of the hit's action has hit something. */
static bool
has_touched(const SimActions *actions, guint first)
{
    const ScnItem *item = g_array_index(actions->hits, Hit, first).item;

    for (guint i = first; i < actions->hits->len; i++) {
        const Hit *hit = &g_array_index(actions->hits, Hit, i);

        if (hit->item == item && sim_world_fault_touched(actions->world, hit->fault))
            return true;
    }
    return false;
}

static void
judge_hits(SimActions *actions)
{
    g_autoptr(GHashTable) judged = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < actions->hits->len; i++) {
        const ScnItem *item = g_array_index(actions->hits, Hit, i).item;

        if (g_hash_table_add(judged, (gpointer)item) && !has_touched(actions, i))
            cannot(actions, item, doings[item->kind].inert);
    }
}

static void
judge_item(SimActions *actions, const ScnItem *item)
{
    if (item->kind != SCN_ITEM_CHECK && item->kind != SCN_ITEM_MARK &&
        doings[item->kind].is_fault && !g_hash_table_contains(actions->done, item))
        cannot(actions, item, "it never began: its time did not come");
}

void
sim_actions_judge_faults(SimActions *actions)
{
    const ScnScenario *scenario = actions->scenario;

    judge_hits(actions);
    for (guint i = 0; i < scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(scenario->timed, i);

        for (guint k = 0; k < timed->items->len; k++)
            judge_item(actions, g_ptr_array_index(timed->items, k));
    }
}

void
sim_actions_do(SimActions *actions, const ScnItem *item, uint32_t iteration)
{
    g_autoptr(GArray) begun = g_array_new(FALSE, FALSE, sizeof(SimFaultId));
    GArray *outer = actions->begun; /* of an action whose fact a watcher answers with this one */
    const Doing *doing;

    sim_assert(sim_actions_know(item->kind));
    doing = &doings[item->kind];
    actions->iteration = iteration;
    actions->begun = begun;
    sim_trouble_forget_recent(actions->trouble);
    if (doing->run(actions, item, doing))
        sim_world_note_fault(actions->world, item->word, item->text);
    else
        sim_world_note_change(actions->world, item->word, item->text);
    end_later(actions, item);
    note_hits(actions, item, doing);
    actions->begun = outer;
}

SimActions *
sim_actions_new(const ScnScenario *scenario, SimWorld *world)
{
    SimActions *actions = g_new0(SimActions, 1);

    actions->scenario = scenario;
    actions->world = world;
    actions->trouble = sim_trouble_new();
    actions->sets = sim_node_sets_new(world, scenario->seed);
    actions->cuts = sim_cuts_new(world, actions->sets);
    sim_cuts_set_count(actions->cuts, scenario->cuts->len);
    actions->endings = g_ptr_array_new_with_free_func(ending_free);
    actions->hits = g_array_new(FALSE, FALSE, sizeof(Hit));
    actions->done = g_hash_table_new(NULL, NULL);
    actions->end_handler = sim_engine_add_handler(sim_world_engine(world), on_end, actions);
    return actions;
}

void
sim_actions_adopt(SimActions *actions, const ScnScenario *scenario)
{
    actions->scenario = scenario;
    sim_cuts_set_count(actions->cuts, scenario->cuts->len);
    for (guint32 i = sim_world_named_count(actions->world); i < scenario->blocks->len; i++)
        (void)sim_world_add_block(actions->world, i, NULL, false);
}

void
sim_actions_free(SimActions *actions)
{
    if (actions == NULL)
        return;
    sim_cuts_free(actions->cuts);
    sim_node_sets_free(actions->sets);
    g_ptr_array_unref(actions->endings);
    g_array_unref(actions->hits);
    g_hash_table_unref(actions->done);
    sim_trouble_free(actions->trouble);
    g_free(actions);
}

SimTrouble *
sim_actions_trouble(SimActions *actions)
{
    return actions->trouble;
}

const SimCuts *
sim_actions_cuts(const SimActions *actions)
{
    return actions->cuts;
}
