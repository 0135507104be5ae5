/* Messages from sending to fate, and the books: see net.h.
 *
 * A message in flight is its event: data the payload, arg the edge above the bytes, arg2 when it
 * was sent, arg3 its link class, tag the edge's epoch above the kind.
 */
#include "sim/net/net.h"

#include "sim/engine/assert.h"
#include "sim/net/net_private.h"

#include <inttypes.h>

typedef unsigned __int128 u128;

/* Where a message's draws stand among the 64 it owns; room is for draws that repeat. */
#define DRAWS 64
#define DRAW_LOSS 0
#define DRAW_JITTER 1
#define DRAW_LATENCY 8

const char *
sim_fate_name(SimFate fate)
{
    static const char *const names[SIM_FATE_COUNT] = {
        [SIM_FATE_DELIVERED] = "delivered", [SIM_FATE_LOSS] = "loss",
        [SIM_FATE_QUEUE] = "queue",         [SIM_FATE_CUT] = "cut",
        [SIM_FATE_DOWN] = "down",           [SIM_FATE_CLOSED] = "closed",
        [SIM_FATE_IN_FLIGHT] = "in-flight",
    };

    sim_assert(fate < SIM_FATE_COUNT);
    return names[fate];
}

/* -- fates ---------------------------------------------------------------------------------- */

static void
settle_fate(SimNet *net, const SimPacket *packet, uint32_t klass, SimFate fate)
{
    sim_net_class(net, klass)->fates[fate]++;
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
drop(SimNet *net, const SimPacket *packet, uint32_t klass, SimFate fate)
{
    settle_fate(net, packet, klass, fate);
    release_payload(net, packet->payload);
}

static SimPacket
read_packet(const SimNet *net, const SimEvent *event)
{
    uint32_t edge = (uint32_t)(event->arg >> 32);

    return (SimPacket){
        .edge = edge,
        .src = net->edges[edge ^ 1].dst,
        .dst = net->edges[edge].dst,
        .kind = (uint8_t)event->tag,
        .bytes = (uint32_t)event->arg,
        .sent = (SimTime)event->arg2,
        .due = event->time,
        .payload = event->data,
    };
}

static SimFate
fate_when_due(const SimNet *net, const SimPacket *packet, const SimEvent *event)
{
    const SimEdge *edge = &net->edges[packet->edge];

    if (edge->closed || edge->epoch != event->tag >> 8)
        return SIM_FATE_CLOSED;
    if (net->active->len > 0 && sim_net_separated(net, packet->src, packet->dst))
        return SIM_FATE_CUT;
    return net->nodes[packet->dst].up ? SIM_FATE_DELIVERED : SIM_FATE_DOWN;
}

static void
on_due(void *user, const SimEvent *event)
{
    SimNet *net = user;
    SimPacket packet = read_packet(net, event);
    SimFate fate = fate_when_due(net, &packet, event);

    settle_fate(net, &packet, event->arg3, fate);
    if (fate == SIM_FATE_DELIVERED)
        net->ops.deliver(net->ops.user, &packet);
    release_payload(net, packet.payload);
}

/* -- sending -------------------------------------------------------------------------------- */

static SimFate
fate_when_sent(const SimNet *net, const SimPacket *packet)
{
    if (net->edges[packet->edge].closed)
        return SIM_FATE_CLOSED;
    if (!net->nodes[packet->src].up)
        return SIM_FATE_DOWN;
    if (net->active->len > 0 && sim_net_separated(net, packet->src, packet->dst))
        return SIM_FATE_CUT;
    return SIM_FATE_DELIVERED;
}

/* The bytes not yet through the line when it stays busy for so long, rounded up. */
static uint64_t
bytes_waiting(SimTime busy_for, uint64_t rate_bps)
{
    u128 byte_ns = (u128)8 * SIM_S;

    return (uint64_t)(((u128)busy_for * rate_bps + byte_ns - 1) / byte_ns);
}

/* Puts a message on the line; false when it is full. ret_through is when its last bit has left. */
static bool
enter_line(SimEdge *edge, SimTime *ret_through, const SimLinkSpec *link, SimTime now,
           uint32_t bytes)
{
    SimTime start = now;

    if (link->rate_bps == 0) {
        *ret_through = now;
        return true;
    }
    if (edge->busy_until > now) {
        start = edge->busy_until;
        if (bytes_waiting(start - now, link->rate_bps) + bytes > link->queue_bytes)
            return false;
    }
    edge->busy_until = sim_time_add(start, sim_link_serialisation(bytes, link->rate_bps));
    *ret_through = edge->busy_until;
    return true;
}

static inline SimCounter
draws_from(const SimCounter *message, unsigned place)
{
    return (SimCounter){message->state + place * message->gamma, message->gamma};
}

static bool
is_lost(const SimLinkSpec *link, const SimCounter *message)
{
    SimCounter draws = draws_from(message, DRAW_LOSS);

    return link->loss_ppb > 0 &&
           (uint64_t)((u128)sim_counter_next(&draws) * SIM_PPB >> 64) < link->loss_ppb;
}

static SimTime
draw_delay(const SimLinkSpec *link, const SimCounter *message)
{
    SimCounter draws = draws_from(message, DRAW_LATENCY);
    SimTime sample = sim_distribution_sample(&link->latency, &draws);
    SimTime delay = MAX(link->min, sample);

    if (link->jitter == 0)
        return delay;
    draws = draws_from(message, DRAW_JITTER);
    return sim_time_add(delay, (SimTime)sim_counter_below(&draws, (uint64_t)link->jitter + 1));
}

static void
schedule(SimNet *net, const SimPacket *packet, uint64_t key, uint64_t number)
{
    const SimEdge *edge = &net->edges[packet->edge];
    SimEvent event = {
        .time = packet->due,
        .source = key,
        .data = packet->payload,
        .arg = (uint64_t)packet->edge << 32 | packet->bytes,
        .arg2 = (uint64_t)packet->sent,
        .counter = (uint32_t)number,
        .arg3 = edge->klass,
        .klass = SIM_CLASS_RUN,
        .handler = net->handler,
        .tag = (uint16_t)(edge->epoch << 8 | packet->kind),
    };

    sim_engine_schedule_event(net->engine, &event);
}

/* From the end of the line on: what comes, and when. */
static void
travel(SimNet *net, SimPacket *packet, SimEdge *edge, SimTime through, uint64_t number)
{
    const SimLinkSpec *link = &sim_net_class(net, edge->klass)->spec;
    uint64_t key = sim_net_edge_key(net, packet->edge);
    SimCounter message;
    SimTime due;

    sim_counter_init_at(&message, net->link_seed, key, number * DRAWS);
    due = sim_time_add(through, draw_delay(link, &message));
    packet->due = MAX(due, packet->sent + 1);
    if (is_lost(link, &message)) {
        drop(net, packet, edge->klass, SIM_FATE_LOSS);
        return;
    }
    if (link->fifo)
        packet->due = MAX(packet->due, edge->last_due);
    edge->last_due = packet->due;
    schedule(net, packet, key, number);
}

void
sim_net_send(SimNet *net, uint32_t edge, uint8_t kind, uint32_t bytes, void *payload)
{
    sim_assert(edge < net->edge_count);

    SimEdge *e = &net->edges[edge];
    SimLinkClass *klass = sim_net_class(net, e->klass);
    SimTime now = sim_engine_now(net->engine), through;
    SimPacket packet = {edge, net->edges[edge ^ 1].dst, e->dst, kind, bytes, now, now, payload};
    SimFate fate = fate_when_sent(net, &packet);
    uint64_t number = e->sent++;

    klass->sent++;
    if (fate == SIM_FATE_DELIVERED && !enter_line(e, &through, &klass->spec, now, bytes))
        fate = SIM_FATE_QUEUE;
    if (fate == SIM_FATE_DELIVERED)
        travel(net, &packet, e, through, number);
    else
        drop(net, &packet, e->klass, fate);
}

/* -- books ---------------------------------------------------------------------------------- */

uint64_t
sim_net_class_sent(const SimNet *net, uint32_t klass)
{
    sim_assert(klass < net->classes->len);
    return sim_net_class(net, klass)->sent;
}

uint64_t
sim_net_class_fate_count(const SimNet *net, uint32_t klass, SimFate fate)
{
    sim_assert(klass < net->classes->len);
    sim_assert(fate < SIM_FATE_COUNT);
    return sim_net_class(net, klass)->fates[fate];
}

uint64_t
sim_net_sent(const SimNet *net)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < net->classes->len; i++)
        sum += sim_net_class_sent(net, i);
    return sum;
}

uint64_t
sim_net_fate_count(const SimNet *net, SimFate fate)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < net->classes->len; i++)
        sum += sim_net_class_fate_count(net, i, fate);
    return sum;
}

typedef struct {
    const SimNet *net;
    uint64_t *in_flight; /* by class */
} Counting;

static void
count_event(void *user, const SimEvent *event)
{
    Counting *counting = user;

    if (event->handler == counting->net->handler)
        counting->in_flight[event->arg3]++;
}

static bool
class_balances(const SimNet *net, GString *ret_report, uint32_t klass, uint64_t in_flight)
{
    const SimLinkClass *book = sim_net_class(net, klass);
    uint64_t sum = in_flight;

    for (int fate = 0; fate < SIM_FATE_COUNT; fate++)
        sum += book->fates[fate];
    if (sum == book->sent)
        return true;
    if (ret_report == NULL)
        return false;
    g_string_append_printf(ret_report,
                           "link class %u: sent %" PRIu64 ", accounted for %" PRIu64 ":", klass,
                           book->sent, sum);
    for (int fate = 0; fate < SIM_FATE_COUNT; fate++)
        g_string_append_printf(ret_report, " %s %" PRIu64 ",", sim_fate_name((SimFate)fate),
                               book->fates[fate]);
    g_string_append_printf(ret_report, " pending %" PRIu64 "\n", in_flight);
    return false;
}

bool
sim_net_books_balance(const SimNet *net, GString *ret_report)
{
    g_autofree uint64_t *in_flight = g_new0(uint64_t, net->classes->len);
    Counting counting = {net, in_flight};
    bool balances = true;

    sim_engine_foreach_pending(net->engine, count_event, &counting);
    for (uint32_t i = 0; i < net->classes->len; i++)
        balances &= class_balances(net, ret_report, i, in_flight[i]);
    return balances;
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
    sim_net_graph_init(net);
    sim_net_cuts_init(net);
    return net;
}

static void
finish_event(void *user, const SimEvent *event)
{
    SimNet *net = user;
    SimPacket packet = read_packet(net, event);

    drop(net, &packet, event->arg3, SIM_FATE_IN_FLIGHT);
}

void
sim_net_finish(SimNet *net)
{
    sim_engine_drain_handler(net->engine, net->handler, finish_event, net);
}

static void
give_up_event(void *user, const SimEvent *event)
{
    release_payload(user, event->data);
}

void
sim_net_free(SimNet *net)
{
    if (net == NULL)
        return;
    sim_engine_drain_handler(net->engine, net->handler, give_up_event, net);
    sim_net_cuts_clear(net);
    sim_net_graph_clear(net);
    g_free(net);
}
