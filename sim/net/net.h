/* The simulated network: nodes by index and name, directed edges, links, partitions, books.
 *
 * Payloads are opaque and refcounted by their owner's functions. A message sent meets exactly one
 * fate: delivered, dropped for a stated reason, or in flight at the end; the books hold all of
 * them by link class and are checked at the end of a run.
 *
 * Nothing is allocated per message: a message in flight is one pending event of the engine. Its
 * event is keyed by the names of the two ends and numbered by the edge, so that neither a node
 * more nor the order of building changes which of two messages comes first.
 *
 * Randomness: one SplitMix64 sequence a directed edge, keyed by (seed, "link", names of the ends).
 * The edge's n-th message (from 0) reads this sequence from position 64 n:
 *
 *   position 64 n        loss
 *            64 n + 1    jitter
 *            64 n + 2    change of the edge's state (Gilbert-Elliott)
 *            64 n + 3    whether it is duplicated
 *            64 n + 4    whether it is reordered
 *            64 n + 5    whether it is corrupted
 *            64 n + 6    which bits
 *            64 n + 8 …  latency (as many as the distribution takes: one nearly always)
 *            64 n + 16 … the further latency of one that is reordered
 *            64 n + 32 … of a datagram's copy: the same places, 32 on; of a stream's message: loss
 *                        of its further try k at 32 + k, the change of state after try k at 48 + k
 *                        (the first try, 0, has its loss at 0)
 *
 * whatever its fate, so that a run with loss and one without it, or with other cuts, share every
 * draw of every message. With draw=link every message of both directions reads its latency from
 * position 2^46 of the sequence of the direction with the smaller key. An impairment has no draws:
 * it raises the probability that the message's own draw is held against, so one at rate 0 changes
 * nothing and a higher rate loses the same messages and more.
 */
#ifndef SIM_NET_NET_H
#define SIM_NET_NET_H

#include "sim/engine/engine.h"
#include "sim/net/line.h"
#include "sim/net/link.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SimNet SimNet;

typedef enum {
    SIM_FATE_DELIVERED, /* "delivered" */
    SIM_FATE_LOSS,      /* "loss": the link's probability */
    SIM_FATE_QUEUE,     /* "queue": no room before the line */
    SIM_FATE_CUT,       /* "cut": a partition stood between the ends when sent or when due */
    SIM_FATE_DOWN,      /* "down": the receiver was down when due, or the sender when sent */
    SIM_FATE_CLOSED,    /* "closed": the edge was closed when sent, or has been since */
    SIM_FATE_IN_FLIGHT, /* "in-flight": still under way at the end */
    SIM_FATE_CHECKSUM,  /* "checksum": corrupted, and its receiver saw it */
    SIM_FATE_COUNT,     /* the digest holds these numbers: add before this line alone */
} SimFate;

const char *sim_fate_name(SimFate fate);

/* A message, as its receiver and the trace see it. `due` is when it arrives or would have arrived;
 * for a message dropped with fate queue, or when sent with cut, down or closed, it is `sent`.
 * `corrupt` is 0 for an intact message, else 64 random bits that say what to flip. */
typedef struct {
    uint32_t edge;
    uint32_t src;
    uint32_t dst;
    uint32_t back; /* sim_net_edge_place of the edge that leads back */
    uint8_t kind;
    uint32_t bytes;
    SimTime sent;
    SimTime due;
    void *payload;
    uint64_t corrupt;
    uint64_t key; /* of the edge: sim_net_edge_key */
} SimPacket;

typedef struct SimLookedAt SimLookedAt; /* look_ahead.h */

/* deliver borrows the payload: who keeps it takes a reference. fate (may be NULL) is called once a
 * message when its fate is known: at the drop, or just before delivery. payload_ref and
 * payload_unref may be NULL for payloads that are not counted. intact (may be NULL: none is) is
 * asked of each corrupted datagram when it is due: it flips the bits and says whether the receiver
 * took no notice; true delivers, false is fate checksum. broken (may be NULL) tells the sender of
 * an edge that a stream has broken: it is called for each direction, when both are closed already.
 * deliver and broken may send, open and close; fate and intact must not. */
typedef struct {
    void *user;
    void (*deliver)(void *user, const SimPacket *packet);
    void (*fate)(void *user, const SimPacket *packet, SimFate fate);
    void *(*payload_ref)(void *payload);
    void (*payload_unref)(void *payload);
    bool (*intact)(void *user, const SimPacket *packet);
    void (*broken)(void *user, uint32_t edge);
    /* An event of another handler that sim_net_wait_at_node kept; NULL where nothing calls that. */
    void (*late)(void *user, const SimEvent *event);
    /* May be NULL: see look_ahead.h. */
    void (*look_ahead)(void *user, SimLookedAt *messages, uint32_t count);
} SimNetOps;

/* The engine must outlive the net; ops are copied. */
SimNet *sim_net_new(SimEngine *engine, uint64_t seed, const SimNetOps *ops);

/* NULL is fine. Messages still in flight are given up without a word: see sim_net_finish. */
void sim_net_free(SimNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimNet, sim_net_free)

/* -- nodes ---------------------------------------------------------------------------------- */

/* Indices count from 0. A name must be unique: it keys the node's edges. A node is up. */
uint32_t sim_net_add_node(SimNet *net, const char *name);
uint32_t sim_net_node_count(const SimNet *net);
const char *sim_net_node_name(const SimNet *net, uint32_t node);
uint64_t sim_net_node_key(const SimNet *net, uint32_t node); /* sim_key of its name */
void sim_net_set_node_up(SimNet *net, uint32_t node, bool up);

/* Sets the rates in bits a second that all edges of a node share; 0: none. Before it sends. */
void sim_net_set_node_rates(SimNet *net, uint32_t node, uint64_t up_bps, uint64_t down_bps);

uint64_t sim_net_node_up_bps(const SimNet *net, uint32_t node);
uint64_t sim_net_node_down_bps(const SimNet *net, uint32_t node);

/* Sets how messages share these rates: see line.h. SIM_BANDWIDTH_FAIR at first. Before anything is
 * sent. */
void sim_net_set_bandwidth(SimNet *net, SimBandwidth model);

/* What is due at a paused node waits, and comes when it is resumed: in the order in which it was
 * due, the first 1 ns later and each 1 ns after the one before; what comes due meanwhile waits
 * behind it. A cut of that time stops nothing that had come before. Pausing one that is paused, and
 * the like, changes nothing. */
void sim_net_set_node_paused(SimNet *net, uint32_t node, bool paused);
bool sim_net_node_paused(const SimNet *net, uint32_t node);

/* Whether what comes due at a node now must wait: it is paused, or has been and has not yet met all
 * that waited. Events of others are let wait among the messages, and come by SimNetOps.late in
 * their turn; the end of the net drops them without a word. */
bool sim_net_node_waits(const SimNet *net, uint32_t node);
void sim_net_wait_at_node(SimNet *net, uint32_t node, const SimEvent *event);

/* -- edges ---------------------------------------------------------------------------------- */

#define SIM_EDGE_NONE UINT32_MAX

/* A two-way connection of two different nodes: two directed edges, a->b with the even index that
 * is returned and b->a with the next (edge ^ 1). Where the two are connected already, the existing
 * edge from a to b is returned, odd or even. */
uint32_t sim_net_add_edge(SimNet *net, uint32_t a, uint32_t b);

/* The edge from a to b, or SIM_EDGE_NONE. */
uint32_t sim_net_find_edge(const SimNet *net, uint32_t a, uint32_t b);

uint32_t sim_net_edge_count(const SimNet *net); /* directed ones */
uint32_t sim_net_edge_src(const SimNet *net, uint32_t edge);
uint32_t sim_net_edge_dst(const SimNet *net, uint32_t edge);

/* The key of the ordered pair of its ends' names. */
uint64_t sim_net_edge_key(const SimNet *net, uint32_t edge);

/* Which of the edges that leave its source it is, from 0, in the order in which they were added. */
uint32_t sim_net_edge_place(const SimNet *net, uint32_t edge);

/* The edges that leave a node, in the order in which they were added; valid until the next edge is
 * added or the net is frozen. */
const uint32_t *sim_net_out_edges(const SimNet *net, size_t *ret_count, uint32_t node);

/* Gives back what building needed beyond what running needs; edges may be added later still. */
void sim_net_freeze(SimNet *net);

/* Closing loses what is in flight on this directed edge (fate closed, when due; what waits for a
 * line or on a stalled stream, at once), also if it is opened again before; sending on a closed
 * edge is a drop. Edges are made open. */
void sim_net_set_edge_open(SimNet *net, uint32_t edge, bool open);
bool sim_net_edge_open(const SimNet *net, uint32_t edge);

/* Closes a directed edge for good: opening it does nothing. The missing half of a one-way edge. */
void sim_net_shut_edge(SimNet *net, uint32_t edge);
bool sim_net_edge_shut(const SimNet *net, uint32_t edge);

/* Edges begin with sim_link_spec_default(). The spec must pass sim_link_spec_check; messages
 * already under way keep what they had. The one returned lives as long as the net. */
void sim_net_set_link(SimNet *net, uint32_t edge, const SimLinkSpec *spec);
const SimLinkSpec *sim_net_link(const SimNet *net, uint32_t edge);

/* Samples the latency of an edge from `draws`, or, with draw=link, from the link's own. */
SimTime sim_net_draw_latency(const SimNet *net, uint32_t edge, SimCounter draws);

/* Measured times for sim_distribution_empirical, kept as long as the net; in any order, count > 0,
 * none negative. Their index, from 0. Two tables of the same values are two, and so are the
 * classes of links that name them. */
uint32_t sim_net_add_times(SimNet *net, const SimTime *values, size_t count);
const SimTimes *sim_net_times(const SimNet *net, uint32_t index);

/* -- messages ------------------------------------------------------------------------------- */

/* Sends; one reference of the payload passes to the net. In this order:
 *   - an edge that is closed, a sender that is down, a cut that drops between the ends: dropped;
 *   - rate: the message waits for the line to be free, then occupies it for bytes * 8 / rate; with
 *     rates of nodes, see line.h. On a link with a rate of its own it is dropped (queue) if the
 * line is busy and the bytes not yet through (the one on the line included), with its own, would
 *     exceed queue_bytes. One that finds the line free always goes;
 *   - loss: rolled after the line, which a lost message has occupied;
 *   - latency: max(min, sample) + uniform 0..jitter, + small_extra below SIM_SMALL_BYTES, from the
 *     end of its time on the line;
 *   - corrupt: what comes is damaged, see SimNetOps;
 *   - reorder: the message takes one more sample of the latency, and fifo neither holds it back nor
 *     counts it for those after it;
 *   - fifo: not before the last message on this edge that was not lost; at least 1 ns from now;
 *   - duplicate: one that is not lost comes a second time, with a latency and a roll for corrupt of
 *     its own, later than the first. The copy is a message in the books: sent counts it.
 *
 * On a stream messages come in order and whole: duplicate, reorder and order=any do nothing, and a
 * corrupted one counts as lost. A lost one is sent again after RTO = max(1 s, 2 * its latency), at
 * most 60 s, then after twice that and so on (RFC 6298, 2.4, 2.5 and 5.5), until it gets through;
 * those behind it wait. A try that comes later takes no further time on the line. What a dropping
 * cut stops, when sent or when due, stalls the edge and is tried again with the same back-off, from
 * when it was stopped; then it goes on with its latency from there, without loss. What has not got
 * through after SIM_STREAM_TIMEOUT, when it is tried for the
 * last time, breaks the connection; so does a receiver that is down, as soon as something comes to
 * it. Then both directions close, what was in flight is lost (fate closed), and both ends are told.
 */
void sim_net_send(SimNet *net, uint32_t edge, uint8_t kind, uint32_t bytes, void *payload);

/* The 1 s is RFC 6298's, 2.4. The user timeout is RFC 9293's, 3.9.1: its 5 minutes are the upper
 * end of what systems do, and would let most cuts of a scenario pass unnoticed. */
#define SIM_STREAM_RTO_MIN (1 * SIM_S)
#define SIM_STREAM_RTO_MAX (60 * SIM_S)
#define SIM_STREAM_TIMEOUT (60 * SIM_S)

/* -- partitions ----------------------------------------------------------------------------- */

/* What a cut does to the messages it stops, when sent and when due.
 *   drop   they are lost (on a stream: see sim_net_send)
 *   hold   they are kept until no cut holds them, then go on in the order in which they were sent,
 *          each with its latency from there, without loss or a further time on the line. One that a
 *          dropping cut stops at that moment is dropped, its `due` being then
 *   slow   they pass, `by` later, once each
 * Where several stand, drop goes before hold and hold before slow; what slow cuts add adds up. */
typedef enum { SIM_CUT_DROP, SIM_CUT_HOLD, SIM_CUT_SLOW } SimCutStyle;

/* `by` >= 0 is slow's. */
typedef struct {
    SimCutStyle style;
    SimTime by;
} SimCutSpec;

/* A cut from now on: nodes of different groups hear nothing of each other. A node in several
 * groups hears all of theirs; nodes in none are untouched; cuts compose. Returns its id, from 0. */
uint32_t sim_net_partition(SimNet *net, const SimCutSpec *spec, uint32_t group_count,
                           const uint32_t *const *groups, const size_t *sizes);

/* A cut that stops what the nodes of `from` send to those of `to`; the way back is open. */
uint32_t sim_net_oneway(SimNet *net, const SimCutSpec *spec, const uint32_t *from,
                        size_t from_count, const uint32_t *to, size_t to_count);

/* A cut in which each of the nodes hears of the others only the one before and the one after. */
uint32_t sim_net_partition_ring(SimNet *net, const SimCutSpec *spec, const uint32_t *nodes,
                                size_t count);

/* Ends a cut; false if it had ended already. */
bool sim_net_heal(SimNet *net, uint32_t cut);
uint32_t sim_net_heal_all(SimNet *net); /* how many it ended */

bool sim_net_cut_active(const SimNet *net, uint32_t cut);
SimTime sim_net_cut_start(const SimNet *net, uint32_t cut);
SimTime sim_net_cut_end(const SimNet *net, uint32_t cut); /* SIM_TIME_NEVER while active */

/* Whether an active cut drops or holds what a sends to b. */
bool sim_net_separated(const SimNet *net, uint32_t a, uint32_t b);

/* -- impairments ---------------------------------------------------------------------------- */

typedef enum {
    SIM_IMPAIR_LOSS,
    SIM_IMPAIR_DELAY,
    SIM_IMPAIR_DUPLICATE,
    SIM_IMPAIR_REORDER,
    SIM_IMPAIR_CORRUPT,
} SimImpairKind;

#define SIM_KINDS_ALL UINT64_MAX

/* What is done to messages sent from now on by the nodes of `from` to those of `to`, or by all to
 * all. The probability is ppb / 10^9; of several, and the link's own, one must strike (1 - (1 - p)
 * (1 - q)). Delays add up, and come before fifo. `kinds` has a bit for each kind below 64 that is
 * meant; a kind from 64 up is meant by SIM_KINDS_ALL alone. */
typedef struct {
    SimImpairKind kind;
    uint32_t ppb;  /* of all but delay */
    SimTime delay; /* of delay */
    uint64_t kinds;
    bool everywhere; /* from and to are not looked at */
    const uint32_t *from;
    size_t from_count;
    const uint32_t *to;
    size_t to_count;
} SimImpairSpec;

/* Its id, from 0. ppb <= 10^9, delay >= 0. */
uint32_t sim_net_impair(SimNet *net, const SimImpairSpec *spec);

/* False if it had ended already. */
bool sim_net_impair_end(SimNet *net, uint32_t id);

/* -- books ---------------------------------------------------------------------------------- */

uint64_t sim_net_sent(const SimNet *net);
uint64_t sim_net_fate_count(const SimNet *net, SimFate fate);

/* The same by link class; classes count from 0 in the order in which they were first set. */
uint32_t sim_net_class_count(const SimNet *net);
const SimLinkSpec *sim_net_class_link(const SimNet *net, uint32_t klass);
uint64_t sim_net_class_sent(const SimNet *net, uint32_t klass);
uint64_t sim_net_class_fate_count(const SimNet *net, uint32_t klass, SimFate fate);

/* Whether in each class sent = sum of fates + messages found in the engine's queue or held, paused
 * or stalled, counted there one by one; in debug builds (SIM_DEBUG, address sanitizer) for each
 * directed edge too. What does not balance is told in ret_report (may be NULL), a line each. */
bool sim_net_books_balance(const SimNet *net, GString *ret_report);

/* The end: each message in flight meets fate in-flight, in the order in which they would have come,
 * then those held, paused and stalled, and its payload is released. */
void sim_net_finish(SimNet *net);

/* What the graph takes on the heap: nodes with their places in it, and links. */
size_t sim_net_memory(const SimNet *net);

#endif
