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
 *            64 n + 8 …  latency (as many as the distribution takes: one nearly always)
 *
 * whatever its fate, so that a run with loss and one without it, or with other cuts, share every
 * draw of every message.
 */
#ifndef SIM_NET_NET_H
#define SIM_NET_NET_H

#include "sim/engine/engine.h"
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
    SIM_FATE_COUNT,
} SimFate;

const char *sim_fate_name(SimFate fate);

/* A message, as its receiver and the trace see it. `due` is when it arrives or would have arrived;
 * for a message dropped with fate queue, or when sent with cut, down or closed, it is `sent`. */
typedef struct {
    uint32_t edge;
    uint32_t src;
    uint32_t dst;
    uint8_t kind;
    uint32_t bytes;
    SimTime sent;
    SimTime due;
    void *payload;
} SimPacket;

/* deliver borrows the payload: who keeps it takes a reference. fate (may be NULL) is called once a
 * message when its fate is known: at the drop, or just before delivery. payload_ref and
 * payload_unref may be NULL for payloads that are not counted. deliver may send, fate must not. */
typedef struct {
    void *user;
    void (*deliver)(void *user, const SimPacket *packet);
    void (*fate)(void *user, const SimPacket *packet, SimFate fate);
    void *(*payload_ref)(void *payload);
    void (*payload_unref)(void *payload);
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
bool sim_net_node_up(const SimNet *net, uint32_t node);

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

/* The edges that leave a node, in the order in which they were added; valid until the next edge is
 * added or the net is frozen. */
const uint32_t *sim_net_out_edges(const SimNet *net, size_t *ret_count, uint32_t node);

/* Gives back what building needed beyond what running needs; edges may be added later still. */
void sim_net_freeze(SimNet *net);

/* Closing loses what is in flight on this directed edge (fate closed, when due), also if it is
 * opened again before; sending on a closed edge is a drop. Edges are made open. */
void sim_net_set_edge_open(SimNet *net, uint32_t edge, bool open);
bool sim_net_edge_open(const SimNet *net, uint32_t edge);

/* Edges begin with sim_link_spec_default(). The spec must pass sim_link_spec_check; messages
 * already under way keep what they had. The one returned lives as long as the net. */
void sim_net_set_link(SimNet *net, uint32_t edge, const SimLinkSpec *spec);
const SimLinkSpec *sim_net_link(const SimNet *net, uint32_t edge);

/* -- messages ------------------------------------------------------------------------------- */

/* Sends; one reference of the payload passes to the net. In this order:
 *   - an edge that is closed, a sender that is down, a cut between the ends: dropped;
 *   - rate: the message waits for the line to be free, then occupies it for bytes * 8 / rate. It
 *     is dropped (queue) if the line is busy and the bytes not yet through (the one on the line
 *     included), with its own, would exceed queue_bytes. One that finds the line free always goes;
 *   - loss: rolled after the line, which a lost message has occupied;
 *   - latency: max(min, sample) + uniform 0..jitter, from the end of its time on the line;
 *   - fifo: not before the last message on this edge that was not lost; at least 1 ns from now. */
void sim_net_send(SimNet *net, uint32_t edge, uint8_t kind, uint32_t bytes, void *payload);

/* -- partitions ----------------------------------------------------------------------------- */

/* A cut from now on: nodes of different groups hear nothing of each other. A node in several
 * groups hears all of theirs; nodes in none are untouched; cuts compose. Returns its id, from 0;
 * the name (may be NULL) is for sim_net_cut_find. */
uint32_t sim_net_partition(SimNet *net, const char *name, uint32_t group_count,
                           const uint32_t *const *groups, const size_t *sizes);

/* A cut that stops what the nodes of `from` send to those of `to`; the way back is open. */
uint32_t sim_net_oneway(SimNet *net, const char *name, const uint32_t *from, size_t from_count,
                        const uint32_t *to, size_t to_count);

/* A cut in which each of the nodes hears of the others only the one before and the one after. */
uint32_t sim_net_partition_ring(SimNet *net, const char *name, const uint32_t *nodes, size_t count);

/* Ends a cut; false if it had ended already. */
bool sim_net_heal(SimNet *net, uint32_t cut);
uint32_t sim_net_heal_all(SimNet *net); /* how many it ended */

uint32_t sim_net_cut_count(const SimNet *net); /* active and ended */
bool sim_net_cut_active(const SimNet *net, uint32_t cut);
const char *sim_net_cut_name(const SimNet *net, uint32_t cut); /* NULL: none */
SimTime sim_net_cut_start(const SimNet *net, uint32_t cut);
SimTime sim_net_cut_end(const SimNet *net, uint32_t cut); /* SIM_TIME_NEVER while active */
bool sim_net_cut_find(const SimNet *net, uint32_t *ret_cut, const char *name); /* the last of it */

/* Whether an active cut stops what a sends to b. */
bool sim_net_separated(const SimNet *net, uint32_t a, uint32_t b);

/* -- books ---------------------------------------------------------------------------------- */

uint64_t sim_net_sent(const SimNet *net);
uint64_t sim_net_fate_count(const SimNet *net, SimFate fate);

/* The same by link class; classes count from 0 in the order in which they were first set. */
uint32_t sim_net_class_count(const SimNet *net);
const SimLinkSpec *sim_net_class_link(const SimNet *net, uint32_t klass);
uint64_t sim_net_class_sent(const SimNet *net, uint32_t klass);
uint64_t sim_net_class_fate_count(const SimNet *net, uint32_t klass, SimFate fate);

/* Whether in each class sent = sum of fates + messages found in the engine's queue, counted there
 * one by one. What does not balance is told in ret_report (may be NULL), a line each. */
bool sim_net_books_balance(const SimNet *net, GString *ret_report);

/* The end: each message in flight meets fate in-flight, in the order in which they would have come,
 * and its payload is released. */
void sim_net_finish(SimNet *net);

#endif
