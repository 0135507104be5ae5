/* libkettensim: deterministic simulation of Volkskette networks, for tests and programs.
 *
 * A SimNetwork is a network of nodes that run the real chain and consensus code on a virtual clock.
 * Describe it in the scenario language (docs/scenario-language.md), by calls, or both; start it;
 * run it to any virtual time; ask it anything that a check of the language can ask:
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
 * Times are int64 nanoseconds of virtual time from the start. Returned strings belong to the
 * network and are valid until the next call on it; errors and digests, as long as the network. A
 * function that fails returns false, and sim_network_error() says why. Nothing is printed.
 *
 * There is no global state. Use a network from one thread at a time; different networks may run in
 * different threads at once. The same calls with the same seed give the same run and the same
 * digest on every machine. A contradiction inside the simulator (an assertion) aborts.
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

/* Returns "0.1.0". */
KETTENSIM_API const char *kettensim_version(void);

/* --- making -------------------------------------------------------------------------------- */

/* Returns an empty network, never NULL. */
KETTENSIM_API SimNetwork *sim_network_new(void);

/* NULL is allowed. */
KETTENSIM_API void sim_network_free(SimNetwork *network);

/* Returns why the last failed call failed; "" if none has. Scenario errors have several lines. */
KETTENSIM_API const char *sim_network_error(const SimNetwork *network);

/* Call the functions of this section before the start; after it they fail. */

/* Adds one or more statements of the scenario language. Errors in them show at the start. Without a
 * `topology` or sim_network_connect(), the nodes form a mesh. */
KETTENSIM_API bool sim_network_say(SimNetwork *network, const char *lines);

/* Adds the statements of a file, whose includes are found beside it. */
KETTENSIM_API bool sim_network_load(SimNetwork *network, const char *path);

/* Sets a param of the scenario, as -P does. */
KETTENSIM_API bool sim_network_set_param(SimNetwork *network, const char *name, const char *value);

/* Sets the seed, 0 … 2^63 - 1. Default: that of the scenario, or 1. */
KETTENSIM_API bool sim_network_set_seed(SimNetwork *network, uint64_t seed);

/* Adds a node that mines if the chain has proof of work. port is 1 … 65535; 0: none in particular.
 */
KETTENSIM_API bool sim_network_add_node(SimNetwork *network, const char *name, uint16_t port);

/* Writes a trace, as `kettensim run` does, when the network is stopped; level is "summary",
 * "consensus" or "full". */
KETTENSIM_API bool sim_network_trace(SimNetwork *network, const char *path, const char *level);

/* Gives every node its own store; passes every message as bytes. Neither changes the results. */
KETTENSIM_API bool sim_network_isolate(SimNetwork *network, bool isolate, bool wire);

/* --- driving ------------------------------------------------------------------------------- */

/* Adds a standing connection that `from` opens. Before the start it is part of the topology. After
 * the start it is made at once, or opened again if it was closed. */
KETTENSIM_API bool sim_network_connect(SimNetwork *network, const char *from, const char *to);
KETTENSIM_API bool sim_network_disconnect(SimNetwork *network, const char *from, const char *to);

/* Builds the network and starts the nodes at virtual time 0. */
KETTENSIM_API bool sim_network_start(SimNetwork *network);

/* Returns the virtual time in ns. */
KETTENSIM_API int64_t sim_network_now(const SimNetwork *network);

/* Runs until a time, which becomes now. Fails if the time has passed, or if a limit of the scenario
 * ended the run. */
KETTENSIM_API bool sim_network_run_until(SimNetwork *network, int64_t time_ns);

/* Runs until a condition is true at the end of an instant, for at most timeout_ns. Fails if it
 * never was, or does not parse. */
KETTENSIM_API bool sim_network_wait_for(SimNetwork *network, const char *condition,
                                        int64_t timeout_ns);

/* Runs until all nodes that are up have the same tip. */
KETTENSIM_API bool sim_network_wait_synced(SimNetwork *network, int64_t timeout_ns);

/* Runs until no message is in flight, no check pending, no request or announcement open. */
KETTENSIM_API bool sim_network_run_idle(SimNetwork *network, int64_t timeout_ns);

/* Carries out an action of the scenario language now: "mine 3 at alice", "partition {a} | {b}",
 * "crash bob for 1m", "submit pay at alice", "deliver b3 from peer to n"; or keeps a value:
 * "mark best = tip(bob)", which may be set again. What `for` limits ends by itself. Fails if the
 * action does not parse or has no effect; one without effect that does not end in `maybe` makes
 * sim_network_stop() fail, too. */
KETTENSIM_API bool sim_network_do(SimNetwork *network, const char *action);

/* Ends the run: decides the checks of the scenario, checks the books, writes the trace. Returns
 * true if every check held. Afterwards the network can only be asked and freed. */
KETTENSIM_API bool sim_network_stop(SimNetwork *network);

/* --- asking -------------------------------------------------------------------------------- */

/* Returns whether a condition of the scenario language holds now, for every element of a list. Also
 * fails, with an error, if it cannot be evaluated or is about no node at all. */
KETTENSIM_API bool sim_network_holds(SimNetwork *network, const char *condition);

/* Returns the value of an expression as exact text: decimals, ns for times, bytes for sizes, 64 hex
 * digits for blocks and hashes, words for statuses, "null"; list elements are separated by blanks.
 * Returns NULL with an error. */
KETTENSIM_API const char *sim_network_ask(SimNetwork *network, const char *expression);

/* The same for one number; ret_value is written only on success. */
KETTENSIM_API bool sim_network_ask_number(SimNetwork *network, const char *expression,
                                          double *ret_value);

typedef struct {
    bool up;
    uint64_t height;
    char tip[65];         /* hex, as in the trace */
    uint32_t connections; /* with a finished handshake */
    uint32_t mempool;     /* transactions */
    uint64_t reorgs;
} SimNodeStatus;

KETTENSIM_API bool sim_network_status(SimNetwork *network, const char *node,
                                      SimNodeStatus *ret_status);

KETTENSIM_API uint32_t sim_network_node_count(const SimNetwork *network);
/* Returns NULL past the last node. */
KETTENSIM_API const char *sim_network_node_name(const SimNetwork *network, uint32_t index);

/* Returns 64 hex digits; "" before the stop. */
KETTENSIM_API const char *sim_network_digest(const SimNetwork *network);
KETTENSIM_API const char *sim_network_outcome(const SimNetwork *network);

/* --- watching ------------------------------------------------------------------------------ */

typedef enum {
    SIM_NOTE_BLOCK,   /* node made a new block */
    SIM_NOTE_HEADER,  /* node received a header */
    SIM_NOTE_BODY,    /* a body joined node's block tree */
    SIM_NOTE_ORPHAN,  /* a body waits at node for its parent */
    SIM_NOTE_TIP,     /* node's tip moved; depth blocks were taken out */
    SIM_NOTE_VERDICT, /* node refused a block or transaction; text: the verdict */
    SIM_NOTE_TX,      /* node's mempool changed; text: accepted, returned or dropped */
    SIM_NOTE_READY,   /* node finished a handshake with from */
    SIM_NOTE_FAULT,   /* a fault began or ended; text: the fault */
    SIM_NOTE_BANNED,  /* node banned from; text: the reason */
} SimNoteKind;

typedef struct {
    SimNoteKind kind;
    int64_t time_ns;
    const char *node; /* NULL for faults */
    const char *from; /* NULL: none, or node itself */
    const char *hash; /* of the block or transaction, hex; may be NULL */
    uint64_t height;  /* of the block, if there is one */
    uint32_t depth;
    const char *text;
} SimNote;

/* Calls a function as things happen, from within the functions that drive the network; the note is
 * valid during the call. The function may call only sim_network_later(), _release, _withhold,
 * _withheld and _now. Call before the start. */
KETTENSIM_API bool sim_network_watch(SimNetwork *network,
                                     void (*func)(void *user, const SimNote *note), void *user);

/* From a watcher: carries out an action 1 ns from now, like sim_network_do(). sim_network_stop()
 * reports its failure. */
KETTENSIM_API bool sim_network_later(SimNetwork *network, const char *action);

/* --- strategies of your own ---------------------------------------------------------------- */

/* A block as a strategy sees it. */
typedef struct {
    const uint8_t *id;   /* 32 bytes */
    const uint8_t *work; /* 32 bytes, cumulative, most significant first */
    uint64_t height;
    uint32_t time;           /* unix seconds */
    const uint8_t *previous; /* id of its parent */
} SimBlockView;

/* Replaces work or height in the choice between two tips: the function returns above 0 if `a` is
 * better, below 0 if `b` is, 0 for a tie, which the chain's tie= breaks. It must be an order that
 * depends only on the two; if it contradicts itself, the call that drives the network fails. A
 * block that is not better than its parent stays beside the chain. Applies to all nodes; call
 * before the start. */
KETTENSIM_API bool sim_network_set_fork_choice(SimNetwork *network,
                                               int (*compare)(void *user, const SimBlockView *a,
                                                              const SimBlockView *b),
                                               void *user);

/* A miner that keeps its blocks to itself: from now on what `node` mines is told to nobody, until
 * it is released. A block is withheld already when SIM_NOTE_BLOCK tells of it, and may be released
 * there. */
KETTENSIM_API bool sim_network_withhold(SimNetwork *network, const char *node, bool on);

/* Sends the oldest `count` blocks that `node` withholds to all its peers, or all with count 0.
 * Fails if it withholds none. A watcher may call it too. */
KETTENSIM_API bool sim_network_release(SimNetwork *network, const char *node, uint32_t count);

/* Gives up what the pool of `node` withholds: it is never published. Fails if that is nothing. */
KETTENSIM_API bool sim_network_give_up(SimNetwork *network, const char *node);

/* Sets the block on which the miners of the pool of `node` build from now on: one that a node of
 * the pool has heard of; NULL: the tip, as honest miners do. */
KETTENSIM_API bool sim_network_mine_on(SimNetwork *network, const char *node, const uint8_t *id);

/* The events of a strategy that a program brings; a function may be NULL. The blocks that it
 * gets are valid until it returns.
 *
 *   own_block     1 ns ago a miner of the pool made a block. It is withheld until it is
 *                 released. If own_block is NULL, blocks are published as honest miners do
 *   public_block  1 ns ago a block from elsewhere joined the tree of a node of the pool, the
 *                 first of them to hear of it. Parents come before children
 *   tip           the tip of the pool's first node that is up moves now
 *
 * The functions may call sim_network_release(), _give_up, _mine_on, _withheld, _later and _now;
 * `tip` may not call the first three. */
typedef struct {
    void (*own_block)(void *user, const SimBlockView *block);
    void (*public_block)(void *user, const SimBlockView *block);
    void (*tip)(void *user, const SimBlockView *tip);
} SimNetworkStrategy;

/* Makes the nodes one pool with a strategy of your own, whose functions get `user`; NULL: they are
 * honest. What one node finds or hears of, the others have 1 ns later. The strategies of the
 * scenario language are set with sim_network_do(net, "strategy evil[1..3] selfish"). Call after the
 * start. */
KETTENSIM_API bool sim_network_set_strategy(SimNetwork *network, const char *const *nodes,
                                            size_t count, const SimNetworkStrategy *strategy,
                                            void *user);

/* Returns the number of blocks that `node` withholds. */
KETTENSIM_API uint32_t sim_network_withheld(const SimNetwork *network, const char *node);

#ifdef __cplusplus
}
#endif

#endif
