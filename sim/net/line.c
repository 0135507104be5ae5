/* Works out when a message has left its sender, in each model of bandwidth; see line.h.
 *
 * In the model `fair` a message waits in the backlog of its edge as the event of its arrival. The
 * time of this event is as if the message had been through when it was sent; what it waited is
 * added when it is through. A backlog exists only while something is in it.
 */
#include "sim/net/line.h"

#include "sim/engine/assert.h"
#include "sim/net/net_private.h"

/* A message that waits for its edge. A message that was lost, held or stalled when it was sent has
 * no event, but its bytes occupy the line. The copy of a datagram has an event and no bytes. */
typedef struct {
    SimEvent event;
    uint32_t bytes;
    bool has_event;
} Outgoing;

struct SimBacklog {
    uint32_t edge;
    uint32_t transfer; /* of the first; SIM_FAIR_NONE: none */
    uint64_t bytes;    /* of all */
    GArray *messages;  /* of Outgoing */
    guint next;        /* the first that is not through */
    guint place;       /* among SimLines.backlogs */
    bool is_upload;    /* the first is one of its sender's uploads */
    bool is_waiting;   /* the first waits until it may be one, */
    GList turn;        /* in its sender's list */
};

/* The uploads of a node, with a bound on them. */
typedef struct {
    uint32_t count;
    GQueue waiting; /* of SimBacklog, in the order in which they began to wait */
} Sender;

enum { UP, DOWN };

static inline uint64_t
slower(uint64_t a, uint64_t b)
{
    return b == 0 || (a != 0 && a < b) ? a : b;
}

static uint64_t
up_of(const SimNet *net, uint32_t edge)
{
    return net->nodes[net->edges[edge ^ 1].dst].up_bps;
}

static uint64_t
down_of(const SimNet *net, uint32_t edge)
{
    return net->ends[net->edges[edge].dst].down_bps;
}

/* -- the timer ------------------------------------------------------------------------------ */

/* Settles the shares and sets the timer for the next transfer that is done. */
static void
settle_shares(SimNet *net)
{
    SimLines *lines = &net->lines;
    SimTime next;

    sim_fair_settle(lines->fair, sim_engine_now(net->engine));
    next = sim_fair_next(lines->fair);
    if (next == lines->timer_at)
        return;
    if (lines->timer_at != SIM_TIME_NEVER)
        sim_engine_cancel(net->engine, lines->timer, NULL);
    lines->timer_at = next;
    if (next != SIM_TIME_NEVER)
        lines->timer = sim_engine_schedule(net->engine, next, SIM_CLASS_RUN, sim_key("line"), 0,
                                           lines->handler, NULL, 0);
}

/* -- backlogs ------------------------------------------------------------------------------- */

static SimBacklog *
find_backlog(const SimNet *net, uint32_t edge)
{
    return g_hash_table_lookup(net->lines.by_edge, GUINT_TO_POINTER(edge + 1));
}

/* Returns a spare backlog, which keeps its list of messages, or a new one. */
static SimBacklog *
get_spare_backlog(SimNet *net)
{
    GPtrArray *spare = net->lines.spare;
    SimBacklog *backlog;

    if (spare->len > 0)
        return g_ptr_array_steal_index_fast(spare, spare->len - 1);
    backlog = g_new(SimBacklog, 1);
    backlog->messages = g_array_new(FALSE, FALSE, sizeof(Outgoing));
    return backlog;
}

static SimBacklog *
make_backlog(SimNet *net, uint32_t edge)
{
    SimBacklog *backlog = get_spare_backlog(net);

    *backlog = (SimBacklog){
        .edge = edge,
        .transfer = SIM_FAIR_NONE,
        .messages = backlog->messages,
        .place = net->lines.backlogs->len,
    };
    g_array_set_size(backlog->messages, 0);
    g_ptr_array_add(net->lines.backlogs, backlog);
    g_hash_table_insert(net->lines.by_edge, GUINT_TO_POINTER(edge + 1), backlog);
    net->edges[edge].backlogged = 1;
    return backlog;
}

static void
free_backlog(gpointer data)
{
    SimBacklog *backlog = data;

    g_array_unref(backlog->messages);
    g_free(backlog);
}

/* Makes a backlog a spare one. Its messages can be read until the next backlog is made. */
static void
retire_backlog(SimNet *net, const SimBacklog *backlog)
{
    GPtrArray *all = net->lines.backlogs;

    net->edges[backlog->edge].backlogged = 0;
    g_hash_table_remove(net->lines.by_edge, GUINT_TO_POINTER(backlog->edge + 1));
    ((SimBacklog *)g_ptr_array_index(all, all->len - 1))->place = backlog->place;
    g_ptr_array_add(net->lines.spare, g_ptr_array_steal_index_fast(all, backlog->place));
}

static uint32_t
node_line(SimNet *net, uint32_t node, unsigned way, uint64_t rate_bps)
{
    GArray *of_nodes = net->lines.of_nodes;
    uint32_t owner = 2 * node + way, none = SIM_FAIR_NONE;

    while (of_nodes->len <= owner)
        g_array_append_val(of_nodes, none);
    if (g_array_index(of_nodes, uint32_t, owner) == SIM_FAIR_NONE)
        g_array_index(of_nodes, uint32_t, owner) =
            sim_fair_add_line(net->lines.fair, net->ends[node].key + way, rate_bps, owner);
    return g_array_index(of_nodes, uint32_t, owner);
}

static void
on_line_ended(void *user, uint32_t owner)
{
    SimNet *net = user;

    if (owner != SIM_FAIR_NONE)
        g_array_index(net->lines.of_nodes, uint32_t, owner) = SIM_FAIR_NONE;
}

static void
begin_transfer(SimNet *net, SimBacklog *backlog, uint32_t bytes)
{
    uint32_t edge = backlog->edge, lines[SIM_FAIR_LINES_MAX];
    uint64_t key = sim_net_key_of(net, edge);
    uint64_t link = sim_net_class(net, net->edges[edge].klass)->spec.rate_bps;
    unsigned count = 0;

    if (up_of(net, edge) != 0)
        lines[count++] = node_line(net, net->edges[edge ^ 1].dst, UP, up_of(net, edge));
    if (down_of(net, edge) != 0)
        lines[count++] = node_line(net, net->edges[edge].dst, DOWN, down_of(net, edge));
    if (link != 0)
        lines[count++] = sim_fair_add_line(net->lines.fair, key, link, SIM_FAIR_NONE);
    backlog->transfer = sim_fair_begin(net->lines.fair, key, lines, count, bytes, edge);
}

/* -- turns ---------------------------------------------------------------------------------- */

static Sender *
get_sender(SimNet *net, uint32_t edge)
{
    GArray *senders = net->lines.senders;
    uint32_t node = net->edges[edge ^ 1].dst;

    if (senders->len <= node)
        g_array_set_size(senders, node + 1);
    return &g_array_index(senders, Sender, node);
}

static const Outgoing *
first_message(const SimBacklog *backlog)
{
    return &g_array_index(backlog->messages, Outgoing, backlog->next);
}

/* Begins the transfer of a backlog's first message, or lets it wait until its sender has fewer
 * uploads than the bound. A small message never waits for that. */
static void
begin_in_turn(SimNet *net, SimBacklog *backlog)
{
    uint32_t bytes = first_message(backlog)->bytes, most = net->lines.uploads;

    if (most != 0 && bytes >= SIM_SMALL_BYTES) {
        Sender *sender = get_sender(net, backlog->edge);

        if (sender->count == most) {
            backlog->is_waiting = true;
            backlog->turn = (GList){.data = backlog};
            g_queue_push_tail_link(&sender->waiting, &backlog->turn);
            return;
        }
        sender->count++;
        backlog->is_upload = true;
    }
    begin_transfer(net, backlog, bytes);
}

/* Ends an upload. The first backlog that waits takes its place. */
static void
end_upload(SimNet *net, SimBacklog *backlog)
{
    Sender *sender = get_sender(net, backlog->edge);
    GList *turn = g_queue_pop_head_link(&sender->waiting);

    backlog->is_upload = false;
    sender->count--;
    if (turn == NULL)
        return;
    backlog = turn->data;
    backlog->is_waiting = false;
    begin_in_turn(net, backlog);
}

/* -- messages ------------------------------------------------------------------------------- */

/* Schedules the arrival of a message that is through `further` after now. */
static void
schedule_arrival(SimNet *net, const Outgoing *message, SimTime further)
{
    SimEdge *edge = &net->edges[sim_message_edge(&message->event)];
    SimTime now = sim_engine_now(net->engine);
    SimEvent event = message->event;
    SimTime waited = sim_time_add(now - (SimTime)event.arg2, further);

    event.time = MAX(sim_time_add(event.time, waited), now + 1);
    if (!(event.arg3 & SIM_MESSAGE_LOOSE)) {
        event.time = MAX(event.time, edge->last_due);
        edge->last_due = event.time;
    }
    sim_engine_schedule_event(net->engine, &event);
}

static SimTime
time_alone(const SimNet *net, uint32_t edge, uint32_t bytes)
{
    uint64_t link = sim_net_class(net, net->edges[edge].klass)->spec.rate_bps;

    return sim_link_serialisation(bytes,
                                  slower(slower(link, up_of(net, edge)), down_of(net, edge)));
}

/* Returns whether a message takes too little time to need a share. */
static bool
is_light(uint32_t bytes, SimTime alone)
{
    return bytes < SIM_SMALL_BYTES && alone < SIM_LIGHT_TIME;
}

/* Lets light messages go and begins the transfer of the first other one, in its turn; if there is
 * none, the backlog ends. */
static void
begin_next(SimNet *net, SimBacklog *backlog)
{
    backlog->transfer = SIM_FAIR_NONE;
    for (; backlog->next < backlog->messages->len; backlog->next++) {
        const Outgoing *message = first_message(backlog);
        SimTime alone = time_alone(net, backlog->edge, message->bytes);

        if (!is_light(message->bytes, alone)) {
            begin_in_turn(net, backlog);
            return;
        }
        backlog->bytes -= message->bytes;
        if (message->has_event)
            schedule_arrival(net, message, alone);
    }
    retire_backlog(net, backlog);
}

static void
on_done(SimNet *net, uint32_t edge)
{
    SimBacklog *backlog = find_backlog(net, edge);
    const Outgoing *message = &g_array_index(backlog->messages, Outgoing, backlog->next++);

    backlog->bytes -= message->bytes;
    if (message->has_event)
        schedule_arrival(net, message, 0);
    if (backlog->is_upload)
        end_upload(net, backlog);
    begin_next(net, backlog);
}

static void
on_timer(void *user, const SimEvent *event)
{
    SimNet *net = user;
    uint32_t edge;

    (void)event;
    net->lines.timer_at = SIM_TIME_NEVER;
    while (sim_fair_take_done(net->lines.fair, sim_engine_now(net->engine), &edge))
        on_done(net, edge);
    settle_shares(net);
}

/* -- entering ------------------------------------------------------------------------------- */

/* Returns how many bytes a line that is busy for so long still has to send, rounded up. */
static uint64_t
bytes_waiting(SimTime busy_for, uint64_t rate_bps)
{
    unsigned __int128 byte_ns = (unsigned __int128)8 * SIM_S;

    return (uint64_t)(((unsigned __int128)(uint64_t)busy_for * rate_bps + byte_ns - 1) / byte_ns);
}

static bool
has_room(const SimEdge *edge, const SimLinkSpec *link, uint32_t bytes, SimTime now)
{
    return link->rate_bps == 0 || edge->busy_until <= now ||
           bytes_waiting(edge->busy_until - now, link->rate_bps) + bytes <= link->queue_bytes;
}

/* Enters a line that no other edge uses. */
static SimTime
enter_own_line(SimEdge *edge, uint64_t rate_bps, uint32_t bytes, SimTime now)
{
    if (rate_bps == 0)
        return now;
    edge->busy_until =
        sim_time_add(MAX(now, edge->busy_until), sim_link_serialisation(bytes, rate_bps));
    return edge->busy_until;
}

/* With `fair`: enters a light message, before which nothing waits. */
static SimTime
enter_unshared(const SimNet *net, uint32_t index, const SimLinkSpec *link, uint32_t bytes,
               SimTime now, SimTime alone)
{
    SimEdge *edge = &net->edges[index];
    SimTime start = MAX(now, edge->busy_until);

    if (link->rate_bps != 0)
        edge->busy_until = sim_time_add(start, sim_link_serialisation(bytes, link->rate_bps));
    return sim_time_add(start, alone);
}

static bool
enter_backlog(SimNet *net, uint32_t index, const SimLinkSpec *link, uint32_t bytes)
{
    bool exists = net->edges[index].backlogged;
    SimBacklog *backlog = exists ? find_backlog(net, index) : make_backlog(net, index);
    Outgoing message = {.bytes = bytes};

    if (exists && link->rate_bps != 0 && backlog->bytes + bytes > link->queue_bytes)
        return false;
    backlog->bytes += bytes;
    g_array_append_val(backlog->messages, message);
    return true;
}

static SimTime
enter_uplink(const SimNet *net, uint32_t index, const SimLinkSpec *link, uint32_t bytes,
             SimTime now)
{
    SimEdge *edge = &net->edges[index];
    SimNode *src = &net->nodes[net->edges[index ^ 1].dst];
    uint64_t rest_bps = slower(link->rate_bps, down_of(net, index));
    SimTime start = MAX(now, src->up_busy_until), through;

    if (net->lines.small_first && bytes < SIM_SMALL_BYTES)
        return sim_time_add(now, time_alone(net, index, bytes));

    src->up_busy_until = sim_time_add(start, sim_link_serialisation(bytes, src->up_bps));
    through = src->up_busy_until;
    if (rest_bps != 0) {
        start = MAX(start, edge->busy_until);
        through = MAX(through, sim_time_add(start, sim_link_serialisation(bytes, rest_bps)));
    }
    edge->busy_until = through;
    return through;
}

/* The uplink stays occupied until the message arrives; sim_net_note_arrival() says when. */
static SimTime
enter_and_wait(const SimNet *net, uint32_t index, uint32_t bytes, SimTime now)
{
    const SimNode *src = &net->nodes[net->edges[index ^ 1].dst];
    SimTime start = bytes < SIM_SMALL_BYTES ? now : MAX(now, src->up_busy_until);

    return sim_time_add(start, time_alone(net, index, bytes));
}

static SimEntrance
enter_fair(SimNet *net, uint32_t index, const SimLinkSpec *link, uint32_t bytes, SimTime now,
           SimTime *ret_through)
{
    const SimEdge *edge = &net->edges[index];
    SimTime alone = time_alone(net, index, bytes);

    if (edge->backlogged || !is_light(bytes, alone))
        return enter_backlog(net, index, link, bytes) ? SIM_ENTRANCE_WAITS : SIM_ENTRANCE_FULL;
    if (!has_room(edge, link, bytes, now))
        return SIM_ENTRANCE_FULL;
    *ret_through = enter_unshared(net, index, link, bytes, now, alone);
    return SIM_ENTRANCE_THROUGH;
}

SimEntrance
sim_net_enter_line(SimNet *net, uint32_t edge, const SimLinkSpec *link, uint32_t bytes,
                   SimTime *ret_through)
{
    SimTime now = sim_engine_now(net->engine);
    uint64_t down_bps = net->has_node_rates ? down_of(net, edge) : 0;
    uint64_t up_bps = net->has_node_rates ? up_of(net, edge) : 0;

    *ret_through = now;
    if (link->cut_through)
        return SIM_ENTRANCE_THROUGH;
    if (net->lines.model == SIM_BANDWIDTH_FAIR && (up_bps != 0 || down_bps != 0))
        return enter_fair(net, edge, link, bytes, now, ret_through);
    if (!has_room(&net->edges[edge], link, bytes, now))
        return SIM_ENTRANCE_FULL;
    if (up_bps == 0)
        *ret_through =
            enter_own_line(&net->edges[edge], slower(link->rate_bps, down_bps), bytes, now);
    else if (net->lines.model == SIM_BANDWIDTH_STOP_AND_WAIT)
        *ret_through = enter_and_wait(net, edge, bytes, now);
    else
        *ret_through = enter_uplink(net, edge, link, bytes, now);
    return SIM_ENTRANCE_THROUGH;
}

void
sim_net_note_arrival(SimNet *net, uint32_t edge, uint32_t bytes, SimTime due)
{
    SimNode *src = &net->nodes[net->edges[edge ^ 1].dst];

    if (net->lines.model == SIM_BANDWIDTH_STOP_AND_WAIT && src->up_bps != 0 &&
        bytes >= SIM_SMALL_BYTES)
        src->up_busy_until = due;
}

void
sim_net_wait_for_line(SimNet *net, const SimEvent *event)
{
    SimBacklog *backlog = find_backlog(net, sim_message_edge(event));
    GArray *messages = backlog->messages;
    Outgoing *last = &g_array_index(messages, Outgoing, messages->len - 1);
    Outgoing copy = {.event = *event, .has_event = true};

    if (last->has_event) {
        g_array_append_val(messages, copy);
        return;
    }
    last->event = *event;
    last->has_event = true;
}

void
sim_net_begin_line(SimNet *net, uint32_t edge)
{
    SimBacklog *backlog = find_backlog(net, edge);

    if (backlog->transfer != SIM_FAIR_NONE || backlog->is_waiting)
        return;
    begin_next(net, backlog);
    settle_shares(net);
}

/* -- the end -------------------------------------------------------------------------------- */

void
sim_net_give_up_line(SimNet *net, uint32_t edge, SimFate fate)
{
    SimBacklog *backlog;

    if (!net->edges[edge].backlogged)
        return;
    backlog = find_backlog(net, edge);
    retire_backlog(net, backlog);
    if (backlog->is_waiting)
        g_queue_unlink(&get_sender(net, edge)->waiting, &backlog->turn);
    else
        sim_fair_give_up(net->lines.fair, sim_engine_now(net->engine), backlog->transfer);
    if (backlog->is_upload)
        end_upload(net, backlog);
    for (guint i = backlog->next; i < backlog->messages->len; i++) {
        const Outgoing *message = &g_array_index(backlog->messages, Outgoing, i);

        if (message->has_event)
            sim_net_drop_event(net, &message->event, fate);
    }
    settle_shares(net);
}

static gint
compare_edges(gconstpointer a, gconstpointer b)
{
    const SimBacklog *const *x = a, *const *y = b;

    return (*x)->edge < (*y)->edge ? -1 : 1;
}

void
sim_net_foreach_in_line(const SimNet *net, SimEventFunc func, void *user)
{
    g_autoptr(GPtrArray) all = g_ptr_array_copy(net->lines.backlogs, NULL, NULL);

    g_ptr_array_set_free_func(all, NULL);
    g_ptr_array_sort(all, compare_edges);
    for (guint i = 0; i < all->len; i++) {
        const SimBacklog *backlog = g_ptr_array_index(all, i);

        for (guint j = backlog->next; j < backlog->messages->len; j++)
            if (g_array_index(backlog->messages, Outgoing, j).has_event)
                func(user, &g_array_index(backlog->messages, Outgoing, j).event);
    }
}

void
sim_net_drain_lines(SimNet *net, SimEventFunc func, void *user)
{
    sim_net_foreach_in_line(net, func, user);
    while (net->lines.backlogs->len > 0)
        retire_backlog(net, g_ptr_array_index(net->lines.backlogs, 0));
    g_array_set_size(net->lines.senders, 0);
    sim_fair_free(net->lines.fair);
    net->lines.fair = sim_fair_new(on_line_ended, net);
    g_array_set_size(net->lines.of_nodes, 0);
    settle_shares(net);
}

size_t
sim_net_lines_memory(const SimNet *net)
{
    return sim_fair_memory(net->lines.fair) + net->lines.of_nodes->len * sizeof(uint32_t) +
           net->lines.senders->len * sizeof(Sender);
}

void
sim_net_lines_init(SimNet *net)
{
    net->lines = (SimLines){
        .fair = sim_fair_new(on_line_ended, net),
        .by_edge = g_hash_table_new(NULL, NULL),
        .backlogs = g_ptr_array_new_with_free_func(free_backlog),
        .spare = g_ptr_array_new_with_free_func(free_backlog),
        .of_nodes = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
        .senders = g_array_new(FALSE, TRUE, sizeof(Sender)),
        .timer_at = SIM_TIME_NEVER,
        .handler = sim_engine_add_handler(net->engine, on_timer, net),
    };
}

void
sim_net_lines_clear(SimNet *net)
{
    sim_fair_free(net->lines.fair);
    g_hash_table_unref(net->lines.by_edge);
    g_ptr_array_unref(net->lines.backlogs);
    g_ptr_array_unref(net->lines.spare);
    g_array_unref(net->lines.of_nodes);
    g_array_unref(net->lines.senders);
}

void
sim_net_set_bandwidth(SimNet *net, SimBandwidth model)
{
    net->lines.model = model;
}

void
sim_net_set_uploads(SimNet *net, uint32_t most)
{
    net->lines.uploads = most;
}

void
sim_net_set_small_first(SimNet *net, bool small_first)
{
    net->lines.small_first = small_first;
}
