/* libkettensim: deterministic simulation of Volkskette networks, for tests and programs.
 *
 * A SimNetwork is a network of nodes that run the real chain and consensus code on a virtual clock.
 * It is described in the scenario language (docs/scenario-language.md), by calls, or both, started,
 * driven to moments of virtual time, and asked anything that a check of that language can ask:
 *
 *     SimNetwork *net = sim_network_new();
 *     sim_network_add_node(net, "alice", 8001);
 *     sim_network_add_node(net, "bob", 8002);
 *     sim_network_connect(net, "alice", "bob");
 *     sim_network_say(net, "chain pow=off");
 *     if (!sim_network_start(net))
 *         puts(sim_network_error(net));
 *     sim_network_do(net, "mine 3 at alice");
 *     sim_network_wait_synced(net, SIM_NETWORK_SECOND * 60);
 *     assert(sim_network_holds(net, "height(bob) == 3"));
 *     sim_network_free(net);
 *
 * Times are int64 nanoseconds of virtual time from the start. Strings that come back belong to the
 * network and last until the next call on it, but for errors and digests, which last as long as the
 * network. A function that gives false has said why in sim_network_error(). Nothing is printed.
 *
 * There is no global state. A network must be used by one thread at a time; different networks may
 * be used by different threads at once. The same calls with the same seed give the same run, and
 * the same digest, on every machine. A contradiction inside the simulator (an assertion) aborts.
 */
#ifndef KETTENSIM_H
#define KETTENSIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KETTENSIM_API __attribute__((visibility("default")))

#define SIM_NETWORK_MILLISECOND INT64_C(1000000)
#define SIM_NETWORK_SECOND INT64_C(1000000000)

typedef struct SimNetwork SimNetwork;

/* "0.1.0" */
KETTENSIM_API const char *kettensim_version(void);

/* --- making -------------------------------------------------------------------------------- */

/* An empty network: never NULL. */
KETTENSIM_API SimNetwork *sim_network_new(void);

/* NULL is fine. */
KETTENSIM_API void sim_network_free(SimNetwork *network);

/* Why the last call that gave false did; "" when none has. Several lines for scenario errors. */
KETTENSIM_API const char *sim_network_error(const SimNetwork *network);

/* The functions of this section come before the start, and give false after it. */

/* Adds statements of the scenario language, one or several lines. What is wrong with them shows at
 * the start. Without a `topology` or sim_network_connect() nodes form a mesh. */
KETTENSIM_API bool sim_network_say(SimNetwork *network, const char *lines);

/* The same for a file, whose includes are found beside it. */
KETTENSIM_API bool sim_network_load(SimNetwork *network, const char *path);

/* Sets a param of the scenario, as -P does. */
KETTENSIM_API bool sim_network_set_param(SimNetwork *network, const char *name, const char *value);

/* 0 … 2^63 - 1; 1 unless it is set here or by the scenario. */
KETTENSIM_API bool sim_network_set_seed(SimNetwork *network, uint64_t seed);

/* A node that mines when the chain has proof of work. port 1 … 65535, 0: none in particular. */
KETTENSIM_API bool sim_network_add_node(SimNetwork *network, const char *name, uint16_t port);

/* Writes a trace as `kettensim run` does when the network is stopped; level "summary", "consensus"
 * or "full". */
KETTENSIM_API bool sim_network_trace(SimNetwork *network, const char *path, const char *level);

/* Every node on a store of its own; every message as its bytes. Neither changes what happens. */
KETTENSIM_API bool sim_network_isolate(SimNetwork *network, bool isolate, bool wire);

/* --- driving ------------------------------------------------------------------------------- */

/* A standing connection that `from` opens. Before the start it is part of the topology; after it,
 * made at once, and opened again where it was closed. */
KETTENSIM_API bool sim_network_connect(SimNetwork *network, const char *from, const char *to);
KETTENSIM_API bool sim_network_disconnect(SimNetwork *network, const char *from, const char *to);

/* Builds everything and starts the nodes; virtual time is 0. */
KETTENSIM_API bool sim_network_start(SimNetwork *network);

/* Virtual time, ns. */
KETTENSIM_API int64_t sim_network_now(const SimNetwork *network);

/* Runs until a time, which becomes now; false when it lies before now, or when a limit of the
 * scenario ended the run. */
KETTENSIM_API bool sim_network_run_until(SimNetwork *network, int64_t time_ns);

/* Runs until a condition is true at the end of an instant, at most for timeout_ns. False when it
 * never was, or when it cannot be understood. */
KETTENSIM_API bool sim_network_wait_for(SimNetwork *network, const char *condition,
                                        int64_t timeout_ns);

/* Until all nodes that are up have one tip. */
KETTENSIM_API bool sim_network_wait_synced(SimNetwork *network, int64_t timeout_ns);

/* Until no message is in flight, no check pending, no request or announcement open. */
KETTENSIM_API bool sim_network_run_idle(SimNetwork *network, int64_t timeout_ns);

/* Does an action of the scenario language now: "mine 3 at alice", "partition {a} | {b}",
 * "crash bob for 1m", "submit pay at alice", "deliver b3 from peer to n". What `for` limits ends by
 * itself. False when it is not understood or could do nothing. */
KETTENSIM_API bool sim_network_do(SimNetwork *network, const char *action);

/* Ends the run: judges the checks of the scenario, closes the books, writes the trace. True when
 * every check held. After it a network can only be asked and freed. */
KETTENSIM_API bool sim_network_stop(SimNetwork *network);

/* --- asking -------------------------------------------------------------------------------- */

/* Whether a condition of the scenario language holds now, for every element of a list. False, with
 * an error, also when it cannot be evaluated or asks of no node at all. */
KETTENSIM_API bool sim_network_holds(SimNetwork *network, const char *condition);

/* The value of an expression as exact text: decimals, ns for times, bytes for sizes, 64 hex digits
 * for blocks and hashes, words for statuses, "null"; elements of a list are separated by blanks.
 * NULL with an error. */
KETTENSIM_API const char *sim_network_ask(SimNetwork *network, const char *expression);

/* The same for one number; ret_value is written with true alone. */
KETTENSIM_API bool sim_network_ask_number(SimNetwork *network, const char *expression,
                                          double *ret_value);

typedef struct {
    bool up;
    uint64_t height;
    char tip[65];         /* hex, as the trace has it */
    uint32_t connections; /* with the handshake done */
    uint32_t mempool;     /* transactions */
    uint64_t reorgs;
} SimNodeStatus;

KETTENSIM_API bool sim_network_status(SimNetwork *network, const char *node,
                                      SimNodeStatus *ret_status);

KETTENSIM_API uint32_t sim_network_node_count(const SimNetwork *network);
/* NULL beyond the last. */
KETTENSIM_API const char *sim_network_node_name(const SimNetwork *network, uint32_t index);

/* 64 hex digits; "" before the stop. */
KETTENSIM_API const char *sim_network_digest(const SimNetwork *network);
KETTENSIM_API const char *sim_network_outcome(const SimNetwork *network);

/* --- watching ------------------------------------------------------------------------------ */

typedef enum {
    SIM_NOTE_BLOCK,   /* a block exists for the first time: node made it */
    SIM_NOTE_HEADER,  /* node learnt a header */
    SIM_NOTE_BODY,    /* a body joined node's tree */
    SIM_NOTE_ORPHAN,  /* a body waits at node for its parent */
    SIM_NOTE_TIP,     /* node's tip moved; depth blocks were taken out */
    SIM_NOTE_VERDICT, /* node refused a block or transaction: text is the verdict */
    SIM_NOTE_TX,      /* into or out of node's mempool: text is accepted, returned or dropped */
    SIM_NOTE_READY,   /* node finished a handshake with from */
    SIM_NOTE_FAULT,   /* a fault began or ended: text */
    SIM_NOTE_BANNED,  /* node banned from: text is the reason */
} SimNoteKind;

typedef struct {
    SimNoteKind kind;
    int64_t time_ns;
    const char *node; /* NULL for faults */
    const char *from; /* NULL: nobody, or itself */
    const char *hash; /* of the block or transaction, hex; NULL for none */
    uint64_t height;  /* of the block, where one is named */
    uint32_t depth;
    const char *text;
} SimNote;

/* Called as things happen, from within the functions that drive; everything in the note lasts for
 * the call. Of the network's functions it may call sim_network_later(), _release, _withhold,
 * _withheld, and _now alone. Before the start. */
KETTENSIM_API bool sim_network_watch(SimNetwork *network,
                                     void (*func)(void *user, const SimNote *note), void *user);

/* From a watcher: does an action 1 ns from now, as sim_network_do() would; what it could not do
 * shows in sim_network_stop(). */
KETTENSIM_API bool sim_network_later(SimNetwork *network, const char *action);

/* --- strategies of your own ---------------------------------------------------------------- */

/* A block as a strategy sees it. */
typedef struct {
    const uint8_t *id;   /* 32 bytes */
    const uint8_t *work; /* 32 bytes, cumulative, most significant first */
    uint64_t height;
    uint32_t time; /* unix seconds */
} SimBlockView;

/* Decides between two tips in place of work or height: above 0 when `a` is better, below when `b`
 * is, 0 for a tie, which the chain's tie= breaks. It must be an order, and depend on nothing but
 * the two: where it contradicts itself the call that drives the network gives false. A block that
 * it does not prefer to its parent stays beside the chain. For all nodes; before the start. */
KETTENSIM_API bool sim_network_set_fork_choice(SimNetwork *network,
                                               int (*compare)(void *user, const SimBlockView *a,
                                                              const SimBlockView *b),
                                               void *user);

/* A miner that keeps its blocks to itself: from now on what `node` mines is told to nobody, until
 * it is released. With a watcher this makes any strategy of publishing, such as selfish mining
 * (Eyal & Sirer, FC 2014): a block is withheld already when SIM_NOTE_BLOCK tells of it, and may be
 * released there. */
KETTENSIM_API bool sim_network_withhold(SimNetwork *network, const char *node, bool on);

/* Sends the oldest `count` blocks that `node` withholds to all its peers, or all with count 0;
 * false when it withholds none. A watcher may call it too. */
KETTENSIM_API bool sim_network_release(SimNetwork *network, const char *node, uint32_t count);

/* How many blocks `node` withholds. */
KETTENSIM_API uint32_t sim_network_withheld(const SimNetwork *network, const char *node);

#ifdef __cplusplus
}
#endif

#endif
