/* Turns timed statements into events; see timeline.h for their order.
 *
 * Each item of `at` and `every` is an event; an item of `every` reschedules itself as it fires. A
 * `when` is evaluated at the end of each instant that changed something, and fires its items into
 * that instant.
 */
#include "sim/run/timeline.h"

#include "sim/engine/assert.h"

/* A statement and its progress. */
typedef struct {
    const ScnTimed *timed;
    uint32_t fired;
    bool was_true; /* when: value in the previous instant */
    bool is_done;  /* when: does not fire again */
} Statement;

struct SimTimeline {
    const ScnScenario *scenario;
    SimWorld *world;
    SimChecks *checks;
    SimActions *actions;
    GArray *statements; /* Statement, in file order */
    GArray *whens;      /* uint32_t: indices of the `when` statements */
    uint8_t item_handler;
};

static SimTime
now_of(const SimTimeline *timeline)
{
    return sim_engine_now(sim_world_engine(timeline->world));
}

static Statement *
statement_at(const SimTimeline *timeline, uint32_t i)
{
    return &g_array_index(timeline->statements, Statement, i);
}

static void
schedule_item(SimTimeline *timeline, uint32_t statement, const ScnItem *item, SimTime at,
              uint32_t iteration)
{
    sim_engine_schedule(sim_world_engine(timeline->world), at,
                        item->kind == SCN_ITEM_CHECK ? SIM_CLASS_CHECK : SIM_CLASS_ACTION,
                        item->place.order, iteration, timeline->item_handler, (void *)item,
                        (uint64_t)statement << 32 | iteration);
}

/* Schedules every X from A until B: A, A + X, … < B. */
static void
put_off(SimTimeline *timeline, uint32_t statement, const ScnItem *item, uint32_t iteration)
{
    const ScnTimed *timed = statement_at(timeline, statement)->timed;
    SimTime next;

    if (timed->kind != SCN_TIMED_EVERY)
        return;
    next = sim_time_add(now_of(timeline), timed->period_ns);
    if (next < timed->until_ns && next != SIM_TIME_NEVER)
        schedule_item(timeline, statement, item, next, iteration + 1);
}

static void
on_item(void *user, const SimEvent *event)
{
    SimTimeline *timeline = user;
    const ScnItem *item = event->data;
    uint32_t statement = (uint32_t)(event->arg >> 32), iteration = (uint32_t)event->arg;

    sim_engine_touch(sim_world_engine(timeline->world));
    if (item->kind == SCN_ITEM_MARK)
        sim_checks_mark(timeline->checks, item, now_of(timeline));
    else if (item->kind == SCN_ITEM_CHECK)
        sim_checks_start_item(timeline->checks, item, now_of(timeline));
    else
        sim_actions_do(timeline->actions, item, iteration);
    put_off(timeline, statement, item, iteration);
}

/* --- when --------------------------------------------------------------------------------- */

static void
fire_statement(SimTimeline *timeline, uint32_t i)
{
    Statement *statement = statement_at(timeline, i);
    const GPtrArray *items = statement->timed->items;

    for (guint k = 0; k < items->len; k++)
        schedule_item(timeline, i, g_ptr_array_index(items, k), now_of(timeline), statement->fired);
    statement->fired++;
    statement->is_done = !statement->timed->each;
}

/* A condition that cannot be evaluated fails the run once and is not asked again. */
static void
ask_condition(SimTimeline *timeline, uint32_t i)
{
    Statement *statement = statement_at(timeline, i);
    const ScnTimed *timed = statement->timed;
    g_autofree char *error = NULL;
    bool is_true;

    if (statement->is_done)
        return;
    is_true = sim_checks_ask(timeline->checks, timed->condition, now_of(timeline), &error);
    if (error != NULL) {
        sim_actions_complain(timeline->actions, timed->place, "when", error);
        statement->is_done = true;
        return;
    }
    if (is_true && !statement->was_true)
        fire_statement(timeline, i);
    statement->was_true = is_true;
}

void
sim_timeline_instant(SimTimeline *timeline)
{
    for (guint i = 0; i < timeline->whens->len; i++)
        ask_condition(timeline, g_array_index(timeline->whens, uint32_t, i));
}

/* --- life --------------------------------------------------------------------------------- */

static void
add_statement(SimTimeline *timeline, const ScnTimed *timed)
{
    Statement statement = {.timed = timed};
    uint32_t index = timeline->statements->len;

    g_array_append_val(timeline->statements, statement);
    if (timed->kind == SCN_TIMED_WHEN) {
        g_array_append_val(timeline->whens, index);
        return;
    }
    for (guint k = 0; k < timed->items->len; k++)
        schedule_item(timeline, index, g_ptr_array_index(timed->items, k), timed->at_ns, 0);
}

SimTimeline *
sim_timeline_new(const ScnScenario *scenario, SimWorld *world, SimChecks *checks)
{
    SimTimeline *timeline = g_new0(SimTimeline, 1);

    timeline->scenario = scenario;
    timeline->world = world;
    timeline->checks = checks;
    timeline->item_handler = sim_engine_add_handler(sim_world_engine(world), on_item, timeline);
    timeline->actions = sim_actions_new(scenario, world);
    timeline->statements = g_array_new(FALSE, FALSE, sizeof(Statement));
    timeline->whens = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (guint i = 0; i < scenario->timed->len; i++)
        add_statement(timeline, g_ptr_array_index(scenario->timed, i));
    return timeline;
}

void
sim_timeline_free(SimTimeline *timeline)
{
    if (timeline == NULL)
        return;
    g_array_unref(timeline->statements);
    g_array_unref(timeline->whens);
    sim_actions_free(timeline->actions);
    g_free(timeline);
}

SimActions *
sim_timeline_actions(const SimTimeline *timeline)
{
    return timeline->actions;
}
