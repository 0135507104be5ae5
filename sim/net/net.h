/* The simulated network: nodes by index and name, directed edges, links, partitions, books.
 *
 * Payloads are opaque and refcounted by their owner's functions. Each message sent has exactly one
 * fate: it is delivered, dropped for a stated reason, or in flight at the end. The books count all
 * fates by link class and are checked at the end of a run.
 *
 * No memory is allocated for a message: a message in flight is one pending event of the engine. The
 * event is keyed by the names of the two ends and numbered by the edge. So neither another node nor
 * the order of building changes which of two messages comes first.
 *
 * Randomness: each directed edge has one SplitMix64 sequence, keyed by (seed, "link", names of the
 * ends). The edge's n-th message (from 0) reads this sequence from position 64 n:
 *
 *   position 64 n        loss
 *            64 n + 1    jitter
 *            64 n + 2    change of the edge's state (Gilbert-Elliott)
 *            64 n + 3    whether it is duplicated
 *            64 n + 4    whether it is reordered
 *            64 n + 5    whether it is corrupted
 *            64 n + 6    which bits
 *            64 n + 8 …  latency (as many draws as the distribution needs, nearly always one)
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
    SIM_FATE_CHECKSUM,  /* "checksum": corrupted, and the receiver noticed */
    SIM_FATE_COUNT,     /* these numbers reach the digest: add new fates only here */
} SimFate;

const char *sim_fate_name(SimFate fate);

/* A message, as its receiver and the trace see it. `due` is when it arrives or would have arrived;
 * it equals `sent` for a message that was dropped when sent (fates queue, cut, down, closed).
 * `corrupt` is 0 for an intact message, else 64 random bits that select what to flip. */
typedef struct {
    uint32_t edge;
    uint32_t src;
    uint32_t dst;
    uint32_t back; /* sim_net_edge_place of the reverse edge */
    uint8_t kind;
    uint32_t bytes;
    SimTime sent;
    SimTime due;
    void *payload;
    uint64_t corrupt;
    uint64_t key; /* of the edge: sim_net_edge_key */
} SimPacket;

typedef struct SimLookedAt SimLookedAt; /* look_ahead.h */

/* Functions that the net calls. deliver and broken may send, open and close; fate and intact must
 * not.
 *   deliver        borrows the payload: to keep it, take a reference
 *   fate           may be NULL; called once for each message when its fate is known: at the drop,
 *                  or just before delivery
 *   payload_ref, payload_unref   may be NULL for payloads that are not refcounted
 *   intact         called for each corrupted datagram when it is due: flips the bits and returns
 *                  whether the receiver fails to notice. true delivers the message, false gives it
 *                  fate checksum; NULL means always false
 *   broken         may be NULL; notifies the sender of an edge that a stream has broken: called for
 *                  each direction, when both are already closed */
typedef struct {
    void *user;
    void (*deliver)(void *user, const SimPacket *packet);
    void (*fate)(void *user, const SimPacket *packet, SimFate fate);
    void *(*payload_ref)(void *payload);
    void (*payload_unref)(void *payload);
    bool (*intact)(void *user, const SimPacket *packet);
    void (*broken)(void *user, uint32_t edge);
    /* Handles an event of another handler that waited (sim_net_wait_at_node); else NULL. */
    void (*late)(void *user, const SimEvent *event);
    /* May be NULL: see look_ahead.h. */
    void (*look_ahead)(void *user, SimLookedAt *messages, uint32_t count);
} SimNetOps;

/* The engine must outlive the net; ops are copied. */
SimNet *sim_net_new(SimEngine *engine, uint64_t seed, const SimNetOps *ops);

/* Accepts NULL. Discards messages in flight without a fate: see sim_net_finish. */
void sim_net_free(SimNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimNet, sim_net_free)

/* -- nodes ---------------------------------------------------------------------------------- */

/* Returns the node's index, from 0. The name must be unique, because it keys the node's edges. A
 * new node is up. */
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

/* With SIM_BANDWIDTH_FAIR: sets how many messages of SIM_SMALL_BYTES and more a node sends at a
 * time; 0, as at first: no bound. Before anything is sent. */
void sim_net_set_uploads(SimNet *net, uint32_t most);

/* With SIM_BANDWIDTH_UPLINK: sets whether a message of fewer than SIM_SMALL_BYTES goes at once, before
 * what waits for the uplink, and occupies it for no time. False at first. */
void sim_net_set_small_first(SimNet *net, bool small_first);

/* Pauses or resumes a node. Events that are due at a paused node wait. After it resumes, they are
 * handled in the order in which they were due, the first 1 ns later and each 1 ns after the one
 * before; events that come due meanwhile wait behind them. A cut in force then does not stop
 * messages that were due before. No effect if the node is already in that state. */
void sim_net_set_node_paused(SimNet *net, uint32_t node, bool paused);
bool sim_net_node_paused(const SimNet *net, uint32_t node);

/* sim_net_node_waits() returns whether events due at the node must wait: it is paused, or has
 * resumed and some events still wait. sim_net_wait_at_node() lets an event of another handler wait
 * among the messages; SimNetOps.late gets it in its turn. sim_net_finish() drops such events. */
bool sim_net_node_waits(const SimNet *net, uint32_t node);
void sim_net_wait_at_node(SimNet *net, uint32_t node, const SimEvent *event);

/* -- edges ---------------------------------------------------------------------------------- */

#define SIM_EDGE_NONE UINT32_MAX

/* Connects two different nodes both ways: a->b gets an even index, which is returned, and b->a the
 * next (edge ^ 1). If the two are already connected, returns the existing edge from a to b, whose
 * index may be odd. */
uint32_t sim_net_add_edge(SimNet *net, uint32_t a, uint32_t b);

/* Returns the edge from a to b, or SIM_EDGE_NONE. */
uint32_t sim_net_find_edge(const SimNet *net, uint32_t a, uint32_t b);

uint32_t sim_net_edge_count(const SimNet *net); /* directed edges */
uint32_t sim_net_edge_src(const SimNet *net, uint32_t edge);
uint32_t sim_net_edge_dst(const SimNet *net, uint32_t edge);

/* Returns the key of the ordered pair of its ends' names. */
uint64_t sim_net_edge_key(const SimNet *net, uint32_t edge);

/* Returns the edge's place among the edges that leave its source, from 0 in order of adding. */
uint32_t sim_net_edge_place(const SimNet *net, uint32_t edge);

/* Returns the edges that leave a node, in order of adding; valid until the next edge is added or
 * the net is frozen. */
const uint32_t *sim_net_out_edges(const SimNet *net, size_t *ret_count, uint32_t node);

/* Frees the memory that only building needs. Edges may still be added later. */
void sim_net_freeze(SimNet *net);

/* Opens or closes a directed edge; new edges are open. Closing loses the messages in flight, even
 * if the edge is opened again before they are due: they get fate closed when due, and those that
 * wait for a line or on a stalled stream at once. A message sent on a closed edge is dropped. */
void sim_net_set_edge_open(SimNet *net, uint32_t edge, bool open);
bool sim_net_edge_open(const SimNet *net, uint32_t edge);

/* Closes a directed edge for good: opening it has no effect. Used for the missing direction of a
 * one-way edge. */
void sim_net_shut_edge(SimNet *net, uint32_t edge);
bool sim_net_edge_shut(const SimNet *net, uint32_t edge);

/* A new edge has sim_link_spec_default(). The spec must pass sim_link_spec_check(). Messages in
 * flight keep the old link. The returned spec lives as long as the net. */
void sim_net_set_link(SimNet *net, uint32_t edge, const SimLinkSpec *spec);
const SimLinkSpec *sim_net_link(const SimNet *net, uint32_t edge);

/* Samples the latency of an edge from `draws`, or, with draw=link, from the link's own. */
SimTime sim_net_draw_latency(const SimNet *net, uint32_t edge, SimCounter draws);

/* Adds a table of measured times for sim_distribution_empirical, in any order, count > 0, none
 * negative. Returns its index, from 0; the table lives as long as the net. Tables are not compared:
 * two with equal values stay two, and links that refer to them are of two classes. */
uint32_t sim_net_add_times(SimNet *net, const SimTime *values, size_t count);
const SimTimes *sim_net_times(const SimNet *net, uint32_t index);

/* -- messages ------------------------------------------------------------------------------- */

/* Sends a message; the net takes over one reference of the payload. In this order:
 *   - if the edge is closed, the sender down, or a dropping cut between the ends: dropped;
 *   - rate: the message waits for the line to be free, then occupies it for bytes * 8 / rate; with
 *     rates of nodes, see line.h. On a link with a rate of its own it is dropped (queue) if the
 *     line is busy and the bytes not yet through (the one on the line included), with its own,
 * would exceed queue_bytes. If the line is free it is never dropped;
 *   - loss: drawn after the line, which a lost message has occupied too;
 *   - latency: max(min, sample) + uniform 0..jitter, + small_extra below SIM_SMALL_BYTES, from the
 *     end of its time on the line;
 *   - corrupt: the message arrives damaged, see SimNetOps;
 *   - reorder: the message takes one more sample of the latency, and fifo neither holds it back nor
 *     counts it for those after it;
 *   - fifo: not before the last message on this edge that was not lost; at least 1 ns from now;
 *   - duplicate: one that is not lost comes a second time, with a latency and a draw for corrupt of
 *     its own, later than the first. The books count the copy as a message sent.
 *
 * On a stream messages come in order and whole: duplicate, reorder and order=any do nothing, and a
 * corrupted one counts as lost. A lost one is sent again after RTO = max(1 s, 2 * its latency), at
 * most 60 s, then after twice that and so on (RFC 6298, 2.4, 2.5 and 5.5), until it gets through;
 * those behind it wait. Later tries take no further time on the line. A message that a dropping cut
 * stops, when sent or when due, stalls the edge. It is tried again with the same back-off, counted
 * from when it was stopped, and then goes on with its latency, without loss. The last try is after
 * SIM_STREAM_TIMEOUT; if it fails, the connection breaks. It also breaks when a message reaches a
 * receiver that is down. Then both directions close, messages in flight are lost (fate closed), and
 * both ends are notified.
 */
void sim_net_send(SimNet *net, uint32_t edge, uint8_t kind, uint32_t bytes, void *payload);

/* The minimum of 1 s is from RFC 6298, 2.4. RFC 9293, 3.9.1, suggests a user timeout of 5 minutes,
 * but that would let most cuts of a scenario pass unnoticed. */
#define SIM_STREAM_RTO_MIN (1 * SIM_S)
#define SIM_STREAM_RTO_MAX (60 * SIM_S)
#define SIM_STREAM_TIMEOUT (60 * SIM_S)

/* -- partitions ----------------------------------------------------------------------------- */

/* How a cut treats messages, when they are sent and when they are due.
 *   drop   loses them (on a stream: see sim_net_send)
 *   hold   keeps them until no cut holds them. Then they go on in the order of sending, each with
 *          its latency from then on, without loss or further time on the line. If a dropping cut
 *          stops one at that moment, it is dropped and that is its `due`
 *   slow   lets them arrive `by` later; each cut slows a message at most once
 * If several cuts apply, drop precedes hold and hold precedes slow; the delays of slow cuts add up.
 */
typedef enum { SIM_CUT_DROP, SIM_CUT_HOLD, SIM_CUT_SLOW } SimCutStyle;

/* `by` >= 0 is for SIM_CUT_SLOW. */
typedef struct {
    SimCutStyle style;
    SimTime by;
} SimCutSpec;

/* Begins a cut between nodes of different groups and returns its id, from 0. Nodes that share a
 * group are not cut from each other, and nodes in no group from none. Cuts compose. */
uint32_t sim_net_partition(SimNet *net, const SimCutSpec *spec, uint32_t group_count,
                           const uint32_t *const *groups, const size_t *sizes);

/* Begins a cut of what the nodes of `from` send to those of `to`, but not of the way back. */
uint32_t sim_net_oneway(SimNet *net, const SimCutSpec *spec, const uint32_t *from,
                        size_t from_count, const uint32_t *to, size_t to_count);

/* Begins a cut that leaves each of the nodes connected only to the one before and the one after. */
uint32_t sim_net_partition_ring(SimNet *net, const SimCutSpec *spec, const uint32_t *nodes,
                                size_t count);

/* Ends a cut. Returns false if it has already ended. */
bool sim_net_heal(SimNet *net, uint32_t cut);
uint32_t sim_net_heal_all(SimNet *net); /* returns how many it ended */

bool sim_net_cut_active(const SimNet *net, uint32_t cut);
SimTime sim_net_cut_start(const SimNet *net, uint32_t cut);
SimTime sim_net_cut_end(const SimNet *net, uint32_t cut); /* SIM_TIME_NEVER while active */
/* Return whether any message, or attempt to connect, has met the cut, and any message the
 * impairment, since it began. */
bool sim_net_cut_touched(const SimNet *net, uint32_t cut);
bool sim_net_impair_touched(const SimNet *net, uint32_t impair);

/* Returns whether an active cut drops or holds what a sends to b. */
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

/* Impairs messages sent from now on by the nodes of `from` to those of `to`, or by all to all. The
 * probability is ppb / 10^9. It is combined with those of other impairments and of the link: a
 * message is hit if any of them hits, 1 - (1 - p) (1 - q). Delays add up and are applied before
 * fifo. `kinds` has a bit for each affected kind below 64; kinds from 64 up are affected only by
 * SIM_KINDS_ALL. With `first` only the first so many messages of these kinds that pass are
 * affected. */
typedef struct {
    SimImpairKind kind;
    uint32_t ppb;  /* of all kinds but delay */
    SimTime delay; /* of delay */
    uint64_t kinds;
    uint32_t first;  /* 0: all */
    bool everywhere; /* ignores from and to */
    const uint32_t *from;
    size_t from_count;
    const uint32_t *to;
    size_t to_count;
} SimImpairSpec;

/* Returns the id of the impairment, from 0. ppb <= 10^9, delay >= 0. */
uint32_t sim_net_impair(SimNet *net, const SimImpairSpec *spec);

/* Returns false if it has already ended. */
bool sim_net_impair_end(SimNet *net, uint32_t id);

/* -- books ---------------------------------------------------------------------------------- */

uint64_t sim_net_sent(const SimNet *net);
uint64_t sim_net_fate_count(const SimNet *net, SimFate fate);

/* The same for one link class; classes are numbered from 0 in the order of first use. */
uint32_t sim_net_class_count(const SimNet *net);
const SimLinkSpec *sim_net_class_link(const SimNet *net, uint32_t klass);
uint64_t sim_net_class_sent(const SimNet *net, uint32_t klass);
uint64_t sim_net_class_fate_count(const SimNet *net, uint32_t klass, SimFate fate);

/* Returns whether in each class sent = sum of fates + messages that are pending, held, paused or
 * stalled, which are counted one by one; in debug builds (SIM_DEBUG, address sanitizer) also for
 * each directed edge. Adds a line to ret_report (may be NULL) for each imbalance. */
bool sim_net_books_balance(const SimNet *net, GString *ret_report);

/* Ends the run: gives fate in-flight to all pending messages, in order of arrival, then to those
 * held, paused and stalled, and releases their payloads. */
void sim_net_finish(SimNet *net);

/* Returns the bytes that nodes, edges and links take on the heap. */
size_t sim_net_memory(const SimNet *net);

#endif
