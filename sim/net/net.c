/* Messages from sending to fate, see net.h; wait.c has those that wait on the way. */
#include "sim/net/net.h"

#include "sim/engine/assert.h"
#include "sim/net/net_private.h"

typedef unsigned __int128 u128;

/* Positions of a message's draws among its 64; gaps leave room for draws that repeat. */
#define DRAWS 64
#define DRAW_LOSS 0
#define DRAW_JITTER 1
#define DRAW_STATE 2
#define DRAW_DUPLICATE 3
#define DRAW_REORDER 4
#define DRAW_CORRUPT 5
#define DRAW_BITS 6
#define DRAW_LATENCY 8
#define DRAW_FURTHER 16    /* further latency of a reordered message */
#define DRAW_COPY 32       /* a datagram's copy: all of the above, from here */
#define DRAW_TRIES 32      /* a stream's further tries: loss, */
#define DRAW_TRY_STATES 48 /* and the changes of state between them */

/* Where the draws of a link stand, behind those of its messages, which are fewer than 2^40. */
#define DRAWS_OF_LINK ((uint64_t)DRAWS << 40)

/* Upper bound: from 1 s on, doubling, fewer tries fit into SIM_STREAM_TIMEOUT. */
#define TRIES_MAX 16

/* -- fates ---------------------------------------------------------------------------------- */

static void
settle_fate(SimNet *net, const SimPacket *packet, uint32_t klass, SimFate fate)
{
    sim_net_book_fate(net, packet->edge, klass, fate);
    if (net->ops.fate != NULL)
        net->ops.fate(net->ops.user, packet, fate);
}

static void
release_payload(SimNet *net, void *payload)
{
    if (net->ops.payload_unref != NULL && payload != NULL)
        net->ops.payload_unref(payload);
}

static void
drop_message(SimNet *net, const SimPacket *packet, uint32_t klass, SimFate fate)
{
    settle_fate(net, packet, klass, fate);
    release_payload(net, packet->payload);
}

/* Restores the full number of the message from its low half: a message in flight was sent less than
 * 2^32 messages ago. */
static SimCounter
draws_of_event(const SimNet *net, const SimEvent *event)
{
    uint32_t edge = sim_message_edge(event);
    uint64_t last = net->edges[edge].sent - 1;
    uint64_t number = last - (uint32_t)((uint32_t)last - event->counter);
    SimCounter draws;

    sim_counter_init_at(&draws, net->link_seed, sim_net_key_of(net, edge),
                        number * DRAWS + (event->arg3 & SIM_MESSAGE_COPY ? DRAW_COPY : 0));
    return draws;
}

static inline SimCounter
draws_from(const SimCounter *message, unsigned place)
{
    return (SimCounter){message->state + place * message->gamma, message->gamma};
}

static inline uint64_t
draw_at(const SimCounter *message, unsigned place)
{
    SimCounter draws = draws_from(message, place);

    return sim_counter_next(&draws);
}

static inline bool
strikes(const SimCounter *message, unsigned place, uint32_t ppb)
{
    return ppb > 0 && (uint64_t)((u128)draw_at(message, place) * SIM_PPB >> 64) < ppb;
}

/* Both directions read the sequence of the one with the smaller key. */
static SimCounter
draws_of_link(const SimNet *net, uint32_t edge)
{
    SimCounter draws;

    sim_counter_init_at(&draws, net->link_seed,
                        MIN(sim_net_key_of(net, edge), sim_net_key_of(net, edge ^ 1)),
                        DRAWS_OF_LINK);
    return draws;
}

static inline SimTime
sample_latency(const SimNet *net, uint32_t edge, const SimLinkSpec *link, SimCounter draws)
{
    if (link->per_link)
        draws = draws_of_link(net, edge);
    return sim_distribution_sample(&link->latency, &draws);
}

SimTime
sim_net_draw_latency(const SimNet *net, uint32_t edge, SimCounter draws)
{
    return sample_latency(net, edge, sim_net_link(net, edge), draws);
}

static SimTime
draw_delay(const SimNet *net, uint32_t edge, const SimLinkSpec *link, const SimCounter *message,
           uint32_t bytes)
{
    SimTime sample = sample_latency(net, edge, link, draws_from(message, DRAW_LATENCY));
    SimTime delay = MAX(link->min, sample);
    SimCounter draws;

    if (bytes < SIM_SMALL_BYTES)
        delay = sim_time_add(delay, link->small_extra);
    if (link->jitter == 0)
        return delay;
    draws = draws_from(message, DRAW_JITTER);
    return sim_time_add(delay, (SimTime)sim_counter_below(&draws, (uint64_t)link->jitter + 1));
}

SimTime
sim_net_message_delay(const SimNet *net, const SimEvent *event)
{
    SimCounter draws = draws_of_event(net, event);

    return draw_delay(net, sim_message_edge(event),
                      &sim_net_class(net, sim_message_class(event))->spec, &draws,
                      (uint32_t)event->arg);
}

/* Draws which bits to flip; never 0, which means an intact message. */
static uint64_t
draw_bits(const SimNet *net, const SimEvent *event)
{
    SimCounter draws = draws_of_event(net, event);
    uint64_t bits = draw_at(&draws, DRAW_BITS);

    return bits == 0 ? 1 : bits;
}

SimPacket
sim_net_read_packet(const SimNet *net, const SimEvent *event)
{
    uint32_t edge = sim_message_edge(event);

    return (SimPacket){
        .edge = edge,
        .src = net->edges[edge ^ 1].dst,
        .dst = net->edges[edge].dst,
        .back = net->edges[edge ^ 1].place,
        .kind = (uint8_t)event->tag,
        .bytes = (uint32_t)event->arg,
        .sent = (SimTime)event->arg2,
        .due = event->time,
        .payload = event->data,
        .corrupt = event->arg3 & SIM_MESSAGE_CORRUPT ? draw_bits(net, event) : 0,
        .key = event->source,
    };
}

void
sim_net_drop_event(SimNet *net, const SimEvent *event, SimFate fate)
{
    SimPacket packet = sim_net_read_packet(net, event);

    drop_message(net, &packet, sim_message_class(event), fate);
}

void
sim_net_break(SimNet *net, uint32_t edge)
{
    sim_net_set_edge_open(net, edge, false);
    sim_net_set_edge_open(net, edge ^ 1, false);
    if (net->ops.broken == NULL)
        return;
    net->ops.broken(net->ops.user, edge);
    net->ops.broken(net->ops.user, edge ^ 1);
}

/* -- arriving ------------------------------------------------------------------------------- */

/* Returns whether a cut stops a message that is due, and if so stalls, drops, holds or delays it.
 */
static bool
is_stopped(SimNet *net, const SimEvent *event)
{
    uint32_t edge = sim_message_edge(event);
    SimCutEffect effect = sim_net_cut_effect(net, net->edges[edge ^ 1].dst, net->edges[edge].dst);
    SimEvent slowed = *event;

    if (effect.drops && sim_net_is_stream(net, sim_message_class(event))) {
        sim_net_stall(net, event);
    } else if (effect.drops) {
        sim_net_drop_event(net, event, SIM_FATE_CUT);
    } else if (effect.holds) {
        sim_net_hold(net, event);
    } else if (effect.by > 0 && !(event->arg3 & SIM_MESSAGE_SLOWED)) {
        slowed.arg3 |= SIM_MESSAGE_SLOWED;
        sim_net_put_off(net, &slowed, sim_time_add(event->time, effect.by));
    } else {
        return false;
    }
    return true;
}

static void
arrive(SimNet *net, const SimEvent *event)
{
    SimPacket packet = sim_net_read_packet(net, event);
    bool intact =
        packet.corrupt == 0 || (net->ops.intact != NULL && net->ops.intact(net->ops.user, &packet));

    settle_fate(net, &packet, sim_message_class(event),
                intact ? SIM_FATE_DELIVERED : SIM_FATE_CHECKSUM);
    if (intact)
        net->ops.deliver(net->ops.user, &packet);
    release_payload(net, packet.payload);
}

/* Drops a message that nobody receives; a stream breaks. */
static void
drop_unreceived(SimNet *net, const SimEvent *event, SimFate fate)
{
    bool stream = sim_net_is_stream(net, sim_message_class(event));

    sim_net_drop_event(net, event, fate);
    if (stream)
        sim_net_break(net, sim_message_edge(event));
}

void
sim_net_come_late(SimNet *net, const SimEvent *event)
{
    if (sim_message_is_closed(net, event))
        sim_net_drop_event(net, event, SIM_FATE_CLOSED);
    else if ((net->states[net->edges[sim_message_edge(event)].dst] & SIM_NODE_UP) == 0)
        drop_unreceived(net, event, SIM_FATE_DOWN);
    else
        arrive(net, event);
}

static void
on_due(void *user, const SimEvent *event)
{
    SimNet *net = user;
    const SimEdge *edge = &net->edges[sim_message_edge(event)];
    uint8_t state = net->states[edge->dst];

    if (sim_message_is_closed(net, event))
        sim_net_drop_event(net, event, SIM_FATE_CLOSED);
    else if (edge->stalled && sim_net_waits_its_turn(net, event))
        return;
    else if (event->arg3 & SIM_MESSAGE_HOPELESS)
        drop_unreceived(net, event, SIM_FATE_CLOSED);
    else if (net->cuts.active->len > 0 && is_stopped(net, event))
        return;
    else if ((state & SIM_NODE_UP) == 0)
        drop_unreceived(net, event, SIM_FATE_DOWN);
    else if ((state & SIM_NODE_WAITS) != 0)
        sim_net_wait_at_node(net, edge->dst, event);
    else
        arrive(net, event);
}

/* -- sending -------------------------------------------------------------------------------- */

/* A message being sent. */
typedef struct {
    SimPacket packet;
    const SimLinkSpec *link;
    uint64_t number;
    uint64_t key; /* the edge's */
    SimCounter draws;
    SimTime through; /* when its last bit has left */
    SimCutEffect effect;
    SimOdds odds;
    uint32_t klass;
    uint32_t flags;
    bool is_bad; /* the state of the edge for this message */
    bool waits;  /* for a line that others share: it counts as through now */
} Sending;

static SimFate
fate_when_sent(const SimNet *net, Sending *s)
{
    const SimPacket *packet = &s->packet;

    if (net->edges[packet->edge].closed)
        return SIM_FATE_CLOSED;
    if ((net->states[packet->src] & SIM_NODE_UP) == 0)
        return SIM_FATE_DOWN;
    if (net->cuts.active->len == 0)
        return SIM_FATE_DELIVERED;
    s->effect = sim_net_cut_effect(net, packet->src, packet->dst);
    return s->effect.drops && s->link->transport == SIM_TRANSPORT_DATAGRAM ? SIM_FATE_CUT
                                                                           : SIM_FATE_DELIVERED;
}

static inline uint32_t
loss_now(const Sending *s)
{
    return s->is_bad ? s->odds.bad_loss_ppb : s->odds.loss_ppb;
}

/* Draws the state of the edge after a message. */
static bool
next_state(const SimLinkSpec *link, const SimCounter *draws, unsigned place, bool is_bad)
{
    return is_bad ? !strikes(draws, place, link->to_good_ppb)
                  : strikes(draws, place, link->to_bad_ppb);
}

static SimEvent
event_of(const SimNet *net, const Sending *s)
{
    return (SimEvent){
        .time = s->packet.due,
        .source = s->key,
        .data = s->packet.payload,
        .arg = (uint64_t)s->packet.edge << 32 | s->packet.bytes,
        .arg2 = (uint64_t)s->packet.sent,
        .counter = (uint32_t)s->number,
        .arg3 = s->klass | s->flags,
        .klass = SIM_CLASS_RUN,
        .handler = net->handler,
        .tag = s->packet.kind,
    };
}

/* Schedules the message, or lets it wait. */
static void
schedule_or_wait(SimNet *net, Sending *s)
{
    SimEdge *edge = &net->edges[s->packet.edge];
    bool stream = s->link->transport == SIM_TRANSPORT_STREAM;
    bool stalls = stream && s->effect.drops;
    SimEvent event;

    if (s->waits && !stalls && !s->effect.holds) {
        event = event_of(net, s);
        sim_net_wait_for_line(net, &event);
        return;
    }
    if (!(s->flags & SIM_MESSAGE_LOOSE) && !stalls && !s->effect.holds) {
        s->packet.due = MAX(s->packet.due, edge->last_due);
        edge->last_due = s->packet.due;
    }
    event = event_of(net, s);
    if (!stalls && !s->effect.holds) {
        sim_engine_schedule_event(net->engine, &event);
        return;
    }
    event.arg3 |= SIM_MESSAGE_UNSENT;
    if (stalls)
        sim_net_stall(net, &event);
    else
        sim_net_hold(net, &event);
}

/* Returns how long after the line a message of a stream arrives: draws tries until one succeeds. */
static SimTime
try_until_through(Sending *s, SimTime delay)
{
    SimTime rto = CLAMP(sim_time_add(delay, delay), SIM_STREAM_RTO_MIN, SIM_STREAM_RTO_MAX);
    SimTime waited = 0;

    s->odds.loss_ppb = sim_ppb_either(s->odds.loss_ppb, s->odds.corrupt_ppb);
    s->odds.bad_loss_ppb = sim_ppb_either(s->odds.bad_loss_ppb, s->odds.corrupt_ppb);
    for (unsigned i = 0; strikes(&s->draws, i == 0 ? DRAW_LOSS : DRAW_TRIES + i, loss_now(s));
         i++) {
        sim_assert(i < TRIES_MAX);
        if (waited >= SIM_STREAM_TIMEOUT) {
            s->flags |= SIM_MESSAGE_HOPELESS;
            return SIM_STREAM_TIMEOUT;
        }
        if (s->link->to_bad_ppb > 0)
            s->is_bad = next_state(s->link, &s->draws, DRAW_TRY_STATES + i, s->is_bad);
        waited = MIN(waited + rto, SIM_STREAM_TIMEOUT);
        rto = MIN(2 * rto, SIM_STREAM_RTO_MAX);
    }
    return sim_time_add(waited, delay);
}

static void
send_stream(SimNet *net, Sending *s, SimTime delay)
{
    SimTime due = sim_time_add(s->through, try_until_through(s, delay));

    s->packet.due = MAX(due, s->packet.sent + 1);
    schedule_or_wait(net, s);
}

static void
send_copy(SimNet *net, Sending *s)
{
    SimTime first = s->packet.due, due;

    s->draws = draws_from(&s->draws, DRAW_COPY);
    s->flags = (s->flags & ~SIM_MESSAGE_CORRUPT) | SIM_MESSAGE_COPY;
    if (strikes(&s->draws, DRAW_CORRUPT, s->odds.corrupt_ppb))
        s->flags |= SIM_MESSAGE_CORRUPT;
    due = sim_time_add(s->through,
                       draw_delay(net, s->packet.edge, s->link, &s->draws, s->packet.bytes));
    s->packet.due = MAX(sim_time_add(due, s->odds.delay), sim_time_add(first, 1));
    if (net->ops.payload_ref != NULL && s->packet.payload != NULL)
        s->packet.payload = net->ops.payload_ref(s->packet.payload);
    sim_net_book_sent(net, s->packet.edge, s->klass);
    schedule_or_wait(net, s);
}

static void
send_datagram(SimNet *net, Sending *s, SimTime delay)
{
    SimCounter further = draws_from(&s->draws, DRAW_FURTHER);
    SimTime due = sim_time_add(s->through, delay);

    s->packet.due = MAX(due, s->packet.sent + 1);
    if (strikes(&s->draws, DRAW_LOSS, loss_now(s))) {
        drop_message(net, &s->packet, s->klass, SIM_FATE_LOSS);
        return;
    }
    if (!s->link->fifo)
        s->flags |= SIM_MESSAGE_LOOSE;
    if (strikes(&s->draws, DRAW_REORDER, s->odds.reorder_ppb)) {
        s->flags |= SIM_MESSAGE_LOOSE;
        s->packet.due =
            sim_time_add(s->packet.due, sample_latency(net, s->packet.edge, s->link, further));
    }
    if (strikes(&s->draws, DRAW_CORRUPT, s->odds.corrupt_ppb))
        s->flags |= SIM_MESSAGE_CORRUPT;
    schedule_or_wait(net, s);
    if (strikes(&s->draws, DRAW_DUPLICATE, s->odds.duplicate_ppb))
        send_copy(net, s);
}

/* Decides what happens to a message after the line: whether it arrives, when, and how often. */
static void
send_through(SimNet *net, Sending *s)
{
    const SimLinkSpec *link = s->link;
    SimTime delay = draw_delay(net, s->packet.edge, link, &s->draws, s->packet.bytes);

    if (sim_net_class(net, s->klass)->is_sure && net->impairs.active->len == 0 &&
        s->effect.by == 0) {
        s->packet.due = MAX(sim_time_add(s->through, delay), s->packet.sent + 1);
        schedule_or_wait(net, s);
        return;
    }
    s->odds = (SimOdds){link->loss_ppb,    link->bad_loss_ppb, link->duplicate_ppb,
                        link->reorder_ppb, link->corrupt_ppb,  0};
    if (net->impairs.active->len > 0)
        sim_net_add_impairs(net, &s->odds, &s->packet);
    if (s->effect.by > 0) {
        s->odds.delay = sim_time_add(s->odds.delay, s->effect.by);
        s->flags |= SIM_MESSAGE_SLOWED;
    }
    delay = sim_time_add(delay, s->odds.delay);
    if (link->transport == SIM_TRANSPORT_STREAM)
        send_stream(net, s, delay);
    else
        send_datagram(net, s, delay);
}

static SimFate
send_through_line(SimNet *net, Sending *s)
{
    uint32_t edge = s->packet.edge, bytes = s->packet.bytes;
    SimEntrance entrance = sim_net_enter_line(net, edge, s->link, bytes, &s->through);

    if (entrance == SIM_ENTRANCE_FULL)
        return SIM_FATE_QUEUE;
    s->waits = entrance == SIM_ENTRANCE_WAITS;
    send_through(net, s);
    if (s->waits)
        sim_net_begin_line(net, edge);
    else if (net->has_node_rates && !s->link->cut_through)
        sim_net_note_arrival(net, edge, bytes, s->packet.due);
    return SIM_FATE_DELIVERED;
}

void
sim_net_send(SimNet *net, uint32_t edge, uint8_t kind, uint32_t bytes, void *payload)
{
    sim_assert(edge < net->edge_count);

    SimEdge *e = &net->edges[edge];
    SimTime now = sim_engine_now(net->engine);
    Sending s; /* set field by field: clearing all of it took a tenth of a message's time */
    SimFate fate;

    s.key = sim_net_key_of(net, edge);
    s.packet = (SimPacket){
        .edge = edge,
        .src = net->edges[edge ^ 1].dst,
        .dst = e->dst,
        .back = net->edges[edge ^ 1].place,
        .kind = kind,
        .bytes = bytes,
        .sent = now,
        .due = now,
        .payload = payload,
        .key = s.key,
    };
    s.link = &sim_net_class(net, e->klass)->spec;
    s.number = e->sent++;
    s.klass = e->klass;
    s.flags = 0;
    s.is_bad = false;
    s.effect = (SimCutEffect){false, false, 0};
    fate = fate_when_sent(net, &s);

    sim_net_book_sent(net, edge, s.klass);
    sim_counter_init_at(&s.draws, net->link_seed, s.key, s.number * DRAWS);
    if (s.link->to_bad_ppb > 0) { /* for any fate, so that a cut does not change the states */
        s.is_bad = e->bad;
        e->bad = next_state(s.link, &s.draws, DRAW_STATE, s.is_bad);
    }
    if (fate == SIM_FATE_DELIVERED)
        fate = send_through_line(net, &s);
    if (fate != SIM_FATE_DELIVERED)
        drop_message(net, &s.packet, s.klass, fate);
}

/* -- life ----------------------------------------------------------------------------------- */

SimNet *
sim_net_new(SimEngine *engine, uint64_t seed, const SimNetOps *ops)
{
    SimNet *net = g_new0(SimNet, 1);

    sim_assert(ops->deliver != NULL);
    net->engine = engine;
    net->ops = *ops;
    net->link_seed = sim_key_combine(seed, sim_key("link"));
    net->handler = sim_engine_add_handler(engine, on_due, net);
    if (ops->look_ahead != NULL)
        sim_engine_set_look_ahead(engine, net->handler, sim_net_look_ahead);
    net->retry_handler = sim_engine_add_handler(engine, sim_net_on_retry, net);
    net->late_handler = sim_engine_add_handler(engine, sim_net_on_late, net);
    sim_net_graph_init(net);
    sim_net_hindrances_init(net);
    sim_net_lines_init(net);
    sim_net_waits_init(net);
    return net;
}

static void
finish_event(void *user, const SimEvent *event)
{
    sim_net_drop_event(user, event, SIM_FATE_IN_FLIGHT);
}

void
sim_net_finish(SimNet *net)
{
    sim_engine_drain_handler(net->engine, net->handler, finish_event, net);
    sim_net_drain_lines(net, finish_event, net);
    sim_net_drain_waiting(net, finish_event, net);
}

static void
release_event(void *user, const SimEvent *event)
{
    release_payload(user, event->data);
}

void
sim_net_free(SimNet *net)
{
    if (net == NULL)
        return;
    sim_engine_drain_handler(net->engine, net->handler, release_event, net);
    sim_net_drain_lines(net, release_event, net);
    sim_net_drain_waiting(net, release_event, net);
    sim_net_waits_clear(net);
    sim_net_lines_clear(net);
    sim_net_hindrances_clear(net);
    sim_net_graph_clear(net);
    g_free(net);
}
