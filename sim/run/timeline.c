/* Timed statements as events; see timeline.h for their order. */
#include "sim/run/timeline.h"

#include "sim/engine/assert.h"
#include "sim/run/facts.h"

/* A cut of the scenario and, once it stands, of the network. */
typedef struct {
    bool started;
    uint32_t net_cut;
} Cut;

struct SimTimeline {
    const ScnScenario *scenario;
    SimWorld *world;
    SimChecks *checks;
    GArray *cuts; /* Cut, by the scenario's index */
    GString *trouble;
    uint8_t item_handler, end_handler;
};

static void
cannot(SimTimeline *timeline, const ScnItem *item, const char *why)
{
    char at[SIM_TIME_TEXT];

    if (item->maybe)
        return;
    g_string_append_printf(
        timeline->trouble, "FAIL %s:%u:%u  %s\n  at %s: %s\n",
        scn_scenario_file(timeline->scenario, item->place), item->place.line, item->place.column,
        item->text, sim_time_format(at, sim_engine_now(sim_world_engine(timeline->world))), why);
}

static Cut *
cut_of(const SimTimeline *timeline, uint32_t cut)
{
    return &g_array_index(timeline->cuts, Cut, cut);
}

static bool
cut_stands(const SimTimeline *timeline, const Cut *cut)
{
    return cut->started && sim_net_cut_active(sim_world_net(timeline->world), cut->net_cut);
}

static void
do_partition(SimTimeline *timeline, const ScnItem *item)
{
    SimEngine *engine = sim_world_engine(timeline->world);
    SimNet *net = sim_world_net(timeline->world);
    Cut *cut = cut_of(timeline, item->cut);
    guint count = item->groups->len;
    g_autofree const uint32_t **groups = g_new(const uint32_t *, count);
    g_autofree size_t *sizes = g_new(size_t, count);
    SimTime now = sim_engine_now(engine);

    for (guint i = 0; i < count; i++) {
        const GArray *group = g_ptr_array_index(item->groups, i);

        groups[i] = (const uint32_t *)group->data;
        sizes[i] = group->len;
    }
    cut->net_cut = sim_net_partition(
        net, g_array_index(timeline->scenario->cuts, ScnCut, item->cut).name, count, groups, sizes);
    cut->started = true;
    sim_world_note_fault(timeline->world, item->text);
    if (item->for_ns != SCN_TIME_NONE)
        sim_engine_schedule(engine, sim_time_add(now, item->for_ns), SIM_CLASS_FAULT,
                            item->place.order, 0, timeline->end_handler, (void *)item, 0);
}

static void
on_partition_end(void *user, const SimEvent *event)
{
    SimTimeline *timeline = user;
    const ScnItem *item = event->data;
    const Cut *cut = cut_of(timeline, item->cut);
    g_autofree char *text = NULL;

    if (!sim_net_heal(sim_world_net(timeline->world), cut->net_cut))
        return; /* a heal came first */
    text = g_strdup_printf("end of %s", item->text);
    sim_world_note_fault(timeline->world, text);
}

static void
do_heal(SimTimeline *timeline, const ScnItem *item)
{
    SimNet *net = sim_world_net(timeline->world);
    bool healed;

    if (item->cut == SCN_NONE)
        healed = sim_net_heal_all(net) > 0;
    else
        healed = cut_stands(timeline, cut_of(timeline, item->cut)) &&
                 sim_net_heal(net, cut_of(timeline, item->cut)->net_cut);
    if (healed)
        sim_world_note_fault(timeline->world, item->text);
    else
        cannot(timeline, item, "no such cut stands: there is nothing to heal");
}

static void
do_mining(SimTimeline *timeline, const ScnItem *item)
{
    for (guint i = 0; i < item->nodes->len; i++)
        sim_world_set_mining(timeline->world, g_array_index(item->nodes, guint32, i), item->on);
    sim_world_note_fault(timeline->world, item->text);
}

static void
do_mine(SimTimeline *timeline, const ScnItem *item)
{
    KetteVerdict verdict = sim_world_mine(timeline->world, item->node, item->count);
    g_autofree char *why = NULL;

    if (verdict == KETTE_OK)
        return;
    why = g_strdup_printf("%s can make no further block now: %s",
                          sim_world_node_name(timeline->world, item->node),
                          kette_verdict_name(verdict));
    cannot(timeline, item, why);
}

static void
do_submit(SimTimeline *timeline, const ScnItem *item)
{
    KetteVerdict verdict = sim_world_submit(timeline->world, item->tx, item->node);
    g_autofree char *why = NULL;

    if (verdict == KETTE_OK)
        return;
    why =
        g_strdup_printf("%s refused %s: %s", sim_world_node_name(timeline->world, item->node),
                        sim_world_tx_name(timeline->world, item->tx), kette_verdict_name(verdict));
    cannot(timeline, item, why);
}

static void
on_item(void *user, const SimEvent *event)
{
    SimTimeline *timeline = user;
    const ScnItem *item = event->data;
    SimTime now = sim_engine_now(sim_world_engine(timeline->world));

    sim_engine_touch(sim_world_engine(timeline->world));
    switch (item->kind) {
    case SCN_ITEM_PARTITION:
        do_partition(timeline, item);
        break;
    case SCN_ITEM_HEAL:
        do_heal(timeline, item);
        break;
    case SCN_ITEM_MINE:
        do_mine(timeline, item);
        break;
    case SCN_ITEM_MINING:
        do_mining(timeline, item);
        break;
    case SCN_ITEM_SUBMIT:
        do_submit(timeline, item);
        break;
    case SCN_ITEM_MARK:
        sim_checks_mark(timeline->checks, item, now);
        break;
    case SCN_ITEM_CHECK:
        sim_checks_start_item(timeline->checks, item, now);
        break;
    }
}

SimTimeline *
sim_timeline_new(const ScnScenario *scenario, SimWorld *world, SimChecks *checks)
{
    SimTimeline *timeline = g_new0(SimTimeline, 1);
    SimEngine *engine = sim_world_engine(world);

    timeline->scenario = scenario;
    timeline->world = world;
    timeline->checks = checks;
    timeline->trouble = g_string_new(NULL);
    timeline->cuts = g_array_new(FALSE, TRUE, sizeof(Cut));
    g_array_set_size(timeline->cuts, scenario->cuts->len);
    timeline->item_handler = sim_engine_add_handler(engine, on_item, timeline);
    timeline->end_handler = sim_engine_add_handler(engine, on_partition_end, timeline);
    for (guint i = 0; i < scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(scenario->timed, i);

        for (guint k = 0; k < timed->items->len; k++) {
            ScnItem *item = g_ptr_array_index(timed->items, k);

            sim_engine_schedule(engine, timed->at_ns,
                                item->kind == SCN_ITEM_CHECK ? SIM_CLASS_CHECK : SIM_CLASS_ACTION,
                                item->place.order, 0, timeline->item_handler, item, 0);
        }
    }
    return timeline;
}

void
sim_timeline_free(SimTimeline *timeline)
{
    if (timeline == NULL)
        return;
    g_array_unref(timeline->cuts);
    g_string_free(timeline->trouble, TRUE);
    g_free(timeline);
}

SimTime
sim_timeline_cut_start(const SimTimeline *timeline, uint32_t cut)
{
    const Cut *c = cut_of(timeline, cut);

    return c->started ? sim_net_cut_start(sim_world_net(timeline->world), c->net_cut)
                      : SIM_TIME_NULL;
}

SimTime
sim_timeline_cut_end(const SimTimeline *timeline, uint32_t cut)
{
    const Cut *c = cut_of(timeline, cut);

    return c->started && !cut_stands(timeline, c)
               ? sim_net_cut_end(sim_world_net(timeline->world), c->net_cut)
               : SIM_TIME_NULL;
}

const char *
sim_timeline_trouble(const SimTimeline *timeline)
{
    return timeline->trouble->str;
}
