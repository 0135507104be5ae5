/* Messages that wait for a cut to end, for a paused node to resume, or for a stream to get through.
 *
 * They leave the engine's queue and are kept here as events, in lists that exist only while
 * something waits. A message that goes on late could be overtaken by messages sent after it on the
 * same edge. To prevent that, the edge gets a SimStall with a floor: a message that was sent later
 * and is due before the floor arrives at the floor. Messages of one instant come in the order of
 * their numbers.
 */
#include "sim/net/net_private.h"

#include "sim/engine/assert.h"

/* -- lists ---------------------------------------------------------------------------------- */

static void
free_stall(gpointer data)
{
    SimStall *stall = data;

    g_array_unref(stall->waiting);
    g_free(stall);
}

static void
free_late(gpointer data)
{
    SimLate *late = data;

    if (late == NULL)
        return;
    g_array_unref(late->events);
    g_free(late);
}

static GArray *
new_list(void)
{
    return g_array_new(FALSE, FALSE, sizeof(SimEvent));
}

void
sim_net_waits_init(SimNet *net)
{
    net->held = new_list();
    net->late = g_ptr_array_new_with_free_func(free_late);
    net->stalls = g_ptr_array_new_with_free_func(free_stall);
    net->stall_by_edge = g_hash_table_new(NULL, NULL);
}

void
sim_net_waits_clear(SimNet *net)
{
    g_hash_table_unref(net->stall_by_edge);
    g_ptr_array_unref(net->stalls);
    g_ptr_array_unref(net->late);
    g_array_unref(net->held);
}

static bool
is_message(const SimNet *net, const SimEvent *event)
{
    return event->handler == net->handler;
}

static void
foreach_event(const GArray *list, SimEventFunc func, void *user)
{
    for (guint i = 0; i < list->len; i++)
        func(user, &g_array_index(list, SimEvent, i));
}

static void
foreach_late_message(const SimNet *net, const SimLate *late, SimEventFunc func, void *user)
{
    for (guint i = late->next; i < late->events->len; i++) {
        const SimEvent *event = &g_array_index(late->events, SimEvent, i);

        if (is_message(net, event))
            func(user, event);
    }
}

void
sim_net_foreach_waiting(const SimNet *net, SimEventFunc func, void *user)
{
    foreach_event(net->held, func, user);
    for (guint i = 0; i < net->late->len; i++) {
        const SimLate *late = g_ptr_array_index(net->late, i);

        if (late != NULL)
            foreach_late_message(net, late, func, user);
    }
    for (guint i = 0; i < net->stalls->len; i++)
        foreach_event(((const SimStall *)g_ptr_array_index(net->stalls, i))->waiting, func, user);
}

/* Returns the list and puts an empty one in its place. */
static GArray *
swap_in_empty_list(GArray **list)
{
    GArray *taken = *list;

    *list = new_list();
    return taken;
}

static gint
compare_sent(gconstpointer a, gconstpointer b)
{
    const SimEvent *x = a, *y = b;
    uint32_t x_edge = sim_message_edge(x), y_edge = sim_message_edge(y);

    if (x_edge != y_edge)
        return x_edge < y_edge ? -1 : 1;
    if (x->counter != y->counter)
        return sim_message_is_after(x->counter, y->counter) ? 1 : -1;
    return (gint)((x->arg3 & SIM_MESSAGE_COPY) != 0) - (gint)((y->arg3 & SIM_MESSAGE_COPY) != 0);
}

/* -- in step -------------------------------------------------------------------------------- */

static SimStall *
find_stall(const SimNet *net, uint32_t edge)
{
    return g_hash_table_lookup(net->stall_by_edge, GUINT_TO_POINTER(edge + 1));
}

static SimStall *
make_stall(SimNet *net, uint32_t edge)
{
    SimStall *stall = find_stall(net, edge);

    net->edges[edge].stalled = 1;
    if (stall != NULL)
        return stall;
    stall = g_new0(SimStall, 1);
    stall->edge = edge;
    stall->waiting = new_list();
    g_ptr_array_add(net->stalls, stall);
    g_hash_table_insert(net->stall_by_edge, GUINT_TO_POINTER(edge + 1), stall);
    return stall;
}

/* Returns when a message that goes on at `due` may arrive, and lets no later one arrive sooner. */
static SimTime
keep_in_order(SimNet *net, const SimEvent *event, SimTime due)
{
    SimEdge *edge = &net->edges[sim_message_edge(event)];
    SimStall *stall;

    if (event->arg3 & SIM_MESSAGE_UNSENT) { /* all messages in flight were sent before it */
        due = MAX(due, edge->last_due);
    } else {
        stall = make_stall(net, sim_message_edge(event));
        if (sim_message_is_after(event->counter, stall->floor_counter))
            due = MAX(due, stall->floor);
        if (due >= stall->floor) {
            stall->floor = due;
            stall->floor_counter = event->counter;
        }
    }
    edge->last_due = MAX(edge->last_due, due);
    return due;
}

void
sim_net_put_off(SimNet *net, const SimEvent *event, SimTime due)
{
    SimEvent again = *event;

    if (!(event->arg3 & SIM_MESSAGE_LOOSE))
        due = keep_in_order(net, event, due);
    again.time = due;
    again.arg3 &= ~SIM_MESSAGE_UNSENT;
    sim_engine_schedule_event(net->engine, &again);
}

bool
sim_net_waits_its_turn(SimNet *net, const SimEvent *event)
{
    uint32_t edge = sim_message_edge(event);
    SimStall *stall = find_stall(net, edge);

    if (event->arg3 & SIM_MESSAGE_LOOSE)
        return false;
    if (stall->retrying) {
        if (!sim_message_is_after(event->counter, stall->first))
            return false;
        sim_net_stall(net, event);
        return true;
    }
    if (event->time >= stall->floor) {
        net->edges[edge].stalled = 0;
        return false;
    }
    if (!sim_message_is_after(event->counter, stall->floor_counter))
        return false;
    sim_net_put_off(net, event, stall->floor);
    return true;
}

/* -- holding and pausing -------------------------------------------------------------------- */

void
sim_net_hold(SimNet *net, const SimEvent *event)
{
    g_array_append_val(net->held, *event);
}

/* Lets a message go on now: it arrives after its latency. Cuts that slow act when it is due. */
static void
go_on(SimNet *net, const SimEvent *event)
{
    SimTime now = sim_engine_now(net->engine);
    SimTime due = sim_time_add(now, sim_net_message_delay(net, event));

    sim_net_put_off(net, event, MAX(due, now + 1));
}

/* Lets a stopped message go on, or stops it again, or drops it, as the cuts now demand. */
static void
review_stopped_message(SimNet *net, const SimEvent *event)
{
    uint32_t edge = sim_message_edge(event);
    SimCutEffect effect =
        sim_net_cut_effect(net, sim_net_edge_src(net, edge), sim_net_edge_dst(net, edge));
    SimEvent now = *event;

    if (sim_message_is_closed(net, event)) {
        sim_net_drop_event(net, event, SIM_FATE_CLOSED);
    } else if (effect.holds) {
        sim_net_hold(net, event);
    } else if (!effect.drops) {
        go_on(net, event);
    } else if (sim_net_is_stream(net, sim_message_class(event))) {
        sim_net_stall(net, event);
    } else {
        now.time = sim_engine_now(net->engine);
        sim_net_drop_event(net, &now, SIM_FATE_CUT);
    }
}

void
sim_net_release_held(SimNet *net)
{
    g_autoptr(GArray) held = NULL;

    if (net->held->len == 0)
        return;
    held = swap_in_empty_list(&net->held);
    g_array_sort(held, compare_sent);
    for (guint i = 0; i < held->len; i++)
        review_stopped_message(net, &g_array_index(held, SimEvent, i));
}

bool
sim_net_node_paused(const SimNet *net, uint32_t node)
{
    sim_assert(node < net->node_count);
    return (net->states[node] & SIM_NODE_PAUSED) != 0;
}

bool
sim_net_node_waits(const SimNet *net, uint32_t node)
{
    sim_assert(node < net->node_count);
    return (net->states[node] & SIM_NODE_WAITS) != 0;
}

static SimLate *
find_late(const SimNet *net, uint32_t node)
{
    return node < net->late->len ? g_ptr_array_index(net->late, node) : NULL;
}

void
sim_net_wait_at_node(SimNet *net, uint32_t node, const SimEvent *event)
{
    SimLate *late = find_late(net, node);

    sim_assert(sim_net_node_waits(net, node));
    if (late == NULL) {
        late = g_new0(SimLate, 1);
        late->events = new_list();
        if (net->late->len < net->node_count)
            g_ptr_array_set_size(net->late, (gint)net->node_count);
        g_ptr_array_index(net->late, node) = late;
        net->states[node] |= SIM_NODE_LATE;
    }
    g_array_append_val(late->events, *event);
}

static void
schedule_late(SimNet *net, uint32_t node, SimLate *late)
{
    late->step = sim_engine_schedule(net->engine, sim_engine_now(net->engine) + 1, SIM_CLASS_RUN,
                                     net->ends[node].key, 0, net->late_handler, NULL, node);
}

/* Handles the next event that has waited at a node. Events that come due meanwhile are appended. */
void
sim_net_on_late(void *user, const SimEvent *step)
{
    SimNet *net = user;
    uint32_t node = (uint32_t)step->arg;
    SimLate *late = find_late(net, node);
    SimEvent event = g_array_index(late->events, SimEvent, late->next++);

    if (late->next < late->events->len) {
        schedule_late(net, node, late);
    } else {
        g_ptr_array_index(net->late, node) = NULL;
        free_late(late);
        net->states[node] &= (uint8_t)~SIM_NODE_LATE;
    }
    event.time = step->time;
    if (is_message(net, &event))
        sim_net_come_late(net, &event);
    else
        net->ops.late(net->ops.user, &event);
}

void
sim_net_set_node_paused(SimNet *net, uint32_t node, bool paused)
{
    SimLate *late = find_late(net, node);

    if (sim_net_node_paused(net, node) == paused)
        return;
    net->states[node] ^= SIM_NODE_PAUSED;
    if (late == NULL)
        return;
    if (paused)
        sim_engine_cancel(net->engine, late->step, NULL);
    else
        schedule_late(net, node, late);
}

/* -- streams -------------------------------------------------------------------------------- */

/* Schedules the next try, or the last one if the timeout is earlier. */
static void
schedule_try(SimNet *net, SimStall *stall)
{
    SimTime now = sim_engine_now(net->engine);
    SimTime at = MIN(now + stall->rto, stall->since + SIM_STREAM_TIMEOUT);

    stall->retry =
        sim_engine_schedule(net->engine, at, SIM_CLASS_RUN, sim_net_edge_key(net, stall->edge),
                            stall->tries++, net->retry_handler, NULL, stall->edge);
}

static void
begin_stall(SimNet *net, SimStall *stall, const SimEvent *event)
{
    SimTime round_trip = sim_net_message_delay(net, event);

    round_trip = sim_time_add(round_trip, round_trip);
    stall->retrying = true;
    stall->first = event->counter;
    stall->tries = 0;
    stall->since = sim_engine_now(net->engine);
    stall->rto = CLAMP(round_trip, SIM_STREAM_RTO_MIN, SIM_STREAM_RTO_MAX);
    schedule_try(net, stall);
}

void
sim_net_stall(SimNet *net, const SimEvent *event)
{
    SimStall *stall = make_stall(net, sim_message_edge(event));
    SimEvent waiting = *event;

    if (!stall->retrying)
        begin_stall(net, stall, event);
    else if (sim_message_is_after(stall->first, event->counter))
        stall->first = event->counter;
    waiting.arg3 &= ~SIM_MESSAGE_HOPELESS; /* it is sent again */
    g_array_append_val(stall->waiting, waiting);
}

static void
resume_stream(SimNet *net, SimStall *stall)
{
    g_autoptr(GArray) waiting = swap_in_empty_list(&stall->waiting);

    stall->retrying = false;
    g_array_sort(waiting, compare_sent);
    for (guint i = 0; i < waiting->len; i++)
        review_stopped_message(net, &g_array_index(waiting, SimEvent, i));
}

/* Tries to send the messages of a stalled stream again; breaks the connection after the timeout. */
void
sim_net_on_retry(void *user, const SimEvent *event)
{
    SimNet *net = user;
    uint32_t edge = (uint32_t)event->arg;
    SimStall *stall = find_stall(net, edge);

    stall->retry = (SimHandle){0};
    if (!sim_net_cut_effect(net, sim_net_edge_src(net, edge), sim_net_edge_dst(net, edge)).drops) {
        resume_stream(net, stall);
        return;
    }
    if (event->time >= stall->since + SIM_STREAM_TIMEOUT) {
        sim_net_break(net, edge);
        return;
    }
    stall->rto = MIN(2 * stall->rto, SIM_STREAM_RTO_MAX);
    schedule_try(net, stall);
}

void
sim_net_abandon_stall(SimNet *net, uint32_t edge)
{
    SimStall *stall = find_stall(net, edge);
    g_autoptr(GArray) waiting = swap_in_empty_list(&stall->waiting);

    sim_engine_cancel(net->engine, stall->retry, NULL);
    stall->retry = (SimHandle){0};
    stall->retrying = false;
    stall->floor = 0;
    net->edges[edge].stalled = 0;
    for (guint i = 0; i < waiting->len; i++)
        sim_net_drop_event(net, &g_array_index(waiting, SimEvent, i), SIM_FATE_CLOSED);
}

void
sim_net_drain_waiting(SimNet *net, SimEventFunc func, void *user)
{
    for (guint i = 0; i < net->stalls->len; i++) {
        SimStall *stall = g_ptr_array_index(net->stalls, i);

        sim_engine_cancel(net->engine, stall->retry, NULL);
        stall->retry = (SimHandle){0};
        stall->retrying = false;
    }
    sim_net_foreach_waiting(net, func, user);
    g_array_set_size(net->held, 0);
    for (guint i = 0; i < net->late->len; i++) {
        SimLate *late = g_ptr_array_index(net->late, i);

        if (late != NULL)
            late->next = late->events->len;
    }
    for (guint i = 0; i < net->stalls->len; i++)
        g_array_set_size(((SimStall *)g_ptr_array_index(net->stalls, i))->waiting, 0);
}
