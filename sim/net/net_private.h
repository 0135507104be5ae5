/* The struct behind SimNet, shared by net.c (messages), books.c, graph.c (nodes, edges, links),
 * hindrance.c (cuts and impairments), line.c (bandwidth), wait.c (messages that wait) and
 * look_ahead.c. Nothing else includes it but tests that falsify the books. README.md says which
 * file may write which field.
 *
 * A message in flight is its pending event:
 *   data     the payload
 *   arg      edge << 32 | bytes
 *   arg2     the time of sending
 *   arg3     flags and link class (SIM_MESSAGE_…)
 *   tag      the kind
 *   counter  the low half of its number on the edge, which locates its draws
 */
#ifndef SIM_NET_NET_PRIVATE_H
#define SIM_NET_NET_PRIVATE_H

#include "sim/engine/memory.h"
#include "sim/net/fair.h"
#include "sim/net/net.h"

#if defined(SIM_DEBUG) || defined(__SANITIZE_ADDRESS__)
#define SIM_NET_EDGE_BOOKS 1
#else
#define SIM_NET_EDGE_BOOKS 0
#endif

/* The part of a sender that sending a message reads. */
typedef struct {
    uint64_t up_bps; /* 0: none */
    SimTime up_busy_until;
    uint32_t out_start; /* in SimNet.out_edges */
    uint32_t out_count;
    uint32_t out_size;
} SimNode;

_Static_assert(sizeof(SimNode) == 32, "two nodes of the net are one cache line");

/* The part of a receiver that sending a message reads. It is small, because each message of a node
 * goes to another receiver. */
typedef struct {
    uint64_t key;      /* sim_key of the name */
    uint64_t down_bps; /* 0: none */
} SimNodeEnd;

/* The part of a receiver that a message reads when due: a byte, so that many nodes fit the cache.
 */
enum {
    SIM_NODE_UP = 1 << 0,
    SIM_NODE_PAUSED = 1 << 1,
    SIM_NODE_LATE = 1 << 2, /* events that were due earlier still wait: see SimLate */
    SIM_NODE_WAITS = SIM_NODE_PAUSED | SIM_NODE_LATE,
};

/* A directed edge. Its reverse is edge ^ 1, whose dst is the src of this edge. */
typedef struct {
    uint64_t sent : 40;  /* messages so far; numbers the events and locates the draws */
    uint64_t place : 24; /* among the edges that leave its source */
    SimTime last_due;    /* of the last message that was not lost */
    SimTime busy_until;  /* until when the line is busy */
    uint32_t dst;
    uint32_t klass : 21;
    uint32_t bad : 1;        /* Gilbert-Elliott's state */
    uint32_t stalled : 1;    /* messages of the edge wait: see SimStall */
    uint32_t backlogged : 1; /* something waits for a shared line */
    uint32_t shut : 1;       /* closed for good */
    uint32_t closed : 1;
    uint32_t was_closed : 1; /* after something was sent: see SimNet.closings */
} SimEdge;

_Static_assert(sizeof(SimEdge) == 32, "a directed edge is 32 bytes");

#define SIM_PLACES_MAX (1u << 24)
#define SIM_LINK_CLASSES_MAX (1u << 21)

/* Flags of a message, above its class in arg3. */
#define SIM_MESSAGE_CORRUPT (1u << 21)
#define SIM_MESSAGE_COPY (1u << 22)
#define SIM_MESSAGE_LOOSE (1u << 23)    /* exempt from fifo */
#define SIM_MESSAGE_SLOWED (1u << 24)   /* a cut has slowed it already */
#define SIM_MESSAGE_UNSENT (1u << 25)   /* stopped when sent: those in flight precede it */
#define SIM_MESSAGE_HOPELESS (1u << 26) /* lost at every try of a stream, which then breaks */

typedef struct {
    SimLinkSpec spec;
    bool is_sure; /* a stream on which every first try succeeds */
    uint64_t sent;
    uint64_t fates[SIM_FATE_COUNT];
} SimLinkClass;

typedef struct {
    uint64_t sent;
    uint64_t settled;
} SimEdgeBook;

/* Keeps the messages of an edge in order after some had to wait; made when first needed, then kept.
 * No message sent after number `floor_counter` arrives before `floor`. If a cut stops a stream, all
 * messages from number `first` on are in `waiting`. */
typedef struct {
    uint32_t edge;
    uint32_t floor_counter;
    SimTime floor;
    bool retrying;
    uint32_t first;
    uint32_t tries;
    SimTime since;
    SimTime rto;
    SimHandle retry;
    GArray *waiting; /* of SimEvent */
} SimStall;

/* Events that wait at a node that is paused, or has resumed but has not yet handled them all:
 * messages and events of other handlers, in the order in which they were due. */
typedef struct {
    GArray *events; /* of SimEvent */
    guint next;     /* index of the first that is not handled yet */
    SimHandle step; /* handles it, once the node has resumed */
} SimLate;

/* Cuts, or impairments: all by id, and those that have not ended. */
typedef struct {
    GPtrArray *all;
    GPtrArray *active;
} SimHindrances;

typedef struct SimBacklog SimBacklog; /* line.c */

/* State of the models of bandwidth; only `fair` uses those from `uploads` on. */
typedef struct {
    SimBandwidth model;
    uint32_t uploads; /* the most that a node has at a time; 0: no bound */
    bool small_first; /* see sim_net_set_small_first() */
    GArray *senders;  /* of Sender, by node, with a bound; line.c */
    SimFair *fair;
    GHashTable *by_edge; /* edge + 1 -> SimBacklog; look-up only */
    GPtrArray *backlogs; /* all of them, in no order */
    GPtrArray *spare;    /* of SimBacklog, for those to come */
    GArray *of_nodes;    /* of uint32_t: the line of 2 * node + way, or SIM_FAIR_NONE */
    SimHandle timer;     /* when the next transfer is done, */
    SimTime timer_at;    /* which is then */
    uint8_t handler;
} SimLines;

struct SimNet {
    SimEngine *engine;
    SimNetOps ops;
    uint64_t link_seed;
    uint8_t handler;
    uint8_t retry_handler;
    uint8_t late_handler;

    SimNode *nodes;
    SimNodeEnd *ends;
    uint8_t *states; /* SIM_NODE_UP and SIM_NODE_PAUSED */
    const char **node_names;
    uint32_t node_count;
    uint32_t node_size;
    bool has_node_rates;
    GStringChunk *names;

    SimEdge *edges;
    uint32_t edge_count;
    uint32_t edge_size;
    uint32_t *out_edges; /* one contiguous part for each node; a full part moves to the end */
    uint32_t out_used;
    uint32_t out_size;
    uint32_t *pairs; /* look-up of pairs while building: open addressing, pair index + 1 */
    uint32_t pairs_size;
    bool frozen;
    GHashTable *closings; /* edge + 1 -> low half of the number of the first message sent since it
                           * was last closed; look-up only */

    GPtrArray *classes;        /* of SimLinkClass */
    GHashTable *class_by_spec; /* SimLinkSpec -> index + 1; look-up only */
    GPtrArray *times;          /* of SimTimes */

    SimHindrances cuts;
    SimHindrances impairs;
    SimLines lines;

    GArray *held;              /* of SimEvent: held by a cut */
    GPtrArray *late;           /* by node: NULL or SimLate; grown when needed */
    GPtrArray *stalls;         /* of SimStall */
    GHashTable *stall_by_edge; /* edge + 1 -> SimStall; look-up only */

#if SIM_NET_EDGE_BOOKS
    GArray *edge_books; /* of SimEdgeBook, by directed edge */
#endif
};

void sim_net_graph_init(SimNet *net);
void sim_net_graph_clear(SimNet *net);
void sim_net_hindrances_init(SimNet *net);
void sim_net_hindrances_clear(SimNet *net);
void sim_net_lines_init(SimNet *net);
void sim_net_lines_clear(SimNet *net);
void sim_net_waits_init(SimNet *net);
void sim_net_waits_clear(SimNet *net);

static inline SimLinkClass *
sim_net_class(const SimNet *net, uint32_t klass)
{
    return g_ptr_array_index(net->classes, klass);
}

/* sim_net_edge_key() without its assertion. */
static inline uint64_t
sim_net_key_of(const SimNet *net, uint32_t edge)
{
    return sim_key_combine(net->ends[net->edges[edge ^ 1].dst].key,
                           net->ends[net->edges[edge].dst].key);
}

/* ---- messages (net.c) --------------------------------------------------------------------- */

static inline uint32_t
sim_message_edge(const SimEvent *event)
{
    return (uint32_t)(event->arg >> 32);
}

static inline uint32_t
sim_message_class(const SimEvent *event)
{
    return event->arg3 & (SIM_LINK_CLASSES_MAX - 1);
}

/* Returns whether message a was sent after message b on the same edge; both are low halves of
 * numbers. */
static inline bool
sim_message_is_after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}

static inline bool
sim_net_is_stream(const SimNet *net, uint32_t klass)
{
    return sim_net_class(net, klass)->spec.transport == SIM_TRANSPORT_STREAM;
}

/* Returns whether the message was sent before the last closing of its edge. The edge must have been
 * closed once. */
bool sim_net_sent_before_closing(const SimNet *net, const SimEvent *event);

/* Returns whether the message's edge is closed or has been closed since it was sent. */
static inline bool
sim_message_is_closed(const SimNet *net, const SimEvent *event)
{
    const SimEdge *edge = &net->edges[sim_message_edge(event)];

    return edge->closed || (edge->was_closed && sim_net_sent_before_closing(net, event));
}

SimPacket sim_net_read_packet(const SimNet *net, const SimEvent *event);

/* Returns the message's latency, from its own draws. */
SimTime sim_net_message_delay(const SimNet *net, const SimEvent *event);

/* Handles a message that waited for a pause to end. */
void sim_net_come_late(SimNet *net, const SimEvent *event);

/* Books the fate of a message and releases its payload. */
void sim_net_drop_event(SimNet *net, const SimEvent *event, SimFate fate);

/* Closes both directions and notifies both ends. */
void sim_net_break(SimNet *net, uint32_t edge);

/* ---- books (books.c) ---------------------------------------------------------------------- */

#if SIM_NET_EDGE_BOOKS
SimEdgeBook *sim_net_edge_book(SimNet *net, uint32_t edge);
#endif

static inline void
sim_net_book_sent(SimNet *net, uint32_t edge, uint32_t klass)
{
    (void)edge;
    sim_net_class(net, klass)->sent++;
#if SIM_NET_EDGE_BOOKS
    sim_net_edge_book(net, edge)->sent++;
#endif
}

static inline void
sim_net_book_fate(SimNet *net, uint32_t edge, uint32_t klass, SimFate fate)
{
    (void)edge;
    sim_net_class(net, klass)->fates[fate]++;
#if SIM_NET_EDGE_BOOKS
    sim_net_edge_book(net, edge)->settled++;
#endif
}

/* ---- cuts and impairments (hindrance.c) --------------------------------------------------- */

/* The joint effect of the active cuts between two nodes on a message. */
typedef struct {
    bool drops;
    bool holds;
    SimTime by;
} SimCutEffect;

SimCutEffect sim_net_cut_effect(const SimNet *net, uint32_t a, uint32_t b);

/* The odds of one message: the probabilities of its link and of the active impairments combined. */
typedef struct {
    uint32_t loss_ppb; /* in the good state */
    uint32_t bad_loss_ppb;
    uint32_t duplicate_ppb;
    uint32_t reorder_ppb;
    uint32_t corrupt_ppb;
    SimTime delay;
} SimOdds;

void sim_net_add_impairs(const SimNet *net, SimOdds *odds, const SimPacket *packet);

/* Returns the probability that at least one of p and q strikes. */
uint32_t sim_ppb_either(uint32_t p, uint32_t q);

/* ---- lines (line.c) ----------------------------------------------------------------------- */

typedef enum {
    SIM_ENTRANCE_THROUGH, /* it is known when the message is through */
    SIM_ENTRANCE_WAITS,   /* it waits in the backlog of its edge */
    SIM_ENTRANCE_FULL,
} SimEntrance;

/* Puts a message on the lines of its way and sets ret_through to when it is through. If it WAITS,
 * ret_through is now: give its events to sim_net_wait_for_line(), then call sim_net_begin_line().
 */
SimEntrance sim_net_enter_line(SimNet *net, uint32_t edge, const SimLinkSpec *link, uint32_t bytes,
                               SimTime *ret_through);
void sim_net_wait_for_line(SimNet *net, const SimEvent *event);
void sim_net_begin_line(SimNet *net, uint32_t edge);

/* Says when a message that is through arrives. */
void sim_net_note_arrival(SimNet *net, uint32_t edge, uint32_t bytes, SimTime due);

/* Drops what waits for a line at an edge. */
void sim_net_give_up_line(SimNet *net, uint32_t edge, SimFate fate);

/* Each message that waits for a line, or taking them out; by edge. */
void sim_net_foreach_in_line(const SimNet *net, SimEventFunc func, void *user);
void sim_net_drain_lines(SimNet *net, SimEventFunc func, void *user);
size_t sim_net_lines_memory(const SimNet *net);

/* ---- messages that wait (wait.c) ---------------------------------------------------------- */

/* Calls func for each message that is held, waits at a node, or is stalled, in this order. */
void sim_net_foreach_waiting(const SimNet *net, SimEventFunc func, void *user);
/* Does the same and removes the messages; func releases their payloads. */
void sim_net_drain_waiting(SimNet *net, SimEventFunc func, void *user);

void sim_net_hold(SimNet *net, const SimEvent *event);

/* Stops a message of a stream: from now on the edge waits until a try gets through. */
void sim_net_stall(SimNet *net, const SimEvent *event);

/* Returns whether a due message must wait for one sent before it, and if so lets it wait. */
bool sim_net_waits_its_turn(SimNet *net, const SimEvent *event);

void sim_net_on_retry(void *user, const SimEvent *event);
void sim_net_on_late(void *user, const SimEvent *event);

/* Schedules a message for `due` or later, in order with the other messages of its edge. */
void sim_net_put_off(SimNet *net, const SimEvent *event, SimTime due);

/* Lets messages go on that no cut holds any more; called when a cut has ended. */
void sim_net_release_held(SimNet *net);

/* Drops the waiting messages of a stream whose edge was closed. */
void sim_net_abandon_stall(SimNet *net, uint32_t edge);

/* look_ahead.c */
void sim_net_look_ahead(void *user, const SimEvent **events, uint32_t count);

#endif
